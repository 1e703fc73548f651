"""Reports over HTTP: who may have them, what they say, and what they never say."""

import re
from io import BytesIO

import openpyxl
import pytest
from docx import Document as read_docx
from pypdf import PdfReader
from sqlalchemy import text

from audits.decided import decide
from codewell.audits.reads.results import results_of
from codewell.audits.service.replies import send_findings
from codewell.episodes.service import hide_codes
from codewell.identity.rules import ROLE_PERMISSIONS, Role
from codewell.identity.rules import Permission as P
from codewell.kit.ids import uuid7

API = "/api/v1/audits"
SHARES = ("E109", "I10"), ("I214", "I10", "E109"), ("J189",)


@pytest.fixture
def report(database, world, drawn_audit, items_of):
    """``await report()``: an audit of eight episodes by two coders, all decided, and sent unless told otherwise."""

    async def make(*, sent=True, size=8, done=None, **changes):
        audit_id = await drawn_audit(episodes=12, size=size, **changes)
        items = await items_of(audit_id)
        async with database.transaction() as session:
            for i, item in enumerate(items[:done]):
                codes = list(item.frozen["diagnoses"])
                ours = [*codes, "N390"] if i % 2 else codes[:1]
                await decide(session, world, item, ours, attribution="non_coder" if i == 1 else "coder")
        if sent:
            async with database.transaction() as session:
                await send_findings(session, world.actor("auditor"), audit_id)
        return audit_id

    return make


async def get(http, path, status=200):
    answer = await http.get(f"{API}/{path}")
    assert answer.status_code == status, answer.text
    return answer


def words_of_pdf(body):
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages))


def words_of_docx(body):
    made = read_docx(BytesIO(body))
    cells = [c.text for t in made.tables for r in t.rows for c in r.cells]
    return " ".join([*(p.text for p in made.paragraphs), *cells])


def words_of_xlsx(body):
    book = openpyxl.load_workbook(BytesIO(body))
    return " ".join(str(c.value) for s in book for row in s.iter_rows() for c in row if c.value is not None)


READ = {"pdf": words_of_pdf, "docx": words_of_docx, "xlsx": words_of_xlsx}


class TestSeeReport:
    async def test_other_trusts_see_nothing(self, as_role, report):
        audit_id = await report()
        await get(await as_role("other_manager"), f"{audit_id}/report", 404)

    async def test_coders_do_not_see_the_boards_report(self, as_role, report):
        audit_id = await report()
        await get(await as_role("coder"), f"{audit_id}/report", 403)
        await get(await as_role("coder"), f"{audit_id}/report.pdf", 403)

    async def test_every_block_has_a_draft_made_from_the_figures(self, as_role, report):
        audit_id = await report()
        found = (await get(await as_role("auditor"), f"{audit_id}/report")).json()
        assert found["version"] == 0
        assert all(b["draft"] and b["text"] == b["draft"] and not b["edited"] for b in found["blocks"])
        assert [b["key"] for b in found["blocks"]] == [
            s["block"] for s in found["document"]["sections"] if s["block"] is not None
        ]
        assert found["status"] == "DRAFT"
        assert found["can"] == {"edit": True, "keep": True}

    async def test_an_audit_that_is_only_set_up_has_a_report_that_says_so(self, as_role, new_audit, qualify):
        await qualify("auditor")
        audit = await new_audit()
        found = (await get(await as_role("auditor"), f"{audit.audit_id}/report")).json()
        assert "No episode of this audit has been audited yet." in found["blocks"][0]["text"]
        for form in READ:
            await get(await as_role("auditor"), f"{audit.audit_id}/report.{form}")


