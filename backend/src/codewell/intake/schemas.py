"""Wire shapes of intake."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field, StringConstraints

from codewell.episodes.rules import DocumentKind
from codewell.intake.columns import NAMES
from codewell.intake.rules import FaultKind, FaultState, JobState
from codewell.kit.paging import LIMIT_DEFAULT, Limit, Page
from codewell.kit.wire import CleanStr, ShortLine, WireIn, WireOut

Cell = Annotated[str, StringConstraints(max_length=200)]


Kind = Annotated[Cell, Field(json_schema_extra={"enum": [kind.value for kind in DocumentKind]})]


def _whole(value: object) -> object:
    """Say in one sentence what a union would say once for each of its kinds."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("must be a whole number from 1 to 87")
    return value


EpisodeNumber = Annotated[Annotated[int, Field(strict=True)] | Cell, BeforeValidator(_whole)]


class CodeIn(WireIn):
    """A procedure with its day."""

    code: Cell
    on: Cell | None = None


def _code_of(given: object) -> object:
    """Return the code of a diagnosis: senders write it alone or, as procedures are written, in an object."""
    if not isinstance(given, dict):
        return given
    if set(given) != {"code"}:
        raise ValueError('must be a code alone, as in "I21.4" or {"code": "I21.4"}')
    return given["code"]


Diagnosis = Annotated[Cell, BeforeValidator(_code_of)]


class CodingMessage(WireIn):
    """Codes as the PAS or an encoder has them, primary first."""

    source: Cell | None = None
    coded_at: Cell | None = None
    coder_ref: Cell | None = None
    diagnoses: list[Diagnosis] = Field(default_factory=list, max_length=100)
    procedures: list[CodeIn] = Field(default_factory=list, max_length=100)


class PatientMessage(WireIn):
    """Who the patient is, within the sender's Trust."""

    local_patient_id: Cell
    nhs_number: Cell | None = None
    nhs_number_status: Cell | None = None
    birth_on: Cell | None = None
    sex: Cell | None = None


class SpellMessage(WireIn):
    """What is the same for all episodes of a hospital provider spell."""

    admitted_on: Cell | None = None
    admission_method: Cell | None = None
    admission_source: Cell | None = None
    patient_class: Cell | None = None
    admin_category: Cell | None = None
    intended_management: Cell | None = None
    discharged_on: Cell | None = None
    discharge_method: Cell | None = None
    discharge_destination: Cell | None = None


class EpisodeDocument(WireIn):
    """A document of an episode: arrived, or expected when ``arrived_at`` is null."""

    document_ref: Cell
    kind: Kind
    title: Cell
    dated_on: Cell | None = None
    expected_on: Cell | None = None
    arrived_at: Cell | None = None
    url: Annotated[str, StringConstraints(max_length=2000)] | None = None
    text: Annotated[str, StringConstraints(max_length=20_000)] | None = None


