"""HTTP of learning needs."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from codewell.identity.doors import IfMatch, Me, Session
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation
from codewell.training.reads import needs as reads
from codewell.training.schemas import (
    MissedFilter,
    MissedStandards,
    MyNeedFilter,
    NeedFilter,
    NeedOut,
    NeedPage,
    NeedPut,
)
from codewell.training.service import needs

router = APIRouter(tags=["training"], route_class=StrictRoute)


@router.get("/learning-needs", response_model=NeedPage, **operation(reads.list_needs))
async def list_learning_needs(session: Session, me: Me, f: Annotated[NeedFilter, Query()]) -> Any:
    """List learning needs, the most often found first."""
    return await reads.list_needs(session, me, f)


@router.get("/my-learning-needs", response_model=NeedPage, **operation(reads.list_my_needs))
async def list_my_learning_needs(session: Session, me: Me, f: Annotated[MyNeedFilter, Query()]) -> Any:
    """List the caller's own learning needs."""
    return await reads.list_my_needs(session, me, f)


@router.get("/missed-standards", response_model=MissedStandards, **operation(reads.list_missed_standards))
async def list_missed_standards(session: Session, me: Me, f: Annotated[MissedFilter, Query()]) -> Any:
    """List the standards missed most, with shares and intervals."""
    return await reads.list_missed_standards(session, me, f)


@router.get("/learning-needs/{need_id}", response_model=NeedOut, **operation(reads.see_need))
async def see_learning_need(session: Session, me: Me, need_id: UUID) -> Any:
    """See a learning need."""
    return await reads.see_need(session, me, need_id)


@router.put("/learning-needs/{need_id}", response_model=NeedOut, **operation(needs.put_need))
async def put_learning_need(session: Session, me: Me, need_id: UUID, body: NeedPut, version: IfMatch) -> Any:
    """Say that a need is planned, met, or open again."""
    await needs.put_need(session, me, need_id, body, version=version)
    return await reads.see_need(session, me, need_id)
