"""Wire shapes of the programme: years, planned audits, coverage, recurring draws and their runs."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, field_validator, model_validator

from codewell.audits.rules import AuditKind, Mode
from codewell.audits.schemas.profiles import ProfileKey
from codewell.audits.schemas.setup import Cds
from codewell.kit.paging import Limit, Page
from codewell.kit.wire import Line, ShortLine, Text, WireIn, WireOut
from codewell.programme.rules import Coverage, Every, PlanState, RunState

FinancialYear = Annotated[str, Field(pattern=r"^(19|20)\d{2}/\d{2}$", examples=["2026/27"])]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-11"])]
Title = Annotated[ShortLine, Field(min_length=3)]
Reason = Annotated[Line, Field(min_length=3)]
Cursor = Annotated[str, Field(max_length=400)]
ANYBODY = "01900000-0000-7000-8000-000000000000"


class Listed(WireIn):
    """One page of a list."""

    limit: Limit = 50
    cursor: Cursor | None = None


class ProgrammePerson(WireOut):
    """A person by name."""

    person_id: UUID
    name: str


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


class ProgrammeSpecialty(WireOut):
    """A main specialty by code, and its name where we know it."""

    code: str
    name: str | None


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


class RecurringDrawMade(WireOut):
    """A recurring draw that was scheduled."""

    recurring_draw_id: UUID


class CoverageFilter(Listed):
    """Which to show; without it, all."""

    only: Coverage | None = None


class CoverageOut(WireOut):
    """One coder or specialty in a year: what there was, what was audited, when last, and what is planned."""

    model_config = ConfigDict(title="CoverageLine")

    key: str
    name: str
    reference: bool
    """True: no person, but a reference under which the PAS or an encoder sent codes; these come last."""
    here: bool
    """False: a coder who has left, or is not known here."""
    episodes: int
    audited: int
    last_audited_on: dt.date | None
    planned: list[str]
    coverage: Coverage


class CoveragePage(Page[CoverageOut]):
    """A page of coverage, gaps first, then whoever has the most episodes."""

    model_config = ConfigDict(title="CoveragePage")


class CoverageCounts(WireOut):
    """How many coders, references of nobody here, and specialties are audited, planned, or a gap this year."""

    coders: dict[Coverage, int]
    references: dict[Coverage, int]
    specialties: dict[Coverage, int]
    episodes: int
    audited: int
    coder_unknown: int
    """Coded episodes of the year whose coder nobody here is known to be."""


class DrawTemplate(WireIn):
    """What each run draws: how many of whose episodes, of which months, audited by whom."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "coder",
                    "episodes": 10,
                    "per": "coder",
                    "auditor_ids": [ANYBODY],
                }
            ]
        }
    )

    kind: AuditKind
    episodes: Annotated[int, Field(ge=1, le=1000)]
    per: Literal["coder", "audit"]
    """``coder``: so many of each coder; ``audit``: so many in all."""
    months: Annotated[int, Field(ge=1, le=12)] = 1
    """How many whole months the period has."""
    months_back: Annotated[int, Field(ge=1, le=12)] = 1
    """1: the period ends with the month before the run."""
    coder_ids: Annotated[list[UUID], Field(max_length=200)] = []
    specialties: Annotated[list[Cds], Field(max_length=200)] = []
    auditor_ids: Annotated[list[UUID], Field(min_length=1, max_length=20)]
    """The first of them leads."""
    mode: Literal[Mode.blind, Mode.review] = Mode.blind
    methodology_key: ProfileKey = "neutral"
    threshold_key: ProfileKey | None = None
    due_days: Annotated[int, Field(ge=1, le=366)] = 30
    """So many days after the run the audit is wanted."""

    @field_validator("kind")
    @classmethod
    def _is_drawn(cls, kind: AuditKind) -> AuditKind:
        """Refuse a draw of what is not drawn."""
        if kind is AuditKind.external:
            raise ValueError("an external audit is not drawn; plan it, and import its findings")
        return kind


