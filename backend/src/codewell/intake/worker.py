"""Works through files: one batch, one transaction, in which the job's own place in the file moves too.

A killed worker therefore leaves a job that any other can take up at exactly the next row. Reading and checking the next
batch runs in a thread while PostgreSQL works on the present one.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from codewell.db import Database, raw
from codewell.episodes.rules import Outcome
from codewell.identity.actor import Actor
from codewell.intake import items, parse
from codewell.intake.batch import Ready, Taken, prepare, take_in
from codewell.intake.columns import Header, HeaderRefused
from codewell.intake.fields import Fault
from codewell.intake.models import IntakeJob
from codewell.intake.rules import JobState
from codewell.intake.service import errors_of, kind_of
from codewell.kit import clock
from codewell.kit.ids import uuid7_many
from codewell.settings import Settings
from codewell.trail import service as trail

log = logging.getLogger("codewell.intake")

IDLE_S: Final = 0.5
SILENT: Final = dt.timedelta(seconds=30)
"""A job whose worker has not been heard of for so long is taken up by another."""
STATEMENT_ERRORS: Final = (
    "The database refused a batch; nothing of it was stored. Send the file again, or ask for help."
)


def me() -> str:
    """Return this worker's name: machine and process."""
    return f"{socket.gethostname()}:{os.getpid()}"


async def run(database: Database, settings: Settings) -> None:
    """Take jobs until cancelled; see once a day that next months' partitions are there."""
    partitions_on: dt.date | None = None
    while True:
        try:
            if partitions_on != clock.today():
                async with database.transaction() as session:
                    await ensure_partitions(session)
                partitions_on = clock.today()
            job = await claim(database, settings.work_dir)
            if job is None:
                await asyncio.sleep(IDLE_S)
            else:
                await work(database, job, settings.work_dir)
        except (SQLAlchemyError, OSError):
            # Nothing of the batch was stored; the job stays where it was, and is taken up again.
            log.warning("intake_worker_interrupted")
            await asyncio.sleep(2)


async def ensure_partitions(session: AsyncSession) -> None:
    """Make sure that episodes ending in the last year up to 15 months ahead have their partitions."""
    today = clock.today()
    await session.execute(
        text("select ensure_episode_partitions(:first, :last)"),
        {"first": clock.add_months(today, -12), "last": clock.add_months(today, 15)},
    )


def _dead(worker: str | None) -> bool:
    """Say whether a worker was a process of this machine that is no more."""
    host, _, pid = (worker or "").rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


async def claim(database: Database, work_dir: Path) -> IntakeJob | None:
    """Take the oldest job that waits, or that a dead worker left, and whose file is here; None when there is none."""
    async with database.transaction() as session:
        query = (
            select(IntakeJob)
            .where(col(IntakeJob.state).in_([JobState.waiting.value, JobState.running.value]))
            .order_by(col(IntakeJob.created_at))
            .limit(20)
            .with_for_update(skip_locked=True)
        )
        for job in (await session.execute(query)).scalars():
            silent = job.beat_at is None or job.beat_at < clock.now() - SILENT
            if job.state == JobState.running.value and not silent and not _dead(job.worker):
                continue
            if not (work_dir / str(job.job_id)).exists():
                if job.created_at < clock.now() - dt.timedelta(hours=1):
                    job.state, job.message = (
                        JobState.failed.value,
                        "The file is no longer on the server; send it again.",
                    )
                    job.finished_at = clock.now()
                continue
            job.state, job.worker, job.beat_at = JobState.running.value, me(), clock.now()
            job.started_at = job.started_at or clock.now()
            return job
    return None


@dataclass(slots=True)
class Prepared:
    """A batch ready for the database, with what the job has to remember about it."""

    ready: Ready
    lines: list[bytes]
    first_row: int
    next_offset: int
    sample: list[dict[str, Any]] = field(default_factory=list)


