"""Wire shapes of an audit's results: figures with their intervals, and what makes each of them up."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from codewell.audits.alignment import CodeClass, ErrorType, Side, SubClass
from codewell.audits.figures import Verdict
from codewell.audits.rules import AuditKind, AuditState, ItemState, Mode
from codewell.audits.tally import Attribution, Unsafe
from codewell.kit.paging import Limit, Page
from codewell.kit.wire import ShortLine, WireIn, WireOut


class FigureOut(WireOut):
    """A share with its interval. ``share`` is null where there is nothing to count: not applicable, never 0 or 100 %.

    ``counted`` of ``of`` are whole numbers; in a weighted sample the share is the estimate for the population and not
    their quotient. ``percent`` is rounded once, for display, and never over a threshold that the share does not reach.
    """

    model_config = ConfigDict(title="Figure")

    counted: int
    of: int
    of_what: str
    share: float | None
    percent: str | None
    low: float | None
    high: float | None
    low_percent: str | None
    high_percent: str | None
    effective_n: float
    small: bool


class LevelOut(WireOut):
    """What is said of one level to attain: ``met`` by the point alone, unrounded; ``verdict`` by the interval."""

    model_config = ConfigDict(title="LevelSaid")

    key: str
    name: str
    met: bool | None
    verdict: Verdict | None
    needed: float | None
    needed_percent: str | None
    lacking: list[CodeClass]


class CountsOut(WireOut):
    """Whole numbers. ``discrepancies``: every difference; ``errors``: what the methodology counts. Never added up."""

    trust_n: int
    auditor_n: int
    agreed: int
    wrong: int
    omitted: int
    not_required: int
    discrepancies: int
    errors: int
    coder: int
    non_coder: int
    undetermined: int


class ClassFiguresOut(CountsOut):
    """One of the four classes with its own denominator."""

    model_config = ConfigDict(title="ClassFigures")

    code_class: CodeClass
    label: str
    correct: FigureOut
    coder_errors: FigureOut
    non_coder_errors: FigureOut
    over_coded: FigureOut
    levels: list[LevelOut]


class TreatmentOut(WireOut):
    """The figures under one way of counting; ``used`` is the one that the methodology profile asks for."""

    model_config = ConfigDict(title="Treatment")

    unsafe: Unsafe
    non_coder_counts: bool
    used: bool
    label: str
    classes: list[ClassFiguresOut]
    all_correct: FigureOut
    levels: list[LevelOut]


class GroupClassOut(CountsOut):
    """One class of a coder's, specialty's, auditor's or stratum's episodes."""

    code_class: CodeClass
    label: str
    correct: FigureOut


class GroupOut(WireOut):
    """The figures of a coder, specialty, auditor or stratum."""

    model_config = ConfigDict(title="ResultGroup")

    key: str
    label: str
    episodes: int
    unsafe: int
    discrepancies: int
    errors: int
    coder: int
    non_coder: int
    classes: list[GroupClassOut]
    all_correct: FigureOut


class GroupsOut(WireOut):
    """The ways in which the episodes are grouped."""

    coder: list[GroupOut]
    specialty: list[GroupOut]
    auditor: list[GroupOut]
    stratum: list[GroupOut]


class ErrorKindOut(WireOut):
    """One kind of error in one class, by to whom it belongs."""

    model_config = ConfigDict(title="ErrorKind")

    code_class: CodeClass
    class_label: str
    error_type: ErrorType
    label: str
    official_key: str | None
    attribution: Attribution
    attribution_label: str
    discrepancies: int
    counted: int
    rate: FigureOut


class SubClassOut(CountsOut):
    """External causes, morphology or sites, told apart within their class."""

    sub_class: SubClass
    label: str
    code_class: CodeClass
    class_label: str
    correct: FigureOut


class NamedShareOut(WireOut):
    """How many differences cite a standard, or have a reason that is not the coder's."""

    key: str
    label: str
    discrepancies: int
    counted: int
    coder: int
    share: FigureOut


class ProposalsOut(WireOut):
    """How often what was proposed is what the auditor made of it."""

    accepted: int
    changed: int
    rejected: int
    agreement: FigureOut


class RatioOut(WireOut):
    """A change of money over what was paid before."""

    share: float | None
    percent: str | None
    low: float | None
    high: float | None
    low_percent: str | None
    high_percent: str | None


class MoneyOut(WireOut):
    """Payment before and after, as a grouper's result has it; ``said`` is "Not grouped" where there is none."""

    priced: bool
    said: str
    priced_n: int
    changed_n: int | None
    pounds_before: str | None
    pounds_after: str | None
    net: str | None
    gross: str | None
    net_share: RatioOut
    gross_share: RatioOut
    sign: str


class HrgOut(WireOut):
    """HRGs before and after; ``said`` is "Not grouped" until a grouper's result is loaded: nothing is inferred."""

    grouped: bool
    said: str
    grouper: str | None
    unit: str
    grouped_n: int
    of: int
    changed: FigureOut
    changed_with_unsafe: FigureOut
    money: MoneyOut


class ResultRulesOut(WireOut):
    """What was counted and how, for a machine and, in ``said``, for a person."""

    methodology_key: str
    methodology_version: int
    confidence: float
    small_n: int
    not_counted: list[ErrorType]
    unsafe: Unsafe
    non_coder_counts: bool
    threshold_key: str | None
    threshold_version: int | None
    regime: str | None
    asked_episodes: int | None
    said: list[str]


class ProgressOut(WireOut):
    """How far the audit has come."""

    selected: int
    audited: int
    unsafe: int
    left_to_do: int
    with_coder: int
    replaced: int
    second_audits: int


