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
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from codewell.db import Database, error_facts, passing
from codewell.episodes.rules import Outcome
from codewell.identity.actor import Actor
from codewell.intake import flat, items, parse
from codewell.intake.batch import Ready, Taken, prepare, settle, stage_in
from codewell.intake.columns import Header, HeaderRefused, with_columns
from codewell.intake.faults import errors_of, forget_faults, keep_rows
from codewell.intake.models import IntakeJob
from codewell.intake.rules import JobState
from codewell.kit import clock, repeat
from codewell.settings import Settings
from codewell.trail import service as trail

log = logging.getLogger("codewell.intake")

IDLE_S: Final = 0.5
SILENT: Final = dt.timedelta(seconds=30)
"""A job whose worker has not been heard of for so long is taken up by another."""
TRIES: Final = 6
"""How often a batch is tried that met a deadlock or lost its connection."""
PAUSE_S = 0.5
"""The wait before the second try; each further one is twice as long, 15 seconds in all."""
SWEEP_S: Final = 3600.0
PREVIEW_KEPT: Final = dt.timedelta(days=7)
UPLOAD_KEPT: Final = dt.timedelta(hours=1)
"""A file touched since may still be on its way to its job."""
STATEMENT_ERRORS: Final = (
    "The database refused a batch; nothing of it was stored, and what came in before it stays. Ask for help: sent "
    "again, the file would be refused again."
)
BUSY_ERRORS: Final = (
    "The database could not take a batch though it was tried several times; what came in before it stays. Send the "
    "file again later."
)
FILE_ERRORS: Final = "The file could not be read on the server; what came in before that stays. Send it again."


def me() -> str:
    """Return this worker's name: machine and process."""
    return f"{socket.gethostname()}:{os.getpid()}"


async def run(database: Database, settings: Settings) -> None:
    """Take jobs until cancelled; once a day see that next months' partitions are there, once an hour tidy up."""
    partitions_on: dt.date | None = None
    swept_at: float | None = None
    while True:
        try:
            if partitions_on != clock.today():
                async with database.transaction() as session:
                    await ensure_partitions(session)
                partitions_on = clock.today()
            if swept_at is None or time.monotonic() - swept_at > SWEEP_S:
                # Set first: tidying that fails must not keep files waiting.
                swept_at = time.monotonic()
                await tidy(database, settings.work_dir)
            job = await claim(database, settings.work_dir)
            if job is None:
                await asyncio.sleep(IDLE_S)
            else:
                await work(database, job, settings.work_dir)
        except Exception as error:
            # Nothing of the batch was stored; the job stays where it was, and is taken up again. Whatever it was: a
            # worker that died of it would leave every later file waiting.
            log.warning("intake_worker_interrupted", extra=error_facts(error))
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
    job: IntakeJob, path: Path, header: Header | HeaderRefused | None, encoding: str, offset: int, size: int
) -> Iterator[Prepared]:
    """Give the rest of a job's file, checked batch by batch; the first one of a preview brings a sample."""
    if isinstance(header, HeaderRefused):
        for batch in parse.refused_batches(path, header, offset, job.rows_done + 1, size):
            ready = Ready(job.provider, b"", b"", 0, [], batch.faults)
            yield Prepared(ready, batch.lines, batch.first_row, batch.next_offset)
        return
    if header is not None:
        read_batches = parse.csv_batches if job.format == "csv" else flat.batches
        for batch in read_batches(path, header, encoding, offset, job.rows_done + 1, size):
            frame = parse.completed(batch.frame, batch.first_row, job.sha256, job.source_at, job.coding_source)
            sample = _sample(frame.head(3).to_dicts()) if job.preview and batch.first_row == 1 else []
            ready = prepare(frame, {}, batch.faults, provider=job.provider)
            with_columns(ready.faults, header)
            yield Prepared(ready, batch.lines, batch.first_row, batch.next_offset, sample)
        return
    with path.open("rb") as file:
        lines = parse.Lines(file, encoding, offset)
        row = job.rows_done + 1
        while taken := lines.take(size):
            values, faults = items.read_lines(taken)
            flat.refuse_columns(values, faults, job.mapping)
            read = items.read_items(values, faults)
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


