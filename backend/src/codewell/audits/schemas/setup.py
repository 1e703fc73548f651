"""Wire shapes of an audit's set-up: what is audited, how, by whom and by what rules."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from codewell.audits.draw import Method
from codewell.audits.rules import AuditKind, AuditState, ItemState, Mode, Part
from codewell.audits.schemas.profiles import ProfileKey
from codewell.kit.paging import Limit, Page
from codewell.kit.wire import Line, ShortLine, Text, WireIn, WireOut, clean

Prefix = Annotated[
    str, StringConstraints(pattern=r"^[A-Z][0-9A-Z.]{0,6}$"), AfterValidator(lambda v: v.replace(".", ""))
]
"""The first characters of codes, with or without the dot."""
Cds = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{1,4}$")]
Ref = Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(clean)]
Source = Literal["codewell", "encoder", "pas", "audit", "query"]
StrataBy = Literal["specialty", "coder", "month", "patient_class"]


class Population(WireIn):
    """Which coded episodes of the period may be drawn; what is not said does not narrow. Stored with the audit.

    Nights are those of the spell (to the episode's end while it lasts), age is at the episode's start, depth the number
    of diagnosis codes. A code matches by its beginning.
    """

    specialties: Annotated[list[Cds], Field(max_length=200)] = []
    treatment_functions: Annotated[list[Cds], Field(max_length=200)] = []
    coders: Annotated[list[UUID], Field(max_length=200)] = []
    coder_refs: Annotated[list[Ref], Field(max_length=200)] = []
    sources: Annotated[list[Source], Field(max_length=5)] = []
    patient_classes: Annotated[list[Cds], Field(max_length=20)] = []
    admission_methods: Annotated[list[Cds], Field(max_length=50)] = []
    discharge_methods: Annotated[list[Cds], Field(max_length=20)] = []
    min_nights: Annotated[int, Field(ge=0, le=4000)] | None = None
    max_nights: Annotated[int, Field(ge=0, le=4000)] | None = None
    min_age: Annotated[int, Field(ge=0, le=150)] | None = None
    max_age: Annotated[int, Field(ge=0, le=150)] | None = None
    primary_diagnosis: Annotated[list[Prefix], Field(max_length=100)] = []
    any_diagnosis: Annotated[list[Prefix], Field(max_length=100)] = []
    primary_procedure: Annotated[list[Prefix], Field(max_length=100)] = []
    any_procedure: Annotated[list[Prefix], Field(max_length=100)] = []
    min_depth: Annotated[int, Field(ge=0, le=100)] | None = None
    max_depth: Annotated[int, Field(ge=0, le=100)] | None = None
    include_audited: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> Population:
        for name in ("nights", "age", "depth"):
            low, high = getattr(self, f"min_{name}"), getattr(self, f"max_{name}")
            if low is not None and high is not None and high < low:
                raise ValueError(f"the greatest {name} is less than the smallest")
        return self


class Aim(WireIn):
    """How sure the figure is to be, as the size calculator was asked: plus or minus ``points`` per cent."""

    points: Annotated[float, Field(gt=0, lt=50)]
    confidence: Annotated[float, Field(ge=0.5, lt=1)] = 0.95
    share: Annotated[float, Field(gt=0, lt=1)] = 0.9


class Sampling(WireIn):
    """How the sample is drawn. Stored with the audit.

    ``simple`` and ``risk_weighted`` take ``size`` of all; ``proportional`` shares ``size`` out over the strata, none
    below ``at_least``; ``fixed`` takes ``sizes`` by stratum, or ``of_each``; ``per_coder`` takes ``of_each`` coder. The
    strata are named by their keys, as the preview gives them; those that ``sizes`` does not name are not drawn from.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"method": "simple", "size": 200},
                {"method": "fixed", "by": "specialty", "sizes": {"300": 30, "320": 20, "430": 50}},
                {"method": "fixed", "by": "month", "of_each": 10},
            ]
        }
    )

    method: Method = Method.simple
    size: Annotated[int | None, Field(ge=1, le=5000, validate_default=True)] = None
    by: Annotated[StrataBy | None, Field(validate_default=True)] = None
    at_least: Annotated[int, Field(ge=0, le=1000)] = 0
    sizes: dict[ShortLine, Annotated[int, Field(ge=0, le=5000)]] | None = None
    of_each: Annotated[int | None, Field(ge=1, le=1000, validate_default=True)] = None
    tilt: Annotated[float, Field(ge=1, le=20)] = 3.0
    risky_from: Annotated[int, Field(ge=1, le=7)] = 2
    aim: Aim | None = None

    @field_validator("size")
    @classmethod
    def _sized(cls, size: int | None, info: ValidationInfo) -> int | None:
        if size is None and info.data.get("method") in (Method.simple, Method.proportional, Method.risk_weighted):
            raise ValueError("is needed by this method: how many episodes, one at least")
        return size

    @field_validator("by")
    @classmethod
    def _stratified(cls, by: StrataBy | None, info: ValidationInfo) -> StrataBy | None:
        if by is None and info.data.get("method") in (Method.proportional, Method.fixed):
            raise ValueError("say by what the strata are made")
        return by

    @field_validator("sizes")
    @classmethod
    def _some(cls, sizes: dict[str, int] | None) -> dict[str, int] | None:
        if sizes is not None and len(sizes) > 500:
            raise ValueError("names too many strata: at most 500")
        if sizes and not any(sizes.values()):
            raise ValueError("takes no episode of any stratum")
        return sizes

    @field_validator("of_each")
    @classmethod
    def _each(cls, of_each: int | None, info: ValidationInfo) -> int | None:
        if of_each is None and info.data.get("method") == Method.per_coder:
            raise ValueError("say how many of each coder")
        if of_each is None and info.data.get("method") == Method.fixed and not info.data.get("sizes", True):
            raise ValueError("say how many of each stratum, here or one by one in sizes")
        return of_each

    @property
    def strata_by(self) -> str | None:
        """What makes the strata: as said, coders for a draw per coder, the risk score for a risk-weighted one."""
        by: dict[Method, str | None] = {
            Method.simple: None, Method.per_coder: "coder", Method.risk_weighted: "risk",
        }  # fmt: skip
        return by.get(self.method, self.by)


