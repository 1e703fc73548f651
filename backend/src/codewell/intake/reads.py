"""Jobs, faults and mappings as one caller may see them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from sqlalchemy import and_, literal, or_, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from codewell.db import Database
from codewell.identity.actor import Actor
from codewell.intake import parse, rules
from codewell.intake.columns import field_of, squeeze
from codewell.intake.models import IntakeFault, IntakeJob, IntakeSource
from codewell.intake.schemas import FaultFilter, FaultGroupFilter, JobFilter
from codewell.kit import clock
from codewell.kit.cells import FORMULA, safe_cell
from codewell.kit.paging import decode_cursor, encode_cursor, scope_of
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb

OUTCOMES = ("created", "updated", "unchanged", "stale_ignored", "quarantined", "rejected")


def job_out(job: IntakeJob) -> dict[str, Any]:
    """Return the wire shape of a job, with its rate and what is left."""
    ended = job.finished_at or clock.now()
    seconds = (ended - job.started_at).total_seconds() if job.started_at else 0.0
    rate = round(job.rows_done / seconds, 1) if seconds > 0 and job.rows_done else None
    left = None
    if rate and job.state == rules.JobState.running.value:
        left = max(0, round((job.rows - job.rows_done) / rate))
    counts = {name: getattr(job, name) for name in OUTCOMES}
    same = (
        "job_id", "file_name", "format", "source_id", "preview", "state", "message", "bytes", "rows_done",
        "ignored_columns", "sample", "sent_by", "created_at", "started_at", "finished_at",
    )  # fmt: skip
    return {name: getattr(job, name) for name in same} | {
        "kind": "file",
        "rows_total": job.rows,
        "rows_per_second": rate,
        "seconds_left": left,
        "counts": counts,
        "accepted": job.created + job.updated,
        "unchanged": job.unchanged + job.stale_ignored,
        "rejected": job.rejected + job.quarantined,
        "can": {move: rules.may_move(move, job.state, preview=job.preview) for move in rules.JOB_MOVES},
    }


async def one_job(session: AsyncSession, actor: Actor, job_id: UUID) -> IntakeJob:
    """Return a job of the caller's Trust."""
    job = (
        await session.execute(
            select(IntakeJob).where(col(IntakeJob.provider) == actor.provider, col(IntakeJob.job_id) == job_id)
        )
    ).scalar_one_or_none()
    if job is None:
        raise NotFound("There is no such job here.")
    return job


@verb("intake:monitor", refuses=[NotFound])
async def see_job(session: AsyncSession, actor: Actor, job_id: UUID) -> dict[str, Any]:
    """Return a job with its progress."""
    return job_out(await one_job(session, actor, job_id))


@verb("intake:monitor")
async def list_jobs(session: AsyncSession, actor: Actor, f: JobFilter) -> dict[str, Any]:
    """Return the Trust's jobs, newest first."""
    scope = scope_of("intake-jobs", actor.provider)
    query = select(IntakeJob).where(col(IntakeJob.provider) == actor.provider)
    if f.cursor:
        query = query.where(col(IntakeJob.job_id) < UUID(decode_cursor(f.cursor, scope)[0]))
    query = query.order_by(col(IntakeJob.job_id).desc()).limit(f.limit + 1)
    rows = list((await session.execute(query)).scalars())
    more, rows = len(rows) > f.limit, rows[: f.limit]
    return {
        "items": [job_out(job) for job in rows],
        "next": encode_cursor([str(rows[-1].job_id)], scope) if more else None,
    }


# One reason is the same for every place of a repeated field: the third and the fourth diagnosis are one group.
_FIELD = r"""regexp_replace(e->>'field', '[_/]\d+(?=/|$)', '', 'g')"""
_REASON = f"""md5({_FIELD} || chr(31) || (e->>'reason'))"""
_HAS_REASON = f"""exists (select from jsonb_array_elements(intake_fault.errors) e where {_REASON} = :reason_id)"""
_REASONS = text(f"""
select {_REASON} as reason_id, {_FIELD} as field, e->>'reason' as reason, min(e->>'what_to_do') as what_to_do,
    array_agg(distinct e->>'column') filter (where e->>'column' is not null) as columns,
    count(distinct f.fault_id) as rows, count(distinct f.fault_id) filter (where f.state = 'open') as open,
    min(f.row_number) as first_row
from intake_fault f cross join jsonb_array_elements(f.errors) e
where f.provider = :provider and f.job_id = :job_id
group by 1, 2, 3 order by rows desc, first_row, 2, 3 limit 200
""")


