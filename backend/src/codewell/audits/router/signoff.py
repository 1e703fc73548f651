"""HTTP of signing audits."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query

from codewell.audits.reads import signoff as reads
from codewell.audits.schemas.signoff import (
    AuditCorrect,
    AuditCorrectItem,
    AuditSign,
    SignatureChanges,
    SignatureOut,
    SignaturePage,
    SignOffOut,
)
from codewell.audits.service import signoff as service
from codewell.identity.doors import IfMatch, Me, Session
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation

router = APIRouter(tags=["audit sign-off"], route_class=StrictRoute)
Version = Annotated[int, Path(ge=1, le=10_000)]


@router.get("/audits/{audit_id}/sign-off", response_model=SignOffOut, **operation(reads.see_sign_off))
async def see_sign_off(session: Session, me: Me, audit_id: UUID) -> Any:
    """See what stands in the way of signing an audit."""
    return await reads.see_sign_off(session, me, audit_id)


@router.post("/audits/{audit_id}/sign", response_model=SignOffOut, **operation(service.sign))
async def sign_audit(session: Session, me: Me, audit_id: UUID, body: AuditSign, version: IfMatch) -> Any:
    """Sign an audit, or its correction as a new version."""
    await service.sign(session, me, audit_id, body, version=version)
    return await reads.see_sign_off(session, me, audit_id)


@router.post("/audits/{audit_id}/open-correction", response_model=SignOffOut, **operation(service.open_correction))
async def open_correction(session: Session, me: Me, audit_id: UUID, body: AuditCorrect, version: IfMatch) -> Any:
    """Open a signed audit for a correction."""
    await service.open_correction(session, me, audit_id, body, version=version)
    return await reads.see_sign_off(session, me, audit_id)


@router.post("/audits/{audit_id}/close-correction", response_model=SignOffOut, **operation(service.close_correction))
async def close_correction(session: Session, me: Me, audit_id: UUID, version: IfMatch) -> Any:
    """Close a correction that changes nothing."""
    await service.close_correction(session, me, audit_id, version=version)
    return await reads.see_sign_off(session, me, audit_id)


@router.post("/audit-items/{item_id}/correct", response_model=SignOffOut, **operation(service.correct_item))
async def correct_audit_item(session: Session, me: Me, item_id: UUID, body: AuditCorrectItem, version: IfMatch) -> Any:
    """Have one more episode of an audit under correction decided anew."""
    audit_id = await service.correct_item(session, me, item_id, body, version=version)
    return await reads.see_sign_off(session, me, audit_id)


@router.get("/audits/{audit_id}/signatures", response_model=SignaturePage, **operation(reads.list_signatures))
async def list_signatures(session: Session, me: Me, audit_id: UUID) -> Any:
    """List the signed versions of an audit."""
    return await reads.list_signatures(session, me, audit_id)


@router.get("/audits/{audit_id}/signatures/{version}", response_model=SignatureOut, **operation(service.see_signature))
async def see_signature(session: Session, me: Me, audit_id: UUID, version: Version) -> Any:
    """Read a signed version with all that was signed."""
    return await service.see_signature(session, me, audit_id, version)


@router.get(
    "/audits/{audit_id}/signatures/{version}/changes",
    response_model=SignatureChanges,
    **operation(reads.see_signature_changes),
)
async def see_signature_changes(
    session: Session, me: Me, audit_id: UUID, version: Version,
    against: Annotated[int | None, Query(ge=1, le=10_000)] = None,
) -> Any:  # fmt: skip
    """Compare a signed version with another, by default the one before it."""
    return await reads.see_signature_changes(session, me, audit_id, version, against)
