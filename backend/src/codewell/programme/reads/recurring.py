"""Recurring draws: when each is next due, what came of it, and which runs were missed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.rules import KIND_LABELS, AuditKind
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.paging import decode_cursor, encode_cursor, scope_of
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb
from codewell.programme import rules
from codewell.programme.models import RecurringDraw, RecurringRun
from codewell.programme.reads.plans import late_plans, named, people_named, specialties_named
from codewell.programme.rules import Every, RunState, Schedule
from codewell.programme.schemas.recurring import DrawTemplate
from codewell.programme.schemas.shared import Listed

NOT_RUN = "It was due and nothing has run it: the part of Codewell that draws by itself did not work in time."


def schedule_of(draw: RecurringDraw) -> Schedule:
    """Return when a draw is due."""
    return Schedule(Every(draw.every), draw.on_day, draw.starts_on, draw.ends_on)


def run_id_of(draw: RecurringDraw, due_on: dt.date) -> UUID:
    """Return the id of what comes of a due day, known before anything came of it."""
    return uuid5(draw.recurring_draw_id, due_on.isoformat())


async def the_draw(
    session: AsyncSession, actor: Actor, recurring_draw_id: UUID, *, lock: bool = False
) -> RecurringDraw:
    """Return a recurring draw's row; NotFound when this Trust has no such draw."""
    row = await session.get(
        RecurringDraw,
        {"provider": actor.provider, "recurring_draw_id": recurring_draw_id},
        with_for_update=lock or None,
        populate_existing=True,
    )
    if row is None:
        raise NotFound()
    return row


async def all_draws(session: AsyncSession, actor: Actor) -> list[RecurringDraw]:
    """Return the Trust's recurring draws, the first scheduled first; a department has a handful."""
    rows = await session.execute(
        text("select * from recurring_draw where provider = :provider order by created_at, recurring_draw_id"),
        {"provider": actor.provider},
    )
    return [RecurringDraw(**r) for r in rows.mappings()]


async def due_without_run(session: AsyncSession, actor: Actor, draw: RecurringDraw) -> list[dt.date]:
    """Return the days up to today on which a draw was due and of which nothing came, the oldest first."""
    if draw.stopped_at is not None:
        return []
    days = rules.owed(schedule_of(draw), counts_from=draw.counts_from, today=clock.today())
    if not days:
        return []
    done = await session.scalars(
        text("""select due_on from recurring_run where provider = :provider and recurring_draw_id = :id
                and due_on >= :first"""),
        {"provider": actor.provider, "id": draw.recurring_draw_id, "first": days[0]},
    )
    seen = set(done)
    return [day for day in days if day not in seen]


async def overdue(session: AsyncSession, actor: Actor, draw: RecurringDraw) -> list[RecurringRun]:
    """Return a missed run for each due day of which nothing came in time: they are alerts although nothing noticed."""
    today = clock.today()
    return [
        RecurringRun(
            provider=actor.provider, recurring_run_id=run_id_of(draw, day), recurring_draw_id=draw.recurring_draw_id,
            due_on=day, state=RunState.missed.value, late_days=(today - day).days, reason=NOT_RUN, audit_id=None,
            ran_at=clock.start_of(day), settled_at=None, settled_by_id=None, settled_by_name=None,
            settled_reason=None,
        )
        for day in await due_without_run(session, actor, draw)
        if (today - day).days > rules.GRACE_DAYS
    ]  # fmt: skip


def _run(row: RecurringRun, title: str, actor: Actor, reference: str | None, *, ran: bool) -> dict[str, Any]:
    no = "You do not have permission to do this."
    missed: rules.Can = True if row.state == RunState.missed else "It was not missed, or somebody has dealt with it."
    return {
        "recurring_run_id": row.recurring_run_id,
        "recurring_draw_id": row.recurring_draw_id,
        "title": title,
        "due_on": row.due_on,
        "state": row.state,
        "late_days": row.late_days,
        "reason": row.reason,
        "audit_id": row.audit_id,
        "audit_reference": reference,
        "ran_at": row.ran_at if ran else None,
        "settled_at": row.settled_at,
        "settled_by": row.settled_by_name,
        "settled_reason": row.settled_reason,
        "can": {
            "acknowledge": missed if actor.may("programme:edit") else no,
            "run": missed if actor.may("programme:edit") else no,
        },
    }


