"""Signing an audit, correcting it, external audits, and codes amended after an audit."""

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from audits.decided import decide
from codewell.audits.agreed import agreed_codes
from codewell.audits.alignment import Line, Side, align
from codewell.audits.external import TEMPLATE, read
from codewell.audits.models import AuditPosition
from codewell.audits.profiles import Methodology, ProfileKind, shipped
from codewell.audits.reads import signed as signed_reads
from codewell.audits.reads.signoff import digest_of
from codewell.episodes import service as episodes
from codewell.kit import clock
from codewell.kit.ids import uuid7
from coding.conftest import lines, message

NEUTRAL = Methodology.model_validate(next(p for p in shipped() if p.kind is ProfileKind.methodology).body)


@pytest.fixture
async def decided(database, world, as_role, drawn_audit, items_of):
    """A drawn audit whose episodes are decided, an omitted diagnosis found in each, and sent."""

    async def make(*, size=2, send=True, attribution="non_coder", **how):
        audit_id = await drawn_audit(episodes=size, size=size, by=("coder",))
        async with database.transaction() as session:
            for item in await items_of(audit_id):
                codes = [*item.frozen["diagnoses"], "E780"]
                await decide(session, world, item, codes, attribution=attribution, **how)
            # A letter may have come after the codes were made: a coder has looked at it.
            await session.execute(text("delete from work_item"))
        if send:
            answer = await (await as_role("auditor")).post(f"/api/v1/audits/{audit_id}/send-findings", json={})
            assert answer.status_code == 200, answer.text
        return audit_id

    return make


@pytest.fixture
async def sign(as_role):
    """Sign an audit as it stands, or as another version."""

    async def do(audit_id, who="auditor", version=None):
        caller = await as_role(who)
        if version is None:
            version = (await (await as_role("auditor")).get(f"/api/v1/audits/{audit_id}/sign-off")).json()["version"]
        return await caller.post(
            f"/api/v1/audits/{audit_id}/sign",
            json={"statement": "I stand by it."},
            headers={"If-Match": f'"{version}"'},
        )

    return do


@pytest.fixture
async def correct(as_role):
    async def do(audit_id, item_ids=()):
        auditor = await as_role("auditor")
        version = (await auditor.get(f"/api/v1/audits/{audit_id}/sign-off")).json()["version"]
        return await auditor.post(
            f"/api/v1/audits/{audit_id}/open-correction",
            json={"reason": "A note came.", "item_ids": [str(i) for i in item_ids]},
            headers={"If-Match": f'"{version}"'},
        )

    return do


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


