"""``codewell rebuild``: derive again what can be derived, and say how much had gone astray (it should be nothing)."""

from __future__ import annotations

import argparse
import asyncio
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.coding.placement import place
from codewell.db import Database
from codewell.identity.actor import Actor
from codewell.settings import settings as settings_of_process

BATCH: Final = 5_000

_SOME = text("""
select episode_id, ended_on, spell_number, episode_number from episode_key
where provider = :provider and ended_on is not null
    and (spell_number, episode_number) > (:spell_number, :episode_number)
order by spell_number, episode_number limit :most
""")

# The same facts and the same rule as the fold's, over what is stored instead of what has just come.
_EPISODES = text("""
with due as (
    select e.provider, e.ended_on, e.episode_id, k.deleted, s.discharged_on, f.basis,
        case when o.coded_on is distinct from f.basis then o.coded_on end as coded_basis,
        case when k.codes_digest is null then 'uncoded'
            when w.by_person and k.person_state = 'for_second_check' then 'second_check'
            when w.by_person and k.person_state = 'returned' then 'uncoded'
            when w.overridden or o.coded_on is distinct from f.basis then 'changed_after_coding'
            else 'coded' end as coding_state
    from unnest(cast(:ids as uuid[]), cast(:ends as date[])) as i(episode_id, ended_on)
    cross join lateral (select * from episode e where e.provider = :provider and e.ended_on = i.ended_on
        and e.episode_id = i.episode_id limit 1) e
    cross join lateral (select * from episode_key k where k.provider = e.provider
        and k.episode_id = e.episode_id limit 1) k
    cross join lateral (select * from spell s where s.provider = e.provider
        and s.spell_number = e.spell_number limit 1) s
    cross join lateral (select * from patient p where p.provider = e.provider
        and p.patient_id = s.patient_id limit 1) p
    cross join lateral (select array[e.started_on::text, e.ended_on::text, p.sex, s.admitted_on::text,
        s.admission_method, s.discharged_on::text, s.discharge_method, s.patient_class, e.consultant_code,
        e.main_specialty_code, e.treatment_function_code] as basis) f
    cross join lateral (select
        k.person_codes_digest is not null and k.codes_digest = k.person_codes_digest as by_person,
        k.person_codes_digest is not null and k.codes_digest <> k.person_codes_digest as overridden) w
    left join lateral (select basis from codes_seen f where f.provider = k.provider
        and f.spell_number = k.spell_number and f.episode_number = k.episode_number
        and f.codes_digest = k.codes_digest and f.coded_at = coalesce(e.coded_at, '-infinity') limit 1) seen on true
    cross join lateral (select case when w.by_person then k.person_basis
        when k.codes_digest is not null then coalesce(seen.basis, e.coded_basis, e.basis) end as coded_on) o
)
update episode e set deleted = d.deleted, discharged_on = d.discharged_on, basis = d.basis,
    coded_basis = d.coded_basis, coding_state = d.coding_state
from due d
where e.provider = d.provider and e.ended_on = d.ended_on and e.episode_id = d.episode_id
  and (e.deleted, e.discharged_on, e.basis, e.coded_basis, e.coding_state)
      is distinct from (d.deleted, d.discharged_on, d.basis, d.coded_basis, d.coding_state)
""")


async def rebuild(
    session: AsyncSession, actor: Actor, *, after: tuple[str, int] = ("", 0)
) -> tuple[int, int, tuple[str, int] | None]:
    """Derive one batch again; give how many episodes were looked at, how many had to change, and where to go on."""
    await session.execute(
        text("select pg_advisory_xact_lock(hashtext('intake:' || :provider))"), {"provider": actor.provider}
    )
    rows = (
        await session.execute(
            _SOME,
            {"provider": actor.provider, "spell_number": after[0], "episode_number": after[1], "most": BATCH},
        )
    ).all()
    if not rows:
        return 0, 0, None
    ids = [row.episode_id for row in rows]
    # Coders may be submitting some of these just now: wait for them before looking at what stands.
    await session.execute(
        text("""select 1 from episode_key where provider = :provider and episode_id = any(cast(:ids as uuid[]))
                order by spell_number, episode_number for update"""),
        {"provider": actor.provider, "ids": ids},
    )
    done = await session.execute(
        _EPISODES, {"provider": actor.provider, "ids": ids, "ends": [row.ended_on for row in rows]}
    )
    await place(session, actor, ids)
    return len(rows), done.rowcount, (rows[-1].spell_number, rows[-1].episode_number)  # type: ignore[attr-defined]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("--provider", help="ODS code of one Trust; all of them without it")


def main(args: argparse.Namespace) -> int:
    """Rebuild, batch by batch; each is committed by itself and may be repeated."""
    return asyncio.run(_main(args.provider))


async def _main(only: str | None) -> int:
    database = Database(settings_of_process())
    try:
        async with database.transaction() as session:
            known = [row.provider for row in await session.execute(text("select provider from trust order by 1"))]
        for provider in known:
            if only not in (None, provider):
                continue
            actor, looked, changed = Actor.system(provider, "rebuild"), 0, 0
            place: tuple[str, int] | None = ("", 0)
            while place is not None:
                async with database.transaction() as session:
                    n, m, place = await rebuild(session, actor, after=place)
                looked, changed = looked + n, changed + m
            print(f"{provider}: {looked:,} episodes derived again, {changed:,} differed")
    finally:
        await database.close()
    return 0
