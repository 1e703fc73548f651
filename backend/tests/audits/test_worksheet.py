"""Worksheets: taken, coded blind, compared, decided and finished, by the API as an auditor's own tool would."""

import pytest
from sqlalchemy import text

V1 = "/api/v1"


def own_lines(*codes):
    return [{"code": c} for c in codes]


class Desk:
    """An auditor at their desk: signed in, working through the items of one audit."""

    def __init__(self, http, audit_id):
        self.http, self.audit_id = http, audit_id

    async def take_next(self):
        return await self.http.post(f"{V1}/audits/{self.audit_id}/take-next")

    async def take(self, item_id):
        return await self.http.post(f"{V1}/audit-items/{item_id}/take")

    async def see(self, item_id):
        answer = await self.http.get(f"{V1}/audit-items/{item_id}/worksheet")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def send(self, verb, item_id, body, version, method="POST"):
        return await self.http.request(
            method, f"{V1}/audit-items/{item_id}/{verb}", json=body, headers={"If-Match": str(version)}
        )

    async def save(self, item_id, diagnoses, procedures=()):
        version = (await self.see(item_id))["item"]["version"]
        body = {"diagnoses": own_lines(*diagnoses), "procedures": [{"code": c, "on": on} for c, on in procedures]}
        return await self.send("codes", item_id, body, version)

    async def decide(self, sheet, *decisions):
        body = {"decisions": list(decisions)}
        return await self.send("decisions", sheet["item"]["item_id"], body, sheet["item"]["version"])

    async def finish(self, sheet, **body):
        return await self.send("finish", sheet["item"]["item_id"], body, sheet["item"]["version"])


@pytest.fixture
async def desk(as_role, drawn_audit):
    """An auditor with a drawn blind audit of one episode, coded J18.9 J44.9 I10 Z92.1 by a coder."""

    async def make(name="auditor", **changes):
        changes = {"episodes": 4, "size": 2, "by": ("coder",)} | changes
        audit_id = await drawn_audit(**changes)
        return Desk(await as_role(name), audit_id)

    return make


def slug(answer):
    return answer.json()["type"].rsplit("/", 1)[-1]


class TestChecks:
    """The auditor's own codes pass the checks that coders' codes pass, and say nothing of the coder's."""

    @pytest.mark.parametrize(
        ("diagnoses", "procedures", "what"),
        [
            (("J18.9", "B99.9"), (), "no code of the edition"),
            (("J18.9",), (("H01.1", "1999-01-01"),), "a day outside the episode"),
        ],
    )
    async def test_what_stops_a_coder_stops_the_auditor(self, desk, items_of, diagnoses, procedures, what):
        here = await desk(size=1)
        item_id = (await here.take_next()).json()["item_id"]
        answer = await here.save(item_id, diagnoses, procedures)
        assert (answer.status_code, slug(answer)) == (409, "checks-fail"), (what, answer.text)
        assert all(f["severity"] == "error" for f in answer.json()["findings"])
        assert "Z921" not in answer.text
        sheet = await here.see(item_id)
        assert (sheet["item"]["state"], sheet["coder"]) == ("coding", None)

    async def test_nor_does_it_pass_as_a_revision(self, desk):
        here = await desk(size=1)
        item_id = (await here.take_next()).json()["item_id"]
        saved = (await here.save(item_id, ["J18.9", "I10"])).json()
        body = {"diagnoses": own_lines("W19.0"), "procedures": [], "reason": "Seen again."}
        answer = await here.send("revision", item_id, body, saved["item"]["version"], "PUT")
        assert slug(answer) == "checks-fail"

    async def test_a_list_that_is_there_twice_is_refused_at_its_lines(self, desk):
        here = await desk(size=1)
        item_id = (await here.take_next()).json()["item_id"]
        answer = await here.save(item_id, ["J18.9", "I10", "J189", "I10"])
        assert (answer.status_code, slug(answer)) == (422, "diagnosis-twice")
        assert [e["pointer"] for e in answer.json()["errors"]] == ["/body/diagnoses/2/code", "/body/diagnoses/3/code"]

    async def test_a_warning_stops_nobody(self, desk):
        here = await desk(size=1)
        item_id = (await here.take_next()).json()["item_id"]
        # An operation done twice is worth a second look, and can well be so.
        on = (await here.see(item_id))["episode"]["started_on"]
        assert (await here.save(item_id, ["J18.9"], [("H01.1", on), ("H01.1", on)])).status_code == 200


