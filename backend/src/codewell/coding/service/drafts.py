"""The workbench and its draft: what one person sees and has typed, before it counts."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.coding import reads, rules
from codewell.coding.rules import Codes
from codewell.coding.schemas import DraftIn
from codewell.episodes.reads import one_episode, refuse_hidden
from codewell.episodes.rules import CodesHidden
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.problems import NotFound, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail

_SAVE = text("""
insert into coding_draft as d (provider, episode_id, person_id, version, body, based_on, saved_at)
values (:provider, :episode_id, :person_id, 1, cast(:body as jsonb), :based_on, :at)
on conflict (provider, episode_id, person_id) do update
set version = d.version + 1, body = excluded.body, based_on = excluded.based_on, saved_at = excluded.saved_at
where d.version = :version
returning version, saved_at
""")
_EXTEND = text("""
update work_item set lease_until = :until
where provider = :provider and episode_id = :episode_id and lease_owner_id = :me and lease_until < :until
""")


@verb("coding:see", leaves="episode:seen", refuses=[NotFound, CodesHidden])
async def see_workbench(session: AsyncSession, actor: Actor, episode_id: UUID) -> dict[str, Any]:
    """Return everything the workbench shows of one episode, and leave a line that the caller has seen it."""
    row = await one_episode(session, actor, episode_id)
    await refuse_hidden(session, actor, episode_id)
    out = await reads.workbench_of(session, actor, row)
    await trail.record(session, actor, "episode:seen", "episode", episode_id, patient_id=row.patient_id)
    return out


@verb("coding:see", leaves="episode:seen", refuses=[NotFound, CodesHidden])
async def list_codings(session: AsyncSession, actor: Actor, episode_id: UUID) -> dict[str, Any]:
    """Return every version of an episode's codes, newest first."""
    episode = await one_episode(session, actor, episode_id)
    await refuse_hidden(session, actor, episode_id)
    await trail.record(session, actor, "episode:seen", "episode", episode_id, patient_id=episode.patient_id)
    titles = await reads.titles_for(session, episode.ended_on)
    rows = await reads.versions_of(session, actor, episode_id)
    return {"items": [reads.coding_out(r, titles) for r in rows], "next": None}


@verb("coding:see", leaves="episode:seen", refuses=[NotFound, CodesHidden])
async def see_coding(session: AsyncSession, actor: Actor, episode_id: UUID, version: int) -> dict[str, Any]:
    """Return one version of an episode's codes."""
    episode = await one_episode(session, actor, episode_id)
    await refuse_hidden(session, actor, episode_id)
    rows = await reads.versions_of(session, actor, episode_id, version)
    if not rows:
        raise NotFound("There is no such version.")
    await trail.record(session, actor, "episode:seen", "episode", episode_id, patient_id=episode.patient_id)
    return reads.coding_out(rows[0], await reads.titles_for(session, episode.ended_on))


@verb("coding:code", leaves=None, refuses=[NotFound, Stale])
async def save_draft(
    session: AsyncSession, actor: Actor, episode_id: UUID, draft: DraftIn, *, version: int, lease_minutes: int
) -> dict[str, Any]:
    """Keep what the caller has typed; nobody else sees it. Typing also keeps the caller's lease alive.

    ``version`` is that of the draft last seen, 0 for none; another draft saved meanwhile is Stale, with both sides.
    """
    episode = await one_episode(session, actor, episode_id)
    before = await reads.draft_of(session, actor, episode_id)
    now = clock.now()
    body = draft.model_dump(mode="json", exclude={"based_on"})
    values = {"provider": actor.provider, "episode_id": episode_id, "person_id": actor.id, "at": now}
    based_on = episode.coding_version if draft.based_on is None else draft.based_on
    row = None
    if (before is None) == (version == 0):
        row = (
            await session.execute(
                _SAVE, {**values, "version": version, "body": orjson.dumps(body).decode(), "based_on": based_on}
            )
        ).one_or_none()
    if row is None:
        row = await reads.draft_of(session, actor, episode_id)
        # The very same draft was saved and only the answer was lost: it is given again.
        if row is None or (row.body, row.based_on) != (body, based_on):
            raise _stale_draft(row, body)
    until = now + dt.timedelta(minutes=lease_minutes)
    await session.execute(
        _EXTEND, {"provider": actor.provider, "episode_id": episode_id, "me": actor.id, "until": until}
    )
    return {
        "version": row.version,
        "saved_at": row.saved_at,
        "coding_version": episode.coding_version,
        "basis": reads.basis_mark(episode.basis),
        "documents_mark": reads.documents_mark(await reads.documents_of(session, actor, episode)),
    }


def _plain(body: dict[str, Any]) -> Codes:
    procedures = body.get("procedures", [])
    return Codes(
        [d["code"] for d in body.get("diagnoses", [])],
        [p["code"] for p in procedures],
        [p.get("on") and dt.date.fromisoformat(p["on"]) for p in procedures],
    )


def _stale_draft(before: Row[Any] | None, mine: dict[str, Any]) -> Stale:
    if before is None:
        return Stale("The draft was removed elsewhere.", current_version=0, changes=[], current=None)
    return Stale(
        "The draft was saved in another window.",
        current_version=before.version,
        current=before.body,
        changes=[c.wire() for c in rules.differences(_plain(mine), _plain(before.body))],
    )


@verb("coding:code", leaves=None)
async def discard_draft(session: AsyncSession, actor: Actor, episode_id: UUID) -> None:
    """Remove the caller's draft; nothing happens when there is none."""
    await session.execute(
        text("""delete from coding_draft
                where provider = :provider and episode_id = :episode_id and person_id = :person_id"""),
        {"provider": actor.provider, "episode_id": episode_id, "person_id": actor.id},
    )
