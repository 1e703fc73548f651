"""Tables of audits: profiles, auditors, audits, draws, audited episodes, positions, replies and signatures."""

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
    Index,
    Integer,
    LargeBinary,
    Numeric,
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


class AuditProfile(SQLModel, table=True):
    """One version of a methodology, threshold, citation or progression profile; never changed, only followed.

    What ships is in ``audits/data``; a row here of the same kind and key comes after it.
    """

    __tablename__ = "audit_profile"
    __table_args__ = (CheckConstraint("kind in ('methodology', 'threshold', 'citation', 'progression')", name="kind"),)

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    kind: str = Field(sa_column=Column(Text, primary_key=True))
    key: str = Field(sa_column=Column(Text, primary_key=True))
    version: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    organisation_type: str | None = Field(sa_column=Column(Text))
    valid_from: dt.date = Field(sa_column=Column(Date, nullable=False))
    valid_to: dt.date | None = Field(sa_column=Column(Date))
    body: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    by_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    by_name: str = Field(sa_column=Column(Text, nullable=False))
    at: dt.datetime = Field(sa_column=Column(_INSTANT, nullable=False))


class AuditorQualification(SQLModel, table=True):
    """A qualification of a person who audits, with its number and expiry; looked at on the day they audit."""

    __tablename__ = "auditor_qualification"
    __table_args__ = (Index("ix_auditor_qualification_person", "provider", "person_id"),)

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    qualification_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    person_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    number: str | None = Field(sa_column=Column(Text))
    awarded_on: dt.date = Field(sa_column=Column(Date, nullable=False))
    expires_on: dt.date | None = Field(sa_column=Column(Date))
    note: str = Field(sa_column=Column(Text, nullable=False))
    withdrawn_at: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    version: int = Field(sa_column=Column(Integer, nullable=False))


