"""Tables of recommendations, actions, their notes and their evidence."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlmodel import Field, SQLModel

_INSTANT = DateTime(timezone=True)
_ID = PgUUID(as_uuid=True)


class Recommendation(SQLModel, table=True):
    """What an audit asks the Trust to do, and what the Trust answered; it names the findings it rests on."""

    __tablename__ = "recommendation"
    __table_args__ = (
        UniqueConstraint("provider", "audit_id", "no", name="uq_recommendation_no"),
        Index("ix_recommendation_state", "provider", "state", "due_on", "recommendation_id"),
        CheckConstraint("state in ('proposed', 'agreed', 'partly', 'rejected', 'closed', 'withdrawn')", name="state"),
        CheckConstraint("priority in ('high', 'medium', 'low')", name="priority"),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    recommendation_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    audit_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    no: int = Field(sa_column=Column(SmallInteger, nullable=False))
    text: str = Field(sa_column=Column(Text, nullable=False))
    standard: str = Field(sa_column=Column(Text, nullable=False))
    rests_on: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    priority: str = Field(sa_column=Column(Text, nullable=False))
    owner_id: UUID | None = Field(sa_column=Column(_ID))
    owner_role: str | None = Field(sa_column=Column(Text))
    owner_name: str = Field(sa_column=Column(Text, nullable=False))
    due_on: dt.date = Field(sa_column=Column(Date, nullable=False))
    evidence_wanted: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    response: str | None = Field(sa_column=Column(Text))
    response_reason: str = Field(sa_column=Column(Text, nullable=False))
    responded_by_id: UUID | None = Field(sa_column=Column(_ID))
    responded_by_name: str | None = Field(sa_column=Column(Text))
    responded_at: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    re_audit_id: UUID | None = Field(sa_column=Column(_ID))
    closed_at: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    created_by_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    created_by_name: str = Field(sa_column=Column(Text, nullable=False))
    created_at: dt.datetime = Field(sa_column=Column(_INSTANT, nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))


class AuditAction(SQLModel, table=True):
    """One thing to be done for a recommendation, by whom and by when."""

    __tablename__ = "audit_action"
    __table_args__ = (
        UniqueConstraint("provider", "recommendation_id", "no", name="uq_audit_action_no"),
        Index("ix_audit_action_due", "provider", "state", "due_on", "action_id"),
        Index("ix_audit_action_owner", "provider", "owner_id", "state"),
        CheckConstraint("state in ('open', 'in_progress', 'done', 'verified', 'closed', 'cancelled')", name="state"),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    action_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    recommendation_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    no: int = Field(sa_column=Column(SmallInteger, nullable=False))
    text: str = Field(sa_column=Column(Text, nullable=False))
    owner_id: UUID | None = Field(sa_column=Column(_ID))
    owner_role: str | None = Field(sa_column=Column(Text))
    owner_name: str = Field(sa_column=Column(Text, nullable=False))
    due_on: dt.date = Field(sa_column=Column(Date, nullable=False))
    remind_days: list[int] = Field(sa_column=Column(ARRAY(SmallInteger), nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    done_by_id: UUID | None = Field(sa_column=Column(_ID))
    done_by_name: str | None = Field(sa_column=Column(Text))
    done_at: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    verified_by_id: UUID | None = Field(sa_column=Column(_ID))
    verified_by_name: str | None = Field(sa_column=Column(Text))
    verified_at: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    closed_at: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    created_by_name: str = Field(sa_column=Column(Text, nullable=False))
    created_at: dt.datetime = Field(sa_column=Column(_INSTANT, nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))


class ActionNote(SQLModel, table=True):
    """What was said or done about an action; ``act`` is ``note`` or the move it came with. It stays."""

    __tablename__ = "action_note"

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    action_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    seq: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    act: str = Field(sa_column=Column(Text, nullable=False))
    text: str = Field(sa_column=Column(Text, nullable=False))
    by_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    by_name: str = Field(sa_column=Column(Text, nullable=False))
    at: dt.datetime = Field(sa_column=Column(_INSTANT, nullable=False))


class ActionEvidence(SQLModel, table=True):
    """Evidence that an action was done: a file with its SHA-256, a link, or words."""

    __tablename__ = "action_evidence"
    __table_args__ = (
        Index("ix_action_evidence_action", "provider", "action_id"),
        CheckConstraint("kind in ('file', 'link', 'text')", name="kind"),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    evidence_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    action_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    title: str = Field(sa_column=Column(Text, nullable=False))
    text: str = Field(sa_column=Column(Text, nullable=False))
    url: str | None = Field(sa_column=Column(Text))
    file_name: str | None = Field(sa_column=Column(Text))
    media_type: str | None = Field(sa_column=Column(Text))
    size: int | None = Field(sa_column=Column(Integer))
    sha256: str | None = Field(sa_column=Column(Text))
    content: bytes | None = Field(sa_column=Column(LargeBinary))
    by_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    by_name: str = Field(sa_column=Column(Text, nullable=False))
    at: dt.datetime = Field(sa_column=Column(_INSTANT, nullable=False))
    withdrawn_at: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    withdrawn_reason: str | None = Field(sa_column=Column(Text))
