"""codesets."""

from alembic import op  # noqa: F401

revision = "0002_codesets"
down_revision = "0001_foundation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
