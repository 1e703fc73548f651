"""Signing an audit, what was signed, and correcting it."""

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from codewell.audits.reads import signed as signed_reads
from codewell.audits.reads.signoff import digest_of
from codewell.episodes import service as episodes
from codewell.kit import clock
from codewell.kit.ids import uuid7


class TestSigning:
    async def test_all_that_was_settled_is_signed_and_the_digest_holds(self, as_role, database, decided, sign):
        audit_id = await decided()
        answer = await sign(audit_id)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["state"], answer.json()["signed_version"]) == ("signed", 1)
        auditor = await as_role("auditor")
        signed = (await auditor.get(f"/api/v1/audits/{audit_id}/signatures/1")).json()
        assert signed["digest_holds"] is True
        assert len(signed["digest"]) == 64
        content = signed["content"]
        assert digest_of(content) == signed["digest"]
        assert len(content["items"]) == 2
        assert content["auditors"][0]["on_the_day"]["kind"] == "approved_auditor"
        assert content["profiles"]["methodology"]["version"] == 1
        assert content["draws"][0]["frame_hash"]
        assert content["results"]["headline"]["classes"][1]["omitted"] == 2
        results = (await auditor.get(f"/api/v1/audits/{audit_id}/results")).json()
        assert results["headline"]["classes"][1]["omitted"] == 2

    async def test_another_content_does_not_hold(self, as_role, database, decided, sign):
        audit_id = await decided(size=1)
        await sign(audit_id)
        async with database.transaction() as session:
            content = await session.scalar(text("select content from audit_signature"))
        content["items"][0]["minutes"] = 99
        async with database.transaction() as session:
            assert digest_of(content) != await session.scalar(text("select digest from audit_signature"))

    async def test_what_is_open_is_named_and_counted(self, as_role, decided, sign):
        audit_id = await decided(attribution="coder")
        answer = await sign(audit_id)
        assert answer.status_code == 409
        assert answer.json()["open"] == [
            {"what": "with_coder", "words": "episodes' findings are still under discussion", "count": 2}
        ]

    @pytest.mark.parametrize(
        ("sql", "what"),
        [
            ("attribution = 'undetermined'", "undetermined"),
            ("decision = 'open'", "undecided"),
            ("attribution = 'coder', standards = '{}'", "no_standard"),
            ("attribution = 'coder', standards = '{QRD 7}'", "only_query_resolution"),
            ("attribution = 'non_coder', standards = '{QRD 7}'", "only_query_resolution"),
        ],
    )
    async def test_an_error_that_says_too_little_is_not_signed(self, database, decided, sign, sql, what):
        audit_id = await decided(size=1)
        async with database.transaction() as session:
            await session.execute(text(f"update audit_position set {sql} where final_type is not null"))
        answer = await sign(audit_id)
        assert answer.status_code == 409
        assert [(o["what"], o["count"]) for o in answer.json()["open"]] == [(what, 1)]

    async def test_episodes_that_are_not_audited_stand_in_the_way(self, drawn_audit, sign):
        audit_id = await drawn_audit(episodes=2, size=2)
        answer = await sign(audit_id)
        assert [(o["what"], o["count"]) for o in answer.json()["open"]] == [("to_audit", 2)]

    async def test_another_auditor_and_a_manager_do_not_sign(self, decided, sign, second_auditor):
        audit_id = await decided(size=1)
        assert (await sign(audit_id, who="auditor_2")).status_code == 403
        assert (await sign(audit_id, who="manager")).status_code == 403

    async def test_an_expired_auditor_does_not_sign(self, database, decided, sign):
        audit_id = await decided(size=1)
        async with database.transaction() as session:
            await session.execute(text("update auditor_qualification set expires_on = date '2021-01-01'"))
        answer = await sign(audit_id)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-qualified")

    async def test_stale_and_twice_are_refused(self, decided, sign):
        audit_id = await decided(size=1)
        assert (await sign(audit_id, version=99)).status_code == 412
        assert (await sign(audit_id)).status_code == 200
        answer = await sign(audit_id)
        assert (answer.status_code, answer.json()["state"]) == (409, "signed")


