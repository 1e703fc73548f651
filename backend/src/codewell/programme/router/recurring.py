"""HTTP of recurring draws and their runs."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from codewell.identity.doors import IdempotencyKey, IfMatch, Me, Session, once
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation
from codewell.programme.reads import preview
from codewell.programme.reads import recurring as reads
from codewell.programme.schemas.coverage import ProgrammeCounts
from codewell.programme.schemas.plans import PlanStarted
from codewell.programme.schemas.recurring import (
    Acknowledge,
    NextRun,
    RecurringDrawIn,
    RecurringDrawMade,
    RecurringDrawOut,
    RecurringDrawPage,
    RunOut,
    RunPage,
    StopDraw,
)
from codewell.programme.schemas.shared import Listed
from codewell.programme.service import recurring

router = APIRouter(tags=["audit programme"], route_class=StrictRoute)


@router.get("/programme-counts", response_model=ProgrammeCounts, **operation(reads.count_programme))
async def count_programme(session: Session, me: Me) -> Any:
    """Count missed runs and late plans."""
    return await reads.count_programme(session, me)


@router.get("/recurring-draws", response_model=RecurringDrawPage, **operation(reads.list_recurring_draws))
async def list_recurring_draws(session: Session, me: Me, f: Annotated[Listed, Query()]) -> Any:
    """List the recurring draws."""
    return await reads.list_recurring_draws(session, me, f)


@router.post(
    "/recurring-draws", response_model=RecurringDrawMade, status_code=201, **operation(recurring.schedule_draw)
)
async def schedule_draw(
    request: Request, session: Session, me: Me, body: RecurringDrawIn, key: IdempotencyKey = None
) -> Response:
    """Schedule a draw that recurs."""
    return await once(request, session, me, key, recurring.schedule_draw, body, status=201)


@router.get(
    "/recurring-draws/{recurring_draw_id}", response_model=RecurringDrawOut, **operation(reads.see_recurring_draw)
)
async def see_recurring_draw(session: Session, me: Me, recurring_draw_id: UUID) -> Any:
    """See a recurring draw."""
    return await reads.see_recurring_draw(session, me, recurring_draw_id)


@router.put(
    "/recurring-draws/{recurring_draw_id}", response_model=RecurringDrawOut,
    **operation(recurring.edit_recurring_draw),
)  # fmt: skip
async def edit_recurring_draw(
    session: Session, me: Me, recurring_draw_id: UUID, body: RecurringDrawIn, version: IfMatch
) -> Any:
    """Change a recurring draw."""
    await recurring.edit_recurring_draw(session, me, recurring_draw_id, body, version=version)
    return await reads.see_recurring_draw(session, me, recurring_draw_id)


@router.post(
    "/recurring-draws/{recurring_draw_id}/stop", response_model=RecurringDrawOut, **operation(recurring.stop_draw)
)
async def stop_recurring_draw(
    session: Session, me: Me, recurring_draw_id: UUID, body: StopDraw, version: IfMatch
) -> Any:
    """Stop a recurring draw, with a reason."""
    await recurring.stop_draw(session, me, recurring_draw_id, body, version=version)
    return await reads.see_recurring_draw(session, me, recurring_draw_id)


@router.post(
    "/recurring-draws/{recurring_draw_id}/resume", response_model=RecurringDrawOut,
    **operation(recurring.resume_draw),
)  # fmt: skip
async def resume_recurring_draw(session: Session, me: Me, recurring_draw_id: UUID, version: IfMatch) -> Any:
    """Let a stopped draw recur again."""
    await recurring.resume_draw(session, me, recurring_draw_id, version=version)
    return await reads.see_recurring_draw(session, me, recurring_draw_id)


@router.get("/recurring-draws/{recurring_draw_id}/next", response_model=NextRun, **operation(preview.preview_next_run))
async def preview_next_run(session: Session, me: Me, recurring_draw_id: UUID) -> Any:
    """See what the next run would draw, were it made now."""
    return await preview.preview_next_run(session, me, recurring_draw_id)


@router.get("/recurring-draws/{recurring_draw_id}/runs", response_model=RunPage, **operation(reads.list_runs))
async def list_recurring_runs(session: Session, me: Me, recurring_draw_id: UUID, f: Annotated[Listed, Query()]) -> Any:
    """List what came of each due day, the latest first."""
    return await reads.list_runs(session, me, recurring_draw_id, f)


@router.get("/missed-runs", response_model=RunPage, **operation(reads.list_missed_runs))
async def list_missed_runs(session: Session, me: Me, f: Annotated[Listed, Query()]) -> Any:
    """List missed runs that nobody has dealt with."""
    return await reads.list_missed_runs(session, me, f)


@router.get("/recurring-runs/{recurring_run_id}", response_model=RunOut, **operation(reads.see_run))
async def see_recurring_run(session: Session, me: Me, recurring_run_id: UUID) -> Any:
    """See what came of one due day."""
    return await reads.see_run(session, me, recurring_run_id)


@router.post(
    "/recurring-runs/{recurring_run_id}/acknowledge", response_model=RunOut, **operation(recurring.acknowledge_run)
)
async def acknowledge_recurring_run(session: Session, me: Me, recurring_run_id: UUID, body: Acknowledge) -> Any:
    """Let a missed run be, with a reason."""
    await recurring.acknowledge_run(session, me, recurring_run_id, body)
    return await reads.see_run(session, me, recurring_run_id)


@router.post("/recurring-runs/{recurring_run_id}/run", response_model=PlanStarted, **operation(recurring.run_by_hand))
async def run_by_hand(session: Session, me: Me, recurring_run_id: UUID) -> Any:
    """Make a missed run now."""
    return await recurring.run_by_hand(session, me, recurring_run_id)
