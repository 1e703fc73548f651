"""GET /episodes: pages that neither skip nor repeat, however far apart the episodes lie."""

import datetime as dt
import random
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.episodes import reads
from codewell.episodes.schemas import EpisodeFilter
from codewell.identity.actor import Actor
from codewell.kit import clock
from conftest import RolledBack
from episodes.test_fold import take, undone
from intake.messages import message
from world import EVERYTHING, OTHER, PROVIDER

READER = Actor.system(PROVIDER, "reader", EVERYTHING)


async def spread(session: AsyncSession) -> list[dt.date]:
    """Forty episodes: thick of late, thin before, one a century old, some ending on the same day."""
    chance = random.Random(5)
    ages = [
        0,
        0,
        1,
        1,
        1,
        *(chance.randrange(70) for _ in range(20)),
        *(chance.randrange(4000) for _ in range(14)),
        36500,
    ]
    ends = [clock.today() - dt.timedelta(days=n) for n in ages]
    made = [
        message(
            spell_number=f"S{n}", message_id=str(n), started_on=end.isoformat(), ended_on=end.isoformat(),
            spell__admitted_on=None, spell__discharged_on=None, patient__birth_on="1900-01-01",
            main_specialty_code=("300", "100")[n % 2],
        )
        for n, end in enumerate(ends)
    ]  # fmt: skip
    await take(session, made)
    return sorted(ends)


async def walk(session: AsyncSession, **filters: Any) -> list[tuple[dt.date, Any]]:
    seen: list[tuple[dt.date, Any]] = []
    cursor = None
    while True:
        page = await reads.list_episodes(session, READER, EpisodeFilter(**filters, limit=6, cursor=cursor))
        seen += [(e["ended_on"], e["episode_id"]) for e in page["items"]]
        cursor = page["next"]
        if cursor is None:
            return seen


@pytest.mark.parametrize("sort", ["newest", "oldest"])
async def test_pages_walk_every_episode_once_in_order(database: RolledBack, sort: str) -> None:
    async with undone(database) as session:
        ends = await spread(session)
        seen = await walk(session, sort=sort)
        assert [end for end, _ in seen] == (ends[::-1] if sort == "newest" else ends)
        assert seen == sorted(set(seen), reverse=sort == "newest")


async def test_filters_narrow_the_walk(database: RolledBack) -> None:
    async with undone(database) as session:
        ends = await spread(session)
        both = await walk(session, specialty="300") + await walk(session, specialty="100")
        assert sorted(end for end, _ in both) == ends
        month = ends[-1].isoformat()[:7]
        assert {end.isoformat()[:7] for end, _ in await walk(session, month=month)} == {month}
        assert len(await walk(session, coding_state="uncoded")) == len(ends)
        assert await walk(session, coding_state="coded") == []
        other = Actor.system(OTHER, "reader", EVERYTHING)
        assert (await reads.list_episodes(session, other, EpisodeFilter()))["items"] == []
