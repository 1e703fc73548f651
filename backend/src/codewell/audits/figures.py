"""Accuracy, and how sure one may be of it: proportions of an audit's sample with an interval on every figure.

Sources: Wilson EB (1927), J Am Stat Assoc 22:209-212, for the interval of a proportion; Cochran, Sampling Techniques
(3rd ed. 1977), ch. 6 and 11, for the ratio estimator over clusters and its linearised variance; Horvitz and Thompson
(1952), J Am Stat Assoc 47:663-685, and Hajek's ratio form of it, for unequal probabilities; Kish (1965), Survey
Sampling, for the effective size of a weighted sample; Dean and Pagano (2015), J Surv Stat Methodol 3:484-503, for
Wilson's interval at an effective size; Cohen (1960), Educ Psychol Meas 20:37-46, and Gwet (2008), Br J Math Stat
Psychol 61:29-48, for kappa and AC1.

Proportions are between 0 and 1 and are never rounded here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from statistics import NormalDist
from typing import Final, NamedTuple

SMALL_N: Final = 30
"""Below it a figure is shown greyed: its interval is too wide to rank anybody by."""


class Verdict(StrEnum):
    """What an interval says of a threshold."""

    above = "above"
    below = "below"
    cannot_tell = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share with its interval. ``of`` is the number of units counted, ``effective_n`` what they are worth.

    ``share`` is exact for an unweighted sample. It is None, like ``low`` and ``high``, when there is nothing to count.
    """

    correct: float
    of: int
    share: Fraction | float | None
    low: float | None
    high: float | None
    effective_n: float

    @property
    def small(self) -> bool:
        """Say whether there is too little to go by."""
        return self.effective_n < SMALL_N


NOTHING: Final = Proportion(0, 0, None, None, None, 0.0)


@lru_cache
def z_of(confidence: float) -> float:
    """Return the two-sided normal quantile of a confidence such as 0.95."""
    if not 0.5 <= confidence < 1:
        raise ValueError("a confidence lies between 0.5 and 1")
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def wilson(share: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's interval for a share of ``n`` (effective) units: within 0 and 1, and never without width."""
    if n <= 0:
        raise ValueError("an interval needs at least some of a unit")
    z2 = z_of(confidence) ** 2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2) / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    # The ends are exact where all or none are right; the arithmetic would leave a crumb there.
    low = 0.0 if share <= 0 else max(0.0, middle - half)
    high = 1.0 if share >= 1 else min(1.0, middle + half)
    return low, high


class Unit(NamedTuple):
    """One episode of a sample: how many of its codes (or 1 for itself) count, how many are right, and its weight.

    ``weight`` is one over the probability with which the draw took it; 1 for all in a simple random sample.
    """

    counted: int
    right: int
    weight: float = 1.0
    stratum: str = ""


def proportion(units: Sequence[Unit], confidence: float = 0.95) -> Proportion:
    """Return the share that is right, weighted as the sample was drawn, with Wilson's interval at the effective size.

    The share is the ratio estimator: weighted right over weighted counted (Horvitz-Thompson in numerator and
    denominator). Its variance is linearised over episodes within strata, because codes of one episode are not
    independent. The effective size is what a simple random sample of single units would need for that variance; it
    never exceeds the number of units counted, and where the variance is nought (all or none right) it is that number,
    cut by the unevenness of the weights after Kish.

    An episode may have more wrong than it counts, where errors of codes count that should not be there: its ``right``
    is then below nought. Everything is summed first; only the whole is kept within 0 and 1.
    """
    return Clusters([(u.counted, u.weight, u.stratum) for u in units]).proportion([u.right for u in units], confidence)


