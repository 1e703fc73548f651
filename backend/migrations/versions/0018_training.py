"""Learning needs, logbooks and trainee progression."""

from alembic import op

revision = "0018_training"
down_revision = "0017_programme"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
