"""Any order, repetition and batching of the same messages ends in the same state: the one the oracle says."""

import itertools
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.identity.actor import Actor
from codewell.intake.batch import prepare, take_in
from codewell.intake.items import read_items
from conftest import RolledBack
from episodes.oracle import Dump, Message, fold
from intake.messages import message
from world import PROVIDER

ACTOR = Actor.system(PROVIDER, "test")


class Undo(Exception):
    """Ends a transaction without keeping anything."""


@asynccontextmanager
async def undone(database: RolledBack) -> AsyncIterator[AsyncSession]:
    try:
        async with database.transaction() as session:
            yield session
            raise Undo
    except Undo:
        pass


async def take(session: AsyncSession, messages: list[Message], provider: str = PROVIDER) -> dict[str, int]:
    read = read_items(messages)
    assert not read.faults
    ready = prepare(read.frame, read.documents, read.faults, provider=provider)
    assert not ready.faults, ready.faults
    taken = await take_in(session, Actor.system(provider, "test"), ready)
    assert sum(taken.counts.values()) == len(messages)
    return taken.counts


def _key(at: Any, message_id: str) -> tuple[str, bytes]:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ"), message_id.encode()


async def dump(session: AsyncSession) -> Dump:
    """What is stored, in the oracle's words."""
    out: Dump = {"patient": {}, "spell": {}, "episode": {}, "document": {}}
    for p in await session.execute(text("select * from patient where provider = 'RXX'")):
        day = p.birth_on.isoformat()
        out["patient"][p.local_patient_id] = (p.sex, day, *_key(p.source_at, p.source_message_id))
    for s in await session.execute(
        text("""select s.*, p.local_patient_id from spell s join patient p using (provider, patient_id)
                where provider = 'RXX'""")
    ):
        until = s.discharged_on and s.discharged_on.isoformat()
        out["spell"][s.spell_number] = (s.local_patient_id, until, *_key(s.source_at, s.source_message_id))
    for e in await session.execute(
        text("""select k.*, e.coding_state, e.diagnoses, e.basis, e.coded_basis, e.ward_code, e.discharged_on, e.deleted as hidden,
                e.coding_version, (select count(*) from coding c where c.provider = k.provider
                    and c.episode_id = k.episode_id) as versions
                from episode_key k left join episode e on e.provider = k.provider and e.ended_on = k.ended_on
                and e.episode_id = k.episode_id where k.provider = 'RXX'""")
    ):
        registers = (
            _key(e.source_at, e.source_message_id),
            None if e.codes_source_at is None else _key(e.codes_source_at, e.codes_message_id),
        )
        assert e.hidden in (None, e.deleted)
        assert e.versions == (e.coding_version or 0)
        at = (e.spell_number, e.episode_number)
        if e.deleted:
            out["episode"][at] = ("deleted", *registers)
        else:
            until = e.discharged_on and e.discharged_on.isoformat()
            out["episode"][at] = (e.coding_state, e.diagnoses, e.basis, e.coded_basis, e.ward_code, until, *registers)
    for d in await session.execute(text("select * from document where provider = 'RXX'")):
        at_d = (d.spell_number, d.episode_number, d.document_ref)
        out["document"][at_d] = (d.title, *_key(d.source_at, d.source_message_id))
    return out


async def queues(session: AsyncSession) -> dict[Any, Any]:
    """Where each live episode stands; coded ones stand nowhere."""
    rows = await session.execute(
        text("""select k.spell_number, k.episode_number, w.queue from work_item w
                join episode_key k using (provider, episode_id) where w.provider = 'RXX'""")
    )
    return {(r.spell_number, r.episode_number): r.queue for r in rows}


