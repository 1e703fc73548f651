"""A rule is data with an owner: read strictly, compiled once, edited by a Trust field by field."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from codewell.standards.rules.case import RANK, Severity
from codewell.standards.rules.facts import FactTest
from codewell.standards.rules.operators import Operator, bind
from codewell.standards.rules.operators.base import read_codes
from codewell.standards.rules.sheet import Codes

PLACEHOLDERS = frozenset({"code", "title", "line", "other_code", "other_title", "other_line"})
_PLACE = re.compile(r"\{([a-z_]+)\}")
_RULE_ID = re.compile(r"^[A-Z]-\d\d$")
_GATES = frozenset({"check", "where", "given", "unless", "words", "severity"})


class BadRule(ValueError):
    """A rule's data does not make a rule."""


@dataclass(frozen=True)
class Clause:
    """One run of the rule's operator (or of another that it names), and the conditions under which it runs."""

    run: Operator
    where: FactTest | None
    given: Codes | None
    unless: Codes | None
    words: Mapping[str, str]
    at_most: Severity | None


@dataclass(frozen=True)
class Rule:
    """One rule as shipped, or as a Trust has edited it."""

    rule_id: str
    shipped_version: int
    edits: int
    family: str
    severity: Severity
    title: str
    message: str
    mend: str
    national_ref: str | None
    national_ref_verified: bool
    basis: str
    note: str | None
    valid_from: dt.date | None
    valid_to: dt.date | None
    enabled: bool
    structural: bool
    check: str
    params: tuple[Mapping[str, Any], ...]  # Any: JSON, read strictly by ``bind``
    gives_way_to: tuple[str, ...]
    words_used: frozenset[str]
    clauses: tuple[Clause, ...]

    @cached_property
    def version(self) -> str:
        """The version findings carry: the shipped version and the number of the Trust's edit (0 for none)."""
        return f"{self.shipped_version}.{self.edits}"

    @property
    def placeholders(self) -> frozenset[str]:
        """The words that its message and mend may ask for."""
        return PLACEHOLDERS | self.words_used

    @cached_property
    def reference(self) -> str | None:
        """The reference as it may be shown: an unchecked one says so."""
        if self.national_ref is None:
            return None
        return self.national_ref if self.national_ref_verified else f"{self.national_ref} (not verified)"

    def in_force(self, on: dt.date) -> bool:
        """Say whether the rule applies to an episode that ended on a day."""
        return (
            self.enabled
            and (self.valid_from is None or self.valid_from <= on)
            and (self.valid_to is None or on <= self.valid_to)
        )


def placeholders(template: str) -> set[str]:
    """Return the names a template asks for; ValueError for a brace that is no placeholder."""
    if "{" in _PLACE.sub("", template) or "}" in _PLACE.sub("", template):
        raise ValueError("a brace that is not a placeholder")
    return set(_PLACE.findall(template))


def fill(template: str, words: Mapping[str, str]) -> str:
    """Fill a template's placeholders; a word that is not known leaves nothing behind."""
    text = _PLACE.sub(lambda m: words.get(m[1], ""), template)
    return re.sub(r"\s+([,.:;])", r"\1", re.sub(r"[ \t]{2,}", " ", text)).strip()


_FIELDS = frozenset(
    {
        "id", "version", "family", "severity", "title", "message", "mend", "national_ref", "national_ref_verified",
        "basis", "note", "valid_from", "valid_to", "enabled", "structural", "check", "params", "gives_way_to", "words",
        "examples",
    }
)  # fmt: skip


def _day(value: object) -> dt.date | None:
    return None if value is None else dt.date.fromisoformat(str(value))


def _clause(check: str, params: Mapping[str, Any]) -> Clause:  # Any: JSON
    own = {k: v for k, v in params.items() if k not in _GATES}
    return Clause(
        run=bind(params.get("check", check), own),
        where=FactTest.read(params["where"]) if "where" in params else None,
        given=read_codes(params["given"]) if "given" in params else None,
        unless=read_codes(params["unless"]) if "unless" in params else None,
        words=dict(params.get("words", {})),
        at_most=Severity(params["severity"]) if "severity" in params else None,
    )


def read_rule(data: Mapping[str, Any]) -> Rule:  # Any: JSON
    """Return the rule that the data describes; BadRule names what is wrong with it."""
    rule_id = str(data.get("id", "?"))
    try:
        unknown = set(data) - _FIELDS
        if unknown:
            raise ValueError(f"unknown members {sorted(unknown)}")
        if not _RULE_ID.match(rule_id):
            raise ValueError("an id is a letter, a dash and two digits")
        params = data["params"] if isinstance(data["params"], list) else [data["params"]]
        clauses = tuple(_clause(data["check"], p) for p in params)
        words = frozenset(data.get("words", ()))
        for text in (data["message"], data["mend"]):
            strange = placeholders(text) - PLACEHOLDERS - words
            if strange:
                raise ValueError(f"unknown placeholders {sorted(strange)}")
        return Rule(
            rule_id=rule_id,
            shipped_version=int(data["version"]),
            edits=0,
            family=data["family"],
            severity=Severity(data["severity"]),
            title=data["title"],
            message=data["message"],
            mend=data["mend"],
            national_ref=data.get("national_ref"),
            national_ref_verified=bool(data.get("national_ref_verified", False)),
            basis=data["basis"],
            note=data.get("note"),
            valid_from=_day(data.get("valid_from")),
            valid_to=_day(data.get("valid_to")),
            enabled=bool(data.get("enabled", True)),
            structural=bool(data.get("structural", False)),
            check=data["check"],
            params=tuple(params),
            gives_way_to=tuple(data.get("gives_way_to", ())),
            words_used=words,
            clauses=clauses,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadRule(f"{rule_id}: {error}") from None


def read_rules(data: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:  # Any: JSON
    """Return the rules in the order given; BadRule for a doubled id or a rule that gives way to an unknown one."""
    rules = tuple(read_rule(d) for d in data)
    ids = [r.rule_id for r in rules]
    if len(set(ids)) != len(ids):
        raise BadRule("an id is used twice")
    for rule in rules:
        for other in rule.gives_way_to:
            if other not in ids or other == rule.rule_id:
                raise BadRule(f"{rule.rule_id}: gives way to {other}, which is not there")
    return rules


@dataclass(frozen=True)
class Edit:
    """What a Trust changed; None keeps what was shipped. ``number`` counts its edits of the rule from 1."""

    rule_id: str
    number: int
    base_version: int
    enabled: bool | None = None
    severity: Severity | None = None
    message: str | None = None
    mend: str | None = None
    national_ref: str | None = None


def apply(rule: Rule, edit: Edit) -> Rule:
    """Return the rule as a Trust has edited it; a structural one keeps its severity and stays on, come what may."""
    hold = rule.structural
    return replace(
        rule,
        edits=edit.number,
        enabled=rule.enabled if edit.enabled is None or hold else edit.enabled,
        severity=rule.severity if edit.severity is None or hold else edit.severity,
        message=rule.message if edit.message is None else edit.message,
        mend=rule.mend if edit.mend is None else edit.mend,
        national_ref=rule.national_ref if edit.national_ref is None else edit.national_ref or None,
        national_ref_verified=rule.national_ref_verified and edit.national_ref in {None, rule.national_ref},
    )


def softer(a: Severity, b: Severity | None) -> Severity:
    """Return the milder of two severities."""
    return a if b is None or RANK[a] >= RANK[b] else b
