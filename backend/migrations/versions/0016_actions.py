"""Recommendations, actions and their evidence."""

from alembic import op

revision = "0016_actions"
down_revision = "0015_audits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
