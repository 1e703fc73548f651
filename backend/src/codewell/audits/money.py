"""What a change of codes does to HRGs and payment, from a grouper's result: net and gross, with an interval.

    net   = sum(after - before)      overcharging and undercharging offset each other
    gross = sum(|after - before|)    both added
    share = change / sum(before)     of the payment before the audit

A positive net change means that the provider had charged too little. Pounds are counted in pence, so that sums are
exact; in a weighted sample each episode counts as one over the probability of its draw. The interval is that of a ratio
(Cochran 1977, ch. 6), linearised over episodes within their strata. Pure: no database, no HTTP.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from codewell.audits.figures import Unit, ratio_variance, z_of


@dataclass(frozen=True, slots=True)
class Grouped:
    """What a grouper said of one audited episode; pence are None where it was not priced."""

    hrg_before: str
    hrg_after: str
    pence_before: int | None
    pence_after: int | None
    weight: float = 1.0
    stratum: str = ""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A change over what was paid; None, like its ends, where it cannot be had."""

    share: Fraction | float | None
    low: float | None
    high: float | None


NO_RATIO = Ratio(None, None, None)


@dataclass(frozen=True, slots=True)
class Change:
    """The payment of the priced episodes before and after, in pence, and what changed."""

    priced: int
    changed: int
    before: int
    after: int
    net: int
    gross: int
    net_share: Ratio
    gross_share: Ratio


def change(units: Sequence[Grouped], confidence: float = 0.95) -> Change | None:
    """Return the change of payment over the episodes priced both ways; None when there is none."""
    priced = [
        (u, u.pence_before, u.pence_after) for u in units if u.pence_before is not None and u.pence_after is not None
    ]
    if not priced:
        return None
    net = [Unit(before, after - before, u.weight, u.stratum) for u, before, after in priced]
    gross = [Unit(before, abs(after - before), u.weight, u.stratum) for u, before, after in priced]
    before, after = sum(b for _, b, _ in priced), sum(a for _, _, a in priced)
    return Change(
        len(priced), sum(b != a for _, b, a in priced), before, after, after - before, sum(u.right for u in gross),
        _ratio(net, confidence), _ratio(gross, confidence),
    )  # fmt: skip


def _ratio(units: Sequence[Unit], confidence: float) -> Ratio:
    """Return the weighted ratio of what changed to what was paid; one episode alone tells nothing of its spread."""
    total = sum(u.weight * u.counted for u in units)
    if total <= 0:
        return NO_RATIO
    if any(u.weight != units[0].weight for u in units):
        share: Fraction | float = sum(u.weight * u.right for u in units) / total
    else:
        share = Fraction(sum(u.right for u in units), sum(u.counted for u in units))
    if len(units) < 2:
        return Ratio(share, None, None)
    half = z_of(confidence) * math.sqrt(ratio_variance(units, float(share), total))
    return Ratio(share, float(share) - half, float(share) + half)
