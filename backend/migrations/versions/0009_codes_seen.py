"""The facts on which each coding of a sender first came: saying the same codes again is not coding again."""

from alembic import op

from codewell.migrate import grant_app

revision = "0009_codes_seen"
down_revision = "0008_synth"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("""
    create table codes_seen (
        provider text not null, spell_number text not null, episode_number smallint not null,
        codes_digest uuid not null, coded_at timestamptz not null,
        source_at timestamptz not null, source_message_id text collate "C" not null, digest uuid not null,
        basis text[] not null,
        constraint pk_codes_seen primary key (provider, spell_number, episode_number, codes_digest, coded_at)
    )
    """)
    grant_app("codes_seen", "SELECT, INSERT, UPDATE, DELETE")


def downgrade() -> None:
    op.execute("drop table codes_seen")