class TestOverturning:
    """A ruling is not overturned by a correction without being made again."""

    @pytest.fixture
    async def ruled(self, as_role, decided, sign, correct, items_of):
        """A signed audit whose one finding was disputed, escalated and ruled to stand, opened for a correction."""

        async def make():
            audit_id = await decided(size=1, attribution="coder")
            (item,) = await items_of(audit_id)
            item_id, coder = item.item_id, await as_role("coder")
            found = (await coder.get(f"/api/v1/findings/{item_id}")).json()
            no = found["findings"][0]["no"]
            said = {"no": no, "comment": "The note says so."}
            for who, path, body in (
                ("coder", f"findings/{item_id}/replies", {"replies": [{**said, "act": "dispute"}]}),
                ("auditor", f"disputes/{item_id}/answer", {**said, "outcome": "stands"}),
                ("coder", f"findings/{item_id}/escalate", said),
                ("manager", f"disputes/{item_id}/rule", {**said, "outcome": "stands"}),
            ):
                (item,) = await items_of(audit_id)
                answer = await (await as_role(who)).post(
                    f"/api/v1/{path}", json=body, headers={"If-Match": f'"{item.version}"'}
                )
                assert answer.status_code == 200, answer.text
            assert (await sign(audit_id)).status_code == 200
            assert (await correct(audit_id, [item_id])).status_code == 200
            return audit_id, item_id, no

        return make

    @pytest.fixture
    async def act(self, as_role, items_of):
        async def do(audit_id, who, method, path, body):
            (item,) = await items_of(audit_id)
            return await (await as_role(who)).request(
                method, f"/api/v1/{path}", json=body, headers={"If-Match": f'"{item.version}"'}
            )

        return do

    @pytest.mark.parametrize(
        ("decision", "outcome"),
        [
            ({"decision": "rejected"}, "withdrawn"),
            (
                {
                    "decision": "accepted",
                    "attribution": "non_coder",
                    "non_coder_reason": "incomplete",
                    "evidence_available": False,
                },
                "stands",
            ),
            ({"decision": "accepted", "attribution": "coder", "standards": ["DGCS.1"]}, "stands"),
        ],
    )
    async def test_what_was_ruled_on_and_changed_is_ruled_on_again_before_it_is_signed(
        self, as_role, database, sign, ruled, act, decision, outcome
    ):
        audit_id, item_id, no = await ruled()
        async with database.transaction() as session:
            await session.execute(text("update audit_position set proposed_type = final_type"))
        decided_ = await act(
            audit_id, "auditor", "POST", f"audit-items/{item_id}/decisions", {"decisions": [{"no": no, **decision}]}
        )
        assert decided_.status_code == 200, decided_.text
        assert (await act(audit_id, "auditor", "POST", f"audit-items/{item_id}/finish", {})).status_code == 200
        sent = (await act(audit_id, "auditor", "POST", f"audits/{audit_id}/send-findings", {})).json()
        assert (sent["to_rule"], sent["sent"], sent["settled"]) == (1, 0, 0)
        refused = await sign(audit_id)
        assert refused.status_code == 409
        assert {o["what"]: o["count"] for o in refused.json()["open"]} == {"with_coder": 1, "to_rule": 1}
        manager = await as_role("manager")
        (finding,) = (await manager.get(f"/api/v1/disputes/{item_id}")).json()["findings"]
        assert (finding["reply"], finding["said"][-1]["act"]) == ("escalated", "questioned")
        assert finding["said"][-1]["changed"]["was"]["error_type"] == "omitted"
        if outcome == "withdrawn":
            rule = {"no": no, "outcome": "stands", "comment": "As it was."}
            wrong = await act(audit_id, "manager", "POST", f"disputes/{item_id}/rule", rule)
            assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/body/outcome")
        rule = {"no": no, "outcome": outcome, "comment": "The note came later."}
        assert (await act(audit_id, "manager", "POST", f"disputes/{item_id}/rule", rule)).status_code == 200
        answer = await sign(audit_id)
        assert answer.json()["signed_version"] == 2, answer.text

    async def test_decided_as_it_was_ruled_it_is_not_asked_again(self, database, ruled, act):
        audit_id, item_id, no = await ruled()
        async with database.transaction() as session:
            await session.execute(text("update audit_position set proposed_type = final_type"))
        same = {"no": no, "decision": "accepted", "attribution": "coder", "standards": ["DGCS.3"]}
        await act(audit_id, "auditor", "POST", f"audit-items/{item_id}/decisions", {"decisions": [same]})
        await act(audit_id, "auditor", "POST", f"audit-items/{item_id}/finish", {})
        sent = (await act(audit_id, "auditor", "POST", f"audits/{audit_id}/send-findings", {})).json()
        assert (sent["to_rule"], sent["sent"], sent["settled"]) == (0, 0, 1)

    async def test_it_is_neither_revised_away_nor_made_unsafe(self, ruled, act, items_of):
        audit_id, item_id, _ = await ruled()
        (item,) = await items_of(audit_id)
        codes = {"diagnoses": [{"code": c} for c in item.frozen["diagnoses"]], "procedures": []}
        for path, method, body in (
            ("revision", "PUT", {**codes, "reason": "Not there after all."}),
            ("unsafe", "POST", {"reason": "The record is lost."}),
        ):
            answer = await act(audit_id, "auditor", method, f"audit-items/{item_id}/{path}", body)
            assert (answer.status_code, answer.json()["type"]) == (409, "/problems/ruling-stands"), answer.text