class TestSigned:
    @pytest.mark.parametrize(
        "sql",
        [
            "update audit_position set comment = 'other'",
            "delete from audit_position",
            "update audit_item set comment = 'other'",
            "delete from audit_item",
            "update audit_member set name = 'other'",
            "delete from audit_member",
            """insert into audit_grouping (provider, item_id, audit_id, grouper, hrg_before, hrg_after, loaded_at,
                   loaded_by_name)
               select provider, item_id, audit_id, 'G', 'DZ11K', 'DZ11K', now(), 'x' from audit_item""",
        ],
    )
    async def test_the_database_lets_nothing_of_it_be_changed(self, database, decided, sign, sql):
        audit_id = await decided(size=1)
        assert (await sign(audit_id)).status_code == 200
        with pytest.raises(IntegrityError, match="the audit is signed"):
            async with database.transaction() as session:
                await session.execute(text(sql))

    async def test_a_signed_version_says_nothing_of_an_episode_hidden_for_another_audit(
        self, as_role, database, world, decided, sign, items_of
    ):
        audit_id = await decided(attribution="coder")
        hidden, shown = await items_of(audit_id)
        coder = await as_role("coder")
        for item in (hidden, shown):
            found = (await coder.get(f"/api/v1/findings/{item.item_id}")).json()
            replies = [{"no": f["no"], "act": "agree"} for f in found["findings"]]
            await coder.post(
                f"/api/v1/findings/{item.item_id}/replies",
                json={"replies": replies}, headers={"If-Match": f'"{found["version"]}"'},
            )  # fmt: skip
        lines = f"item,hrg_before,hrg_after\n{hidden.no},DZ11K,DZ11N\n{shown.no},AA01A,AA01A\n"
        auditor = await as_role("auditor")
        loaded = await auditor.post(f"/api/v1/audits/{audit_id}/grouping", json={"grouper": "A grouper", "csv": lines})
        assert loaded.json()["loaded"] == 2, loaded.text
        assert (await sign(audit_id)).status_code == 200
        async with database.transaction() as session:
            await episodes.hide_codes(
                session, world.system, people=[world.people["auditor"].person_id], episodes=[hidden.episode_id],
                because=uuid7(),
            )  # fmt: skip
        signed = (await auditor.get(f"/api/v1/audits/{audit_id}/signatures/1")).json()
        assert signed["left_out"] == 1
        for name in ("items", "positions", "said", "grouped"):
            assert {row["item_id"] for row in signed["content"][name]} == {str(shown.item_id)}, name

    async def test_nor_do_the_verbs(self, as_role, decided, sign, items_of):
        audit_id = await decided(size=1)
        await sign(audit_id)
        answer = await (await as_role("auditor")).post(f"/api/v1/audits/{audit_id}/send-findings", json={})
        assert (answer.status_code, answer.json()["state"]) == (409, "signed")

    @pytest.mark.parametrize("sql", ["update audit_signature set statement = 'x'", "delete from audit_signature"])
    async def test_nor_is_the_signature(self, database, decided, sign, sql):
        from sqlalchemy.exc import ProgrammingError

        await sign(await decided(size=1))
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with database.transaction() as session:
                await session.execute(text(sql))


