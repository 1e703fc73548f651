"""Wire shapes of training: learning needs, logbooks, progression."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from codewell.audits.alignment import CodeClass, ErrorType
from codewell.audits.figures import Verdict
from codewell.kit.paging import Limit, Page
from codewell.kit.wire import Line, ShortLine, Text, WireIn, WireOut
from codewell.training.rules import CpdKind, DecisionKind, NeedState

Cursor = Annotated[str, Field(max_length=400)]
FinancialYear = Annotated[str, Field(pattern=r"^(19|20)\d{2}/\d{2}$", examples=["2026/27"])]
Reason = Annotated[Line, Field(min_length=3)]
Answer = Literal[True] | str


class NeedFilter(WireIn):
    """Which needs: of whom, how they stand, which standard, class or error."""

    state: NeedState | None = None
    coder_id: UUID | None = None
    code_class: CodeClass | None = None
    error_type: ErrorType | None = None
    standard: ShortLine | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class MyNeedFilter(WireIn):
    """Which of one's own needs."""

    state: NeedState | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class NeedCode(WireOut):
    """A pair of codes that was found: what the coder had, what should have stood there, and how often."""

    trust_code: str | None
    auditor_code: str | None
    times: int


class NeedAudit(WireOut):
    """A signed audit behind a need."""

    audit_id: UUID
    reference: str
    title: str
    times: int


class NeedCan(WireOut):
    """Where the caller may put a need: true, or why not."""

    open: Answer
    planned: Answer
    met: Answer


class NeedOut(WireOut):
    """What a coder is to learn, how often it was found, and where it stands."""

    model_config = ConfigDict(title="LearningNeed")

    need_id: UUID
    coder_id: UUID
    coder_name: str
    standard: str
    standard_title: str | None
    code_class: CodeClass
    class_label: str
    error_type: ErrorType
    error_label: str
    findings: int
    codes: list[NeedCode]
    audits: list[NeedAudit]
    first_on: dt.date
    last_on: dt.date
    state: NeedState
    note: str
    decided_by: str | None
    decided_at: dt.datetime | None
    version: int
    can: NeedCan


class NeedPage(Page[NeedOut]):
    """A page of learning needs, the most often found first."""

    model_config = ConfigDict(title="LearningNeedPage")


class NeedPut(WireIn):
    """Where a need stands now, and what was arranged or done."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"state": "planned", "note": "Workshop on 12 December"}]})

    state: Literal[NeedState.open, NeedState.planned, NeedState.met]
    note: Annotated[Text, Field(min_length=3)]


class MissedFilter(WireIn):
    """Of which signed audits, specialty and class; without days, the last twelve months."""

    signed_from: dt.date | None = None
    signed_to: dt.date | None = None
    specialty: ShortLine | None = None
    code_class: CodeClass | None = None


class MissedStandard(WireOut):
    """A standard and how often coders missed it: findings per code compared, with an interval."""

    standard: str
    title: str | None
    findings: int
    episodes: int
    coders: int
    of: int
    share: float | None
    low: float | None
    high: float | None
    small: bool
    errors: list[NeedCount]


class NeedCount(WireOut):
    """A kind of error and how often."""

    label: str
    times: int


class MissedStandards(WireOut):
    """The standards missed most. ``codes`` is the denominator of each: codes compared, of either list."""

    signed_from: dt.date
    signed_to: dt.date
    audits: int
    episodes: int
    codes: int
    findings: int
    items: list[MissedStandard]


class LogbookYear(WireIn):
    """Which financial year; without one, the present."""

    year: FinancialYear | None = None


class LogAudit(WireOut):
    """An audit somebody worked in: what they did in it, and when."""

    audit_id: UUID
    reference: str
    title: str
    kind: str
    kind_label: str
    role: str
    mode: str
    state: str
    first_on: dt.date
    last_on: dt.date
    episodes: int
    second_audits: int
    unsafe: int
    minutes: int
    timed: int
    """Of how many of the episodes the minutes are known."""


class CpdOut(WireOut):
    """A CPD entry."""

    model_config = ConfigDict(title="CpdEntry")

    cpd_entry_id: UUID
    kind: CpdKind
    kind_label: str
    done_on: dt.date
    minutes: int
    title: str
    note: str
    version: int


class LogTotals(WireOut):
    """A year in numbers."""

    year: str
    audits: int
    episodes: int
    minutes: int
    cpd_entries: int
    cpd_minutes: int
    cpd_by_kind: dict[CpdKind, int]


class LogQualification(WireOut):
    """What the person holds, with its number and expiry."""

    kind: str
    number: str | None
    awarded_on: dt.date
    expires_on: dt.date | None


class LogbookOut(WireOut):
    """Somebody's logbook of a financial year: audits, CPD, totals."""

    model_config = ConfigDict(title="Logbook")

    person_id: UUID
    name: str
    year: str
    years: list[str]
    totals: LogTotals
    audits: list[LogAudit]
    cpd: list[CpdOut]
    qualifications: list[LogQualification]
    mine: bool