@verb("intake:monitor", refuses=[NotFound])
async def list_reasons(session: AsyncSession, actor: Actor, job_id: UUID) -> dict[str, Any]:
    """Return why rows of a job were not taken, the commonest reason first, each with how many rows have it.

    A row with two reasons counts in both. Nothing is returned where the rows are not kept: of a preview that was
    refused as a whole, discarded, or taken in since.
    """
    await one_job(session, actor, job_id)
    rows = await session.execute(_REASONS, {"provider": actor.provider, "job_id": job_id})
    return {"items": [{**row, "columns": row["columns"] or []} for row in rows.mappings()], "next": None}


GROUPED_AT_MOST = 50_000
"""So many faults are looked at to group them, the newest: it takes some tenths of a second."""
SOURCES_AT_MOST = 50
"""So many files of a group are named, those with the most of it; of the others their number is told."""

_GROUPS = text(f"""
with waiting as materialized (
    select f.fault_id, f.job_id, f.kind, f.errors, j.file_name
    from intake_fault f left join intake_job j on j.provider = f.provider and j.job_id = f.job_id
    where f.provider = :provider and j.preview is not true
        and (cast(:state as text) is null or f.state = :state) and (cast(:kind as text) is null or f.kind = :kind)
        and (cast(:job_id as uuid) is null or f.job_id = :job_id) and (not :posted or f.job_id is null)
    order by f.came_id desc, f.row_number, f.fault_id limit :most
)
, each as materialized (
    select f.fault_id, f.job_id, f.file_name, f.kind, {_REASON} as reason_id, {_FIELD} as field, e->>'reason' as reason,
        e->>'what_to_do' as what_to_do, e->>'column' as column_name
    from waiting f cross join jsonb_array_elements(f.errors) e
), source as (
    select reason_id, job_id, min(file_name) as file_name, count(distinct fault_id) as faults,
        row_number() over (
            partition by reason_id order by count(distinct fault_id) desc, job_id desc nulls last
        ) <= :named or job_id is null as named
    from each group by 1, 2
), sources as (
    select reason_id, count(*) filter (where not named) as more_sources,
        jsonb_agg(jsonb_build_object('job_id', job_id, 'file_name', file_name, 'faults', faults)
            order by faults desc, job_id desc nulls last) filter (where named) as sources
    from source group by 1
)
select e.reason_id, e.field, e.reason, min(e.what_to_do) as what_to_do,
    coalesce(array_agg(distinct e.column_name) filter (where e.column_name is not null), '{{}}') as columns,
    count(distinct e.fault_id) as faults,
    count(distinct e.fault_id) filter (where e.kind = 'quarantined') as quarantined, s.sources, s.more_sources
from each e join sources s on s.reason_id = e.reason_id
group by e.reason_id, e.field, e.reason, s.sources, s.more_sources order by faults desc, 2, 3
""")
_WAITING = text("""
select count(*) from intake_fault f left join intake_job j on j.provider = f.provider and j.job_id = f.job_id
where f.provider = :provider and j.preview is not true
    and (cast(:state as text) is null or f.state = :state) and (cast(:kind as text) is null or f.kind = :kind)
    and (cast(:job_id as uuid) is null or f.job_id = :job_id) and (not :posted or f.job_id is null)
""")


@verb("intake:monitor")
async def list_fault_groups(session: AsyncSession, actor: Actor, f: FaultGroupFilter) -> dict[str, Any]:
    """Return why rows and messages were not taken, reason by reason and the commonest first, with where they came from.

    One with two reasons counts in both. Of very many only the newest are looked at, and the answer says how many; so it
    does of files that a group does not name.
    """
    asked = {
        "provider": actor.provider, "state": f.state and f.state.value, "kind": f.kind and f.kind.value,
        "job_id": f.job_id, "posted": f.posted,
    }  # fmt: skip
    groups = await session.execute(_GROUPS, {**asked, "most": GROUPED_AT_MOST, "named": SOURCES_AT_MOST})
    waiting = await session.scalar(_WAITING, asked) or 0
    return {
        "items": [dict(row) for row in groups.mappings()],
        "next": None,
        "counted": min(waiting, GROUPED_AT_MOST),
        "all": waiting,
    }


