"""Tables of learning needs, auditors' CPD and trainees' progression."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Index, Integer, SmallInteger, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlmodel import Field, SQLModel

_INSTANT = DateTime(timezone=True)
_ID = PgUUID(as_uuid=True)


class LearningNeed(SQLModel, table=True):
    """What a coder is to learn: a standard missed in one class of codes in one way, however often."""

    __tablename__ = "learning_need"
    __table_args__ = (
        UniqueConstraint(
            "provider", "coder_id", "standard", "code_class", "error_type", name="uq_learning_need_what"
        ),
        CheckConstraint("state in ('open', 'planned', 'met', 'withdrawn')", name="state"),
        Index("ix_learning_need_state", "provider", "state", "last_on"),
    )  # fmt: skip

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    need_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    coder_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    standard: str = Field(sa_column=Column(Text, nullable=False))
    code_class: str = Field(sa_column=Column(Text, nullable=False))
    error_type: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    findings: int = Field(sa_column=Column(Integer, nullable=False))
    first_on: dt.date = Field(sa_column=Column(Date, nullable=False))
    last_on: dt.date = Field(sa_column=Column(Date, nullable=False))
    note: str = Field(sa_column=Column(Text, nullable=False))
    decided_by_id: UUID | None = Field(sa_column=Column(_ID))
    decided_by_name: str | None = Field(sa_column=Column(Text))
    decided_at: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    version: int = Field(sa_column=Column(Integer, nullable=False))


class LearningNeedFinding(SQLModel, table=True):
    """One accepted finding of a signed audit, and the need it belongs to."""

    __tablename__ = "learning_need_finding"
    __table_args__ = (
        Index("ix_learning_need_finding_need", "provider", "need_id"),
        Index("ix_learning_need_finding_audit", "provider", "audit_id"),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    item_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    no: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    need_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    audit_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    trust_code: str | None = Field(sa_column=Column(Text))
    auditor_code: str | None = Field(sa_column=Column(Text))
    found_on: dt.date = Field(sa_column=Column(Date, nullable=False))


class LearningNeedsRaised(SQLModel, table=True):
    """Up to which signed version of an audit its learning needs were raised."""

    __tablename__ = "learning_needs_raised"

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    audit_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    signed_version: int = Field(sa_column=Column(Integer, nullable=False))
    at: dt.datetime = Field(sa_column=Column(_INSTANT, nullable=False))


class CpdEntry(SQLModel, table=True):
    """Something an auditor did to keep up their approval, besides auditing."""

    __tablename__ = "cpd_entry"
    __table_args__ = (
        CheckConstraint("kind in ('course', 'forum', 'reading', 'coding', 'teaching')", name="kind"),
        CheckConstraint("minutes > 0", name="minutes"),
        Index("ix_cpd_entry_person", "provider", "person_id", "done_on"),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    cpd_entry_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    person_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    done_on: dt.date = Field(sa_column=Column(Date, nullable=False))
    minutes: int = Field(sa_column=Column(Integer, nullable=False))
    title: str = Field(sa_column=Column(Text, nullable=False))
    note: str = Field(sa_column=Column(Text, nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))


class ProgressionDecision(SQLModel, table=True):
    """What a person decided about somebody in training, with the evidence as it then was. Never changed."""

    __tablename__ = "progression_decision"
    __table_args__ = (CheckConstraint("decision in ('move_on', 'stay', 'go_back')", name="decision"),)

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    person_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    seq: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    decision: str = Field(sa_column=Column(Text, nullable=False))
    from_stage: str = Field(sa_column=Column(Text, nullable=False))
    to_stage: str = Field(sa_column=Column(Text, nullable=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    rules_key: str = Field(sa_column=Column(Text, nullable=False))
    rules_version: int = Field(sa_column=Column(Integer, nullable=False))
    evidence: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    by_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    by_name: str = Field(sa_column=Column(Text, nullable=False))
    at: dt.datetime = Field(sa_column=Column(_INSTANT, nullable=False))
