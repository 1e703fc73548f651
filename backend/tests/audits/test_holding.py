"""An audit and its episodes are held in one order: the audit first, whoever takes hold of either."""

import asyncio

import pytest
from sqlalchemy import text

from codewell.audits.reads.one import the_audit, the_item
from codewell.audits.service.taking import take_next

_WAITING = text("select count(*) from pg_locks where not granted")


@pytest.fixture
def database(own):
    """A database of its own: who waits for whom is seen on connections of their own only."""
    return own


@pytest.fixture
def world(own_world):
    return own_world


@pytest.fixture
def beside_a_signing(database, world, items_of):
    """Do something with an audit's episode while somebody signs or sends it, who wants its episodes next."""

    async def run(audit_id, something):
        async def aside():
            async with database.transaction() as session:
                return await something(session)

        async with database.transaction() as session:
            await the_audit(session, world.system, audit_id, lock=True)
            other = asyncio.create_task(aside())
            async with asyncio.timeout(10):
                while not await session.scalar(_WAITING) and not other.done():
                    await asyncio.sleep(0.02)
            held = await session.execute(text("select item_id from audit_item for update nowait"))
            assert len(held.all()) == len(await items_of(audit_id))
            await session.execute(text("update audit set title = 'Seen by who waited'"))
        return await other

    return run


async def test_whoever_takes_hold_of_an_episode_waits_for_its_audit_and_sees_it_as_it_is(
    world, drawn_audit, items_of, beside_a_signing
):
    audit_id = await drawn_audit(episodes=2, size=2)
    (item, _) = await items_of(audit_id)

    async def hold(session):
        audit, held = await the_item(session, world.system, item.item_id, lock=True)
        held.comment = "Seen."
        await session.flush()
        return audit.title

    assert await beside_a_signing(audit_id, hold) == "Seen by who waited"


async def test_so_does_who_takes_the_next(database, world, drawn_audit, beside_a_signing):
    audit_id = await drawn_audit(episodes=2, size=2)
    actor = world.actor("auditor")
    taken = await beside_a_signing(audit_id, lambda session: take_next(session, actor, audit_id))
    assert taken["state"] == "coding"


async def test_two_hold_two_episodes_of_an_audit_at_once(database, world, drawn_audit, items_of):
    audit_id = await drawn_audit(episodes=2, size=2)
    one, other = await items_of(audit_id)
    async with database.transaction() as first, database.transaction() as second:
        await the_item(first, world.system, one.item_id, lock=True)
        async with asyncio.timeout(5):
            await the_item(second, world.system, other.item_id, lock=True)
