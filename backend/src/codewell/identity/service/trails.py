"""Looking into the trail leaves a line on the trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from codewell.identity import reads
from codewell.identity.actor import Actor
from codewell.identity.schemas import TrailLineOut
from codewell.kit.paging import BadCursor, Page
from codewell.kit.verbs import verb
from codewell.trail import service as trail


@verb("trail:search", leaves="trail:searched", refuses=[BadCursor])
async def search_trail(
    session: AsyncSession, actor: Actor, wanted: Mapping[str, Any], *, limit: int, cursor: str | None
) -> Page[TrailLineOut]:
    """Return a page of trail lines: who saw a patient, what a person saw, what happened to an episode."""
    page = await reads.list_trail(session, actor, wanted, limit=limit, cursor=cursor)
    asked = {k: str(v) for k, v in sorted(wanted.items()) if v is not None}
    await trail.record(session, actor, "trail:searched", "trail", actor.provider, wanted=asked, lines=len(page.items))
    return page
