"""Verbs on recommendations and actions: make, answer, do, show evidence, verify, close, look again."""

from __future__ import annotations

import hashlib
import re
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.actions import reads, rules
from codewell.actions.models import ActionEvidence, ActionNote, AuditAction, Recommendation
from codewell.actions.rules import ActionState, CannotMove, EvidenceKind, RecommendationState
from codewell.actions.schemas import ActionIn, EvidenceIn, ReAuditIn, RecommendationIn, RespondIn
from codewell.audits.reads.one import the_audit
from codewell.audits.rules import AuditState
from codewell.identity.actor import Actor
from codewell.identity.rules import ROLE_LABELS, Role, same_version
from codewell.kit import clock
from codewell.kit.ids import uuid7
from codewell.kit.problems import NotFound, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail


async def _owner(session: AsyncSession, actor: Actor, body: RecommendationIn | ActionIn) -> dict[str, Any]:
    """Return the owner's columns; UnknownOwner for a person who is not active here."""
    if body.owner_role is not None:
        role = Role(body.owner_role)
        return {"owner_id": None, "owner_role": role.value, "owner_name": ROLE_LABELS[role]}
    name = await session.scalar(
        text("select name from person where provider = :provider and person_id = :id and active"),
        {"provider": actor.provider, "id": body.owner_id},
    )
    if name is None:
        raise rules.UnknownOwner(errors=[{"pointer": "/body/owner_id", "detail": "nobody who is active here"}])
    return {"owner_id": body.owner_id, "owner_role": None, "owner_name": name}


_KNOWN = text("""
select count(*) from unnest(cast(:items as uuid[]), cast(:nos as integer[])) as x(item_id, no)
join audit_position p on p.provider = :provider and p.audit_id = :audit_id and p.item_id = x.item_id and p.no = x.no
where p.final_type is not null
""")


async def _rests_on(
    session: AsyncSession, actor: Actor, audit_id: UUID, body: RecommendationIn
) -> list[dict[str, Any]]:
    """Return the findings as they are stored; UnknownFinding for what is none of this audit."""
    named = list(dict.fromkeys((f.item_id, f.no) for f in body.rests_on))
    values = {
        "provider": actor.provider, "audit_id": audit_id, "items": [i for i, _ in named], "nos": [n for _, n in named],
    }  # fmt: skip
    if named and await session.scalar(_KNOWN, values) != len(named):
        raise rules.UnknownFinding(errors=[{"pointer": "/body/rests_on", "detail": "not a finding of this audit"}])
    return [{"item_id": str(i), "no": n} for i, n in named]


_NEXT = text("select coalesce(max(no), 0) + 1 from recommendation where provider = :provider and audit_id = :audit_id")
_NEXT_ACTION = text("""
select coalesce(max(no), 0) + 1 from audit_action where provider = :provider and recommendation_id = :id
""")


