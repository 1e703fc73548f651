"""The results of an audit of 200 episodes as the page asks for them, and the codes behind a figure."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bench import PROVIDER, everybody, percentiles, say, scratch, timed
from codewell.audits.reads import agreement, drill, results, trend
from codewell.audits.schemas.results import PositionFilter, PositionListFilter, ResultsOut
from codewell.audits.schemas.trend import TrendFilter

EPISODES, OTHERS, TIMES = 200, 10, 60


async def main() -> None:
    """Put an audit among others of its size, then ask for what the page asks for."""
    sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
    from audits import stored

    async with scratch() as (database, _):
        async with database.transaction() as session:
            for seed in range(OTHERS + 1):
                audit_id = await stored.put_audit(session, PROVIDER, seed, EPISODES)
        actor = everybody()

        async def figures() -> object:
            async with database.transaction() as session:
                found = await results.see_results(session, actor, audit_id)
                return ResultsOut.model_validate(found).model_dump_json()

        async def codes() -> None:
            async with database.transaction() as session:
                await drill.list_result_positions(session, actor, audit_id, PositionListFilter(outcome="error"))
                await drill.count_result_positions(session, actor, audit_id, PositionFilter(outcome="error"))

        async def agreed() -> None:
            async with database.transaction() as session:
                await agreement.see_agreement(session, actor, audit_id)
                await agreement.see_all_agreement(session, actor)

        async def trended() -> None:
            async with database.transaction() as session:
                await trend.see_trend(session, actor, audit_id, TrendFilter())

        for name, f in (
            (f"results of {EPISODES} episodes, as the API answers", figures),
            ("a page of codes behind a figure, and their count", codes),
            ("agreement, here and overall", agreed),
            ("trend of an open audit", trended),
        ):
            await f()
            cpu = time.process_time()
            taken = [await timed(f) for _ in range(TIMES)]
            say(name, f"{percentiles(taken)}, {(time.process_time() - cpu) / TIMES * 1000:.0f} ms of processor")
