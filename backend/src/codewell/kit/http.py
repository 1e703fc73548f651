"""HTTP at the edges: strict requests, problem documents, body limits, request ids, the published contract."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import re
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.params import Form
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from codewell.kit import words
from codewell.kit.ids import uuid7
from codewell.kit.problems import (
    BY_STATUS,
    MEDIA_TYPE,
    Invalid,
    Malformed,
    MethodNotAllowed,
    NotFound,
    Problem,
    TooLarge,
    UnsupportedMedia,
)

log = logging.getLogger(__name__)
SECURITY_EVENTS = frozenset({401, 403, 429})
"""Refusals of who somebody is or may do: each leaves one line in the log."""

_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{1,64}$")


def request_id_of(scope: Mapping[str, Any]) -> str:
    """Return the id of this request, as sent by the caller in X-Request-ID or made by us."""
    return str(scope.get("state", {}).get("request_id", "none"))


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is given twice")
    return members


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError("a number is too large")
    return value


_NOT_DEEP: Final = 50
_SINGLE: Final = frozenset({str, int, bool, type(None)})
_HOLDERS: Final = (dict, list)


def _surely_strict(body: bytes, value: Any) -> bool:  # Any: a JSON value
    """Say whether a value read by the quick parser, which keeps the last of doubled members, is surely strict too.

    Where no colon has a blank before it, every member's name ends in ``":``, so that there are at most as many members
    as that: where the value has all of them, none was doubled. A number with a fraction may have been too large.
    """
    if b" :" in body or any(blank in body and blank + b":" in body for blank in (b"\n", b"\t", b"\r")):
        return False
    members, level = 0, [value]
    for _ in range(_NOT_DEEP):
        below: list[Any] = []
        for at in level:
            if type(at) is dict:
                members += len(at)
                at = at.values()
            elif type(at) is not list:
                return type(at) in _SINGLE
            kinds = set(map(type, at))
            if not kinds <= _SINGLE:
                if float in kinds:
                    return False
                below += [one for one in at if type(one) in _HOLDERS]
        if not below:
            return members == body.count(b'":')
        level = below
    return False


def strict_json(body: bytes, *, exact: bool = False) -> Any:
    """Return the JSON value of ``body``; ValueError for doubled members, NaN, Infinity, a number that is too large, or
    too deep nesting.

    ``exact`` keeps numbers as they are written.
    """
    if not exact:
        try:
            value = orjson.loads(body)
        except ValueError:
            # What is wrong with it, if anything is, is told below.
            pass
        else:
            if _surely_strict(body, value):
                return value
    try:
        return json.loads(
            body,
            object_pairs_hook=_no_duplicates,
            parse_constant=_no_constant,
            parse_float=str if exact else _finite,
            parse_int=str if exact else None,
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None


class StrictRequest(Request):
    """A request whose JSON is read strictly."""

    async def json(self) -> Any:
        """Return the body's JSON value, or fail as malformed JSON."""
        if not hasattr(self, "_json"):
            try:
                self._json = strict_json(await self.body())
            except ValueError as error:
                # The one error of a body that the framework hands on; ``invalid`` gives its words to the caller.
                raise json.JSONDecodeError(words.of_json(error), "", 0) from None
        return self._json


def _is_list(annotation: Any) -> bool:
    return "list" in str(annotation).lower() or "set[" in str(annotation).lower()


def _query_parameters(dependant: Dependant) -> dict[str, bool]:
    """Return every query parameter of a route with whether it may be given more than once."""
    known: dict[str, bool] = {}
    for parameter in dependant.query_params:
        model_fields = getattr(parameter.field_info.annotation, "model_fields", None)
        if model_fields is not None:
            known |= {f.alias or name: _is_list(f.annotation) for name, f in model_fields.items()}
        else:
            known[parameter.alias] = _is_list(parameter.field_info.annotation)
    for below in dependant.dependencies:
        known |= _query_parameters(below)
    return known


