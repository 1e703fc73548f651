"""Where an episode stands and why, from its state and its documents; one rule for every way in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.coding import reads, rules
from codewell.episodes import reference
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.workqueues import service as workqueues


async def place_touched(session: AsyncSession, actor: Actor) -> None:
    """Say where each episode that an intake batch touched stands: fills ``placement`` from ``touched``."""
    await _empty_placement(session)
    values = {**_placement_values(), "provider": actor.provider}
    await session.execute(_PLACEMENT_FROM_TOUCHED, values)
    if (await session.execute(text("select exists (select from document_news)"))).scalar_one():
        # A coder may be submitting one of these just now: wait, and see what they left.
        await session.execute(_LOCK_NEWS, {"provider": actor.provider})
        await session.execute(_PLACEMENT_FROM_NEWS, values)


_LOCK_NEWS = text("""
select 1 from episode_key where provider = :provider
  and episode_id = any(array(select episode_id from document_news except select episode_id from touched))
order by spell_number, episode_number for update
""")


async def place(session: AsyncSession, actor: Actor, episode_ids: Sequence[UUID]) -> None:
    """Put episodes where their state and documents say, outside an intake batch; the caller holds their keys."""
    await _empty_placement(session)
    await session.execute(
        _PLACEMENT_FROM_IDS, {**_placement_values(), "provider": actor.provider, "ids": list(episode_ids)}
    )
    await workqueues.place_incoming(session, actor)


async def _empty_placement(session: AsyncSession) -> None:
    """Make the staging table, or empty it of what an earlier step of this transaction placed."""
    if (await session.execute(text("select to_regclass('pg_temp.placement') is not null"))).scalar_one():
        await session.execute(text("delete from placement"))
    else:
        await session.execute(text(workqueues.PLACEMENT))


def _placement_values() -> dict[str, Any]:
    return {
        "names": orjson.dumps(reference.codes("main_specialty")).decode(),
        "labels": reads.LABELS,
        "pathology": list(rules.PATHOLOGY),
        "information": list(rules.INFORMATION),
        "waited_for": [*rules.PATHOLOGY, *rules.INFORMATION],
        "today": clock.today(),
    }


# Where an episode stands and why: the one rule, over whatever relation `t` has the columns of `touched`.
_PLACEMENT = """
insert into placement
select t.provider, t.episode_id, not st.stands, coalesce(n.woke, false), pl.queue, pl.home, pl.why,
    coalesce(t.discharged_on, t.ended_on), m.month, tt.flex_on, tt.freeze_on,
    t.sex, extract(year from age(t.started_on, t.birth_on))::smallint, t.main_specialty_code,
    cast(:names as jsonb) ->> t.main_specialty_code, t.treatment_function_code, t.patient_class,
    t.started_on, t.ended_on, t.discharged_on, author.person_id
