"""Verbs on recurring draws, and the runs that the system makes of them by itself, once each."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.profiles import Methodology, ProfileKind
from codewell.audits.reads import auditors as holders
from codewell.audits.rules import CannotDraw, NotQualified, ProfileUnknown
from codewell.audits.service import draws, profiles, setup
from codewell.db import error_facts, passing
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.ids import uuid7
from codewell.kit.problems import NotFound, Problem, Stale
from codewell.kit.verbs import verb
from codewell.programme import rules
from codewell.programme.models import RecurringDraw, RecurringRun
from codewell.programme.reads import plans as plan_reads
from codewell.programme.reads import recurring as reads
from codewell.programme.rules import RunState
from codewell.programme.schemas.recurring import Acknowledge, DrawTemplate, RecurringDrawIn, StopDraw
from codewell.programme.service.plans import known
from codewell.programme.service.start import audit_of_run
from codewell.trail import service as trail

log = logging.getLogger("codewell.programme")
SYSTEM = "recurring draws"
_MAY = frozenset({"audit:list", "audit:see", "audit:set_up", "audit_profile:list", "auditor:list"})
TOO_LATE = "It was not made by the time the next one was due, so it is left to a person."
OUR_FAULT = "It failed by an error on Codewell's side; run it by hand, and tell the system administrator."


def system_of(provider: str) -> Actor:
    """Return the system that draws by itself for one Trust."""
    return Actor.system(provider, SYSTEM, _MAY)


async def _checked(session: AsyncSession, actor: Actor, body: RecurringDrawIn, keep: set[UUID]) -> None:
    t = body.template
    people = [(f"/body/template/auditor_ids/{n}", i) for n, i in enumerate(t.auditor_ids)]
    people += [(f"/body/template/coder_ids/{n}", i) for n, i in enumerate(t.coder_ids)]
    await known(session, actor, [p for p in people if p[1] not in keep])
    if body.planned_audit_id is not None:
        await plan_reads.the_plan(session, actor, body.planned_audit_id)
    await profiles.profile_in_force(session, actor, ProfileKind.methodology, t.methodology_key, clock.today())
    if t.threshold_key is not None:
        await profiles.profile_in_force(session, actor, ProfileKind.threshold, t.threshold_key, clock.today())


def _counts_from(body: RecurringDrawIn) -> dt.date:
    """Return from which day on the schedule owes runs: never for days before it was made."""
    day = max(body.starts_on, clock.today())
    schedule = rules.Schedule(body.every, body.on_day, body.starts_on, body.ends_on)
    if rules.next_due(schedule, after=day - dt.timedelta(1)) is None:
        raise rules.ScheduleEmpty(
            errors=[{"pointer": "/body/ends_on", "detail": "no day from today on is due by this schedule"}]
        )
    return day


@verb(
    "programme:edit",
    leaves="recurring_draw:scheduled",
    refuses=[NotFound, rules.PersonUnknown, rules.ScheduleEmpty, ProfileUnknown],
)
async def schedule_draw(session: AsyncSession, actor: Actor, body: RecurringDrawIn) -> dict[str, Any]:
    """Schedule a draw that recurs; days before today are owed nothing."""
    await _checked(session, actor, body, set())
    row = RecurringDraw(
        provider=actor.provider, recurring_draw_id=uuid7(), planned_audit_id=body.planned_audit_id, title=body.title,
        template=body.template.model_dump(mode="json"), every=body.every.value, on_day=body.on_day,
        starts_on=body.starts_on, ends_on=body.ends_on, counts_from=_counts_from(body), stopped_at=None,
        stopped_reason=None, created_by_id=actor.id, created_by_name=actor.name, created_at=clock.now(), version=1,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await trail.record(
        session, actor, "recurring_draw:scheduled", "recurring_draw", row.recurring_draw_id, version=1,
        every=row.every, on_day=row.on_day,
    )  # fmt: skip
    return {"recurring_draw_id": row.recurring_draw_id}


async def _settle_overdue(session: AsyncSession, actor: Actor, draw: RecurringDraw) -> None:
    """Write down what was missed so far, so that another schedule does not make it forgotten."""
    for run in await reads.overdue(session, actor, draw):
        await _write(session, draw, run.due_on, RunState.missed, reason=reads.NOT_RUN)


@verb(
    "programme:edit",
    leaves="recurring_draw:edited",
    refuses=[NotFound, Stale, rules.PersonUnknown, rules.ScheduleEmpty, ProfileUnknown],
)
async def edit_recurring_draw(
    session: AsyncSession, actor: Actor, recurring_draw_id: UUID, body: RecurringDrawIn, *, version: int
) -> None:
    """Change a recurring draw; what was missed by the old schedule stays an alert, and the new one owes from today."""
    row = await reads.the_draw(session, actor, recurring_draw_id, lock=True)
    if row.version != version:
        raise Stale(current_version=row.version)
    was = DrawTemplate.model_validate(row.template)
    await _checked(session, actor, body, {*was.auditor_ids, *was.coder_ids})
    new = rules.Schedule(body.every, body.on_day, body.starts_on, body.ends_on)
    if new != reads.schedule_of(row):
        await _settle_overdue(session, actor, row)
        row.counts_from = _counts_from(body)
        row.every, row.on_day, row.starts_on, row.ends_on = body.every.value, *new[1:]
    row.title, row.planned_audit_id = body.title, body.planned_audit_id
    row.template = body.template.model_dump(mode="json")
    row.version += 1
    await session.flush()
    await trail.record(
        session, actor, "recurring_draw:edited", "recurring_draw", recurring_draw_id, version=row.version
    )


@verb("programme:edit", leaves="recurring_draw:stopped", refuses=[NotFound, Stale, rules.DrawStopped])
async def stop_draw(
    session: AsyncSession, actor: Actor, recurring_draw_id: UUID, body: StopDraw, *, version: int
) -> None:
    """Stop a recurring draw, with a reason; what it missed so far stays an alert."""
    row = await reads.the_draw(session, actor, recurring_draw_id, lock=True)
    if row.version != version:
        raise Stale(current_version=row.version)
    if row.stopped_at is not None:
        raise rules.DrawStopped("It is stopped.")
    await _settle_overdue(session, actor, row)
    row.stopped_at, row.stopped_reason = clock.now(), body.reason
    row.version += 1
    await session.flush()
    await trail.record(
        session, actor, "recurring_draw:stopped", "recurring_draw", recurring_draw_id, version=row.version,
        reason_given=True,
    )  # fmt: skip


@verb("programme:edit", leaves="recurring_draw:resumed", refuses=[NotFound, Stale, rules.DrawStopped])
async def resume_draw(session: AsyncSession, actor: Actor, recurring_draw_id: UUID, *, version: int) -> None:
    """Let a stopped draw recur again from today on; the days while it was stopped are owed nothing."""
    row = await reads.the_draw(session, actor, recurring_draw_id, lock=True)
    if row.version != version:
        raise Stale(current_version=row.version)
    if row.stopped_at is None:
        raise rules.DrawStopped("It is not stopped.")
    row.stopped_at = row.stopped_reason = None
    row.counts_from = max(row.starts_on, clock.today())
    row.version += 1
    await session.flush()
    await trail.record(
        session, actor, "recurring_draw:resumed", "recurring_draw", recurring_draw_id, version=row.version
    )


# Runs

_WRITE = text("""
insert into recurring_run
    (provider, recurring_run_id, recurring_draw_id, due_on, state, late_days, reason, audit_id, ran_at)