@verb(
    "recommendation:edit",
    leaves="recommendation:made",
    refuses=[NotFound, CannotMove, rules.UnknownOwner, rules.UnknownFinding],
)
async def make_recommendation(
    session: AsyncSession, actor: Actor, argument: tuple[UUID, RecommendationIn]
) -> dict[str, Any]:
    """Recommend something from an audit that was drawn; also once it is signed."""
    audit_id, body = argument
    audit = await the_audit(session, actor, audit_id)
    if audit.state not in (AuditState.running, AuditState.correcting, AuditState.signed):
        raise CannotMove(state=audit.state)
    # One at a time for each audit, so that numbers follow one another.
    await session.execute(
        text("select 1 from audit where provider = :provider and audit_id = :audit_id for update"),
        {"provider": actor.provider, "audit_id": audit_id},
    )
    no = await session.scalar(_NEXT, {"provider": actor.provider, "audit_id": audit_id})
    made = Recommendation(
        provider=actor.provider, recommendation_id=uuid7(), audit_id=audit_id, no=no or 1, text=body.text.strip(),
        standard=body.standard, rests_on=await _rests_on(session, actor, audit_id, body), priority=body.priority.value,
        **await _owner(session, actor, body), due_on=body.due_on, evidence_wanted=body.evidence_wanted.strip(),
        state=RecommendationState.proposed.value, response=None, response_reason="", responded_by_id=None,
        responded_by_name=None, responded_at=None, re_audit_id=None, closed_at=None, created_by_id=actor.id,
        created_by_name=actor.name, created_at=clock.now(), version=1,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    await trail.record(
        session, actor, "recommendation:made", "recommendation", made.recommendation_id, version=1,
        audit_id=str(audit_id), priority=made.priority, due_on=str(made.due_on),
    )  # fmt: skip
    return await reads.see_recommendation(session, actor, made.recommendation_id)


async def _recommendation(session: AsyncSession, actor: Actor, recommendation_id: UUID, version: int) -> Recommendation:
    """Return a recommendation that the caller may see, locked; Stale unless they saw it as it is."""
    await reads.one_recommendation(session, actor, recommendation_id)
    row = await session.get(
        Recommendation, (actor.provider, recommendation_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound()
    same_version(row.version, version)
    return row


async def _changed(session: AsyncSession, actor: Actor, row: Recommendation, tag: str, **facts: Any) -> None:
    row.version += 1
    await session.flush()
    await trail.record(
        session, actor, tag, "recommendation", row.recommendation_id, version=row.version,
        audit_id=str(row.audit_id), state=row.state, **facts,
    )  # fmt: skip


@verb(
    "recommendation:edit",
    leaves="recommendation:edited",
    refuses=[NotFound, Stale, CannotMove, rules.UnknownOwner, rules.UnknownFinding],
)
async def edit_recommendation(
    session: AsyncSession, actor: Actor, recommendation_id: UUID, body: RecommendationIn, *, version: int
) -> None:
    """Change a recommendation that the Trust has not answered yet."""
    row = await _recommendation(session, actor, recommendation_id, version)
    if row.state != RecommendationState.proposed:
        raise CannotMove(state=row.state)
    for name, value in (await _owner(session, actor, body)).items():
        setattr(row, name, value)
    row.text, row.standard, row.priority = body.text.strip(), body.standard, body.priority.value
    row.due_on, row.evidence_wanted = body.due_on, body.evidence_wanted.strip()
    row.rests_on = await _rests_on(session, actor, row.audit_id, body)
    await _changed(session, actor, row, "recommendation:edited")


@verb("recommendation:respond", leaves="recommendation:answered", refuses=[NotFound, Stale, CannotMove])
async def respond_to_recommendation(
    session: AsyncSession, actor: Actor, recommendation_id: UUID, body: RespondIn, *, version: int
) -> None:
    """Agree to a recommendation, in whole or in part, or reject it; the two latter with a reason."""
    row = await _recommendation(session, actor, recommendation_id, version)
    row.state = rules.to_state(rules.RECOMMENDATION_MOVES, rules.RESPONSE_MOVES[body.response], row.state)
    row.response, row.response_reason = body.response.value, body.reason.strip()
    row.responded_by_id, row.responded_by_name, row.responded_at = actor.id, actor.name, clock.now()
    await _changed(session, actor, row, "recommendation:answered", response=body.response.value)


@verb("recommendation:edit", leaves="recommendation:withdrawn", refuses=[NotFound, Stale, CannotMove])
async def withdraw_recommendation(
    session: AsyncSession, actor: Actor, recommendation_id: UUID, reason: str, *, version: int
) -> None:
    """Take back a recommendation that the Trust has not answered yet, with the reason."""
    row = await _recommendation(session, actor, recommendation_id, version)
    row.state = rules.to_state(rules.RECOMMENDATION_MOVES, "withdraw", row.state)
    row.response_reason = reason.strip()
    await _changed(session, actor, row, "recommendation:withdrawn")


@verb(
    "recommendation:edit", leaves="recommendation:closed", refuses=[NotFound, Stale, CannotMove, rules.EvidenceMissing]
)
async def close_recommendation(session: AsyncSession, actor: Actor, recommendation_id: UUID, *, version: int) -> None:
    """Close a recommendation once each of its actions is closed or cancelled, and one at least closed with evidence."""
    row = await _recommendation(session, actor, recommendation_id, version)
    to = rules.to_state(rules.RECOMMENDATION_MOVES, "close", row.state)
    states = (
        await session.scalars(
            text("select state from audit_action where provider = :provider and recommendation_id = :id"),
            {"provider": actor.provider, "id": recommendation_id},
        )
    ).all()
    why = rules.why_not_close_recommendation(states)
    if why is not None:
        raise rules.EvidenceMissing(why)
    row.state, row.closed_at = to, clock.now()
    await _changed(session, actor, row, "recommendation:closed")


@verb("recommendation:edit", leaves="recommendation:reopened", refuses=[NotFound, Stale, CannotMove])
async def reopen_recommendation(session: AsyncSession, actor: Actor, recommendation_id: UUID, *, version: int) -> None:
    """Open a closed recommendation again: a re-audit may show that it did not help."""
    row = await _recommendation(session, actor, recommendation_id, version)
    row.state, row.closed_at = rules.to_state(rules.RECOMMENDATION_MOVES, "reopen", row.state), None
    await _changed(session, actor, row, "recommendation:reopened")


@verb(
    "recommendation:edit",
    leaves="recommendation:re_audit_linked",
    refuses=[NotFound, Stale, CannotMove, rules.NotAFollowUp],
)
async def link_re_audit(
    session: AsyncSession, actor: Actor, recommendation_id: UUID, body: ReAuditIn, *, version: int
) -> None:
    """Say which follow-up audit looks again at what was recommended; null takes the link away."""
    row = await _recommendation(session, actor, recommendation_id, version)
    if row.state == RecommendationState.withdrawn:
        raise CannotMove(state=row.state)
    if body.audit_id is not None:
        audit = await the_audit(session, actor, body.audit_id)
        if audit.follows_audit_id != row.audit_id:
            raise rules.NotAFollowUp()
    row.re_audit_id = body.audit_id
    await _changed(session, actor, row, "recommendation:re_audit_linked", re_audit_id=str(body.audit_id or ""))


@verb("recommendation:edit", leaves="action:made", refuses=[NotFound, CannotMove, rules.UnknownOwner])
async def make_action(session: AsyncSession, actor: Actor, argument: tuple[UUID, ActionIn]) -> dict[str, Any]:
    """Add an action to a recommendation that the Trust agreed to, in whole or in part."""
    recommendation_id, body = argument
    await reads.one_recommendation(session, actor, recommendation_id)
    row = await session.get(Recommendation, (actor.provider, recommendation_id), with_for_update=True)
    if row is None or row.state not in rules.STANDING:
        raise CannotMove(state=row.state if row else None)
    no = await session.scalar(_NEXT_ACTION, {"provider": actor.provider, "id": recommendation_id})
    made = AuditAction(
        provider=actor.provider, action_id=uuid7(), recommendation_id=recommendation_id, no=no or 1,
        text=body.text.strip(), **await _owner(session, actor, body), due_on=body.due_on,
        remind_days=sorted(set(body.remind_days), reverse=True), state=ActionState.open.value, done_by_id=None,
        done_by_name=None, done_at=None, verified_by_id=None, verified_by_name=None, verified_at=None, closed_at=None,
        created_by_name=actor.name, created_at=clock.now(), version=1,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    await trail.record(
        session, actor, "action:made", "audit_action", made.action_id, version=1,
        recommendation_id=str(recommendation_id), due_on=str(body.due_on),
    )  # fmt: skip
    return await reads.see_action(session, actor, made.action_id)


async def _action(session: AsyncSession, actor: Actor, action_id: UUID, version: int | None) -> AuditAction:
    """Return an action that the caller may see, locked; Stale unless they saw it as it is."""
    await reads.one_action(session, actor, action_id)
    row = await session.get(AuditAction, (actor.provider, action_id), with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    if version is not None:
        same_version(row.version, version)
    return row


def _own(actor: Actor, row: AuditAction) -> None:
    mine = rules.owns(row.owner_id, row.owner_role, actor.id, actor.roles)
    if not mine and not actor.may("recommendation:edit"):
        raise rules.NotYourAction()


_SEQ = text("select coalesce(max(seq), 0) + 1 from action_note where provider = :provider and action_id = :id")


async def _noted(session: AsyncSession, actor: Actor, row: AuditAction, act: str, said: str) -> None:
    seq = await session.scalar(_SEQ, {"provider": actor.provider, "id": row.action_id})
    session.add(
        ActionNote(
            provider=actor.provider, action_id=row.action_id, seq=seq or 1, act=act, text=said.strip(), by_id=actor.id,
            by_name=actor.name, at=clock.now(),
        )
    )  # fmt: skip
    row.version += 1
    await session.flush()


async def _move(session: AsyncSession, actor: Actor, row: AuditAction, move: str, said: str, tag: str) -> None:
    was, row.state = row.state, rules.to_state(rules.ACTION_MOVES, move, row.state)
    await _noted(session, actor, row, move, said)
    await trail.record(session, actor, tag, "audit_action", row.action_id, version=row.version, was=was, now=row.state)


@verb("recommendation:edit", leaves="action:edited", refuses=[NotFound, Stale, CannotMove, rules.UnknownOwner])
async def edit_action(session: AsyncSession, actor: Actor, action_id: UUID, body: ActionIn, *, version: int) -> None:
    """Change what is to be done, by whom, by when, and when to remind, while it is not done."""
    row = await _action(session, actor, action_id, version)
    if row.state not in rules.UNFINISHED:
        raise CannotMove(state=row.state)
    for name, value in (await _owner(session, actor, body)).items():
        setattr(row, name, value)
    row.text, row.due_on = body.text.strip(), body.due_on
    row.remind_days = sorted(set(body.remind_days), reverse=True)
    row.version += 1
    await session.flush()
    await trail.record(
        session, actor, "action:edited", "audit_action", action_id, version=row.version, due_on=str(body.due_on)
    )


@verb("action:do", leaves="action:started", refuses=[NotFound, Stale, CannotMove, rules.NotYourAction])
async def start_action(session: AsyncSession, actor: Actor, action_id: UUID, said: str, *, version: int) -> None:
    """Say that an action was begun."""
    row = await _action(session, actor, action_id, version)
    _own(actor, row)
    await _move(session, actor, row, "start", said, "action:started")


@verb("action:list", leaves="action:noted", refuses=[NotFound, CannotMove, rules.NotYourAction])
async def note_action(session: AsyncSession, actor: Actor, argument: tuple[UUID, str]) -> dict[str, Any]:
    """Note how an action comes on; its owner, or who edits or verifies."""
    action_id, said = argument
    row = await _action(session, actor, action_id, None)
    if not actor.may("action:verify"):
        _own(actor, row)
    if row.state in (ActionState.closed, ActionState.cancelled):
        raise CannotMove(state=row.state)
    await _noted(session, actor, row, "note", said)
    await trail.record(session, actor, "action:noted", "audit_action", action_id, version=row.version)
    return await reads.see_action(session, actor, action_id)


async def _shown(session: AsyncSession, actor: Actor, action_id: UUID, **columns: Any) -> dict[str, Any]:
    row = await _action(session, actor, action_id, None)
    _own(actor, row)
    # What verified and closed an action is what its verifier saw.
    if row.state in (ActionState.verified, ActionState.closed, ActionState.cancelled):
        raise CannotMove(state=row.state)
    empty = dict.fromkeys(("url", "file_name", "media_type", "size", "sha256", "content"))
    made = ActionEvidence(
        provider=actor.provider, evidence_id=uuid7(), action_id=action_id, by_id=actor.id, by_name=actor.name,
        at=clock.now(), withdrawn_at=None, withdrawn_reason=None, **{"text": "", **empty, **columns},
    )  # fmt: skip
    session.add(made)
    row.version += 1
    await session.flush()
    await trail.record(
        session, actor, "action:evidenced", "audit_action", action_id, version=row.version, kind=made.kind,
        evidence_id=str(made.evidence_id), sha256=made.sha256,
    )  # fmt: skip
    return await reads.see_action(session, actor, action_id)


@verb("action:do", leaves="action:evidenced", refuses=[NotFound, CannotMove, rules.NotYourAction])
async def add_action_evidence(session: AsyncSession, actor: Actor, argument: tuple[UUID, EvidenceIn]) -> dict[str, Any]:
    """Show in words or by a link that an action was done."""
    action_id, body = argument
    kind = EvidenceKind.text if body.url is None else EvidenceKind.link
    columns = {"kind": kind.value, "title": body.title, "text": body.text.strip(), "url": body.url}
    return await _shown(session, actor, action_id, **columns)


@verb(
    "action:do",
    leaves="action:evidenced",
    refuses=[NotFound, CannotMove, rules.NotYourAction, rules.NotEvidence, rules.EvidenceTooLarge],
)
async def upload_action_evidence(
    session: AsyncSession, actor: Actor, action_id: UUID, *, title: str, file_name: str, content: bytes
) -> dict[str, Any]:
    """Keep a file as evidence, with its SHA-256; of a kind and size that we keep, and never empty."""
    if len(content) > rules.MOST_EVIDENCE_BYTES:
        raise rules.EvidenceTooLarge(limit_bytes=rules.MOST_EVIDENCE_BYTES)
    if not content:
        raise rules.NotEvidence(errors=[{"pointer": "/body/file", "detail": "the file is empty"}])
    name = re.sub(r"[^\w .()-]", "_", file_name.replace("\\", "/").rsplit("/", 1)[-1])[-150:].strip() or "evidence"
    return await _shown(
        session, actor, action_id, kind=EvidenceKind.file.value, title=title, file_name=name,
        media_type=rules.media_type_of(name, content), size=len(content), sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )  # fmt: skip


@verb("action:list", leaves="action_evidence:seen", refuses=[NotFound])
async def download_action_evidence(session: AsyncSession, actor: Actor, action_id: UUID, evidence_id: UUID) -> Any:
    """Return a file of evidence, and leave a line that the caller has seen it."""
    row = await reads.file_of(session, actor, action_id, evidence_id)
    await trail.record(session, actor, "action_evidence:seen", "action_evidence", evidence_id, sha256=row.sha256)
    return row


@verb("action:do", leaves="action:evidence_withdrawn", refuses=[NotFound, CannotMove, rules.NotYourAction])
async def withdraw_action_evidence(
    session: AsyncSession, actor: Actor, argument: tuple[UUID, UUID, str]
) -> dict[str, Any]:
    """Take evidence back that should not be there: its content goes, its line stays. Not once verified."""
    action_id, evidence_id, reason = argument
    row = await _action(session, actor, action_id, None)
    _own(actor, row)
    if row.state not in (*rules.UNFINISHED, ActionState.done):
        raise CannotMove(state=row.state)
    evidence = await session.get(ActionEvidence, (actor.provider, evidence_id), with_for_update=True)
    if evidence is None or evidence.action_id != action_id or evidence.withdrawn_at is not None:
        raise NotFound()
    evidence.withdrawn_at, evidence.withdrawn_reason = clock.now(), reason.strip()
    evidence.content, evidence.text, evidence.url = None, "", None
    row.version += 1
    await session.flush()
    await trail.record(
        session, actor, "action:evidence_withdrawn", "audit_action", action_id, version=row.version,
        evidence_id=str(evidence_id),
    )  # fmt: skip
    return await reads.see_action(session, actor, action_id)


@verb("action:do", leaves="action:finished", refuses=[NotFound, Stale, CannotMove, rules.NotYourAction])
async def finish_action(session: AsyncSession, actor: Actor, action_id: UUID, said: str, *, version: int) -> None:
    """Say that an action is done; somebody else verifies it."""
    row = await _action(session, actor, action_id, version)
    _own(actor, row)
    row.done_by_id, row.done_by_name, row.done_at = actor.id, actor.name, clock.now()
    await _move(session, actor, row, "finish", said, "action:finished")


async def _refuse_unshown(session: AsyncSession, actor: Actor, action_id: UUID) -> None:
    evidence = await session.scalar(
        text("""select count(*) from action_evidence where provider = :provider and action_id = :id
                and withdrawn_at is null"""),
        {"provider": actor.provider, "id": action_id},
    )
    why = rules.why_not_close(evidence or 0)
    if why is not None:
        raise rules.EvidenceMissing(why)


@verb(
    "action:verify",
    leaves="action:verified",
    refuses=[NotFound, Stale, CannotMove, rules.OwnAction, rules.EvidenceMissing],
)
async def verify_action(session: AsyncSession, actor: Actor, action_id: UUID, said: str, *, version: int) -> None:
    """Verify from its evidence that an action was done; never by its owner, nor by whoever said that it was done."""
    row = await _action(session, actor, action_id, version)
    rules.to_state(rules.ACTION_MOVES, "verify", row.state)
    rules.check_verifier(actor.id, row.owner_id, row.done_by_id)
    await _refuse_unshown(session, actor, action_id)
    row.verified_by_id, row.verified_by_name, row.verified_at = actor.id, actor.name, clock.now()
    await _move(session, actor, row, "verify", said, "action:verified")


@verb("action:verify", leaves="action:sent_back", refuses=[NotFound, Stale, CannotMove])
async def send_action_back(session: AsyncSession, actor: Actor, action_id: UUID, reason: str, *, version: int) -> None:
    """Send an action back to its owner, with the reason: it is not done yet."""
    row = await _action(session, actor, action_id, version)
    row.done_by_id = row.done_by_name = row.done_at = None
    row.verified_by_id = row.verified_by_name = row.verified_at = None
    await _move(session, actor, row, "send_back", reason, "action:sent_back")


@verb("action:verify", leaves="action:closed", refuses=[NotFound, Stale, CannotMove, rules.EvidenceMissing])
async def close_action(session: AsyncSession, actor: Actor, action_id: UUID, said: str, *, version: int) -> None:
    """Close a verified action; never without evidence."""
    row = await _action(session, actor, action_id, version)
    rules.to_state(rules.ACTION_MOVES, "close", row.state)
    await _refuse_unshown(session, actor, action_id)
    row.closed_at = clock.now()
    await _move(session, actor, row, "close", said, "action:closed")


@verb("recommendation:edit", leaves="action:cancelled", refuses=[NotFound, Stale, CannotMove])
async def cancel_action(session: AsyncSession, actor: Actor, action_id: UUID, reason: str, *, version: int) -> None:
    """Cancel an action that is not to be done after all, with the reason."""
    row = await _action(session, actor, action_id, version)
    await _move(session, actor, row, "cancel", reason, "action:cancelled")


@verb("recommendation:edit", leaves="action:reopened", refuses=[NotFound, Stale, CannotMove])
async def reopen_action(session: AsyncSession, actor: Actor, action_id: UUID, reason: str, *, version: int) -> None:
    """Open a closed or cancelled action again, with the reason."""
    row = await _action(session, actor, action_id, version)
    of = await session.get(
        Recommendation, (actor.provider, row.recommendation_id), with_for_update=True, populate_existing=True
    )
    if of is None or of.state not in rules.STANDING:
        raise CannotMove("Reopen its recommendation first.", state="closed" if of is None else of.state)
    row.closed_at = row.verified_at = row.done_at = None
    row.verified_by_id = row.verified_by_name = row.done_by_id = row.done_by_name = None
    await _move(session, actor, row, "reopen", reason, "action:reopened")
