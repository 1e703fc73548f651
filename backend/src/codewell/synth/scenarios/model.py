"""The words in which a clinical scenario is told: what is wrong, what comes with it, what is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

How = Literal["emergency", "elective", "daycase", "regular", "maternity", "birth"]
Told = Literal["theatre", "scope", "cath", "unit", "bedside", "imaging"]
"""Of theatre, scope, cath and unit at most one is drawn; bedside and imaging come each by its own chance."""


@dataclass(frozen=True, slots=True)
class Service:
    """A consultant service: main specialty and treatment function as the CDS carries them, and where its beds are."""

    main: str
    function: str
    name: str
    wards: tuple[str, ...]
    team: str
    consultants: int = 6


@dataclass(frozen=True, slots=True)
class Also:
    """A condition some of these patients have besides; `codes` stay together and in order."""

    chance: float
    codes: str
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Op:
    """Something that is done: `codes` in OPCS-4 order; SIDE, SITE and DOING stand for what fits this patient."""

    chance: float
    codes: str
    told: Told = "theatre"
    day: tuple[int, int] = (0, 0)
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of patient. Codes hold the truth; sentences that are not codes are colour and never codeable."""

    key: str
    service: Service
    weight: float
    how: How
    ages: tuple[float, float, float]
    stay: tuple[int, int, int]
    primary: tuple[tuple[float, str], ...]
    presents: tuple[str, ...]
    course: tuple[str, ...]
    also: tuple[Also, ...] = ()
    ops: tuple[Op, ...] = ()
    nots: tuple[str, ...] = ()
    men: float = 0.5
    pmh: float = 1.0
    died: float = 0.0
    moves: tuple[float, float] = (0.0, 0.0)
    first: Service | None = None
    signs: tuple[str, ...] = ()
    sides: str = ""
    sites: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    doing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    place: str = "home"
    histology: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    suspected: tuple[str, ...] = ()
    critical: bool = False
    neonatal: str = "8"


def scenario(
    key: str,
    service: Service,
    weight: float,
    how: How,
    *,
    ages: tuple[float, float, float],
    stay: tuple[int, int, int] = (0, 0, 0),
    primary: str | tuple[tuple[float, str], ...],
    presents: tuple[str, ...],
    course: tuple[str, ...],
    also: tuple[Also, ...] = (),
    ops: tuple[Op, ...] = (),
    nots: tuple[str, ...] = (),
    men: float = 0.5,
    pmh: float = 1.0,
    died: float = 0.0,
    moves: tuple[float, float] = (0.0, 0.0),
    first: Service | None = None,
    signs: tuple[str, ...] = (),
    sides: str = "",
    sites: Mapping[str, tuple[str, ...]] | None = None,
    doing: Mapping[str, tuple[str, ...]] | None = None,
    place: str = "home",
    histology: Mapping[str, tuple[str, ...]] | None = None,
    suspected: tuple[str, ...] = (),
    critical: bool = False,
    neonatal: str = "8",
) -> Scenario:
    """A scenario, with a lone primary diagnosis written as plain text."""
    return Scenario(
        key=key,
        service=service,
        weight=weight,
        how=how,
        ages=ages,
        stay=stay,
        primary=((1.0, primary),) if isinstance(primary, str) else primary,
        presents=presents,
        course=course,
        also=also,
        ops=ops,
        nots=nots,
        men=men,
        pmh=pmh,
        died=died,
        moves=moves,
        first=first,
        signs=signs,
        sides=sides,
        sites=sites or {},
        doing=doing or {},
        place=place,
        histology=histology or {},
        suspected=suspected,
        critical=critical,
        neonatal=neonatal,
    )