class TestEdit:
    async def put(self, http, audit_id, version, status=200, **texts):
        body = {"blocks": [{"key": k, "text": t} for k, t in texts.items()]}
        answer = await http.put(f"{API}/{audit_id}/report/blocks", json=body, headers={"If-Match": f'"{version}"'})
        assert answer.status_code == status, answer.text
        return answer.json()

    async def test_managers_read_and_do_not_edit(self, as_role, report):
        audit_id = await report()
        manager = await as_role("manager")
        await self.put(manager, audit_id, 0, 403, conclusions="No.")
        assert (await get(manager, f"{audit_id}/report")).json()["can"]["edit"] != True  # noqa: E712

    async def test_each_save_is_a_version_and_the_files_say_what_was_written(self, as_role, report):
        audit_id = await report()
        auditor = await as_role("auditor")
        saved = await self.put(auditor, audit_id, 0, conclusions="Coding is sound.\n\n- Keep it so.")
        assert saved["version"] == 1
        block = next(b for b in saved["blocks"] if b["key"] == "conclusions")
        assert block["edited"]
        assert not block["figures_changed"]
        saved = await self.put(auditor, audit_id, 1, background="It began in May.")
        assert saved["version"] == 2
        versions = (await get(auditor, f"{audit_id}/report/versions")).json()["items"]
        assert [(v["version"], v["edited"]) for v in versions] == [
            (2, ["background", "conclusions"]), (1, ["conclusions"]),
        ]  # fmt: skip
        for form, read in READ.items():
            said = read((await get(auditor, f"{audit_id}/report.{form}")).content)
            assert "Coding is sound." in said, form
            assert "Keep it so." in said, form
        first = (await get(auditor, f"{audit_id}/report/versions/1")).json()
        assert [b["text"] for b in first["blocks"]] == ["Coding is sound.\n\n- Keep it so."]

    async def test_the_draft_can_be_taken_again(self, as_role, report):
        audit_id = await report()
        auditor = await as_role("auditor")
        await self.put(auditor, audit_id, 0, conclusions="Mine.")
        saved = await self.put(auditor, audit_id, 1, conclusions=None)
        block = next(b for b in saved["blocks"] if b["key"] == "conclusions")
        assert (block["edited"], block["text"]) == (False, block["draft"])

    async def test_a_block_says_when_the_figures_have_changed_since(self, as_role, report, database, world, items_of):
        audit_id = await report(sent=False, done=4)
        auditor = await as_role("auditor")
        await self.put(auditor, audit_id, 0, executive_summary="Mine.", aims="Mine too.")
        async with database.transaction() as session:
            await decide(session, world, (await items_of(audit_id))[4], ["N390"])
        blocks = {b["key"]: b for b in (await get(auditor, f"{audit_id}/report")).json()["blocks"]}
        assert blocks["executive_summary"]["figures_changed"]
        assert blocks["executive_summary"]["text"] == "Mine."
        assert not blocks["aims"]["figures_changed"]

    async def test_what_changed_meanwhile_is_not_overwritten(self, as_role, report):
        audit_id = await report()
        auditor = await as_role("auditor")
        await self.put(auditor, audit_id, 0, conclusions="One.")
        refused = await self.put(auditor, audit_id, 0, 412, conclusions="Two.")
        assert refused["current_version"] == 1

    async def test_unknown_and_doubled_blocks_are_refused(self, as_role, report):
        audit_id = await report()
        auditor = await as_role("auditor")
        refused = await self.put(auditor, audit_id, 0, 422, nonsense="One.")
        assert refused["errors"][0]["pointer"] == "/body/blocks/0/key"
        body = {"blocks": [{"key": "aims", "text": "a"}, {"key": "aims", "text": "b"}]}
        answer = await auditor.put(f"{API}/{audit_id}/report/blocks", json=body, headers={"If-Match": '"0"'})
        assert answer.json()["errors"][0]["pointer"] == "/body/blocks/1/key"

    @pytest.mark.parametrize("what", ["coder", "nhs_number", "local_id", "spell"])
    async def test_coders_and_patients_are_not_written_into_a_report(
        self, as_role, report, database, world, items_of, what
    ):
        audit_id = await report()
        item = (await items_of(audit_id))[0]
        async with database.transaction() as session:
            row = (
                await session.execute(
                    text("""select k.spell_number, p.local_patient_id from episode_key k
                        join spell s on s.provider = k.provider and s.spell_number = k.spell_number
                        join patient p on p.provider = s.provider and p.patient_id = s.patient_id
                        where k.provider = 'RXX' and k.episode_id = :id"""),
                    {"id": item.episode_id},
                )
            ).one()
        name = {
            "coder": "demo CODER", "nhs_number": "999 000 0018", "local_id": row.local_patient_id,
            "spell": row.spell_number,
        }[what]  # fmt: skip
        auditor = await as_role("auditor")
        refused = await self.put(auditor, audit_id, 0, 422, aims="Fine.", conclusions=f"Errors of {name} were many.")
        assert refused["errors"][0]["pointer"] == "/body/blocks/1/text"
        assert name not in str(refused)


