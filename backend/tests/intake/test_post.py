"""POST /intake/episodes and /intake/documents."""

import json
from typing import Any

import pytest
from httpx import AsyncClient

from intake.messages import CODES, message

URL = "/api/v1/intake/episodes"


@pytest.fixture
async def pas(as_role: Any) -> AsyncClient:
    return await as_role("intake")


async def post(http: AsyncClient, *items: Any, url: str = URL, **headers: str) -> list[dict[str, Any]]:
    answer = await http.post(url, json={"items": list(items)}, headers=headers)
    assert answer.status_code == 207, answer.text
    return answer.json()["items"]


async def lookup(http: AsyncClient, spell: str = "SP0001", episode: int = 1) -> dict[str, Any]:
    answer = await http.post("/api/v1/episodes/lookup", json={"spell_number": spell, "episode_number": episode})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_uncoded_episode_is_created_and_can_be_looked_up(pas: AsyncClient) -> None:
    (made,) = await post(pas, message())
    assert made["outcome"] == "created"
    found = await lookup(pas)
    assert found["episode_id"] == made["episode_id"]
    assert (found["coding_state"], found["coding_version"], found["diagnoses"]) == ("uncoded", 0, [])


async def test_codes_are_normalised_and_make_version_one(pas: AsyncClient) -> None:
    await post(pas, message(coding=CODES))
    found = await lookup(pas)
    assert (found["coding_state"], found["coding_version"], found["coding_source"]) == ("coded", 1, "pas")
    assert found["diagnoses"] == ["I214", "I10"]
    assert found["procedures"] == ["K631"]
    assert found["procedure_dates"] == ["2026-03-02"]


async def test_the_same_message_again_is_unchanged(pas: AsyncClient) -> None:
    await post(pas, message(coding=CODES))
    (again,) = await post(pas, message(coding=CODES))
    assert again["outcome"] == "unchanged"
    assert (await lookup(pas))["coding_version"] == 1


async def test_a_newer_message_with_other_content_updates(pas: AsyncClient) -> None:
    await post(pas, message())
    newer = message(source_at="2026-03-13T09:30:00Z", message_id="MSG-2", ward_code="W2")
    (outcome,) = await post(pas, newer)
    assert outcome["outcome"] == "updated"
    assert (await lookup(pas))["ward_code"] == "W2"


async def test_an_older_message_is_stale(pas: AsyncClient) -> None:
    await post(pas, message())
    (outcome,) = await post(pas, message(source_at="2026-03-10T09:30:00Z", message_id="MSG-0", ward_code="W0"))
    assert outcome["outcome"] == "stale_ignored"
    assert (await lookup(pas))["ward_code"] == "W1"


async def test_a_late_document_comes_before_or_after_its_episode_and_wakes_it(pas: AsyncClient, as_role: Any) -> None:
    url = "/api/v1/intake/documents"
    histology = {
        "source_at": "2026-03-12T10:00:00Z", "message_id": "D-1", "spell_number": "SP0001", "episode_number": 1,
        "document_ref": "H1", "kind": "histology", "title": "Histology", "expected_on": "2026-03-20",
    }  # fmt: skip
    (first,) = await post(pas, histology, url=url)
    assert (first["outcome"], first["episode_id"]) == ("created", None)
    (made,) = await post(pas, message())
    coder = await as_role("coder")
    listed = await coder.get("/api/v1/work-items", params={"queue": "outstanding_pathology"})
    assert [i["episode_id"] for i in listed.json()["items"]] == [made["episode_id"]]
    come = histology | {"source_at": "2026-03-20T10:00:00Z", "message_id": "D-2", "arrived_at": "2026-03-20T09:00:00Z"}
    (late,) = await post(pas, come, url=url)
    assert (late["outcome"], late["episode_id"]) == ("updated", made["episode_id"])
    listed = await coder.get("/api/v1/work-items", params={"queue": "to_code"})
    assert [i["episode_id"] for i in listed.json()["items"]] == [made["episode_id"]]


async def test_a_document_that_is_here_before_its_coded_episode_is_late_for_it(pas: AsyncClient, as_role: Any) -> None:
    histology = {
        "source_at": "2026-03-20T10:00:00Z", "message_id": "D-1", "spell_number": "SP0001", "episode_number": 1,
        "document_ref": "H1", "kind": "histology", "title": "Histology", "arrived_at": "2026-03-20T09:00:00Z",
    }  # fmt: skip
    await post(pas, histology, url="/api/v1/intake/documents")
    made, other = await post(
        pas, message(coding={"diagnoses": ["I214"]}), message(spell_number="SP2", coding={"diagnoses": ["I214"]})
    )
    assert (made["outcome"], other["outcome"]) == ("created", "created")
    listed = await (await as_role("coder")).get("/api/v1/work-items", params={"queue": "update_received"})
    assert [(i["episode_id"], i["why"]["code"]) for i in listed.json()["items"]] == [
        (made["episode_id"], "document_late")
    ]


