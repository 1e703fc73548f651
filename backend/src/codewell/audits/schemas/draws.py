"""Wire shapes of draws: the preview, the sample, its replay and its replacements."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from codewell.audits.draw import Method
from codewell.audits.rules import ItemState
from codewell.kit.paging import Limit, Page
from codewell.kit.wire import Line, WireIn, WireOut


class SizeAsked(WireIn):
    """How sure a figure is to be: plus or minus ``points`` per cent, at a confidence and an expected share."""

    points: Annotated[float, Field(gt=0, lt=50)]
    share: Annotated[float, Field(gt=0, lt=1)] = 0.9
    confidence: Annotated[float, Field(ge=0.5, lt=1)] = 0.95
    population: Annotated[int, Field(ge=1, le=100_000_000)] | None = None


class SizeOut(WireOut):
    """How many episodes that takes, and the interval such a sample would give at the expected share."""

    size: int
    low: float
    high: float
    points: float
    words: str


class DrawIn(WireIn):
    """The seed of the draw, where one is to be used that was agreed before; without, one is made."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"seed": "drawn in the presence of the board"}]})

    seed: Annotated[Line, Field(min_length=4, max_length=200)] | None = None


class StratumOut(WireOut):
    """One stratum: its candidates, how many are drawn, and the chance that gives each; null where none is drawn."""

    key: str
    label: str
    frame: int
    drawn: int
    probability: float | None


class LeftOut(WireOut):
    """Episodes of the period that cannot be drawn, and why."""

    reason: str
    label: str
    episodes: int


class RiskOut(WireOut):
    """One ground for points of the risk score."""

    key: str
    words: str
    points: int


class Expected(WireOut):
    """The interval that the sample would give were ``share`` of it right; plus or minus ``points`` per cent."""

    share: float
    confidence: float
    low: float
    high: float
    points: float
    effective_n: float


class SampleRow(WireOut):
    """An episode of the population, without anything that names it or says how it was coded."""

    specialty: str
    month: str
    nights: int
    age: int | None
    patient_class: str | None
    stratum: str


class PopulationCount(WireOut):
    """How many episodes of the period can be drawn, and why others cannot."""

    in_period: int
    frame: int
    left_out: list[LeftOut]


class DrawPreview(WireOut):
    """What a draw would do, before it is done; ``problem`` says why it could not be."""

    frame: int
    left_out: list[LeftOut]
    method: Method
    by: str | None
    strata: list[StratumOut]
    size: int
    second: int
    expected: Expected | None
    sample: list[SampleRow]
    risk: list[RiskOut]
    problem: str | None
    warnings: list[str]


class DrawOut(WireOut):
    """A draw as it was made."""

    model_config = ConfigDict(title="AuditDraw")

    draw_id: UUID
    audit_id: UUID
    method: Method
    by: str | None
    seed: str
    frame_size: int
    frame_hash: str
    left_out: list[LeftOut]
    strata: list[StratumOut]
    drawn: int
    at: dt.datetime
    by_name: str
    risk: list[RiskOut]


class ReplayStep(WireOut):
    """One thing that was worked out again, and whether it came out as before."""

    what: str
    was: str
    now: str
    same: bool


class ReplayRow(WireOut):
    """An episode of the list as drawn again, by its number in the audit."""

    no: int | None
    ticket: str
    replacement: bool
    same: bool


class ReplayOut(WireOut):
    """A draw made again from its frame and seed; ``same`` when every step and every episode is as it was."""

    draw_id: UUID
    same: bool
    seed: str
    steps: list[ReplayStep]
    items: list[ReplayRow]
    replayed_at: dt.datetime


class ReplaceIn(WireIn):
    """Why an episode is taken out of the sample."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The record cannot be found"}]})

    reason: Annotated[Line, Field(min_length=3)]


class ItemFilter(WireIn):
    """Filters of an audit's episodes; ``mine``: those the caller has taken."""

    state: ItemState | None = None
    mine: bool = False
    limit: Limit = 50
    cursor: Annotated[str, Field(max_length=400)] | None = None


class CoderNamed(WireOut):
    """Who coded an episode."""

    person_id: UUID | None
    name: str | None


class AuditItemRow(WireOut):
    """One episode of an audit, never with its codes.

    ``coder`` and ``stratum`` are null while the caller must not know who coded it; ``hidden`` says so.
    """

    item_id: UUID
    no: int
    state: ItemState
    state_label: str
    state_reason: str | None
    specialty_code: str | None
    specialty_name: str | None
    ended_on: dt.date
    auditor_id: UUID | None
    auditor_name: str | None
    mine: bool
    second: bool
    replaces_no: int | None
    hidden: bool
    coder: CoderNamed | None
    stratum: str | None
    codes_saved_at: dt.datetime | None
    decided_at: dt.datetime | None
    version: int
    can: dict[str, bool | str]


class AuditItemPage(Page[AuditItemRow]):
    """Episodes of an audit in their random order."""

    model_config = ConfigDict(title="AuditItemPage")


class Replacement(WireOut):
    """The episode that came in place of another."""

    item_id: UUID
    no: int
    replaces_no: int
    passed_over: int
