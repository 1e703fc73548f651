"""Setting an audit up: created, changed, its auditors named, abandoned; and the lists that help."""

import datetime as dt

import pytest
from sqlalchemy import text

from codewell.kit import clock

NEW = {
    "kind": "dspt",
    "title": "DSPT annual audit",
    "period_from": "2026-04-01",
    "period_to": "2026-09-30",
    "threshold_key": "acute_80",
}


async def opened(http, **changes):
    answer = await http.post("/api/v1/audits", json=NEW | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


class TestMode:
    async def test_an_external_audit_is_neither_blind_nor_drawn_and_says_so(self, as_role):
        auditor = await as_role("auditor")
        body = {"kind": "external", "commissioned_by": "The ICB", "mode": "blind"}
        made = await opened(auditor, **body)
        assert (made["mode"], made["kind"]) == ("external", "external")
        (row,) = (await auditor.get("/api/v1/audits", params={"kind": "external"})).json()["items"]
        assert row["mode"] == "external"
        ours = await auditor.patch(
            f"/api/v1/audits/{made['audit_id']}", json={"kind": "ad_hoc"}, headers={"If-Match": '"1"'}
        )
        assert ours.json()["mode"] == "blind"

    async def test_no_other_audit_is_external(self, as_role):
        answer = await (await as_role("auditor")).post("/api/v1/audits", json=NEW | {"mode": "external"})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/body/mode")


class TestSense:
    """Periods and sizes that are slips of the keyboard are refused where they were typed."""

    @pytest.mark.parametrize(
        ("first", "last", "pointer"),
        [
            ("2026-09-30", "2026-04-01", "/body/period_to"),
            ("1900-01-01", "1900-12-31", "/body/period_from"),
            ("2026-04-01", "2126-09-30", "/body/period_to"),
            ("2020-04-01", "2026-09-30", "/body/period_to"),
        ],
    )
    async def test_a_silly_period_is_refused(self, as_role, first, last, pointer):
        auditor = await as_role("auditor")
        answer = await auditor.post("/api/v1/audits", json=NEW | {"period_from": first, "period_to": last})
        assert (answer.status_code, [e["pointer"] for e in answer.json()["errors"]]) == (422, [pointer])
        asked = await auditor.get("/api/v1/audit-coders", params={"ended_from": first, "ended_to": last})
        assert (asked.status_code, asked.json()["errors"][0]["pointer"]) == (
            422, pointer.replace("body/period", "query/ended"),
        )  # fmt: skip

    async def test_nor_is_one_changed_to_be_silly(self, as_role):
        auditor = await as_role("auditor")
        made = (await auditor.post("/api/v1/audits", json=NEW)).json()
        answer = await auditor.patch(
            f"/api/v1/audits/{made['audit_id']}", json={"period_to": "2020-01-01"}, headers={"If-Match": '"1"'}
        )
        assert answer.json()["errors"][0]["pointer"] == "/body/period_to"

    @pytest.mark.parametrize(
        ("sampling", "member"),
        [
            ({"method": "simple"}, "size"),
            ({"method": "simple", "size": 0}, "size"),
            ({"method": "risk_weighted", "size": 0}, "size"),
            ({"method": "proportional", "size": 10}, "by"),
            ({"method": "fixed", "by": "month"}, "of_each"),
            ({"method": "fixed", "by": "month", "of_each": 0}, "of_each"),
            ({"method": "fixed", "by": "specialty", "sizes": {"300": 0, "320": 0}}, "sizes"),
            ({"method": "per_coder"}, "of_each"),
        ],
    )
    async def test_a_sample_of_nothing_is_refused_where_it_was_typed(self, as_role, sampling, member):
        answer = await (await as_role("auditor")).post("/api/v1/audits", json=NEW | {"sampling": sampling})
        assert answer.status_code == 422, answer.text
        assert f"/body/sampling/{member}" in [e["pointer"] for e in answer.json()["errors"]]

    async def test_sizes_are_set_stratum_by_stratum(self, as_role, post_coded, qualify, world):
        """The documented example: fixed sizes; a stratum that is not named gives none."""
        await post_coded(8)
        await qualify("auditor")
        auditor = await as_role("auditor")
        keys = [str(world.people[name].person_id) for name in ("coder", "coder_2")]
        today = clock.today()
        days = {"period_from": (today - dt.timedelta(60)).isoformat(), "period_to": today.isoformat()}
        lead = {"lead_id": str(world.people["auditor"].person_id)}
        sampling = {"method": "fixed", "by": "coder", "sizes": {keys[0]: 3}}
        made = (await auditor.post("/api/v1/audits", json=NEW | days | lead | {"sampling": sampling})).json()
        url = f"/api/v1/audits/{made['audit_id']}"
        preview = (await auditor.get(f"{url}/draw/preview")).json()
        assert preview["size"] == 3
        drawn = await auditor.post(f"{url}/draw", json={}, headers={"If-Match": str(made["version"])})
        assert drawn.status_code == 201, drawn.text
        assert (await auditor.get(url)).json()["progress"]["items"] == 3


class TestOpening:
    async def test_an_audit_gets_a_reference_and_the_profiles_of_the_end_of_its_period(self, as_role):
        audit = await opened(await as_role("auditor"))
        assert audit["reference"] == f"CA-{clock.today().year}-001"
        assert audit["state"] == "setting_up"
        assert audit["methodology"] == {
            "profile_id": "methodology.neutral",
            "key": "neutral",
            "version": 1,
            "name": "Neutral methodology",
        }
        assert audit["thresholds"]["key"] == "acute_80"
        assert audit["targeted"] is False
        assert audit["can"]["draw"] == "Name a lead auditor first."
        assert (await opened(await as_role("auditor")))["reference"].endswith("-002")

    async def test_sent_twice_it_is_opened_once(self, as_role):
        auditor = await as_role("auditor")
        key = {"Idempotency-Key": "one"}
        first = await auditor.post("/api/v1/audits", json=NEW, headers=key)
        again = await auditor.post("/api/v1/audits", json=NEW, headers=key)
        assert first.json()["audit_id"] == again.json()["audit_id"]
        assert len((await auditor.get("/api/v1/audits")).json()["items"]) == 1

    async def test_a_manager_sees_audits_and_sets_none_up(self, as_role):
        audit = await opened(await as_role("auditor"))
        manager = await as_role("manager")
        assert (await manager.post("/api/v1/audits", json=NEW)).status_code == 403
        assert (await manager.get(f"/api/v1/audits/{audit['audit_id']}")).status_code == 200

    async def test_another_trust_finds_nothing(self, as_role):
        audit = await opened(await as_role("auditor"))
        other = await as_role("other_manager")
        assert (await other.get(f"/api/v1/audits/{audit['audit_id']}")).status_code == 404
        assert (await other.get("/api/v1/audits")).json()["items"] == []

    async def test_an_external_audit_says_who_commissioned_it(self, as_role):
        answer = await (await as_role("auditor")).post("/api/v1/audits", json=NEW | {"kind": "external"})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/body/commissioned_by"

    async def test_a_profile_that_was_not_in_force_is_refused(self, as_role):
        body = NEW | {"period_from": "2015-01-01", "period_to": "2015-02-01"}
        answer = await (await as_role("auditor")).post("/api/v1/audits", json=body)
        assert answer.status_code == 422
        assert answer.json()["type"] == "/problems/profile-unknown"

    async def test_a_sample_that_lacks_its_size_is_refused(self, as_role):
        answer = await (await as_role("auditor")).post("/api/v1/audits", json=NEW | {"sampling": {"method": "simple"}})
        assert answer.status_code == 422


class TestChanging:
    async def test_what_is_set_up_can_be_changed_by_who_saw_it(self, as_role):
        auditor = await as_role("auditor")
        audit = await opened(auditor)
        where = f"/api/v1/audits/{audit['audit_id']}"
        body = {"title": "Another title", "threshold_key": None, "population": {"specialties": ["300"]}}
        changed = await auditor.patch(where, json=body, headers={"If-Match": "1"})
        assert changed.status_code == 200, changed.text
        assert changed.json()["title"] == "Another title"
        assert changed.json()["thresholds"] is None
        assert changed.json()["population_words"] == ["Specialties: General Internal Medicine (300)"]
        assert (await auditor.patch(where, json=body, headers={"If-Match": "1"})).status_code == 412

    async def test_what_must_be_said_cannot_be_emptied(self, as_role):
        auditor = await as_role("auditor")
        audit = await opened(auditor)
        answer = await auditor.patch(
            f"/api/v1/audits/{audit['audit_id']}", json={"title": None}, headers={"If-Match": "1"}
        )
        assert answer.json()["errors"] == [{"pointer": "/body/title", "detail": "cannot be empty"}]

    async def test_once_drawn_only_the_words_can_be_changed(self, drawn_audit, as_role):
        audit_id = await drawn_audit()
        auditor = await as_role("auditor")
        where = f"/api/v1/audits/{audit_id}"
        answer = await auditor.patch(where, json={"aims": "To know more."}, headers={"If-Match": "2"})
        assert answer.json()["aims"] == "To know more."
        answer = await auditor.patch(where, json={"mode": "review"}, headers={"If-Match": "3"})
        assert answer.status_code == 409


class TestAuditors:
    async def test_the_qualification_of_the_day_is_kept(self, as_role, qualify, world):
        await qualify("auditor")
        auditor = await as_role("auditor")
        audit = await opened(auditor)
        answer = await auditor.put(
            f"/api/v1/audits/{audit['audit_id']}/auditors",
            json={"lead_id": str(world.people["auditor"].person_id)},
            headers={"If-Match": "1"},
        )
        assert answer.status_code == 200, answer.text
        (member,) = answer.json()["members"]
        assert member["part"] == "lead"
        assert member["qualification_number"] == "A-1"
        assert member["in_force"] is True
        assert answer.json()["can"]["draw"] is True

    async def test_without_a_qualification_in_force_nobody_audits(self, as_role, qualify, world):
        await qualify("auditor", expires_on=dt.date(2021, 1, 1))
        auditor = await as_role("auditor")
        audit = await opened(auditor)
        answer = await auditor.put(
            f"/api/v1/audits/{audit['audit_id']}/auditors",
            json={"lead_id": str(world.people["auditor"].person_id)},
            headers={"If-Match": "1"},
        )
        assert answer.status_code == 409
        assert answer.json()["people"] == ["Demo auditor"]

    async def test_a_coder_does_not_audit(self, as_role, world):
        auditor = await as_role("auditor")
        audit = await opened(auditor)
        answer = await auditor.put(
            f"/api/v1/audits/{audit['audit_id']}/auditors",
            json={"lead_id": str(world.people["coder"].person_id)},
            headers={"If-Match": "1"},
        )
        assert answer.status_code == 422
        assert answer.json()["errors"] == [{"pointer": "/body/lead_id", "detail": "does not audit here"}]

    async def test_who_comes_is_kept_blind_and_who_goes_stays_so(
        self, drawn_audit, second_auditor, as_role, qualify, world, database
    ):
        audit_id = await drawn_audit(size=5)
        await qualify("auditor_2")
        lead = str(second_auditor.person_id)
        answer = await (await as_role("auditor")).put(
            f"/api/v1/audits/{audit_id}/auditors", json={"lead_id": lead}, headers={"If-Match": "2"}
        )
        assert answer.status_code == 200, answer.text
        async with database.transaction() as session:
            rows = (await session.execute(text("select person_id, count(*) from episode_blind group by 1"))).all()
        # Who goes could be named again, and code what they had seen.
        gone = str(world.people["auditor"].person_id)
        assert {str(r[0]): r[1] for r in rows} == {lead: 5, gone: 5}


class TestAbandoning:
    async def test_its_episodes_are_free_again_and_seen(self, drawn_audit, as_role, database):
        audit_id = await drawn_audit(episodes=5, size=5)
        auditor = await as_role("auditor")
        answer = await auditor.post(
            f"/api/v1/audits/{audit_id}/abandon", json={"reason": "Wrong period"}, headers={"If-Match": "2"}
        )
        assert answer.json()["state"] == "abandoned"
        assert answer.json()["state_reason"] == "Wrong period"
        async with database.transaction() as session:
            assert (await session.execute(text("select count(*) from episode_blind"))).scalar_one() == 0


class TestLists:
    async def test_audits_are_filtered_and_come_by_pages(self, as_role, drawn_audit):
        running = await drawn_audit()
        auditor = await as_role("auditor")
        for _ in range(2):
            await opened(auditor)
        first = (await auditor.get("/api/v1/audits", params={"limit": 2})).json()
        rest = (await auditor.get("/api/v1/audits", params={"limit": 2, "cursor": first["next"]})).json()
        assert len(first["items"]) == 2
        assert [a["audit_id"] for a in rest["items"]] == [str(running)]
        assert rest["next"] is None
        assert rest["items"][0]["progress"]["items"] == 5
        assert rest["items"][0]["lead_name"] == "Demo auditor"
        for params, n in (
            ({"state": "running"}, 1),
            ({"kind": "dspt"}, 2),
            ({"mine": True}, 1),
            ({"words": "synth"}, 1),
        ):
            found = (await auditor.get("/api/v1/audits", params=params)).json()["items"]
            assert len(found) == n, params

    async def test_coders_and_specialties_of_a_period_with_their_episodes(self, as_role, post_coded):
        await post_coded(4)
        period = {
            "ended_from": (clock.today() - dt.timedelta(30)).isoformat(),
            "ended_to": clock.today().isoformat(),
        }
        auditor = await as_role("auditor")
        coders = (await auditor.get("/api/v1/audit-coders", params=period)).json()["items"]
        assert [(c["name"], c["episodes"]) for c in coders] == [("Demo coder", 2), ("Demo coder_2", 2)]
        specialties = (await auditor.get("/api/v1/audit-specialties", params=period)).json()["items"]
        assert specialties == [{"code": "300", "name": "General Internal Medicine", "episodes": 4}]
