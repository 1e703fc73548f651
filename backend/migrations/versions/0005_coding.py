"""coding."""

from alembic import op  # noqa: F401

revision = "0005_coding"
down_revision = "0004_workqueues"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
