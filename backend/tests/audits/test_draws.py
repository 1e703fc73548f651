"""Draws through the verbs and the API: previewed, made, replayed, and their episodes replaced."""

import pytest
from sqlalchemy import text

from codewell.audits.draw import strata_hash
from codewell.audits.frame import pool
from codewell.audits.reads.draws import kept_strata, the_draw, wanted_of
from codewell.audits.reads.one import the_audit
from codewell.audits.sampling import RISK
from codewell.audits.schemas.draws import ReplaceIn
from codewell.audits.service import draws, setup
from codewell.audits.service.setup import AuditAbandon
from codewell.kit.problems import Problem


async def patch(http, audit, **body):
    return await http.patch(
        f"/api/v1/audits/{audit['audit_id']}", json=body, headers={"If-Match": str(audit["version"])}
    )


class TestDrawing:
    async def test_a_draw_makes_items_in_random_order_with_frozen_codes(self, drawn_audit, items_of, as_role):
        audit_id = await drawn_audit(episodes=10, size=5)
        items = await items_of(audit_id)
        assert [i.no for i in items] == [1, 2, 3, 4, 5]
        assert [i.ticket for i in items] == sorted(i.ticket for i in items)
        assert all(i.frozen["diagnoses"] and i.frozen["coder_name"] and i.frozen["source"] == "encoder" for i in items)
        assert all(i.coder_id and float(i.probability) == 0.5 for i in items)
        auditor = await as_role("auditor")
        audit = (await auditor.get(f"/api/v1/audits/{audit_id}")).json()
        assert audit["progress"]["items"] == 5
        assert audit["state"] == "running"
        assert audit["can"]["work"] is True

    async def test_the_same_seed_gives_the_same_list(self, post_coded, qualify, new_audit, items_of, database, world):
        await post_coded(12)
        await qualify("auditor")
        lists = []
        for _ in range(2):
            audit = await new_audit()
            async with database.transaction() as session:
                await draws.draw_audit(session, world.system, audit.audit_id, version=1, seed="one seed")
            lists.append([i.episode_id for i in await items_of(audit.audit_id)])
            async with database.transaction() as session:
                await setup.abandon(session, world.system, audit.audit_id, AuditAbandon(reason="again"), version=2)
        assert lists[0] == lists[1]

    async def test_an_episode_that_was_audited_is_not_drawn_again_unless_asked(
        self, drawn_audit, new_audit, as_role, items_of
    ):
        # In review mode nothing is hidden; what is, is left out of what its auditor is told.
        first = await drawn_audit(episodes=6, size=4, mode="review")
        audit = await new_audit(sampling={"method": "simple", "size": 2})
        auditor = await as_role("auditor")
        preview = (await auditor.get(f"/api/v1/audits/{audit.audit_id}/draw/preview")).json()
        assert preview["frame"] == 2
        assert {"reason": "already_audited", "label": "Audited before", "episodes": 4} in preview["left_out"]
        answer = await patch(auditor, {"audit_id": audit.audit_id, "version": 1}, population={"include_audited": True})
        assert answer.status_code == 200, answer.text
        counted = (await auditor.get(f"/api/v1/audits/{audit.audit_id}/population")).json()
        assert counted == {"in_period": 6, "frame": 6, "left_out": []}
        assert len(await items_of(first)) == 4

    async def test_only_the_yearly_audit_is_measured_by_its_regimes_size(self, post_coded, qualify, new_audit, as_role):
        await post_coded(3)
        await qualify("auditor")
        said = {}
        for kind in ("dspt", "ad_hoc"):
            audit = await new_audit(kind=kind, sampling={"method": "simple", "size": 2})
            seen = await (await as_role("auditor")).get(f"/api/v1/audits/{audit.audit_id}/draw/preview")
            said[kind] = seen.json()["warnings"]
        assert "The thresholds' regime asks for 200 episodes." in said["dspt"]
        assert not any("regime" in warning for warning in said["ad_hoc"])

    async def test_nobody_draws_more_than_there_is(self, post_coded, qualify, new_audit, as_role):
        await post_coded(3)
        await qualify("auditor")
        audit = await new_audit(sampling={"method": "simple", "size": 9})
        auditor = await as_role("auditor")
        preview = (await auditor.get(f"/api/v1/audits/{audit.audit_id}/draw/preview")).json()
        assert preview["problem"] == "There are 3 episodes to draw from, and 9 are asked for."
        answer = await auditor.post(f"/api/v1/audits/{audit.audit_id}/draw", json={}, headers={"If-Match": "1"})
        assert answer.status_code == 422
        assert answer.json()["type"] == "/problems/cannot-draw"

    async def test_who_lost_their_qualification_since_is_refused_at_the_draw(
        self, post_coded, qualify, new_audit, database, world, as_role
    ):
        await post_coded(3)
        await qualify("auditor")
        audit = await new_audit(sampling={"method": "simple", "size": 1})
        async with database.transaction() as session:
            await session.execute(text("update auditor_qualification set expires_on = date '2020-01-01'"))
        auditor = await as_role("auditor")
        answer = await auditor.post(f"/api/v1/audits/{audit.audit_id}/draw", json={}, headers={"If-Match": "1"})
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/not-qualified"

    async def test_what_all_the_auditors_coded_is_left_out(self, post_coded, qualify, new_audit, as_role, world):
        await post_coded(6, by=("auditor", "coder"))
        await qualify("auditor")
        audit = await new_audit(sampling={"method": "simple", "size": 3})
        auditor = await as_role("auditor")
        preview = (await auditor.get(f"/api/v1/audits/{audit.audit_id}/draw/preview")).json()
        assert preview["frame"] == 3
        assert [(r["reason"], r["episodes"]) for r in preview["left_out"]] == [("own_coding", 3)]

    async def test_own_coding_is_own_however_the_reference_is_written(
        self, post_coded, qualify, new_audit, as_role, world, second_auditor, items_of
    ):
        """The person bears REF-auditor, the sender writes REF-AUDITOR: left out, not taken, and one coder in the list."""
        made = await post_coded(4, by=("AUDITOR", "Coder"))
        await qualify("auditor", "auditor_2")
        alone = await new_audit(sampling={"method": "simple", "size": 2})
        auditor = await as_role("auditor")
        preview = (await auditor.get(f"/api/v1/audits/{alone.audit_id}/draw/preview")).json()
        assert [(r["reason"], r["episodes"]) for r in preview["left_out"]] == [("own_coding", 2)]
        period = {"ended_from": alone.period_from.isoformat(), "ended_to": alone.period_to.isoformat()}
        coders = (await auditor.get("/api/v1/audit-coders", params=period)).json()["items"]
        assert {(c["person_id"], c["coder_ref"], c["episodes"]) for c in coders} == {
            (str(world.people[name].person_id), None, 2) for name in ("auditor", "coder")
        }
        mine = str(world.people["auditor"].person_id)
        theirs = await new_audit(
            auditors=("auditor", "auditor_2"), sampling={"method": "simple", "size": 2}, population={"coders": [mine]}
        )
        url = f"/api/v1/audits/{theirs.audit_id}"
        drawn = await auditor.post(f"{url}/draw", json={}, headers={"If-Match": f'"{theirs.version}"'})
        assert drawn.status_code == 201, drawn.text
        assert {(i.episode_id, str(i.coder_id)) for i in await items_of(theirs.audit_id)} == {
            (made[0], mine), (made[2], mine),
        }  # fmt: skip
        refused = await auditor.post(f"{url}/take-next", json={})
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/nothing-to-audit")
        assert (await (await as_role("auditor_2")).post(f"{url}/take-next", json={})).status_code == 200

    async def test_whoever_made_an_earlier_version_is_an_own_coder_too(
        self, post_coded, qualify, new_audit, as_role, database, world, second_auditor, items_of
    ):
        """Each of three auditors made or checked a version of the first episode; of the second, all but one."""
        made = await post_coded(3, by=("coder",))
        people = [world.people[name].person_id for name in ("auditor", "auditor_2")]
        async with database.transaction() as session:
            for episode, by in ((made[0], people), (made[1], people[:1])):
                await session.execute(
                    text("""
                    insert into coding overriding user value select (jsonb_populate_record(c, jsonb_build_object('version', 0, 'person_id',
                        cast(:first as uuid), 'checked_by_id', cast(:then as uuid)))).*
                    from coding c where c.episode_id = :episode"""),
                    {"episode": episode, "first": by[0], "then": by[-1] if len(by) > 1 else None},
                )
        await qualify("auditor", "auditor_2")
        audit = await new_audit(
            auditors=("auditor", "auditor_2"), sampling={"method": "simple", "size": 2}, second_share=0.5
        )
        auditor = await as_role("auditor")
        url = f"/api/v1/audits/{audit.audit_id}"
        preview = (await auditor.get(f"{url}/draw/preview")).json()
        assert [(r["reason"], r["episodes"]) for r in preview["left_out"]] == [("own_coding", 1)]
        drawn = await auditor.post(f"{url}/draw", json={}, headers={"If-Match": f'"{audit.version}"'})
        assert drawn.status_code == 201, drawn.text
        twice = [i.episode_id for i in await items_of(audit.audit_id) if i.second_of]
        assert twice == [made[2]]

    async def test_a_drawn_audit_cannot_be_drawn_again(self, drawn_audit, as_role):
        audit_id = await drawn_audit()
        auditor = await as_role("auditor")
        answer = await auditor.post(f"/api/v1/audits/{audit_id}/draw", json={}, headers={"If-Match": "2"})
        assert answer.status_code == 409

    async def test_the_auditors_of_a_blind_audit_see_no_codes_and_nobody_who_coded(
        self, drawn_audit, as_role, database, items_of
    ):
        audit_id = await drawn_audit()
        async with database.transaction() as session:
            hidden = (await session.execute(text("select count(*) from episode_blind"))).scalar_one()
        assert hidden == 5
        page = (await (await as_role("auditor")).get(f"/api/v1/audits/{audit_id}/items")).json()
        assert len(page["items"]) == 5
        assert all(i["hidden"] and i["coder"] is None for i in page["items"])
        seen = (await (await as_role("manager")).get(f"/api/v1/audits/{audit_id}/items")).json()
        assert all(i["coder"]["name"].startswith("Demo coder") for i in seen["items"])

    async def test_a_review_hides_nothing(self, drawn_audit, database):
        await drawn_audit(mode="review")
        async with database.transaction() as session:
            assert (await session.execute(text("select count(*) from episode_blind"))).scalar_one() == 0

    async def test_a_share_is_audited_twice_by_another(self, as_role, drawn_audit, second_auditor, items_of):
        audit_id = await drawn_audit(auditors=("auditor", "auditor_2"), second_share=0.4)
        auditor = await as_role("auditor")
        (row,) = (await auditor.get("/api/v1/audits")).json()["items"]
        assert {name: row["progress"][name] for name in ("items", "done", "second", "second_done")} == {
            "items": 5, "done": 0, "second": 2, "second_done": 0,
        }  # fmt: skip
        assert sum(row["progress"]["by_state"].values()) == 5
        assert (await auditor.get(f"/api/v1/audits/{audit_id}")).json()["progress"] == row["progress"]
        items = await items_of(audit_id)
        second = [i for i in items if i.second_of]
        assert len(items) == 7
        assert len(second) == 2
        by_id = {i.item_id: i for i in items}
        assert all(by_id[i.second_of].episode_id == i.episode_id for i in second)
        assert all(by_id[i.second_of].frozen == i.frozen for i in second)
        assert [i.no for i in items] == list(range(1, 8))

    async def test_one_auditor_alone_cannot_audit_twice(self, drawn_audit):
        with pytest.raises(Problem, match="audited twice"):
            await drawn_audit(second_share=0.5)


