"""Verbs on work items: place, claim, open, release, renew, move, assign, wake."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.ids import uuid7
from codewell.kit.problems import NotFound, NotPermitted, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail
from codewell.workqueues import rules
from codewell.workqueues.models import WorkMove
from codewell.workqueues.rules import Queue
from codewell.workqueues.schemas import Assign, AssignMany, Claim, Move, MoveMany

CLAIMABLE = (Queue.update_received, Queue.to_code)
OPEN_AT_MOST = 30
"""Episodes one person may hold at a time."""

PLACEMENT = """
create temp table placement (
    provider text not null, episode_id uuid not null, remove boolean not null, wake boolean not null,
    queue text, home_queue text, why jsonb, due_order date, activity_month date, flex_on date, freeze_on date,
    sex text, age smallint, specialty_code text, specialty_name text, treatment_function_code text,
    patient_class text, started_on date, ended_on date, discharged_on date, author_id uuid
) on commit delete rows
"""
"""The staging table of ``place_incoming``, made once a connection: one row per episode, ``remove`` when it stands
nowhere any more."""

_REMOVE = text("""
delete from work_item w using placement p
where p.remove and w.provider = p.provider and w.episode_id = p.episode_id
""")

_FACTS = (
    "home_queue, due_order, activity_month, flex_on, freeze_on, sex, age, specialty_code, specialty_name, "
    "treatment_function_code, patient_class, started_on, ended_on, discharged_on, author_id"
)

_PLACE = text(f"""
insert into work_item as w (provider, episode_id, queue, why, queued_at, version, {_FACTS})
select p.provider, p.episode_id, p.queue, p.why, :now, 1, {_FACTS}
from placement p where not p.remove and not exists (
    select 1 from work_item w where w.provider = p.provider and w.episode_id = p.episode_id
)
""")

# What a person decided outlives a new message about the episode, but not a document that has come, nor a new home.
_REPLACE = text(f"""
update work_item w
set ({_FACTS}) = (select {", ".join("p." + f.strip() for f in _FACTS.split(","))}),
    queue = case when stays then w.queue else p.queue end,
    why = case when stays then w.why else p.why end,
    held_until = case when stays then w.held_until end,
    held_by_id = case when stays then w.held_by_id end,
    hold_reason = case when stays then w.hold_reason end,
    by_hand = stays,
    queued_at = case when stays or w.queue = p.queue then w.queued_at else :now end,
    version = w.version + 1
from (
    select q.*, x.by_hand and not q.wake and q.home_queue = x.home_queue as stays
    from placement q join work_item x on x.provider = q.provider and x.episode_id = q.episode_id
    where not q.remove
) p
where w.provider = p.provider and w.episode_id = p.episode_id
""")


async def place_incoming(session: AsyncSession, actor: Actor) -> None:
    """Put every episode of ``placement`` into its one queue, or take it out; leases and assignments are kept.

    The caller has made and filled ``placement`` in this transaction. Running it twice changes nothing more.
    """
    await session.execute(_REMOVE)
    now = {"now": clock.now()}
    await session.execute(_REPLACE, now)
    await session.execute(_PLACE, now)


# What was assigned to somebody who has left is everybody's again.
_NOBODYS = """(w.assignee_id is null or not exists (
    select 1 from person p where p.provider = w.provider and p.person_id = w.assignee_id and p.active))"""

# Each queue is read in its own order from the index, so that a long queue costs no more than a short one.
_CLAIM_FROM = """
    select x.episode_id from unnest(cast(:queues as text[])) as q(queue)
    cross join lateral (
        select w.episode_id, w.due_order from work_item w
        where w.provider = :provider and w.queue = q.queue and (w.lease_until is null or w.lease_until <= :now)
          and {whose} and w.author_id is distinct from :me
          and not exists (select from episode_blind b where b.provider = w.provider and b.person_id = :me
              and b.episode_id = w.episode_id)
          and (w.home_queue <> 'second_check' or :may_approve) and (w.home_queue <> 'update_received' or :may_finalise)
          and (cast(:specialties as text[]) is null or w.specialty_code = any(cast(:specialties as text[])))
        order by w.due_order, w.episode_id limit 1 for update skip locked
    ) x
    order by x.due_order, x.episode_id limit 1
