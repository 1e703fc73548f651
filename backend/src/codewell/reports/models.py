"""The table of reports: every save of an audit's report is a version."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlmodel import Field, SQLModel


class AuditReport(SQLModel, table=True):
    """One version of a report; never changed.

    ``blocks`` holds the edited narrative by key, each with the draft it was made from. A version that was kept under a
    ``name`` also holds the whole ``content``, so that it can be made again just as it was.
    """

    __tablename__ = "audit_report"
    __table_args__ = (CheckConstraint("(name is null) = (content is null)", name="kept"),)

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    audit_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), primary_key=True))
    version: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    name: str | None = Field(sa_column=Column(Text))
    blocks: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    content: dict[str, Any] | None = Field(sa_column=Column(JSONB(none_as_null=True)))
    by_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), nullable=False))
    by_name: str = Field(sa_column=Column(Text, nullable=False))
    at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
