"""Programmes and their planned audits, with how far each has come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.profiles import ProfileKind
from codewell.audits.rules import KIND_LABELS, AuditKind
from codewell.audits.service import profiles
from codewell.episodes.reference import specialty_name
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.paging import decode_cursor, encode_cursor, scope_of
from codewell.kit.problems import NotFound, Problem
from codewell.kit.verbs import verb
from codewell.programme import rules
from codewell.programme.models import PlannedAudit
from codewell.programme.schemas.shared import Listed

AUDITED = "i.second_of is null and i.state in ('decided', 'with_coder', 'settled', 'unsafe')"
"""An episode that has been audited, for good or ill; second audits of a set share are not counted again."""
DSPT_EPISODES = 200
"""Asked for by the toolkit's annual audit of an acute Trust where no threshold profile says another number."""

_DONE = f"""
select a.audit_id, a.planned_audit_id, a.reference, a.title, a.state, a.kind, a.created_at,
       count(i.item_id) filter (where i.second_of is null and i.state <> 'replaced') as drawn,
       count(i.item_id) filter (where {AUDITED}) as audited
from audit a left join audit_item i on i.provider = a.provider and i.audit_id = a.audit_id
where a.provider = :provider and {{which}}
group by a.provider, a.audit_id order by a.created_at, a.audit_id
"""


