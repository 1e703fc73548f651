"""Trainees: the stage they are in, what it asks, and what audits and second checks say of their coding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.alignment import CodeClass, ErrorType, Line, Side, align
from codewell.audits.profiles import Methodology, ProfileKind, Progression, Stage
from codewell.audits.service.profiles import profile_in_force
from codewell.audits.tally import Attribution, Audited, Counting, Finding
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.paging import decode_cursor, encode_cursor, scope_of
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb
from codewell.training import rules
from codewell.training.rules import DecisionKind, Evidence, Source
from codewell.training.schemas import TraineeList

RULES = "local"
"""The key of the rule set that a Trust's trainees follow; its versions are the Trust's."""
LAST = 50
"""Episodes looked at in a stage that does not say how many."""

# Signed audits only: until then a finding may still change. An unsafe episode says nothing of its coder.
_AUDITED = text("""
select w.person, i.item_id, i.episode_id, a.signed_at as at, p.code_class, p.trust_code is not null as has_trust,
       p.auditor_code is not null as has_auditor, p.final_type, p.attribution, p.counted_elsewhere
from unnest(cast(:people as uuid[]), cast(:since as timestamptz[]), cast(:last as int[])) as w(person, since, last)
cross join lateral (
    select i.provider, i.item_id, i.episode_id, i.audit_id from audit_item i
    join audit a on a.provider = i.provider and a.audit_id = i.audit_id
    where i.provider = :provider and i.coder_id = w.person and i.second_of is null and i.state = 'settled'
      and a.state = 'signed' and (w.since is null or a.signed_at > w.since)
    order by a.signed_at desc, i.item_id limit w.last
) i
join audit a on a.provider = i.provider and a.audit_id = i.audit_id
join audit_position p on p.provider = i.provider and p.item_id = i.item_id
order by w.person, a.signed_at desc, i.item_id, p.no
""")
# What the trainee sent first, beside what the checker made final of it; what was sent after a return is not the
# trainee's unaided work.
_CHECKED = text("""
select w.person, f.*
from unnest(cast(:people as uuid[]), cast(:since as timestamptz[]), cast(:last as int[])) as w(person, since, last)
cross join lateral (
select f.episode_id, f.at, s.diagnoses, s.procedures, s.procedure_dates, f.diagnoses as right_diagnoses,
       f.procedures as right_procedures, f.procedure_dates as right_dates
from coding f
join lateral (
    select c.* from coding c
    where c.provider = f.provider and c.episode_id = f.episode_id and c.version < f.version
      and c.person_id = f.person_id and c.state = 'for_second_check' and not exists (
        select from coding o where o.provider = f.provider and o.episode_id = f.episode_id
          and o.version > c.version and o.version < f.version and o.state = 'final')
    order by c.version limit 1
) s on true
where f.provider = :provider and f.person_id = w.person and f.state = 'final' and f.checked_by_id is not null
  and (w.since is null or f.at > w.since)
order by f.at desc, f.episode_id limit w.last
) f
""")
_DECISIONS = text("""
select * from progression_decision where provider = :provider and person_id = any(cast(:people as uuid[])) order by seq
""")
_TRAINEES = text("""
select p.person_id, p.name, p.active and 'trainee' = any(p.roles) as in_training from person p
where p.provider = :provider and (cast(:person as uuid) is null or p.person_id = :person)
  and ((p.active and 'trainee' = any(p.roles)) or exists (
    select from progression_decision d where d.provider = p.provider and d.person_id = p.person_id))
  and (cast(:name as text) is null or (p.name, p.person_id) > (:name, :after))
order by p.name, p.person_id limit :rows
""")


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The stages in force today, and what counts."""

    version: int
    name: str
    progression: Progression
    counting: Counting
    confidence: float

    @property
    def words(self) -> str:
        """Return how an answer names the rule set."""
        return f"{self.name}, version {self.version}"


async def rule_set(session: AsyncSession, actor: Actor) -> RuleSet:
    """Return the rules of progression in force today."""
    today = clock.today()
    version, name, body = await profile_in_force(session, actor, ProfileKind.progression, RULES, today)
    _, _, method = await profile_in_force(session, actor, ProfileKind.methodology, "neutral", today)
    methodology = Methodology.model_validate(method.model_dump())
    return RuleSet(
        version, name, Progression.model_validate(body.model_dump()), methodology.counting, methodology.confidence
    )


def _own(klass: str, has_trust: bool, has_auditor: bool, error: str | None, attribution: str, shadow: bool) -> Finding:
    """Return a position as it speaks of the coder: what the documentation could not tell them is not held to them."""
    theirs = error is not None and attribution == Attribution.coder
    return Finding(
        CodeClass(klass), has_trust, has_auditor, ErrorType(error) if theirs and error else None,
        Attribution.coder, shadow and theirs,
    )  # fmt: skip


