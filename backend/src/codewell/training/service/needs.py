"""Learning needs: raised from the accepted findings of signed audits, planned and met by a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.ids import uuid7_many
from codewell.kit.problems import NotFound, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail
from codewell.training import rules
from codewell.training.rules import NeedState
from codewell.training.schemas import NeedPut

SYSTEM = "learning needs"

_WAITING = text("""
select a.provider, a.audit_id, a.signed_version from audit a
left join learning_needs_raised r on r.provider = a.provider and r.audit_id = a.audit_id
where a.state = 'signed' and coalesce(r.signed_version, 0) < a.signed_version
  and (cast(:provider as text) is null or a.provider = :provider)
order by a.signed_at, a.audit_id
""")
# Whoever writes the version first raises its needs; another that wanted to waits, and finds it written.
_TAKE = text("""
insert into learning_needs_raised as r (provider, audit_id, signed_version, at)
values (:provider, :audit_id, :version, :now)
on conflict (provider, audit_id) do update set signed_version = excluded.signed_version, at = excluded.at
where r.signed_version < excluded.signed_version
returning signed_version
""")
# A finding that stands: the coder's, accepted or changed by the auditor, of an episode that is settled and not a second
# audit. What the trust had put first is the primary's error and raises its need there.
_STANDING = """
select p.provider, p.item_id, p.no, i.coder_id, coalesce(p.standards[1], '') as standard, p.code_class,
       p.final_type as error_type, p.trust_code, p.auditor_code,
       (a.signed_at at time zone 'Europe/London')::date as found_on
from audit a
join audit_item i on i.provider = a.provider and i.audit_id = a.audit_id
join audit_position p on p.provider = i.provider and p.item_id = i.item_id
where a.provider = :provider and a.audit_id = :audit_id and a.state = 'signed' and i.second_of is null
  and i.state = 'settled' and i.coder_id is not null and p.final_type is not null
  and p.decision in ('accepted', 'changed') and p.attribution = 'coder' and not p.counted_elsewhere
"""
_KINDS = text(f"select distinct coder_id, standard, code_class, error_type from ({_STANDING}) s order by 1, 2, 3, 4")
_NEW_NEEDS = text("""
insert into learning_need (provider, need_id, coder_id, standard, code_class, error_type, state, findings, first_on,
                           last_on, note, version)
values (:provider, :need_id, :coder_id, :standard, :code_class, :error_type, 'open', 0, :today, :today, '', 1)
on conflict (provider, coder_id, standard, code_class, error_type) do nothing
""")
_KEYED = f"""
select s.*, n.need_id from ({_STANDING}) s join learning_need n on n.provider = s.provider and n.coder_id = s.coder_id
  and n.standard = s.standard and n.code_class = s.code_class and n.error_type = s.error_type
"""
_BEFORE = text("""
select distinct need_id from learning_need_finding where provider = :provider and audit_id = :audit_id
""")
_GONE = text(f"""
delete from learning_need_finding f where f.provider = :provider and f.audit_id = :audit_id and not exists (
    select from ({_KEYED}) k where k.item_id = f.item_id and k.no = f.no and k.need_id = f.need_id)
""")
_COME = text(f"""
insert into learning_need_finding (provider, item_id, no, need_id, audit_id, trust_code, auditor_code, found_on)
select provider, item_id, no, need_id, :audit_id, trust_code, auditor_code, found_on from ({_KEYED}) k
on conflict (provider, item_id, no) do nothing
returning need_id
""")
_CODES = text(f"""
update learning_need_finding f set trust_code = k.trust_code, auditor_code = k.auditor_code from ({_KEYED}) k
where f.provider = :provider and f.item_id = k.item_id and f.no = k.no
  and (f.trust_code, f.auditor_code) is distinct from (k.trust_code, k.auditor_code)
