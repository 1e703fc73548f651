"""Verbs by which an auditor takes hold of an episode, keeps hold of it, and lets it go."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.models import Audit, AuditItem
from codewell.audits.profiles import Methodology
from codewell.audits.reads import worksheet as reads
from codewell.audits.reads.auditors import qualification_on
from codewell.audits.reads.one import part_in, the_audit, the_item
from codewell.audits.reads.replies import MADE_BY
from codewell.audits.rules import (
    ITEM_MOVES,
    AlreadyAudited,
    CannotMove,
    ItemHeld,
    ItemState,
    NotAMember,
    NothingToAudit,
    NotQualified,
    OwnCoding,
    to_state,
)  # fmt: skip
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.problems import NotFound, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail

LEASE_MINUTES = 30

_MADE_BY_ME = MADE_BY.format(who=":me")
_MY_OTHER_AUDIT = """exists (select from audit_item s where s.provider = i.provider and s.auditor_id = :me
    and s.state <> 'replaced' and (s.item_id = i.second_of or s.second_of = i.item_id))"""
# What one is coding first, then what nobody has, then one's own to compare, then what another left lying. Nobody
# waits for another and none gets the same.
_NEXT = text(f"""
select i.item_id from audit_item i
where i.provider = :provider and i.audit_id = :audit_id and (
    (i.auditor_id = :me and i.state = 'coding')
    or (i.state = 'drawn' and (i.auditor_id is null or i.auditor_id = :me))
    or (i.state = 'comparing' and i.auditor_id = :me)
    or (i.state = 'coding' and i.lease_until <= :now)
  ) and not {_MADE_BY_ME} and not {_MY_OTHER_AUDIT}
  and i.item_id is distinct from cast(:but as uuid)
order by case when i.auditor_id = :me and i.state = 'coding' then 0 when i.state = 'drawn' then 1
    when i.state = 'comparing' then 2 else 3 end, i.no
limit 1 for update skip locked
""")
_WHY_NOT = text(f"""
select {_MADE_BY_ME} as own, {_MY_OTHER_AUDIT} as both from audit_item i
where i.provider = :provider and i.item_id = :item_id
""")


def same_version(item: AuditItem, version: int) -> None:
    """Refuse Stale when the caller saw another version of the episode's worksheet."""
    if item.version != version:
        raise Stale(current_version=item.version)


async def member(session: AsyncSession, actor: Actor, audit: Audit) -> str:
    """Return the caller's part in the audit; NotAMember without one."""
    part = await part_in(session, actor, audit.audit_id)
    if part is None:
        raise NotAMember()
    return part


def refuse_unworked(audit: Audit) -> None:
    """Refuse CannotMove when the audit is not worked on."""
    if audit.state not in reads.WORKED:
        raise CannotMove("The audit is not open for work.", state=audit.state)


async def qualified(session: AsyncSession, actor: Actor, audit: Audit) -> None:
    """Refuse NotQualified unless the caller holds today what the audit's methodology asks for."""
    kinds = Methodology.model_validate(audit.methodology).qualifications
    held = await qualification_on(session, actor, actor.id, clock.today(), kinds)
    if kinds and held is None:
        raise NotQualified(people=[actor.name])


async def mine(
    session: AsyncSession, actor: Actor, item_id: UUID, move: str, *, version: int | None = None
) -> tuple[Audit, AuditItem]:
    """Return the caller's own item, locked, in a state from which it may be moved so.

    Whose it is comes first, then whether the caller saw it as it is (Stale, with a ``version``), then what may be done.
    """
    audit, item = await the_item(session, actor, item_id, lock=True)
    await member(session, actor, audit)
    if item.auditor_id != actor.id:
        raise ItemHeld(f"{item.auditor_name} audits it." if item.auditor_name else "Take the episode first.")
    if version is not None:
        same_version(item, version)
    refuse_unworked(audit)
    to_state(ITEM_MOVES, move, item.state)
    return audit, item


async def _take(
    session: AsyncSession, actor: Actor, audit: Audit, item: AuditItem, lease_minutes: int, tag: str
) -> AuditItem:
    item.state = to_state(ITEM_MOVES, "take", item.state)
    if item.auditor_id != actor.id:
        # Another's draft is another's judgement: who takes the episode over begins anew.
        item.draft = None
    item.auditor_id, item.auditor_name = actor.id, actor.name
    item.lease_until = clock.now() + dt.timedelta(minutes=lease_minutes)
    item.version += 1
    await session.flush()
    await trail.record(
        session, actor, tag, "audit_item", item.item_id, version=item.version, audit_id=str(audit.audit_id), no=item.no
    )
    return item