class LogbookRow(WireOut):
    """One auditor's year in a list."""

    person_id: UUID
    name: str
    audits: int
    episodes: int
    minutes: int
    cpd_minutes: int


class LogbookPage(Page[LogbookRow]):
    """A page of logbooks, by name."""

    model_config = ConfigDict(title="LogbookPage")


class LogbookList(LogbookYear):
    """Which year, and where to go on."""

    limit: Limit = 50
    cursor: Cursor | None = None


class CpdIn(WireIn):
    """What was done, when, and for how long."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"kind": "forum", "done_on": "2026-04-21", "minutes": 120, "title": "Regional auditors' forum"}
            ]
        }
    )

    kind: CpdKind
    done_on: dt.date
    minutes: Annotated[int, Field(ge=1, le=60 * 24 * 14)]
    title: Annotated[ShortLine, Field(min_length=3)]
    note: Text = ""


class CpdMade(WireOut):
    """A CPD entry that was added or changed."""

    cpd_entry_id: UUID
    version: int


class ProgressionStage(WireOut):
    """A stage of training."""

    key: str
    name: str
    checked: str
    over_episodes: int | None


class ProgressionCondition(WireOut):
    """One thing the present stage asks, and how the evidence stands to it; ``too_few`` says what it still lacks."""

    key: str
    label: str
    needed: float | None
    correct: float
    of: int
    share: float | None
    low: float | None
    high: float | None
    small: bool
    met: bool | None
    verdict: Verdict | None
    too_few: str | None


class ProgressionEvidence(WireOut):
    """The episodes looked at: the last ones, so many from audits and so many from second checks."""

    episodes: int
    wanted: int | None
    from_audits: int
    from_second_checks: int
    first_on: dt.date | None
    last_on: dt.date | None


class ProgressionDecisionOut(WireOut):
    """What was decided about a trainee, by whom and why, with the evidence as it then was."""

    model_config = ConfigDict(title="ProgressionDecision")

    seq: int
    decision: DecisionKind
    from_stage: str
    to_stage: str
    reason: str
    by_name: str
    at: dt.datetime
    rules: str
    evidence: ProgressionEvidence
    conditions: list[ProgressionCondition]


class TraineeCan(WireOut):
    """What the caller may decide: true, or why not."""

    move_on: Answer
    stay: Answer
    go_back: Answer


class TraineeOut(WireOut):
    """A trainee: the stage they are in, what it asks, and what the evidence says. Nothing moves by itself."""

    model_config = ConfigDict(title="Trainee")

    person_id: UUID
    name: str
    in_training: bool
    stage: ProgressionStage
    stages: list[ProgressionStage]
    since: dt.datetime | None
    evidence: ProgressionEvidence
    conditions: list[ProgressionCondition]
    ready: bool
    rules: str
    decisions: list[ProgressionDecisionOut]
    seq: int
    """How many decisions there are; a new one is made against it."""
    can: TraineeCan


class TraineePage(Page[TraineeOut]):
    """A page of trainees, by name."""

    model_config = ConfigDict(title="TraineePage")


class TraineeList(WireIn):
    """Where to go on."""

    limit: Limit = 50
    cursor: Cursor | None = None


class ProgressionDecisionIn(WireIn):
    """What is decided, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"decision": "stay", "reason": "Secondary procedures need more practice"}]}
    )

    decision: DecisionKind
    reason: Reason


MissedStandard.model_rebuild()