class TestCorrecting:
    async def test_a_correction_is_a_new_version_with_its_reason_and_says_what_it_changed(
        self, as_role, database, world, decided, sign, correct, items_of
    ):
        audit_id = await decided()
        await sign(audit_id)
        first = (await items_of(audit_id))[0]
        answer = await correct(audit_id, [first.item_id])
        assert answer.status_code == 200, answer.text
        assert (answer.json()["state"], answer.json()["correction_reason"]) == ("correcting", "A note came.")
        assert [(o["what"], o["count"]) for o in answer.json()["open"]] == [("in_hand", 1)]
        async with database.transaction() as session:
            await session.execute(
                text("""update audit_position set final_type = null, decision = 'rejected', decided_at = now()
                        where item_id = :id and final_type is not null"""),
                {"id": first.item_id},
            )
            await session.execute(
                text("update audit_item set state = 'decided' where item_id = :id"), {"id": first.item_id}
            )
        auditor = await as_role("auditor")
        assert (await auditor.post(f"/api/v1/audits/{audit_id}/send-findings", json={})).status_code == 200
        answer = await sign(audit_id)
        assert answer.json()["signed_version"] == 2
        versions = (await auditor.get(f"/api/v1/audits/{audit_id}/signatures")).json()["items"]
        assert [(v["version"], v["reason"]) for v in versions] == [(2, "A note came."), (1, "")]
        changes = (await auditor.get(f"/api/v1/audits/{audit_id}/signatures/2/changes")).json()
        figures = {(c["code_class"], c["figure"]): (c["was"], c["now"]) for c in changes["figures"]}
        assert figures["secondary_diagnosis", "errors"] == (2, 1)
        (finding,) = changes["findings"]
        assert (finding["no"], finding["was"]["final_type"], finding["now"]["final_type"]) == (
            first.no,
            "omitted",
            None,
        )
        old = (await auditor.get(f"/api/v1/audits/{audit_id}/signatures/1")).json()
        assert old["content"]["results"]["headline"]["classes"][1]["omitted"] == 2

    async def test_a_finding_decided_anew_goes_to_its_coder_again(
        self, as_role, database, decided, sign, correct, items_of
    ):
        audit_id = await decided(size=1, attribution="coder")
        (item,) = await items_of(audit_id)
        coder = await as_role("coder")
        found = (await coder.get(f"/api/v1/findings/{item.item_id}")).json()
        no = found["findings"][0]["no"]
        body = {"replies": [{"no": no, "act": "agree"}]}
        await coder.post(
            f"/api/v1/findings/{item.item_id}/replies", json=body, headers={"If-Match": f'"{found["version"]}"'}
        )
        assert (await sign(audit_id)).status_code == 200
        await correct(audit_id, [item.item_id])
        later = clock.now() + dt.timedelta(minutes=5)
        async with database.transaction() as session:
            await session.execute(
                text("update audit_position set decided_at = :at where final_type is not null"), {"at": later}
            )
            await session.execute(text("update audit_item set state = 'decided'"))
        answer = await (await as_role("auditor")).post(f"/api/v1/audits/{audit_id}/send-findings", json={})
        assert answer.json()["findings"] == 1
        again = (await coder.get(f"/api/v1/findings/{item.item_id}")).json()
        assert [s["act"] for s in again["findings"][0]["said"]] == ["sent", "agree", "sent"]

    async def test_a_correction_that_changes_nothing_is_closed_and_not_signed(
        self, as_role, database, decided, sign, correct, items_of
    ):
        audit_id = await decided(size=1)
        (item,) = await items_of(audit_id)
        async with database.transaction() as session:
            await session.execute(text("update audit_position set evidence_available = false"))
        await sign(audit_id)
        opened = (await correct(audit_id, [item.item_id])).json()
        assert opened["can"]["close_correction"] == "Not everything is settled yet."
        auditor = await as_role("auditor")

        async def close():
            version = (await auditor.get(f"/api/v1/audits/{audit_id}/sign-off")).json()["version"]
            return await auditor.post(
                f"/api/v1/audits/{audit_id}/close-correction", headers={"If-Match": f'"{version}"'}
            )

        assert (await close()).json()["type"] == "/problems/audit-still-open"
        (item,) = await items_of(audit_id)
        await auditor.post(
            f"/api/v1/audit-items/{item.item_id}/finish", json={}, headers={"If-Match": f'"{item.version}"'}
        )
        assert (await auditor.post(f"/api/v1/audits/{audit_id}/send-findings", json={})).json()["settled"] == 1
        answer = await sign(audit_id)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/nothing-corrected")
        closed = (await close()).json()
        assert (closed["state"], closed["signed_version"], closed["correction_reason"]) == ("signed", 1, None)
        assert (await close()).status_code == 409

    async def test_a_correction_that_changes_something_is_signed_and_not_closed(
        self, as_role, database, decided, sign, correct
    ):
        audit_id = await decided(size=1)
        await sign(audit_id)
        version = (await correct(audit_id)).json()["version"]
        async with database.transaction() as session:
            await session.execute(
                text("update audit_position set comment = 'Said better.' where final_type is not null")
            )
        answer = await (await as_role("auditor")).post(
            f"/api/v1/audits/{audit_id}/close-correction", headers={"If-Match": f'"{version}"'}
        )
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/something-corrected")
        assert (await sign(audit_id)).json()["signed_version"] == 2

    @pytest.mark.parametrize(
        "corrected", ["evidence_kind = 'letter'", "evidence_on = date '2026-01-31'", "evidence_page = '7'"]
    )
    async def test_where_the_evidence_stands_is_a_correction_too(
        self, as_role, database, decided, sign, correct, corrected
    ):
        audit_id = await decided(size=1)
        await sign(audit_id)
        version = (await correct(audit_id)).json()["version"]
        async with database.transaction() as session:
            await session.execute(text(f"update audit_position set {corrected} where final_type is not null"))
        answer = await (await as_role("auditor")).post(
            f"/api/v1/audits/{audit_id}/close-correction", headers={"If-Match": f'"{version}"'}
        )
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/something-corrected")
        assert (await sign(audit_id)).json()["signed_version"] == 2

    async def test_what_was_signed_with_fewer_members_is_compared_by_those(
        self, as_role, decided, sign, correct, monkeypatch
    ):
        audit_id = await decided(size=1)
        with monkeypatch.context() as before:
            fewer = signed_reads._POSITIONS.text.replace("p.evidence_kind, p.evidence_on, p.evidence_page,", "")
            before.setattr(signed_reads, "_POSITIONS", text(fewer))
            await sign(audit_id)
        version = (await correct(audit_id)).json()["version"]
        closed = await (await as_role("auditor")).post(
            f"/api/v1/audits/{audit_id}/close-correction", headers={"If-Match": f'"{version}"'}
        )
        assert closed.status_code == 200, closed.text

    async def test_only_settled_episodes_of_this_audit_are_reopened(self, decided, sign, correct):
        audit_id = await decided(size=1)
        await sign(audit_id)
        assert (await correct(audit_id, [uuid7()])).status_code == 422

    async def test_an_open_audit_is_not_corrected(self, decided, correct):
        answer = await correct(await decided(size=1))
        assert (answer.status_code, answer.json()["state"]) == (409, "running")
