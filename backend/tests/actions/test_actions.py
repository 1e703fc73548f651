"""Recommendations and actions, from the proposal to closing with evidence; nobody verifies their own."""

import datetime as dt
import hashlib
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import text

from audits import stored
from codewell.actions import rules
from codewell.actions.rules import ActionState, RecommendationState
from codewell.kit import clock
from codewell.kit.ids import uuid7

API = "/api/v1"
BODY = {
    "text": "Code every comorbidity that the summary names.",
    "standard": "DGCS.3",
    "priority": "high",
    "owner_role": "trainer",
    "due_on": "2099-03-31",
    "evidence_wanted": "Notes of the session",
}


class TestMoves:
    @pytest.mark.parametrize(("verb", "state"), list(product(rules.ACTION_MOVES, ActionState)))
    def test_an_action_moves_as_the_table_says_and_no_other_way(self, verb, state):
        move = rules.ACTION_MOVES[verb]
        if state in move.of:
            assert rules.to_state(rules.ACTION_MOVES, verb, state) == move.to
        else:
            with pytest.raises(rules.CannotMove):
                rules.to_state(rules.ACTION_MOVES, verb, state)

    @pytest.mark.parametrize(("verb", "state"), list(product(rules.RECOMMENDATION_MOVES, RecommendationState)))
    def test_a_recommendation_moves_as_the_table_says_and_no_other_way(self, verb, state):
        move = rules.RECOMMENDATION_MOVES[verb]
        if state in move.of:
            assert rules.to_state(rules.RECOMMENDATION_MOVES, verb, state) == move.to
        else:
            with pytest.raises(rules.CannotMove):
                rules.to_state(rules.RECOMMENDATION_MOVES, verb, state)

    def test_nothing_closes_but_through_done_and_verified(self):
        to = {}
        for move in rules.ACTION_MOVES.values():
            to.setdefault(move.to, set()).update(move.of)
        assert to["closed"] == {"verified"}
        assert to["verified"] == {"done"}


class TestReminder:
    def test_it_comes_so_many_days_before_and_goes_when_it_is_done(self):
        day = dt.date(2026, 12, 10)
        assert rules.reminder(day, [14, 7], "open", day - dt.timedelta(15)) is None
        assert rules.reminder(day, [14, 7], "open", day - dt.timedelta(14)) == "due_soon"
        assert rules.reminder(day, [], "open", day) == "due_soon"
        assert rules.reminder(day, [14], "in_progress", day + dt.timedelta(1)) == "overdue"
        assert rules.reminder(day, [14], "done", day + dt.timedelta(1)) is None


class TestMediaType:
    def test_ending_and_first_bytes_must_agree(self):
        assert rules.media_type_of("a.pdf", b"%PDF-1.7") == "application/pdf"
        for name, content in (
            ("a.exe", b"MZ"),
            ("a.pdf", b"<html>"),
            ("a.html", b"<p>"),
            ("a.txt", b"\xff\xfe"),
            ("a", b"x"),
        ):
            with pytest.raises(rules.NotEvidence):
                rules.media_type_of(name, content)


@pytest.fixture
def audit(database, world):
    async def make(seed=1, n=8, **changes):
        async with database.transaction() as session:
            return await stored.put_audit(session, world.system.provider, seed, n, **changes)

    return make


def etag(body):
    return {"If-Match": f'"{body["version"]}"'}


async def post(http, path, body=None, *, seen=None, status=200):
    answer = await http.post(f"{API}{path}", json=body, headers=etag(seen) if seen else {})
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.fixture
async def agreed(as_role, audit):
    """A recommendation that the Trust agreed to, with who audits and who manages."""
    auditor, manager = await as_role("auditor"), await as_role("manager")
    made = await post(auditor, f"/audits/{await audit()}/recommendations", BODY, status=201)
    made = await post(
        manager, f"/recommendations/{made['recommendation_id']}/respond", {"response": "agreed"}, seen=made
    )
    return auditor, manager, made


@pytest.fixture
async def action(agreed):
    auditor, manager, made = agreed
    body = {"text": "Hold a session", "owner_role": "trainer", "due_on": clock.today().isoformat()}
    act = await post(auditor, f"/recommendations/{made['recommendation_id']}/actions", body, status=201)
    return auditor, manager, made, act


