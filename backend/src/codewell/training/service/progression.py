"""Decisions about trainees: made by a person, with the evidence as it then was; nothing moves by itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.problems import NotFound, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail
from codewell.training import rules
from codewell.training.models import ProgressionDecision
from codewell.training.reads import progression as reads
from codewell.training.schemas import ProgressionDecisionIn


def _plain(value: Any) -> Any:  # Any: JSON
    return orjson.loads(orjson.dumps(value))


@verb(
    "progression:decide",
    leaves="progression:decided",
    refuses=[NotFound, Stale, rules.NotInTraining, rules.NoSuchMove, rules.OwnProgression],
)
async def decide_progression(
    session: AsyncSession, actor: Actor, person_id: UUID, body: ProgressionDecisionIn, *, version: int
) -> None:
    """Move a trainee on, let them stay, or take them back a stage, with a reason.

    The evidence does not decide: it is kept with the decision, whether or not every condition is met. ``version``
    counts the decisions that the caller saw.
    """
    # One decision about a person at a time.
    await session.execute(
        text("select 1 from person where provider = :provider and person_id = :id for update"),
        {"provider": actor.provider, "id": person_id},
    )
    person = await reads.the_trainee(session, actor, person_id)
    if person_id == actor.id:
        raise rules.OwnProgression()
    if not person.in_training:
        raise rules.NotInTraining()
    rule = await reads.rule_set(session, actor)
    stands = reads.standing(rule.progression, (await reads.decisions_of(session, actor, [person_id]))[person_id])
    if len(stands.decisions) != version:
        raise Stale(current_version=len(stands.decisions))
    stage = rule.progression.stages[stands.at]
    to = rules.target(rule.progression, stands.at, body.decision)
    evidence, conditions, _ = reads.told(
        await reads.evidence_of(session, actor, person_id, stage, stands.since), stage, rule
    )
    session.add(
        ProgressionDecision(
            provider=actor.provider, person_id=person_id, seq=version + 1, decision=body.decision.value,
            from_stage=stage.key, to_stage=to.key, reason=body.reason, rules_key=reads.RULES,
            rules_version=rule.version, evidence=_plain({"evidence": evidence, "conditions": conditions}),
            by_id=actor.id, by_name=actor.name, at=clock.now(),
        )
    )  # fmt: skip
    await session.flush()
    await trail.record(
        session, actor, "progression:decided", "person", person_id, version=version + 1,
        decision=body.decision.value, was=stage.key, now=to.key,
    )  # fmt: skip
