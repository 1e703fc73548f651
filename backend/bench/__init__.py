"""Figures of docs/benchmarks.md: every run makes its own database, prints ratios and percentiles, asserts nothing."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from codewell import db
from codewell.codesets import service as codesets
from codewell.embedded import Cluster
from codewell.embedded.tuning import durable
from codewell.identity import service as identity
from codewell.identity.actor import Actor
from codewell.identity.rules import Permission
from codewell.migrate import migrate
from codewell.settings import Settings

PROVIDER = "RXX"


@asynccontextmanager
async def scratch(pool_size: int = 50) -> AsyncIterator[tuple[db.Database, Settings]]:
    """Give a migrated database of its own, on a durable cluster with the settings `make run` uses."""
    with TemporaryDirectory(prefix="codewell-bench-") as folder:
        Path(folder).chmod(0o711)
        cluster = Cluster(Path(folder) / "pg", durable())
        cluster.start()
        settings = Settings(
            _env_file=None, environment="test", database_url=SecretStr(cluster.url()), pool_size=pool_size,
            work_dir=Path(folder) / "work", run_jobs=False,
        )  # fmt: skip
        database = db.Database(settings)
        try:
            await migrate(settings)
            async with database.transaction() as session:
                await codesets.load_defaults(session)
                await identity.open_trust(session, PROVIDER, "Bench Trust", synthetic=True)
            yield database, settings
        finally:
            await database.close()
            cluster.stop()


def everybody(provider: str = PROVIDER) -> Actor:
    """Return the system with every permission."""
    return Actor.system(provider, "bench", frozenset(p.value for p in Permission))


def percentiles(seconds: Sequence[float]) -> str:
    """Return p50, p95 and p99 in milliseconds."""
    ordered = sorted(seconds)

    def at(p: float) -> float:
        return ordered[min(len(ordered) - 1, int(len(ordered) * p))] * 1000

    return f"p50 {at(0.5):.1f} ms, p95 {at(0.95):.1f} ms, p99 {at(0.99):.1f} ms (n={len(ordered):,})"


async def timed(f: Callable[[], Awaitable[object]]) -> float:
    """Return how many seconds ``await f()`` took."""
    start = time.perf_counter()
    await f()
    return time.perf_counter() - start


def say(name: str, figure: str) -> None:
    """Print one line of the report."""
    print(f"{name:58} {figure}", flush=True)
