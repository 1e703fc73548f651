"""Verbs on reports: edit their narrative, keep a version, make the files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.reads.one import the_audit
from codewell.episodes.rules import CodesHidden
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.problems import NotFound, Stale
from codewell.kit.verbs import verb
from codewell.reports import drafts, reads, sheets
from codewell.reports.content import ReportDocument
from codewell.reports.models import AuditReport
from codewell.reports.rules import BlockUnknown, IdentifierInReport, NotSent, StillBlind
from codewell.reports.schemas import MadeFrom, OfSpecialty, ReportBlocksEdit, ReportVersionNew
from codewell.trail import service as trail


@verb("report:edit", leaves="report:edited", refuses=[NotFound, Stale, BlockUnknown, IdentifierInReport])
async def edit_report(
    session: AsyncSession, actor: Actor, audit_id: UUID, body: ReportBlocksEdit, *, version: int
) -> None:
    """Save new words for blocks as a new version; ``version`` is the one last seen, 0 before the first.

    What names a coder or identifies a patient of the audit is refused; a block with null has its draft again.
    """
    audit = await the_audit(session, actor, audit_id, lock=True)
    before = await reads.latest(session, actor, audit_id)
    current = before.version if before else 0
    if current != version:
        raise Stale(current_version=current)
    keys = [b.key for b in body.blocks]
    wrong = [i for i, key in enumerate(keys) if key not in drafts.BLOCKS or key in keys[:i]]
    if wrong:
        raise BlockUnknown(errors=[{"pointer": f"/body/blocks/{i}/key", "detail": "is no block"} for i in wrong])
    hidden = await reads.hidden_words(session, actor, audit_id)
    named = [i for i, b in enumerate(body.blocks) if b.text and hidden.found(b.text)]
    if named:
        said = "names a coder of this audit, or holds an identifier of a patient"
        raise IdentifierInReport(errors=[{"pointer": f"/body/blocks/{i}/text", "detail": said} for i in named])
    made = drafts.drafts_of(await reads.facts_for(session, actor, audit))
    blocks: dict[str, Any] = dict(before.blocks) if before else {}
    for b in body.blocks:
        if b.text is None:
            blocks.pop(b.key, None)
        else:
            blocks[b.key] = {
                "text": b.text, "draft": made[b.key], "at": clock.now().isoformat(), "by_name": actor.name,
                "by_id": str(actor.id),
            }  # fmt: skip
    await _add(session, actor, audit_id, current + 1, blocks)
    await trail.record(session, actor, "report:edited", "audit", audit_id, version=current + 1, blocks=keys)


async def _add(
    session: AsyncSession, actor: Actor, audit_id: UUID, version: int, blocks: dict[str, Any],
    *, name: str | None = None, content: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    session.add(
        AuditReport(
            provider=actor.provider, audit_id=audit_id, version=version, name=name, blocks=blocks, content=content,
            by_id=actor.id, by_name=actor.name, at=clock.now(),
        )
    )  # fmt: skip
    await session.flush()


@verb("report:edit", leaves="report:kept", refuses=[NotFound, StillBlind, IdentifierInReport])
async def keep_version(session: AsyncSession, actor: Actor, argument: tuple[UUID, ReportVersionNew]) -> dict[str, Any]:
    """Keep the whole report under a name, so that it can be made again just as it now stands."""
    audit_id, body = argument
    audit = await the_audit(session, actor, audit_id, lock=True)
    if await reads.blind_still(session, actor, audit_id):
        raise StillBlind()
    if (await reads.hidden_words(session, actor, audit_id)).found(body.name):
        raise IdentifierInReport(errors=[{"pointer": "/body/name", "detail": "names a coder or a patient"}])
    report = await reads.report_of(session, actor, audit)
    version = report.newest.version + 1 if report.newest else 1
    await _add(
        session, actor, audit_id, version, dict(report.newest.blocks) if report.newest else {},
        name=body.name, content=report.document.model_dump(mode="json"),
    )  # fmt: skip
    await trail.record(session, actor, "report:kept", "audit", audit_id, version=version)
    return await reads.see_report_version(session, actor, audit_id, version)


@verb("report:see", leaves="report:made", refuses=[NotFound, CodesHidden])
async def make_report(
    session: AsyncSession, actor: Actor, audit_id: UUID, asked: MadeFrom, *, form: str
) -> ReportDocument:
    """Return the board's report to make a file of, and leave a line that it was."""
    whole = await reads.document_for(session, actor, audit_id, asked)
    await trail.record(session, actor, "report:made", "audit", audit_id, version=asked.version, form=form)
    return whole


@verb("feedback:see", leaves="report:made", refuses=[NotFound, NotSent])
async def make_feedback(session: AsyncSession, actor: Actor, audit_id: UUID, person_id: UUID) -> ReportDocument:
    """Return a coder's feedback sheet: for that coder, the audit's auditors and the manager; hidden from others."""
    audit = await the_audit(session, actor, audit_id)
    whole = await sheets.feedback_of(session, actor, audit, person_id)
    await trail.record(session, actor, "report:made", "audit", audit_id, form="feedback", person_id=str(person_id))
    return whole


@verb("report:see", leaves="report:made", refuses=[NotFound])
async def make_summary(session: AsyncSession, actor: Actor, audit_id: UUID, asked: OfSpecialty) -> ReportDocument:
    """Return the one-page summary of a specialty for its clinicians."""
    audit = await the_audit(session, actor, audit_id)
    whole = await sheets.summary_of(session, actor, audit, asked.specialty)
    await trail.record(session, actor, "report:made", "audit", audit_id, form="summary")
    return whole
