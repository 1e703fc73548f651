"""CPD entries of one's own logbook, and its export; audits are entered by having been done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.ids import uuid7
from codewell.kit.problems import NotFound, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail
from codewell.training.models import CpdEntry
from codewell.training.rules import CPD_YEARS, InTheFuture, LongAgo
from codewell.training.schemas import CpdIn


def _done(body: CpdIn) -> None:
    today = clock.today()
    if body.done_on > today:
        raise InTheFuture(errors=[{"pointer": "/body/done_on", "detail": "is still to come"}])
    if body.done_on.year < today.year - CPD_YEARS:
        raise LongAgo(errors=[{"pointer": "/body/done_on", "detail": f"is more than {CPD_YEARS} years ago"}])


async def _own(session: AsyncSession, actor: Actor, cpd_entry_id: UUID, version: int) -> CpdEntry:
    """Return one of the caller's own entries, locked; another's is NotFound."""
    row = await session.get(
        CpdEntry,
        {"provider": actor.provider, "cpd_entry_id": cpd_entry_id},
        with_for_update=True,
        populate_existing=True,
    )
    if row is None or row.person_id != actor.id:
        raise NotFound()
    if row.version != version:
        raise Stale(current_version=row.version)
    return row


@verb("logbook:keep", leaves="cpd_entry:added", refuses=[InTheFuture, LongAgo])
async def add_cpd(session: AsyncSession, actor: Actor, body: CpdIn) -> dict[str, Any]:
    """Enter something into one's own logbook."""
    _done(body)
    row = CpdEntry(
        provider=actor.provider, cpd_entry_id=uuid7(), person_id=actor.id, kind=body.kind.value, done_on=body.done_on,
        minutes=body.minutes, title=body.title, note=body.note, version=1,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await trail.record(session, actor, "cpd_entry:added", "cpd_entry", row.cpd_entry_id, version=1, kind=row.kind)
    return {"cpd_entry_id": row.cpd_entry_id, "version": 1}


@verb("logbook:keep", leaves="cpd_entry:edited", refuses=[NotFound, Stale, InTheFuture, LongAgo])
async def edit_cpd(
    session: AsyncSession, actor: Actor, cpd_entry_id: UUID, body: CpdIn, *, version: int
) -> dict[str, Any]:
    """Change an entry of one's own logbook."""
    _done(body)
    row = await _own(session, actor, cpd_entry_id, version)
    row.kind, row.done_on, row.minutes = body.kind.value, body.done_on, body.minutes
    row.title, row.note, row.version = body.title, body.note, row.version + 1
    await session.flush()
    await trail.record(session, actor, "cpd_entry:edited", "cpd_entry", cpd_entry_id, version=row.version)
    return {"cpd_entry_id": cpd_entry_id, "version": row.version}


@verb("logbook:keep", leaves="cpd_entry:removed", refuses=[NotFound, Stale])
async def remove_cpd(session: AsyncSession, actor: Actor, cpd_entry_id: UUID, *, version: int) -> None:
    """Take an entry out of one's own logbook; the trail keeps that it was there."""
    row = await _own(session, actor, cpd_entry_id, version)
    await session.execute(
        text("delete from cpd_entry where provider = :provider and cpd_entry_id = :id"),
        {"provider": actor.provider, "id": cpd_entry_id},
    )
    session.expunge(row)
    await trail.record(
        session, actor, "cpd_entry:removed", "cpd_entry", cpd_entry_id, version=version, kind=row.kind,
        done_on=str(row.done_on), minutes=row.minutes,
    )  # fmt: skip
