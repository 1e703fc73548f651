"""The privacy officer asks about a patient by what the hospital calls them, and never gets a false "nobody"."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from intake.messages import message

SEARCH = "/api/v1/trail/search"
As = Callable[[str], Awaitable[AsyncClient]]


@pytest.fixture
async def seen(as_role: As) -> dict[str, str]:
    """Two patients; a coder opened the second episode of the first, and the one of the other."""
    mine = message(), message(episode_number=2, message_id="2")
    other = message(
        spell_number="SP0002", message_id="3", patient__local_patient_id="A000002", patient__nhs_number="9990000018"
    )
    answer = await (await as_role("intake")).post("/api/v1/intake/episodes", json={"items": [*mine, other]})
    ids = [each["episode_id"] for each in answer.json()["items"]]
    coder = await as_role("coder")
    for episode_id in ids[1:]:
        assert (await coder.get(f"/api/v1/episodes/{episode_id}")).status_code == 200
    return dict(zip(("first", "second", "other"), ids, strict=True))


async def ask(as_role: As, **wanted: Any) -> Any:
    answer = await (await as_role("privacy_officer")).post(SEARCH, json=wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()


class TestARecordInWords:
    @pytest.mark.parametrize("words", ["9000000009", "900 000 0009", "900-000-0009", "A000001", "SP0001", " SP0001 "])
    async def test_finds_who_opened_the_patient_or_the_spell(self, as_role, seen, words):
        page = await ask(as_role, record=words, past="seen")
        assert [(line["actor"]["name"], line["subject_id"]) for line in page["items"]] == [
            ("Demo coder", seen["second"])
        ]
        assert [line["record"] for line in page["items"]] == ["spell ••••, episode 2"]

    @pytest.mark.parametrize(("words", "lines"), [("SP0001 2", 1), ("SP0001/2", 1), ("SP0001 / 1", 0), ("SP0002 1", 1)])
    async def test_a_spell_with_an_episode_number_is_that_episode(self, as_role, seen, words, lines):
        page = await ask(as_role, record=words, past="seen")
        assert (len(page["items"]), page["about"]) == (lines, "1 episode")

    async def test_our_own_ids_are_understood(self, as_role, seen):
        page = await ask(as_role, record=seen["other"])
        assert page["about"] == "1 episode"
        patient = page["items"][0]["patient_id"]
        assert (await ask(as_role, record=patient))["about"] == "1 patient and 1 episode"

    async def test_a_patient_view_counts_for_their_spells(self, as_role, seen):
        patient = (await ask(as_role, record="SP0001"))["items"][0]["patient_id"]
        assert (await (await as_role("manager")).get(f"/api/v1/patients/{patient}")).status_code == 200
        tags = [line["tag"] for line in (await ask(as_role, record="SP0001 1", past="seen"))["items"]]
        assert tags == ["patient:seen"]

    async def test_what_was_withdrawn_since_is_still_found(self, as_role, seen):
        gone = message(episode_number=2, message_id="9", source_at="2026-03-13T09:30:00Z", feed_action="delete")
        await (await as_role("intake")).post("/api/v1/intake/episodes", json={"items": [gone]})
        assert len((await ask(as_role, record="SP0001", past="seen"))["items"]) == 1

    async def test_pages_go_on_with_the_same_words(self, as_role, seen):
        for _ in range(2):
            await (await as_role("coder")).get(f"/api/v1/episodes/{seen['first']}")
        first = await ask(as_role, record="SP0001", past="seen", limit=2)
        rest = await ask(as_role, record="SP0001", past="seen", limit=2, cursor=first["next"])
        assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)

    @pytest.mark.parametrize("words", ["9990000026", "A999999", "SP0001 7", "SP0009", "none of these"])
    async def test_what_fits_nothing_is_refused_and_the_asking_kept(self, as_role, seen, session: AsyncSession, words):
        answer = await (await as_role("privacy_officer")).post(SEARCH, json={"record": words})
        assert (answer.status_code, answer.json()["title"]) == (
            404, "No patient, spell or episode here has this identifier",
        )  # fmt: skip
        assert words not in answer.text
        (facts,) = (await session.scalars(text("select facts from trail_line where tag = 'trail:searched'"))).all()
        assert facts["lines"] == 0
        assert words not in str(facts)
        assert len(facts["wanted"]["record"]) == 32

    async def test_another_trusts_records_are_nobodys_here(self, as_role, seen):
        theirs = message(provider="RYY", spell_number="SP0007")
        made = await (await as_role("other_intake")).post("/api/v1/intake/episodes", json={"items": [theirs]})
        episode_id = made.json()["items"][0]["episode_id"]
        privacy = await as_role("privacy_officer")
        for words in ("SP0007", episode_id):
            assert (await privacy.post(SEARCH, json={"record": words})).status_code == 404

    async def test_the_trail_keeps_a_mark_of_what_was_asked_and_never_the_words(self, as_role, seen, session):
        await ask(as_role, record="A000001")
        rows = (await session.scalars(text("select facts::text from trail_line where tag = 'trail:searched'"))).all()
        assert len(rows) == 1
        assert "A000001" not in rows[0]
        assert "1 patient and 2 episodes" in rows[0]


class TestAPeriod:
    @pytest.mark.parametrize(
        ("wanted", "member"),
        [
            ({"from_on": "2026-11-20", "to_on": "2026-11-19"}, "to_on"),
            ({"from_at": "2026-11-20T09:00:00Z", "to_at": "2026-11-20T09:00:00Z"}, "to_at"),
        ],
    )
    async def test_that_ends_before_it_begins_is_refused(self, as_role, wanted, member):
        answer = await (await as_role("privacy_officer")).post(SEARCH, json=wanted)
        assert answer.status_code == 422
        assert [each["pointer"] for each in answer.json()["errors"]] == [f"/body/{member}"]

    async def test_days_are_londons_and_both_included(self, as_role, database, world):
        import datetime as dt

        from codewell.kit import clock
        from codewell.trail import service as trail

        # 22:59, 23:00 on the day before and after in UTC: midnight in British Summer Time.
        for at in ("2026-07-01T22:59:59Z", "2026-07-01T23:00:00Z", "2026-07-02T22:59:59Z", "2026-07-02T23:00:00Z"):
            with clock.frozen(dt.datetime.fromisoformat(at)):
                async with database.transaction() as session:
                    await trail.record(session, world.actor("coder"), "episode:seen", "episode", "e")
        page = await ask(as_role, from_on="2026-07-02", to_on="2026-07-02")
        assert [line["at"] for line in page["items"]] == ["2026-07-02T22:59:59Z", "2026-07-01T23:00:00Z"]


class TestSearchingPatients:
    @pytest.mark.parametrize("typed", ["123", "99900000189", "999000001X", "nobody"])
    async def test_what_cannot_be_an_nhs_number_is_refused(self, as_role, typed):
        answer = await (await as_role("coder")).post("/api/v1/patients/search", json={"nhs_number": typed})
        assert answer.status_code == 422
        assert answer.json()["errors"] == [{"pointer": "/body/nhs_number", "detail": "an NHS number has ten digits"}]

    async def test_a_wrong_check_digit_is_told_when_nobody_has_the_number(self, as_role, seen):
        coder = await as_role("coder")
        answer = await coder.post("/api/v1/patients/search", json={"nhs_number": "9990000019"})
        assert answer.status_code == 422
        assert "check digit" in answer.json()["errors"][0]["detail"]
        right = await coder.post("/api/v1/patients/search", json={"nhs_number": "999 000 0018"})
        assert (right.status_code, len(right.json()["items"])) == (200, 1)
        nobody = await coder.post("/api/v1/patients/search", json={"nhs_number": "9990000026"})
        assert (nobody.status_code, nobody.json()["items"]) == (200, [])

    @pytest.mark.parametrize("typed", ["rxx 104 233", "RXX104233", " rxx104233", "Rxx 104233"])
    @pytest.mark.parametrize("kept", ["RXX 104233", "rxx104233"])
    async def test_a_local_id_is_found_however_it_is_typed_or_kept(self, as_role, typed, kept):
        theirs = message(patient__local_patient_id=kept)
        await (await as_role("intake")).post("/api/v1/intake/episodes", json={"items": [theirs]})
        found = await (await as_role("coder")).post("/api/v1/patients/search", json={"local_patient_id": typed})
        assert (found.status_code, len(found.json()["items"])) == (200, 1)
        (row,) = found.json()["items"]
        opened = await (await as_role("coder")).get(f"/api/v1/patients/{row['patient_id']}")
        assert opened.status_code == 200
        assert (await ask(as_role, record=typed))["about"] == "1 patient and 1 episode"

    async def test_part_of_a_local_id_or_another_finds_nobody(self, as_role, seen):
        coder = await as_role("coder")
        for typed in ("A00000", "A-000001", "0000001"):
            found = await coder.post("/api/v1/patients/search", json={"local_patient_id": typed})
            assert (found.status_code, found.json()["items"]) == (200, [])


class TestSearchingEpisodes:
    """A spell number alone finds its episodes; it stands in no address, and on the trail as a mark only."""

    async def find(self, http: AsyncClient, spell_number: str) -> list[Any]:
        answer = await http.post("/api/v1/episodes/search", json={"spell_number": spell_number})
        assert answer.status_code == 200, answer.text
        assert answer.json()["next"] is None
        return list(answer.json()["items"])

    @pytest.mark.parametrize("typed", ["SP0001", " SP0001 ", "sp0001"])
    async def test_finds_every_episode_of_the_spell_in_order(self, as_role, seen, typed):
        found = await self.find(await as_role("coder"), typed)
        assert [(each["episode_id"], each["episode_number"]) for each in found] == [
            (seen["first"], 1), (seen["second"], 2),
        ]  # fmt: skip

    async def test_a_trainee_finds_what_they_may_open_and_opens_it(self, as_role, seen):
        trainee = await as_role("trainee")
        found = await self.find(trainee, "SP0001")
        assert [each["episode_id"] for each in found] == [seen["first"], seen["second"]]
        assert (await trainee.get(f"/api/v1/episodes/{seen['first']}/workbench")).status_code == 200

    async def test_whoever_keeps_the_system_finds_none(self, as_role, seen):
        for role in ("clinician", "privacy_officer", "system_administrator"):
            answer = await (await as_role(role)).post("/api/v1/episodes/search", json={"spell_number": "SP0001"})
            assert answer.status_code == 403

    async def test_finds_nothing_for_part_of_a_number_what_was_withdrawn_or_is_another_trusts(self, as_role, seen):
        gone = message(spell_number="SP0002", message_id="9", source_at="2026-03-13T09:30:00Z", feed_action="delete")
        await (await as_role("intake")).post("/api/v1/intake/episodes", json={"items": [gone]})
        theirs = message(provider="RYY", spell_number="SP0007")
        await (await as_role("other_intake")).post("/api/v1/intake/episodes", json={"items": [theirs]})
        coder = await as_role("coder")
        assert [await self.find(coder, number) for number in ("SP000", "SP0002", "SP0007")] == [[], [], []]

    async def test_leaves_a_line_about_the_patient_with_a_mark_of_what_was_asked(self, as_role, seen, session):
        coder = await as_role("coder")
        for number in ("SP0001", "SP0009"):
            await self.find(coder, number)
        rows = (
            await session.execute(
                text("select patient_id, facts from trail_line where tag = 'episode:searched' order by at")
            )
        ).all()
        assert [(row.patient_id is not None, row.facts["found"]) for row in rows] == [(True, 2), (False, 0)]
        assert "SP000" not in str([row.facts for row in rows])
        lines = (await ask(as_role, record="A000001", past="searched"))["items"]
        assert [line["actor"]["name"] for line in lines] == ["Demo coder"]