@verb("intake:monitor")
async def list_faults(session: AsyncSession, actor: Actor, f: FaultFilter) -> dict[str, Any]:
    """Return what could not be taken; never what was in it.

    Of one job by row, else the newest post or file first and its rows in their order. What a preview found is shown
    only with its job: nothing of it waits for anybody.
    """
    scope = scope_of("intake-faults", actor.provider, f.job_id, f.kind, f.state, f.reason_id, f.posted)
    came, row_number, fault_id = col(IntakeFault.came_id), col(IntakeFault.row_number), col(IntakeFault.fault_id)
    query = select(IntakeFault, IntakeJob).join(
        IntakeJob,
        (col(IntakeJob.provider) == col(IntakeFault.provider)) & (col(IntakeJob.job_id) == col(IntakeFault.job_id)),
        isouter=True,
    )
    query = query.where(col(IntakeFault.provider) == actor.provider)
    if f.job_id:
        query = query.where(col(IntakeFault.job_id) == f.job_id)
    else:
        query = query.where(col(IntakeJob.preview).is_not(True))
    if f.posted:
        query = query.where(col(IntakeFault.job_id).is_(None))
    if f.kind:
        query = query.where(col(IntakeFault.kind) == f.kind.value)
    if f.state:
        query = query.where(col(IntakeFault.state) == f.state.value)
    if f.reason_id:
        query = query.where(text(_HAS_REASON).bindparams(reason_id=f.reason_id))
    if f.cursor:
        after_came, after_row, after_fault = decode_cursor(f.cursor, scope)
        # A post's faults have no row and each came by itself: after one of them there is only what came before it.
        after = tuple_(row_number, fault_id) > tuple_(literal(int(after_row)), literal(UUID(after_fault)))
        # The first of the two bounds is the index's, the second finds the place in the file.
        older = and_(came <= UUID(after_came), or_(came < UUID(after_came), after))
        query = query.where(after if f.job_id else older)
    order = (row_number, fault_id) if f.job_id else (came.desc(), row_number, fault_id)
    query = query.order_by(*order).limit(f.limit + 1)
    rows = list((await session.execute(query)).all())
    more, rows = len(rows) > f.limit, rows[: f.limit]
    end = rows[-1][0] if rows else None
    return {
        "items": [fault_out(actor, fault, job) for fault, job in rows],
        "next": encode_cursor([str(end.came_id), str(end.row_number or 0), str(end.fault_id)], scope)
        if more and end
        else None,
    }


def fault_out(actor: Actor, fault: IntakeFault, job: IntakeJob | None) -> dict[str, Any]:
    """Return the wire shape of a fault: what a person finds the message by, and never who it is about.

    The id that the sender gave is shown to those only who may see the row itself: where cells have shifted, anything
    of the patient's may stand in its place.
    """
    same = ("fault_id", "job_id", "kind", "state", "created_at", "decided_at", "reason")
    return {name: getattr(fault, name) for name in same} | {
        "row": fault.row_number,
        "file_name": None if job is None else job.file_name,
        "message_id": message_id_of(fault, job) if actor.may("intake:rejects") else made_id_of(fault, job),
        "errors": [{"column": None, **error} for error in fault.errors],
    }


def message_id_of(fault: IntakeFault, job: IntakeJob | None) -> str | None:
    """Return the id of a message as its sender gave it or, for a row without one, as we make it; None where there is
    none that can be shown."""
    given: object = None
    try:
        if fault.what == "csv":
            cells = [] if job is None else parse.split_line(parse.decode(fault.raw), job.delimiter)
            at = [] if job is None else _message_id_columns(job)
            given = cells[at[0]] if at and len(cells) == len(job.header if job else []) else None
        else:
            value = json.loads(fault.raw)
            names = (
                ["message_id"] if job is None or not job.header else [job.header[n] for n in _message_id_columns(job)]
            )
            given = value.get(names[0]) if isinstance(value, dict) and names else None
    except (ValueError, csv.Error, RecursionError):
        given = None
    if isinstance(given, str) and given.strip() and len(given) <= 100 and given.isprintable():
        return given.strip()
    return made_id_of(fault, job)