class TestKeep:
    async def keep(self, http, audit_id, name="As sent to the board", status=201, **headers):
        answer = await http.post(f"{API}/{audit_id}/report/versions", json={"name": name}, headers=headers)
        assert answer.status_code == status, answer.text
        return answer

    async def test_a_kept_version_is_made_again_just_as_it_was(self, as_role, report):
        audit_id = await report()
        auditor = await as_role("auditor")
        kept = (await self.keep(auditor, audit_id)).json()
        assert (kept["version"], kept["name"]) == (1, "As sent to the board")
        before = (await get(auditor, f"{audit_id}/report.pdf?version=1")).content
        await TestEdit().put(auditor, audit_id, 1, conclusions="Something else altogether.")
        again = (await get(auditor, f"{audit_id}/report.pdf?version=1")).content
        assert words_of_pdf(before) == words_of_pdf(again)
        assert "Something else" in words_of_pdf((await get(auditor, f"{audit_id}/report.pdf")).content)

    async def test_a_save_that_was_not_kept_cannot_be_made_again(self, as_role, report):
        audit_id = await report()
        auditor = await as_role("auditor")
        await TestEdit().put(auditor, audit_id, 0, conclusions="One.")
        await get(auditor, f"{audit_id}/report.pdf?version=1", 404)

    async def test_keeping_twice_with_one_key_keeps_once(self, as_role, report):
        audit_id = await report()
        auditor = await as_role("auditor")
        first = await self.keep(auditor, audit_id, **{"Idempotency-Key": "k1"})
        again = await self.keep(auditor, audit_id, **{"Idempotency-Key": "k1"})
        assert first.json() == again.json()
        assert len((await get(auditor, f"{audit_id}/report/versions")).json()["items"]) == 1

    async def test_nothing_is_kept_while_somebody_still_codes_blind(self, as_role, report):
        audit_id = await report(sent=False, done=6)
        auditor = await as_role("auditor")
        await self.keep(auditor, audit_id, status=409)
        assert (await get(auditor, f"{audit_id}/report")).json()["can"]["keep"] != True  # noqa: E712


class TestBlindReader:
    async def test_neither_a_kept_version_nor_anothers_words_tell_who_codes_blind(
        self, as_role, report, database, world, items_of
    ):
        audit_id = await report()
        auditor, trainer = await as_role("auditor"), await as_role("trainer")
        await TestEdit().put(auditor, audit_id, 0, conclusions="Episode 1 has E109 and not E119.")
        await TestKeep().keep(auditor, audit_id)
        await get(trainer, f"{audit_id}/report.pdf?version=2")
        item = (await items_of(audit_id))[0]
        async with database.transaction() as session:
            await hide_codes(
                session, world.system, people=[world.people["trainer"].person_id], episodes=[item.episode_id],
                because=uuid7(),
            )  # fmt: skip
        for form in READ:
            refused = (await get(trainer, f"{audit_id}/report.{form}?version=2", 403)).json()
            assert refused["type"] == "/problems/codes-hidden"
        assert "E109 and not" not in (await get(trainer, f"{audit_id}/report")).text
        assert "E109 and not" not in (await get(trainer, f"{audit_id}/report/versions/2")).text
        block = next(
            b for b in (await get(trainer, f"{audit_id}/report")).json()["blocks"] if b["key"] == "conclusions"
        )
        assert (block["edited"], block["text"]) == (False, block["draft"])
        await get(auditor, f"{audit_id}/report.pdf?version=2")
        assert "E109 and not" in (await get(auditor, f"{audit_id}/report")).text


