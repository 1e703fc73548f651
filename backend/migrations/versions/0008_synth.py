"""synth."""

from alembic import op  # noqa: F401

revision = "0008_synth"
down_revision = "0007_intake"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
