"""Forty coders take the next episode at the same time."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import replace
from uuid import uuid4

from sqlalchemy import text

from bench import PROVIDER, everybody, percentiles, say, scratch
from codewell.kit.ids import uuid7_many
from codewell.workqueues import service
from codewell.workqueues.schemas import Claim

ITEMS, CODERS, CLAIMS = 20_000, 40, 25


async def main() -> None:
    """Claim, release, think a second or so, claim again: the pace of forty people, and then as fast as it goes."""
    async with scratch() as (database, _settings):
        actor = everybody()
        async with database.transaction() as session:
            await session.execute(text(service.PLACEMENT))
            await session.execute(
                text("""insert into placement select :provider, id, false, false, 'to_code', 'to_code',
                    '{"code": "ready", "text": "Ready"}', current_date - (n % 60)::int,
                    date_trunc('month', current_date), null, null, 'F', 40, '300', 'General medicine', '300', '1',
                    current_date, current_date, current_date, null
                    from unnest(cast(:ids as uuid[])) with ordinality as x(id, n)"""),
                {"provider": PROVIDER, "ids": uuid7_many(ITEMS)},
            )
            await service.place_incoming(session, actor)
        for label, think in (("at a person's pace (1 s apart)", 1.0), ("without a pause", 0.0)):
            took: list[float] = []
            taken: list[object] = []

            async def coder(think: float, took: list[float], taken: list[object]) -> None:
                me = replace(actor, id=uuid4())
                for _ in range(CLAIMS):
                    await asyncio.sleep(random.uniform(0.5, 1.5) * think)
                    start = time.perf_counter()
                    async with database.transaction() as session:
                        episode_id = await service.claim_next(session, me, Claim(), lease_minutes=30)
                    took.append(time.perf_counter() - start)
                    taken.append(episode_id)
                    # Coded: it leaves the queue, as after a submission.
                    async with database.transaction() as session:
                        await service.settle(session, me, episode_id)

            await asyncio.gather(*(coder(think, took, taken) for _ in range(CODERS)))
            say(f"claim next, {CODERS} coders, {label}", percentiles(took))
            say("  given twice", f"{len(taken) - len(set(taken))} of {len(taken):,}")
