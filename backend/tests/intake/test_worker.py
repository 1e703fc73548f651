"""The worker outlives what the database, the disk and a file do to it."""

import asyncio
import contextlib
import datetime as dt
import os
import time
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text

from codewell.identity.actor import Actor
from codewell.intake import service, worker
from codewell.kit import clock
from conftest import ORIGIN, sign_in_as
from intake.messages import CODES, message
from intake.test_files import URL, Pas, body, pas, rows
from world import World

__all__ = ["pas"]


@pytest.fixture
def trouble(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """Errors that the next batches meet, one each, in the place where the fold runs on the driver itself."""
    errors: list[Exception] = []
    real = worker.settle

    async def settle(*args: Any, **kwargs: Any) -> Any:
        taken = await real(*args, **kwargs)
        if errors:
            raise errors.pop(0)
        return taken

    monkeypatch.setattr(worker, "settle", settle)
    monkeypatch.setattr(worker, "PAUSE_S", 0.0)
    return errors


async def test_a_deadlock_or_a_lost_connection_costs_no_row(pas: Pas, trouble: list[Exception]) -> None:
    trouble += [asyncpg.DeadlockDetectedError("x"), asyncpg.ConnectionDoesNotExistError("x"), ConnectionResetError()]
    job = await pas.take(body(rows(25)))
    assert not trouble
    assert (job["state"], job["accepted"], job["rows_done"]) == ("done", 25, 25)


async def test_a_commit_whose_answer_was_lost_is_not_done_twice(pas: Pas, trouble: list[Exception]) -> None:
    await pas.send(body(rows(30)))
    job = await worker.claim(pas.database, pas.work_dir)
    assert job is not None
    lost = [asyncpg.InterfaceError("x")]

    def told(_: Any) -> None:
        if lost:
            raise lost.pop()

    await worker.work(pas.database, job, pas.work_dir, size=10, told=told)
    after = await pas.job(str(job.job_id))
    assert (after["state"], after["counts"]["created"], after["rows_done"]) == ("done", 30, 30)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (asyncpg.DeadlockDetectedError, "several times"),
        (asyncpg.DataError, "refused a batch"),
        (OSError, "could not be read"),
        (ZeroDivisionError, "refused a batch"),
    ],
)
async def test_what_does_not_pass_fails_the_job_and_not_the_worker(
    pas: Pas, trouble: list[Exception], error: type[Exception], says: str, caplog: pytest.LogCaptureFixture
) -> None:
    trouble += [error("9000000009") for _ in range(worker.TRIES)]
    job = await pas.take(body(rows(5)))
    assert (job["state"], job["rows_done"]) == ("failed", 0)
    assert says in job["message"]
    assert "9000000009" not in caplog.text + str([vars(r) for r in caplog.records]) + job["message"]
    trouble.clear()
    assert (await pas.take(body(rows(5))))["accepted"] == 5


async def test_the_loop_goes_on_after_an_error_of_the_driver(pas: Pas, monkeypatch: pytest.MonkeyPatch) -> None:
    errors: list[Exception] = [asyncpg.UndefinedTableError("x"), asyncpg.InterfaceError("x"), KeyError("x")]
    real, pause = worker.claim, asyncio.sleep

    async def claim(*args: Any) -> Any:
        if errors:
            raise errors.pop()
        return await real(*args)

    monkeypatch.setattr(worker, "claim", claim)
    monkeypatch.setattr(worker.asyncio, "sleep", lambda _: pause(0.01))
    made = await pas.send(body(rows(3)))
    running = asyncio.create_task(worker.run(pas.database, pas.database.settings))  # type: ignore[attr-defined]
    try:
        for _ in range(1000):
            if (await pas.job(made["job_id"]))["state"] == "done":
                break
            await pause(0.02)
        else:
            raise AssertionError("the file was never taken in")
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def test_files_that_no_job_needs_are_removed(pas: Pas) -> None:
    old = time.time() - 2 * 3600

    def lay(name: str, at: float = old) -> str:
        (pas.work_dir / name).write_bytes(b"x")
        os.utime(pas.work_dir / name, (at, at))
        return name

    preview = (await pas.take(body(rows(2)), preview=True))["job_id"]
    waiting = (await pas.send(body(rows(2))))["job_id"]
    for job_id in (preview, waiting):
        os.utime(pas.work_dir / job_id, (old, old))
    stays = {preview, waiting, lay("upload-now", time.time()), lay("notes.txt"), lay(str(uuid4()), time.time())}
    lay("upload-broken")
    lay(str(uuid4()))
    await worker.tidy(pas.database, pas.work_dir)
    assert {p.name for p in pas.work_dir.iterdir()} == stays
    with clock.frozen(clock.now() + dt.timedelta(days=8)):
        await worker.tidy(pas.database, pas.work_dir)
    assert {p.name for p in pas.work_dir.iterdir()} == stays - {preview}
    job = await pas.job(preview)
    assert job["state"] == "cancelled"
    assert "7 days" in job["message"]


