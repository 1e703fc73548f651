"""NDJSON whose members are columns is read as a CSV with those names is; nested messages stay what they were."""

import datetime as dt
import hashlib
from typing import Any

import orjson
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from codewell.intake import parse
from codewell.intake.flat import Shapes
from codewell.kit import clock
from conftest import ORIGIN, sign_in_as
from intake.messages import message
from intake.test_files import HES, Pas, body, pas, rows  # noqa: F401
from world import World

NDJSON = "application/x-ndjson"


def flat(n: int, **changes: Any) -> list[dict[str, Any]]:
    """The rows of the CSV, as objects; an empty cell is a member left out."""
    made = [dict(zip(HES.split(","), row.split(","), strict=True)) for row in rows(n)]
    return [{k: v for k, v in (row | changes).items() if v != ""} for row in made]


def lines(*values: Any) -> bytes:
    return b"\n".join(map(orjson.dumps, values)) + b"\n"


async def stored(pas: Pas) -> Any:  # noqa: F811
    sql = "select json_agg(e order by spell_number)::text from (select spell_number, started_on, ended_on, "
    sql += "consultant_code, discharged_on, basis, diagnoses, procedures from episode) e"
    return orjson.loads(await pas.count(sql))


async def test_hes_names_are_read_as_in_a_csv(pas: Pas) -> None:  # noqa: F811
    values = [row | {"EPISTAT": "3"} for row in flat(25)]
    values[3].pop("OPERTN_01"), values[3].pop("OPDATE_01")
    job = await pas.take(lines(*values), NDJSON)
    assert (job["state"], job["accepted"], job["rejected"]) == ("done", 25, 0)
    assert job["ignored_columns"] == ["EPISTAT"]
    came = await stored(pas)
    assert (came[0]["diagnoses"], came[0]["procedures"], came[3]["procedures"]) == (["I214", "I10"], ["K631"], [])
    again = await pas.take(lines(*values), NDJSON)
    assert (again["accepted"], again["unchanged"]) == (0, 25)
    # A withdrawal has only members that a nested message has as well; here it is a row like the others.
    gone = {"source_at": "2030-01-02T00:05:00Z", "message_id": "X", "feed_action": "delete"}
    with clock.frozen(dt.datetime(2030, 1, 2, tzinfo=dt.UTC)):
        own = gone | {"spell_number": "SP000005", "episode_number": 1}
        job = await pas.take(lines(*values, own), NDJSON)
        assert (job["accepted"], job["unchanged"], job["rejected"]) == (1, 25, 0)
        assert await pas.count("select array_agg(spell_number) from episode where deleted") == ["SP000005"]
        # Among nested messages the same line is one of them.
        nested = message(spell_number="N1", message_id="N1")
        job = await pas.take(lines(nested, own | {"spell_number": "SP000006", "feed_action": " Delete"}), NDJSON)
        assert (job["accepted"], job["rejected"]) == (2, 0)
        assert await pas.count("select count(*) from episode where deleted") == 2


async def test_the_same_rows_as_a_csv_say_nothing_else(pas: Pas) -> None:  # noqa: F811
    values = flat(25)
    values[3].pop("OPERTN_01"), values[3].pop("OPDATE_01")
    await pas.take(lines(*values), NDJSON)
    came = await stored(pas)
    csv_rows = rows(25)
    csv_rows[3] = csv_rows[3].replace("K631,2026-03-02", ",")
    await pas.take(body(csv_rows))
    assert await stored(pas) == came


async def test_cds_names_numbers_and_a_mapping_are_understood(pas: Pas, own_app: FastAPI, own_world: World) -> None:  # noqa: F811
    async with AsyncClient(transport=ASGITransport(app=own_app), base_url=ORIGIN) as manager:
        await sign_in_as(own_app, manager, own_world.people["manager"])
        mapping = {"name": "Old PAS", "columns": {"Hosp No": "local_patient_id"}}
        await manager.put("/api/v1/intake/sources/old-pas", json=mapping, headers={"If-Match": "0"})
    value = {
        "NHS NUMBER": 9000000009, "NHS NUMBER STATUS INDICATOR CODE": "01", "Hosp No": "A1",
        "HOSPITAL PROVIDER SPELL NUMBER": "SP1", "EPISODE NUMBER": 1, "START DATE (EPISODE)": "2026-03-01",
        "END DATE (EPISODE)": "2026-03-11", "PRIMARY DIAGNOSIS (ICD)": "I21.4", "WARD CODE": None,
    }  # fmt: skip
    refused = await pas.take(lines(value), NDJSON)
    assert (refused["state"], refused["rejected"], refused["rows_total"]) == ("failed", 1, 1)
    assert "local_patient_id" in refused["message"]
    assert (await pas.take(lines(value), NDJSON, source_id="old-pas"))["accepted"] == 1