def _taken(item: AuditItem) -> dict[str, Any]:
    names = ("item_id", "audit_id", "no", "state", "lease_until", "version")
    return {name: getattr(item, name) for name in names}


async def next_of(
    session: AsyncSession, actor: Actor, audit: Audit, lease_minutes: int, *, but: UUID | None = None
) -> AuditItem | None:
    """Return the next episode of the audit, which the caller holds, leased to them; None when nothing is left."""
    key = {"provider": actor.provider, "audit_id": audit.audit_id, "me": actor.id, "now": clock.now(), "but": but}
    item_id = await session.scalar(_NEXT, key)
    if item_id is None:
        return None
    _, item = await the_item(session, actor, item_id, lock=True)
    if item.state == ItemState.comparing:
        return item
    return await _take(session, actor, audit, item, lease_minutes, "audit_item:taken")


@verb(
    "audit:work",
    leaves="audit_item:taken",
    refuses=[NotFound, NotAMember, NotQualified, CannotMove, NothingToAudit],
)
async def take_next(
    session: AsyncSession, actor: Actor, audit_id: UUID, *, lease_minutes: int = LEASE_MINUTES
) -> dict[str, Any]:
    """Lease the next episode to the caller: the one they code, else the first free one, else one of theirs to compare.

    Never one that they coded or checked, nor one whose other audit is theirs. Two callers never get the same.
    """
    # The audit first, as wherever an episode of it is held.
    audit = await the_audit(session, actor, audit_id, share=True)
    await member(session, actor, audit)
    refuse_unworked(audit)
    await qualified(session, actor, audit)
    item = await next_of(session, actor, audit, lease_minutes)
    if item is None:
        raise NothingToAudit()
    if item.state == ItemState.comparing:
        await trail.record(session, actor, "audit_item:taken", "audit_item", item.item_id, version=item.version)
    return _taken(item)


@verb(
    "audit:work",
    leaves="audit_item:taken",
    refuses=[NotFound, NotAMember, NotQualified, CannotMove, OwnCoding, AlreadyAudited, ItemHeld],
)
async def take(
    session: AsyncSession, actor: Actor, item_id: UUID, *, lease_minutes: int = LEASE_MINUTES
) -> dict[str, Any]:
    """Lease a chosen episode to the caller; one that another holds only once their lease has run out."""
    audit, item = await the_item(session, actor, item_id, lock=True)
    await member(session, actor, audit)
    refuse_unworked(audit)
    await qualified(session, actor, audit)
    to_state(ITEM_MOVES, "take", item.state)
    why = (await session.execute(_WHY_NOT, {"provider": actor.provider, "item_id": item_id, "me": actor.id})).one()
    if why.own:
        raise OwnCoding()
    if why.both:
        raise AlreadyAudited()
    if reads.held_by_other(actor, item):
        raise ItemHeld(f"{item.auditor_name} has it open.", owner=item.auditor_name)
    return _taken(await _take(session, actor, audit, item, lease_minutes, "audit_item:taken"))


@verb("audit:work", leaves="audit_item:released", refuses=[NotFound, NotAMember, CannotMove, ItemHeld])
async def release_item(session: AsyncSession, actor: Actor, item_id: UUID) -> dict[str, Any]:
    """Give an episode back before its codes are saved; the caller's draft goes with it."""
    _, item = await mine(session, actor, item_id, "release")
    item.state = to_state(ITEM_MOVES, "release", item.state)
    item.auditor_id = item.auditor_name = item.lease_until = item.draft = None
    item.version += 1
    await session.flush()
    await trail.record(session, actor, "audit_item:released", "audit_item", item_id, version=item.version)
    return _taken(item)


@verb("audit:work", refuses=[NotFound, NotAMember, CannotMove, ItemHeld])
async def renew_item(
    session: AsyncSession, actor: Actor, item_id: UUID, *, lease_minutes: int = LEASE_MINUTES
) -> dict[str, Any]:
    """Keep the caller's lease alive while they read."""
    _, item = await mine(session, actor, item_id, "save_codes")
    item.lease_until = clock.now() + dt.timedelta(minutes=lease_minutes)
    await session.flush()
    return _taken(item)
