"""HTTP of findings between coder, auditor and adjudicator."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from codewell.audits.reads import replies as reads
from codewell.audits.schemas.replies import (
    DisputeFilter,
    FindingAnswerIn,
    FindingCloseIn,
    FindingCounts,
    FindingEscalateIn,
    FindingFilter,
    FindingItemOut,
    FindingPage,
    FindingRepliesIn,
    FindingRulingIn,
    FindingsSent,
)
from codewell.audits.service import replies as service
from codewell.identity.doors import IfMatch, Me, Session
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation

router = APIRouter(tags=["findings"], route_class=StrictRoute)


@router.post("/audits/{audit_id}/send-findings", response_model=FindingsSent, **operation(service.send_findings))
async def send_findings(session: Session, me: Me, audit_id: UUID) -> Any:
    """Send the findings of every decided episode to their coders; settle the episodes without any."""
    return await service.send_findings(session, me, audit_id)


@router.get("/findings", response_model=FindingPage, **operation(reads.list_my_findings))
async def list_my_findings(session: Session, me: Me, f: Annotated[FindingFilter, Query()]) -> Any:
    """List the findings about the caller's own coding."""
    return await reads.list_my_findings(session, me, f)


@router.get("/findings/counts", response_model=FindingCounts, **operation(reads.count_findings))
async def count_findings(session: Session, me: Me) -> Any:
    """Count the episodes whose findings wait for the caller."""
    return await reads.count_findings(session, me)


@router.get("/findings/{item_id}", response_model=FindingItemOut, **operation(service.see_finding))
async def see_finding(session: Session, me: Me, item_id: UUID) -> Any:
    """See the findings about one episode that the caller coded."""
    return await service.see_finding(session, me, item_id)


@router.post("/findings/{item_id}/replies", response_model=FindingItemOut, **operation(service.reply))
async def reply_to_findings(session: Session, me: Me, item_id: UUID, body: FindingRepliesIn, version: IfMatch) -> Any:
    """Agree with findings, or dispute them."""
    await service.reply(session, me, item_id, body, version=version)
    return await service.see_finding(session, me, item_id)


@router.post("/findings/{item_id}/escalate", response_model=FindingItemOut, **operation(service.escalate))
async def escalate_finding(session: Session, me: Me, item_id: UUID, body: FindingEscalateIn, version: IfMatch) -> Any:
    """Send a dispute to whoever rules on it."""
    await service.escalate(session, me, item_id, body, version=version)
    return await service.see_finding(session, me, item_id)


@router.get("/disputes", response_model=FindingPage, **operation(reads.list_disputes))
async def list_disputes(session: Session, me: Me, f: Annotated[DisputeFilter, Query()]) -> Any:
    """List findings to answer, to rule on, or that wait for their coder."""
    return await reads.list_disputes(session, me, f)


@router.get("/disputes/{item_id}", response_model=FindingItemOut, **operation(service.see_dispute))
async def see_dispute(session: Session, me: Me, item_id: UUID) -> Any:
    """See the findings about one episode, as whoever answers or rules."""
    return await service.see_dispute(session, me, item_id)


@router.post("/disputes/{item_id}/answer", response_model=FindingItemOut, **operation(service.answer))
async def answer_dispute(session: Session, me: Me, item_id: UUID, body: FindingAnswerIn, version: IfMatch) -> Any:
    """Answer a dispute."""
    await service.answer(session, me, item_id, body, version=version)
    return await service.see_dispute(session, me, item_id)


@router.post("/disputes/{item_id}/rule", response_model=FindingItemOut, **operation(service.rule))
async def rule_dispute(session: Session, me: Me, item_id: UUID, body: FindingRulingIn, version: IfMatch) -> Any:
    """Rule on an escalated finding."""
    await service.rule(session, me, item_id, body, version=version)
    return await service.see_dispute(session, me, item_id)


@router.post("/disputes/{item_id}/no-reply", response_model=FindingItemOut, **operation(service.close_unanswered))
async def close_unanswered(session: Session, me: Me, item_id: UUID, body: FindingCloseIn, version: IfMatch) -> Any:
    """Close findings that nobody replied to in time."""
    await service.close_unanswered(session, me, item_id, body, version=version)
    return await service.see_dispute(session, me, item_id)