def ended(trust, auditor, *, rejected=()):
    """Return the positions of two lists of diagnoses as they ended, those of ``rejected`` numbers let stand."""
    made = []
    for no, p in enumerate(align([Line(c) for c in trust], [Line(c) for c in auditor], Side.diagnoses)):
        made.append(
            AuditPosition(
                side="diagnoses", code_class=p.code_class.value, trust_at=p.trust_at, auditor_at=p.auditor_at,
                trust_code=None if p.trust_at is None else trust[p.trust_at], trust_on=None, auditor_on=None,
                auditor_code=None if p.auditor_at is None else auditor[p.auditor_at],
                final_type=None if p.error_type is None or no in rejected else p.error_type.value,
            )
        )  # fmt: skip
    return made


class TestAgreedCodes:
    @pytest.mark.parametrize(
        ("trust", "auditor"),
        [
            (["I214", "I10"], ["I214", "I10", "E119"]),
            (["I214", "I10", "E119"], ["I214", "E119"]),
            (["I10", "I214"], ["I214", "I10"]),
            (["J189"], ["J181", "I10"]),
            (["R074", "I10"], ["I209", "I10", "R074"]),
        ],
    )
    def test_with_every_error_accepted_they_are_the_auditors(self, trust, auditor):
        assert agreed_codes(ended(trust, auditor)).diagnoses == auditor

    @pytest.mark.parametrize(
        ("trust", "auditor"),
        [
            (["I214", "I10"], ["I214", "I10", "E119"]),
            (["I10", "I214"], ["I214", "I10"]),
            (["J189"], ["J181", "I10"]),
            (["R074", "I10"], ["I209", "I10", "R074"]),
        ],
    )
    def test_with_every_difference_let_stand_they_are_the_coders(self, trust, auditor):
        assert agreed_codes(ended(trust, auditor, rejected=range(9))).diagnoses == trust


