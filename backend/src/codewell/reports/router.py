"""HTTP of reports."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response, status

from codewell.identity.doors import IdempotencyKey, IfMatch, Me, Met, Session, once
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation
from codewell.reports import logbook, reads, service
from codewell.reports.content import ReportDocument
from codewell.reports.excel import xlsx
from codewell.reports.pdf import pdf
from codewell.reports.schemas import (
    MadeFrom,
    OfSpecialty,
    ReportBlocksEdit,
    ReportOut,
    ReportVersionNew,
    ReportVersionPage,
    ReportVersionWhole,
)  # fmt: skip
from codewell.reports.word import docx
from codewell.training.schemas import LogbookYear

router = APIRouter(tags=["reports"], route_class=StrictRoute)

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _published(f: Any, media: str) -> dict[str, Any]:  # Any: a verb, and the route's arguments
    facts = operation(f)
    schema = {"type": "string", "format": "binary"}
    facts["responses"] |= {200: {"description": "The file", "content": {media: {"schema": schema}}}}
    return facts | {"response_class": Response}


async def _file(made: ReportDocument, make: Callable[[ReportDocument], bytes], media: str, name: str) -> Response:
    """Make the file in a thread, after the transaction has ended: nothing waits for it but its reader."""
    body = await asyncio.to_thread(make, made)
    safe = re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip("-")
    headers = {"Content-Disposition": f'attachment; filename="{safe}"', "Cache-Control": "no-store"}
    return Response(body, media_type=media, headers=headers)


async def _report(
    request: Request,
    me: Met,
    audit_id: UUID,
    asked: MadeFrom,
    form: str,
    make: Callable[[ReportDocument], bytes],
    media: str,
) -> Response:
    async with request.app.state.database.transaction() as session:
        made = await service.make_report(session, me, audit_id, asked, form=form)
    return await _file(made, make, media, f"{made.reference}-report{'-DRAFT' if made.draft else ''}.{form}")


@router.get("/audits/{audit_id}/report", response_model=ReportOut, **operation(reads.see_report))
async def see_report(session: Session, me: Me, audit_id: UUID) -> Any:
    """Show an audit's report: its narrative with drafts, and the whole document."""
    return await reads.see_report(session, me, audit_id)


@router.put("/audits/{audit_id}/report/blocks", response_model=ReportOut, **operation(service.edit_report))
async def edit_report(session: Session, me: Me, audit_id: UUID, body: ReportBlocksEdit, version: IfMatch) -> Any:
    """Edit blocks of the narrative, or take their drafts; If-Match is the report's version, "0" for the first."""
    await service.edit_report(session, me, audit_id, body, version=version)
    return await reads.see_report(session, me, audit_id)


@router.get(
    "/audits/{audit_id}/report/versions", response_model=ReportVersionPage, **operation(reads.list_report_versions)
)
async def list_report_versions(session: Session, me: Me, audit_id: UUID) -> Any:
    """List the versions of a report."""
    return await reads.list_report_versions(session, me, audit_id)


@router.post(
    "/audits/{audit_id}/report/versions",
    response_model=ReportVersionWhole,
    status_code=status.HTTP_201_CREATED,
    **operation(service.keep_version),
)
async def keep_report_version(
    request: Request, session: Session, me: Me, audit_id: UUID, body: ReportVersionNew, key: IdempotencyKey = None
) -> Response:
    """Keep the report under a name, just as it now stands."""
    return await once(request, session, me, key, service.keep_version, (audit_id, body), status=201)


@router.get(
    "/audits/{audit_id}/report/versions/{version}",
    response_model=ReportVersionWhole,
    **operation(reads.see_report_version),
)
async def see_report_version(
    session: Session, me: Me, audit_id: UUID, version: Annotated[int, Path(ge=1, le=1_000_000)]
) -> Any:
    """Show a version of a report with what was edited in it."""
    return await reads.see_report_version(session, me, audit_id, version)


@router.get("/audits/{audit_id}/report.pdf", **_published(service.make_report, PDF))
async def make_report_pdf(request: Request, me: Met, audit_id: UUID, f: Annotated[MadeFrom, Query()]) -> Response:
    """Make the report as PDF, tagged for readers who cannot see it."""
    return await _report(request, me, audit_id, f, "pdf", pdf, PDF)


@router.get("/audits/{audit_id}/report.docx", **_published(service.make_report, DOCX))
async def make_report_docx(request: Request, me: Met, audit_id: UUID, f: Annotated[MadeFrom, Query()]) -> Response:
    """Make the report as a Word document."""
    return await _report(request, me, audit_id, f, "docx", docx, DOCX)


@router.get("/audits/{audit_id}/report.xlsx", **_published(service.make_report, XLSX))
async def make_report_xlsx(request: Request, me: Met, audit_id: UUID, f: Annotated[MadeFrom, Query()]) -> Response:
    """Make the report's tables as an Excel workbook."""
    return await _report(request, me, audit_id, f, "xlsx", xlsx, XLSX)


@router.get("/audits/{audit_id}/feedback/{person_id}.pdf", **_published(service.make_feedback, PDF))
async def make_feedback_pdf(request: Request, me: Met, audit_id: UUID, person_id: UUID) -> Response:
    """Make a coder's feedback sheet."""
    async with request.app.state.database.transaction() as session:
        made = await service.make_feedback(session, me, audit_id, person_id)
    return await _file(made, pdf, PDF, f"{made.reference}-feedback.pdf")


@router.get("/audits/{audit_id}/summary.pdf", **_published(service.make_summary, PDF))
async def make_summary_pdf(request: Request, me: Met, audit_id: UUID, f: Annotated[OfSpecialty, Query()]) -> Response:
    """Make a specialty's one-page summary for its clinicians."""
    async with request.app.state.database.transaction() as session:
        made = await service.make_summary(session, me, audit_id, f)
    return await _file(made, pdf, PDF, f"{made.reference}-summary.pdf")


@router.get("/my-logbook/file.pdf", **_published(logbook.print_my_logbook, PDF))
async def make_my_logbook_pdf(request: Request, me: Met, f: Annotated[LogbookYear, Query()]) -> Response:
    """Make one's own logbook of a year as PDF, to print and to sign."""
    async with request.app.state.database.transaction() as session:
        made = await logbook.print_my_logbook(session, me, f)
    return await _file(made, pdf, PDF, "logbook.pdf")


@router.get("/logbooks/{person_id}/file.pdf", **_published(logbook.print_logbook, PDF))
async def make_logbook_pdf(request: Request, me: Met, person_id: UUID, f: Annotated[LogbookYear, Query()]) -> Response:
    """Make somebody's logbook of a year as PDF."""
    async with request.app.state.database.transaction() as session:
        made = await logbook.print_logbook(session, me, person_id, f)
    return await _file(made, pdf, PDF, "logbook.pdf")
