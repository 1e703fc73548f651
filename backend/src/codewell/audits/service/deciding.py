"""Verbs on the positions of an audited episode: decide, finish, unsafe to audit, and reopen."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits import rules, worksheet
from codewell.audits.limits import as_listed
from codewell.audits.models import Audit, AuditItem, AuditPosition
from codewell.audits.profiles import Methodology
from codewell.audits.reads import worksheet as reads
from codewell.audits.reads.one import the_item
from codewell.audits.rules import (
    ITEM_MOVES,
    CannotMove,
    Decision,
    FindingIncomplete,
    ItemHeld,
    ItemState,
    NotACitation,
    NotAMember,
    NotFitting,
    NotListed,
    NotQualified,
    Reply,
    RulingStands,
    to_state,
)  # fmt: skip
from codewell.audits.schemas.worksheet import (
    DecisionsIn,
    FinishIn,
    ReopenIn,
    UnsafeIn,
)
from codewell.audits.service.taking import (
    LEASE_MINUTES,
    member,
    mine,
    next_of,
    qualified,
    refuse_unworked,
    same_version,
)
from codewell.audits.worksheet import Decided
from codewell.coding.rules import Then
from codewell.episodes import service as episodes
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.problems import Invalid, NotFound, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail

_OPEN_STILL = text("""
select true from audit_item where provider = :provider and audit_id = :audit_id and episode_id = :episode_id
    and state <> 'replaced' and (codes_saved_at is null or state in ('drawn', 'coding', 'comparing')) limit 1
