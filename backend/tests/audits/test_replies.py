"""Findings between coder, auditor and adjudicator."""

import datetime as dt
from uuid import uuid4

import pytest
from sqlalchemy import text

from audits.decided import decide
from codewell.audits.limits import due_after, wording
from codewell.audits.reads.amendments import agreed_of
from codewell.audits.rules import REPLY_MOVES, Reply
from codewell.kit import clock

MONDAY = dt.datetime(2026, 3, 30, 9, 0, tzinfo=dt.UTC)


class TestLimits:
    def test_a_limit_is_told_in_working_days_and_knows_easter(self):
        # Good Friday and Easter Monday 2026 are 3 and 6 April.
        assert due_after(dt.date(2026, 3, 30), 5) == dt.date(2026, 4, 8)
        assert due_after(dt.date(2026, 3, 27), 1) == dt.date(2026, 3, 30)

    def test_sensitive_words_are_found_as_whole_words_however_written(self):
        assert wording("Obviously careless; NEVER mind carelessness", ("careless", "never", "obviously", "lazy")) == [
            "careless", "never", "obviously",
        ]  # fmt: skip


@pytest.fixture
async def sent(database, world, as_role, drawn_audit, items_of):
    """A drawn audit of one coder's episodes, decided and sent: the audit's id and its items' first with errors."""

    async def make(*, size=2, by=("coder",), more=("E780",), send=True, **how):
        audit_id = await drawn_audit(episodes=size, size=size, by=by)
        async with database.transaction() as session:
            for item in await items_of(audit_id):
                await decide(session, world, item, [*item.frozen["diagnoses"], *more], **how)
        if send:
            answer = await (await as_role("auditor")).post(f"/api/v1/audits/{audit_id}/send-findings", json={})
            assert answer.status_code == 200, answer.text
        return audit_id

    return make


@pytest.fixture
async def talk(as_role, items_of):
    """Say things about the first finding of an audit's first episode."""

    class Talk:
        async def of(self, audit_id, at=0):
            item = (await items_of(audit_id))[at]
            self.item_id = item.item_id
            self.audit_id = audit_id
            found = await self.see("coder")
            self.no = found["findings"][0]["no"]
            return self

        async def see(self, who="coder"):
            noun = "findings" if who.startswith(("coder", "trainee")) else "disputes"
            answer = await (await as_role(who)).get(f"/api/v1/{noun}/{self.item_id}")
            assert answer.status_code == 200, answer.text
            return answer.json()

        async def post(self, who, path, body, version=None):
            noun = "disputes" if path in {"answer", "rule", "no-reply"} else "findings"
            version = (await self.current()) if version is None else version
            return await (await as_role(who)).post(
                f"/api/v1/{noun}/{self.item_id}/{path}", json=body, headers={"If-Match": f'"{version}"'}
            )

        async def current(self):
            rows = await items_of(self.audit_id)
            return next(r.version for r in rows if r.item_id == self.item_id)

        async def agree(self, who="coder", **more):
            return await self.post(who, "replies", {"replies": [{"no": self.no, "act": "agree"}]}, **more)

        async def dispute(self, who="coder", comment="The note of 3 March says so."):
            body = {"replies": [{"no": self.no, "act": "dispute", "comment": comment}]}
            return await self.post(who, "replies", body)

        async def answer(self, outcome="stands", who="auditor", **more):
            return await self.post(
                who, "answer", {"no": self.no, "outcome": outcome, "comment": "Looked again.", **more}
            )

        async def escalate(self, who="coder"):
            return await self.post(who, "escalate", {"no": self.no, "comment": "Still not said."})

        async def rule(self, outcome="stands", who="manager", **more):
            return await self.post(who, "rule", {"no": self.no, "outcome": outcome, "comment": "Ruled.", **more})

        async def close(self, who="auditor"):
            return await self.post(who, "no-reply", {"nos": [self.no]})

    return Talk()


OTHER = {"error_type": "omitted", "attribution": "non_coder", "non_coder_reason": "incomplete", "standards": []}


