"""HTTP of the codes that audits agreed on."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from codewell.audits.reads import amendments as reads
from codewell.audits.schemas.amendments import (
    AfterFreezeFilter,
    AfterFreezePage,
    AmendmentFilter,
    AmendmentPage,
    AppliedOut,
)
from codewell.audits.service import amendments as service
from codewell.identity.doors import IfMatch, Me, Session
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation

router = APIRouter(tags=["audit amendments"], route_class=StrictRoute)


@router.get("/audits/{audit_id}/amendments", response_model=AmendmentPage, **operation(reads.list_amendments))
async def list_amendments(session: Session, me: Me, audit_id: UUID, f: Annotated[AmendmentFilter, Query()]) -> Any:
    """List the episodes of an audit whose agreed codes differ from those audited."""
    return await reads.list_amendments(session, me, audit_id, f)


@router.post("/audit-items/{item_id}/amend", response_model=AppliedOut, **operation(service.amend_codes))
async def amend_codes(session: Session, me: Me, item_id: UUID, version: IfMatch) -> Any:
    """Put an audited episode's agreed codes into force; If-Match is the episode's coding version."""
    return await service.amend_codes(session, me, item_id, version=version)


@router.get("/after-freeze-changes", response_model=AfterFreezePage, **operation(reads.list_after_freeze))
async def list_after_freeze_changes(session: Session, me: Me, f: Annotated[AfterFreezeFilter, Query()]) -> Any:
    """List what audits changed after the freeze of the month."""
    return await reads.list_after_freeze(session, me, f)
