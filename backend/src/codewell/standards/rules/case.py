"""What is checked and what comes out: an episode with its codes on one side, findings on the other."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal, Protocol

ListName = Literal["diagnoses", "procedures"]
LISTS: tuple[ListName, ListName] = ("diagnoses", "procedures")


class Severity(StrEnum):
    """An error blocks submission, a warning asks for a reason, information does neither."""

    error = "error"
    warn = "warn"
    info = "info"


RANK = {Severity.error: 0, Severity.warn: 1, Severity.info: 2}


class CodeFacts(Protocol):
    """What the checks read of one code of an edition."""

    @property
    def title(self) -> str: ...
    @property
    def leaf(self) -> bool: ...
    @property
    def usage(self) -> str: ...
    @property
    def sex(self) -> int | None: ...
    @property
    def age_min(self) -> int | None: ...
    @property
    def age_max(self) -> int | None: ...
    @property
    def partners(self) -> tuple[str, ...]: ...


class EditionFacts(Protocol):
    """What the checks read of an edition; ``starter`` marks a set known to be incomplete."""

    @property
    def title(self) -> str: ...
    @property
    def starter(self) -> bool: ...
    @property
    def in_force(self) -> bool: ...


class Book(Protocol):
    """One edition of one classification; empty and not ``in_force`` when no edition covers the day."""

    @property
    def edition(self) -> EditionFacts: ...

    def get(self, code: str) -> CodeFacts | None:
        """Return the code's entry (stored form: no dot, no filler), or None."""


class Books(Protocol):
    """The two editions in force on the day an episode ended."""

    @property
    def icd10(self) -> Book: ...
    @property
    def opcs4(self) -> Book: ...


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The episode's facts; None means not known, and a rule that needs an unknown fact stays silent.

    Codes are those of the commissioning data sets: sex 1 or 2, discharge method 4 = died, and so on.
    """

    started_on: dt.date | None = None
    ended_on: dt.date | None = None
    admitted_on: dt.date | None = None
    discharged_on: dt.date | None = None
    died_on: dt.date | None = None
    sex: str | None = None
    age: int | None = None
    age_days: int | None = None
    patient_class: str | None = None
    admission_method: str | None = None
    discharge_method: str | None = None
    discharge_destination: str | None = None
    operation_status: str | None = None
    main_specialty: str | None = None
    treatment_function: str | None = None
    neonatal_level: str | None = None
    last_episode: bool | None = None
    episodes_in_spell: int | None = None

    @classmethod
    def of(cls, **values: Any) -> Facts:  # Any: as recorded, whatever a PAS may have sent
        """Return the facts that can be facts: a code of a strange shape or an impossible age counts as not known."""
        kept = {name: value for name, value in values.items() if value is not None and _possible(name, value)}
        return cls(**kept)

    @cached_property
    def days_old(self) -> int | None:
        """Age in days when that is known or at least bounded from below by the years."""
        if self.age_days is not None:
            return self.age_days
        return self.age * 365 if self.age else None

    @cached_property
    def stay_days(self) -> int | None:
        """Nights in the spell."""
        if self.admitted_on is None or self.discharged_on is None:
            return None
        return (self.discharged_on - self.admitted_on).days

    @cached_property
    def first_in_spell(self) -> bool | None:
        """Whether the episode began on the day of admission."""
        if self.admitted_on is None or self.started_on is None:
            return None
        return self.admitted_on == self.started_on

    @cached_property
    def death_on(self) -> dt.date | None:
        """The day of death: as given, or the discharge of a patient who died or was stillborn."""
        if self.died_on is not None:
            return self.died_on
        return self.discharged_on if self.discharge_method in {"4", "5"} else None


_CDS = re.compile(r"[0-9A-Z]{1,3}", re.ASCII)
_BOUNDS = {"age": (0, 150), "age_days": (0, 55_000), "episodes_in_spell": (1, 999)}


def _possible(name: str, value: Any) -> bool:  # Any: see ``Facts.of``
    if isinstance(value, str):
        return _CDS.fullmatch(value) is not None
    if name in _BOUNDS:
        low, high = _BOUNDS[name]
        return low <= int(value) <= high
    return True


FACT_NAMES = frozenset(Facts.__dataclass_fields__) | {"days_old", "stay_days", "first_in_spell"}


@dataclass(frozen=True)
class Case:
    """One episode's codes as they stand, finished or half typed; blank lines are empty strings."""

    facts: Facts
    diagnoses: Sequence[str] = ()
    procedures: Sequence[tuple[str, dt.date | None]] = ()


@dataclass(frozen=True, slots=True, order=True)
class LineRef:
    """A line of the case: which list, and the index in it as it was sent."""

    list: ListName
    index: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule says about the case. (rule_id, version, lines) identifies it from one check to the next."""

    rule_id: str
    version: str
    severity: Severity
    title: str
    message: str
    mend: str
    lines: tuple[LineRef, ...]
    reference: str | None

    @property
    def identity(self) -> tuple[str, str, tuple[LineRef, ...]]:
        """What makes two findings the same."""
        return self.rule_id, self.version, self.lines

    @property
    def blocks(self) -> bool:
        """Whether the episode cannot be submitted with it."""
        return self.severity is Severity.error

    @property
    def asks_reason(self) -> bool:
        """Whether the coder has to say why it stands."""
        return self.severity is Severity.warn

    def as_json(self) -> dict[str, Any]:
        """Return the finding as it is stored with a submission and sent on the wire."""
        return {
            "rule_id": self.rule_id,
            "version": self.version,
            "severity": self.severity.value,
            "title": self.title,
            "message": self.message,
            "mend": self.mend,
            "lines": [{"list": line.list, "index": line.index} for line in self.lines],
            "reference": self.reference,
        }
