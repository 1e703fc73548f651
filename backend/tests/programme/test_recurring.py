"""Draws that recur: made once by the system, late after a stop, and an alert where they were not made."""

import asyncio
import datetime as dt

import pytest
from sqlalchemy import text

from codewell.audits.rules import QualificationKind
from codewell.audits.schemas.auditors import QualificationNew
from codewell.audits.service import auditors
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.programme.reads import recurring as reads
from codewell.programme.schemas.recurring import DrawTemplate, RecurringDrawIn
from codewell.programme.service import recurring as service
from statements import statements
from world import EVERYTHING, PROVIDER

NOON = dt.time(12)


def on(day):
    return clock.frozen(dt.datetime.combine(day, NOON, clock.LONDON))


def first_of_next(n=1):
    return clock.add_months(clock.today(), n)


async def runs(http, draw):
    return (await http.get(f"/api/v1/recurring-draws/{draw}/runs")).json()["items"]


class TestScheduleDraw:
    async def test_a_coder_may_not(self, as_role):
        assert (await (await as_role("coder")).get("/api/v1/recurring-draws")).status_code == 403

    async def test_a_schedule_on_which_nothing_is_due_is_refused(self, as_role, world):
        past = (clock.today() - dt.timedelta(400)).isoformat()
        body = {
            "title": "Over",
            "every": "monthly",
            "on_day": 1,
            "starts_on": past,
            "ends_on": past,
            "template": {
                "kind": "coder",
                "episodes": 2,
                "per": "coder",
                "auditor_ids": [str(world.people["auditor"].person_id)],
            },
        }
        answer = await (await as_role("manager")).post("/api/v1/recurring-draws", json=body)
        assert answer.json()["type"] == "/problems/schedule-empty"

    async def test_a_start_in_the_past_owes_nothing_for_the_past(self, as_role, recurring, database, last_month):
        draw = await recurring(starts_on=(clock.today() - dt.timedelta(200)).isoformat())
        async with database.transaction() as session:
            row = await reads.the_draw(session, service.system_of(PROVIDER), draw)
            assert await reads.due_without_run(session, service.system_of(PROVIDER), row) == [clock.today()]

    async def test_other_trusts_do_not_see_it(self, as_role, recurring):
        url = f"/api/v1/recurring-draws/{await recurring()}"
        assert (await (await as_role("other_manager")).get(url)).status_code == 404

    async def test_tells_when_it_is_next_due_and_what_it_would_find(self, as_role, recurring, last_month, qualify):
        await last_month(6)
        await qualify("auditor")
        url = f"/api/v1/recurring-draws/{await recurring()}"
        found = (await (await as_role("auditor")).get(f"{url}/next")).json()
        assert found["due_on"] == clock.today().isoformat()
        assert (found["frame"], found["would_draw"], found["trouble"]) == (6, 4, None)
        assert [(s["frame"], s["drawn"]) for s in found["strata"]] == [(3, 2), (3, 2)]
        assert len(found["later"]) == 5

    async def test_on_its_day_it_is_due_today_until_it_was_made(
        self, as_role, recurring, database, last_month, qualify
    ):
        await last_month(6)
        await qualify("auditor")
        await recurring()
        auditor = await as_role("auditor")
        (before,) = (await auditor.get("/api/v1/recurring-draws")).json()["items"]
        assert before["next_on"] == clock.today().isoformat()
        await service.run_due(database.transaction)
        (made,) = (await auditor.get("/api/v1/recurring-draws")).json()["items"]
        assert made["next_on"] > clock.today().isoformat()

    async def test_the_preview_writes_nothing(self, as_role, recurring, last_month, qualify, session):
        await last_month(6)
        url = f"/api/v1/recurring-draws/{await recurring()}"
        assert "qualification" in (await (await as_role("auditor")).get(f"{url}/next")).json()["trouble"]
        assert await session.scalar(text("select count(*) from audit")) == 0


