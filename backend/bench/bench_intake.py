"""How fast a year of a Trust comes in: against a server-side COPY of the same rows into a bare table, taken in turn.

Every FCE of the file is validated, versioned where it is coded, and placed in its queue, through the job that an upload
starts. The cluster is our own with its durable settings (fsync and synchronous_commit on) and is removed afterwards.
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import datetime as dt
import itertools
import os
import random
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import httpx
import orjson

from bench import everybody, say, scratch
from codewell.db import Database
from codewell.identity import service as identity
from codewell.identity.actor import Actor
from codewell.intake import command, service, spool, worker
from codewell.intake.models import IntakeJob
from codewell.kit import clock
from codewell.settings import Settings

HEADER = [
    "PROCODET",
    "NEWNHSNO",
    "NHSNOIND",
    "LOPATID",
    "DOB",
    "SEX",
    "PROVSPNOPS",
    "ADMIDATE",
    "ADMIMETH",
    "ADMISORC",
    "CLASSPAT",
    "ADMINCAT",
    "INTMANIG",
    "DISDATE",
    "DISMETH",
    "DISDEST",
    "EPIORDER",
    "EPISTART",
    "EPIEND",
    "CONSULT",
    "MAINSPEF",
    "TRETSPEF",
    "SITETRET",
    "NEOCARE",
    "OPERSTAT",
]
N_DX, N_PX = 20, 12
# The rows of `episode` as they are stored: without the patient's and the spell's own facts, with what we derive.
STORED = (
    "provider, ended_on, episode_id, spell_number, episode_number, last_episode, started_on, consultant_code,"
    "main_specialty_code, treatment_function_code, site_code, ward_code, neonatal_level_code, operation_status_code,"
    "diagnoses, procedures, procedure_dates, coding_state, coding_version, coded_at, coder_id, coder_ref,"
    "coding_source, discharged_on, basis, coded_basis, deleted"
)
# The rows as the file has them, typed, the codes as arrays: the patient's and the spell's facts too, nothing derived.
AS_CAME = """
    provider text, nhs_number text, nhs_number_status text, local_patient_id text, birth_on date, sex text,
    spell_number text, admitted_on date, admission_method text, admission_source text, patient_class text,
    admin_category text, intended_management text, discharged_on date, discharge_method text,
    discharge_destination text, episode_number smallint, started_on date, ended_on date, consultant_code text,
    main_specialty_code text, treatment_function_code text, site_code text, neonatal_level_code text,
    operation_status_code text, diagnoses text[], procedures text[], procedure_dates date[],
    primary key (provider, spell_number, episode_number)"""


def nhs_number(n: int) -> str:
    """The n-th number of the range kept for tests, or the next whose check digit exists."""
    while True:
        base = f"9{n:08d}"
        left = 11 - sum(int(d) * w for d, w in zip(base, range(10, 1, -1), strict=True)) % 11
        if left != 10:
            return base + str(left % 11)
        n += 1


def make_rows(n: int, seed: int = 7) -> list[list[str]]:
    """FCEs of one year: five diagnoses and one and a half procedures on average, nine in ten coded by the PAS."""
    r = random.Random(seed)
    letters = "ABCDEFGHIJKLMNPRSTZ"
    dx = [f"{r.choice(letters)}{r.randrange(100):02d}{r.choice('0123456789X')}" for _ in range(6000)]
    px = [f"{r.choice(letters)}{r.randrange(1, 100):02d}{r.randrange(1, 10)}" for _ in range(4000)]
    first = clock.today() - dt.timedelta(days=400)
    rows: list[list[str]] = []
    spell = 0
    while len(rows) < n:
        spell += 1
        patient = r.randrange(n // 2)
        born = dt.date(1930, 1, 1) + dt.timedelta((patient * 7919) % 33000)
        admitted = first + dt.timedelta(r.randrange(360))
        day, episodes = admitted, []
        for _ in range(1 if r.random() < 0.82 else r.randint(2, 4)):
            end = day + dt.timedelta(min(9, int(r.expovariate(0.4))))
            episodes.append((day, end))
            day = end
        method, kind = r.choice(("11", "21", "22", "12")), r.choice("12")
        for number, (start, end) in enumerate(episodes, start=1):
            coded = r.random() < 0.9
            codes = [r.choice(dx) for _ in range(min(N_DX, 1 + int(r.expovariate(0.24))))] if coded else []
            done = [r.choice(px) for _ in range(min(N_PX, int(r.expovariate(0.7))))] if coded else []
            cells = [
                "RXX", nhs_number(patient), "01", f"P{patient:07d}", born.isoformat(), "12"[patient % 2],
                f"SP{spell:08d}",
                admitted.isoformat(), method, "19", kind, "01", "1", day.isoformat(), "1", "19", f"{number:02d}",
                start.isoformat(), end.isoformat(), f"C{r.randrange(10**7):07d}",
                r.choice(("100", "110", "300", "320", "430")), r.choice(("100", "110", "300", "320")), "RXX01", "8",
                "1" if done else "8", *codes, *[""] * (N_DX - len(codes)),
            ]  # fmt: skip
            for code in done:
                cells += [code, start.isoformat()]
            rows.append(cells + [""] * (len(HEADER) + N_DX + 2 * N_PX - len(cells)))
    return rows[:n]


def write_csv(rows: list[list[str]], path: Path) -> None:
    """Write rows as a file with HES names."""
    names = [*HEADER, *(f"DIAG_{n:02d}" for n in range(1, N_DX + 1))]
    for n in range(1, N_PX + 1):
        names += [f"OPERTN_{n:02d}", f"OPDATE_{n:02d}"]
    with path.open("w", newline="") as out:
        csv.writer(out).writerows([names, *rows])


def codes_of(row: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Diagnoses, procedures and their days of a row."""
    done = row[len(HEADER) + N_DX :]
    at = [n for n in range(0, len(done), 2) if done[n]]
    return [c for c in row[len(HEADER) : len(HEADER) + N_DX] if c], [done[n] for n in at], [done[n + 1] for n in at]


