"""The work queues over HTTP: take, hold, move, assign, undo."""

import asyncio
import datetime as dt

import pytest
from sqlalchemy import text

from codewell.kit import clock, repeat
from codewell.workqueues import rules, service
from codewell.workqueues.rules import Queue
from codewell.workqueues.schemas import Claim
from intake.messages import message
from workqueues.conftest import place_items

TOMORROW = (clock.today() + dt.timedelta(1)).isoformat()


async def claim(http, **body):
    return await http.post("/api/v1/work-items/claim-next", json=body)


class TestClaimNext:
    async def test_anonymous_is_401(self, client):
        assert (await claim(client)).status_code == 401

    async def test_a_privacy_officer_may_not(self, as_role):
        assert (await claim(await as_role("privacy_officer"))).status_code == 403

    async def test_gives_the_longest_waiting_first_and_never_twice(self, as_role, items):
        ids = [str(i) for i in await items(3)]
        coder, second = await as_role("coder"), await as_role("coder_2")
        taken = [(await claim(h)).json()["episode_id"] for h in (coder, second, coder)]
        assert taken == ids
        assert (await claim(second)).json()["type"] == "/problems/nothing-to-claim"

    async def test_never_gives_another_trusts_episode(self, as_role, items):
        await items(1)
        assert (await claim(await as_role("other_coder"))).status_code == 404

    async def test_gives_what_is_assigned_first_and_to_nobody_else(self, as_role, items, world):
        ids = await items(3)
        manager, coder = await as_role("manager"), await as_role("coder")
        me = str(world.people["coder"].person_id)
        body = {"person_id": me}
        await manager.post(f"/api/v1/work-items/{ids[2]}/assign", json=body, headers={"If-Match": "1"})
        others = [(await claim(await as_role("coder_2"))).json().get("episode_id") for _ in range(3)]
        assert others == [str(ids[0]), str(ids[1]), None]
        assert (await claim(coder)).json()["episode_id"] == str(ids[2])

    async def test_takes_from_held_queues_only_when_asked(self, as_role, items):
        await items(1, queue="outstanding_pathology")
        coder = await as_role("coder")
        assert (await claim(coder)).status_code == 404
        assert (await claim(coder, queues=["outstanding_pathology"])).status_code == 200

    async def test_second_check_is_for_those_who_may_approve_and_never_ones_own(self, as_role, items, world):
        await items(1, queue="second_check", author=world.people["coder"].person_id)
        wanted = {"queues": ["second_check"]}
        assert (await claim(await as_role("trainee"), **wanted)).status_code == 403
        assert (await claim(await as_role("coder"), **wanted)).status_code == 404
        assert (await claim(await as_role("coder_2"), **wanted)).status_code == 200

    async def test_a_lease_that_ran_out_is_free_again(self, as_role, items):
        (first,) = await items(1)
        coder, other = await as_role("coder"), await as_role("coder_2")
        await claim(coder)
        assert (await claim(other)).status_code == 404
        with clock.frozen(clock.now() + dt.timedelta(minutes=29)):
            assert (await claim(other)).status_code == 404
        # The other coder's browser stays signed in meanwhile.
        with clock.frozen(clock.now() + dt.timedelta(minutes=29)):
            await other.get("/api/v1/my-work")
        with clock.frozen(clock.now() + dt.timedelta(minutes=31)):
            assert (await claim(other)).json()["episode_id"] == str(first)

    async def test_forty_at_once_get_forty_different_episodes(self, own, own_world):
        async with own.transaction() as session:
            ids = await place_items(session, own_world.system, 60)
        actor = own_world.actor("coder")

        async def one(n):
            from dataclasses import replace
            from uuid import uuid4

            async with own.transaction() as session:
                someone = replace(actor, id=uuid4())
                return await service.claim_next(session, someone, Claim(), lease_minutes=30)

        taken = await asyncio.gather(*(one(n) for n in range(40)))
        assert len(set(taken)) == 40
        assert set(taken) <= set(ids)


class TestLeavers:
    async def test_what_was_assigned_to_somebody_who_left_is_everybodys(self, as_role, items, world):
        (first,) = await items(1)
        manager = await as_role("manager")
        leaver = world.people["coder_2"].person_id
        body = {"person_id": str(leaver)}
        await manager.post(f"/api/v1/work-items/{first}/assign", json=body, headers={"If-Match": "1"})
        coder = await as_role("coder")
        assert (await claim(coder)).status_code == 404
        await manager.post(f"/api/v1/people/{leaver}/deactivate", headers={"If-Match": "1"})
        assert (await claim(coder)).json()["episode_id"] == str(first)


