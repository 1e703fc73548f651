"""Wire shapes of the work queues."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from codewell.kit.paging import Limit, Page
from codewell.kit.wire import Line, ShortLine, WireIn, WireOut
from codewell.workqueues.rules import Queue

Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-11"])]


class Why(WireOut):
    """Why an episode stands where it stands, for a person and for a machine."""

    code: str
    text: str


class Holder(WireOut):
    """A person named on a work item."""

    person_id: UUID
    name: str
    me: bool


class Named(WireOut):
    """A code of the NHS Data Dictionary with its name, where we know it."""

    code: str
    name: str | None


class WorkItemOut(WireOut):
    """One episode in a queue; ``age_days`` counts from discharge, or from the episode's end.

    Spell and episode number are what the hospital calls it, as one says it to a colleague.
    """

    model_config = ConfigDict(title="WorkItem")

    episode_id: UUID
    spell_number: str | None
    episode_number: int | None
    queue: Queue
    queue_label: str
    why: Why
    sex: str | None
    age: int | None
    specialty: Named | None
    treatment_function_code: str | None
    patient_class: str | None
    started_on: dt.date
    ended_on: dt.date
    discharged_on: dt.date | None
    activity_month: str
    age_days: int
    flex_on: dt.date | None
    freeze_on: dt.date | None
    due: Literal["flex", "freeze", "past_freeze", "unknown"]
    due_on: dt.date | None
    due_days: int | None
    due_working_days: int | None
    held_until: dt.date | None
    hold_reason: str | None
    assignee: Holder | None
    lease_owner: Holder | None
    lease_until: dt.datetime | None
    queued_at: dt.datetime
    version: int
    moves: list[Queue]


class WorkItemPage(Page[WorkItemOut]):
    """A page of a queue."""

    model_config = ConfigDict(title="WorkItemPage")


class WorkItemFilter(WireIn):
    """Filters of a queue list; each narrows the list, and all are in the URL."""

    queue: Queue | None = None
    specialty: ShortLine | None = None
    month: Month | None = None
    min_age: Annotated[int, Field(ge=0, le=4000)] | None = None
    max_age: Annotated[int, Field(ge=0, le=4000)] | None = None
    assignee: Annotated[str, Field(pattern=r"^(me|nobody|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$")] | None = None
    held: bool | None = None
    free: bool | None = None
    sort: Literal["due", "youngest", "specialty", "queued"] = "due"
    limit: Limit = 50
    cursor: Annotated[str, Field(max_length=400)] | None = None


class AgeBand(WireOut):
    """How many episodes of a queue are between so many days old."""

    band: str
    from_days: int
    to_days: int | None
    count: int


class QueueCount(WireOut):
    """One queue in numbers."""

    queue: Queue
    label: str
    count: int
    free: int
    leased: int
    oldest_days: int | None
    ages: list[AgeBand]


class SpecialtyFilter(WireIn):
    """Which queue to count; without one, all of them."""

    queue: Queue | None = None


class SpecialtyCount(WireOut):
    """How many episodes of a specialty stand in the queue asked for."""

    code: str
    name: str | None
    count: int


class WorkCounts(WireOut):
    """All queues in numbers, and the caller's own work."""

    queues: list[QueueCount]
    total: int
    held: int
    mine: int


class MyWork(WireOut):
    """What the caller holds, what is assigned to them, and how much they finished today."""

    leased: list[WorkItemOut]
    assigned: list[WorkItemOut]


class Claim(WireIn):
    """Where to take the next episode from; without queues, the ones that need coding."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"queues": ["to_code"]}]})

    queues: Annotated[list[Queue], Field(max_length=5)] | None = None
    specialties: Annotated[list[ShortLine], Field(max_length=50)] | None = None


class Move(WireIn):
    """Where to, why, and when to look again."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"queue": "waiting_for_information", "reason": "Notes asked for"}]}
    )

    queue: Queue
    reason: Annotated[Line, Field(min_length=3)]
    wake_on: dt.date | None = None


class Assign(WireIn):
    """To whom; null takes the assignment away."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"person_id": "01900000-0000-7000-8000-000000000000"}]})

    person_id: UUID | None


class MoveMany(Move):
    """A move of up to 200 episodes at once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "queue": "waiting_for_information",
                    "reason": "Notes asked for",
                    "episode_ids": ["01900000-0000-7000-8000-000000000000"],
                }
            ]
        }
    )

    episode_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]


class AssignMany(WireIn):
    """An assignment of up to 200 episodes at once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "person_id": "01900000-0000-7000-8000-000000000001",
                    "episode_ids": ["01900000-0000-7000-8000-000000000000"],
                }
            ]
        }
    )

    person_id: UUID | None
    episode_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]


class Skipped(WireOut):
    """An episode that a bulk move left alone, and why."""

    episode_id: UUID
    reason: str


class MovedMany(WireOut):
    """What a bulk move did; ``move_id`` undoes it."""

    move_id: UUID
    moved: int
    skipped: list[Skipped]


class Assignee(WireOut):
    """Somebody to whom work can be assigned."""

    person_id: UUID
    name: str
    role: str
    assigned: int
    leased: int
