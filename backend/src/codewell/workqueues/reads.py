"""What stands in the queues, as one caller may see it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.paging import decode_cursor, encode_cursor, scope_of
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb
from codewell.workqueues import rules
from codewell.workqueues.schemas import SpecialtyFilter, WorkItemFilter

# Whether the reader codes the episode blind for an audit: then why it stands here, and for whom, may say who coded it.
# The table is the episodes' own; here it is only asked, as part of what this caller may see.
BLIND = """exists (select from episode_blind b where b.provider = w.provider and b.person_id = :reader
    and b.episode_id = w.episode_id)"""
# Every read starts here: one Trust's items, with the names of the people on them and what the hospital calls the
# episode. That never changes, so a page asks for it by its index rather than each item carrying it.
VISIBLE = f"""
select w.*, {BLIND} as blind, a.name as assignee_name, o.name as lease_owner_name, k.spell_number, k.episode_number
from work_item w
left join episode_key k on k.provider = w.provider and k.episode_id = w.episode_id
left join person a on a.provider = w.provider and a.person_id = w.assignee_id
left join person o on o.provider = w.provider and o.person_id = w.lease_owner_id and w.lease_until > :now
where w.provider = :provider
"""

_SORTS: dict[str, tuple[str, str]] = {
    "due": ("due_order", ">"),
    "youngest": ("due_order", "<"),
    "specialty": ("coalesce(w.specialty_name, '')", ">"),
    "queued": ("queued_at", ">"),
}


def _due(row: Row[Any], today: dt.date) -> tuple[str, dt.date | None]:
    if row.flex_on is None and row.freeze_on is None:
        return "unknown", None
    if row.flex_on is not None and row.flex_on >= today:
        return "flex", row.flex_on
    if row.freeze_on is not None and row.freeze_on >= today:
        return "freeze", row.freeze_on
    return "past_freeze", row.freeze_on


def _holder(person_id: UUID | None, name: str | None, actor: Actor) -> dict[str, Any] | None:
    if person_id is None or name is None:
        return None
    return {"person_id": person_id, "name": name, "me": person_id == actor.id}


_WHY_HIDDEN = {"code": "hidden", "text": "You audit this episode blind: its coding is hidden until yours is saved"}


def item(row: Row[Any], actor: Actor) -> dict[str, Any]:
    """Return the wire shape of one row of ``VISIBLE``."""
    today = clock.today()
    queue, home = rules.Queue(row.queue), rules.Queue(row.home_queue)
    due, due_on = _due(row, today)
    owner = _holder(row.lease_owner_id, row.lease_owner_name, actor)
    specialty = None if row.specialty_code is None else {"code": row.specialty_code, "name": row.specialty_name}
    return {
        "episode_id": row.episode_id,
        "spell_number": row.spell_number,
        "episode_number": row.episode_number,
        "queue": queue,
        "queue_label": rules.LABELS[queue],
        "why": _WHY_HIDDEN if row.blind else {"code": row.why.get("code", "placed"), "text": row.why.get("text", "")},
        "sex": row.sex,
        "age": row.age,
        "specialty": specialty,
        "treatment_function_code": row.treatment_function_code,
        "patient_class": row.patient_class,
        "started_on": row.started_on,
        "ended_on": row.ended_on,
        "discharged_on": row.discharged_on,
        "activity_month": row.activity_month.isoformat()[:7],
        "age_days": max(0, (today - (row.discharged_on or row.ended_on)).days),
        "flex_on": row.flex_on,
        "freeze_on": row.freeze_on,
        "due": due,
        "due_on": due_on,
        "due_days": None if due_on is None else (due_on - today).days,
        "due_working_days": None if due_on is None else clock.working_days(today, due_on),
        "held_until": row.held_until,
        "hold_reason": None if row.blind else row.hold_reason,
        "assignee": None
        if row.blind and row.assignee_id != actor.id
        else _holder(row.assignee_id, row.assignee_name, actor),
        "lease_owner": owner,
        "lease_until": row.lease_until if owner else None,
        "queued_at": row.queued_at,
        "version": row.version,
        "moves": sorted(rules.targets(queue, home)),
    }


def _where(actor: Actor, f: WorkItemFilter) -> tuple[list[str], dict[str, Any]]:
    today = clock.today()
    where: list[str] = []
    values: dict[str, Any] = {}
    if f.queue is not None:
        where.append("w.queue = :queue")
        values["queue"] = f.queue.value
    if f.specialty:
        where.append("w.specialty_code = :specialty")
        values["specialty"] = f.specialty
    if f.month:
        where.append("w.activity_month = :month")
        values["month"] = dt.date.fromisoformat(f.month + "-01")
    if f.min_age is not None:
        where.append("w.due_order <= :age_from")
        values["age_from"] = today - dt.timedelta(f.min_age)
    if f.max_age is not None:
        where.append("w.due_order >= :age_to")
        values["age_to"] = today - dt.timedelta(f.max_age)
    if f.assignee == "me":
        where.append("w.assignee_id = :me")
        values["me"] = actor.id
    elif f.assignee == "nobody":
        where.append("w.assignee_id is null")
    elif f.assignee:
        where.append(f"w.assignee_id = :assignee and not {BLIND}")
        values["assignee"] = UUID(f.assignee)
    if f.held is not None:
        where.append(f"{'' if f.held else 'not '}w.queue in ('waiting_for_information', 'outstanding_pathology')")
    if f.free is not None:
        where.append(f"{'not ' if f.free else ''}coalesce(w.lease_until > :now, false)")
    return where, values


@verb("work_item:list")
async def list_work_items(session: AsyncSession, actor: Actor, f: WorkItemFilter) -> dict[str, Any]:
    """Return one page of the Trust's items under the filters, and the cursor of the next."""
    where, values = _where(actor, f)
    key, sign = _SORTS[f.sort]
    key = key if key.startswith("coalesce") else f"w.{key}"
    scope = scope_of("work_items", actor.provider, f.model_dump(exclude={"cursor", "limit"}))
    if f.cursor:
        last, episode_id = decode_cursor(f.cursor, scope)
        where.append(f"({key}, w.episode_id) {sign} (:last, :last_id)")
        values["last"] = _typed(f.sort, last)
        values["last_id"] = UUID(episode_id)
    direction = "desc" if sign == "<" else "asc"
    statement = VISIBLE + "".join(f" and {w}" for w in where)
    statement += f" order by {key} {direction}, w.episode_id {direction} limit :rows"
    rows = (
        await session.execute(
            text(statement),
            {"provider": actor.provider, "reader": actor.id, "now": clock.now(), "rows": f.limit + 1, **values},
        )
    ).all()
    more = len(rows) > f.limit
    rows = rows[: f.limit]
    cursor = None
    if more:
        final = rows[-1]
        value = {"specialty": final.specialty_name or "", "queued": final.queued_at}.get(f.sort, final.due_order)
        cursor = encode_cursor([value, str(final.episode_id)], scope)
    return {"items": [item(r, actor) for r in rows], "next": cursor}