async def tidy(database: Database, work_dir: Path) -> None:
    """Discard previews that nobody committed, remove files that no job needs, and forget what was kept long enough."""
    async with database.transaction() as session:
        await repeat.forget_old(session)
        discarded = await session.execute(
            text("""update intake_job set state = 'cancelled', message = :message, finished_at = :now
                where state = 'previewed' and finished_at < :before returning provider, job_id, rows_done"""),
            {
                "message": "Discarded: nobody committed the preview within 7 days.", "now": clock.now(),
                "before": clock.now() - PREVIEW_KEPT,
            },
        )  # fmt: skip
        for row in discarded:
            await forget_faults(session, row.provider, row.job_id)
            await trail.record(
                session, Actor.system(row.provider, "intake"), "intake:cancelled", "intake_job", row.job_id,
                rows_done=row.rows_done,
            )  # fmt: skip
        # A preview that failed has ended; what it found until then is kept for its sender to see, and no longer.
        await session.execute(
            text("""delete from intake_fault f using intake_job j
                where j.preview and j.state = 'failed' and j.finished_at < :before
                    and f.provider = j.provider and f.job_id = j.job_id"""),
            {"before": clock.now() - PREVIEW_KEPT},
        )
    found = await asyncio.to_thread(_left_lying, work_dir)
    async with database.transaction() as session:
        needed = await session.execute(
            text("""select job_id from intake_job where job_id = any(cast(:ids as uuid[]))
                and state in ('waiting', 'running', 'previewed')"""),
            {"ids": [job_id for job_id in found.values() if job_id is not None]},
        )
        keep = set(needed.scalars())
    gone = [path for path, job_id in found.items() if job_id not in keep]
    for path in gone:
        path.unlink(missing_ok=True)
    if gone:
        log.info("intake_files_removed", extra={"count": len(gone)})


def _left_lying(work_dir: Path) -> dict[Path, UUID | None]:
    """Return the files of ours that nobody has written to for a while, each with its job (None for a broken upload)."""
    before = time.time() - UPLOAD_KEPT.total_seconds()
    found: dict[Path, UUID | None] = {}
    for path in work_dir.glob("*"):
        try:
            job_id = None if path.name.startswith("upload-") else UUID(path.name)
            if path.is_file() and path.stat().st_mtime < before:
                found[path] = job_id
        except (ValueError, OSError):
            continue
    return found


async def work(
    database: Database, job: IntakeJob, work_dir: Path, *, size: int = parse.BATCH,
    told: Callable[[IntakeJob], None] | None = None,
) -> None:  # fmt: skip
    """Take a claimed job to its end: done, previewed, failed with a reason, or cancelled by somebody.

    A batch that met a deadlock or lost its connection is tried again from what is stored; whatever else goes wrong ends
    the job, so that one bad file never holds up the next.
    """
    path = work_dir / str(job.job_id)
    tries, reached = 0, job.rows_done
    while True:
        try:
            if tries:
                await _as_stored(database, job)
                tries, reached = (tries, reached) if job.rows_done <= reached else (1, job.rows_done)
            state, message = await _work_through(database, job, path, size, told)
            break
        except Exception as error:
            log.warning("intake_batch_failed", extra={"job_id": str(job.job_id), "tries": tries, **error_facts(error)})
            if passing(error) and tries < TRIES - 1:
                await asyncio.sleep(PAUSE_S * 2**tries)
                tries += 1
                continue
            state = JobState.failed
            message = BUSY_ERRORS if passing(error) else FILE_ERRORS if isinstance(error, OSError) else STATEMENT_ERRORS
            break
    if state is not None:
        await _finish(database, job, path, state, message)


async def _as_stored(database: Database, job: IntakeJob) -> None:
    """Put a job back to what is stored of it: a commit whose answer was lost may have counted or not."""
    async with database.transaction() as session:
        stored = (
            await session.execute(
                select(IntakeJob).where(col(IntakeJob.provider) == job.provider, col(IntakeJob.job_id) == job.job_id)
            )
        ).scalar_one()
        for name in ("rows", "rows_done", "position", "sample", *(o.value for o in Outcome)):
            setattr(job, name, getattr(stored, name))