METHODS = [
    {"method": "proportional", "size": 6, "by": "coder", "at_least": 1},
    {"method": "fixed", "by": "coder", "of_each": 2},
    {"method": "per_coder", "of_each": 3},
    {"method": "proportional", "size": 4, "by": "month"},
    {"method": "proportional", "size": 4, "by": "specialty"},
    {"method": "proportional", "size": 4, "by": "patient_class"},
    {"method": "risk_weighted", "size": 6, "tilt": 3},
]


class TestMethods:
    @pytest.mark.parametrize("sampling", METHODS, ids=lambda s: f"{s['method']} {s.get('by', '')}")
    async def test_every_method_draws_and_replays_to_the_same_list(self, drawn_audit, as_role, items_of, sampling):
        audit_id = await drawn_audit(episodes=12, sampling=sampling)
        auditor = await as_role("auditor")
        made = (await auditor.get(f"/api/v1/audits/{audit_id}/draw")).json()
        items = await items_of(audit_id)
        assert sum(s["drawn"] for s in made["strata"]) == made["drawn"] == len(items)
        chances = {s["key"]: s["probability"] for s in made["strata"]}
        assert all(abs(chances[i.stratum] - float(i.probability)) < 1e-12 and i.probability > 0 for i in items)
        replay = (await auditor.get(f"/api/v1/audits/{audit_id}/draw/replay")).json()
        assert replay["same"] is True, replay["steps"]
        assert len(replay["items"]) == len(items)

    @pytest.mark.parametrize("risky_from", range(1, 8))
    async def test_an_episode_is_risky_from_its_points_on_whatever_is_looked_at_first(
        self, post_coded, qualify, new_audit, database, world, risky_from
    ):
        await post_coded(20)
        await qualify("auditor")
        audit = await new_audit(sampling={"method": "risk_weighted", "size": 8, "tilt": 3, "risky_from": risky_from})
        points = " + ".join(f"case when {r.sql} then {r.points} else 0 end" for r in RISK)
        async with database.transaction() as session:
            wanted = await wanted_of(session, world.system, await the_audit(session, world.system, audit.audit_id))
            statement, values = pool(world.system, wanted, extra=f", {points} as points")
            rows = (await session.execute(text(f"{statement} select stratum, points from pool"), values)).all()
        assert len({r.points for r in rows}) > 1
        assert all((r.stratum == "risky") is (r.points >= risky_from) for r in rows)

    async def test_risky_episodes_have_the_greater_chance_by_the_tilt(self, drawn_audit, as_role):
        audit_id = await drawn_audit(episodes=20, sampling={"method": "risk_weighted", "size": 8, "tilt": 3})
        made = (await (await as_role("auditor")).get(f"/api/v1/audits/{audit_id}/draw")).json()
        by = {s["key"]: s for s in made["strata"]}
        # R074 first in one of five: four episodes; 8 x 12 / (12 + 16) = 3.4.
        assert (by["risky"]["frame"], by["risky"]["drawn"], by["rest"]["drawn"]) == (4, 3, 5)
        assert made["risk"]

    async def test_stratum_by_coder_is_not_told_to_whom_the_codes_are_hidden(self, drawn_audit, as_role):
        audit_id = await drawn_audit(sampling={"method": "per_coder", "of_each": 2})
        page = (await (await as_role("auditor")).get(f"/api/v1/audits/{audit_id}/items")).json()
        assert {i["stratum"] for i in page["items"]} == {None}
        preview = (await (await as_role("auditor")).get(f"/api/v1/audits/{audit_id}/draw/preview")).json()
        assert {r["stratum"] for r in preview["sample"]} <= {""}


