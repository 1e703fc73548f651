"""The results of an audit of 200 episodes as the page asks for them, and the codes behind a figure."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from random import Random

from sqlalchemy import text

from bench import PROVIDER, everybody, percentiles, say, scratch, timed
from codewell.audits.reads import agreement, drill, results, setup, trend
from codewell.audits.schemas.results import EpisodeFilter, PositionFilter, PositionListFilter, ResultsOut
from codewell.audits.schemas.trend import TrendFilter

EPISODES, TWICE, OTHERS, TIMES = 200, 20, 10, 60
_FIRST = text("""
select item_id, episode_id from audit_item
where provider = :provider and audit_id = :audit_id and state <> 'unsafe' order by no limit :twice
""")


async def main() -> None:
    """Put an audit among others of its size, then ask for what the page asks for."""
    sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
    from audits import stored

    async with scratch() as (database, _):
        async with database.transaction() as session:
            for seed in range(OTHERS + 1):
                audit_id = await stored.put_audit(session, PROVIDER, seed, EPISODES)
                values = {"provider": PROVIDER, "audit_id": audit_id, "twice": TWICE}
                first = (await session.execute(_FIRST, values)).all()
                second = stored.items(Random(seed), TWICE, unsafe=0)
                for n, (item, of) in enumerate(zip(second, first, strict=True), 1):
                    item |= {"no": EPISODES + n, "second_of": of.item_id, "episode_id": of.episode_id}
                await stored.put_items(session, PROVIDER, audit_id, second)
        actor = everybody()

        async def head() -> None:
            async with database.transaction() as session:
                await setup.see_audit(session, actor, audit_id)

        async def figures() -> object:
            async with database.transaction() as session:
                found = await results.see_results(session, actor, audit_id)
                return ResultsOut.model_validate(found).model_dump_json()

        async def codes() -> None:
            async with database.transaction() as session:
                await drill.list_result_positions(session, actor, audit_id, PositionListFilter(outcome="error"))
                await drill.count_result_positions(session, actor, audit_id, PositionFilter(outcome="error"))

        async def episode() -> None:
            async with database.transaction() as session:
                found = await drill.list_result_episodes(session, actor, audit_id, EpisodeFilter())
                await drill.see_compared_episode(session, actor, audit_id, found["items"][0]["item_id"])

        async def agreed() -> None:
            async with database.transaction() as session:
                await agreement.see_agreement(session, actor, audit_id)
                await agreement.see_all_agreement(session, actor)

        async def trended() -> None:
            async with database.transaction() as session:
                await trend.see_trend(session, actor, audit_id, TrendFilter())

        for name, f in (
            (f"results of {EPISODES} episodes, as the API answers", figures),
            ("the head of the page", head),
            ("a page of codes behind a figure, and their count", codes),
            ("a page of episodes, and both lists of one", episode),
            ("agreement, here and overall", agreed),
            ("trend of an open audit", trended),
        ):
            await f()
            cpu = time.process_time()
            taken = [await timed(f) for _ in range(TIMES)]
            say(name, f"{percentiles(taken)}, {(time.process_time() - cpu) / TIMES * 1000:.0f} ms of processor")
