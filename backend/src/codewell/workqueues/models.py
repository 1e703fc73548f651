"""Tables of the work queues."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Column, Date, DateTime, Index, Integer, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlmodel import Field, SQLModel

_QUEUES = "('to_code', 'waiting_for_information', 'outstanding_pathology', 'update_received', 'second_check')"


class WorkItem(SQLModel, table=True):
    """One uncoded or unsettled episode: the one queue it stands in, why, due when, and who holds it.

    It carries what a list shows, copied by whoever placed it, so that a queue joins nothing.
    """

    __tablename__ = "work_item"
    __table_args__ = (
        Index("ix_work_item_next", "provider", "queue", "due_order", "episode_id"),
        Index("ix_work_item_all", "provider", "due_order", "episode_id"),
        Index("ix_work_item_month", "provider", "activity_month", "home_queue", "queue"),
        Index("ix_work_item_lease", "provider", "lease_owner_id", postgresql_where=text("lease_owner_id is not null")),
        Index("ix_work_item_assignee", "provider", "assignee_id", postgresql_where=text("assignee_id is not null")),
        Index("ix_work_item_held", "held_until", postgresql_where=text("held_until is not null")),
        CheckConstraint(f"queue in {_QUEUES}", name="queue"),
        CheckConstraint("home_queue in ('to_code', 'update_received', 'second_check')", name="home_queue"),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    episode_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), primary_key=True))
    queue: str = Field(sa_column=Column(Text, nullable=False))
    home_queue: str = Field(sa_column=Column(Text, nullable=False))
    why: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    due_order: dt.date = Field(sa_column=Column(Date, nullable=False))
    activity_month: dt.date = Field(sa_column=Column(Date, nullable=False))
    flex_on: dt.date | None = Field(sa_column=Column(Date))
    freeze_on: dt.date | None = Field(sa_column=Column(Date))
    sex: str | None = Field(sa_column=Column(Text))
    age: int | None = Field(sa_column=Column(SmallInteger))
    specialty_code: str | None = Field(sa_column=Column(Text))
    specialty_name: str | None = Field(sa_column=Column(Text))
    treatment_function_code: str | None = Field(sa_column=Column(Text))
    patient_class: str | None = Field(sa_column=Column(Text))
    started_on: dt.date = Field(sa_column=Column(Date, nullable=False))
    ended_on: dt.date = Field(sa_column=Column(Date, nullable=False))
    discharged_on: dt.date | None = Field(sa_column=Column(Date))
    held_until: dt.date | None = Field(sa_column=Column(Date))
    held_by_id: UUID | None = Field(sa_column=Column(PgUUID(as_uuid=True)))
    hold_reason: str | None = Field(sa_column=Column(Text))
    by_hand: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=text("false")))
    """A person (or their wake date) put it where it stands; a new message does not undo that, a document does."""
    assignee_id: UUID | None = Field(sa_column=Column(PgUUID(as_uuid=True)))
    author_id: UUID | None = Field(sa_column=Column(PgUUID(as_uuid=True)))
    lease_owner_id: UUID | None = Field(sa_column=Column(PgUUID(as_uuid=True)))
    lease_until: dt.datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    queued_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False, server_default=text("1")))


class WorkMove(SQLModel, table=True):
    """A bulk move with what each item was before, so that it can be undone."""

    __tablename__ = "work_move"

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    move_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), primary_key=True))
    at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    person_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), nullable=False))
    items: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    undone_at: dt.datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
