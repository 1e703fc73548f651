"""kill -9 of the API and of PostgreSQL in the middle of a file: sent again, every row is there exactly once."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from pydantic import SecretStr

from codewell import db
from codewell.embedded.cluster import Cluster
from codewell.embedded.tuning import durable
from codewell.identity import service as identity
from codewell.identity.actor import Actor
from codewell.migrate import migrate
from conftest import make_settings
from intake.test_files import body, rows
from world import EVERYTHING

SECRET = "kill-secret-of-at-least-32-characters"
N = 40_000


class Api:
    """One replica with its worker, in a process of its own."""

    def __init__(self, url: str, work: Path) -> None:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.env = os.environ | {  # noqa: TID251
            "DATABASE_URL": url, "CODEWELL_ENVIRONMENT": "test", "CODEWELL_WORK_DIR": str(work), "CODEWELL_SECRET": SECRET,
        }  # fmt: skip
        self.base = f"http://127.0.0.1:{self.port}/api/v1"
        self.start()

    def start(self) -> None:
        words = [sys.executable, "-m", "uvicorn", "codewell.main:build_app", "--factory", "--port", str(self.port)]
        self.process = subprocess.Popen([*words, "--log-level", "critical"], env=self.env)

    async def up(self) -> None:
        async with httpx.AsyncClient() as http:
            for _ in range(600):
                with contextlib.suppress(httpx.HTTPError):
                    if (await http.get(f"{self.base}/health/ready")).status_code == 200:
                        return
                await asyncio.sleep(0.1)
        raise AssertionError("the API never came up")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


async def ask(url: str, sql: str) -> Any:
    """One value from the database, which may just be coming back."""
    for _ in range(100):
        with contextlib.suppress(OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError):
            connection = await asyncpg.connect(url, timeout=5)
            try:
                return await connection.fetchval(sql)
            finally:
                await connection.close()
        await asyncio.sleep(0.2)
    raise AssertionError("the database never came back")


def kill_cluster(cluster: Cluster) -> None:
    """kill -9 of the postmaster and of every process of it."""
    postmaster = int((cluster.data / "postmaster.pid").read_text().split()[0])
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(postmaster)], capture_output=True, text=True, check=False
    )
    for pid in [postmaster, *map(int, children.stdout.split())]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


async def faults_of(url: str, sent: set[str]) -> list[str]:
    """What is wrong with the database, seen against the spells that were sent; empty when each is there exactly once."""
    connection = await asyncpg.connect(url)
    try:
        wrong = []
        for table in ("episode_key", "episode", "spell"):
            found = [r[0] for r in await connection.fetch(f"select spell_number from {table}")]
            if sent - set(found):
                wrong.append(f"{table}: {len(sent - set(found))} lost")
            if len(found) != len(set(found)) or set(found) - sent:
                wrong.append(f"{table}: {len(found) - len(set(found) & sent)} doubled or strange")
        for sql, what in (
            ("select count(*) - count(distinct (episode_id)) from coding", "codings doubled"),
            ("select count(*) from episode e where not exists (select from coding c where c.episode_id = e.episode_id)",
             "episodes without their coding"),
            ("select count(*) from coding c where not exists (select from episode e where e.episode_id = c.episode_id)",
             "codings without their episode"),
        ):  # fmt: skip
            n = await connection.fetchval(sql)
            wrong += [f"{n} {what}"] if n else []
        return wrong
    finally:
        await connection.close()


@pytest.mark.commits
async def test_every_row_is_there_exactly_once_after_kills_of_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # As a server of a Trust has it: the address stays the same over a restart.
    monkeypatch.setattr("codewell.embedded.cluster._free_port", lambda: port)
    tmp_path.chmod(0o711)
    folder = Path("/tmp") / f"codewell-kill-{os.getpid()}"
    folder.mkdir(mode=0o711)
    cluster = Cluster(folder / "pg", durable())
    cluster.start()
    url = cluster.url()
    settings = make_settings(url, tmp_path, secret=SecretStr(SECRET))
    await migrate(settings)
    database = db.Database(settings)
    async with database.transaction() as session:
        await identity.open_trust(session, "RXX", "Trust", synthetic=True)
        actor = Actor.system("RXX", "test", EVERYTHING)
        key = (await identity.add_client(session, actor, name="pas", scopes=["intake"])).key
    await database.close()
    lines = rows(N)
    content = body(lines)
    sent = {f"SP{n:06d}" for n in range(1, N + 1)}
    api = Api(url, tmp_path / "work")
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "text/csv"}
    try:
        await api.up()
        async with httpx.AsyncClient(timeout=60, headers=headers) as http:
            job = (await http.post(f"{api.base}/intake/files", content=content)).json()
        await _after(url, 1)
        api.kill()
        half = await ask(url, "select count(*) from episode_key")
        assert 0 < half < N, "the kill came too late to mean anything"
        # The checker can see loss: half a file is not the file.
        assert any("lost" in w for w in await faults_of(url, sent))
        api.start()
        await api.up()
        await _after(url, half + 1)
        kill_cluster(cluster)
        await asyncio.to_thread(_restart, cluster)
        await _done(url, job["job_id"])
        assert await faults_of(url, sent) == []
        async with httpx.AsyncClient(timeout=60, headers=headers) as http:
            again = (await http.post(f"{api.base}/intake/files", content=content)).json()
        await _done(url, again["job_id"])
        assert await faults_of(url, sent) == []
        assert await ask(url, f"select unchanged from intake_job where job_id = '{again['job_id']}'") == N
        # The checker can see doubling too: one spell counted twice in the place of another.
        await ask(
            url,
            """update episode_key set spell_number = 'SP000001', episode_number = 2 where spell_number = 'SP000002'
               returning 1""",
        )
        assert await faults_of(url, sent) == ["episode_key: 1 lost", "episode_key: 1 doubled or strange"]
    finally:
        api.kill()
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _restart(cluster: Cluster) -> None:
    for attempt in range(60):
        try:
            cluster.start()
        except Exception:
            if attempt == 59:
                raise
            time.sleep(0.5)
        else:
            return


async def _after(url: str, n: int) -> None:
    """Wait until at least so many episodes are in."""
    for _ in range(1200):
        if await ask(url, "select count(*) from episode_key") >= n:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("nothing came in")


async def _done(url: str, job_id: str) -> None:
    for _ in range(900):
        if await ask(url, f"select state from intake_job where job_id = '{job_id}'") == "done":
            return
        await asyncio.sleep(0.2)
    raise AssertionError("the job was never done")
