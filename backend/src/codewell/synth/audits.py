"""The synthetic Trust's audits: one signed, one with disputes, one external, through the verbs that people use.

The auditor's codes are the truth that the generator kept, so the figures are those of the coders' known mistakes.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from codewell import db
from codewell.actions import service as actions
from codewell.actions.models import AuditAction, Recommendation
from codewell.actions.rules import Priority, Response
from codewell.actions.schemas import ActionIn, EvidenceIn, RecommendationIn, RespondIn
from codewell.audits.alignment import CodeClass, ErrorType, SubClass
from codewell.audits.draw import Method
from codewell.audits.models import Audit, AuditItem, AuditPosition
from codewell.audits.reads import worksheet as sheets
from codewell.audits.rules import AuditKind, Decision, NonCoderReason, QualificationKind, Ruling
from codewell.audits.schemas.auditors import QualificationNew
from codewell.audits.schemas.external import ExternalDecisionIn, ExternalDecisionsIn, ExternalFileIn, ExternalOutcomeIn
from codewell.audits.schemas.replies import (
    FindingAnswerIn,
    FindingEscalateIn,
    FindingRepliesIn,
    FindingReplyIn,
    FindingRulingIn,
)
from codewell.audits.schemas.setup import AuditNew, Population, Sampling
from codewell.audits.schemas.signoff import AuditSign
from codewell.audits.schemas.worksheet import AuditCodesIn, DecisionIn, DecisionsIn, FinishIn, UnsafeIn
from codewell.audits.service import (
    auditors,
    deciding,
    draws,
    external,
    recoding,
    replies,
    setup,
    signoff,
    taking,
)  # fmt: skip
from codewell.audits.tally import Attribution
from codewell.coding.schemas import DiagnosisIn, ProcedureIn
from codewell.identity.actor import Actor
from codewell.identity.models import Person
from codewell.identity.rules import permissions_of
from codewell.kit import clock
from codewell.programme.schemas.plans import PlannedAuditIn, ProgrammeIn
from codewell.programme.schemas.recurring import DrawTemplate, RecurringDrawIn
from codewell.programme.service import plans, recurring
from codewell.training.schemas import CpdIn
from codewell.training.service import logbook, needs

DSPT_SIZE: Final = 200
ICB: Final = "Synthetic Integrated Care Board"
SMALLEST: Final = 1_000
"""A Trust of fewer episodes has no audits: there would be nothing left to draw."""


@dataclass
class _Trust:
    """The people, who they are by name, and the chance by which the rest is made up."""

    people: dict[str, Actor]
    by_id: dict[UUID, Actor]
    chance: Random
    seed: int


def _clock_at(day: dt.date, hour: int = 10) -> AbstractContextManager[None]:
    """Hold the clock at that day and hour in London, and never in the future."""
    return clock.frozen(min(clock.start_of(day) + dt.timedelta(hours=hour), dt.datetime.now(dt.UTC)))


@asynccontextmanager
async def _at(database: db.Database, day: dt.date, hour: int = 10) -> AsyncIterator[AsyncSession]:
    """Give a transaction in which it is that day and hour in London."""
    with _clock_at(day, hour):
        async with database.transaction() as session:
            yield session


async def _trust(session: AsyncSession, system: Actor, seed: int) -> _Trust:
    people = {}
    for person in await session.scalars(select(Person).where(Person.provider == system.provider)):
        roles = frozenset(person.roles)
        people[person.username] = Actor(
            system.provider, "person", person.person_id, person.name, permissions_of(roles), "synthetic", roles
        )
    return _Trust(people, {a.id: a for a in people.values()}, Random(f"audits {seed}"), seed)


_TRUTH = text("""
select k.episode_id, t.diagnoses, t.procedures, t.procedure_dates, t.spell_number, t.episode_number
from episode_key k
join synthetic_truth t on t.provider = k.provider and t.spell_number = k.spell_number
    and t.episode_number = k.episode_number
