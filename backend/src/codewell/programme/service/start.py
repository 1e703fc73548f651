"""Audits begun from what was planned: by a person from a planned audit, by the system from a recurring draw."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.draw import Method
from codewell.audits.models import Audit
from codewell.audits.rules import AuditKind
from codewell.audits.schemas.setup import AuditNew, Population, Sampling
from codewell.audits.service import setup
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.programme import rules
from codewell.programme.models import PlannedAudit, RecurringDraw
from codewell.programme.schemas.plans import StartIn
from codewell.programme.schemas.recurring import DrawTemplate

PERIOD_MONTHS = 3
"""The period of an audit begun from a plan, where nobody says another: so many whole months, the last ones."""


def plan_sampling(plan: PlannedAudit) -> Sampling:
    """Return how a plan's episodes are drawn: so many of each coder it names, in proportion over its specialties."""
    if plan.coder_ids:
        return Sampling(method=Method.per_coder, of_each=-(-plan.episodes // len(plan.coder_ids)))
    if len(plan.specialties) > 1:
        return Sampling(method=Method.proportional, size=min(plan.episodes, 5000), by="specialty")
    return Sampling(method=Method.simple, size=min(plan.episodes, 5000))


async def audit_of_plan(session: AsyncSession, actor: Actor, plan: PlannedAudit, body: StartIn) -> Audit:
    """Begin an audit with a plan's facts; it is led by nobody yet."""
    before = rules.period_before(clock.today(), PERIOD_MONTHS, 1)
    return await setup.create_audit(
        session,
        actor,
        AuditNew(
            kind=AuditKind(plan.kind),
            title=plan.title,
            commissioned_by=plan.commissioned_by,
            objectives=plan.note,
            period_from=body.period_from or before[0],
            period_to=body.period_to or before[1],
            population=Population(specialties=plan.specialties, coders=plan.coder_ids),
            sampling=plan_sampling(plan),
            due_on=clock.add_months(plan.month_to, 1) - dt.timedelta(1),
            planned_audit_id=plan.planned_audit_id,
        ),
    )


def audit_of_run(draw: RecurringDraw, due_on: dt.date, today: dt.date) -> AuditNew:
    """Return the audit that a run of a recurring draw sets up; the same whenever it is run, but for its due day."""
    t = DrawTemplate.model_validate(draw.template)
    first, last = rules.period_before(due_on, t.months, t.months_back)
    sampling = (
        Sampling(method=Method.per_coder, of_each=t.episodes)
        if t.per == "coder"
        else Sampling(method=Method.simple, size=t.episodes)
    )
    return AuditNew(
        kind=t.kind,
        title=f"{draw.title}, {_period_words(first, last)}",
        period_from=first,
        period_to=last,
        population=Population(specialties=t.specialties, coders=t.coder_ids),
        sampling=sampling,
        mode=t.mode,
        methodology_key=t.methodology_key,
        threshold_key=t.threshold_key,
        due_on=max(due_on, today) + dt.timedelta(t.due_days),
        lead_id=t.auditor_ids[0],
        auditor_ids=t.auditor_ids[1:],
        planned_audit_id=draw.planned_audit_id,
        recurring_draw_id=draw.recurring_draw_id,
    )


def _period_words(first: dt.date, last: dt.date) -> str:
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%B %Y}"
    if first.year == last.year:
        return f"{first:%B} to {last:%B %Y}"
    return f"{first:%B %Y} to {last:%B %Y}"
