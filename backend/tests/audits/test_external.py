"""External audits: their file, its findings answered, and their signing."""

import datetime as dt

import pytest
from sqlalchemy import text

from codewell.audits.external import TEMPLATE, read
from codewell.audits.profiles import Methodology, ProfileKind, shipped
from codewell.kit import clock
from coding.conftest import lines, message

NEUTRAL = Methodology.model_validate(next(p for p in shipped() if p.kind is ProfileKind.methodology).body)


class TestReadingTheFile:
    def test_the_example_reads_without_a_fault(self):
        got = read(TEMPLATE, NEUTRAL)
        assert got.faults == []
        assert (got.rows, len(got.episodes)) == (4, 3)

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            (",1,SD,,E119", "spell_number"),
            ("S1,x,SD,,E119", "episode_number"),
            ("S1,1,third,,E119", "code_class"),
            ("S1,1,SD,,", "trust_code"),
            ("S1,1,SD,,??", "external_code"),
            ("S1,1,SD,E119,E119", "error_type"),
            ("S1,1,SD,,E119,not_required", "error_type"),
            ("S1,1,SD,,E119,omitted,nobody", "attribution"),
            ("S1,1,SD,,E119,omitted,coder,,,FD02B,", "hrg_after"),
            ("S1,1,SD,,E119,omitted,coder,,,x,FD02B", "hrg_before"),
        ],
    )
    def test_a_bad_row_is_named_by_row_and_column_and_never_repeated(self, row, column):
        head = "spell_number,episode_number,code_class,trust_code,external_code,error_type,attribution,comment,standard,hrg_before,hrg_after"
        (fault,) = read(f"{head}\n{row}\n", NEUTRAL).faults
        assert (fault.row, fault.column) == (2, column)
        assert "??" not in fault.reason

    @pytest.mark.parametrize("text_", ["", "a,b\n1,2\n", TEMPLATE.split("\r\n")[0], 'spell_number\n"'])
    def test_what_is_no_such_file_says_so(self, text_):
        assert read(text_, NEUTRAL).faults

    def test_semicolons_and_the_first_line_of_excel_are_understood(self):
        got = read("\ufeff" + TEMPLATE.replace("|", "/").replace(",", ";"), NEUTRAL)
        assert got.faults == []