values (:provider, :run, :draw, :due, :state, :late, :reason, :audit, :now)
on conflict (provider, recurring_draw_id, due_on) do nothing returning recurring_run_id
""")


async def _write(
    session: AsyncSession, draw: RecurringDraw, due_on: dt.date, state: RunState, *, reason: str | None = None
) -> UUID | None:
    """Write a run down and return its id, or None where somebody has written it before: who writes it, makes it."""
    run_id: UUID | None = await session.scalar(
        _WRITE,
        {
            "provider": draw.provider, "run": reads.run_id_of(draw, due_on), "draw": draw.recurring_draw_id,
            "due": due_on, "state": state.value, "late": (clock.today() - due_on).days, "reason": reason,
            "audit": None, "now": clock.now(),
        },
    )  # fmt: skip
    return run_id


async def fit_auditors(
    session: AsyncSession, actor: Actor, template: DrawTemplate, due_on: dt.date
) -> tuple[list[UUID], list[UUID]]:
    """Return who of a template's auditors works here and is qualified today, and who is not."""
    _, period_to = rules.period_before(due_on, template.months, template.months_back)
    _, _, body = await profiles.profile_in_force(
        session, actor, ProfileKind.methodology, template.methodology_key, period_to
    )
    kinds = Methodology.model_validate(body.model_dump()).qualifications
    active = set(
        await session.scalars(
            text("""select person_id from person where provider = :provider and active
                    and person_id = any(cast(:ids as uuid[])) and roles && cast(:roles as text[])"""),
            {"provider": actor.provider, "ids": template.auditor_ids, "roles": holders.AUDITING_ROLES},
        )
    )
    fit = [
        person_id
        for person_id in template.auditor_ids
        if person_id in active
        and (not kinds or await holders.qualification_on(session, actor, person_id, clock.today(), kinds) is not None)
    ]
    return fit, [i for i in template.auditor_ids if i not in fit]