class TestTaking:
    async def test_the_next_is_leased_and_given_again_until_it_is_finished(self, desk):
        here = await desk()
        first = (await here.take_next()).json()
        assert first["state"] == "coding"
        assert first["lease_until"]
        assert (await here.take_next()).json()["item_id"] == first["item_id"]

    async def test_two_auditors_never_get_the_same(self, desk, second_auditor, as_role):
        here = await desk(auditors=("auditor", "auditor_2"))
        there = Desk(await as_role("auditor_2"), here.audit_id)
        one, other = (await here.take_next()).json(), (await there.take_next()).json()
        assert one["item_id"] != other["item_id"]
        refused = await there.take(one["item_id"])
        assert (refused.status_code, slug(refused)) == (409, "audit-item-held")
        assert (await there.take_next()).json()["item_id"] == other["item_id"]
        assert slug(await here.take(other["item_id"])) == "audit-item-held"

    async def test_after_the_last_there_is_nothing_to_take(self, desk, as_role, second_auditor):
        here = await desk(size=1, auditors=("auditor", "auditor_2"))
        await here.take_next()
        nothing = await Desk(await as_role("auditor_2"), here.audit_id).take_next()
        assert (nothing.status_code, slug(nothing)) == (409, "nothing-to-audit")

    async def test_a_lease_that_ran_out_may_be_taken_over_without_the_draft(
        self, desk, as_role, second_auditor, database
    ):
        here = await desk(size=1, auditors=("auditor", "auditor_2"))
        item_id = (await here.take_next()).json()["item_id"]
        await here.send("draft", item_id, {"diagnoses": own_lines("R69"), "procedures": []}, 0, "PUT")
        async with database.transaction() as session:
            await session.execute(text("update audit_item set lease_until = now() - interval '1 minute'"))
        there = Desk(await as_role("auditor_2"), here.audit_id)
        assert (await there.take_next()).json()["item_id"] == item_id
        sheet = await there.see(item_id)
        assert (sheet["item"]["mine"], sheet["draft"]) == (True, None)
        lost = await here.send("draft", item_id, {"diagnoses": [], "procedures": []}, 1, "PUT")
        assert slug(lost) == "audit-item-held"

    async def test_whoever_is_no_auditor_of_the_audit_is_refused(self, desk, as_role, second_auditor):
        here = await desk()
        there = Desk(await as_role("auditor_2"), here.audit_id)
        refused = await there.take_next()
        assert (refused.status_code, slug(refused)) == (403, "not-of-this-audit")
        assert (await Desk(await as_role("coder"), here.audit_id).take_next()).status_code == 403
        assert (await Desk(await as_role("other_coder"), here.audit_id).take_next()).status_code == 403

    async def test_nobody_audits_what_they_coded_or_checked(self, desk, world, database):
        here = await desk(size=2)
        me = str(world.people["auditor"].person_id)
        async with database.transaction() as session:
            ids = (
                await session.execute(
                    text("select item_id, episode_id from audit_item where audit_id = :a order by no"),
                    {"a": here.audit_id},
                )
            ).all()
            await session.execute(
                text("update audit_item set coder_id = cast(:me as uuid) where item_id = :i"),
                {"me": me, "i": ids[0].item_id},
            )
            await session.execute(
                text("""update audit_item set frozen = frozen || jsonb_build_object('checked_by_id', cast(:me as text))
                        where item_id = :i"""),
                {"me": me, "i": ids[1].item_id},
            )
        for row in ids:
            refused = await here.take(row.item_id)
            assert (refused.status_code, slug(refused)) == (409, "own-coding")
        assert slug(await here.take_next()) == "nothing-to-audit"

    async def test_a_qualification_that_has_run_out_is_refused_on_the_day(self, desk, database, world):
        here = await desk()
        async with database.transaction() as session:
            await session.execute(text("update auditor_qualification set expires_on = current_date - 1"))
        refused = await here.take_next()
        assert (refused.status_code, slug(refused)) == (409, "not-qualified")

    async def test_it_can_be_given_back_and_the_lease_renewed(self, desk):
        here = await desk()
        item_id = (await here.take_next()).json()["item_id"]
        renewed = await here.http.post(f"{V1}/audit-items/{item_id}/renew")
        assert renewed.status_code == 200
        assert renewed.json()["lease_until"]
        released = await here.http.post(f"{V1}/audit-items/{item_id}/release")
        assert released.json()["state"] == "drawn"
        assert slug(await here.http.post(f"{V1}/audit-items/{item_id}/renew")) == "audit-item-held"


