"""Which agreed codes differ from those in force, and what was changed after its month's freeze."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.agreed import agreed_codes
from codewell.audits.models import Audit
from codewell.audits.reads.one import part_in, the_audit
from codewell.audits.reads.replies import MADE_BY, audit_name
from codewell.audits.rules import AuditState, ItemState
from codewell.audits.schemas.amendments import AfterFreezeFilter, AmendmentFilter
from codewell.coding.reads import Titles, titles_for
from codewell.coding.rules import Codes, differences
from codewell.episodes.reads import HIDDEN, named
from codewell.episodes.rules import CodingState
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.paging import decode_cursor, encode_cursor, scope_of
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb

_FREEZE = """left join lateral (
    select max(inclusion_on) as freeze_on from sus_timetable t where t.phase = 'freeze' and t.activity_month = {0}
) f on true"""
_LIST = f"""
select i.item_id, i.no, i.episode_id, i.ended_on, i.specialty_code, i.state, i.coding_version as audited,
    {MADE_BY.format(who=":reader")} as made,
    e.coding_version, e.coding_state, e.diagnoses, e.procedures, e.procedure_dates, k.deleted, m.month, f.freeze_on,
    a.coding_version as applied_version, a.at as applied_at, a.by_name as applied_by,
    exists (select from work_item w where w.provider = i.provider and w.episode_id = i.episode_id) as queued
from audit_item i
join episode_key k on k.provider = i.provider and k.episode_id = i.episode_id
join episode e on e.provider = i.provider and e.ended_on = k.ended_on and e.episode_id = i.episode_id
cross join lateral (select date_trunc('month', coalesce(e.discharged_on, e.ended_on))::date as month) m
{_FREEZE.format("m.month")}
left join lateral (
    select * from audit_amendment x where x.provider = i.provider and x.item_id = i.item_id order by x.at desc limit 1
) a on true
where i.provider = :provider and i.audit_id = :audit_id and i.second_of is null and i.state = 'settled'
  -- Also what was amended for an error that a correction has since taken back.
  and (a.at is not null or exists (select from audit_position p where p.provider = i.provider
      and p.item_id = i.item_id and p.final_type is not null))
  and not {HIDDEN.format("i")} {{after}}
