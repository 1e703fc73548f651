"""Wire shapes of the codes that an audit agreed on, put into force."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict

from codewell.audits.schemas.replies import AuditName, Cursor
from codewell.coding.schemas import CodeLine, NamedCode
from codewell.kit.paging import Limit, Page
from codewell.kit.wire import WireIn, WireOut


class CodeChange(WireOut):
    """One difference between two lists of codes: removed, moved, added, or another day."""

    field: str
    what: str
    code: str
    was: int | str | None
    now: int | str | None


class AppliedOut(WireOut):
    """When the agreed codes came into force, as which version, and by whom."""

    coding_version: int
    at: dt.datetime
    by_name: str


class AmendmentOut(WireOut):
    """An audited episode whose agreed codes differ from those that were audited.

    ``changes`` lead from the codes now to the agreed ones; there are none once they are in force. ``coding_version`` is
    the episode's now, to be sent as If-Match; ``changed_since`` says that it is not the one that was audited.
    ``after_freeze``: the month's freeze passed before it was applied, or would be applied today.
    """

    model_config = ConfigDict(title="Amendment")

    item_id: UUID
    no: int
    episode_id: UUID
    ended_on: dt.date
    specialty: NamedCode | None
    stands: Literal["to_apply", "in_force", "applied"]
    coding_version: int
    changed_since: bool
    changes: list[CodeChange]
    agreed_diagnoses: list[CodeLine]
    agreed_procedures: list[CodeLine]
    activity_month: str
    freeze_on: dt.date | None
    after_freeze: bool
    applied: AppliedOut | None
    can_apply: bool | str


class AmendmentPage(Page[AmendmentOut]):
    """A page of the episodes of an audit whose codes are to be amended."""

    model_config = ConfigDict(title="AmendmentPage")


class AmendmentFilter(WireIn):
    """How many a page."""

    limit: Limit = 50
    cursor: Cursor | None = None


class AfterFreezeFilter(WireIn):
    """Of one audit, or of all."""

    audit_id: UUID | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class AfterFreezeOut(WireOut):
    """Codes amended by an audit after the freeze of their month: the submission did not carry them."""

    amendment_id: UUID
    audit: AuditName
    item_id: UUID
    episode_id: UUID
    activity_month: str
    freeze_on: dt.date
    at: dt.datetime
    by_name: str
    coding_version: int
    changes: list[CodeChange]


class AfterFreezePage(Page[AfterFreezeOut]):
    """A page of what audits changed after the freeze, newest first."""

    model_config = ConfigDict(title="AfterFreezePage")
