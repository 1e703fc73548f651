"""Tables of the classifications: editions and their codes. Shared reference, the same for every Trust."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlmodel import Field, SQLModel


class Edition(SQLModel, table=True):
    """One list of codes with the days it is for. The database refuses two ready ones on one day of a system."""

    __tablename__ = "edition"
    __table_args__ = (
        CheckConstraint("system in ('icd10', 'opcs4')", name="system"),
        CheckConstraint("state in ('loading', 'preview', 'ready', 'superseded', 'discarded')", name="state"),
        CheckConstraint("valid_to_on is null or valid_to_on >= valid_from_on", name="days"),
        Index("uq_edition_digest", "system", "digest", unique=True, postgresql_where=text("state <> 'discarded'")),
    )

    system: str = Field(sa_column=Column(Text, primary_key=True))
    edition: str = Field(sa_column=Column(Text, primary_key=True))
    title: str = Field(sa_column=Column(Text, nullable=False))
    valid_from_on: dt.date = Field(sa_column=Column(Date, nullable=False))
    valid_to_on: dt.date | None = Field(default=None, sa_column=Column(Date))
    state: str = Field(sa_column=Column(Text, nullable=False))
    source: str = Field(sa_column=Column(Text, nullable=False))
    starter: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=text("false")))
    digest: str = Field(sa_column=Column(Text, nullable=False))
    counts: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    problems: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    """Lines that were not used: file, line, reason; at most the first thousand."""
    notes: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False, server_default=text("1")))
    loaded_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    loaded_by: UUID | None = Field(default=None, sa_column=Column(PgUUID(as_uuid=True)))
    ready_at: dt.datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    first_used_at: dt.datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    """When the first codes were kept under its name, whichever Trust's; the rooms that keep codes have it written."""


class Code(SQLModel, table=True):
    """One code of one edition; written once when the edition is loaded and never changed."""

    __tablename__ = "code"
    __table_args__ = (
        CheckConstraint("usage in ('default', 'dagger', 'asterisk')", name="usage"),
        CheckConstraint("sex in (1, 2)", name="sex"),
        ForeignKeyConstraint(
            ["system", "edition"],
            ["edition.system", "edition.edition"],
            name="fk_code_system_edition",
            ondelete="CASCADE",
        ),
    )

    system: str = Field(sa_column=Column(Text, primary_key=True))
    edition: str = Field(sa_column=Column(Text, primary_key=True))
    code: str = Field(sa_column=Column(Text, primary_key=True))
    title: str = Field(sa_column=Column(Text, nullable=False))
    parent: str | None = Field(default=None, sa_column=Column(Text))
    level: int = Field(sa_column=Column(SmallInteger, nullable=False))
    leaf: bool = Field(sa_column=Column(Boolean, nullable=False))
    valid_at_3: bool = Field(sa_column=Column(Boolean, nullable=False))
    fifth: bool = Field(sa_column=Column(Boolean, nullable=False))
    usage: str = Field(sa_column=Column(Text, nullable=False))
    sex: int | None = Field(default=None, sa_column=Column(SmallInteger))
    age_min: int | None = Field(default=None, sa_column=Column(SmallInteger))
    age_max: int | None = Field(default=None, sa_column=Column(SmallInteger))
    usage_count: int = Field(sa_column=Column(Integer, nullable=False))
    flags: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
