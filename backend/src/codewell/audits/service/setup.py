"""Verbs that set an audit up: create, change, name its auditors, abandon."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits import rules
from codewell.audits.models import Audit, AuditMember
from codewell.audits.profiles import ProfileKind
from codewell.audits.reads import auditors as holders
from codewell.audits.reads.one import the_audit
from codewell.audits.reads.replies import MADE_BY
from codewell.audits.reads.setup import audit_out, qualification_kinds
from codewell.audits.rules import (
    AuditState,
    CannotMove,
    NotAnAuditor,
    NotQualified,
    OwnCoding,
    ProfileUnknown,
    StillOpen,
)
from codewell.audits.schemas.setup import AuditAbandon, AuditEdit, AuditNew, AuditorsNamed
from codewell.audits.service.profiles import profile_in_force
from codewell.episodes import service as episodes
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.ids import uuid7
from codewell.kit.problems import Invalid, NotFound, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail

_NUMBER = text("""
select coalesce(max(substring(reference from '[0-9]+$')::int), 0) + 1 from audit
where provider = :provider and reference like :prefix || '%'
""")
WORDS = frozenset({"title", "commissioned_by", "aims", "objectives", "scope", "background", "due_on"})
"""What can still be changed once the sample is drawn."""
_MAY_BE_NONE = frozenset({"threshold_key", "due_on", "planned_audit_id", "follows_audit_id"})


async def _reference(session: AsyncSession, actor: Actor) -> str:
    """Return the next reference of the year; held until the transaction ends, so that no number is given twice."""
    await session.execute(
        text("select pg_advisory_xact_lock(hashtextextended('audit reference ' || :provider, 0))"),
        {"provider": actor.provider},
    )
    prefix = f"CA-{clock.today().year}-"
    number = await session.scalar(_NUMBER, {"provider": actor.provider, "prefix": prefix})
    return f"{prefix}{number:03d}"


async def set_profiles(session: AsyncSession, actor: Actor, audit: Audit) -> None:
    """Give an audit the profiles in force on the last day of its period; ProfileUnknown when one is not."""
    version, _, body = await profile_in_force(
        session, actor, ProfileKind.methodology, audit.methodology_key, audit.period_to
    )
    audit.methodology_version, audit.methodology = version, body.model_dump(mode="json")
    audit.threshold_version = audit.thresholds = None
    if audit.threshold_key is not None:
        version, _, body = await profile_in_force(
            session, actor, ProfileKind.threshold, audit.threshold_key, audit.period_to
        )
        audit.threshold_version, audit.thresholds = version, body.model_dump(mode="json")


async def _check(session: AsyncSession, actor: Actor, audit: Audit) -> None:
    # Nothing of ours is coded in it, blind or not, and nothing is drawn: it says so whatever was asked for.
    if audit.kind == rules.AuditKind.external:
        audit.mode = rules.Mode.external.value
    wrong = rules.period_faults(audit.period_from, audit.period_to, clock.today())
    errors = [{"pointer": f"/body/period_{end}", "detail": why} for end, why in wrong.items()]
    if audit.kind != rules.AuditKind.external and audit.mode == rules.Mode.external:
        errors.append({"pointer": "/body/mode", "detail": "only an external audit is that; say blind or review"})
    if audit.kind == rules.AuditKind.external and not audit.commissioned_by:
        errors.append({"pointer": "/body/commissioned_by", "detail": "say who commissioned it: the ICB, or national"})
    if audit.follows_audit_id is not None:
        try:
            await the_audit(session, actor, audit.follows_audit_id)
        except NotFound:
            errors.append({"pointer": "/body/follows_audit_id", "detail": "there is no such audit here"})
    if audit.follows_audit_id == audit.audit_id:
        errors.append({"pointer": "/body/follows_audit_id", "detail": "an audit does not follow itself"})
    if errors:
        raise Invalid(errors=errors)


@verb("audit:set_up", leaves="audit:created", refuses=[ProfileUnknown, NotAnAuditor, NotQualified])
async def create_audit(session: AsyncSession, actor: Actor, body: AuditNew) -> Audit:
    """Open an audit with the profiles in force at the end of its period; it is drawn by ``draw_audit``."""
    audit = Audit(
        provider=actor.provider, audit_id=uuid7(), reference=await _reference(session, actor), kind=body.kind.value,
        title=body.title, state=AuditState.setting_up.value, mode=body.mode.value,
        commissioned_by=body.commissioned_by, aims=body.aims, objectives=body.objectives, scope=body.scope,
        background=body.background, period_from=body.period_from, period_to=body.period_to,
        population=body.population.model_dump(mode="json"), sampling=body.sampling.model_dump(mode="json"),
        methodology_key=body.methodology_key, methodology_version=0, methodology={}, threshold_key=body.threshold_key,
        threshold_version=None, thresholds=None, second_share=body.second_share, due_on=body.due_on,
        planned_audit_id=body.planned_audit_id, recurring_draw_id=body.recurring_draw_id,
        follows_audit_id=body.follows_audit_id, created_by_id=actor.id, created_by_name=actor.name,
        created_at=clock.now(), drawn_at=None, signed_at=None, signed_version=0, state_reason=None, version=1,
    )  # fmt: skip
    await _check(session, actor, audit)
    await set_profiles(session, actor, audit)
    session.add(audit)
    await session.flush()
    await trail.record(session, actor, "audit:created", "audit", audit.audit_id, version=1, kind=audit.kind)
    if body.lead_id is not None:
        await _set_members(session, actor, audit, body.lead_id, body.auditor_ids)
    elif body.auditor_ids:
        raise NotAnAuditor(errors=[{"pointer": "/body/lead_id", "detail": "name the lead auditor"}])
    return audit


@verb("audit:set_up", leaves="audit:created", refuses=[ProfileUnknown, NotAnAuditor, NotQualified])
async def open_audit(session: AsyncSession, actor: Actor, body: AuditNew) -> dict[str, Any]:
    """Open an audit and return it as it is seen."""
    return await audit_out(session, actor, await create_audit(session, actor, body))


@verb("audit:set_up", leaves="audit:changed", refuses=[NotFound, Stale, CannotMove, ProfileUnknown])
async def edit_audit(session: AsyncSession, actor: Actor, audit_id: UUID, body: AuditEdit, *, version: int) -> Audit:
    """Change what is set up; once the sample is drawn only the words and the due date."""
    audit = await the_audit(session, actor, audit_id, lock=True)
    same_version(audit, version)
    changes = body.model_dump(mode="python", exclude_unset=True)
    empty = [name for name, value in changes.items() if value is None and name not in _MAY_BE_NONE]
    if empty:
        raise Invalid(errors=[{"pointer": f"/body/{name}", "detail": "cannot be empty"} for name in empty])
    if audit.state in (AuditState.signed, AuditState.abandoned):
        raise CannotMove(state=audit.state)
    if audit.state != AuditState.setting_up and set(changes) - WORDS:
        raise CannotMove("The sample is drawn; only the words and the due date can be changed.", state=audit.state)
    for name in changes:
        value = getattr(body, name)
        if name in ("population", "sampling"):
            value = value.model_dump(mode="json")
        setattr(audit, name, value.value if name in ("kind", "mode") else value)
    if "kind" in changes and "mode" not in changes and audit.mode == rules.Mode.external:
        audit.mode = rules.Mode.blind.value
    await _check(session, actor, audit)
    if audit.state == AuditState.setting_up:
        await set_profiles(session, actor, audit)
    audit.version += 1
    await session.flush()
    await trail.record(
        session, actor, "audit:changed", "audit", audit_id, version=audit.version, changed=sorted(changes)
    )
    return audit


def same_version(audit: Audit, version: int) -> None:
    """Refuse Stale when the caller saw another version of the audit."""
    if audit.version != version:
        raise Stale(current_version=audit.version)


_PEOPLE = text("""
select person_id, name from person
where provider = :provider and person_id = any(cast(:ids as uuid[])) and active and roles && cast(:roles as text[])
""")


async def qualified(
    session: AsyncSession, actor: Actor, audit: Audit, people: dict[UUID, str], day: dt.date
) -> dict[UUID, dict[str, Any] | None]:
    """Return what each person holds on a day that the audit's methodology takes; NotQualified names who holds none."""
    held, kinds = await holders.held_by(session, actor, list(people)), qualification_kinds(audit)
    best = {person: holders.best_on(held.get(person, []), day, kinds) for person in people}
    without = sorted(people[person] for person, q in best.items() if q is None) if kinds else []
    if without:
        raise NotQualified(f"Not qualified today: {', '.join(without)}.", people=without)
    return best


