"""Codes against the patient and the administrative facts of the stay."""

from __future__ import annotations

from collections.abc import Iterator

from codewell.standards.rules.case import LISTS
from codewell.standards.rules.facts import FactTest
from codewell.standards.rules.operators.base import Hit, operator
from codewell.standards.rules.sheet import Codes, Sheet

_SEX = {"1": "male", "2": "female"}


@operator
def sex_conflict(sheet: Sheet, *, female: Codes, male: Codes) -> Iterator[Hit]:
    """Codes of one sex on a patient recorded as the other; silent for any sex but 1 and 2."""
    against = {"1": female, "2": male}.get(sheet.facts.sex or "")
    if against is not None:
        recorded = _SEX[sheet.facts.sex or ""]
        for line in sheet.pick(against):
            yield Hit((line,), {"recorded": recorded, "usual": "female" if recorded == "male" else "male"})


@operator
def age_conflict(
    sheet: Sheet, *, codes: Codes, youngest: int | None = None, oldest: int | None = None
) -> Iterator[Hit]:
    """Codes of an age band, in whole years and both ends included, on a patient outside it; the first such line."""
    age = sheet.facts.age
    if age is not None and ((youngest is not None and age < youngest) or (oldest is not None and age > oldest)):
        for line in sheet.pick(codes)[:1]:
            yield Hit((line,), {"age": str(age)})


@operator
def book_limits(sheet: Sheet) -> Iterator[Hit]:
    """The edition's own limits of sex and age for a code."""
    facts = sheet.facts
    for name in LISTS:
        for line in sheet.fit[name]:
            info = line.info
            if info is None:
                continue
            if info.sex is not None and facts.sex in _SEX and facts.sex != str(info.sex):
                yield Hit((line,), {"limit": f"{_SEX[str(info.sex)]} patients", "patient": _SEX[facts.sex]})
            elif facts.age is not None and info.age_min is not None and facts.age < info.age_min:
                yield Hit((line,), {"limit": f"age {info.age_min} and over", "patient": f"aged {facts.age}"})
            elif facts.age is not None and info.age_max is not None and facts.age > info.age_max:
                yield Hit((line,), {"limit": f"age {info.age_max} and under", "patient": f"aged {facts.age}"})


@operator
def equivalence(sheet: Sheet, *, left: FactTest, right: FactTest) -> Iterator[Hit]:
    """Two conditions on the facts hold together or not at all; silent while either is not known."""
    a, b = left.judge(sheet.facts), right.judge(sheet.facts)
    if a is not None and b is not None and a is not b:
        yield Hit()


@operator
def implies(sheet: Sheet, *, then: FactTest) -> Iterator[Hit]:
    """Where the rule applies, a condition on the facts is not known to fail."""
    if then.judge(sheet.facts) is False:
        yield Hit()
