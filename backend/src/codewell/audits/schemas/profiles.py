"""Wire shapes of audit profiles."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from codewell.audits.profiles import ProfileKind
from codewell.kit.paging import Page
from codewell.kit.wire import Line, ShortLine, WireIn, WireOut

ProfileKey = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]{0,39}$")]
_THRESHOLDS: Any = {  # Any: an example
    "regime": "Our own levels",
    "episodes": 100,
    "levels": [{"key": "met", "name": "Met", "needed": {"primary_diagnosis": "0.92"}}],
}


class ProfileFilter(WireIn):
    """Which profiles; without a kind, all of them."""

    kind: ProfileKind | None = None


class ProfileChoice(WireIn):
    """Which version to show; without one, the newest."""

    version: Annotated[int, Field(ge=1, le=100_000)] | None = None


class ProfileVersions(WireIn):
    """Which two versions to compare."""

    was: Annotated[int, Field(ge=1, le=100_000)]
    now: Annotated[int, Field(ge=1, le=100_000)]


class ProfileVersionNew(WireIn):
    """A version that follows the newest: what it holds, from which day, and why. ``body`` is as of its kind."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Our own levels",
                    "organisation_type": "acute",
                    "valid_from": "2026-04-01",
                    "valid_to": None,
                    "body": _THRESHOLDS,
                    "reason": "Agreed by the coding board",
                }
            ]
        }
    )

    name: Annotated[ShortLine, Field(min_length=1)]
    organisation_type: ShortLine | None = None
    valid_from: dt.date
    valid_to: dt.date | None = None
    body: dict[str, Any]
    reason: Annotated[Line, Field(min_length=3)]

    @model_validator(mode="after")
    def _in_order(self) -> ProfileVersionNew:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("the last day comes before the first")
        return self


class ProfileNew(ProfileVersionNew):
    """A profile under a key of its own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "threshold",
                    "key": "our_levels",
                    "name": "Our own levels",
                    "organisation_type": "acute",
                    "valid_from": "2026-04-01",
                    "valid_to": None,
                    "body": _THRESHOLDS,
                    "reason": "Agreed by the coding board",
                }
            ]
        }
    )

    kind: ProfileKind
    key: ProfileKey


class ProfileVersionOut(WireOut):
    """One version of a profile, without what it holds."""

    version: int
    name: str
    organisation_type: str | None
    valid_from: dt.date
    valid_to: dt.date | None
    reason: str
    shipped: bool
    by_id: UUID | None
    by_name: str | None
    at: dt.datetime | None


class ProfileRow(ProfileVersionOut):
    """A profile in a list: its version in force today, or the newest when none is."""

    profile_id: str
    kind: ProfileKind
    kind_label: str
    key: str
    in_force: bool
    latest: int


class ProfilePage(Page[ProfileRow]):
    """Profiles."""

    model_config = ConfigDict(title="ProfilePage")


class ProfileOut(ProfileRow):
    """One version of a profile with what it holds, and all its versions."""

    model_config = ConfigDict(title="Profile")

    body: dict[str, Any]
    versions: list[ProfileVersionOut]
    can: dict[str, bool | str]


class ProfileDifference(WireOut):
    """One thing that two versions say differently; null where one of them does not say it."""

    path: str
    was: str | None
    now: str | None


class ProfileComparison(WireOut):
    """Two versions of a profile, and what differs."""

    was: ProfileVersionOut
    now: ProfileVersionOut
    differences: list[ProfileDifference]


class ProfileAdded(WireOut):
    """The address of a new profile."""

    profile_id: str
    version: int
