"""Results over HTTP: each figure is the count of the very list behind it; whoever codes blind sees nothing too early."""

import datetime as dt
from random import Random

import pytest
from sqlalchemy import event, text

from audits import stored
from codewell.audits.profiles import Methodology, Thresholds
from codewell.audits.reads.agreement import see_agreement
from codewell.audits.reads.audited import audited_of
from codewell.audits.reads.results import results_now, results_of, see_results
from codewell.audits.summary import summarise
from codewell.episodes import reference
from codewell.episodes.service import hide_codes
from codewell.kit.ids import uuid7

API = "/api/v1/audits"


_LEAD = text("""
insert into audit_member (provider, audit_id, person_id, part, name, checked_on)
select provider, audit_id, :person, 'lead', 'Demo auditor', current_date from audit where audit_id = :audit_id
""")


@pytest.fixture
def put(database, world):
    """``await put(seed, n)``: a random audit in the database."""

    async def make(seed=1, n=20, **changes):
        async with database.transaction() as session:
            audit_id = await stored.put_audit(session, world.system.provider, seed, n, **changes)
            if changes.get("state") != "signed":
                await session.execute(_LEAD, {"audit_id": audit_id, "person": world.people["auditor"].person_id})
            return audit_id

    return make


async def counted(http, audit_id, **f):
    answer = await http.get(f"{API}/{audit_id}/results/positions/count", params=f)
    assert answer.status_code == 200, answer.text
    return answer.json()["count"]


async def listed(http, audit_id, what="positions", **f):
    """Return every item of a list, page by page."""
    items, cursor = [], None
    while True:
        params = f | {"limit": 20} | ({"cursor": cursor} if cursor else {})
        answer = await http.get(f"{API}/{audit_id}/results/{what}", params=params)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        cursor = answer.json()["next"]
        if cursor is None:
            return items


async def results(http, audit_id):
    answer = await http.get(f"{API}/{audit_id}/results")
    assert answer.status_code == 200, answer.text
    return answer.json()


class TestSeeResults:
    async def test_other_trusts_see_nothing(self, as_role, put):
        audit_id = await put()
        assert (await (await as_role("other_manager")).get(f"{API}/{audit_id}/results")).status_code == 404

    @pytest.mark.parametrize("seed", range(6))
    async def test_what_is_stored_comes_to_what_the_arithmetic_says(self, session, world, put, seed):
        audit_id = await put(seed, 15)
        found = await results_of(session, world.system, audit_id)
        episodes = await audited_of(session, world.system, audit_id)
        expected = summarise(
            stored.episodes(Random(seed), 15),
            Methodology.model_validate(stored.METHODOLOGY),
            Thresholds.model_validate(stored.THRESHOLDS),
            specialty=reference.specialty_name,
        )
        assert [e.no for e in episodes] == list(range(1, 16))
        for part in ("headline", "treatments", "unsafe", "totals", "errors", "sub_classes", "standards", "proposals"):
            assert found[part] == expected[part], part

    async def test_second_audits_and_replaced_episodes_are_in_no_figure(self, as_role, database, world, put):
        audit_id = await put(3, 10)
        http = await as_role("auditor")
        before = await results(http, audit_id)
        async with database.transaction() as session:
            more = stored.items(Random(9), 2)
            for n, item in enumerate(more):
                item |= {"no": 100 + n, "second_of": uuid7() if n else None, "state": "settled" if n else "replaced"}
            await stored.put_items(session, world.system.provider, audit_id, more)
        after = await results(http, audit_id)
        assert after["headline"] == before["headline"]
        assert after["progress"]["second_audits"] == 1
        assert after["progress"]["replaced"] == 1

    async def test_nothing_is_said_of_hrgs_or_money_without_a_groupers_result(self, as_role, put):
        found = (await results(await as_role("manager"), await put()))["hrg"]
        assert (found["grouped"], found["said"], found["money"]["said"]) == (False, "Not grouped", "Not grouped")
        assert found["changed"]["share"] is None
        assert found["money"]["net"] is None

    async def test_figures_of_a_signed_audit_are_those_of_its_signature(self, as_role, database, world, put):
        audit_id = await put(5, 12)
        http = await as_role("auditor")
        before = await results(http, audit_id)
        async with database.transaction() as session:
            from codewell.audits.models import Audit, AuditSignature
            from codewell.kit import clock

            audit = await session.get(Audit, (world.system.provider, audit_id))
            content = {"results": await results_now(session, world.system, audit)}
            session.add(
                AuditSignature(
                    provider=audit.provider, audit_id=audit_id, version=1, reason="", statement="", content=content,
                    digest="", by_id=uuid7(), by_name="Demo auditor", at=clock.now(),
                )
            )  # fmt: skip
            audit.state, audit.signed_version = "signed", 1
        after = await results(http, audit_id)
        told = {"state", "source", "signed_version", "signed_at", "signed_by_name"}
        assert {k: v for k, v in after.items() if k not in told} == {k: v for k, v in before.items() if k not in told}
        assert (after["source"], after["signed_by_name"]) == ("signed", "Demo auditor")


