"""Profiles and qualifications through the API."""

import datetime as dt

from codewell.kit import clock

LEVELS = {
    "regime": "Ours",
    "episodes": 100,
    "levels": [{"key": "met", "name": "Met", "needed": {"primary_diagnosis": "0.93"}}],
}


def version(**changes):
    return {
        "name": "Ours", "organisation_type": "acute", "valid_from": "2026-01-01", "body": LEVELS, "reason": "Agreed",
    } | changes  # fmt: skip


class TestProfiles:
    async def test_what_ships_is_listed_and_in_force(self, as_role):
        items = (await (await as_role("auditor")).get("/api/v1/audit-profiles")).json()["items"]
        assert {i["profile_id"] for i in items} >= {"methodology.neutral", "threshold.acute_80", "progression.local"}
        assert all(i["in_force"] and i["shipped"] and i["version"] == 1 for i in items)

    async def test_a_version_follows_and_the_one_before_stays(self, as_role):
        auditor = await as_role("auditor")
        where = "/api/v1/audit-profiles/threshold.acute_80"
        answer = await auditor.post(f"{where}/versions", json=version(), headers={"If-Match": "1"})
        assert answer.status_code == 201, answer.text
        assert (answer.json()["version"], answer.json()["in_force"]) == (2, True)
        assert [v["version"] for v in answer.json()["versions"]] == [2, 1]
        before = (await auditor.get(where, params={"version": 1})).json()
        assert before["body"]["levels"][0]["needed"]["secondary_diagnosis"] == "0.80"
        compared = (await auditor.get(f"{where}/compare", params={"was": 1, "now": 2})).json()["differences"]
        assert {"path": "levels.met.needed.primary_diagnosis", "was": "0.90", "now": "0.93"} in compared
        assert {"path": "levels.exceeded.name", "was": "Standards exceeded", "now": None} in compared
        stale = await auditor.post(f"{where}/versions", json=version(), headers={"If-Match": "1"})
        assert stale.status_code == 412

    async def test_a_version_to_come_is_not_in_force_yet(self, as_role):
        auditor = await as_role("auditor")
        day = (clock.today() + dt.timedelta(10)).isoformat()
        await auditor.post(
            "/api/v1/audit-profiles/threshold.acute_80/versions",
            json=version(valid_from=day),
            headers={"If-Match": "1"},
        )
        listed = (await auditor.get("/api/v1/audit-profiles", params={"kind": "threshold"})).json()["items"]
        ours = next(i for i in listed if i["key"] == "acute_80")
        assert (ours["version"], ours["latest"], ours["in_force"]) == (1, 2, True)

    async def test_what_a_profile_cannot_hold_is_pointed_at(self, as_role):
        wrong = version(
            body=LEVELS | {"levels": [{"key": "met", "name": "Met", "needed": {"primary_diagnosis": "93"}}]}
        )
        answer = await (await as_role("auditor")).post(
            "/api/v1/audit-profiles/threshold.acute_80/versions", json=wrong, headers={"If-Match": "1"}
        )
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["pointer"] == "/body/body/levels/0/needed/primary_diagnosis"
        assert error["detail"] == "must be a share from 0 to 1 with a decimal point, such as 0.95"

    async def test_levels_that_make_no_sense_are_refused(self, as_role):
        met = LEVELS["levels"][0]
        wrong = version(body=LEVELS | {"levels": [met, met | {"needed": {"primary_diagnosis": "0"}}]})
        answer = await (await as_role("auditor")).post(
            "/api/v1/audit-profiles/threshold.acute_80/versions", json=wrong, headers={"If-Match": "1"}
        )
        assert answer.status_code == 422
        assert {e["pointer"].removeprefix("/body/body/levels/1/") for e in answer.json()["errors"]} == {
            "key", "needed/primary_diagnosis",
        }  # fmt: skip

    async def test_a_profile_of_its_own_key_is_this_trusts_only(self, as_role):
        auditor = await as_role("auditor")
        body = version() | {"kind": "threshold", "key": "ours"}
        assert (await auditor.post("/api/v1/audit-profiles", json=body)).status_code == 201
        assert (await auditor.post("/api/v1/audit-profiles", json=body)).status_code == 409
        assert (await auditor.get("/api/v1/audit-profiles/threshold.ours")).status_code == 200
        other = await as_role("other_manager")
        assert (await other.get("/api/v1/audit-profiles/threshold.ours")).status_code == 404

    async def test_a_trainer_reads_and_does_not_publish(self, as_role):
        trainer = await as_role("trainer")
        seen = (await trainer.get("/api/v1/audit-profiles/methodology.neutral")).json()
        assert seen["can"]["publish"] == "You do not have permission to do this."
        answer = await trainer.post(
            "/api/v1/audit-profiles/threshold.acute_80/versions", json=version(), headers={"If-Match": "1"}
        )
        assert answer.status_code == 403


class TestQualifications:
    async def test_one_is_recorded_shown_as_ending_soon_and_withdrawn(self, as_role, world):
        manager = await as_role("manager")
        person = world.people["auditor"].person_id
        soon = clock.today() + dt.timedelta(20)
        body = {"kind": "approved_auditor", "number": "A-9", "awarded_on": "2023-01-01", "expires_on": soon.isoformat()}
        answer = await manager.post(f"/api/v1/auditors/{person}/qualifications", json=body)
        assert answer.status_code == 201, answer.text
        held = answer.json()["qualifications"][0]
        assert (held["stands"], held["days_left"], answer.json()["expiring"]) == ("expiring", 20, True)
        where = f"/api/v1/auditor-qualifications/{held['qualification_id']}/withdraw"
        gone = await manager.post(where, json={"reason": "Wrong person"}, headers={"If-Match": "1"})
        assert gone.json()["in_force"] is False
        assert gone.json()["qualifications"][0]["stands"] == "withdrawn"
        assert (await manager.post(where, json={"reason": "Again"}, headers={"If-Match": "2"})).status_code == 412

    async def test_who_audits_is_listed_also_without_a_qualification(self, as_role):
        items = (await (await as_role("auditor")).get("/api/v1/auditors")).json()["items"]
        assert [(i["name"], i["in_force"]) for i in items] == [("Demo auditor", False)]

    async def test_nobody_records_their_own(self, as_role, world):
        auditor, me = await as_role("auditor"), world.people["auditor"].person_id
        body = {"kind": "approved_auditor", "number": "SELF-1", "awarded_on": "2023-01-01"}
        answer = await auditor.post(f"/api/v1/auditors/{me}/qualifications", json=body)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/own-qualification")
        shown = (await auditor.get(f"/api/v1/auditors/{me}")).json()
        assert shown["can"]["qualify"] == "Somebody else must record your qualification"

    async def test_somebody_of_another_trust_is_not_found(self, as_role, world):
        other = world.people["other_coder"].person_id
        body = {"kind": "acc", "awarded_on": "2023-01-01"}
        answer = await (await as_role("manager")).post(f"/api/v1/auditors/{other}/qualifications", json=body)
        assert answer.status_code == 404
