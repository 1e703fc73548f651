"""How a figure of an audit is shown: its share as per cent, its interval, its denominator in words, and all labels.

Shares lie between 0 and 1 and are never rounded; ``percent`` is rounded once, for display, and never over a threshold
that the share does not reach. Pure: no database, no HTTP.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from codewell.audits.alignment import CodeClass, SubClass
from codewell.audits.figures import Proportion
from codewell.audits.money import Ratio
from codewell.audits.profiles import Methodology, Thresholds
from codewell.audits.rules import NonCoderReason
from codewell.audits.tally import Attribution, Tally

CLASS_LABELS: Final[dict[CodeClass, str]] = {
    CodeClass.primary_diagnosis: "Primary diagnosis",
    CodeClass.secondary_diagnosis: "Secondary diagnosis",
    CodeClass.primary_procedure: "Primary procedure",
    CodeClass.secondary_procedure: "Secondary procedure",
}
SUB_CLASS_LABELS: Final[dict[SubClass, str]] = {
    SubClass.none: "Other codes",
    SubClass.external_cause: "External cause",
    SubClass.morphology: "Morphology",
    SubClass.site_laterality: "Site and laterality",
}
REASON_LABELS: Final[dict[str, str]] = {
    NonCoderReason.information_not_available: "Information not available at the time of coding",
    NonCoderReason.illegible: "Illegible",
    NonCoderReason.conflicting: "Conflicting documentation",
    NonCoderReason.incomplete: "Incomplete documentation",
    NonCoderReason.clinician_instruction: "Clinician's instruction",
    NonCoderReason.system_or_encoder: "System or encoder",
    NonCoderReason.other: "Other",
}
ATTRIBUTION_LABELS: Final[dict[Attribution, str]] = {
    Attribution.coder: "Coder",
    Attribution.non_coder: "Non-coder",
    Attribution.undetermined: "Not attributed yet",
}


def percent(share: Fraction | float | None, reach: Iterable[Fraction] = ()) -> str | None:
    """Return a share as per cent for a person: rounded half up to one place, or more where that would claim too much.

    94.96 % stays 94.96 where 95 % is asked for, and 99.98 % is never shown as 100.
    """
    if share is None:
        return None
    # In whole numbers: a share that is exact is compared exactly, and without the cost of fractions.
    over, under = share.as_integer_ratio()
    lines = [(line.numerator, line.denominator) for line in (*reach, _WHOLE)]
    missed = [(top, bottom) for top, bottom in lines if over * bottom < top * under]
    for places in (1, 2, 3, 4):
        scale = 10**places
        if isinstance(share, Fraction):
            rounded = (200 * scale * over + under) // (2 * under)
        else:
            rounded = math.floor(share * (100 * scale) + 0.5)
        if not any(top * 100 * scale <= rounded * bottom for top, bottom in missed):
            break
    return f"{rounded / scale:.{places}f}"


_WHOLE: Final = Fraction(1)


@dataclass(frozen=True, slots=True)
class Rules:
    """What of a methodology and thresholds every figure needs."""

    confidence: float
    small_n: int
    lines: tuple[Fraction, ...] = ()

    def figure(self, p: Proportion, of: str) -> dict[str, Any]:
        """Return a share with its interval and the words of its denominator."""
        return {
            "counted": int(p.correct),
            "of": p.of,
            "of_what": of,
            "share": None if p.share is None else float(p.share),
            "percent": percent(p.share, self.lines),
            "low": p.low,
            "high": p.high,
            "low_percent": percent(p.low),
            "high_percent": percent(p.high),
            "effective_n": round(p.effective_n, 1),
            "small": p.effective_n < self.small_n,
        }

    def ratio(self, r: Ratio) -> dict[str, Any]:
        """Return a change of money over what was paid."""
        ends = (None if r.low is None else percent(r.low), None if r.high is None else percent(r.high))
        return {
            "share": None if r.share is None else float(r.share),
            "percent": percent(r.share),
            "low": r.low,
            "high": r.high,
            "low_percent": ends[0],
            "high_percent": ends[1],
        }


AUDITOR_CODES: Final = "codes that should stand, as audited"
TRUST_CODES: Final = "codes that the Trust had"
EPISODES: Final = "episodes audited"
SELECTED: Final = "episodes selected and looked at"
DIFFERENCES: Final = "differences"


def rules_of(methodology: Methodology, thresholds: Thresholds | None) -> Rules:
    """Return what figures need."""
    lines = {share for level in thresholds.levels for share in level.shares().values()} if thresholds else set()
    return Rules(methodology.confidence, methodology.small_n, tuple(sorted(lines)))


def counts(tally: Tally) -> dict[str, int]:
    """Return the whole numbers of a class. ``discrepancies`` are all differences; ``errors`` what the method counts."""
    return {
        "trust_n": tally.trust_n,
        "auditor_n": tally.auditor_n,
        "agreed": tally.agreed,
        "wrong": tally.wrong,
        "omitted": tally.omitted,
        "not_required": tally.not_required,
        "discrepancies": tally.wrong + tally.omitted + tally.not_required,
        "errors": tally.errors,
        "coder": tally.coder,
        "non_coder": tally.non_coder,
        "undetermined": tally.undetermined,
    }