_FETCHED = text("""
select relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as n from pg_stat_xact_user_tables
where relname in ('audit_item', 'audit_position')
""")


AUDITS, EPISODES = 4, 40


class TestHowMuchIsRead:
    """Tables of an audit of today, of which the planner has no figures yet, beside other audits of the Trust."""

    @pytest.fixture
    async def read(self, session, world, put):
        """``await read(see)``: the statements that ``see(session, actor, audit_id)`` sends and the rows it fetches."""
        for seed in range(AUDITS):
            audit_id = await put(seed, EPISODES)

        async def fetched():
            return {row.relname: row.n for row in await session.execute(_FETCHED)}

        async def made(see):
            sent, connection = [], (await session.connection()).sync_connection

            def note(_connection, _cursor, statement, *_):
                sent.append(statement)

            before = await fetched()
            event.listen(connection, "before_cursor_execute", note)
            try:
                await see(session, world.system, audit_id)
            finally:
                event.remove(connection, "before_cursor_execute", note)
            after = await fetched()
            return sent, {table: after[table] - before[table] for table in after}

        return made

    async def test_results_are_a_few_statements_that_pass_over_the_rows_a_few_times(self, read):
        sent, rows = await read(see_results)
        assert len(sent) == 5
        assert rows["audit_item"] <= 3 * AUDITS * EPISODES
        assert rows["audit_position"] <= 20 * EPISODES

    async def test_agreement_tries_no_episode_on_every_other(self, read):
        sent, rows = await read(see_agreement)
        assert len(sent) == 3
        assert rows["audit_item"] <= 3 * AUDITS * EPISODES


