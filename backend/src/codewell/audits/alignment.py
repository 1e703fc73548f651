"""What differs between the trust's codes of an episode and the auditor's, and which error each difference looks like.

Pure: two lists in, aligned positions out. Every code of either list stands in exactly one position, and a position
gives at most one error. What comes out are *proposals*: the auditor accepts, changes or rejects each.

The classes are the four of the NHS audit method (primary and secondary diagnosis, primary and secondary procedure), the
types a neutral taxonomy of our own, not the official error keys, which only approved auditors may see; a Trust's
approved auditor maps them on the methodology profile.

Order of matching, within the diagnoses and within the procedures:

1. the auditor's primary code: the trust's primary if it is the same code; else the same code elsewhere in the trust's
   list (a sequence error); else the trust's primary, if it is of the same category; else a code of the same category
   elsewhere (a sequence error, for the greater fault is the place); else the trust's primary, as a substitution;
2. the same code in any place (order among secondary codes is no error);
3. the same three-character category, another tail: wrong at the fourth or fifth character;
4. a related code in place of the right one (``related``): one substitution, wrong at the third character;
5. what is left of the auditor's codes was omitted, what is left of the trust's was not required.

A secondary code of the auditor's that the trust had put first was not omitted: the fault is the primary's, where it
is counted once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class CodeClass(StrEnum):
    """The four audited classes; each has its own denominator."""

    primary_diagnosis = "primary_diagnosis"
    secondary_diagnosis = "secondary_diagnosis"
    primary_procedure = "primary_procedure"
    secondary_procedure = "secondary_procedure"


class SubClass(StrEnum):
    """Finer kinds of code that reports tell apart within a class."""

    none = "none"
    external_cause = "external_cause"
    morphology = "morphology"
    site_laterality = "site_laterality"


class ErrorType(StrEnum):
    """How a position is wrong, in neutral words."""

    wrong_char_3 = "wrong_char_3"
    wrong_char_4 = "wrong_char_4"
    wrong_char_5 = "wrong_char_5"
    omitted = "omitted"
    not_required = "not_required"
    sequence = "sequence"
    pair_format = "pair_format"
    date = "date"
    other = "other"


class Side(StrEnum):
    """Which list of an episode a position is of."""

    diagnoses = "diagnoses"
    procedures = "procedures"


@dataclass(frozen=True, slots=True)
class Line:
    """One code as it stood: normalised (no dot, no filler), and for a procedure its date."""

    code: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """One aligned position: a code of the trust's, one of the auditor's, or both.

    ``trust_at`` and ``auditor_at`` are places in the two lists, from 0; at least one is set. ``error_type`` is None
    where the two agree. ``counted_elsewhere`` marks a code the trust had, but as its primary: the error is the
    primary's. ``moved`` marks agreement in another order.
    """

    side: Side
    code_class: CodeClass
    sub_class: SubClass
    trust_at: int | None
    auditor_at: int | None
    error_type: ErrorType | None
    moved: bool = False
    counted_elsewhere: bool = False


DAGGER: Final = "dagger"
ASTERISK: Final = "asterisk"


def sub_class(side: Side, code: str) -> SubClass:
    """Return the finer kind of a code: V01 to Y98 are external causes, OPCS-4 Chapter Z sites and laterality.

    Morphology is the ICD-O form (M, four digits, a behaviour digit), where a Trust records it with the diagnoses.
    """
    if side is Side.procedures:
        return SubClass.site_laterality if code.startswith("Z") else SubClass.none
    if "V01" <= code[:3] <= "Y98":
        return SubClass.external_cause
    if code[0] == "M" and len(code.replace("/", "")) >= 6 and code[1:5].isdigit():
        return SubClass.morphology
    return SubClass.none


def related(side: Side, one: str, other: str) -> bool:
    """Say whether one code was plausibly used in place of the other: neighbours of one sub-class.

    Categories that share their letter and first digit lie in one small stretch of a chapter (E10 and E11, I20 and I25,
    W37 and W38). External causes answer one question, how it came about, so any of them stands in place of another.
    It only decides what is proposed: one substitution, or an omission beside a code not required.
    """
    kind = sub_class(side, one)
    return kind is sub_class(side, other) and (kind is SubClass.external_cause or one[:2] == other[:2])


def _tail_error(trust: str, auditor: str) -> ErrorType:
    """Name the first character at which two codes of one category differ."""
    return ErrorType.wrong_char_5 if trust[:4] == auditor[:4] and len(trust) >= 4 else ErrorType.wrong_char_4


def align(
    trust: Sequence[Line], auditor: Sequence[Line], side: Side, *, usage: Mapping[str, str] | None = None
) -> list[Position]:
    """Align the two lists of one side of an episode; ``usage`` says which codes are daggers and which asterisks.

    Positions come in the auditor's order, then what only the trust had, in the trust's order.
    """
    primary, secondary = (
        (CodeClass.primary_diagnosis, CodeClass.secondary_diagnosis)
        if side is Side.diagnoses
        else (CodeClass.primary_procedure, CodeClass.secondary_procedure)
    )
    theirs: dict[int, int] = {}
    errors: dict[int, ErrorType] = {}
    free = list(range(len(trust)))

    def take(at: int, of_trust: int, error: ErrorType | None = None) -> None:
        theirs[at] = of_trust
        free.remove(of_trust)
        if error is not None:
            errors[at] = error

    if trust and auditor:
        of_trust, error = _primary(trust, auditor, side)
        take(0, of_trust, error)
    rest = [at for at in range(len(auditor)) if at not in theirs]
    for at in list(rest):
        same = [t for t in free if trust[t].code == auditor[at].code]
        if same:
            # Of several, the one of the same day; a bilateral operation has two.
            take(at, next((t for t in same if trust[t].on == auditor[at].on), same[0]))
            rest.remove(at)
    # The trust's first code in the auditor's secondary ones, when it had to stand for the primary.
    first_was_theirs = 0 in theirs and theirs[0] == 0 and errors.get(0) is not None
    shadows = [at for at in rest if first_was_theirs and auditor[at].code == trust[0].code][:1]
    rest = [at for at in rest if at not in shadows]
    for at, of_trust, tail in _tails(trust, auditor, rest, free):
        take(at, of_trust, tail)
    rest = [at for at in rest if at not in theirs]
    for at in rest:
        near = next((t for t in free if related(side, trust[t].code, auditor[at].code)), None)
        if near is not None:
            take(at, near, ErrorType.wrong_char_3)

    positions = []
    pairs = _unpaired(trust, auditor, theirs, errors, usage or {})
    order = _in_order([theirs[at] for at in sorted(theirs)])
    for at, line in enumerate(auditor):
        t = theirs.get(at)
        error = errors.get(at)
        if t is None:
            error = ErrorType.sequence if at in shadows else ErrorType.omitted
        elif error is None and at in pairs:
            error = ErrorType.pair_format
        elif error is None and side is Side.procedures and trust[t].on != line.on and line.on is not None:
            error = ErrorType.date
        positions.append(
            Position(
                side, primary if at == 0 else secondary, sub_class(side, line.code), t, at, error,
                moved=t is not None and error is None and t not in order, counted_elsewhere=at in shadows,
            )
        )  # fmt: skip
    for t in free:
        klass = primary if t == 0 and not auditor else secondary
        positions.append(Position(side, klass, sub_class(side, trust[t].code), t, None, ErrorType.not_required))
    return positions


def _primary(trust: Sequence[Line], auditor: Sequence[Line], side: Side) -> tuple[int, ErrorType | None]:
    """Find what the trust has for the auditor's primary code, and how it is wrong."""
    code = auditor[0].code
    if trust[0].code == code:
        return 0, None
    elsewhere = next((t for t in range(1, len(trust)) if trust[t].code == code), None)
    if elsewhere is not None:
        return elsewhere, ErrorType.sequence
    if trust[0].code[:3] == code[:3]:
        return 0, _tail_error(trust[0].code, code)
    wanted = {line.code for line in auditor[1:]}
    alike = next(
        (t for t in range(1, len(trust)) if trust[t].code[:3] == code[:3] and trust[t].code not in wanted), None
    )
    if alike is not None:
        return alike, ErrorType.sequence
    return 0, ErrorType.wrong_char_3


