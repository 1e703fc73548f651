"""A row that was refused before, for the same reason, is told by a fingerprint of what came and why it was refused."""

from alembic import op

revision = "0023_faults_again"
down_revision = "0022_external_mode"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    # Those that are here have none, and count as never seen before.
    op.execute("alter table intake_fault add column fingerprint uuid")
    op.execute("""
    create index ix_intake_fault_fingerprint on intake_fault (provider, fingerprint) where fingerprint is not null
    """)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop index ix_intake_fault_fingerprint")
    op.execute("alter table intake_fault drop column fingerprint")