class TestRecommend:
    async def test_it_is_numbered_and_rests_on_findings_of_its_audit(self, as_role, audit, session):
        audit_id = await audit(3, unsafe=0)
        http = await as_role("auditor")
        row = (
            await session.execute(
                text("select item_id, no from audit_position where audit_id = :id and final_type is not null limit 1"),
                {"id": audit_id},
            )
        ).one()
        finding = {"item_id": str(row.item_id), "no": row.no}
        made = await post(http, f"/audits/{audit_id}/recommendations", BODY | {"rests_on": [finding]}, status=201)
        assert (made["no"], made["state"], made["owner"]["name"]) == (1, "proposed", "Clinical coding trainer")
        assert [(f["item_id"], f["no"]) for f in made["rests_on"]] == [(finding["item_id"], row.no)]
        assert (await post(http, f"/audits/{audit_id}/recommendations", BODY, status=201))["no"] == 2
        wrong = BODY | {"rests_on": [{"item_id": str(uuid7()), "no": 0}]}
        answer = await http.post(f"{API}/audits/{audit_id}/recommendations", json=wrong)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/unknown-finding")

    async def test_one_owner_who_is_here(self, as_role, audit, world):
        http, audit_id = await as_role("auditor"), await audit()
        stranger = str(world.people["other_coder"].person_id)
        for owner in ({}, {"owner_role": "trainer", "owner_id": stranger}, {"owner_id": stranger}):
            body = {k: v for k, v in BODY.items() if k != "owner_role"} | owner
            assert (await http.post(f"{API}/audits/{audit_id}/recommendations", json=body)).status_code == 422

    async def test_sent_twice_it_is_made_once(self, as_role, audit):
        http, audit_id = await as_role("auditor"), await audit()
        for _ in range(2):
            answer = await http.post(
                f"{API}/audits/{audit_id}/recommendations", json=BODY, headers={"Idempotency-Key": "one"}
            )
            assert answer.status_code == 201
        listed = (await http.get(f"{API}/recommendations", params={"audit": str(audit_id)})).json()["items"]
        assert len(listed) == 1

    async def test_rejecting_says_why_and_no_action_follows(self, as_role, audit):
        auditor, manager = await as_role("auditor"), await as_role("manager")
        made = await post(auditor, f"/audits/{await audit()}/recommendations", BODY, status=201)
        path = f"/recommendations/{made['recommendation_id']}"
        assert (
            await manager.post(f"{API}{path}/respond", json={"response": "rejected"}, headers=etag(made))
        ).status_code == 422
        answer = await auditor.post(f"{API}{path}/respond", json={"response": "agreed"}, headers=etag(made))
        assert answer.status_code == 403
        said = await post(manager, f"{path}/respond", {"response": "rejected", "reason": "No budget"}, seen=made)
        assert (said["state"], said["response_reason"]) == ("rejected", "No budget")
        body = {"text": "Hold a session", "owner_role": "trainer", "due_on": "2099-01-01"}
        answer = await auditor.post(f"{API}{path}/actions", json=body)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/action-cannot-move")

    async def test_once_answered_it_is_not_edited_and_a_stale_one_never(self, agreed):
        auditor, _, made = agreed
        path = f"{API}/recommendations/{made['recommendation_id']}"
        assert (await auditor.put(path, json=BODY, headers=etag(made))).status_code == 409
        assert (await auditor.put(path, json=BODY, headers={"If-Match": '"1"'})).status_code == 412
        assert made["can"]["edit"] == "It is agreed."

    async def test_other_trusts_and_coders_who_own_nothing_see_nothing(self, as_role, agreed):
        _, _, made = agreed
        for name in ("other_manager", "coder"):
            answer = await (await as_role(name)).get(f"{API}/recommendations/{made['recommendation_id']}")
            assert answer.status_code == 404
        assert (await (await as_role("coder")).get(f"{API}/recommendations")).json()["items"] == []