async def test_a_preview_and_a_reject_speak_of_the_files_own_names(pas: Pas) -> None:  # noqa: F811
    values = flat(3)
    values[1]["EPIORDER"] = 1.5
    values[1]["EPIEND"] = "12/03/26"
    values[2]["CONSULT"] = ["C1"]
    job = await pas.take(lines(*values), NDJSON, preview=True)
    assert (job["state"], job["accepted"], job["rejected"]) == ("previewed", 1, 2)
    errors = await pas.errors(job["job_id"])
    assert {(e["column"], e["field"]) for e in errors[2]} == {("EPIORDER", "episode_number"), ("EPIEND", "ended_on")}
    assert any("decimals" in e["reason"] for e in errors[2])
    assert any("two digits" in e["reason"] for e in errors[2])
    assert errors[3][0]["column"] == "CONSULT"
    table = await pas.rejects(job["job_id"])
    assert orjson.loads(table[0]["line"])["PROVSPNOPS"] == values[1]["PROVSPNOPS"]


async def test_a_row_put_right_is_read_as_its_file_was(pas: Pas, own_app: FastAPI, own_world: World) -> None:  # noqa: F811
    values = flat(2)
    values[1]["EPIEND"] = "46092"
    job = await pas.take(lines(*values), NDJSON)
    (fault,) = (await pas.http.get("/api/v1/intake/faults")).json()["items"]
    made = parse.made_message_id(hashlib.sha256(lines(*values)).hexdigest(), 2)
    assert (fault["row"], fault["message_id"], fault["job_id"]) == (2, made, job["job_id"])
    async with AsyncClient(transport=ASGITransport(app=own_app), base_url=ORIGIN) as manager:
        await sign_in_as(own_app, manager, own_world.people["manager"])
        url = f"/api/v1/intake/faults/{fault['fault_id']}/retry"
        assert (await manager.post(url, json={"changes": {"ended_on": "2026-03-11"}})).json()["outcome"] == "created"


async def test_a_name_that_cannot_be_stored_refuses_the_file_with_words(pas: Pas) -> None:  # noqa: F811
    values = flat(2)
    values[1]["OPERTN_01\x00"] = values[1]["EPI\nSTART"] = "K631"
    job = await pas.take(lines(*values), NDJSON)
    assert (job["state"], job["rows_total"], job["rejected"]) == ("failed", 2, 2)
    assert "a character that cannot be stored" in job["message"]


async def test_a_refusal_speaks_of_lines_where_there_is_no_header(pas: Pas) -> None:  # noqa: F811
    values = flat(2)
    values[0].pop("EPIEND"), values[1].pop("EPIEND")
    assert (await pas.take(lines(*values), NDJSON))["message"].startswith("The lines lack")
    assert (await pas.take(lines(*flat(2, ended_on="2026-03-11")), NDJSON))["message"].startswith("Two members of the")
    (loose,) = flat(1, OPDATE_02="2026-03-02")
    assert (await pas.take(lines(loose), NDJSON))["message"].startswith("The lines have")


@pytest.mark.parametrize("first", ["nested", "columns"])
async def test_in_a_mixed_file_the_other_shape_is_refused_line_by_line(pas: Pas, first: str) -> None:  # noqa: F811
    nested = [message(spell_number=f"N{n}", message_id=f"N{n}") for n in range(3)]
    values = [*nested, *flat(1)] if first == "nested" else [*flat(3), nested[0]]
    job = await pas.take(lines(*values), NDJSON)
    assert (job["accepted"], job["rejected"]) == (3, 1)
    (error,) = (await pas.errors(job["job_id"]))[4]
    assert (error["field"], "one shape" in error["what_to_do"]) == ("line", True)


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (message(), False),
        (
            {"spell_number": "1", "episode_number": 1, "feed_action": "delete", "source_at": "x", "message_id": "1"},
            None,
        ),
        ({"spell_number": "1", "episode_number": 1, "spell": {}}, False),
        ({"PROVSPNOPS": "1"}, True),
        ({"spell_number": "1", "local_patient_id": "2"}, True),
        ({"foo": 1}, None),
        ({}, None),
        ([1], None),
    ],
)
def test_a_line_tells_its_shape_by_its_members(value: Any, shape: bool | None) -> None:
    assert Shapes({}).is_flat(value) is shape
