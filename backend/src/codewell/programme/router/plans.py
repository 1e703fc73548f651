"""HTTP of programmes, planned audits and coverage."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from codewell.identity.doors import IdempotencyKey, IfMatch, Me, Session, once
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation
from codewell.programme.reads import coverage
from codewell.programme.reads import plans as reads
from codewell.programme.schemas.coverage import CoverageCounts, CoverageFilter, CoveragePage
from codewell.programme.schemas.plans import (
    PlanDrop,
    PlannedAuditIn,
    PlannedAuditMade,
    PlannedAuditOut,
    PlannedAuditPage,
    PlanStarted,
    ProgrammeIn,
    ProgrammeMade,
    ProgrammeOut,
    ProgrammePage,
    StartIn,
)
from codewell.programme.schemas.shared import Listed
from codewell.programme.service import plans

router = APIRouter(tags=["audit programme"], route_class=StrictRoute)


@router.get("/programmes", response_model=ProgrammePage, **operation(reads.list_programmes))
async def list_programmes(session: Session, me: Me, f: Annotated[Listed, Query()]) -> Any:
    """List the programmes, the latest year first."""
    return await reads.list_programmes(session, me, f)


@router.post("/programmes", response_model=ProgrammeMade, status_code=201, **operation(plans.begin_programme))
async def begin_programme(
    request: Request, session: Session, me: Me, body: ProgrammeIn, key: IdempotencyKey = None
) -> Response:
    """Begin a financial year's programme."""
    return await once(request, session, me, key, plans.begin_programme, body, status=201)


@router.get("/programmes/{programme_id}", response_model=ProgrammeOut, **operation(reads.see_programme))
async def see_programme(session: Session, me: Me, programme_id: UUID) -> Any:
    """See a programme and its progress."""
    return await reads.see_programme(session, me, programme_id)


@router.put("/programmes/{programme_id}", response_model=ProgrammeOut, **operation(plans.edit_programme))
async def edit_programme(session: Session, me: Me, programme_id: UUID, body: ProgrammeIn, version: IfMatch) -> Any:
    """Change a programme."""
    await plans.edit_programme(session, me, programme_id, body, version=version)
    return await reads.see_programme(session, me, programme_id)


@router.get(
    "/programmes/{programme_id}/planned-audits", response_model=PlannedAuditPage,
    **operation(reads.list_planned_audits),
)  # fmt: skip
async def list_planned_audits(session: Session, me: Me, programme_id: UUID, f: Annotated[Listed, Query()]) -> Any:
    """List a programme's planned audits, by month."""
    return await reads.list_planned_audits(session, me, programme_id, f)


@router.post(
    "/programmes/{programme_id}/planned-audits", response_model=PlannedAuditMade, status_code=201,
    **operation(plans.plan_audit),
)  # fmt: skip
async def plan_audit(
    request: Request, session: Session, me: Me, programme_id: UUID, body: PlannedAuditIn, key: IdempotencyKey = None
) -> Response:
    """Plan an audit."""
    return await once(request, session, me, key, plans.plan_audit, (programme_id, body), status=201)


@router.get("/programmes/{programme_id}/coverage", response_model=CoverageCounts, **operation(coverage.count_coverage))
async def count_coverage(session: Session, me: Me, programme_id: UUID) -> Any:
    """Count who and what a year's audits cover."""
    return await coverage.count_coverage(session, me, programme_id)


@router.get(
    "/programmes/{programme_id}/coverage/coders", response_model=CoveragePage,
    **operation(coverage.list_coder_coverage),
)  # fmt: skip
async def list_coder_coverage(
    session: Session, me: Me, programme_id: UUID, f: Annotated[CoverageFilter, Query()]
) -> Any:
    """List every coder: episodes, audited, last audited, planned."""
    return await coverage.list_coder_coverage(session, me, programme_id, f)


@router.get(
    "/programmes/{programme_id}/coverage/specialties", response_model=CoveragePage,
    **operation(coverage.list_specialty_coverage),
)  # fmt: skip
async def list_specialty_coverage(
    session: Session, me: Me, programme_id: UUID, f: Annotated[CoverageFilter, Query()]
) -> Any:
    """List every specialty: episodes, audited, last audited, planned."""
    return await coverage.list_specialty_coverage(session, me, programme_id, f)


@router.get("/planned-audits/{planned_audit_id}", response_model=PlannedAuditOut, **operation(reads.see_planned_audit))
async def see_planned_audit(session: Session, me: Me, planned_audit_id: UUID) -> Any:
    """See a planned audit."""
    return await reads.see_planned_audit(session, me, planned_audit_id)


@router.put("/planned-audits/{planned_audit_id}", response_model=PlannedAuditOut, **operation(plans.edit_planned_audit))
async def edit_planned_audit(
    session: Session, me: Me, planned_audit_id: UUID, body: PlannedAuditIn, version: IfMatch
) -> Any:
    """Change a planned audit."""
    await plans.edit_planned_audit(session, me, planned_audit_id, body, version=version)
    return await reads.see_planned_audit(session, me, planned_audit_id)


@router.post(
    "/planned-audits/{planned_audit_id}/drop", response_model=PlannedAuditOut, **operation(plans.drop_planned_audit)
)
async def drop_planned_audit(session: Session, me: Me, planned_audit_id: UUID, body: PlanDrop, version: IfMatch) -> Any:
    """Drop a planned audit, with a reason."""
    await plans.drop_planned_audit(session, me, planned_audit_id, body, version=version)
    return await reads.see_planned_audit(session, me, planned_audit_id)


@router.post(
    "/planned-audits/{planned_audit_id}/restore", response_model=PlannedAuditOut,
    **operation(plans.restore_planned_audit),
)  # fmt: skip
async def restore_planned_audit(session: Session, me: Me, planned_audit_id: UUID, version: IfMatch) -> Any:
    """Take a dropped audit up again."""
    await plans.restore_planned_audit(session, me, planned_audit_id, version=version)
    return await reads.see_planned_audit(session, me, planned_audit_id)


@router.post(
    "/planned-audits/{planned_audit_id}/start", response_model=PlanStarted, **operation(plans.start_planned_audit)
)
async def start_planned_audit(session: Session, me: Me, planned_audit_id: UUID, body: StartIn, version: IfMatch) -> Any:
    """Begin an audit with the plan's facts."""
    return await plans.start_planned_audit(session, me, planned_audit_id, body, version=version)
