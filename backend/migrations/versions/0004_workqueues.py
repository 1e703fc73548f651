"""workqueues."""

from alembic import op  # noqa: F401

revision = "0004_workqueues"
down_revision = "0003_episodes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