class TestOpen:
    async def test_names_who_has_it(self, as_role, items):
        (first,) = await items(1)
        await (await as_role("coder")).post(f"/api/v1/work-items/{first}/open")
        answer = await (await as_role("coder_2")).post(f"/api/v1/work-items/{first}/open")
        assert answer.status_code == 409
        assert answer.json()["owner"] == "Demo coder"

    async def test_another_trusts_is_404(self, as_role, items):
        (first,) = await items(1)
        assert (await (await as_role("other_coder")).post(f"/api/v1/work-items/{first}/open")).status_code == 404


class TestRelease:
    async def test_makes_it_free(self, as_role, items):
        (first,) = await items(1)
        coder = await as_role("coder")
        await coder.post(f"/api/v1/work-items/{first}/open")
        assert (await coder.post(f"/api/v1/work-items/{first}/release")).status_code == 204
        assert (await claim(await as_role("coder_2"))).status_code == 200

    async def test_of_what_one_does_not_hold_is_refused(self, as_role, items):
        (first,) = await items(1)
        answer = await (await as_role("coder")).post(f"/api/v1/work-items/{first}/release")
        assert answer.json()["type"] == "/problems/lease-lost"


class TestMove:
    async def test_holds_with_reason_and_wake_date_and_ends_the_lease(self, as_role, items):
        (first,) = await items(1)
        coder = await as_role("coder")
        version = (await coder.post(f"/api/v1/work-items/{first}/open")).json()["version"]
        body = {"queue": "outstanding_pathology", "reason": "Histology chased", "wake_on": TOMORROW}
        answer = await coder.post(f"/api/v1/work-items/{first}/move", json=body, headers={"If-Match": f'"{version}"'})
        item = answer.json()
        assert item["queue"] == "outstanding_pathology"
        assert item["held_until"] == TOMORROW
        assert item["lease_owner"] is None
        assert "Histology chased" in item["why"]["text"]

    @pytest.mark.parametrize("to", ["second_check", "update_received", "to_code"])
    async def test_to_a_home_that_is_not_its_own_is_refused(self, as_role, items, to):
        (first,) = await items(1)
        body = {"queue": to, "reason": "because"}
        answer = await (await as_role("coder")).post(
            f"/api/v1/work-items/{first}/move", json=body, headers={"If-Match": "1"}
        )
        assert answer.status_code == 409

    async def test_with_an_old_version_is_412_and_without_one_428(self, as_role, items):
        (first,) = await items(1)
        coder = await as_role("coder")
        body = {"queue": "waiting_for_information", "reason": "because"}
        assert (await coder.post(f"/api/v1/work-items/{first}/move", json=body)).status_code == 428
        answer = await coder.post(f"/api/v1/work-items/{first}/move", json=body, headers={"If-Match": "7"})
        assert (answer.status_code, answer.json()["current_version"]) == (412, 1)

    @pytest.mark.parametrize("days", [-1, 0, 181])
    async def test_a_wake_date_must_be_ahead_but_not_far(self, as_role, items, days):
        (first,) = await items(1)
        wake = (clock.today() + dt.timedelta(days)).isoformat()
        body = {"queue": "waiting_for_information", "reason": "because", "wake_on": wake}
        answer = await (await as_role("coder")).post(
            f"/api/v1/work-items/{first}/move", json=body, headers={"If-Match": "1"}
        )
        assert answer.status_code == 422

    def test_every_queue_and_home_has_its_own_answer(self):
        for queue in Queue:
            for home in rules.HOMES:
                for to in Queue:
                    allowed = rules.why_not_move(queue, home, to) is None
                    expected = to != queue and (to in rules.HOLDS or (to == home and queue in rules.HOLDS))
                    assert allowed == expected, (queue, home, to)


class TestWake:
    async def test_sends_home_on_the_day_and_not_before(self, as_role, items, database):
        (first,) = await items(1)
        coder = await as_role("coder")
        body = {"queue": "waiting_for_information", "reason": "Notes asked for", "wake_on": TOMORROW}
        await coder.post(f"/api/v1/work-items/{first}/move", json=body, headers={"If-Match": "1"})
        async with database.transaction() as session:
            assert await service.wake_due(session) == 0
        with clock.frozen(clock.now() + dt.timedelta(days=1)):
            async with database.transaction() as session:
                assert await service.wake_due(session) == 1
        item = (await coder.get("/api/v1/work-items")).json()["items"][0]
        assert item["queue"] == "to_code"
        assert item["why"]["code"] == "woke"


