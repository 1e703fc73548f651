"""Versions of audit reports."""

from alembic import op

from codewell.migrate import grant_app

revision = "0019_reports"
down_revision = "0018_training"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("""
    create table audit_report (
        provider text not null, audit_id uuid not null, version integer not null, name text, blocks jsonb not null,
        content jsonb, by_id uuid not null, by_name text not null, at timestamptz not null,
        constraint pk_audit_report primary key (provider, audit_id, version),
        constraint ck_audit_report_kept check ((name is null) = (content is null))
    )
    """)
    # A version of a report stays as it was saved.
    grant_app("audit_report", "SELECT, INSERT")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop table audit_report")
