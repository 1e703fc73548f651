"""A row or an item that is refused again, for the same reason, waits for a person once only."""

import json
from typing import Any

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from conftest import ORIGIN, sign_in_as
from intake.messages import message
from intake.test_files import HES, Pas, body, pas, rows  # noqa: F401
from intake.test_post import post
from world import World

URL = "/api/v1/intake/faults"


def bad(n: int = 6) -> list[str]:
    lines = rows(n)
    for at in range(1, min(n, 4), 2):
        lines[at] = lines[at].replace("9000000009", "9.0E+09")
    return lines


async def open_ones(http: AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    answer = await http.get(URL, params={"state": "open", **asked})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_a_file_sent_again_opens_nothing_more_and_still_accounts_for_its_rows(pas: Pas) -> None:  # noqa: F811
    first = await pas.take(body(bad()))
    again = await pas.take(body(bad()))
    assert (again["rejected"], again["unchanged"]) == (2, 4)
    assert [(f["job_id"], f["row"]) for f in await open_ones(pas.http)] == [(first["job_id"], 2), (first["job_id"], 4)]
    assert await pas.rejects(again["job_id"]) == await pas.rejects(first["job_id"])
    told = (await pas.http.get(URL, params={"job_id": again["job_id"]})).json()["items"]
    assert [(f["row"], f["state"], f["reason"]) for f in told] == [
        (row, "dismissed", "The same came before, was refused for the same reason, and still waits there.")
        for row in (2, 4)
    ]
    page = (await pas.http.get(f"/api/v1/intake/jobs/{again['job_id']}/reasons")).json()
    assert [(r["rows"], r["open"]) for r in page["items"]] == [(2, 0)]


async def test_of_a_file_in_which_some_was_put_right_only_what_is_new_opens(pas: Pas) -> None:  # noqa: F811
    first = await pas.take(body(bad()))
    better = bad()
    better[1] = rows(6)[1]
    better[5] = better[5].replace("2026-03-11,C", "2999-01-01,C")
    # Rows may have moved, too.
    second = await pas.take(body([*better[2:], *better[:2]]))
    assert second["rejected"] == 2
    assert sorted((f["job_id"], f["row"]) for f in await open_ones(pas.http)) == sorted(
        [(first["job_id"], 2), (first["job_id"], 4), (second["job_id"], 4)]
    )


async def test_the_same_row_under_another_columns_name_opens(pas: Pas) -> None:  # noqa: F811
    first = await pas.take(body(bad()))
    second = await pas.take(body(bad(), HES.replace("NEWNHSNO", "nhs_number")))
    assert [f["job_id"] for f in await open_ones(pas.http)] == [second["job_id"]] * 2 + [first["job_id"]] * 2


async def test_the_same_row_opens_where_its_columns_mean_something_else(pas: Pas) -> None:  # noqa: F811
    """The refused column stands where it stood; the two specialties have changed places, and so the row's meaning."""
    first = await pas.take(body(bad()))
    second = await pas.take(body(bad(), HES.replace("MAINSPEF,TRETSPEF", "TRETSPEF,MAINSPEF")))
    assert second["rejected"] == 2
    assert [f["job_id"] for f in await open_ones(pas.http)] == [second["job_id"]] * 2 + [first["job_id"]] * 2


async def test_a_line_of_json_names_its_members_itself(pas: Pas) -> None:  # noqa: F811
    """A member that another line has says nothing of this one."""
    names = HES.split(",")
    lines = [json.dumps(dict(zip(names, row.split(","), strict=True))) for row in bad(3)]
    first = await pas.take("\n".join(lines).encode(), "application/x-ndjson")
    more = json.dumps({**json.loads(lines[2]), "SITETRET": "RXX01"})
    again = await pas.take("\n".join([*lines[:2], more]).encode(), "application/x-ndjson")
    assert (first["rejected"], again["rejected"]) == (1, 1)
    assert [f["job_id"] for f in await open_ones(pas.http)] == [first["job_id"]]


async def test_rows_that_are_alike_within_one_file_each_wait(pas: Pas) -> None:  # noqa: F811
    lines = bad()
    await pas.take(body([*lines, lines[1]]))
    assert len(await open_ones(pas.http)) == 3


async def test_what_somebody_has_dealt_with_is_not_opened_again(
    pas: Pas,  # noqa: F811
    own_app: FastAPI,
    own_world: World,
) -> None:
    await pas.take(body(bad()))
    one, other = await open_ones(pas.http)
    async with AsyncClient(transport=ASGITransport(app=own_app), base_url=ORIGIN) as http:
        manager = await sign_in_as(own_app, http, own_world.people["manager"])
        answer = await manager.post(f"{URL}/{one['fault_id']}/dismiss", json={"reason": "Not a patient of ours"})
    assert answer.status_code == 200, answer.text
    again = await pas.take(body(bad()))
    assert [f["fault_id"] for f in await open_ones(pas.http)] == [other["fault_id"]]
    told = (await pas.http.get(URL, params={"job_id": again["job_id"]})).json()["items"]
    assert [f["reason"].partition(", ")[2].rpartition(", ")[2] for f in told] == [
        "and has been dealt with.", "and still waits there.",
    ]  # fmt: skip


async def test_a_preview_shows_all_and_stands_in_nobodys_way(pas: Pas) -> None:  # noqa: F811
    preview = await pas.take(body(bad()), preview=True)
    assert preview["rejected"] == 2
    first = await pas.take(body(bad()))
    assert [f["job_id"] for f in await open_ones(pas.http)] == [first["job_id"]] * 2
    await pas.take(body(bad()), preview=True)
    assert len(await open_ones(pas.http)) == 2


async def test_an_item_posted_again_has_the_fault_it_had(pas: Pas) -> None:  # noqa: F811
    item = message(spell_number="SP9", ended_on="2099-01-01", spell__discharged_on=None)
    (first,) = await post(pas.http, item)
    (again, twin, other) = await post(pas.http, item, item, {**item, "spell_number": "SP10"})
    assert first["outcome"] == again["outcome"] == "quarantined"
    assert first["fault_id"] == again["fault_id"] == twin["fault_id"] != other["fault_id"]
    assert {f["fault_id"] for f in await open_ones(pas.http)} == {first["fault_id"], other["fault_id"]}