_EXAMPLE: Any = {  # Any: an example
    "kind": "dspt",
    "title": "DSPT annual audit 2026/27",
    "period_from": "2026-04-01",
    "period_to": "2026-09-30",
    "population": {},
    "sampling": {"method": "simple", "size": 200},
    "threshold_key": "acute_80",
}


class AuditNew(WireIn):
    """An audit to set up; all but its name, kind and period can be left for later."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    kind: AuditKind
    title: Annotated[Line, Field(min_length=3)]
    commissioned_by: Line = ""
    aims: Text = ""
    objectives: Text = ""
    scope: Text = ""
    background: Text = ""
    period_from: dt.date
    period_to: dt.date
    population: Population = Population()
    sampling: Sampling = Sampling(method=Method.simple, size=200)
    mode: Mode = Mode.blind
    methodology_key: ProfileKey = "neutral"
    threshold_key: ProfileKey | None = None
    second_share: Annotated[float, Field(ge=0, le=1)] = 0.0
    due_on: dt.date | None = None
    lead_id: UUID | None = None
    auditor_ids: Annotated[list[UUID], Field(max_length=50)] = []
    planned_audit_id: UUID | None = None
    recurring_draw_id: UUID | None = None
    follows_audit_id: UUID | None = None


class AuditEdit(WireIn):
    """What to change of an audit; only its words and due date once it is drawn."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "DSPT annual audit 2026/27"}]})

    kind: AuditKind | None = None
    title: Annotated[Line, Field(min_length=3)] | None = None
    commissioned_by: Line | None = None
    aims: Text | None = None
    objectives: Text | None = None
    scope: Text | None = None
    background: Text | None = None
    period_from: dt.date | None = None
    period_to: dt.date | None = None
    population: Population | None = None
    sampling: Sampling | None = None
    mode: Mode | None = None
    methodology_key: ProfileKey | None = None
    threshold_key: ProfileKey | None = None
    second_share: Annotated[float, Field(ge=0, le=1)] | None = None
    due_on: dt.date | None = None
    planned_audit_id: UUID | None = None
    follows_audit_id: UUID | None = None


class AuditorsNamed(WireIn):
    """Who audits: one lead, and others; the lead audits too."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"lead_id": "01900000-0000-7000-8000-000000000000", "auditor_ids": []}]}
    )

    lead_id: UUID
    auditor_ids: Annotated[list[UUID], Field(max_length=50)] = []


class AuditAbandon(WireIn):
    """Why an audit is given up."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Drawn for the wrong period"}]})

    reason: Annotated[Line, Field(min_length=3)]