"""
_CLAIM = text(f"""
with mine as materialized ({_CLAIM_FROM.format(whose="w.assignee_id = :me")}),
rest as materialized ({_CLAIM_FROM.format(whose=_NOBODYS + " and not exists (select 1 from mine)")})
update work_item set lease_owner_id = :me, lease_until = :until, version = version + 1
where provider = :provider and episode_id = coalesce((select episode_id from mine), (select episode_id from rest))
  and :most > (
    select count(*) from work_item where provider = :provider and lease_owner_id = :me and lease_until > :now
  )
returning episode_id, queue, version
""")


_HELD = text("""
select count(*) from work_item where provider = :provider and lease_owner_id = :me and lease_until > :now
""")


@verb("work_item:claim", leaves="work_item:claimed", refuses=[rules.NothingToClaim, rules.TooManyOpen])
async def claim_next(session: AsyncSession, actor: Actor, claim: Claim, *, lease_minutes: int) -> UUID:
    """Lease the most urgent free episode to the caller: first what is assigned to them, then by discharge date.

    One statement with SKIP LOCKED: two callers never get the same episode, and none waits for another.
    """
    queues = [q.value for q in claim.queues or CLAIMABLE]
    if Queue.second_check.value in queues and not actor.may("coding:approve"):
        raise NotPermitted("Only those who may approve codes take a second check.", permission="coding:approve")
    now = clock.now()
    row = (
        await session.execute(
            _CLAIM,
            {
                "provider": actor.provider,
                "me": actor.id,
                "queues": queues,
                "specialties": claim.specialties,
                "now": now,
                "until": now + dt.timedelta(minutes=lease_minutes),
                "most": OPEN_AT_MOST,
                "may_approve": actor.may("coding:approve"),
                "may_finalise": actor.may("coding:finalise"),
            },
        )
    ).one_or_none()
    if row is None:
        held = await session.scalar(_HELD, {"provider": actor.provider, "me": actor.id, "now": now})
        if held is not None and held >= OPEN_AT_MOST:
            raise rules.TooManyOpen(f"You hold {held} episodes; submit or release some first.")
        raise rules.NothingToClaim()
    await trail.record(
        session, actor, "work_item:claimed", "episode", row.episode_id, version=row.version, queue=row.queue
    )
    episode_id: UUID = row.episode_id
    return episode_id


_LOCK = text("select * from work_item where provider = :provider and episode_id = :episode_id for update")


async def locked(session: AsyncSession, actor: Actor, episode_id: UUID) -> Row[Any]:
    """Return the item locked for this transaction; NotFound when it stands in no queue of this Trust."""
    row = (await session.execute(_LOCK, {"provider": actor.provider, "episode_id": episode_id})).one_or_none()
    if row is None:
        raise NotFound("The episode stands in no queue.")
    return row


async def _person_name(session: AsyncSession, provider: str, person_id: UUID | None) -> str:
    name = await session.scalar(
        text("select name from person where provider = :provider and person_id = :id"),
        {"provider": provider, "id": person_id},
    )
    return name or "Somebody"


async def refuse_if_held(session: AsyncSession, actor: Actor, row: Row[Any]) -> None:
    """Refuse when another person's lease on the item is alive."""
    if rules.leased(row.lease_owner_id, row.lease_until, clock.now()) and row.lease_owner_id != actor.id:
        name = await _person_name(session, actor.provider, row.lease_owner_id)
        raise rules.LeaseHeld(
            f"{name} is coding it until {row.lease_until.astimezone(clock.LONDON):%H:%M}.",
            owner=name,
            lease_until=row.lease_until.isoformat(),
        )


async def _set(session: AsyncSession, actor: Actor, episode_id: UUID, **values: Any) -> int:
    columns = ", ".join(f"{c} = :{c}" for c in values)
    version = await session.scalar(
        text(
            f"update work_item set {columns}{', ' if columns else ''}version = version + 1"
            " where provider = :provider_ and episode_id = :episode_id_ returning version"
        ),
        {"provider_": actor.provider, "episode_id_": episode_id, **values},
    )
    assert version is not None  # the row is locked by this transaction
    return int(version)


