"""Codings, which nothing may change or remove, and private drafts."""

from alembic import op

from codewell.migrate import grant_app

revision = "0005_coding"
down_revision = "0004_workqueues"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("""
    create table coding (
        provider text not null, episode_id uuid not null, version integer not null,
        seq bigint generated always as identity,
        state text not null constraint ck_coding_state check (state in ('final', 'for_second_check', 'returned')),
        source text not null
            constraint ck_coding_source check (source in ('codewell', 'encoder', 'pas', 'audit', 'query')),
        diagnoses text[] not null, procedures text[] not null, procedure_dates date[] not null,
        raw jsonb, person_id uuid, person_name text, coder_ref text, checked_by_id uuid, checked_by_name text,
        icd10_edition text, opcs4_edition text, basis text[] not null,
        findings jsonb, findings_digest bytea, reasons jsonb, reason text, message_id text,
        at timestamptz not null, recorded_at timestamptz not null, txid xid8 not null default pg_current_xact_id(),
        constraint pk_coding primary key (provider, episode_id, version)
    )
    """)
    op.execute("create index ix_coding_feed on coding (provider, txid, seq)")
    op.execute("""create index ix_coding_person on coding (provider, person_id, at) where person_id is not null""")
    grant_app("coding", "SELECT, INSERT")
    op.execute("""
    create table coding_draft (
        provider text not null, episode_id uuid not null, person_id uuid not null, version integer not null,
        body jsonb not null, based_on integer not null, saved_at timestamptz not null,
        constraint pk_coding_draft primary key (provider, episode_id, person_id)
    )
    """)
    grant_app("coding_draft", "SELECT, INSERT, UPDATE, DELETE")


def downgrade() -> None:
    op.execute("drop table coding_draft")
    op.execute("drop table coding")
