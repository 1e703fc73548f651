"""The annual programme, planned audits and recurring draws with their runs."""

from alembic import op

from codewell.migrate import grant_app

revision = "0017_programme"
down_revision = "0016_actions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("""
    create table programme (
        provider text not null, programme_id uuid not null, financial_year text not null, name text not null,
        objectives text not null, owner_id uuid not null, agreed_on date, version integer not null,
        constraint pk_programme primary key (provider, programme_id),
        constraint uq_programme_financial_year unique (provider, financial_year),
        constraint ck_programme_financial_year check (financial_year ~ '^[0-9]{4}/[0-9]{2}$')
    )
    """)
    op.execute("""
    create table planned_audit (
        provider text not null, planned_audit_id uuid not null, programme_id uuid not null, kind text not null,
        title text not null, owner_id uuid not null, month_from date not null, month_to date not null,
        episodes integer not null, specialties text[] not null, coder_ids uuid[] not null,
        commissioned_by text not null, note text not null, dropped_at timestamptz, dropped_reason text,
        version integer not null,
        constraint pk_planned_audit primary key (provider, planned_audit_id),
        constraint ck_planned_audit_months check (month_from <= month_to),
        constraint ck_planned_audit_episodes check (episodes > 0)
    )
    """)
    op.execute("create index ix_planned_audit_programme on planned_audit (provider, programme_id, month_from)")
    op.execute("""
    create table recurring_draw (
        provider text not null, recurring_draw_id uuid not null, planned_audit_id uuid, title text not null,
        template jsonb not null, every text not null, on_day smallint not null, starts_on date not null,
        ends_on date, counts_from date not null, stopped_at timestamptz, stopped_reason text,
        created_by_id uuid not null, created_by_name text not null, created_at timestamptz not null,
        version integer not null,
        constraint pk_recurring_draw primary key (provider, recurring_draw_id),
        constraint ck_recurring_draw_every check (every in ('monthly', 'quarterly')),
        constraint ck_recurring_draw_on_day check (on_day between 1 and 31)
    )
    """)
    op.execute("""
    create table recurring_run (
        provider text not null, recurring_run_id uuid not null, recurring_draw_id uuid not null, due_on date not null,
        state text not null, late_days integer not null, reason text, audit_id uuid, ran_at timestamptz not null,
        settled_at timestamptz, settled_by_id uuid, settled_by_name text, settled_reason text,
        constraint pk_recurring_run primary key (provider, recurring_run_id),
        constraint uq_recurring_run_due unique (provider, recurring_draw_id, due_on),
        constraint ck_recurring_run_state check (state in ('made', 'missed', 'acknowledged', 'made_by_hand'))
    )
    """)
    op.execute("create index ix_recurring_run_missed on recurring_run (provider, due_on) where state = 'missed'")
    for table in ("programme", "planned_audit", "recurring_draw", "recurring_run"):
        grant_app(table, "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    for table in ("recurring_run", "recurring_draw", "planned_audit", "programme"):
        op.execute(f"drop table {table}")