def batches(
    job: IntakeJob, path: Path, header: Header | None, encoding: str, offset: int, size: int
) -> Iterator[Prepared]:
    """Give the rest of a job's file, checked batch by batch; the first one of a preview brings a sample."""
    if header is not None:
        for batch in parse.csv_batches(path, header, encoding, offset, job.rows_done + 1, size):
            frame = parse.completed(batch.frame, batch.first_row, job.sha256, job.source_at, job.coding_source)
            sample = _sample(frame.head(3).to_dicts()) if job.preview and batch.first_row == 1 else []
            ready = prepare(frame, {}, batch.faults, provider=job.provider)
            yield Prepared(ready, batch.lines, batch.first_row, batch.next_offset, sample)
        return
    with path.open("rb") as file:
        lines = parse.Lines(file, encoding, offset)
        row = job.rows_done + 1
        while taken := lines.take(size):
            values, faults = items.read_lines(taken)
            read = items.read_items([{} if n in faults else v for n, v in enumerate(values)])
            read.faults.update(faults)
            frame = parse.completed(read.frame, row, job.sha256, job.source_at, job.coding_source)
            ready = prepare(frame, read.documents, read.faults, provider=job.provider)
            yield Prepared(ready, taken, row, lines.offset)
            row += len(taken)


_SHOWN: Final = (
    "episode_number", "started_on", "ended_on", "admitted_on", "discharged_on", "main_specialty_code",
    "consultant_code", "sex", "dx", "px",
)  # fmt: skip


