"""Work items and bulk moves."""

from alembic import op

from codewell.migrate import grant_app

revision = "0004_workqueues"
down_revision = "0003_episodes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    queues = "('to_code', 'waiting_for_information', 'outstanding_pathology', 'update_received', 'second_check')"
    op.execute(f"""
    create table work_item (
        provider text not null, episode_id uuid not null,
        queue text not null constraint ck_work_item_queue check (queue in {queues}),
        home_queue text not null
            constraint ck_work_item_home_queue check (home_queue in ('to_code', 'update_received', 'second_check')),
        why jsonb not null, due_order date not null, activity_month date not null,
        flex_on date, freeze_on date,
        sex text, age smallint, specialty_code text, specialty_name text, treatment_function_code text,
        patient_class text, started_on date not null, ended_on date not null, discharged_on date,
        held_until date, held_by_id uuid, hold_reason text, by_hand boolean not null default false,
        assignee_id uuid, author_id uuid, lease_owner_id uuid, lease_until timestamptz,
        queued_at timestamptz not null, version integer not null default 1,
        constraint pk_work_item primary key (provider, episode_id)
    ) with (fillfactor = 80)
    """)
    op.execute("create index ix_work_item_next on work_item (provider, queue, due_order, episode_id)")
    op.execute("create index ix_work_item_all on work_item (provider, due_order, episode_id)")
    op.execute("""create index ix_work_item_lease on work_item (provider, lease_owner_id)
                  where lease_owner_id is not null""")
    op.execute("create index ix_work_item_assignee on work_item (provider, assignee_id) where assignee_id is not null")
    op.execute("create index ix_work_item_held on work_item (held_until) where held_until is not null")
    op.execute("""
    create table work_move (
        provider text not null, move_id uuid not null, at timestamptz not null, person_id uuid not null,
        items jsonb not null, undone_at timestamptz,
        constraint pk_work_move primary key (provider, move_id)
    )
    """)
    for table in ("work_item", "work_move"):
        grant_app(table, "SELECT, INSERT, UPDATE, DELETE")


def downgrade() -> None:
    op.execute("drop table work_move")
    op.execute("drop table work_item")
