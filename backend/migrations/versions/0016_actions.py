"""Recommendations, actions and their evidence."""

from alembic import op

from codewell.migrate import grant_app

revision = "0016_actions"
down_revision = "0015_audits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("""
    create table recommendation (
        provider text not null, recommendation_id uuid not null, audit_id uuid not null, no smallint not null,
        text text not null, standard text not null, rests_on jsonb not null, priority text not null, owner_id uuid,
        owner_role text, owner_name text not null, due_on date not null, evidence_wanted text not null,
        state text not null, response text, response_reason text not null, responded_by_id uuid,
        responded_by_name text, responded_at timestamptz, re_audit_id uuid, closed_at timestamptz,
        created_by_id uuid not null, created_by_name text not null, created_at timestamptz not null,
        version integer not null,
        constraint pk_recommendation primary key (provider, recommendation_id),
        constraint uq_recommendation_no unique (provider, audit_id, no),
        constraint ck_recommendation_state check (state in ('proposed', 'agreed', 'partly', 'rejected', 'closed', 'withdrawn')),
        constraint ck_recommendation_priority check (priority in ('high', 'medium', 'low'))
    )
    """)
    op.execute("create index ix_recommendation_state on recommendation (provider, state, due_on, recommendation_id)")
    op.execute("""
    create table audit_action (
        provider text not null, action_id uuid not null, recommendation_id uuid not null, no smallint not null,
        text text not null, owner_id uuid, owner_role text, owner_name text not null, due_on date not null,
        remind_days smallint[] not null, state text not null, done_by_id uuid, done_by_name text, done_at timestamptz,
        verified_by_id uuid, verified_by_name text, verified_at timestamptz, closed_at timestamptz,
        created_by_name text not null, created_at timestamptz not null, version integer not null,
        constraint pk_audit_action primary key (provider, action_id),
        constraint uq_audit_action_no unique (provider, recommendation_id, no),
        constraint ck_audit_action_state check (state in ('open', 'in_progress', 'done', 'verified', 'closed', 'cancelled'))
    )
    """)
    op.execute("create index ix_audit_action_due on audit_action (provider, state, due_on, action_id)")
    op.execute("create index ix_audit_action_owner on audit_action (provider, owner_id, state)")
    op.execute("""
    create table action_note (
        provider text not null, action_id uuid not null, seq smallint not null, act text not null, text text not null,
        by_id uuid not null, by_name text not null, at timestamptz not null,
        constraint pk_action_note primary key (provider, action_id, seq)
    )
    """)
    op.execute("""
    create table action_evidence (
        provider text not null, evidence_id uuid not null, action_id uuid not null, kind text not null,
        title text not null, text text not null, url text, file_name text, media_type text, size integer, sha256 text,
        content bytea, by_id uuid not null, by_name text not null, at timestamptz not null, withdrawn_at timestamptz,
        withdrawn_reason text,
        constraint pk_action_evidence primary key (provider, evidence_id),
        constraint ck_action_evidence_kind check (kind in ('file', 'link', 'text'))
    )
    """)
    op.execute("create index ix_action_evidence_action on action_evidence (provider, action_id)")
    grant_app("action_note", "SELECT, INSERT")
    for table in ("recommendation", "audit_action", "action_evidence"):
        grant_app(table, "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    for table in ("action_evidence", "action_note", "audit_action", "recommendation"):
        op.execute(f"drop table {table}")