async def test_each_item_has_its_own_outcome_and_reasons(pas: AsyncClient) -> None:
    outcomes = await post(
        pas,
        message(),
        message(spell_number="SP2", ended_on="2026-02-01", started_on="2026-03-01"),
        message(spell_number="SP3", patient__nhs_number="9.0E+09"),
        "not an object",
        message(spell_number="SP5", unheard_of="x"),
        message(spell_number="SP6", spell=...),
        message(
            spell_number="SP7", documents=[{"document_ref": "1", "kind": "letter", "title": "t", "url": "http://x"}]
        ),
        message(spell_number="SP8", ward_code="W\u00001"),
        message(spell_number="SP9", coding={"diagnoses": ["I214", "nonsense"]}),
        message(spell_number="SPA", provider="RYY"),
        message(spell_number="SPB", source_at="2099-01-01T00:00:00Z"),
    )
    assert [o["outcome"] for o in outcomes] == [
        "created", "quarantined", "rejected", "rejected", "rejected", "rejected", "rejected", "rejected", "rejected",
        "quarantined", "quarantined",
    ]  # fmt: skip
    fields = [o["errors"][0]["field"] for o in outcomes[1:]]
    assert fields == [
        "ended_on", "patient/nhs_number", "item", "unheard_of", "spell", "documents/0/url", "ward_code",
        "coding/diagnoses/1", "provider", "source_at",
    ]  # fmt: skip
    assert all(o["fault_id"] and all(e["reason"] and e["what_to_do"] for e in o["errors"]) for o in outcomes[1:])


async def test_a_quarantined_message_can_be_put_right_and_retried_or_dismissed(pas: AsyncClient, as_role: Any) -> None:
    bad = message(ended_on="2026-02-01")
    (outcome,) = await post(pas, bad)
    manager = await as_role("manager")
    url = f"/api/v1/intake/faults/{outcome['fault_id']}"
    listed = (await manager.get("/api/v1/intake/faults", params={"state": "open"})).json()["items"]
    assert [f["fault_id"] for f in listed] == [outcome["fault_id"]]
    same = (await manager.post(f"{url}/retry", json={})).json()
    assert same["outcome"] == "quarantined"
    mended = (await manager.post(f"{url}/retry", json={"changes": {"ended_on": "2026-03-11"}})).json()
    assert (mended["outcome"], mended["errors"]) == ("created", [])
    assert (await manager.post(f"{url}/retry", json={})).status_code == 409
    (other,) = await post(pas, message(spell_number="SP2", ended_on="2026-02-01"))
    gone = await manager.post(f"/api/v1/intake/faults/{other['fault_id']}/dismiss", json={"reason": "Test patient"})
    assert gone.json()["state"] == "dismissed"