async def _work_through(
    database: Database, job: IntakeJob, path: Path, size: int, told: Callable[[IntakeJob], None] | None
) -> tuple[JobState | None, str | None]:
    """Take in the rest of a job's file; return how the job ends and why, or no state when it is not ours any more."""
    header: Header | HeaderRefused | None
    encoding, start = "utf-8", 0
    open_it = parse.open_csv if job.format == "csv" else flat.open_ndjson
    try:
        header, encoding, start = await asyncio.to_thread(open_it, path, job.mapping)
    except HeaderRefused as refused:
        # Its rows are counted and kept with that as their reason: they all came, and none may go unanswered.
        header, start = refused, refused.start or 0
    if header is not None:
        job.header, job.delimiter = header.names, header.delimiter
        job.ignored_columns = header.ignored if isinstance(header, Header) else []
        async with database.transaction() as session:
            await session.execute(
                text("""update intake_job set header = cast(:header as jsonb), delimiter = :delimiter,
                        ignored_columns = cast(:ignored as jsonb) where provider = :provider and job_id = :job_id"""),
                {
                    "header": orjson.dumps(header.names).decode(), "delimiter": header.delimiter,
                    "ignored": orjson.dumps(job.ignored_columns).decode(), "provider": job.provider,
                    "job_id": job.job_id,
                },
            )  # fmt: skip
    source = batches(job, path, header, encoding, job.position or start, size)
    actor = Actor.system(job.provider, "intake")
    ahead = _Ahead(database, source)
    try:
        while (staged := await ahead.take()) is not None:
            async with staged.transaction:
                if not await _hold(staged.session, job):
                    return None, None
                prepared = staged.prepared
                taken = await settle(staged.session, actor, prepared.ready, write=not job.preview)
                whole = isinstance(header, HeaderRefused)
                if not (whole and job.preview):
                    # Nobody puts such a preview's rows right one by one, so none of them has to be kept.
                    await keep_rows(
                        staged.session, job, prepared.first_row, prepared.lines, prepared.ready.faults, whole=whole
                    )
                await _advance(staged.session, job, prepared, taken)
            if told is not None:
                told(job)
    finally:
        await ahead.stop()
    if isinstance(header, HeaderRefused):
        # Blank lines were counted while the file came in, and are no rows.
        job.rows = job.rows_done
        async with database.transaction() as session:
            await session.execute(
                text("update intake_job set rows = rows_done where provider = :p and job_id = :j"),
                {"p": job.provider, "j": job.job_id},
            )
        return JobState.failed, str(header)
    return (JobState.previewed if job.preview else JobState.done), None


class _Abandoned(Exception):
    """Ends a transaction that has staged a batch nobody will fold."""


@dataclass(slots=True)
class _Staged:
    """A batch in the staging tables of a transaction of its own."""

    prepared: Prepared
    session: AsyncSession
    transaction: AsyncExitStack


class _Ahead:
    """Keeps one batch staged and the one after it read, while the one before them is folded.

    Reading runs in a thread and staging in a second database session, so that both processors have work: beside a batch
    that is folded one after the other, for both at once would want a third; else at the same time. Batches are handed
    out, and so folded and counted, in the order of the file.
    """

    def __init__(self, database: Database, source: Iterator[Prepared]) -> None:
        self._database, self._source = database, source
        self._reading: asyncio.Task[Prepared | None] | None = None
        self._waited_for = False
        self._staging = asyncio.create_task(self._stage())

    async def take(self) -> _Staged | None:
        """Return the next batch, staged, or None at the end of the file."""
        if not self._staging.done():
            # Nothing is folded meanwhile.
            self._waited_for = True
            self._read_on()
        staged = await self._staging
        self._waited_for = False
        if staged is not None:
            self._staging = asyncio.create_task(self._stage())
        return staged

    def _read_on(self) -> asyncio.Task[Prepared | None]:
        if self._reading is None:
            self._reading = asyncio.create_task(asyncio.to_thread(next, self._source, None))
        return self._reading

    async def _stage(self) -> _Staged | None:
        prepared = await self._read_on()
        if prepared is None:
            return None
        self._reading = None
        if self._waited_for:
            self._read_on()
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(self._database.transaction())
            await stage_in(session, prepared.ready)
            self._read_on()
            return _Staged(prepared, session, stack.pop_all())
        raise AssertionError("unreachable: a transaction never swallows an error")

    async def stop(self) -> None:
        """Let go of what was read or staged ahead; nothing of it was stored."""
        self._staging.cancel()
        (left,) = await asyncio.gather(self._staging, return_exceptions=True)
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if isinstance(left, _Staged):
            with suppress(_Abandoned):
                async with left.transaction:
                    raise _Abandoned


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
