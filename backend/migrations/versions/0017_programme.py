"""The annual programme, planned audits and recurring draws."""

from alembic import op

revision = "0017_programme"
down_revision = "0016_actions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
