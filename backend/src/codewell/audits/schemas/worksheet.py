"""Wire shapes of an auditor's worksheet."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from codewell.audits.alignment import CodeClass, ErrorType, Side, SubClass
from codewell.audits.rules import AuditState, Decision, ItemState, Mode, NonCoderReason, Reply
from codewell.audits.schemas.results import FigureOut
from codewell.audits.tally import Attribution
from codewell.audits.worksheet import Mark
from codewell.coding.rules import DIAGNOSES_AT_MOST, PROCEDURES_AT_MOST, Then
from codewell.coding.schemas import (
    CodedBefore,
    CodeLine,
    DiagnosisIn,
    DocumentOut,
    EarlierEpisode,
    EditionName,
    EpisodeFacts,
    PatientFacts,
    ProcedureIn,
    SpellEpisode,
)
from codewell.episodes.rules import DocumentKind
from codewell.identity.rules import Can
from codewell.kit.wire import Line, ShortLine, Text, WireIn, WireOut
from codewell.standards.schemas import CheckFacts

Minutes = Annotated[int, Field(ge=0, le=600)]
Cited = Annotated[Line, Field(min_length=1, max_length=200)]


class AuditDraftIn(WireIn):
    """What the auditor has typed so far; anything may be missing or wrong."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"diagnoses": [{"code": "I214"}], "procedures": []}]})

    diagnoses: Annotated[list[DiagnosisIn], Field(max_length=DIAGNOSES_AT_MOST)]
    procedures: Annotated[list[ProcedureIn], Field(max_length=PROCEDURES_AT_MOST)]
    note: Text = ""


class AuditCodesIn(WireIn):
    """The auditor's own codes of the episode, as the record supports them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "diagnoses": [{"code": "I21.4"}, {"code": "I10"}],
                    "procedures": [{"code": "K75.1", "on": "2026-11-12"}],
                }
            ]
        }
    )

    diagnoses: Annotated[list[DiagnosisIn], Field(max_length=DIAGNOSES_AT_MOST)]
    procedures: Annotated[list[ProcedureIn], Field(max_length=PROCEDURES_AT_MOST)]


class AuditRevisionIn(AuditCodesIn):
    """The auditor's codes after seeing the coder's, and why they changed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"diagnoses": [{"code": "I21.4"}], "procedures": [], "reason": "The letter of 12 May says so"}]
        }
    )

    reason: Annotated[Line, Field(min_length=3)]


class DecisionIn(WireIn):
    """What the auditor makes of one position; sent again, it takes the place of what was sent before.

    ``changed`` takes ``error_type``; ``open`` takes the decision back and keeps the proposal.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"no": 1, "decision": "accepted", "attribution": "coder", "standards": ["DGCS.1"]}]
        }
    )

    no: Annotated[int, Field(ge=1, le=10_000)]
    decision: Literal[Decision.accepted, Decision.changed, Decision.rejected, Decision.open]
    error_type: ErrorType | None = None
    attribution: Attribution | None = None
    non_coder_reason: NonCoderReason | None = None
    evidence_available: bool | None = None
    evidence_kind: DocumentKind | None = None
    evidence_on: dt.date | None = None
    evidence_page: Annotated[ShortLine, Field(max_length=40)] | None = None
    evidence: Text = ""
    standards: Annotated[list[Cited], Field(max_length=20)] = Field(default_factory=list)
    comment: Text = ""


class DecisionsIn(WireIn):
    """Decisions on one or many positions of an episode, all or none of them kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"decisions": [{"no": 1, "decision": "accepted", "attribution": "coder", "standards": ["DGCS.1"]}]}
            ]
        }
    )

    decisions: Annotated[list[DecisionIn], Field(min_length=1, max_length=250)]


class FinishIn(WireIn):
    """That the episode is decided: how long it took, a comment on the whole, and whether to take the next."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"minutes": 12, "then": "next"}]})

    minutes: Minutes | None = None
    comment: Text | None = None
    then: Then = Then.stay


class UnsafeIn(WireIn):
    """Why the record cannot support an audit of the episode."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "The discharge summary is missing and nothing says why she came"}]}
    )

    reason: Annotated[Line, Field(min_length=3)]
    minutes: Minutes | None = None
    then: Then = Then.stay


