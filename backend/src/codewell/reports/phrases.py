"""Phrases of which the drafts of a report are made: counts, intervals, what stands out. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from codewell.audits.alignment import CodeClass, ErrorType
from codewell.audits.figures import Verdict
from codewell.reports.content import day
from codewell.reports.facts import ClassFacts, Facts, Figure, Held

NOUNS: Final[dict[CodeClass, tuple[str, str]]] = {
    CodeClass.primary_diagnosis: ("primary diagnosis", "primary diagnoses"),
    CodeClass.secondary_diagnosis: ("secondary diagnosis", "secondary diagnoses"),
    CodeClass.primary_procedure: ("primary procedure", "primary procedures"),
    CodeClass.secondary_procedure: ("secondary procedure", "secondary procedures"),
}


DID: Final[dict[ErrorType, tuple[str, str]]] = {
    ErrorType.wrong_char_3: ("code of the wrong category", "codes of the wrong category"),
    ErrorType.wrong_char_4: ("wrong fourth character", "wrong fourth characters"),
    ErrorType.wrong_char_5: ("wrong fifth character", "wrong fifth characters"),
    ErrorType.omitted: ("omission", "omissions"),
    ErrorType.not_required: ("code that was not required", "codes that were not required"),
    ErrorType.sequence: ("code in the wrong sequence", "codes in the wrong sequence"),
    ErrorType.pair_format: ("dagger and asterisk pair that was not together", "dagger and asterisk pairs not together"),
    ErrorType.date: ("wrong procedure date", "wrong procedure dates"),
    ErrorType.other: ("other error", "other errors"),
}


def count(n: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: 1 error, 1,204 errors."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def listed(words: Iterable[str]) -> str:
    """Return words as a sentence lists them: a, b and c."""
    items = list(words)
    return " and ".join(items) if len(items) < 3 else f"{', '.join(items[:-1])} and {items[-1]}"


def first(words: str) -> str:
    """Return words with a capital letter to begin with."""
    return words[:1].upper() + words[1:]


def interval(figure: Figure, facts: Facts) -> str:
    """Return an interval in words."""
    return "" if figure.interval is None else f"{facts.confidence} interval {figure.interval}"


def stand(held: Held) -> str:
    """Return where a class stands against one level, by the point and by the interval."""
    needed = f"the {held.needed_percent} needed for {held.level}"
    match held.met, held.verdict:
        case True, Verdict.above:
            return f"it reaches {needed}"
        case True, _:
            return f"it reaches {needed}, though not beyond doubt"
        case False, Verdict.below:
            return f"it is below {needed}"
        case False, _:
            return f"it is below {needed}, though not beyond doubt"
        case _:
            return f"it cannot be held against {needed}"


def told_of(c: ClassFacts, facts: Facts) -> str:
    """Return a class's share, its interval and where it stands."""
    if c.correct.share is None:
        return f"{c.name}: not applicable, because no such codes were due in the episodes audited."
    told = "; ".join(stand(h) for h in c.held)
    small = " The numbers are too small to go by." if c.small else ""
    head = f"{c.name}: {c.correct.said} correct of {c.counts.auditor_n:,} ({interval(c.correct, facts)})"
    return f"{head}{f'; {told}' if told else ''}.{small}"


def _commonest(facts: Facts, most: int = 3) -> str:
    rows = facts.by_type()[:most]
    return listed(count(n, *DID[kind]) for kind, n, _, _ in rows)


def split_words(coder: int, non_coder: int, rest: int, facts: Facts) -> str:
    """Return to whom errors belong."""
    said = (
        f"{count(coder, 'error was', 'errors were')} made in coding, and {non_coder:,} "
        f"{'was' if non_coder == 1 else 'were'} due to the record or other causes outside the coders' control"
    )
    if non_coder and not facts.audit.methodology.non_coder_counts:
        said += ", which by this audit's methodology are not counted"
    return said + (f"; {rest:,} {'is' if rest == 1 else 'are'} not yet attributed." if rest else ".")


def what_is_good(facts: Facts) -> str | None:
    """Return what is good, where it can be said."""
    sure = [c for c in facts.classes if c.held and c.held[-1].verdict is Verdict.above and not c.small]
    firm = [c for c in facts.classes if c not in sure and c.held and c.held[0].verdict is Verdict.above and not c.small]
    said = []
    if sure:
        names = listed(NOUNS[c.klass][0] for c in sure)
        said.append(f"Coding of the {names} is beyond doubt above the threshold of {sure[0].held[-1].level}.")
    if firm:
        names = listed(NOUNS[c.klass][0] for c in firm)
        said.append(f"Coding of the {names} is beyond doubt above the threshold of {firm[0].held[0].level}.")
    return " ".join(said) or None


def what_is_weak(facts: Facts) -> str | None:
    """Return what falls short of the lowest level, and how sure that is."""
    short = [c for c in facts.classes if c.held and c.held[0].met is False]
    if not short:
        return None
    parts = []
    for c in short:
        sure = "beyond doubt" if c.held[0].verdict is Verdict.below else "though not beyond doubt"
        parts.append(f"the {NOUNS[c.klass][0]} ({c.correct.said} where {c.held[0].needed_percent} is needed, {sure})")
    return f"Below the threshold of {short[0].held[0].level} {'is' if len(short) == 1 else 'are'} {listed(parts)}."


def period_words(facts: Facts) -> str:
    """Return between which days the audited episodes ended."""
    a = facts.audit
    return f"between {day(a.period_from)} and {day(a.period_to)}"


def most_were(facts: Facts, most: int) -> str:
    """Return of what kind most errors were."""
    kinds = facts.by_type()
    if len(kinds) == 1:
        return f"All of them were of one kind: {_commonest(facts, 1)}."
    return f"The commonest were {_commonest(facts, most)}."


def within(words: str) -> str:
    """Return words as they stand within a sentence: an abbreviation keeps its capitals."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]