async def started(here):
    taken = (await here.take_next()).json()
    return await here.see(taken["item_id"])


async def frozen_of(database, item_id):
    async with database.transaction() as session:
        return await session.scalar(text("select frozen from audit_item where item_id = :i"), {"i": item_id})


class TestDraft:
    async def test_it_is_kept_by_version_and_the_same_again_is_answered_again(self, desk):
        here = await desk()
        item_id = (await here.take_next()).json()["item_id"]
        body = {"diagnoses": own_lines("I21"), "procedures": [], "note": "half"}
        first = await here.send("draft", item_id, body, 0, "PUT")
        assert (first.status_code, first.json()["version"]) == (200, 1)
        assert (await here.send("draft", item_id, body, 0, "PUT")).json()["version"] == 1
        stale = await here.send("draft", item_id, {"diagnoses": [], "procedures": []}, 0, "PUT")
        assert (stale.status_code, stale.json()["current"]["note"]) == (412, "half")
        sheet = await here.see(item_id)
        assert [d["code"] for d in sheet["draft"]["diagnoses"]] == ["I21"]


class TestSaving:
    async def test_the_lists_stand_side_by_side_and_the_own_one_is_locked(self, desk, database):
        here = await desk(size=1)
        sheet = await started(here)
        assert sheet["coder"] is None
        assert sheet["positions"] == []
        item_id = sheet["item"]["item_id"]
        frozen = await frozen_of(database, item_id)
        theirs = frozen["diagnoses"]
        answer = await here.save(item_id, [theirs[0], "N390", *theirs[2:]])
        assert answer.status_code == 200, answer.text
        sheet = answer.json()
        assert [d["code"] for d in sheet["coder"]["diagnoses"]] == theirs
        assert sheet["coder"]["name"]
        assert sheet["item"]["state"] == "comparing"
        assert sheet["positions"][0]["mark"] == "agreed"
        again = await here.save(item_id, ["I10"])
        assert (again.status_code, slug(again)) == (409, "audit-cannot-move")

    async def test_codes_that_are_none_and_lists_without_a_diagnosis_are_refused(self, desk):
        here = await desk()
        item_id = (await here.take_next()).json()["item_id"]
        wrong = await here.save(item_id, ["fall"])
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/body/diagnoses/0/code")
        assert slug(await here.save(item_id, [])) == "no-diagnosis"
        stale = await here.send("codes", item_id, {"diagnoses": own_lines("I10"), "procedures": []}, 99)
        assert stale.status_code == 412

    async def test_in_a_review_both_lists_are_there_from_the_start(self, desk):
        here = await desk(mode="review")
        sheet = await started(here)
        assert sheet["coder"]["diagnoses"]
        assert sheet["audit"]["mode"] == "review"
        assert (await here.save(sheet["item"]["item_id"], ["I10"])).json()["item"]["state"] == "comparing"


async def compared(here, database, own):
    """Save codes made from the coder's by ``own`` and return the worksheet."""
    sheet = await started(here)
    item_id = sheet["item"]["item_id"]
    frozen = await frozen_of(database, item_id)
    procedures = zip(frozen["procedures"], frozen["procedure_dates"], strict=True)
    answer = await here.save(item_id, own(frozen["diagnoses"]), procedures)
    assert answer.status_code == 200, answer.text
    return answer.json()


def positions(sheet):
    return [p for p in sheet["positions"] if p["side"] == "diagnoses"]


CODER = {"attribution": "coder", "standards": ["DGCS.3"]}


