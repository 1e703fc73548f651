"""One code as it is stored, and what follows from the whole list: parents, leaves, needed characters, use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from codewell.codesets.rules import System, Usage


@dataclass(slots=True)
class CodeRow:
    """A row of the ``code`` table, before it has a system and an edition."""

    code: str
    title: str
    parent: str | None = None
    level: int = 0
    leaf: bool = True
    valid_at_3: bool = False
    fifth: bool = False
    usage: str = Usage.default
    sex: int | None = None
    age_min: int | None = None
    age_max: int | None = None
    usage_count: int = 0
    flags: dict[str, Any] = field(default_factory=dict)  # Any: what a file says that we keep but do not read


def parent_of(code: str, known: Mapping[str, object]) -> str | None:
    """Return the nearest shorter code of the list that this one belongs to."""
    for n in (4, 3):
        if len(code) > n and code[:n] in known:
            return code[:n]
    return None


def finish(system: System, rows: Iterable[CodeRow], optional: frozenset[str] = frozenset()) -> list[CodeRow]:
    """Return the rows in code order with parent, level, leaf and needed characters filled in.

    A code with children needs more characters, unless it is ``optional``; an OPCS-4 category always does.
    """
    by_code = {row.code: row for row in sorted(rows, key=lambda r: r.code)}
    children: dict[str, list[str]] = defaultdict(list)
    for code, row in by_code.items():
        row.parent = parent_of(code, by_code)
        row.level = len(code)
        if row.parent is not None:
            children[row.parent].append(code)
    for code, row in by_code.items():
        own = children.get(code, ())
        row.leaf = not own or code in optional
        if system is System.opcs4:
            row.leaf = row.level == 4
        row.valid_at_3 = row.level == 3 and row.leaf
        row.fifth = not row.leaf and any(len(child) == 5 for child in own)
    return list(by_code.values())


def share_use(rows: list[CodeRow], weights_of: Mapping[str, Mapping[str, int]]) -> None:
    """Hand the use of a code that may not be used itself down to its children, by weight of their last character.

    Published counts stop at the 4th character; without this, every 5-character code would look unused.
    """
    by_code = {row.code: row for row in rows}
    children: dict[str, list[CodeRow]] = defaultdict(list)
    for row in rows:
        if row.parent is not None:
            children[row.parent].append(row)
    for row in sorted(rows, key=lambda r: r.level):
        own = children.get(row.code)
        if row.leaf or not row.usage_count or not own:
            continue
        weights = weights_of.get(row.code) or {}
        shares = [weights.get(child.code[-1], 0) for child in own]
        if not sum(shares):
            shares = [1] * len(own)
        for child, share in zip(own, shares, strict=True):
            child.usage_count += round(row.usage_count * share / sum(shares))
        by_code[row.code].usage_count = 0
