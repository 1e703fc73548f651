"""Learning needs: raised once from signed findings, withdrawn with them, planned and met by a person."""

import asyncio
import datetime as dt

from sqlalchemy import text

from codewell.kit import clock
from codewell.training.service import needs
from world import PROVIDER

URL = "/api/v1/learning-needs"


async def raised(database):
    async with database.transaction() as session:
        return await needs.raise_needs(session, PROVIDER)


async def listed(http, **query):
    return (await http.get(URL, params=query)).json()["items"]


class TestRaiseNeeds:
    async def test_nothing_comes_of_an_audit_that_is_not_signed(self, drawn_audit, database):
        await drawn_audit(episodes=4, size=2)
        assert await raised(database) == 0

    async def test_findings_of_one_kind_are_one_need_with_how_often(self, as_role, signed, database):
        await signed([["DGCS.1"], ["DGCS.1", "DGCS.3"], []])
        assert await raised(database) == 1
        found = await listed(await as_role("trainer"))
        assert [(n["standard"], n["findings"], n["state"]) for n in found] == [
            ("DGCS.1", 2, "open"),
            ("DGCS.3", 1, "open"),
        ]
        assert found[0]["standard_title"] == "Primary diagnosis"
        assert found[0]["codes"] == [{"trust_code": "E119", "auditor_code": "E110", "times": 2}]
        assert (found[0]["code_class"], found[0]["error_type"]) == ("secondary_diagnosis", "wrong_char_4")

    async def test_done_twice_it_changes_nothing_more(self, as_role, signed, database, session):
        await signed([["DGCS.1"], ["DGCS.1"]])
        await raised(database)
        before = await listed(await as_role("trainer"))
        assert await raised(database) == 0
        # Also when an interrupted round is done over.
        await session.execute(text("update learning_needs_raised set signed_version = 0"))
        await session.commit()
        assert await raised(database) == 1
        assert await listed(await as_role("trainer")) == before

    async def test_what_the_documentation_could_not_tell_is_nobodys_need(
        self, as_role, signed, database, items_of, put_findings, set_state
    ):
        audit_id = await signed([["DGCS.1"]])
        await set_state(audit_id, "correcting", 1)
        (item,) = await items_of(audit_id)
        await put_findings(item, ["DGCS.1"], attribution="non_coder")
        await set_state(audit_id, "signed", 2)
        await raised(database)
        assert await listed(await as_role("trainer")) == []

    async def test_a_finding_withdrawn_in_a_correction_closes_the_need(
        self, as_role, signed, database, items_of, put_findings, set_state
    ):
        audit_id = await signed([["DGCS.1"], ["DGCS.3"]])
        await raised(database)
        one, _ = await items_of(audit_id)
        await set_state(audit_id, "correcting", 1)
        await put_findings(one, [])
        assert await raised(database) == 0, "what was signed holds until it is signed again"
        await set_state(audit_id, "signed", 2)
        assert await raised(database) == 1
        trainer = await as_role("trainer")
        (left,) = await listed(trainer)
        assert left["findings"] == 1
        (gone,) = await listed(trainer, state="withdrawn")
        assert gone["findings"] == 0
        put = {"state": "met", "note": "No more"}
        answer = await trainer.put(f"{URL}/{gone['need_id']}", json=put, headers={"If-Match": str(gone["version"])})
        assert answer.json()["type"] == "/problems/learning-need-withdrawn"

    async def test_what_is_found_again_after_it_was_met_is_open_again(self, as_role, signed, database):
        await signed([["DGCS.1"]])
        await raised(database)
        trainer = await as_role("trainer")
        (need,) = await listed(trainer)
        put = {"state": "met", "note": "Workshop"}
        met = await trainer.put(f"{URL}/{need['need_id']}", json=put, headers={"If-Match": str(need["version"])})
        assert met.json()["state"] == "met"
        await signed([["DGCS.1"]])
        await raised(database)
        (again,) = await listed(trainer)
        assert (again["state"], again["findings"], again["note"]) == ("open", 2, "Workshop")

    async def test_two_workers_raise_once(self, own, own_world):
        async def once():
            async with own.transaction() as session:
                return await needs.raise_needs(session)

        assert await asyncio.gather(once(), once()) == [0, 0]


class TestSeeNeeds:
    async def test_a_coder_sees_their_own_and_nobody_elses(self, as_role, signed, database):
        await signed([["DGCS.1"]], by=("coder",))
        await signed([["DGCS.3"]], by=("coder_2",))
        await raised(database)
        mine = (await (await as_role("coder")).get("/api/v1/my-learning-needs")).json()["items"]
        assert [n["standard"] for n in mine] == ["DGCS.1"]
        assert (await (await as_role("coder")).get(URL)).status_code == 403
        assert mine[0]["can"]["met"] != True  # noqa: E712

    async def test_another_trust_sees_none(self, as_role, signed, database):
        await signed([["DGCS.1"]])
        await raised(database)
        (need,) = await listed(await as_role("manager"))
        other = await as_role("other_manager")
        assert await listed(other) == []
        assert (await other.get(f"{URL}/{need['need_id']}")).status_code == 404

    async def test_codes_stay_hidden_from_who_has_still_to_code_the_episode(
        self, as_role, signed, database, items_of, session, world
    ):
        audit_id = await signed([["DGCS.1"]])
        await raised(database)
        (item,) = await items_of(audit_id)
        await session.execute(
            text("insert into episode_blind values (:p, :who, :e, :e) on conflict do nothing"),
            {"p": PROVIDER, "who": world.people["auditor"].person_id, "e": item.episode_id},
        )
        await session.commit()
        (need,) = await listed(await as_role("auditor"))
        assert need["codes"] == []
        (seen,) = await listed(await as_role("trainer"))
        assert len(seen["codes"]) == 1

    async def test_comes_page_by_page(self, as_role, signed, database):
        await signed([["DGCS.1", "DGCS.2", "DGCS.3", "DGCS.4"]])
        await raised(database)
        trainer, found, cursor = await as_role("trainer"), [], None
        while True:
            query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
            page = (await trainer.get(URL, params=query)).json()
            found += [n["standard"] for n in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert sorted(found) == ["DGCS.1", "DGCS.2", "DGCS.3", "DGCS.4"]


class TestMissedStandards:
    async def test_counts_findings_over_the_codes_compared(self, as_role, signed):
        await signed([["DGCS.1"], ["DGCS.1", "DGCS.3"], []])
        found = (await (await as_role("trainer")).get("/api/v1/missed-standards")).json()
        # Three episodes with an agreed primary each, and three secondary codes that were wrong.
        assert (found["audits"], found["episodes"], found["codes"], found["findings"]) == (1, 3, 6, 3)
        first, second = found["items"]
        assert (first["standard"], first["findings"], first["of"]) == ("DGCS.1", 2, 6)
        assert first["share"] == 2 / 6
        assert first["low"] < first["share"] < first["high"]
        assert first["small"] is True
        assert second["errors"] == [{"label": "Wrong fourth character", "times": 1}]

    async def test_by_class_specialty_and_period(self, as_role, signed):
        await signed([["DGCS.1"]])
        trainer = await as_role("trainer")

        async def findings(**query):
            return (await trainer.get("/api/v1/missed-standards", params=query)).json()["findings"]

        assert await findings(code_class="primary_diagnosis") == 0
        assert await findings(code_class="secondary_diagnosis", specialty="300") == 1
        assert await findings(specialty="320") == 0
        yesterday = (clock.today() - dt.timedelta(1)).isoformat()
        assert await findings(signed_from="2020-01-01", signed_to=yesterday) == 0
