"""HTTP of draws: size, preview, draw, replay, the episodes drawn and their replacement."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, status

from codewell.audits.reads import draws as reads
from codewell.audits.schemas.draws import (
    AuditItemPage,
    DrawIn,
    DrawOut,
    DrawPreview,
    ItemFilter,
    PopulationCount,
    ReplaceIn,
    Replacement,
    ReplayOut,
    SizeAsked,
    SizeOut,
)
from codewell.audits.service import draws as service
from codewell.identity.doors import IfMatch, Me, Session
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation

router = APIRouter(tags=["audits"], route_class=StrictRoute)


@router.get("/audit-sample-size", response_model=SizeOut, **operation(reads.size_sample))
async def size_sample(session: Session, me: Me, f: Annotated[SizeAsked, Query()]) -> Any:
    """Work out how many episodes give plus or minus so many points."""
    return await reads.size_sample(session, me, f)


@router.get("/audits/{audit_id}/population", response_model=PopulationCount, **operation(reads.count_population))
async def count_audit_population(session: Session, me: Me, audit_id: UUID) -> Any:
    """Count the episodes that can be drawn as the audit is set up now, and say why others cannot."""
    return await reads.count_population(session, me, audit_id)


@router.get("/audits/{audit_id}/draw/preview", response_model=DrawPreview, **operation(reads.preview_draw))
async def preview_draw(session: Session, me: Me, audit_id: UUID) -> Any:
    """Show what a draw would take, by stratum, and how sure its figure would be."""
    return await reads.preview_draw(session, me, audit_id)


@router.post(
    "/audits/{audit_id}/draw",
    response_model=DrawOut,
    status_code=status.HTTP_201_CREATED,
    **operation(service.draw_audit),
)
async def draw_audit(session: Session, me: Me, audit_id: UUID, body: DrawIn, version: IfMatch) -> Any:
    """Draw the sample and start the audit."""
    return reads.draw_out(await service.draw_audit(session, me, audit_id, version=version, seed=body.seed))


@router.get("/audits/{audit_id}/draw", response_model=DrawOut, **operation(reads.see_draw))
async def see_draw(session: Session, me: Me, audit_id: UUID) -> Any:
    """Show how the sample was drawn."""
    return await reads.see_draw(session, me, audit_id)


@router.get("/audits/{audit_id}/draw/replay", response_model=ReplayOut, **operation(reads.replay_draw))
async def replay_draw(session: Session, me: Me, audit_id: UUID) -> Any:
    """Draw again from the kept frame and seed, and say whether the list is the same."""
    return await reads.replay_draw(session, me, audit_id)


@router.get("/audits/{audit_id}/items", response_model=AuditItemPage, **operation(reads.list_items))
async def list_audit_items(session: Session, me: Me, audit_id: UUID, f: Annotated[ItemFilter, Query()]) -> Any:
    """List the episodes of an audit, without codes."""
    return await reads.list_items(session, me, audit_id, f)


@router.post("/audit-items/{item_id}/replace", response_model=Replacement, **operation(service.replace_item))
async def replace_audit_item(session: Session, me: Me, item_id: UUID, body: ReplaceIn, version: IfMatch) -> Any:
    """Replace an episode by the next of its stratum, with the reason."""
    return await service.replace_item(session, me, item_id, body, version=version)
