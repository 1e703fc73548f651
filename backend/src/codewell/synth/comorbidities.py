"""What patients bring with them: long-term conditions, habits, allergies and history, by age and sex."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Brought:
    """One thing in the past medical history; of a family only one is drawn. Chances are at ages 25, 45, 65 and 85."""

    codes: tuple[str, ...]
    at: tuple[float, float, float, float]
    family: str = ""
    sex: str = ""
    section: str = "history"
    least_age: int = 18


def _b(
    codes: str,
    young: float,
    middle: float,
    older: float,
    old: float,
    family: str = "",
    sex: str = "",
    section: str = "history",
    least_age: int = 18,
) -> Brought:
    return Brought(tuple(codes.split()), (young, middle, older, old), family, sex, section, least_age)


BROUGHT: tuple[Brought, ...] = (
    _b("E112 N083", 0, 0.004, 0.012, 0.015, "diabetes"),
    _b("E113 H360", 0.001, 0.006, 0.014, 0.016, "diabetes"),
    _b("E114 G632", 0, 0.004, 0.012, 0.014, "diabetes"),
    _b("E119", 0.006, 0.05, 0.14, 0.16, "diabetes"),
    _b("E109", 0.01, 0.008, 0.006, 0.003, "diabetes"),
    _b("I10", 0.01, 0.12, 0.36, 0.5, "pressure"),
    _b("E780", 0.004, 0.06, 0.18, 0.18),
    _b("I489", 0, 0.006, 0.07, 0.2, "rhythm"),
    _b("I480", 0, 0.004, 0.02, 0.03, "rhythm"),
    _b("I252", 0, 0.008, 0.05, 0.09),
    _b("I259", 0, 0.01, 0.09, 0.17),
    _b("I500", 0, 0.002, 0.02, 0.08, "failure"),
    _b("I350", 0, 0.001, 0.01, 0.05),
    _b("I739", 0, 0.003, 0.025, 0.04),
    _b("Z950", 0, 0.001, 0.015, 0.06),
    _b("Z951", 0, 0.001, 0.02, 0.025),
    _b("Z955", 0, 0.006, 0.04, 0.05),
    _b("Z867", 0.004, 0.012, 0.06, 0.13),
    _b("I694", 0, 0.001, 0.01, 0.03),
    _b("N183", 0.001, 0.006, 0.05, 0.2, "kidney"),
    _b("N184", 0, 0.001, 0.008, 0.03, "kidney"),
    _b("J449", 0, 0.015, 0.09, 0.1, "airway"),
    _b("J459", 0.11, 0.1, 0.08, 0.06, "airway", least_age=6),
    _b("J47", 0, 0.003, 0.012, 0.015),
    _b("G473", 0.006, 0.025, 0.04, 0.02),
    _b("E039", 0.015, 0.035, 0.06, 0.1),
    _b("E669", 0.1, 0.16, 0.12, 0.04),
    _b("F329", 0.1, 0.12, 0.09, 0.07),
    _b("F419", 0.1, 0.09, 0.06, 0.05),
    _b("F209", 0.008, 0.01, 0.006, 0.003, "psychosis"),
    _b("F319", 0.008, 0.01, 0.006, 0.003, "psychosis"),
    _b("F840", 0.02, 0.006, 0.001, 0, least_age=5),
    _b("F819", 0.01, 0.006, 0.004, 0.001, least_age=5),
    _b("G409", 0.015, 0.015, 0.016, 0.018, least_age=2),
    _b("G439", 0.03, 0.03, 0.012, 0.003),
    _b("G20", 0, 0.001, 0.008, 0.025),
    _b("G35", 0.002, 0.005, 0.004, 0.001),
    _b("G309 F009", 0, 0, 0.004, 0.06, "dementia"),
    _b("F019", 0, 0, 0.003, 0.04, "dementia"),
    _b("F03", 0, 0, 0.002, 0.06, "dementia"),
    _b("K219", 0.015, 0.04, 0.06, 0.06, "reflux"),
    _b("K449", 0.001, 0.012, 0.04, 0.05),
    _b("K573", 0, 0.012, 0.05, 0.07),
    _b("K589", 0.03, 0.03, 0.02, 0.01),
    _b("K760", 0.004, 0.02, 0.02, 0.005),
    _b("K900", 0.008, 0.008, 0.008, 0.005),
    _b("M1999", 0.002, 0.03, 0.13, 0.22),
    _b("M1099", 0.001, 0.012, 0.04, 0.07),
    _b("M0699", 0.003, 0.01, 0.025, 0.025),
    _b("M8199", 0, 0.004, 0.03, 0.12),
    _b("M353", 0, 0.001, 0.012, 0.03),
    _b("M7970", 0.008, 0.03, 0.02, 0.006, sex="2"),
    _b("L409", 0.015, 0.02, 0.02, 0.012),
    _b("Z966", 0, 0.006, 0.06, 0.14),
    _b("H919", 0.003, 0.008, 0.03, 0.13),
    _b("H409", 0.001, 0.005, 0.025, 0.06),
    _b("H353", 0, 0.001, 0.012, 0.07),
    _b("Z961", 0, 0.003, 0.03, 0.14),
    _b("N40", 0, 0.006, 0.08, 0.18, sex="1"),
    _b("Z853", 0, 0.008, 0.035, 0.05, sex="2"),
    _b("Z854", 0, 0.001, 0.03, 0.06, sex="1"),
    _b("Z850", 0, 0.002, 0.012, 0.025),
    _b("Z923", 0, 0.004, 0.02, 0.025),
    _b("Z926", 0, 0.005, 0.022, 0.02),
    _b("U073", 0.02, 0.03, 0.03, 0.03),
    _b("Z921", 0.003, 0.008, 0.06, 0.16),
    _b("F102", 0.008, 0.025, 0.015, 0.004, section="social"),
    _b("F171", 0.18, 0.19, 0.13, 0.05, "smoking", section="social", least_age=16),
    _b("Z864", 0.06, 0.14, 0.24, 0.24, "smoking", section="social"),
    _b("Z602", 0.01, 0.02, 0.04, 0.14, section="social"),
    _b("Z880", 0.05, 0.06, 0.08, 0.09, section="allergies", least_age=1),
    _b("Z888", 0.02, 0.03, 0.05, 0.06, section="allergies", least_age=1),
)

IN_PREGNANCY = frozenset({"F171", "Z864", "Z880", "Z888", "U073"})
"""What may stand beside pregnancy codes as it is; other long-term conditions would be coded to chapter XV."""


def chance(brought: Brought, age: float) -> float:
    """How likely a patient of this age brings it."""
    young, middle, older, old = brought.at
    if age < brought.least_age:
        return 0.0
    if age < 25:
        return young
    if age < 45:
        return young + (middle - young) * (age - 25) / 20
    if age < 65:
        return middle + (older - middle) * (age - 45) / 20
    if age < 85:
        return older + (old - older) * (age - 65) / 20
    return old
