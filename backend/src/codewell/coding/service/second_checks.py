"""A senior approves a trainee's codes, or returns them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.coding import reads, rules
from codewell.coding.models import Coding
from codewell.coding.rules import CodingStage, Then
from codewell.coding.schemas import ReturnIn, SubmitIn
from codewell.coding.service.drafts import discard_draft
from codewell.coding.service.versions import (
    add_version,
    codes_of,
    current,
    pass_checks,
    reasons_given,
    refuse_stale,
    work_item,
)
from codewell.episodes.reads import one_episode, refuse_hidden
from codewell.episodes.rules import CodesHidden, CodingState
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.problems import NotFound, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail
from codewell.workqueues import rules as queues
from codewell.workqueues import service as workqueues
from codewell.workqueues.rules import LeaseHeld, OwnWork, Queue
from codewell.workqueues.schemas import Claim


async def _for_check(session: AsyncSession, actor: Actor, episode_id: UUID) -> tuple[Row[Any], Row[Any], Row[Any]]:
    """Return the episode, its work item and the version under check, all locked; refuse one's own work."""
    episode = await one_episode(session, actor, episode_id, lock=True)
    await refuse_hidden(session, actor, episode_id)
    item = await work_item(session, actor, episode_id)
    if episode.coding_state != CodingState.second_check or item is None:
        raise rules.NotForSecondCheck()
    await workqueues.refuse_if_held(session, actor, item)
    (checked,) = await reads.versions_of(session, actor, episode_id, episode.coding_version)
    if actor.id in (checked.person_id, item.author_id):
        raise OwnWork()
    return episode, item, checked


@verb(
    "coding:approve",
    leaves="coding:approved",
    refuses=[
        NotFound, Stale, LeaseHeld, OwnWork, CodesHidden, rules.NotForSecondCheck, rules.ChecksFail,
        rules.ReasonsNeeded, rules.NotACode,
    ],
)  # fmt: skip
async def approve(
    session: AsyncSession, actor: Actor, episode_id: UUID, body: SubmitIn, *, version: int, lease_minutes: int
) -> tuple[Coding, UUID | None]:
    """Make a trainee's codes final, as they are or as the checker changed them; the version names both people."""
    codes = codes_of(body)
    episode, _item, checked = await _for_check(session, actor, episode_id)
    await refuse_stale(session, actor, episode, body, codes, version)
    same = codes == current(episode)
    reasons = reasons_given(actor, body, checked, keep=same)
    findings = await pass_checks(session, actor, episode, codes, reasons)
    coding = await add_version(
        session, actor, episode, codes, state=CodingStage.final, reasons=reasons, findings=findings,
        person=(checked.person_id, checked.person_name), checked_by=actor, reason=body.reason,
    )  # fmt: skip
    await workqueues.settle(session, actor, episode_id)
    await discard_draft(session, actor, episode_id)
    changed = [c.wire() for c in rules.differences(current(episode), codes)]
    await trail.record(
        session, actor, "coding:approved", "episode", episode_id, version=coding.version,
        patient_id=episode.patient_id, changed=changed, detail="as coded" if same else f"{len(changed)} changes",
    )  # fmt: skip
    if body.then is not Then.next:
        return coding, None
    try:
        claim = Claim(queues=[Queue.second_check])
        return coding, await workqueues.claim_next(session, actor, claim, lease_minutes=lease_minutes)
    except queues.NothingToClaim:
        return coding, None


@verb(
    "coding:approve",
    leaves="coding:returned",
    refuses=[NotFound, Stale, LeaseHeld, OwnWork, CodesHidden, rules.NotForSecondCheck],
)
async def give_back(session: AsyncSession, actor: Actor, episode_id: UUID, body: ReturnIn, *, version: int) -> Coding:
    """Send a trainee's codes back with a reason: the episode is uncoded again, theirs, the codes kept as draft."""
    episode, _item, checked = await _for_check(session, actor, episode_id)
    if episode.coding_version != version:
        raise Stale(current_version=episode.coding_version)
    codes = current(episode)
    coding = await add_version(
        session, actor, episode, codes, state=CodingStage.returned, reasons=checked.reasons or [],
        findings=checked.findings or [], person=(checked.person_id, checked.person_name), checked_by=actor,
        reason=body.reason,
    )  # fmt: skip
    await workqueues.send_home(
        session, actor, episode_id, Queue.to_code, assignee_id=checked.person_id, by_hand=True,
        why={"code": "returned", "text": f"Returned by {actor.name}: {body.reason}"},
    )  # fmt: skip
    if checked.person_id is not None:
        lines = zip(codes.procedures, codes.procedure_dates, strict=True)
        kept = {
            "diagnoses": [{"code": c} for c in codes.diagnoses],
            "procedures": [{"code": c, "on": on and on.isoformat()} for c, on in lines],
            "note": "",
            "pending": "",
        }
        await session.execute(
            text("""insert into coding_draft (provider, episode_id, person_id, version, body, based_on, saved_at)
                    values (:provider, :episode_id, :person_id, 1, cast(:body as jsonb), :based_on, :at)
                    on conflict do nothing"""),
            {
                "provider": actor.provider, "episode_id": episode_id, "person_id": checked.person_id,
                "body": orjson.dumps(kept).decode(), "based_on": coding.version, "at": clock.now(),
            },
        )  # fmt: skip
    await trail.record(
        session, actor, "coding:returned", "episode", episode_id, version=coding.version,
        patient_id=episode.patient_id, detail="with a reason",
    )  # fmt: skip
    return coding