class RecurringDrawIn(WireIn):
    """A draw that recurs: its template and its schedule."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Ten of each coder a month",
                    "every": "monthly",
                    "on_day": 5,
                    "starts_on": "2026-12-01",
                    "template": {"kind": "coder", "episodes": 10, "per": "coder", "auditor_ids": [ANYBODY]},
                }
            ]
        }
    )

    title: Title
    every: Every
    on_day: Annotated[int, Field(ge=1, le=31)]
    """In a month that is too short, its last day."""
    starts_on: dt.date
    ends_on: dt.date | None = None
    template: DrawTemplate
    planned_audit_id: UUID | None = None

    @model_validator(mode="after")
    def ends_after_it_starts(self) -> RecurringDrawIn:
        """Refuse an end before the start."""
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("ends_on must not be before starts_on")
        return self


class DrawTemplateOut(WireOut):
    """What each run draws, with people and specialties by name."""

    kind: AuditKind
    kind_label: str
    episodes: int
    per: Literal["coder", "audit"]
    months: int
    months_back: int
    coders: list[ProgrammePerson]
    specialties: list[ProgrammeSpecialty]
    auditors: list[ProgrammePerson]
    mode: Mode
    methodology_key: str
    threshold_key: str | None
    due_days: int


class DrawCan(WireOut):
    """What the caller may do with a recurring draw: true, or why not."""

    edit: Literal[True] | str
    stop: Literal[True] | str
    resume: Literal[True] | str


class RunOut(WireOut):
    """What came of a due day; ``recurring_run_id`` is the same whether or not anything has run."""

    model_config = ConfigDict(title="RecurringRun")

    recurring_run_id: UUID
    recurring_draw_id: UUID
    title: str
    due_on: dt.date
    state: RunState
    late_days: int
    reason: str | None
    audit_id: UUID | None
    audit_reference: str | None
    ran_at: dt.datetime | None
    settled_at: dt.datetime | None
    settled_by: str | None
    settled_reason: str | None
    can: RunCan


class RunCan(WireOut):
    """What the caller may do with a run: true, or why not."""

    acknowledge: Literal[True] | str
    run: Literal[True] | str


class RunPage(Page[RunOut]):
    """A page of runs, the latest first."""

    model_config = ConfigDict(title="RecurringRunPage")


class RecurringDrawOut(WireOut):
    """A recurring draw, when it is next due, and what came of it last."""

    model_config = ConfigDict(title="RecurringDraw")

    recurring_draw_id: UUID
    planned_audit_id: UUID | None
    title: str
    every: Every
    on_day: int
    starts_on: dt.date
    ends_on: dt.date | None
    template: DrawTemplateOut
    stopped_at: dt.datetime | None
    stopped_reason: str | None
    next_on: dt.date | None
    last: RunOut | None
    missed: int
    version: int
    can: DrawCan


class RecurringDrawPage(Page[RecurringDrawOut]):
    """A page of recurring draws."""

    model_config = ConfigDict(title="RecurringDrawPage")


class NextRun(WireOut):
    """What the next run would be, were it made now: when, of which months, and what it would find."""

    model_config = ConfigDict(title="NextRun")

    due_on: dt.date | None
    period_from: dt.date | None
    period_to: dt.date | None
    later: list[dt.date]
    frame: int | None
    """Episodes among which it would draw, as they are now; null where that cannot be told."""
    would_draw: int | None
    strata: list[NextStratum]
    trouble: str | None
    """Why it would fail, were it run now."""


class NextStratum(WireOut):
    """A part of the next run's sample."""

    name: str
    frame: int
    drawn: int


class Acknowledge(WireIn):
    """Why a missed run is let be."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The auditor was on leave"}]})

    reason: Reason


class StopDraw(WireIn):
    """Why a draw no longer recurs."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Replaced by audits of teams"}]})

    reason: Reason


class ProgrammeCounts(WireOut):
    """What needs somebody: missed runs, planned audits whose month has begun, and gaps."""

    missed_runs: int
    late_plans: int


RunOut.model_rebuild()
NextRun.model_rebuild()
