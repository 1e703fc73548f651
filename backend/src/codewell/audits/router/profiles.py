"""HTTP of audit profiles."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response, status

from codewell.audits.reads import profiles as reads
from codewell.audits.schemas.profiles import (
    ProfileAdded,
    ProfileChoice,
    ProfileComparison,
    ProfileFilter,
    ProfileNew,
    ProfileOut,
    ProfilePage,
    ProfileVersionNew,
    ProfileVersions,
)
from codewell.audits.service import profiles as service
from codewell.identity.doors import IdempotencyKey, IfMatch, Me, Session, once
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation

router = APIRouter(tags=["audit profiles"], route_class=StrictRoute)


@router.get("/audit-profiles", response_model=ProfilePage, **operation(reads.list_profiles))
async def list_audit_profiles(session: Session, me: Me, f: Annotated[ProfileFilter, Query()]) -> Any:
    """List methodology, threshold, citation and progression profiles."""
    return await reads.list_profiles(session, me, f)


@router.post(
    "/audit-profiles",
    response_model=ProfileAdded,
    status_code=status.HTTP_201_CREATED,
    **operation(service.add_profile),
)
async def add_audit_profile(
    request: Request, session: Session, me: Me, body: ProfileNew, key: IdempotencyKey = None
) -> Response:
    """Publish the first version of a profile of this Trust's own."""
    return await once(request, session, me, key, service.add_profile, body, status=201)


@router.get("/audit-profiles/{profile_id}", response_model=ProfileOut, **operation(reads.see_profile))
async def see_audit_profile(session: Session, me: Me, profile_id: str, f: Annotated[ProfileChoice, Query()]) -> Any:
    """Show a profile, such as threshold.acute_80, with what it holds and its versions."""
    return await reads.see_profile(session, me, profile_id, version=f.version)


@router.get(
    "/audit-profiles/{profile_id}/compare", response_model=ProfileComparison, **operation(reads.compare_profile)
)
async def compare_audit_profile(
    session: Session, me: Me, profile_id: str, f: Annotated[ProfileVersions, Query()]
) -> Any:
    """Compare two versions of a profile."""
    return await reads.compare_profile(session, me, profile_id, was=f.was, now=f.now)


@router.post(
    "/audit-profiles/{profile_id}/versions",
    response_model=ProfileOut,
    status_code=status.HTTP_201_CREATED,
    **operation(service.publish_profile),
)
async def publish_audit_profile(
    session: Session, me: Me, profile_id: str, body: ProfileVersionNew, version: IfMatch
) -> Any:
    """Publish the next version; If-Match takes the newest there is."""
    await service.publish_profile(session, me, profile_id, body, version=version)
    return await reads.see_profile(session, me, profile_id)
