"""The checks of a 20-code episode: the engine alone, and through the API with its sign-in and its transaction."""

from __future__ import annotations

import datetime as dt
import random
import time

from httpx import ASGITransport, AsyncClient

from bench import everybody, percentiles, say, scratch
from codewell.codesets import reads as codesets
from codewell.identity import service as identity
from codewell.main import build_app
from codewell.standards import reads
from codewell.standards.rules import Case, Facts, check_case

ON = dt.date(2026, 11, 14)
DIAGNOSES, PROCEDURES, EPISODES = 16, 4, 1_000


async def main() -> None:
    """Check a thousand episodes of 16 diagnoses and 4 procedures, drawn by how often codes are used."""
    rng = random.Random(20261114)
    async with scratch() as (database, settings):
        actor = everybody()
        async with database.transaction() as session:
            books = await codesets.books_for(session, ON)
            rules = (await reads.rules_for(session, actor)).rules
            key = (await identity.add_client(session, actor, name="bench-checks", scopes=["checks"])).key
        drawn = []
        for book, n in ((books.icd10, DIAGNOSES), (books.opcs4, PROCEDURES)):
            infos = [info for info in book if info.leaf]
            weights = [info.usage_count + 1 for info in infos]
            drawn.append([[i.code for i in rng.choices(infos, weights, k=n)] for _ in range(EPISODES)])
        facts = {"started_on": ON, "ended_on": ON, "admitted_on": ON, "discharged_on": ON, "sex": "2", "age": 68}
        times, found = [], 0
        for diagnoses, procedures in zip(*drawn, strict=True):
            case = Case(Facts(**facts), diagnoses, [(code, ON) for code in procedures])
            start = time.perf_counter()
            found += len(check_case(case, rules, books, ON))
            times.append(time.perf_counter() - start)
        say(f"{len(rules)} rules over 20 codes, {found / EPISODES:.1f} findings each", percentiles(times))
        app = build_app(settings, database)
        episode = {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in facts.items()}
        async with AsyncClient(transport=ASGITransport(app=app), base_url="https://bench.test") as http:
            http.headers["Authorization"] = f"Bearer {key}"
            times, cpu = [], time.process_time()
            for diagnoses, procedures in zip(*drawn, strict=True):
                body = {
                    "episode": episode,
                    "diagnoses": [{"code": code} for code in diagnoses],
                    "procedures": [{"code": code, "on": ON.isoformat()} for code in procedures],
                }
                start = time.perf_counter()
                answer = await http.post("/api/v1/checks", json=body)
                times.append(time.perf_counter() - start)
                answer.raise_for_status()
            cpu = (time.process_time() - cpu) / EPISODES * 1000
            say(f"POST /checks whole, {EPISODES:,} episodes", percentiles(times))
            say("of it processor time of this process, its client included", f"mean {cpu:.1f} ms")