@verb("work_item:claim", leaves="work_item:opened", refuses=[NotFound, rules.LeaseHeld, rules.OwnWork])
async def open_item(session: AsyncSession, actor: Actor, episode_id: UUID, *, lease_minutes: int) -> None:
    """Lease a chosen episode to the caller; refused while somebody else holds it, or for one's own second check."""
    row = await locked(session, actor, episode_id)
    await refuse_if_held(session, actor, row)
    if row.home_queue == Queue.second_check:
        if row.author_id == actor.id:
            raise rules.OwnWork()
        if not actor.may("coding:approve"):
            raise NotPermitted(permission="coding:approve")
    if row.home_queue == Queue.update_received and not actor.may("coding:finalise"):
        raise NotPermitted("Codes that were final are looked at by somebody who may finalise them.")
    until = clock.now() + dt.timedelta(minutes=lease_minutes)
    version = await _set(session, actor, episode_id, lease_owner_id=actor.id, lease_until=until)
    await trail.record(session, actor, "work_item:opened", "episode", episode_id, version=version, queue=row.queue)


@verb("work_item:claim", leaves="work_item:released", refuses=[NotFound, rules.LeaseLost])
async def release_item(session: AsyncSession, actor: Actor, episode_id: UUID) -> None:
    """Give an episode back to its queue; refused when the caller does not hold it."""
    row = await locked(session, actor, episode_id)
    if row.lease_owner_id != actor.id:
        raise rules.LeaseLost()
    version = await _set(session, actor, episode_id, lease_owner_id=None, lease_until=None)
    await trail.record(session, actor, "work_item:released", "episode", episode_id, version=version)


@verb("work_item:claim", leaves="work_item:renewed", refuses=[NotFound, rules.LeaseHeld, rules.LeaseLost])
async def renew_item(session: AsyncSession, actor: Actor, episode_id: UUID, *, lease_minutes: int) -> None:
    """Prolong the caller's lease, also one that ran out while nobody else took the episode."""
    row = await locked(session, actor, episode_id)
    await refuse_if_held(session, actor, row)
    if row.lease_owner_id != actor.id:
        raise rules.LeaseLost()
    until = clock.now() + dt.timedelta(minutes=lease_minutes)
    version = await _set(session, actor, episode_id, lease_until=until)
    await trail.record(session, actor, "work_item:renewed", "episode", episode_id, version=version)


def _moved(actor: Actor, move: Move, home: Queue) -> dict[str, Any]:
    hold = move.queue in rules.HOLDS
    until = f" Looked at again on {move.wake_on:%-d %b}." if move.wake_on else ""
    return {
        "queue": move.queue.value,
        "why": {"code": "held" if hold else "moved", "text": f"{move.reason.rstrip('.')}.{until}"},
        "held_until": move.wake_on if hold else None,
        "held_by_id": actor.id if hold else None,
        "hold_reason": move.reason if hold else None,
        "by_hand": True,
        "queued_at": clock.now(),
        "lease_owner_id": None,
        "lease_until": None,
    }


@verb(
    "work_item:move",
    leaves="work_item:moved",
    refuses=[NotFound, Stale, rules.LeaseHeld, rules.CannotMove, rules.WakeDateWrong],
)
async def move_item(session: AsyncSession, actor: Actor, episode_id: UUID, move: Move, *, version: int) -> None:
    """Put an episode into another queue with a reason, and when to look again; ends the caller's lease."""
    rules.check_wake_date(move.wake_on, clock.today())
    row = await locked(session, actor, episode_id)
    if row.version != version:
        raise Stale(current_version=row.version)
    await refuse_if_held(session, actor, row)
    no = rules.why_not_move(Queue(row.queue), Queue(row.home_queue), move.queue)
    if no:
        raise rules.CannotMove(no, targets=sorted(rules.targets(Queue(row.queue), Queue(row.home_queue))))
    new = await _set(session, actor, episode_id, **_json(_moved(actor, move, Queue(row.home_queue))))
    await trail.record(
        session, actor, "work_item:moved", "episode", episode_id,
        version=new, was=row.queue, now=move.queue.value, wake_on=str(move.wake_on or ""),
    )  # fmt: skip


def _json(values: dict[str, Any]) -> dict[str, Any]:
    return {k: orjson.dumps(v).decode() if isinstance(v, dict) else v for k, v in values.items()}