class TestFiles:
    async def test_all_three_say_what_the_results_say(self, as_role, report, database, world):
        audit_id = await report()
        async with database.transaction() as session:
            found = await results_of(session, world.actor("auditor"), audit_id)
        auditor = await as_role("auditor")
        for form, read in READ.items():
            answer = await get(auditor, f"{audit_id}/report.{form}")
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["content-disposition"].startswith("attachment;")
            assert answer.headers["content-disposition"].endswith(f'-report-DRAFT.{form}"')
            said = read(answer.content)
            assert "DRAFT" in said
            assert found["reference"] in said
            for c in found["headline"]["classes"]:
                share = c["correct"]
                if share["share"] is not None:
                    assert f"{share['low_percent']}% to {share['high_percent']}%" in said, (form, c["label"])
                    if form != "xlsx":
                        assert f"{share['percent']}%" in said

    async def test_the_workbook_holds_the_numbers_of_the_results(self, as_role, report, database, world):
        audit_id = await report()
        async with database.transaction() as session:
            found = await results_of(session, world.actor("auditor"), audit_id)
        body = (await get(await as_role("manager"), f"{audit_id}/report.xlsx")).content
        book = openpyxl.load_workbook(BytesIO(body))
        rows = list(book["By class"].iter_rows(values_only=True))
        heads = list(rows[0])
        for row, c in zip(rows[1:], found["headline"]["classes"], strict=True):
            line = dict(zip(heads, row, strict=True))
            assert (line["Codes of the Trust"], line["Codes of the auditor"], line["Errors counted"]) == (
                c["trust_n"], c["auditor_n"], c["errors"],
            )  # fmt: skip
            share = c["correct"]["share"]
            assert line["Correct, share"] == ("n/a" if share is None else pytest.approx(share))
        assert book["By class"].freeze_panes == "A2"
        positions = list(book["Positions"].iter_rows(values_only=True))[1:]
        assert sum(p[7] == "Yes" for p in positions) == found["totals"]["errors"]

    async def test_nothing_in_them_names_a_coder_or_a_patient(self, as_role, report, database, items_of):
        audit_id = await report()
        async with database.transaction() as session:
            rows = (
                await session.execute(
                    text("""select k.spell_number, p.local_patient_id, p.nhs_number, i.frozen ->> 'coder_ref' as ref,
                            i.frozen ->> 'coder_name' as name, i.episode_id::text as episode_id
                        from audit_item i join episode_key k on k.provider = i.provider and k.episode_id = i.episode_id
                        join spell s on s.provider = k.provider and s.spell_number = k.spell_number
                        join patient p on p.provider = s.provider and p.patient_id = s.patient_id
                        where i.audit_id = :audit_id"""),
                    {"audit_id": audit_id},
                )
            ).all()
        auditor = await as_role("auditor")
        secret = {str(v) for r in rows for v in r if v} | {"Demo coder", "REF-coder"}
        assert len(secret) > 20
        whole = (await get(auditor, f"{audit_id}/report")).json()["document"]
        said = {form: read((await get(auditor, f"{audit_id}/report.{form}")).content) for form, read in READ.items()}
        for form, words in {**said, "page": str(whole)}.items():
            assert {s for s in secret if s in words} == set(), form

    async def test_names_in_the_words_of_the_set_up_are_taken_out(self, as_role, report):
        audit_id = await report(background="Held because Demo coder_2 asked for it; see 999 000 0018.")
        said = words_of_pdf((await get(await as_role("auditor"), f"{audit_id}/report.pdf")).content)
        assert "Held because [removed] asked for it; see [removed]." in said

    async def test_what_is_taken_out_is_told_to_whoever_makes_the_report(self, as_role, report):
        audit_id = await report(title="Audit of Demo coder_2", background="Held because Demo coder_2 asked for it.")
        auditor = await as_role("auditor")
        masked = (await get(auditor, f"{audit_id}/report")).json()["masked"]
        by = {m["title"]: m["texts"] for m in masked}
        assert by["Title"] == ["Audit of [removed]"]
        assert any("[removed] asked for it" in text for text in by["Background"])
        assert "coder_2" not in str(masked)
        assert (await get(auditor, f"{await report()}/report")).json()["masked"] == []

    async def test_who_codes_an_episode_blind_does_not_see_its_codes(self, as_role, report, database, world, items_of):
        audit_id = await report()
        items = await items_of(audit_id)
        trainer = world.people["trainer"]
        async with database.transaction() as session:
            await hide_codes(
                session, world.system, people=[trainer.person_id], episodes=[items[0].episode_id], because=uuid7()
            )
        for name, n in (("auditor", 8), ("trainer", 7)):
            body = (await get(await as_role(name), f"{audit_id}/report.xlsx")).content
            sheet = list(openpyxl.load_workbook(BytesIO(body))["Episodes"].iter_rows(values_only=True))[1:]
            assert len(sheet) == n
            assert (items[0].no in {row[0] for row in sheet}) == (name == "auditor")

    async def test_a_signed_audit_is_stamped_with_its_version_and_digest(self, as_role, report, database, world):
        audit_id = await report(sent=False)
        async with database.transaction() as session:
            await session.execute(text("update audit_item set state = 'settled' where audit_id = :a"), {"a": audit_id})
        auditor = await as_role("auditor")
        version = (await get(auditor, f"{audit_id}/sign-off")).json()["version"]
        signed = await auditor.post(
            f"{API}/{audit_id}/sign",
            json={"statement": "I have audited these episodes by the methodology named."},
            headers={"If-Match": f'"{version}"'},
        )
        assert signed.status_code in {200, 201}, signed.text
        digest = (await get(auditor, f"{audit_id}/signatures")).json()["items"][0]["digest"]
        for form, read in READ.items():
            answer = await get(auditor, f"{audit_id}/report.{form}")
            assert "DRAFT" not in answer.headers["content-disposition"]
            said = read(answer.content).replace("\u200b", "").replace(" ", "")
            assert digest in said, form
            assert "Signed,version1" in said, form
        body = (await get(await as_role("manager"), f"{audit_id}/report.xlsx")).content
        assert openpyxl.load_workbook(BytesIO(body))["Episodes"].max_row == 9


