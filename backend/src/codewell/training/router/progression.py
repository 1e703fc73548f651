"""HTTP of trainees' progression."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from codewell.identity.doors import IfMatch, Me, Session
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation
from codewell.training.reads import progression as reads
from codewell.training.schemas import ProgressionDecisionIn, TraineeList, TraineeOut, TraineePage
from codewell.training.service import progression

router = APIRouter(tags=["training"], route_class=StrictRoute)


@router.get("/trainees", response_model=TraineePage, **operation(reads.list_trainees))
async def list_trainees(session: Session, me: Me, f: Annotated[TraineeList, Query()]) -> Any:
    """List trainees with stage and evidence."""
    return await reads.list_trainees(session, me, f)


@router.get("/my-progression", response_model=TraineeOut, **operation(reads.see_my_progression))
async def see_my_progression(session: Session, me: Me) -> Any:
    """See one's own stage and evidence."""
    return await reads.see_my_progression(session, me)


@router.get("/trainees/{person_id}", response_model=TraineeOut, **operation(reads.see_trainee))
async def see_trainee(session: Session, me: Me, person_id: UUID) -> Any:
    """See a trainee's stage, conditions, evidence and history."""
    return await reads.see_trainee(session, me, person_id)


@router.post("/trainees/{person_id}/decisions", response_model=TraineeOut, **operation(progression.decide_progression))
async def decide_progression(
    session: Session, me: Me, person_id: UUID, body: ProgressionDecisionIn, version: IfMatch
) -> Any:
    """Decide about a trainee: move on, stay, go back."""
    await progression.decide_progression(session, me, person_id, body, version=version)
    return await reads.see_trainee(session, me, person_id)