class TestDrillDown:
    @pytest.mark.parametrize("seed", [11, 12])
    async def test_every_count_of_every_class_is_the_length_of_its_list(self, as_role, put, seed):
        methodology = stored.METHODOLOGY | {"unsafe": "count_as_error"} if seed == 12 else stored.METHODOLOGY
        audit_id = await put(seed, 20, methodology=methodology)
        http = await as_role("auditor")
        found = await results(http, audit_id)
        names = {"trust_n": "trust", "auditor_n": "auditor", "errors": "error", "discrepancies": "discrepancy"}
        for way in found["treatments"]:
            treatment = {"unsafe": way["unsafe"], "non_coder_counts": way["non_coder_counts"]}
            for c in way["classes"]:
                f = treatment | {"code_class": c["code_class"]}
                for figure in (
                    "trust_n",
                    "auditor_n",
                    "agreed",
                    "wrong",
                    "omitted",
                    "not_required",
                    "errors",
                    "discrepancies",
                ):
                    assert await counted(http, audit_id, outcome=names.get(figure, figure), **f) == c[figure], figure
                for whose in ("coder", "non_coder", "undetermined"):
                    assert await counted(http, audit_id, outcome="error", attribution=whose, **f) == c[whose], whose

    async def test_every_other_figure_is_the_length_of_its_list_too(self, as_role, put):
        audit_id = await put(13, 25)
        http = await as_role("auditor")
        found = await results(http, audit_id)
        for e in found["errors"]:
            f = {k: e[k] for k in ("code_class", "error_type", "attribution")}
            assert await counted(http, audit_id, outcome="discrepancy", **f) == e["discrepancies"]
        for s in found["standards"]:
            items = await listed(http, audit_id, standard=s["key"], outcome="discrepancy")
            assert len(items) == s["discrepancies"]
            assert sum(i["counted"] for i in items) == s["counted"]
        for r in found["reasons"]:
            assert await counted(http, audit_id, reason=r["key"], outcome="discrepancy") == r["discrepancies"]
        for s in found["sub_classes"]:
            f = {"sub_class": s["sub_class"], "code_class": s["code_class"]}
            assert await counted(http, audit_id, outcome="auditor", **f) == s["auditor_n"]
        for by, groups in found["groups"].items():
            for g in groups:
                items = await listed(http, audit_id, outcome="error", **{by: g["key"]})
                assert len(items) == g["errors"], (by, g["key"])
                episodes = await listed(http, audit_id, "episodes", **{by: g["key"]})
                assert len(episodes) == g["episodes"]
                assert sum(e["state"] == "unsafe" for e in episodes) == g["unsafe"]
        for how in ("accepted", "changed", "rejected"):
            assert await counted(http, audit_id, decision=how) == found["proposals"][how]

    async def test_episodes_all_correct_and_unsafe_are_listed_as_counted(self, as_role, put):
        audit_id = await put(14, 30)
        http = await as_role("auditor")
        found = await results(http, audit_id)
        correct = await listed(http, audit_id, "episodes", correct=True)
        assert len(correct) == found["headline"]["all_correct"]["counted"]
        assert len(await listed(http, audit_id, "episodes", unsafe=True)) == found["episodes"]["unsafe"]
        wrong = await listed(http, audit_id, "episodes", correct=False)
        assert sum(e["errors"] for e in wrong) == found["totals"]["errors"]

    async def test_codes_come_with_their_titles_by_episode_and_place(self, as_role, put):
        audit_id = await put(15, 10)
        items = await listed(await as_role("auditor"), audit_id)
        assert [(i["item_no"], i["no"]) for i in items] == sorted((i["item_no"], i["no"]) for i in items)
        hypertension = next(i["trust"] for i in items if i["trust"] and i["trust"]["code"] == "I10X")
        assert hypertension["dotted"].startswith("I10")

    async def test_a_changed_cursor_or_filter_starts_again(self, as_role, put):
        audit_id = await put(15, 10)
        http = await as_role("auditor")
        first = (await http.get(f"{API}/{audit_id}/results/positions", params={"limit": 1})).json()
        params = {"limit": 1, "cursor": first["next"], "outcome": "error"}
        assert (await http.get(f"{API}/{audit_id}/results/positions", params=params)).status_code == 422

    async def test_opening_an_episode_leaves_a_line(self, as_role, put, session):
        audit_id = await put(16, 5, unsafe=0)
        http = await as_role("auditor")
        item = (await listed(http, audit_id, "episodes"))[0]
        answer = await http.get(f"{API}/{audit_id}/results/episodes/{item['item_id']}")
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert sum(p["counted"] for p in body["positions"]) == item["errors"]
        tags = (await session.execute(text("select tag from trail_line where subject_kind = 'audit_item'"))).scalars()
        assert "audit_item:seen" in list(tags)
        answer = await http.get(f"{API}/{audit_id}/results/episodes/{uuid7()}")
        assert answer.status_code == 404


class TestBlindness:
    async def test_what_the_reader_may_still_code_blind_is_in_no_number_and_no_list(
        self, as_role, put, database, world, items_of
    ):
        audit_id = await put(21, 12, unsafe=0)
        http = await as_role("auditor")
        manager = await as_role("manager")
        whole = await results(manager, audit_id)
        item = (await items_of(audit_id))[0]
        async with database.transaction() as session:
            await hide_codes(
                session, world.system, people=[world.people["auditor"].person_id], episodes=[item.episode_id],
                because=uuid7(),
            )  # fmt: skip
        found = await results(http, audit_id)
        assert found["left_out"] == 1
        assert found["episodes"]["looked_at"] == 11
        assert await results(manager, audit_id) == whole
        nos = {i["item_no"] for i in await listed(http, audit_id)}
        assert item.no not in nos
        assert item.no in {i["item_no"] for i in await listed(manager, audit_id)}
        assert item.no not in {i["no"] for i in await listed(http, audit_id, "episodes")}
        for way in found["treatments"][:1]:
            for c in way["classes"]:
                assert await counted(http, audit_id, outcome="error", code_class=c["code_class"]) == c["errors"]
        answer = await http.get(f"{API}/{audit_id}/results/episodes/{item.item_id}")
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/codes-hidden")