class TestFeedback:
    async def test_the_coder_the_auditor_and_the_manager_have_it(self, as_role, report, world):
        audit_id = await report()
        coder = world.people["coder"].person_id
        for name in ("coder", "auditor", "manager"):
            said = words_of_pdf((await get(await as_role(name), f"{audit_id}/feedback/{coder}.pdf")).content)
            assert "Feedback for Demo coder" in said
            assert "coder_2" not in said

    @pytest.mark.parametrize("name", ["coder_2", "trainer", "trainee"])
    async def test_nobody_else_does(self, as_role, report, world, name):
        audit_id = await report()
        coder = world.people["coder"].person_id
        await get(await as_role(name), f"{audit_id}/feedback/{coder}.pdf", 404)

    async def test_anybodys_takes_a_word_of_its_own(self, as_role, report, world, monkeypatch):
        """Who answers recommendations has not for that everybody's findings."""
        held = dict(ROLE_PERMISSIONS)
        assert [r for r in Role if P.feedback_see_any in held[r]] == [Role.manager]
        audit_id = await report()
        manager, coder = await as_role("manager"), world.people["coder"].person_id
        monkeypatch.setitem(ROLE_PERMISSIONS, Role.manager, held[Role.manager] - {P.feedback_see_any})
        await get(manager, f"{audit_id}/feedback/{coder}.pdf", 404)

    async def test_there_is_none_before_findings_are_sent(self, as_role, report, world):
        audit_id = await report(sent=False)
        coder = world.people["coder"].person_id
        await get(await as_role("coder"), f"{audit_id}/feedback/{coder}.pdf", 409)

    async def test_there_is_none_for_whom_nothing_was_audited(self, as_role, report, world):
        audit_id = await report()
        await get(await as_role("manager"), f"{audit_id}/feedback/{world.people['trainee'].person_id}.pdf", 404)

    async def test_the_report_lists_the_sheets(self, as_role, report):
        audit_id = await report()
        found = (await get(await as_role("auditor"), f"{audit_id}/report")).json()["sheets"]
        assert [(s["name"], s["can_open"]) for s in found] == [("Demo coder", True), ("Demo coder_2", True)]
        found = (await get(await as_role("trainer"), f"{audit_id}/report")).json()["sheets"]
        assert all(s["can_open"] != True for s in found)  # noqa: E712


class TestSummary:
    async def test_it_is_one_page_and_names_no_coder(self, as_role, report):
        audit_id = await report()
        http = await as_role("manager")
        summaries = (await get(http, f"{audit_id}/report")).json()["summaries"]
        assert [s["specialty"] for s in summaries] == ["300"]
        body = (await get(http, f"{audit_id}/summary.pdf?specialty=300")).content
        assert len(PdfReader(BytesIO(body)).pages) == 1
        said = words_of_pdf(body)
        assert "What would help" in said
        assert "Demo coder" not in said

    async def test_a_specialty_that_was_not_audited_has_none(self, as_role, report):
        audit_id = await report()
        await get(await as_role("manager"), f"{audit_id}/summary.pdf?specialty=999", 404)
