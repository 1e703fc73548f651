"""Whether a figure changed from one audit to another: the difference of two shares with its interval.

Newcombe's method 10 (1998, Stat Med 17:873-890): the interval of a difference from the two Wilson intervals, which are
here those at the effective sizes. Where it holds nought, the answer is that there is no evidence of change. Pure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class Changed(StrEnum):
    """What two figures allow to say."""

    better = "better"
    worse = "worse"
    no_evidence = "no_evidence"


CHANGED_WORDS = {
    Changed.better: "Better: the interval of the difference lies above nought",
    Changed.worse: "Worse: the interval of the difference lies below nought",
    Changed.no_evidence: "No evidence of change: the interval of the difference holds nought",
}


@dataclass(frozen=True, slots=True)
class Share:
    """A share with the ends of its interval."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """After less before, with its interval, and what it allows to say."""

    difference: float
    low: float
    high: float
    said: Changed


def difference(before: Share, after: Share) -> Difference:
    """Return how much higher the later share is, and whether that is more than chance."""
    by = after.share - before.share
    low = by - math.hypot(after.share - after.low, before.high - before.share)
    high = by + math.hypot(after.high - after.share, before.share - before.low)
    said = Changed.better if low > 0 else Changed.worse if high < 0 else Changed.no_evidence
    return Difference(by, low, high, said)