class StrictRoute(APIRoute):
    """A route that refuses unknown or doubled query parameters and lax JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler with the strict request."""
        handler = super().get_route_handler()
        known = _query_parameters(self.dependant)
        takes_json = self.body_field is not None and not isinstance(self.body_field.field_info, Form)

        async def handle(request: Request) -> Response:
            seen: set[str] = set()
            errors: list[dict[str, Any]] = []
            for name, _ in request.query_params.multi_items():
                if name not in known:
                    errors.append({"type": words.NO_SUCH_PARAMETER, "loc": ("query", name)})
                elif name in seen and not known[name]:
                    errors.append({"type": words.GIVEN_TWICE, "loc": ("query", name)})
                seen.add(name)
            if errors:
                raise RequestValidationError(errors)
            if request.headers.get("content-type", "").startswith("multipart/"):
                # The framework takes in a whole form before it asks who is calling.
                await request.app.state.before_form(request)
            try:
                return await handler(StrictRequest(request.scope, request.receive))
            except RequestValidationError:
                # Not before: whoever may not call at all is told that first.
                if takes_json:
                    _refuse_other_than_json(request.headers)
                raise

        return handle


def _refuse_other_than_json(headers: Mapping[str, str]) -> None:
    """Raise UnsupportedMedia for a body that does not say it is JSON, or that is compressed."""
    if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
        return
    kind, _, of = headers.get("content-type", "").partition(";")[0].strip().lower().partition("/")
    if kind != "application" or not (of == "json" or of.endswith("+json")):
        raise UnsupportedMedia("Send JSON, with the header Content-Type: application/json.")
    if headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise UnsupportedMedia("Send the JSON as it is, not compressed: without Content-Encoding.")


def _methods(app: FastAPI) -> list[tuple[re.Pattern[str], str, list[str]]]:
    """Return the published paths: how each is matched, as it is written, and its methods."""
    made: list[tuple[re.Pattern[str], str, list[str]]] | None = getattr(app.state, "methods", None)
    if made is None:
        made = app.state.methods = [
            (
                re.compile("[^/]+".join(map(re.escape, re.split(r"\{[^}]*\}", path)))),
                path,
                sorted(map(str.upper, found)),
            )
            for path, found in app.openapi()["paths"].items()
        ]
    return made


def no_such_operation(app: FastAPI, method: str, path: str, headers: Mapping[str, str] | None = None) -> Problem:
    """Return the refusal of a method on a path that no route takes: 405 where another method would do, else 404."""
    allowed = sorted({m for pattern, _, methods in _methods(app) if pattern.fullmatch(path) for m in methods})
    if not allowed and headers:
        allowed = sorted(m.strip() for m in {k.lower(): v for k, v in headers.items()}.get("allow", "").split(","))
    if not allowed or allowed == [""] or method in allowed:
        return NotFound()
    return MethodNotAllowed(f"Use {' or '.join(allowed)}.", headers={"Allow": ", ".join(allowed)})


def _pointer(location: tuple[Any, ...]) -> str:
    text = "/" + "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in location)
    return text.encode("ascii", "replace").decode()[:200]


def _template(request: Request) -> str | None:
    """Return the path as the contract writes it, with {names} where the ids stand; None for one it does not know."""
    app, path = request.scope.get("app"), request.scope.get("path", "")
    if not isinstance(app, FastAPI):
        return None
    return next((template for pattern, template, _ in _methods(app) if pattern.fullmatch(path)), None)


