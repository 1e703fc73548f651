"""A coder reference is one person's, whether in small letters or large, with blanks around it or without."""

from alembic import op

revision = "0025_coder_ref_once"
down_revision = "0024_patient_lean"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("update person set coder_ref = nullif(trim(coder_ref), '') where coder_ref is not null")
    # Where two people bear one reference this stops and names it: only the Trust knows whose it is.
    op.execute("drop index uq_person_coder_ref")
    op.execute("""create unique index uq_person_coder_ref on person (provider, upper(trim(coder_ref)))
                  where coder_ref is not null""")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop index uq_person_coder_ref")
    op.execute("""create unique index uq_person_coder_ref on person (provider, coder_ref)
                  where coder_ref is not null""")
