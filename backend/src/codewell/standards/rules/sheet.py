"""The case made ready for rules: codes in stored form, looked up once, procedures cut into groups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from codewell.codesets.rules import System, is_code_shaped, normalise
from codewell.standards.rules.case import LISTS, Book, Books, Case, CodeFacts, Facts, LineRef, ListName
from codewell.standards.rules.codes import CodeSet

SYSTEM: Mapping[ListName, System] = {"diagnoses": System.icd10, "procedures": System.opcs4}
SUBSIDIARY = frozenset("YZ")


def stored(name: ListName, raw: str) -> str:
    """Return the stored form of a code as typed or sent: upper case, no dot or space, no export fillers."""
    return normalise(SYSTEM[name], raw)[0]


def dotted(code: str) -> str:
    """Return a code the way coders read it."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One filled line. ``info`` is the edition's entry; for a code with a fifth character, at least its parent's."""

    list: ListName
    index: int
    code: str
    on: dt.date | None
    info: CodeFacts | None
    exact: bool
    well_formed: bool

    @property
    def ref(self) -> LineRef:
        """The line's address."""
        return LineRef(self.list, self.index)

    @property
    def title(self) -> str:
        """The title to show, empty when the code is not known."""
        return self.info.title if self.info is not None else ""


@dataclass(frozen=True)
class Codes:
    """A set of diagnoses, of procedures, or of both; ``usage`` narrows to dagger or asterisk codes of the edition."""

    diagnoses: CodeSet | None = None
    procedures: CodeSet | None = None
    usage: str | None = None

    def has(self, line: Line) -> bool:
        """Say whether a line's code belongs to it."""
        codes = self.diagnoses if line.list == "diagnoses" else self.procedures
        if self.usage is not None and line.info is not None and line.info.usage == self.usage and line.exact:
            return True
        return codes is not None and line.code in codes


@dataclass(frozen=True, slots=True)
class Group:
    """A main procedure and the Y and Z codes that follow it; ``main`` is None for those that follow nothing."""

    main: Line | None
    rest: tuple[Line, ...]


@dataclass(frozen=True)
class Sheet:
    """A case as the operators read it."""

    facts: Facts
    books: Books
    diagnoses: tuple[Line, ...]
    procedures: tuple[Line, ...]
    sizes: Mapping[ListName, int]
    fit: Mapping[ListName, tuple[Line, ...]] = field(repr=False)
    reach: Mapping[ListName, frozenset[str]] = field(repr=False)
    usages: frozenset[str] = field(repr=False)

    def filled(self, name: ListName) -> tuple[Line, ...]:
        """Every line that holds something, well formed or not."""
        return self.diagnoses if name == "diagnoses" else self.procedures

    def book(self, name: ListName) -> Book:
        """The edition a list is coded in."""
        return self.books.icd10 if name == "diagnoses" else self.books.opcs4

    def pick(self, codes: Codes) -> list[Line]:
        """Return the well-formed lines with these codes, in order."""
        found: list[Line] = []
        marked = codes.usage is not None and codes.usage in self.usages
        if marked or (codes.diagnoses is not None and not codes.diagnoses.reach.isdisjoint(self.reach["diagnoses"])):
            found = [line for line in self.fit["diagnoses"] if codes.has(line)]
        if codes.procedures is not None and not codes.procedures.reach.isdisjoint(self.reach["procedures"]):
            within = codes.procedures
            found += [line for line in self.fit["procedures"] if line.code in within]
        return found

    def any(self, codes: Codes) -> bool:
        """Say whether any well-formed line has one of these codes."""
        return bool(self.pick(codes))

    @cached_property
    def first(self) -> Mapping[ListName, Line | None]:
        """The first filled line of each list, if it is well formed."""
        out: dict[ListName, Line | None] = {}
        for name, lines in (("diagnoses", self.diagnoses), ("procedures", self.procedures)):
            top = lines[0] if lines else None
            out[name] = top if top is not None and top.well_formed else None  # type: ignore[index]
        return out

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Procedures as groups, in order."""
        groups: list[Group] = []
        main: Line | None = None
        rest: list[Line] = []
        for line in self.fit["procedures"]:
            if line.code[0] in SUBSIDIARY:
                rest.append(line)
                continue
            if main is not None or rest:
                groups.append(Group(main, tuple(rest)))
            main, rest = line, []
        if main is not None or rest:
            groups.append(Group(main, tuple(rest)))
        return tuple(groups)


def _line(name: ListName, index: int, raw: str, on: dt.date | None, book: Book) -> Line | None:
    code = stored(name, raw)
    if not code:
        return None
    well_formed = is_code_shaped(SYSTEM[name], code)
    info = book.get(code) if well_formed else None
    exact = info is not None
    if info is None and well_formed and len(code) == 5:
        info = book.get(code[:3] if code[3] == "X" else code[:4])
    return Line(name, index, code, on, info, exact, well_formed)


def prepare(case: Case, books: Books) -> Sheet:
    """Return the case ready for rules; never fails, whatever was typed."""
    found: tuple[Sequence[Line | None], Sequence[Line | None]] = (
        [_line("diagnoses", i, raw, None, books.icd10) for i, raw in enumerate(case.diagnoses)],
        [_line("procedures", i, raw, on, books.opcs4) for i, (raw, on) in enumerate(case.procedures)],
    )
    diagnoses, procedures = (tuple(line for line in lines if line is not None) for lines in found)
    fit: dict[ListName, tuple[Line, ...]] = {
        "diagnoses": tuple(line for line in diagnoses if line.well_formed),
        "procedures": tuple(line for line in procedures if line.well_formed),
    }
    return Sheet(
        facts=case.facts,
        books=books,
        diagnoses=diagnoses,
        procedures=procedures,
        sizes={"diagnoses": len(case.diagnoses), "procedures": len(case.procedures)},
        fit=fit,
        reach={name: frozenset(line.code[:3] for line in fit[name]) for name in LISTS},
        usages=frozenset(line.info.usage for line in fit["diagnoses"] if line.exact and line.info is not None),
    )
