"""Wire shapes of the workbench, drafts and codings."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from codewell.coding.rules import DIAGNOSES_AT_MOST, PROCEDURES_AT_MOST, CodingStage, Then
from codewell.episodes.rules import CodingSource, CodingState
from codewell.kit.paging import Limit, Page
from codewell.kit.wire import Line, ShortLine, Text, WireIn, WireOut
from codewell.standards.schemas import CheckFacts
from codewell.workqueues.rules import Queue
from codewell.workqueues.schemas import WorkItemOut

Code = Annotated[ShortLine, Field(max_length=12)]


class DiagnosisIn(WireIn):
    """A diagnosis line."""

    code: Code


class ProcedureIn(WireIn):
    """A procedure line with its day."""

    code: Code
    on: dt.date | None = None


class DraftIn(WireIn):
    """What has been typed so far; anything may be missing or wrong."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"diagnoses": [{"code": "I214"}], "procedures": []}]})

    diagnoses: Annotated[list[DiagnosisIn], Field(max_length=DIAGNOSES_AT_MOST)]
    procedures: Annotated[list[ProcedureIn], Field(max_length=PROCEDURES_AT_MOST)]
    note: Text = ""
    pending: ShortLine = ""
    based_on: Annotated[int, Field(ge=0)] | None = None


class LineRefIn(WireIn):
    """A line of the lists: which list, and its place from 0."""

    list: Literal["diagnoses", "procedures"]
    index: Annotated[int, Field(ge=0, le=200)]


class ReasonIn(WireIn):
    """Why a warning may stand; without ``lines`` it answers every finding of the rule."""

    rule_id: ShortLine
    lines: Annotated[list[LineRefIn], Field(max_length=200)] | None = None
    reason: Annotated[Line, Field(min_length=3)]


class CodesIn(WireIn):
    """Codes as they should stand for good."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"diagnoses": [{"code": "I21.4"}], "procedures": [], "reasons": []}]}
    )

    diagnoses: Annotated[list[DiagnosisIn], Field(max_length=DIAGNOSES_AT_MOST)]
    procedures: Annotated[list[ProcedureIn], Field(max_length=PROCEDURES_AT_MOST)]
    reasons: Annotated[list[ReasonIn], Field(max_length=200)] = Field(default_factory=list)
    reason: Line | None = None
    seen_basis: ShortLine | None = None
    seen_documents: ShortLine | None = None


class SubmitIn(CodesIn):
    """Codes to submit, and what to do then."""

    then: Then = Then.stay


class ReturnIn(WireIn):
    """Why a trainee's codes go back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Look at the histology again"}]})

    reason: Annotated[Line, Field(min_length=3)]


class CodeLine(WireOut):
    """A code with its title in the edition of the episode; null title: not in that edition."""

    code: str
    dotted: str
    title: str | None
    on: dt.date | None


class LineOut(WireOut):
    """A line that a reason is about: which list, its place from 0, and the code that stood there."""

    list: Literal["diagnoses", "procedures"]
    index: int
    dotted: str | None


class ReasonOut(WireOut):
    """Why a warning was let stand; ``title`` is what the check said then, ``lines`` those that it was about.

    ``person_name`` is who gave the reason; a checker who approves codes as they are accepts those of the trainee.
    """

    rule_id: str
    title: str | None
    lines: list[LineOut]
    reason: str
    person_name: str | None


class CodingOut(WireOut):
    """One version of an episode's codes; it never changes."""

    model_config = ConfigDict(title="Coding")

    episode_id: UUID
    version: int
    state: CodingStage
    source: CodingSource
    diagnoses: list[CodeLine]
    procedures: list[CodeLine]
    raw: dict[str, Any] | None
    person_id: UUID | None
    person_name: str | None
    coder_ref: str | None
    checked_by_name: str | None
    icd10_edition: str | None
    opcs4_edition: str | None
    findings: list[dict[str, Any]] | None
    reasons: list[ReasonOut] | None
    reason: str | None
    at: dt.datetime
    recorded_at: dt.datetime


class CodingPage(Page[CodingOut]):
    """Versions of an episode's codes, newest first."""

    model_config = ConfigDict(title="CodingPage")


class FeedItem(WireOut):
    """One version in the change feed; ``after`` is where to go on after it."""

    after: str
    episode_id: UUID
    provider: str
    spell_number: str
    episode_number: int
    ended_on: dt.date | None
    version: int
    state: CodingStage
    source: CodingSource
    diagnoses: list[str]
    procedures: list[dict[str, Any]]
    coder_ref: str | None
    icd10_edition: str | None
    opcs4_edition: str | None
    at: dt.datetime


