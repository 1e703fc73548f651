"""standards."""

from alembic import op  # noqa: F401

revision = "0006_standards"
down_revision = "0005_coding"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