class EpisodeMessage(WireIn):
    """One finished consultant episode, or its withdrawal."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "source_at": "2026-11-12T09:30:00Z", "message_id": "MSG-1", "feed_action": "upsert",
                "spell_number": "SP0001234", "episode_number": 1, "last_episode": True,
                "patient": {
                    "local_patient_id": "A123456", "nhs_number": "9434765919", "nhs_number_status": "01",
                    "birth_on": "1950-01-01", "sex": "2",
                },
                "spell": {
                    "admitted_on": "2026-11-01", "admission_method": "21", "patient_class": "1",
                    "discharged_on": "2026-11-12", "discharge_method": "1", "discharge_destination": "19",
                },
                "started_on": "2026-11-01", "ended_on": "2026-11-12", "consultant_code": "C1234567",
                "main_specialty_code": "300", "treatment_function_code": "300",
                "coding": None,
            }
        }
    )  # fmt: skip

    provider: Cell | None = None
    source_at: Cell
    message_id: Cell
    feed_action: Cell | None = None
    spell_number: Cell
    episode_number: EpisodeNumber
    last_episode: Annotated[bool, Field(strict=True)] | None = None
    patient: PatientMessage | None = None
    spell: SpellMessage | None = None
    started_on: Cell | None = None
    ended_on: Cell | None = None
    consultant_code: Cell | None = None
    main_specialty_code: Cell | None = None
    treatment_function_code: Cell | None = None
    site_code: Cell | None = None
    ward_code: Cell | None = None
    neonatal_level_code: Cell | None = None
    operation_status_code: Cell | None = None
    coding: CodingMessage | None = None
    documents: list[EpisodeDocument] = Field(default_factory=list, max_length=100)


class DocumentMessage(EpisodeDocument):
    """A document on its own; it may come before its episode."""

    provider: Cell | None = None
    source_at: Cell
    message_id: Cell
    spell_number: Cell
    episode_number: EpisodeNumber


MOST_ITEMS = 500
# Any: each item is read on its own, so that one that cannot be read does not turn the others away.
_Item = Annotated[Any, Field(json_schema_extra={"type": "object"})]


def _not_too_many(noun: str) -> BeforeValidator:
    def check(value: object) -> object:
        if isinstance(value, list) and len(value) > MOST_ITEMS:
            raise ValueError(f"at most {MOST_ITEMS} {noun} in one post, and this has {len(value)}: split it")
        if value == []:
            raise ValueError(f"holds nothing; send 1 to {MOST_ITEMS} {noun}")
        return value

    return BeforeValidator(check)


class EpisodesIn(WireIn):
    """Up to 500 messages; each has an outcome of its own. See EpisodeMessage for the members of an item."""

    items: Annotated[list[_Item], Field(min_length=1, max_length=MOST_ITEMS), _not_too_many("episodes")]


class DocumentsIn(WireIn):
    """Up to 500 documents; each has an outcome of its own."""

    items: Annotated[list[_Item], Field(min_length=1, max_length=MOST_ITEMS), _not_too_many("documents")]


class ItemError(WireOut):
    """One thing wrong with an item: where (our field and, for a file, its own column), why, and what to do about it."""

    field: str
    column: str | None
    reason: str
    what_to_do: str


class OutcomeOut(WireOut):
    """What became of one item."""

    index: int
    outcome: Literal["created", "updated", "unchanged", "stale_ignored", "quarantined", "rejected"]
    episode_id: UUID | None
    waits_for_episode: bool
    errors: list[ItemError]
    fault_id: UUID | None


class Counts(WireOut):
    """How many rows ended how; the six add up to the rows done."""

    created: int
    updated: int
    unchanged: int
    stale_ignored: int
    quarantined: int
    rejected: int


class OutcomesOut(WireOut):
    """One outcome per item, in the order sent."""

    items: list[OutcomeOut]
    counts: Counts


class JobOut(WireOut):
    """A file on its way in."""

    job_id: UUID
    kind: Literal["file"]
    file_name: str
    format: str
    source_id: str | None
    preview: bool
    state: JobState
    message: str | None
    bytes: int
    rows_total: int
    rows_done: int
    rows_per_second: float | None
    seconds_left: int | None
    counts: Counts
    accepted: int
    unchanged: int
    rejected: int
    ignored_columns: list[str]
    sample: list[dict[str, Any]]
    sent_by: str
    created_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    can: dict[str, bool | str]


class JobPage(Page[JobOut]):
    """A page of jobs, newest first."""


class FaultOut(WireOut):
    """A message that could not be taken: rejected (cannot be read) or quarantined (contradicts itself or us)."""

    fault_id: UUID
    job_id: UUID | None
    file_name: str | None
    row: int | None
    message_id: str | None
    kind: FaultKind
    state: FaultState
    errors: list[ItemError]
    created_at: dt.datetime
    decided_at: dt.datetime | None
    reason: str | None


class FaultPage(Page[FaultOut]):
    """A page of faults: of one job by row, else the newest post or file first and its rows in order."""


class FaultReasonOut(WireOut):
    """One reason why rows of a job were not taken, with how many have it and how many of those still wait."""

    reason_id: str
    field: str
    columns: list[str]
    reason: str
    what_to_do: str
    rows: int
    open: int
    first_row: int | None


class FaultReasonPage(Page[FaultReasonOut]):
    """The reasons of a job, the commonest first."""


class FaultSource(WireOut):
    """Where faults came from: a file, or by post where there is no job; and how many of a group did."""

    job_id: UUID | None
    file_name: str | None
    faults: int


class FaultGroupOut(WireOut):
    """One reason why rows and messages were not taken, with how many there are and where they came from.

    ``more_sources`` is how many other files they came in, each with no more of them than those that are named.
    """

    reason_id: str
    field: str
    columns: list[str]
    reason: str
    what_to_do: str
    faults: int
    quarantined: int
    sources: list[FaultSource]
    more_sources: int


class FaultGroupPage(Page[FaultGroupOut]):
    """The reasons, the commonest first; ``counted`` says how many faults were looked at, the newest of them ``all``."""

    counted: int
    all: int


class FaultGroupFilter(WireIn):
    """Which faults to group by reason; ``posted`` are those that came in no file."""

    job_id: UUID | None = None
    posted: bool = False
    kind: FaultKind | None = None
    state: FaultState | None = None


class FaultFilter(WireIn):
    """Which faults to list; ``reason_id`` is one of a job's or a group's; ``posted`` are those that came in no file."""

    job_id: UUID | None = None
    posted: bool = False
    reason_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] | None = None
    kind: FaultKind | None = None
    state: FaultState | None = None
    limit: Limit = LIMIT_DEFAULT
    cursor: Annotated[str, StringConstraints(max_length=500)] | None = None


class JobFilter(WireIn):
    """Which jobs to list."""

    limit: Limit = LIMIT_DEFAULT
    cursor: Annotated[str, StringConstraints(max_length=500)] | None = None


class RetryIn(WireIn):
    """Try a fault again: as it is (after a mapping changed), or with some of its members put right."""

    changes: dict[ShortLine, CleanStr | None] = Field(default_factory=dict, max_length=50)


class DismissIn(WireIn):
    """Why this one needs nothing more."""

    reason: Annotated[ShortLine, Field(min_length=1)]


Target = Annotated[
    ShortLine,
    Field(
        json_schema_extra={
            "enum": [*NAMES, *(f"{what}_{n}" for what in ("dx", "px", "px_date") for n in range(1, 100))]
        }
    ),
]


class SourceIn(WireIn):
    """How to read one sender's files: their column names onto our fields."""

    name: Annotated[ShortLine, Field(min_length=1)]
    columns: dict[ShortLine, Target] = Field(max_length=300)
    coding_source: Literal["pas", "encoder"] = "pas"


class SourceOut(WireOut):
    """A sender's mapping."""

    source_id: str
    name: str
    columns: dict[str, str]
    coding_source: str
    version: int
    updated_at: dt.datetime


class SourcePage(Page[SourceOut]):
    """All mappings, by name."""


class FileQuery(WireIn):
    """How to take a file."""

    preview: bool = False
    source_id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")] | None = None
    file_name: Annotated[ShortLine, Field(min_length=1)] | None = None
    source_at: AwareDatetime | None = None
