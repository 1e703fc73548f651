"""An external audit is neither blind nor a review of ours: it has a mode of its own."""

from alembic import op

revision = "0022_external_mode"
down_revision = "0021_patient_as_typed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table audit drop constraint ck_audit_mode")
    # What they were called is kept for the way back, where there are any that were not what all others become.
    op.execute("""
    do $$ begin
        if exists (select from audit where kind = 'external' and mode = 'review') then
            create table audit_mode_before_0022 as
                select provider, audit_id, mode from audit where kind = 'external' and mode = 'review';
        end if;
    end $$
    """)
    op.execute("update audit set mode = 'external' where kind = 'external'")
    op.execute("alter table audit add constraint ck_audit_mode check (mode in ('blind', 'review', 'external'))")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table audit drop constraint ck_audit_mode")
    op.execute("""
    do $$ begin
        if to_regclass('audit_mode_before_0022') is not null then
            update audit a set mode = b.mode from audit_mode_before_0022 b
                where a.provider = b.provider and a.audit_id = b.audit_id and a.mode = 'external';
            drop table audit_mode_before_0022;
        end if;
    end $$
    """)
    op.execute("update audit set mode = 'blind' where mode = 'external'")
    op.execute("alter table audit add constraint ck_audit_mode check (mode in ('blind', 'review'))")