SPELLS = st.sampled_from(["S1", "S2"])
CODINGS = st.sampled_from(
    [
        None,
        None,
        {"source": "pas", "diagnoses": ["I214"]},
        {"source": "encoder", "diagnoses": ["J449", "I10"]},
        {"source": "pas", "diagnoses": ["I214"], "coded_at": "2026-03-19T10:00:00Z"},
    ]
)
DOCUMENTS = st.lists(
    st.builds(
        lambda ref, title: {"document_ref": ref, "kind": "letter", "title": title},
        st.sampled_from(["D1", "D2"]), st.sampled_from(["one", "two"]),
    ),
    max_size=2, unique_by=lambda d: d["document_ref"],
)  # fmt: skip


@st.composite
def episodes(draw: Any) -> Message:
    if draw(st.integers(0, 4)) == 0:
        gone = {"feed_action": "delete", "spell_number": draw(SPELLS), "episode_number": draw(st.integers(1, 2))}
        if draw(st.booleans()):
            gone["patient"] = {
                "local_patient_id": draw(st.sampled_from(["P1", "P2"])),
                "sex": "1",
                "birth_on": "1940-01-01",
            }
        return gone
    start = draw(st.sampled_from(["2026-03-01", "2026-02-27"]))
    return message(
        spell_number=draw(SPELLS), episode_number=draw(st.integers(1, 2)), started_on=start,
        ended_on=draw(st.sampled_from(["2026-03-05", "2026-02-28", "2026-03-11"])),
        spell__admitted_on="2026-02-27", spell__discharged_on=draw(st.sampled_from(["2026-03-11", "2026-03-12", None])),
        consultant_code=draw(st.sampled_from(["C1234567", "C7654321"])), ward_code=draw(st.sampled_from(["W1", "W2"])),
        patient__local_patient_id=draw(st.sampled_from(["P1", "P2"])), patient__sex=draw(st.sampled_from(["1", "2"])),
        coding=draw(CODINGS), documents=draw(DOCUMENTS),
    )  # fmt: skip


@st.composite
def histories(draw: Any) -> tuple[list[Message], list[list[Message]]]:
    """A set of messages, and the same set in some order, some of them repeated, cut into batches."""
    drawn = draw(st.lists(episodes(), min_size=1, max_size=10))
    ids = draw(st.permutations(range(len(drawn))))
    made = []
    for m, n in zip(drawn, ids, strict=True):
        if m.get("started_on", "") > m.get("ended_on", "9"):
            m = m | {"started_on": "2026-02-27"}
        hour = draw(st.integers(1, 3))
        made.append(m | {"source_at": f"2026-03-20T0{hour}:00:00Z", "message_id": f"{'aBé'[n % 3]}{n}"})
    again = draw(st.lists(st.sampled_from(made), max_size=6))
    sent = draw(st.permutations(made + again))
    cuts = sorted(draw(st.sets(st.integers(0, len(sent)), max_size=5)) | {0, len(sent)})
    return made, [list(sent[a:b]) for a, b in itertools.pairwise(cuts) if a < b]


