"""What a programme and its planned audits are, on which days a recurring draw is due, and every expected "no"."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from enum import StrEnum
from itertools import count
from typing import Final, Literal, NamedTuple

from codewell.kit.clock import add_months, financial_year, month_of
from codewell.kit.problems import Conflict, Invalid


class PlanState(StrEnum):
    """Where a planned audit stands; all but dropped is read from the audits that were begun from it."""

    planned = "planned"
    started = "started"
    signed = "signed"
    dropped = "dropped"


class Every(StrEnum):
    """How often a draw recurs."""

    monthly = "monthly"
    quarterly = "quarterly"


class RunState(StrEnum):
    """What came of a day on which a draw was due."""

    made = "made"
    missed = "missed"
    acknowledged = "acknowledged"
    made_by_hand = "made_by_hand"


class Coverage(StrEnum):
    """Whether a coder or a specialty is audited in the year."""

    audited = "audited"
    planned = "planned"
    gap = "gap"
    nothing_coded = "nothing_coded"


GRACE_DAYS: Final = 1
"""A run that is not made by the end of the day after it was due did not happen in time, whatever the reason."""

Can = Literal[True] | str


class Schedule(NamedTuple):
    """When a draw is due: every month or every third one, on a day, from a day to a day."""

    every: Every
    on_day: int
    starts_on: dt.date
    ends_on: dt.date | None


def first_of_year(year: str) -> dt.date:
    """Return 1 April of a financial year written ``2026/27``; ValueError for a year that does not follow."""
    start = int(year[:4])
    if financial_year(dt.date(start, 4, 1)) != year:
        raise ValueError("write a financial year as 2026/27")
    return dt.date(start, 4, 1)


def last_of_year(year: str) -> dt.date:
    """Return 31 March at the end of a financial year."""
    return add_months(first_of_year(year), 12) - dt.timedelta(1)


def day_in(month: dt.date, on_day: int) -> dt.date:
    """Return the day of a month, or its last day in a month that is too short."""
    return month.replace(day=min(on_day, calendar.monthrange(month.year, month.month)[1]))


def due_days(schedule: Schedule, *, after: dt.date) -> Iterator[dt.date]:
    """Give every day on which a draw is due later than ``after``, without end where the schedule has none.

    Quarters are counted from the month in which the schedule starts. A start after that month's day is first due in
    the next month, or the next quarter.
    """
    step = 1 if schedule.every is Every.monthly else 3
    first = month_of(schedule.starts_on)
    # Straight to the month of ``after``, however long ago the schedule began.
    passed = (after.year - first.year) * 12 + after.month - first.month
    for n in count(max(0, passed // step)):
        day = day_in(add_months(first, n * step), schedule.on_day)
        if schedule.ends_on is not None and day > schedule.ends_on:
            return
        if day > after and day >= schedule.starts_on:
            yield day


def owed(schedule: Schedule, *, counts_from: dt.date, today: dt.date) -> list[dt.date]:
    """Return every day up to today on which the draw was due, the oldest first."""
    days = []
    for day in due_days(schedule, after=counts_from - dt.timedelta(1)):
        if day > today:
            break
        days.append(day)
    return days


def next_due(schedule: Schedule, *, after: dt.date) -> dt.date | None:
    """Return the next day on which the draw is due, or None when there is none any more."""
    return next(due_days(schedule, after=after), None)


def too_late(schedule: Schedule, day: dt.date, today: dt.date) -> bool:
    """Say whether a run that was due is not made any more by itself: its successor is due already."""
    following = next_due(schedule, after=day)
    return following is not None and following <= today


def period_before(day: dt.date, months: int, back: int) -> tuple[dt.date, dt.date]:
    """Return the whole calendar months that a run looks at: ``months`` of them, the last ``back`` before ``day``'s."""
    end = add_months(day, 1 - back) - dt.timedelta(1)
    return add_months(end, 1 - months), end


def stands(dropped: bool, audit_states: list[str]) -> PlanState:
    """Return where a planned audit stands, from the states of the audits begun from it."""
    living = [s for s in audit_states if s != "abandoned"]
    if dropped:
        return PlanState.dropped
    if not living:
        return PlanState.planned
    return PlanState.signed if all(s == "signed" for s in living) else PlanState.started


def coverage(episodes: int, audited: int, planned: int) -> Coverage:
    """Return whether somebody or something is audited this year, is going to be, or is a gap."""
    if audited:
        return Coverage.audited
    if planned:
        return Coverage.planned
    return Coverage.gap if episodes else Coverage.nothing_coded


def plan_can(state: PlanState, may_edit: bool, may_set_up: bool) -> dict[str, Can]:
    """Return what a caller may do with a planned audit: True, or the sentence that says why not."""
    no = "You do not have permission to do this."
    edit: Can = no if not may_edit else True
    return {
        "edit": edit if state is not PlanState.dropped else "It was dropped; take it up again first.",
        "drop": edit
        if state is PlanState.planned
        else "It was dropped already."
        if state is PlanState.dropped
        else "It was started; abandon its audit instead.",
        "restore": edit if state is PlanState.dropped else "It was not dropped.",
        "start": (True if may_set_up else no)
        if state is not PlanState.dropped
        else "It was dropped; take it up again first.",
    }


class YearTaken(Conflict):
    """There is one programme a financial year."""

    slug, title = "programme-year-taken", "There is a programme for that financial year already"


class OutsideYear(Invalid):
    """The months of a planned audit lie outside its programme's financial year."""

    slug, title = "outside-programme-year", "Those months are not in the programme's financial year"


class PlanCannotMove(Conflict):
    """A planned audit is not in a state in which this can be done; ``state`` says which it is in."""

    slug, title = "planned-audit-cannot-move", "That cannot be done with this planned audit now"


class PersonUnknown(Invalid):
    """Somebody who was named does not work here."""

    slug, title = "person-unknown", "There is no such person here"


class ScheduleEmpty(Invalid):
    """A schedule on which nothing would ever be due."""

    slug, title = "schedule-empty", "Nothing would ever be due on that schedule"


class DrawStopped(Conflict):
    """The recurring draw is stopped, or was not."""

    slug, title = "recurring-draw-stopped", "That cannot be done with a draw that is, or is not, stopped"


class RunNotMissed(Conflict):
    """Only a run that was missed is acknowledged or run by hand."""

    slug, title = "run-not-missed", "That run was not missed, or somebody has dealt with it"


class RunImpossible(Conflict):
    """The run could not be made by hand either; the detail says why."""

    slug, title = "run-impossible", "The draw could not be made"
