"""What the wire shapes of programmes share."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from codewell.kit.paging import Limit
from codewell.kit.wire import Line, ShortLine, WireIn, WireOut

Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-11"])]


Title = Annotated[ShortLine, Field(min_length=3)]


Reason = Annotated[Line, Field(min_length=3)]


Cursor = Annotated[str, Field(max_length=400)]


ANYBODY = "01900000-0000-7000-8000-000000000000"


class Listed(WireIn):
    """One page of a list."""

    limit: Limit = 50
    cursor: Cursor | None = None


class ProgrammePerson(WireOut):
    """A person by name."""

    person_id: UUID
    name: str


class ProgrammeSpecialty(WireOut):
    """A main specialty by code, and its name where we know it."""

    code: str
    name: str | None
