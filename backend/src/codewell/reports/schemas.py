"""Wire shapes of reports."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from codewell.audits.rules import AuditState
from codewell.kit.paging import Page
from codewell.kit.wire import Line, ShortLine, Text, WireIn, WireOut
from codewell.reports.content import ReportDocument


class ReportBlockOut(WireOut):
    """One narrative block. ``text`` is what stands in the report: the draft, or what somebody made of it.

    ``figures_changed``: the draft is no longer the one that was edited, because the figures have changed since.
    """

    key: str
    title: str
    text: str
    draft: str
    edited: bool
    figures_changed: bool
    edited_at: dt.datetime | None
    edited_by_name: str | None


class FeedbackSheetOut(WireOut):
    """A coder for whom there is a feedback sheet."""

    person_id: UUID
    name: str
    episodes: int
    can_open: Literal[True] | str


class SpecialtySummaryOut(WireOut):
    """A specialty for which there is a summary."""

    specialty: str
    name: str
    episodes: int


class ReportCan(WireOut):
    """What the caller may do, or why not."""

    edit: Literal[True] | str
    keep: Literal[True] | str


class ReportMasked(WireOut):
    """A place of the report out of which a coder or an identifier was taken, with its texts as they now read."""

    key: str
    title: str
    texts: list[str]


class ReportOut(WireOut):
    """A report as it stands: its blocks, and the whole document that PDF, Word and Excel are made of."""

    audit_id: UUID
    reference: str
    title: str
    state: AuditState
    status: str
    draft: bool
    version: int
    left_out: int
    masked: list[ReportMasked]
    blocks: list[ReportBlockOut]
    document: ReportDocument
    sheets: list[FeedbackSheetOut]
    summaries: list[SpecialtySummaryOut]
    can: ReportCan


class ReportBlockEdit(WireIn):
    """New words for a block; null takes the draft."""

    key: ShortLine
    text: Text | None


class ReportBlocksEdit(WireIn):
    """Blocks to change; those not named stay as they are."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"blocks": [{"key": "conclusions", "text": "Coding is accurate."}]}]}
    )

    blocks: Annotated[list[ReportBlockEdit], Field(min_length=1, max_length=30)]


class ReportVersionNew(WireIn):
    """The name under which the report is kept as it now stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "As sent to the board on 3 March"}]})

    name: Annotated[Line, Field(min_length=3, max_length=200)]


class ReportVersionOut(WireOut):
    """One version of a report; ``name`` where it was kept whole under one."""

    version: int
    name: str | None
    edited: list[str]
    by_name: str
    at: dt.datetime


class ReportVersionPage(Page[ReportVersionOut]):
    """The versions of a report, newest first."""


class ReportVersionText(WireOut):
    """A block as it was edited in a version."""

    key: str
    title: str
    text: str


class ReportVersionWhole(ReportVersionOut):
    """A version with what was edited in it."""

    blocks: list[ReportVersionText]


class MadeFrom(WireIn):
    """Which version to make: a kept one, just as it was; without one, the report as it stands."""

    version: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class OfSpecialty(WireIn):
    """Whose summary."""

    specialty: ShortLine