class TestPopulation:
    @pytest.mark.parametrize(
        ("population", "frame"),
        [
            ({"specialties": ["300"]}, 10),
            ({"specialties": ["999"]}, 0),
            ({"treatment_functions": ["300"], "patient_classes": ["1"], "admission_methods": ["21"]}, 10),
            ({"discharge_methods": ["4"]}, 0),
            ({"min_nights": 4, "max_nights": 4}, 10),
            ({"min_nights": 5}, 0),
            ({"min_age": 60, "max_age": 70}, 10),
            ({"max_age": 20}, 0),
            ({"sources": ["encoder"]}, 10),
            ({"sources": ["codewell"]}, 0),
            ({"primary_diagnosis": ["I21.4"]}, 2),
            ({"any_diagnosis": ["I10"]}, 10),
            ({"any_diagnosis": ["W19", "J44"]}, 4),
            ({"any_procedure": ["Z94"]}, 2),
            ({"primary_procedure": ["Z94"]}, 0),
            ({"min_depth": 4}, 2),
            ({"coder_refs": ["nobody"]}, 0),
        ],
        ids=str,
    )
    async def test_each_filter_narrows(self, post_coded, new_audit, as_role, population, frame):
        await post_coded(10)
        audit = await new_audit(auditors=(), population=population)
        counted = await (await as_role("auditor")).get(f"/api/v1/audits/{audit.audit_id}/population")
        assert counted.json()["frame"] == frame, counted.text

    async def test_a_coder_alone(self, post_coded, new_audit, as_role, world):
        await post_coded(10)
        audit = await new_audit(auditors=(), population={"coders": [str(world.people["coder"].person_id)]})
        auditor = await as_role("auditor")
        assert (await auditor.get(f"/api/v1/audits/{audit.audit_id}/population")).json()["frame"] == 5
        shown = (await auditor.get(f"/api/v1/audits/{audit.audit_id}")).json()
        assert shown["population_words"] == ["Coders: Demo coder"]


