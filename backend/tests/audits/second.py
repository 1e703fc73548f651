"""The second set of labelled pairs (``second_labels.txt``), read into positions.

A position is its class, type, both codes and sub-class. What a pair's labels do not name stands on both sides and is
expected to be agreed. ``E SD agreed ->J189`` is a code that the coder had in first place, where it was the primary's error:
it is agreed where the auditor has it, with no code of the coder's left for it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("second_labels.txt")
NONE: Final = "-"


@dataclass(frozen=True, slots=True, order=True)
class Expected:
    """One position: class (PD, SD, PP, SP), type (agreed, fourth ...), the coder's and the auditor's code, sub-class."""

    klass: str
    type: str
    trust: str
    auditor: str
    sub_class: str = "none"

    def plain(self) -> Expected:
        """Return the position without days, and an agreed one as that of the auditor's code."""
        ours = code(self.auditor)
        if self.type == "agreed":
            return Expected(self.klass, "agreed", ours, ours)
        return Expected(self.klass, self.type, code(self.trust), ours, self.sub_class)


@dataclass(slots=True)
class Pair:
    """One labelled pair: both lists as (diagnoses, procedures), and every position of it."""

    name: str
    trust: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))
    auditor: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))
    errors: list[Expected] = field(default_factory=list)
    first: list[Expected] = field(default_factory=list)
    why_corrected: str = ""
    room: str = ""

    def at_first(self) -> Counter[Expected]:
        """Return all positions as they were labelled before the proposals were seen."""
        return self.positions(self.first or self.errors)

    def positions(self, errors: list[Expected] | None = None) -> Counter[Expected]:
        """Return all positions: those labelled wrong, and what is left on both sides as agreed."""
        errors = self.errors if errors is None else errors
        out = Counter(e.plain() for e in errors)
        for at, (first, later) in enumerate((("PD", "SD"), ("PP", "SP"))):
            theirs, ours = list(self.trust[at]), list(self.auditor[at])
            for e in errors:
                if e.klass in (first, later):
                    _strike(theirs, e.trust)
                    _strike(ours, e.auditor)
            if sorted(map(code, theirs)) != sorted(map(code, ours)):
                raise AssertionError(f"{self.name}: the labels leave {theirs} and {ours}")
            whole = self.auditor[at]
            for c in ours:
                # A code that stands twice is the primary where it stands first and no error named it.
                is_first = whole[0] == c and not any(k.klass == first for k in out)
                klass = first if is_first else later
                out[Expected(klass, "agreed", code(c), code(c))] += 1
        return out


def code(text: str) -> str:
    """Return a code without its day."""
    return text.partition("@")[0]


def _strike(codes: list[str], wanted: str) -> None:
    if wanted != NONE:
        codes.remove(wanted if wanted in codes else next(c for c in codes if code(c) == wanted))


def _position(text: str) -> Expected:
    klass, kind, codes, *sub = text.split()
    trust, auditor = codes.split(">")
    return Expected(klass, kind, trust, auditor, *sub)


def _sides(text: str) -> tuple[list[str], list[str]]:
    diagnoses, _, procedures = text.partition(";")
    return diagnoses.split(), procedures.split()


def usage() -> dict[str, str]:
    """Return which codes of the set are daggers and which asterisks."""
    text = FILE.read_text(encoding="utf-8")
    marks = {"D": "dagger", "*": "asterisk"}
    return {c: marks[m] for m, codes in re.findall(r"^([D*]) (.+)$", text, re.M) for c in codes.split()}


def pairs() -> list[Pair]:
    """Return every labelled pair."""
    out: list[Pair] = []
    for line in FILE.read_text(encoding="utf-8").partition("\n= ")[2].splitlines():
        mark, _, rest = line.partition(" ")
        if mark == "#":
            out.append(Pair(rest))
        elif mark == "T":
            out[-1].trust = _sides(rest)
        elif mark == "A":
            out[-1].auditor = _sides(rest)
        elif mark == "E":
            out[-1].errors.append(_position(rest))
        elif mark == "F":
            out[-1].first.append(_position(rest))
        elif mark == "C":
            out[-1].why_corrected = rest
        elif mark == "R":
            out[-1].room = rest
    return out
