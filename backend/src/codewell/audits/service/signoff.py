"""Verbs that end an audit: sign it, open a signed one for a correction, and read what was signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits import rules
from codewell.audits.models import Audit, AuditSignature
from codewell.audits.profiles import Methodology
from codewell.audits.reads import signoff as reads
from codewell.audits.reads.auditors import qualification_on
from codewell.audits.reads.one import part_in, the_audit, the_item
from codewell.audits.reads.signed import content_of, is_as_signed
from codewell.audits.rules import AUDIT_MOVES, ITEM_MOVES, AuditKind, AuditState, CannotMove, Mode, to_state
from codewell.audits.schemas.signoff import AuditCorrect, AuditCorrectItem, AuditSign
from codewell.episodes import service as episodes
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.problems import Invalid, NotFound, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail


async def _to_end(session: AsyncSession, actor: Actor, audit_id: UUID, version: int) -> Audit:
    """Return the audit, locked, for one of its auditors who saw this version of it."""
    audit = await the_audit(session, actor, audit_id, lock=True)
    if await part_in(session, actor, audit_id) is None:
        raise rules.NotAMember()
    if audit.version != version:
        raise Stale("The audit was changed meanwhile.", current_version=audit.version)
    return audit


@verb(
    "audit:sign", leaves="audit:signed",
    refuses=[
        NotFound, Stale, CannotMove, rules.NotAMember, rules.NotQualified, rules.StillOpen, rules.NothingCorrected,
    ],
)  # fmt: skip
async def sign(session: AsyncSession, actor: Actor, audit_id: UUID, body: AuditSign, *, version: int) -> AuditSignature:
    """Sign an audit: its results, every position, its auditors, profiles and draw, as they stand, sealed by a digest.

    Refused while anything is not settled: an episode, a dispute, an error that is attributed to nobody, or a coder
    error that cites no standard (or nothing but a query resolution); and a correction that changes nothing. From here
    on nothing of it can be changed.
    """
    audit = await _to_end(session, actor, audit_id, version)
    state = to_state(AUDIT_MOVES, "sign", audit.state)
    methodology = Methodology.model_validate(audit.methodology)
    if methodology.qualifications and actor.kind == "person":
        held = await qualification_on(
            session, actor, actor.id, clock.today(), [q.value for q in methodology.qualifications]
        )
        if held is None:
            raise rules.NotQualified()
    open_ = await reads.open_of(session, actor, audit)
    if open_:
        said = ", ".join(f"{o['count']} {o['words']}" for o in open_)
        raise rules.StillOpen(f"{said}.", open=[{k: o[k] for k in ("what", "words", "count")} for o in open_])
    if audit.state == AuditState.correcting and await is_as_signed(session, actor, audit):
        raise rules.NothingCorrected()
    content = await content_of(session, actor, audit, methodology)
    now = clock.now()
    signature = AuditSignature(
        provider=actor.provider, audit_id=audit_id, version=audit.signed_version + 1,
        reason=(audit.state_reason or "") if audit.state == AuditState.correcting else "",
        statement=body.statement.strip(), content=content, digest=reads.digest_of(content), by_id=actor.id,
        by_name=actor.name, at=now,
    )  # fmt: skip
    session.add(signature)
    audit.state, audit.state_reason, audit.signed_at = state, None, now
    audit.signed_version, audit.version = signature.version, audit.version + 1
    await session.flush()
    # Nothing of it is left to be coded blind, so that nothing is kept from those who never took the episode.
    await episodes.show_codes(session, actor, people=None, episodes=None, because=audit_id)
    await trail.record(
        session, actor, "audit:signed", "audit", audit_id, version=audit.version, signed_version=signature.version,
        digest=signature.digest,
    )  # fmt: skip
    return signature


# An external auditor's findings are challenged where they stand, which opens their episode by itself. One that was
# unsafe before it was coded has no positions to decide: it is coded first.
_TO_CORRECT = text("""
update audit_item set
    state = case when :external then state when codes is null then 'coding' else 'comparing' end,
    state_reason = case when :external then state_reason end, decided_at = case when :external then decided_at end,
    settled_at = case when :external then settled_at end, version = version + 1
where provider = :provider and audit_id = :audit_id and item_id = any(cast(:items as uuid[]))
  and state = any(cast(:of as text[]))
returning item_id
""")


# What is coded after all is coded blind: by whoever has no codes of their own of that episode yet.
_BLIND_AGAIN = text("""
select m.person_id, array_agg(i.episode_id) as episodes
from audit_item i join audit_member m on m.provider = i.provider and m.audit_id = i.audit_id
where i.provider = :provider and i.item_id = any(cast(:items as uuid[])) and i.codes is null and not exists (
    select from audit_item o where o.provider = i.provider and o.audit_id = i.audit_id
        and o.episode_id = i.episode_id and o.auditor_id = m.person_id and o.codes_saved_at is not null)