def _sample(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a person checks a mapping by; nothing that identifies a patient."""
    return [{name: row[name] for name in _SHOWN} for row in rows]


async def work(
    database: Database, job: IntakeJob, work_dir: Path, *, size: int = parse.BATCH,
    told: Callable[[IntakeJob], None] | None = None,
) -> None:  # fmt: skip
    """Take a claimed job to its end: done, previewed, failed with a reason, or cancelled by somebody."""
    path = work_dir / str(job.job_id)
    header: Header | None = None
    encoding, start = "utf-8", 0
    if job.format == "csv":
        try:
            header, encoding, start = await asyncio.to_thread(parse.open_csv, path, job.mapping)
        except HeaderRefused as refused:
            await _finish(database, job, path, JobState.failed, str(refused))
            return
    else:
        encoding = await asyncio.to_thread(lambda: parse.encoding_of(path.open("rb").read(4096)))
    if header is not None:
        job.header, job.delimiter, job.ignored_columns = header.names, header.delimiter, header.ignored
        async with database.transaction() as session:
            await session.execute(
                text("""update intake_job set header = cast(:header as jsonb), delimiter = :delimiter,
                        ignored_columns = cast(:ignored as jsonb) where provider = :provider and job_id = :job_id"""),
                {
                    "header": orjson.dumps(header.names).decode(), "delimiter": header.delimiter,
                    "ignored": orjson.dumps(header.ignored).decode(), "provider": job.provider, "job_id": job.job_id,
                },
            )  # fmt: skip
    source = batches(job, path, header, encoding, job.position or start, size)
    actor = Actor.system(job.provider, "intake")
    following = asyncio.create_task(asyncio.to_thread(next, source, None))
    try:
        while (prepared := await following) is not None:
            following = asyncio.create_task(asyncio.to_thread(next, source, None))
            async with database.transaction() as session:
                if not await _hold(session, job):
                    return
                taken = await take_in(session, actor, prepared.ready, write=not job.preview)
                if not job.preview:
                    await _keep_faults(session, job, prepared)
                await _advance(session, job, prepared, taken)
            if told is not None:
                told(job)
    except SQLAlchemyError as error:
        if getattr(error, "connection_invalidated", False) or isinstance(getattr(error, "orig", None), OSError):
            raise
        log.exception("intake_batch_failed", extra={"job_id": str(job.job_id)})
        await _finish(database, job, path, JobState.failed, STATEMENT_ERRORS)
        return
    finally:
        if not following.done():
            following.cancel()
    await _finish(database, job, path, JobState.previewed if job.preview else JobState.done, None)


async def _hold(session: AsyncSession, job: IntakeJob) -> bool:
    """Lock the job's row and say whether it is still ours, still running and still where we think it is."""
    row = (
        await session.execute(
            text("select state, worker, rows_done from intake_job where provider = :p and job_id = :j for update"),
            {"p": job.provider, "j": job.job_id},
        )
    ).one_or_none()
    return row is not None and (row.state, row.worker, row.rows_done) == (
        JobState.running.value,
        job.worker,
        job.rows_done,
    )


async def _advance(session: AsyncSession, job: IntakeJob, prepared: Prepared, taken: Taken) -> None:
    for name, n in taken.counts.items():
        setattr(job, name, getattr(job, name) + n)
    job.rows_done += len(prepared.lines)
    job.rows = max(job.rows, job.rows_done)
    job.position = prepared.next_offset
    job.sample = job.sample or prepared.sample
    if job.preview and len(job.sample) < 20:
        for idx, faults in list(prepared.ready.faults.items())[: 20 - len(job.sample)]:
            job.sample = [*job.sample, {"row": prepared.first_row + idx, "errors": errors_of(faults)}]
    await session.execute(
        text("""update intake_job set rows_done = :rows_done, rows = :rows, position = :position, beat_at = :now,
            created = :created, updated = :updated, unchanged = :unchanged, stale_ignored = :stale_ignored,
            quarantined = :quarantined, rejected = :rejected, sample = cast(:sample as jsonb)
            where provider = :provider and job_id = :job_id"""),
        {
            "rows_done": job.rows_done, "rows": job.rows, "position": job.position, "now": clock.now(),
            **{o.value: getattr(job, o.value) for o in Outcome},
            "sample": orjson.dumps(job.sample, default=str).decode(),
            "provider": job.provider, "job_id": job.job_id,
        },
    )  # fmt: skip


_FAULT_COLUMNS: Final = (
    "provider", "fault_id", "job_id", "row_number", "kind", "state", "what", "raw", "errors", "created_at",
)  # fmt: skip


async def _keep_faults(session: AsyncSession, job: IntakeJob, prepared: Prepared) -> None:
    faults: dict[int, list[Fault]] = prepared.ready.faults
    if not faults:
        return
    ids: list[UUID] = uuid7_many(len(faults))
    what, now = "csv" if job.format == "csv" else "episode", clock.now()
    records = [
        (
            job.provider, fault_id, job.job_id, prepared.first_row + idx, kind_of(reasons).value, "open", what,
            prepared.lines[idx], orjson.dumps(errors_of(reasons)).decode(), now,
        )
        for fault_id, (idx, reasons) in zip(ids, sorted(faults.items()), strict=True)
    ]  # fmt: skip
    await (await raw(session)).copy_records_to_table("intake_fault", records=records, columns=_FAULT_COLUMNS)


async def _finish(database: Database, job: IntakeJob, path: Path, state: JobState, message: str | None) -> None:
    job.state, job.message, job.finished_at = state.value, message, clock.now()
    async with database.transaction() as session:
        done = await session.execute(
            text("""update intake_job set state = :state, message = :message, finished_at = :at,
                rows = greatest(rows_done, case when :state = 'failed' then rows else rows_done end)
                where provider = :provider and job_id = :job_id and state = 'running' returning job_id"""),
            {
                "state": state.value, "message": message, "at": job.finished_at, "provider": job.provider,
                "job_id": job.job_id,
            },
        )  # fmt: skip
        if done.one_or_none() is None:
            return
        await trail.record(
            session, Actor.system(job.provider, "intake"), f"intake:file_{state.value}", "intake_job", job.job_id,
            sent_by=str(job.sent_by_id), rows=job.rows_done, **{o.value: getattr(job, o.value) for o in Outcome},
        )  # fmt: skip
    if state is not JobState.previewed:
        path.unlink(missing_ok=True)
