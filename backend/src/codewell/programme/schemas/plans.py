"""Wire shapes of programmes and planned audits."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from codewell.audits.rules import AuditKind
from codewell.audits.schemas.setup import Cds
from codewell.kit.paging import Page
from codewell.kit.wire import ShortLine, Text, WireIn, WireOut
from codewell.programme.rules import PlanState
from codewell.programme.schemas.shared import Month, ProgrammePerson, ProgrammeSpecialty, Reason, Title

FinancialYear = Annotated[str, Field(pattern=r"^(19|20)\d{2}/\d{2}$", examples=["2026/27"])]


class ProgrammeIn(WireIn):
    """A year's programme: what it is for, who keeps it, and when it was agreed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "financial_year": "2026/27",
                    "name": "Clinical coding audit programme",
                    "objectives": "Every coder and every specialty audited once; the DSPT audit by December.",
                    "owner_id": None,
                    "agreed_on": None,
                }
            ]
        }
    )

    financial_year: FinancialYear
    name: Title
    objectives: Text = ""
    owner_id: UUID | None = None
    """Null: whoever asks."""
    agreed_on: dt.date | None = None


class ProgrammeProgress(WireOut):
    """Episodes audited of those wanted; ``audited`` are decided, settled or unsafe, first audits only."""

    planned_audits: int
    started: int
    signed: int
    dropped: int
    wanted: int
    audited: int
    dspt_wanted: int
    dspt_audited: int


class ProgrammeCan(WireOut):
    """What the caller may do: true, or why not."""

    edit: Literal[True] | str
    plan: Literal[True] | str


class ProgrammeOut(WireOut):
    """A year's programme and how far it has come."""

    model_config = ConfigDict(title="Programme")

    programme_id: UUID
    financial_year: str
    name: str
    objectives: str
    owner: ProgrammePerson
    agreed_on: dt.date | None
    starts_on: dt.date
    ends_on: dt.date
    progress: ProgrammeProgress
    version: int
    can: ProgrammeCan


class ProgrammePage(Page[ProgrammeOut]):
    """A page of programmes, the latest year first."""

    model_config = ConfigDict(title="ProgrammePage")


class PlannedAuditIn(WireIn):
    """An audit that the programme means to hold."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "dspt",
                    "title": "DSPT annual audit",
                    "month_from": "2026-10",
                    "month_to": "2026-12",
                    "episodes": 200,
                }
            ]
        }
    )

    kind: AuditKind
    title: Title
    owner_id: UUID | None = None
    month_from: Month
    month_to: Month
    episodes: Annotated[int, Field(ge=1, le=10_000)]
    specialties: Annotated[list[Cds], Field(max_length=200)] = []
    coder_ids: Annotated[list[UUID], Field(max_length=200)] = []
    commissioned_by: ShortLine = ""
    """Who ordered it, such as the integrated care board or NHS England; empty for the Trust itself."""
    note: Text = ""

    @model_validator(mode="after")
    def ordered_by_somebody(self) -> PlannedAuditIn:
        """Refuse an external audit that nobody commissioned."""
        if self.kind is AuditKind.external and not self.commissioned_by:
            raise ValueError("say who commissioned an external audit: the ICB, or national")
        return self


class PlannedCan(WireOut):
    """What the caller may do with a planned audit: true, or why not."""

    edit: Literal[True] | str
    drop: Literal[True] | str
    restore: Literal[True] | str
    start: Literal[True] | str


class LinkedAudit(WireOut):
    """An audit begun from a plan, and how many of its episodes are audited."""

    audit_id: UUID
    reference: str
    title: str
    state: str
    drawn: int
    audited: int


class PlannedAuditOut(WireOut):
    """A planned audit, where it stands, and the audits begun from it."""

    model_config = ConfigDict(title="PlannedAudit")

    planned_audit_id: UUID
    programme_id: UUID
    kind: AuditKind
    kind_label: str
    title: str
    owner: ProgrammePerson
    month_from: str
    month_to: str
    episodes: int
    audited: int
    specialties: list[ProgrammeSpecialty]
    coders: list[ProgrammePerson]
    commissioned_by: str
    note: str
    state: PlanState
    dropped_reason: str | None
    late: bool
    audits: list[LinkedAudit]
    version: int
    can: PlannedCan


class PlannedAuditPage(Page[PlannedAuditOut]):
    """A page of planned audits, by month."""

    model_config = ConfigDict(title="PlannedAuditPage")


class PlanDrop(WireIn):
    """Why a planned audit is not held."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Covered by the DSPT audit"}]})

    reason: Reason


class PlanStarted(WireOut):
    """The audit that was begun from a plan."""

    audit_id: UUID


class StartIn(WireIn):
    """The period to audit; without one, the last three whole months."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"period_from": None, "period_to": None}]})

    period_from: dt.date | None = None
    period_to: dt.date | None = None

    @model_validator(mode="after")
    def in_order(self) -> StartIn:
        """Refuse half a period; whether a whole one can be audited is asked where the audit is made."""
        if (self.period_from is None) != (self.period_to is None):
            raise ValueError("give both ends of the period, or neither")
        return self


class ProgrammeMade(WireOut):
    """A programme that was begun."""

    programme_id: UUID


class PlannedAuditMade(WireOut):
    """An audit that was planned."""

    planned_audit_id: UUID
