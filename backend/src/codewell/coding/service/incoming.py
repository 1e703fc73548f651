"""Versions of what arrives coded, many at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.codesets import reads as editions
from codewell.codesets import service as codesets
from codewell.coding.placement import place_touched
from codewell.identity.actor import Actor
from codewell.kit import clock

# The editions that the days of what is about to be written need, and in which nothing has been coded yet.
FIRST_USES = """
select e.system, e.edition from edition e
where e.state = 'ready' and e.first_used_at is null and exists (
    select 1 from {days} where ended_on between e.valid_from_on and coalesce(e.valid_to_on, 'infinity')
)
"""
# Made ready between the question above and the writing: the statement says which editions it named first.
NAMED_FIRST = """
with made as ({insert} returning icd10_edition, opcs4_edition),
named as (select 'icd10' as system, icd10_edition as edition from made union select 'opcs4', opcs4_edition from made)
select e.system, e.edition from named n join edition e on e.system = n.system and e.edition = n.edition
where e.first_used_at is null
"""


async def write_versions(
    session: AsyncSession, first_uses: TextClause, versions: TextClause, values: dict[str, Any]
) -> None:
    """Write many versions at once, the editions that they name used from now on and none of them withdrawn.

    Once every edition is known to be used, this is the one statement that writes the versions.
    """
    if not await editions.all_stay(session):
        needed = await session.execute(first_uses)
        # One that is withdrawn just now is waited for, and then the statement below finds the one in its place.
        await codesets.use(session, [(r.system, r.edition) for r in needed])
    named = await session.execute(versions, values)
    await codesets.used_anyway(session, [(r.system, r.edition) for r in named])


_INCOMING_FIRST_USES = text(
    FIRST_USES.format(days="(select i.ended_on from touched t join incoming i on i.idx = t.codes_idx) d")
)
_VERSION_INCOMING = text(
    NAMED_FIRST.format(
        insert="""
insert into coding (provider, episode_id, version, state, source, diagnoses, procedures, procedure_dates, raw,
    coder_ref, icd10_edition, opcs4_edition, basis, message_id, at, recorded_at)
select t.provider, t.episode_id, t.coding_version, 'final', i.codes_source, i.diagnoses, i.procedures,
    i.procedure_dates, i.codes_raw, i.coder_ref, icd.edition, opcs.edition, i.basis, i.message_id,
    coalesce(i.coded_at, i.source_at), :now
from touched t join incoming i on i.idx = t.codes_idx
left join edition icd on icd.system = 'icd10' and icd.state = 'ready'
    and i.ended_on between icd.valid_from_on and coalesce(icd.valid_to_on, 'infinity')
left join edition opcs on opcs.system = 'opcs4' and opcs.state = 'ready'
    and i.ended_on between opcs.valid_from_on and coalesce(opcs.valid_to_on, 'infinity')
where t.codes_idx is not null
"""
    )
)


async def version_incoming(session: AsyncSession, actor: Actor) -> None:
    """Make a version of every coding that came with the batch, then say where each touched episode stands.

    Reads ``touched`` and ``incoming`` of the batch; fills ``placement`` for ``workqueues.service.place_incoming``.
    """
    await write_versions(session, _INCOMING_FIRST_USES, _VERSION_INCOMING, {"now": clock.now()})
    await place_touched(session, actor)