def _typed(sort: str, value: str) -> str | dt.date | dt.datetime:
    if sort == "specialty":
        return value
    return dt.datetime.fromisoformat(value) if sort == "queued" else dt.date.fromisoformat(value)


async def one_item(session: AsyncSession, actor: Actor, episode_id: UUID) -> dict[str, Any] | None:
    """Return one item, or None when the episode stands in no queue of this Trust."""
    row = (
        await session.execute(
            text(VISIBLE + " and w.episode_id = :episode_id"),
            {"provider": actor.provider, "reader": actor.id, "now": clock.now(), "episode_id": episode_id},
        )
    ).one_or_none()
    return None if row is None else item(row, actor)


async def the_item(session: AsyncSession, actor: Actor, episode_id: UUID) -> dict[str, Any]:
    """Return one item; NotFound when the episode stands in no queue of this Trust."""
    found = await one_item(session, actor, episode_id)
    if found is None:
        raise NotFound("The episode stands in no queue.")
    return found


_COUNTS = text("""
select queue,
       count(*) as count,
       count(*) filter (where lease_until > :now) as leased,
       count(*) filter (where queue in ('to_code', 'update_received', 'second_check')
                          and coalesce(lease_until <= :now, true) and (assignee_id is null or not exists (
                              select 1 from person p where p.provider = work_item.provider
                                and p.person_id = work_item.assignee_id and p.active))) as free,
       min(due_order) as oldest,
       count(*) filter (where due_order > cast(:today as date) - 3) as "0_2",
       count(*) filter (where due_order between cast(:today as date) - 5 and cast(:today as date) - 3) as "3_5",
       count(*) filter (where due_order between cast(:today as date) - 10 and cast(:today as date) - 6) as "6_10",
       count(*) filter (where due_order between cast(:today as date) - 20 and cast(:today as date) - 11) as "11_20",
       count(*) filter (where due_order < cast(:today as date) - 20) as "21_plus"
from work_item where provider = :provider group by queue
""")
_MINE = text("""
select count(*) from work_item
where provider = :provider and ((lease_owner_id = :me and lease_until > :now) or assignee_id = :me)
""")