where k.provider = :provider and k.episode_id = any(:ids)
""")


async def _truth(session: AsyncSession, system: Actor, ids: Iterable[UUID]) -> dict[UUID, Any]:
    rows = await session.execute(_TRUTH, {"provider": system.provider, "ids": list(ids)})
    return {row.episode_id: row for row in rows}


async def _items(session: AsyncSession, audit: Audit) -> Sequence[AuditItem]:
    found = select(AuditItem).where(AuditItem.provider == audit.provider, AuditItem.audit_id == audit.audit_id)
    return (await session.scalars(found.order_by(col(AuditItem.no)))).all()


def _standard(position: AuditPosition) -> str:
    """Return the label that an auditor would cite for such a difference."""
    if position.sub_class == SubClass.external_cause:
        return "DCS external causes"
    if position.sub_class == SubClass.site_laterality:
        return "PGCS sites"
    diagnosis = position.code_class in (CodeClass.primary_diagnosis, CodeClass.secondary_diagnosis)
    if position.final_type in (ErrorType.wrong_char_4, ErrorType.wrong_char_5):
        return "ICD-10 tabular" if diagnosis else "OPCS-4 tabular"
    if position.code_class == CodeClass.primary_diagnosis:
        return "DGCS.1"
    if diagnosis:
        return "DGCS.3"
    return "PGCS primary procedure" if position.code_class == CodeClass.primary_procedure else "OPCS-4 tabular"


_SAID: Final[dict[str, tuple[str, ...]]] = {
    ErrorType.omitted: (
        "Named in the discharge summary and treated during the stay.",
        "In the list of conditions of the summary; it matters to this stay.",
    ),
    ErrorType.not_required: ("Named as history only; nothing was done about it in this episode.",),
    ErrorType.wrong_char_4: ("The letter is more exact than the code.",),
    ErrorType.wrong_char_5: ("The letter is more exact than the code.",),
    ErrorType.wrong_char_3: ("The record describes another condition than the one coded.",),
    ErrorType.sequence: ("The main condition treated was the other one.",),
}
_WHY: Final = (
    NonCoderReason.information_not_available, NonCoderReason.incomplete, NonCoderReason.conflicting,
)  # fmt: skip


def _decision(position: AuditPosition, chance: Random) -> DecisionIn:
    """Decide a position as an auditor would: mostly the proposal stands, one in nine is not the coder's."""
    if chance.random() < 0.03 and position.trust_code and position.auditor_code:
        return DecisionIn(no=position.no, decision=Decision.rejected, comment="Either code can stand.")
    said = chance.choice(_SAID.get(position.proposed_type or "", ("Compare with the record.",)))
    if chance.random() < 0.11:
        reason = chance.choice(_WHY)
        return DecisionIn(
            no=position.no, decision=Decision.accepted, attribution=Attribution.non_coder, non_coder_reason=reason,
            evidence_available=False, comment="The summary came without it.",
        )  # fmt: skip
    return DecisionIn(
        no=position.no, decision=Decision.accepted, attribution=Attribution.coder, evidence_available=True,
        evidence="Discharge summary", evidence_page="1", standards=[_standard(position)], comment=said,
    )  # fmt: skip


async def _work(session: AsyncSession, chance: Random, auditor: Actor, item: AuditItem, truth: Any) -> None:
    """Audit one episode: take it, code it from the truth, decide every difference, finish."""
    await taking.take(session, auditor, item.item_id)
    codes = AuditCodesIn(
        diagnoses=[DiagnosisIn(code=c) for c in truth.diagnoses],
        procedures=[
            ProcedureIn(code=c, on=on) for c, on in zip(truth.procedures, truth.procedure_dates, strict=True)
        ],
    )  # fmt: skip
    await recoding.save_codes(session, auditor, item.item_id, codes, version=item.version)
    rows = await sheets.rows_of(session, auditor, item.item_id)
    open_ = [_decision(row, chance) for row in rows if row.decision == Decision.open]
    if open_:
        await deciding.decide_positions(
            session, auditor, item.item_id, DecisionsIn(decisions=open_), version=item.version
        )
    minutes = 4 + len(rows) + chance.randrange(8)
    await deciding.finish_item(session, auditor, item.item_id, FinishIn(minutes=minutes), version=item.version)