class TestReplaying:
    async def test_a_replay_says_where_something_is_not_as_it_was(self, drawn_audit, database, world, as_role):
        audit_id = await drawn_audit()
        async with database.transaction() as session:
            made = await the_draw(session, world.system, audit_id)
            strata = kept_strata(made)
            assert strata_hash(strata) == made.frame_hash
            assert strata_hash({"": [*strata[""][:-1], "x:1"]}) != made.frame_hash
            await session.execute(text("update audit_item set ticket = '0' || substr(ticket, 2) where no = 5"))
        replay = (await (await as_role("auditor")).get(f"/api/v1/audits/{audit_id}/draw/replay")).json()
        assert replay["same"] is False
        assert [i["no"] for i in replay["items"] if not i["same"]] == [5]

    async def test_an_undrawn_audit_has_nothing_to_replay(self, new_audit, as_role):
        audit = await new_audit(auditors=())
        answer = await (await as_role("auditor")).get(f"/api/v1/audits/{audit.audit_id}/draw/replay")
        assert answer.status_code == 404


class TestReplacing:
    async def test_the_next_ticket_of_the_stratum_comes(self, drawn_audit, items_of, as_role, database):
        audit_id = await drawn_audit(episodes=8, size=3)
        auditor = await as_role("auditor")
        items = await items_of(audit_id)
        answer = await auditor.post(
            f"/api/v1/audit-items/{items[0].item_id}/replace",
            json={"reason": "The record is lost"},
            headers={"If-Match": "1"},
        )
        assert answer.status_code == 200, answer.text
        assert answer.json() | {"item_id": None} == {"item_id": None, "no": 4, "replaces_no": 1, "passed_over": 0}
        after = await items_of(audit_id)
        assert after[0].state == "replaced"
        assert after[0].state_reason == "The record is lost"
        assert after[3].replaces == items[0].item_id
        assert after[3].ticket > max(i.ticket for i in items)
        assert (await auditor.get(f"/api/v1/audits/{audit_id}/draw/replay")).json()["same"] is True
        assert (await auditor.get(f"/api/v1/audits/{audit_id}")).json()["progress"]["items"] == 3
        async with database.transaction() as session:
            hidden = set(await session.scalars(text("select episode_id from episode_blind")))
        assert hidden == {i.episode_id for i in after[1:]}

    async def test_an_episode_replaced_before_is_not_replaced_again(self, drawn_audit, items_of, as_role):
        audit_id = await drawn_audit(episodes=8, size=3)
        auditor = await as_role("auditor")
        item = (await items_of(audit_id))[0]
        where = f"/api/v1/audit-items/{item.item_id}/replace"
        body = {"reason": "The record is lost"}
        assert (await auditor.post(where, json=body, headers={"If-Match": "1"})).status_code == 200
        assert (await auditor.post(where, json=body, headers={"If-Match": "1"})).status_code == 412
        assert (await auditor.post(where, json=body, headers={"If-Match": "2"})).status_code == 409

    async def test_where_nothing_is_left_it_says_so(self, drawn_audit, items_of, as_role):
        audit_id = await drawn_audit(episodes=3, size=3)
        item = (await items_of(audit_id))[0]
        answer = await (await as_role("auditor")).post(
            f"/api/v1/audit-items/{item.item_id}/replace",
            json={"reason": "The record is lost"},
            headers={"If-Match": "1"},
        )
        assert answer.status_code == 422
        assert answer.json()["detail"] == "No episode of its stratum is left to take its place."

    async def test_the_second_audit_goes_with_the_first(self, drawn_audit, second_auditor, items_of, database, world):
        audit_id = await drawn_audit(episodes=8, size=3, auditors=("auditor", "auditor_2"), second_share=1)
        items = await items_of(audit_id)
        first = next(i for i in items if i.second_of is None)
        async with database.transaction() as session:
            await draws.replace_item(session, world.system, first.item_id, ReplaceIn(reason="Lost"), version=1)
        after = await items_of(audit_id)
        assert [i.state for i in after].count("replaced") == 2
        new = [i for i in after if i.replaces]
        assert len(new) == 2
        assert {i.second_of for i in new} == {None, next(i.item_id for i in new if not i.second_of)}


class TestSize:
    async def test_a_size_for_two_points_at_95(self, as_role):
        answer = await (await as_role("auditor")).get(
            "/api/v1/audit-sample-size", params={"points": 2, "share": 0.95, "confidence": 0.95, "population": 20000}
        )
        out = answer.json()
        assert answer.status_code == 200, answer.text
        assert out["size"] == 447
        assert abs(out["points"] - 2) < 0.1
