"""One finished consultant episode of the synthetic Trust: what is sent, what is true, what letters are made of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from codewell.synth.people import Patient
from codewell.synth.scenarios.model import Scenario, Service


@dataclass(slots=True)
class Done:
    """A procedure group with its day, as it will be told."""

    codes: tuple[str, ...]
    told: str
    on: int
    finding: str
    side: str


@dataclass(slots=True)
class Said:
    """Diagnoses that belong together, and a sentence for them if the scenario has one."""

    codes: tuple[str, ...]
    sentence: str = ""


@dataclass(slots=True)
class Spell:
    """Admission to discharge; an open one has no discharge yet."""

    number: str
    patient: Patient
    admitted: int
    discharged: int | None
    admission_method: str
    admission_source: str
    patient_class: str
    admin_category: str
    intended_management: str
    discharge_method: str
    discharge_destination: str


@dataclass(slots=True)
class Histology:
    """A specimen that was sent: the report, and the day it comes (which may be after today)."""

    text: str
    sent: int
    reported: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """One way in which what a coder wrote differs from the truth."""

    list: str
    kind: str
    index: int | None
    was: str | None
    now: str | None

    def as_json(self) -> dict[str, Any]:  # Any: JSON
        """The mistake as it is kept with the truth."""
        return {"list": self.list, "kind": self.kind, "index": self.index, "was": self.was, "now": self.now}


@dataclass(slots=True)
class Coded:
    """What a coder wrote, when, and by which way it came to be recorded."""

    route: str
    coder: str
    at: dt.datetime
    state: str
    diagnoses: list[str]
    procedures: list[str]
    procedure_days: list[int]
    mistakes: list[Mistake]


@dataclass(slots=True)
class Document:
    """A document of an episode; without `arrived_at` it is still expected."""

    document_ref: str
    kind: str
    title: str
    dated_on: dt.date | None
    expected_on: dt.date | None
    arrived_at: dt.datetime | None
    text: str | None


@dataclass(slots=True)
class Episode:
    """A finished consultant episode with its truth."""

    spell: Spell
    number: int
    last: bool
    started: int
    ended: int
    service: Service
    consultant_code: str
    site_code: str
    ward_code: str
    neonatal_level_code: str
    scenario: Scenario
    presents: str
    primary: Said
    also: list[Said]
    brought: list[int]
    done: list[Done]
    ink: int
    sign: bool = False
    diagnoses: list[str] = field(default_factory=list)
    procedures: list[str] = field(default_factory=list)
    procedure_days: list[int] = field(default_factory=list)
    histology: Histology | None = None
    missing: str = ""
    besides: list[str] = field(default_factory=list)
    done_besides: list[str] = field(default_factory=list)
    coded: Coded | None = None
    amended: str = ""

    @property
    def ended_on(self) -> dt.date:
        """The day the episode ended."""
        return dt.date.fromordinal(self.ended)

    @property
    def operation_status_code(self) -> str:
        """1 when something was done, else 8."""
        return "1" if self.procedures else "8"