class TestAmending:
    @pytest.fixture
    async def amend(self, as_role):
        async def do(item_id, version, who="auditor"):
            return await (await as_role(who)).post(
                f"/api/v1/audit-items/{item_id}/amend", headers={"If-Match": f'"{version}"'}
            )

        return do

    async def test_agreed_codes_come_as_the_audits_version_and_the_episode_stays_its_coders(
        self, as_role, database, world, decided, sign, amend, items_of
    ):
        audit_id = await decided(size=1)
        assert (await sign(audit_id)).status_code == 200
        auditor = await as_role("auditor")
        (row,) = (await auditor.get(f"/api/v1/audits/{audit_id}/amendments")).json()["items"]
        assert (row["stands"], row["can_apply"], row["changed_since"]) == ("to_apply", True, False)
        assert [c["what"] for c in row["changes"]] == ["added"]
        answer = await amend(row["item_id"], row["coding_version"])
        assert answer.status_code == 200, answer.text
        async with database.transaction() as session:
            made = (
                await session.execute(
                    text("select * from coding where episode_id = :id order by version desc limit 1"),
                    {"id": row["episode_id"]},
                )
            ).one()
            episode = (
                await session.execute(text("select * from episode where episode_id = :id"), {"id": row["episode_id"]})
            ).one()
            queued = await session.scalar(
                text("select count(*) from work_item where episode_id = :id"), {"id": row["episode_id"]}
            )
        assert (made.source, made.person_name, made.state) == ("audit", "Demo auditor", "final")
        assert "E780" in made.diagnoses
        assert episode.coder_id == world.people["coder"].person_id
        assert (episode.coding_state, queued) == ("coded", 0)
        (item,) = await items_of(audit_id)
        assert "E780" not in item.frozen["diagnoses"]
        (row,) = (await auditor.get(f"/api/v1/audits/{audit_id}/amendments")).json()["items"]
        assert (row["stands"], row["changes"], row["applied"]["by_name"]) == ("applied", [], "Demo auditor")
        again = await amend(row["item_id"], row["coding_version"])
        assert again.json()["type"] == "/problems/nothing-to-amend"

    async def test_what_was_amended_for_an_error_that_no_longer_stands_is_to_be_put_back(
        self, as_role, database, decided, amend, items_of
    ):
        audit_id = await decided(size=1)
        (item,) = await items_of(audit_id)
        assert (await amend(item.item_id, item.coding_version)).status_code == 200
        async with database.transaction() as session:
            await session.execute(
                text("update audit_position set final_type = null, decision = 'rejected' where item_id = :id"),
                {"id": item.item_id},
            )
        auditor = await as_role("auditor")
        (row,) = (await auditor.get(f"/api/v1/audits/{audit_id}/amendments")).json()["items"]
        assert (row["stands"], row["can_apply"]) == ("to_apply", True)
        assert [(c["what"], c["code"]) for c in row["changes"]] == [("removed", "E780")]
        assert (await amend(item.item_id, row["coding_version"])).status_code == 200

    async def test_codes_made_meanwhile_are_stale_with_the_differences(self, as_role, decided, amend, items_of):
        audit_id = await decided(size=1)
        (item,) = await items_of(audit_id)
        answer = await amend(item.item_id, 99)
        assert answer.status_code == 412
        assert [c["what"] for c in answer.json()["changes"]]

    async def test_findings_still_talked_about_are_not_put_into_force(self, decided, amend, items_of):
        audit_id = await decided(size=1, attribution="coder")
        (item,) = await items_of(audit_id)
        answer = await amend(item.item_id, 1)
        assert (answer.status_code, answer.json()["state"]) == (409, "with_coder")

    async def test_an_episode_in_a_queue_is_left_to_whoever_takes_it(self, as_role, database, decided, amend, items_of):
        audit_id = await decided(size=1)
        (item,) = await items_of(audit_id)
        async with database.transaction() as session:
            await session.execute(
                text("update episode set coding_state = 'changed_after_coding' where episode_id = :id"),
                {"id": item.episode_id},
            )
        answer = await amend(item.item_id, item.coding_version)
        assert answer.json()["type"] == "/problems/episode-in-a-queue"

    async def test_who_is_no_auditor_of_the_audit_amends_nothing(self, decided, amend, items_of, second_auditor):
        audit_id = await decided(size=1)
        (item,) = await items_of(audit_id)
        assert (await amend(item.item_id, 1, who="auditor_2")).status_code == 403
        assert (await amend(item.item_id, 1, who="coder")).status_code == 403

    async def test_what_comes_after_the_freeze_is_listed(self, as_role, database, decided, amend, items_of):
        audit_id = await decided(size=1)
        (item,) = await items_of(audit_id)
        async with database.transaction() as session:
            await session.execute(
                text("""insert into sus_timetable (financial_year, activity_month, phase, inclusion_on, provisional, source)
                        select '2026/27', date_trunc('month', cast(:day as date)), 'freeze', cast(:day as date), true, 't'
                        on conflict (activity_month, phase) do update set inclusion_on = excluded.inclusion_on"""),
                {"day": item.ended_on},
            )
        assert (await amend(item.item_id, item.coding_version)).status_code == 200
        auditor = await as_role("auditor")
        (row,) = (await auditor.get(f"/api/v1/after-freeze-changes?audit_id={audit_id}")).json()["items"]
        assert (row["episode_id"], row["freeze_on"]) == (str(item.episode_id), item.ended_on.isoformat())
        assert (await (await as_role("other_manager")).get("/api/v1/after-freeze-changes")).json()["items"] == []


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