def write_bare(rows: list[list[str]], path: Path) -> None:
    """Write the rows as ``AS_CAME`` has them."""
    with path.open("w", newline="") as out:
        csv.writer(out).writerows(
            [*row[: len(HEADER)], *("{" + ",".join(listed) + "}" for listed in codes_of(row))] for row in rows
        )


def item_of(row: list[str], n: int) -> dict[str, object]:
    """The same FCE as a JSON message, of another spell."""
    dx, px, days = codes_of(row)
    procedures = [{"code": c, "on": on} for c, on in zip(px, days, strict=True)]
    return {
        "provider": "RXX", "source_at": "2026-01-01T00:00:00Z", "message_id": f"M{n:09d}", "feed_action": "upsert",
        "spell_number": "J" + row[6], "episode_number": int(row[16]), "last_episode": None,
        "patient": {
            "local_patient_id": row[3], "nhs_number": row[1], "nhs_number_status": "01", "birth_on": row[4],
            "sex": row[5],
        },
        "spell": {
            "admitted_on": row[7], "admission_method": row[8], "admission_source": row[9], "patient_class": row[10],
            "admin_category": row[11], "intended_management": row[12], "discharged_on": row[13],
            "discharge_method": row[14], "discharge_destination": row[15],
        },
        "started_on": row[17], "ended_on": row[18], "consultant_code": row[19], "main_specialty_code": row[20],
        "treatment_function_code": row[21], "site_code": row[22], "neonatal_level_code": row[23],
        "operation_status_code": row[24],
        "coding": {"source": "pas", "diagnoses": dx, "procedures": procedures} if dx else None,
    }  # fmt: skip


async def take(database: Database, settings: Settings, actor: Actor, path: Path) -> tuple[IntakeJob, float]:
    """Take a file in as a job would; the clock runs from the first byte received to the last row committed."""
    started = time.perf_counter()
    spooled = await spool.receive(
        command._chunks(path), settings.work_dir, max_bytes=settings.max_file_bytes, max_rows=settings.max_file_rows
    )
    async with database.transaction() as session:
        job = await service.receive_file(
            session, actor, spooled, file_name=path.name, source_id=None, preview=False, source_at=None
        )
        job.state, job.worker, job.started_at = "running", worker.me(), clock.now()
    await worker.work(database, job, settings.work_dir)
    return job, time.perf_counter() - started


class Yardstick:
    """Rows a second of a server-side COPY of the same rows into a table with nothing but a primary key.

    Taken right before and right after what it is to measure, for other work on the machine slows both; the middle one
    of all such copies counts, not the best. What counts are the rows as they are stored; the rows as they came, which
    are narrower, are copied beside them.
    """

    def __init__(self, url: str, source: Path) -> None:
        self.url, self.source = url, source
        self.stored: list[float] = []
        self.as_came: list[float] = []

    async def take(self, times: int = 2) -> list[float]:
        """Copy what is stored by now a few times; return how fast each copy was."""
        connection = await asyncpg.connect(self.url)
        try:
            folder = Path(await connection.fetchval("show data_directory"))
            stored, came = folder / "stored.csv", folder / "came.csv"
            shutil.copyfile(self.source, came)
            await connection.execute(f"copy (select {STORED} from episode) to '{stored}' csv")
            await connection.execute("create table stored (like episode including defaults including generated)")
            await connection.execute("alter table stored add primary key (provider, episode_id)")
            await connection.execute(f"create table came ({AS_CAME})")
            rates = []
            for _ in range(times):
                rates.append(await self._copied(connection, f"copy stored ({STORED}) from '{stored}' csv"))
                self.as_came.append(await self._copied(connection, f"copy came from '{came}' csv"))
            await connection.execute("drop table stored, came")
            for file in (stored, came):
                file.unlink()
            self.stored += rates
            return rates
        finally:
            await connection.close()

    async def _copied(self, connection: asyncpg.Connection, statement: str) -> float:
        await connection.execute("truncate stored, came")
        started = time.perf_counter()
        done = await connection.execute(statement)
        return int(done.split()[-1]) / (time.perf_counter() - started)