@verb("work_item:assign", leaves="work_item:assigned", refuses=[NotFound, Stale])
async def assign_item(session: AsyncSession, actor: Actor, episode_id: UUID, assign: Assign, *, version: int) -> None:
    """Give an episode to a person, who then gets it first; null takes it back to everybody."""
    row = await locked(session, actor, episode_id)
    if row.version != version:
        raise Stale(current_version=row.version)
    await _known(session, actor, assign.person_id)
    new = await _set(session, actor, episode_id, assignee_id=assign.person_id)
    await trail.record(
        session, actor, "work_item:assigned", "episode", episode_id, version=new, to=str(assign.person_id or "")
    )


async def _known(session: AsyncSession, actor: Actor, person_id: UUID | None) -> None:
    if person_id is None:
        return
    found = await session.scalar(
        text("select 1 from person where provider = :provider and person_id = :id and active"),
        {"provider": actor.provider, "id": person_id},
    )
    if not found:
        raise NotFound("There is no such person here.")


_BEFORE = (
    "queue", "why", "held_until", "held_by_id", "hold_reason", "queued_at", "by_hand", "assignee_id",
)  # fmt: skip

_LOCK_MANY = text("""
select * from work_item where provider = :provider and episode_id = any(cast(:ids as uuid[]))
order by episode_id for update
""")


async def _many(
    session: AsyncSession, actor: Actor, ids: list[UUID], change: Any, tag: str, **facts: Any
) -> dict[str, Any]:
    rows = {
        r.episode_id: r
        for r in await session.execute(_LOCK_MANY, {"provider": actor.provider, "ids": list(dict.fromkeys(ids))})
    }
    move_id, kept, skipped = uuid7(), [], []
    for episode_id in dict.fromkeys(ids):
        row = rows.get(episode_id)
        if row is None:
            skipped.append({"episode_id": episode_id, "reason": "It stands in no queue any more."})
            continue
        if rules.leased(row.lease_owner_id, row.lease_until, clock.now()) and row.lease_owner_id != actor.id:
            skipped.append({"episode_id": episode_id, "reason": "Somebody is coding it."})
            continue
        values = change(row)
        if isinstance(values, str):
            skipped.append({"episode_id": episode_id, "reason": values})
            continue
        version = await _set(session, actor, episode_id, **_json(values))
        before = {c: getattr(row, c) for c in _BEFORE}
        kept.append({"episode_id": str(episode_id), "version": version, "before": before})
        await trail.record(session, actor, tag, "episode", episode_id, version=version, move_id=str(move_id), **facts)
    session.add(WorkMove(provider=actor.provider, move_id=move_id, at=clock.now(), person_id=actor.id,
                         items=_plain(kept), undone_at=None))  # fmt: skip
    await session.flush()
    return {"move_id": move_id, "moved": len(kept), "skipped": skipped}


def _plain(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))


@verb("work_item:move_many", leaves="work_item:moved", refuses=[rules.WakeDateWrong])
async def move_many(session: AsyncSession, actor: Actor, move: MoveMany) -> dict[str, Any]:
    """Move up to 200 episodes at once; those that cannot go are left alone and named. Undo with the move's id."""
    rules.check_wake_date(move.wake_on, clock.today())

    def change(row: Row[Any]) -> dict[str, Any] | str:
        home = Queue(row.home_queue)
        return rules.why_not_move(Queue(row.queue), home, move.queue) or _moved(actor, move, home)

    return await _many(session, actor, move.episode_ids, change, "work_item:moved", now=move.queue.value)


@verb("work_item:assign", leaves="work_item:assigned", refuses=[NotFound])
async def assign_many(session: AsyncSession, actor: Actor, assign: AssignMany) -> dict[str, Any]:
    """Assign up to 200 episodes at once; undo with the move's id."""
    await _known(session, actor, assign.person_id)

    def change(row: Row[Any]) -> dict[str, Any]:
        return {"assignee_id": assign.person_id}

    to = str(assign.person_id or "")
    return await _many(session, actor, assign.episode_ids, change, "work_item:assigned", to=to)


