"""Verbs on trusts, people, sign-ins and API clients."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

from pwdlib import PasswordHash
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.identity.actor import Actor
from codewell.identity.models import ApiClient, Person, SignIn, Trust
from codewell.identity.reads import token_hash
from codewell.identity.rules import permissions_of_scopes
from codewell.kit.clock import now
from codewell.kit.ids import uuid7
from codewell.kit.problems import NotSignedIn
from codewell.settings import Settings
from codewell.trail import service as trail

passwords = PasswordHash.recommended()


async def open_trust(session: AsyncSession, provider: str, name: str, *, synthetic: bool) -> Trust:
    """Add a Trust; used once, when an installation is set up."""
    trust = Trust(provider=provider, name=name, synthetic=synthetic, created_at=now())
    session.add(trust)
    await session.flush()
    return trust


async def add_person(
    session: AsyncSession,
    actor: Actor,
    *,
    username: str,
    name: str,
    roles: list[str],
    password: str | None = None,
    coder_ref: str | None = None,
) -> Person:
    """Add a person to the actor's Trust."""
    person = Person(
        provider=actor.provider,
        person_id=uuid7(),
        username=username,
        name=name,
        roles=sorted(roles),
        coder_ref=coder_ref,
        password_hash=None if password is None else passwords.hash(password),
        active=True,
        created_at=now(),
    )
    session.add(person)
    await session.flush()
    await trail.record(session, actor, "person:added", "person", person.person_id, roles=person.roles)
    return person


async def open_sign_in(
    session: AsyncSession, person: Person, settings: Settings, *, method: str, browser: str
) -> tuple[SignIn, str]:
    """Start a sign-in and return it with its token, which is shown to nobody but the browser."""
    token = secrets.token_urlsafe(32)
    at = now()
    sign_in = SignIn(
        provider=person.provider,
        sign_in_id=uuid7(),
        token_hash=token_hash(token),
        person_id=person.person_id,
        method=method,
        browser=browser[:200],
        created_at=at,
        seen_at=at,
        expires_at=at + dt.timedelta(hours=settings.absolute_hours),
    )
    session.add(sign_in)
    await session.flush()
    return sign_in, token


@dataclass(frozen=True, slots=True)
class NewKey:
    """A client with its key, which is shown this once."""

    client: ApiClient
    key: str


async def add_client(session: AsyncSession, actor: Actor, *, name: str, scopes: list[str]) -> NewKey:
    """Add an API client to the actor's Trust; only a hash of its secret is kept."""
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    client = ApiClient(
        provider=actor.provider,
        client_id=uuid7(),
        name=name,
        scopes=sorted(scopes),
        key_id=key_id,
        secret_hash=hashlib.sha256(secret.encode()).digest(),
        created_at=now(),
    )
    session.add(client)
    await session.flush()
    await trail.record(session, actor, "api_client:added", "api_client", client.client_id, scopes=client.scopes)
    return NewKey(client, f"cwk_{key_id}_{secret}")


_BY_KEY = text("select * from api_client where key_id = :key_id and revoked_at is null")
_USED = text("update api_client set last_used_at = :at where provider = :provider and client_id = :client_id")


async def client_by_key(session: AsyncSession, key_id: str, secret: str, *, request_id: str, read_only: bool) -> Actor:
    """Return the API client of a key; 401 when unknown, revoked, expired or wrong."""
    row = (await session.execute(_BY_KEY, {"key_id": key_id})).one_or_none()
    given, at = hashlib.sha256(secret.encode()).digest(), now()
    fits = row is not None and (
        hmac.compare_digest(given, row.secret_hash)
        or (row.former_hash is not None and row.former_until > at and hmac.compare_digest(given, row.former_hash))
    )
    if row is None or not fits or (row.expires_at is not None and row.expires_at <= at):
        raise NotSignedIn("The key is not one of ours.")
    if row.last_used_at is None or at - row.last_used_at > dt.timedelta(minutes=1):
        await session.execute(_USED, {"at": at, "provider": row.provider, "client_id": row.client_id})
    permissions = permissions_of_scopes(frozenset(row.scopes))
    client_id: UUID = row.client_id
    return Actor(row.provider, "client", client_id, row.name, permissions, request_id)