def problem_response(request: Request, problem: Problem) -> JSONResponse:
    """Return the problem document of a refusal."""
    if problem.status in SECURITY_EVENTS:
        # The operation and not the address: ids and what was typed stay out of the log.
        route = request.scope.get("route")
        facts = {
            "reason": problem.slug, "status": problem.status, "method": request.method,
            "path": _template(request), "operation": getattr(route, "name", None),
        }  # fmt: skip
        log.warning("refused", extra={**facts, "request_id": request_id_of(request.scope)})
    headers = {"Cache-Control": "no-store", **problem.headers}
    if problem.status == 401:
        headers.setdefault("WWW-Authenticate", "Bearer")
    return JSONResponse(
        problem.document(request.url.path, request_id_of(request.scope)),
        status_code=problem.status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def _from_status(status: int, detail: str, headers: Mapping[str, str] | None) -> Problem:
    base = BY_STATUS.get(status)
    if base is None:
        name = {406: "not-acceptable"}.get(status, f"http-{status}")
        base = type("HttpProblem", (Problem,), {"status": status, "slug": name, "title": detail})
    return base(detail if status not in {400, 401, 404} else None, headers=dict(headers or {}))


def install_problems(app: FastAPI, translate: Callable[[Exception], Problem | None]) -> None:
    """Render every error of the framework, of ours and of what ``translate`` knows as a problem document."""

    @app.exception_handler(Problem)
    async def refused(request: Request, error: Problem) -> JSONResponse:
        return problem_response(request, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        # What was sent is never echoed: it may be patient data, and NaN or surrogates cannot be encoded.
        found = error.errors()
        if found and found[0]["type"] == "json_invalid":
            told = _plain(str(found[0]["ctx"]["error"]))
            return problem_response(request, Invalid(told, errors=[{"pointer": "/body", "detail": told}]))
        errors = [{"pointer": _pointer(e["loc"]), "detail": _plain(words.of_value(e))} for e in found[:50]]
        return problem_response(request, Invalid(errors=errors))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 405:
            problem = no_such_operation(app, request.method, request.url.path, error.headers)
        elif error.status_code == 413 and "edge_limit" in request.scope.get("state", {}):
            problem = over_limit(request.scope["state"]["edge_limit"])
        elif error.status_code == 400:
            problem = Malformed("The body could not be read to its end, or not as what its headers say it is.")
        else:
            problem = _from_status(error.status_code, str(error.detail), error.headers)
        return problem_response(request, problem)

    @app.exception_handler(Exception)
    async def anything(request: Request, error: Exception) -> JSONResponse:
        problem = translate(error)
        if problem is None:
            log.error("unexpected_error", exc_info=error, extra={"request_id": request_id_of(request.scope)})
        return problem_response(request, problem or Problem())


def _plain(message: str) -> str:
    return message.encode("utf-8", "replace").decode()[:300]


def over_limit(limit: int) -> TooLarge:
    """Return the refusal of a body over the limit, with the limit; said alike however the body is sent."""
    return TooLarge(f"The limit here is {limit:,} bytes.", limit_bytes=limit, headers={"Connection": "close"})


LINGER_SECONDS, LINGER_BYTES, LINGER_AT_ONCE = 60.0, 64 << 20, 16


class Edge:
    """Outermost ASGI layer: request id, security headers, and body limits that never keep what is past the limit.

    A connection that is closed while its client still sends is reset, and the refusal lost with it: most clients read
    only after they have sent everything. So what follows a refusal is read and thrown away before the connection is
    closed: for a minute at most, up to twice the limit of the path (never less than 64 MiB), for 16 clients at a time.
    """

    def __init__(
        self, app: ASGIApp, *, limit_of: Callable[[str], int], headers_of: Callable[[str], Mapping[str, str]]
    ) -> None:
        self.app, self.limit_of, self.headers_of = app, limit_of, headers_of
        self._lingering = 0

    async def _linger(self, receive: Receive, most: int) -> None:
        """Read the rest of a refused body, within bounds; the answer is on its way meanwhile."""
        if self._lingering >= LINGER_AT_ONCE:
            return
        self._lingering += 1
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                seen = 0
                while seen <= most:
                    message = await receive()
                    seen += len(message.get("body", b""))
                    if message["type"] != "http.request" or not message.get("more_body", False):
                        return
        except TimeoutError:
            return
        finally:
            self._lingering -= 1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {k.lower(): v for k, v in scope["headers"]}
        given = headers.get(b"x-request-id", b"").decode("latin-1")
        request_id = given if _REQUEST_ID.match(given) else str(uuid7())
        scope.setdefault("state", {})["request_id"] = request_id
        path, started, closes = scope["path"], False, False
        limit, seen = self.limit_of(path), 0
        whole = headers.get(b"content-length", b"0") == b"0" and b"transfer-encoding" not in headers
        extra = [(k.lower().encode(), v.encode()) for k, v in self.headers_of(path).items()]
        extra.append((b"x-request-id", request_id.encode()))
        correlation = headers.get(b"x-correlation-id", b"")
        if _REQUEST_ID.match(correlation.decode("latin-1")):
            extra.append((b"x-correlation-id", correlation))

        async def sending(message: Message) -> None:
            nonlocal started, closes
            if message["type"] == "http.response.start":
                started = True
                present = {k.lower() for k, _ in message["headers"]}
                closes = any(k.lower() == b"connection" and v.lower() == b"close" for k, v in message["headers"])
                message["headers"] = [*message["headers"], *((k, v) for k, v in extra if k not in present)]
            elif closes and not whole and not message.get("more_body", False):
                await send({**message, "more_body": True})
                await self._linger(receive, max(2 * limit, LINGER_BYTES))
                message = {"type": "http.response.body", "body": b"", "more_body": False}
            await send(message)

        async def receiving() -> Message:
            nonlocal seen, whole
            message = await receive()
            whole = whole or not message.get("more_body", False)
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > limit:
                    # FastAPI turns any other exception out of a body into a 400.
                    scope["state"]["edge_limit"] = limit
                    raise HTTPException(413, over_limit(limit).detail, {"Connection": "close"})
            return message

        length = headers.get(b"content-length", b"0")
        try:
            if length.isdigit() and int(length) > limit:
                raise over_limit(limit)
            await self.app(scope, receiving, sending)
        except TooLarge as refusal:
            if started:
                raise
            await problem_response(Request(scope), refusal)(scope, receive, sending)
        except Exception as error:
            # The framework's own last resort answers outside this layer, without the headers; the error goes on to it
            # all the same, for the log.
            handler = scope["app"].exception_handlers.get(Exception)
            if started or handler is None:
                raise
            await (await handler(Request(scope), error))(scope, receive, sending)
            raise


def contract(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document: problem documents for every refusal, framework leftovers removed, keys sorted.

    What holds for every operation of a kind is said here once: one that takes If-Match wants it (428) and compares it
    (412), one that takes a body reads so much of it (413) and only what it can read (415).
    """
    if app.openapi_schema:
        return app.openapi_schema
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    if "ProblemDocument" in schemas:
        schemas["Problem"] = schemas.pop("ProblemDocument")
    for methods in document.get("paths", {}).values():
        for op in methods.values():
            answers = op.setdefault("responses", {})
            for header in op.get("parameters", ()):
                if header["name"] == "If-Match":
                    header["required"] = True
                    header["schema"] = {"type": "string", "maxLength": 40, "examples": ["3"]}
                    answers |= {"412": {}, "428": {}}
            if "requestBody" in op:
                answers |= {"413": {}, "415": {}}
            for status, answer in answers.items():
                if status.isdigit() and int(status) >= 400:
                    answer["description"] = BY_STATUS[int(status)].title if int(status) in BY_STATUS else "Refused"
                    answer["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    app.openapi_schema = json.loads(json.dumps(document, sort_keys=True))
    return app.openapi_schema


def operations(document: Mapping[str, Any]) -> list[str]:
    """Return one line per operation: METHOD PATH operation permission trail-tag, sorted."""
    lines = []
    for path, methods in document["paths"].items():
        for method, op in methods.items():
            permission, tag = op.get("x-permission") or "-", op.get("x-trail") or "-"
            lines.append(f"{method.upper():6} {path} {op['operationId']} {permission} {tag}")
    return sorted(lines, key=lambda line: line.split()[1:2] + line.split()[:1])