""")
# A need that was met and is found again is open again; one behind which nothing stands any more is withdrawn.
_COUNT = text("""
update learning_need n set findings = c.findings, first_on = coalesce(c.first_on, n.first_on),
    last_on = coalesce(c.last_on, n.last_on), version = n.version + 1,
    state = case when c.findings = 0 then 'withdrawn'
                 when n.state = 'withdrawn' or (n.state = 'met' and n.need_id = any(cast(:come as uuid[]))) then 'open'
                 else n.state end
from (
    select m.need_id, count(f.item_id) as findings, min(f.found_on) as first_on, max(f.found_on) as last_on
    from learning_need m left join learning_need_finding f on f.provider = m.provider and f.need_id = m.need_id
    where m.provider = :provider and m.need_id = any(cast(:touched as uuid[])) group by m.need_id
) c
where n.provider = :provider and n.need_id = c.need_id
  and (n.findings <> c.findings or c.findings = 0 or n.state = 'withdrawn'
       or n.need_id = any(cast(:come as uuid[])))
""")


async def raise_needs(session: AsyncSession, provider: str | None = None) -> int:
    """Raise the learning needs of every audit signed since, in all Trusts or in one; returns of how many audits.

    Done twice it changes nothing more. A finding that a correction withdrew no longer stands behind its need.
    """
    return sum([await raise_needs_of(session, *audit) for audit in await waiting(session, provider)])


async def waiting(session: AsyncSession, provider: str | None = None) -> list[tuple[str, UUID, int]]:
    """Return Trust, audit and signed version of whatever was signed since its needs were raised."""
    rows = (await session.execute(_WAITING, {"provider": provider})).all()
    return [(row.provider, row.audit_id, row.signed_version) for row in rows]


async def raise_needs_of(session: AsyncSession, provider: str, audit_id: UUID, version: int) -> int:
    """Raise the needs of one signed version; 1, or 0 where another has done so."""
    values: dict[str, Any] = {"provider": provider, "audit_id": audit_id}
    if await session.scalar(_TAKE, {**values, "version": version, "now": clock.now()}) is None:
        return 0
    kinds = (await session.execute(_KINDS, values)).all()
    if kinds:
        ids = uuid7_many(len(kinds))
        await session.execute(
            _NEW_NEEDS,
            [
                {"provider": provider, "need_id": need_id, "today": clock.today(), **kind._mapping}
                for need_id, kind in zip(ids, kinds, strict=True)
            ],
        )
    before = set(await session.scalars(_BEFORE, values))
    await session.execute(_GONE, values)
    come = set(await session.scalars(_COME, values))
    await session.execute(_CODES, values)
    await session.execute(_COUNT, {"provider": provider, "touched": list(before | come), "come": list(come)})
    system = Actor.system(provider, SYSTEM)
    await trail.record(
        session, system, "learning_need:raised", "audit", audit_id, version=version, needs=len(before | come)
    )
    return 1


_ONE = text("select * from learning_need where provider = :provider and need_id = :id for update")
_PUT = text("""
update learning_need set state = :state, note = :note, decided_by_id = :by, decided_by_name = :name, decided_at = :now,
    version = version + 1
where provider = :provider and need_id = :id
""")


@verb("learning_need:plan", leaves="learning_need:put", refuses=[NotFound, Stale, rules.NeedWithdrawn])
async def put_need(session: AsyncSession, actor: Actor, need_id: UUID, body: NeedPut, *, version: int) -> None:
    """Say that a need is planned, met, or open again, with a note; a new finding opens one that was met."""
    row = (await session.execute(_ONE, {"provider": actor.provider, "id": need_id})).one_or_none()
    if row is None:
        raise NotFound()
    if row.version != version:
        raise Stale(current_version=row.version)
    if row.state == NeedState.withdrawn:
        raise rules.NeedWithdrawn()
    await session.execute(
        _PUT,
        {
            "provider": actor.provider, "id": need_id, "state": body.state.value, "note": body.note, "by": actor.id,
            "name": actor.name, "now": clock.now(),
        },
    )  # fmt: skip
    await trail.record(
        session, actor, "learning_need:put", "learning_need", need_id, version=version + 1, was=row.state,
        now=body.state.value,
    )  # fmt: skip
