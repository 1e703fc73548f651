"""Who is calling, and who works here."""

from __future__ import annotations

import datetime as dt
import hashlib

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.identity.actor import Actor
from codewell.identity.rules import SignInEnded, permissions_of
from codewell.kit.clock import now
from codewell.settings import Settings

_BY_TOKEN = text("""
select s.provider, s.sign_in_id, s.seen_at, s.expires_at, p.person_id, p.name, p.roles
from sign_in s join person p on p.provider = s.provider and p.person_id = s.person_id
where s.token_hash = :token_hash and s.ended_at is null and p.active
""")
_SEEN = text("update sign_in set seen_at = :at where provider = :provider and sign_in_id = :sign_in_id")


def token_hash(token: str) -> bytes:
    """Return what is stored of a cookie's token."""
    return hashlib.sha256(token.encode()).digest()


async def actor_by_token(session: AsyncSession, token: str, settings: Settings, *, request_id: str) -> Actor:
    """Return the person signed in with this cookie; SignInEnded when idle, expired, ended or deactivated.

    Roles are read each time, so a change takes effect with the next request.
    """
    row = (await session.execute(_BY_TOKEN, {"token_hash": token_hash(token)})).one_or_none()
    at = now()
    if row is None or at >= row.expires_at or at - row.seen_at > dt.timedelta(minutes=settings.idle_minutes):
        raise SignInEnded()
    if at - row.seen_at > dt.timedelta(seconds=60):
        await session.execute(_SEEN, {"at": at, "provider": row.provider, "sign_in_id": row.sign_in_id})
    roles = frozenset(row.roles)
    return Actor(
        row.provider, "person", row.person_id, row.name, permissions_of(roles), request_id, roles, row.sign_in_id
    )