class ReopenIn(WireIn):
    """Why a finished episode is taken up again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "A letter has come"}]})

    reason: Annotated[Line, Field(min_length=3)]


class AuditTaken(WireOut):
    """An episode that the caller holds, until when, and its version."""

    item_id: UUID
    audit_id: UUID
    no: int
    state: ItemState
    lease_until: dt.datetime | None
    version: int


class AuditDraftSaved(WireOut):
    """The draft is kept; send ``version`` with the next save."""

    version: int
    saved_at: dt.datetime
    lease_until: dt.datetime | None


class AuditFinished(WireOut):
    """How the episode stands now, and the next one if it was asked for and there is one."""

    item_id: UUID
    state: ItemState
    version: int
    next_item_id: UUID | None


class SheetAudit(WireOut):
    """The audit that the episode is of."""

    audit_id: UUID
    reference: str
    title: str
    kind_label: str
    mode: Mode
    state: AuditState


class SheetItem(WireOut):
    """The audited episode: its place in the sample, its state, and whose it is."""

    item_id: UUID
    episode_id: UUID
    no: int
    place: int
    of: int
    state: ItemState
    state_label: str
    state_reason: str | None
    second: bool
    frozen_version: int
    auditor_name: str | None
    mine: bool
    lease_until: dt.datetime | None
    codes_saved_at: dt.datetime | None
    decided_at: dt.datetime | None
    minutes: int | None
    comment: str
    version: int


class SheetDraft(WireOut):
    """The auditor's own draft."""

    version: int
    diagnoses: list[CodeLine]
    procedures: list[CodeLine]
    note: str
    saved_at: dt.datetime


class SheetCodes(WireOut):
    """A list of codes that the auditor saved, with the reason where it is a revision."""

    diagnoses: list[CodeLine]
    procedures: list[CodeLine]
    saved_at: dt.datetime
    reason: str | None


class SheetCoder(WireOut):
    """The coder's version as it stood at the draw; whatever was coded since does not change it."""

    name: str | None
    coded_at: dt.datetime | None
    source: str | None
    diagnoses: list[CodeLine]
    procedures: list[CodeLine]


class SheetCode(WireOut):
    """A code of one of the two lists, with its place there from 0."""

    at: int
    code: str
    dotted: str
    title: str | None
    on: dt.date | None


class SheetPosition(WireOut):
    """One aligned position: the two codes, what it looks like, what was made of it, and what it still has to say.

    ``types`` are those an error here may have; ``missing`` names the members that keep the worksheet from being
    finished; ``wording`` are words of the comment to think twice about, which nothing is refused for.
    """

    no: int
    side: Side
    code_class: CodeClass
    sub_class: SubClass
    mark: Mark
    coder: SheetCode | None
    auditor: SheetCode | None
    proposed_type: ErrorType | None
    final_type: ErrorType | None
    decision: Decision
    counted_elsewhere: bool
    counts: bool
    types: list[ErrorType]
    attribution: Attribution
    non_coder_reason: NonCoderReason | None
    evidence_available: bool | None
    evidence_kind: DocumentKind | None
    evidence_on: dt.date | None
    evidence_page: str | None
    evidence: str
    standards: list[str]
    comment: str
    missing: list[str]
    wording: list[str]
    reply: Reply


class CitationOut(WireOut):
    """A standard that a finding can cite."""

    ref: str
    title: str
    kind: str


class SheetMethod(WireOut):
    """What the audit's methodology asks of a finding: its words for the types, what counts, what may not be cited."""

    type_words: dict[str, str]
    not_counted: list[ErrorType]
    standard_needed: bool
    not_citations: list[str]
    citations: list[CitationOut]


class SheetCan(WireOut):
    """What the caller may do now: true, or the reason why not."""

    take: Can
    release: Can
    save_codes: Can
    revise: Can
    decide: Can
    finish: Can
    mark_unsafe: Can
    reopen: Can


class WorksheetOut(WireOut):
    """An audited episode as its auditor sees it.

    In a blind audit ``coder`` is null and ``positions`` is empty until the auditor's own codes are saved.
    """

    model_config = ConfigDict(title="Worksheet")

    audit: SheetAudit
    item: SheetItem
    episode: EpisodeFacts
    facts: CheckFacts
    patient: PatientFacts
    spell: list[SpellEpisode]
    documents: list[DocumentOut]
    before: list[CodedBefore]
    earlier: list[EarlierEpisode]
    editions: dict[str, EditionName | None]
    draft: SheetDraft | None
    codes: SheetCodes | None
    revised: SheetCodes | None
    coder: SheetCoder | None
    positions: list[SheetPosition]
    method: SheetMethod
    can: SheetCan


class ProposalsOfType(WireOut):
    """How proposals of one type of error fared."""

    error_type: ErrorType
    words: str
    accepted: int
    changed: int
    rejected: int
    agreement: FigureOut


class AllProposals(WireOut):
    """How often what was proposed is what auditors made of it, over all audits."""

    accepted: int
    changed: int
    rejected: int
    agreement: FigureOut
    by_type: list[ProposalsOfType]
