"""Logbooks: audits enter themselves, CPD is kept by its person, and a file no spreadsheet can be tricked with."""

import csv
import datetime as dt
import io

from hypothesis import given
from hypothesis import strategies as st

from codewell.kit import clock
from codewell.kit.cells import safe_cell
from codewell.reports.logbook import logbook
from codewell.training.schemas import LogbookOut

URL = "/api/v1/my-logbook"
CPD = {"kind": "forum", "done_on": clock.today().isoformat(), "minutes": 90, "title": "Auditors' forum"}


class TestLogbook:
    async def test_every_audit_worked_in_is_there_by_itself(self, as_role, signed):
        await signed([[], ["DGCS.1"]])
        book = (await (await as_role("auditor")).get(URL)).json()
        (audit,) = book["audits"]
        assert (audit["episodes"], audit["minutes"], audit["timed"], audit["role"]) == (2, 24, 2, "lead")
        assert (audit["kind_label"], audit["first_on"]) == ("Ad hoc", clock.today().isoformat())
        assert (book["totals"]["audits"], book["totals"]["episodes"], book["totals"]["minutes"]) == (1, 2, 24)
        assert book["qualifications"][0]["number"] == "A-1"

    async def test_another_year_holds_nothing_of_it(self, as_role, signed):
        await signed([[]])
        year = clock.financial_year(clock.today() - dt.timedelta(800))
        book = (await (await as_role("auditor")).get(URL, params={"year": year})).json()
        assert (book["audits"], book["totals"]["episodes"]) == ([], 0)
        assert (await (await as_role("auditor")).get(URL, params={"year": "2026/29"})).status_code == 404

    async def test_cpd_is_added_changed_and_taken_out_by_its_person_only(self, as_role):
        auditor, trainer = await as_role("auditor"), await as_role("trainer")
        made = (await auditor.post(f"{URL}/cpd", json=CPD)).json()
        entry = f"/api/v1/cpd-entries/{made['cpd_entry_id']}"
        one = {"If-Match": "1"}
        assert (await trainer.put(entry, json=CPD, headers=one)).status_code == 404
        assert (await auditor.put(entry, json=CPD | {"minutes": 60}, headers=one)).json()["version"] == 2
        assert (await auditor.put(entry, json=CPD, headers=one)).status_code == 412
        book = (await auditor.get(URL)).json()
        assert (book["totals"]["cpd_minutes"], book["totals"]["cpd_by_kind"]["forum"]) == (60, 60)
        assert (await auditor.delete(entry, headers={"If-Match": "2"})).status_code == 204
        assert (await auditor.get(URL)).json()["cpd"] == []

    async def test_what_is_still_to_come_is_not_entered(self, as_role):
        tomorrow = (clock.today() + dt.timedelta(1)).isoformat()
        answer = await (await as_role("auditor")).post(f"{URL}/cpd", json=CPD | {"done_on": tomorrow})
        assert answer.json()["errors"][0]["pointer"] == "/body/done_on"

    async def test_what_lies_a_century_back_is_a_slip(self, as_role):
        answer = await (await as_role("auditor")).post(f"{URL}/cpd", json=CPD | {"done_on": "1900-01-01"})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/body/done_on")

    async def test_a_manager_sees_others_and_an_auditor_does_not(self, as_role, world, signed):
        await signed([[]])
        person = world.people["auditor"].person_id
        manager = await as_role("manager")
        assert (await manager.get(f"/api/v1/logbooks/{person}")).json()["totals"]["episodes"] == 1
        rows = {r["name"]: r for r in (await manager.get("/api/v1/logbooks")).json()["items"]}
        assert rows["Demo auditor"]["episodes"] == 1
        assert rows["Demo trainer"]["episodes"] == 0
        assert (await (await as_role("auditor")).get(f"/api/v1/logbooks/{person}")).status_code == 403
        assert (await (await as_role("other_manager")).get(f"/api/v1/logbooks/{person}")).status_code == 404

    async def test_is_exported_with_hours_and_no_formula(self, as_role, signed):
        await signed([[]])
        auditor = await as_role("auditor")
        await auditor.post(f"{URL}/cpd", json=CPD | {"title": "=HYPERLINK(1)"})
        answer = await auditor.get(f"{URL}/file")
        assert answer.headers["content-type"].startswith("text/csv")
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        by = {r[0]: r for r in rows if r}
        assert by["Audit"][9] == "0:12"
        assert by["CPD"][4] == "'=HYPERLINK(1)"
        assert by["Total CPD hours"][1] == "1:30"


class TestPrinting:
    async def test_is_printed_as_a_tagged_pdf_with_a_place_to_sign(self, as_role, signed, world):
        """The words of the paper are those of the document; the file is what a reader can open."""
        await signed([[]])
        auditor = await as_role("auditor")
        await auditor.post(f"{URL}/cpd", json=CPD)
        made = await auditor.get(f"{URL}/file.pdf")
        assert (made.status_code, made.headers["content-type"]) == (200, "application/pdf")
        assert made.content.startswith(b"%PDF-")
        assert "attachment" in made.headers["content-disposition"]
        person = world.people["auditor"].person_id
        manager = await as_role("manager")
        assert (await manager.get(f"/api/v1/logbooks/{person}/file.pdf")).content.startswith(b"%PDF-")
        assert (await auditor.get(f"/api/v1/logbooks/{person}/file.pdf")).status_code == 403
        assert (await (await as_role("coder")).get(f"{URL}/file.pdf")).status_code == 403

    async def test_says_what_the_logbook_says(self, as_role, signed):
        await signed([[]])
        auditor = await as_role("auditor")
        await auditor.post(f"{URL}/cpd", json=CPD)
        book = LogbookOut.model_validate((await auditor.get(URL)).json()).model_dump()
        paper = logbook(book, "A Trust", clock.now())
        said = paper.model_dump_json()
        for words in ("Demo auditor", "Approved clinical coding auditor", "Auditors' forum", "0:12", "1:30", "Signed:"):
            assert words in said, words


class TestSafeCell:
    @given(st.text())
    def test_no_cell_begins_as_a_formula_does(self, value):
        cell = safe_cell(value)
        assert cell[:1] not in {"=", "+", "-", "@", "\t", "\r", "|"}
        assert cell.endswith(value)
