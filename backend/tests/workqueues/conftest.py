"""Work items placed by the room's own verb, as the rooms above place them."""

import datetime as dt
from uuid import UUID

import pytest
from sqlalchemy import text

from codewell.kit import clock
from codewell.kit.ids import uuid7_many
from codewell.workqueues import service


async def place_items(
    session, actor, n, *, queue="to_code", days=None, author=None, specialty="300", remove=False, ids=None
):
    """Place ``n`` episodes, the first discharged longest ago; returns their ids in that order."""
    ids = ids or uuid7_many(n)
    await session.execute(text("drop table if exists placement"))
    await session.execute(text(service.PLACEMENT))
    home = queue if queue in {"to_code", "update_received", "second_check"} else "to_code"
    for i, episode_id in enumerate(ids):
        day = clock.today() - dt.timedelta(days if days is not None else n - i)
        await session.execute(
            text("""insert into placement values (:provider, :id, :remove, false, :queue, :home,
                    '{"code": "ready", "text": "Ready"}', :day, date_trunc('month', cast(:day as date)), null, null, 'F', 41,
                    :specialty, 'General medicine', :specialty, '1', :day, :day, :day, :author)"""),
            {
                "provider": actor.provider,
                "id": episode_id,
                "remove": remove,
                "queue": queue,
                "home": home,
                "day": day,
                "specialty": specialty,
                "author": author,
            },
        )
    await service.place_incoming(session, actor)
    return ids


@pytest.fixture
async def items(database, world):
    async def place(n=3, *, provider="RXX", **options) -> list[UUID]:
        actor = world.system if provider == "RXX" else world.other_system
        async with database.transaction() as session:
            return await place_items(session, actor, n, **options)

    return place
