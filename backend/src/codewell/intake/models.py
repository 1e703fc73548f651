"""Tables of intake: senders' mappings, files on their way in, and what could not be taken."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Text,
    desc,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlmodel import Field, SQLModel

from codewell.intake.rules import FaultKind, FaultState, JobState


def _zero() -> Any:  # Any: a column of SQLAlchemy's
    return Column(Integer, nullable=False, server_default=text("0"))


def _in(column: str, values: type[JobState] | type[FaultKind] | type[FaultState]) -> str:
    return f"{column} in ({', '.join(repr(v.value) for v in values)})"


class IntakeSource(SQLModel, table=True):
    """One sender's column names, mapped onto our fields."""

    __tablename__ = "intake_source"

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    source_id: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    columns: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    coding_source: str = Field(sa_column=Column(Text, nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))
    updated_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class IntakeJob(SQLModel, table=True):
    """A file on its way in. ``position`` and ``rows_done`` move in the transaction of the rows they count."""

    __tablename__ = "intake_job"
    __table_args__ = (
        CheckConstraint(_in("state", JobState), name="state"),
        CheckConstraint(
            "created + updated + unchanged + stale_ignored + quarantined + rejected = rows_done", name="adds_up"
        ),
        Index("ix_intake_job_open", "created_at", postgresql_where=text("state in ('waiting', 'running')")),
        Index("ix_intake_job_digest", "provider", "sha256"),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    job_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), primary_key=True))
    file_name: str = Field(sa_column=Column(Text, nullable=False))
    format: str = Field(sa_column=Column(Text, nullable=False))
    source_id: str | None = Field(default=None, sa_column=Column(Text))
    mapping: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    coding_source: str = Field(sa_column=Column(Text, nullable=False))
    header: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    delimiter: str = Field(sa_column=Column(Text, nullable=False))
    ignored_columns: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    sample: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    sha256: str = Field(sa_column=Column(Text, nullable=False))
    bytes: int = Field(sa_column=Column(BigInteger, nullable=False))
    preview: bool = Field(sa_column=Column(Boolean, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    message: str | None = Field(default=None, sa_column=Column(Text))
    source_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    rows: int = Field(sa_column=Column(Integer, nullable=False))
    rows_done: int = Field(default=0, sa_column=_zero())
    position: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default=text("0")))
    created: int = Field(default=0, sa_column=_zero())
    updated: int = Field(default=0, sa_column=_zero())
    unchanged: int = Field(default=0, sa_column=_zero())
    stale_ignored: int = Field(default=0, sa_column=_zero())
    quarantined: int = Field(default=0, sa_column=_zero())
    rejected: int = Field(default=0, sa_column=_zero())
    sent_by_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), nullable=False))
    sent_by: str = Field(sa_column=Column(Text, nullable=False))
    created_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    started_at: dt.datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    finished_at: dt.datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    beat_at: dt.datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    worker: str | None = Field(default=None, sa_column=Column(Text))


class IntakeFault(SQLModel, table=True):
    """A message that could not be taken, as it came, with every reason."""

    __tablename__ = "intake_fault"
    __table_args__ = (
        CheckConstraint(_in("kind", FaultKind), name="kind"),
        CheckConstraint(_in("state", FaultState), name="state"),
        Index("ix_intake_fault_job", "provider", "job_id", "row_number"),
        Index("ix_intake_fault_came", "provider", desc("came_id"), "row_number", "fault_id"),
        Index(
            "ix_intake_fault_open", "provider", desc("came_id"), "row_number", "fault_id",
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_intake_fault_fingerprint", "provider", "fingerprint",
            postgresql_where=text("fingerprint is not null"),
        ),
    )  # fmt: skip

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    fault_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), primary_key=True))
    job_id: UUID | None = Field(default=None, sa_column=Column(PgUUID(as_uuid=True)))
    row_number: int | None = Field(default=None, sa_column=Column(Integer))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    what: str = Field(sa_column=Column(Text, nullable=False))
    """'csv' or 'json_line' (a line of the job's file), 'episode' or 'document' (an item of a post)."""
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    errors: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    created_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    decided_at: dt.datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    decided_by: UUID | None = Field(default=None, sa_column=Column(PgUUID(as_uuid=True)))
    came_id: UUID | None = Field(
        default=None,
        sa_column=Column(PgUUID(as_uuid=True), Computed("coalesce(job_id, fault_id)", persisted=True), nullable=False),
    )
    """What it came with: its file, or the post itself. Faults are listed by it, newest first."""
    fingerprint: UUID | None = Field(default=None, sa_column=Column(PgUUID(as_uuid=True)))
    """Digest of what came and why it was refused; null for what was only previewed, or refused with its whole file."""
    reason: str | None = Field(default=None, sa_column=Column(Text))
