"""HTTP of the work queues."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status

from codewell.identity.doors import IdempotencyKey, IfMatch, Me, Session, once, settings_of
from codewell.identity.rules import ROLE_PERMISSIONS, Permission
from codewell.kit.http import StrictRoute
from codewell.kit.paging import Page
from codewell.kit.verbs import operation
from codewell.workqueues import reads, service
from codewell.workqueues.schemas import (
    Assign,
    Assignee,
    AssignMany,
    Claim,
    Move,
    MovedMany,
    MoveMany,
    MyWork,
    SpecialtyCount,
    SpecialtyFilter,
    WorkCounts,
    WorkItemFilter,
    WorkItemOut,
    WorkItemPage,
)  # fmt: skip

router = APIRouter(tags=["work queues"], route_class=StrictRoute)

_CODING_ROLES = sorted(r.value for r, held in ROLE_PERMISSIONS.items() if Permission.work_item_claim in held)


class AssigneePage(Page[Assignee]):
    """People to whom work can be assigned."""


class SpecialtyPage(Page[SpecialtyCount]):
    """The specialties of a queue."""


@router.get("/work-items", response_model=WorkItemPage, **operation(reads.list_work_items))
async def list_work_items(session: Session, me: Me, f: Annotated[WorkItemFilter, Query()]) -> Any:
    """List what stands in the queues."""
    return await reads.list_work_items(session, me, f)


@router.get("/work-items/counts", response_model=WorkCounts, **operation(reads.count_work_items))
async def count_work_items(session: Session, me: Me) -> Any:
    """Count every queue, by age."""
    return await reads.count_work_items(session, me)


@router.get("/work-items/specialties", response_model=SpecialtyPage, **operation(reads.count_by_specialty))
async def count_work_items_by_specialty(session: Session, me: Me, f: Annotated[SpecialtyFilter, Query()]) -> Any:
    """Count a queue, or all of them, by specialty."""
    return await reads.count_by_specialty(session, me, f)


@router.get("/work-items/assignees", response_model=AssigneePage, **operation(reads.list_assignees))
async def list_assignees(session: Session, me: Me) -> Any:
    """List who can be given work, and how much they have."""
    return await reads.list_assignees(session, me, _CODING_ROLES)


@router.get("/my-work", response_model=MyWork, **operation(reads.list_my_work))
async def list_my_work(session: Session, me: Me) -> Any:
    """List what the caller holds and what is assigned to them."""
    return await reads.list_my_work(session, me)


@router.post("/work-items/claim-next", response_model=WorkItemOut, **operation(service.claim_next))
async def claim_next(request: Request, session: Session, me: Me, body: Claim) -> Any:
    """Take the next episode: the most urgent free one."""
    lease = settings_of(request).lease_minutes
    episode_id = await service.claim_next(session, me, body, lease_minutes=lease)
    return await reads.the_item(session, me, episode_id)


@router.post("/work-items/bulk-move", response_model=MovedMany, **operation(service.move_many))
async def move_work_items(
    request: Request, session: Session, me: Me, body: MoveMany, key: IdempotencyKey = None
) -> Response:
    """Move several episodes at once."""
    return await once(request, session, me, key, service.move_many, body)


@router.post("/work-items/bulk-assign", response_model=MovedMany, **operation(service.assign_many))
async def assign_work_items(
    request: Request, session: Session, me: Me, body: AssignMany, key: IdempotencyKey = None
) -> Response:
    """Assign several episodes at once."""
    return await once(request, session, me, key, service.assign_many, body)


@router.post("/work-moves/{move_id}/undo", response_model=MovedMany, **operation(service.undo_move))
async def undo_work_move(session: Session, me: Me, move_id: UUID) -> Any:
    """Undo a bulk move or assignment."""
    return await service.undo_move(session, me, move_id)


@router.post("/work-items/{episode_id}/open", response_model=WorkItemOut, **operation(service.open_item))
async def open_work_item(request: Request, session: Session, me: Me, episode_id: UUID) -> Any:
    """Take a chosen episode."""
    await service.open_item(session, me, episode_id, lease_minutes=settings_of(request).lease_minutes)
    return await reads.the_item(session, me, episode_id)


@router.post(
    "/work-items/{episode_id}/release", status_code=status.HTTP_204_NO_CONTENT, **operation(service.release_item)
)
async def release_work_item(session: Session, me: Me, episode_id: UUID) -> Response:
    """Give an episode back."""
    await service.release_item(session, me, episode_id)
    return Response(status_code=204)


@router.post("/work-items/{episode_id}/renew", response_model=WorkItemOut, **operation(service.renew_item))
async def renew_work_item(request: Request, session: Session, me: Me, episode_id: UUID) -> Any:
    """Hold an episode for longer."""
    await service.renew_item(session, me, episode_id, lease_minutes=settings_of(request).lease_minutes)
    return await reads.the_item(session, me, episode_id)


@router.post("/work-items/{episode_id}/move", response_model=WorkItemOut, **operation(service.move_item))
async def move_work_item(session: Session, me: Me, episode_id: UUID, body: Move, version: IfMatch) -> Any:
    """Move an episode to another queue, with a reason and a wake date."""
    await service.move_item(session, me, episode_id, body, version=version)
    return await reads.the_item(session, me, episode_id)


@router.post("/work-items/{episode_id}/assign", response_model=WorkItemOut, **operation(service.assign_item))
async def assign_work_item(session: Session, me: Me, episode_id: UUID, body: Assign, version: IfMatch) -> Any:
    """Give an episode to a person."""
    await service.assign_item(session, me, episode_id, body, version=version)
    return await reads.the_item(session, me, episode_id)
