"""Who may audit, and what they hold on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.rules import EXPIRING_WITHIN, QUALIFICATION_LABELS, OwnQualification, QualificationKind
from codewell.identity.actor import Actor
from codewell.identity.rules import ROLE_LABELS, ROLE_PERMISSIONS, Permission, Role
from codewell.kit import clock
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb

AUDITING_ROLES = sorted(r.value for r, held in ROLE_PERMISSIONS.items() if Permission.audit_work in held)

_HELD = text("""
select qualification_id, person_id, kind, number, awarded_on, expires_on, note, withdrawn_at, version
from auditor_qualification
where provider = :provider and (cast(:people as uuid[]) is null or person_id = any(cast(:people as uuid[])))
order by person_id, awarded_on desc, qualification_id
""")
_PEOPLE = text("""
select p.person_id, p.name, p.roles, p.active, (
    select count(*) from audit_member m join audit a on a.provider = m.provider and a.audit_id = m.audit_id
    where m.provider = p.provider and m.person_id = p.person_id
        and a.state in ('setting_up', 'running', 'correcting')) as audits
from person p
where p.provider = :provider and (cast(:person_id as uuid) is null or p.person_id = :person_id) and (
    (p.active and p.roles && cast(:roles as text[]))
    or exists (select from auditor_qualification q where q.provider = p.provider and q.person_id = p.person_id))
order by p.name, p.person_id limit 200
""")


async def held_by(session: AsyncSession, actor: Actor, people: Collection[UUID] | None) -> dict[UUID, list[Row[Any]]]:
    """Return the qualifications of these people, or of everybody, newest first."""
    values = {"provider": actor.provider, "people": None if people is None else list(people)}
    out: dict[UUID, list[Row[Any]]] = {}
    for row in await session.execute(_HELD, values):
        out.setdefault(row.person_id, []).append(row)
    return out


def stands(row: Row[Any], on: dt.date) -> str:
    """Say how a qualification stands on a day."""
    if row.withdrawn_at is not None and clock.london_day(row.withdrawn_at) <= on:
        return "withdrawn"
    if row.awarded_on > on:
        return "to_come"
    if row.expires_on is None:
        return "in_force"
    left = (row.expires_on - on).days
    return "expired" if left < 0 else "expiring" if left <= EXPIRING_WITHIN else "in_force"


def best_on(rows: Iterable[Row[Any]], on: dt.date, kinds: Collection[str]) -> dict[str, Any] | None:
    """Return what of these is in force on a day: of the kinds named, the one that lasts longest; None without one."""
    held = [r for r in rows if (not kinds or r.kind in kinds) and stands(r, on) in ("in_force", "expiring")]
    if not held:
        return None
    row = max(held, key=lambda r: (r.expires_on or dt.date.max, str(r.qualification_id)))
    return {
        "qualification_id": str(row.qualification_id),
        "kind": row.kind,
        "number": row.number,
        "awarded_on": row.awarded_on.isoformat(),
        "expires_on": None if row.expires_on is None else row.expires_on.isoformat(),
    }


async def qualification_on(
    session: AsyncSession, actor: Actor, person_id: UUID, day: dt.date, kinds: Collection[str]
) -> dict[str, Any] | None:
    """Return what a person holds of these kinds (of any, without kinds) on a day, or None."""
    held = await held_by(session, actor, [person_id])
    return best_on(held.get(person_id, []), day, kinds)


def qualification_out(row: Row[Any]) -> dict[str, Any]:
    """Return the wire shape of a qualification."""
    today = clock.today()
    names = (
        "qualification_id", "person_id", "kind", "number", "awarded_on", "expires_on", "note", "withdrawn_at",
        "version",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names} | {
        "kind_label": QUALIFICATION_LABELS[QualificationKind(row.kind)],
        "stands": stands(row, today),
        "days_left": None if row.expires_on is None else (row.expires_on - today).days,
    }


def _out(actor: Actor, person: Row[Any], held: list[Row[Any]]) -> dict[str, Any]:
    today = clock.today()
    approved = [
        r for r in held
        if r.kind == QualificationKind.approved_auditor and stands(r, today) in ("in_force", "expiring")
    ]  # fmt: skip
    role = next((r for r in person.roles if r in AUDITING_ROLES), next(iter(person.roles), ""))
    may = actor.may("auditor:qualify") or "You do not have permission to do this."
    own = person.person_id == actor.id
    return {
        "person_id": person.person_id,
        "name": person.name,
        "role": ROLE_LABELS[Role(role)] if role in Role.__members__ else "",
        "active": person.active and role in AUDITING_ROLES,
        "in_force": bool(approved),
        "expiring": bool(approved) and all(stands(r, today) == "expiring" for r in approved),
        "audits": person.audits,
        "qualifications": [qualification_out(r) for r in held],
        "can": {"qualify": OwnQualification.title if own and may is True else may, "withdraw": may},
    }


@verb("auditor:list")
async def list_auditors(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    """Return everybody who may audit or holds a qualification, by name; a Trust has a handful."""
    held = await held_by(session, actor, None)
    values = {"provider": actor.provider, "roles": AUDITING_ROLES, "person_id": None}
    people = await session.execute(_PEOPLE, values)
    return {"items": [_out(actor, p, held.get(p.person_id, [])) for p in people], "next": None}


@verb("auditor:list", refuses=[NotFound])
async def see_auditor(session: AsyncSession, actor: Actor, person_id: UUID) -> dict[str, Any]:
    """Return one auditor; NotFound when nobody of this Trust."""
    values = {"provider": actor.provider, "roles": AUDITING_ROLES, "person_id": person_id}
    person = (await session.execute(_PEOPLE, values)).one_or_none()
    if person is None:
        raise NotFound("There is no such auditor here.")
    return _out(actor, person, (await held_by(session, actor, [person_id])).get(person_id, []))
