"""The list of episodes at ten years of a big Trust: 2,600,000 FCEs, pages of fifty."""

from __future__ import annotations

import time

import asyncpg
import orjson

from bench import PROVIDER, everybody, percentiles, say, scratch
from codewell.episodes import reads
from codewell.episodes.schemas import EpisodeFilter

YEAR, YEARS, PAGES = 260_000, 10, 60

# Rows as the fold leaves them, made in the database: the way in is what bench_intake measures.
_YEAR = """
create temp table made on commit drop as
select gen_random_uuid() as id, n, 'SP{y}' || lpad(n::text, 7, '0') as spell,
    (current_date - {back} - (n % 365)::int) as ended, n % 120000 as who
from generate_series(1, {rows}) n;
insert into spell (provider, spell_number, patient_id, admitted_on, source_at, source_message_id, digest,
    content_digest)
select '{provider}', spell, md5(who::text)::uuid, ended - 2, now(), 'm', id, id from made;
insert into episode_key (provider, spell_number, episode_number, episode_id, ended_on, source_at, source_message_id,
    digest, attrs_digest, deleted)
select '{provider}', spell, 1, id, ended, now(), 'm', id, id, false from made;
insert into episode (provider, ended_on, episode_id, spell_number, episode_number, started_on, main_specialty_code,
    diagnoses, procedures, procedure_dates, coding_state, coding_version, basis, deleted)
select '{provider}', ended, id, spell, 1, ended - 2, (array['100','110','300','320','430'])[1 + n % 5],
    array['I214','I10','E119','J449','Z921'], array['K631'], array[ended],
    case when n % 11 = 0 and {y} = 0 then 'uncoded' else 'coded' end, 1, array[ended::text], false
from made order by ended;
"""


async def main(years: int = YEARS) -> None:
    """Fill, then walk pages under each filter a person has."""
    async with scratch() as (database, settings):
        connection = await asyncpg.connect(settings.database_url.get_secret_value())
        await connection.execute(
            """insert into patient (provider, patient_id, local_patient_id, birth_on, sex, source_at, source_message_id,
               digest, content_digest) select $1, md5(n::text)::uuid, 'P' || n, date '1950-01-01' + n % 20000, '1',
               now(), 'm', md5(n::text)::uuid, md5(n::text)::uuid from generate_series(0, 119999) n""",
            PROVIDER,
        )
        for year in range(years):
            async with connection.transaction():
                sql = _YEAR.format(y=year, back=year * 365, rows=YEAR, provider=PROVIDER)
                await connection.execute(sql)
        await connection.execute("vacuum analyze")
        await connection.close()
        for name, filters in (
            ("newest first", {}),
            ("oldest first", {"sort": "oldest"}),
            ("uncoded", {"coding_state": "uncoded"}),
            ("one specialty", {"specialty": "300"}),
            ("one month", {"month": None}),
            ("nothing found", {"specialty": "999"}),
        ):
            if "month" in filters:
                filters = {"month": reads.clock.add_months(reads.clock.today(), -30).isoformat()[:7]}
            took, cursor = [], None
            for _ in range(PAGES):
                async with database.transaction() as session:
                    started = time.perf_counter()
                    page = await reads.list_episodes(session, everybody(), EpisodeFilter(**filters, cursor=cursor))  # type: ignore[arg-type]
                    orjson.dumps(page, default=str)
                    took.append(time.perf_counter() - started)
                cursor = page["next"]
            say(f"50 of {years * YEAR:,} episodes, {name}", percentiles(took))
