"""Editions of the classifications and their codes."""

from alembic import op

from codewell.migrate import grant_app

revision = "0002_codesets"
down_revision = "0001_foundation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("""
    create table edition (
        system text not null constraint ck_edition_system check (system in ('icd10', 'opcs4')),
        edition text not null, title text not null,
        valid_from_on date not null, valid_to_on date,
        state text not null
            constraint ck_edition_state check (state in ('loading', 'preview', 'ready', 'superseded', 'discarded')),
        source text not null, starter boolean not null default false, digest text not null,
        counts jsonb not null, problems jsonb not null, notes jsonb not null,
        version integer not null default 1,
        loaded_at timestamptz not null, loaded_by uuid, ready_at timestamptz,
        constraint pk_edition primary key (system, edition),
        constraint ck_edition_days check (valid_to_on is null or valid_to_on >= valid_from_on)
    )
    """)
    op.execute("create unique index uq_edition_digest on edition (system, digest) where state <> 'discarded'")
    # One constraint per system: comparing text in a gist index would need the btree_gist extension.
    for system in ("icd10", "opcs4"):
        op.execute(f"""
        alter table edition add constraint ex_edition_one_ready_{system}
            exclude using gist (daterange(valid_from_on, valid_to_on, '[]') with &&)
            where (state = 'ready' and system = '{system}')
        """)
    op.execute("""
    create table code (
        system text not null, edition text not null, code text not null,
        title text not null, parent text, level smallint not null,
        leaf boolean not null, valid_at_3 boolean not null, fifth boolean not null,
        usage text not null constraint ck_code_usage check (usage in ('default', 'dagger', 'asterisk')),
        sex smallint constraint ck_code_sex check (sex in (1, 2)),
        age_min smallint, age_max smallint, usage_count integer not null, flags jsonb not null,
        constraint pk_code primary key (system, edition, code),
        constraint fk_code_system_edition foreign key (system, edition)
            references edition (system, edition) on delete cascade
    )
    """)
    grant_app("edition", "SELECT, INSERT, UPDATE, DELETE")
    grant_app("code", "SELECT, INSERT, DELETE")


def downgrade() -> None:
    op.execute("drop table code")
    op.execute("drop table edition")
