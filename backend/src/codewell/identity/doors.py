"""What every route asks for: a transaction, the caller, the version they saw."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

import orjson
from fastapi import BackgroundTasks, Depends, Header, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.identity import credentials, reads, service
from codewell.identity.actor import Actor, Stranger
from codewell.identity.rules import CsrfMissing, KeyRefused, MixedCredentials, TooManyTries
from codewell.identity.throttle import Guesses
from codewell.identity.ways import COOKIE, Ways
from codewell.kit import repeat
from codewell.kit.http import request_id_of
from codewell.kit.problems import Malformed, NotPermitted, NotSignedIn, PreconditionRequired
from codewell.kit.verbs import facts_of
from codewell.settings import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
BASIC = 'Basic realm="Codewell", charset="UTF-8"'
QUIET = "x-codewell-quiet"
"""A page that asks by itself says so with this header, so that it does not keep an unattended sign-in alive."""


def settings_of(request: Request) -> Settings:
    """Return the settings the application was built with."""
    value: Settings = request.app.state.settings
    return value


TheSettings = Annotated[Settings, Depends(settings_of)]


async def unit_of_work(request: Request) -> AsyncIterator[AsyncSession]:
    """One request, one transaction, committed before the answer is sent."""
    async with request.app.state.database.transaction() as session:
        yield session


# With the default scope a failed commit would be answered 201: the commit must come before the reply.
Session = Annotated[AsyncSession, Depends(unit_of_work, scope="function")]


def csrf_token(settings: Settings, sign_in_id: object) -> str:
    """Return the token that a browser's unsafe requests must carry; bound to this sign-in."""
    key = settings.secret.get_secret_value().encode()
    return hmac.new(key, f"csrf:{sign_in_id}".encode(), hashlib.sha256).hexdigest()