class TestDeciding:
    async def test_proposal_and_decision_are_both_kept_and_what_is_missing_is_named(self, desk, database):
        here = await desk(size=1)
        sheet = await compared(here, database, lambda theirs: [theirs[0], *theirs[1:], "N390"])
        added = next(p for p in positions(sheet) if p["mark"] == "added")
        assert (added["proposed_type"], added["final_type"], added["missing"]) == ("omitted", None, ["decision"])
        refused = await here.finish(sheet)
        assert (refused.status_code, slug(refused)) == (422, "finding-incomplete")
        assert {e["pointer"] for e in refused.json()["errors"]} >= {f"/positions/{added['no']}/decision"}
        sheet = (await here.decide(sheet, {"no": added["no"], "decision": "changed", "error_type": "other"})).json()
        added = next(p for p in positions(sheet) if p["no"] == added["no"])
        assert (added["proposed_type"], added["final_type"], added["decision"]) == ("omitted", "other", "changed")
        assert added["missing"] == ["attribution"]
        sheet = (await here.decide(sheet, {"no": added["no"], "decision": "accepted", "attribution": "coder"})).json()
        added = next(p for p in positions(sheet) if p["no"] == added["no"])
        assert (added["missing"], added["evidence_available"]) == (["standards"], True)
        sheet = (await here.decide(sheet, {"no": added["no"], "decision": "accepted", **CODER})).json()
        done = await here.finish(sheet, minutes=7, comment="Plain")
        assert (done.status_code, done.json()["state"]) == (200, "decided"), done.text
        sheet = await here.see(sheet["item"]["item_id"])
        assert (sheet["item"]["minutes"], sheet["item"]["comment"]) == (7, "Plain")

    async def test_a_query_resolution_is_refused_as_the_only_citation(self, desk, database):
        here = await desk(size=1)
        sheet = await compared(here, database, lambda theirs: [*theirs, "N390"])
        no = next(p["no"] for p in positions(sheet) if p["mark"] == "added")
        for cited in (["QRD"], ["QRD 2019/123"], ["qrd"]):
            refused = await here.decide(
                sheet, {"no": no, "decision": "accepted", "attribution": "coder", "standards": cited}
            )
            assert (refused.status_code, slug(refused)) == (422, "not-a-citation")
            assert refused.json()["errors"][0]["pointer"] == "/body/decisions/0/standards"
        kept = await here.decide(
            sheet, {"no": no, "decision": "accepted", "attribution": "coder", "standards": ["QRD 1", "DGCS.1"]}
        )
        assert kept.status_code == 200

    async def test_what_is_cited_is_in_the_list_or_says_that_it_is_not(self, desk, database):
        here = await desk(size=1)
        sheet = await compared(here, database, lambda theirs: [*theirs, "N390"])
        no = next(p["no"] for p in sheet["positions"] if p["proposed_type"])
        cite = {"no": no, "decision": "accepted", "attribution": "coder"}
        refused = await here.decide(sheet, {**cite, "standards": ["DGCS.3", "The green book"]})
        assert (refused.status_code, slug(refused)) == (422, "citation-not-listed")
        assert refused.json()["errors"][0]["pointer"] == "/body/decisions/0/standards/1"
        taken = await here.decide(sheet, {**cite, "standards": ["dgcs.3", "Other:  The green book"]})
        assert taken.status_code == 200, taken.text
        position = next(p for p in taken.json()["positions"] if p["no"] == no)
        assert position["standards"] == ["DGCS.3", "other: The green book"]
        again = await here.decide(taken.json(), {**cite, "standards": ["other: x"]})
        assert slug(again) == "citation-not-listed"

    async def test_what_is_stale_is_stale_in_whatever_state(self, desk, database, as_role):
        here = await desk(size=1)
        sheet = await compared(here, database, lambda theirs: theirs)
        item_id, version = sheet["item"]["item_id"], sheet["item"]["version"]
        assert (await here.finish(sheet)).status_code == 200
        finished = await here.finish(sheet)
        assert (finished.status_code, finished.json()["current_version"]) == (412, version + 1)
        for verb, method, body in (
            ("decisions", "POST", {"decisions": [{"no": 1, "decision": "open"}]}),
            ("revision", "PUT", {"diagnoses": own_lines("R69"), "procedures": [], "reason": "Seen again."}),
            ("unsafe", "POST", {"reason": "Nothing in it."}),
            ("correct", "POST", {"reason": "A note came."}),
        ):
            stale = await here.send(verb, item_id, body, version, method)
            assert stale.status_code == 412, (verb, stale.text)
            assert (await here.send(verb, item_id, body, version + 1, method)).status_code == 409, verb

    async def test_not_the_coders_needs_a_reason_and_a_difference_let_stand_nothing(self, desk, database):
        here = await desk(size=1)
        sheet = await compared(here, database, lambda theirs: [*theirs, "N390", "Z511"])
        one, other = [p["no"] for p in positions(sheet) if p["mark"] == "added"]
        sheet = (
            await here.decide(
                sheet,
                {"no": one, "decision": "accepted", "attribution": "non_coder"},
                {"no": other, "decision": "rejected", **CODER},
            )
        ).json()
        by_no = {p["no"]: p for p in positions(sheet)}
        assert by_no[one]["missing"] == ["non_coder_reason", "evidence_available"]
        assert (by_no[other]["missing"], by_no[other]["final_type"], by_no[other]["attribution"]) == (
            [],
            None,
            "undetermined",
        )
        reason = {"attribution": "non_coder", "non_coder_reason": "information_not_available"}
        sheet = (await here.decide(sheet, {"no": one, "decision": "accepted", **reason})).json()
        by_no = {p["no"]: p for p in positions(sheet)}
        assert (by_no[one]["missing"], by_no[one]["evidence_available"]) == ([], False)
        assert (await here.finish(sheet)).status_code == 200

    async def test_where_nothing_is_proposed_nothing_is_accepted_or_rejected(self, desk, database):
        here = await desk(size=1)
        sheet = await compared(here, database, lambda theirs: [theirs[1], theirs[0], *theirs[2:]])
        agreed = [p for p in positions(sheet) if p["proposed_type"] is None]
        shadows = [p for p in positions(sheet) if p["counted_elsewhere"]]
        assert agreed
        for p in (*agreed[:1], *shadows[:1]):
            for how in ("accepted", "rejected"):
                refused = await here.decide(sheet, {"no": p["no"], "decision": how, **CODER})
                assert (refused.status_code, slug(refused)) == (422, "type-not-fitting"), (p, how)

    async def test_types_that_do_not_fit_are_refused_and_wording_only_prompts(self, desk, database):
        here = await desk(size=1)
        sheet = await compared(here, database, lambda theirs: [*theirs, "N390"])
        no = next(p["no"] for p in positions(sheet) if p["mark"] == "added")
        refused = await here.decide(sheet, {"no": no, "decision": "changed", "error_type": "not_required"})
        assert (refused.status_code, slug(refused)) == (422, "type-not-fitting")
        kept = await here.decide(sheet, {"no": no, "decision": "accepted", **CODER, "comment": "Careless as always"})
        assert next(p for p in kept.json()["positions"] if p["no"] == no)["wording"] == ["careless"]

    async def test_evidence_is_kept_with_its_document(self, desk, database):
        here = await desk(size=1)
        sheet = await compared(here, database, lambda theirs: [*theirs, "N390"])
        no = next(p["no"] for p in positions(sheet) if p["mark"] == "added")
        where = {
            "evidence_kind": "discharge_summary",
            "evidence_on": "2026-11-12",
            "evidence_page": "2",
            "evidence": "UTI",
        }
        sheet = (await here.decide(sheet, {"no": no, "decision": "accepted", **CODER, **where})).json()
        kept = next(p for p in sheet["positions"] if p["no"] == no)
        assert {name: kept[name] for name in where} == where

    async def test_another_auditor_decides_nothing_and_a_stale_version_is_told(
        self, desk, database, as_role, second_auditor
    ):
        here = await desk(size=1, auditors=("auditor", "auditor_2"))
        sheet = await compared(here, database, lambda theirs: [*theirs, "N390"])
        there = Desk(await as_role("auditor_2"), here.audit_id)
        refused = await there.decide(sheet, {"no": 1, "decision": "open"})
        assert (refused.status_code, slug(refused)) == (409, "audit-item-held")
        assert slug(await there.http.get(f"{V1}/audit-items/{sheet['item']['item_id']}/worksheet")) == "codes-hidden"
        sheet["item"]["version"] -= 1
        assert (await here.decide(sheet, {"no": 1, "decision": "open"})).status_code == 412


