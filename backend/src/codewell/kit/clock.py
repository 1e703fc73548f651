"""Instants are UTC, days are London; this is the only place that reads the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
_frozen: dt.datetime | None = None


def now() -> dt.datetime:
    """Return the present instant in UTC, or the frozen one in tests."""
    return _frozen if _frozen is not None else dt.datetime.now(dt.UTC)


@contextmanager
def frozen(at: dt.datetime) -> Iterator[None]:
    """Hold the clock at an aware instant (tests only)."""
    global _frozen
    before, _frozen = _frozen, at.astimezone(dt.UTC)
    try:
        yield
    finally:
        _frozen = before


def london_day(at: dt.datetime) -> dt.date:
    """Return the calendar day in London at an aware instant."""
    return at.astimezone(LONDON).date()


def today() -> dt.date:
    """Return today's date in London."""
    return london_day(now())


def start_of(day: dt.date) -> dt.datetime:
    """Return the instant, in UTC, at which a day begins in London."""
    return dt.datetime.combine(day, dt.time(), LONDON).astimezone(dt.UTC)


def month_of(day: dt.date) -> dt.date:
    """Return the first day of the month of ``day``."""
    return day.replace(day=1)


def add_months(month: dt.date, n: int) -> dt.date:
    """Return the first day of the month ``n`` months after the month of ``month``."""
    index = month.year * 12 + month.month - 1 + n
    return dt.date(index // 12, index % 12 + 1, 1)


def financial_year(day: dt.date) -> str:
    """Return the NHS financial year (1 April to 31 March) as ``2026/27``."""
    start = day.year if day.month >= 4 else day.year - 1
    return f"{start}/{(start + 1) % 100:02d}"


@lru_cache(maxsize=8)
def _bank_holidays(year: int) -> frozenset[dt.date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: dt.date) -> bool:
    """Say whether ``day`` is Monday to Friday and no bank holiday in England."""
    return day.weekday() < 5 and day not in _bank_holidays(day.year)


def working_days(start: dt.date, end: dt.date) -> int:
    """Count working days after ``start`` up to and including ``end`` (negative when ``end`` is earlier)."""
    if end < start:
        return -working_days(end, start)
    return sum(is_working_day(start + dt.timedelta(n)) for n in range(1, (end - start).days + 1))


def nth_working_day(month: dt.date, n: int) -> dt.date:
    """Return the n-th working day (1-based) of a month; it may fall into a later month when n is large."""
    day = month_of(month)
    while True:
        if is_working_day(day):
            n -= 1
            if n == 0:
                return day
        day += dt.timedelta(1)
