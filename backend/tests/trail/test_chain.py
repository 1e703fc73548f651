"""The trail is append-only, and shows when it has been touched."""

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from codewell.trail import reads, service


async def lines_of(own, world, n):
    async with own.transaction() as session:
        for i in range(n):
            await service.record(session, world.system, "thing:done", "thing", i, note=i)


class TestRecord:
    async def test_lines_are_chained_and_verify_as_whole(self, own, own_world):
        await lines_of(own, own_world, 5)
        async with own.transaction() as session:
            verdict = await reads.verify(session)
        assert verdict.faults == []
        assert verdict.lines >= 5

    async def test_a_failed_transaction_leaves_no_line(self, own, own_world):
        with pytest.raises(RuntimeError):
            async with own.transaction() as session:
                await service.record(session, own_world.system, "thing:lost", "thing", 1)
                raise RuntimeError
        async with own.transaction() as session:
            found = await session.scalar(text("select count(*) from trail_line where tag = 'thing:lost'"))
        assert found == 0

    @pytest.mark.parametrize("statement", ["update trail_line set tag = 'x'", "delete from trail_line",
                                           "insert into trail_line select * from trail_line limit 1",
                                           "update trail_head set no = 0", "truncate trail_line"])  # fmt: skip
    async def test_the_application_cannot_touch_what_is_written(self, own, own_world, statement):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with own.transaction() as session:
                await session.execute(text(statement))


class TestVerify:
    @pytest.mark.parametrize(
        ("harm", "says"),
        [
            ("update trail_line set facts = '{\"note\": 99}' where no = 3", "changed"),
            ("update trail_line set actor_name = 'somebody else' where no = 2", "changed"),
            ("delete from trail_line where no = 3", "missing"),
            ("delete from trail_line where no >= 4", "last lines are missing"),
        ],
    )
    async def test_every_harm_done_by_the_owner_is_found(self, own, own_world, harm, says):
        await lines_of(own, own_world, 5)
        owner = await asyncpg.connect(own.settings.database_url.get_secret_value())
        await owner.execute(harm)
        await owner.close()
        async with own.transaction() as session:
            verdict = await reads.verify(session)
        assert any(says in fault.what for fault in verdict.faults)