async def test_the_same_key_gives_the_same_answer_and_another_body_is_refused(pas: AsyncClient) -> None:
    key = {"Idempotency-Key": "night-1"}
    first = await pas.post(URL, json={"items": [message()]}, headers=key)
    again = await pas.post(URL, json={"items": [message()]}, headers=key)
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (await pas.post(URL, json={"items": [message(ward_code="W9")]}, headers=key)).status_code == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"items": [{"a": 1, "a": 2}]}', 422),
        (b'{"items": [{"a": NaN}]}', 422),
        (b'{"items": []}', 422),
        (b'{"items": [' + b"{}," * 500 + b"{}]}", 422),
        (b'{"items": [{"spell_number": "9434765919\\ud800"}]}', 207),
        (b"[" * 100_000, 422),
        (b'{"items": [' + b" " * 5_000_001 + b"]}", 413),
    ],
)
async def test_hostile_bodies_are_refused_and_never_echoed(pas: AsyncClient, body: bytes, status: int) -> None:
    answer = await pas.post(URL, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text[:300]
    assert "9434765919" not in answer.text


async def test_a_body_over_the_limit_is_not_read_to_its_end(pas: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    # What a client still sends after the refusal is taken off the line up to a bound, and kept nowhere.
    monkeypatch.setattr("codewell.kit.http.LINGER_BYTES", 4_000_000)
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        while sent < 50_000_000:
            sent += 100_000
            yield b" " * 100_000

    answer = await pas.post(URL, content=endless(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert sent < 20_000_000


async def test_one_trust_does_not_touch_another(pas: AsyncClient, as_role: Any) -> None:
    await post(pas, message())
    other = await as_role("other_intake")
    (theirs,) = await post(other, message(ward_code="W9"))
    assert theirs["outcome"] == "created"
    assert (await lookup(pas))["ward_code"] == "W1"


async def test_a_coder_may_not_post_and_a_stranger_is_401(as_role: Any, client: AsyncClient) -> None:
    coder = await as_role("coder")
    assert (await coder.post(URL, json={"items": [message()]})).status_code == 403
    assert (await coder.post("/api/v1/intake/files", content=b"x")).status_code == 403
    assert (await client.post(URL, json={"items": [message()]})).status_code == 401


async def test_what_is_wrong_is_named_as_it_was_sent_and_once(pas: AsyncClient, as_role: Any) -> None:
    codes = {"diagnoses": ["I21.4", "nonsense"], "procedures": [{"code": "K63.1", "on": "soon"}, {"code": "??"}]}
    sent = [
        message(coding=codes, patient__sex="7", spell__admitted_on="soon"),
        message(spell_number="SP\ud800", message_id="2"),
        message(message_id="3", coding={"diagnoses": [{"code": "I214", "text": "x"}]}),
    ]
    # Written as an escape: a lone surrogate has no bytes of its own.
    as_json = {"Content-Type": "application/json"}
    answer = await pas.post(URL, content=json.dumps({"items": sent}), headers=as_json)
    wrong, odd, named = answer.json()["items"]
    assert {e["field"] for e in wrong["errors"]} >= {
        "coding/diagnoses/1", "coding/procedures/0/on", "coding/procedures/1/code", "spell/admitted_on",
    }  # fmt: skip
    assert [e["field"] for e in odd["errors"]] == ["spell_number"]
    assert [(e["field"], "code alone" in e["reason"]) for e in named["errors"]] == [("coding/diagnoses/0", True)]
    only = message(message_id="4", coding={"diagnoses": ["I21.4", "nonsense"]})
    (fault,) = await post(pas, only)
    answer = await (await as_role("manager")).post(
        f"/api/v1/intake/faults/{fault['fault_id']}/retry", json={"changes": {"coding/diagnoses/1": "I10X"}}
    )
    assert answer.json()["outcome"] == "created", answer.text
    assert (await lookup(pas))["diagnoses"] == ["I214", "I10"]


@pytest.mark.parametrize(
    ("coding", "places"),
    [
        ({"diagnoses": [""]}, ["coding/diagnoses/0"]),
        ({"diagnoses": [{"code": " "}]}, ["coding/diagnoses/0"]),
        ({"diagnoses": ["I10", "", ""]}, ["coding/diagnoses/1", "coding/diagnoses/2"]),
        ({"diagnoses": ["I10"], "procedures": [{"code": "", "on": "2026-03-02"}]}, ["coding/procedures/0/code"]),
    ],
)
async def test_an_empty_code_is_said_to_be_empty_at_its_place(
    pas: AsyncClient, coding: dict[str, Any], places: list[str]
) -> None:
    (outcome,) = await post(pas, message(coding=coding))
    assert outcome["outcome"] == "rejected"
    assert [(e["field"], e["reason"]) for e in outcome["errors"]] == [(p, "is an empty code") for p in places]


async def test_a_gap_among_the_codes_is_said_to_be_one(pas: AsyncClient) -> None:
    (outcome,) = await post(pas, message(coding={"diagnoses": ["", "I10"]}))
    assert [(e["field"], e["reason"]) for e in outcome["errors"]] == [
        ("coding/diagnoses/0", "is empty, but later ones are not")
    ]


async def test_diagnoses_may_be_objects_as_procedures_are(pas: AsyncClient) -> None:
    (made,) = await post(pas, message(coding={"diagnoses": [{"code": "I21.4"}, "I10X"]}))
    assert made["outcome"] == "created"
    assert (await lookup(pas))["diagnoses"] == ["I214", "I10"]


async def test_a_delete_of_what_never_was_here_makes_a_tombstone_once(pas: AsyncClient) -> None:
    gone = message(feed_action="delete")
    (first,) = await post(pas, gone)
    (newer,) = await post(pas, message(feed_action="delete", source_at="2026-03-13T09:30:00Z", message_id="2"))
    assert (first["outcome"], newer["outcome"]) == ("created", "unchanged")


async def test_a_document_without_its_episode_says_that_it_waits(pas: AsyncClient) -> None:
    paper = {
        "source_at": "2026-03-12T09:30:00Z", "message_id": "D", "spell_number": "SP0001", "episode_number": 1,
        "document_ref": "1", "kind": "letter", "title": "Letter",
    }  # fmt: skip
    (waiting,) = await post(pas, paper, url="/api/v1/intake/documents")
    assert (waiting["outcome"], waiting["episode_id"], waiting["waits_for_episode"]) == ("created", None, True)
    (made,) = await post(pas, message())
    assert made["waits_for_episode"] is False
    (again,) = await post(pas, paper, url="/api/v1/intake/documents")
    assert again["waits_for_episode"] is False
