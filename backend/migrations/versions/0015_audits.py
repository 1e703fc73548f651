"""Audits: profiles, auditors, audits, draws, audited episodes, positions, replies, signatures; who is kept blind."""

from alembic import op

from codewell.migrate import grant_app

revision = "0015_audits"
down_revision = "0012_edition_first_used"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("""
    create table audit_profile (
        provider text not null, kind text not null, key text not null, version integer not null, name text not null,
        organisation_type text, valid_from date not null, valid_to date, body jsonb not null, reason text not null,
        by_id uuid not null, by_name text not null, at timestamptz not null,
        constraint pk_audit_profile primary key (provider, kind, key, version),
        constraint ck_audit_profile_kind check (kind in ('methodology', 'threshold', 'citation', 'progression'))
    )
    """)
    op.execute("""
    create table auditor_qualification (
        provider text not null, qualification_id uuid not null, person_id uuid not null, kind text not null,
        number text, awarded_on date not null, expires_on date, note text not null, withdrawn_at timestamptz,
        version integer not null, constraint pk_auditor_qualification primary key (provider, qualification_id)
    )
    """)
    op.execute("create index ix_auditor_qualification_person on auditor_qualification (provider, person_id)")
    op.execute("""
    create table audit (
        provider text not null, audit_id uuid not null, reference text not null, kind text not null,
        title text not null, state text not null, mode text not null, commissioned_by text not null,
        aims text not null, objectives text not null, scope text not null, background text not null,
        period_from date not null, period_to date not null, population jsonb not null, sampling jsonb not null,
        methodology_key text not null, methodology_version integer not null, methodology jsonb not null,
        threshold_key text, threshold_version integer, thresholds jsonb, second_share numeric(5, 4) not null,
        due_on date, planned_audit_id uuid, recurring_draw_id uuid, follows_audit_id uuid,
        created_by_id uuid not null, created_by_name text not null, created_at timestamptz not null,
        drawn_at timestamptz, signed_at timestamptz, signed_version integer default 0 not null, state_reason text,
        version integer not null, constraint pk_audit primary key (provider, audit_id),
        constraint uq_audit_reference unique (provider, reference),
        constraint ck_audit_state check (state in ('setting_up', 'running', 'signed', 'correcting', 'abandoned')),
        constraint ck_audit_mode check (mode in ('blind', 'review'))
    )
    """)
    op.execute("create index ix_audit_state on audit (provider, state, created_at)")
    op.execute("""
    create table audit_member (
        provider text not null, audit_id uuid not null, person_id uuid not null, part text not null,
        name text not null, qualification jsonb, checked_on date not null,
        constraint pk_audit_member primary key (provider, audit_id, person_id),
        constraint ck_audit_member_part check (part in ('lead', 'auditor'))
    )
    """)
    op.execute("create index ix_audit_member_person on audit_member (provider, person_id)")
    op.execute("""
    create table audit_draw (
        provider text not null, draw_id uuid not null, audit_id uuid not null, method text not null,
        seed text not null, population jsonb not null, sampling jsonb not null, strata jsonb not null,
        frame_size integer not null, frame_hash text not null, frame bytea not null, left_out jsonb not null,
        drawn integer not null, at timestamptz not null, by_id uuid not null, by_name text not null,
        constraint pk_audit_draw primary key (provider, draw_id)
    )
    """)
    op.execute("create index ix_audit_draw_audit on audit_draw (provider, audit_id)")
    op.execute("""
    create table audit_item (
        provider text not null, item_id uuid not null, audit_id uuid not null, draw_id uuid, no integer not null,
        episode_id uuid not null, ended_on date not null, coding_version integer not null, frozen jsonb not null,
        coder_id uuid, specialty_code text, stratum text not null, ticket text not null,
        probability numeric(18, 15) not null, second_of uuid, replaces uuid, state text not null, state_reason text,
        auditor_id uuid, auditor_name text, lease_until timestamptz, draft jsonb, codes jsonb, revised jsonb,
        codes_saved_at timestamptz, decided_at timestamptz, released_at timestamptz, reply_due_on date,
        settled_at timestamptz, minutes integer, comment text default '' not null, version integer default 1 not null,
        constraint pk_audit_item primary key (provider, item_id),
        constraint uq_audit_item_no unique (provider, audit_id, no),
        constraint ck_audit_item_state check (state in ('drawn', 'coding', 'comparing', 'decided', 'with_coder', 'settled', 'unsafe', 'replaced'))
    )
    """)
    op.execute("create index ix_audit_item_auditor on audit_item (provider, auditor_id, state)")
    op.execute("create index ix_audit_item_coder on audit_item (provider, coder_id, state)")
    op.execute("create index ix_audit_item_episode on audit_item (provider, episode_id)")
    op.execute("""
    create table audit_position (
        provider text not null, item_id uuid not null, no smallint not null, audit_id uuid not null,
        side text not null, code_class text not null, sub_class text not null, trust_at smallint, trust_code text,
        trust_on date, auditor_at smallint, auditor_code text, auditor_on date, moved boolean not null,
        counted_elsewhere boolean not null, proposed_type text, final_type text, decision text not null,
        attribution text not null, non_coder_reason text, evidence_available boolean, evidence_kind text, evidence_on date,
        evidence_page text, evidence text not null,
        standards text[] not null, comment text not null, decided_by_id uuid, decided_at timestamptz,
        reply text default 'none' not null, reply_due_on date, external jsonb,
        constraint pk_audit_position primary key (provider, item_id, no),
        constraint ck_audit_position_decision check (decision in ('agreed', 'open', 'accepted', 'changed', 'rejected')),
        constraint ck_audit_position_reply check (reply in ('none', 'waiting', 'agreed', 'disputed', 'answered', 'escalated', 'ruled', 'withdrawn', 'no_reply'))
    )
    """)
    op.execute("create index ix_audit_position_audit on audit_position (provider, audit_id)")
    op.execute("create index ix_audit_position_reply on audit_position (provider, reply) where reply <> 'none'")
    op.execute("""
    create table audit_reply (
        provider text not null, item_id uuid not null, no smallint not null, seq smallint not null, act text not null,
        part text not null, text text not null, changed jsonb, by_id uuid not null, by_name text not null,
        at timestamptz not null, constraint pk_audit_reply primary key (provider, item_id, no, seq)
    )
    """)
    op.execute("""
    create table audit_signature (
        provider text not null, audit_id uuid not null, version integer not null, reason text not null,
        statement text not null, content jsonb not null, digest text not null, by_id uuid not null,
        by_name text not null, at timestamptz not null, constraint pk_audit_signature primary key (provider, audit_id, version)
    )
    """)
    op.execute("""
    create table audit_grouping (
        provider text not null, item_id uuid not null, audit_id uuid not null, grouper text not null,
        hrg_before text not null, hrg_after text not null, pounds_before numeric(12, 2), pounds_after numeric(12, 2),
        loaded_at timestamptz not null, loaded_by_name text not null, constraint pk_audit_grouping primary key (provider, item_id)
    )
    """)
    op.execute("create index ix_audit_grouping_audit on audit_grouping (provider, audit_id)")
    op.execute("""
    create table audit_amendment (
        provider text not null, amendment_id uuid not null, audit_id uuid not null, item_id uuid not null,
        episode_id uuid not null, activity_month date not null, coding_version integer not null,
        changes jsonb not null, by_id uuid not null, by_name text not null, at timestamptz not null,
        constraint pk_audit_amendment primary key (provider, amendment_id)
    )
    """)
    op.execute("create index ix_audit_amendment_audit on audit_amendment (provider, audit_id)")
    op.execute("create index ix_audit_amendment_item on audit_amendment (provider, item_id)")
    op.execute("""
    create table episode_blind (
        provider text not null, person_id uuid not null, episode_id uuid not null, because_id uuid not null,
        constraint pk_episode_blind primary key (provider, person_id, episode_id, because_id)
    )
    """)
    # Nobody audits what they checked: a draw asks for it.
    op.execute("create index ix_coding_checked on coding (provider, checked_by_id) where checked_by_id is not null")
    # What is signed stays as it was signed, whoever asks: only the opening of a correction lets it be changed.
    op.execute("""
    create function audit_is_open() returns trigger language plpgsql as $$
    declare
        what record := coalesce(new, old);
        stands text;
    begin
        -- Held to the end of the transaction: who signs just now waits for this change, or is waited for and seen.
        select a.state into stands from audit a where a.provider = what.provider and a.audit_id = what.audit_id
            for key share;
        if stands = 'signed' then
            raise exception 'the audit is signed' using errcode = 'restrict_violation', constraint = 'audit_is_signed';
        end if;
        return what;
    end $$
    """)
    for table in ("audit_item", "audit_position", "audit_grouping", "audit_member"):
        op.execute(f"""create trigger {table}_open before insert or update or delete on {table}
                       for each row execute function audit_is_open()""")
    # What was published, drawn, said or signed stays as it was.
    for table in ("audit_profile", "audit_draw", "audit_reply", "audit_signature", "audit_amendment"):
        grant_app(table, "SELECT, INSERT")
    for table in ("auditor_qualification", "audit"):
        grant_app(table, "SELECT, INSERT, UPDATE")
    for table in ("audit_member", "audit_item", "audit_position", "audit_grouping", "episode_blind"):
        grant_app(table, "SELECT, INSERT, UPDATE, DELETE")


def downgrade() -> None:
    for table in (
        "episode_blind", "audit_amendment", "audit_grouping", "audit_signature", "audit_reply", "audit_position", "audit_item",
        "audit_draw", "audit_member", "audit", "auditor_qualification", "audit_profile",
    ):  # fmt: skip
        op.execute(f"drop table {table}")
    op.execute("drop function audit_is_open()")
    op.execute("drop index ix_coding_checked")
