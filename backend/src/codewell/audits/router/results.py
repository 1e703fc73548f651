"""HTTP of an audit's results: figures, what makes them up, agreement, trend, and a grouper's result."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from codewell.audits.reads import agreement, drill, results, trend
from codewell.audits.schemas.grouping import GroupingIn, GroupingOut
from codewell.audits.schemas.results import (
    ComparedEpisodeOut,
    EpisodeFilter,
    PositionFilter,
    PositionListFilter,
    ResultCountOut,
    ResultEpisodePage,
    ResultPositionPage,
    ResultsOut,
)
from codewell.audits.schemas.trend import AllAgreementOut, AuditAgreementOut, TrendFilter, TrendOut
from codewell.audits.service import grouping
from codewell.identity.doors import IdempotencyKey, Me, Session, once
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation

router = APIRouter(tags=["audit results"], route_class=StrictRoute)


@router.get("/audits/{audit_id}/results", response_model=ResultsOut, **operation(results.see_results))
async def see_results(session: Session, me: Me, audit_id: UUID) -> Any:
    """See every figure of an audit, each with its interval."""
    return await results.see_results(session, me, audit_id)


@router.get(
    "/audits/{audit_id}/results/positions",
    response_model=ResultPositionPage,
    **operation(drill.list_result_positions),
)
async def list_result_positions(
    session: Session, me: Me, audit_id: UUID, f: Annotated[PositionListFilter, Query()]
) -> Any:
    """List the codes behind a figure."""
    return await drill.list_result_positions(session, me, audit_id, f)


@router.get(
    "/audits/{audit_id}/results/positions/count",
    response_model=ResultCountOut,
    **operation(drill.count_result_positions),
)
async def count_result_positions(
    session: Session, me: Me, audit_id: UUID, f: Annotated[PositionFilter, Query()]
) -> Any:
    """Count the codes behind a figure."""
    return await drill.count_result_positions(session, me, audit_id, f)


@router.get(
    "/audits/{audit_id}/results/episodes", response_model=ResultEpisodePage, **operation(drill.list_result_episodes)
)
async def list_result_episodes(session: Session, me: Me, audit_id: UUID, f: Annotated[EpisodeFilter, Query()]) -> Any:
    """List the audited episodes with what each counts."""
    return await drill.list_result_episodes(session, me, audit_id, f)


@router.get(
    "/audits/{audit_id}/results/episodes/{item_id}",
    response_model=ComparedEpisodeOut,
    **operation(drill.see_compared_episode),
)
async def see_compared_episode(session: Session, me: Me, audit_id: UUID, item_id: UUID) -> Any:
    """See both lists of an audited episode side by side."""
    return await drill.see_compared_episode(session, me, audit_id, item_id)


@router.get("/audits/{audit_id}/agreement", response_model=AuditAgreementOut, **operation(agreement.see_agreement))
async def see_agreement(session: Session, me: Me, audit_id: UUID) -> Any:
    """See how far the auditors of an audit agree."""
    return await agreement.see_agreement(session, me, audit_id)


@router.get("/audit-agreement", response_model=AllAgreementOut, **operation(agreement.see_all_agreement))
async def see_all_agreement(session: Session, me: Me) -> Any:
    """See how far auditors agree, over all audits by quarter, and how often proposals stand."""
    return await agreement.see_all_agreement(session, me)


@router.get("/audits/{audit_id}/trend", response_model=TrendOut, **operation(trend.see_trend))
async def see_trend(session: Session, me: Me, audit_id: UUID, f: Annotated[TrendFilter, Query()]) -> Any:
    """See how figures went from audit to audit."""
    return await trend.see_trend(session, me, audit_id, f)


@router.post("/audits/{audit_id}/grouping", response_model=GroupingOut, **operation(grouping.load_grouping))
async def load_grouping(
    request: Request, session: Session, me: Me, audit_id: UUID, body: GroupingIn, key: IdempotencyKey = None
) -> Response:
    """Load a grouper's result for the audited episodes, from CSV."""
    return await once(request, session, me, key, grouping.load_grouping, (audit_id, body))
