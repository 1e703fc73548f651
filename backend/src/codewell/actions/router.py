"""HTTP of recommendations and actions."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile, status

from codewell.actions import reads, rules, service
from codewell.actions.schemas import (
    ActionDetail,
    ActionFilter,
    ActionIn,
    ActionPage,
    EffectOut,
    EvidenceIn,
    MyActionCounts,
    MyActions,
    NoteIn,
    OwnerPage,
    ReAuditIn,
    RecommendationDetail,
    RecommendationFilter,
    RecommendationIn,
    RecommendationPage,
    RemarkIn,
    RespondIn,
    WhyIn,
)
from codewell.identity.doors import IdempotencyKey, IfMatch, Me, Session, once
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation
from codewell.kit.wire import ShortLine

router = APIRouter(tags=["recommendations and actions"], route_class=StrictRoute)

_MADE = status.HTTP_201_CREATED


@router.get("/recommendations", response_model=RecommendationPage, **operation(reads.list_recommendations))
async def list_recommendations(session: Session, me: Me, f: Annotated[RecommendationFilter, Query()]) -> Any:
    """List recommendations, the soonest due first."""
    return await reads.list_recommendations(session, me, f)


@router.post(
    "/audits/{audit_id}/recommendations",
    response_model=RecommendationDetail,
    status_code=_MADE,
    **operation(service.make_recommendation),
)
async def make_recommendation(
    request: Request, session: Session, me: Me, audit_id: UUID, body: RecommendationIn, key: IdempotencyKey = None
) -> Response:
    """Recommend something from an audit."""
    return await once(request, session, me, key, service.make_recommendation, (audit_id, body), status=_MADE)


@router.get("/audits/{audit_id}/effect", response_model=EffectOut, **operation(reads.see_effect))
async def see_effect(session: Session, me: Me, audit_id: UUID) -> Any:
    """See whether it helped: an audit beside those that follow it."""
    return await reads.see_effect(session, me, audit_id)


@router.get(
    "/recommendations/{recommendation_id}",
    response_model=RecommendationDetail,
    **operation(reads.see_recommendation),
)
async def see_recommendation(session: Session, me: Me, recommendation_id: UUID) -> Any:
    """See one recommendation with its findings and actions."""
    return await reads.see_recommendation(session, me, recommendation_id)


@router.put(
    "/recommendations/{recommendation_id}",
    response_model=RecommendationDetail,
    **operation(service.edit_recommendation),
)
async def edit_recommendation(
    session: Session, me: Me, recommendation_id: UUID, body: RecommendationIn, version: IfMatch
) -> Any:
    """Change a recommendation that is not answered yet."""
    await service.edit_recommendation(session, me, recommendation_id, body, version=version)
    return await reads.see_recommendation(session, me, recommendation_id)


@router.post(
    "/recommendations/{recommendation_id}/respond",
    response_model=RecommendationDetail,
    **operation(service.respond_to_recommendation),
)
async def respond_to_recommendation(
    session: Session, me: Me, recommendation_id: UUID, body: RespondIn, version: IfMatch
) -> Any:
    """Agree to a recommendation, in whole or in part, or reject it."""
    await service.respond_to_recommendation(session, me, recommendation_id, body, version=version)
    return await reads.see_recommendation(session, me, recommendation_id)


@router.post(
    "/recommendations/{recommendation_id}/withdraw",
    response_model=RecommendationDetail,
    **operation(service.withdraw_recommendation),
)
async def withdraw_recommendation(
    session: Session, me: Me, recommendation_id: UUID, body: WhyIn, version: IfMatch
) -> Any:
    """Take a recommendation back."""
    await service.withdraw_recommendation(session, me, recommendation_id, body.reason, version=version)
    return await reads.see_recommendation(session, me, recommendation_id)


@router.post(
    "/recommendations/{recommendation_id}/close",
    response_model=RecommendationDetail,
    **operation(service.close_recommendation),
)
async def close_recommendation(session: Session, me: Me, recommendation_id: UUID, version: IfMatch) -> Any:
    """Close a recommendation whose actions are closed."""
    await service.close_recommendation(session, me, recommendation_id, version=version)
    return await reads.see_recommendation(session, me, recommendation_id)


@router.post(
    "/recommendations/{recommendation_id}/reopen",
    response_model=RecommendationDetail,
    **operation(service.reopen_recommendation),
)
async def reopen_recommendation(session: Session, me: Me, recommendation_id: UUID, version: IfMatch) -> Any:
    """Open a closed recommendation again."""
    await service.reopen_recommendation(session, me, recommendation_id, version=version)
    return await reads.see_recommendation(session, me, recommendation_id)


@router.post(
    "/recommendations/{recommendation_id}/re-audit",
    response_model=RecommendationDetail,
    **operation(service.link_re_audit),
)
async def link_re_audit(session: Session, me: Me, recommendation_id: UUID, body: ReAuditIn, version: IfMatch) -> Any:
    """Name the follow-up audit that looks again."""
    await service.link_re_audit(session, me, recommendation_id, body, version=version)
    return await reads.see_recommendation(session, me, recommendation_id)


@router.post(
    "/recommendations/{recommendation_id}/actions",
    response_model=ActionDetail,
    status_code=_MADE,
    **operation(service.make_action),
)
async def make_action(
    request: Request, session: Session, me: Me, recommendation_id: UUID, body: ActionIn, key: IdempotencyKey = None
) -> Response:
    """Add an action to a recommendation."""
    return await once(request, session, me, key, service.make_action, (recommendation_id, body), status=_MADE)


@router.get("/actions", response_model=ActionPage, **operation(reads.list_actions))
async def list_actions(session: Session, me: Me, f: Annotated[ActionFilter, Query()]) -> Any:
    """List actions, the soonest due first."""
    return await reads.list_actions(session, me, f)


@router.get("/my-actions", response_model=MyActions, **operation(reads.list_my_actions))
async def list_my_actions(session: Session, me: Me) -> Any:
    """List what the caller has to do or verify soon."""
    return await reads.list_my_actions(session, me)


@router.get("/my-actions/counts", response_model=MyActionCounts, **operation(reads.count_my_actions))
async def count_my_actions(session: Session, me: Me) -> Any:
    """Count what the caller has to do, verify or answer."""
    return await reads.count_my_actions(session, me)


@router.get("/action-owners", response_model=OwnerPage, **operation(reads.list_action_owners))
async def list_action_owners(session: Session, me: Me) -> Any:
    """List who can own an action."""
    return await reads.list_action_owners(session, me)


@router.get("/actions/{action_id}", response_model=ActionDetail, **operation(reads.see_action))
async def see_action(session: Session, me: Me, action_id: UUID) -> Any:
    """See one action with its notes and evidence."""
    return await reads.see_action(session, me, action_id)


@router.put("/actions/{action_id}", response_model=ActionDetail, **operation(service.edit_action))
async def edit_action(session: Session, me: Me, action_id: UUID, body: ActionIn, version: IfMatch) -> Any:
    """Change an action that is not done."""
    await service.edit_action(session, me, action_id, body, version=version)
    return await reads.see_action(session, me, action_id)


@router.post("/actions/{action_id}/start", response_model=ActionDetail, **operation(service.start_action))
async def start_action(session: Session, me: Me, action_id: UUID, body: RemarkIn, version: IfMatch) -> Any:
    """Begin an action."""
    await service.start_action(session, me, action_id, body.text, version=version)
    return await reads.see_action(session, me, action_id)


@router.post(
    "/actions/{action_id}/notes", response_model=ActionDetail, status_code=_MADE, **operation(service.note_action)
)
async def note_action(
    request: Request, session: Session, me: Me, action_id: UUID, body: NoteIn, key: IdempotencyKey = None
) -> Response:
    """Note how an action comes on."""
    return await once(request, session, me, key, service.note_action, (action_id, body.text), status=_MADE)


@router.post(
    "/actions/{action_id}/evidence",
    response_model=ActionDetail,
    status_code=_MADE,
    **operation(service.add_action_evidence),
)
async def add_action_evidence(
    request: Request, session: Session, me: Me, action_id: UUID, body: EvidenceIn, key: IdempotencyKey = None
) -> Response:
    """Add evidence in words or as a link."""
    return await once(request, session, me, key, service.add_action_evidence, (action_id, body), status=_MADE)


@router.post(
    "/actions/{action_id}/evidence/files",
    response_model=ActionDetail,
    status_code=_MADE,
    **operation(service.upload_action_evidence),
)
async def upload_action_evidence(
    session: Session,
    me: Me,
    action_id: UUID,
    file: Annotated[UploadFile, File(description="PDF, PNG, JPEG, Word, Excel, text or CSV; at most 4 MB")],
    title: Annotated[ShortLine, Form(min_length=3)],
) -> Any:
    """Upload a file as evidence."""
    content = await file.read(rules.MOST_EVIDENCE_BYTES + 1)
    return await service.upload_action_evidence(
        session, me, action_id, title=title, file_name=file.filename or "evidence", content=content
    )


@router.get(
    "/actions/{action_id}/evidence/{evidence_id}/file",
    response_class=Response,
    **operation(service.download_action_evidence),
)
async def download_action_evidence(session: Session, me: Me, action_id: UUID, evidence_id: UUID) -> Response:
    """Download a file of evidence."""
    row = await service.download_action_evidence(session, me, action_id, evidence_id)
    name = f"attachment; filename*=UTF-8''{quote(row.file_name)}"
    headers = {"Content-Disposition": name, "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
    return Response(row.content, media_type=row.media_type, headers=headers)


@router.post(
    "/actions/{action_id}/evidence/{evidence_id}/withdraw",
    response_model=ActionDetail,
    **operation(service.withdraw_action_evidence),
)
async def withdraw_action_evidence(session: Session, me: Me, action_id: UUID, evidence_id: UUID, body: WhyIn) -> Any:
    """Take evidence back."""
    return await service.withdraw_action_evidence(session, me, (action_id, evidence_id, body.reason))


@router.post("/actions/{action_id}/finish", response_model=ActionDetail, **operation(service.finish_action))
async def finish_action(session: Session, me: Me, action_id: UUID, body: RemarkIn, version: IfMatch) -> Any:
    """Say that an action is done."""
    await service.finish_action(session, me, action_id, body.text, version=version)
    return await reads.see_action(session, me, action_id)


@router.post("/actions/{action_id}/verify", response_model=ActionDetail, **operation(service.verify_action))
async def verify_action(session: Session, me: Me, action_id: UUID, body: RemarkIn, version: IfMatch) -> Any:
    """Verify that an action was done."""
    await service.verify_action(session, me, action_id, body.text, version=version)
    return await reads.see_action(session, me, action_id)


@router.post("/actions/{action_id}/send-back", response_model=ActionDetail, **operation(service.send_action_back))
async def send_action_back(session: Session, me: Me, action_id: UUID, body: WhyIn, version: IfMatch) -> Any:
    """Send an action back to its owner."""
    await service.send_action_back(session, me, action_id, body.reason, version=version)
    return await reads.see_action(session, me, action_id)


@router.post("/actions/{action_id}/close", response_model=ActionDetail, **operation(service.close_action))
async def close_action(session: Session, me: Me, action_id: UUID, body: RemarkIn, version: IfMatch) -> Any:
    """Close a verified action."""
    await service.close_action(session, me, action_id, body.text, version=version)
    return await reads.see_action(session, me, action_id)


@router.post("/actions/{action_id}/cancel", response_model=ActionDetail, **operation(service.cancel_action))
async def cancel_action(session: Session, me: Me, action_id: UUID, body: WhyIn, version: IfMatch) -> Any:
    """Cancel an action."""
    await service.cancel_action(session, me, action_id, body.reason, version=version)
    return await reads.see_action(session, me, action_id)


@router.post("/actions/{action_id}/reopen", response_model=ActionDetail, **operation(service.reopen_action))
async def reopen_action(session: Session, me: Me, action_id: UUID, body: WhyIn, version: IfMatch) -> Any:
    """Open an action again."""
    await service.reopen_action(session, me, action_id, body.reason, version=version)
    return await reads.see_action(session, me, action_id)
