"""The trail's two tables; the application's role may read them and append through ``trail_append`` only."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, LargeBinary, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlmodel import Field, SQLModel


class TrailLine(SQLModel, table=True):
    """One thing done or seen; ``hash`` covers this line and the hash of the line before it in its chain."""

    __tablename__ = "trail_line"
    __table_args__ = (
        Index("ix_trail_line_at", "provider", "at"),
        Index("ix_trail_line_actor", "provider", "actor_id", "at"),
        Index("ix_trail_line_subject", "provider", "subject_id", "at"),
        Index("ix_trail_line_patient", "provider", "patient_id", "at"),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    chain: int = Field(sa_column=Column(SmallInteger, primary_key=True))
    no: int = Field(sa_column=Column(BigInteger, primary_key=True))
    at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    actor_kind: str = Field(sa_column=Column(Text, nullable=False))
    actor_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), nullable=False))
    actor_name: str = Field(sa_column=Column(Text, nullable=False))
    tag: str = Field(sa_column=Column(Text, nullable=False))
    subject_kind: str = Field(sa_column=Column(Text, nullable=False))
    subject_id: str = Field(sa_column=Column(Text, nullable=False))
    patient_id: UUID | None = Field(sa_column=Column(PgUUID(as_uuid=True)))
    version: int | None = Field(sa_column=Column(Integer))
    facts: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    request_id: str = Field(sa_column=Column(Text, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class TrailHead(SQLModel, table=True):
    """The end of each chain; its number and hash, kept elsewhere too, prove that nothing was cut off."""

    __tablename__ = "trail_head"

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    chain: int = Field(sa_column=Column(SmallInteger, primary_key=True))
    no: int = Field(sa_column=Column(BigInteger, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
