"""One audit, one audited episode, and the part that somebody has in an audit: fetched here and nowhere else."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.models import Audit, AuditItem
from codewell.audits.rules import Part
from codewell.identity.actor import Actor
from codewell.kit.problems import NotFound

_SHARE = text("select 1 from audit where provider = :provider and audit_id = :audit_id for key share")
_AUDIT_OF = text("select audit_id from audit_item where provider = :provider and item_id = :item_id")


async def the_audit(
    session: AsyncSession, actor: Actor, audit_id: UUID, *, lock: bool = False, share: bool = False
) -> Audit:
    """Return an audit of the caller's Trust; NotFound otherwise. ``lock`` holds it to the end of the transaction.

    ``share`` holds it beside others who do the same: it is neither signed nor its findings sent meanwhile.
    """
    if share:
        # Read only after that: a row that is held so comes as it was before whoever was waited for changed it.
        await session.execute(_SHARE, {"provider": actor.provider, "audit_id": audit_id})
    audit = await session.get(Audit, (actor.provider, audit_id), with_for_update=lock or None, populate_existing=True)
    if audit is None:
        raise NotFound("There is no such audit here.")
    return audit


async def the_item(
    session: AsyncSession, actor: Actor, item_id: UUID, *, lock: bool = False
) -> tuple[Audit, AuditItem]:
    """Return an audited episode of the caller's Trust with its audit; NotFound otherwise.

    ``lock`` holds the episode to the end of the transaction, and the audit beside others, which comes first: whoever
    signs or sends takes the audit and then its episodes, and the other way round each would wait for the other.
    """
    audit_id = await session.scalar(_AUDIT_OF, {"provider": actor.provider, "item_id": item_id})
    if audit_id is None:
        raise NotFound("There is no such audited episode here.")
    audit = await the_audit(session, actor, audit_id, share=lock)
    item = await session.get(AuditItem, (actor.provider, item_id), with_for_update=lock or None, populate_existing=True)
    if item is None:
        raise NotFound("There is no such audited episode here.")
    return audit, item


_PART = text("select part from audit_member where provider = :provider and audit_id = :audit_id and person_id = :me")


async def part_in(session: AsyncSession, actor: Actor, audit_id: UUID) -> Part | None:
    """Return whether the caller leads the audit or audits in it, or None; the system may do what an auditor may."""
    if actor.kind == "system":
        return Part.auditor
    part = await session.scalar(_PART, {"provider": actor.provider, "audit_id": audit_id, "me": actor.id})
    return None if part is None else Part(part)
