"""Wire shapes of patients, episodes, deadlines and the timetable."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from codewell.episodes.rules import CodingSource, CodingState, nhs_digits
from codewell.identity.schemas import TrailLineOut
from codewell.kit.paging import LIMIT_DEFAULT, Limit, Page
from codewell.kit.wire import Line, ShortLine, WireIn, WireOut, clean

Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-11"])]
Identifier = Annotated[ShortLine, Field(min_length=1, max_length=40)]


class Named(WireOut):
    """A code of the NHS Data Dictionary with its name, where we know it."""

    code: str
    name: str | None


class EpisodeRow(WireOut):
    """An episode in a list; the patient is masked.

    ``hidden``: the caller audits it blind, and what is known of its coding is left out.
    """

    episode_id: UUID
    episode_number: int
    sex: str | None
    age: int | None
    started_on: dt.date
    ended_on: dt.date
    discharged_on: dt.date | None
    specialty: Named | None
    coding_state: CodingState
    coding_version: int
    coding_source: CodingSource | None
    coded_at: dt.datetime | None
    coder: str | None
    primary: str | None
    n_diagnoses: int | None
    n_procedures: int | None
    hidden: bool


class EpisodePage(Page[EpisodeRow]):
    """A page of episodes."""

    model_config = ConfigDict(title="EpisodePage")


class EpisodeFilter(WireIn):
    """Filters of the list of episodes; months are of the episode's end."""

    coding_state: CodingState | None = None
    month: Month | None = None
    specialty: ShortLine | None = None
    coder_id: UUID | None = None
    sort: Literal["newest", "oldest"] = "newest"
    limit: Limit = 50
    cursor: Annotated[str, Field(max_length=400)] | None = None


class EpisodeOut(WireOut):
    """One episode with its present codes, without identifiers of the patient."""

    model_config = ConfigDict(title="Episode")

    episode_id: UUID
    provider: str
    spell_number: str
    episode_number: int
    last_episode: bool | None
    patient_id: UUID
    sex: str | None
    age: int | None
    started_on: dt.date
    ended_on: dt.date
    admitted_on: dt.date | None
    discharged_on: dt.date | None
    admission_method: str | None
    admission_source: str | None
    patient_class: str | None
    discharge_method: str | None
    discharge_destination: str | None
    consultant_code: str | None
    main_specialty_code: str | None
    treatment_function_code: str | None
    site_code: str | None
    ward_code: str | None
    diagnoses: list[str]
    procedures: list[str]
    procedure_dates: list[dt.date | None]
    coding_state: CodingState
    coding_version: int
    coding_source: CodingSource | None
    coded_at: dt.datetime | None
    deleted: bool


class Lookup(WireIn):
    """The sender's own names of an episode."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"spell_number": "SP0001234", "episode_number": 1}]})

    spell_number: Identifier
    episode_number: Annotated[int, Field(ge=1, le=97)]


class EpisodeFound(WireOut):
    """An episode that a search found: enough to tell it from its neighbours, and none of its codes."""

    episode_id: UUID
    spell_number: str
    episode_number: int
    sex: str | None
    age: int | None
    started_on: dt.date
    ended_on: dt.date
    specialty: Named | None
    coding_state: CodingState


class FoundPage(Page[EpisodeFound]):
    """Episodes found."""

    model_config = ConfigDict(title="EpisodeFoundPage")


class EpisodeSearch(WireIn):
    """A hospital provider spell number, in the body so that it stands in no address."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"spell_number": "SP0001234"}]})

    spell_number: Identifier


class PatientSearch(WireIn):
    """One identifier of a patient, in the body so that it stands in no address."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"local_patient_id": "A123456"}]})

    nhs_number: Identifier | None = None
    local_patient_id: Identifier | None = None

    @field_validator("nhs_number")
    @classmethod
    def of_ten_digits(cls, typed: str | None) -> str | None:
        """Refuse what cannot be an NHS number: "nobody has it" would be read as an answer."""
        return None if typed is None else nhs_digits(typed)

    @model_validator(mode="after")
    def just_one(self) -> PatientSearch:
        """Refuse none and both."""
        if (self.nhs_number is None) == (self.local_patient_id is None):
            raise ValueError("give either nhs_number or local_patient_id")
        return self


class PatientRow(WireOut):
    """A patient found, masked."""

    patient_id: UUID
    sex: str | None
    age: int | None
    masked_local_id: str
    masked_nhs_number: str | None
    spells: int
    last_ended_on: dt.date | None


class PatientPage(Page[PatientRow]):
    """Patients found."""

    model_config = ConfigDict(title="PatientPage")


class TitledCode(WireOut):
    """A code and its title in the edition that covers the episode's end; none where that has no such code."""

    code: str
    dotted: str
    title: str | None


