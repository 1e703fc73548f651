"""Verbs on the qualifications of those who audit."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.models import AuditorQualification
from codewell.audits.rules import OwnQualification
from codewell.audits.schemas.auditors import QualificationNew, QualificationWithdraw
from codewell.identity.actor import Actor
from codewell.identity.reads import one_person
from codewell.kit import clock
from codewell.kit.ids import uuid7
from codewell.kit.problems import NotFound, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail


@verb("auditor:qualify", leaves="auditor:qualified", refuses=[NotFound, OwnQualification])
async def qualify(session: AsyncSession, actor: Actor, person_id: UUID, body: QualificationNew) -> UUID:
    """Record a qualification of a person of this Trust; somebody else's, never one's own."""
    if person_id == actor.id:
        raise OwnQualification()
    await one_person(session, actor, person_id)
    made = AuditorQualification(
        provider=actor.provider, qualification_id=uuid7(), person_id=person_id, kind=body.kind.value,
        number=body.number or None, awarded_on=body.awarded_on, expires_on=body.expires_on, note=body.note,
        withdrawn_at=None, version=1,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    await trail.record(
        session, actor, "auditor:qualified", "person", person_id, qualification=str(made.qualification_id),
        kind=body.kind.value, awarded_on=str(body.awarded_on), expires_on=str(body.expires_on or ""),
    )  # fmt: skip
    return made.qualification_id


_ONE = text("""
select * from auditor_qualification where provider = :provider and qualification_id = :id for update
""")
_WITHDRAW = text("""
update auditor_qualification set withdrawn_at = :now, version = version + 1,
    note = note || case when note = '' then '' else ' · ' end || :reason
where provider = :provider and qualification_id = :id
""")


@verb("auditor:qualify", leaves="auditor:withdrawn", refuses=[NotFound, Stale])
async def withdraw_qualification(
    session: AsyncSession, actor: Actor, qualification_id: UUID, body: QualificationWithdraw, *, version: int
) -> UUID:
    """Let a qualification count no more from today; audits named before keep what was in force then."""
    values = {"provider": actor.provider, "id": qualification_id}
    row = (await session.execute(_ONE, values)).one_or_none()
    if row is None:
        raise NotFound("There is no such qualification here.")
    if row.version != version or row.withdrawn_at is not None:
        raise Stale(current_version=row.version)
    await session.execute(_WITHDRAW, {**values, "now": clock.now(), "reason": f"Withdrawn: {body.reason}"})
    await trail.record(
        session, actor, "auditor:withdrawn", "person", row.person_id, version=version + 1,
        qualification=str(qualification_id),
    )  # fmt: skip
    person_id: UUID = row.person_id
    return person_id
