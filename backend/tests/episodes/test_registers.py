"""Codes made here against codes and facts that the PAS sends later."""

import datetime as dt
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.episodes import service
from conftest import RolledBack
from episodes.test_fold import ACTOR, queues, take, undone
from intake.messages import message

AT = "2026-03-{}T09:00:00Z"
AT_SPELL = ("SP0001", 1)


async def state(session: AsyncSession) -> Any:
    rows = await session.execute(
        text("""select e.*, k.person_version, k.deleted as gone from episode e
                join episode_key k using (provider, episode_id)""")
    )
    return rows.one()


async def code(session: AsyncSession, *diagnoses: str, version: int, at: str) -> None:
    """A coder's submission, as the coding room copies it onto the episode."""
    episode = await state(session)
    made = dt.datetime.fromisoformat(AT.format(at))
    await session.execute(
        text("""insert into coding (provider, episode_id, version, state, source, diagnoses, procedures,
                procedure_dates, at, recorded_at, basis)
                values ('RXX', :id, :version, 'final', 'codewell', :dx, '{}', '{}', :at, :at, :basis)"""),
        {"id": episode.episode_id, "version": version, "dx": list(diagnoses), "at": made, "basis": episode.basis},
    )
    await service.set_codes(
        session, ACTOR, episode.episode_id, diagnoses=diagnoses, procedures=[], procedure_dates=[], version=version,
        state="final", coder_id=ACTOR.id, at=made,
    )  # fmt: skip


async def test_an_echo_of_our_codes_stays_ours_and_makes_no_version(database: RolledBack) -> None:
    async with undone(database) as session:
        await take(session, [message()])
        await code(session, "I214", "I10", version=1, at="13")
        await take(session, [message(source_at=AT.format(14), message_id="2", coding={"diagnoses": ["I21.4", "I10X"]})])
        found = await state(session)
        assert (found.coding_state, found.coding_version, found.coding_source) == ("coded", 1, "codewell")
        assert found.coder_id == ACTOR.id


async def test_an_echo_with_changed_facts_is_an_update_received(database: RolledBack) -> None:
    async with undone(database) as session:
        await take(session, [message()])
        await code(session, "I214", version=1, at="13")
        changed = message(
            source_at=AT.format(14), message_id="2", spell__discharge_method="4", coding={"diagnoses": ["I214"]}
        )
        await take(session, [changed])
        found = await state(session)
        assert (found.coding_state, found.coding_version) == ("changed_after_coding", 1)
        assert (found.coded_basis[6], found.basis[6]) == ("1", "4")
        assert await queues(session) == {AT_SPELL: "update_received"}
        # The fact goes back to what it was: the codes rest on the truth again.
        await take(session, [message(source_at=AT.format(15), message_id="3")])
        found = await state(session)
        assert (found.coding_state, found.coded_basis) == ("coded", None)
        assert await queues(session) == {}


async def test_a_sender_that_repeats_its_codes_on_changed_facts_has_not_coded_again(database: RolledBack) -> None:
    codes = {"source": "pas", "diagnoses": ["I214"]}
    was, now = message(coding=codes), {"message_id": "2", "spell__discharge_method": "4"}
    async with undone(database) as session:
        await take(session, [was])
        await take(session, [message(source_at=AT.format(14), coding=codes, **now)])
        found = await state(session)
        assert (found.coding_state, found.coding_version) == ("changed_after_coding", 1)
        assert (found.coded_basis[6], found.basis[6]) == ("1", "4")
        assert await queues(session) == {AT_SPELL: "update_received"}
        # The sender's coder looks again and leaves the codes as they are: a coding of its own, on the facts of now.
        again = codes | {"coded_at": AT.format(15)}
        await take(session, [message(source_at=AT.format(15), coding=again, **now | {"message_id": "3"})])
        found = await state(session)
        assert (found.coding_state, found.coded_basis, found.coding_version) == ("coded", None, 1)
        assert await queues(session) == {}


async def test_the_first_message_of_a_coding_counts_even_when_it_comes_last(database: RolledBack) -> None:
    codes = {"source": "pas", "diagnoses": ["I214"]}
    async with undone(database) as session:
        await take(session, [message(source_at=AT.format(14), message_id="2", coding=codes)])
        first = message(source_at=AT.format(12), message_id="1", spell__discharge_method="4", coding=codes)
        assert (await take(session, [first]))["updated"] == 1
        found = await state(session)
        assert (found.coding_state, found.coded_basis[6], found.basis[6]) == ("changed_after_coding", "4", "1")
        assert (await take(session, [first]))["stale_ignored"] == 1


async def test_a_stale_message_is_updated_only_where_the_codes_that_stand_now_rest_on_it(database: RolledBack) -> None:
    codes, other = {"source": "pas", "diagnoses": ["I214"]}, {"source": "pas", "diagnoses": ["I10"]}
    async with undone(database) as session:
        await take(session, [message(source_at=AT.format(14), message_id="4", coding=codes)])
        late = message(source_at=AT.format(12), message_id="2", spell__discharge_method="4", coding=other)
        news = message(source_at=AT.format(15), message_id="5", patient__sex="1", spell_number="SP0002")
        counts = await take(session, [late, news])
        assert (counts["stale_ignored"], counts["created"], counts["updated"]) == (1, 1, 0)


