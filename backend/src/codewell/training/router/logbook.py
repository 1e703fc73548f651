"""HTTP of auditors' logbooks."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from codewell.identity.doors import IdempotencyKey, IfMatch, Me, Session, once
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation
from codewell.training.reads import logbook as reads
from codewell.training.schemas import CpdIn, CpdMade, LogbookList, LogbookOut, LogbookPage, LogbookYear
from codewell.training.service import logbook

router = APIRouter(tags=["training"], route_class=StrictRoute)


def _csv(verb: Any) -> dict[str, Any]:  # Any: a verb, and what publishes it
    made = operation(verb)
    made["responses"] |= {200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "The logbook"}}
    return made


def _file(text: str) -> Response:
    headers = {"Content-Disposition": 'attachment; filename="logbook.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/my-logbook", response_model=LogbookOut, **operation(reads.see_my_logbook))
async def see_my_logbook(session: Session, me: Me, f: Annotated[LogbookYear, Query()]) -> Any:
    """See one's own logbook of a year."""
    return await reads.see_my_logbook(session, me, f)


@router.get("/my-logbook/file", response_class=Response, **_csv(reads.export_my_logbook))
async def export_my_logbook(session: Session, me: Me, f: Annotated[LogbookYear, Query()]) -> Response:
    """Export one's own logbook of a year as CSV."""
    return _file(await reads.export_my_logbook(session, me, f))


@router.post("/my-logbook/cpd", response_model=CpdMade, status_code=201, **operation(logbook.add_cpd))
async def add_cpd_entry(
    request: Request, session: Session, me: Me, body: CpdIn, key: IdempotencyKey = None
) -> Response:
    """Enter CPD into one's own logbook."""
    return await once(request, session, me, key, logbook.add_cpd, body, status=201)


@router.put("/cpd-entries/{cpd_entry_id}", response_model=CpdMade, **operation(logbook.edit_cpd))
async def edit_cpd_entry(session: Session, me: Me, cpd_entry_id: UUID, body: CpdIn, version: IfMatch) -> Any:
    """Change a CPD entry of one's own."""
    return await logbook.edit_cpd(session, me, cpd_entry_id, body, version=version)


@router.delete("/cpd-entries/{cpd_entry_id}", status_code=204, **operation(logbook.remove_cpd))
async def remove_cpd_entry(session: Session, me: Me, cpd_entry_id: UUID, version: IfMatch) -> Response:
    """Take out a CPD entry of one's own."""
    await logbook.remove_cpd(session, me, cpd_entry_id, version=version)
    return Response(status_code=204)


@router.get("/logbooks", response_model=LogbookPage, **operation(reads.list_logbooks))
async def list_logbooks(session: Session, me: Me, f: Annotated[LogbookList, Query()]) -> Any:
    """List auditors with their year in numbers."""
    return await reads.list_logbooks(session, me, f)


@router.get("/logbooks/{person_id}", response_model=LogbookOut, **operation(reads.see_logbook))
async def see_logbook(session: Session, me: Me, person_id: UUID, f: Annotated[LogbookYear, Query()]) -> Any:
    """See somebody's logbook of a year."""
    return await reads.see_logbook(session, me, person_id, f)


@router.get("/logbooks/{person_id}/file", response_class=Response, **_csv(reads.export_logbook))
async def export_logbook(session: Session, me: Me, person_id: UUID, f: Annotated[LogbookYear, Query()]) -> Response:
    """Export somebody's logbook of a year as CSV."""
    return _file(await reads.export_logbook(session, me, person_id, f))