class Clusters:
    """The episodes of a sample with what each counts: the denominators that many shares of an audit have in common.

    ``proportion`` of a list of what is right is that of the same units; the sums over what is counted, and who is in
    which stratum, are worked out once.
    """

    __slots__ = (
        "_counted",
        "_empty",
        "_kept",
        "_of",
        "_places",
        "_single",
        "_size",
        "_total",
        "_units",
        "_weighted",
        "_weights",
    )

    def __init__(self, units: Sequence[tuple[int, float, str]], kept: Sequence[int] | None = None) -> None:
        """Take (counted, weight, stratum) of each; ``kept`` are the places of those that are in, else those counted."""
        self._units = units
        self._kept = [at for at, (counted, _, _) in enumerate(units) if counted] if kept is None else kept
        # Places that count nothing: in only where something of theirs is wrong all the same.
        self._empty = [at for at, (counted, _, _) in enumerate(units) if not counted] if kept is None else []
        mine = [units[at] for at in self._kept]
        self._counted, self._weights = [u[0] for u in mine], [u[1] for u in mine]
        self._of, self._total, squares = sum(self._counted), 0.0, 0.0
        for counted, weight in zip(self._counted, self._weights, strict=True):
            self._total += weight * counted
            squares += weight * weight * counted
        self._places: dict[str, list[int]] = {}
        for place, (_, _, stratum) in enumerate(mine):
            if stratum in self._places:
                self._places[stratum].append(place)
            else:
                self._places[stratum] = [place]
        self._weighted = len(set(self._weights)) > 1
        self._single = not self._weighted and len(self._places) == 1 and set(self._counted) == {1}
        self._size = self._total * self._total / squares if squares else 0.0

    def proportion(self, right: Sequence[int], confidence: float = 0.95) -> Proportion:
        """Return the share that is right of what is counted; ``right`` has a number for each unit, in their order."""
        if any(right[at] for at in self._empty):
            kept = [at for at, (counted, _, _) in enumerate(self._units) if counted or right[at]]
            return Clusters(self._units, kept).proportion(right, confidence)
        if not self._of:
            return NOTHING
        mine = [right[at] for at in self._kept] if len(self._kept) < len(right) else right
        weights, all_right, hit = self._weights, sum(mine), 0.0
        for weight, good in zip(weights, mine, strict=True):
            if good:
                hit += weight * good
        of, total, weighted = self._of, self._total, self._weighted
        correct, hit = min(max(all_right, 0), of), min(max(hit, 0.0), total)
        share = hit / total if weighted else correct / of
        if self._single and min(mine) >= 0 and max(mine) <= 1:
            n = float(of)
        else:
            residuals = [
                weight * (good - share * counted) / total
                for weight, good, counted in zip(weights, mine, self._counted, strict=True)
            ]
            parts = self._places.values()
            variance = spread([residuals] if len(parts) == 1 else [[residuals[p] for p in part] for part in parts])
            n = self._size if variance <= 0 or not 0 < share < 1 else min(share * (1 - share) / variance, float(of))
        n = max(n, 1.0)
        low, high = wilson(share, n, confidence)
        return Proportion(correct, of, share if weighted else Fraction(correct, of), low, high, n)


def ratio_variance(units: Sequence[Unit], share: float, total: float) -> float:
    """Return the linearised variance of the weighted ratio, episodes being drawn within their strata."""
    strata: dict[str, list[float]] = {}
    for counted, right, weight, stratum in units:
        strata.setdefault(stratum, []).append(weight * (right - share * counted) / total)
    return spread(strata.values())


def spread(strata: Iterable[Sequence[float]]) -> float:
    """Return the variance of the sum of residuals that were drawn within their strata."""
    variance = 0.0
    for residuals in strata:
        m = len(residuals)
        if m > 1:
            mean = sum(residuals) / m
            variance += m / (m - 1) * sum([(r - mean) ** 2 for r in residuals])
        else:
            # One episode of a stratum tells nothing of its spread: it counts whole.
            variance += residuals[0] ** 2
    return variance