@verb("work_item:assign", leaves="work_item:move_undone", refuses=[NotFound, rules.AlreadyUndone])
async def undo_move(session: AsyncSession, actor: Actor, move_id: UUID) -> dict[str, Any]:
    """Put every episode of a bulk move back as it was; one that changed since is left alone and named."""
    row = (
        await session.execute(
            text("select * from work_move where provider = :provider and move_id = :id for update"),
            {"provider": actor.provider, "id": move_id},
        )
    ).one_or_none()
    if row is None:
        raise NotFound()
    if row.undone_at is not None:
        raise rules.AlreadyUndone()
    ids = [UUID(i["episode_id"]) for i in row.items]
    present = {r.episode_id: r for r in await session.execute(_LOCK_MANY, {"provider": actor.provider, "ids": ids})}
    back, skipped = 0, []
    for kept in row.items:
        episode_id = UUID(kept["episode_id"])
        item = present.get(episode_id)
        if item is None or item.version != kept["version"]:
            skipped.append({"episode_id": episode_id, "reason": "It has changed since."})
            continue
        version = await _set(session, actor, episode_id, **_json(_restored(kept["before"])))
        await trail.record(
            session, actor, "work_item:move_undone", "episode", episode_id, version=version, move_id=str(move_id),
            now=kept["before"]["queue"],
        )  # fmt: skip
        back += 1
    await session.execute(
        text("update work_move set undone_at = :at where provider = :provider and move_id = :id"),
        {"at": clock.now(), "provider": actor.provider, "id": move_id},
    )
    await trail.record(session, actor, "work_item:move_undone", "work_move", move_id, back=back)
    return {"move_id": move_id, "moved": back, "skipped": skipped}


def _restored(before: dict[str, Any]) -> dict[str, Any]:
    values = dict(before)
    values["held_until"] = before["held_until"] and dt.date.fromisoformat(before["held_until"])
    values["queued_at"] = dt.datetime.fromisoformat(before["queued_at"])
    for column in ("held_by_id", "assignee_id"):
        values[column] = before[column] and UUID(before[column])
    return values


_WAKE = text("""
update work_item
set queue = home_queue, held_until = null, held_by_id = null, queued_at = :now, version = version + 1, by_hand = true,
    why = jsonb_build_object('code', 'woke', 'text',
        'Wake date ' || to_char(held_until, 'FMDD Mon') || ' has come; was held: '
            || coalesce(hold_reason, 'no reason given')),
    hold_reason = null
where held_until <= :today
returning provider, episode_id, version, queue
""")


async def wake_due(session: AsyncSession) -> int:
    """Send every episode whose wake date has come back to its home queue, in all Trusts; returns how many."""
    woken = (await session.execute(_WAKE, {"now": clock.now(), "today": clock.today()})).all()
    for row in woken:
        system = Actor.system(row.provider, "wake dates")
        await trail.record(
            session, system, "work_item:woken", "episode", row.episode_id, version=row.version, now=row.queue
        )
    return len(woken)


async def set_deadlines(
    session: AsyncSession, month: dt.date, flex_on: dt.date | None, freeze_on: dt.date | None
) -> None:
    """Copy a month's flex and freeze dates onto its items, after a new timetable was loaded."""
    await session.execute(
        text("update work_item set flex_on = :flex, freeze_on = :freeze where activity_month = :month"),
        {"flex": flex_on, "freeze": freeze_on, "month": month},
    )


async def settle(session: AsyncSession, actor: Actor, episode_id: UUID) -> None:
    """Take a settled episode out of the queues."""
    await session.execute(
        text("delete from work_item where provider = :provider and episode_id = :episode_id"),
        {"provider": actor.provider, "episode_id": episode_id},
    )


async def send_home(
    session: AsyncSession,
    actor: Actor,
    episode_id: UUID,
    queue: Queue,
    *,
    why: dict[str, str],
    author_id: UUID | None = None,
    assignee_id: UUID | None = None,
    by_hand: bool = False,
) -> None:
    """Put an item into a home queue because its episode's state says so; frees it of holds and leases.

    ``by_hand`` keeps it there, with its reason, through later messages.
    """
    await _set(
        session, actor, episode_id,
        **_json({
            "queue": queue.value, "home_queue": queue.value, "why": why, "author_id": author_id,
            "assignee_id": assignee_id, "lease_owner_id": None, "lease_until": None, "held_until": None,
            "held_by_id": None, "hold_reason": None, "queued_at": clock.now(), "by_hand": by_hand,
        }),
    )  # fmt: skip