async def _references(session: AsyncSession, actor: Actor, audits: Sequence[UUID | None]) -> dict[UUID, str]:
    rows = await session.execute(
        text(
            "select audit_id, reference from audit where provider = :provider and audit_id = any(cast(:ids as uuid[]))"
        ),
        {"provider": actor.provider, "ids": [a for a in audits if a is not None]},
    )
    return {r.audit_id: r.reference for r in rows}


async def _missed_rows(session: AsyncSession, actor: Actor, draw_id: UUID | None = None) -> list[RecurringRun]:
    rows = await session.execute(
        text("""select * from recurring_run where provider = :provider and state = 'missed'
                and (cast(:draw as uuid) is null or recurring_draw_id = :draw)"""),
        {"provider": actor.provider, "draw": draw_id},
    )
    return [RecurringRun(**r) for r in rows.mappings()]


async def _missed(session: AsyncSession, actor: Actor) -> list[tuple[RecurringRun, bool]]:
    """Return every missed run that nobody has dealt with, and whether anything ran at all; the oldest first."""
    found = [(row, True) for row in await _missed_rows(session, actor)]
    for draw in await all_draws(session, actor):
        found += [(row, False) for row in await overdue(session, actor, draw)]
    return sorted(found, key=lambda r: (r[0].due_on, str(r[0].recurring_run_id)))


@verb("programme:see")
async def list_missed_runs(session: AsyncSession, actor: Actor, f: Listed) -> dict[str, Any]:
    """Return every run that did not happen, or not in time, and that nobody has dealt with; the oldest first."""
    scope = scope_of("missed_runs", actor.provider)
    found = await _missed(session, actor)
    if f.cursor:
        day, run_id = decode_cursor(f.cursor, scope)
        after = (dt.date.fromisoformat(day), run_id)
        found = [r for r in found if (r[0].due_on, str(r[0].recurring_run_id)) > after]
    page = found[: f.limit]
    titles = {d.recurring_draw_id: d.title for d in await all_draws(session, actor)}
    items = [_run(row, titles[row.recurring_draw_id], actor, None, ran=ran) for row, ran in page]
    last = page[-1][0] if len(found) > f.limit else None
    more = encode_cursor([last.due_on, str(last.recurring_run_id)], scope) if last else None
    return {"items": items, "next": more}


