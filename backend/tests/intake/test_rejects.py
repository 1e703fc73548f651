"""What is said of what is not taken: all of it, in the file's own words, with advice that fits, in the file's order."""

import datetime as dt
from typing import Any

import pytest
from httpx import AsyncClient

from codewell.intake import fields
from codewell.intake.fields import Bad
from codewell.kit import clock
from intake.messages import message
from intake.test_files import Pas, body, pas, rows  # noqa: F401
from intake.test_post import URL, post

HISTOLOGY = {
    "source_at": "2026-03-12T10:00:00Z", "message_id": "D-1", "spell_number": "SP0001", "episode_number": 1,
    "document_ref": "H1", "kind": "histology", "title": "Histology",
}  # fmt: skip


async def test_a_preview_gives_its_rejects_and_leaves_none_behind(pas: Pas) -> None:  # noqa: F811
    lines = rows(4)
    lines[2] = lines[2].replace("9000000009", "1.0E+9")
    job = await pas.take(body(lines), preview=True)
    (row,) = await pas.rejects(job["job_id"])
    assert (row["row"], row["column"], row["field"], row["PROVSPNOPS"]) == ("3", "NEWNHSNO", "nhs_number", "SP000003")
    # Nothing of a preview waits for anybody, and nothing of it can be put right yet.
    assert (await pas.http.get("/api/v1/intake/faults")).json()["items"] == []
    await pas.http.post(f"/api/v1/intake/jobs/{job['job_id']}/commit")
    await pas.work()
    assert len(await pas.rejects(job["job_id"])) == 1
    again = await pas.take(body(lines), preview=True)
    await pas.http.post(f"/api/v1/intake/jobs/{again['job_id']}/cancel")
    assert await pas.count("select count(*) from intake_fault") == 1


async def test_every_error_of_a_row_is_told_by_its_column(pas: Pas) -> None:  # noqa: F811
    lines = rows(2)
    lines[1] = (
        lines[1].replace("9000000009,01", "9.0E+09,1").replace("2026-03-11,C", "03/13/2026,C").replace("I10X", "x")
    )
    job = await pas.take(body(lines))
    errors = (await pas.errors(job["job_id"]))[2]
    said = {(e["column"], e["field"]) for e in errors}
    assert said == {
        ("NEWNHSNO", "nhs_number"), ("NHSNOIND", "nhs_number_status"), ("EPIEND", "ended_on"), ("DIAG_02", "dx_2"),
    }  # fmt: skip
    (row,) = await pas.rejects(job["job_id"])
    assert all(f"{column}: " in row["reason"] for column, _ in said)


async def test_rejects_are_listed_in_the_files_order_with_what_finds_them(pas: Pas) -> None:  # noqa: F811
    lines = [line.replace("9000000009", "1.0E+9") for line in rows(30)]
    job = await pas.take(
        body([f"{line},M{n}" for n, line in enumerate(lines, 1)], body([]).decode().strip() + ",message_id")
    )
    for query in ({"job_id": job["job_id"]}, {}):
        seen: list[Any] = []
        cursor: str | None = None
        while True:
            params = {**query, "limit": 7} | ({"cursor": cursor} if cursor else {})
            page = (await pas.http.get("/api/v1/intake/faults", params=params)).json()
            seen += page["items"]
            if (cursor := page["next"]) is None:
                break
        assert [f["row"] for f in seen] == list(range(1, 31))
        assert [f["message_id"] for f in seen] == [f"M{n}" for n in range(1, 31)]
        assert {f["job_id"] for f in seen} == {job["job_id"]}