class TestRun:
    async def test_makes_an_audit_and_draws_it_as_the_system(self, as_role, recurring, database, last_month, qualify):
        await last_month(6)
        await qualify("auditor")
        draw = await recurring()
        assert await service.run_due(database.transaction) == {"made": 1, "missed": 0}
        auditor = await as_role("auditor")
        (run,) = await runs(auditor, draw)
        assert (run["state"], run["late_days"], run["reason"]) == ("made", 0, None)
        audit = (await auditor.get(f"/api/v1/audits/{run['audit_id']}")).json()
        assert (audit["state"], audit["recurring_draw_id"]) == ("running", draw)
        assert audit["created_by_name"] == "recurring draws"
        last = clock.month_of(clock.today()) - dt.timedelta(1)
        assert (audit["period_from"], audit["period_to"]) == (last.replace(day=1).isoformat(), last.isoformat())
        assert audit["progress"]["items"] == 4

    async def test_a_second_round_makes_nothing_more(self, recurring, database, last_month, qualify):
        await last_month(6)
        await qualify("auditor")
        await recurring()
        await service.run_due(database.transaction)
        assert await service.run_due(database.transaction) == {"made": 0, "missed": 0}

    async def test_without_a_population_it_is_missed_with_the_reason(self, as_role, recurring, database, qualify):
        await qualify("auditor")
        draw = await recurring()
        assert await service.run_due(database.transaction) == {"made": 0, "missed": 1}
        (run,) = await runs(await as_role("auditor"), draw)
        assert run["state"] == "missed"
        assert "No episode" in run["reason"]
        counts = (await (await as_role("auditor")).get("/api/v1/programme-counts")).json()
        assert counts["missed_runs"] == 1

    async def test_without_a_qualified_auditor_it_is_missed(self, as_role, recurring, database, last_month, qualify):
        await last_month(6)
        await qualify("auditor", expires_on=clock.today() - dt.timedelta(1))
        draw = await recurring()
        await service.run_due(database.transaction)
        (run,) = await runs(await as_role("auditor"), draw)
        assert run["state"] == "missed"
        assert "qualification" in run["reason"]

    async def test_leaves_no_audit_behind_when_it_is_missed(self, recurring, database, qualify, session):
        await qualify("auditor")
        await recurring()
        await service.run_due(database.transaction)
        assert await session.scalar(text("select count(*) from audit")) == 0

    async def test_goes_on_without_an_auditor_whose_qualification_lapsed(
        self, as_role, recurring, database, last_month, qualify, world
    ):
        await last_month(6)
        await qualify("auditor")
        both = [str(world.people[n].person_id) for n in ("trainer", "auditor")]
        draw = await recurring(template={"auditor_ids": both})
        await service.run_due(database.transaction)
        (run,) = await runs(await as_role("auditor"), draw)
        assert run["state"] == "made"
        assert "Demo trainer" in run["reason"]

    async def test_after_days_of_standstill_it_is_made_late(self, as_role, recurring, database, post_coded, qualify):
        """Nothing ran for three days: until then it is an alert, and then it is made after all, marked late."""
        await post_coded(6)
        await qualify("auditor")
        due = first_of_next()
        draw = await recurring(on_day=1, template={"months": 3, "months_back": 1})
        with on(due + dt.timedelta(1)):
            assert (await (await as_role("auditor")).get("/api/v1/missed-runs")).json()["items"] == []
        with on(due + dt.timedelta(3)):
            auditor = await as_role("auditor")
            (alert,) = (await auditor.get("/api/v1/missed-runs")).json()["items"]
            assert (alert["late_days"], alert["ran_at"]) == (3, None)
            assert (await service.run_due(database.transaction))["made"] == 1
            (run,) = await runs(auditor, draw)
            assert (run["state"], run["late_days"]) == ("made", 3)
            assert run["recurring_run_id"] == alert["recurring_run_id"]
            assert (await auditor.get("/api/v1/missed-runs")).json()["items"] == []

    async def test_what_its_successor_overtook_is_left_to_a_person(
        self, as_role, recurring, database, post_coded, qualify
    ):
        await post_coded(6)
        await qualify("auditor")
        draw = await recurring(on_day=1, template={"months": 6})
        with on(first_of_next(3)):
            assert await service.run_due(database.transaction) == {"made": 1, "missed": 0}
            auditor = await as_role("auditor")
            found = await runs(auditor, draw)
            assert [r["state"] for r in found] == ["made", "missed", "missed"]
            assert (await auditor.get("/api/v1/programme-counts")).json()["missed_runs"] == 2

    async def test_a_stopped_draw_is_not_run_and_owes_nothing_for_the_time(
        self, as_role, recurring, database, last_month, qualify
    ):
        await last_month(6)
        await qualify("auditor")
        draw = await recurring()
        manager, url = await as_role("manager"), f"/api/v1/recurring-draws/{draw}"
        stopped = await manager.post(f"{url}/stop", json={"reason": "No auditor"}, headers={"If-Match": "1"})
        assert stopped.json()["next_on"] is None
        assert await service.run_due(database.transaction) == {"made": 0, "missed": 0}
        with on(first_of_next(2) + dt.timedelta(27)):
            manager = await as_role("manager")
            back = await manager.post(f"{url}/resume", headers={"If-Match": "2"})
            assert back.json()["missed"] == 0
            again = await manager.post(f"{url}/resume", headers={"If-Match": "3"})
            assert again.json()["type"] == "/problems/recurring-draw-stopped"

    async def test_another_schedule_does_not_make_the_missed_forgotten(self, as_role, recurring, world):
        draw = await recurring(on_day=1)
        body = {
            "title": "Quarterly now",
            "every": "quarterly",
            "on_day": 28,
            "starts_on": clock.today().isoformat(),
            "template": {
                "kind": "coder",
                "episodes": 2,
                "per": "coder",
                "auditor_ids": [str(world.people["auditor"].person_id)],
            },
        }
        with on(first_of_next() + dt.timedelta(3)):
            manager = await as_role("manager")
            url = f"/api/v1/recurring-draws/{draw}"
            changed = await manager.put(url, json=body, headers={"If-Match": "1"})
            assert changed.json()["missed"] == 1
            (run,) = await runs(manager, draw)
            assert (run["state"], run["due_on"]) == ("missed", first_of_next(0).isoformat())