def _lines(codes: Sequence[str], dates: Sequence[dt.date | None] | None = None) -> list[Line]:
    return [Line(code, on) for code, on in zip(codes, dates or [None] * len(codes), strict=True)]


def _compared(row: RowMapping) -> list[Finding]:
    positions = align(_lines(row["diagnoses"]), _lines(row["right_diagnoses"]), Side.diagnoses)
    positions += align(
        _lines(row["procedures"], row["procedure_dates"]), _lines(row["right_procedures"], row["right_dates"]),
        Side.procedures,
    )  # fmt: skip
    return [
        Finding(
            p.code_class, p.trust_at is not None, p.auditor_at is not None, p.error_type, Attribution.coder,
            p.counted_elsewhere,
        )
        for p in positions
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dated:
    """A piece of evidence, and when it came about."""

    at: dt.datetime
    episode_id: UUID
    evidence: Evidence


async def evidence_of(
    session: AsyncSession, actor: Actor, person_id: UUID, stage: Stage, since: dt.datetime | None
) -> list[Dated]:
    """Return the last episodes of a trainee that were audited or checked since they came into their stage.

    An episode that was both speaks by its audit. As many as the stage asks for, the latest first.
    """
    return (await evidence_of_each(session, actor, {person_id: (stage, since)}))[person_id]


async def evidence_of_each(
    session: AsyncSession, actor: Actor, stages: Mapping[UUID, tuple[Stage, dt.datetime | None]]
) -> dict[UUID, list[Dated]]:
    """Return the evidence of each of these trainees in their stage and since then: two statements, however many."""
    lasts = {person: stage.over_episodes or LAST for person, (stage, _) in stages.items()}
    values = {
        "provider": actor.provider, "people": list(stages), "since": [since for _, since in stages.values()],
        "last": list(lasts.values()),
    }  # fmt: skip
    audited: dict[UUID, dict[UUID, tuple[dt.datetime, UUID, list[Finding]]]] = {person: {} for person in stages}
    for r in await session.execute(_AUDITED, values):
        findings = audited[r.person].setdefault(r.item_id, (r.at, r.episode_id, []))[2]
        findings.append(
            _own(r.code_class, r.has_trust, r.has_auditor, r.final_type, r.attribution, r.counted_elsewhere)
        )
    found = {
        person: [Dated(at, episode, Evidence(Source.audit, Audited(f))) for at, episode, f in theirs.values()]
        for person, theirs in audited.items()
    }
    seen = {person: {d.episode_id for d in theirs} for person, theirs in found.items()}
    for c in (await session.execute(_CHECKED, values)).mappings():
        if c["episode_id"] not in seen[c["person"]]:
            audit = Audited(_compared(c))
            found[c["person"]].append(Dated(c["at"], c["episode_id"], Evidence(Source.second_check, audit)))
    for person, theirs in found.items():
        theirs.sort(key=lambda d: (d.at, str(d.episode_id)), reverse=True)
        del theirs[lasts[person] :]
    return found


def told(found: Sequence[Dated], stage: Stage, rule_set: RuleSet) -> tuple[dict[str, Any], list[dict[str, Any]], bool]:
    """Return evidence, conditions, and whether they are all met, as answers and decisions keep them."""
    evidence = [d.evidence for d in found]
    conditions = rules.conditions(stage, evidence, rule_set.counting, rule_set.confidence)
    days = [clock.london_day(d.at) for d in found]
    summary = {
        "episodes": len(found),
        "wanted": stage.over_episodes,
        "from_audits": sum(e.source is Source.audit for e in evidence),
        "from_second_checks": sum(e.source is Source.second_check for e in evidence),
        "first_on": min(days, default=None),
        "last_on": max(days, default=None),
    }
    listed = [
        {
            "key": c.key,
            "label": c.label,
            "needed": None if c.needed is None else float(c.needed),
            "correct": c.figure.correct,
            "of": c.figure.of,
            "share": None if c.figure.share is None else float(c.figure.share),
            "low": c.figure.low,
            "high": c.figure.high,
            "small": c.needed is not None and c.figure.small,
            "met": c.met,
            "verdict": c.verdict,
            "too_few": c.too_few,
        }
        for c in conditions
    ]
    return summary, listed, rules.ready(conditions)


def _stage(stage: Stage) -> dict[str, Any]:
    return {"key": stage.key, "name": stage.name, "checked": stage.checked, "over_episodes": stage.over_episodes}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a trainee stands: stage, since when, and what was decided so far."""

    at: int
    since: dt.datetime | None
    decisions: list[Any]


def standing(progression: Progression, decisions: Sequence[Any]) -> Standing:
    """Return where a trainee stands by what was decided; to stay does not begin the stage anew."""
    if not decisions:
        return Standing(0, None, [])
    moved = [d for d in decisions if d.decision != DecisionKind.stay]
    return Standing(
        rules.stage_at(progression, decisions[-1].to_stage), moved[-1].at if moved else None, list(decisions)
    )


async def decisions_of(session: AsyncSession, actor: Actor, people: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """Return what was decided about each of these people, the first first."""
    out: dict[UUID, list[Any]] = {p: [] for p in people}
    for row in await session.execute(_DECISIONS, {"provider": actor.provider, "people": list(people)}):
        out[row.person_id].append(row)
    return out


def _can(actor: Actor, person: Any, progression: Progression, at: int) -> dict[str, rules.Can]:
    if not actor.may("progression:decide"):
        return dict.fromkeys(DecisionKind, "You do not have permission to do this.")
    if person.person_id == actor.id:
        return dict.fromkeys(DecisionKind, "Somebody else must decide about your progression.")
    if not person.in_training:
        return dict.fromkeys(DecisionKind, "That person is not in training.")
    return {
        DecisionKind.move_on: True if at + 1 < len(progression.stages) else "It is the last stage.",
        DecisionKind.stay: True,
        DecisionKind.go_back: True if at else "It is the first stage.",
    }


async def _shown(session: AsyncSession, actor: Actor, people: Sequence[Any]) -> list[dict[str, Any]]:
    rule = await rule_set(session, actor)
    decided = await decisions_of(session, actor, [p.person_id for p in people])
    names = {s.key: s.name for s in rule.progression.stages}
    standings = {p.person_id: standing(rule.progression, decided[p.person_id]) for p in people}
    found = await evidence_of_each(
        session, actor, {person: (rule.progression.stages[s.at], s.since) for person, s in standings.items()}
    )
    out = []
    for person in people:
        stands = standings[person.person_id]
        stage = rule.progression.stages[stands.at]
        evidence, conditions, ready = told(found[person.person_id], stage, rule)
        out.append(
            {
                "person_id": person.person_id,
                "name": person.name,
                "in_training": person.in_training,
                "stage": _stage(stage),
                "stages": [_stage(s) for s in rule.progression.stages],
                "since": stands.since,
                "evidence": evidence,
                "conditions": conditions,
                "ready": ready and stands.at + 1 < len(rule.progression.stages),
                "rules": rule.words,
                "decisions": [
                    {
                        "seq": d.seq,
                        "decision": d.decision,
                        "from_stage": names.get(d.from_stage, d.from_stage),
                        "to_stage": names.get(d.to_stage, d.to_stage),
                        "reason": d.reason,
                        "by_name": d.by_name,
                        "at": d.at,
                        "rules": f"{d.rules_key}, version {d.rules_version}",
                        "evidence": d.evidence["evidence"],
                        # What was kept before numbers were asked for does not say whether they were there.
                        "conditions": [{"too_few": None, **c} for c in d.evidence["conditions"]],
                    }
                    for d in reversed(stands.decisions)
                ],
                "seq": len(stands.decisions),
                "can": _can(actor, person, rule.progression, stands.at),
            }
        )
    return out


async def the_trainee(session: AsyncSession, actor: Actor, person_id: UUID) -> Any:
    """Return somebody who is in training, or once was; NotFound for anybody else."""
    values = {"provider": actor.provider, "person": person_id, "name": None, "after": None, "rows": 1}
    row = (await session.execute(_TRAINEES, values)).one_or_none()
    if row is None:
        raise NotFound()
    return row


@verb("progression:see", refuses=[NotFound])
async def see_trainee(session: AsyncSession, actor: Actor, person_id: UUID) -> dict[str, Any]:
    """Return a trainee's stage, conditions, evidence and history."""
    (one,) = await _shown(session, actor, [await the_trainee(session, actor, person_id)])
    return one


@verb("finding:reply", refuses=[NotFound])
async def see_my_progression(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    """Return the caller's own stage and evidence; NotFound for somebody who is not in training."""
    (one,) = await _shown(session, actor, [await the_trainee(session, actor, actor.id)])
    return one


@verb("progression:see")
async def list_trainees(session: AsyncSession, actor: Actor, f: TraineeList) -> dict[str, Any]:
    """Return one page of those in training, and of those who were, by name."""
    scope = scope_of("trainees", actor.provider)
    name, after = decode_cursor(f.cursor, scope) if f.cursor else (None, None)
    values = {
        "provider": actor.provider, "person": None, "name": name, "after": None if after is None else UUID(after),
        "rows": f.limit + 1,
    }  # fmt: skip
    rows = (await session.execute(_TRAINEES, values)).all()
    page = rows[: f.limit]
    more = encode_cursor([page[-1].name, str(page[-1].person_id)], scope) if len(rows) > f.limit else None
    return {"items": await _shown(session, actor, page), "next": more}
