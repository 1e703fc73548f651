"""Tables of codings and drafts."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field, SQLModel


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the type's name in DDL."""
        return "xid8"


# So that a database that is read back, as `codewell migrate --check` does, knows the type by its name.
ischema_names["xid8"] = Xid8


class Coding(SQLModel, table=True):
    """One set of codes of one episode, for good: the application can add versions and do nothing else to them.

    ``basis`` are the significant facts the codes were made on; ``raw`` what was received where normalising changed it.
    """

    __tablename__ = "coding"
    __table_args__ = (
        CheckConstraint("state in ('final', 'for_second_check', 'returned')", name="state"),
        CheckConstraint("source in ('codewell', 'encoder', 'pas', 'audit', 'query')", name="source"),
        Index("ix_coding_feed", "provider", "txid", "seq"),
        Index("ix_coding_checked", "provider", "checked_by_id", postgresql_where=text("checked_by_id is not null")),
        Index("ix_coding_person", "provider", "person_id", "at", postgresql_where=text("person_id is not null")),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    episode_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), primary_key=True))
    version: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    seq: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    source: str = Field(sa_column=Column(Text, nullable=False))
    diagnoses: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    procedures: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    procedure_dates: list[dt.date | None] = Field(sa_column=Column(ARRAY(Date), nullable=False))
    raw: dict[str, Any] | None = Field(sa_column=Column(JSONB))
    person_id: UUID | None = Field(sa_column=Column(PgUUID(as_uuid=True)))
    person_name: str | None = Field(sa_column=Column(Text))
    coder_ref: str | None = Field(sa_column=Column(Text))
    checked_by_id: UUID | None = Field(sa_column=Column(PgUUID(as_uuid=True)))
    checked_by_name: str | None = Field(sa_column=Column(Text))
    icd10_edition: str | None = Field(sa_column=Column(Text))
    opcs4_edition: str | None = Field(sa_column=Column(Text))
    basis: list[str | None] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    findings: list[dict[str, Any]] | None = Field(sa_column=Column(JSONB))
    findings_digest: bytes | None = Field(sa_column=Column(LargeBinary))
    reasons: list[dict[str, Any]] | None = Field(sa_column=Column(JSONB))
    reason: str | None = Field(sa_column=Column(Text))
    message_id: str | None = Field(sa_column=Column(Text))
    at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    recorded_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    txid: int | None = Field(
        default=None, sa_column=Column(Xid8(), nullable=False, server_default=text("pg_current_xact_id()"))
    )


class CodingDraft(SQLModel, table=True):
    """What one person has typed for one episode and not yet submitted; nobody else sees it."""

    __tablename__ = "coding_draft"

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    episode_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), primary_key=True))
    person_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), primary_key=True))
    version: int = Field(sa_column=Column(Integer, nullable=False))
    body: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    based_on: int = Field(sa_column=Column(Integer, nullable=False))
    saved_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