def made_id_of(fault: IntakeFault, job: IntakeJob | None) -> str | None:
    """Return the id that we make of a file and a row in it; None for what came in no file of columns."""
    if job is not None and job.header and fault.row_number is not None:
        return parse.made_message_id(job.sha256, fault.row_number)
    return None


def _message_id_columns(job: IntakeJob) -> list[int]:
    own = {squeeze(name): target for name, target in job.mapping.items()}
    return [n for n, name in enumerate(job.header) if (own.get(squeeze(name)) or field_of(name)) == "message_id"]


async def one_source(session: AsyncSession, actor: Actor, source_id: str) -> IntakeSource:
    """Return a sender's mapping."""
    source = await session.get(IntakeSource, (actor.provider, source_id))
    if source is None:
        raise NotFound("There is no such source here.")
    return source


@verb("intake:monitor", refuses=[NotFound])
async def see_source(session: AsyncSession, actor: Actor, source_id: str) -> IntakeSource:
    """Return a sender's mapping."""
    return await one_source(session, actor, source_id)


@verb("intake:monitor")
async def list_sources(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    """Return every sender's mapping; a Trust has a handful, so one page holds them all."""
    query = select(IntakeSource).where(col(IntakeSource.provider) == actor.provider).order_by(col(IntakeSource.name))
    return {"items": list((await session.execute(query)).scalars()), "next": None}


@verb("intake:rejects", leaves="intake:rejects_downloaded", refuses=[NotFound])
async def see_rejects(session: AsyncSession, actor: Actor, job_id: UUID) -> IntakeJob:
    """Return the job whose rejects the caller is about to download; the rows hold patients, so this is trailed."""
    from codewell.trail import service as trail

    job = await one_job(session, actor, job_id)
    await trail.record(session, actor, "intake:rejects_downloaded", "intake_job", job_id)
    return job


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def reject_line(job: IntakeJob, fault: IntakeFault) -> str:
    """Return one original row and, after it, its number, fields, reasons and what to do.

    The row comes back character for character, unless a cell of it would be a formula in a spreadsheet: then that cell
    is marked with an apostrophe. A line that is not cells at all comes back whole in the first column.
    """
    named = [(e.get("column") or e["field"], e) for e in fault.errors]
    said = [f"{name}: {e['reason']}" if len(named) > 1 else e["reason"] for name, e in named]
    why = [
        str(fault.row_number), fault.kind, "; ".join(name for name, _ in named),
        "; ".join(e["field"] for _, e in named), "; ".join(said),
        " ".join(dict.fromkeys(e["what_to_do"] for _, e in named)),
    ]  # fmt: skip
    text = parse.decode(fault.raw)
    cells: list[str] | None = None
    if job.format == "csv" and "\x00" not in text and "\r" not in text and "\n" not in text:
        try:
            cells = parse.split_line(text, job.delimiter)
        except csv.Error:
            cells = None
    if cells is not None and len(cells) == len(job.header):
        if any(cell.lstrip(" '\"").startswith(FORMULA) for cell in cells):
            return _line([*(safe_cell(cell) for cell in cells), *why])
        return f"{text},{_line(why)}" if job.delimiter == "," else _line([*cells, *why])
    width = max(1, len(job.header)) if job.format == "csv" else 1
    return _line([safe_cell(text.replace("\x00", "\u2400")), *[""] * (width - 1), *why])


async def reject_lines(database: Database, actor: Actor, job: IntakeJob) -> AsyncIterator[bytes]:
    """Give the rejects of a job as a CSV that Excel opens rightly, in the order of the file, 1,000 at a time."""
    header = job.header if job.format == "csv" and job.header else ["line"]
    why = ["row", "kind", "column", "field", "reason", "what_to_do"]
    yield ("\ufeff" + _line([*map(safe_cell, header), *why])).encode()
    last = 0
    while True:
        async with database.transaction() as session:
            query = (
                select(IntakeFault)
                .where(
                    col(IntakeFault.provider) == actor.provider, col(IntakeFault.job_id) == job.job_id,
                    col(IntakeFault.row_number) > last,
                )
                .order_by(col(IntakeFault.row_number))
                .limit(1000)
            )  # fmt: skip
            rows = list((await session.execute(query)).scalars())
        if not rows:
            return
        last = rows[-1].row_number or 0
        yield "".join(reject_line(job, fault) for fault in rows).encode("utf-8", "replace")