async def _set_members(
    session: AsyncSession, actor: Actor, audit: Audit, lead_id: UUID, auditor_ids: list[UUID]
) -> None:
    """Put the auditors of an audit in place of those it had; their qualification is that of today."""
    wanted = list(dict.fromkeys([lead_id, *auditor_ids]))
    rows = await session.execute(_PEOPLE, {"provider": actor.provider, "ids": wanted, "roles": holders.AUDITING_ROLES})
    people = {r.person_id: r.name for r in rows}
    errors = [
        {
            "pointer": "/body/lead_id" if p == lead_id else f"/body/auditor_ids/{auditor_ids.index(p)}",
            "detail": "does not audit here",
        }
        for p in wanted
        if p not in people
    ]
    if errors:
        raise NotAnAuditor(errors=errors)
    today = clock.today()
    held = await qualified(session, actor, audit, people, today)
    await session.execute(
        delete(AuditMember).where(
            AuditMember.provider == actor.provider,  # type: ignore[arg-type]
            AuditMember.audit_id == audit.audit_id,  # type: ignore[arg-type]
        )
    )
    session.add_all(
        AuditMember(
            provider=actor.provider, audit_id=audit.audit_id, person_id=p, part="lead" if p == lead_id else "auditor",
            name=people[p], qualification=held[p], checked_on=today,
        )
        for p in wanted
    )  # fmt: skip
    await session.flush()


