"""What is said of what is not taken: all of it, in the file's own words, with advice that fits, in the file's order."""

import datetime as dt
import hashlib
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import event, text

from codewell import db
from codewell.coding.rules import INFORMATION, PATHOLOGY
from codewell.episodes.rules import DocumentKind
from codewell.intake import fields, parse
from codewell.intake.fields import Bad
from codewell.kit import clock
from conftest import ORIGIN, sign_in_as
from intake.messages import message
from intake.test_files import Pas, body, pas, rows  # noqa: F401
from intake.test_post import URL, post
from world import World

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


async def test_the_reasons_of_a_job_are_counted_and_each_opens_its_rows(pas: Pas) -> None:  # noqa: F811
    lines = rows(6)
    for n in (1, 2, 4):
        lines[n] = lines[n].replace("9000000009", "9.0E+09")
    lines[2] = lines[2].replace("I10X", "x")
    lines[3] = lines[3].replace("2026-03-11,C", "2999-01-01,C")
    job = await pas.take(body(lines))
    page = (await pas.http.get(f"/api/v1/intake/jobs/{job['job_id']}/reasons")).json()
    told = [(r["field"], r["columns"], r["rows"], r["open"], r["first_row"]) for r in page["items"]]
    assert told[0] == ("nhs_number", ["NEWNHSNO"], 3, 3, 2)
    # The place of a diagnosis is no reason of its own.
    assert ("dx", ["DIAG_02"], 1, 1, 3) in told
    assert page["next"] is None
    of_each = []
    for reason in page["items"]:
        asked = {"job_id": job["job_id"], "reason_id": reason["reason_id"]}
        first = (await pas.http.get("/api/v1/intake/faults", params={**asked, "limit": 2})).json()
        found = list(first["items"])
        if first["next"]:
            found += (await pas.http.get("/api/v1/intake/faults", params={**asked, "cursor": first["next"]})).json()[
                "items"
            ]
        of_each.append((reason["field"], [fault["row"] for fault in found]))
        assert reason["rows"] == len(found)
    assert of_each[0] == ("nhs_number", [2, 3, 5])


