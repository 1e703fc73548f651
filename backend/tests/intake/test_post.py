"""POST /intake/episodes and /intake/documents."""

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