_OPEN_OF = text("""
select count(*) from audit_item where provider = :provider and audit_id = :audit_id and state = 'comparing'
    and auditor_id = any(cast(:people as uuid[]))
""")
_NOBODY_LEFT = text(f"""
select count(*) from audit_item i
where i.provider = :provider and i.audit_id = :audit_id and i.state in ('drawn', 'coding') and not exists (
    select from unnest(cast(:people as uuid[])) m
    where not {MADE_BY.format(who="m")})
""")
# What has still to be coded, or compared: an episode that is done is open to every auditor of the audit.
_TO_HIDE = text("""
select distinct i.episode_id from audit_item i
where i.provider = :provider and i.audit_id = :audit_id and i.state <> 'replaced'
  and (i.codes_saved_at is null or i.state in ('drawn', 'coding', 'comparing')) and not exists (
    select from audit_item o where o.provider = i.provider and o.audit_id = i.audit_id
        and o.episode_id = i.episode_id and o.auditor_id = :person and o.codes_saved_at is not null)
""")


async def hide_uncoded(session: AsyncSession, actor: Actor, audit_id: UUID, person: UUID) -> None:
    """Hide from a person the codes of a blind audit's episodes that are not done and that they have not coded."""
    values = {"provider": actor.provider, "audit_id": audit_id, "person": person}
    hidden = list(await session.scalars(_TO_HIDE, values))
    await episodes.hide_codes(session, actor, people=[person], episodes=hidden, because=audit_id)


@verb(
    "audit:set_up",
    leaves="audit:auditors_named",
    refuses=[NotFound, Stale, CannotMove, NotAnAuditor, NotQualified, StillOpen, OwnCoding],
)
async def name_auditors(
    session: AsyncSession, actor: Actor, audit_id: UUID, body: AuditorsNamed, *, version: int
) -> Audit:
    """Say who audits; while a blind audit runs, those who come see no codes of its episodes.

    Nor do those who go, until it is signed or abandoned: they could be named again, and code what they had seen.
    """
    audit = await the_audit(session, actor, audit_id, lock=True)
    same_version(audit, version)
    if audit.state in (AuditState.signed, AuditState.abandoned):
        raise CannotMove(state=audit.state)
    values = {"provider": actor.provider, "audit_id": audit_id}
    before = set(
        await session.scalars(
            text("select person_id from audit_member where provider = :provider and audit_id = :audit_id"), values
        )
    )
    after = {body.lead_id, *body.auditor_ids}
    gone, come = before - after, after - before
    if gone and (left := await session.scalar(_OPEN_OF, {**values, "people": list(gone)})):
        raise StillOpen("Somebody who would leave is comparing an episode.", open={"comparing": left})
    stuck = await session.scalar(_NOBODY_LEFT, {**values, "people": list(after)})
    if stuck:
        raise OwnCoding(f"{stuck} of the episodes were coded or checked by all who would audit.", episodes=stuck)
    await _set_members(session, actor, audit, body.lead_id, body.auditor_ids)
    if audit.mode == rules.Mode.blind and audit.state != AuditState.setting_up:
        for person in sorted(come):
            await hide_uncoded(session, actor, audit_id, person)
    audit.version += 1
    await session.flush()
    await trail.record(
        session, actor, "audit:auditors_named", "audit", audit_id, version=audit.version,
        lead=str(body.lead_id), auditors=sorted(str(p) for p in after),
    )  # fmt: skip
    return audit


@verb("audit:set_up", leaves="audit:abandoned", refuses=[NotFound, Stale, CannotMove])
async def abandon(session: AsyncSession, actor: Actor, audit_id: UUID, body: AuditAbandon, *, version: int) -> Audit:
    """Give an audit up, with the reason; its episodes may be drawn again and nothing of them stays hidden."""
    audit = await the_audit(session, actor, audit_id, lock=True)
    same_version(audit, version)
    audit.state = rules.to_state(rules.AUDIT_MOVES, "abandon", audit.state)
    audit.state_reason, audit.version = body.reason, audit.version + 1
    await session.flush()
    await episodes.show_codes(session, actor, people=None, episodes=None, because=audit_id)
    await trail.record(session, actor, "audit:abandoned", "audit", audit_id, version=audit.version)
    return audit
