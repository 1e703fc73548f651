"""Rules as they were shipped, and what each Trust changed: both only ever grow, so that any check can be repeated."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, Integer, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlmodel import Field, SQLModel


class CheckRule(SQLModel, table=True):
    """One version of a rule as it came with the software; shared by all Trusts."""

    __tablename__ = "check_rule"

    rule_id: str = Field(sa_column=Column(Text, primary_key=True))
    version: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    body: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    published_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class CheckRuleEdit(SQLModel, table=True):
    """One edit of a rule by one Trust; the one with the highest number holds. Null keeps what was shipped."""

    __tablename__ = "check_rule_edit"
    __table_args__ = (
        CheckConstraint("severity in ('error', 'warn', 'info')", name="severity"),
        CheckConstraint("version > 0", name="version"),
        UniqueConstraint("provider", "edit_id"),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    rule_id: str = Field(sa_column=Column(Text, primary_key=True))
    version: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    edit_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), nullable=False))
    base_version: int = Field(sa_column=Column(Integer, nullable=False))
    enabled: bool | None = Field(sa_column=Column(Boolean))
    severity: str | None = Field(sa_column=Column(Text))
    message: str | None = Field(sa_column=Column(Text))
    mend: str | None = Field(sa_column=Column(Text))
    national_ref: str | None = Field(sa_column=Column(Text))
    edited_by: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), nullable=False))
    edited_by_name: str = Field(sa_column=Column(Text, nullable=False))
    at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