class TestLoadGrouping:
    CSV = "item,hrg_before,hrg_after,pounds_before,pounds_after\n"

    async def load(self, http, audit_id, csv, **headers):
        body = {"grouper": "A grouper", "csv": csv}
        return await http.post(f"{API}/{audit_id}/grouping", json=body, headers=headers)

    async def test_good_lines_are_taken_and_the_others_listed(self, as_role, put):
        audit_id = await put(31, 6, unsafe=0, strata={"": 1.0})
        http = await as_role("auditor")
        lines = [
            "1,DZ11K,DZ11N,100.10,150.20", "2,DZ11K,DZ11K,200,180", "3,AA01A,AA01A,,", "99,DZ11K,DZ11K,1,1",
            "1,DZ11K,DZ11K,1,1", "4,??,DZ11K,1,1", "5,DZ11K,DZ11K,1,", "x,DZ11K,DZ11K,1,1", "5,DZ11K,DZ11K,1.234,1",
        ]  # fmt: skip
        answer = await self.load(http, audit_id, self.CSV + "\n".join(lines))
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert (body["loaded"], body["grouped_n"], body["of"]) == (3, 3, 6)
        assert [r["line"] for r in body["refused"]] == [5, 6, 7, 8, 9, 10]
        found = (await results(http, audit_id))["hrg"]
        assert (found["grouped"], found["grouped_n"], found["changed"]["counted"]) == (True, 3, 1)
        money = found["money"]
        assert (money["priced_n"], money["net"], money["gross"]) == (2, "30.10", "70.10")
        assert money["pounds_before"] == "300.10"
        assert "too little" in money["sign"]
        changed = await listed(http, audit_id, "episodes", hrg_changed=True)
        assert [e["no"] for e in changed] == [1]

    async def test_an_amount_with_a_bare_comma_is_refused_and_not_cut(self, as_role, put):
        audit_id = await put(31, 3, unsafe=0)
        http = await as_role("auditor")
        body = (
            await self.load(http, audit_id, self.CSV + '1,DZ11K,DZ11N,1,000,900\n2,DZ11K,DZ11N,"1,000",900\n')
        ).json()
        assert (body["loaded"], [r["line"] for r in body["refused"]]) == (1, [2])
        assert "more cells" in body["refused"][0]["reason"]
        money = (await results(http, audit_id))["hrg"]["money"]
        assert (money["pounds_before"], money["net"]) == ("1000.00", "-100.00")

    async def test_whoever_is_no_auditor_of_the_audit_loads_nothing(self, as_role, put, second_auditor):
        audit_id = await put(31, 3, unsafe=0)
        answer = await self.load(await as_role("auditor_2"), audit_id, self.CSV + "1,DZ11K,DZ11N,,")
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-of-this-audit")

    async def test_loading_again_replaces(self, as_role, put):
        audit_id = await put(32, 3, unsafe=0)
        http = await as_role("auditor")
        await self.load(http, audit_id, self.CSV + "1,DZ11K,DZ11N,100,150")
        await self.load(http, audit_id, self.CSV + "1,DZ11K,DZ11K,100,100")
        found = (await results(http, audit_id))["hrg"]
        assert (found["grouped_n"], found["changed"]["counted"], found["money"]["net"]) == (1, 0, "0.00")

    async def test_a_file_without_the_columns_is_refused_whole(self, as_role, put):
        http, audit_id = await as_role("auditor"), await put()
        for csv in ("", "item,hrg_before\n1,DZ11K", "a,b\n1,2", self.CSV):
            answer = await self.load(http, audit_id, csv)
            assert (answer.status_code, answer.json()["type"]) == (422, "/problems/not-a-grouping")

    async def test_a_signed_audit_takes_none(self, as_role, put):
        audit_id = await put(33, 0, state="signed")
        answer = await self.load(await as_role("auditor"), audit_id, self.CSV + "1,DZ11K,DZ11N,,")
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/audit-cannot-move")

    async def test_spell_and_episode_name_an_episode_too(self, as_role, drawn_audit, items_of, session):
        audit_id = await drawn_audit(episodes=3, size=3)
        row = (await items_of(audit_id))[0]
        key = (
            await session.execute(
                text("select spell_number, episode_number from episode_key where episode_id = :id"),
                {"id": row.episode_id},
            )
        ).one()
        csv = f"spell,episode,hrg_before,hrg_after\n{key.spell_number},{key.episode_number},DZ11K,DZ11N\nSP0,1,DZ11K,DZ11K\n"
        answer = await self.load(await as_role("auditor"), audit_id, csv)
        assert (answer.json()["loaded"], [r["line"] for r in answer.json()["refused"]]) == (1, [3])