class Audit(SQLModel, table=True):
    """One audit with the profiles as they were when it was drawn."""

    __tablename__ = "audit"
    __table_args__ = (
        UniqueConstraint("provider", "reference", name="uq_audit_reference"),
        Index("ix_audit_state", "provider", "state", "created_at"),
        CheckConstraint("state in ('setting_up', 'running', 'signed', 'correcting', 'abandoned')", name="state"),
        CheckConstraint("mode in ('blind', 'review', 'external')", name="mode"),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    audit_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    reference: str = Field(sa_column=Column(Text, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    title: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    mode: str = Field(sa_column=Column(Text, nullable=False))
    commissioned_by: str = Field(sa_column=Column(Text, nullable=False))
    aims: str = Field(sa_column=Column(Text, nullable=False))
    objectives: str = Field(sa_column=Column(Text, nullable=False))
    scope: str = Field(sa_column=Column(Text, nullable=False))
    background: str = Field(sa_column=Column(Text, nullable=False))
    period_from: dt.date = Field(sa_column=Column(Date, nullable=False))
    period_to: dt.date = Field(sa_column=Column(Date, nullable=False))
    population: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    sampling: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    methodology_key: str = Field(sa_column=Column(Text, nullable=False))
    methodology_version: int = Field(sa_column=Column(Integer, nullable=False))
    methodology: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    threshold_key: str | None = Field(sa_column=Column(Text))
    threshold_version: int | None = Field(sa_column=Column(Integer))
    thresholds: dict[str, Any] | None = Field(sa_column=Column(JSONB))
    second_share: float = Field(sa_column=Column(Numeric(5, 4, asdecimal=False), nullable=False))
    due_on: dt.date | None = Field(sa_column=Column(Date))
    planned_audit_id: UUID | None = Field(sa_column=Column(_ID))
    recurring_draw_id: UUID | None = Field(sa_column=Column(_ID))
    follows_audit_id: UUID | None = Field(sa_column=Column(_ID))
    created_by_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    created_by_name: str = Field(sa_column=Column(Text, nullable=False))
    created_at: dt.datetime = Field(sa_column=Column(_INSTANT, nullable=False))
    drawn_at: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    signed_at: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    signed_version: int = Field(sa_column=Column(Integer, nullable=False, server_default=text("0")))
    state_reason: str | None = Field(sa_column=Column(Text))
    version: int = Field(sa_column=Column(Integer, nullable=False))


class AuditMember(SQLModel, table=True):
    """A person who audits in an audit, with the qualification that was in force when they were named."""

    __tablename__ = "audit_member"
    __table_args__ = (
        Index("ix_audit_member_person", "provider", "person_id"),
        CheckConstraint("part in ('lead', 'auditor')", name="part"),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    audit_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    person_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    part: str = Field(sa_column=Column(Text, nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    qualification: dict[str, Any] | None = Field(sa_column=Column(JSONB))
    checked_on: dt.date = Field(sa_column=Column(Date, nullable=False))


class AuditDraw(SQLModel, table=True):
    """How an audit's sample was drawn: enough to draw it again, its frame included. Never changed.

    ``frame`` is the compressed list of candidates; ``frame_hash`` that of ``audits.draw.frame_hash``.
    """

    __tablename__ = "audit_draw"
    __table_args__ = (Index("ix_audit_draw_audit", "provider", "audit_id"),)

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    draw_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    audit_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    method: str = Field(sa_column=Column(Text, nullable=False))
    seed: str = Field(sa_column=Column(Text, nullable=False))
    population: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    sampling: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    strata: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    frame_size: int = Field(sa_column=Column(Integer, nullable=False))
    frame_hash: str = Field(sa_column=Column(Text, nullable=False))
    frame: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    left_out: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    drawn: int = Field(sa_column=Column(Integer, nullable=False))
    at: dt.datetime = Field(sa_column=Column(_INSTANT, nullable=False))
    by_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    by_name: str = Field(sa_column=Column(Text, nullable=False))


class AuditItem(SQLModel, table=True):
    """One episode to audit, with the coder's codes as they were at the draw; later coding does not change them.

    ``frozen`` holds diagnoses, procedures, procedure_dates, coder_name, coder_ref, coded_at, source and editions.
    ``codes`` are what the auditor saved first and never change; ``revised`` what they made of them afterwards.
    """

    __tablename__ = "audit_item"
    __table_args__ = (
        UniqueConstraint("provider", "audit_id", "no", name="uq_audit_item_no"),
        Index("ix_audit_item_episode", "provider", "episode_id"),
        Index("ix_audit_item_coder", "provider", "coder_id", "state"),
        Index("ix_audit_item_auditor", "provider", "auditor_id", "state"),
        CheckConstraint(
            "state in ('drawn', 'coding', 'comparing', 'decided', 'with_coder', 'settled', 'unsafe', 'replaced')",
            name="state",
        ),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    item_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    audit_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    draw_id: UUID | None = Field(sa_column=Column(_ID))
    no: int = Field(sa_column=Column(Integer, nullable=False))
    episode_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    ended_on: dt.date = Field(sa_column=Column(Date, nullable=False))
    coding_version: int = Field(sa_column=Column(Integer, nullable=False))
    frozen: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    coder_id: UUID | None = Field(sa_column=Column(_ID))
    specialty_code: str | None = Field(sa_column=Column(Text))
    stratum: str = Field(sa_column=Column(Text, nullable=False))
    ticket: str = Field(sa_column=Column(Text, nullable=False))
    probability: float = Field(sa_column=Column(Numeric(18, 15, asdecimal=False), nullable=False))
    second_of: UUID | None = Field(sa_column=Column(_ID))
    replaces: UUID | None = Field(sa_column=Column(_ID))
    state: str = Field(sa_column=Column(Text, nullable=False))
    state_reason: str | None = Field(sa_column=Column(Text))
    auditor_id: UUID | None = Field(sa_column=Column(_ID))
    auditor_name: str | None = Field(sa_column=Column(Text))
    lease_until: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    draft: dict[str, Any] | None = Field(sa_column=Column(JSONB(none_as_null=True)))
    codes: dict[str, Any] | None = Field(sa_column=Column(JSONB(none_as_null=True)))
    revised: dict[str, Any] | None = Field(sa_column=Column(JSONB(none_as_null=True)))
    codes_saved_at: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    decided_at: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    released_at: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    reply_due_on: dt.date | None = Field(sa_column=Column(Date))
    settled_at: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    minutes: int | None = Field(sa_column=Column(Integer))
    comment: str = Field(sa_column=Column(Text, nullable=False, server_default=text("''")))
    version: int = Field(sa_column=Column(Integer, nullable=False, server_default=text("1")))


class AuditPosition(SQLModel, table=True):
    """One aligned position of an audited episode: what was proposed of it, and what was made of it.

    Agreement is a position too (both types null). ``reply`` is where its talk with the coder stands. ``external`` is
    what an external auditor found: their key, type, attribution, code, standard and words, and the stage it is at.
    """

    __tablename__ = "audit_position"
    __table_args__ = (
        CheckConstraint("decision in ('agreed', 'open', 'accepted', 'changed', 'rejected')", name="decision"),
        CheckConstraint(
            "reply in ('none', 'waiting', 'agreed', 'disputed', 'answered', 'escalated', 'ruled', 'withdrawn', "
            "'no_reply')",
            name="reply",
        ),
        Index("ix_audit_position_audit", "provider", "audit_id"),
        Index("ix_audit_position_reply", "provider", "reply", postgresql_where=text("reply <> 'none'")),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    item_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    no: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    audit_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    side: str = Field(sa_column=Column(Text, nullable=False))
    code_class: str = Field(sa_column=Column(Text, nullable=False))
    sub_class: str = Field(sa_column=Column(Text, nullable=False))
    trust_at: int | None = Field(sa_column=Column(SmallInteger))
    trust_code: str | None = Field(sa_column=Column(Text))
    trust_on: dt.date | None = Field(sa_column=Column(Date))
    auditor_at: int | None = Field(sa_column=Column(SmallInteger))
    auditor_code: str | None = Field(sa_column=Column(Text))
    auditor_on: dt.date | None = Field(sa_column=Column(Date))
    moved: bool = Field(sa_column=Column(Boolean, nullable=False))
    counted_elsewhere: bool = Field(sa_column=Column(Boolean, nullable=False))
    proposed_type: str | None = Field(sa_column=Column(Text))
    final_type: str | None = Field(sa_column=Column(Text))
    decision: str = Field(sa_column=Column(Text, nullable=False))
    attribution: str = Field(sa_column=Column(Text, nullable=False))
    non_coder_reason: str | None = Field(sa_column=Column(Text))
    evidence_available: bool | None = Field(sa_column=Column(Boolean))
    evidence_kind: str | None = Field(default=None, sa_column=Column(Text))
    evidence_on: dt.date | None = Field(default=None, sa_column=Column(Date))
    evidence_page: str | None = Field(default=None, sa_column=Column(Text))
    evidence: str = Field(sa_column=Column(Text, nullable=False))
    standards: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    comment: str = Field(sa_column=Column(Text, nullable=False))
    decided_by_id: UUID | None = Field(sa_column=Column(_ID))
    decided_at: dt.datetime | None = Field(sa_column=Column(_INSTANT))
    reply: str = Field(sa_column=Column(Text, nullable=False, server_default=text("'none'")))
    reply_due_on: dt.date | None = Field(sa_column=Column(Date))
    external: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))


class AuditReply(SQLModel, table=True):
    """One thing said about a finding; what was said stays."""

    __tablename__ = "audit_reply"

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    item_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    no: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    seq: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    act: str = Field(sa_column=Column(Text, nullable=False))
    part: str = Field(sa_column=Column(Text, nullable=False))
    text: str = Field(sa_column=Column(Text, nullable=False))
    changed: dict[str, Any] | None = Field(sa_column=Column(JSONB(none_as_null=True)))
    by_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    by_name: str = Field(sa_column=Column(Text, nullable=False))
    at: dt.datetime = Field(sa_column=Column(_INSTANT, nullable=False))


class AuditSignature(SQLModel, table=True):
    """One signed version of an audit: who signed, why a correction was made, and all that was signed. Never changed."""

    __tablename__ = "audit_signature"

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    audit_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    version: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    statement: str = Field(sa_column=Column(Text, nullable=False))
    content: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    digest: str = Field(sa_column=Column(Text, nullable=False))
    by_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    by_name: str = Field(sa_column=Column(Text, nullable=False))
    at: dt.datetime = Field(sa_column=Column(_INSTANT, nullable=False))


class AuditGrouping(SQLModel, table=True):
    """The HRG and payment of an audited episode before and after, as a grouper's result said; absent: not grouped."""

    __tablename__ = "audit_grouping"
    __table_args__ = (Index("ix_audit_grouping_audit", "provider", "audit_id"),)

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    item_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    audit_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    grouper: str = Field(sa_column=Column(Text, nullable=False))
    hrg_before: str = Field(sa_column=Column(Text, nullable=False))
    hrg_after: str = Field(sa_column=Column(Text, nullable=False))
    pounds_before: float | None = Field(sa_column=Column(Numeric(12, 2, asdecimal=False)))
    pounds_after: float | None = Field(sa_column=Column(Numeric(12, 2, asdecimal=False)))
    loaded_at: dt.datetime = Field(sa_column=Column(_INSTANT, nullable=False))
    loaded_by_name: str = Field(sa_column=Column(Text, nullable=False))


class AuditAmendment(SQLModel, table=True):
    """The agreed codes of an audited episode, put into force as a version of its codes; never changed."""

    __tablename__ = "audit_amendment"
    __table_args__ = (
        Index("ix_audit_amendment_audit", "provider", "audit_id"),
        Index("ix_audit_amendment_item", "provider", "item_id"),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    amendment_id: UUID = Field(sa_column=Column(_ID, primary_key=True))
    audit_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    item_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    episode_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    activity_month: dt.date = Field(sa_column=Column(Date, nullable=False))
    coding_version: int = Field(sa_column=Column(Integer, nullable=False))
    changes: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    by_id: UUID = Field(sa_column=Column(_ID, nullable=False))
    by_name: str = Field(sa_column=Column(Text, nullable=False))
    at: dt.datetime = Field(sa_column=Column(_INSTANT, nullable=False))