def verdict(figure: Proportion, threshold: float) -> Verdict | None:
    """Say what the interval allows to say of a threshold; None when there is nothing to count."""
    if figure.low is None or figure.high is None:
        return None
    if figure.low >= threshold:
        return Verdict.above
    return Verdict.below if figure.high < threshold else Verdict.cannot_tell


def meets(figure: Proportion, threshold: Fraction) -> bool | None:
    """Say whether the point alone reaches a threshold, unrounded, as the national test has it: 94.96 % is not 95 %.

    None when there is nothing to count.
    """
    return None if figure.share is None else figure.share >= threshold


def size_for(points: float, share: float, confidence: float = 0.95, population: int | None = None) -> int:
    """Return how many episodes give an interval of plus or minus ``points`` (0.02 = two points) at an expected share.

    The z-squared formula (Cochran 1977, 4.4), with the finite population correction where the population is given.
    """
    if not 0 < points < 1 or not 0 < share < 1:
        raise ValueError("points and share lie between 0 and 1")
    n = z_of(confidence) ** 2 * share * (1 - share) / points**2
    if population is not None:
        n = min(float(population), n / (1 + (n - 1) / population)) if population else 0.0
    return math.ceil(n - 1e-9)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two auditors agree on the same positions; kappa and AC1 with intervals, None where they cannot be had."""

    n: int
    agreed: Proportion
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    ac1: float | None
    ac1_low: float | None
    ac1_high: float | None


def agreement(episodes: Sequence[Sequence[tuple[bool, bool]]], confidence: float = 0.95) -> Agreement:
    """Return percent agreement, Cohen's kappa and Gwet's AC1 of two raters who say right or wrong of each code.

    ``episodes``: what both said of each code, episode by episode. Both standard errors are linearised and summed over
    episodes, because codes of one episode are not independent (kappa: Cohen 1960; AC1: Gwet 2008, with one sample of
    units). Where that finds no spread, as at perfect agreement or of a single episode, the ends are those of the
    percent agreement, taken through the same formula: five out of five is not certainty. Kappa cannot be had when
    both say the same of everything.
    """
    episodes = [e for e in episodes if e]
    pairs = [p for e in episodes for p in e]
    n = len(pairs)
    if not n:
        return Agreement(0, NOTHING, None, None, None, None, None, None)
    agreed = proportion([Unit(len(e), sum(a == b for a, b in e)) for e in episodes], confidence)
    both = sum(a == b for a, b in pairs) / n
    first, second = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    z = z_of(confidence)

    def beyond(chance: float, moves: Callable[[bool, bool], float]) -> tuple[float, float, float]:
        """Return the agreement beyond chance with its ends; ``moves`` is what one pair adds to the chance."""
        value = (both - chance) / (1 - chance)
        sums = [sum(((a == b) - both - (1 - value) * moves(a, b)) / (1 - chance) for a, b in e) / n for e in episodes]
        m = len(sums)
        variance = m / (m - 1) * sum(s * s for s in sums) if m > 1 else 0.0
        if variance > 1e-15:
            half = z * math.sqrt(variance)
            return value, max(-1.0, value - half), min(1.0, value + half)
        assert agreed.low is not None and agreed.high is not None  # noqa: PT018 - there are pairs
        low, high = ((end - chance) / (1 - chance) for end in (agreed.low, agreed.high))
        return value, max(-1.0, min(low, value)), min(1.0, max(high, value))

    kappa: tuple[float | None, float | None, float | None] = (None, None, None)
    chance = first * second + (1 - first) * (1 - second)
    if chance < 1:
        kappa = beyond(chance, lambda a, b: (a - first) * (2 * second - 1) + (b - second) * (2 * first - 1))
    mean = (first + second) / 2
    ac1 = beyond(2 * mean * (1 - mean), lambda a, b: 2 * (1 - 2 * mean) * ((a + b) / 2 - mean))
    return Agreement(n, agreed, *kappa, *ac1)