async def test_a_preview_of_no_usable_header_counts_its_rows_and_keeps_none(pas: Pas) -> None:
    header = body([]).decode().strip().replace("EPIEND", "WHATEVER")
    job = await pas.take(body(rows(30), header), preview=True)
    assert (job["state"], job["rows_done"], job["rejected"]) == ("failed", 30, 30)
    assert "ended_on" in job["message"]
    assert await pas.count("select count(*) from intake_fault") == 0


async def test_what_a_preview_found_that_failed_is_forgotten_after_7_days(pas: Pas, trouble: list[Exception]) -> None:
    bad = [line.replace("9000000009", "1.0E+9") for line in rows(3)]
    real = await pas.take(body(bad))
    made = await pas.send(body([*bad, *rows(3, 4)]), preview=True)
    job = await worker.claim(pas.database, pas.work_dir)
    assert job is not None

    def told(_: Any) -> None:
        trouble.append(asyncpg.DataError("x"))

    await worker.work(pas.database, job, pas.work_dir, size=3, told=told)
    assert (await pas.job(made["job_id"]))["state"] == "failed"
    assert len(await pas.rejects(made["job_id"])) == 3
    for days, left in ((6, 3), (8, 0)):
        with clock.frozen(clock.now() + dt.timedelta(days=days)):
            await worker.tidy(pas.database, pas.work_dir)
        assert len(await pas.rejects(made["job_id"])) == left
    # What a file that was meant to be taken in left open waits for as long as it takes.
    assert len(await pas.rejects(real["job_id"])) == 3


async def test_a_cancellation_that_is_not_committed_leaves_the_file(pas: Pas) -> None:
    made = await pas.send(body(rows(2)))
    actor = Actor.system("RXX", "test", frozenset({"intake:post"}))
    with contextlib.suppress(ZeroDivisionError):
        async with pas.database.transaction() as session:
            await service.cancel_job(session, actor, UUID(made["job_id"]), work_dir=pas.work_dir)
            raise ZeroDivisionError
    assert (await pas.job(made["job_id"]))["state"] == "waiting"
    assert (pas.work_dir / made["job_id"]).exists()


async def test_a_slow_upload_holds_no_connection(pas: Pas) -> None:
    pool: Any = pas.database.engine.pool
    held: list[int] = []

    async def slow() -> Any:
        for line in body(rows(3)).splitlines(keepends=True):
            held.append(pool.checkedout())
            yield line

    answer = await pas.http.post(URL, content=slow(), headers={"Content-Type": "text/csv"})
    assert answer.status_code == 202, answer.text
    assert set(held) == {0}


async def test_a_line_of_a_file_is_tried_again_as_its_job_read_it(pas: Pas, own_app: FastAPI, own_world: World) -> None:
    coding = {k: v for k, v in CODES.items() if k != "source"}
    lines = [b"{not json", orjson.dumps(message(coding=coding, ended_on="2026-02-01"))]
    async with AsyncClient(transport=ASGITransport(app=own_app), base_url=ORIGIN) as manager:
        await sign_in_as(own_app, manager, own_world.people["manager"])
        source = {"name": "Encoder", "columns": {}, "coding_source": "encoder"}
        await manager.put("/api/v1/intake/sources/encoder", json=source, headers={"If-Match": "0"})
        job = await pas.take(b"\n".join(lines), "application/x-ndjson", source_id="encoder")
        assert job["rejected"] == 2
        faults = (await manager.get("/api/v1/intake/faults", params={"job_id": job["job_id"]})).json()["items"]
        url = {f["row"]: f"/api/v1/intake/faults/{f['fault_id']}/retry" for f in faults}
        bad = await manager.post(url[1], json={})
        assert (bad.status_code, bad.json()["outcome"]) == (200, "rejected")
        assert bad.json()["errors"][0]["reason"] == "is not valid JSON"
        still = await manager.post(url[1], json={"changes": {"ended_on": "2026-03-11"}})
        assert (still.status_code, still.json()["errors"]) == (200, bad.json()["errors"])
        mended = await manager.post(url[2], json={"changes": {"ended_on": "2026-03-11"}})
        assert (mended.json()["outcome"], mended.json()["errors"]) == ("created", [])
    async with pas.database.transaction() as session:
        assert (await session.scalars(text("select source from coding"))).all() == ["encoder"]