class TestDoing:
    async def test_from_open_to_closed_with_evidence_and_somebody_elses_eyes(self, as_role, action):
        auditor, manager, made, act = action
        trainer, path = await as_role("trainer"), f"/actions/{act['action_id']}"
        act = await post(trainer, f"{path}/start", {"text": ""}, seen=act)
        act = await post(trainer, f"{path}/notes", {"text": "The session is booked."}, status=201)
        act = await post(trainer, f"{path}/finish", {"text": "Held."}, seen=act)
        assert (act["state"], act["done_by_name"]) == ("done", "Demo trainer")
        answer = await auditor.post(f"{API}{path}/verify", json={"text": ""}, headers=etag(act))
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/evidence-missing")
        act = await post(trainer, f"{path}/evidence", {"title": "Notes", "text": "Fourteen came."}, status=201)
        act = await post(auditor, f"{path}/verify", {"text": ""}, seen=act)
        late = await trainer.post(f"{API}{path}/evidence", json={"title": "More notes", "text": "Nobody saw these."})
        assert (late.status_code, late.json()["state"]) == (409, "verified")
        act = await post(auditor, f"{path}/close", {"text": "Seen."}, seen=act)
        assert [n["act"] for n in act["notes"]] == ["start", "note", "finish", "verify", "close"]
        now = (await auditor.get(f"{API}/recommendations/{made['recommendation_id']}")).json()
        assert (now["actions_n"], now["actions_closed"], now["can"]["close"]) == (1, 1, True)
        closed = await post(auditor, f"/recommendations/{made['recommendation_id']}/close", seen=now)
        assert closed["state"] == "closed"
        answer = await auditor.post(f"{API}{path}/reopen", json={"reason": "It came back"}, headers=etag(act))
        assert (answer.status_code, answer.json()["detail"]) == (409, "Reopen its recommendation first.")

    async def test_nobody_verifies_what_they_did(self, as_role, action):
        auditor, manager, _, act = action
        path = f"/actions/{act['action_id']}"
        act = await post(manager, f"{path}/finish", {"text": ""}, seen=act)
        answer = await manager.post(f"{API}{path}/verify", json={"text": ""}, headers=etag(act))
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/own-action")
        back = await post(auditor, f"{path}/send-back", {"reason": "The notes are missing."}, seen=act)
        assert (back["state"], back["done_by_name"]) == ("in_progress", None)

    async def test_another_persons_action_is_not_mine_to_do(self, as_role, agreed, world):
        auditor, _, made = agreed
        body = {
            "text": "Check ten episodes", "owner_id": str(world.people["coder"].person_id), "due_on": "2099-01-01",
        }  # fmt: skip
        act = await post(auditor, f"/recommendations/{made['recommendation_id']}/actions", body, status=201)
        path = f"{API}/actions/{act['action_id']}/start"
        assert (await (await as_role("coder_2")).post(path, json={"text": ""}, headers=etag(act))).status_code == 404
        answer = await (await as_role("trainer")).post(path, json={"text": ""}, headers=etag(act))
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-your-action")
        started = await (await as_role("coder")).post(path, json={"text": ""}, headers=etag(act))
        assert started.json()["state"] == "in_progress"

    async def test_a_recommendation_with_open_actions_does_not_close(self, action):
        auditor, _, made, _ = action
        now = (await auditor.get(f"{API}/recommendations/{made['recommendation_id']}")).json()
        path = f"{API}/recommendations/{made['recommendation_id']}/close"
        answer = await auditor.post(path, headers=etag(now))
        assert (answer.status_code, answer.json()["detail"]) == (409, "1 action is not closed yet.")


