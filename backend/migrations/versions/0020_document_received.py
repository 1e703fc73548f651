"""When Codewell was told that a document has arrived: what tells whether its coder could have seen it."""

from alembic import op

revision = "0020_document_received"
down_revision = "0019_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    # Of those that are here it is not known; for them counts when they arrived, as it did.
    op.execute("alter table document add column received_at timestamptz")


def downgrade() -> None:
    op.execute("alter table document drop column received_at")