class EpisodesOut(WireOut):
    """The episodes behind the figures."""

    looked_at: int
    audited: int
    unsafe: int


class UnsafeOut(WireOut):
    """Episodes that could not be audited from their record."""

    used: Unsafe
    share: FigureOut


class ResultsOut(WireOut):
    """Everything an audit came to. ``source``: ``signed`` figures are those of the signature, to the letter.

    While an audit is open, ``left_out`` episodes are in no figure that you see: you may still code them blind.
    """

    model_config = ConfigDict(title="AuditResults")

    audit_id: UUID
    reference: str
    title: str
    kind: AuditKind
    kind_label: str
    state: AuditState
    mode: Mode
    targeted: bool
    period_from: dt.date
    period_to: dt.date
    source: Literal["signed", "now"]
    signed_version: int | None
    signed_at: dt.datetime | None
    signed_by_name: str | None
    rules: ResultRulesOut
    progress: ProgressOut
    left_out: int
    episodes: EpisodesOut
    weighted: bool
    headline: TreatmentOut
    treatments: list[TreatmentOut]
    unsafe: UnsafeOut
    totals: CountsOut
    errors: list[ErrorKindOut]
    sub_classes: list[SubClassOut]
    standards: list[NamedShareOut]
    reasons: list[NamedShareOut]
    groups: GroupsOut
    proposals: ProposalsOut
    hrg: HrgOut


Outcome = Literal["trust", "auditor", "agreed", "wrong", "omitted", "not_required", "discrepancy", "error"]


class PositionFilter(WireIn):
    """Which positions; each narrows the list. The count of what is listed is the figure with the same words.

    ``outcome``: ``trust`` and ``auditor`` are their totals, ``error`` what the methodology counts. ``unsafe`` and
    ``non_coder_counts`` choose the way of counting; without them it is the methodology's.
    """

    code_class: CodeClass | None = None
    sub_class: SubClass | None = None
    outcome: Outcome | None = None
    error_type: ErrorType | None = None
    attribution: Attribution | None = None
    decision: Literal["agreed", "accepted", "changed", "rejected"] | None = None
    standard: ShortLine | None = None
    reason: ShortLine | None = None
    coder: ShortLine | None = None
    specialty: ShortLine | None = None
    auditor: ShortLine | None = None
    stratum: ShortLine | None = None
    unsafe: Unsafe | None = None
    non_coder_counts: bool | None = None


class PositionListFilter(PositionFilter):
    """Which positions, and which page of them."""

    limit: Limit = 50
    cursor: Annotated[str, Field(max_length=400)] | None = None


class ResultCodeOut(WireOut):
    """A code as it is written, with its title in the edition of the day."""

    code: str
    dotted: str
    title: str | None
    on: dt.date | None


class ResultPositionOut(WireOut):
    """One position: what the Trust had, what the auditor has, and what was made of the difference."""

    model_config = ConfigDict(title="ResultPosition")

    item_id: UUID
    item_no: int
    no: int
    ended_on: dt.date
    side: Side
    code_class: CodeClass
    code_class_label: str
    sub_class: SubClass
    outcome: Literal["agreed", "wrong", "omitted", "not_required", "withdrawn", "unsafe"]
    trust: ResultCodeOut | None
    auditor: ResultCodeOut | None
    moved: bool
    error_type: ErrorType | None
    error_label: str | None
    proposed_type: ErrorType | None
    decision: str
    attribution: Attribution
    attribution_label: str
    reason: str | None
    standards: list[str]
    comment: str
    counted: bool
    coder_name: str
    auditor_name: str
    specialty: str | None


class ResultPositionPage(Page[ResultPositionOut]):
    """A page of positions."""

    model_config = ConfigDict(title="ResultPositionPage")


class ResultCountOut(WireOut):
    """How many positions there are under a filter, and over how many episodes.

    ``left_out`` episodes are in no number that you see: you may still code them blind.
    """

    model_config = ConfigDict(title="ResultCount")

    count: int
    episodes: int
    left_out: int


class EpisodeFilter(WireIn):
    """Which episodes; ``correct`` is without a counted error, under the methodology's way of counting."""

    correct: bool | None = None
    unsafe: bool | None = None
    hrg_changed: bool | None = None
    coder: ShortLine | None = None
    specialty: ShortLine | None = None
    auditor: ShortLine | None = None
    stratum: ShortLine | None = None
    limit: Limit = 50
    cursor: Annotated[str, Field(max_length=400)] | None = None


class ResultEpisodeOut(WireOut):
    """One audited episode in numbers."""

    model_config = ConfigDict(title="ResultEpisode")

    item_id: UUID
    no: int
    state: ItemState
    ended_on: dt.date
    coder_name: str
    auditor_name: str
    specialty: str | None
    stratum: str
    errors: int
    discrepancies: int
    hrg_before: str | None
    hrg_after: str | None


class ResultEpisodePage(Page[ResultEpisodeOut]):
    """A page of audited episodes."""

    model_config = ConfigDict(title="ResultEpisodePage")


class ComparedEpisodeOut(WireOut):
    """One audited episode with both lists, position by position, and what was made of each difference."""

    model_config = ConfigDict(title="ComparedEpisode")

    audit_id: UUID
    item_id: UUID
    no: int
    state: ItemState
    ended_on: dt.date
    coder_name: str
    auditor_name: str
    specialty: str | None
    unsafe_reason: str | None
    comment: str
    hrg_before: str | None
    hrg_after: str | None
    pounds_before: str | None
    pounds_after: str | None
    positions: list[ResultPositionOut]