class TestSending:
    async def test_coder_errors_go_to_their_coder_with_a_due_date_and_the_rest_is_settled(
        self, as_role, database, world, drawn_audit, items_of
    ):
        audit_id = await drawn_audit(episodes=4, size=4, by=("coder",))
        async with database.transaction() as session:
            items = await items_of(audit_id)
            await decide(session, world, items[0], [*items[0].frozen["diagnoses"], "E780"])
            await decide(session, world, items[1], items[1].frozen["diagnoses"])
            await decide(session, world, items[2], [*items[2].frozen["diagnoses"], "E780"], attribution="non_coder")
        answer = await (await as_role("auditor")).post(f"/api/v1/audits/{audit_id}/send-findings", json={})
        assert answer.status_code == 200
        assert answer.json() == {
            "sent": 1, "findings": 1, "to_rule": 0, "settled": 2, "no_coder": 0, "not_decided": 1,
            "reply_due_on": due_after(clock.today(), 10).isoformat(),
        }  # fmt: skip
        assert [i.state for i in await items_of(audit_id)] == ["with_coder", "settled", "settled", "drawn"]

    async def test_sending_again_finds_nothing_to_send(self, as_role, sent):
        audit_id = await sent()
        answer = await (await as_role("auditor")).post(f"/api/v1/audits/{audit_id}/send-findings", json={})
        assert answer.status_code == 409
        assert answer.json()["type"].endswith("nothing-to-send")

    async def test_who_is_no_auditor_of_the_audit_sends_nothing(self, database, world, as_role, second_auditor, sent):
        audit_id = await sent(send=False)
        answer = await (await as_role("auditor_2")).post(f"/api/v1/audits/{audit_id}/send-findings", json={})
        assert answer.status_code == 403

    async def test_an_episode_whose_coder_is_unknown_is_settled_and_counted(
        self, database, world, as_role, items_of, sent
    ):
        audit_id = await sent(size=1, send=False)
        async with database.transaction() as session:
            await session.execute(text("update audit_item set coder_id = null where audit_id = :id"), {"id": audit_id})
        answer = await (await as_role("auditor")).post(f"/api/v1/audits/{audit_id}/send-findings", json={})
        assert (answer.json()["settled"], answer.json()["no_coder"]) == (1, 1)


class TestMyFindings:
    async def test_the_coder_sees_both_codes_and_nothing_of_what_was_agreed(self, sent, talk):
        await talk.of(await sent(size=1))
        found = await talk.see("coder")
        assert [f["auditor"]["code"] for f in found["findings"]] == ["E780"]
        assert found["findings"][0]["trust"] is None
        assert found["findings"][0]["can"]["agree"] is True
        assert found["findings"][0]["can"]["answer"] != True  # noqa: E712
        assert found["findings"][0]["turn"] == "coder"

    @pytest.mark.parametrize("who", ["coder_2", "trainee"])
    async def test_another_coder_finds_nothing_and_may_not_reply(self, as_role, sent, talk, who):
        await talk.of(await sent(size=1))
        assert (await (await as_role(who)).get(f"/api/v1/findings/{talk.item_id}")).status_code == 404
        answer = await talk.agree(who)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-your-finding")
        assert (await (await as_role(who)).get("/api/v1/findings")).json()["items"] == []

    async def test_a_coder_does_not_reach_the_disputes(self, as_role, sent, talk):
        await talk.of(await sent(size=1))
        for path in ("disputes", f"disputes/{talk.item_id}"):
            assert (await (await as_role("coder")).get(f"/api/v1/{path}")).status_code == 403

    async def test_before_they_are_sent_there_are_no_findings(self, as_role, sent, items_of):
        audit_id = await sent(size=1, send=False)
        (item,) = await items_of(audit_id)
        assert (await (await as_role("coder")).get(f"/api/v1/findings/{item.item_id}")).status_code == 404

    async def test_open_ones_come_first_and_pages_do_not_repeat(self, as_role, sent, talk):
        await talk.of(await sent(size=3))
        assert (await talk.agree()).status_code == 200
        coder = await as_role("coder")
        first = (await coder.get("/api/v1/findings?limit=2")).json()
        rest = (await coder.get(f"/api/v1/findings?limit=2&cursor={first['next']}")).json()
        rows = first["items"] + rest["items"]
        assert [r["open"] for r in rows] == [1, 1, 0]
        assert len({r["item_id"] for r in rows}) == 3
        assert rows[0]["due_on"] == due_after(clock.today(), 10).isoformat()
        assert [r["open"] for r in (await coder.get("/api/v1/findings?open=false")).json()["items"]] == [0]
        counts = (await coder.get("/api/v1/findings/counts")).json()
        assert (counts["mine_open"], counts["mine_overdue"], counts["to_answer"]) == (2, 0, 0)


