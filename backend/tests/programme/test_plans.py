"""Programmes, planned audits and coverage over HTTP."""

import datetime as dt

from sqlalchemy import text

from codewell.audits.rules import AuditKind
from codewell.kit import clock

IN = {"If-Match": "1"}


class TestBeginProgramme:
    async def test_anonymous_is_401(self, client):
        assert (await client.post("/api/v1/programmes", json={})).status_code == 401

    async def test_a_coder_may_not_even_look(self, as_role):
        assert (await (await as_role("coder")).get("/api/v1/programmes")).status_code == 403

    async def test_there_is_one_a_year(self, as_role, programme):
        await programme("2026/27")
        body = {"financial_year": "2026/27", "name": "Another"}
        answer = await (await as_role("manager")).post("/api/v1/programmes", json=body)
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/programme-year-taken"

    async def test_a_year_that_does_not_follow_is_refused(self, as_role):
        body = {"financial_year": "2026/28", "name": "Nothing"}
        answer = await (await as_role("manager")).post("/api/v1/programmes", json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/body/financial_year"

    async def test_is_seen_with_its_days_and_by_no_other_trust(self, as_role, programme):
        url = f"/api/v1/programmes/{await programme('2026/27')}"
        seen = (await (await as_role("auditor")).get(url)).json()
        assert (seen["starts_on"], seen["ends_on"]) == ("2026-04-01", "2027-03-31")
        assert seen["progress"]["dspt_wanted"] == 200
        assert (await (await as_role("other_manager")).get(url)).status_code == 404

    async def test_is_changed_by_its_version(self, as_role, programme):
        url = f"/api/v1/programmes/{await programme('2026/27')}"
        body = {"financial_year": "2026/27", "name": "Agreed programme", "agreed_on": "2026-04-14"}
        manager = await as_role("manager")
        assert (await manager.put(url, json=body, headers=IN)).json()["agreed_on"] == "2026-04-14"
        assert (await manager.put(url, json=body, headers=IN)).status_code == 412

    async def test_the_latest_year_comes_first_page_by_page(self, as_role, programme):
        for year in ("2025/26", "2027/28", "2026/27"):
            await programme(year)
        auditor = await as_role("auditor")
        first = (await auditor.get("/api/v1/programmes?limit=2")).json()
        rest = (await auditor.get(f"/api/v1/programmes?limit=2&cursor={first['next']}")).json()
        years = [p["financial_year"] for p in first["items"] + rest["items"]]
        assert years == ["2027/28", "2026/27", "2025/26"]
        assert rest["next"] is None


class TestPlanAudit:
    async def test_months_outside_the_year_are_refused(self, as_role, programme):
        url = f"/api/v1/programmes/{await programme('2026/27')}/planned-audits"
        body = {"kind": "dspt", "title": "DSPT", "month_from": "2027-03", "month_to": "2027-04", "episodes": 200}
        answer = await (await as_role("manager")).post(url, json=body)
        assert answer.status_code == 422
        assert [e["pointer"] for e in answer.json()["errors"]] == ["/body/month_to"]

    async def test_an_external_audit_says_who_ordered_it(self, as_role, programme):
        url = f"/api/v1/programmes/{await programme('2026/27')}/planned-audits"
        body = {"kind": "external", "title": "ICB", "month_from": "2026-10", "month_to": "2026-10", "episodes": 50}
        manager = await as_role("manager")
        assert (await manager.post(url, json=body)).status_code == 422
        assert (await manager.post(url, json=body | {"commissioned_by": "The ICB"})).status_code == 201

    async def test_somebody_unknown_is_named_by_their_place(self, as_role, programme, world):
        url = f"/api/v1/programmes/{await programme('2026/27')}/planned-audits"
        body = {
            "kind": "coder",
            "title": "Coders",
            "month_from": "2026-10",
            "month_to": "2026-10",
            "episodes": 20,
            "coder_ids": [str(world.people["coder"].person_id), str(world.people["other_coder"].person_id)],
        }
        answer = await (await as_role("manager")).post(url, json=body)
        assert [e["pointer"] for e in answer.json()["errors"]] == ["/body/coder_ids/1"]

    async def test_every_kind_can_be_planned(self, as_role, programme, plan):
        programme_id = await programme()
        for kind in AuditKind:
            await plan(programme_id, kind=kind.value, commissioned_by="The ICB", title=f"Audit: {kind.value}")
        found = (await (await as_role("auditor")).get(f"/api/v1/programmes/{programme_id}/planned-audits")).json()
        assert {p["kind"] for p in found["items"]} == set(AuditKind)

    async def test_is_dropped_with_a_reason_and_taken_up_again(self, as_role, plan):
        planned, programme_id = await plan()
        manager, url = await as_role("manager"), f"/api/v1/planned-audits/{planned}"
        assert (await manager.post(f"{url}/drop", json={"reason": ""}, headers=IN)).status_code == 422
        dropped = (await manager.post(f"{url}/drop", json={"reason": "No auditor free"}, headers=IN)).json()
        assert (dropped["state"], dropped["dropped_reason"]) == ("dropped", "No auditor free")
        again = await manager.post(f"{url}/drop", json={"reason": "Again"}, headers={"If-Match": "2"})
        assert again.status_code == 409
        progress = (await manager.get(f"/api/v1/programmes/{programme_id}")).json()["progress"]
        assert (progress["planned_audits"], progress["dropped"], progress["wanted"]) == (0, 1, 0)
        back = (await manager.post(f"{url}/restore", headers={"If-Match": "2"})).json()
        assert (back["state"], back["dropped_reason"]) == ("planned", None)

    async def test_is_late_from_its_last_month_on_until_it_is_started(self, as_role, plan):
        planned, _ = await plan()
        assert (await (await as_role("auditor")).get(f"/api/v1/planned-audits/{planned}")).json()["late"] is True
        counts = (await (await as_role("auditor")).get("/api/v1/programme-counts")).json()
        assert counts == {"missed_runs": 0, "late_plans": 1}


class TestStartPlannedAudit:
    async def test_a_manager_may_not(self, as_role, plan):
        planned, _ = await plan()
        url = f"/api/v1/planned-audits/{planned}/start"
        assert (await (await as_role("manager")).post(url, json={}, headers=IN)).status_code == 403

    async def test_makes_an_audit_with_the_plans_facts(self, as_role, plan, world):
        coder = str(world.people["coder"].person_id)
        planned, _ = await plan(kind="coder", title="New coders", episodes=25, coder_ids=[coder], specialties=["300"])
        auditor = await as_role("auditor")
        url = f"/api/v1/planned-audits/{planned}"
        period = {"period_from": "2026-07-01", "period_to": "2026-09-30"}
        made = (await auditor.post(f"{url}/start", json=period, headers=IN)).json()
        audit = (await auditor.get(f"/api/v1/audits/{made['audit_id']}")).json()
        assert (audit["kind"], audit["title"], audit["planned_audit_id"]) == ("coder", "New coders", planned)
        assert audit["population"]["coders"] == [coder]
        assert (audit["sampling"]["method"], audit["sampling"]["of_each"]) == ("per_coder", 25)
        seen = (await auditor.get(url)).json()
        assert seen["state"] == "started"
        assert [a["audit_id"] for a in seen["audits"]] == [made["audit_id"]]
        assert seen["can"]["drop"] != True  # noqa: E712

    async def test_half_a_period_is_refused(self, as_role, plan):
        planned, _ = await plan()
        url = f"/api/v1/planned-audits/{planned}/start"
        answer = await (await as_role("auditor")).post(url, json={"period_from": "2026-07-01"}, headers=IN)
        assert answer.status_code == 422

    async def test_a_plan_whose_audit_was_abandoned_is_planned_again(self, as_role, plan):
        planned, _ = await plan()
        auditor, url = await as_role("auditor"), f"/api/v1/planned-audits/{planned}"
        made = (await auditor.post(f"{url}/start", json={}, headers=IN)).json()
        audit = f"/api/v1/audits/{made['audit_id']}"
        gone = await auditor.post(f"{audit}/abandon", json={"reason": "Wrong period"}, headers=IN)
        assert gone.status_code == 200, gone.text
        assert (await auditor.get(url)).json()["state"] == "planned"


class TestCoverage:
    async def test_is_what_was_counted(self, as_role, programme, plan, world, drawn_audit, items_of, session):
        """Two coders with five episodes each, one audited episode of one of them, a plan for the other specialty."""
        audit_id = await drawn_audit(episodes=10, size=3)
        one, *_ = await items_of(audit_id)
        await session.execute(
            text("update audit_item set state = 'decided', decided_at = :now where item_id = :id"),
            {"now": clock.now(), "id": one.item_id},
        )
        await session.commit()
        programme_id = await programme()
        await plan(programme_id, kind="specialty", title="Cardiology", specialties=["320"])
        auditor = await as_role("auditor")
        url = f"/api/v1/programmes/{programme_id}/coverage"
        coders = (await auditor.get(f"{url}/coders")).json()["items"]
        mine = {c["key"]: c for c in coders}
        for name in ("coder", "coder_2"):
            line, person = mine[str(world.people[name].person_id)], world.people[name].person_id
            audited = int(one.coder_id == person)
            assert (line["episodes"], line["audited"]) == (5, audited)
            assert line["coverage"] == ("audited" if audited else "gap")
            assert line["last_audited_on"] == (clock.today().isoformat() if audited else None)
        assert mine[str(world.people["trainee"].person_id)]["coverage"] == "nothing_coded"
        specialties = {s["key"]: s for s in (await auditor.get(f"{url}/specialties")).json()["items"]}
        assert (specialties["300"]["episodes"], specialties["300"]["audited"]) == (10, 1)
        assert (specialties["320"]["coverage"], specialties["320"]["planned"]) == ("planned", ["Cardiology"])
        counts = (await auditor.get(url)).json()
        assert (counts["episodes"], counts["audited"], counts["coder_unknown"]) == (10, 1, 0)
        for kind, lines in (("coders", coders), ("specialties", list(specialties.values()))):
            for state, n in counts[kind].items():
                assert n == sum(line["coverage"] == state for line in lines)

    async def test_a_reference_counts_with_whom_it_belongs_to_and_the_others_stand_apart(
        self, as_role, programme, world, drawn_audit, items_of, session
    ):
        """Items whose coder was not known at the draw, in another spelling; and a reference of nobody here."""
        audit_id = await drawn_audit(episodes=6, size=6, by=("coder", "nobody"))
        for item in await items_of(audit_id):
            ref = item.frozen["coder_ref"].lower() + " "
            await session.execute(
                text("""update audit_item set state = 'decided', decided_at = :now, coder_id = null,
                        frozen = jsonb_set(frozen, '{coder_ref}', to_jsonb(cast(:ref as text))) where item_id = :id"""),
                {"now": clock.now(), "id": item.item_id, "ref": ref},
            )
        await session.commit()
        url = f"/api/v1/programmes/{await programme()}/coverage"
        auditor = await as_role("auditor")
        lines = (await auditor.get(f"{url}/coders")).json()["items"]
        mine = next(c for c in lines if c["key"] == str(world.people["coder"].person_id))
        assert (mine["episodes"], mine["audited"], mine["reference"]) == (3, 3, False)
        assert [(c["name"], c["episodes"], c["audited"]) for c in lines if c["reference"]] == [("REF-NOBODY", 3, 3)]
        assert lines[-1]["reference"]
        counts = (await auditor.get(url)).json()
        assert (counts["references"]["audited"], counts["coders"]["audited"]) == (1, 1)

    async def test_comes_page_by_page_gaps_first(self, as_role, programme, post_coded):
        await post_coded(4)
        url = f"/api/v1/programmes/{await programme()}/coverage/coders"
        auditor = await as_role("auditor")
        whole = (await auditor.get(url)).json()["items"]
        pages, cursor = [], ""
        while cursor is not None:
            page = (await auditor.get(url, params={"limit": 1, **({"cursor": cursor} if cursor else {})})).json()
            pages += page["items"]
            cursor = page["next"]
        assert pages == whole
        assert [c["coverage"] for c in whole[:2]] == ["gap", "gap"]
        assert all(c["coverage"] == "gap" for c in (await auditor.get(f"{url}?only=gap")).json()["items"])

    async def test_a_year_without_episodes_has_none(self, as_role, programme, post_coded):
        await post_coded(4)
        year = clock.financial_year(clock.today() + dt.timedelta(800))
        url = f"/api/v1/programmes/{await programme(year)}/coverage"
        counts = (await (await as_role("auditor")).get(url)).json()
        assert (counts["episodes"], counts["coders"]["gap"]) == (0, 0)
