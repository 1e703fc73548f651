"""Staging tables stay with their connection: nothing of one batch may be seen by the next, whoever sends it."""

import pytest
from sqlalchemy import text

from codewell import db
from codewell.episodes import incoming
from codewell.intake.batch import prepare, settle, stage_in, take_in
from codewell.intake.check import check
from codewell.intake.items import read_items
from codewell.kit import clock
from episodes.test_fold import ACTOR, Undo, take
from intake.messages import message
from world import PROVIDER, World

COUNT = text(" union all ".join(f"select count(*) from pg_temp.{t}" for t in (*incoming.TABLES, *incoming.WORKING)))


@pytest.fixture
async def one_connection(own: db.Database, own_world: World):  # type: ignore[no-untyped-def]
    """A database that is reached through a single connection, as a busy pool hands it from one request to the next."""
    settings = own.settings.model_copy(update={"pool_size": 1})  # type: ignore[attr-defined]
    made = db.Database(settings)
    yield made
    await made.close()


async def backend(session) -> int:  # type: ignore[no-untyped-def]
    return int(await session.scalar(text("select pg_backend_pid()")))


async def test_rows_of_a_batch_are_gone_after_its_commit_and_after_its_rollback(one_connection: db.Database) -> None:
    async with one_connection.transaction() as session:
        assert (await take(session, [message(coding={"source": "pas", "diagnoses": ["I214"]})]))["created"] == 1
        pid = await backend(session)
    with pytest.raises(Undo):
        async with one_connection.transaction() as session:
            assert await backend(session) == pid
            assert not any((await session.execute(COUNT)).scalars())
            assert (await take(session, [message(spell_number="SP0002")]))["created"] == 1
            raise Undo
    async with one_connection.transaction() as session:
        assert await backend(session) == pid
        assert not any((await session.execute(COUNT)).scalars())
        other = [message(provider="RYY", spell_number="SP0003")]
        assert (await take(session, other, provider="RYY"))["created"] == 1
        assert await session.scalar(text("select count(*) from episode_key where provider = 'RYY'")) == 1
        assert await session.scalar(text("select count(*) from episode_key where provider = 'RXX'")) == 1


async def test_a_batch_that_was_staged_in_another_transaction_is_refused(one_connection: db.Database) -> None:
    """Its rows are gone with that transaction; to fold nothing and say that all is well would lose them."""
    read = read_items([message()])
    ready = prepare(read.frame, read.documents, read.faults, provider=PROVIDER)
    async with one_connection.transaction() as session:
        await stage_in(session, ready)
    with pytest.raises(RuntimeError, match="another transaction"):
        async with one_connection.transaction() as session:
            await settle(session, ACTOR, ready)
    read = read_items([message()])
    ready = prepare(read.frame, read.documents, read.faults, provider=PROVIDER)
    async with one_connection.transaction() as session:
        assert (await take_in(session, ACTOR, ready)).counts["created"] == 1


def test_new_ids_rise_in_the_order_of_the_batch_so_that_indexes_grow_at_one_end() -> None:
    read = read_items([message(spell_number=f"SP{n}") for n in range(50)], {})
    good = check(read.frame, provider=PROVIDER, now=clock.now(), today=clock.today()).good
    for name in ("new_episode_id", "new_patient_id"):
        ids = good.sort("idx")[name].to_list()
        assert ids == sorted(ids)
        assert len(set(ids)) == 50
