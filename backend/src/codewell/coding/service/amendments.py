"""Codes that an audit agreed on, put into force."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from codewell.codesets import service as codesets
from codewell.coding import reads, rules
from codewell.coding.models import Coding
from codewell.coding.rules import Codes, CodingStage
from codewell.coding.service.versions import add_version, current, told, work_item
from codewell.episodes.reads import one_episode, refuse_hidden
from codewell.episodes.rules import CodingSource, CodingState
from codewell.identity.actor import Actor
from codewell.kit.problems import Stale
from codewell.standards import service as standards
from codewell.trail import service as trail
from codewell.workqueues import service as workqueues


async def amend_for_audit(
    session: AsyncSession,
    actor: Actor,
    episode_id: UUID,
    codes: Codes,
    *,
    version: int,
    coder_id: UUID | None,
    why: str,
) -> Coding:
    """Put the codes that an audit agreed on into force as a version of its own, by the auditor, with source audit.

    The episode stays its coder's (``coder_id``) and where it stands: it must be final and in no queue, so that no
    work on it is passed over. Refused while a check says error, and Stale when it was coded since ``version``.
    """
    episode = await one_episode(session, actor, episode_id, lock=True)
    await refuse_hidden(session, actor, episode_id)
    if episode.withdrawn:
        raise rules.EpisodeDeleted()
    item = await work_item(session, actor, episode_id)
    if item is not None:
        await workqueues.refuse_if_held(session, actor, item)
    if item is not None or episode.coding_state != CodingState.coded:
        raise rules.InAQueue()
    was = current(episode)
    if episode.coding_version != version:
        raise Stale(
            "Somebody has coded the episode meanwhile.",
            current_version=episode.coding_version,
            changes=[c.wire() for c in rules.differences(codes, was)],
        )
    await codesets.books_to_code_in(session, episode.ended_on)
    findings = [f.as_json() for f in await standards.check(session, actor, reads.case_of(episode, codes))]
    errors = [f for f in findings if f["severity"] == "error"]
    if errors:
        raise rules.ChecksFail(f"{len(errors)} to mend.", findings=errors)
    coding = await add_version(
        session, actor, episode, codes, state=CodingStage.final, reasons=[], findings=findings,
        person=(actor.id, actor.name), reason=why, source=CodingSource.audit, coder_id=coder_id,
    )  # fmt: skip
    await trail.record(
        session, actor, "coding:amended", "episode", episode_id, version=coding.version,
        patient_id=episode.patient_id, **told(was, codes),
    )  # fmt: skip
    return coding