class FeedPage(WireOut):
    """Versions in the order they were committed; ``next_after`` for the next call, also when nothing is new."""

    items: list[FeedItem]
    next_after: str


class FeedFilter(WireIn):
    """Where to go on."""

    after: Annotated[str, Field(pattern=r"^\d{1,19}-\d{1,19}$")] = "0-0"
    limit: Limit = 200


class DraftOut(WireOut):
    """The caller's own draft."""

    version: int
    diagnoses: list[CodeLine]
    procedures: list[CodeLine]
    note: str
    pending: str
    based_on: int
    saved_at: dt.datetime


class DraftSaved(WireOut):
    """The draft is kept; send ``version`` with the next save.

    ``coding_version``, ``basis`` and ``documents_mark`` are those of the episode now: where one differs from what the
    caller opened, it has changed meanwhile.
    """

    version: int
    saved_at: dt.datetime
    coding_version: int
    basis: str
    documents_mark: str


class NamedCode(WireOut):
    """A code of the NHS Data Dictionary with its name, where we know it."""

    code: str
    name: str | None


class EpisodeFacts(WireOut):
    """The episode as a coder sees it."""

    episode_id: UUID
    spell_number: str
    episode_number: int
    episodes_in_spell: int
    started_on: dt.date
    ended_on: dt.date
    admitted_on: dt.date | None
    discharged_on: dt.date | None
    admission_method: NamedCode | None
    admission_source: NamedCode | None
    discharge_method: NamedCode | None
    discharge_destination: NamedCode | None
    patient_class: NamedCode | None
    operation_status: str | None
    consultant_code: str | None
    specialty: NamedCode | None
    treatment_function: NamedCode | None
    site_code: str | None
    ward_code: str | None
    coding_state: CodingState
    coding_version: int
    basis: str
    documents_mark: str
    deleted: bool


class PatientFacts(WireOut):
    """The patient, masked; identifiers are revealed by an operation of their own."""

    patient_id: UUID
    sex: str | None
    age: int | None
    masked_local_id: str


class SpellEpisode(WireOut):
    """One FCE of the spell."""

    episode_id: UUID
    episode_number: int
    started_on: dt.date
    ended_on: dt.date
    specialty: NamedCode | None
    primary: str | None
    coding_state: CodingState
    queue: Queue | None
    held_until: dt.date | None
    is_this: bool


class DocumentOut(WireOut):
    """A document, arrived or still expected; ``waits_in`` is the queue in which its episode waits for it to arrive."""

    document_ref: str
    kind: str
    title: str
    dated_on: dt.date | None
    expected_on: dt.date | None
    arrived_at: dt.datetime | None
    waits_in: Literal["outstanding_pathology", "waiting_for_information"] | None
    awaited_days: int | None
    url: str | None
    text: str | None


class CodedBefore(WireOut):
    """A code of earlier spells: was it documented this time?"""

    system: Literal["icd10", "opcs4"]
    code: str
    dotted: str
    title: str | None
    last_coded_on: dt.date
    times: int


class EarlierEpisode(WireOut):
    """An earlier episode whose codes may be copied."""

    episode_id: UUID
    ended_on: dt.date
    specialty: NamedCode | None
    diagnoses: list[CodeLine]
    procedures: list[CodeLine]


class EditionName(WireOut):
    """The edition in force when the episode ended."""

    system: str
    edition: str
    title: str
    starter: bool


class Changed(WireOut):
    """A fact that changed after coding."""

    field: str
    label: str
    was: str | None
    now: str | None


class HistoryLine(WireOut):
    """One thing that happened to the episode."""

    at: dt.datetime
    who: str
    what: str
    detail: str | None


class Can(WireOut):
    """What the caller may do now: true, or the reason why not."""

    take: bool | str
    submit: bool | str
    hold: bool | str
    release: bool | str
    approve: bool | str
    give_back: bool | str


class WorkbenchOut(WireOut):
    """Everything the workbench shows of one episode."""

    model_config = ConfigDict(title="Workbench")

    episode: EpisodeFacts
    facts: CheckFacts
    patient: PatientFacts
    spell: list[SpellEpisode]
    documents: list[DocumentOut]
    before: list[CodedBefore]
    earlier: list[EarlierEpisode]
    editions: dict[str, EditionName | None]
    coding: CodingOut | None
    changed: list[Changed]
    draft: DraftOut | None
    work_item: WorkItemOut | None
    history: list[HistoryLine]
    can: Can
    second_check_after_submit: bool


class Submitted(WireOut):
    """The new version, and the next episode if one was asked for and is there."""

    coding: CodingOut
    next_episode_id: UUID | None