class TestAgreement:
    async def test_pairs_that_both_finished_are_measured_and_too_few_say_so(
        self, as_role, put, database, world, items_of
    ):
        audit_id = await put(41, 4, unsafe=0)
        http = await as_role("auditor")
        empty = (await http.get(f"{API}/{audit_id}/agreement")).json()
        assert (empty["pairs"], empty["overall"]["n"], empty["overall"]["kappa"]) == (0, 0, None)
        first = await items_of(audit_id)
        again = stored.items(Random(41), 4, unsafe=0)
        for n, (item, row) in enumerate(zip(again, first, strict=True)):
            item |= {"no": 50 + n, "second_of": row.item_id, "state": "drawn" if n == 3 else "decided"}
        async with database.transaction() as session:
            await stored.put_items(session, world.system.provider, audit_id, again)
        found = (await http.get(f"{API}/{audit_id}/agreement")).json()
        assert (found["pairs"], found["finished"]) == (4, 3)
        assert found["overall"]["agreed"]["share"] == 1
        assert found["overall"]["small"] == (found["overall"]["n"] < 30)
        assert found["overall"]["ac1"]["value"] == 1
        pooled = (await http.get("/api/v1/audit-agreement")).json()
        assert [q["quarter"] for q in pooled["quarters"]] == ["2026/27 Q3"]
        assert pooled["overall"]["n"] >= found["overall"]["n"]


class TestTrend:
    async def test_an_open_audit_stands_alone_and_says_so(self, as_role, put):
        audit_id = await put(51, 10)
        found = (await (await as_role("auditor")).get(f"{API}/{audit_id}/trend")).json()
        assert [p["signed_version"] for p in found["points"]] == [None]
        assert found["changes"] == []
        assert "not signed" in found["said"][-1]

    async def test_later_audits_without_a_coder_do_not_push_out_those_of_the_coder(
        self, as_role, database, world, put, monkeypatch
    ):
        from codewell.audits.models import Audit, AuditSignature
        from codewell.audits.reads import trend
        from codewell.kit import clock

        monkeypatch.setattr(trend, "MOST", 2)
        coder = stored.CODERS[0]
        audits = [await put(seed, 12, period_to=dt.date(2026, 10, day)) for seed, day in ((51, 1), (52, 30), (53, 31))]
        async with database.transaction() as session:
            for n, audit_id in enumerate(audits):
                audit = await session.get(Audit, (world.system.provider, audit_id))
                found = await results_now(session, world.system, audit)
                if n:
                    found["groups"]["coder"] = [g for g in found["groups"]["coder"] if g["key"] != coder]
                session.add(
                    AuditSignature(
                        provider=audit.provider, audit_id=audit_id, version=1, reason="", statement="",
                        content={"results": found}, digest="", by_id=uuid7(), by_name="Demo auditor", at=clock.now(),
                    )
                )  # fmt: skip
                audit.state, audit.signed_version = "signed", 1
        params = {"by": "coder", "key": coder}
        found = (await (await as_role("manager")).get(f"{API}/{audits[-1]}/trend", params=params)).json()
        assert [p["audit_id"] for p in found["points"]] == [str(audits[0])]

    async def test_a_coder_has_to_be_named(self, as_role, put):
        answer = await (await as_role("auditor")).get(f"{API}/{await put()}/trend", params={"by": "coder"})
        assert answer.status_code == 422
