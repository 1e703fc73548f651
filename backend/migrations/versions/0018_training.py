"""Learning needs, logbooks and trainee progression."""

from alembic import op

from codewell.migrate import grant_app

revision = "0018_training"
down_revision = "0017_programme"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("""
    create table learning_need (
        provider text not null, need_id uuid not null, coder_id uuid not null, standard text not null,
        code_class text not null, error_type text not null, state text not null, findings integer not null,
        first_on date not null, last_on date not null, note text not null, decided_by_id uuid, decided_by_name text,
        decided_at timestamptz, version integer not null,
        constraint pk_learning_need primary key (provider, need_id),
        constraint uq_learning_need_what unique (provider, coder_id, standard, code_class, error_type),
        constraint ck_learning_need_state check (state in ('open', 'planned', 'met', 'withdrawn'))
    )
    """)
    op.execute("create index ix_learning_need_state on learning_need (provider, state, last_on)")
    op.execute("""
    create table learning_need_finding (
        provider text not null, item_id uuid not null, no smallint not null, need_id uuid not null,
        audit_id uuid not null, trust_code text, auditor_code text, found_on date not null,
        constraint pk_learning_need_finding primary key (provider, item_id, no)
    )
    """)
    op.execute("create index ix_learning_need_finding_need on learning_need_finding (provider, need_id)")
    op.execute("create index ix_learning_need_finding_audit on learning_need_finding (provider, audit_id)")
    op.execute("""
    create table learning_needs_raised (
        provider text not null, audit_id uuid not null, signed_version integer not null, at timestamptz not null,
        constraint pk_learning_needs_raised primary key (provider, audit_id)
    )
    """)
    op.execute("""
    create table cpd_entry (
        provider text not null, cpd_entry_id uuid not null, person_id uuid not null, kind text not null,
        done_on date not null, minutes integer not null, title text not null, note text not null,
        version integer not null,
        constraint pk_cpd_entry primary key (provider, cpd_entry_id),
        constraint ck_cpd_entry_kind check (kind in ('course', 'forum', 'reading', 'coding', 'teaching')),
        constraint ck_cpd_entry_minutes check (minutes > 0)
    )
    """)
    op.execute("create index ix_cpd_entry_person on cpd_entry (provider, person_id, done_on)")
    op.execute("""
    create table progression_decision (
        provider text not null, person_id uuid not null, seq integer not null, decision text not null,
        from_stage text not null, to_stage text not null, reason text not null, rules_key text not null,
        rules_version integer not null, evidence jsonb not null, by_id uuid not null, by_name text not null,
        at timestamptz not null,
        constraint pk_progression_decision primary key (provider, person_id, seq),
        constraint ck_progression_decision_decision check (decision in ('move_on', 'stay', 'go_back'))
    )
    """)
    for table in ("learning_need", "learning_needs_raised"):
        grant_app(table, "SELECT, INSERT, UPDATE")
    for table in ("learning_need_finding", "cpd_entry"):
        grant_app(table, "SELECT, INSERT, UPDATE, DELETE")
    # What was decided about a person in training stays as it was said.
    grant_app("progression_decision", "SELECT, INSERT")


def downgrade() -> None:
    for table in (
        "progression_decision", "cpd_entry", "learning_needs_raised", "learning_need_finding", "learning_need",
    ):  # fmt: skip
        op.execute(f"drop table {table}")
