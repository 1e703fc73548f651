"""The audited episodes of an audit with their positions, as the tallies take them. Everything counted starts here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.alignment import CodeClass, ErrorType
from codewell.audits.rules import ItemState
from codewell.audits.tally import Attribution, Audited, Finding
from codewell.episodes.reads import HIDDEN
from codewell.episodes.rules import CodesHidden
from codewell.identity.actor import Actor

KEPT_BACK: Final = f"""({HIDDEN} or exists (select from audit_item m where m.provider = {{0}}.provider
    and m.episode_id = {{0}}.episode_id and m.audit_id = {{0}}.audit_id and m.item_id <> {{0}}.item_id
    and m.auditor_id = :reader and m.state in ('coding', 'comparing')))"""
"""Whether what was found in an audited episode is kept from the reader: they code it blind, or judge it themselves.

Two auditors of one episode are compared: neither sees what the other made of it before their own is done.
"""

AUDITED: Final = (ItemState.decided.value, ItemState.with_coder.value, ItemState.settled.value)
"""States in which an episode's findings count."""

CODER_KEY: Final = "coalesce(i.coder_id::text, 'ref:' || nullif(i.frozen ->> 'coder_ref', ''), 'unknown')"
"""Who coded the episode: a person of the Trust, else the reference that came with the codes."""

CODER_NAME: Final = "coalesce(nullif(i.frozen ->> 'coder_name', ''), nullif(i.frozen ->> 'coder_ref', ''), 'Not known')"


class AuditedPosition(NamedTuple):
    """One position as it stands: what was proposed, what was made of it, and what it cites."""

    no: int
    side: str
    sub_class: str
    trust_code: str | None
    auditor_code: str | None
    proposed_type: str | None
    final_type: str | None
    decision: str
    non_coder_reason: str | None
    standards: tuple[str, ...]
    finding: Finding


@dataclass(frozen=True, slots=True)
class AuditedEpisode:
    """One episode that counts: audited, or unsafe to audit. ``audited`` is what the tallies take."""

    item_id: UUID
    no: int
    episode_id: UUID
    state: str
    ended_on: dt.date
    coder_key: str
    coder_name: str
    specialty_code: str | None
    auditor_key: str
    auditor_name: str
    stratum: str
    positions: tuple[AuditedPosition, ...]
    audited: Audited

    @property
    def unsafe(self) -> bool:
        """Say whether its record could not support an audit."""
        return self.audited.unsafe


_ITEMS = text(f"""
select i.item_id, i.no, i.episode_id, i.state, i.ended_on, {CODER_KEY} as coder_key, {CODER_NAME} as coder_name,
       i.specialty_code, coalesce(i.auditor_id::text, 'unknown') as auditor_key,
       coalesce(i.auditor_name, 'Not known') as auditor_name, i.stratum, i.probability
from audit_item i
where i.provider = :provider and i.audit_id = :audit_id and i.second_of is null
  and (i.state = any(cast(:audited as text[])) or i.state = 'unsafe')
  and (cast(:reader as uuid) is null or not {KEPT_BACK.format("i")})
order by i.no
""")

# By the episodes themselves: joined to them, a planner that has no figures of the tables yet (an audit of today) goes
# through the Trust's audited episodes once for every position.
_POSITIONS = text("""
select p.item_id, p.no, p.side, p.code_class, p.sub_class, p.trust_at is not null as has_trust, p.trust_code,
       p.auditor_at is not null as has_auditor, p.auditor_code, p.counted_elsewhere, p.proposed_type, p.final_type,
       p.decision, p.attribution, p.non_coder_reason, p.standards
from audit_position p
where p.provider = :provider and p.audit_id = :audit_id and p.item_id = any(cast(:items as uuid[]))
order by p.item_id, p.no
""")


_KEPT_BACK = text(f"""
select {KEPT_BACK.format("i")} from audit_item i where i.provider = :provider and i.item_id = :item_id
""")


async def refuse_kept_back(session: AsyncSession, actor: Actor, item_id: UUID) -> None:
    """Refuse CodesHidden where the findings of an audited episode are kept from the caller until theirs are made."""
    if await session.scalar(_KEPT_BACK, {"provider": actor.provider, "item_id": item_id, "reader": actor.id}):
        raise CodesHidden()


async def audited_of(
    session: AsyncSession, actor: Actor, audit_id: UUID, *, reader: UUID | None = None
) -> list[AuditedEpisode]:
    """Return every episode of the audit that counts, in the order of its numbers: two statements, however many.

    Second audits are not among them: they are for the auditors' agreement, never for a figure. With a ``reader``,
    episodes that they may still code blind, or judge at the same time as another, are left out.
    """
    values = {"provider": actor.provider, "audit_id": audit_id, "audited": list(AUDITED), "reader": reader}
    items = (await session.execute(_ITEMS, values)).all()
    # An unsafe episode counts without its positions.
    safe = [row.item_id for row in items if row.state != ItemState.unsafe]
    positions: dict[UUID, list[AuditedPosition]] = {}
    for row in await session.execute(_POSITIONS, {"provider": actor.provider, "audit_id": audit_id, "items": safe}):
        positions.setdefault(row.item_id, []).append(position_of(row))
    return [_episode(row, positions.get(row.item_id, ())) for row in items]


@lru_cache(maxsize=1024)
def _finding(
    code_class: str, has_trust: bool, has_auditor: bool, error: str | None, attribution: str, elsewhere: bool
) -> Finding:
    """Return what a position comes to. An audit has thousands of positions and some dozens of these."""
    return Finding(
        CodeClass(code_class),
        has_trust,
        has_auditor,
        None if error is None else ErrorType(error),
        Attribution(attribution) if attribution in _ATTRIBUTIONS else Attribution.undetermined,
        elsewhere,
    )


_ATTRIBUTIONS: Final = frozenset(a.value for a in Attribution)


def position_of(row: Sequence[Any]) -> AuditedPosition:
    """Return one row of ``_POSITIONS`` as a position."""
    (_, no, side, code_class, sub_class, has_trust, trust_code, has_auditor, auditor_code, elsewhere, proposed_type,
     final_type, decision, attribution, reason, standards) = row  # fmt: skip
    return AuditedPosition(
        no, side, sub_class, trust_code, auditor_code, proposed_type, final_type, decision, reason, tuple(standards),
        _finding(code_class, has_trust, has_auditor, final_type, attribution, elsewhere),
    )  # fmt: skip


def _episode(row: Row[Any], positions: Sequence[AuditedPosition]) -> AuditedEpisode:
    unsafe = row.state == ItemState.unsafe
    kept = tuple(positions)
    weight = 1 / float(row.probability) if row.probability else 1.0
    return AuditedEpisode(
        row.item_id, row.no, row.episode_id, row.state, row.ended_on, row.coder_key, row.coder_name,
        row.specialty_code, row.auditor_key, row.auditor_name, row.stratum, kept,
        Audited([p.finding for p in kept], unsafe, weight, row.stratum),
    )  # fmt: skip