async def _audit_all(
    database: db.Database, trust: _Trust, system: Actor, audit: Audit, first: dt.date, *,
    auditors_: Sequence[Actor], a_day: int = 20, only: int | None = None, unsafe: float = 0.0,
) -> dt.date:  # fmt: skip
    """Audit the episodes of an audit, so many a working day; return the day on which the last was done."""
    async with database.transaction() as session:
        items = list(await _items(session, audit))[:only]
        truth = await _truth(session, system, [i.episode_id for i in items])
    at = {item.item_id: n for n, item in enumerate(items)}

    def by(item: AuditItem) -> Actor:
        """Say who audits an episode: in turn, and the second audit of one by the next."""
        turn = at[item.item_id] if item.second_of is None else at.get(item.second_of, 0) + 1
        return auditors_[turn % len(auditors_)]

    async def a_days_work(auditor: Actor, todo: Sequence[AuditItem]) -> None:
        async with database.transaction() as session:
            for stored in todo:
                item = await session.get_one(AuditItem, (stored.provider, stored.item_id))
                chance = Random(f"{trust.seed} {audit.kind} {item.no}")
                if chance.random() < unsafe and item.second_of is None:
                    await taking.take(session, auditor, item.item_id)
                    why = UnsafeIn(reason="The case notes are missing; nothing but the PAS entry is left", minutes=3)
                    await deciding.mark_unsafe(session, auditor, item.item_id, why, version=item.version)
                else:
                    await _work(session, chance, auditor, item, truth[item.episode_id])

    day = first
    for start in range(0, len(items), a_day):
        while not clock.is_working_day(day):
            day += dt.timedelta(1)
        todo = items[start : start + a_day]
        with _clock_at(day):
            # The auditors work side by side, as people do.
            await asyncio.gather(*(a_days_work(a, [i for i in todo if by(i) is a]) for a in auditors_))
        day += dt.timedelta(1)
    return day


_DISPUTES: Final = (
    "The operation note names it only as a possibility.",
    "The condition resolved before this admission.",
    "The consultant confirmed the code to me at the time.",
    "It is named once, in the nursing notes only.",
)


async def _waiting(session: AsyncSession, audit: Audit) -> list[tuple[AuditItem, list[AuditPosition]]]:
    items = {i.item_id: i for i in await _items(session, audit)}
    found = select(AuditPosition).where(
        AuditPosition.provider == audit.provider,
        AuditPosition.audit_id == audit.audit_id,
        AuditPosition.reply != "none",
    )
    by_item: dict[UUID, list[AuditPosition]] = {}
    for position in await session.scalars(found.order_by(col(AuditPosition.item_id), col(AuditPosition.no))):
        by_item.setdefault(position.item_id, []).append(position)
    return sorted(((items[i], rows) for i, rows in by_item.items()), key=lambda pair: pair[0].no)


async def _reply_all(
    session: AsyncSession, trust: _Trust, audit: Audit, *, dispute: float, answer: float = 1.0
) -> None:
    """Let coders reply to what waits for them: the first disputes, then ``answer`` is the share that replies."""
    none_yet = True
    for item, rows in await _waiting(session, audit):
        waiting = [r for r in rows if r.reply == "waiting"]
        coder = trust.by_id.get(item.coder_id) if item.coder_id else None
        if not waiting or coder is None or (trust.chance.random() >= answer and not none_yet):
            continue
        said = [
            FindingReplyIn(no=r.no, act="dispute", comment=trust.chance.choice(_DISPUTES))
            if trust.chance.random() < dispute or (none_yet and n == 0)
            else FindingReplyIn(no=r.no, act="agree")
            for n, r in enumerate(waiting)
        ]
        none_yet = False
        await replies.reply(session, coder, item.item_id, FindingRepliesIn(replies=said), version=item.version)


