"""episodes."""

from alembic import op  # noqa: F401

revision = "0003_episodes"
down_revision = "0002_codesets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