class TestExternal:
    HEAD = "spell_number,episode_number,code_class,trust_code,external_code,error_type,attribution,comment,standard,hrg_before,hrg_after\n"

    @pytest.fixture
    async def coded(self, as_role):
        """Two coded episodes by the coder: their spell numbers."""
        pas = await as_role("intake")
        items = []
        for codes in (("I214", "I10"), ("J189", "J449")):
            item = message()
            item["coding"] = {
                "diagnoses": lines(*codes), "procedures": [], "source": "encoder", "coder_ref": "REF-coder",
                "coded_at": (clock.now() - dt.timedelta(hours=30)).isoformat().replace("+00:00", "Z"),
            }  # fmt: skip
            items.append(item)
        answer = await pas.post("/api/v1/intake/episodes", json={"items": items})
        assert answer.status_code == 207, answer.text
        return [i["spell_number"] for i in items]

    @pytest.fixture
    async def external(self, qualify, new_audit):
        await qualify("auditor")
        audit = await new_audit(kind="external", mode="review", commissioned_by="The ICB")
        return audit.audit_id

    @pytest.fixture
    async def send(self, as_role):
        async def do(audit_id, csv, *, preview=False, who="auditor"):
            path = f"/api/v1/audits/{audit_id}/external-findings{'/preview' if preview else ''}"
            return await (await as_role(who)).post(path, json={"external_auditor": "Audit Partners", "csv": csv})

        return do

    def rows(self, coded, *rows):
        return self.HEAD + "".join(f"{coded[at]},1,{rest}\n" for at, rest in rows)

    async def test_findings_come_in_are_answered_concluded_and_signed(
        self, as_role, external, coded, send, sign, items_of
    ):
        csv = self.rows(
            coded,
            (0, "SD,,E119,omitted,coder,Diabetes,DGCS.3,FD02B,FD02A"),
            (0, "PD,I214,I219,X9,,,,FD02B,FD02A"),
            (0, "SD,I10,,,coder,,DGCS.3,,"),
            (1, ",,,,,,,,"),
        )
        seen = (await send(external, csv, preview=True)).json()
        assert (seen["episodes"], seen["findings"], seen["without_error"], seen["fault_count"]) == (2, 3, 1, 0)
        assert seen["own_keys"] == ["X9"]
        answer = await send(external, csv)
        assert answer.status_code == 200, answer.text
        auditor = await as_role("auditor")
        found = (await auditor.get(f"/api/v1/audits/{external}/external-findings")).json()["items"]
        assert [(f["code_class"], f["said"]["error_type"], f["said"]["key"]) for f in found] == [
            ("primary_diagnosis", "wrong_char_4", "X9"),
            ("secondary_diagnosis", "not_required", None),
            ("secondary_diagnosis", "omitted", None),
        ]
        primary, not_required, omitted = found
        item_id = primary["item_id"]
        version = 1

        async def post(path, body):
            nonlocal version
            done = await auditor.post(
                f"/api/v1/audit-items/{item_id}/{path}", json=body, headers={"If-Match": f'"{version}"'}
            )
            version += done.status_code == 200
            return done

        lacking = await post("external-decisions", {"decisions": [{"no": primary["no"], "act": "accept"}]})
        assert lacking.json()["type"] == "/problems/finding-incomplete"
        finding = {"error_type": "wrong_char_4", "attribution": "coder", "standards": ["ICD-10 tabular"]}
        decisions = [
            {"no": primary["no"], "act": "accept", "finding": finding},
            {"no": not_required["no"], "act": "accept"},
            {"no": omitted["no"], "act": "challenge", "comment": "Not in the record."},
        ]
        assert (await post("external-decisions", {"decisions": decisions})).status_code == 200
        assert [o["what"] for o in (await sign(external)).json()["open"]] == ["in_hand", "external_open"]
        figures = await post("external-outcome", {"no": omitted["no"], "outcome": "withdrawn", "comment": "By e-mail."})
        assert figures.json()["stages"]["withdrawn"] == 1
        said, agreed = figures.json()["said"], figures.json()["agreed"]
        assert (said[1]["errors"], agreed[1]["errors"]) == (1, 0)
        assert (said[0]["errors"], agreed[0]["errors"]) == (1, 1)
        assert [i.state for i in await items_of(external)] == ["settled", "settled"]
        assert (await sign(external)).status_code == 200
        signed = (await auditor.get(f"/api/v1/audits/{external}/signatures/1")).json()["content"]
        assert signed["grouped"][0]["hrg_after"] == "FD02A"
        assert any(p["external"] and p["external"]["stage"] == "withdrawn" for p in signed["positions"])

    async def test_one_signed_before_it_had_a_mode_of_its_own_is_not_corrected_by_that(
        self, as_role, database, external, coded, send, sign, correct
    ):
        assert (await send(external, self.rows(coded, (0, ",,,,,,,,")))).status_code == 200
        async with database.transaction() as session:
            await session.execute(text("update audit set mode = 'blind'"))
        assert (await sign(external)).json()["signed_version"] == 1
        async with database.transaction() as session:
            await session.execute(text("update audit set mode = 'external'"))
        version = (await correct(external)).json()["version"]
        answer = await sign(external)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/nothing-corrected")
        closed = await (await as_role("auditor")).post(
            f"/api/v1/audits/{external}/close-correction", headers={"If-Match": f'"{version}"'}
        )
        assert closed.status_code == 200, closed.text

    async def test_a_file_with_a_fault_brings_nothing_at_all(self, external, coded, send, items_of):
        csv = self.rows(coded, (0, "SD,,E119,omitted"), (1, "SD,Z999,,,")) + "NONE,1,SD,,E119\n"
        answer = await send(external, csv)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/import-faults")
        assert [(f["row"], f["column"]) for f in answer.json()["faults"]] == [(3, "trust_code"), (4, "spell_number")]
        assert "NONE" not in answer.text
        assert await items_of(external) == []

    async def test_our_code_further_down_is_a_wrong_place(self, as_role, external, coded, send):
        await send(external, self.rows(coded, (0, "PD,I214,I10,sequence,coder,,DGCS.1")))
        (found,) = (await (await as_role("auditor")).get(f"/api/v1/audits/{external}/external-findings")).json()[
            "items"
        ]
        assert (found["said"]["error_type"], found["trust"]["code"], found["external"]["code"]) == (
            "sequence",
            "I10",
            "I10",
        )

    async def test_an_episode_comes_in_once(self, external, coded, send):
        csv = self.rows(coded, (0, "SD,,E119,omitted"))
        assert (await send(external, csv)).status_code == 200
        answer = await send(external, csv)
        assert answer.json()["faults"][0]["reason"] == "the episode is in this audit already"

    async def test_only_an_external_audit_takes_a_file_and_only_from_its_auditors(
        self, qualify, new_audit, external, coded, send, second_auditor
    ):
        csv = self.rows(coded, (0, "SD,,E119,omitted"))
        assert (await send(external, csv, who="auditor_2")).status_code == 403
        audit = await new_audit()
        assert (await send(audit.audit_id, csv)).json()["type"] == "/problems/not-external"

    async def test_nobody_answers_for_their_own_coding(self, as_role, database, world, external, coded, send, items_of):
        await send(external, self.rows(coded, (0, "SD,,E119,omitted,coder,,DGCS.3")))
        (item,) = await items_of(external)
        async with database.transaction() as session:
            await session.execute(
                text("update audit_item set coder_id = :me"), {"me": world.people["auditor"].person_id}
            )
        answer = await (await as_role("auditor")).post(
            f"/api/v1/audit-items/{item.item_id}/external-decisions",
            json={"decisions": [{"no": 2, "act": "accept"}]},
            headers={"If-Match": '"1"'},
        )
        assert answer.json()["type"] == "/problems/own-coding"

    async def test_the_example_is_a_file(self, as_role):
        answer = await (await as_role("auditor")).get("/api/v1/external-findings/template")
        assert answer.text == TEMPLATE
        assert answer.headers["content-type"].startswith("text/csv")
