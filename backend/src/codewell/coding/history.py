"""Codings that were made here before this installation knew of them, brought in as they were, many at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.coding.placement import place
from codewell.coding.service import FIRST_USES, NAMED_FIRST, write_versions
from codewell.db import raw
from codewell.episodes.incoming import lock_sql
from codewell.episodes.rules import codes_digest
from codewell.identity.actor import Actor
from codewell.trail import service as trail


@dataclass(frozen=True, slots=True)
class Past:
    """One coding by a person of this Trust; ``state`` is ``final`` or ``for_second_check``."""

    spell_number: str
    episode_number: int
    diagnoses: Sequence[str]
    procedures: Sequence[str]
    procedure_dates: Sequence[dt.date]
    person_id: UUID
    person_name: str
    state: str
    at: dt.datetime


_TABLE = """
create temp table past (
    spell_number text not null, episode_number smallint not null, diagnoses text[] not null, procedures text[] not null,
    procedure_dates date[] not null, person_id uuid not null, person_name text not null, state text not null,
    at timestamptz not null, codes_digest uuid not null
) on commit drop
"""
# One look-up by key per coding, whatever the planner believes of tables without statistics.
_KNOWN = text("""
create temp table past_known on commit drop as
select h.*, k.episode_id, k.ended_on, e.coding_version, e.basis
from past h
cross join lateral (
    select ek.* from episode_key ek where ek.provider = :provider and ek.spell_number = h.spell_number
        and ek.episode_number = h.episode_number and not ek.deleted limit 1
) k
cross join lateral (
    select ep.coding_version, ep.basis from episode ep where ep.provider = k.provider and ep.ended_on = k.ended_on
        and ep.episode_id = k.episode_id limit 1
) e
""")
_FIRST_USES = text(FIRST_USES.format(days="past_known"))
_VERSIONS = text(
    NAMED_FIRST.format(
        insert="""
insert into coding (provider, episode_id, version, state, source, diagnoses, procedures, procedure_dates, person_id,
    person_name, icd10_edition, opcs4_edition, basis, at, recorded_at)
select :provider, h.episode_id, h.coding_version + 1, h.state, 'codewell', h.diagnoses, h.procedures,
    h.procedure_dates, h.person_id, h.person_name, icd.edition, opcs.edition, h.basis, h.at, h.at
from past_known h
left join edition icd on icd.system = 'icd10' and icd.state = 'ready'
    and h.ended_on between icd.valid_from_on and coalesce(icd.valid_to_on, 'infinity')
left join edition opcs on opcs.system = 'opcs4' and opcs.state = 'ready'
    and h.ended_on between opcs.valid_from_on and coalesce(opcs.valid_to_on, 'infinity')
order by h.at, h.episode_id
"""
    )
)
_KEYS = text("""
update episode_key k set codes_source_at = h.at, codes_message_id = '', codes_key_digest = h.codes_digest,
    codes_digest = h.codes_digest, person_id = h.person_id, person_codes_digest = h.codes_digest,
    person_state = h.state, person_version = h.coding_version + 1, person_coded_at = h.at, person_basis = h.basis
from past_known h
where k.provider = :provider and k.spell_number = h.spell_number and k.episode_number = h.episode_number
""")
_EPISODES = text("""
update episode e set diagnoses = h.diagnoses, procedures = h.procedures, procedure_dates = h.procedure_dates,
    coding_state = case h.state when 'final' then 'coded' else 'second_check' end,
    coding_version = h.coding_version + 1, coded_at = case h.state when 'final' then h.at end, coder_id = h.person_id,
    coder_ref = null, coding_source = 'codewell', coded_basis = null
from past_known h
where e.provider = :provider and e.ended_on = h.ended_on and e.episode_id = h.episode_id
returning e.episode_id
""")


async def take_history(session: AsyncSession, actor: Actor, codings: Sequence[Past]) -> int:
    """Add one version per episode from its coder's own hand and place the episodes; unknown episodes are left out.

    Codes that the PAS sends later still win or lose by time, as after any submission. One line on the trail for all.
    """
    if not codings:
        return 0
    sql, parameters = lock_sql(actor.provider)
    await session.execute(text(sql), parameters)
    connection = await raw(session)
    await connection.execute("drop table if exists pg_temp.past, pg_temp.past_known")
    await connection.execute(_TABLE)
    await connection.copy_records_to_table(
        "past",
        records=[
            (
                p.spell_number,
                p.episode_number,
                list(p.diagnoses),
                list(p.procedures),
                list(p.procedure_dates),
                p.person_id,
                p.person_name,
                p.state,
                p.at,
                codes_digest(p.diagnoses, p.procedures, p.procedure_dates),
            )
            for p in codings
        ],
    )
    await connection.execute("analyze past")
    key = {"provider": actor.provider}
    await session.execute(_KNOWN, key)
    await connection.execute("analyze past_known")
    await write_versions(session, _FIRST_USES, _VERSIONS, key)
    await session.execute(_KEYS, key)
    ids = list((await session.execute(_EPISODES, key)).scalars())
    await place(session, actor, ids)
    await trail.record(session, actor, "coding:history_taken", "trust", actor.provider, episodes=len(ids))
    return len(ids)
