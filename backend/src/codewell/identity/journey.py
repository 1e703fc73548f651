"""The browser's way to an issuer and back: two short transactions with the issuer's answer between them."""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from codewell.identity import credentials, rules, service
from codewell.identity.actor import Stranger
from codewell.identity.doors import settings_of
from codewell.identity.oidc import OidcClient, OidcRefused, OidcUnavailable
from codewell.identity.service.sign_ins import STATE_LIVES, Opened, Unknown
from codewell.identity.ways import COOKIE
from codewell.kit.problems import NotFound
from codewell.settings import OidcIssuer

BROWSER = "__Host-codewell-oidc"
"""Binds a sign-in on its way to the browser that began it; worth nothing by itself."""
CALLBACK = "/api/v1/sign-in/oidc/callback"
log = logging.getLogger(__name__)


def give_cookie(response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Set a cookie that only this site's server ever reads."""
    response.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def take_cookie(response: Response, name: str) -> None:
    """Remove a cookie."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")


def _issuer(request: Request, issuer_id: str) -> OidcIssuer | None:
    return next((i for i in settings_of(request).oidc_issuers if i.issuer_id == issuer_id), None)


def _client(request: Request, issuer: OidcIssuer) -> OidcClient:
    state = request.app.state
    if not hasattr(state, "oidc_clients"):
        state.oidc_clients = {}
    client: OidcClient = state.oidc_clients.setdefault(issuer.issuer_id, OidcClient(issuer))
    return client


def _redirect_uri(request: Request) -> str:
    return settings_of(request).public_url.rstrip("/") + CALLBACK


def _back(reason: str, **more: str) -> RedirectResponse:
    # One word for the page to explain; what exactly was wrong is for the log alone.
    return RedirectResponse("/sign-in?" + urlencode({"ended": "oidc", "reason": reason, **more}), 303)


async def start(request: Request, stranger: Stranger, issuer_id: str, after: str | None) -> Response:
    """Send the browser to the issuer, remembering state, nonce and verifier for this browser only."""
    issuer = _issuer(request, issuer_id)
    if issuer is None:
        raise NotFound()
    client = _client(request, issuer)
    browser_token = request.cookies.get(BROWSER) or credentials.new_token()
    try:
        await client.metadata()
    except OidcUnavailable as error:
        log.warning("oidc_unavailable", extra={"issuer_id": issuer_id, "why": str(error)})
        return _back("unavailable")
    async with request.app.state.database.transaction() as session:
        state, nonce, verifier = await service.send_to_issuer(
            session, stranger, issuer_id=issuer_id, after=rules.own_path(after), browser_token=browser_token
        )
    url = await client.start_url(redirect_uri=_redirect_uri(request), state=state, nonce=nonce, verifier=verifier)
    response = RedirectResponse(url, 303)
    give_cookie(response, BROWSER, browser_token, seconds=int(STATE_LIVES.total_seconds()))
    return response


async def finish(request: Request, stranger: Stranger) -> Response:
    """Check what the issuer sent back and open a sign-in, or return to the sign-in page with one word of why not."""
    given, browser_token = request.query_params, request.cookies.get(BROWSER)
    state, database = given.get("state"), request.app.state.database
    if not state or not browser_token:
        return _back("expired")
    async with database.transaction() as session:
        left = await service.take_oidc_state(session, state=state, browser_token=browser_token)
    issuer = _issuer(request, left.issuer_id) if left is not None else None
    if left is None or issuer is None:
        log.warning("oidc_refused", extra={"why": "state"})
        return _back("expired")
    code = given.get("code")
    if not code or "error" in given:
        return _back("cancelled" if given.get("error") == "access_denied" else "refused")
    try:
        identity = await _client(request, issuer).finish(
            code=code,
            redirect_uri=_redirect_uri(request),
            nonce=left.nonce,
            verifier=left.verifier,
            iss=given.get("iss"),
        )
    except OidcRefused as refused:
        log.warning("oidc_refused", extra={"issuer_id": issuer.issuer_id, "why": refused.why})
        return _back("refused")
    except OidcUnavailable as error:
        log.warning("oidc_unavailable", extra={"issuer_id": issuer.issuer_id, "why": str(error)})
        return _back("unavailable")
    async with database.transaction() as session:
        outcome = await service.sign_in_with_account(
            session,
            stranger,
            settings_of(request),
            issuer,
            subject=identity.subject,
            replaces=request.cookies.get(COOKIE),
        )
    if isinstance(outcome, Unknown):
        return _back("unknown", reference=outcome.reference)
    if not isinstance(outcome, Opened):
        return _back("closed")
    response = RedirectResponse(left.go_to, 303)
    give_cookie(response, COOKIE, outcome.token)
    return response