async def make_run(
    session: AsyncSession, actor: Actor, draw: RecurringDraw, due_on: dt.date
) -> tuple[UUID, str | None]:
    """Set an audit up and draw it for one due day; returns it, and who of its auditors had to be left out.

    Refused as the audits refuse it: NotQualified without any auditor qualified today, CannotDraw without a population.
    """
    wanted = audit_of_run(draw, due_on, clock.today())
    template = DrawTemplate.model_validate(draw.template)
    fit, unfit = await fit_auditors(session, actor, template, due_on)
    if not fit:
        raise NotQualified("None of its auditors works here and holds a qualification in force today.")
    left_out = None
    if unfit:
        names = await plan_reads.people_named(session, actor, unfit)
        left_out = f"Without {', '.join(sorted(names.values()))}: no auditor's qualification in force that day."
    audit = await setup.create_audit(
        session, actor, wanted.model_copy(update={"lead_id": fit[0], "auditor_ids": fit[1:]})
    )
    drawn = await draws.draw_audit(session, actor, audit.audit_id, version=audit.version)
    if not drawn.drawn:
        raise CannotDraw("There was no episode to draw.")
    return audit.audit_id, left_out


_DONE = text("""
update recurring_run set state = :state, audit_id = :audit, reason = :reason, settled_at = :at, settled_by_id = :by,
    settled_by_name = :name, settled_reason = :because
where provider = :provider and recurring_run_id = :run
""")


async def _done(
    session: AsyncSession, run_id: UUID, draw: RecurringDraw, state: RunState, *, audit: UUID | None,
    reason: str | None, by: Actor | None = None, because: str | None = None,
) -> None:  # fmt: skip
    await session.execute(
        _DONE,
        {
            "provider": draw.provider, "run": run_id, "state": state.value, "audit": audit, "reason": reason,
            "at": None if by is None else clock.now(), "by": None if by is None else by.id,
            "name": None if by is None else by.name, "because": because,
        },
    )  # fmt: skip


@verb("programme:edit", leaves="recurring_run:acknowledged", refuses=[NotFound, rules.RunNotMissed])
async def acknowledge_run(session: AsyncSession, actor: Actor, recurring_run_id: UUID, body: Acknowledge) -> None:
    """Let a missed run be, with a reason; it is no alert any more."""
    draw, run = await _missed(session, actor, recurring_run_id)
    await _done(
        session, recurring_run_id, draw, RunState.acknowledged, audit=None, reason=run.reason, by=actor,
        because=body.reason,
    )  # fmt: skip
    await trail.record(
        session, actor, "recurring_run:acknowledged", "recurring_run", recurring_run_id, reason_given=True
    )


