"""When patients come: weekdays and weekends, winter and summer, and holidays without lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

WEEK = {
    "emergency": (1.08, 1.05, 1.02, 1.0, 1.02, 0.92, 0.91),
    "elective": (1.0, 1.1, 1.1, 1.05, 0.85, 0.22, 0.05),
    "daycase": (1.05, 1.1, 1.1, 1.1, 1.0, 0.18, 0.03),
    "regular": (1.1, 1.05, 1.1, 1.05, 1.1, 0.5, 0.02),
    "maternity": (1.0, 1.04, 1.04, 1.04, 1.02, 0.93, 0.93),
    "birth": (1.0, 1.04, 1.04, 1.04, 1.02, 0.93, 0.93),
}
"""How busy each weekday is, Monday first."""

PLANNED = ("elective", "daycase", "regular")
WINTER = frozenset(
    {"pneumonia", "copd", "asthma", "covid", "bronchiolitis", "viral-wheeze", "uti", "heart-failure", "falls", "croup"}
)
_WINTER = (1.45, 1.3, 1.1, 0.95, 0.85, 0.8, 0.75, 0.75, 0.9, 1.05, 1.2, 1.5)
_YEAR = (1.03, 1.02, 1.02, 0.99, 1.0, 0.99, 0.99, 0.95, 1.0, 1.03, 1.04, 0.97)


def is_holiday(day: dt.date) -> bool:
    """Days without planned lists everywhere: Christmas, Boxing Day, New Year."""
    return (day.month, day.day) in ((12, 25), (12, 26), (1, 1))


def busy(how: str, key: str, day: dt.date) -> float:
    """How many of a kind of patient come on a day, against an average one."""
    share = WEEK[how][day.weekday()] * _YEAR[day.month - 1]
    if how in PLANNED and is_holiday(day):
        return share * (0.4 if how == "regular" else 0.0)
    if key in WINTER:
        share *= _WINTER[day.month - 1]
    return share


def months_before(day: dt.date, months: int) -> dt.date:
    """The first day of the month that many months before."""
    index = day.year * 12 + day.month - 1 - months
    return dt.date(index // 12, index % 12 + 1, 1)


def spread(n: int, shares: Sequence[float]) -> list[int]:
    """How many there must be by the end of each day, so that n are reached on the last."""
    total = sum(shares)
    reached: list[int] = []
    so_far = 0.0
    for share in shares:
        so_far += share
        reached.append(round(n * so_far / total))
    reached[-1] = n
    return reached
