"""HTTP of intake: messages, files, jobs, faults, senders' mappings."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from fastapi.responses import StreamingResponse

from codewell.identity.doors import IdempotencyKey, IfMatch, Me, Met, Session, once, settings_of
from codewell.intake import doors, reads, service
from codewell.intake.schemas import (
    DismissIn,
    DocumentsIn,
    EpisodesIn,
    FaultFilter,
    FaultGroupFilter,
    FaultGroupPage,
    FaultOut,
    FaultPage,
    FaultReasonPage,
    FileQuery,
    JobFilter,
    JobOut,
    JobPage,
    OutcomeOut,
    OutcomesOut,
    RetryIn,
    SourceIn,
    SourceOut,
    SourcePage,
)  # fmt: skip
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation

router = APIRouter(prefix="/intake", tags=["intake"], route_class=StrictRoute)
MULTI = status.HTTP_207_MULTI_STATUS


@router.post(
    "/episodes",
    response_model=OutcomesOut,
    status_code=MULTI,
    **doors.described(service.post_episodes, "EpisodeMessage"),
)
async def post_episodes(
    request: Request, session: Session, me: Me, body: EpisodesIn, key: IdempotencyKey = None
) -> Response:
    """Take in up to 500 finished consultant episodes; each has its own outcome."""
    return await once(request, session, me, key, service.post_episodes, body.items, status=MULTI)


@router.post(
    "/documents", response_model=OutcomesOut, status_code=MULTI,
    **doors.described(service.post_documents, "DocumentMessage"),
)  # fmt: skip
async def post_documents(
    request: Request, session: Session, me: Me, body: DocumentsIn, key: IdempotencyKey = None
) -> Response:
    """Take in up to 500 documents of episodes, in any order with them."""
    return await once(request, session, me, key, service.post_documents, body.items, status=MULTI)


@router.post(
    "/files", response_model=JobOut, status_code=status.HTTP_202_ACCEPTED, **doors.file_body(service.receive_file)
)
async def send_file(request: Request, response: Response, me: Met, query: Annotated[FileQuery, Query()]) -> Any:
    """Send a CSV or NDJSON file of episodes; a job takes it in, and says how far it is."""
    async with doors.received(request, me) as (spooled, name), doors.transaction(request) as session:
        job = await service.receive_file(
            session, me, spooled, file_name=name or query.file_name or doors.name_of(request) or doors.name_of_now(),
            source_id=query.source_id, preview=query.preview, source_at=query.source_at,
        )  # fmt: skip
    response.headers["Location"] = f"/api/v1/intake/jobs/{job.job_id}"
    return reads.job_out(job)


@router.get("/jobs", response_model=JobPage, **operation(reads.list_jobs))
async def list_jobs(session: Session, me: Me, f: Annotated[JobFilter, Query()]) -> Any:
    """List files sent, newest first."""
    return await reads.list_jobs(session, me, f)


@router.get("/jobs/{job_id}", response_model=JobOut, **operation(reads.see_job))
async def see_job(session: Session, me: Me, job_id: UUID) -> Any:
    """See how far a file is."""
    return await reads.see_job(session, me, job_id)


@router.post("/jobs/{job_id}/commit", response_model=JobOut, **operation(service.commit_job))
async def commit_job(request: Request, session: Session, me: Me, job_id: UUID) -> Any:
    """Take in what a preview has shown."""
    return reads.job_out(await service.commit_job(session, me, job_id, work_dir=settings_of(request).work_dir))


@router.post("/jobs/{job_id}/cancel", response_model=JobOut, **operation(service.cancel_job))
async def cancel_job(request: Request, session: Session, me: Me, job_id: UUID) -> Any:
    """Stop a job, or discard a preview."""
    return reads.job_out(await service.cancel_job(session, me, job_id, work_dir=settings_of(request).work_dir))


@router.get("/jobs/{job_id}/rejects", response_class=StreamingResponse, **doors.csv_answer(reads.see_rejects))
async def see_rejects(request: Request, session: Session, me: Me, job_id: UUID) -> Any:
    """Download the rows that were not taken, as they came, with the reasons."""
    job = await reads.see_rejects(session, me, job_id)
    return doors.download(reads.reject_lines(request.app.state.database, me, job), f"rejects-{job_id}.csv")


@router.get("/jobs/{job_id}/reasons", response_model=FaultReasonPage, **operation(reads.list_reasons))
async def list_reasons(session: Session, me: Me, job_id: UUID) -> Any:
    """List why rows of a file were not taken, with how many there are of each."""
    return await reads.list_reasons(session, me, job_id)


@router.get("/faults", response_model=FaultPage, **operation(reads.list_faults))
async def list_faults(session: Session, me: Me, f: Annotated[FaultFilter, Query()]) -> Any:
    """List what could not be taken in, and why."""
    return await reads.list_faults(session, me, f)


@router.get("/fault-groups", response_model=FaultGroupPage, **operation(reads.list_fault_groups))
async def list_fault_groups(session: Session, me: Me, f: Annotated[FaultGroupFilter, Query()]) -> Any:
    """List why rows and messages could not be taken in, with how many there are of each and where they came from."""
    return await reads.list_fault_groups(session, me, f)


@router.post("/faults/{fault_id}/retry", response_model=OutcomeOut, **operation(service.retry_fault))
async def retry_fault(session: Session, me: Me, fault_id: UUID, body: RetryIn) -> Any:
    """Try a message again, as it is or with members put right."""
    return await service.retry_fault(session, me, fault_id, body)


@router.post("/faults/{fault_id}/dismiss", response_model=FaultOut, **operation(service.dismiss_fault))
async def dismiss_fault(session: Session, me: Me, fault_id: UUID, body: DismissIn) -> Any:
    """Say that a message needs nothing more."""
    fault, job = await service.dismiss_fault(session, me, fault_id, body.reason)
    return reads.fault_out(me, fault, job)


@router.get("/sources", response_model=SourcePage, **operation(reads.list_sources))
async def list_sources(session: Session, me: Me) -> Any:
    """List how each sender's columns map onto ours."""
    return await reads.list_sources(session, me)


@router.get("/sources/{source_id}", response_model=SourceOut, **operation(reads.see_source))
async def see_source(session: Session, me: Me, source_id: doors.SourceId) -> Any:
    """Read how a sender's columns map onto ours."""
    return await reads.see_source(session, me, source_id)


@router.put("/sources/{source_id}", response_model=SourceOut, **operation(service.set_source))
async def set_source(session: Session, me: Me, source_id: doors.SourceId, body: SourceIn, version: IfMatch) -> Any:
    """Set how a sender's columns map onto ours; If-Match "0" makes a new one."""
    return await service.set_source(session, me, source_id, body, version=version)
