"""HTTP of external audits."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from codewell.audits.external import TEMPLATE
from codewell.audits.reads import external as reads
from codewell.audits.schemas.external import (
    ExternalDecisionsIn,
    ExternalFigures,
    ExternalFileIn,
    ExternalFilter,
    ExternalFindingPage,
    ExternalOutcomeIn,
    ImportDone,
    ImportPreview,
)
from codewell.audits.service import external as service
from codewell.identity.doors import IfMatch, Me, Session
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation

router = APIRouter(tags=["external audits"], route_class=StrictRoute)
_CSV: dict[str, Any] = operation(reads.see_template)
_CSV["responses"] |= {200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "An example"}}


@router.get("/external-findings/template", response_class=Response, **_CSV)
async def see_external_template(session: Session, me: Me) -> Response:
    """Download an example of the file that an external auditor fills."""
    await reads.see_template(session, me)
    headers = {"Content-Disposition": 'attachment; filename="external-findings.csv"', "Cache-Control": "no-store"}
    return Response(TEMPLATE, media_type="text/csv; charset=utf-8", headers=headers)


@router.post(
    "/audits/{audit_id}/external-findings/preview", response_model=ImportPreview, **operation(service.preview_import)
)
async def preview_external_findings(session: Session, me: Me, audit_id: UUID, body: ExternalFileIn) -> Any:
    """See what a file of findings would bring, and its faults."""
    return await service.preview_import(session, me, audit_id, body)


@router.post("/audits/{audit_id}/external-findings", response_model=ImportDone, **operation(service.import_findings))
async def import_external_findings(session: Session, me: Me, audit_id: UUID, body: ExternalFileIn) -> Any:
    """Import the external auditor's findings, all of the file or none; an episode comes in once."""
    return await service.import_findings(session, me, audit_id, body)


@router.get(
    "/audits/{audit_id}/external-findings", response_model=ExternalFindingPage,
    **operation(reads.list_external_findings),
)  # fmt: skip
async def list_external_findings(
    session: Session, me: Me, audit_id: UUID, f: Annotated[ExternalFilter, Query()]
) -> Any:
    """List the external auditor's findings with where each stands."""
    return await reads.list_external_findings(session, me, audit_id, f)


@router.get(
    "/audits/{audit_id}/external-figures", response_model=ExternalFigures, **operation(reads.see_external_figures)
)
async def see_external_figures(session: Session, me: Me, audit_id: UUID) -> Any:
    """See the figures as the external auditor said them and as agreed."""
    return await reads.see_external_figures(session, me, audit_id)


@router.post(
    "/audit-items/{item_id}/external-decisions", response_model=ExternalFigures, **operation(service.decide_external)
)
async def decide_external_findings(
    session: Session, me: Me, item_id: UUID, body: ExternalDecisionsIn, version: IfMatch
) -> Any:
    """Accept or challenge external findings of one episode."""
    audit_id = await service.decide_external(session, me, item_id, body, version=version)
    return await reads.see_external_figures(session, me, audit_id)


@router.post(
    "/audit-items/{item_id}/external-outcome", response_model=ExternalFigures, **operation(service.record_outcome)
)
async def record_external_outcome(
    session: Session, me: Me, item_id: UUID, body: ExternalOutcomeIn, version: IfMatch
) -> Any:
    """Record what the external auditor made of a challenge."""
    audit_id = await service.record_outcome(session, me, item_id, body, version=version)
    return await reads.see_external_figures(session, me, audit_id)