group by m.person_id
""")


async def _reopen(session: AsyncSession, actor: Actor, audit: Audit, item_ids: Sequence[UUID], pointer: str) -> None:
    """Put settled episodes back to where their positions are decided; all of them or none.

    One that was never coded goes back to be coded, as blind as the audit is.
    """
    wanted = list(dict.fromkeys(item_ids))
    values = {
        "provider": actor.provider, "audit_id": audit.audit_id, "items": wanted,
        "of": sorted(ITEM_MOVES["correct"].of), "external": audit.kind == AuditKind.external,
    }  # fmt: skip
    done = set((await session.execute(_TO_CORRECT, values)).scalars())
    if done != set(wanted):
        raise Invalid(
            errors=[
                {"pointer": f"{pointer}/{at}", "detail": "is no settled episode of this audit"}
                for at, i in enumerate(item_ids)
                if i not in done
            ]
        )
    if audit.mode == Mode.blind:
        for row in await session.execute(_BLIND_AGAIN, {"provider": actor.provider, "items": wanted}):
            await episodes.hide_codes(
                session, actor, people=[row.person_id], episodes=row.episodes, because=audit.audit_id
            )
    session.expire_all()


@verb(
    "audit:sign", leaves="audit:correction_opened",
    refuses=[NotFound, Stale, CannotMove, Invalid, rules.NotAMember],
)  # fmt: skip
async def open_correction(
    session: AsyncSession, actor: Actor, audit_id: UUID, body: AuditCorrect, *, version: int
) -> None:
    """Open a signed audit again, with the reason; the episodes named go back to be decided anew.

    What was signed stays readable as it was. Signing again makes the next version, which bears the reason.
    """
    audit = await _to_end(session, actor, audit_id, version)
    audit.state = to_state(AUDIT_MOVES, "open_correction", audit.state)
    audit.state_reason, audit.version = body.reason.strip(), audit.version + 1
    # The database lets nothing of a signed audit be changed: it has to know first that this one is open again.
    await session.flush()
    new = audit.version
    await _reopen(session, actor, audit, body.item_ids, "/body/item_ids")
    await trail.record(
        session, actor, "audit:correction_opened", "audit", audit_id, version=new, episodes=len(set(body.item_ids))
    )


@verb(
    "audit:sign", leaves="audit:correction_closed",
    refuses=[NotFound, Stale, CannotMove, rules.NotAMember, rules.StillOpen, rules.Corrected],
)  # fmt: skip
async def close_correction(session: AsyncSession, actor: Actor, audit_id: UUID, *, version: int) -> None:
    """End a correction that came to nothing: the audit is signed as it was, and no version is made.

    Refused while an episode is open, and when something differs from what was signed: that is signed as a new version.
    """
    audit = await _to_end(session, actor, audit_id, version)
    state = to_state(AUDIT_MOVES, "close_correction", audit.state)
    open_ = await reads.open_of(session, actor, audit)
    if open_:
        raise rules.StillOpen(open=[{k: o[k] for k in ("what", "words", "count")} for o in open_])
    if not await is_as_signed(session, actor, audit):
        raise rules.Corrected()
    audit.state, audit.state_reason, audit.version = state, None, audit.version + 1
    await session.flush()
    await episodes.show_codes(session, actor, people=None, episodes=None, because=audit_id)
    await trail.record(
        session, actor, "audit:correction_closed", "audit", audit_id, version=audit.version,
        signed_version=audit.signed_version,
    )  # fmt: skip


@verb("audit:sign", leaves="audit:item_reopened", refuses=[NotFound, Stale, CannotMove, Invalid, rules.NotAMember])
async def correct_item(
    session: AsyncSession, actor: Actor, item_id: UUID, body: AuditCorrectItem, *, version: int
) -> UUID:
    """Put one more settled episode of an audit that is being corrected back to be decided anew."""
    audit, item = await the_item(session, actor, item_id, lock=True)
    if await part_in(session, actor, audit.audit_id) is None:
        raise rules.NotAMember()
    if item.version != version:
        raise Stale(current_version=item.version)
    if audit.state != AuditState.correcting:
        raise CannotMove(state=audit.state)
    to_state(ITEM_MOVES, "correct", item.state)
    audit_id: UUID = audit.audit_id
    await _reopen(session, actor, audit, [item_id], "/path/item_id")
    await trail.record(
        session, actor, "audit:item_reopened", "audit_item", item_id, version=version + 1,
        audit_id=str(audit_id), reason_given=bool(body.reason),
    )  # fmt: skip
    return audit_id


@verb("audit:see", leaves="audit:signature_seen", refuses=[NotFound])
async def see_signature(session: AsyncSession, actor: Actor, audit_id: UUID, version: int) -> dict[str, Any]:
    """Return a signed version with all that was signed, its digest computed again from what is kept."""
    await the_audit(session, actor, audit_id)
    row = await reads.one_signature(session, actor, audit_id, version)
    holds = reads.digest_of(row.content) == row.digest
    content, left_out = await reads.shown(session, actor, row.content)
    await trail.record(session, actor, "audit:signature_seen", "audit", audit_id, version=version)
    return {**row._mapping, "content": content, "left_out": left_out, "digest_holds": holds}
