"""One edition held in memory: every code by name, its family, and search; shared by pages, checks and intake."""

from __future__ import annotations

import csv
import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from codewell.codesets.rules import SYSTEM_NAMES, System, Usage, is_subsidiary, render
from codewell.codesets.search import Searcher, Synonym


@dataclass(frozen=True, slots=True)
class EditionInfo:
    """Which edition a book holds, and for which days."""

    system: str
    edition: str
    title: str
    valid_from_on: dt.date | None
    valid_to_on: dt.date | None
    starter: bool
    version: int
    use_total: int

    @property
    def in_force(self) -> bool:
        """Say whether there is an edition at all; without one a book is empty and its title says so."""
        return self.valid_from_on is not None


@dataclass(frozen=True, slots=True)
class CodeInfo:
    """What is known of one code. ``leaf``: it may be used as it stands. ``fifth``: it lacks a 5th character."""

    system: str
    code: str
    title: str
    parent: str | None
    level: int
    leaf: bool
    valid_at_3: bool
    fifth: bool
    usage: str
    sex: int | None
    age_min: int | None
    age_max: int | None
    usage_count: int
    partners: tuple[str, ...]

    @property
    def dotted(self) -> str:
        """The code as people write it."""
        return render(self.system, self.code)

    @property
    def category(self) -> str:
        """The three-character category."""
        return self.code[:3]

    @property
    def dagger(self) -> bool:
        """Say whether it is an aetiology that an asterisk code may follow."""
        return self.usage == Usage.dagger

    @property
    def asterisk(self) -> bool:
        """Say whether it is a manifestation, never to stand first or alone."""
        return self.usage == Usage.asterisk

    @property
    def missing(self) -> str | None:
        """Return what must be added before it can be used, in words; None if it may be used as it stands."""
        if self.leaf:
            return None
        return "a 5th character" if self.fifth else "a 4th character"


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer of a search, and how it was found."""

    info: CodeInfo
    match: str


def nothing_in_force(system: System, on: dt.date) -> EditionInfo:
    """Return the description of a day that no edition covers."""
    title = f"No edition of {SYSTEM_NAMES[system]} is in force on {on.day} {on:%B %Y}"
    return EditionInfo(system.value, "", title, None, None, False, 0, 0)


@functools.cache
def synonyms(system: System) -> tuple[Synonym, ...]:
    """Return our own list of what people type and what the titles call it."""
    text = files("codewell.codesets").joinpath("data", "synonyms.csv").read_text(encoding="utf-8")
    return tuple(
        Synonym(tuple(line["words"].split("|")), tuple(line["means"].split("|")))
        for line in csv.DictReader(text.splitlines())
        if line["system"] == system
    )


class CodeBook:
    """All codes of one edition. Read only; a new version of the edition gets a new book."""

    __slots__ = ("_children", "_codes", "_ranked", "_searcher", "edition", "system")

    def __init__(self, edition: EditionInfo, codes: Iterable[CodeInfo]) -> None:
        self.edition = edition
        self.system = System(edition.system)
        self._codes = {info.code: info for info in codes}
        children: dict[str, list[str]] = defaultdict(list)
        for info in self._codes.values():
            if info.parent is not None:
                children[info.parent].append(info.code)
        self._children = {parent: tuple(sorted(own)) for parent, own in children.items()}
        self._ranked: Sequence[CodeInfo] = sorted(
            # Of those that nobody uses, the many that only add a site come last.
            self._codes.values(),
            key=lambda i: (-i.usage_count, i.level > 4, not i.leaf, i.code),
        )
        self._searcher = Searcher(
            [(info.code, info.title, info.leaf) for info in self._ranked],
            {info.code: info.title for info in self._codes.values() if info.level == 3},
            synonyms(self.system),
            used=sum(info.usage_count > 0 for info in self._ranked),
            beside=(
                number
                for number, info in enumerate(self._ranked)
                if self.system is System.opcs4 and is_subsidiary(info.code)
            ),
        )

    def __len__(self) -> int:
        return len(self._codes)

    def __iter__(self) -> Iterator[CodeInfo]:
        return iter(self._codes.values())

    def __contains__(self, code: object) -> bool:
        return code in self._codes

    def get(self, code: str) -> CodeInfo | None:
        """Return what is known of a normalised code, or None if the edition has no such code."""
        return self._codes.get(code)

    def title(self, code: str) -> str | None:
        """Return a code's title, or None."""
        info = self._codes.get(code)
        return None if info is None else info.title

    def children(self, code: str) -> list[CodeInfo]:
        """Return the codes one character longer, in order."""
        return [self._codes[c] for c in self._children.get(code, ())]

    def siblings(self, code: str) -> list[CodeInfo]:
        """Return the other codes of the same parent, in order."""
        info = self._codes.get(code)
        if info is None or info.parent is None:
            return []
        return [self._codes[c] for c in self._children[info.parent] if c != code]

    def one_in(self, info: CodeInfo) -> int | None:
        """Return N where about one coded line in N carries this code, to two figures; None if its use is not known."""
        if info.usage_count <= 0 or self.edition.use_total <= 0:
            return None
        n = max(1, round(self.edition.use_total / info.usage_count))
        scale: int = 10 ** max(0, len(str(n)) - 2)
        return round(n / scale) * scale

    def search(self, query: str, limit: int = 12) -> list[Hit]:
        """Return the best answers to what has been typed so far."""
        return [Hit(self._ranked[number], match) for number, match in self._searcher.find(query, limit)]


@dataclass(frozen=True, slots=True)
class Books:
    """The two editions that cover one day."""

    icd10: CodeBook
    opcs4: CodeBook

    def of(self, system: System | str) -> CodeBook:
        """Return the book of a system."""
        return self.icd10 if System(system) is System.icd10 else self.opcs4
