"""HTTP of setting audits up, and of seeing them."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status

from codewell.audits.reads import setup as reads
from codewell.audits.schemas.setup import (
    AuditAbandon,
    AuditEdit,
    AuditFilter,
    AuditNew,
    AuditorsNamed,
    AuditOut,
    AuditPage,
    CoderPage,
    Period,
    SpecialtyOfPage,
)
from codewell.audits.service import setup as service
from codewell.identity.doors import IdempotencyKey, IfMatch, Me, Session, once
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation

router = APIRouter(tags=["audits"], route_class=StrictRoute)


@router.get("/audits", response_model=AuditPage, **operation(reads.list_audits))
async def list_audits(session: Session, me: Me, f: Annotated[AuditFilter, Query()]) -> Any:
    """List the audits of this Trust with their progress."""
    return await reads.list_audits(session, me, f)


@router.post("/audits", response_model=AuditOut, status_code=status.HTTP_201_CREATED, **operation(service.open_audit))
async def open_audit(
    request: Request, session: Session, me: Me, body: AuditNew, key: IdempotencyKey = None
) -> Response:
    """Set up an audit."""
    return await once(request, session, me, key, service.open_audit, body, status=201)


@router.get("/audit-coders", response_model=CoderPage, **operation(reads.list_coders))
async def list_audit_coders(session: Session, me: Me, f: Annotated[Period, Query()]) -> Any:
    """List who coded episodes that ended in a period, with how many."""
    return await reads.list_coders(session, me, f)


@router.get("/audit-specialties", response_model=SpecialtyOfPage, **operation(reads.list_specialties))
async def list_audit_specialties(session: Session, me: Me, f: Annotated[Period, Query()]) -> Any:
    """List the specialties of coded episodes that ended in a period, with how many."""
    return await reads.list_specialties(session, me, f)


@router.get("/audits/{audit_id}", response_model=AuditOut, **operation(reads.see_audit))
async def see_audit(session: Session, me: Me, audit_id: UUID) -> Any:
    """Show an audit: its facts, auditors, progress and what the caller may do."""
    return await reads.see_audit(session, me, audit_id)


@router.patch("/audits/{audit_id}", response_model=AuditOut, **operation(service.edit_audit))
async def edit_audit(session: Session, me: Me, audit_id: UUID, body: AuditEdit, version: IfMatch) -> Any:
    """Change an audit that is being set up, or the words of one that is running."""
    audit = await service.edit_audit(session, me, audit_id, body, version=version)
    return await reads.audit_out(session, me, audit)


@router.put("/audits/{audit_id}/auditors", response_model=AuditOut, **operation(service.name_auditors))
async def name_auditors(session: Session, me: Me, audit_id: UUID, body: AuditorsNamed, version: IfMatch) -> Any:
    """Name the lead auditor and the others; their qualifications are checked today."""
    audit = await service.name_auditors(session, me, audit_id, body, version=version)
    return await reads.audit_out(session, me, audit)


@router.post("/audits/{audit_id}/abandon", response_model=AuditOut, **operation(service.abandon))
async def abandon_audit(session: Session, me: Me, audit_id: UUID, body: AuditAbandon, version: IfMatch) -> Any:
    """Give an audit up, with the reason."""
    audit = await service.abandon(session, me, audit_id, body, version=version)
    return await reads.audit_out(session, me, audit)