order by i.no limit :rows
"""
_POSITIONS = text("""
select item_id, side, code_class, trust_at, trust_code, trust_on, auditor_at, auditor_code, auditor_on, final_type
from audit_position where provider = :provider and item_id = any(cast(:items as uuid[])) order by item_id, no
""")


async def agreed_of(session: AsyncSession, actor: Actor, items: list[UUID]) -> dict[UUID, Codes]:
    """Return the codes that were agreed of each audited episode."""
    rows: dict[UUID, list[Row[Any]]] = {}
    for row in await session.execute(_POSITIONS, {"provider": actor.provider, "items": items}):
        rows.setdefault(row.item_id, []).append(row)
    return {item_id: agreed_codes(positions) for item_id, positions in rows.items()}


def wire(was: Codes, now: Codes) -> list[dict[str, Any]]:
    """Return what leads from one list of codes to another."""
    return [c.wire() for c in differences(was, now)]


@verb("audit:see", refuses=[NotFound])
async def list_amendments(session: AsyncSession, actor: Actor, audit_id: UUID, f: AmendmentFilter) -> dict[str, Any]:
    """Return one page of the settled episodes with an error, or that were amended, with the codes that are agreed."""
    audit = await the_audit(session, actor, audit_id)
    scope = scope_of("amendments", actor.provider, actor.id, audit_id)
    values: dict[str, Any] = {
        "provider": actor.provider, "audit_id": audit_id, "reader": actor.id, "rows": f.limit + 1,
    }  # fmt: skip
    after = ""
    if f.cursor:
        (values["no"],) = decode_cursor(f.cursor, scope)
        after = "and i.no > :no"
    rows = (await session.execute(text(_LIST.format(after=after)), values)).all()
    shown = rows[: f.limit]
    agreed = await agreed_of(session, actor, [r.item_id for r in shown])
    titles = {day: await titles_for(session, day) for day in {r.ended_on for r in shown}}
    member = await part_in(session, actor, audit_id) is not None
    return {
        "items": [_out(r, agreed[r.item_id], titles[r.ended_on], actor, audit, member=member) for r in shown],
        "next": encode_cursor([shown[-1].no], scope) if len(rows) > f.limit else None,
    }


def _out(r: Row[Any], agreed: Codes, titles: Titles, actor: Actor, audit: Audit, *, member: bool) -> dict[str, Any]:
    now = Codes(list(r.diagnoses), list(r.procedures), list(r.procedure_dates))
    same = now == agreed
    day = clock.today() if r.applied_at is None else clock.london_day(r.applied_at)
    return {
        "item_id": r.item_id,
        "no": r.no,
        "episode_id": r.episode_id,
        "ended_on": r.ended_on,
        "specialty": named("main_specialty", r.specialty_code),
        "stands": ("applied" if r.applied_at is not None else "in_force") if same else "to_apply",
        "coding_version": r.coding_version,
        "changed_since": r.coding_version != (r.audited if r.applied_version is None else r.applied_version),
        "changes": wire(now, agreed),
        "agreed_diagnoses": titles.diagnoses(agreed.diagnoses),
        "agreed_procedures": titles.procedures(agreed.procedures, agreed.procedure_dates),
        "activity_month": f"{r.month:%Y-%m}",
        "freeze_on": r.freeze_on,
        "after_freeze": r.freeze_on is not None and day > r.freeze_on,
        "applied": None
        if r.applied_at is None
        else {"coding_version": r.applied_version, "at": r.applied_at, "by_name": r.applied_by},
        "can_apply": _can(r, actor, audit, same=same, member=member),
    }


def _can(r: Row[Any], actor: Actor, audit: Audit, *, same: bool, member: bool) -> bool | str:
    reasons = (
        (not actor.may("audit:work"), "You do not have permission to do this."),
        (not member, "Only an auditor of this audit does this."),
        (r.made, "Nobody amends their own coding for an audit."),
        (audit.state == AuditState.abandoned, "The audit was abandoned."),
        (r.state != ItemState.settled, "The findings are not settled yet."),
        (same, "The episode has these codes."),
        (r.deleted, "The PAS has withdrawn this episode."),
        (r.queued or r.coding_state != CodingState.coded, "The episode waits in a queue; it is settled there first."),
    )
    return next((why for wrong, why in reasons if wrong), True)


_AFTER = f"""
select x.*, f.freeze_on, a.reference, a.title, a.state
from audit_amendment x
join audit a on a.provider = x.provider and a.audit_id = x.audit_id
{_FREEZE.format("x.activity_month")}
where x.provider = :provider and (x.at at time zone 'Europe/London')::date > f.freeze_on
  and not {HIDDEN.format("x")} {{where}}
order by x.at desc, x.amendment_id desc limit :rows
"""


@verb("audit:see")
async def list_after_freeze(session: AsyncSession, actor: Actor, f: AfterFreezeFilter) -> dict[str, Any]:
    """Return one page of what audits changed after the freeze of the month, newest first."""
    scope = scope_of("after-freeze", actor.provider, actor.id, f.audit_id)
    values: dict[str, Any] = {"provider": actor.provider, "reader": actor.id, "rows": f.limit + 1}
    where = ""
    if f.audit_id is not None:
        where += " and x.audit_id = :audit_id"
        values["audit_id"] = f.audit_id
    if f.cursor:
        at, last_id = decode_cursor(f.cursor, scope)
        where += " and (x.at, x.amendment_id) < (:at, cast(:last_id as uuid))"
        values |= {"at": dt.datetime.fromisoformat(at), "last_id": last_id}
    rows = (await session.execute(text(_AFTER.format(where=where)), values)).all()
    shown = rows[: f.limit]
    last = shown[-1] if len(rows) > f.limit else None
    same = ("amendment_id", "item_id", "episode_id", "freeze_on", "at", "by_name", "coding_version", "changes")
    return {
        "items": [
            {name: getattr(r, name) for name in same}
            | {"audit": audit_name(r), "activity_month": f"{r.activity_month:%Y-%m}"}
            for r in shown
        ],
        "next": None if last is None else encode_cursor([last.at.isoformat(), str(last.amendment_id)], scope),
    }