class TestRevising:
    async def test_the_first_list_stays_and_what_was_decided_on_the_same_codes_too(self, desk, database):
        here = await desk(size=1)
        sheet = await compared(here, database, lambda theirs: [*theirs, "N390", "Z511"])
        one, other = [p for p in positions(sheet) if p["mark"] == "added"]
        sheet = (await here.decide(sheet, {"no": one["no"], "decision": "accepted", **CODER})).json()
        first = [d["code"] for d in sheet["codes"]["diagnoses"]]
        body = {"diagnoses": own_lines(*first[:-1], "R33X"), "procedures": [], "reason": "The letter says so"}
        answer = await here.send("revision", sheet["item"]["item_id"], body, sheet["item"]["version"], "PUT")
        assert answer.status_code == 200, answer.text
        sheet = answer.json()
        assert [d["code"] for d in sheet["codes"]["diagnoses"]] == first
        assert sheet["revised"]["reason"] == "The letter says so"
        by_no = {p["no"]: p for p in positions(sheet)}
        assert by_no[one["no"]]["decision"] == "accepted"
        assert other["no"] not in by_no
        fresh = next(p for p in by_no.values() if p["auditor"] and p["auditor"]["code"] == "R33")
        assert fresh["decision"] == "open"
        assert fresh["no"] > other["no"]