async def test_a_batch_keeps_to_its_own_trust(database: RolledBack) -> None:
    """Spell numbers are a Trust's own: another has the same ones."""
    codes = {"source": "pas", "diagnoses": ["I214"]}
    async with undone(database) as session:
        for provider in ("RXX", "RYY"):
            await take(session, [message(provider=provider, coding=codes)], provider=provider)
        await take(session, [message(source_at=AT.format(14), message_id="2", coding=codes)])
        rows = await session.execute(text("select provider from codes_seen"))
        assert [r.provider for r in rows] == ["RXX"]


async def test_what_a_sender_coded_before_us_is_remembered_when_it_repeats_it_after_us(database: RolledBack) -> None:
    codes = {"source": "pas", "diagnoses": ["I214"]}
    async with undone(database) as session:
        await take(session, [message(coding=codes)])
        await code(session, "I10", version=2, at="13")
        changed = {"spell__discharge_method": "4", "coding": codes}
        await take(session, [message(source_at=AT.format(14), message_id="2", **changed)])
        found = await state(session)
        assert (found.coding_state, found.coded_basis[6], found.coding_version) == ("changed_after_coding", "1", 3)


async def test_other_newer_codes_of_the_pas_are_a_version_over_ours(database: RolledBack) -> None:
    async with undone(database) as session:
        await take(session, [message()])
        await code(session, "I214", version=1, at="13")
        await take(session, [message(source_at=AT.format(14), message_id="2", coding={"diagnoses": ["J449"]})])
        found = await state(session)
        assert (found.coding_state, found.coding_version, found.coding_source) == ("changed_after_coding", 2, "pas")
        assert (found.diagnoses, found.person_version, found.coder_id) == (["J449"], 1, None)
        assert await queues(session) == {AT_SPELL: "update_received"}


async def test_older_codes_of_the_pas_do_not_touch_ours(database: RolledBack) -> None:
    async with undone(database) as session:
        await take(session, [message()])
        await code(session, "I214", version=1, at="13")
        await take(session, [message(source_at=AT.format(12), message_id="Z", coding={"diagnoses": ["J449"]})])
        found = await state(session)
        assert (found.coding_state, found.coding_version, found.diagnoses) == ("coded", 1, ["I214"])


async def test_what_a_person_submits_counts_as_newest_even_against_a_clock_ahead(database: RolledBack) -> None:
    async with undone(database) as session:
        await take(session, [message(source_at=AT.format(20), coding={"diagnoses": ["J449"]})])
        await code(session, "I214", version=2, at="13")
        await take(session, [message(source_at=AT.format(20), message_id="MSG-0", coding={"diagnoses": ["N390"]})])
        found = await state(session)
        assert (found.diagnoses, found.coding_version) == (["I214"], 2)


async def test_a_message_without_codes_keeps_them(database: RolledBack) -> None:
    async with undone(database) as session:
        await take(session, [message(coding={"diagnoses": ["I214"]})])
        await take(session, [message(source_at=AT.format(14), message_id="2", ward_code="W9", coding=None)])
        found = await state(session)
        assert (found.diagnoses, found.coding_state, found.ward_code) == (["I214"], "coded", "W9")


async def test_a_withdrawn_episode_leaves_the_queues_and_keeps_its_codings(database: RolledBack) -> None:
    async with undone(database) as session:
        await take(session, [message()])
        await code(session, "I214", version=1, at="13")
        await take(session, [message(source_at=AT.format(14), message_id="2", spell__discharge_method="4")])
        assert await queues(session) == {AT_SPELL: "update_received"}
        gone = {"feed_action": "delete", "spell_number": "SP0001", "episode_number": 1, "source_at": AT.format(15), "message_id": "3"}  # fmt: skip
        await take(session, [gone])
        found = await state(session)
        assert (found.gone, found.diagnoses) == (True, ["I214"])
        assert await queues(session) == {}
        assert await session.scalar(text("select count(*) from coding")) == 1


async def test_rebuild_finds_nothing_to_change_and_mends_what_was_spoilt(database: RolledBack) -> None:
    from codewell.intake.rebuild import rebuild

    async with undone(database) as session:
        await take(session, [message(spell_number=f"S{n}", message_id=str(n)) for n in range(3)])
        await take(session, [message(coding={"diagnoses": ["I214"]})])
        await take(
            session, [message(source_at=AT.format(14), message_id="2", spell__discharge_method="4", coding=None)]
        )
        before = (await session.execute(text("select * from episode order by spell_number"))).all()
        placed = await queues(session)
        assert await rebuild(session, ACTOR) == (4, 0, ("SP0001", 1))
        await session.execute(
            text("update episode set coding_state = 'coded', coded_basis = null, discharged_on = null")
        )
        await session.execute(text("delete from work_item"))
        looked, changed, _ = await rebuild(session, ACTOR)
        assert (looked, changed) == (4, 4)
        after = (await session.execute(text("select * from episode order by spell_number"))).all()
        # What the codes were made on is no derived fact: a rebuild cannot invent it again.
        assert [r.coding_state for r in after][:3] == [r.coding_state for r in before][:3]
        assert {at: q for at, q in (await queues(session)).items() if at != AT_SPELL} == {
            at: q for at, q in placed.items() if at != AT_SPELL
        }
