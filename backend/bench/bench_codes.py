"""Search as someone types, at full size: in memory, and through the API with its sign-in and its transaction."""

from __future__ import annotations

import csv
import datetime as dt
import os
import random
import resource
import time
from pathlib import Path

from httpx import ASGITransport, AsyncClient

from bench import everybody, percentiles, say, scratch
from codewell.codesets import reads, service
from codewell.codesets.book import CodeBook
from codewell.codesets.formats import Format, Upload
from codewell.codesets.rules import System
from codewell.identity import service as identity
from codewell.main import build_app

ON = dt.date(2026, 11, 1)
TYPED = 400


def national() -> Path | None:
    """Return the folder of national lists, where there is one."""
    given = os.environ.get("CODEWELL_DATA")  # noqa: TID251
    folder = Path(given) if given else Path(__file__).resolve().parents[3] / "shared" / "data"
    return folder if folder.is_dir() else None


def keystrokes(book: CodeBook, rng: random.Random) -> list[str]:
    """Return what is typed on the way to a code: one to three words in any order, letter by letter, or the code."""
    infos = [info for info in book if info.leaf]
    typed: list[str] = []
    for info in rng.sample(infos, min(TYPED, len(infos))):
        words = [w.strip(",.()[]") for w in info.title.split()]
        chosen = rng.sample(words, min(len(words), rng.randint(1, 3)))
        query = " ".join(w[: rng.randint(2, 7)] for w in chosen) if rng.random() < 0.8 else info.dotted
        typed += [query[:n] for n in range(1, len(query) + 1)]
    return typed


async def main() -> None:
    """Time every keystroke of 400 searches in each classification."""
    rng = random.Random(20261101)
    async with scratch() as (database, settings):
        actor = everybody()
        folder = national()
        if folder is not None:
            # The full OPCS-4 that can be had here: the codes in use, and those of the hospital list beside them.
            lines = {}
            for name, title in (("opcs4_tree.csv", "title"), ("opcs4_usage_2023-24.csv", "description")):
                with (folder / name).open(encoding="utf-8", newline="") as file:
                    for line in csv.DictReader(file):
                        lines[line["code"]] = f'{line["code"]},"{line[title]}",{line.get("usage", "")}\n'
            content = "code,title,usage\n" + "".join(lines.values())
            async with database.transaction() as session:
                row = await service.load_preview(
                    session, actor, system=System.opcs4, edition="bench", title="All of OPCS-4", kind=Format.csv,
                    valid_from_on=dt.date(2026, 4, 1), uploads=[Upload("opcs4.csv", content.encode())],
                )  # fmt: skip
                await service.make_ready(session, actor, "opcs4.bench", version=row.version)
        else:
            say("national lists", "not on this machine: OPCS-4 is the starter set")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        async with database.transaction() as session:
            books = await reads.books_for(session, ON)
        took = time.perf_counter() - start
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        say(f"books of {len(books.icd10):,} + {len(books.opcs4):,} codes built", f"{took:.2f} s, {grown:.0f} MB more")
        for system in System:
            book = books.of(system)
            times = []
            for query in keystrokes(book, rng):
                start = time.perf_counter()
                book.search(query)
                times.append(time.perf_counter() - start)
            say(f"search {system.value} in memory, {len(times):,} keystrokes", percentiles(times))
        async with database.transaction() as session:
            key = (await identity.add_client(session, actor, name="bench-codes", scopes=["checks"])).key
        app = build_app(settings, database)
        async with AsyncClient(transport=ASGITransport(app=app), base_url="https://bench.test") as http:
            http.headers["Authorization"] = f"Bearer {key}"
            times = []
            for system in System:
                for query in keystrokes(books.of(system), rng)[:1500]:
                    params = {"system": system.value, "q": query, "on": ON.isoformat()}
                    start = time.perf_counter()
                    answer = await http.get("/api/v1/codes", params=params)
                    times.append(time.perf_counter() - start)
                    answer.raise_for_status()
            say(f"GET /codes whole, {len(times):,} keystrokes", percentiles(times))
