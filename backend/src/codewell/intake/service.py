"""Verbs of intake: take messages in, take a file in, commit or cancel it, retry or dismiss what could not be taken."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy import select as sa_select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from codewell.db import after_commit
from codewell.identity.actor import Actor
from codewell.intake import flat, items, parse, reads, rules
from codewell.intake.batch import Ready, prepare, prepare_post, take_in
from codewell.intake.columns import HeaderRefused, header_of, is_field, with_columns
from codewell.intake.faults import errors_of, forget_faults, keep_items, kind_of
from codewell.intake.fields import Fault
from codewell.intake.models import IntakeFault, IntakeJob, IntakeSource
from codewell.intake.rules import FaultState, JobState
from codewell.intake.schemas import RetryIn, SourceIn
from codewell.intake.spool import Spooled
from codewell.kit import clock
from codewell.kit.ids import uuid7
from codewell.kit.problems import NotFound, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail


@verb("intake:post", leaves="intake:posted")
async def post_episodes(session: AsyncSession, actor: Actor, values: list[Any]) -> dict[str, Any]:
    """Take in up to 500 episode messages; every item has its outcome, and one bad item never harms another."""
    return await _post(session, actor, values, "episode")


@verb("intake:post", leaves="intake:posted")
async def post_documents(session: AsyncSession, actor: Actor, values: list[Any]) -> dict[str, Any]:
    """Take in up to 500 documents; one may come before its episode, and a late one wakes it."""
    return await _post(session, actor, values, "document")


async def _post(session: AsyncSession, actor: Actor, values: list[Any], what: str) -> dict[str, Any]:
    # Most posts are small: a thread would cost more than it saves.
    ready = (
        _read(values, what, actor.provider)
        if len(values) <= 20
        else await asyncio.to_thread(_read, values, what, actor.provider)
    )
    taken = await take_in(session, actor, ready, each=True)
    kept = await keep_items(session, actor, ready.faults, values, what)
    counts = {outcome: n for outcome, n in taken.counts.items() if n}
    await trail.record(session, actor, "intake:posted", "intake", what, counts=counts)
    found = taken.outcomes
    if what == "document":
        found = {ready.owners[idx]: outcome for idx, outcome in taken.documents.items()}
        for outcome, _ in found.values():
            taken.counts[outcome] += 1
    out = []
    for idx in range(len(values)):
        if idx in ready.faults:
            faults = ready.faults[idx]
            outcome, episode_id = kind_of(faults).value, None
        else:
            faults, (outcome, episode_id) = [], found[idx]
        out.append(
            {
                "index": idx,
                "outcome": outcome,
                "episode_id": episode_id,
                "waits_for_episode": _waits(what, faults, episode_id),
                "errors": errors_of(faults),
                "fault_id": kept.get(idx),
            }
        )
    return {"items": out, "counts": taken.counts}


def _waits(what: str, faults: list[Fault], episode_id: str | None) -> bool:
    """Say whether a document is stored and its episode not yet here: it is joined to it when that comes."""
    return what == "document" and not faults and episode_id is None


def _read(values: list[Any], what: str, provider: str) -> Ready:
    if what == "episode":
        return prepare_post(values, provider=provider)
    read = items.read_documents(values, provider, clock.now())
    return prepare(read.frame, read.documents, read.faults, provider=provider)


@verb("intake:post", leaves="intake:file_received", refuses=[rules.NotAFile, NotFound])
async def receive_file(
    session: AsyncSession,
    actor: Actor,
    spooled: Spooled,
    *,
    file_name: str,
    source_id: str | None,
    preview: bool,
    source_at: dt.datetime | None,
) -> IntakeJob:
    """Make a job of a file that lies in the work folder; a worker reads it, here or on another replica.

    A file sent a second time keeps the time of its first coming, so that its messages are recognised as the same.
    """
    source = None
    if source_id is not None:
        source = await reads.one_source(session, actor, source_id)
    if source_at is None:
        source_at = await session.scalar(
            sa_select(func.min(col(IntakeJob.source_at))).where(
                col(IntakeJob.provider) == actor.provider, col(IntakeJob.sha256) == spooled.sha256
            )
        )
    job = IntakeJob(
        provider=actor.provider, job_id=uuid7(), file_name=file_name, format=spooled.format, source_id=source_id,
        mapping={} if source is None else source.columns,
        coding_source="pas" if source is None else source.coding_source,
        header=[], delimiter=",", ignored_columns=[], sample=[], sha256=spooled.sha256,
        bytes=spooled.bytes, preview=preview,
        state=JobState.waiting.value, source_at=source_at or clock.now(), rows=spooled.rows, sent_by_id=actor.id,
        sent_by=actor.name, created_at=clock.now(),
    )  # fmt: skip
    spooled.keep(job.job_id)
    session.add(job)
    await trail.record(
        session, actor, "intake:file_received", "intake_job", job.job_id, bytes=job.bytes, sha256=job.sha256,
        preview=preview,
    )  # fmt: skip
    await session.flush()
    return job


async def _job_for_update(session: AsyncSession, actor: Actor, job_id: UUID) -> IntakeJob:
    job = (
        await session.execute(
            select(IntakeJob)
            .where(col(IntakeJob.provider) == actor.provider, col(IntakeJob.job_id) == job_id)
            .with_for_update()
        )
    ).scalar_one_or_none()
    if job is None:
        raise NotFound("There is no such job here.")
    return job


@verb("intake:post", leaves="intake:committed", refuses=[NotFound, rules.JobCannotMove, rules.FileGone])
async def commit_job(session: AsyncSession, actor: Actor, job_id: UUID, *, work_dir: Path) -> IntakeJob:
    """Take in for good what a preview has shown."""
    job = await _job_for_update(session, actor, job_id)
    why = rules.may_move("commit", job.state, preview=job.preview)
    if why is not True:
        raise rules.JobCannotMove(str(why), state=job.state)
    if not (work_dir / str(job_id)).exists():
        raise rules.FileGone()
    job.preview, job.state, job.rows_done, job.position = False, JobState.waiting.value, 0, 0
    job.created = job.updated = job.unchanged = job.stale_ignored = job.quarantined = job.rejected = 0
    job.started_at = job.finished_at = None
    await forget_faults(session, actor.provider, job_id)
    await trail.record(session, actor, "intake:committed", "intake_job", job_id)
    await session.flush()
    return job


@verb("intake:post", leaves="intake:cancelled", refuses=[NotFound, rules.JobCannotMove])
async def cancel_job(session: AsyncSession, actor: Actor, job_id: UUID, *, work_dir: Path) -> IntakeJob:
    """Stop a job between two batches, or discard a preview; rows that are in stay in, and are counted."""
    job = await _job_for_update(session, actor, job_id)
    why = rules.may_move("cancel", job.state, preview=job.preview)
    if why is not True:
        raise rules.JobCannotMove(str(why), state=job.state)
    job.state, job.finished_at = JobState.cancelled.value, clock.now()
    if job.preview:
        await forget_faults(session, actor.provider, job_id)
    # Not before the commit: if that failed, the job would still be open and its file gone.
    after_commit(session, lambda: (work_dir / str(job_id)).unlink(missing_ok=True))
    await trail.record(session, actor, "intake:cancelled", "intake_job", job_id, rows_done=job.rows_done)
    await session.flush()
    return job


@verb("intake:manage", leaves="intake:source_set", refuses=[Stale, rules.UnknownField])
async def set_source(
    session: AsyncSession, actor: Actor, source_id: str, body: SourceIn, *, version: int
) -> IntakeSource:
    """Set how a sender's columns map onto ours; version 0 makes a new one."""
    unknown = sorted(name for name, target in body.columns.items() if not is_field(target))
    if unknown:
        raise rules.UnknownField(
            errors=[{"pointer": "/body/columns", "detail": "a column points at a field that episodes do not have"}]
        )
    source = await session.get(IntakeSource, (actor.provider, source_id), with_for_update=True)
    if (0 if source is None else source.version) != version:
        raise Stale(current_version=0 if source is None else source.version)
    if source is None:
        source = IntakeSource(
            provider=actor.provider, source_id=source_id, name=body.name, columns=body.columns,
            coding_source=body.coding_source, version=1, updated_at=clock.now(),
        )  # fmt: skip
        session.add(source)
    else:
        source.name, source.columns, source.coding_source = body.name, body.columns, body.coding_source
        source.version, source.updated_at = version + 1, clock.now()
    await trail.record(session, actor, "intake:source_set", "intake_source", source_id, version=source.version)
    await session.flush()
    return source


