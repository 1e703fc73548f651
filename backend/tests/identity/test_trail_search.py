"""The privacy officer asks who saw a patient and what a person saw; the asking leaves a line too."""

import datetime as dt

import pytest
from sqlalchemy import text

from codewell.kit import clock
from codewell.kit.ids import uuid7
from codewell.trail import service as trail

SEARCH = "/api/v1/trail/search"
AT = dt.datetime(2026, 11, 3, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
async def told(database, world):
    """Two coders look at two patients over two days; another Trust looks at one of its own."""
    patients = {"ann": uuid7(), "ben": uuid7()}
    seen = [
        ("coder", "patient:revealed", "patient", "ann", 0),
        ("coder", "episode:seen", "episode", "ann", 1),
        ("coder_2", "episode:seen", "episode", "ben", 2),
        ("coder_2", "coding:submitted", "episode", "ben", 24),
        ("coder_2", "patient:revealed", "patient", "ann", 25),
        ("other_coder", "patient:revealed", "patient", "ann", 26),
    ]
    for who, tag, kind, patient, hours in seen:
        with clock.frozen(AT + dt.timedelta(hours=hours)):
            async with database.transaction() as session:
                subject = patients[patient] if kind == "patient" else f"episode-{patient}"
                await trail.record(session, world.actor(who), tag, kind, subject, patient_id=patients[patient])
    return patients


async def found(http, **wanted):
    answer = await http.post(SEARCH, json=wanted)
    assert answer.status_code == 200, answer.text
    return [(line["actor"]["name"].removeprefix("Demo "), line["tag"]) for line in answer.json()["items"]]


class TestSearch:
    async def test_nobody_signed_in(self, client):
        assert (await client.post(SEARCH, json={})).status_code == 401

    @pytest.mark.parametrize(
        "role",
        ["trainee", "coder", "auditor", "trainer", "manager", "clinician", "system_administrator", "intake", "bi"],
    )
    async def test_not_permitted(self, as_role, role):
        assert (await (await as_role(role)).post(SEARCH, json={})).status_code == 403

    async def test_who_saw_a_patient_newest_first_and_only_in_this_trust(self, as_role, told):
        http = await as_role("privacy_officer")
        assert await found(http, patient_id=str(told["ann"])) == [
            ("coder_2", "patient:revealed"),
            ("coder", "episode:seen"),
            ("coder", "patient:revealed"),
        ]

    async def test_what_a_person_saw(self, as_role, told, world):
        http = await as_role("privacy_officer")
        assert await found(http, actor_id=str(world.people["coder_2"].person_id)) == [
            ("coder_2", "patient:revealed"),
            ("coder_2", "coding:submitted"),
            ("coder_2", "episode:seen"),
        ]

    async def test_by_tag_noun_past_and_subject(self, as_role, told):
        http = await as_role("privacy_officer")
        assert await found(http, tag="coding:submitted") == [("coder_2", "coding:submitted")]
        assert await found(http, past="seen") == [("coder_2", "episode:seen"), ("coder", "episode:seen")]
        assert len(await found(http, noun="patient")) == 2
        assert len(await found(http, subject_id="episode-ben")) == 2

    async def test_by_period_from_included_to_excluded(self, as_role, told):
        http = await as_role("privacy_officer")
        wanted = {"from_at": "2026-11-03T10:00:00Z", "to_at": "2026-11-04T09:00:00Z", "noun": "episode"}
        assert await found(http, **wanted) == [("coder_2", "episode:seen"), ("coder", "episode:seen")]

    async def test_pages_have_no_gap_and_no_repeat(self, as_role, told):
        http, seen, cursor = await as_role("privacy_officer"), [], None
        while True:
            body = {"to_at": "2026-11-05T00:00:00Z", "from_at": "2026-11-03T00:00:00Z", "limit": 2}
            page = (await http.post(SEARCH, json=body | ({"cursor": cursor} if cursor else {}))).json()
            seen += [line["line"] for line in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 5

    async def test_a_cursor_of_another_question_is_refused(self, as_role, told):
        http = await as_role("privacy_officer")
        cursor = (await http.post(SEARCH, json={"noun": "episode", "limit": 1})).json()["next"]
        answer = await http.post(SEARCH, json={"noun": "patient", "limit": 1, "cursor": cursor})
        assert answer.status_code == 422

    async def test_the_asking_leaves_a_line(self, as_role, told, session):
        http = await as_role("privacy_officer")
        await found(http, patient_id=str(told["ann"]))
        rows = (await session.execute(text("select facts from trail_line where tag = 'trail:searched'"))).all()
        assert [row.facts for row in rows] == [{"wanted": {"patient_id": str(told["ann"])}, "lines": 3}]

    @pytest.mark.parametrize(
        "wanted", [{"patient_id": "9434765919"}, {"tag": "x"}, {"from_at": "yesterday"}, {"sql": "x"}, {"limit": 201}]
    )
    async def test_what_cannot_be_asked(self, as_role, wanted):
        assert (await (await as_role("privacy_officer")).post(SEARCH, json=wanted)).status_code == 422