@pytest.mark.parametrize(
    ("field", "raw", "reason", "advice"),
    [
        ("ended_on", "46092", "serial number", "save it as CSV again"),
        ("ended_on", "46092.5", "serial number", "save it as CSV again"),
        ("ended_on", "12/03/26", "two digits", "whole"),
        ("ended_on", "12-Mar-26", "two digits", "whole"),
        ("ended_on", "12 March 2026", "a word", "CCYY-MM-DD"),
        ("ended_on", "03/13/2026", "swapped", "CCYY-MM-DD"),
        ("ended_on", "2026-13-03", "swapped", "CCYY-MM-DD"),
        ("ended_on", "12032026", "the day comes first", "CCYY-MM-DD"),
        ("ended_on", "31/02/2026", "no such day", "Correct"),
        ("ended_on", "00/00/0000", "no such day", "leave it empty"),
        ("nhs_number", "1.0E+9", "scientific", "as text"),
        ("nhs_number", "900000000.0", "decimals", "as text"),
        ("episode_number", "1.5", "decimals", "a whole number from 1 to 87"),
        ("episode_number", "0", "not a whole number from 1", "a whole number from 1 to 87"),
        ("admission_method", "Elective", "not a code of 2", "not what it means"),
        ("patient_class", "01", "more than 1 character", "without zeros"),
        ("main_specialty_code", "300.0", "decimals", "as text"),
        ("source_at", "46092.5", "serial number", "2026-11-12T09:30:00Z"),
    ],
)
def test_the_advice_fits(field: str, raw: str, reason: str, advice: str) -> None:
    with pytest.raises(Bad) as bad:
        fields.PARSERS[field](raw)
    assert reason in bad.value.reason
    assert advice in bad.value.what_to_do
    assert raw not in bad.value.reason + bad.value.what_to_do


@pytest.mark.parametrize(("field", "raw", "value"), [("provider", "rxx", "RXX"), ("admission_method", "2a", "2A")])
def test_codes_in_small_letters_are_codes(field: str, raw: str, value: str) -> None:
    assert fields.PARSERS[field](raw) == value


@pytest.fixture
async def sender(as_role: Any) -> AsyncClient:
    return await as_role("intake")


async def test_all_that_is_wrong_with_a_message_is_told_at_once(sender: AsyncClient) -> None:
    (outcome,) = await post(
        sender, message(unheard_of="x", episode_number=1.5, ended_on="46092", spell=..., patient=...)
    )
    said = {e["field"]: e["reason"] for e in outcome["errors"]}
    assert said.keys() == {"unheard_of", "episode_number", "ended_on", "spell", "patient"}
    assert said["episode_number"] == "must be a whole number from 1 to 87"


async def test_an_instant_of_json_says_its_offset(sender: AsyncClient) -> None:
    naive, offset = await post(
        sender, message(source_at="2026-03-12T09:30:00"), message(source_at="2026-03-12T09:30:00+00:00")
    )
    assert (naive["outcome"], offset["outcome"]) == ("rejected", "created")
    (error,) = naive["errors"]
    assert (error["field"], "offset" in error["reason"], "+01:00" in error["what_to_do"]) == ("source_at", True, True)
    (late,) = await post(sender, HISTOLOGY | {"source_at": "2026-03-12T09:30:00"}, url="/api/v1/intake/documents")
    assert late["errors"][0]["field"] == "source_at"


async def test_a_time_of_a_csv_without_offset_is_london_time(pas: Pas) -> None:  # noqa: F811
    header = body([]).decode().strip() + ",source_at"
    await pas.take(body([f"{rows(1)[0]},2026-07-01T09:30:00"], header))
    at = await pas.count("select source_at from episode_key")
    assert at == dt.datetime(2026, 7, 1, 8, 30, tzinfo=dt.UTC)


async def test_a_document_of_no_known_kind_or_from_the_future_is_refused(sender: AsyncClient) -> None:
    later = (clock.now() + dt.timedelta(days=2)).isoformat()
    unknown, future, good = await post(
        sender, HISTOLOGY | {"kind": "hologram"}, HISTOLOGY | {"document_ref": "H2", "arrived_at": later},
        HISTOLOGY | {"document_ref": "H3"}, url="/api/v1/intake/documents",
    )  # fmt: skip
    assert [o["outcome"] for o in (unknown, future, good)] == ["rejected", "quarantined", "created"]
    assert "discharge_summary" in unknown["errors"][0]["what_to_do"]
    assert future["errors"][0]["field"] == "arrived_at"
    (within,) = await post(sender, message(documents=[{"document_ref": "1", "kind": "hologram", "title": "T"}]))
    assert [e["field"] for e in within["errors"]] == ["documents/0/kind"]


async def test_one_item_too_many_says_how_many_there_are(sender: AsyncClient) -> None:
    answer = await sender.post(URL, json={"items": [{}] * 501})
    assert answer.status_code == 422
    assert "at most 500 episodes in one post, and this has 501: split it" in answer.json()["detail"]
