"""HTTP of an auditor's worksheet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request

from codewell.audits.reads import worksheet as reads
from codewell.audits.schemas.worksheet import (
    AllProposals,
    AuditCodesIn,
    AuditDraftIn,
    AuditDraftSaved,
    AuditFinished,
    AuditRevisionIn,
    AuditTaken,
    DecisionsIn,
    FinishIn,
    ReopenIn,
    UnsafeIn,
    WorksheetOut,
)
from codewell.audits.service import deciding, recoding, taking
from codewell.identity.doors import IfMatch, Me, Session, settings_of
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation

router = APIRouter(tags=["worksheets"], route_class=StrictRoute)


@router.post("/audits/{audit_id}/take-next", response_model=AuditTaken, **operation(taking.take_next))
async def take_next_audit_item(request: Request, session: Session, me: Me, audit_id: UUID) -> Any:
    """Take the next episode of an audit."""
    return await taking.take_next(session, me, audit_id, lease_minutes=settings_of(request).lease_minutes)


@router.post("/audit-items/{item_id}/take", response_model=AuditTaken, **operation(taking.take))
async def take_audit_item(request: Request, session: Session, me: Me, item_id: UUID) -> Any:
    """Take a chosen episode of an audit."""
    return await taking.take(session, me, item_id, lease_minutes=settings_of(request).lease_minutes)


@router.post("/audit-items/{item_id}/release", response_model=AuditTaken, **operation(taking.release_item))
async def release_audit_item(session: Session, me: Me, item_id: UUID) -> Any:
    """Give an episode back before its codes are saved."""
    return await taking.release_item(session, me, item_id)


@router.post("/audit-items/{item_id}/renew", response_model=AuditTaken, **operation(taking.renew_item))
async def renew_audit_item(request: Request, session: Session, me: Me, item_id: UUID) -> Any:
    """Keep the lease of an episode alive."""
    return await taking.renew_item(session, me, item_id, lease_minutes=settings_of(request).lease_minutes)


@router.get("/audit-items/{item_id}/worksheet", response_model=WorksheetOut, **operation(recoding.see_worksheet))
async def see_worksheet(session: Session, me: Me, item_id: UUID) -> Any:
    """Open the worksheet of an audited episode."""
    return await recoding.see_worksheet(session, me, item_id)


@router.put("/audit-items/{item_id}/draft", response_model=AuditDraftSaved, **operation(recoding.save_draft))
async def save_audit_draft(
    request: Request, session: Session, me: Me, item_id: UUID, body: AuditDraftIn, version: IfMatch
) -> Any:
    """Keep what has been typed; If-Match is the draft's version, "0" for the first."""
    lease = settings_of(request).lease_minutes
    return await recoding.save_draft(session, me, item_id, body, version=version, lease_minutes=lease)


@router.post("/audit-items/{item_id}/codes", response_model=WorksheetOut, **operation(recoding.save_codes))
async def save_audit_codes(session: Session, me: Me, item_id: UUID, body: AuditCodesIn, version: IfMatch) -> Any:
    """Save and lock the auditor's own codes, and see them beside the coder's."""
    await recoding.save_codes(session, me, item_id, body, version=version)
    return await recoding.see_worksheet(session, me, item_id)


@router.put("/audit-items/{item_id}/revision", response_model=WorksheetOut, **operation(recoding.revise_codes))
async def revise_audit_codes(session: Session, me: Me, item_id: UUID, body: AuditRevisionIn, version: IfMatch) -> Any:
    """Revise the auditor's codes after seeing the coder's; what was saved first stays."""
    await recoding.revise_codes(session, me, item_id, body, version=version)
    return await recoding.see_worksheet(session, me, item_id)


@router.post("/audit-items/{item_id}/decisions", response_model=WorksheetOut, **operation(deciding.decide_positions))
async def decide_audit_positions(session: Session, me: Me, item_id: UUID, body: DecisionsIn, version: IfMatch) -> Any:
    """Accept, change or reject what is proposed at one or many positions."""
    await deciding.decide_positions(session, me, item_id, body, version=version)
    return await recoding.see_worksheet(session, me, item_id)


@router.post("/audit-items/{item_id}/finish", response_model=AuditFinished, **operation(deciding.finish_item))
async def finish_audit_item(
    request: Request, session: Session, me: Me, item_id: UUID, body: FinishIn, version: IfMatch
) -> Any:
    """Finish an episode, and take the next."""
    lease = settings_of(request).lease_minutes
    return await deciding.finish_item(session, me, item_id, body, version=version, lease_minutes=lease)


@router.post("/audit-items/{item_id}/unsafe", response_model=AuditFinished, **operation(deciding.mark_unsafe))
async def mark_audit_item_unsafe(
    request: Request, session: Session, me: Me, item_id: UUID, body: UnsafeIn, version: IfMatch
) -> Any:
    """Say that the record cannot support an audit of the episode."""
    lease = settings_of(request).lease_minutes
    return await deciding.mark_unsafe(session, me, item_id, body, version=version, lease_minutes=lease)


@router.post("/audit-items/{item_id}/reopen", response_model=WorksheetOut, **operation(deciding.reopen_item))
async def reopen_audit_item(
    request: Request, session: Session, me: Me, item_id: UUID, body: ReopenIn, version: IfMatch
) -> Any:
    """Take a finished episode up again."""
    lease = settings_of(request).lease_minutes
    await deciding.reopen_item(session, me, item_id, body, version=version, lease_minutes=lease)
    return await recoding.see_worksheet(session, me, item_id)


@router.get("/audit-proposals", response_model=AllProposals, **operation(reads.see_proposals))
async def see_audit_proposals(session: Session, me: Me) -> Any:
    """Read how often what was proposed is what auditors made of it, over all audits."""
    return await reads.see_proposals(session, me)
