"""Migrations wait for nobody for long, either way, and on the way back give what they took."""

import re
from typing import Any

import pytest
from alembic import command
from sqlalchemy import text

from codewell import db
from codewell.migrate import MIGRATIONS, config, drift
from codewell.settings import Settings

SINCE = "0021"
LATER = [path for path in sorted((MIGRATIONS / "versions").glob("*.py")) if path.name[:4] >= SINCE]


@pytest.mark.parametrize("path", LATER, ids=lambda path: path.stem)
def test_both_ways_begin_with_how_long_a_lock_is_waited_for(path: Any) -> None:
    first = re.findall(r"^def (upgrade|downgrade)\(\) -> None:\n(.*)", path.read_text(), re.M)
    assert [way for way, _ in first] == ["upgrade", "downgrade"]
    assert all("set local lock_timeout" in line for _, line in first)


async def test_the_models_say_what_the_migrations_made(settings: Settings) -> None:
    assert await drift(settings) == []


async def test_on_the_way_back_external_audits_are_what_they_were(own: db.Database) -> None:
    engine = db.make_engine(own.settings, as_owner=True)  # type: ignore[attr-defined]
    async with engine.connect() as connection:

        async def modes() -> list[str]:
            found = (await connection.execute(text("select mode from audit order by reference"))).scalars()
            made = list(found)
            await connection.commit()
            return made

        async def to(step: Any, revision: str) -> None:
            await connection.run_sync(lambda c: step(config(c), revision))
            await connection.commit()

        await to(command.downgrade, "0021_patient_as_typed")
        await connection.execute(
            text("""
            insert into audit (provider, audit_id, reference, kind, title, state, mode, commissioned_by, aims,
                objectives, scope, background, period_from, period_to, population, sampling, methodology_key,
                methodology_version, methodology, thresholds, second_share, created_by_id, created_by_name, created_at,
                version)
            select 'RXX', gen_random_uuid(), reference, kind, '', 'setting_up', mode, '', '', '', '', '', '2026-01-01',
                '2026-02-01', '{}', '{}', '', 1, '{}', '{}', 0, gen_random_uuid(), '', now(), 1
            from (values ('1', 'external', 'review'), ('2', 'external', 'blind'), ('3', 'dspt', 'review'))
                as x(reference, kind, mode)""")
        )
        await connection.commit()
        await to(command.upgrade, "head")
        assert await modes() == ["external", "external", "review"]
        await to(command.downgrade, "0021_patient_as_typed")
        assert await modes() == ["review", "blind", "review"]
        assert await connection.scalar(text("select to_regclass('audit_mode_before_0022')")) is None
    await engine.dispose()