""")


async def show_when_done(session: AsyncSession, actor: Actor, item: AuditItem) -> None:
    """Show an episode's codes to all auditors of the audit once nobody is left in it who would code it blind.

    Its second audit has to be done too. One that was unsafe before it was coded stays hidden until the audit is
    signed: taken up again, it is coded blind.
    """
    values = {"provider": item.provider, "audit_id": item.audit_id, "episode_id": item.episode_id}
    if not await session.scalar(_OPEN_STILL, values):
        await episodes.show_codes(session, actor, people=None, episodes=[item.episode_id], because=item.audit_id)


@verb(
    "audit:work",
    leaves="audit_item:decided",
    refuses=[NotFound, Stale, NotAMember, CannotMove, ItemHeld, NotFitting, NotACitation, NotListed],
)
async def decide_positions(
    session: AsyncSession, actor: Actor, item_id: UUID, body: DecisionsIn, *, version: int
) -> AuditItem:
    """Accept, change or reject what is proposed at positions; the proposal stays beside what was made of it.

    What is cited stands in the list of standards that findings may cite, or says itself that it does not.
    """
    audit, item = await mine(session, actor, item_id, "decide", version=version)
    methodology = Methodology.model_validate(audit.methodology)
    citations = await reads.citations_of(session, actor, item.ended_on)
    rows = {row.no: row for row in await reads.rows_of(session, actor, item_id)}
    changed = []
    for n, one in enumerate(body.decisions):
        pointer = f"/body/decisions/{n}"
        row = rows.get(one.no)
        if row is None:
            raise Invalid(errors=[{"pointer": f"{pointer}/no", "detail": "the episode has no such position"}])
        was = reads.decided_of(row)
        if one.decision == Decision.changed and one.error_type not in worksheet.fitting(was):
            raise NotFitting(errors=[{"pointer": f"{pointer}/error_type", "detail": "does not fit the codes here"}])
        # What counts with the primary follows it; where nothing is proposed there is nothing to accept or to reject.
        if one.decision in (Decision.accepted, Decision.rejected) and (was.proposed is None or was.counted_elsewhere):
            raise NotFitting(errors=[{"pointer": f"{pointer}/decision", "detail": "nothing is proposed here"}])
        if worksheet.only_query_resolutions(one.standards, methodology, citations):
            raise NotACitation(errors=[{"pointer": f"{pointer}/standards", "detail": "cite the standard itself"}])
        standards = as_listed(one.standards, methodology, citations, kept=was.standards, pointer=f"{pointer}/standards")
        now = worksheet.decide(
            was, Decision(one.decision), error_type=one.error_type, attribution=one.attribution,
            non_coder_reason=one.non_coder_reason, evidence_available=one.evidence_available,
            standards=standards,
        )  # fmt: skip
        _keep(row, now)
        row.evidence_kind = one.evidence_kind and one.evidence_kind.value
        row.evidence_on, row.evidence_page, row.evidence = one.evidence_on, one.evidence_page, one.evidence.strip()
        row.comment = one.comment.strip()
        row.decided_by_id, row.decided_at = actor.id, clock.now()
        changed.append({"no": row.no, "decision": row.decision, "was": was.final, "now": row.final_type})
    for p in worksheet.follow([reads.decided_of(row) for row in rows.values()]):
        _keep(rows[p.no], p)
    item.version += 1
    await session.flush()
    await trail.record(
        session, actor, "audit_item:decided", "audit_item", item_id, version=item.version,
        audit_id=str(audit.audit_id), changed=changed,
    )  # fmt: skip
    return item


def _keep(row: AuditPosition, p: Decided) -> None:
    row.decision, row.final_type, row.attribution = p.decision.value, p.final and p.final.value, p.attribution.value
    row.non_coder_reason = p.non_coder_reason and p.non_coder_reason.value
    row.evidence_available, row.standards = p.evidence_available, list(p.standards)


async def _then(
    session: AsyncSession, actor: Actor, audit: Audit, item: AuditItem, then: Then, lease_minutes: int
) -> dict[str, Any]:
    found = None
    if then is Then.next:
        try:
            await qualified(session, actor, audit)
            found = await next_of(session, actor, audit, lease_minutes, but=item.item_id)
        except NotQualified:
            # What is finished is finished; only the next cannot be taken.
            found = None
    return {
        "item_id": item.item_id,
        "state": item.state,
        "version": item.version,
        "next_item_id": None if found is None else found.item_id,
    }


@verb(
    "audit:work",
    leaves="audit_item:finished",
    refuses=[NotFound, Stale, NotAMember, CannotMove, ItemHeld, FindingIncomplete],
)
async def finish_item(
    session: AsyncSession,
    actor: Actor,
    item_id: UUID,
    body: FinishIn,
    *,
    version: int,
    lease_minutes: int = LEASE_MINUTES,
) -> dict[str, Any]:
    """Finish an episode: every position decided, every error saying whose it is, why, and against which standard.

    FindingIncomplete names what each position still lacks. Asked for, the next episode is taken in the same breath.
    """
    audit, item = await mine(session, actor, item_id, "decide", version=version)
    if item.codes is None:
        # Without a list of one's own there is nothing to compare: no difference would be found, nor looked for.
        raise CannotMove("The episode has no codes of its auditor.", state=item.state)
    methodology = Methodology.model_validate(audit.methodology)
    citations = await reads.citations_of(session, actor, item.ended_on)
    positions = [reads.decided_of(row) for row in await reads.rows_of(session, actor, item_id)]
    errors = worksheet.incomplete(positions, methodology, citations)
    if errors:
        raise FindingIncomplete(f"{len(errors)} to add before the episode is finished.", errors=errors)
    item.state = to_state(ITEM_MOVES, "decide", item.state)
    _close(item, body.minutes)
    if body.comment is not None:
        item.comment = body.comment.strip()
    await session.flush()
    await show_when_done(session, actor, item)
    await trail.record(
        session, actor, "audit_item:finished", "audit_item", item_id, version=item.version,
        audit_id=str(audit.audit_id), errors=sum(p.final is not None and not p.counted_elsewhere for p in positions),
        minutes=item.minutes,
    )  # fmt: skip
    return await _then(session, actor, audit, item, body.then, lease_minutes)


def _close(item: AuditItem, minutes: int | None) -> None:
    item.decided_at, item.lease_until = clock.now(), None
    if minutes is not None:
        item.minutes = minutes
    item.version += 1


@verb(
    "audit:work",
    leaves="audit_item:unsafe",
    refuses=[NotFound, Stale, NotAMember, CannotMove, ItemHeld, RulingStands],
)
async def mark_unsafe(
    session: AsyncSession,
    actor: Actor,
    item_id: UUID,
    body: UnsafeIn,
    *,
    version: int,
    lease_minutes: int = LEASE_MINUTES,
) -> dict[str, Any]:
    """Say that the record cannot support an audit of the episode, and why; its codes stay hidden where they are.

    What somebody ruled on is not taken out of the figures so (RulingStands).
    """
    audit, item = await mine(session, actor, item_id, "mark_unsafe", version=version)
    if any(row.reply == Reply.ruled for row in await reads.rows_of(session, actor, item_id)):
        raise RulingStands()
    item.state = to_state(ITEM_MOVES, "mark_unsafe", item.state)
    item.state_reason = body.reason
    _close(item, body.minutes)
    await session.flush()
    await show_when_done(session, actor, item)
    await trail.record(
        session, actor, "audit_item:unsafe", "audit_item", item_id, version=item.version, reason=body.reason
    )
    return await _then(session, actor, audit, item, body.then, lease_minutes)


@verb("audit:work", leaves="audit_item:reopened", refuses=[NotFound, Stale, NotAMember, CannotMove, ItemHeld])
async def reopen_item(
    session: AsyncSession,
    actor: Actor,
    item_id: UUID,
    body: ReopenIn,
    *,
    version: int,
    lease_minutes: int = LEASE_MINUTES,
) -> AuditItem:
    """Take a finished episode up again, its auditor's or by the lead, with the reason; decisions stay as they were.

    One that was unsafe before its codes were saved is coded first, blind as before.
    """
    audit, item = await the_item(session, actor, item_id, lock=True)
    part = await member(session, actor, audit)
    if item.auditor_id != actor.id and part != rules.Part.lead:
        raise ItemHeld(f"{item.auditor_name} audits it.")
    same_version(item, version)
    refuse_unworked(audit)
    to = to_state(ITEM_MOVES, "reopen", item.state)
    item.state = to if item.codes is not None else ItemState.coding.value
    item.state_reason, item.decided_at = None, None
    item.lease_until = clock.now() + dt.timedelta(minutes=lease_minutes)
    item.version += 1
    await session.flush()
    await trail.record(
        session, actor, "audit_item:reopened", "audit_item", item_id, version=item.version, reason=body.reason
    )
    return item