@verb("work_item:list")
async def count_work_items(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    """Return every queue in numbers, also the empty ones."""
    values = {"provider": actor.provider, "now": clock.now(), "today": clock.today()}
    by_queue = {r["queue"]: dict(r) for r in (await session.execute(_COUNTS, values)).mappings()}
    mine = (
        await session.execute(_MINE, {"provider": actor.provider, "me": actor.id, "now": values["now"]})
    ).scalar_one()
    queues = []
    for queue in rules.Queue:
        row = by_queue.get(queue.value)
        oldest = None if row is None else (clock.today() - row["oldest"]).days
        queues.append(
            {
                "queue": queue,
                "label": rules.LABELS[queue],
                "count": row["count"] if row else 0,
                "free": row["free"] if row else 0,
                "leased": row["leased"] if row else 0,
                "oldest_days": None if oldest is None else max(0, oldest),
                "ages": [
                    {"band": b, "from_days": lo, "to_days": hi, "count": row[b] if row else 0}
                    for b, lo, hi in rules.AGE_BANDS
                ],
            }
        )
    return {
        "queues": queues,
        "total": sum(q["count"] for q in queues),
        "held": sum(q["count"] for q in queues if q["queue"] in rules.HOLDS),
        "mine": mine,
    }


_SPECIALTIES = text("""
select specialty_code as code, max(specialty_name) as name, count(*) as count from work_item
where provider = :provider and specialty_code is not null and (cast(:queue as text) is null or queue = :queue)
group by specialty_code order by max(specialty_name) nulls last, specialty_code limit 200
""")


@verb("work_item:list")
async def count_by_specialty(session: AsyncSession, actor: Actor, f: SpecialtyFilter) -> dict[str, Any]:
    """Return the specialties of which an episode stands in the queue, by name, and never more than one page of them.

    The national list has some eighty; more than 200 means codes that are none, and those without a name come last.
    """
    rows = await session.execute(_SPECIALTIES, {"provider": actor.provider, "queue": f.queue and f.queue.value})
    return {"items": [dict(r) for r in rows.mappings()], "next": None}


@verb("work_item:list")
async def list_my_work(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    """Return what the caller holds, newest lease first, and what is assigned to them, most urgent first."""
    values = {"provider": actor.provider, "now": clock.now(), "me": actor.id, "reader": actor.id}
    leased = await session.execute(
        text(VISIBLE + " and w.lease_owner_id = :me and w.lease_until > :now order by w.lease_until desc limit 200"),
        values,
    )
    assigned = await session.execute(
        text(
            VISIBLE
            + " and w.assignee_id = :me and coalesce(w.lease_until <= :now or w.lease_owner_id <> :me, true)"
            + " order by w.due_order, w.episode_id limit 200"
        ),
        values,
    )
    return {"leased": [item(r, actor) for r in leased], "assigned": [item(r, actor) for r in assigned]}


_ASSIGNEES = text("""
select p.person_id, p.name, p.roles[1] as role,
       count(w.episode_id) filter (where w.assignee_id = p.person_id) as assigned,
       count(w.episode_id) filter (where w.lease_owner_id = p.person_id and w.lease_until > :now) as leased
from person p
left join work_item w on w.provider = p.provider and (w.assignee_id = p.person_id or w.lease_owner_id = p.person_id)
where p.provider = :provider and p.active and p.roles && cast(:roles as text[])
group by p.person_id, p.name, p.roles order by p.name limit 200
""")


@verb("work_item:assign")
async def list_assignees(session: AsyncSession, actor: Actor, roles: list[str]) -> dict[str, Any]:
    """Return the active people who may code, with how much each already has."""
    rows = await session.execute(_ASSIGNEES, {"provider": actor.provider, "now": clock.now(), "roles": roles})
    return {"items": [dict(r) for r in rows.mappings()], "next": None}