@settings(
    max_examples=40, deadline=None, print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(histories())
async def test_any_order_repetition_and_batching_ends_as_the_oracle_says(
    database: RolledBack, history: tuple[list[Message], list[list[Message]]]
) -> None:
    messages, batches = history
    async with undone(database) as session:
        for batch in batches:
            await take(session, batch)
        found = await dump(session)
        assert found == fold(messages)
        placed = await queues(session)
        live = {at: e[0] for at, e in found["episode"].items() if e[0] != "deleted"}
        assert placed.keys() == {at for at, state in live.items() if state != "coded"}
        assert all(placed[at] == "update_received" for at, state in live.items() if state == "changed_after_coding")
        # Everything is there already: once more, one by one, writes nothing at all.
        for m in messages:
            counts = await take(session, [m])
            assert counts["created"] == counts["updated"] == 0
        assert await dump(session) == found


def small_spell() -> list[Message]:
    """Admission with a second episode, coding, a withdrawal, a correction of the discharge."""
    at = "2026-03-1{}T08:00:00Z"
    one = {"spell_number": "S9", "episode_number": 1, "ended_on": "2026-03-05"}
    two = {"spell_number": "S9", "episode_number": 2, "started_on": "2026-03-05"}
    codes = {"source": "pas", "diagnoses": ["I214"]}
    return [
        message(**one, source_at=at.format(1), message_id="1", spell__discharged_on=None),
        message(**two, source_at=at.format(2), message_id="2"),
        message(**one, source_at=at.format(3), message_id="3", coding=codes),
        {**one, "feed_action": "delete", "source_at": at.format(4), "message_id": "4"},
        message(**one, source_at=at.format(5), message_id="5", spell__discharge_method="4", ward_code="W6"),
    ]


async def test_every_order_of_a_small_spell_ends_the_same(database: RolledBack) -> None:
    messages = small_spell()
    wanted = fold(messages)
    for n, order in enumerate(itertools.permutations(messages)):
        async with undone(database) as session:
            # One message at a time, in pairs, or all at once.
            size = (1, 2, 5)[n % 3]
            for at in range(0, 5, size):
                await take(session, list(order[at : at + size]))
            assert await dump(session) == wanted, [m["message_id"] for m in order]


async def test_the_checker_sees_a_fold_that_goes_by_arrival(database: RolledBack) -> None:
    """The control: with the order taken away from the messages, some order of them must end elsewhere."""
    messages = small_spell()
    wanted = fold(messages)
    wrong = 0
    for order in random.Random(3).sample(list(itertools.permutations(messages)), 10):
        async with undone(database) as session:
            for n, m in enumerate(order):
                await take(session, [m | {"source_at": f"2026-03-2{n}T08:00:00Z"}])
            found = await dump(session)
        wrong += {at: e[:6] for at, e in found["episode"].items()} != {at: e[:6] for at, e in wanted["episode"].items()}
    assert wrong > 0


async def test_messages_that_differ_only_in_content_end_the_same_in_any_order(database: RolledBack) -> None:
    """Same time, same id, other content: the digest decides, whatever came first."""
    tied = [
        message(ward_code=w, coding={"source": "pas", "diagnoses": [d]})
        for w, d in (("W1", "I10"), ("W2", "J449"), ("W3", "N390"))
    ]
    ends = []
    for order in itertools.permutations(tied):
        for size in (1, 3):
            async with undone(database) as session:
                for at in range(0, 3, size):
                    await take(session, list(order[at : at + size]))
                ends.append(await dump(session))
    assert all(end == ends[0] for end in ends)


@pytest.mark.parametrize("size", [1, 3])
async def test_a_changed_patient_reaches_episodes_that_the_batch_does_not_name(database: RolledBack, size: int) -> None:
    codes = {"source": "pas", "diagnoses": ["I214"]}
    old = [message(spell_number=f"S{n}", message_id=str(n), coding=codes) for n in range(3)]
    new = message(spell_number="S9", source_at="2026-03-15T00:00:00Z", patient__sex="1")
    async with undone(database) as session:
        await take(session, old)
        await take(session, [new])
        found = await dump(session)
        assert found == fold([*old, new])
        assert {e[0] for at, e in found["episode"].items() if at[0] != "S9"} == {"changed_after_coding"}


async def test_new_episodes_among_known_ones_are_told_from_them(database: RolledBack) -> None:
    """Whether a batch is all new is asked of its first and last spell at once; a spell between them may be known."""
    known = [message(spell_number=n, message_id=n) for n in ("S3", "S5", "S7")]
    between = [message(spell_number=n, message_id=n) for n in ("S4", "S6")]
    later = [message(spell_number=n, message_id=n) for n in ("S8", "S9")]
    # The same spells with a second episode: their numbers are known, their episodes are not.
    second = [message(spell_number=n, episode_number=2, message_id=f"{n}/2") for n in ("S3", "S9")]
    mixed = [message(spell_number=n, message_id=f"again {n}") for n in ("S1", "S5", "S9")]
    sent: list[Message] = []
    async with undone(database) as session:
        for batch, new in ((known, 3), (between, 2), (later, 2), (second, 2), (mixed, 1)):
            assert (await take(session, batch))["created"] == new
            sent += batch
            assert await dump(session) == fold(sent)