async def _fault_for_update(session: AsyncSession, actor: Actor, fault_id: UUID) -> IntakeFault:
    fault = (
        await session.execute(
            select(IntakeFault)
            .where(col(IntakeFault.provider) == actor.provider, col(IntakeFault.fault_id) == fault_id)
            .with_for_update()
        )
    ).scalar_one_or_none()
    if fault is None:
        raise NotFound("There is no such fault here.")
    if fault.state != FaultState.open.value:
        raise rules.FaultDecided(state=fault.state)
    if fault.job_id is not None and (await _job_of(session, fault)).preview:
        raise rules.OnlyPreviewed()
    return fault


@verb(
    "intake:manage",
    leaves="intake:retried",
    refuses=[NotFound, rules.FaultDecided, rules.OnlyPreviewed, rules.UnknownField],
)
async def retry_fault(session: AsyncSession, actor: Actor, fault_id: UUID, body: RetryIn) -> dict[str, Any]:
    """Try one message again, changed, or under its source's mapping of now; it stays open if it fails."""
    fault = await _fault_for_update(session, actor, fault_id)
    if fault.what == "csv" or (fault.job_id is not None and (await _job_of(session, fault)).header):
        ready = await _retry_row(session, actor, fault, body)
    elif fault.what == "json_line":
        ready = await _retry_line(session, actor, fault, body)
    else:
        value = json.loads(fault.raw)
        for name, new in body.changes.items():
            value = _changed(value, name, new)
        ready = await asyncio.to_thread(
            _read, [value], "document" if fault.what == "document" else "episode", actor.provider
        )
    taken = await take_in(session, actor, ready, each=True)
    faults = ready.faults.get(0, [])
    if faults:
        fault.errors, fault.kind = errors_of(faults), kind_of(faults).value
        outcome, episode_id = fault.kind, None
    else:
        found = taken.documents if fault.what == "document" else taken.outcomes
        outcome, episode_id = found[0]
        fault.state, fault.decided_at, fault.decided_by = FaultState.retried.value, clock.now(), actor.id
    await trail.record(session, actor, "intake:retried", "intake_fault", fault_id, outcome=outcome)
    await session.flush()
    return {
        "index": 0, "outcome": outcome, "episode_id": episode_id,
        "waits_for_episode": _waits(fault.what, faults, episode_id), "errors": errors_of(faults),
        "fault_id": fault_id if faults else None,
    }  # fmt: skip


