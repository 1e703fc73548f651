"""The worksheet of one audited episode: two lists become positions, and what each position must say. Pure.

No database, no HTTP: the verbs load and store what is decided here, and property tests run over it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from codewell.audits.alignment import CodeClass, ErrorType, Line, Position, Side, SubClass, align
from codewell.audits.limits import is_no_citation
from codewell.audits.profiles import Citation, Methodology
from codewell.audits.rules import Decision, NonCoderReason
from codewell.audits.tally import Attribution, Finding


@dataclass(frozen=True, slots=True)
class Listed:
    """The codes of one side of an audit, in order."""

    diagnoses: tuple[Line, ...]
    procedures: tuple[Line, ...]

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Listed:
        """Return the codes that an item keeps: ``diagnoses``, ``procedures``, ``procedure_dates``."""
        days = [None if d is None else dt.date.fromisoformat(d) for d in stored["procedure_dates"]]
        return cls(
            tuple(Line(c) for c in stored["diagnoses"]),
            tuple(Line(c, on) for c, on in zip(stored["procedures"], days, strict=True)),
        )

    def stored(self) -> dict[str, Any]:
        """Return the codes as an item keeps them."""
        return {
            "diagnoses": [line.code for line in self.diagnoses],
            "procedures": [line.code for line in self.procedures],
            "procedure_dates": [None if line.on is None else line.on.isoformat() for line in self.procedures],
        }

    def side(self, side: Side) -> tuple[Line, ...]:
        """Return one of the two lists."""
        return self.diagnoses if side is Side.diagnoses else self.procedures


class Mark(StrEnum):
    """What the auditor's list does to the coder's at a position, as people say it."""

    agreed = "agreed"
    added = "added"
    removed = "removed"
    changed = "changed"
    moved = "moved"
    date = "date"


@dataclass(frozen=True, slots=True)
class Decided:
    """One position with what was made of it. ``no`` names it for good; ``reply`` is kept for whoever talks of it."""

    no: int
    side: Side
    code_class: CodeClass
    sub_class: SubClass
    trust_at: int | None
    trust: Line | None
    auditor_at: int | None
    auditor: Line | None
    moved: bool
    counted_elsewhere: bool
    proposed: ErrorType | None
    final: ErrorType | None
    decision: Decision
    attribution: Attribution = Attribution.undetermined
    non_coder_reason: NonCoderReason | None = None
    evidence_available: bool | None = None
    standards: tuple[str, ...] = ()

    @property
    def mark(self) -> Mark:
        """Say what became of the coder's code here, in one word."""
        if self.trust is None or self.auditor is None:
            # The code is in both lists: the coder had it first.
            if self.counted_elsewhere:
                return Mark.moved
            return Mark.added if self.trust is None else Mark.removed
        if self.trust.code != self.auditor.code:
            return Mark.changed
        if self.moved or self.proposed in {ErrorType.sequence, ErrorType.pair_format}:
            return Mark.moved
        return Mark.date if self.proposed is ErrorType.date else Mark.agreed

    @property
    def finding(self) -> Finding:
        """Return what the tallies count."""
        return Finding(
            self.code_class, self.trust is not None, self.auditor is not None, self.final, self.attribution,
            self.counted_elsewhere,
        )  # fmt: skip


def untouched(proposed: ErrorType | None, *, counted_elsewhere: bool) -> tuple[Decision, ErrorType | None]:
    """Return the decision and the final type of a position on which nobody has decided yet.

    Where the lists agree there is nothing to decide; an error that counts at another position is decided there.
    """
    if counted_elsewhere:
        return Decision.agreed, proposed
    return (Decision.agreed if proposed is None else Decision.open), None


def _fresh(no: int, position: Position, coder: Listed, auditor: Listed) -> Decided:
    theirs, own = coder.side(position.side), auditor.side(position.side)
    decision, final = untouched(position.error_type, counted_elsewhere=position.counted_elsewhere)
    return Decided(
        no, position.side, position.code_class, position.sub_class,
        position.trust_at, None if position.trust_at is None else theirs[position.trust_at],
        position.auditor_at, None if position.auditor_at is None else own[position.auditor_at],
        position.moved, position.counted_elsewhere, position.error_type, final, decision,
    )  # fmt: skip


def propose(coder: Listed, auditor: Listed, *, usage: Mapping[str, str] | None = None) -> list[Decided]:
    """Return every position of the two lists with the error that its difference looks like, none decided."""
    positions = [
        p
        for side in Side
        for p in align(coder.side(side), auditor.side(side), side, usage=usage if side is Side.diagnoses else None)
    ]
    return [_fresh(no, p, coder, auditor) for no, p in enumerate(positions, 1)]


def _same(a: Decided, b: Decided) -> bool:
    """Say whether two positions are about the same codes and the same error; places among equals may differ."""
    return (a.side, a.code_class, a.trust_at, a.trust, a.auditor, a.proposed, a.counted_elsewhere) == (
        b.side, b.code_class, b.trust_at, b.trust, b.auditor, b.proposed, b.counted_elsewhere,
    )  # fmt: skip


def realign(
    before: Sequence[Decided], coder: Listed, auditor: Listed, *, usage: Mapping[str, str] | None = None, after: int = 0
) -> list[Decided]:
    """Return the positions against the auditor's revised list.

    A position about the same codes keeps its number and what was decided on it; any other is new, open, and numbered
    after every number that was ever used (``after`` or more), so that what was said about a position stays its own.
    """
    left = list(before)
    number = max([after, *(p.no for p in before)], default=0)
    out = []
    for fresh in propose(coder, auditor, usage=usage):
        kept = next((p for p in left if _same(p, fresh)), None)
        if kept is not None:
            left.remove(kept)
            out.append(replace(kept, auditor_at=fresh.auditor_at, moved=fresh.moved, sub_class=fresh.sub_class))
        else:
            number += 1
            out.append(replace(fresh, no=number))
    return out


