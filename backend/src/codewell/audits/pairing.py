"""Two auditors of one episode: what each said of the same codes, so that their agreement can be measured.

A unit is a code that the Trust had, or one that either auditor says was left out. Of each unit each auditor says right
or wrong: a code that only one of them misses is right to the other. Pure: no database, no HTTP.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from codewell.audits.alignment import CodeClass


@dataclass(frozen=True, slots=True)
class Judged:
    """One position as one auditor left it."""

    side: str
    code_class: CodeClass
    trust_at: int | None
    auditor_code: str | None
    wrong: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """What two auditors say of one unit: True for right."""

    code_class: CodeClass
    first: bool
    second: bool


def pairs(first: Sequence[Judged], second: Sequence[Judged]) -> list[Pair]:
    """Return every unit of an episode with what both say of it; codes that both miss are matched by the code."""
    ours = {(j.side, j.trust_at): j for j in first if j.trust_at is not None}
    theirs = {(j.side, j.trust_at): j for j in second if j.trust_at is not None}
    out = [Pair(ours[at].code_class, not ours[at].wrong, not theirs[at].wrong) for at in ours if at in theirs]
    for klass in CodeClass:
        missed_first, missed_second = (
            Counter(
                (j.side, j.auditor_code)
                for j in said
                if j.trust_at is None and j.wrong and j.code_class is klass and j.auditor_code is not None
            )
            for said in (first, second)
        )
        both = sum((missed_first & missed_second).values())
        out += [Pair(klass, False, False)] * both
        out += [Pair(klass, False, True)] * (sum(missed_first.values()) - both)
        out += [Pair(klass, True, False)] * (sum(missed_second.values()) - both)
    return out
