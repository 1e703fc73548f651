"""What the database says, as a caller hears it: busy for what will pass, never for what is wrong with the request."""

from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolExhausted

from codewell import db
from codewell.kit.problems import Busy, Conflict
from codewell.main import _translate


async def error_of(database: db.Database, sql: str, past: bool, **values: Any) -> Exception:
    """Run a statement that fails, through SQLAlchemy or past it, and return its error."""
    with pytest.raises(Exception) as caught:  # noqa: PT011, B017
        async with database.transaction() as session:
            await session.execute(text("set role none"))
            if past:
                await (await db.raw(session)).execute(sql)
            else:
                await session.execute(text(sql), values)
    return caught.value  # type: ignore[no-any-return]


@pytest.mark.parametrize("past", [True, False], ids=["driver", "sqlalchemy"])
class TestDatabaseErrors:
    @pytest.mark.parametrize(
        "sql",
        [
            "do $$ begin raise exception using errcode = '40P01'; end $$",
            "do $$ begin raise exception using errcode = '40001'; end $$",
            "do $$ begin raise exception using errcode = '55P03'; end $$",
            "do $$ begin raise exception using errcode = '53300'; end $$",
            "do $$ begin raise exception using errcode = '57014'; end $$",
            "select pg_terminate_backend(pg_backend_pid())",
        ],
    )
    async def test_what_passes_is_503_and_says_when_to_come_again(self, own, past, sql):
        problem = _translate(await error_of(own, sql, past))
        assert isinstance(problem, Busy)
        assert problem.headers["Retry-After"]

    @pytest.mark.parametrize("sql", ["select 1/0", "select * from nowhere"])
    async def test_what_is_wrong_stays_wrong(self, own, past, sql):
        error = await error_of(own, sql, past)
        assert _translate(error) is None
        facts = db.error_facts(error)
        assert facts["sqlstate"] in {"22012", "42P01"}
        assert "nowhere" not in str(facts)


class TestDriverErrors:
    @pytest.mark.parametrize(
        "error",
        [
            PoolExhausted(),
            ConnectionRefusedError(),
            TimeoutError(),
            asyncpg.InterfaceError("connection is closed"),
            asyncpg.ConnectionDoesNotExistError(),
        ],
    )
    def test_no_connection_is_503(self, error):
        assert isinstance(_translate(error), Busy)

    async def test_a_value_that_cannot_be_sent_is_not_503(self, own):
        assert _translate(await error_of(own, "select cast(:n as integer)", False, n=1 << 40)) is None

    async def test_a_doubled_key_is_409(self, own_world, own):
        error = await error_of(own, "insert into trust select * from trust", False)
        assert isinstance(_translate(error), Conflict)

    def test_anything_else_is_ours(self):
        assert _translate(ValueError("9000000009")) is None
        assert "9000000009" not in str(db.error_facts(ValueError("9000000009")))
