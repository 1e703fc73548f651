"""Idempotency-Key: the same request sent twice gets the same answer and is done once."""

from __future__ import annotations

import datetime as dt
import hashlib
from uuid import UUID

from sqlalchemy import Column, DateTime, Integer, LargeBinary, Text, delete, text
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col, select

from codewell.kit.clock import now
from codewell.kit.problems import Invalid

KEEP = dt.timedelta(days=30)
"""For so long an answer is given again; after it, the key is new."""


class KeyReused(Invalid):
    """The key was used for another request."""

    slug, title = "key-reused", "This Idempotency-Key was used for a different request"


class Repeat(SQLModel, table=True):
    """One finished request and its answer, written in the same transaction as its work."""

    __tablename__ = "repeat"

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    principal_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), primary_key=True))
    operation: str = Field(sa_column=Column(Text, primary_key=True))
    key: str = Field(sa_column=Column(Text, primary_key=True))
    body_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    status: int = Field(sa_column=Column(Integer, nullable=False))
    answer: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, index=True))


def digest(body: bytes) -> bytes:
    """Return the fingerprint of a request body."""
    return hashlib.sha256(body).digest()


async def answered(
    session: AsyncSession, provider: str, principal_id: UUID, operation: str, key: str, body: bytes
) -> tuple[int, bytes] | None:
    """Return the stored (status, answer) of this key, or None when it is new; KeyReused when the body differs.

    A second request with the same key waits until the first has committed or failed (advisory lock), so two at once
    never both do the work.
    """
    await session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:k, 7))"),
        {"k": f"{provider}/{principal_id}/{operation}/{key}"},
    )
    row = (
        await session.execute(
            select(Repeat).where(
                Repeat.provider == provider,
                Repeat.principal_id == principal_id,
                Repeat.operation == operation,
                Repeat.key == key,
                Repeat.at > now() - KEEP,
            )
        )
    ).scalar_one_or_none()
    if row is None:
        return None
    if row.body_hash != digest(body):
        raise KeyReused(errors=[{"pointer": "/header/Idempotency-Key", "detail": "use a new key for a new request"}])
    return row.status, row.answer


async def remember(
    session: AsyncSession,
    provider: str,
    principal_id: UUID,
    operation: str,
    key: str,
    body: bytes,
    status: int,
    answer: bytes,
) -> None:
    """Keep the answer under the key; it is replayed for 30 days."""
    fresh = {"body_hash": digest(body), "status": status, "answer": answer, "at": now()}
    names = {"provider": provider, "principal_id": principal_id, "operation": operation, "key": key}
    # What is in the way can only be an answer that was kept long enough.
    await session.execute(
        insert(Repeat).values(**names, **fresh).on_conflict_do_update(index_elements=list(names), set_=fresh)
    )


async def forget_old(session: AsyncSession) -> None:
    """Delete the answers that were kept long enough."""
    await session.execute(delete(Repeat).where(col(Repeat.at) <= now() - KEEP))