class TestReplying:
    async def test_agreed_findings_settle_the_episode(self, sent, talk):
        await talk.of(await sent(size=1))
        answer = await talk.agree()
        assert (answer.json()["state"], answer.json()["findings"][0]["reply"]) == ("settled", "agreed")

    async def test_a_dispute_needs_a_comment_and_goes_to_the_auditor(self, as_role, sent, talk):
        await talk.of(await sent(size=1))
        assert (await talk.dispute(comment="")).status_code == 422
        answer = await talk.dispute()
        finding = answer.json()["findings"][0]
        assert (finding["reply"], finding["turn"]) == ("disputed", "auditor")
        assert finding["due_on"] == due_after(clock.today(), 5).isoformat()
        (row,) = (await (await as_role("auditor")).get("/api/v1/disputes")).json()["items"]
        assert (row["item_id"], row["disputed"]) == (str(talk.item_id), 1)
        assert (await (await as_role("auditor")).get("/api/v1/findings/counts")).json()["to_answer"] == 1

    async def test_many_are_answered_at_once_or_not_at_all(self, sent, talk):
        await talk.of(await sent(size=1, more=("E780", "Z921", "F171")))
        nos = [f["no"] for f in (await talk.see())["findings"]]
        body = {"replies": [{"no": n, "act": "agree"} for n in nos] + [{"no": 999, "act": "agree"}]}
        answer = await talk.post("coder", "replies", body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == f"/body/replies/{len(nos)}/no"
        assert {f["reply"] for f in (await talk.see())["findings"]} == {"waiting"}

    async def test_what_somebody_else_changed_meanwhile_is_stale(self, sent, talk):
        await talk.of(await sent(size=1, more=("E780", "Z921")))
        answer = await talk.agree(version=1)
        assert answer.status_code == 412

    async def test_sensitive_words_are_pointed_at_and_nothing_is_refused(self, sent, talk):
        await talk.of(await sent(size=1))
        answer = await talk.dispute(comment="That is careless.")
        assert answer.status_code == 200
        assert answer.json()["findings"][0]["said"][-1]["wording"] == ["careless"]
        assert "careless" in answer.json()["sensitive_words"]
        assert (await talk.see("auditor"))["findings"][0]["said"][-1]["wording"] == []


class TestAnswering:
    async def test_upheld_it_goes_back_to_the_coder_who_agrees(self, sent, talk):
        await talk.of(await sent(size=1))
        await talk.dispute()
        answer = await talk.answer()
        assert answer.json()["findings"][0]["reply"] == "answered"
        done = (await talk.agree()).json()
        assert (done["state"], done["findings"][0]["reply"]) == ("settled", "agreed")
        assert [s["act"] for s in done["findings"][0]["said"]] == ["sent", "dispute", "upheld", "agree"]

    async def test_withdrawn_it_is_over_and_no_error_any_more(self, sent, talk):
        await talk.of(await sent(size=1))
        await talk.dispute()
        done = (await talk.answer("withdrawn")).json()
        assert (done["state"], done["findings"][0]["reply"]) == ("settled", "withdrawn")
        assert done["findings"][0]["error_type"] is None
        assert done["findings"][0]["said"][-1]["changed"]["was"]["error_type"] == "omitted"

    async def test_amended_it_says_what_was_changed(self, sent, talk):
        await talk.of(await sent(size=1))
        await talk.dispute()
        answer = await talk.answer("amended", finding=OTHER)
        finding = answer.json()["findings"][0]
        assert (finding["attribution"], finding["non_coder_reason"]) == ("non_coder", "incomplete")
        assert finding["said"][-1]["changed"]["now"]["attribution"] == "non_coder"

    @pytest.mark.parametrize(
        ("finding", "slug"),
        [
            ({"error_type": "not_required", "attribution": "coder", "standards": ["DGCS.3"]}, "finding-incomplete"),
            ({"error_type": "omitted", "attribution": "undetermined"}, "finding-incomplete"),
            ({"error_type": "omitted", "attribution": "non_coder"}, "finding-incomplete"),
            ({"error_type": "omitted", "attribution": "coder"}, "finding-incomplete"),
            ({"error_type": "omitted", "attribution": "coder", "standards": ["QRD 12"]}, "not-a-citation"),
            ({"error_type": "omitted", "attribution": "coder", "standards": ["My own rule"]}, "citation-not-listed"),
        ],
    )
    async def test_an_amended_finding_says_enough(self, sent, talk, finding, slug):
        await talk.of(await sent(size=1))
        await talk.dispute()
        answer = await talk.answer("amended", finding=finding)
        assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{slug}")

    async def test_another_auditor_does_not_answer(self, sent, talk, second_auditor):
        await talk.of(await sent(size=1))
        await talk.dispute()
        assert (await talk.answer(who="auditor_2")).status_code == 403


class TestRuling:
    async def test_an_escalated_dispute_is_ruled_on_and_over(self, as_role, sent, talk):
        await talk.of(await sent(size=1))
        await talk.dispute()
        await talk.answer()
        assert (await talk.escalate()).json()["findings"][0]["turn"] == "adjudicator"
        (row,) = (await (await as_role("trainer")).get("/api/v1/disputes")).json()["items"]
        assert row["escalated"] == 1
        assert (await (await as_role("trainer")).get("/api/v1/findings/counts")).json()["to_rule"] == 1
        done = (await talk.rule("amended", finding=OTHER)).json()
        assert (done["state"], done["findings"][0]["reply"]) == ("settled", "ruled")
        assert done["findings"][0]["said"][-1]["act"] == "ruled_amended"

    async def test_a_ruling_that_withdraws_leaves_no_error(self, sent, talk):
        await talk.of(await sent(size=1))
        await talk.dispute()
        await talk.answer()
        await talk.escalate()
        assert (await talk.rule("withdrawn", who="trainer")).json()["findings"][0]["error_type"] is None

    async def test_the_auditor_does_not_rule(self, sent, talk):
        await talk.of(await sent(size=1))
        await talk.dispute()
        await talk.answer()
        await talk.escalate()
        assert (await talk.rule(who="auditor")).status_code == 403

    async def test_nobody_rules_on_their_own_coding(self, database, world, sent, talk):
        await talk.of(await sent(size=1))
        await talk.dispute()
        await talk.answer()
        await talk.escalate()
        async with database.transaction() as session:
            await session.execute(
                text("update audit_item set coder_id = :me where item_id = :id"),
                {"me": world.people["manager"].person_id, "id": talk.item_id},
            )
        answer = await talk.rule(who="manager")
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/own-coding")


class TestTimeLimits:
    async def test_within_the_limit_nothing_is_closed_and_after_it_only_as_no_reply(self, as_role, sent, talk):
        await talk.of(await sent(size=1))
        answer = await talk.close()
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-due-yet")
        late = clock.start_of(due_after(clock.today(), 10) + dt.timedelta(1)) + dt.timedelta(hours=9)
        with clock.frozen(late - dt.timedelta(days=1)):
            assert (await talk.close()).status_code == 409
        with clock.frozen(late):
            found = await talk.see("auditor")
            assert found["overdue"]
            assert found["findings"][0]["can"]["close_unanswered"] is True
            rows = (await (await as_role("auditor")).get("/api/v1/disputes?which=with_coder")).json()["items"]
            assert [r["overdue"] for r in rows] == [True]
            assert (await (await as_role("auditor")).get("/api/v1/findings/counts")).json()["unanswered"] == 1
            done = (await talk.close()).json()
        assert (done["state"], done["findings"][0]["reply"]) == ("settled", "no_reply")
        assert done["findings"][0]["said"][-1]["act"] == "no_reply"

    async def test_late_replies_are_taken_until_somebody_closes_them(self, sent, talk):
        await talk.of(await sent(size=1))
        with clock.frozen(clock.start_of(due_after(clock.today(), 20))):
            assert (await talk.agree()).status_code == 200

    async def test_a_dispute_that_the_auditor_leaves_unanswered_may_be_escalated_after_their_limit(self, sent, talk):
        await talk.of(await sent(size=1))
        await talk.dispute()
        assert (await talk.escalate()).json()["type"] == "/problems/not-due-yet"
        with clock.frozen(clock.start_of(due_after(clock.today(), 5) + dt.timedelta(1)) + dt.timedelta(hours=9)):
            assert (await talk.escalate()).status_code == 200


class TestMoves:
    async def test_every_move_is_possible_just_where_the_table_says(self, database, sent, talk):
        await talk.of(await sent(size=1))
        verbs = {
            "agree": talk.agree,
            "dispute": talk.dispute,
            "answer": talk.answer,
            "withdraw": lambda: talk.answer("withdrawn"),
            "escalate": talk.escalate,
            "rule": talk.rule,
            "close_unanswered": talk.close,
        }
        for move, do in verbs.items():
            # An auditor withdraws in an answer, and an answer is given to a dispute.
            of = REPLY_MOVES["answer" if move == "withdraw" else move].of
            for state in set(Reply) - {Reply.none}:
                async with database.transaction() as session:
                    await session.execute(_RESET, {"state": state.value, "id": talk.item_id})
                    await session.execute(_WITH_CODER, {"id": talk.item_id})
                answer = await do()
                if state.value in of:
                    assert answer.status_code == 200, (move, state, answer.text)
                    assert answer.json()["findings"][0]["reply"] == REPLY_MOVES[move].to
                else:
                    assert (answer.status_code, answer.json().get("state")) == (409, state.value), (move, state)


_RESET = text("""
update audit_position set reply = :state, reply_due_on = date '2020-01-01', final_type = 'omitted'
where item_id = :id and reply <> 'none'
""")
_WITH_CODER = text("update audit_item set state = 'with_coder' where item_id = :id")


class TestWhatWasSaid:
    @pytest.mark.parametrize("sql", ["update audit_reply set text = 'other'", "delete from audit_reply"])
    async def test_it_stays(self, database, sent, sql):
        from sqlalchemy.exc import ProgrammingError

        await sent(size=1)
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with database.transaction() as session:
                await session.execute(text(sql))

    async def test_another_trust_finds_none_of_it(self, as_role, sent, talk):
        await talk.of(await sent(size=1))
        stranger = await as_role("other_manager")
        assert (await stranger.get(f"/api/v1/disputes/{talk.item_id}")).status_code == 404
        assert (await stranger.get(f"/api/v1/disputes/{uuid4()}")).status_code == 404
        assert (await stranger.get("/api/v1/disputes?which=to_rule")).json()["items"] == []


class TestWithdrawnPrimary:
    """The coder put a code first that the auditor put second: what becomes of the first becomes of both."""

    @pytest.mark.parametrize("how", ["answer", "rule"])
    async def test_a_withdrawn_primary_takes_its_second_mention_with_it(
        self, database, world, as_role, drawn_audit, items_of, talk, how
    ):
        audit_id = await drawn_audit(episodes=1, size=1, by=("coder",))
        (item,) = await items_of(audit_id)
        theirs = item.frozen["diagnoses"]
        async with database.transaction() as session:
            await decide(session, world, item, ["C509", *theirs])
        await (await as_role("auditor")).post(f"/api/v1/audits/{audit_id}/send-findings", json={})
        await talk.of(audit_id)
        await talk.dispute()
        if how == "answer":
            answer = await talk.answer("withdrawn")
        else:
            await talk.answer("stands")
            await talk.escalate()
            answer = await talk.rule("withdrawn")
        assert answer.status_code == 200, answer.text
        async with database.transaction() as session:
            agreed = (await agreed_of(session, world.system, [item.item_id]))[item.item_id]
        assert agreed.diagnoses == theirs


class TestWhoMade:
    async def test_who_checked_the_codes_neither_answers_nor_rules(self, database, world, talk, sent):
        audit_id = await sent(size=1)
        await talk.of(audit_id)
        await talk.dispute()

        async def checked_by(name):
            async with database.transaction() as session:
                await session.execute(
                    text("""update audit_item set frozen = frozen
                            || jsonb_build_object('checked_by_id', cast(:who as text)) where item_id = :i"""),
                    {"who": str(world.people[name].person_id), "i": talk.item_id},
                )

        await checked_by("auditor")
        assert (await talk.see("auditor"))["findings"][0]["can"]["answer"] is not True
        refused = await talk.answer("stands")
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/own-coding")
        await checked_by("coder_2")
        await talk.answer("stands")
        await talk.escalate()
        await checked_by("manager")
        assert (await talk.see("manager"))["findings"][0]["can"]["rule"] is not True
        refused = await talk.rule("stands")
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/own-coding")
        await checked_by("coder_2")
        assert (await talk.rule("stands")).status_code == 200
