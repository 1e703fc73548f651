"""HTTP of auditors and their qualifications."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, status

from codewell.audits.reads import auditors as reads
from codewell.audits.schemas.auditors import AuditorOut, AuditorPage, QualificationNew, QualificationWithdraw
from codewell.audits.service import auditors as service
from codewell.identity.doors import IfMatch, Me, Session
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation

router = APIRouter(tags=["auditors"], route_class=StrictRoute)


@router.get("/auditors", response_model=AuditorPage, **operation(reads.list_auditors))
async def list_auditors(session: Session, me: Me) -> Any:
    """List who may audit, with their qualifications and how each stands today."""
    return await reads.list_auditors(session, me)


@router.get("/auditors/{person_id}", response_model=AuditorOut, **operation(reads.see_auditor))
async def see_auditor(session: Session, me: Me, person_id: UUID) -> Any:
    """Show one auditor."""
    return await reads.see_auditor(session, me, person_id)


@router.post(
    "/auditors/{person_id}/qualifications",
    response_model=AuditorOut,
    status_code=status.HTTP_201_CREATED,
    **operation(service.qualify),
)
async def qualify_auditor(session: Session, me: Me, person_id: UUID, body: QualificationNew) -> Any:
    """Record a qualification with its number and expiry."""
    await service.qualify(session, me, person_id, body)
    return await reads.see_auditor(session, me, person_id)


@router.post(
    "/auditor-qualifications/{qualification_id}/withdraw",
    response_model=AuditorOut,
    **operation(service.withdraw_qualification),
)
async def withdraw_qualification(
    session: Session, me: Me, qualification_id: UUID, body: QualificationWithdraw, version: IfMatch
) -> Any:
    """Let a qualification count no more from today."""
    person_id = await service.withdraw_qualification(session, me, qualification_id, body, version=version)
    return await reads.see_auditor(session, me, person_id)
