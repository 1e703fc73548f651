"""intake."""

from alembic import op  # noqa: F401

revision = "0007_intake"
down_revision = "0006_standards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
