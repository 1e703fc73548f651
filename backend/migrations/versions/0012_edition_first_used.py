"""When codes were first kept in an edition: such an edition stays."""

from alembic import op

revision = "0012_edition_first_used"
down_revision = "0011_faults_in_order"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    # Found before the column is added: every version is read for it, and meanwhile editions can be read as ever.
    op.execute("""
    create temp table first_use on commit drop as
    select 'icd10' as system, icd10_edition as edition, min(recorded_at) as at
    from coding where icd10_edition is not null group by icd10_edition
    union all
    select 'opcs4', opcs4_edition, min(recorded_at)
    from coding where opcs4_edition is not null group by opcs4_edition
    """)
    op.execute("alter table edition add column first_used_at timestamptz")
    op.execute("""
    update edition e set first_used_at = u.at from first_use u where u.system = e.system and u.edition = e.edition
    """)


def downgrade() -> None:
    op.execute("alter table edition drop column first_used_at")
