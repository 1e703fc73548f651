"""How many of each stratum a draw takes, and which episodes it holds for risky; pure, and in words for the person.

The risk score is neutral and its own explanation: points for what makes codes more likely to differ on audit. It says
where to look, nothing about anybody's work. Every episode keeps a chance: risky ones ``tilt`` times that of the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, NamedTuple

from codewell.audits.draw import Impossible, each, fixed, proportional

RISKY, REST = "risky", "rest"


class RiskPoint(NamedTuple):
    """One ground for points; ``sql`` is it over the columns of a frame's pool.

    ``slow``: it looks into each code, and is asked only where it would tip the balance.
    """

    key: str
    words: str
    points: int
    sql: str
    slow: bool = False


RISK: Final[tuple[RiskPoint, ...]] = (
    RiskPoint("many_codes", "Ten diagnosis codes or more", 1, "cardinality(diagnoses) >= 10"),
    RiskPoint(
        "few_codes", "One diagnosis code and a stay of two nights or more", 1,
        "cardinality(diagnoses) = 1 and nights >= 2",
    ),
    RiskPoint("symptom_first", "A symptom or sign (R00 to R99) as primary diagnosis", 2, "diagnoses[1] like 'R%'"),
    RiskPoint(
        "unspecified", "Half of the diagnosis codes or more are unspecified (.9), of two or more", 1,
        "cardinality(diagnoses) >= 2 and "
        "2 * (select count(*) from unnest(diagnoses) d where substr(d, 4, 1) = '9') >= cardinality(diagnoses)",
        slow=True,
    ),
    RiskPoint("long_stay", "A stay of seven nights or more", 1, "nights >= 7"),
    RiskPoint(
        "shallow_coder", "The coder's mean depth is a fifth or more below that of all in the period", 1, "shallow"
    ),
)  # fmt: skip


def risk_stratum() -> str:
    """Return the stratum of an episode as SQL: risky from ``:risky_from`` points on."""
    quick, slow = (
        " + ".join(f"case when {r.sql} then {r.points} else 0 end" for r in RISK if r.slow is which)
        for which in (False, True)
    )
    most = sum(r.points for r in RISK if r.slow)
    return f"""case when {quick} >= :risky_from then '{RISKY}' when {quick} + {most} < :risky_from then '{REST}'
        when {quick} + {slow} >= :risky_from then '{RISKY}' else '{REST}' end"""


def risk_sizes(frame: Mapping[str, int], size: int, tilt: float) -> dict[str, int]:
    """Share ``size`` out so that a risky episode is ``tilt`` times as likely to be drawn as another.

    A stratum that has any episode gets at least one, or its chance would be nought; Impossible where that cannot be.
    """
    risky, rest = frame.get(RISKY, 0), frame.get(REST, 0)
    if size > risky + rest:
        raise Impossible(f"There are {risky + rest:,} episodes to draw from, and {size:,} are asked for.")
    if not risky or not rest:
        return {name: size if frame.get(name, 0) else 0 for name in (RISKY, REST) if name in frame}
    if size < 2:
        raise Impossible("A risk-weighted sample needs at least one of each stratum: two episodes.")
    weight = Fraction(str(tilt)) * risky
    wish = round(size * weight / (weight + rest))
    n = max(1, size - rest, min(wish, risky, size - 1))
    return {RISKY: n, REST: size - n}


def sizes_of(
    method: str,
    frame: Mapping[str, int],
    *,
    size: int | None = None,
    at_least: int = 0,
    sizes: Mapping[str, int] | None = None,
    of_each: int | None = None,
    tilt: float = 1.0,
) -> dict[str, int]:
    """Return how many to draw of each stratum under a method; Impossible, in words, where the frame cannot give it."""
    if not sum(frame.values()):
        raise Impossible("No episode is left to draw from.")
    match method:
        case "fixed" if sizes:
            return fixed(frame, sizes)
        case "fixed" | "per_coder":
            return each(frame, of_each or 0)
        case "risk_weighted":
            return risk_sizes(frame, size or 0, tilt)
        case _:
            return proportional(frame, size or 0, at_least=at_least)