class PatientEpisode(WireOut):
    """One FCE of a patient. ``hidden``: the caller audits it blind, and its codes are left out."""

    episode_id: UUID
    episode_number: int
    started_on: dt.date
    ended_on: dt.date
    specialty: Named | None
    coding_state: CodingState
    hidden: bool
    diagnoses: list[TitledCode] | None
    procedures: list[TitledCode] | None


class PatientSpell(WireOut):
    """One hospital provider spell of a patient."""

    spell_number: str
    admitted_on: dt.date | None
    discharged_on: dt.date | None
    admission_method: Named | None
    patient_class: Named | None
    episodes: list[PatientEpisode]


class PatientOut(WireOut):
    """A patient with their spells, newest first; identifiers are revealed by an operation of their own."""

    model_config = ConfigDict(title="Patient")

    patient_id: UUID
    sex: str | None
    age: int | None
    masked_local_id: str
    masked_nhs_number: str | None
    spells: list[PatientSpell]


class Identifiers(WireOut):
    """What identifies the patient; seeing it leaves a line on the trail."""

    patient_id: UUID
    nhs_number: str | None
    nhs_number_status: str | None
    local_patient_id: str
    birth_on: dt.date | None


Tag = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}:[a-z_]{1,40}$")]
TagHalf = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class TrailSearch(WireIn):
    """What to look for on the trail; everything given must hold. ``noun`` and ``past`` are the two halves of a tag.

    ``record`` is whatever names it: an NHS number, a local patient id, a spell number with or without an episode number
    (``SP0001234 2``), or an id of ours. ``from_on`` and ``to_on`` are whole days in London, both included.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"past": "seen", "limit": 50}]})

    record: Annotated[ShortLine, Field(min_length=1)] | None = None
    actor_id: UUID | None = None
    patient_id: UUID | None = None
    subject_id: Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(clean)] | None = None
    tag: Tag | None = None
    noun: TagHalf | None = None
    past: TagHalf | None = None
    from_at: AwareDatetime | None = None
    to_at: AwareDatetime | None = None
    from_on: dt.date | None = None
    to_on: dt.date | None = None
    limit: Limit = LIMIT_DEFAULT
    cursor: Annotated[str, Field(max_length=1000)] | None = None

    @field_validator("to_at")
    @classmethod
    def after_its_start(cls, to_at: dt.datetime | None, given: ValidationInfo) -> dt.datetime | None:
        """Refuse a period that ends before it begins: nothing would fit, and that would read as an answer."""
        from_at = given.data.get("from_at")
        if to_at is not None and from_at is not None and to_at <= from_at:
            raise ValueError("must be later than from_at")
        return to_at

    @field_validator("to_on")
    @classmethod
    def on_or_after_its_start(cls, to_on: dt.date | None, given: ValidationInfo) -> dt.date | None:
        """Refuse days in the wrong order, for the same reason."""
        from_on = given.data.get("from_on")
        if to_on is not None and from_on is not None and to_on < from_on:
            raise ValueError("the last day is before the first")
        return to_on


class TrailRecordLine(TrailLineOut):
    """A line with its record named as the department would, masked; null where only the id says what it is."""

    model_config = ConfigDict(title="TrailLine")

    record: str | None


class TrailPage(Page[TrailRecordLine]):
    """Lines found; ``about`` says what ``record`` was understood as."""

    model_config = ConfigDict(title="TrailPage")

    about: str | None


class TimetableRow(WireOut):
    """One date of the SUS+ submission timetable."""

    financial_year: str
    activity_month: str
    phase: Literal["flex", "freeze", "annual_refresh"]
    inclusion_on: dt.date
    publication_on: dt.date | None
    provisional: bool
    source: str


class TimetablePage(Page[TimetableRow]):
    """The timetable, oldest month first."""

    model_config = ConfigDict(title="TimetablePage")


class TimetableRowIn(WireIn):
    """One date as published by NHS England."""

    activity_month: Month
    phase: Literal["flex", "freeze", "annual_refresh"]
    inclusion_on: dt.date
    publication_on: dt.date | None = None


class TimetableIn(WireIn):
    """Published dates; they replace what stands for the same months and phases."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "SUS+ submission timetable 2026/27 v1",
                    "rows": [{"activity_month": "2026-04", "phase": "flex", "inclusion_on": "2026-05-20"}],
                }
            ]
        }
    )

    source: Annotated[Line, Field(min_length=3)]
    provisional: bool = False
    rows: Annotated[list[TimetableRowIn], Field(min_length=1, max_length=500)]


class Deadline(WireOut):
    """The next flex or freeze: which month, when, and how much of it is still to do."""

    phase: Literal["flex", "freeze"]
    activity_month: str
    inclusion_on: dt.date
    days: int
    working_days: int
    provisional: bool
    episodes: int
    uncoded: int
    held: int


class Deadlines(WireOut):
    """Today in London, and the next deadlines, nearest first."""

    today_on: dt.date
    items: list[Deadline]
