"""What the next run of a recurring draw would be, were it made now."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits import frame
from codewell.audits.draw import Impossible
from codewell.audits.reads.draws import sizes_for, strata_out
from codewell.audits.reads.setup import names_of
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.problems import NotFound, Problem
from codewell.kit.verbs import verb
from codewell.programme import rules
from codewell.programme.reads import recurring as reads
from codewell.programme.schemas.recurring import DrawTemplate
from codewell.programme.service import recurring
from codewell.programme.service.start import audit_of_run

LATER = 6


@verb("programme:see", refuses=[NotFound])
async def preview_next_run(session: AsyncSession, actor: Actor, recurring_draw_id: UUID) -> dict[str, Any]:
    """Return when a draw is next due, of which months, and what it would find were it made now."""
    draw = await reads.the_draw(session, actor, recurring_draw_id)
    after = max(clock.today() - dt.timedelta(1), draw.counts_from - dt.timedelta(1))
    done = set(await reads.due_without_run(session, actor, draw))
    days = [
        d
        for d in islice(rules.due_days(reads.schedule_of(draw), after=after), LATER + 1)
        if d > clock.today() or d in done
    ]
    if draw.stopped_at is not None or not days:
        none = "It is stopped." if draw.stopped_at is not None else "No day is due any more by its schedule."
        return {
            "due_on": None, "period_from": None, "period_to": None, "later": [], "frame": None, "would_draw": None,
            "strata": [], "trouble": none,
        }  # fmt: skip
    new = audit_of_run(draw, days[0], clock.today())
    t = DrawTemplate.model_validate(draw.template)
    fit, trouble = await _auditors(session, actor, t, days[0])
    wanted = frame.Wanted(
        draw.recurring_draw_id, new.period_from, new.period_to, new.population, new.sampling, tuple(fit)
    )
    found = await frame.frame_of(session, actor, wanted, lines=False, reader=actor.id)
    try:
        sizes = sizes_for(new.sampling, found.counts)
    except Impossible as no:
        sizes, trouble = {}, trouble or (None if new.period_to >= clock.today() else str(no))
    by = new.sampling.strata_by
    names = await names_of(session, actor, frame.coders_in(by, found.counts))
    strata = strata_out(by, found.counts, sizes, names)
    return {
        "due_on": days[0],
        "period_from": new.period_from,
        "period_to": new.period_to,
        "later": days[1:LATER],
        "frame": found.size,
        "would_draw": sum(sizes.values()),
        "strata": [{"name": s["label"], "frame": s["frame"], "drawn": s["drawn"]} for s in strata] if by else [],
        "trouble": trouble,
    }


async def _auditors(
    session: AsyncSession, actor: Actor, t: DrawTemplate, due_on: dt.date
) -> tuple[list[UUID], str | None]:
    """Return who could audit were it run today, and what is wrong with that."""
    try:
        fit, _ = await recurring.fit_auditors(session, actor, t, due_on)
    except Problem as problem:
        return [], problem.said()
    if not fit:
        return [], "None of its auditors works here and holds a qualification in force today."
    return fit, None