class TestPlace:
    async def test_a_persons_hold_outlives_a_new_placement(self, as_role, items):
        (first,) = await items(1)
        coder = await as_role("coder")
        body = {"queue": "waiting_for_information", "reason": "Notes asked for"}
        await coder.post(f"/api/v1/work-items/{first}/move", json=body, headers={"If-Match": "1"})
        await items(1, ids=[first])
        assert (await coder.get("/api/v1/work-items")).json()["items"][0]["queue"] == "waiting_for_information"
        await items(1, ids=[first], queue="update_received")
        assert (await coder.get("/api/v1/work-items")).json()["items"][0]["queue"] == "update_received"

    async def test_a_person_who_sends_it_home_is_not_overruled_by_the_next_message(self, as_role, items):
        (first,) = await items(1, queue="outstanding_pathology")
        coder = await as_role("coder")
        body = {"queue": "to_code", "reason": "Histology is on paper"}
        await coder.post(f"/api/v1/work-items/{first}/move", json=body, headers={"If-Match": "1"})
        await items(1, ids=[first], queue="outstanding_pathology")
        assert (await coder.get("/api/v1/work-items")).json()["items"][0]["queue"] == "to_code"

    async def test_takes_out_what_stands_nowhere(self, as_role, items):
        (first,) = await items(1)
        await items(1, ids=[first], remove=True)
        assert (await (await as_role("coder")).get("/api/v1/work-items")).json()["items"] == []


class TestMoveMany:
    async def test_moves_what_it_can_names_the_rest_and_is_undone(self, as_role, items):
        ids = await items(4)
        manager = await as_role("manager")
        await (await as_role("coder")).post(f"/api/v1/work-items/{ids[0]}/open")
        body = {
            "episode_ids": [str(i) for i in ids] + ["01900000-0000-7000-8000-000000000000"],
            "queue": "waiting_for_information",
            "reason": "Ward clerk asked",
        }
        done = (await manager.post("/api/v1/work-items/bulk-move", json=body)).json()
        assert done["moved"] == 3
        assert {s["reason"] for s in done["skipped"]} == {"Somebody is coding it.", "It stands in no queue any more."}
        counts = {q["queue"]: q["count"] for q in (await manager.get("/api/v1/work-items/counts")).json()["queues"]}
        assert counts["waiting_for_information"] == 3
        undone = (await manager.post(f"/api/v1/work-moves/{done['move_id']}/undo")).json()
        assert undone["moved"] == 3
        items_now = (await manager.get("/api/v1/work-items")).json()["items"]
        assert {i["queue"] for i in items_now} == {"to_code"}
        assert all(i["why"]["text"] == "Ready" for i in items_now)
        again = await manager.post(f"/api/v1/work-moves/{done['move_id']}/undo")
        assert again.json()["type"] == "/problems/already-undone"

    @pytest.mark.parametrize("verb", ["move", "assign"])
    async def test_sent_again_under_its_key_is_done_once(self, as_role, items, world, verb):
        ids = await items(2)
        manager = await as_role("manager")
        body = {"episode_ids": [str(i) for i in ids]} | (
            {"queue": "waiting_for_information", "reason": "Ward clerk asked"}
            if verb == "move"
            else {"person_id": str(world.people["coder"].person_id)}
        )
        url, key = f"/api/v1/work-items/bulk-{verb}", {"Idempotency-Key": "once"}
        first = await manager.post(url, json=body, headers=key)
        assert first.json()["moved"] == 2
        again = await manager.post(url, json=body, headers=key)
        assert (again.content, again.headers["Idempotent-Replayed"]) == (first.content, "true")
        other = await manager.post(url, json=body | {"episode_ids": [str(ids[0])]}, headers=key)
        assert other.json()["type"] == "/problems/key-reused"
        assert (await (await as_role("coder")).post(url, json=body, headers=key)).status_code == 403

    async def test_a_key_is_forgotten_after_a_month(self, as_role, items, database):
        ids = await items(1)
        manager = await as_role("manager")
        body = {"episode_ids": [str(ids[0])], "person_id": None}
        url, key = "/api/v1/work-items/bulk-assign", {"Idempotency-Key": "month"}
        first = (await manager.post(url, json=body, headers=key)).json()
        async with database.transaction() as session:
            await session.execute(text("update repeat set at = at - interval '31 days'"))
        again = await manager.post(url, json=body, headers=key)
        assert again.status_code == 200
        assert again.json()["move_id"] != first["move_id"]
        async with database.transaction() as session:
            await repeat.forget_old(session)
            assert await session.scalar(text("select count(*) from repeat where key = 'month'")) == 1
            await session.execute(text("update repeat set at = at - interval '31 days'"))
            await repeat.forget_old(session)
            assert await session.scalar(text("select count(*) from repeat where key = 'month'")) == 0

    async def test_is_not_for_coders(self, as_role, items):
        ids = await items(1)
        body = {"episode_ids": [str(ids[0])], "queue": "waiting_for_information", "reason": "because"}
        assert (await (await as_role("coder")).post("/api/v1/work-items/bulk-move", json=body)).status_code == 403


