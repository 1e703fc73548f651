"""Senders' mappings, files on their way in, and what could not be taken."""

from alembic import op

from codewell.migrate import grant_app

revision = "0007_intake"
down_revision = "0006_standards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("""
    create table intake_source (
        provider text not null, source_id text not null, name text not null, columns jsonb not null,
        coding_source text not null, version integer not null, updated_at timestamptz not null,
        constraint pk_intake_source primary key (provider, source_id)
    )
    """)
    op.execute("""
    create table intake_job (
        provider text not null, job_id uuid not null, file_name text not null, format text not null, source_id text,
        mapping jsonb not null, coding_source text not null, header jsonb not null, delimiter text not null,
        ignored_columns jsonb not null,
        sample jsonb not null, sha256 text not null, bytes bigint not null, preview boolean not null,
        state text not null, message text, source_at timestamptz not null, rows integer not null,
        rows_done integer not null default 0, position bigint not null default 0,
        created integer not null default 0, updated integer not null default 0, unchanged integer not null default 0,
        stale_ignored integer not null default 0, quarantined integer not null default 0,
        rejected integer not null default 0, sent_by_id uuid not null, sent_by text not null,
        created_at timestamptz not null, started_at timestamptz, finished_at timestamptz, beat_at timestamptz,
        worker text,
        constraint pk_intake_job primary key (provider, job_id),
        constraint ck_intake_job_state check (state in ('waiting', 'running', 'previewed', 'done', 'failed', 'cancelled')),
        constraint ck_intake_job_adds_up
            check (created + updated + unchanged + stale_ignored + quarantined + rejected = rows_done)
    )
    """)
    op.execute("create index ix_intake_job_open on intake_job (created_at) where state in ('waiting', 'running')")
    op.execute("create index ix_intake_job_digest on intake_job (provider, sha256)")
    op.execute("""
    create table intake_fault (
        provider text not null, fault_id uuid not null, job_id uuid, row_number integer, kind text not null,
        state text not null, what text not null, raw bytea not null, errors jsonb not null,
        created_at timestamptz not null, decided_at timestamptz, decided_by uuid, reason text,
        constraint pk_intake_fault primary key (provider, fault_id),
        constraint ck_intake_fault_kind check (kind in ('rejected', 'quarantined')),
        constraint ck_intake_fault_state check (state in ('open', 'retried', 'dismissed'))
    )
    """)
    op.execute("create index ix_intake_fault_job on intake_fault (provider, job_id, row_number)")
    op.execute("create index ix_intake_fault_open on intake_fault (provider, fault_id) where state = 'open'")
    for table in ("intake_source", "intake_job", "intake_fault"):
        grant_app(table, "SELECT, INSERT, UPDATE, DELETE")


def downgrade() -> None:
    for table in ("intake_fault", "intake_job", "intake_source"):
        op.execute(f"drop table {table}")