async def post_json(port: int, key: str, rows: list[list[str]], clients: int = 2) -> float:
    """FCEs a second through POST /intake/episodes, 500 an item, from a few clients at once."""
    bodies = [
        orjson.dumps({"items": [item_of(row, at + n) for n, row in enumerate(rows[at : at + 500])]})
        for at in range(0, len(rows), 500)
    ]
    url = f"http://127.0.0.1:{port}/api/v1/intake/episodes"
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    async def client() -> None:
        async with httpx.AsyncClient(timeout=120) as http:
            while bodies:
                answer = await http.post(url, content=bodies.pop(), headers=headers)
                counts = orjson.loads(answer.content)["counts"]
                assert counts["created"] == sum(counts.values()), counts

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return len(rows) / (time.perf_counter() - started)


@contextlib.contextmanager
def server(url: str, work: Path):  # type: ignore[no-untyped-def]
    """One replica of the API in a process of its own."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    env = os.environ | {  # noqa: TID251
        "DATABASE_URL": url, "CODEWELL_ENVIRONMENT": "test", "CODEWELL_WORK_DIR": str(work),
        "CODEWELL_SECRET": "bench-secret-of-at-least-32-characters", "CODEWELL_RUN_JOBS": "false",
    }  # fmt: skip
    command_line = [
        sys.executable, "-m", "uvicorn", "codewell.main:build_app", "--factory", "--port", str(port),
        "--log-level", "warning",
    ]  # fmt: skip
    process = subprocess.Popen(command_line, env=env)
    try:
        for _ in range(200):
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{port}/api/v1/health/live").status_code == 200:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def memory_mib() -> float:
    """The most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def main(n: int = int(os.environ.get("BENCH_ROWS", "260000"))) -> None:  # noqa: TID251
    """Measure and print; a smaller BENCH_ROWS only tells whether it works."""
    async with scratch() as (database, settings):
        actor, folder = everybody(), settings.work_dir.parent / "files"
        folder.mkdir()
        url = settings.database_url.get_secret_value()
        async with database.transaction() as session:
            key = (await identity.add_client(session, actor, name="bench", scopes=["intake"])).key
            await identity.open_trust(session, "RYY", "Warm-up Trust", synthetic=True)
        # In a process of its own: its memory is not the worker's.
        words = [sys.executable, "-m", "bench.bench_intake", str(n), str(folder)]
        subprocess.run(words, check=True, cwd=Path(__file__).parents[1])
        yardstick = Yardstick(url, folder / "came.csv")
        # A tenth first, in another Trust: it warms up, and shows what memory a small file takes.
        await take(database, settings, everybody("RYY"), folder / "warm.csv")
        small = memory_mib()
        by_file = await yardstick.take()
        job, first_s = await take(database, settings, actor, folder / "first.csv")
        assert (job.created, job.rows_done) == (n, n), (job.state, job.message, job.created, job.rejected)
        by_file += await yardstick.take()
        again, again_s = await take(database, settings, actor, folder / "first.csv")
        assert again.unchanged == n, (again.state, again.message)
        large = memory_mib()
        with (folder / "first.csv").open(newline="") as file:
            json_rows = list(itertools.islice(csv.reader(file), 1, 42_001))
        with server(url, settings.work_dir) as port:
            await post_json(port, key, json_rows[:2000])
            by_json = await yardstick.take()
            json_rate = await post_json(port, key, json_rows[2000:])
            by_json += await yardstick.take()
    say("server-side COPY of the same rows, bare table with a primary key", spread(yardstick.stored))
    say("  of the rows as they came, without what is derived", spread(yardstick.as_came))
    say(f"CSV file of {n:,} FCEs, new", against(n / first_s, by_file))
    say("  the same file again", f"{n / again_s:,.0f} FCE/s, {first_s / again_s:.1f} x")
    say("JSON, 500 a post, two clients", against(json_rate, by_json))
    say("peak memory", f"{small:,.0f} MiB after {n // 10:,} rows, {large:,.0f} MiB after {n:,}")


def spread(rates: list[float]) -> str:
    """Say the middle one of some rates, the least and the greatest."""
    return f"{statistics.median(rates):,.0f} rows/s ({min(rates):,.0f} to {max(rates):,.0f})"


def against(rate: float, copies: list[float]) -> str:
    """Say a rate, and what part it is of the COPYs right before and after it."""
    middle = statistics.median(copies)
    return f"{rate:,.0f} FCE/s, {rate / middle:.1%} of COPY ({middle:,.0f} rows/s around it)"


if __name__ == "__main__":
    made = make_rows(int(sys.argv[1]))
    write_csv(made, Path(sys.argv[2]) / "first.csv")
    write_bare(made, Path(sys.argv[2]) / "came.csv")
    write_csv([["RYY", *row[1:]] for row in made[: len(made) // 10]], Path(sys.argv[2]) / "warm.csv")
