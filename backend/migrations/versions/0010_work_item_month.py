"""What of a month is still to do, told from an index: the deadlines are asked for on every page."""

from alembic import op

revision = "0010_work_item_month"
down_revision = "0009_codes_seen"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("create index ix_work_item_month on work_item (provider, activity_month, home_queue, queue)")


def downgrade() -> None:
    op.execute("drop index ix_work_item_month")