from {touched}
left join lateral (
    -- What coders wait for, come after the codes were made. Who codes in Codewell sees what has reached it, whenever
    -- it came into the hospital's own record, which is what a sender's coder looks at.
    select min(d.title) as title from document d
    where d.provider = t.provider and d.spell_number = t.spell_number and d.episode_number = t.episode_number
        and d.kind = any(:waited_for) and (d.arrived_at > t.codes_made_at
            or d.received_at > t.codes_made_at and not t.is_new and exists (
                select from coding c where c.provider = t.provider and c.episode_id = t.episode_id
                  and c.version = t.coding_version and c.source not in ('pas', 'encoder')))
) late on t.coding_state = 'coded'
cross join lateral (
    select not t.deleted and t.started_on is not null
        and (t.coding_state <> 'coded' or t.overrode_version is not null or late.title is not null) as stands
) st
cross join lateral (select date_trunc('month', coalesce(t.discharged_on, t.ended_on))::date as month) m
left join lateral (
    select max(inclusion_on) filter (where phase = 'flex') as flex_on,
        max(inclusion_on) filter (where phase = 'freeze') as freeze_on
    from sus_timetable where activity_month = m.month
) tt on st.stands
left join lateral (
    select
        min(coalesce(expected_on, dated_on)) filter (where arrived_at is null and kind = any(:pathology)) as path_on,
        min(title) filter (where arrived_at is null and kind = any(:pathology)) as path_title,
        min(coalesce(expected_on, dated_on)) filter (where arrived_at is null and kind = any(:information)) as info_on,
        min(title) filter (where arrived_at is null and kind = any(:information)) as info_title,
        string_agg(title, ', ' order by dated_on desc nulls last, title) filter (where arrived_at is not null) as here
    from document d
    where d.provider = t.provider and d.spell_number = t.spell_number and d.episode_number = t.episode_number
) d on st.stands
left join lateral (
    select c.person_id, c.person_name from coding c
    where c.provider = t.provider and c.episode_id = t.episode_id and c.version = t.coding_version
      and t.coding_state = 'second_check'
) author on true
{news}
cross join lateral (
    select case
        when t.coding_state = 'second_check' then 'second_check'
        when t.coding_state = 'changed_after_coding' or t.overrode_version is not null or late.title is not null
            then 'update_received'
        else 'to_code' end as home
) h
cross join lateral (
    select h.home,
        case when h.home <> 'to_code' then h.home
            when d.path_title is not null then 'outstanding_pathology'
            when d.info_title is not null then 'waiting_for_information'
            else 'to_code' end as queue,
        case
            when h.home = 'second_check' then jsonb_build_object('code', 'second_check', 'text',
                'Coded by ' || coalesce(author.person_name, 'a trainee') || ', who is in training')
            when t.overrode_version is not null then jsonb_build_object('code', 'codes_differ', 'text',
                'The PAS sent other codes than version ' || t.overrode_version || ', which was coded here')
            when t.coding_state = 'coded' then jsonb_build_object('code', 'document_late', 'text',
                late.title || ' has come since it was coded')
            when h.home = 'update_received' then jsonb_build_object('code', 'changed', 'text', (
                select coalesce(string_agg(x.label, ', '), 'Something') || ' changed after coding'
                from unnest(t.coded_basis, t.basis, cast(:labels as text[])) as x(was, now, label)
                where x.was is distinct from x.now))
            when d.path_title is not null then jsonb_build_object('code', 'awaiting_pathology', 'text',
                d.path_title || ' awaited'
                    || coalesce(case when d.path_on > cast(:today as date) then ', expected ' else ' since ' end
                    || to_char(d.path_on, 'FMDD Mon'), ''))
            when d.info_title is not null then jsonb_build_object('code', 'awaiting_document', 'text',
                d.info_title || ' awaited'
                    || coalesce(case when d.info_on > cast(:today as date) then ', expected ' else ' since ' end
                    || to_char(d.info_on, 'FMDD Mon'), ''))
            when n.woke then jsonb_build_object('code', 'document_arrived', 'text', n.title || ' has come: ready')
            when d.here is not null then jsonb_build_object('code', 'ready', 'text', 'Ready: ' || left(d.here, 120))
            else jsonb_build_object('code', 'ready', 'text', 'Ready to code; the PAS names no documents') end as why
) pl
where st.stands or not t.is_new
"""
# Grouped once, not per episode: the table has no index. What comes with a new episode is not late news of it.
_NEWS = """left join (
    select episode_id, bool_or(newly_arrived) as woke, min(title) filter (where newly_arrived) as title
    from document_news group by episode_id
) n on n.episode_id = t.episode_id and st.stands and not t.is_new"""
# New and coded as it came, an episode stands nowhere unless a document is late: asked only where there are any.
_TOUCHED = """(
    select * from touched where not is_new or coding_state <> 'coded' or overrode_version is not null
        or exists (select from document d where d.provider = :provider)
) t"""
_PLACEMENT_FROM_TOUCHED = text(_PLACEMENT.format(touched=_TOUCHED, news=_NEWS))
# One probe of an index a row, whatever the planner thinks of tables that were empty a minute ago: before they are
# analysed PostgreSQL 15 would pair every spell with every patient, and look for each pair in every month.
_EPISODE_AS_TOUCHED = """(
    select e.provider, e.episode_id, k.spell_number, k.episode_number, false as is_new, k.deleted, e.coding_state,
        e.coding_version, case when e.coding_source in ('pas', 'encoder') and k.person_version is not null
            and k.person_codes_digest is distinct from k.codes_digest
            then k.person_version end as overrode_version,
        e.basis, e.coded_basis, coalesce(e.coded_at, f.source_at, k.codes_source_at) as codes_made_at,
        e.started_on, e.ended_on, s.discharged_on, s.patient_class, p.sex, p.birth_on,
        e.main_specialty_code, e.treatment_function_code
    from episode_key k
    cross join lateral (select * from episode e where e.provider = k.provider and e.ended_on = k.ended_on
        and e.episode_id = k.episode_id limit 1) e
    cross join lateral (select * from spell s where s.provider = k.provider
        and s.spell_number = k.spell_number limit 1) s
    cross join lateral (select * from patient p where p.provider = k.provider
        and p.patient_id = s.patient_id limit 1) p
    left join lateral (select source_at from codes_seen f where f.provider = k.provider
        and f.spell_number = k.spell_number and f.episode_number = k.episode_number
        and f.codes_digest = k.codes_digest and f.coded_at = coalesce(e.coded_at, '-infinity') limit 1) f on true
    where k.provider = :provider and k.episode_id = any({ids})
) t"""
_PLACEMENT_FROM_IDS = text(
    _PLACEMENT.format(
        touched=_EPISODE_AS_TOUCHED.format(ids="cast(:ids as uuid[])"),
        news="cross join (select null::boolean as woke, null::text as title) n",
    )
)
# A document that came on its own moves its episode too.
_PLACEMENT_FROM_NEWS = text(
    _PLACEMENT.format(
        touched=_EPISODE_AS_TOUCHED.format(
            ids="array(select episode_id from document_news except select episode_id from touched)"
        ),
        news=_NEWS,
    )
)