def _tails(
    trust: Sequence[Line], auditor: Sequence[Line], rest: Sequence[int], free: Sequence[int]
) -> list[tuple[int, int, ErrorType]]:
    """Pair what is left by category, those that agree longest first, otherwise in order."""
    candidates = sorted(
        (
            (0 if _tail_error(trust[t].code, auditor[at].code) is ErrorType.wrong_char_5 else 1, at, t)
            for at in rest
            for t in free
            if trust[t].code[:3] == auditor[at].code[:3]
        ),
    )
    used_at, used_t, out = set[int](), set[int](), []
    for _, at, t in candidates:
        if at not in used_at and t not in used_t:
            used_at.add(at)
            used_t.add(t)
            out.append((at, t, _tail_error(trust[t].code, auditor[at].code)))
    return out


def _unpaired(
    trust: Sequence[Line],
    auditor: Sequence[Line],
    theirs: Mapping[int, int],
    errors: Mapping[int, ErrorType],
    usage: Mapping[str, str],
) -> set[int]:
    """Return the auditor's asterisk codes that follow their dagger, where the trust has both codes but not so."""
    found = set()
    for at in range(1, len(auditor)):
        if (usage.get(auditor[at - 1].code), usage.get(auditor[at].code)) != (DAGGER, ASTERISK):
            continue
        dagger, asterisk = theirs.get(at - 1), theirs.get(at)
        if dagger is None or asterisk is None or at in errors or at - 1 in errors:
            continue
        if asterisk != dagger + 1:
            found.add(at)
    return found


def _in_order(places: Sequence[int]) -> set[int]:
    """Return the members of a longest run of places that keep their order; the others were moved."""
    best: list[list[int]] = []
    for place in places:
        runs = [run for run in best if run[-1] < place]
        best.append([*(max(runs, key=len) if runs else ()), place])
    longest: list[int] = max(best, key=len, default=[])
    return set(longest)