async def _answer_all(session: AsyncSession, trust: _Trust, audit: Audit, *, share: float = 1.0) -> None:
    """Let the auditors answer disputes: two in three findings stand, one is withdrawn."""
    for item, rows in await _waiting(session, audit):
        auditor = trust.by_id[item.auditor_id] if item.auditor_id else None
        for row in rows:
            if row.reply != "disputed" or auditor is None or trust.chance.random() >= share:
                continue
            stands = trust.chance.random() < 0.67
            said = FindingAnswerIn(
                no=row.no,
                outcome=Ruling.stands if stands else Ruling.withdrawn,
                comment="The standard asks for it when it is treated, as it was here."
                if stands
                else "Agreed: the record does not carry it.",
            )
            await replies.answer(session, auditor, item.item_id, said, version=item.version)


async def _end_talks(session: AsyncSession, trust: _Trust, audit: Audit, ruler: Actor | None, *, escalate: int) -> None:
    """Let coders agree with what was answered, but for ``escalate`` findings, on which ``ruler`` rules if given."""
    left = escalate
    for item, rows in await _waiting(session, audit):
        coder = trust.by_id.get(item.coder_id) if item.coder_id else None
        for row in rows:
            if row.reply != "answered" or coder is None:
                continue
            if left:
                left -= 1
                said = FindingEscalateIn(no=row.no, comment="The answer does not speak of the clinic letter.")
                await replies.escalate(session, coder, item.item_id, said, version=item.version)
                if ruler is not None:
                    ruling = FindingRulingIn(
                        no=row.no,
                        outcome=Ruling.stands,
                        comment="The letter came after coding, but the summary has it.",
                    )
                    await replies.rule(session, ruler, item.item_id, ruling, version=item.version)
            elif ruler is not None:
                agree = FindingRepliesIn(replies=[FindingReplyIn(no=row.no, act="agree")])
                await replies.reply(session, coder, item.item_id, agree, version=item.version)


_WRONG = text("""
select count(*) from audit_item i
join episode_key k using (provider, episode_id)
join synthetic_truth t using (provider, spell_number, episode_number)
where i.provider = :provider and i.audit_id = :audit_id and i.no <= :first and t.mistakes <> '[]'
    and i.coder_id is not null
""")


async def _new(
    session: AsyncSession, by: Actor, body: AuditNew, *, draw: bool = True, wrong: tuple[int, int] = (0, 0)
) -> Audit:
    """Begin an audit and draw it; anew, if fewer than so many of the first so many episodes have a mistake.

    A small Trust's small sample may well be without any mistake, and then there is nothing to talk about.
    """
    audit = await setup.create_audit(session, by, body)
    least, first = wrong
    enough = not draw
    for turn in range(40):
        if enough:
            break
        async with session.begin_nested() as attempt:
            await draws.draw_audit(session, by, audit.audit_id, version=audit.version, seed=f"synthetic {turn}")
            which = {"provider": audit.provider, "audit_id": audit.audit_id, "first": first}
            enough = turn == 39 or (await session.scalar(_WRONG, which) or 0) >= least
            if not enough:
                await attempt.rollback()
        await session.refresh(audit)
    return audit


