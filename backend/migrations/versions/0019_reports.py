"""Versions of audit reports."""

from alembic import op

revision = "0019_reports"
down_revision = "0018_training"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
