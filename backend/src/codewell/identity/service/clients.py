"""Machines and their keys: added, rotated with an overlap, revoked at once, recognised."""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from codewell.identity import credentials, reads, rules
from codewell.identity.actor import Actor
from codewell.identity.models import ApiClient
from codewell.identity.rules import ClientNameTaken, ClientScope, ExpiryPassed, KeyRefused, NotThatWay
from codewell.kit.clock import now
from codewell.kit.ids import uuid7
from codewell.kit.problems import NotFound, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail


@dataclass(frozen=True, slots=True)
class NewKey:
    """A client with its key, which is shown this once."""

    client: ApiClient
    key: str
    secret: str


@verb("api_client:add", leaves="api_client:added", refuses=[ClientNameTaken, ExpiryPassed])
async def add_client(
    session: AsyncSession, actor: Actor, *, name: str, scopes: list[str], expires_at: dt.datetime | None = None
) -> NewKey:
    """Add an API client to the actor's Trust; only a hash of its secret is kept."""
    if expires_at is not None and expires_at <= now():
        raise ExpiryPassed(errors=[{"pointer": "/body/expires_at", "detail": "is in the past"}])
    taken = select(ApiClient.client_id).where(ApiClient.provider == actor.provider, ApiClient.name == name)
    if (await session.execute(taken)).first() is not None:
        raise ClientNameTaken()
    key = credentials.new_key()
    client = ApiClient(
        provider=actor.provider,
        client_id=uuid7(),
        name=name,
        scopes=sorted(set(scopes)),
        key_id=key.key_id,
        secret_hash=credentials.token_hash(key.secret),
        expires_at=expires_at,
        version=1,
        created_at=now(),
    )
    session.add(client)
    await session.flush()
    await trail.record(
        session, actor, "api_client:added", "api_client", client.client_id, version=1, scopes=client.scopes
    )
    return NewKey(client, key.text, key.secret)


@verb("api_client:rotate", leaves="api_client:rotated", refuses=[NotFound, Stale, NotThatWay, ExpiryPassed])
async def rotate_client(
    session: AsyncSession,
    actor: Actor,
    client_id: UUID,
    *,
    version: int,
    overlap_until: dt.datetime | None,
    expires_at: dt.datetime | None = None,
) -> NewKey:
    """Give a client a new key; the former one works until ``overlap_until``, or dies now when that is None."""
    client = await reads.one_client(session, actor, client_id, lock=True)
    rules.same_version(client.version, version)
    at = now()
    if client.revoked_at is not None:
        raise NotThatWay("The client is revoked; add another one.")
    if overlap_until is not None and not at < overlap_until <= at + rules.LONGEST_OVERLAP:
        raise ExpiryPassed(errors=[{"pointer": "/body/overlap_until", "detail": "must be within the next 90 days"}])
    if expires_at is not None and expires_at <= at:
        raise ExpiryPassed(errors=[{"pointer": "/body/expires_at", "detail": "is in the past"}])
    key = credentials.NewKey(client.key_id, credentials.new_key().secret)
    client.former_hash = client.secret_hash if overlap_until is not None else None
    # An expired key is not brought back to life by the overlap.
    client.former_until = min(overlap_until, client.expires_at or overlap_until) if overlap_until is not None else None
    client.secret_hash = credentials.token_hash(key.secret)
    client.expires_at = expires_at
    client.version += 1
    session.add(client)
    await session.flush()
    await trail.record(
        session,
        actor,
        "api_client:rotated",
        "api_client",
        client_id,
        version=client.version,
        overlap_until=None if overlap_until is None else overlap_until.isoformat(),
    )
    return NewKey(client, key.text, key.secret)


@verb("api_client:revoke", leaves="api_client:revoked", refuses=[NotFound, NotThatWay])
async def revoke_client(session: AsyncSession, actor: Actor, client_id: UUID) -> ApiClient:
    """Stop every key of a client with this transaction, for good; needs no version: in a hurry nobody reads first."""
    client = await reads.one_client(session, actor, client_id, lock=True)
    if client.revoked_at is not None:
        raise NotThatWay("The client is revoked already.")
    client.revoked_at = now()
    client.former_hash = client.former_until = None
    client.version += 1
    session.add(client)
    await session.flush()
    await trail.record(session, actor, "api_client:revoked", "api_client", client_id, version=client.version)
    return client


_BY_KEY = text("""
select provider, client_id, name, scopes, secret_hash, former_hash, former_until, expires_at, last_used_at
from api_client where key_id = :key_id and revoked_at is null
""")


async def client_by_key(
    session: AsyncSession, key_id: str, secret: str, *, request_id: str, basic: bool = False
) -> reads.Present:
    """Return the API client of a key; KeyRefused when unknown, wrong, revoked or expired.

    Basic is what spreadsheets can do: it opens nothing but the ``bi`` scope.
    """
    row = (await session.execute(_BY_KEY, {"key_id": key_id})).one_or_none()
    given, at = credentials.token_hash(secret), now()
    if row is None:
        raise KeyRefused()
    present = hmac.compare_digest(given, row.secret_hash) and (row.expires_at is None or at < row.expires_at)
    former = row.former_hash is not None and hmac.compare_digest(given, row.former_hash) and at < row.former_until
    scopes = frozenset(row.scopes) & ({ClientScope.bi.value} if basic else frozenset(row.scopes))
    if not (present or former) or not scopes:
        raise KeyRefused()
    actor = Actor(
        row.provider, "client", row.client_id, row.name, rules.permissions_of_scopes(scopes), request_id, frozenset()
    )
    return reads.Present(actor, row.last_used_at is None or at - row.last_used_at >= reads.IDLE_STEP)
