"""Editions through the API, and the books that rooms above read."""

import asyncio
import csv
import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from codewell import db
from codewell.codesets import reads, service
from codewell.codesets.formats import Format, Upload
from codewell.codesets.rules import EditionStays, System
from codewell.identity.actor import Actor
from conftest import AsRole, RolledBack
from world import World

ON = dt.date(2026, 11, 1)
PREVIEWS = "/api/v1/editions/previews"
CSV = (
    "code,title,usage\n"
    "W37,Total prosthetic replacement of hip joint using cement,\n"
    "W37.1,Primary total prosthetic replacement of hip joint using cement,21000\n"
    "G451,Looking into the stomach with a tube,500000\n"
    "B999,A code of our own,12\n"
    "nonsense,This is no code,1\n"
    "W371,Another title altogether,1\n"
    "M611,Total excision of prostate and capsule of prostate,8000\n"
)

READY = (
    "insert into edition (system, edition, title, valid_from_on, state, source, digest, counts, problems, notes, "
    "loaded_at) values ('opcs4', :edition, 'Full', :on, 'ready', 's', 'd', '{}', '[]', '[]', now())"
)


async def load(http: AsyncClient, content: str | bytes = CSV, name: str = "codes.csv", **fields: str) -> Response:
    body = content.encode() if isinstance(content, str) else content
    data = {
        "system": "opcs4", "edition": "4.11", "title": "OPCS-4.11", "valid_from_on": "2026-04-01", "format": "csv",
    } | fields  # fmt: skip
    return await http.post(PREVIEWS, data=data, files={"file": (name, body)})


async def make_ready(http: AsyncClient, made: dict[str, object], **body: object) -> Response:
    """Make a preview ready, its removals seen."""
    said = {"removals_seen": made["removed"]} | body
    url = f"/api/v1/editions/{made['edition_id']}/ready"
    return await http.post(url, headers=if_match(int(str(made["version"]))), json=said)


