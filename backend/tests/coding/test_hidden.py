"""Whoever codes an episode blind for an audit is told neither its codes nor who coded it, whatever they open."""

import pytest

from codewell.episodes import service as episodes
from codewell.kit.ids import uuid7
from coding.conftest import message

SECRETS = ("S720", "S72.0", "W189", "W18.9", "ZQ-CODER")
FIRST, SECOND = uuid7(), uuid7()


def coded(**changes):
    """One FCE that came coded, by somebody whom only the PAS names."""
    coding = {"source": "pas", "coder_ref": "ZQ-CODER", "diagnoses": ["S72.0", "W18.9"], "procedures": []}
    return message(coding=coding, **changes)


@pytest.fixture
async def blind(database, world):
    """Hide an episode from the auditor because of an audit; ``show=True`` ends it."""

    async def change(episode_id, because=FIRST, *, show=False):
        verb = episodes.show_codes if show else episodes.hide_codes
        async with database.transaction() as session:
            people = [world.people["auditor"].person_id]
            await verb(session, world.system, people=people, episodes=[episode_id], because=because)

    return change


async def test_every_way_to_open_the_codes_is_refused_until_they_are_shown(post, blind, as_role):
    (episode_id,) = await post(item := coded())
    await blind(episode_id)
    auditor, coder = await as_role("auditor"), await as_role("coder")
    ways = [
        ("GET", f"/api/v1/episodes/{episode_id}", None),
        ("GET", f"/api/v1/episodes/{episode_id}/workbench", None),
        ("GET", f"/api/v1/episodes/{episode_id}/codings", None),
        ("GET", f"/api/v1/episodes/{episode_id}/codings/1", None),
        ("POST", "/api/v1/episodes/lookup", {"spell_number": item["spell_number"], "episode_number": 1}),
        # A refusal of stale codes tells the differences, which are the codes.
        ("POST", f"/api/v1/episodes/{episode_id}/submit", {"diagnoses": [{"code": "I10"}], "procedures": []}),
        ("POST", f"/api/v1/episodes/{episode_id}/second-check/approve", {"diagnoses": [], "procedures": []}),
        ("POST", f"/api/v1/episodes/{episode_id}/second-check/return", {"reason": "Look again"}),
    ]
    for method, path, body in ways:
        answer = await auditor.request(method, path, json=body, headers={"If-Match": "0"})
        assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (403, "codes-hidden"), (
            path,
            answer.text,
        )
        assert not any(secret in answer.text for secret in SECRETS), path
    for method, path, _ in ways[:4]:
        assert (await coder.request(method, path)).status_code == 200, "others are not kept from it"
    await blind(episode_id, show=True)
    for method, path, body in ways[:5]:
        answer = await auditor.request(method, path, json=body)
        assert answer.status_code == 200, path
        assert "S720" in answer.text or "S72.0" in answer.text


async def test_what_one_audit_shows_another_may_still_hide(post, blind, as_role):
    (episode_id,) = await post(coded())
    await blind(episode_id, FIRST)
    await blind(episode_id, SECOND)
    await blind(episode_id, FIRST, show=True)
    auditor = await as_role("auditor")
    assert (await auditor.get(f"/api/v1/episodes/{episode_id}")).status_code == 403
    await blind(episode_id, SECOND, show=True)
    assert (await auditor.get(f"/api/v1/episodes/{episode_id}")).status_code == 200


async def test_lists_leave_the_coding_out_and_do_not_find_it_by_its_coder(post, blind, as_role, database, world):
    (episode_id,) = await post(coded())
    await blind(episode_id)
    auditor = await as_role("auditor")
    answer = await auditor.get("/api/v1/episodes")
    (row,) = [r for r in answer.json()["items"] if r["episode_id"] == episode_id]
    assert row["hidden"] is True
    assert {row[name] for name in ("primary", "n_diagnoses", "n_procedures", "coder", "coding_source", "coded_at")} == {
        None
    }
    (row,) = [
        r
        for r in (await (await as_role("coder")).get("/api/v1/episodes")).json()["items"]
        if r["episode_id"] == episode_id
    ]
    assert (row["hidden"], row["primary"], row["n_diagnoses"]) == (False, "S720", 2)


async def test_the_patient_page_and_neighbouring_workbenches_leave_it_out(post, blind, as_role):
    first = coded()
    patient = first["patient"]
    neighbour = message(2, spell_number=first["spell_number"], patient=patient)
    later = message(patient=patient)
    hidden, beside, after = await post(first, neighbour, later)
    await blind(hidden)
    auditor, coder = await as_role("auditor"), await as_role("coder")
    patient_id = (await auditor.get(f"/api/v1/episodes/{beside}/workbench")).json()["patient"]["patient_id"]
    ways = [f"/api/v1/patients/{patient_id}", *(f"/api/v1/episodes/{e}/workbench" for e in (beside, after))]
    for path in ways:
        open_to_coders = await coder.get(path)
        assert "S720" in open_to_coders.text or "S72.0" in open_to_coders.text, path
        answer = await auditor.get(path)
        assert answer.status_code == 200
        assert not any(secret in answer.text for secret in SECRETS), path


async def test_a_queue_does_not_say_why_it_stands_there_nor_gives_it_out(post, blind, as_role):
    (episode_id,) = await post(message())
    await blind(episode_id)
    auditor = await as_role("auditor")
    (row,) = [r for r in (await auditor.get("/api/v1/work-items")).json()["items"] if r["episode_id"] == episode_id]
    assert row["why"]["code"] == "hidden"
    claimed = set()
    while (answer := await auditor.post("/api/v1/work-items/claim-next", json={})).status_code == 200:
        claimed.add(answer.json()["episode_id"])
    assert episode_id not in claimed
