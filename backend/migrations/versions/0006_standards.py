"""Check rules as shipped, and each Trust's edits of them."""

from alembic import op

from codewell.migrate import grant_app

revision = "0006_standards"
down_revision = "0005_coding"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("""
    create table check_rule (
        rule_id text not null, version integer not null,
        body jsonb not null, published_at timestamptz not null,
        constraint pk_check_rule primary key (rule_id, version)
    )
    """)
    op.execute("""
    create table check_rule_edit (
        provider text not null, rule_id text not null, version integer not null, edit_id uuid not null,
        base_version integer not null, enabled boolean, severity text, message text, mend text, national_ref text,
        edited_by uuid not null, edited_by_name text not null, at timestamptz not null,
        constraint pk_check_rule_edit primary key (provider, rule_id, version),
        constraint uq_check_rule_edit_provider_edit_id unique (provider, edit_id),
        constraint ck_check_rule_edit_severity check (severity in ('error', 'warn', 'info')),
        constraint ck_check_rule_edit_version check (version > 0)
    )
    """)
    # What a finding was made with must stay as it was: neither table can be changed, only added to.
    grant_app("check_rule", "SELECT, INSERT")
    grant_app("check_rule_edit", "SELECT, INSERT")


def downgrade() -> None:
    op.execute("drop table check_rule_edit")
    op.execute("drop table check_rule")