class TestDealWithMissedRun:
    @pytest.fixture
    async def missed(self, as_role, recurring, database, qualify):
        await qualify("auditor")
        draw = await recurring()
        await service.run_due(database.transaction)
        (run,) = await runs(await as_role("auditor"), draw)
        return f"/api/v1/recurring-runs/{run['recurring_run_id']}"

    async def test_is_acknowledged_with_a_reason_once(self, as_role, missed):
        manager = await as_role("manager")
        assert (await manager.post(f"{missed}/acknowledge", json={"reason": ""})).status_code == 422
        done = (await manager.post(f"{missed}/acknowledge", json={"reason": "Nothing was coded"})).json()
        assert (done["state"], done["settled_by"]) == ("acknowledged", "Demo manager")
        assert (await manager.get("/api/v1/programme-counts")).json()["missed_runs"] == 0
        again = await manager.post(f"{missed}/acknowledge", json={"reason": "Again"})
        assert again.json()["type"] == "/problems/run-not-missed"

    async def test_stays_missed_while_it_still_cannot_be_made(self, as_role, missed):
        auditor = await as_role("auditor")
        assert (await auditor.post(f"{missed}/run")).status_code == 422
        assert (await auditor.get(missed)).json()["state"] == "missed"

    @pytest.mark.parametrize("who", ["auditor", "manager"])
    async def test_is_made_by_hand_for_the_period_it_was_due_for(self, as_role, missed, last_month, who):
        await last_month(6)
        auditor = await as_role(who)
        assert (await auditor.get(missed)).json()["can"]["run"] is True
        made = await auditor.post(f"{missed}/run")
        assert made.status_code == 200, made.text
        seen = (await auditor.get(missed)).json()
        assert (seen["state"], seen["audit_id"]) == ("made_by_hand", made.json()["audit_id"])
        assert seen["settled_by"] == f"Demo {who}"
        assert (await auditor.get("/api/v1/missed-runs")).json()["items"] == []

    async def test_one_that_nothing_ran_is_dealt_with_too(self, as_role, recurring):
        await recurring(on_day=1)
        with on(first_of_next() + dt.timedelta(5)):
            manager = await as_role("manager")
            (alert,) = (await manager.get("/api/v1/missed-runs")).json()["items"]
            url = f"/api/v1/recurring-runs/{alert['recurring_run_id']}"
            assert (await manager.get(url)).json()["ran_at"] is None
            done = await manager.post(f"{url}/acknowledge", json={"reason": "Server was moved"})
            assert done.json()["state"] == "acknowledged"
            assert (await manager.get("/api/v1/missed-runs")).json()["items"] == []

    async def test_to_read_one_locks_nothing(self, as_role, missed):
        auditor = await as_role("auditor")
        with statements() as said:
            assert (await auditor.get(missed)).status_code == 200
        assert [x for x in said if "recurring_run" in x]
        assert [x for x in said if "for update" in x.lower()] == []

    async def test_other_trusts_know_nothing_of_it(self, as_role, missed):
        other = await as_role("other_manager")
        assert (await other.get(missed)).status_code == 404
        assert (await other.post(f"{missed}/acknowledge", json={"reason": "Not mine"})).status_code == 404


