"""HTTP of codes and editions."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, UploadFile, status
from pydantic import StringConstraints

from codewell.codesets import reads, service
from codewell.codesets.formats import MAX_BYTES, Format, Upload
from codewell.codesets.rules import FileTooLarge, System
from codewell.codesets.schemas import (
    ChangeFilter,
    CodeHits,
    CodeOut,
    CodeQuery,
    EditionChangePage,
    EditionDetail,
    EditionName,
    EditionPage,
    EditionReady,
)
from codewell.identity.doors import IfMatch, Me, Session
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation
from codewell.kit.wire import ShortLine

router = APIRouter(tags=["classifications"], route_class=StrictRoute)

CodeText = Annotated[str, StringConstraints(max_length=12)]


@router.get("/codes", response_model=CodeHits, **operation(reads.search_codes))
async def search_codes(session: Session, me: Me, query: Annotated[CodeQuery, Query()]) -> Any:
    """Search a classification as someone types."""
    return await reads.search_codes(session, me, system=query.system, q=query.q, on=query.on, limit=query.limit)


@router.get("/codes/{system}/{code}", response_model=CodeOut, **operation(reads.one_code))
async def read_code(session: Session, me: Me, system: System, code: CodeText, on: dt.date | None = None) -> Any:
    """Return one code with its parent's and its own children."""
    return await reads.one_code(session, me, system=system, code=code, on=on)


@router.get("/editions", response_model=EditionPage, **operation(reads.list_editions))
async def list_editions(session: Session, me: Me) -> Any:
    """List the editions of both classifications."""
    return await reads.list_editions(session, me)


@router.post(
    "/editions/previews",
    response_model=EditionDetail,
    status_code=status.HTTP_201_CREATED,
    **operation(service.load_preview),
)
async def load_edition(
    session: Session,
    me: Me,
    file: Annotated[
        list[UploadFile], File(description="The code file, or TRUD's codes and metadata, or a zip of them")
    ],
    system: Annotated[System, Form()],
    edition: Annotated[EditionName, Form()],
    title: Annotated[ShortLine, Form(min_length=1)],
    valid_from_on: Annotated[dt.date, Form()],
    kind: Annotated[Format, Form(alias="format")],
    valid_to_on: Annotated[dt.date | None, Form()] = None,
) -> Any:
    """Load code files as a preview: what they add, change and remove, before anything uses them."""
    row = await service.load_preview(
        session, me, system=system, edition=edition, title=title, valid_from_on=valid_from_on, valid_to_on=valid_to_on,
        kind=kind, uploads=await _received(file),
    )  # fmt: skip
    return await reads.one_edition(session, me, reads.edition_id_of(row.system, row.edition))


async def _received(files: list[UploadFile]) -> list[Upload]:
    uploads, left = [], MAX_BYTES
    for file in files:
        content = await file.read(left + 1)
        left -= len(content)
        if left < 0:
            raise FileTooLarge(limit_bytes=MAX_BYTES)
        uploads.append(Upload((file.filename or "file").replace("\\", "/").rsplit("/", 1)[-1], content))
    return uploads


@router.get("/editions/{edition_id}", response_model=EditionDetail, **operation(reads.one_edition))
async def read_edition(session: Session, me: Me, edition_id: str) -> Any:
    """Return one edition, with the lines of its file that could not be used."""
    return await reads.one_edition(session, me, edition_id)


@router.get("/editions/{edition_id}/changes", response_model=EditionChangePage, **operation(reads.list_edition_changes))
async def list_edition_changes(session: Session, me: Me, edition_id: str, f: Annotated[ChangeFilter, Query()]) -> Any:
    """List what an edition adds, changes and removes."""
    return await reads.list_edition_changes(session, me, edition_id, kind=f.kind, cursor=f.cursor, limit=f.limit)


@router.post("/editions/{edition_id}/ready", response_model=EditionDetail, **operation(service.make_ready))
async def make_edition_ready(
    session: Session, me: Me, edition_id: str, if_match: IfMatch, body: EditionReady | None = None
) -> Any:
    """Put a preview into force for its days."""
    seen = body.removals_seen if body else None
    await service.make_ready(session, me, edition_id, version=if_match, removals_seen=seen)
    return await reads.one_edition(session, me, edition_id)


@router.post("/editions/{edition_id}/withdraw", response_model=EditionDetail, **operation(service.withdraw))
async def withdraw_edition(session: Session, me: Me, edition_id: str, if_match: IfMatch) -> Any:
    """Take a ready edition back to a preview while nothing is coded in it."""
    await service.withdraw(session, me, edition_id, version=if_match)
    return await reads.one_edition(session, me, edition_id)


@router.post("/editions/{edition_id}/discard", response_model=EditionDetail, **operation(service.discard))
async def discard_edition(session: Session, me: Me, edition_id: str, if_match: IfMatch) -> Any:
    """Throw a preview away."""
    await service.discard(session, me, edition_id, version=if_match)
    return await reads.one_edition(session, me, edition_id)
