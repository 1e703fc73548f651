"""Dates of procedures and of the episode."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from codewell.standards.rules.case import FACT_NAMES, Severity
from codewell.standards.rules.operators.base import Hit, operator
from codewell.standards.rules.sheet import Sheet


def plain(day: dt.date) -> str:
    """Return a day the way the screens show it."""
    return f"{day.day} {day:%b %Y}"


@operator
def date_required(sheet: Sheet) -> Iterator[Hit]:
    """Each procedure has a date."""
    for line in sheet.procedures:
        if line.on is None:
            yield Hit((line,))


@operator
def date_within(sheet: Sheet) -> Iterator[Hit]:
    """Each procedure was done within its episode; within the spell but outside the episode is at most a warning.

    While the spell is open its end is not known, and a later date is judged by the episode alone.
    """
    facts = sheet.facts
    start, end = facts.started_on, facts.ended_on
    spell_start = facts.admitted_on or start
    for line in sheet.procedures:
        day = line.on
        if day is None:
            continue
        early, late = start is not None and day < start, end is not None and day > end
        if not early and not late:
            continue
        before = early and spell_start is not None and day < spell_start
        after = late and facts.discharged_on is not None and day > facts.discharged_on
        span = " to ".join(plain(d) for d in (start, end) if d is not None)
        words = {
            "date": plain(day),
            "episode": span,
            "place": "outside the spell" if before or after else "outside the episode",
        }
        yield Hit((line,), words, None if before or after else Severity.warn)


@operator
def date_not_after_death(sheet: Sheet) -> Iterator[Hit]:
    """No procedure was done after the patient's death."""
    death = sheet.facts.death_on
    if death is not None:
        for line in sheet.procedures:
            if line.on is not None and line.on > death:
                yield Hit((line,), {"date": plain(line.on), "death": plain(death)})


@operator
def dates_in_order(sheet: Sheet, *, first: str, then: str) -> Iterator[Hit]:
    """One day of the episode is not after another."""
    if not {first, then} <= FACT_NAMES:
        raise ValueError("unknown fact")
    a, b = getattr(sheet.facts, first), getattr(sheet.facts, then)
    if a is not None and b is not None and a > b:
        yield Hit((), {"first": plain(a), "then": plain(b)})
