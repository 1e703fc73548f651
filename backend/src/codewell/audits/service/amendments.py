"""The verb that puts the codes an audit agreed on into force."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits import rules
from codewell.audits.models import AuditAmendment
from codewell.audits.reads import amendments as reads
from codewell.audits.reads.one import part_in, the_item
from codewell.audits.reads.replies import made_by
from codewell.audits.rules import AuditState, CannotMove, ItemState
from codewell.coding import rules as coding_rules
from codewell.coding import service as coding
from codewell.coding.rules import Codes
from codewell.episodes.reads import one_episode, refuse_hidden
from codewell.episodes.rules import CodesHidden
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.ids import uuid7
from codewell.kit.problems import NotFound, NotPermitted, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail
from codewell.workqueues.rules import LeaseHeld


@verb(
    "audit:work", leaves="audit:amended",
    refuses=[
        NotFound, Stale, CannotMove, NotPermitted, CodesHidden, LeaseHeld, rules.NotAMember, rules.OwnCoding,
        rules.NothingToAmend, coding_rules.EpisodeDeleted, coding_rules.InAQueue, coding_rules.ChecksFail,
    ],
)  # fmt: skip
async def amend_codes(session: AsyncSession, actor: Actor, item_id: UUID, *, version: int) -> dict[str, Any]:
    """Put the agreed codes of a settled episode into force as a version of its own: the audit's, not the coder's.

    ``version`` is the episode's coding version that the caller saw. The audit keeps the codes that it audited, signed
    or not. The episode goes into no queue and stays its coder's.
    """
    audit, item = await the_item(session, actor, item_id, lock=True)
    if await part_in(session, actor, audit.audit_id) is None:
        raise rules.NotAMember()
    if await made_by(session, actor, item_id):
        raise rules.OwnCoding()
    if not actor.may("coding:finalise"):
        raise NotPermitted(permission="coding:finalise")
    if audit.state == AuditState.abandoned:
        raise CannotMove(state=audit.state)
    if item.state != ItemState.settled or item.second_of is not None:
        raise CannotMove(state=item.state)
    await refuse_hidden(session, actor, item.episode_id)
    agreed = (await reads.agreed_of(session, actor, [item_id]))[item_id]
    episode = await one_episode(session, actor, item.episode_id, lock=True)
    was = Codes(list(episode.diagnoses), list(episode.procedures), list(episode.procedure_dates))
    if was == agreed and episode.coding_version == version:
        raise rules.NothingToAmend()
    made = await coding.amend_for_audit(
        session, actor, item.episode_id, agreed, version=version, coder_id=item.coder_id,
        why=f"Agreed in clinical coding audit {audit.reference}",
    )  # fmt: skip
    amendment = AuditAmendment(
        provider=actor.provider, amendment_id=uuid7(), audit_id=audit.audit_id, item_id=item_id,
        episode_id=item.episode_id,
        activity_month=clock.month_of(episode.spell_discharged_on or episode.ended_on),
        coding_version=made.version, changes=reads.wire(was, agreed), by_id=actor.id, by_name=actor.name,
        at=clock.now(),
    )  # fmt: skip
    session.add(amendment)
    await session.flush()
    await trail.record(
        session, actor, "audit:amended", "audit_item", item_id, version=made.version,
        audit_id=str(audit.audit_id), episode_id=str(item.episode_id),
    )  # fmt: skip
    return {"coding_version": made.version, "at": amendment.at, "by_name": actor.name}
