"""A patient's local id is found however it is typed: with or without blanks, in small letters or large."""

from alembic import op

revision = "0021_patient_as_typed"
down_revision = "0020_document_received"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(
        "create index ix_patient_local_id_as_typed on patient (provider, upper(replace(local_patient_id, ' ', '')))"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop index ix_patient_local_id_as_typed")
