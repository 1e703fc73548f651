"""What intake's routes need of HTTP beyond the usual: bodies described item by item, files as streams."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated, Any

from fastapi import Path, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from python_multipart.multipart import MultipartParser, parse_options_header
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.identity.actor import Actor
from codewell.identity.doors import settings_of
from codewell.intake import spool
from codewell.intake.rules import NotAFile
from codewell.intake.schemas import DocumentMessage, EpisodeMessage
from codewell.kit import clock
from codewell.kit.file_names import attachment, file_name_in
from codewell.kit.problems import NotPermitted, TooLarge
from codewell.kit.verbs import operation

SourceId = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,40}$")]
_TYPES = frozenset(
    {
        "text/csv", "text/plain", "text/tab-separated-values", "application/csv", "application/x-ndjson",
        "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/octet-stream",
        "application/vnd.ms-excel",
    }
)  # fmt: skip


def described(verb: Callable[..., Any], model: str) -> dict[str, Any]:
    """Return the route arguments of a batch post, with the shape of an item in the contract."""
    made = operation(verb)
    shape: type[BaseModel] = DocumentMessage if model == "DocumentMessage" else EpisodeMessage
    schema = shape.model_json_schema()
    made["openapi_extra"] |= {"x-item-schema": schema}
    made["responses"] |= {413: made["responses"][422]}
    return made


def file_body(verb: Callable[..., Any]) -> dict[str, Any]:
    """Return the route arguments of a file upload: raw bytes, or one part of a form."""
    made = operation(verb)
    binary = {"schema": {"type": "string", "format": "binary"}}
    form = {"schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}}
    made["openapi_extra"] |= {
        "requestBody": {
            "required": True,
            "content": {"text/csv": binary, "application/x-ndjson": binary, "multipart/form-data": form},
        }
    }
    made["openapi_extra"]["parameters"] = [
        {
            "name": "Content-Disposition", "in": "header", "required": False,
            "schema": {"type": "string", "example": "attachment; filename*=UTF-8''PAS%20export.csv"},
            "description": "The name of a raw body (RFC 6266: `filename*` goes before `filename`); "
            "`file_name` goes before it.",
        }
    ]  # fmt: skip
    made["responses"] |= {413: made["responses"][422], 415: made["responses"][422]}
    return made


def csv_answer(verb: Callable[..., Any]) -> dict[str, Any]:
    """Return the route arguments of a CSV download."""
    made = operation(verb)
    made["responses"] |= {200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "The rows"}}
    return made


def download(lines: AsyncIterator[bytes], name: str) -> StreamingResponse:
    """Return an answer that is saved as a file and never shown as a page."""
    headers = {"Content-Disposition": attachment(name), "Cache-Control": "no-store"}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


def name_of(request: Request) -> str:
    """Return the name that a raw body says it has, in its Content-Disposition."""
    return file_name_in(request.headers.get("content-disposition", "").encode("latin-1"))


def name_of_now() -> str:
    """Return what a file is called that came without a name: when it came, in London."""
    at = clock.now().astimezone(clock.LONDON)
    return f"file of {at.day} {at:%b %H:%M}"


def transaction(request: Request) -> AbstractAsyncContextManager[AsyncSession]:
    """Open a transaction that ends with its block, for a route that first takes in a long body."""
    made: AbstractAsyncContextManager[AsyncSession] = request.app.state.database.transaction()
    return made


@asynccontextmanager
async def received(request: Request, me: Actor) -> AsyncIterator[tuple[spool.Spooled, str | None]]:
    """Stream the body to the work folder; the file is gone again unless a job was made of it.

    Whoever may not post is refused before a byte is read. A compressed body is refused: what it would unpack to is
    unknown.
    """
    if not me.may("intake:post"):
        raise NotPermitted(permission="intake:post")
    settings = settings_of(request)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise NotAFile("Send the file as it is, not compressed.")
    kind, options = parse_options_header(request.headers.get("content-type", "application/octet-stream"))
    media = kind.decode("latin-1").lower()
    name: list[str] = []
    if media == "multipart/form-data":
        chunks = _part(request.stream(), options.get(b"boundary", b""), name)
    elif media in _TYPES:
        chunks = request.stream()
    else:
        raise NotAFile("Send text/csv, application/x-ndjson, or a form with one file.")
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > settings.max_file_bytes:
        raise TooLarge(f"The limit here is {settings.max_file_bytes:,} bytes.", limit_bytes=settings.max_file_bytes)
    spooled = await spool.receive(
        chunks, settings.work_dir, max_bytes=settings.max_file_bytes, max_rows=settings.max_file_rows
    )
    try:
        yield spooled, name[0] if name else None
    finally:
        spooled.discard()


async def _part(stream: AsyncIterator[bytes], boundary: bytes, name: list[str]) -> AsyncIterator[bytes]:
    """Give the bytes of the form's one file, as they arrive."""
    if not boundary:
        raise NotAFile("The form says no boundary.")
    ready: list[bytes] = []
    parts = 0
    header = bytearray()
    value = bytearray()

    def begin() -> None:
        nonlocal parts
        parts += 1

    def header_field(data: bytes, start: int, end: int) -> None:
        header.extend(data[start:end])

    def header_value(data: bytes, start: int, end: int) -> None:
        value.extend(data[start:end])

    def header_end() -> None:
        if bytes(header).lower() == b"content-disposition" and not name:
            given = file_name_in(bytes(value), form=True)
            if given:
                name.append(given)
        header.clear()
        value.clear()

    def data_(data: bytes, start: int, end: int) -> None:
        if parts == 1:
            ready.append(data[start:end])

    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": begin, "on_header_field": header_field, "on_header_value": header_value,
            "on_header_end": header_end, "on_part_data": data_,
        },
    )  # fmt: skip
    try:
        async for chunk in stream:
            parser.write(chunk)
            if parts > 1:
                raise NotAFile("Send one file at a time.")
            for piece in ready:
                yield piece
            ready.clear()
    except ValueError as error:
        raise NotAFile("The form could not be read.") from error