async def _job_of(session: AsyncSession, fault: IntakeFault) -> IntakeJob:
    return (
        await session.execute(
            select(IntakeJob).where(col(IntakeJob.provider) == fault.provider, col(IntakeJob.job_id) == fault.job_id)
        )
    ).scalar_one()


async def _retry_line(session: AsyncSession, actor: Actor, fault: IntakeFault, body: RetryIn) -> Ready:
    """Read a line of an NDJSON file as its job did, with what the job knew of it: its row, time and coding source."""
    job = await _job_of(session, fault)
    (value,), faults = items.read_lines([fault.raw])
    # A line that is no JSON stays one, whatever is changed: it is refused again, for the same reason.
    if not faults:
        for name, new in body.changes.items():
            value = _changed(value, name, new)
    flat.refuse_columns([value], faults, job.mapping)
    read = items.read_items([value], faults)
    frame = parse.completed(read.frame, fault.row_number or 1, job.sha256, job.source_at, job.coding_source)
    return await asyncio.to_thread(prepare, frame, read.documents, read.faults, provider=actor.provider)


async def _retry_row(session: AsyncSession, actor: Actor, fault: IntakeFault, body: RetryIn) -> Ready:
    job = await _job_of(session, fault)
    mapping = job.mapping
    if job.source_id is not None:
        mapping = (await reads.one_source(session, actor, job.source_id)).columns
    try:
        header = header_of(job.header, mapping, job.delimiter, what="header" if fault.what == "csv" else "lines")
    except HeaderRefused as refused:
        raise rules.UnknownField(str(refused)) from None
    read = parse.csv_batch if fault.what == "csv" else flat.batch
    batch = read([fault.raw], header, fault.row_number or 1, 0)
    frame = parse.completed(batch.frame, batch.first_row, job.sha256, job.source_at, job.coding_source)
    for name, new in body.changes.items():
        if name not in frame.columns or name == "idx":
            raise rules.UnknownField(errors=[{"pointer": "/body/changes", "detail": "there is no such field"}])
        frame = frame.with_columns(parse.text_literal(new).alias(name))
    ready = await asyncio.to_thread(prepare, frame, {}, batch.faults, provider=actor.provider)
    with_columns(ready.faults, header)
    return ready


def _changed(value: Any, path: str, new: str | None) -> Any:  # Any: a JSON value
    """Return the message with one member (``spell/admitted_on``) put to a new text, or removed.

    A place of a list (``coding/diagnoses/0``) has to be there already.
    """
    at = value
    *parents, last = path.split("/")
    for name in parents:
        if isinstance(at, list) and name.isdecimal() and int(name) < len(at):
            at = at[int(name)]
        elif isinstance(at, dict):
            at = at.setdefault(name, {})
        else:
            break
    if isinstance(at, list) and last.isdecimal() and int(last) < len(at):
        at[int(last) : int(last) + 1] = [] if new is None else [new]
        return value
    if not isinstance(at, dict):
        raise rules.UnknownField(errors=[{"pointer": "/body/changes", "detail": "there is no such member"}])
    if new is None:
        at.pop(last, None)
    else:
        at[last] = new
    return value


@verb("intake:manage", leaves="intake:dismissed", refuses=[NotFound, rules.FaultDecided, rules.OnlyPreviewed])
async def dismiss_fault(
    session: AsyncSession, actor: Actor, fault_id: UUID, reason: str
) -> tuple[IntakeFault, IntakeJob | None]:
    """Close a fault that needs nothing more, with the reason; return it with the file it came in."""
    fault = await _fault_for_update(session, actor, fault_id)
    fault.state, fault.decided_at, fault.decided_by = FaultState.dismissed.value, clock.now(), actor.id
    fault.reason = reason
    await trail.record(session, actor, "intake:dismissed", "intake_fault", fault_id)
    await session.flush()
    return fault, None if fault.job_id is None else await _job_of(session, fault)