async def hold_audits(database: db.Database, system: Actor, seed: int, size: int) -> None:
    """Hold the year's audits so far: programme, a signed DSPT audit, one with disputes, an external one."""
    if size < SMALLEST:
        return
    today = clock.today()
    sample = DSPT_SIZE if size >= 10_000 else 40
    async with database.transaction() as session:
        trust = await _trust(session, system, seed)
    lead, second = trust.people["auditor"], trust.people["auditor2"]
    manager, trainer = trust.people["manager"], trust.people["trainer"]
    # The audit looked at three whole months, all of them coded by the day of the draw.
    month = clock.add_months(clock.month_of(today), -2)
    start = clock.start_of(month).date() - dt.timedelta(5)
    period = (clock.add_months(month, -4), clock.add_months(month, -1) - dt.timedelta(1))
    async with _at(database, start - dt.timedelta(60)) as session:
        for person, number in ((lead, "AA-1041"), (second, "AA-1187")):
            held = QualificationNew(
                kind=QualificationKind.approved_auditor, number=number,
                awarded_on=today.replace(day=1, year=today.year - 2),
                expires_on=today.replace(day=1, year=today.year + 1),
            )  # fmt: skip
            await auditors.qualify(session, manager, person.id, held)
        plans_ = await _plan(session, lead, manager, trust, today)
    dspt = await _dspt(database, trust, system, start, period, sample, plans_["dspt"])
    await _disputed(database, trust, system, today, period, max(30, sample // 5), plans_["specialty"])
    await _external(database, trust, system, today, period, plans_["external"])
    async with database.transaction() as session:
        await needs.raise_needs(session, system.provider)
    await _cpd(database, trust, today)
    await _follow_up(database, trust, dspt, manager, trainer)


async def _plan(session: AsyncSession, lead: Actor, manager: Actor, trust: _Trust, today: dt.date) -> dict[str, UUID]:
    """Draw up the programme of the financial year: what is planned, and a draw that recurs."""
    year = clock.financial_year(today)
    april = dt.date(int(year[:4]), 4, 1)

    def month(n: int) -> str:
        return clock.add_months(april, n).isoformat()[:7]

    made = await plans.begin_programme(
        session, manager,
        ProgrammeIn(
            financial_year=year, name="Clinical coding audit programme", owner_id=lead.id,
            objectives="Every coder and every specialty audited once; the DSPT audit done by December; what auditors "
            "find becomes training, and the next audit says whether it helped.", agreed_on=april,
        ),
    )  # fmt: skip
    programme = made["programme_id"]
    trainees = [a.id for name, a in sorted(trust.people.items()) if "trainee" in a.roles]
    # Kind, title, first and last month from April, episodes, and what else it says.
    wanted: list[tuple[AuditKind, str, int, int, int, dict[str, Any]]] = [
        (AuditKind.dspt, "DSPT annual audit", 4, 8, 200, {}),
        (AuditKind.specialty, "General medicine", 6, 8, 30, {"specialties": ["300"]}),
        (AuditKind.external, "ICB assurance audit", 6, 9, 20, {"commissioned_by": ICB}),
        (AuditKind.coder, "Each coder, ten a month", 0, 11, 1200, {}),
        (AuditKind.mortality, "Deaths in hospital", 9, 10, 50, {}),
        (AuditKind.hrg, "Complex elderly and sepsis", 8, 9, 40, {}),
        (AuditKind.trainee, "Trainees' progression", 2, 10, 150, {"coder_ids": trainees}),
        (AuditKind.follow_up, "DSPT follow-up: comorbidities", 10, 11, 60, {}),
    ]
    found = {}
    for kind, title, begins, ends, episodes, more in wanted:
        body = PlannedAuditIn(
            kind=kind, title=title, month_from=month(begins), month_to=month(ends), episodes=episodes,
            owner_id=lead.id, **more,
        )  # fmt: skip
        plan = await plans.plan_audit(session, manager, (programme, body))
        found[kind.value] = plan["planned_audit_id"]
    first = clock.add_months(clock.month_of(today), 1)
    await recurring.schedule_draw(
        session, manager,
        RecurringDrawIn(
            title="Ten of each coder a month", every="monthly", on_day=5, starts_on=first,
            planned_audit_id=found["coder"],
            template=DrawTemplate(kind=AuditKind.coder, episodes=10, per="coder", auditor_ids=[lead.id]),
        ),
    )  # fmt: skip
    return found


async def _dspt(
    database: db.Database, trust: _Trust, system: Actor, start: dt.date, period: tuple[dt.date, dt.date], sample: int,
    plan: UUID,
) -> Audit:  # fmt: skip
    """Hold the DSPT audit from its draw to its signature, coder replies included."""
    lead, second = trust.people["auditor"], trust.people["auditor2"]
    async with _at(database, start, 9) as session:
        audit = await _new(
            session, lead,
            AuditNew(
                kind=AuditKind.dspt, title=f"DSPT annual audit {clock.financial_year(start)}",
                commissioned_by="Information governance",
                aims="To say how accurately the Trust codes admitted patient care, against the thresholds of the DSPT.",
                objectives="Measure the four classes; tell coder errors from errors of documentation; name the "
                "standards most often missed; recommend what will help.",
                scope="Finished consultant episodes of admitted patient care, coded and final on the day of the draw.",
                background="Coding is done on the wards' own letters, in Codewell and in the encoder of the PAS.",
                period_from=period[0], period_to=period[1], population=Population(),
                sampling=Sampling(method=Method.simple, size=sample), threshold_key="acute_80", second_share=0.1,
                due_on=start + dt.timedelta(42), lead_id=lead.id, auditor_ids=[second.id], planned_audit_id=plan,
            ),
        )  # fmt: skip
    done = await _audit_all(
        database, trust, system, audit, start + dt.timedelta(1), auditors_=[lead, second],
        a_day=max(10, sample // 9), unsafe=0.015,
    )  # fmt: skip
    steps = [done + dt.timedelta(n) for n in (0, 3, 5, 7, 9)]
    async with _at(database, steps[0], 16) as session:
        await replies.send_findings(session, lead, audit.audit_id)
    async with _at(database, steps[1]) as session:
        await _reply_all(session, trust, audit, dispute=0.08)
    async with _at(database, steps[2]) as session:
        await _answer_all(session, trust, audit)
    async with _at(database, steps[3]) as session:
        await _end_talks(session, trust, audit, trust.people["manager"], escalate=2)
    async with _at(database, steps[4], 15) as session:
        audit = await session.get_one(Audit, (audit.provider, audit.audit_id))
        statement = AuditSign(
            statement="We audited these episodes blind, by the methodology named, and stand by the findings."
        )
        await signoff.sign(session, lead, audit.audit_id, statement, version=audit.version)
    return audit


async def _disputed(
    database: db.Database, trust: _Trust, system: Actor, today: dt.date, period: tuple[dt.date, dt.date], sample: int,
    plan: UUID,
) -> None:  # fmt: skip
    """Begin an audit of a specialty: some episodes wait, some findings are disputed, some stand before the manager."""
    lead, second = trust.people["auditor"], trust.people["auditor2"]
    start, audited = today - dt.timedelta(16), sample * 2 // 3
    async with _at(database, start, 9) as session:
        audit = await _new(
            session, lead,
            AuditNew(
                kind=AuditKind.specialty, title="General medicine, comorbidities",
                aims="To see whether conditions that patients bring along are coded.",
                objectives="Depth and accuracy of secondary diagnoses in general medicine.",
                scope="General medicine, stays of at least one night.",
                period_from=period[0], period_to=period[1],
                population=Population(specialties=["300"]), sampling=Sampling(method=Method.simple, size=sample),
                threshold_key="acute_85", due_on=today + dt.timedelta(20), lead_id=lead.id, auditor_ids=[second.id],
                planned_audit_id=plan,
            ),
            wrong=(3, audited),
        )  # fmt: skip
    done = await _audit_all(
        database, trust, system, audit, start + dt.timedelta(1), auditors_=[lead, second], a_day=10, only=audited
    )
    async with _at(database, done) as session:
        await replies.send_findings(session, lead, audit.audit_id)
    async with _at(database, done + dt.timedelta(2)) as session:
        await _reply_all(session, trust, audit, dispute=0.5, answer=0.85)
    async with _at(database, done + dt.timedelta(3)) as session:
        await _answer_all(session, trust, audit, share=0.4)
    async with _at(database, done + dt.timedelta(4)) as session:
        await _end_talks(session, trust, audit, None, escalate=2)


_PICKED = text("""
select e.spell_number, e.episode_number, e.diagnoses, t.diagnoses as truth
from episode e
join synthetic_truth t on t.provider = e.provider and t.spell_number = e.spell_number
    and t.episode_number = e.episode_number
where e.provider = :provider and e.ended_on between :first and :last and e.coding_state = 'coded' and not e.deleted
    and not exists (select from audit_item i where i.provider = e.provider and i.episode_id = e.episode_id)
order by e.episode_id desc limit 400
""")


async def _external(
    database: db.Database, trust: _Trust, system: Actor, today: dt.date, period: tuple[dt.date, dt.date], plan: UUID
) -> None:
    """Take in the findings of an audit that the ICB commissioned; accept most, challenge some."""
    lead = trust.people["auditor"]
    async with _at(database, today - dt.timedelta(9)) as session:
        audit = await _new(
            session, lead,
            AuditNew(
                kind=AuditKind.external, title="ICB assurance audit of coding",
                commissioned_by=ICB,
                aims="Assurance of what the commissioner pays for.", period_from=period[0], period_to=period[1],
                threshold_key="acute_80", lead_id=lead.id, due_on=today + dt.timedelta(12), planned_audit_id=plan,
            ),
            draw=False,
        )  # fmt: skip
        rows = (
            await session.execute(_PICKED, {"provider": system.provider, "first": period[0], "last": period[1]})
        ).all()
        lines = [
            "spell_number,episode_number,code_class,trust_code,external_code,error_type,attribution,comment,standard"
        ]
        left_out = {
            (row.spell_number, row.episode_number): sorted(set(row.truth[1:]) - set(row.diagnoses))[:2] for row in rows
        }
        wrong = [row for row in rows if left_out[row.spell_number, row.episode_number]][:9]
        right = [row for row in rows if row.truth == row.diagnoses][:11]
        lines += [
            f"{row.spell_number},{row.episode_number},SD,,{code},omitted,coder,Named in the summary,DGCS.3"
            for row in wrong
            for code in left_out[row.spell_number, row.episode_number]
        ]
        lines += [f"{row.spell_number},{row.episode_number},,,,,,No errors," for row in right]
        file = ExternalFileIn(external_auditor="Northway Audit Partners", csv="\n".join(lines) + "\n")
        await external.import_findings(session, lead, audit.audit_id, file)
    async with _at(database, today - dt.timedelta(6)) as session:
        challenged = 0
        for item in await _items(session, audit):
            findings = [r for r in await sheets.rows_of(session, lead, item.item_id) if r.external is not None]
            for n, finding in enumerate(findings):
                if n == 0 and challenged < 3:
                    challenged += 1
                    said = ExternalDecisionIn(
                        no=finding.no, act="challenge", comment="The condition resolved before this admission."
                    )
                elif trust.chance.random() < 0.7:
                    said = ExternalDecisionIn(no=finding.no, act="accept", comment="")
                else:
                    continue
                await external.decide_external(
                    session, lead, item.item_id, ExternalDecisionsIn(decisions=[said]), version=item.version
                )
    async with _at(database, today - dt.timedelta(3)) as session:
        for item in await _items(session, audit):
            rows_ = await sheets.rows_of(session, lead, item.item_id)
            stood = next((r for r in rows_ if r.external and r.external["stage"] == "challenged"), None)
            if stood is not None:
                outcome = ExternalOutcomeIn(
                    no=stood.no, outcome=Ruling.withdrawn, comment="Withdrawn by e-mail of their lead auditor."
                )
                await external.record_outcome(session, lead, item.item_id, outcome, version=item.version)
                break


async def _cpd(database: db.Database, trust: _Trust, today: dt.date) -> None:
    entries = (
        ("forum", 150, 120, "Regional auditors' forum"),
        ("course", 90, 420, "Clinical coding audit refresher"),
        ("reading", 30, 60, "Changes of the standards for the year"),
    )
    async with database.transaction() as session:
        for kind, ago, minutes, title in entries:
            body = CpdIn(kind=kind, done_on=today - dt.timedelta(ago), minutes=minutes, title=title)
            await logbook.add_cpd(session, trust.people["auditor"], body)


async def _follow_up(database: db.Database, trust: _Trust, audit: Audit, manager: Actor, trainer: Actor) -> None:
    """Recommend, agree, act and show it: one recommendation closed, one under way, one agreed to in part."""
    lead, day = trust.people["auditor"], clock.london_day(audit.signed_at or clock.now())
    wanted = (
        ("Teach all coders the standard on comorbidities, with cases from this audit.", Priority.high, trainer, 28,
         "The list of who came, and what they learnt"),
        ("Send operation notes to coding on the day of the operation.", Priority.medium, manager, 90,
         "A month in which nine notes of ten came on the day"),
        ("Have every primary procedure of theatre lists checked by a second coder.", Priority.low, manager, 120,
         "The queue of second checks"),
    )  # fmt: skip
    made: list[UUID] = []
    async with _at(database, day + dt.timedelta(1)) as session:
        for words, priority, owner, days, evidence in wanted:
            body = RecommendationIn(
                text=words, priority=priority, owner_id=owner.id, due_on=day + dt.timedelta(days),
                evidence_wanted=evidence,
            )  # fmt: skip
            recommended = await actions.make_recommendation(session, lead, (audit.audit_id, body))
            made.append(recommended["recommendation_id"])
    answers = (
        RespondIn(response=Response.agreed, reason=""),
        RespondIn(response=Response.agreed, reason=""),
        RespondIn(response=Response.partly, reason="For theatre lists of orthopaedics only; there are too few coders."),
    )
    begun: list[UUID] = []
    todo = (
        ("Two sessions of an hour each on comorbidities", trainer, 28),
        ("Agree with theatres how notes are sent", manager, 60),
    )
    async with _at(database, day + dt.timedelta(4)) as session:
        for recommendation_id, answer in zip(made, answers, strict=True):
            await actions.respond_to_recommendation(session, manager, recommendation_id, answer, version=1)
        for recommendation_id, (words, owner, days) in zip(made, todo, strict=False):
            action = ActionIn(text=words, owner_id=owner.id, due_on=day + dt.timedelta(days))
            begun.append((await actions.make_action(session, manager, (recommendation_id, action)))["action_id"])
    taught, under_way = begun
    async with _at(database, day + dt.timedelta(20)) as session:
        shown = EvidenceIn(
            title="Notes of both sessions", text="Held twice; 13 of 15 coders came, the others got the cases."
        )
        await actions.start_action(session, trainer, taught, "First session planned", version=1)
        await actions.add_action_evidence(session, trainer, (taught, shown))
        row = await session.get_one(AuditAction, (audit.provider, taught))
        await actions.finish_action(session, trainer, taught, "Both sessions held", version=row.version)
        await actions.start_action(session, manager, under_way, "Theatres were asked", version=1)
    async with _at(database, day + dt.timedelta(24)) as session:
        row = await session.get_one(AuditAction, (audit.provider, taught))
        await actions.verify_action(session, lead, taught, "Notes and list seen", version=row.version)
        await session.refresh(row)
        await actions.close_action(session, lead, taught, "", version=row.version)
        recommended_row = await session.get_one(Recommendation, (audit.provider, made[0]))
        await actions.close_recommendation(session, lead, made[0], version=recommended_row.version)