ONLY_AUDITOR: Final = (ErrorType.omitted, ErrorType.sequence, ErrorType.other)
ONLY_CODER: Final = (ErrorType.not_required, ErrorType.other)


def fitting(position: Decided) -> list[ErrorType]:
    """Return the types that an error at this position may have, by which of the lists has a code there."""
    if position.trust is None:
        return list(ONLY_AUDITOR)
    if position.auditor is None:
        return list(ONLY_CODER)
    no_such = {ErrorType.omitted, ErrorType.not_required}
    if position.side is Side.diagnoses:
        no_such |= {ErrorType.date}
    else:
        no_such |= {ErrorType.pair_format, ErrorType.wrong_char_5}
    return [t for t in ErrorType if t not in no_such]


def is_query_resolution(cited: str, methodology: Methodology, citations: Collection[Citation]) -> bool:
    """Say whether a citation is a national query resolution, by its kind or by its words."""
    words = cited.strip().casefold()
    return is_no_citation(cited, methodology) or any(
        c.kind == "query_resolution" and words == c.ref.casefold() for c in citations
    )


def only_query_resolutions(standards: Sequence[str], methodology: Methodology, citations: Collection[Citation]) -> bool:
    """Say whether something is cited and nothing of it is a standard."""
    cited = [s for s in standards if s.strip()]
    return bool(cited) and all(is_query_resolution(s, methodology, citations) for s in cited)


MISSING: Final = {
    "decision": "accept, change or reject what is proposed",
    "attribution": "say whether the error is the coder's",
    "non_coder_reason": "say why the error is not the coder's",
    "evidence_available": "say whether the evidence was there when it was coded",
    "standards": "cite the standard that the code breaches",
}
"""What a position may still lack, and how to ask for it."""


def missing(position: Decided, methodology: Methodology, citations: Collection[Citation]) -> list[str]:
    """Return what a position must still say before its worksheet is finished, by the names of its members.

    Only an error that counts must say whose it is; a code that is not required, where it does not count, need not.
    """
    if position.decision is Decision.open:
        return ["decision"]
    counts = methodology.counting.counts(position.final) and not position.counted_elsewhere
    lacks = []
    if counts and position.attribution is Attribution.undetermined:
        lacks.append("attribution")
    if position.final is not None and position.attribution is Attribution.non_coder:
        if position.non_coder_reason is None:
            lacks.append("non_coder_reason")
        if counts and position.evidence_available is None:
            lacks.append("evidence_available")
    cited = [s for s in position.standards if s.strip()]
    coder_error = counts and position.attribution is Attribution.coder
    if only_query_resolutions(cited, methodology, citations) or (
        coder_error and methodology.standard_needed and not cited
    ):
        lacks.append("standards")
    return lacks


def incomplete(
    positions: Iterable[Decided], methodology: Methodology, citations: Collection[Citation]
) -> list[dict[str, str]]:
    """Return what keeps a worksheet from being finished, as the errors of a refusal: one a thing, with its pointer."""
    return [
        {"pointer": f"/positions/{p.no}/{member}", "detail": MISSING[member]}
        for p in positions
        for member in missing(p, methodology, citations)
    ]


def attributed(position: Decided) -> Decided:
    """Return a position with what follows from its attribution: a coder's error had its evidence there.

    Whose the error is follows from nothing; whether the evidence was there is only filled in where the answer is in
    what was said already, and never changed.
    """
    if position.evidence_available is not None:
        return position
    if position.attribution is Attribution.coder:
        return replace(position, evidence_available=True)
    if position.non_coder_reason is NonCoderReason.information_not_available:
        return replace(position, evidence_available=False)
    return position


def decide(
    position: Decided,
    decision: Decision,
    *,
    error_type: ErrorType | None = None,
    attribution: Attribution | None = None,
    non_coder_reason: NonCoderReason | None = None,
    evidence_available: bool | None = None,
    standards: Sequence[str] = (),
) -> Decided:
    """Return a position as decided; the proposal stays beside it. ``open`` takes a decision back.

    What says whose the error is goes with the error: a difference that is let stand belongs to nobody.
    """
    if decision in (Decision.open, Decision.agreed):
        back, final = untouched(position.proposed, counted_elsewhere=position.counted_elsewhere)
        decision = back
    elif decision is Decision.rejected:
        final = None
    else:
        final = position.proposed if decision is Decision.accepted else error_type
        if decision is Decision.changed and final is position.proposed:
            decision = Decision.accepted
    whose = attribution if final is not None and attribution is not None else Attribution.undetermined
    if decision is Decision.open and attribution is not None:
        # What was said already is kept while it is thought over again.
        whose = attribution
    return attributed(
        replace(
            position, decision=decision, final=final, attribution=whose,
            non_coder_reason=non_coder_reason if whose is Attribution.non_coder else None,
            evidence_available=None if whose is Attribution.undetermined else evidence_available,
            standards=tuple(s.strip() for s in standards if s.strip()),
        )
    )  # fmt: skip


_PRIMARY: Final = (CodeClass.primary_diagnosis, CodeClass.primary_procedure)


def follow(positions: Sequence[Decided]) -> list[Decided]:
    """Return the positions with those counted elsewhere as the position that counts them was decided.

    A code that the coder put first and the auditor second is the primary's error. Where the auditor lets the coder's
    primary stand, it stays the primary, and the auditor's second mention of it is withdrawn.
    """
    stands = {p.side for p in positions if p.code_class in _PRIMARY and p.decision is Decision.rejected}
    return [replace(p, final=None if p.side in stands else p.proposed) if p.counted_elsewhere else p for p in positions]