async def _missed(session: AsyncSession, actor: Actor, run_id: UUID) -> tuple[RecurringDraw, RecurringRun]:
    """Return a missed run, locked and written down; RunNotMissed when it was made or dealt with."""
    draw, run = await reads.run_of(session, actor, run_id)
    # What nothing has run yet is written first: its key keeps the system from making it at the same time.
    if await _write(session, draw, run.due_on, RunState.missed, reason=run.reason) is None:
        draw, run = await reads.run_of(session, actor, run_id)
    if run.state != RunState.missed.value:
        raise rules.RunNotMissed(state=run.state)
    return draw, run


@verb(
    "programme:edit",
    leaves="recurring_run:made",
    refuses=[NotFound, rules.RunNotMissed, rules.RunImpossible, NotQualified, CannotDraw, ProfileUnknown],
)
async def run_by_hand(session: AsyncSession, actor: Actor, recurring_run_id: UUID) -> dict[str, Any]:
    """Make a missed run now: its audit of the period it was due for; refused with the reason while it cannot be.

    Whoever keeps the programme may: what is made is what its template says, as the system makes it on a due day.
    """
    draw, run = await _missed(session, actor, recurring_run_id)
    audit_id, left_out = await make_run(session, system_of(draw.provider), draw, run.due_on)
    await _done(
        session, recurring_run_id, draw, RunState.made_by_hand, audit=audit_id, reason=run.reason, by=actor,
        because=left_out,
    )  # fmt: skip
    await trail.record(
        session, actor, "recurring_run:made", "recurring_run", recurring_run_id, audit_id=str(audit_id), by_hand=True
    )
    return {"audit_id": audit_id}


Transaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]


async def due_now(session: AsyncSession) -> list[tuple[RecurringDraw, dt.date]]:
    """Return every due day, in all Trusts, of which nothing came yet: the oldest first."""
    found = []
    for provider in await session.scalars(
        text("select distinct provider from recurring_draw where stopped_at is null")
    ):
        actor = system_of(provider)
        for draw in await reads.all_draws(session, actor):
            found += [(draw, day) for day in await reads.due_without_run(session, actor, draw)]
    return sorted(found, key=lambda f: f[1])


async def run_due(transaction: Transaction) -> dict[str, int]:
    """Make every run that is due, each in a transaction of its own, and write down which could not be made, and why.

    Whoever writes a run's key first makes it; another replica that wanted to waits for it and finds it made. An error
    of the moment (the database went away) leaves the run as it was, to be tried again.
    """
    made = missed = 0
    async with transaction() as session:
        due = await due_now(session)
    for draw, day in due:
        reason = None
        try:
            async with transaction() as session:
                made += await _run(session, draw, day)
        except Problem as problem:
            reason = problem.said()
        except Exception as error:
            if passing(error):
                raise
            log.warning("recurring_draw_failed", extra=error_facts(error))
            reason = OUR_FAULT
        if reason is not None:
            async with transaction() as session:
                missed += await _miss(session, draw, day, reason)
    return {"made": made, "missed": missed}


async def _run(session: AsyncSession, draw: RecurringDraw, day: dt.date) -> int:
    actor = system_of(draw.provider)
    # Its schedule may have been changed or stopped since it was read.
    now = await reads.the_draw(session, actor, draw.recurring_draw_id, lock=True)
    if day not in await reads.due_without_run(session, actor, now):
        return 0
    if rules.too_late(reads.schedule_of(now), day, clock.today()):
        await _miss(session, now, day, TOO_LATE)
        return 0
    run_id = await _write(session, now, day, RunState.made)
    if run_id is None:
        return 0
    audit_id, left_out = await make_run(session, actor, now, day)
    await _done(session, run_id, now, RunState.made, audit=audit_id, reason=left_out)
    await trail.record(
        session, actor, "recurring_run:made", "recurring_run", run_id, audit_id=str(audit_id),
        late_days=(clock.today() - day).days,
    )  # fmt: skip
    return 1


async def _miss(session: AsyncSession, draw: RecurringDraw, day: dt.date, reason: str) -> int:
    run_id = await _write(session, draw, day, RunState.missed, reason=reason)
    if run_id is None:
        return 0
    await trail.record(session, system_of(draw.provider), "recurring_run:missed", "recurring_run", run_id)
    return 1