class TestSeveralReplicas:
    async def test_two_workers_at_once_make_one_run(self, own, own_world):
        """Three rounds at the same moment, on connections of their own, really committed."""
        system = Actor.system(PROVIDER, "test", EVERYTHING)
        async with own.transaction() as session:
            auditor = own_world.people["auditor"].person_id
            held = QualificationNew(
                kind=QualificationKind.approved_auditor, number="A-1", awarded_on=dt.date(2020, 1, 1), expires_on=None
            )
            await auditors.qualify(session, system, auditor, held)
            body = RecurringDrawIn(
                title="One run only",
                every="monthly",
                on_day=clock.today().day,
                starts_on=clock.today(),
                template=DrawTemplate(kind="coder", episodes=1, per="coder", auditor_ids=[auditor]),
            )
            await service.schedule_draw(session, system, body)
        found = await asyncio.gather(*(service.run_due(own.transaction) for _ in range(3)))
        # Nothing is coded here, so what is done once is the missed run.
        assert sum(f["made"] + f["missed"] for f in found) == 1
        async with own.transaction() as session:
            assert await session.scalar(text("select count(*) from recurring_run")) == 1
            tags = await session.scalars(text("select tag from trail_line where tag like 'recurring_run:%'"))
            assert list(tags) == ["recurring_run:missed"]

    async def test_two_writers_of_one_run_cannot_both_make_it(self, own, own_world):
        """The key decides: the second waits for the first, and finds the run made."""
        system = Actor.system(PROVIDER, "test", EVERYTHING)
        async with own.transaction() as session:
            body = RecurringDrawIn(
                title="One run only",
                every="monthly",
                on_day=1,
                starts_on=clock.today(),
                template=DrawTemplate(
                    kind="coder", episodes=1, per="coder", auditor_ids=[own_world.people["auditor"].person_id]
                ),
            )
            draw_id = (await service.schedule_draw(session, system, body))["recurring_draw_id"]
        written, held = asyncio.Event(), []

        async def write(wait):
            async with own.transaction() as session:
                draw = await reads.the_draw(session, system, draw_id)
                if wait:
                    await written.wait()
                run = await service._write(session, draw, clock.today(), service.RunState.made)
                held.append(run)
                written.set()
                await asyncio.sleep(0.2)

        await asyncio.gather(write(False), write(True))
        assert [h is not None for h in held] == [True, False]
