"""What differs between the trust's codes of an episode and the auditor's, and which error each difference looks like.

Pure: two lists in, aligned positions out. Every code of either list stands in exactly one position, and a position
gives at most one error. What comes out are *proposals*: the auditor accepts, changes or rejects each.

The classes are the four of the NHS audit method (primary and secondary diagnosis, primary and secondary procedure), the
types a neutral taxonomy of our own, not the official error keys, which only approved auditors may see; a Trust's
approved auditor maps them on the methodology profile.

Order of matching, within the diagnoses and within the procedures:

1. the auditor's primary code: the trust's primary if it is the same code; else the same code elsewhere in the trust's
   list (a sequence error; of a dagger and asterisk pair turned round, an error of the pair); else the trust's primary,
   if it is of the same category; else a code of the same category elsewhere (a sequence error, for the greater fault is
   the place); else the trust's primary, as a substitution;
2. the same code in any place (order among secondary codes is no error);
3. the same three-character category, another tail: wrong at the fourth or fifth character;
4. a related code in place of the right one (``related``): one substitution, wrong at the third character;
5. what is left of the auditor's codes was omitted, what is left of the trust's was not required.

A site or laterality code belongs to the operation before it. So sites are matched after the operations, and with those
of the same operation first: a right and a left changed about between two operations are two errors, although both
codes stand in both lists.

A secondary code of the auditor's that the trust had put first was not omitted: the fault is the primary's, where it
is counted once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from codewell.codesets.rules import is_site


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


LATERALITY: Final = "Z94"
# Stretches wider than one digit in which a code is given for its neighbour: anaemias, the large bowel, varices.
_ALIKE: Final = (("D5", "D60", "D61", "D62", "D63", "D64"), ("C18", "C19", "C20", "C21"), ("I85", "I982", "I983"))
# Of the chapter on circumstances, Z80 to Z99 each say something of their own, but for these two: histories of the
# family, and of the patient.
_HISTORIES: Final = (("Z80", "Z81", "Z82", "Z83", "Z84"), ("Z85", "Z86", "Z87"))


def sub_class(side: Side, code: str) -> SubClass:
    """Return the finer kind of a code: V01 to Y98 are external causes, OPCS-4 Chapter Z sites and laterality.

    Morphology is the ICD-O form (M, four digits, a behaviour digit), where a Trust records it with the diagnoses.
    """
    if side is Side.procedures:
        return SubClass.site_laterality if is_site(code) else SubClass.none
    if "V01" <= code[:3] <= "Y98":
        return SubClass.external_cause
    if code[0] == "M" and len(code.replace("/", "")) >= 6 and code[1:5].isdigit():
        return SubClass.morphology
    return SubClass.none


def related(side: Side, one: str, other: str) -> bool:
    """Say whether one code was plausibly used in place of the other: neighbours of one sub-class.

    Categories that share their letter and first digit lie in one small stretch of a chapter (E10 and E11, I20 and I25,
    W37 and W38). External causes answer one question, how it came about, so any of them stands in place of another.
    From Z80 on a diagnosis says what a patient had, lacks or carries: an allergy stands for no history of a disease.
    It only decides what is proposed: one substitution, or an omission beside a code not required.
    """
    kind = sub_class(side, one)
    if kind is not sub_class(side, other):
        return False
    if side is Side.procedures:
        return one[:2] == other[:2] and (one[:3] == LATERALITY) == (other[:3] == LATERALITY)
    if kind is SubClass.external_cause or any(one.startswith(s) and other.startswith(s) for s in _ALIKE):
        return True
    if min(one, other) >= "Z80":
        return any(one.startswith(s) and other.startswith(s) for s in _HISTORIES)
    return one[:2] == other[:2]


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
    match = _Match(trust, auditor, side)
    if trust and auditor:
        match.take(0, *_primary(trust, auditor, side, usage or {}))
    match.secondary()
    theirs, errors, shadows = match.theirs, match.errors, match.shadows

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
    for t in match.free:
        klass = primary if t == 0 and not auditor else secondary
        positions.append(Position(side, klass, sub_class(side, trust[t].code), t, None, ErrorType.not_required))
    return positions


class _Match:
    """Two lists on their way to being aligned: what the trust has for each of the auditor's codes, and what is free."""

    def __init__(self, trust: Sequence[Line], auditor: Sequence[Line], side: Side) -> None:
        self.trust, self.auditor, self.side = trust, auditor, side
        self.theirs: dict[int, int] = {}
        self.errors: dict[int, ErrorType] = {}
        self.shadows: set[int] = set()
        self.free = list(range(len(trust)))
        self.sites = {at for at, line in enumerate(auditor) if self._is_site(line)}
        self.owner, self.their_owner = self._owners(auditor), self._owners(trust)

    def _is_site(self, line: Line) -> bool:
        return sub_class(self.side, line.code) is SubClass.site_laterality

    def _owners(self, lines: Sequence[Line]) -> list[int | None]:
        """Return the operation that each code belongs to: the last before it that is neither site nor method."""
        out: list[int | None] = []
        last = None
        for at, line in enumerate(lines):
            out.append(last)
            if not self._is_site(line) and not line.code.startswith("Y"):
                last = at
        return out

    def take(self, at: int, of_trust: int, error: ErrorType | None = None) -> None:
        """Let a code of the trust's answer one of the auditor's."""
        self.theirs[at] = of_trust
        self.free.remove(of_trust)
        if error is not None:
            self.errors[at] = error

    def secondary(self) -> None:
        """Match all that is left after the primary: first what is no site, then the sites by their operations."""
        rest = [at for at in range(len(self.auditor)) if at not in self.theirs]
        others, sites = [at for at in rest if at not in self.sites], [at for at in rest if at in self.sites]
        self._same(others)
        self._shadow(others)
        self._tails(others)
        self._related(others)
        self._same(sites, self._of_one_operation)
        self._tails(sites, self._of_one_operation)
        self._same(sites)
        self._shadow(sites)
        self._tails(sites)
        self._instead(sites)
        self._related(sites)

    def _open(self, group: Sequence[int]) -> list[int]:
        return [at for at in group if at not in self.theirs and at not in self.shadows]

    def _same(self, group: Sequence[int], among: Callable[[int, int], bool] = lambda _at, _t: True) -> None:
        """The same code: of several, the one of the same day; a bilateral operation has two."""
        for same_day in (True, False):
            for at in self._open(group):
                line = self.auditor[at]
                same = [t for t in self.free if self.trust[t].code == line.code and among(at, t)]
                if same_day:
                    same = [t for t in same if self.trust[t].on == line.on]
                if same:
                    self.take(at, same[0])

    def _shadow(self, group: Sequence[int]) -> None:
        """The trust's first code in the auditor's secondary ones, when it had to stand for the primary."""
        if self.theirs.get(0) == 0 and 0 in self.errors and not self.shadows:
            self.shadows.update([at for at in self._open(group) if self.auditor[at].code == self.trust[0].code][:1])

    def _tails(self, group: Sequence[int], among: Callable[[int, int], bool] = lambda _at, _t: True) -> None:
        """What is left by category, those that agree longest first, otherwise in order."""
        candidates = sorted(
            (0 if _tail_error(self.trust[t].code, self.auditor[at].code) is ErrorType.wrong_char_5 else 1, at, t)
            for at in self._open(group)
            for t in self.free
            if self.trust[t].code[:3] == self.auditor[at].code[:3] and among(at, t)
        )
        for _, at, t in candidates:
            if at not in self.theirs and t in self.free:
                self.take(at, t, _tail_error(self.trust[t].code, self.auditor[at].code))

    def _related(self, group: Sequence[int]) -> None:
        """One code in place of another that is near it."""
        for at in self._open(group):
            near = next((t for t in self.free if related(self.side, self.trust[t].code, self.auditor[at].code)), None)
            if near is not None:
                self.take(at, near, ErrorType.wrong_char_3)

    def _instead(self, sites: Sequence[int]) -> None:
        """One site in place of another of the same operation, wherever in the body: both say where it was done."""
        for at in self._open(sites):
            is_side = self.auditor[at].code.startswith(LATERALITY)
            near = next(
                (
                    t
                    for t in self.free
                    if self._is_site(self.trust[t])
                    and self.trust[t].code.startswith(LATERALITY) == is_side
                    and self._of_one_operation(at, t)
                ),
                None,
            )
            if near is not None:
                self.take(at, near, ErrorType.wrong_char_3)

    def _of_one_operation(self, at: int, of_trust: int) -> bool:
        """Say whether two sites follow the same operation: the same code, or one that stands for the other."""
        ours, theirs = self.owner[at], self.their_owner[of_trust]
        if ours is None or theirs is None:
            return False
        return self.auditor[ours].code == self.trust[theirs].code or self.theirs.get(ours) == theirs


def _primary(
    trust: Sequence[Line], auditor: Sequence[Line], side: Side, usage: Mapping[str, str]
) -> tuple[int, ErrorType | None]:
    """Find what the trust has for the auditor's primary code, and how it is wrong."""
    code = auditor[0].code
    if trust[0].code == code:
        return 0, None
    elsewhere = next((t for t in range(1, len(trust)) if trust[t].code == code), None)
    if elsewhere is not None:
        turned = (
            len(auditor) > 1
            and trust[0].code == auditor[1].code
            and (usage.get(code), usage.get(auditor[1].code)) == (DAGGER, ASTERISK)
        )
        return elsewhere, ErrorType.pair_format if turned else ErrorType.sequence
    if trust[0].code[:3] == code[:3]:
        return 0, _tail_error(trust[0].code, code)
    wanted = {line.code for line in auditor[1:]}
    alike = next(
        (t for t in range(1, len(trust)) if trust[t].code[:3] == code[:3] and trust[t].code not in wanted), None
    )
    if alike is not None:
        return alike, ErrorType.sequence
    return 0, ErrorType.wrong_char_3


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
