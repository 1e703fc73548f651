"""Wire shapes of auditors and their qualifications."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from codewell.audits.rules import QualificationKind
from codewell.kit.paging import Page
from codewell.kit.wire import Line, ShortLine, WireIn, WireOut


class QualificationNew(WireIn):
    """A qualification with its number and days; without ``expires_on`` it does not end."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"kind": "approved_auditor", "number": "A-1234", "awarded_on": "2024-05-01", "expires_on": "2027-04-30"}
            ]
        }
    )

    kind: QualificationKind
    number: ShortLine | None = None
    awarded_on: dt.date
    expires_on: dt.date | None = None
    note: Line = ""

    @model_validator(mode="after")
    def _in_order(self) -> QualificationNew:
        if self.expires_on is not None and self.expires_on < self.awarded_on:
            raise ValueError("it ends before it was awarded")
        return self


class QualificationWithdraw(WireIn):
    """Why a qualification no longer counts."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Recorded for the wrong person"}]})

    reason: Annotated[Line, Field(min_length=3)]


class QualificationOut(WireOut):
    """A qualification and how it stands today; ``days_left`` until it ends, where it does."""

    model_config = ConfigDict(title="Qualification")

    qualification_id: UUID
    person_id: UUID
    kind: QualificationKind
    kind_label: str
    number: str | None
    awarded_on: dt.date
    expires_on: dt.date | None
    note: str
    stands: Literal["in_force", "expiring", "expired", "withdrawn", "to_come"]
    days_left: int | None
    withdrawn_at: dt.datetime | None
    version: int


class AuditorOut(WireOut):
    """Somebody who may audit, and whether an approved auditor's qualification of theirs is in force today."""

    model_config = ConfigDict(title="Auditor")

    person_id: UUID
    name: str
    role: str
    active: bool
    in_force: bool
    expiring: bool
    audits: int
    qualifications: list[QualificationOut]
    can: dict[str, bool | str]


class AuditorPage(Page[AuditorOut]):
    """Who may audit, by name."""

    model_config = ConfigDict(title="AuditorPage")