class TestEvidence:
    async def test_a_file_comes_back_as_it_went_as_an_attachment_that_is_not_sniffed(self, as_role, action):
        trainer, path = await as_role("trainer"), f"{API}/actions/{action[3]['action_id']}/evidence"
        content = b"%PDF-1.7 synthetic"
        answer = await trainer.post(
            f"{path}/files", data={"title": "Notes"}, files={"file": ("../notes <1>.pdf", content, "text/html")}
        )
        assert answer.status_code == 201, answer.text
        (kept,) = answer.json()["evidence"]
        assert kept["sha256"] == hashlib.sha256(content).hexdigest()
        assert (kept["media_type"], kept["file_name"]) == ("application/pdf", "notes _1_.pdf")
        got = await trainer.get(f"{path}/{kept['evidence_id']}/file")
        assert got.content == content
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["content-disposition"].startswith("attachment")
        assert (await (await as_role("other_coder")).get(f"{path}/{kept['evidence_id']}/file")).status_code == 404
        back = await trainer.post(f"{path}/{kept['evidence_id']}/withdraw", json={"reason": "A name was in it"})
        assert back.json()["evidence_count"] == 0
        assert (await trainer.get(f"{path}/{kept['evidence_id']}/file")).status_code == 404

    async def test_other_kinds_and_sizes_are_refused(self, as_role, action):
        trainer, path = await as_role("trainer"), f"{API}/actions/{action[3]['action_id']}/evidence/files"
        for name, content, status in (
            ("a.html", b"<p>", 422), ("a.pdf", b"", 422), ("a.pdf", b"%PDF-" + b"x" * rules.MOST_EVIDENCE_BYTES, 413),
        ):  # fmt: skip
            answer = await trainer.post(path, data={"title": "Notes"}, files={"file": (name, content)})
            assert answer.status_code == status, name


class TestReminders:
    async def test_the_owner_by_role_is_reminded_and_others_are_not(self, as_role, action):
        trainer = await as_role("trainer")
        counts = (await trainer.get(f"{API}/my-actions/counts")).json()
        assert (counts["due_soon"], counts["overdue"], counts["unfinished"]) == (1, 0, 1)
        mine = (await trainer.get(f"{API}/my-actions")).json()
        assert [a["reminder"] for a in mine["due"]] == ["due_soon"]
        assert (await (await as_role("coder")).get(f"{API}/my-actions")).json()["due"] == []

    async def test_the_board_filters_by_due_state_and_owner(self, action):
        auditor, act = action[0], action[3]
        for f, n in (
            ({"reminder": "due_soon"}, 1),
            ({"reminder": "overdue"}, 0),
            ({"state": "done"}, 0),
            ({"unfinished": True}, 1),
            ({"owner": "me"}, 0),
            ({"role": "trainer"}, 1),
        ):
            items = (await auditor.get(f"{API}/actions", params=f)).json()["items"]
            assert [i["action_id"] for i in items] == [act["action_id"]] * n, f

    async def test_pages_follow_one_another(self, agreed):
        auditor, _, made = agreed
        for day in ("2099-01-03", "2099-01-01", "2099-01-02"):
            body = {"text": "Hold a session", "owner_role": "trainer", "due_on": day}
            await post(auditor, f"/recommendations/{made['recommendation_id']}/actions", body, status=201)
        days, cursor = [], None
        while True:
            params = {"limit": 1} | ({"cursor": cursor} if cursor else {})
            page = (await auditor.get(f"{API}/actions", params=params)).json()
            days += [i["due_on"] for i in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert days == ["2099-01-01", "2099-01-02", "2099-01-03"]


class TestEffect:
    async def test_a_follow_up_is_linked_and_says_whether_it_helped(self, agreed, audit, session):
        auditor, _, made = agreed
        after, other = await audit(7, 40), await audit(8)
        await session.execute(
            text("update audit set follows_audit_id = :before where audit_id = :after"),
            {"before": UUID(made["audit_id"]), "after": after},
        )
        path = f"/recommendations/{made['recommendation_id']}/re-audit"
        answer = await auditor.post(f"{API}{path}", json={"audit_id": str(other)}, headers=etag(made))
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-a-follow-up")
        linked = await post(auditor, path, {"audit_id": str(after)}, seen=made)
        assert linked["re_audit"]["audit_id"] == str(after)
        found = (await auditor.get(f"{API}/audits/{made['audit_id']}/effect")).json()
        (pair,) = found["pairs"]
        assert pair["after_audit_id"] == str(after)
        assert {c["said"] for c in pair["changes"]} <= {"better", "worse", "no_evidence", None}
        assert pair["changes"][-1]["key"] == "all_correct"

    async def test_without_a_follow_up_nothing_is_claimed(self, agreed):
        auditor, _, made = agreed
        assert (await auditor.get(f"{API}/audits/{made['audit_id']}/effect")).json() == {"pairs": []}
