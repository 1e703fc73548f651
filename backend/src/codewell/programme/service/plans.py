"""Verbs on programmes and planned audits: agree a year, plan, drop, take up again, begin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.rules import CannotDraw, NotQualified, ProfileUnknown
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.ids import uuid7
from codewell.kit.problems import NotFound, NotPermitted, Stale
from codewell.kit.verbs import verb
from codewell.programme import rules
from codewell.programme.models import PlannedAudit, Programme
from codewell.programme.reads import plans as reads
from codewell.programme.schemas.plans import PlanDrop, PlannedAuditIn, ProgrammeIn, StartIn
from codewell.programme.service.start import audit_of_plan
from codewell.trail import service as trail


async def known(session: AsyncSession, actor: Actor, people: Iterable[tuple[str, UUID]]) -> None:
    """Refuse PersonUnknown unless every person, each with the pointer to where they were named, works here."""
    named = list(people)
    rows = await session.scalars(
        text("""select person_id from person where provider = :provider and active
                and person_id = any(cast(:ids as uuid[]))"""),
        {"provider": actor.provider, "ids": [person_id for _, person_id in named]},
    )
    here = set(rows)
    errors = [{"pointer": p, "detail": "there is no such person here"} for p, i in named if i not in here]
    if errors:
        raise rules.PersonUnknown(errors=errors)


def _year(body: ProgrammeIn) -> str:
    try:
        rules.first_of_year(body.financial_year)
    except ValueError as error:
        raise rules.OutsideYear(
            "There is no such financial year.", errors=[{"pointer": "/body/financial_year", "detail": str(error)}]
        ) from None
    return body.financial_year


async def _free(session: AsyncSession, actor: Actor, year: str, but: UUID | None = None) -> None:
    taken = await session.scalar(
        text("""select 1 from programme where provider = :provider and financial_year = :year
                and programme_id is distinct from :but"""),
        {"provider": actor.provider, "year": year, "but": but},
    )
    if taken:
        raise rules.YearTaken(financial_year=year)


@verb(
    "programme:edit",
    leaves="programme:begun",
    refuses=[rules.YearTaken, rules.OutsideYear, rules.PersonUnknown],
)
async def begin_programme(session: AsyncSession, actor: Actor, body: ProgrammeIn) -> dict[str, Any]:
    """Begin a financial year's programme; YearTaken where there is one."""
    owner_id = body.owner_id or actor.id
    if body.owner_id is not None:
        await known(session, actor, [("/body/owner_id", body.owner_id)])
    await _free(session, actor, _year(body))
    row = Programme(
        provider=actor.provider, programme_id=uuid7(), financial_year=body.financial_year, name=body.name,
        objectives=body.objectives, owner_id=owner_id, agreed_on=body.agreed_on, version=1,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await trail.record(
        session, actor, "programme:begun", "programme", row.programme_id, version=1, financial_year=body.financial_year
    )
    return {"programme_id": row.programme_id}


@verb(
    "programme:edit",
    leaves="programme:edited",
    refuses=[NotFound, Stale, rules.YearTaken, rules.OutsideYear, rules.PersonUnknown],
)
async def edit_programme(
    session: AsyncSession, actor: Actor, programme_id: UUID, body: ProgrammeIn, *, version: int
) -> None:
    """Change a programme; its year cannot leave planned audits outside it (OutsideYear)."""
    row = await reads.the_programme(session, actor, programme_id, lock=True)
    if row.version != version:
        raise Stale(current_version=row.version)
    year = _year(body)
    if body.owner_id is not None and body.owner_id != row.owner_id:
        await known(session, actor, [("/body/owner_id", body.owner_id)])
    await _free(session, actor, year, programme_id)
    if year != row.financial_year:
        outside = await session.scalar(
            text("select 1 from planned_audit where provider = :provider and programme_id = :id limit 1"),
            {"provider": actor.provider, "id": programme_id},
        )
        if outside:
            raise rules.OutsideYear(
                "Its planned audits are of the year it has.",
                errors=[{"pointer": "/body/financial_year", "detail": "audits are planned in the present year"}],
            )
    await session.execute(
        text("""update programme set financial_year = :year, name = :name, objectives = :objectives, owner_id = :owner,
                agreed_on = :agreed, version = version + 1 where provider = :provider and programme_id = :id"""),
        {
            "year": year, "name": body.name, "objectives": body.objectives, "owner": body.owner_id or row.owner_id,
            "agreed": body.agreed_on, "provider": actor.provider, "id": programme_id,
        },
    )  # fmt: skip
    await trail.record(session, actor, "programme:edited", "programme", programme_id, version=version + 1)


def _months(year: str, body: PlannedAuditIn) -> tuple[dt.date, dt.date]:
    first, last = (dt.date.fromisoformat(f"{m}-01") for m in (body.month_from, body.month_to))
    if last < first:
        raise rules.OutsideYear(
            "The last month lies before the first.",
            errors=[{"pointer": "/body/month_to", "detail": "must not be before the first month"}],
        )
    errors = [
        {"pointer": f"/body/{name}", "detail": f"must be from April to March of {year}"}
        for name, month in (("month_from", first), ("month_to", last))
        if clock.financial_year(month) != year
    ]
    if errors:
        raise rules.OutsideYear(errors=errors)
    return first, last


async def _people(session: AsyncSession, actor: Actor, body: PlannedAuditIn, keep: set[UUID]) -> None:
    """Refuse people who do not work here; those who stood in the plan already may stay in it."""
    people = [] if body.owner_id is None else [("/body/owner_id", body.owner_id)]
    people += [(f"/body/coder_ids/{n}", c) for n, c in enumerate(body.coder_ids)]
    await known(session, actor, [p for p in people if p[1] not in keep])


@verb(
    "programme:edit",
    leaves="planned_audit:planned",
    refuses=[NotFound, rules.OutsideYear, rules.PersonUnknown],
)
async def plan_audit(session: AsyncSession, actor: Actor, new: tuple[UUID, PlannedAuditIn]) -> dict[str, Any]:
    """Plan an audit in a programme's year; ``new`` is the programme and the plan."""
    programme_id, body = new
    programme = await reads.the_programme(session, actor, programme_id)
    first, last = _months(programme.financial_year, body)
    await _people(session, actor, body, set())
    row = PlannedAudit(
        provider=actor.provider, planned_audit_id=uuid7(), programme_id=programme_id, kind=body.kind.value,
        title=body.title, owner_id=body.owner_id or actor.id, month_from=first, month_to=last,
        episodes=body.episodes, specialties=list(dict.fromkeys(body.specialties)),
        coder_ids=list(dict.fromkeys(body.coder_ids)), commissioned_by=body.commissioned_by, note=body.note,
        dropped_at=None, dropped_reason=None, version=1,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await trail.record(
        session, actor, "planned_audit:planned", "planned_audit", row.planned_audit_id, version=1, kind=row.kind
    )
    return {"planned_audit_id": row.planned_audit_id}


async def _for_change(
    session: AsyncSession, actor: Actor, planned_audit_id: UUID, version: int, what: str
) -> PlannedAudit:
    """Return a plan, locked, in which ``what`` may be done; Stale or PlanCannotMove else."""
    row = await reads.the_plan(session, actor, planned_audit_id, lock=True)
    if row.version != version:
        raise Stale(current_version=row.version)
    audits = await reads.begun(session, actor, [planned_audit_id])
    state = rules.stands(row.dropped_at is not None, [a.state for a in audits[planned_audit_id]])
    can = rules.plan_can(state, may_edit=True, may_set_up=True)[what]
    if can is not True:
        raise rules.PlanCannotMove(str(can), state=state.value)
    return row


@verb(
    "programme:edit",
    leaves="planned_audit:edited",
    refuses=[NotFound, Stale, rules.OutsideYear, rules.PersonUnknown, rules.PlanCannotMove],
)
async def edit_planned_audit(
    session: AsyncSession, actor: Actor, planned_audit_id: UUID, body: PlannedAuditIn, *, version: int
) -> None:
    """Change a planned audit; an audit begun from it keeps what it was begun with."""
    row = await _for_change(session, actor, planned_audit_id, version, "edit")
    programme = await reads.the_programme(session, actor, row.programme_id)
    row.month_from, row.month_to = _months(programme.financial_year, body)
    await _people(session, actor, body, {row.owner_id, *row.coder_ids})
    row.kind, row.title, row.episodes = body.kind.value, body.title, body.episodes
    row.owner_id = body.owner_id or row.owner_id
    row.specialties = list(dict.fromkeys(body.specialties))
    row.coder_ids = list(dict.fromkeys(body.coder_ids))
    row.commissioned_by, row.note = body.commissioned_by, body.note
    row.version += 1
    await session.flush()
    await trail.record(session, actor, "planned_audit:edited", "planned_audit", planned_audit_id, version=row.version)


@verb("programme:edit", leaves="planned_audit:dropped", refuses=[NotFound, Stale, rules.PlanCannotMove])
async def drop_planned_audit(
    session: AsyncSession, actor: Actor, planned_audit_id: UUID, body: PlanDrop, *, version: int
) -> None:
    """Say that a planned audit is not held, and why; it stays in the programme as dropped."""
    row = await _for_change(session, actor, planned_audit_id, version, "drop")
    row.dropped_at, row.dropped_reason = clock.now(), body.reason
    row.version += 1
    await session.flush()
    await trail.record(
        session, actor, "planned_audit:dropped", "planned_audit", planned_audit_id, version=row.version,
        reason_given=True,
    )  # fmt: skip


@verb("programme:edit", leaves="planned_audit:restored", refuses=[NotFound, Stale, rules.PlanCannotMove])
async def restore_planned_audit(session: AsyncSession, actor: Actor, planned_audit_id: UUID, *, version: int) -> None:
    """Take a dropped audit up again."""
    row = await _for_change(session, actor, planned_audit_id, version, "restore")
    row.dropped_at = row.dropped_reason = None
    row.version += 1
    await session.flush()
    await trail.record(session, actor, "planned_audit:restored", "planned_audit", planned_audit_id, version=row.version)


@verb(
    "audit:set_up",
    leaves="planned_audit:started",
    refuses=[
        NotFound, Stale, NotPermitted, rules.PlanCannotMove, CannotDraw, ProfileUnknown, NotQualified,
    ],
)  # fmt: skip
async def start_planned_audit(
    session: AsyncSession, actor: Actor, planned_audit_id: UUID, body: StartIn, *, version: int
) -> dict[str, Any]:
    """Begin an audit with a plan's facts; what is drawn, and by whom it is audited, is set up in the audit."""
    row = await _for_change(session, actor, planned_audit_id, version, "start")
    audit = await audit_of_plan(session, actor, row, body)
    row.version += 1
    await session.flush()
    await trail.record(
        session, actor, "planned_audit:started", "planned_audit", planned_audit_id, version=row.version,
        audit_id=str(audit.audit_id),
    )  # fmt: skip
    return {"audit_id": audit.audit_id}
