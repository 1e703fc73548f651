"""An episode from uncoded to coded, second check, changes after coding, and two people at once."""

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from codewell.kit import clock
from codewell.kit.ids import uuid7
from coding.conftest import lines, message

GOOD = {"diagnoses": lines("I21.4", "E119", "I10X"), "procedures": []}


async def submit(http, episode_id, body=GOOD, version=0, verb="submit", **more):
    url = f"/api/v1/episodes/{episode_id}/{verb}"
    return await http.post(url, json={**body, **more}, headers={"If-Match": str(version)})


class TestSubmit:
    async def test_makes_an_immutable_version_and_settles_the_episode(self, as_role, post, bench):
        (episode,) = await post(message())
        coder = await as_role("coder")
        answer = await submit(coder, episode)
        assert answer.status_code == 200, answer.text
        coding = answer.json()["coding"]
        assert coding["version"] == 1
        assert [d["dotted"] for d in coding["diagnoses"]] == ["I21.4", "E11.9", "I10"]
        assert coding["diagnoses"][0]["title"]
        assert (coding["icd10_edition"], coding["person_name"]) != (None, None)
        after = await bench(episode)
        assert after["episode"]["coding_state"] == "coded"
        assert after["work_item"] is None
        assert (await coder.get(f"/api/v1/episodes/{episode}/codings")).json()["items"][0]["version"] == 1

    async def test_opens_the_next_in_the_same_breath(self, as_role, post):
        first, second = await post(message(), message())
        coder = await as_role("coder")
        await coder.post(f"/api/v1/work-items/{first}/open")
        answer = await submit(coder, first, then="next")
        assert answer.json()["next_episode_id"] == second
        leased = (await coder.get("/api/v1/my-work")).json()["leased"]
        assert [i["episode_id"] for i in leased] == [second]

    async def test_the_next_is_of_the_same_queue_while_it_lasts(self, as_role, post):
        older = message(started_on="2026-03-01", ended_on="2026-03-02", spell={"discharged_on": "2026-03-02",
                        "admitted_on": "2026-03-01"}, coding={"source": "pas", "diagnoses": ["I214"], "procedures": []})  # fmt: skip
        await post(older)
        changed = {k: v for k, v in older.items() if k != "coding"}
        await post(
            changed | {"message_id": "LATER", "source_at": clock.now().isoformat(), "consultant_code": "C7654321"}
        )
        first, second = await post(message(), message())
        coder = await as_role("coder")
        await coder.post(f"/api/v1/work-items/{first}/open")
        assert (await submit(coder, first, then="next")).json()["next_episode_id"] == second

    async def test_with_an_error_is_refused_and_nothing_is_lost(self, as_role, post, bench):
        (episode,) = await post(message())
        answer = await submit(await as_role("coder"), episode, {"diagnoses": lines("W190"), "procedures": []})
        assert answer.json()["type"] == "/problems/checks-fail"
        assert "E-01" in {f["rule_id"] for f in answer.json()["findings"]}
        assert (await bench(episode))["episode"]["coding_state"] == "uncoded"

    async def test_a_warning_needs_a_reason(self, as_role, post):
        (episode,) = await post(message())
        coder = await as_role("coder")
        body = {"diagnoses": lines("N40"), "procedures": []}
        refused = await submit(coder, episode, body)
        assert refused.json()["type"] == "/problems/reasons-needed"
        reasons = [{"rule_id": f["rule_id"], "reason": "Registered sex differs"} for f in refused.json()["findings"]]
        answer = await submit(coder, episode, body, reasons=reasons)
        assert answer.status_code == 200, answer.text
        coding = answer.json()["coding"]
        assert coding["reasons"][0]["reason"] == "Registered sex differs"
        # Whoever reads it later sees which warning and which line it was about, also when it answered the whole rule.
        finding = next(f for f in coding["findings"] if f["severity"] == "warn")
        assert coding["reasons"][0]["title"] == finding["title"]
        assert [(x["list"], x["index"], x["dotted"]) for x in coding["reasons"][0]["lines"]] == [
            ("diagnoses", 0, "N40")
        ]

    async def test_says_by_id_who_coded_it(self, as_role, post, world):
        (episode,) = await post(message())
        coding = (await submit(await as_role("coder"), episode)).json()["coding"]
        assert coding["person_id"] == str(world.people["coder"].person_id)

    async def test_a_line_that_is_no_code_is_named(self, as_role, post):
        (episode,) = await post(message())
        answer = await submit(await as_role("coder"), episode, {"diagnoses": lines("I21.4", "chest"), "procedures": []})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/body/diagnoses/1/code"
        assert "chest" not in answer.text

    async def test_while_somebody_else_has_it_is_refused(self, as_role, post):
        (episode,) = await post(message())
        await (await as_role("coder_2")).post(f"/api/v1/work-items/{episode}/open")
        assert (await submit(await as_role("coder"), episode)).json()["type"] == "/problems/lease-held"

    async def test_of_what_changed_meanwhile_is_412_with_the_differences(self, as_role, post):
        (episode,) = await post(message())
        await submit(await as_role("coder"), episode)
        answer = await submit(await as_role("coder_2"), episode, {"diagnoses": lines("I21.4"), "procedures": []})
        assert answer.status_code == 412
        assert answer.json()["current_version"] == 1
        assert {c["code"] for c in answer.json()["changes"]} == {"E119", "I10"}

    async def test_final_codes_change_only_with_a_reason(self, as_role, post):
        (episode,) = await post(message())
        coder = await as_role("coder")
        await submit(coder, episode)
        assert (await submit(coder, episode, version=1)).json()["type"] == "/problems/reason-needed"
        answer = await submit(coder, episode, version=1, reason="Histology came")
        assert answer.json()["coding"]["version"] == 2

    async def test_another_trusts_is_404(self, as_role, post):
        (episode,) = await post(message())
        assert (await submit(await as_role("other_coder"), episode)).status_code == 404

    async def test_no_version_can_be_changed_or_removed(self, own, own_world):
        for statement in ("update coding set state = 'returned'", "delete from coding", "truncate coding"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                async with own.transaction() as session:
                    await session.execute(text(statement))


class TestDraft:
    async def test_is_kept_private_and_found_again(self, as_role, post, bench):
        (episode,) = await post(message())
        coder = await as_role("coder")
        body = {"diagnoses": lines("I214"), "procedures": [], "pending": "amio"}
        saved = await coder.put(f"/api/v1/episodes/{episode}/draft", json=body, headers={"If-Match": "0"})
        assert saved.json()["version"] == 1
        draft = (await bench(episode))["draft"]
        assert (draft["diagnoses"][0]["code"], draft["pending"]) == ("I214", "amio")
        assert (await bench(episode, "coder_2"))["draft"] is None

    async def test_sent_again_after_a_lost_reply_is_answered_as_before(self, as_role, post):
        (episode,) = await post(message())
        coder = await as_role("coder")
        url = f"/api/v1/episodes/{episode}/draft"
        body = {"diagnoses": lines("I214"), "procedures": [], "pending": "am"}
        for seen in ("0", "1"):
            first = await coder.put(url, json=body, headers={"If-Match": seen})
            again = await coder.put(url, json=body, headers={"If-Match": seen})
            assert (again.status_code, again.json()) == (200, first.json())
            body["pending"] = "amio"
        assert first.json()["version"] == 2

    async def test_saved_in_another_window_is_412_with_both_sides(self, as_role, post):
        (episode,) = await post(message())
        coder = await as_role("coder")
        url = f"/api/v1/episodes/{episode}/draft"
        await coder.put(url, json={"diagnoses": lines("I214"), "procedures": []}, headers={"If-Match": "0"})
        answer = await coder.put(url, json={"diagnoses": lines("I10"), "procedures": []}, headers={"If-Match": "0"})
        assert answer.status_code == 412
        assert answer.json()["current"]["diagnoses"] == lines("I214")
        assert {(c["what"], c["code"]) for c in answer.json()["changes"]} == {("removed", "I10"), ("added", "I214")}

    async def test_typing_keeps_the_lease(self, as_role, post):
        (episode,) = await post(message())
        coder = await as_role("coder")
        before = (await coder.post(f"/api/v1/work-items/{episode}/open")).json()["lease_until"]
        with clock.frozen(clock.now() + dt.timedelta(minutes=10)):
            body = {"diagnoses": [], "procedures": []}
            await coder.put(f"/api/v1/episodes/{episode}/draft", json=body, headers={"If-Match": "0"})
            assert (await coder.get("/api/v1/my-work")).json()["leased"][0]["lease_until"] > before

    async def test_goes_with_the_submission(self, as_role, post, bench):
        (episode,) = await post(message())
        coder = await as_role("coder")
        body = {"diagnoses": lines("I214"), "procedures": []}
        await coder.put(f"/api/v1/episodes/{episode}/draft", json=body, headers={"If-Match": "0"})
        await submit(coder, episode)
        assert (await bench(episode))["draft"] is None


class TestSecondCheck:
    async def test_a_trainees_codes_wait_for_it_and_are_approved_by_somebody_else(self, as_role, post, bench, world):
        (episode,) = await post(message())
        trainee = await as_role("trainee")
        coding = (await submit(trainee, episode)).json()["coding"]
        assert coding["state"] == "for_second_check"
        item = (await bench(episode))["work_item"]
        assert item["queue"] == "second_check"
        assert "Demo trainee" in item["why"]["text"]
        assert (await submit(trainee, episode, version=1, verb="second-check/approve")).status_code == 403
        answer = await submit(await as_role("coder"), episode, version=1, verb="second-check/approve")
        assert answer.status_code == 200, answer.text
        approved = answer.json()["coding"]
        assert (approved["state"], approved["person_name"]) == ("final", "Demo trainee")
        assert approved["checked_by_name"] == "Demo coder"
        assert (await bench(episode))["work_item"] is None

    @pytest.mark.parametrize("sent", ["again", "not at all", "otherwise"])
    async def test_a_trainees_reasons_stay_the_trainees(self, as_role, post, bench, sent):
        (episode,) = await post(message())
        trainee, coder = await as_role("trainee"), await as_role("coder")
        body = {"diagnoses": lines("N40"), "procedures": []}
        asked = (await submit(trainee, episode, body)).json()
        reasons = [{"rule_id": f["rule_id"], "reason": "Looked at, stays"} for f in asked["findings"]]
        first = (await submit(trainee, episode, body, reasons=reasons)).json()["coding"]
        assert {r["person_name"] for r in first["reasons"]} == {"Demo trainee"}
        mine = [r | {"reason": "Checked against the letter"} for r in reasons]
        given = {"again": reasons, "not at all": [], "otherwise": mine}[sent]
        answer = await submit(coder, episode, body, version=1, verb="second-check/approve", reasons=given)
        assert answer.status_code == 200, answer.text
        told = {(r["person_name"], r["reason"]) for r in answer.json()["coding"]["reasons"]}
        wanted = (
            ("Demo coder", "Checked against the letter")
            if sent == "otherwise"
            else ("Demo trainee", "Looked at, stays")
        )
        assert told == {wanted}

    async def test_may_change_the_codes(self, as_role, post):
        (episode,) = await post(message())
        await submit(await as_role("trainee"), episode)
        body = {"diagnoses": lines("I214", "E119"), "procedures": []}
        answer = await submit(await as_role("auditor"), episode, body, version=1, verb="second-check/approve")
        assert [d["code"] for d in answer.json()["coding"]["diagnoses"]] == ["I214", "E119"]

    async def test_returned_codes_are_the_trainees_draft_again(self, as_role, post, bench):
        (episode,) = await post(message())
        await submit(await as_role("trainee"), episode)
        url = f"/api/v1/episodes/{episode}/second-check/return"
        body = {"reason": "Diabetes is not documented"}
        answer = await (await as_role("coder")).post(url, json=body, headers={"If-Match": "1"})
        assert answer.json()["state"] == "returned"
        again = await bench(episode, "trainee")
        assert again["episode"]["coding_state"] == "uncoded"
        assert again["work_item"]["assignee"]["me"] is True
        assert "Diabetes is not documented" in again["work_item"]["why"]["text"]
        assert [d["code"] for d in again["draft"]["diagnoses"]] == ["I214", "E119", "I10"]

    async def test_nobody_submits_other_codes_meanwhile(self, as_role, post):
        (episode,) = await post(message())
        trainee = await as_role("trainee")
        await submit(trainee, episode)
        assert (await submit(trainee, episode, version=1)).json()["type"] == "/problems/waits-for-second-check"

    async def test_a_trainee_does_not_change_final_codes(self, as_role, post):
        (episode,) = await post(message())
        await submit(await as_role("coder"), episode)
        answer = await submit(await as_role("trainee"), episode, version=1, reason="because")
        assert answer.json()["type"] == "/problems/not-for-trainees"

    async def test_a_returned_episode_keeps_its_reason_through_later_messages(self, as_role, post, bench):
        first = message()
        (episode,) = await post(first)
        await submit(await as_role("trainee"), episode)
        url = f"/api/v1/episodes/{episode}/second-check/return"
        await (await as_role("coder")).post(url, json={"reason": "Look again"}, headers={"If-Match": "1"})
        await post(first | {"message_id": "LATER", "source_at": clock.now().isoformat(), "ward_code": "W9"})
        assert "Look again" in (await bench(episode))["work_item"]["why"]["text"]

    async def test_of_what_is_not_waiting_is_refused(self, as_role, post):
        (episode,) = await post(message())
        answer = await submit(await as_role("coder"), episode, verb="second-check/approve")
        assert answer.json()["type"] == "/problems/not-for-second-check"


class TestUpdateReceived:
    async def test_a_changed_episode_comes_back_with_what_changed_and_its_codes(self, as_role, post, bench):
        first = message()
        (episode,) = await post(first)
        coder = await as_role("coder")
        await submit(coder, episode)
        later = (dt.date.fromisoformat(first["started_on"]) - dt.timedelta(1)).isoformat()
        changed = first | {"message_id": "LATER", "source_at": clock.now().isoformat(), "consultant_code": "C7654321"}
        changed["spell"] = first["spell"] | {"admitted_on": later}
        await post(changed)
        now = await bench(episode)
        assert now["episode"]["coding_state"] == "changed_after_coding"
        assert now["work_item"]["queue"] == "update_received"
        assert {c["field"] for c in now["changed"]} == {"consultant_code", "admitted_on"}
        assert [d["code"] for d in now["coding"]["diagnoses"]] == ["I214", "E119", "I10"]
        answer = await submit(coder, episode, version=1)
        assert answer.status_code == 200, answer.text
        assert (await bench(episode))["episode"]["coding_state"] == "coded"

    async def test_a_change_while_coding_is_412(self, as_role, post, bench):
        first = message()
        (episode,) = await post(first)
        seen = (await bench(episode))["episode"]["basis"]
        await post(first | {"message_id": "LATER", "source_at": clock.now().isoformat(), "consultant_code": "C7654321"})
        answer = await submit(await as_role("coder"), episode, seen_basis=seen)
        assert answer.status_code == 412
        assert answer.json()["facts"]

    async def test_other_codes_from_the_pas_are_a_version_and_ask_for_a_look(self, as_role, post, bench):
        first = message()
        (episode,) = await post(first)
        await submit(await as_role("coder"), episode)
        coding = {"source": "pas", "coder_ref": "REF9", "diagnoses": ["I219"], "procedures": []}
        later = (clock.now() + dt.timedelta(minutes=1)).isoformat()
        await post(first | {"message_id": "CODED", "source_at": later, "coding": coding})
        now = await bench(episode)
        assert (now["coding"]["version"], now["coding"]["source"]) == (2, "pas")
        assert now["work_item"]["queue"] == "update_received"
        versions = (await (await as_role("coder")).get(f"/api/v1/episodes/{episode}/codings")).json()["items"]
        assert [v["version"] for v in versions] == [2, 1]


class TestDocuments:
    async def test_awaited_histology_holds_and_its_arrival_wakes(self, as_role, post, bench):
        expected = {"document_ref": "H1", "kind": "histology", "title": "Histology", "expected_on": "2026-11-01"}
        first = message(documents=[expected])
        (episode,) = await post(first)
        item = (await bench(episode))["work_item"]
        assert (item["queue"], item["why"]["code"]) == ("outstanding_pathology", "awaiting_pathology")
        key = {k: first[k] for k in ("provider", "spell_number", "episode_number")}
        arrived = expected | {"arrived_at": clock.now().isoformat(), "text": "Benign naevus."}
        document = key | arrived | {"source_at": clock.now().isoformat(), "message_id": "D2"}
        answer = await (await as_role("intake")).post("/api/v1/intake/documents", json={"items": [document]})
        assert answer.status_code == 207, answer.text
        woken = (await bench(episode))["work_item"]
        assert (woken["queue"], woken["why"]["code"]) == ("to_code", "document_arrived")

    @pytest.mark.parametrize(
        ("kind", "queue"),
        [
            ("post_mortem", "outstanding_pathology"), ("cytology", "outstanding_pathology"),
            ("operation_note", "waiting_for_information"), ("letter", None),
        ],
    )  # fmt: skip
    async def test_each_says_which_queue_waits_for_it(self, post, bench, kind, queue):
        expected = {"document_ref": "D1", "kind": kind, "title": "Awaited", "expected_on": "2026-11-01"}
        here = {"document_ref": "D2", "kind": kind, "title": "Here", "arrived_at": clock.now().isoformat(), "text": "."}
        (episode,) = await post(message(documents=[expected, here]))
        said = {d["title"]: d["waits_in"] for d in (await bench(episode))["documents"]}
        assert said == {"Awaited": queue, "Here": None}

    async def test_one_that_comes_while_the_episode_is_open_stops_the_submission(self, as_role, post, bench):
        first = message()
        (episode,) = await post(first)
        coder = await as_role("coder")
        seen = (await bench(episode))["episode"]["documents_mark"]
        await self.send(as_role, first, "discharge_summary")
        saved = await coder.put(
            f"/api/v1/episodes/{episode}/draft", json={**GOOD, "note": "", "pending": ""}, headers={"If-Match": "0"}
        )
        assert saved.status_code == 200, saved.text
        assert saved.json()["documents_mark"] != seen
        refused = await submit(coder, episode, seen_documents=seen)
        assert refused.status_code == 412
        assert "document" in refused.json()["detail"]
        assert [f["field"] for f in refused.json()["facts"]] == ["documents"]
        now = (await bench(episode))["episode"]["documents_mark"]
        assert now == saved.json()["documents_mark"]
        assert (await submit(coder, episode, seen_documents=now)).status_code == 200

    @pytest.mark.parametrize("kind", ["histology", "discharge_summary"])
    async def test_one_that_comes_after_coding_wakes_the_episode(self, as_role, post, bench, kind):
        first = message()
        (episode,) = await post(first)
        coder = await as_role("coder")
        await submit(coder, episode)
        await self.send(as_role, first, kind)
        now = await bench(episode)
        assert (now["work_item"]["queue"], now["work_item"]["why"]["code"]) == ("update_received", "document_late")
        assert now["work_item"]["why"]["text"] == f"Late {kind} has come since it was coded"
        assert [d["code"] for d in now["coding"]["diagnoses"]] == ["I214", "E119", "I10"]
        # Codes confirmed, or changed, answer it: it stands nowhere again, whatever else is sent.
        assert (await submit(coder, episode, version=1)).status_code == 200
        await post(first | {"message_id": "AGAIN", "source_at": clock.now().isoformat(), "ward_code": "W9"})
        assert (await bench(episode))["work_item"] is None

    async def test_one_from_before_the_coding_that_reaches_us_after_it_wakes_the_episode_once(
        self, as_role, post, bench
    ):
        first = message()
        (episode,) = await post(first)
        coder = await as_role("coder")
        await submit(coder, episode)
        before = (clock.now() - dt.timedelta(hours=5)).isoformat()
        await self.send(as_role, first, "histology", arrived_at=before)
        item = (await bench(episode))["work_item"]
        assert (item["queue"], item["why"]["code"]) == ("update_received", "document_late")
        assert (await submit(coder, episode, version=1)).status_code == 200
        # Said again, or told of with other words, it is the same document that the coder has seen since.
        await self.send(as_role, first, "histology", arrived_at=before, text="Other words.", outcome="updated")
        await post(first | {"message_id": "AGAIN", "source_at": clock.now().isoformat(), "ward_code": "W9"})
        assert (await bench(episode))["work_item"] is None

    async def test_one_that_was_here_before_the_coding_wakes_nobody(self, as_role, post, bench):
        paper = {"document_ref": "D1", "kind": "histology", "title": "Histology", "text": "Benign."}
        first = message(documents=[paper | {"arrived_at": (clock.now() - dt.timedelta(hours=5)).isoformat()}])
        (episode,) = await post(first)
        await self.send(as_role, first, "discharge_summary")
        await submit(await as_role("coder"), episode)
        await post(first | {"message_id": "AGAIN", "source_at": clock.now().isoformat(), "ward_code": "W9"})
        assert (await bench(episode))["work_item"] is None

    async def test_a_letter_nobody_waits_for_wakes_nobody(self, as_role, post, bench):
        first = message()
        (episode,) = await post(first)
        await submit(await as_role("coder"), episode)
        await self.send(as_role, first, "letter")
        assert (await bench(episode))["work_item"] is None

    async def test_those_of_before_a_senders_coding_wake_nobody_and_later_ones_do(self, as_role, post, bench):
        coded_at = clock.now() - dt.timedelta(hours=2)
        coding = {"source": "pas", "coded_at": coded_at.isoformat(), "diagnoses": ["I214"], "procedures": []}
        paper = {"document_ref": "D1", "kind": "histology", "title": "Histology", "text": "Benign."}
        before, after = (coded_at + dt.timedelta(hours=n) for n in (-1, 1))
        first, second = await post(
            message(coding=coding, documents=[paper | {"arrived_at": before.isoformat()}]),
            message(coding=coding, documents=[paper | {"arrived_at": after.isoformat()}]),
        )
        assert (await bench(first))["work_item"] is None
        assert (await bench(second))["work_item"]["queue"] == "update_received"

    @pytest.mark.parametrize("again", [{}, {"coded_at": None}])
    async def test_only_coding_again_answers_a_late_one_not_saying_the_same_again(self, as_role, post, bench, again):
        then = (clock.now() - dt.timedelta(hours=2)).isoformat()
        first = message(
            source_at=then, coding={"source": "pas", "diagnoses": ["I214"], "procedures": []} | again,
            documents=[{
                "document_ref": "D1", "kind": "histology", "title": "Histology", "text": "Benign.",
                "arrived_at": (clock.now() - dt.timedelta(hours=1)).isoformat(),
            }],
        )  # fmt: skip
        (episode,) = await post(first)
        assert (await bench(episode))["work_item"]["why"]["code"] == "document_late"
        now = {"message_id": "AGAIN", "source_at": clock.now().isoformat(), "ward_code": "W9"}
        await post(first | now)
        assert (await bench(episode))["work_item"]["why"]["code"] == "document_late"
        coded = first["coding"] | {"coded_at": clock.now().isoformat()}
        await post(first | now | {"message_id": "CODED", "source_at": clock.now().isoformat(), "coding": coded})
        assert (await bench(episode))["work_item"] is None

    async def send(self, as_role, first, kind, outcome="created", **changes):
        key = {k: first[k] for k in ("provider", "spell_number", "episode_number")}
        now = clock.now().isoformat()
        document = key | {
            "document_ref": f"L-{kind}", "kind": kind, "title": f"Late {kind}", "arrived_at": now, "text": "Words.",
            "source_at": now, "message_id": f"LATE-{kind}", **changes,
        }  # fmt: skip
        answer = await (await as_role("intake")).post("/api/v1/intake/documents", json={"items": [document]})
        assert answer.status_code == 207, answer.text
        assert answer.json()["items"][0]["outcome"] == outcome, answer.text


class TestFeed:
    async def test_tells_every_version_once_in_order(self, own_app, own_world):
        from conftest import browser, sign_in_as

        async with browser(own_app) as pas, browser(own_app) as http, browser(own_app) as reader:
            pas.headers["Authorization"] = f"Bearer {own_world.keys['intake']}"
            reader.headers["Authorization"] = f"Bearer {own_world.keys['coding_read']}"
            items = [message(), message()]
            outcomes = (await pas.post("/api/v1/intake/episodes", json={"items": items})).json()["items"]
            await sign_in_as(own_app, http, own_world.people["coder"])
            for o in outcomes:
                assert (await submit(http, o["episode_id"])).status_code == 200
            seen, after = [], "0-0"
            while True:
                page = (await reader.get(f"/api/v1/codings?after={after}&limit=1")).json()
                if not page["items"]:
                    break
                seen += [(i["spell_number"], i["version"]) for i in page["items"]]
                after = page["next_after"]
            assert seen == [(i["spell_number"], 1) for i in items]

    async def test_never_passes_what_a_slower_transaction_commits_later(self, own, own_world):
        from sqlalchemy.ext.asyncio import AsyncSession

        from codewell.coding import reads
        from codewell.coding.schemas import FeedFilter

        system = own_world.system
        insert = text("""
            with k as (insert into episode_key (provider, spell_number, episode_number, episode_id, ended_on, source_at,
                source_message_id, digest, attrs_digest, deleted)
                values ('RXX', :spell, 1, :id, '2026-11-01', now(), 'm', :id, :id, false))
            insert into coding (provider, episode_id, version, state, source, diagnoses, procedures, procedure_dates,
                basis, at, recorded_at) values ('RXX', :id, 1, 'final', 'codewell', '{I10}', '{}', '{}', '{}', now(), now())
        """)
        early, late = uuid7(), uuid7()

        async def read(after):
            async with own.transaction() as session:
                return await reads.list_coding_feed(session, system, FeedFilter(after=after))

        async with AsyncSession(own.engine) as quick, AsyncSession(own.engine) as slow:
            await quick.execute(text("select pg_current_xact_id()"))
            await slow.execute(text("select pg_current_xact_id()"))
            await slow.execute(insert, {"spell": "S1", "id": early})
            await quick.execute(insert, {"spell": "S2", "id": late})
            await quick.commit()
            first = await read("0-0")
            await slow.commit()
        second = await read(first["next_after"])
        told = [i["episode_id"] for i in first["items"] + second["items"]]
        assert sorted(told) == sorted([early, late])


class TestWorkbench:
    async def test_leaves_a_line_that_it_was_seen(self, as_role, post, bench, database):
        (episode,) = await post(message())
        await bench(episode)
        async with database.transaction() as session:
            seen = await session.scalar(
                text("select count(*) from trail_line where tag = 'episode:seen' and subject_id = :id"), {"id": episode}
            )
        assert seen == 1

    async def test_says_what_the_episodes_of_the_spell_wait_for(self, as_role, post, bench):
        first = message()
        second = message(2, spell_number=first["spell_number"], patient=first["patient"])
        this, _other = await post(first, second)
        wake = (clock.today() + dt.timedelta(5)).isoformat()
        hold = {"queue": "outstanding_pathology", "reason": "Histology chased", "wake_on": wake}
        version = (await bench(this))["work_item"]["version"]
        url = f"/api/v1/work-items/{this}/move"
        await (await as_role("coder")).post(url, json=hold, headers={"If-Match": str(version)})
        spell = (await bench(this))["spell"]
        assert [(e["queue"], e["held_until"]) for e in spell] == [("outstanding_pathology", wake), ("to_code", None)]

    async def test_masks_who_it_is(self, post, bench):
        item = message()
        (episode,) = await post(item)
        body = str(await bench(episode))
        assert item["patient"]["local_patient_id"] not in body
        assert "1958-02-03" not in body

    async def test_shows_what_was_coded_before(self, post, bench):
        early = message(
            coding={"source": "encoder", "diagnoses": ["I48.9", "N183"], "procedures": []},
            started_on="2026-05-01", ended_on="2026-05-03", spell={"admitted_on": "2026-05-01", "discharged_on": "2026-05-03"},
        )  # fmt: skip
        now = message(patient=early["patient"])
        _, episode = await post(early, now)
        before = (await bench(episode))["before"]
        assert {b["code"] for b in before} == {"I489", "N183"}
