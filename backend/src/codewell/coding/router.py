"""HTTP of the workbench, drafts and codings."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response, status

from codewell.coding import reads, service
from codewell.coding.schemas import (
    CodingOut,
    CodingPage,
    DraftIn,
    DraftSaved,
    FeedFilter,
    FeedPage,
    ReturnIn,
    SubmitIn,
    Submitted,
    WorkbenchOut,
)  # fmt: skip
from codewell.identity.doors import IfMatch, Me, Session, settings_of
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation

router = APIRouter(tags=["coding"], route_class=StrictRoute)


@router.get("/episodes/{episode_id}/workbench", response_model=WorkbenchOut, **operation(service.see_workbench))
async def see_workbench(session: Session, me: Me, episode_id: UUID) -> Any:
    """Open an episode in the workbench."""
    return await service.see_workbench(session, me, episode_id)


@router.put("/episodes/{episode_id}/draft", response_model=DraftSaved, **operation(service.save_draft))
async def save_draft(
    request: Request, session: Session, me: Me, episode_id: UUID, body: DraftIn, version: IfMatch
) -> Any:
    """Keep what has been typed; If-Match is the draft's version, "0" for the first."""
    lease = settings_of(request).lease_minutes
    return await service.save_draft(session, me, episode_id, body, version=version, lease_minutes=lease)


@router.delete(
    "/episodes/{episode_id}/draft", status_code=status.HTTP_204_NO_CONTENT, **operation(service.discard_draft)
)
async def discard_draft(session: Session, me: Me, episode_id: UUID) -> Response:
    """Throw the caller's draft away."""
    await service.discard_draft(session, me, episode_id)
    return Response(status_code=204)


async def _submitted(session: Session, me: Me, result: Any) -> Any:
    coding, next_episode_id = result
    out = await service.see_coding(session, me, coding.episode_id, coding.version)
    return {"coding": out, "next_episode_id": next_episode_id}


@router.post("/episodes/{episode_id}/submit", response_model=Submitted, **operation(service.submit))
async def submit_codes(
    request: Request, session: Session, me: Me, episode_id: UUID, body: SubmitIn, version: IfMatch
) -> Any:
    """Submit codes as a new version; If-Match is the episode's coding version, "0" for the first."""
    lease = settings_of(request).lease_minutes
    result = await service.submit(session, me, episode_id, body, version=version, lease_minutes=lease)
    return await _submitted(session, me, result)


@router.post("/episodes/{episode_id}/second-check/approve", response_model=Submitted, **operation(service.approve))
async def approve_codes(
    request: Request, session: Session, me: Me, episode_id: UUID, body: SubmitIn, version: IfMatch
) -> Any:
    """Approve a trainee's codes, as they are or changed."""
    lease = settings_of(request).lease_minutes
    result = await service.approve(session, me, episode_id, body, version=version, lease_minutes=lease)
    return await _submitted(session, me, result)


@router.post("/episodes/{episode_id}/second-check/return", response_model=CodingOut, **operation(service.give_back))
async def return_codes(session: Session, me: Me, episode_id: UUID, body: ReturnIn, version: IfMatch) -> Any:
    """Return a trainee's codes with a reason."""
    coding = await service.give_back(session, me, episode_id, body, version=version)
    return await service.see_coding(session, me, episode_id, coding.version)


@router.get("/episodes/{episode_id}/codings", response_model=CodingPage, **operation(service.list_codings))
async def list_codings(session: Session, me: Me, episode_id: UUID) -> Any:
    """List every version of an episode's codes."""
    return await service.list_codings(session, me, episode_id)


@router.get("/episodes/{episode_id}/codings/{version}", response_model=CodingOut, **operation(service.see_coding))
async def see_coding(
    session: Session, me: Me, episode_id: UUID, version: Annotated[int, Path(ge=1, le=1_000_000)]
) -> Any:
    """Read one version of an episode's codes."""
    return await service.see_coding(session, me, episode_id, version)


@router.get("/codings", response_model=FeedPage, **operation(reads.list_coding_feed))
async def list_coding_feed(session: Session, me: Me, f: Annotated[FeedFilter, Query()]) -> Any:
    """Follow every version in the order it was committed; call again with next_after."""
    return await reads.list_coding_feed(session, me, f)