def if_match(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


class TestDefaults:
    async def test_the_edition_is_chosen_by_the_day_the_episode_ends(self, database: RolledBack) -> None:
        async with database.transaction() as session:
            for on, opcs4 in (
                (dt.date(2026, 3, 31), "4.10-starter"),
                (dt.date(2026, 4, 1), "4.11-starter"),
                (dt.date(2023, 4, 1), "4.10-starter"),
                (dt.date(2030, 1, 1), "4.11-starter"),
            ):
                books = await reads.books_for(session, on)
                assert books.opcs4.edition.edition == opcs4
                assert books.opcs4.edition.starter
                assert "starter set" in books.opcs4.edition.title
                assert books.icd10.edition.edition == "5-open"
                assert not books.icd10.edition.starter

    async def test_a_day_that_no_edition_covers_has_empty_books_that_say_so(self, database: RolledBack) -> None:
        async with database.transaction() as session:
            books = await reads.books_for(session, dt.date(2015, 3, 3))
        assert len(books.icd10) == len(books.opcs4) == 0
        assert not books.icd10.edition.in_force
        assert books.icd10.edition.title == "No edition of ICD-10 is in force on 3 March 2015"
        assert books.icd10.get("I214") is None
        assert books.icd10.search("heart") == []

    async def test_loading_them_again_changes_nothing(self, database: RolledBack) -> None:
        query = text(
            "select system, edition, version, digest, (select count(*) from code) as n from edition order by 1, 2"
        )
        async with database.transaction() as session:
            before = (await session.execute(query)).all()
            await service.load_defaults(session)
            assert (await session.execute(query)).all() == before
        assert len(before) == 3

    async def test_they_stay_away_from_days_that_another_edition_covers(self, database: RolledBack) -> None:
        async with database.transaction() as session:
            await session.execute(text("delete from edition where edition = '4.11-starter'"))
            await session.execute(text(READY), {"edition": "4.11", "on": dt.date(2026, 4, 1)})
            await service.load_defaults(session)
            names = await session.execute(text("select edition from edition where system = 'opcs4' order by 1"))
            assert list(names.scalars()) == ["4.10-starter", "4.11"]

    async def test_better_data_of_a_later_version_fills_the_same_edition_anew(self, database: RolledBack) -> None:
        async with database.transaction() as session:
            await session.execute(text("update edition set digest = 'older' where edition = '4.11-starter'"))
            await session.execute(text("delete from code where edition = '4.11-starter' and code = 'W371'"))
            await service.load_defaults(session)
            row = (
                await session.execute(text("select version from edition where edition = '4.11-starter'"))
            ).scalar_one()
            assert row == 2
            assert (await reads.books_for(session, ON)).opcs4.get("W371") is not None

    async def test_the_same_book_is_shared_until_its_edition_changes(self, database: RolledBack) -> None:
        async with database.transaction() as session:
            first = await reads.books_for(session, ON)
        async with database.transaction() as session:
            second = await reads.books_for(session, dt.date(2026, 12, 24))
        assert first.icd10 is second.icd10
        assert first.opcs4 is second.opcs4

    async def test_a_book_holds_all_that_is_shipped(self, database: RolledBack) -> None:
        reads._books.clear()
        async with database.transaction() as session:
            books = await reads.books_for(session, ON)
        assert len(books.icd10) > 18_000


class TestLoad:
    async def test_anonymous_is_refused(self, client: AsyncClient) -> None:
        assert (await load(client)).status_code == 401

    async def test_a_coder_is_refused(self, as_role: AsRole) -> None:
        assert (await load(await as_role("coder"))).status_code == 403

    async def test_a_preview_says_what_it_adds_changes_and_removes(self, as_role: AsRole) -> None:
        http = await as_role("manager")
        answer = await load(http)
        assert answer.status_code == 201, answer.text
        edition = answer.json()
        assert edition["edition_id"] == "opcs4.4.11"
        assert edition["state"] == "preview"
        assert edition["in_force"] is False
        assert (edition["codes"], edition["usable_codes"]) == (5, 4)
        assert edition["compared_with"] == "4.11-starter"
        assert edition["added"] == 1
        assert edition["changed"] == 1
        assert edition["removed"] > 1600
        assert edition["can"] == {"ready": True, "discard": True, "withdraw": "The edition is preview."}
        effects = edition["effects_of_ready"]
        assert (effects["valid_to_on"], effects["closes"], effects["supersedes"]) == (None, [], ["4.11-starter"])
        assert [(p["line"], p["reason"]) for p in edition["problems"]] == [
            (6, "not the form of a code"),
            (7, "W371 is here twice with different titles; the first is kept"),
        ]

        changes = (await http.get("/api/v1/editions/opcs4.4.11/changes")).json()["items"]
        added = (await http.get("/api/v1/editions/opcs4.4.11/changes?kind=added")).json()["items"]
        changed = (await http.get("/api/v1/editions/opcs4.4.11/changes?kind=changed")).json()["items"]
        assert len(changes) == 50
        assert [(c["code"], c["dotted"], c["title"]) for c in added] == [("B999", "B99.9", "A code of our own")]
        assert [(c["code"], c["what"], c["title"]) for c in changed] == [
            ("G451", ["title"], "Looking into the stomach with a tube")
        ]
        assert "Fibreoptic" in changed[0]["was_title"]

    async def test_the_pages_of_changes_hold_each_once(self, as_role: AsRole) -> None:
        http = await as_role("manager")
        made = (await load(http)).json()
        codes: list[str] = []
        cursor = ""
        while True:
            page = (await http.get(
                f"/api/v1/editions/opcs4.4.11/changes?kind=removed&limit=200{cursor}"
            )).json()  # fmt: skip
            codes += [c["code"] for c in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert len(codes) == len(set(codes)) == made["removed"]
        assert codes == sorted(codes)

    async def test_nothing_uses_it_before_it_is_ready(self, as_role: AsRole) -> None:
        http = await as_role("manager")
        await load(http)
        found = (await http.get("/api/v1/codes?system=opcs4&q=B999&on=2026-11-01")).json()
        assert found["items"] == []
        assert found["edition"]["edition"] == "4.11-starter"
        assert (await http.get("/api/v1/codes/opcs4/B999?on=2026-11-01")).status_code == 404

    async def test_the_same_file_twice_is_refused_whatever_it_is_called(self, as_role: AsRole) -> None:
        http = await as_role("manager")
        await load(http)
        again = await load(http, name="other.csv", edition="4.11b")
        assert again.status_code == 409
        assert again.json()["type"].endswith("edition-seen")
        assert again.json()["edition_id"] == "opcs4.4.11"

    async def test_a_name_in_use_is_refused(self, as_role: AsRole) -> None:
        http = await as_role("manager")
        await load(http)
        again = await load(http, CSV + "A011,One more,1\n")
        assert again.status_code == 409
        assert again.json()["type"].endswith("edition-name-taken")

    @pytest.mark.parametrize(
        ("content", "status"),
        [
            (b"code,title\n", 422),
            (b"code,title\nhello,world\n", 422),
            (b"a,b,c\n1,2,3\n", 415),
            (b"\x00\x01\x02", 415),
            (b"PK\x03\x04 no zip at all", 415),
            (b"", 415),
        ],
    )
    async def test_what_is_no_code_file_is_refused(self, as_role: AsRole, content: bytes, status: int) -> None:
        answer = await load(await as_role("manager"), content)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_days_must_be_in_order(self, as_role: AsRole) -> None:
        answer = await load(await as_role("manager"), valid_to_on="2026-03-01")
        assert answer.status_code == 422
        assert answer.json()["type"].endswith("days-reversed")

    async def test_a_zip_bomb_is_not_unpacked(self, as_role: AsRole) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("codes.csv", b"code,title\n" + b"A" * (80 * 1024 * 1024))
        assert len(packed.getvalue()) < 1_000_000
        answer = await load(await as_role("manager"), packed.getvalue())
        assert answer.status_code == 413

    async def test_use_that_the_file_does_not_give_is_taken_from_the_edition_before(
        self, as_role: AsRole, database: RolledBack
    ) -> None:
        http = await as_role("manager")
        made = (await load(http, "code,title\nG451,Gastroscopy\nB999,New\n")).json()
        assert "How often codes are used was taken from 4.11-starter." in made["notes"]
        await make_ready(http, made)
        found = (await http.get("/api/v1/codes/opcs4/G451?on=2026-11-01")).json()
        assert 60 < found["one_in"] < 120


class TestReady:
    async def test_it_is_used_at_once_and_supersedes_the_starter_set(
        self, as_role: AsRole, database: RolledBack
    ) -> None:
        http, coder = await as_role("manager"), await as_role("coder")
        made = (await load(http)).json()
        answer = await make_ready(http, made)
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == "ready"
        assert answer.json()["in_force"] is True
        found = (await coder.get("/api/v1/codes?system=opcs4&q=B999&on=2026-11-01")).json()
        assert found["items"][0]["title"] == "A code of our own"
        assert found["edition"] == {"system": "opcs4", "edition": "4.11", "title": "OPCS-4.11", "starter": False}
        before = (await coder.get("/api/v1/codes?system=opcs4&q=B999&on=2026-03-31")).json()
        assert before["items"] == []
        assert before["edition"]["edition"] == "4.10-starter"
        states = {e["edition"]: e["state"] for e in (await http.get("/api/v1/editions")).json()["items"]}
        assert states == {"4.11": "ready", "4.10-starter": "ready", "4.11-starter": "superseded", "5-open": "ready"}
        async with database.transaction() as session:
            former = await reads.book_of(session, "opcs4", "4.11-starter")
            assert former is not None
            assert len(former) > 1600
            assert await reads.book_of(session, "opcs4", "nothing") is None

    async def test_the_next_edition_ends_the_open_one_the_day_before(self, as_role: AsRole) -> None:
        http = await as_role("manager")
        made = (await load(http, edition="4.12", valid_from_on="2029-04-01")).json()
        assert made["effects_of_ready"]["closes"] == [{"edition": "4.11-starter", "valid_to_on": "2029-03-31"}]
        await make_ready(http, made)
        closed = (await http.get("/api/v1/editions/opcs4.4.11-starter")).json()
        assert closed["valid_to_on"] == "2029-03-31"
        on = [(await http.get(f"/api/v1/codes?system=opcs4&q=w&on={d}")).json()["edition"]["edition"] for d in (
            "2029-03-31", "2029-04-01",
        )]  # fmt: skip
        assert on == ["4.11-starter", "4.12"]

    async def test_a_stale_version_and_a_missing_one_are_refused(self, as_role: AsRole) -> None:
        http = await as_role("manager")
        made = (await load(http)).json()
        url = "/api/v1/editions/opcs4.4.11/ready"
        assert (await http.post(url)).status_code == 428
        stale = await http.post(url, headers=if_match(made["version"] + 1))
        assert stale.status_code == 412
        assert stale.json()["current_version"] == made["version"]

    async def test_it_cannot_be_done_twice(self, as_role: AsRole) -> None:
        http = await as_role("manager")
        made = (await load(http)).json()
        url = "/api/v1/editions/opcs4.4.11/ready"
        done = (await make_ready(http, made)).json()
        again = await http.post(url, headers=if_match(done["version"]))
        assert again.status_code == 409
        assert again.json()["state"] == "ready"
        assert done["can"]["ready"] == "The edition is ready."

    @pytest.mark.parametrize("edition_id", ["opcs4.9.9", "icd10.", "snomed.1", "nothing"])
    async def test_one_that_is_not_there_is_not_found(self, as_role: AsRole, edition_id: str) -> None:
        http = await as_role("manager")
        assert (await http.get(f"/api/v1/editions/{edition_id}")).status_code == 404
        answer = await http.post(f"/api/v1/editions/{edition_id}/ready", headers=if_match(1))
        assert answer.status_code == 404

    async def test_a_coder_may_look_but_not_make_ready(self, as_role: AsRole) -> None:
        made = (await load(await as_role("manager"))).json()
        coder = await as_role("coder")
        seen = (await coder.get("/api/v1/editions/opcs4.4.11")).json()
        assert seen["can"]["ready"] == "You do not have permission to do this."
        answer = await coder.post("/api/v1/editions/opcs4.4.11/ready", headers=if_match(made["version"]))
        assert answer.status_code == 403

    async def test_the_database_itself_refuses_two_on_one_day(self, database: RolledBack) -> None:
        with pytest.raises(IntegrityError) as refused:
            async with database.transaction() as session:
                await session.execute(text(READY), {"edition": "x", "on": dt.date(2027, 1, 1)})
        assert db.constraint_of(refused.value) == "ex_edition_one_ready_opcs4"


SMALL = "code,title,usage\n" + "".join(f"A{n // 10:02}{n % 10},Title {n},0\n" for n in range(100))


class TestRemovals:
    async def test_many_must_be_seen_before_they_go(self, as_role: AsRole) -> None:
        http = await as_role("manager")
        made = (await load(http)).json()
        assert made["effects_of_ready"]["confirm_removals"] is True
        assert made["effects_of_ready"]["compared_codes"] > made["removed"] > 1000
        assert made["effects_of_ready"]["removed_in_use"] > 1000
        url = "/api/v1/editions/opcs4.4.11/ready"
        for body in (None, {}, {"removals_seen": made["removed"] - 1}):
            refused = await http.post(url, headers=if_match(made["version"]), json=body)
            assert refused.status_code == 409, refused.text
            problem = refused.json()
            assert problem["type"].endswith("/removals-unseen")
            assert problem["removed"] == made["removed"]
            assert f"{made['removed']:,} of" in problem["detail"]
        assert (await http.get("/api/v1/editions/opcs4.4.11")).json()["state"] == "preview"
        assert (await make_ready(http, made)).status_code == 200

    async def test_few_that_nobody_uses_may_go_unasked(self, as_role: AsRole) -> None:
        http = await as_role("manager")
        await make_ready(http, (await load(http, SMALL)).json())
        few = "".join(SMALL.splitlines(keepends=True)[:-5])
        made = (await load(http, few, edition="4.12", valid_from_on="2029-04-01")).json()
        assert (made["removed"], made["effects_of_ready"]["confirm_removals"]) == (5, False)
        answer = await http.post("/api/v1/editions/opcs4.4.12/ready", headers=if_match(made["version"]))
        assert answer.status_code == 200, answer.text

    async def test_one_that_is_in_use_is_asked_about(self, as_role: AsRole) -> None:
        http = await as_role("manager")
        await make_ready(http, (await load(http, SMALL.replace("Title 99,0", "Title 99,7"))).json())
        one_less = "".join(SMALL.splitlines(keepends=True)[:-1])
        made = (await load(http, one_less, edition="4.12", valid_from_on="2029-04-01")).json()
        assert made["effects_of_ready"]["removed_in_use"] == 1
        answer = await http.post("/api/v1/editions/opcs4.4.12/ready", headers=if_match(made["version"]))
        assert (answer.status_code, answer.json()["removed_in_use"]) == (409, 1)

    async def test_what_goes_is_counted_against_the_edition_of_then(self, as_role: AsRole) -> None:
        http = await as_role("manager")
        later = (await load(http, edition="4.12", valid_from_on="2029-04-01")).json()
        await make_ready(http, (await load(http, SMALL, edition="4.11")).json())
        url = "/api/v1/editions/opcs4.4.12/ready"
        refused = await http.post(url, headers=if_match(later["version"]), json={"removals_seen": later["removed"]})
        assert refused.status_code == 409
        assert (refused.json()["removed"], refused.json()["compared_codes"]) == (100, 100)


async def withdraw(http: AsyncClient, edition: dict[str, object]) -> Response:
    url = f"/api/v1/editions/{edition['edition_id']}/withdraw"
    return await http.post(url, headers=if_match(int(str(edition["version"]))))


class TestWithdraw:
    async def test_those_before_are_as_they_were(self, as_role: AsRole) -> None:
        http = await as_role("manager")
        before = {
            e["edition"]: (e["state"], e["valid_to_on"]) for e in (await http.get("/api/v1/editions")).json()["items"]
        }
        for fields in ({}, {"edition": "4.12", "valid_from_on": "2029-04-01"}):
            made = (await load(http, **fields)).json()
            ready = (await make_ready(http, made)).json()
            assert ready["can"]["withdraw"] is True
            answer = await withdraw(http, ready)
            assert answer.status_code == 200, answer.text
            back = answer.json()
            assert (back["state"], back["ready_at"], back["valid_to_on"]) == ("preview", None, None)
            assert back["can"]["ready"] is True
            url = f"/api/v1/editions/{back['edition_id']}/discard"
            assert (await http.post(url, headers=if_match(back["version"]))).status_code == 200
            after = (await http.get("/api/v1/editions")).json()["items"]
            assert {e["edition"]: (e["state"], e["valid_to_on"]) for e in after if e["state"] != "discarded"} == before

    async def test_nothing_uses_it_any_more(self, as_role: AsRole) -> None:
        http = await as_role("manager")
        ready = (await make_ready(http, (await load(http)).json())).json()
        await withdraw(http, ready)
        found = (await http.get("/api/v1/codes?system=opcs4&q=B999&on=2026-11-01")).json()
        assert (found["items"], found["edition"]["edition"]) == ([], "4.11-starter")

    async def test_one_in_force_that_was_coded_in_stays(self, as_role: AsRole, database: RolledBack) -> None:
        http = await as_role("manager")
        ready = (await make_ready(http, (await load(http)).json())).json()
        async with database.transaction() as session:
            assert await service.use(session, [("opcs4", "4.11")])
        answer = await withdraw(http, ready)
        assert answer.status_code == 409
        assert answer.json()["type"].endswith("/edition-stays")
        seen = (await http.get("/api/v1/editions/opcs4.4.11")).json()
        assert seen["can"]["withdraw"] == answer.json()["detail"] == "It is in force, and episodes are coded in it."

    async def test_one_under_a_later_one_goes_after_it(self, as_role: AsRole) -> None:
        http = await as_role("manager")
        first = (await make_ready(http, (await load(http)).json())).json()
        small = (await load(http, SMALL, edition="4.12", valid_from_on="2029-04-01")).json()
        second = (await make_ready(http, small)).json()
        first = (await http.get(f"/api/v1/editions/{first['edition_id']}")).json()
        refused = await withdraw(http, first)
        assert (refused.status_code, "4.12" in refused.json()["detail"]) == (409, True)
        assert (await withdraw(http, second)).status_code == 200
        first = (await http.get(f"/api/v1/editions/{first['edition_id']}")).json()
        assert (await withdraw(http, first)).status_code == 200

    async def test_what_shipped_and_what_is_not_ready_stay(self, as_role: AsRole) -> None:
        http = await as_role("manager")
        shipped = (await http.get("/api/v1/editions/icd10.5-open")).json()
        assert (await withdraw(http, shipped)).status_code == 409
        made = (await load(http)).json()
        assert made["can"]["withdraw"] == "The edition is preview."
        assert (await withdraw(http, made)).status_code == 409

    async def test_a_coder_is_refused_and_a_stale_version_too(self, as_role: AsRole, database: RolledBack) -> None:
        http = await as_role("manager")
        ready = (await make_ready(http, (await load(http)).json())).json()
        assert (await withdraw(http, ready | {"version": ready["version"] - 1})).status_code == 412
        assert (await withdraw(await as_role("coder"), ready)).status_code == 403

    async def test_it_leaves_its_line(self, as_role: AsRole, database: RolledBack) -> None:
        http = await as_role("manager")
        await withdraw(http, (await make_ready(http, (await load(http)).json())).json())
        async with database.transaction() as session:
            line = await session.execute(text("select facts from trail_line where tag = 'edition:withdrawn'"))
            assert line.scalar_one()["restored"] == ["4.11-starter"]


class TestDiscard:
    async def test_the_file_may_be_sent_again_and_the_name_is_free(self, as_role: AsRole) -> None:
        http = await as_role("manager")
        made = (await load(http)).json()
        answer = await http.post("/api/v1/editions/opcs4.4.11/discard", headers=if_match(made["version"]))
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == "discarded"
        assert (await load(http)).status_code == 201

    async def test_one_that_was_coded_in_before_it_was_withdrawn_stays(
        self, as_role: AsRole, database: RolledBack
    ) -> None:
        http = await as_role("manager")
        small = (await load(http, SMALL, edition="4.12", valid_from_on="2029-04-01")).json()
        ready = (await make_ready(http, small)).json()
        async with database.transaction() as session:
            assert await service.use(session, [("opcs4", "4.12")])
        back = (await withdraw(http, ready)).json()
        answer = await http.post("/api/v1/editions/opcs4.4.12/discard", headers=if_match(back["version"]))
        assert (answer.status_code, answer.json()["detail"]) == (409, "Episodes are coded in it.")
        assert back["can"]["discard"] == "Episodes are coded in it."

    async def test_a_ready_one_cannot_be_discarded(self, as_role: AsRole) -> None:
        http = await as_role("manager")
        version = (await http.get("/api/v1/editions/opcs4.4.11-starter")).json()["version"]
        answer = await http.post("/api/v1/editions/opcs4.4.11-starter/discard", headers=if_match(version))
        assert answer.status_code == 409


class TestTrail:
    async def test_each_change_leaves_its_line(self, as_role: AsRole, database: RolledBack) -> None:
        http = await as_role("manager")
        first = (await load(http)).json()
        await http.post("/api/v1/editions/opcs4.4.11/discard", headers=if_match(first["version"]))
        second = (await load(http)).json()
        await make_ready(http, second)
        async with database.transaction() as session:
            lines = await session.execute(
                text("select tag from trail_line where subject_kind = 'edition' order by chain, no")
            )
            assert list(lines.scalars()) == [
                "edition:loaded",
                "edition:discarded",
                "edition:loaded",
                "edition:made_ready",
            ]


class TestCodes:
    async def test_anonymous_is_refused(self, client: AsyncClient) -> None:
        assert (await client.get("/api/v1/codes?system=icd10&q=fall")).status_code == 401
        assert (await client.get("/api/v1/codes/icd10/I214")).status_code == 401
        assert (await client.get("/api/v1/editions")).status_code == 401

    async def test_a_hit_carries_what_a_row_shows(self, as_role: AsRole) -> None:
        http = await as_role("coder")
        found = (await http.get("/api/v1/codes?system=icd10&q=heart+att&on=2026-11-01")).json()
        assert found["items"][0] == {
            "system": "icd10", "code": "I214", "dotted": "I21.4", "title": "Acute subendocardial myocardial infarction",
            "match": "synonym", "usage_count": 1000, "one_in": 1000, "leaf": True, "valid_at_3": False, "missing": None,
            "dagger": False, "asterisk": False, "parent": "I21", "category_title": "Acute myocardial infarction",
        }  # fmt: skip
        assert found["edition"]["title"] == "ICD-10 5th Edition, open build"

    async def test_codes_that_need_more_are_shown_as_such(self, as_role: AsRole) -> None:
        http = await as_role("coder")
        first = (await http.get("/api/v1/codes?system=icd10&q=s72&on=2026-11-01&limit=50")).json()["items"]
        by_code = {hit["code"]: hit for hit in first}
        assert first[0]["code"] == "S72"
        assert by_code["S72"]["missing"] == "a 4th character"
        assert by_code["S720"]["missing"] == "a 5th character"
        assert by_code["S7200"]["leaf"]
        assert (await http.get("/api/v1/codes/icd10/J46.X")).json()["valid_at_3"]

    async def test_dagger_and_asterisk_are_visible(self, as_role: AsRole) -> None:
        http = await as_role("coder")
        dagger = (await http.get("/api/v1/codes/icd10/E11.3")).json()
        assert dagger["dagger"]
        assert dagger["partners"] == ["H280", "H360"]
        assert (await http.get("/api/v1/codes/icd10/h36.0")).json()["asterisk"]

    async def test_z94_is_one_thing_in_each_system(self, as_role: AsRole) -> None:
        http = await as_role("coder")
        icd10 = (await http.get("/api/v1/codes/icd10/Z94")).json()
        opcs4 = (await http.get("/api/v1/codes/opcs4/Z94")).json()
        assert "transplanted" in icd10["title"].lower()
        assert opcs4["title"] == "Laterality of operation"
        assert {c["system"] for c in icd10["children"]} == {"icd10"}
        assert {c["system"] for c in opcs4["children"]} == {"opcs4"}

    async def test_one_code_comes_with_its_family(self, as_role: AsRole) -> None:
        http = await as_role("coder")
        one = (await http.get("/api/v1/codes/icd10/S720?on=2026-11-01")).json()
        assert [c["code"] for c in one["children"]] == ["S7200", "S7201"]
        assert "S721" in [c["code"] for c in one["siblings"]]
        assert one["parent"] == "S72"

    @pytest.mark.parametrize(
        "query",
        ["system=icd10", "system=snomed&q=a", "system=icd10&q=a&limit=51", "system=icd10&q=a&extra=1", "q=a",
         "system=icd10&q=%00", "system=icd10&q=a&on=yesterday", "system=icd10&q=" + "a" * 101],
    )  # fmt: skip
    async def test_a_query_that_is_not_one_is_refused(self, as_role: AsRole, query: str) -> None:
        http = await as_role("coder")
        assert (await http.get(f"/api/v1/codes?{query}")).status_code == 422

    @pytest.mark.parametrize("q", ["", " ", "%20", "'; drop table code", "<b>", "....", "-", "œ", "🙂", "of the"])
    async def test_whatever_is_typed_is_answered(self, as_role: AsRole, q: str) -> None:
        http = await as_role("coder")
        answer = await http.get("/api/v1/codes", params={"system": "icd10", "q": q})
        assert answer.status_code == 200

    async def test_a_code_that_is_not_there_is_not_found(self, as_role: AsRole) -> None:
        http = await as_role("coder")
        for code in ("I999", "nonsense", "S7205"):
            answer = await http.get(f"/api/v1/codes/icd10/{code}")
            assert answer.status_code == 404
            assert answer.json()["type"].endswith("code-not-found")


class TestNationalLists:
    async def test_they_load_as_editions_through_the_api_and_are_found_in_time(
        self, as_role: AsRole, national_lists: Path, database: RolledBack
    ) -> None:
        http = await as_role("manager")
        opcs4 = (national_lists / "opcs4_usage_2023-24.csv").read_bytes()
        icd10 = (national_lists / "icd10_usage_2023-24.csv").read_bytes()
        made = await load(http, opcs4, edition="4.11-national")
        assert made.status_code == 201, made.text
        assert made.json()["codes"] == 9259
        assert made.json()["problem_lines"] == 0
        other = await load(
            http, icd10, system="icd10", edition="5-national", valid_from_on="2016-04-01", title="ICD-10 5"
        )
        assert other.status_code == 201, other.text
        # One line of the published file is NULL; every other is a code.
        assert (other.json()["codes"], other.json()["problem_lines"]) == (11329, 1)
        assert other.json()["added"] == 0
        for e in (made.json(), other.json()):
            answer = await make_ready(http, e)
            assert answer.status_code == 200, answer.text
        async with database.transaction() as session:
            books = await reads.books_for(session, ON)
        assert (len(books.icd10), len(books.opcs4)) == (11329, 9259)
        found = books.opcs4.search("phacoem lens")[0].info
        assert found.code == "C712"
        assert books.opcs4.one_in(found) == 60

    async def test_the_trees_load_with_their_headings_reported(self, as_role: AsRole, national_lists: Path) -> None:
        http = await as_role("manager")
        for name, system, least in (("opcs4_tree.csv", "opcs4", 11_000), ("icd10_tree.csv", "icd10", 18_000)):
            content = (national_lists / name).read_bytes()
            made = (await load(http, content, system=system, edition="tree", valid_from_on="2026-04-01")).json()
            rows = list(csv.reader(io.StringIO(content.decode())))
            assert made["codes"] > least
            # Chapters and blocks are no codes, and each is reported by its line: nothing disappears.
            assert made["codes"] + made["problem_lines"] >= len(rows) - 1
            assert all(p["reason"] for p in made["problems"])


@pytest.mark.commits
class TestCommitted:
    async def test_another_process_notices_within_two_seconds(self, own: db.Database, own_world: World) -> None:
        async with own.transaction() as session:
            assert (await reads.books_for(session, ON)).opcs4.edition.edition == "4.11-starter"
        # Another process: its commit does not tell ours to forget.
        async with own.transaction() as session:
            await session.execute(
                text("update edition set title = 'Renamed', version = version + 1 where system = 'opcs4'")
            )
        reads._directories[own.engine.sync_engine].polled -= reads.POLL_SECONDS
        async with own.transaction() as session:
            assert (await reads.books_for(session, ON)).opcs4.edition.title == "Renamed"

    async def test_a_withdrawal_waits_for_codes_that_are_being_kept(self, own: db.Database, own_world: World) -> None:
        manager = await self.full_list(own, own_world)
        async with own.transaction() as session:
            books = await service.books_to_code_in(session, ON)
            assert books.opcs4.edition.edition == "4.11"
            withdrawal = asyncio.create_task(self.withdrawn(own, manager))
            await asyncio.sleep(0.3)
            assert not withdrawal.done()
        with pytest.raises(EditionStays):
            await withdrawal

    async def test_codes_wait_for_a_withdrawal_and_name_the_edition_in_its_place(
        self, own: db.Database, own_world: World
    ) -> None:
        manager = await self.full_list(own, own_world)
        async with own.transaction() as session:
            assert (await reads.books_for(session, ON)).opcs4.edition.edition == "4.11"

        async def coding() -> str:
            async with own.transaction() as session:
                return (await service.books_to_code_in(session, ON)).opcs4.edition.edition

        async with own.transaction() as session:
            remembered = reads._directories[own.engine.sync_engine]
            await service.withdraw(session, manager, "opcs4.4.11", version=2)
            # As in another process, which has heard of nothing.
            reads._directories[own.engine.sync_engine] = remembered
            waiting = asyncio.create_task(coding())
            await asyncio.sleep(0.3)
            assert not waiting.done()
        assert await waiting == "4.11-starter"
        async with own.transaction() as session:
            used = await session.execute(text("select edition from edition where first_used_at is not null order by 1"))
            assert list(used.scalars()) == ["4.11-starter", "5-open"]

    async def full_list(self, own: db.Database, world: World) -> Actor:
        """Make a full list ready, and return who may withdraw it."""
        manager = Actor.system("RXX", "test", frozenset({"edition:load", "edition:ready"}))
        async with own.transaction() as session:
            await service.load_preview(
                session, manager, system=System.opcs4, edition="4.11", title="OPCS-4.11",
                valid_from_on=dt.date(2026, 4, 1), kind=Format.csv, uploads=[Upload("codes.csv", CSV.encode())],
            )  # fmt: skip
            removed = (await reads.row_of(session, "opcs4.4.11")).counts["removed"]
            await service.make_ready(session, manager, "opcs4.4.11", version=1, removals_seen=removed)
        reads.forget()
        return manager

    async def withdrawn(self, own: db.Database, manager: Actor) -> None:
        async with own.transaction() as session:
            await service.withdraw(session, manager, "opcs4.4.11", version=2)

    async def test_the_application_cannot_change_a_code(self, own: db.Database) -> None:
        with pytest.raises(Exception, match="permission denied"):
            async with own.transaction() as session:
                await session.execute(text("update code set title = 'x' where code = 'I214'"))


class TestUse:
    async def test_the_first_is_written_down_and_no_other(self, database: RolledBack) -> None:
        async with database.transaction() as session:
            assert await service.use(session, [("opcs4", "4.11-starter"), ("icd10", "5-open")])
            row = await reads.row_of(session, "opcs4.4.11-starter")
            first = row.first_used_at
            assert first is not None
            assert await service.use(session, [("opcs4", "4.11-starter")])
            await session.refresh(row)
            assert (row.first_used_at, row.version) == (first, 1)

    async def test_once_it_is_known_nothing_is_asked(
        self, database: RolledBack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with database.transaction() as session:
            before = await service.books_to_code_in(session, ON)
            reads.forget(session)
            assert (await reads.books_for(session, ON)).opcs4 is before.opcs4
            for statement in ("_USE", "_HOLD"):
                monkeypatch.setattr(service, statement, None)
            assert (await service.books_to_code_in(session, ON)).opcs4 is before.opcs4

    async def test_none_that_is_not_ready(self, as_role: AsRole, database: RolledBack) -> None:
        await load(await as_role("manager"))
        async with database.transaction() as session:
            assert not await service.use(session, [("opcs4", "4.11")])
            assert (await reads.row_of(session, "opcs4.4.11")).first_used_at is None

    async def test_a_day_without_an_edition_has_its_empty_books(self, database: RolledBack) -> None:
        async with database.transaction() as session:
            assert not (await service.books_to_code_in(session, dt.date(2015, 3, 3))).icd10.edition.in_force
