"""An external audit is neither blind nor a review of ours: it has a mode of its own."""

from alembic import op

revision = "0022_external_mode"
down_revision = "0021_patient_as_typed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table audit drop constraint ck_audit_mode")
    op.execute("update audit set mode = 'external' where kind = 'external'")
    op.execute("alter table audit add constraint ck_audit_mode check (mode in ('blind', 'review', 'external'))")


def downgrade() -> None:
    op.execute("alter table audit drop constraint ck_audit_mode")
    op.execute("update audit set mode = 'blind' where mode = 'external'")
    op.execute("alter table audit add constraint ck_audit_mode check (mode in ('blind', 'review'))")