async def test_what_was_not_taken_is_grouped_by_reason_over_files_and_posts(pas: Pas) -> None:  # noqa: F811
    lines = rows(6)
    for n in (1, 2, 4):
        lines[n] = lines[n].replace("9000000009", "9.0E+09")
    lines[3] = lines[3].replace("2026-03-11,C", "2026-01-01,C")
    first = await pas.take(body(lines))
    other = rows(2, start=50)
    other[1] = other[1].replace("9000000009", "9.0E+09").replace("I10X", "x")
    second = await pas.take(body(other))
    await post(pas.http, message(spell_number="SP9", coding={"diagnoses": ["I10", "x"]}))
    preview = rows(2, start=70)
    preview[1] = preview[1].replace("9000000009", "9.0E+09")
    await pas.take(body(preview), preview=True)

    async def groups(**asked: Any) -> Any:
        answer = await pas.http.get("/api/v1/intake/fault-groups", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    page = await groups(state="open")
    assert (page["counted"], page["all"]) == (6, 6)
    numbers, *others = page["items"]
    assert (numbers["field"], numbers["columns"], numbers["faults"], numbers["quarantined"]) == (
        "nhs_number", ["NEWNHSNO"], 4, 0,
    )  # fmt: skip
    assert [(s["job_id"], s["faults"]) for s in numbers["sources"]] == [(first["job_id"], 3), (second["job_id"], 1)]
    assert all(s["file_name"] for s in numbers["sources"])
    assert {(g["field"], g["faults"], g["quarantined"]) for g in others} == {
        ("ended_on", 1, 1), ("dx", 1, 0), ("coding/diagnoses", 1, 0),
    }  # fmt: skip
    (posted,) = (await groups(posted=True))["items"]
    assert posted["sources"] == [{"job_id": None, "file_name": None, "faults": 1}]
    assert [g["field"] for g in (await groups(kind="quarantined"))["items"]] == ["ended_on"]
    assert {g["field"]: g["faults"] for g in (await groups(job_id=second["job_id"]))["items"]} == {
        "nhs_number": 1, "dx": 1,
    }  # fmt: skip
    assert (await groups(state="dismissed"))["items"] == []
    # Each group opens its rows, and each of its sources those that came from there.
    asked = {"state": "open", "reason_id": numbers["reason_id"]}
    rows_of = (await pas.http.get("/api/v1/intake/faults", params=asked)).json()["items"]
    assert [(row["job_id"], row["row"]) for row in rows_of] == [
        (second["job_id"], 2), (first["job_id"], 2), (first["job_id"], 3), (first["job_id"], 5),
    ]  # fmt: skip
    rows_of = (await pas.http.get("/api/v1/intake/faults", params={"posted": True})).json()["items"]
    assert [row["job_id"] for row in rows_of] == [None]


async def test_of_very_many_the_newest_are_grouped_and_it_says_so(pas: Pas, monkeypatch: Any) -> None:  # noqa: F811
    monkeypatch.setattr("codewell.intake.reads.GROUPED_AT_MOST", 2)
    await pas.take(body([line.replace("9000000009", "9.0E+09") for line in rows(3)]))
    page = (await pas.http.get("/api/v1/intake/fault-groups")).json()
    assert (page["counted"], page["all"], page["items"][0]["faults"]) == (2, 3, 2)


async def test_no_reason_is_left_out_for_there_being_many_files_and_what_is_not_named_is_told(
    pas: Pas,  # noqa: F811
    monkeypatch: Any,
) -> None:
    """Three files with the same fault, the second with the most of it; a post; and a reason that only one row has."""
    monkeypatch.setattr("codewell.intake.reads.SOURCES_AT_MOST", 1)
    made = []
    for n, lines in enumerate((rows(1), rows(3, start=10), rows(1, start=20))):
        bad = [line.replace("9000000009", "9.0E+09") for line in lines]
        made.append(await pas.take(body([*bad, *([rows(1, start=30)[0].replace("I10X", "x")] if n == 0 else [])])))
    await post(pas.http, message(patient__nhs_number="9.0E+09"))
    numbers, *others = (await pas.http.get("/api/v1/intake/fault-groups")).json()["items"]
    assert (numbers["field"], numbers["faults"], numbers["more_sources"]) == ("nhs_number", 5, 2)
    assert [(s["job_id"], s["faults"]) for s in numbers["sources"]] == [(made[1]["job_id"], 3)]
    assert {(g["field"], g["faults"], len(g["sources"]), g["more_sources"]) for g in others} == {
        ("patient/nhs_number", 1, 1, 0), ("dx", 1, 1, 0),
    }  # fmt: skip


async def test_what_is_kept_of_no_row_has_no_reasons(pas: Pas) -> None:  # noqa: F811
    lines = rows(3)
    lines[0] = lines[0].replace("9000000009", "1.0E+9")
    job = await pas.take(body(lines), preview=True)
    reasons = f"/api/v1/intake/jobs/{job['job_id']}/reasons"
    assert [r["rows"] for r in (await pas.http.get(reasons)).json()["items"]] == [1]
    await pas.http.post(f"/api/v1/intake/jobs/{job['job_id']}/cancel")
    assert (await pas.http.get(reasons)).json()["items"] == []


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


async def test_what_stands_where_the_id_should_be_is_shown_only_to_those_who_may_see_the_row(
    pas: Pas,  # noqa: F811
    own_app: FastAPI,
    own_world: World,
) -> None:
    # The cells have shifted: where the message id belongs there is the NHS number.
    header = "message_id," + body([]).decode().strip()
    content = body([f"9000000009,{rows(1)[0]}".replace("C1234567", "Dr No Body at all")], header)
    job = await pas.take(content)
    await post(pas.http, message(message_id="9000000009", patient=...))
    own = parse.made_message_id(hashlib.sha256(content).hexdigest(), 1)
    seen = {}
    for role in ("system_administrator", "manager"):
        async with AsyncClient(transport=ASGITransport(app=own_app), base_url=ORIGIN) as http:
            await sign_in_as(own_app, http, own_world.people[role])
            found = (await http.get("/api/v1/intake/faults")).json()["items"]
            seen[role] = {f["job_id"]: f["message_id"] for f in found}
            if role == "manager":
                # Once dismissed it is still told by what the list tells it by.
                (fault,) = (f for f in found if f["job_id"])
                gone = await http.post(f"/api/v1/intake/faults/{fault['fault_id']}/dismiss", json={"reason": "Test"})
                same = ("file_name", "message_id", "row")
                assert [gone.json()[name] for name in same] == [fault[name] for name in same]
                assert gone.json()["file_name"]
    assert seen["system_administrator"] == {job["job_id"]: own, None: None}
    assert seen["manager"] == {job["job_id"]: "9000000009", None: "9000000009"}


async def test_a_long_list_of_faults_is_read_from_its_index(pas: Pas) -> None:  # noqa: F811
    await pas.count("""
        with made as (insert into intake_fault (provider, fault_id, job_id, row_number, kind, state, what, raw, errors,
            created_at) select 'RXX', gen_random_uuid(), '0190a000-0000-7000-8000-000000000000', n, 'rejected',
            case when n % 50 = 0 then 'open' else 'dismissed' end, 'csv', '', '[]', now()
            from generate_series(1, 20000) n returning 1) select count(*) from made""")
    async with pas.database.transaction() as session:
        await session.execute(text("analyze intake_fault"))
    statements: list[tuple[str, Any]] = []

    def heard(conn: Any, cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if "order by intake_fault" in statement.lower():
            statements.append((statement, values))

    engine: Any = pas.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", heard)
    params: dict[str, Any] = {"limit": 50}
    try:
        for extra in ({}, {"state": "open"}, {"job_id": "0190a000-0000-7000-8000-000000000000"}):
            page = (await pas.http.get("/api/v1/intake/faults", params=params | extra)).json()
            assert len(page["items"]) == 50
            await pas.http.get("/api/v1/intake/faults", params=params | extra | {"cursor": page["next"]})
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    assert len(statements) == 6
    async with pas.database.transaction() as session:
        connection = await db.raw(session)
        for statement, values in statements:
            plan = "\n".join(row[0] for row in await connection.fetch(f"explain {statement}", *values))
            assert "ix_intake_fault_" in plan, plan
            assert "Seq Scan on intake_fault" not in plan, plan


@pytest.mark.parametrize("action", ["DELETE", " delete"])
async def test_a_withdrawal_is_one_however_it_is_written(sender: AsyncClient, action: str) -> None:
    (came,) = await post(sender, message())
    (gone,) = await post(
        sender,
        message(message_id="MSG-2", source_at="2026-03-13T09:30:00Z", feed_action=action, spell=..., patient=...),
    )
    assert (came["outcome"], gone["outcome"], gone["errors"]) == ("created", "updated", [])


@pytest.mark.parametrize("kind", [*PATHOLOGY, *INFORMATION])
async def test_whatever_an_episode_can_wait_for_is_a_kind_of_document(sender: AsyncClient, kind: str) -> None:
    (outcome,) = await post(
        sender, message(documents=[{"document_ref": "1", "kind": str(kind), "title": "T"}], ended_on="2026-03-11")
    )
    assert outcome["outcome"] == "created", outcome
    assert kind in set(DocumentKind)


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


async def test_a_member_whose_name_cannot_be_stored_is_one_items_fault(sender: AsyncClient) -> None:
    bad, good = await post(sender, message(**{"a\x00b": 1}), message(message_id="MSG-2"))
    assert (bad["outcome"], good["outcome"]) == ("rejected", "created")