def same_origin(request: Request) -> bool:
    """Say whether a browser sent this from one of our own pages; a request that says neither way did not."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    if origin is None:
        return False
    public = urlsplit(settings_of(request).public_url)
    ours = {f"{request.url.scheme}://{request.headers.get('host')}", f"{public.scheme}://{public.netloc}"}
    return origin in ours


def stranger_of(request: Request) -> Stranger:
    """Return what is known of a caller who is not signed in."""
    address = request.client.host if request.client else "unknown"
    return Stranger(address, request.headers.get("user-agent", ""), request_id_of(request.scope))


Knocking = Annotated[Stranger, Depends(stranger_of)]


def _key_of(request: Request, authorization: str) -> credentials.NewKey:
    scheme, _, rest = authorization.partition(" ")
    key = None
    if scheme.lower() == "bearer":
        key = credentials.read_key(rest.strip())
    elif scheme.lower() == "basic" and request.method in SAFE:
        try:
            name, _, secret = base64.b64decode(rest, validate=True).decode().partition(":")
        except ValueError:
            raise KeyRefused() from None
        key = credentials.read_key(f"cwk_{name.removeprefix('cwk_')}_{secret}")
    if key is None:
        raise KeyRefused()
    return key


def _guesses(request: Request) -> Guesses:
    state = request.app.state
    if not hasattr(state, "guesses"):
        state.guesses = Guesses()
    guesses: Guesses = state.guesses
    return guesses


async def _client(request: Request, session: AsyncSession, authorization: str, request_id: str) -> reads.Present:
    names = [f"address:{request.client.host if request.client else 'unknown'}"]
    try:
        key = _key_of(request, authorization)
        names.append(f"key:{key.key_id}")
        basic = authorization[:5].lower() == "basic"
        found = await service.client_by_key(session, key.key_id, key.secret, request_id=request_id, basic=basic)
    except KeyRefused:
        wait = _guesses(request).wrong(*names)
        if wait:
            seconds = max(1, int(wait.total_seconds()))
            raise TooManyTries(headers={"Retry-After": str(seconds)}, seconds=seconds) from None
        raise
    _guesses(request).right(*names)
    return found


async def me(request: Request, session: Session, background: BackgroundTasks, _: Ways = None) -> Actor:
    """Return the caller; 401 when nobody is signed in, 400 when a cookie and a key come together.

    A cookie opens an unsafe method only from one of our own pages that also sends this sign-in's CSRF token.
    """
    settings, request_id = settings_of(request), request_id_of(request.scope)
    token, authorization = request.cookies.get(COOKIE), request.headers.get("authorization")
    if token is not None and authorization is not None:
        raise MixedCredentials()
    if authorization is not None:
        found = await _client(request, session, authorization, request_id)
        if found.touch:
            background.add_task(_touch, request, service.touch_client, found.actor)
        return found.actor
    if not token:
        # Spreadsheets send their password only when asked for it; a browser that was asked would show a window of its
        # own over our sign-in page.
        asks = request.method in SAFE and "sec-fetch-site" not in request.headers
        raise NotSignedIn(headers={"WWW-Authenticate": f"Bearer{', ' + BASIC if asks else ''}"})
    found = await reads.present_by_token(session, token, settings, request_id=request_id)
    if request.method not in SAFE:
        given = request.headers.get("x-codewell-csrf", "")
        if not same_origin(request) or not credentials.same(given, csrf_token(settings, found.actor.sign_in_id)):
            raise CsrfMissing()
    if found.touch and QUIET not in request.headers:
        background.add_task(_touch, request, service.touch_sign_in, found.actor)
    return found.actor


async def before_form(request: Request) -> None:
    """Ask the caller who they are before a form, which may be large, is read."""
    async with request.app.state.database.transaction() as session:
        await me(request, session, BackgroundTasks())


async def _touch(request: Request, touch: Callable[[AsyncSession, Actor], Awaitable[None]], actor: Actor) -> None:
    # After the answer and in a transaction of its own: a long request must neither hold the row that a manager wants
    # to change, nor wait for a second connection while it holds its first.
    async with request.app.state.database.transaction() as session:
        await touch(session, actor)


Me = Annotated[Actor, Depends(me)]


async def met(request: Request, background: BackgroundTasks, _: Ways = None) -> Actor:
    """Return the caller, asked in a transaction that is over: for bodies that may be long in coming.

    The operation opens a transaction of its own once it has the whole body; a slow sender holds no connection.
    """
    async with request.app.state.database.transaction() as session:
        return await me(request, session, background)


Met = Annotated[Actor, Depends(met)]

_ETAG = re.compile(r'^(?:W/)?"?(\d{1,9})"?$')


def _version(value: str) -> int:
    match = _ETAG.match(value.strip())
    if not match:
        raise Malformed('If-Match takes one version, such as "3".')
    return int(match[1])


def if_match(
    if_match: Annotated[
        str | None, Header(alias="If-Match", description='The version you saw, such as "3"', max_length=40)
    ] = None,
) -> int:
    """Return the version of If-Match; 428 without one."""
    if if_match is None:
        raise PreconditionRequired('Send If-Match with the version you saw, such as "3".')
    return _version(if_match)


IfMatch = Annotated[int, Depends(if_match)]


def idempotency_key(
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key", pattern=r"^[\x21-\x7e]{1,200}$")] = None,
) -> str | None:
    """Return the Idempotency-Key, if one was sent."""
    return idempotency_key


IdempotencyKey = Annotated[str | None, Depends(idempotency_key)]


async def once(
    request: Request,
    session: AsyncSession,
    actor: Actor,
    key: str | None,
    verb: Callable[[AsyncSession, Actor, Any], Awaitable[Any]],
    argument: Any,  # Any: what the verb takes and answers
    *,
    status: int = 200,
) -> Response:
    """Do ``verb``, or give back the very answer it had before under this Idempotency-Key."""
    permission = facts_of(verb).permission
    # Without the permission even a kept answer is not given back.
    if permission is not None and not actor.may(permission):
        raise NotPermitted(permission=permission)
    name = verb.__name__
    body = await request.body() if key is not None else b""
    if key is not None:
        kept = await repeat.answered(session, actor.provider, actor.id, name, key, body)
        if kept is not None:
            headers = {"Idempotent-Replayed": "true"}
            return Response(kept[1], kept[0], headers=headers, media_type="application/json")
    answer = orjson.dumps(await verb(session, actor, argument), default=str)
    if key is not None:
        await repeat.remember(session, actor.provider, actor.id, name, key, body, status, answer)
    return Response(answer, status, media_type="application/json")