class TestUnsafe:
    async def test_it_has_a_reason_shows_nothing_and_is_reopened_blind(self, desk):
        here = await desk(size=2)
        sheet = await started(here)
        item_id = sheet["item"]["item_id"]
        body = {"reason": "No letter", "minutes": 3, "then": "next"}
        answer = await here.send("unsafe", item_id, body, sheet["item"]["version"])
        assert answer.json()["state"] == "unsafe"
        assert answer.json()["next_item_id"] not in (None, item_id)
        sheet = await here.see(item_id)
        assert (sheet["coder"], sheet["item"]["state_reason"], sheet["item"]["minutes"]) == (None, "No letter", 3)
        sheet = (await here.send("reopen", item_id, {"reason": "It has come"}, sheet["item"]["version"])).json()
        assert (sheet["item"]["state"], sheet["coder"]) == ("coding", None)

    async def test_a_decided_episode_is_reopened_with_its_decisions(self, desk, database):
        here = await desk(size=1)
        sheet = await compared(here, database, lambda theirs: theirs)
        rest = [{"no": p["no"], "decision": "rejected"} for p in sheet["positions"] if p["missing"]]
        if rest:
            sheet = (await here.decide(sheet, *rest)).json()
        done = await here.finish(sheet, then="next")
        assert done.json() | {"version": 0} == {
            "item_id": sheet["item"]["item_id"], "state": "decided", "version": 0, "next_item_id": None
        }  # fmt: skip
        again = await here.send("reopen", sheet["item"]["item_id"], {"reason": "Again"}, done.json()["version"])
        assert (again.status_code, again.json()["item"]["state"]) == (200, "comparing")


class TestProposals:
    async def test_how_often_they_were_right_is_told_over_all_audits(self, desk, database):
        here = await desk(size=1)
        sheet = await compared(here, database, lambda theirs: [*theirs, "N390", "Z511"])
        one, other = [p["no"] for p in positions(sheet) if p["mark"] == "added"]
        sheet = (
            await here.decide(
                sheet, {"no": one, "decision": "accepted", **CODER}, {"no": other, "decision": "rejected"}
            )
        ).json()
        empty = (await here.http.get(f"{V1}/audit-proposals")).json()
        assert empty["agreement"]["share"] is None, "what is not finished does not count yet"
        assert (await here.finish(sheet)).status_code == 200
        told = (await here.http.get(f"{V1}/audit-proposals")).json()
        assert (told["accepted"], told["changed"], told["rejected"]) == (1, 0, 1)
        assert (told["agreement"]["share"], told["by_type"][0]["error_type"]) == (0.5, "omitted")
