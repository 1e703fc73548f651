"""Wire shapes of codes and editions."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from codewell.codesets.rules import EditionState, System
from codewell.kit.paging import Limit, Page
from codewell.kit.wire import WireIn, WireOut, clean

SystemName = Literal["icd10", "opcs4"]
EditionName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$")]


class EditionName_(WireOut):
    """The edition that an answer was drawn from; show the title, and that it is a starter set."""

    model_config = ConfigDict(title="EditionName")

    system: SystemName
    edition: str
    title: str
    starter: bool


class CodeLine(WireOut):
    """A code in a list. ``leaf`` false: not to be coded as it stands, ``missing`` says what it lacks."""

    model_config = ConfigDict(title="CodeLine")

    system: SystemName
    code: str
    dotted: str
    title: str
    usage_count: int
    one_in: int | None
    """About one coded line in so many carries it."""
    leaf: bool
    valid_at_3: bool
    missing: str | None
    dagger: bool
    asterisk: bool
    parent: str | None
    category_title: str | None


class CodeHit(CodeLine):
    """A code that a search found, and by what."""

    model_config = ConfigDict(title="CodeHit")

    match: Literal["code", "title", "synonym", "category", "part"]


class CodeHits(Page[CodeHit]):
    """The best answers to what has been typed; there is no second page."""

    model_config = ConfigDict(title="CodeHits")

    edition: EditionName_


class CodeOut(CodeLine):
    """One code with its family. ``sex`` 1: males only, 2: females only. Ages in years."""

    model_config = ConfigDict(title="Code")

    partners: list[str]
    """Dagger or asterisk partners: codes, categories or ranges, as far as known."""
    sex: int | None
    age_min: int | None
    age_max: int | None
    children: list[CodeLine]
    siblings: list[CodeLine]
    edition: EditionName_


class CodeQuery(WireIn):
    """What is being typed, in which system, on which day."""

    system: System
    q: Annotated[str, StringConstraints(max_length=100), AfterValidator(clean)]
    on: dt.date | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 12


class Closing(WireOut):
    """An edition whose last day is set when another becomes ready."""

    edition: str
    valid_to_on: dt.date


class ReadyEffects(WireOut):
    """What making this edition ready will do."""

    valid_to_on: dt.date | None
    closes: list[Closing]
    supersedes: list[str]
    removed_in_use: int
    compared_codes: int
    confirm_removals: bool


class EditionReady(WireIn):
    """How many removed codes the caller has seen; needed when many go, or some that are in use."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"removals_seen": 0}]})

    removals_seen: Annotated[int, Field(ge=0)] | None = None


class EditionCan(WireOut):
    """What the caller may do with an edition: true, or a sentence saying why not."""

    ready: bool | str
    discard: bool | str


class EditionDetailCan(EditionCan):
    """What the caller may do with one edition, withdrawing it too: whether it is used is looked up for one alone."""

    withdraw: bool | str


class EditionOut(WireOut):
    """An edition: its days, where it came from, what it holds and how that differs from the one before."""

    model_config = ConfigDict(title="Edition")

    edition_id: str
    system: SystemName
    edition: str
    title: str
    valid_from_on: dt.date
    valid_to_on: dt.date | None
    in_force: bool
    state: EditionState
    source: str
    starter: bool
    codes: int
    usable_codes: int
    compared_with: str | None
    added: int
    removed: int
    changed: int
    problem_lines: int
    loaded_at: dt.datetime
    ready_at: dt.datetime | None
    version: int
    effects_of_ready: ReadyEffects | None
    can: EditionCan


class ProblemLine(WireOut):
    """A line of a file that was not used, or not wholly, and why."""

    file: str
    line: int
    reason: str


class EditionDetail(EditionOut):
    """An edition with what its file held that could not be used (the first thousand lines)."""

    model_config = ConfigDict(title="EditionDetail")

    problems: list[ProblemLine]
    notes: list[str]
    can: EditionDetailCan


class EditionPage(Page[EditionOut]):
    """Every edition."""

    model_config = ConfigDict(title="EditionPage")


class EditionChange(WireOut):
    """One code that an edition adds, removes or changes."""

    kind: Literal["added", "removed", "changed"]
    system: SystemName
    code: str
    dotted: str
    title: str | None
    was_title: str | None
    what: list[Literal["title", "leaf", "usage", "sex", "age"]]


class EditionChangePage(Page[EditionChange]):
    """A page of changes, in code order."""

    model_config = ConfigDict(title="EditionChangePage")


class ChangeFilter(WireIn):
    """Which changes to list."""

    kind: Literal["added", "removed", "changed"] | None = None
    cursor: Annotated[str, StringConstraints(max_length=500)] | None = None
    limit: Limit = 50
