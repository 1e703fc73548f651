"""Tables of the annual programme, its planned audits, and draws that recur."""

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
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlmodel import Field, SQLModel

_INSTANT = DateTime(timezone=True)
_ID = PgUUID(as_uuid=True)


class Programme(SQLModel, table=True):
    """A financial year's audits as they were agreed; one a year."""

    __tablename__ = "programme"
    __table_args__ = (
        UniqueConstraint("provider", "financial_year", name="uq_programme_financial_year"),
        CheckConstraint("financial_year ~ '^[0-9]{4}/[0-9]{2}$'", name="financial_year"),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    programme_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    financial_year: str = Field(sa_column=Column(Text, nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    objectives: str = Field(sa_column=Column(Text, nullable=False))
    owner_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    agreed_on: dt.date | None = Field(sa_column=Column(Date))
    version: int = Field(sa_column=Column(Integer, nullable=False))


class PlannedAudit(SQLModel, table=True):
    """One audit that a programme means to hold; where it stands is read from the audits that name it."""

    __tablename__ = "planned_audit"
    __table_args__ = (
        CheckConstraint("month_from <= month_to", name="months"),
        CheckConstraint("episodes > 0", name="episodes"),
        Index("ix_planned_audit_programme", "provider", "programme_id", "month_from"),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    planned_audit_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    programme_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    title: str = Field(sa_column=Column(Text, nullable=False))
    owner_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    month_from: dt.date = Field(sa_column=Column(Date, nullable=False))
    month_to: dt.date = Field(sa_column=Column(Date, nullable=False))
    episodes: int = Field(sa_column=Column(Integer, nullable=False))
    specialties: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    coder_ids: list[UUID] = Field(sa_column=Column(ARRAY(_ID), nullable=False))
    commissioned_by: str = Field(sa_column=Column(Text, nullable=False))
    note: str = Field(sa_column=Column(Text, nullable=False))
    dropped_at: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    dropped_reason: str | None = Field(sa_column=Column(Text))
    version: int = Field(sa_column=Column(Integer, nullable=False))


class RecurringDraw(SQLModel, table=True):
    """A sample that is to be drawn by itself, month by month or quarter by quarter.

    ``counts_from`` is the first day on which a run can be due: what was scheduled later owes nothing for the past.
    """

    __tablename__ = "recurring_draw"
    __table_args__ = (
        CheckConstraint("every in ('monthly', 'quarterly')", name="every"),
        CheckConstraint("on_day between 1 and 31", name="on_day"),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    recurring_draw_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    planned_audit_id: UUID | None = Field(sa_column=Column(_ID))
    title: str = Field(sa_column=Column(Text, nullable=False))
    template: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    every: str = Field(sa_column=Column(Text, nullable=False))
    on_day: int = Field(sa_column=Column(SmallInteger, nullable=False))
    starts_on: dt.date = Field(sa_column=Column(Date, nullable=False))
    ends_on: dt.date | None = Field(sa_column=Column(Date))
    counts_from: dt.date = Field(sa_column=Column(Date, nullable=False))
    stopped_at: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    stopped_reason: str | None = Field(sa_column=Column(Text))
    created_by_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    created_by_name: str = Field(sa_column=Column(Text, nullable=False))
    created_at: dt.datetime = Field(sa_column=Column(_INSTANT, nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))


class RecurringRun(SQLModel, table=True):
    """What came of one due day of a recurring draw; the key on draw and day lets it happen once only."""

    __tablename__ = "recurring_run"
    __table_args__ = (
        UniqueConstraint("provider", "recurring_draw_id", "due_on", name="uq_recurring_run_due"),
        CheckConstraint("state in ('made', 'missed', 'acknowledged', 'made_by_hand')", name="state"),
        Index("ix_recurring_run_missed", "provider", "due_on", postgresql_where=text("state = 'missed'")),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    recurring_run_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    recurring_draw_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    due_on: dt.date = Field(sa_column=Column(Date, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    late_days: int = Field(sa_column=Column(Integer, nullable=False))
    reason: str | None = Field(sa_column=Column(Text))
    audit_id: UUID | None = Field(sa_column=Column(_ID))
    ran_at: dt.datetime = Field(sa_column=Column(_INSTANT, nullable=False))
    settled_at: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    settled_by_id: UUID | None = Field(sa_column=Column(_ID))
    settled_by_name: str | None = Field(sa_column=Column(Text))
    settled_reason: str | None = Field(sa_column=Column(Text))
