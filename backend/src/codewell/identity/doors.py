"""What every route asks for: a transaction, the caller, the version they saw."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Header, Request
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.identity import reads, service
from codewell.identity.actor import Actor
from codewell.identity.rules import CsrfMissing
from codewell.kit.http import request_id_of
from codewell.kit.problems import Malformed, NotSignedIn, PreconditionRequired
from codewell.settings import Settings

COOKIE = "__Host-codewell"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_KEY = re.compile(r"^cwk_([A-Za-z0-9]{12})_([A-Za-z0-9_-]{43})$")


def settings_of(request: Request) -> Settings:
    """Return the settings the application was built with."""
    value: Settings = request.app.state.settings
    return value


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


def _same_origin(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or origin.split("://")[-1] == request.headers.get("host")


def _key_of(request: Request, authorization: str) -> tuple[str, str]:
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        match = _KEY.match(rest.strip())
        if match:
            return match[1], match[2]
    elif scheme.lower() == "basic" and request.method in SAFE:
        try:
            name, _, secret = base64.b64decode(rest, validate=True).decode().partition(":")
        except ValueError:
            raise NotSignedIn() from None
        return name.removeprefix("cwk_"), secret
    raise NotSignedIn("The key is not one of ours.")


async def me(request: Request, session: Session) -> Actor:
    """Return the caller; 401 when nobody is signed in, 400 when a cookie and a key come together."""
    settings = settings_of(request)
    token, authorization = request.cookies.get(COOKIE), request.headers.get("authorization")
    if token and authorization:
        raise Malformed("Send either a sign-in cookie or a key, not both.")
    request_id = request_id_of(request.scope)
    if authorization:
        key_id, secret = _key_of(request, authorization)
        basic = authorization[:5].lower() == "basic"
        return await service.client_by_key(session, key_id, secret, request_id=request_id, read_only=basic)
    if not token:
        raise NotSignedIn()
    actor = await reads.actor_by_token(session, token, settings, request_id=request_id)
    if request.method not in SAFE:
        given = request.headers.get("x-codewell-csrf", "")
        if not _same_origin(request) or not hmac.compare_digest(given, csrf_token(settings, actor.sign_in_id)):
            raise CsrfMissing()
    return actor


Me = Annotated[Actor, Depends(me)]

_ETAG = re.compile(r'^(?:W/)?"?(\d{1,9})"?$')


def _version(value: str) -> int:
    match = _ETAG.match(value.strip())
    if not match:
        raise Malformed('If-Match takes one version, such as "3".')
    return int(match[1])


def if_match(
    if_match: Annotated[str | None, Header(description='The version you saw, such as "3"', max_length=40)] = None,
) -> int:
    """Return the version of If-Match; 428 without one."""
    if if_match is None:
        raise PreconditionRequired('Send If-Match with the version you saw, such as "3".')
    return _version(if_match)


IfMatch = Annotated[int, Depends(if_match)]


def idempotency_key(
    idempotency_key: Annotated[str | None, Header(pattern=r"^[\x21-\x7e]{1,200}$")] = None,
) -> str | None:
    """Return the Idempotency-Key, if one was sent."""
    return idempotency_key


IdempotencyKey = Annotated[str | None, Depends(idempotency_key)]