class AuditFilter(WireIn):
    """Filters of the list of audits; ``mine``: those in which the caller audits. ``words`` are looked for in titles."""

    state: AuditState | None = None
    open: bool | None = None
    kind: AuditKind | None = None
    mine: bool = False
    words: ShortLine | None = None
    limit: Limit = 50
    cursor: Annotated[str, Field(max_length=400)] | None = None


class Period(WireIn):
    """The days between which episodes ended."""

    ended_from: dt.date
    ended_to: dt.date


class Progress(WireOut):
    """How far an audit is: its episodes by state, and how many are done of how many; the same wherever it is told.

    Each episode counts once: ``second`` are second audits of them, told apart. ``to_send`` counts what is decided and
    waits to be sent, and ``mine_open`` what is in the caller's hands, both of either.
    """

    by_state: dict[ItemState, int]
    items: int
    done: int
    second: int
    second_done: int
    to_send: int
    mine_open: int


class AuditRow(WireOut):
    """An audit in a list."""

    audit_id: UUID
    reference: str
    kind: AuditKind
    kind_label: str
    title: str
    state: AuditState
    mode: Mode
    period_from: dt.date
    period_to: dt.date
    lead_name: str | None
    due_on: dt.date | None
    overdue: bool
    created_at: dt.datetime
    drawn_at: dt.datetime | None
    signed_at: dt.datetime | None
    signed_version: int
    progress: Progress


class AuditPage(Page[AuditRow]):
    """A page of audits, newest first."""

    model_config = ConfigDict(title="AuditPage")


class PopulationOut(WireOut):
    """The population filter as stored."""

    specialties: list[str]
    treatment_functions: list[str]
    coders: list[UUID]
    coder_refs: list[str]
    sources: list[str]
    patient_classes: list[str]
    admission_methods: list[str]
    discharge_methods: list[str]
    min_nights: int | None
    max_nights: int | None
    min_age: int | None
    max_age: int | None
    primary_diagnosis: list[str]
    any_diagnosis: list[str]
    primary_procedure: list[str]
    any_procedure: list[str]
    min_depth: int | None
    max_depth: int | None
    include_audited: bool


class AimOut(WireOut):
    """How sure the figure is to be."""

    points: float
    confidence: float
    share: float


class SamplingOut(WireOut):
    """How the sample is drawn, as stored."""

    method: Method
    size: int | None
    by: StrataBy | None
    at_least: int
    sizes: dict[str, int] | None
    of_each: int | None
    tilt: float
    risky_from: int
    aim: AimOut | None


class ProfileUsed(WireOut):
    """A profile as an audit holds it."""

    profile_id: str
    key: str
    version: int
    name: str


class MemberOut(WireOut):
    """Somebody who audits in an audit; ``in_force`` is today's, ``qualification`` what was held when named."""

    person_id: UUID
    name: str
    part: Part
    me: bool
    checked_on: dt.date
    qualification_kind: str | None
    qualification_number: str | None
    qualification_expires_on: dt.date | None
    in_force: bool
    taken: int
    done: int


class AuditOut(AuditRow):
    """An audit: what, why, how, by whom, and what the caller may do with it."""

    model_config = ConfigDict(title="Audit")

    commissioned_by: str
    aims: str
    objectives: str
    scope: str
    background: str
    population: PopulationOut
    population_words: list[str]
    sampling: SamplingOut
    methodology: ProfileUsed
    thresholds: ProfileUsed | None
    qualification_kinds: list[str]
    second_share: float
    targeted: bool
    planned_audit_id: UUID | None
    recurring_draw_id: UUID | None
    follows_audit_id: UUID | None
    follows_reference: str | None
    created_by_name: str
    state_reason: str | None
    members: list[MemberOut]
    draw_id: UUID | None
    version: int
    can: dict[str, bool | str]


class CoderCount(WireOut):
    """Somebody who coded episodes of the period, and how many; ``coder_ref`` where the sender's name is all we know."""

    person_id: UUID | None
    coder_ref: str | None
    name: str
    episodes: int
    active: bool


class CoderPage(Page[CoderCount]):
    """Coders of a period, by name."""

    model_config = ConfigDict(title="CoderPage")


class SpecialtyOf(WireOut):
    """A specialty and how many coded episodes of the period it has."""

    code: str
    name: str | None
    episodes: int


class SpecialtyOfPage(Page[SpecialtyOf]):
    """Specialties of a period, by name."""

    model_config = ConfigDict(title="AuditSpecialtyPage")