@verb("programme:see")
async def count_programme(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    """Count what needs somebody: missed runs, and planned audits that are late."""
    return {"missed_runs": len(await _missed(session, actor)), "late_plans": await late_plans(session, actor)}


@verb("programme:see", refuses=[NotFound])
async def list_runs(session: AsyncSession, actor: Actor, recurring_draw_id: UUID, f: Listed) -> dict[str, Any]:
    """Return what came of each due day of a draw, the latest first; days of which nothing came yet are not among them.

    The first page also tells the days that passed without anything having run.
    """
    draw = await the_draw(session, actor, recurring_draw_id)
    scope = scope_of("recurring_runs", actor.provider, recurring_draw_id)
    before = dt.date.fromisoformat(decode_cursor(f.cursor, scope)[0]) if f.cursor else None
    rows = await session.execute(
        text("""select * from recurring_run where provider = :provider and recurring_draw_id = :id
                and (cast(:before as date) is null or due_on < :before) order by due_on desc limit :rows"""),
        {"provider": actor.provider, "id": recurring_draw_id, "before": before, "rows": f.limit + 1},
    )
    found = [(RecurringRun(**r), True) for r in rows.mappings()]
    found += [(r, False) for r in await overdue(session, actor, draw) if before is None or r.due_on < before]
    found.sort(key=lambda r: r[0].due_on, reverse=True)
    page = found[: f.limit]
    references = await _references(session, actor, [r.audit_id for r, _ in page])
    items = [_run(r, draw.title, actor, references.get(r.audit_id) if r.audit_id else None, ran=ran) for r, ran in page]
    return {"items": items, "next": encode_cursor([page[-1][0].due_on], scope) if len(found) > f.limit else None}


async def run_of(
    session: AsyncSession, actor: Actor, recurring_run_id: UUID, *, lock: bool = True
) -> tuple[RecurringDraw, RecurringRun]:
    """Return a run, locked unless it is only read, and its draw, also one of a due day of which nothing came.

    NotFound where there is none.
    """
    row = (
        await session.execute(
            text(
                "select * from recurring_run where provider = :provider and recurring_run_id = :id"
                + (" for update" if lock else "")
            ),
            {"provider": actor.provider, "id": recurring_run_id},
        )
    ).mappings().one_or_none()  # fmt: skip
    if row is not None:
        return await the_draw(session, actor, row["recurring_draw_id"]), RecurringRun(**row)
    for draw in await all_draws(session, actor):
        for run in await overdue(session, actor, draw):
            if run.recurring_run_id == recurring_run_id:
                return draw, run
    raise NotFound()


@verb("programme:see", refuses=[NotFound])
async def see_run(session: AsyncSession, actor: Actor, recurring_run_id: UUID) -> dict[str, Any]:
    """Return what came of one due day."""
    draw, run = await run_of(session, actor, recurring_run_id, lock=False)
    references = await _references(session, actor, [run.audit_id])
    stored = await session.scalar(
        text("select 1 from recurring_run where provider = :provider and recurring_run_id = :id"),
        {"provider": actor.provider, "id": recurring_run_id},
    )
    return _run(run, draw.title, actor, references.get(run.audit_id) if run.audit_id else None, ran=bool(stored))


async def shown(session: AsyncSession, actor: Actor, draws: Sequence[RecurringDraw]) -> list[dict[str, Any]]:
    """Return recurring draws as they are answered."""
    templates = {d.recurring_draw_id: DrawTemplate.model_validate(d.template) for d in draws}
    names = await people_named(session, actor, {p for t in templates.values() for p in (*t.coder_ids, *t.auditor_ids)})
    lasts = await session.execute(
        text("""select distinct on (recurring_draw_id) * from recurring_run where provider = :provider
                and recurring_draw_id = any(cast(:ids as uuid[])) order by recurring_draw_id, due_on desc"""),
        {"provider": actor.provider, "ids": [d.recurring_draw_id for d in draws]},
    )
    last = {r["recurring_draw_id"]: RecurringRun(**r) for r in lasts.mappings()}
    references = await _references(session, actor, [r.audit_id for r in last.values()])
    no, may = "You do not have permission to do this.", actor.may("programme:edit")
    out = []
    for d in draws:
        t, run = templates[d.recurring_draw_id], last.get(d.recurring_draw_id)
        stopped = d.stopped_at is not None
        missed = len(await _missed_rows(session, actor, d.recurring_draw_id)) + len(await overdue(session, actor, d))
        # On its day a draw is next due today, until something came of it.
        today = clock.today()
        waits = today in await due_without_run(session, actor, d)
        after = max(today - dt.timedelta(int(waits)), d.counts_from - dt.timedelta(1))
        out.append(
            {
                "recurring_draw_id": d.recurring_draw_id,
                "planned_audit_id": d.planned_audit_id,
                "title": d.title,
                "every": d.every,
                "on_day": d.on_day,
                "starts_on": d.starts_on,
                "ends_on": d.ends_on,
                "template": {
                    **t.model_dump(exclude={"coder_ids", "specialties", "auditor_ids"}),
                    "kind_label": KIND_LABELS[AuditKind(t.kind)],
                    "coders": [named(names, c) for c in t.coder_ids],
                    "specialties": specialties_named(t.specialties),
                    "auditors": [named(names, a) for a in t.auditor_ids],
                },
                "stopped_at": d.stopped_at,
                "stopped_reason": d.stopped_reason,
                "next_on": None if stopped else rules.next_due(schedule_of(d), after=after),
                "last": None
                if run is None
                else _run(run, d.title, actor, references.get(run.audit_id) if run.audit_id else None, ran=True),
                "missed": missed,
                "version": d.version,
                "can": {
                    "edit": no if not may else True,
                    "stop": no if not may else "It is stopped." if stopped else True,
                    "resume": no if not may else True if stopped else "It is not stopped.",
                },
            }
        )
    return out


@verb("programme:see")
async def list_recurring_draws(session: AsyncSession, actor: Actor, f: Listed) -> dict[str, Any]:
    """Return the Trust's recurring draws, with when each is next due and what came of it last."""
    scope = scope_of("recurring_draws", actor.provider)
    draws = await all_draws(session, actor)
    if f.cursor:
        after = decode_cursor(f.cursor, scope)
        draws = [d for d in draws if [d.created_at.isoformat(), str(d.recurring_draw_id)] > after]
    page = draws[: f.limit]
    more = None
    if len(draws) > f.limit:
        more = encode_cursor([page[-1].created_at.isoformat(), str(page[-1].recurring_draw_id)], scope)
    return {"items": await shown(session, actor, page), "next": more}


@verb("programme:see", refuses=[NotFound])
async def see_recurring_draw(session: AsyncSession, actor: Actor, recurring_draw_id: UUID) -> dict[str, Any]:
    """Return one recurring draw."""
    (one,) = await shown(session, actor, [await the_draw(session, actor, recurring_draw_id)])
    return one
