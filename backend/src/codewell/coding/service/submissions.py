"""A coder submits: the codes become a version, and the next episode opens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.coding import rules
from codewell.coding.models import Coding
from codewell.coding.placement import place
from codewell.coding.rules import CodingStage, Then
from codewell.coding.schemas import SubmitIn
from codewell.coding.service.drafts import discard_draft
from codewell.coding.service.versions import (
    add_version,
    codes_of,
    current,
    pass_checks,
    reasons_given,
    refuse_stale,
    told,
    work_item,
)
from codewell.episodes.reads import one_episode, refuse_hidden
from codewell.episodes.rules import CodesHidden, CodingState
from codewell.identity.actor import Actor
from codewell.kit.problems import Conflict, NotFound, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail
from codewell.workqueues import rules as queues
from codewell.workqueues import service as workqueues
from codewell.workqueues.rules import LeaseHeld, Queue
from codewell.workqueues.schemas import Claim


@verb(
    "coding:code",
    leaves="coding:submitted",
    refuses=[
        NotFound, Stale, LeaseHeld, Conflict, CodesHidden, rules.ChecksFail, rules.ReasonsNeeded, rules.ReasonNeeded,
        rules.EpisodeDeleted, rules.NotACode, rules.WaitsForSecondCheck, rules.NotForTrainees,
    ],
)  # fmt: skip
async def submit(
    session: AsyncSession, actor: Actor, episode_id: UUID, body: SubmitIn, *, version: int, lease_minutes: int
) -> tuple[Coding, UUID | None]:
    """Make the codes an immutable version and settle the episode; a trainee's go to second check instead.

    Refused while an error stands, a warning has no reason, somebody else holds the episode, or it changed since
    ``version`` (Stale, with the differences line by line). Codes that were final need ``reason``. Returns the version
    and, asked for, the next episode, claimed for the caller in the same transaction.
    """
    codes = codes_of(body)
    episode = await one_episode(session, actor, episode_id, lock=True)
    # A refusal of stale codes would show them, and so would having them under one's own name.
    await refuse_hidden(session, actor, episode_id)
    if episode.withdrawn:
        raise rules.EpisodeDeleted()
    item = await work_item(session, actor, episode_id)
    if item is not None:
        await workqueues.refuse_if_held(session, actor, item)
    if episode.coding_state == CodingState.second_check:
        raise rules.WaitsForSecondCheck()
    final = actor.may("coding:finalise")
    if not final and episode.coding_state in (CodingState.coded, CodingState.changed_after_coding):
        raise rules.NotForTrainees()
    await refuse_stale(session, actor, episode, body, codes, version)
    if item is None and episode.coding_version > 0 and not body.reason:
        raise rules.ReasonNeeded(errors=[{"pointer": "/body/reason", "detail": "say why final codes are changed"}])
    reasons = reasons_given(actor, body)
    findings = await pass_checks(session, actor, episode, codes, reasons)
    coding = await add_version(
        session, actor, episode, codes,
        state=CodingStage.final if final else CodingStage.for_second_check,
        reasons=reasons, findings=findings, person=(actor.id, actor.name), reason=body.reason,
    )  # fmt: skip
    await _settle(session, actor, episode, item, final=final)
    await discard_draft(session, actor, episode_id)
    await trail.record(
        session, actor, "coding:submitted", "episode", episode_id, version=coding.version,
        patient_id=episode.patient_id, **told(current(episode), codes),
    )  # fmt: skip
    home = None if item is None else Queue(item.home_queue)
    return coding, await _next(session, actor, body.then, home, lease_minutes)


async def _settle(
    session: AsyncSession, actor: Actor, episode: Row[Any], item: Row[Any] | None, *, final: bool
) -> None:
    if final:
        await workqueues.settle(session, actor, episode.episode_id)
        return
    if item is None:
        await place(session, actor, [episode.episode_id])
    await workqueues.send_home(
        session, actor, episode.episode_id, Queue.second_check, author_id=actor.id,
        why={"code": "second_check", "text": f"Coded by {actor.name}, who is in training"},
    )  # fmt: skip


async def _next(session: AsyncSession, actor: Actor, then: Then, home: Queue | None, lease_minutes: int) -> UUID | None:
    """Claim the next episode: of the queue just worked in while it lasts, then of any that needs coding."""
    if then is not Then.next:
        return None
    for claim in ([Claim(queues=[home])] if home in workqueues.CLAIMABLE else []) + [Claim()]:
        try:
            return await workqueues.claim_next(session, actor, claim, lease_minutes=lease_minutes)
        except queues.NothingToClaim:
            continue
    return None
