"""What could not be taken in is listed in the order of an index: the newest post or file first, its rows in theirs."""

from alembic import op

revision = "0011_faults_in_order"
down_revision = "0010_work_item_month"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("""
    alter table intake_fault
        add column came_id uuid not null generated always as (coalesce(job_id, fault_id)) stored
    """)
    op.execute("create index ix_intake_fault_came on intake_fault (provider, came_id desc, row_number, fault_id)")
    # What is still open is asked for most, and much of what came long ago is not: by the same order.
    op.execute("drop index ix_intake_fault_open")
    op.execute("""
    create index ix_intake_fault_open on intake_fault (provider, came_id desc, row_number, fault_id)
        where state = 'open'
    """)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop index ix_intake_fault_open")
    op.execute("create index ix_intake_fault_open on intake_fault (provider, fault_id) where state = 'open'")
    op.execute("drop index ix_intake_fault_came")
    op.execute("alter table intake_fault drop column came_id")
