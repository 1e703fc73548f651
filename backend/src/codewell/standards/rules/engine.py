"""Run the rules over one case. Pure: the same case, rules and editions give the same findings in the same order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from codewell.standards.rules.case import RANK, Books, Case, Finding
from codewell.standards.rules.operators import Hit
from codewell.standards.rules.rule import Rule, fill, softer
from codewell.standards.rules.sheet import Line, Sheet, dotted, prepare

MAX_FINDINGS_PER_RULE = 20
"""A pasted list of rubbish is told so twenty times per rule, not five hundred."""


def check_case(case: Case, rules: Iterable[Rule], books: Books, on: dt.date) -> list[Finding]:
    """Return what the rules in force on ``on`` find in the case: errors first, then warnings, then information."""
    sheet = prepare(case, books)
    hits: dict[str, list[tuple[Rule, Hit]]] = {}
    for rule in rules:
        if rule.in_force(on):
            found = list(_hits(rule, sheet))
            if found:
                hits[rule.rule_id] = [(rule, hit) for hit in found]
    kept = [
        _finding(rule, hit)
        for found in hits.values()
        for rule, hit in found[:MAX_FINDINGS_PER_RULE]
        if not any(_covers(other, hit) for other in _stronger(rule, hit, hits))
    ]
    unique = {f.identity: f for f in reversed(kept)}
    return sorted(unique.values(), key=lambda f: (RANK[f.severity], f.rule_id, f.lines))


def _hits(rule: Rule, sheet: Sheet) -> Iterator[Hit]:
    for clause in rule.clauses:
        if clause.where is not None and not clause.where.holds(sheet.facts):
            continue
        if clause.given is not None and not sheet.any(clause.given):
            continue
        if clause.unless is not None and sheet.any(clause.unless):
            continue
        for hit in clause.run(sheet):
            if clause.words or clause.at_most is not None:
                yield Hit(hit.lines, {**clause.words, **hit.words}, hit.at_most or clause.at_most)
            else:
                yield hit


def _stronger(rule: Rule, hit: Hit, hits: dict[str, list[tuple[Rule, Hit]]]) -> Iterator[Hit]:
    """Hits of the rules it gives way to, as far as they weigh at least as much: an error never hides in a remark."""
    weight = RANK[softer(rule.severity, hit.at_most)]
    for rule_id in rule.gives_way_to:
        for other, stronger in hits.get(rule_id, ()):
            if RANK[softer(other.severity, stronger.at_most)] <= weight:
                yield stronger


def _covers(stronger: Hit, hit: Hit) -> bool:
    """A finding is covered when a rule it gives way to has spoken of the same line, or of the case as a whole."""
    return not stronger.lines or not hit.lines or hit.lines[0] in stronger.lines


def _words(hit: Hit) -> dict[str, str]:
    words = dict(hit.words)
    for prefix, line in zip(("", "other_"), hit.lines, strict=False):
        words |= _of(line, prefix)
    return words


def _shown(typed: str) -> str:
    """What was typed instead of a code, short and without anything that could rearrange the text around it."""
    kept = "".join(c for c in typed if c.isprintable())
    return kept if len(kept) <= 12 else kept[:11] + "…"


def _of(line: Line, prefix: str) -> dict[str, str]:
    return {
        f"{prefix}code": dotted(line.code) if line.well_formed else _shown(line.code),
        f"{prefix}title": line.title,
        f"{prefix}line": str(line.index + 1),
    }


def _finding(rule: Rule, hit: Hit) -> Finding:
    words = _words(hit)
    return Finding(
        rule_id=rule.rule_id,
        version=rule.version,
        severity=softer(rule.severity, hit.at_most),
        title=rule.title,
        message=fill(rule.message, words),
        mend=fill(rule.mend, words),
        lines=tuple(line.ref for line in hit.lines),
        reference=rule.reference,
    )
