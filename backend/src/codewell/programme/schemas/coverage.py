"""Wire shapes of a year's coverage, and of the programme's counts."""

from __future__ import annotations

import datetime as dt

from pydantic import ConfigDict

from codewell.kit.paging import Page
from codewell.kit.wire import WireOut
from codewell.programme.rules import Coverage
from codewell.programme.schemas.recurring import NextRun, RunOut
from codewell.programme.schemas.shared import Listed


class CoverageFilter(Listed):
    """Which to show; without it, all."""

    only: Coverage | None = None


class CoverageOut(WireOut):
    """One coder or specialty in a year: what there was, what was audited, when last, and what is planned."""

    model_config = ConfigDict(title="CoverageLine")

    key: str
    name: str
    reference: bool
    """True: no person, but a reference under which the PAS or an encoder sent codes; these come last."""
    here: bool
    """False: a coder who has left, or is not known here."""
    episodes: int
    audited: int
    last_audited_on: dt.date | None
    planned: list[str]
    coverage: Coverage


class CoveragePage(Page[CoverageOut]):
    """A page of coverage, gaps first, then whoever has the most episodes."""

    model_config = ConfigDict(title="CoveragePage")


class CoverageCounts(WireOut):
    """How many coders, references of nobody here, and specialties are audited, planned, or a gap this year."""

    coders: dict[Coverage, int]
    references: dict[Coverage, int]
    specialties: dict[Coverage, int]
    episodes: int
    audited: int
    coder_unknown: int
    """Coded episodes of the year whose coder nobody here is known to be."""


class ProgrammeCounts(WireOut):
    """What needs somebody: missed runs, planned audits whose month has begun, and gaps."""

    missed_runs: int
    late_plans: int


RunOut.model_rebuild()
NextRun.model_rebuild()
