"""Conditions on the episode's facts, written as data; an unknown fact satisfies nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codewell.standards.rules.case import FACT_NAMES, Facts

_KINDS = frozenset({"in", "not_in", "min", "max", "is"})


@dataclass(frozen=True)
class FactTest:
    """All of its terms must hold. ``judge`` tells false (False) from not known (None)."""

    terms: tuple[tuple[str, str, Any], ...]  # Any: a list of codes, a number or a truth value, by kind of term

    @classmethod
    def read(cls, data: object) -> FactTest:
        """Read ``{"age": {"min": 65}, "sex": {"in": ["2"]}}``; ValueError for anything it does not know."""
        if not isinstance(data, Mapping) or not data:
            raise ValueError("a condition on facts is a non-empty object")
        terms: list[tuple[str, str, Any]] = []
        for name, spec in data.items():
            if name not in FACT_NAMES:
                raise ValueError(f"there is no fact called {name!r}")
            if not isinstance(spec, Mapping) or not spec or not _KINDS.issuperset(spec):
                raise ValueError(f"{name}: expected some of {', '.join(sorted(_KINDS))}")
            for kind, value in spec.items():
                if kind in {"in", "not_in"}:
                    terms.append((name, kind, frozenset(value)))
                elif kind == "is":
                    if not isinstance(value, bool):
                        raise ValueError(f"{name}: 'is' takes true or false")
                    terms.append((name, kind, value))
                else:
                    if isinstance(value, bool) or not isinstance(value, int):
                        raise ValueError(f"{name}: {kind!r} takes a whole number")
                    terms.append((name, kind, value))
        return cls(tuple(terms))

    def judge(self, facts: Facts) -> bool | None:
        """Return True, False, or None when a fact it needs is not known and no other term is false."""
        verdict: bool | None = True
        for name, kind, wanted in self.terms:
            value = getattr(facts, name)
            if value is None:
                verdict = None
            elif not _holds(kind, value, wanted):
                return False
        return verdict

    def holds(self, facts: Facts) -> bool:
        """Say whether every term is known to hold."""
        return self.judge(facts) is True


def _holds(kind: str, value: Any, wanted: Any) -> bool:  # Any: see FactTest.terms
    if kind == "in":
        return value in wanted
    if kind == "not_in":
        return value not in wanted
    if kind == "min":
        return bool(value >= wanted)
    if kind == "max":
        return bool(value <= wanted)
    return value is wanted