class TestSpecialties:
    async def test_counts_every_specialty_of_a_queue_and_no_other_trusts(self, as_role, items):
        await items(2, specialty="300")
        await items(1, specialty="110")
        await items(1, specialty="502", queue="outstanding_pathology")
        await items(1, specialty="430", provider="RYY")
        coder = await as_role("coder")

        async def counted(**params):
            answer = await coder.get("/api/v1/work-items/specialties", params=params)
            assert answer.status_code == 200, answer.text
            return {s["code"]: s["count"] for s in answer.json()["items"]}

        assert await counted() == {"300": 2, "110": 1, "502": 1}
        assert await counted(queue="to_code") == {"300": 2, "110": 1}
        assert await counted(queue="second_check") == {}

    async def test_never_more_than_one_page_and_those_without_a_name_last(self, as_role, items, database):
        await items(202)
        async with database.transaction() as session:
            await session.execute(
                text("""update work_item w set specialty_code = 'X' || n, specialty_name = case n when 202 then 'Z' end
                        from (select ctid, row_number() over () as n from work_item) r where r.ctid = w.ctid""")
            )
        answer = await (await as_role("coder")).get("/api/v1/work-items/specialties")
        assert (len(answer.json()["items"]), answer.json()["items"][0]["code"]) == (200, "X202")


class TestList:
    async def test_pages_meet_without_gap_or_repeat_in_every_order(self, as_role, items):
        ids = {str(i) for i in await items(7)}
        coder = await as_role("coder")
        for sort in ("due", "youngest", "specialty", "queued"):
            seen, cursor = [], None
            while True:
                url = f"/api/v1/work-items?limit=3&sort={sort}" + (f"&cursor={cursor}" if cursor else "")
                page = (await coder.get(url)).json()
                seen += [i["episode_id"] for i in page["items"]]
                cursor = page["next"]
                if cursor is None:
                    break
            assert len(seen) == 7
            assert set(seen) == ids

    async def test_a_cursor_of_another_filter_is_refused(self, as_role, items):
        await items(3)
        coder = await as_role("coder")
        cursor = (await coder.get("/api/v1/work-items?limit=1")).json()["next"]
        answer = await coder.get(f"/api/v1/work-items?limit=1&queue=to_code&cursor={cursor}")
        assert answer.json()["type"] == "/problems/bad-cursor"

    @pytest.mark.parametrize(
        ("query", "count"),
        [("queue=to_code", 5), ("queue=second_check", 0), ("min_age=4", 2), ("max_age=3", 3), ("specialty=300", 5),
         ("specialty=100", 0), ("assignee=nobody", 5), ("assignee=me", 0), ("held=true", 0), ("free=true", 5)],
    )  # fmt: skip
    async def test_filters_narrow(self, as_role, items, query, count):
        await items(5)
        assert len((await (await as_role("coder")).get(f"/api/v1/work-items?{query}")).json()["items"]) == count

    async def test_an_assignee_who_is_no_id_is_refused(self, as_role):
        answer = await (await as_role("coder")).get(f"/api/v1/work-items?assignee={'-' * 36}")
        assert answer.status_code == 422

    async def test_hides_other_trusts(self, as_role, items):
        await items(2, provider="RYY")
        assert (await (await as_role("coder")).get("/api/v1/work-items")).json()["items"] == []


class TestWhatTheHospitalCallsIt:
    async def test_every_row_says_its_spell_and_episode(self, as_role):
        sent = [message(), message(episode_number=2, message_id="2"), message(spell_number="SP0002", message_id="3")]
        for each in sent:
            each["coding"] = None
        await (await as_role("intake")).post("/api/v1/intake/episodes", json={"items": sent})
        coder = await as_role("coder")
        said = {("SP0001", 1), ("SP0001", 2), ("SP0002", 1)}
        listed = (await coder.get("/api/v1/work-items")).json()["items"]
        assert {(each["spell_number"], each["episode_number"]) for each in listed} == said
        taken = (await coder.post("/api/v1/work-items/claim-next", json={})).json()
        assert (taken["spell_number"], taken["episode_number"]) in said
        mine = (await coder.get("/api/v1/my-work")).json()["leased"]
        assert [each["spell_number"] for each in mine] == [taken["spell_number"]]
