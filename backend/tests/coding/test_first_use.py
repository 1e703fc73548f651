"""Whoever keeps codes has it written down which editions they name: by hand, from the PAS, out of the past."""

import datetime as dt
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from codewell.codesets import reads as codesets
from codewell.coding.history import Past, take_history
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.migrate import migrate
from coding.conftest import lines, message
from coding.test_service import submit
from conftest import make_settings, with_database


@pytest.fixture(autouse=True)
def fresh_directory():
    codesets.forget()
    yield
    codesets.forget()


async def used(database):
    async with database.transaction() as session:
        found = await session.execute(text("select edition from edition where first_used_at is not null order by 1"))
        return list(found.scalars())


async def test_a_submission(as_role, post, database):
    (episode,) = await post(message())
    assert await used(database) == []
    answer = await submit(await as_role("coder"), episode)
    assert answer.status_code == 200, answer.text
    assert await used(database) == ["4.11-starter", "5-open"]


async def test_a_refused_submission_uses_nothing(as_role, post, database):
    (episode,) = await post(message())
    answer = await submit(await as_role("coder"), episode, {"diagnoses": lines("I21"), "procedures": []})
    assert answer.status_code == 409
    assert await used(database) == []


async def test_codes_from_the_pas_only_the_editions_of_their_days(post, database):
    days = {"started_on": "2024-05-01", "ended_on": "2024-05-02"}
    spell = {"admitted_on": "2024-05-01", "discharged_on": "2024-05-02"}
    await post(message(), message(**days, spell=spell))
    assert await used(database) == []
    await post(message(**days, spell=spell, coding={"source": "pas", "diagnoses": ["I214"], "procedures": []}))
    assert await used(database) == ["4.10-starter", "5-open"]


async def test_an_edition_of_the_last_two_seconds_too(post, database, monkeypatch):
    async def all_stay(session):
        return True

    monkeypatch.setattr(codesets, "all_stay", all_stay)
    await post(message(coding={"source": "pas", "diagnoses": ["I214"], "procedures": []}))
    assert await used(database) == ["4.11-starter", "5-open"]


async def test_codings_of_the_past(post, database, world):
    first = message()
    await post(first)
    person = world.people["coder"]
    past = Past(
        first["spell_number"], first["episode_number"], ["I214"], [], [], person.person_id, person.name, "final",
        clock.now(),
    )  # fmt: skip
    async with database.transaction() as session:
        assert await take_history(session, Actor.system("RXX", "test", frozenset()), [past]) == 1
    assert await used(database) == ["4.11-starter", "5-open"]


@pytest.mark.commits
async def test_versions_of_before_are_counted_when_the_column_comes(cluster_url, tmp_path: Path):
    postgres = await asyncpg.connect(cluster_url)
    await postgres.execute("drop database if exists codewell_first_use")
    await postgres.execute("create database codewell_first_use")
    settings = make_settings(with_database(cluster_url, "codewell_first_use"), tmp_path)
    try:
        await migrate(settings, "0011_faults_in_order")
        connection = await asyncpg.connect(settings.database_url.get_secret_value())
        await connection.execute("""
        insert into edition (system, edition, title, valid_from_on, state, source, digest, counts, problems, notes,
            loaded_at)
        select system, edition, 't', '2020-01-01', 'superseded', 's', edition, '{}', '[]', '[]', now()
        from (values ('icd10', 'A'), ('icd10', 'B'), ('opcs4', 'A'), ('opcs4', 'B')) v(system, edition);
        insert into coding (provider, episode_id, version, state, source, diagnoses, procedures, procedure_dates,
            icd10_edition, opcs4_edition, basis, at, recorded_at)
        select 'RXX', gen_random_uuid(), n, 'final', 'pas', '{}', '{}', '{}', 'A', case n when 2 then 'B' end, '{}',
            now(), timestamptz '2026-03-01Z' + n * interval '1 day'
        from generate_series(1, 3) n
        """)
        await migrate(settings)
        rows = await connection.fetch("select system, edition, first_used_at from edition order by 1, 2")
        await connection.close()
    finally:
        await postgres.execute("drop database codewell_first_use with (force)")
        await postgres.close()
    day = {2: dt.datetime(2026, 3, 2, tzinfo=dt.UTC), 3: dt.datetime(2026, 3, 3, tzinfo=dt.UTC)}
    assert [tuple(r) for r in rows] == [
        ("icd10", "A", day[2]), ("icd10", "B", None), ("opcs4", "A", None), ("opcs4", "B", day[3]),
    ]  # fmt: skip
