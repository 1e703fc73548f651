"""Wire shapes of recurring draws and their runs."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, field_validator, model_validator

from codewell.audits.rules import AuditKind, Mode
from codewell.audits.schemas.profiles import ProfileKey
from codewell.audits.schemas.setup import Cds
from codewell.kit.paging import Page
from codewell.kit.wire import WireIn, WireOut
from codewell.programme.rules import Every, RunState
from codewell.programme.schemas.shared import ANYBODY, ProgrammePerson, ProgrammeSpecialty, Reason, Title


class RecurringDrawMade(WireOut):
    """A recurring draw that was scheduled."""

    recurring_draw_id: UUID


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
