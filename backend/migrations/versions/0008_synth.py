"""The truth of the synthetic Trust: what its episodes should have been coded with, and who erred how."""

from alembic import op

from codewell.migrate import grant_app

revision = "0008_synth"
down_revision = "0007_intake"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("""
    create table synthetic_truth (
        provider text not null, spell_number text not null, episode_number smallint not null,
        scenario text not null, seed bigint not null,
        diagnoses text[] not null, procedures text[] not null, procedure_dates date[] not null,
        coder text, route text, mistakes jsonb not null,
        constraint pk_synthetic_truth primary key (provider, spell_number, episode_number),
        constraint ck_synthetic_truth_route check (route in ('codewell', 'encoder', 'pas')),
        constraint ck_synthetic_truth_dated_procedures check (cardinality(procedures) = cardinality(procedure_dates))
    )
    """)
    grant_app("synthetic_truth", "SELECT, INSERT")


def downgrade() -> None:
    op.execute("drop table synthetic_truth")