async def people_named(session: AsyncSession, actor: Actor, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of these people of the Trust, whether or not they still work here."""
    rows = await session.execute(
        text("select person_id, name from person where provider = :provider and person_id = any(cast(:ids as uuid[]))"),
        {"provider": actor.provider, "ids": list(set(ids))},
    )
    return {r.person_id: r.name for r in rows}


def named(names: dict[UUID, str], person_id: UUID) -> dict[str, Any]:
    """Return a person as answers name them."""
    return {"person_id": person_id, "name": names.get(person_id, "Somebody who is not known here")}


def specialties_named(codes: Sequence[str]) -> list[dict[str, Any]]:
    """Return specialties as answers name them."""
    return [{"code": code, "name": specialty_name(code)} for code in codes]


async def the_programme(session: AsyncSession, actor: Actor, programme_id: UUID, *, lock: bool = False) -> Row[Any]:
    """Return a programme's row; NotFound when this Trust has no such programme."""
    row = (
        await session.execute(
            text(
                "select * from programme where provider = :provider and programme_id = :id" + " for update" * int(lock)
            ),
            {"provider": actor.provider, "id": programme_id},
        )
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row


async def the_plan(session: AsyncSession, actor: Actor, planned_audit_id: UUID, *, lock: bool = False) -> PlannedAudit:
    """Return a planned audit's row; NotFound when this Trust has no such plan."""
    row = await session.get(
        PlannedAudit,
        {"provider": actor.provider, "planned_audit_id": planned_audit_id},
        with_for_update=lock or None,
        populate_existing=True,
    )
    if row is None:
        raise NotFound()
    return row


async def begun(session: AsyncSession, actor: Actor, plans: Sequence[UUID]) -> dict[UUID, list[Row[Any]]]:
    """Return, for each plan, the audits begun from it, each with what was drawn and what is audited."""
    out: dict[UUID, list[Row[Any]]] = {p: [] for p in plans}
    statement = text(_DONE.format(which="a.planned_audit_id = any(cast(:plans as uuid[]))"))
    for row in await session.execute(statement, {"provider": actor.provider, "plans": list(plans)}):
        out[row.planned_audit_id].append(row)
    return out


def _late(plan: PlannedAudit, state: rules.PlanState, today: dt.date) -> bool:
    """A plan is late from the first day of its last month while nothing was started, and after it until signed."""
    if state is rules.PlanState.planned:
        return plan.month_to <= clock.month_of(today)
    return state is rules.PlanState.started and clock.add_months(plan.month_to, 1) <= today


async def shown(session: AsyncSession, actor: Actor, plans: Sequence[PlannedAudit]) -> list[dict[str, Any]]:
    """Return planned audits as they are answered."""
    audits = await begun(session, actor, [p.planned_audit_id for p in plans])
    names = await people_named(session, actor, {i for p in plans for i in (p.owner_id, *p.coder_ids)})
    today, out = clock.today(), []
    for p in plans:
        linked = audits[p.planned_audit_id]
        state = rules.stands(p.dropped_at is not None, [a.state for a in linked])
        out.append(
            {
                "planned_audit_id": p.planned_audit_id,
                "programme_id": p.programme_id,
                "kind": p.kind,
                "kind_label": KIND_LABELS[AuditKind(p.kind)],
                "title": p.title,
                "owner": named(names, p.owner_id),
                "month_from": p.month_from.isoformat()[:7],
                "month_to": p.month_to.isoformat()[:7],
                "episodes": p.episodes,
                "audited": sum(a.audited for a in linked if a.state != "abandoned"),
                "specialties": specialties_named(p.specialties),
                "coders": [named(names, c) for c in p.coder_ids],
                "commissioned_by": p.commissioned_by,
                "note": p.note,
                "state": state,
                "dropped_reason": p.dropped_reason,
                "late": _late(p, state, today),
                "audits": [
                    {k: getattr(a, k) for k in ("audit_id", "reference", "title", "state", "drawn", "audited")}
                    for a in linked
                ],
                "version": p.version,
                "can": rules.plan_can(state, actor.may("programme:edit"), actor.may("audit:set_up")),
            }
        )
    return out


async def _plans_of(session: AsyncSession, actor: Actor, programmes: Sequence[UUID]) -> list[PlannedAudit]:
    rows = await session.execute(
        text("""select * from planned_audit where provider = :provider
                and programme_id = any(cast(:ids as uuid[])) order by month_from, month_to, planned_audit_id"""),
        {"provider": actor.provider, "ids": list(programmes)},
    )
    return [PlannedAudit(**r) for r in rows.mappings()]


async def _dspt_wanted(session: AsyncSession, actor: Actor, on: dt.date) -> int:
    """Return how many episodes the DSPT's annual audit needs by the threshold profile in force; 200 failing that."""
    for key in ("acute_80", "acute_85"):
        try:
            _, _, body = await profiles.profile_in_force(session, actor, ProfileKind.threshold, key, on)
        except Problem:
            continue
        episodes: int | None = getattr(body, "episodes", None)
        if episodes is not None:
            return episodes
    return DSPT_EPISODES


async def _progress(session: AsyncSession, actor: Actor, year: str, plans: Sequence[PlannedAudit]) -> dict[str, Any]:
    audits = await begun(session, actor, [p.planned_audit_id for p in plans])
    states = {
        p.planned_audit_id: rules.stands(p.dropped_at is not None, [a.state for a in audits[p.planned_audit_id]])
        for p in plans
    }
    living = [p for p in plans if p.dropped_at is None]
    first, last = rules.first_of_year(year), rules.last_of_year(year)
    # A DSPT audit begun without a plan counts in the year in which it was begun.
    statement = text(
        _DONE.format(
            which="""a.kind = 'dspt' and a.state <> 'abandoned' and (
                a.planned_audit_id = any(cast(:plans as uuid[]))
                or (a.planned_audit_id is null and a.created_at >= :first and a.created_at < :after))"""
        )
    )
    dspt = await session.execute(
        statement,
        {
            "provider": actor.provider,
            "plans": [p.planned_audit_id for p in plans],
            "first": clock.start_of(first),
            "after": clock.start_of(last + dt.timedelta(1)),
        },
    )
    planned = [p.episodes for p in living if p.kind == AuditKind.dspt.value]
    return {
        "planned_audits": len(living),
        "started": sum(s is rules.PlanState.started for s in states.values()),
        "signed": sum(s is rules.PlanState.signed for s in states.values()),
        "dropped": len(plans) - len(living),
        "wanted": sum(p.episodes for p in living),
        "audited": sum(a.audited for p in living for a in audits[p.planned_audit_id] if a.state != "abandoned"),
        "dspt_wanted": max(sum(planned), await _dspt_wanted(session, actor, last)),
        "dspt_audited": sum(a.audited for a in dspt),
    }


async def _programme(session: AsyncSession, actor: Actor, row: Row[Any], names: dict[UUID, str]) -> dict[str, Any]:
    plans = await _plans_of(session, actor, [row.programme_id])
    may: rules.Can = True if actor.may("programme:edit") else "You do not have permission to do this."
    return {
        "programme_id": row.programme_id,
        "financial_year": row.financial_year,
        "name": row.name,
        "objectives": row.objectives,
        "owner": named(names, row.owner_id),
        "agreed_on": row.agreed_on,
        "starts_on": rules.first_of_year(row.financial_year),
        "ends_on": rules.last_of_year(row.financial_year),
        "progress": await _progress(session, actor, row.financial_year, plans),
        "version": row.version,
        "can": {"edit": may, "plan": may},
    }


@verb("programme:see", refuses=[NotFound])
async def see_programme(session: AsyncSession, actor: Actor, programme_id: UUID) -> dict[str, Any]:
    """Return one year's programme with its progress."""
    row = await the_programme(session, actor, programme_id)
    return await _programme(session, actor, row, await people_named(session, actor, [row.owner_id]))


@verb("programme:see")
async def list_programmes(session: AsyncSession, actor: Actor, f: Listed) -> dict[str, Any]:
    """Return one page of the Trust's programmes, the latest year first."""
    scope = scope_of("programmes", actor.provider)
    before = decode_cursor(f.cursor, scope)[0] if f.cursor else None
    rows = (
        await session.execute(
            text("""select * from programme where provider = :provider
                    and (cast(:before as text) is null or financial_year < :before)
                    order by financial_year desc limit :rows"""),
            {"provider": actor.provider, "before": before, "rows": f.limit + 1},
        )
    ).all()
    page = rows[: f.limit]
    names = await people_named(session, actor, [r.owner_id for r in page])
    items = [await _programme(session, actor, r, names) for r in page]
    return {"items": items, "next": encode_cursor([page[-1].financial_year], scope) if len(rows) > f.limit else None}


@verb("programme:see", refuses=[NotFound])
async def list_planned_audits(session: AsyncSession, actor: Actor, programme_id: UUID, f: Listed) -> dict[str, Any]:
    """Return one page of a programme's planned audits, by the month in which they begin."""
    await the_programme(session, actor, programme_id)
    scope = scope_of("planned_audits", actor.provider, programme_id)
    values: dict[str, Any] = {"provider": actor.provider, "id": programme_id, "rows": f.limit + 1}
    where = ""
    if f.cursor:
        month, last = decode_cursor(f.cursor, scope)
        where = "and (month_from, planned_audit_id) > (:month, :last)"
        values |= {"month": dt.date.fromisoformat(month), "last": UUID(last)}
    rows = await session.execute(
        text(f"""select * from planned_audit where provider = :provider and programme_id = :id {where}
                 order by month_from, planned_audit_id limit :rows"""),
        values,
    )
    plans = [PlannedAudit(**r) for r in rows.mappings()]
    page = plans[: f.limit]
    more = encode_cursor([page[-1].month_from, str(page[-1].planned_audit_id)], scope) if len(plans) > f.limit else None
    return {"items": await shown(session, actor, page), "next": more}


@verb("programme:see", refuses=[NotFound])
async def see_planned_audit(session: AsyncSession, actor: Actor, planned_audit_id: UUID) -> dict[str, Any]:
    """Return one planned audit."""
    (one,) = await shown(session, actor, [await the_plan(session, actor, planned_audit_id)])
    return one


async def late_plans(session: AsyncSession, actor: Actor) -> int:
    """Count this year's planned audits that should have been started, or signed, by now."""
    year = clock.financial_year(clock.today())
    rows = await session.execute(
        text("""select p.* from planned_audit p join programme y on y.provider = p.provider
                  and y.programme_id = p.programme_id
                where p.provider = :provider and y.financial_year = :year and p.dropped_at is null"""),
        {"provider": actor.provider, "year": year},
    )
    return sum(s["late"] for s in await shown(session, actor, [PlannedAudit(**r) for r in rows.mappings()]))
