"""A Trust makes the rules its own: marked, trailed, restorable, never by weakening what keeps impossible codes out."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from codewell.standards import reads, service
from codewell.standards.rules import Case, Facts
from standards.test_checks import rules_found, with_codes

URL = "/api/v1/check-rules"


async def rule(http, rule_id):
    answer = await http.get(f"{URL}/{rule_id}")
    assert answer.status_code == 200
    return answer.json()


async def edit(http, rule_id, body, version="0"):
    return await http.patch(f"{URL}/{rule_id}", json=body, headers={"If-Match": f'"{version}"'})


async def restore(http, rule_id, version):
    return await http.post(f"{URL}/{rule_id}/restore", headers={"If-Match": f'"{version}"'})


class TestListing:
    async def test_every_shipped_rule_is_listed_once_page_by_page(self, as_role):
        http, ids, cursor = await as_role("coder"), [], None
        while True:
            params = {"limit": 60} | ({"cursor": cursor} if cursor else {})
            page = (await http.get(URL, params=params)).json()
            ids += [item["rule_id"] for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert ids == sorted(reads.shipped())

    @pytest.mark.parametrize(
        ("params", "holds"),
        [
            ({"severity": "error"}, lambda r: r["severity"] == "error"),
            ({"family": "maternity"}, lambda r: r["family"] == "maternity"),
            ({"enabled": "false"}, lambda r: not r["enabled"]),
            ({"q": "external cause"}, lambda r: "external cause" in (r["title"] + r["message"]).lower()),
        ],
    )
    async def test_filters_keep_what_they_say(self, as_role, params, holds):
        items = (await (await as_role("coder")).get(URL, params={"limit": 200, **params})).json()["items"]
        assert items
        assert all(holds(item) for item in items)
        assert len(items) < len(reads.shipped())

    async def test_a_cursor_of_another_filter_is_refused(self, as_role):
        http = await as_role("coder")
        cursor = (await http.get(URL, params={"limit": 5})).json()["next"]
        assert (await http.get(URL, params={"limit": 5, "cursor": cursor, "severity": "warn"})).status_code == 422

    async def test_unknown_parameters_are_refused(self, as_role):
        assert (await (await as_role("coder")).get(URL, params={"order": "id"})).status_code == 422

    async def test_who_may_not_edit_is_told_so(self, as_role):
        assert isinstance((await rule(await as_role("coder"), "E-02"))["can"]["edit"], str)
        assert (await rule(await as_role("manager"), "E-02"))["can"]["edit"] is True


class TestEditing:
    async def test_nobody_but_a_manager_may(self, client, as_role):
        assert (await edit(client, "E-02", {"severity": "info"})).status_code == 401
        assert (await edit(await as_role("coder"), "E-02", {"severity": "info"})).status_code == 403

    async def test_it_holds_from_the_next_check_on_and_is_marked(self, as_role):
        manager, coder = await as_role("manager"), await as_role("coder")
        body = with_codes("S72.00")
        assert (await rules_found(coder, body))["E-02"]["severity"] == "warn"
        answer = await edit(
            manager, "E-02", {"severity": "info", "message": "{code}: wo ist die Ursache?", "national_ref": "Policy 7"}
        )
        assert answer.status_code == 200
        out = answer.json()
        assert (out["version"], out["edits"], out["edited"]["fields"]) == (
            "1.1",
            1,
            ["severity", "message", "national_ref"],
        )
        assert out["edited"]["by"] == "Demo manager"
        assert out["shipped"]["severity"] == "warn"
        found = (await rules_found(coder, body))["E-02"]
        assert (found["severity"], found["message"], found["version"]) == ("info", "S72.00: wo ist die Ursache?", "1.1")
        assert found["reference"] == "Policy 7 (not verified)"

    async def test_a_rule_switched_off_is_silent_and_on_again_speaks(self, as_role):
        manager, body = await as_role("manager"), with_codes("S72.00")
        await edit(manager, "E-02", {"enabled": False})
        assert "E-02" not in await rules_found(manager, body)
        await edit(manager, "E-02", {"enabled": None}, 1)
        assert "E-02" in await rules_found(manager, body)

    async def test_a_rule_shipped_off_can_be_switched_on(self, as_role):
        manager, body = await as_role("manager"), with_codes("N39.0")
        assert "I-07" not in await rules_found(manager, body)
        await edit(manager, "I-07", {"enabled": True})
        assert "I-07" in await rules_found(manager, body)

    async def test_another_trust_is_not_touched(self, as_role):
        await edit(await as_role("manager"), "E-02", {"enabled": False})
        other = await as_role("other_manager")
        assert "E-02" in await rules_found(other, with_codes("S72.00"))
        assert (await rule(other, "E-02"))["edited"] is None

    @pytest.mark.parametrize("rule_id", ["V-01", "V-02", "V-03", "V-05", "V-08", "P-01", "P-02"])
    @pytest.mark.parametrize("change", [{"enabled": False}, {"severity": "warn"}, {"severity": "info"}])
    async def test_a_structural_rule_cannot_be_weakened(self, as_role, rule_id, change):
        answer = await edit(await as_role("manager"), rule_id, change)
        assert answer.status_code == 409
        assert answer.json()["type"].endswith("structural-check-rule")

    async def test_the_words_of_a_structural_rule_may_change(self, as_role):
        assert (await edit(await as_role("manager"), "V-02", {"mend": "Ask the trainer."})).status_code == 200

    async def test_without_if_match_it_is_428_and_a_stale_one_is_412(self, as_role):
        manager = await as_role("manager")
        assert (await manager.patch(f"{URL}/E-02", json={"severity": "info"})).status_code == 428
        await edit(manager, "E-02", {"severity": "info"})
        answer = await edit(manager, "E-02", {"severity": "error"})
        assert answer.status_code == 412
        assert answer.json()["current_version"] == 1

    async def test_an_unknown_rule_is_404(self, as_role):
        assert (await edit(await as_role("manager"), "Q-99", {"severity": "info"})).status_code == 404
        assert (await (await as_role("manager")).get(f"{URL}/nonsense")).status_code == 404

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"severity": "fatal"},
            {"enabled": "yes"},
            {"message": ""},
            {"message": "   "},
            {"message": "{code.__class__}"},
            {"message": "{nhs_number}"},
            {"mend": "{"},
            {"message": "x" * 401},
            {"message": "a\u0000b"},
            {"params": {}},
            {"version": "9.9"},
            {"national_ref": ""},
        ],
    )
    async def test_what_does_not_make_a_rule_is_422(self, as_role, body):
        assert (await edit(await as_role("manager"), "E-02", body)).status_code == 422

    async def test_a_line_is_left_on_the_trail(self, as_role, session):
        await edit(await as_role("manager"), "E-02", {"severity": "info"})
        row = (
            await session.execute(
                text("select facts, version from trail_line where tag = 'check_rule:edited' and subject_id = 'E-02'")
            )
        ).one()
        assert row.version == 1
        assert row.facts == {"was": {"severity": None}, "now": {"severity": "info"}}

    async def test_edits_cannot_be_rewritten(self, as_role, session):
        await edit(await as_role("manager"), "E-02", {"severity": "info"})
        for statement in ("update check_rule_edit set severity = 'error'", "delete from check_rule_edit"):
            with pytest.raises(DBAPIError, match="permission denied"):
                async with session.begin_nested():
                    await session.execute(text(statement))


class TestRestoring:
    async def test_the_rule_stands_as_shipped_and_the_edit_is_still_known(self, as_role):
        manager = await as_role("manager")
        await edit(manager, "E-02", {"severity": "info", "enabled": False})
        answer = await restore(manager, "E-02", 1)
        assert answer.status_code == 200
        out = answer.json()
        assert (out["severity"], out["enabled"], out["edited"], out["version"]) == ("warn", True, None, "1.2")
        assert "E-02" in await rules_found(manager, with_codes("S72.00"))

    async def test_what_was_never_edited_cannot_be_restored(self, as_role):
        assert (await restore(await as_role("manager"), "E-02", 0)).status_code == 409

    async def test_a_coder_may_not(self, as_role):
        assert (await restore(await as_role("coder"), "E-02", 0)).status_code == 403


class TestReplaying:
    CASE = Case(Facts(), ["S72.00"])

    async def test_an_old_finding_can_be_made_again_after_the_rule_has_changed(self, as_role, session, world):
        coder, manager = world.actor("coder"), await as_role("manager")
        (before,) = [f for f in await service.check(session, coder, self.CASE) if f.rule_id == "E-02"]
        await edit(manager, "E-02", {"severity": "info", "mend": "Later words."})
        (after,) = [f for f in await service.check(session, coder, self.CASE) if f.rule_id == "E-02"]
        assert after != before
        assert await service.replay(session, coder, self.CASE, {"E-02": before.version}) == [before]
        assert await service.replay(session, coder, self.CASE, {"E-02": after.version}) == [after]

    async def test_a_rule_of_an_older_release_is_still_known(self, session, world, monkeypatch):
        await service.publish_shipped(session)
        coder = world.actor("coder")
        (before,) = [f for f in await service.check(session, coder, self.CASE) if f.rule_id == "E-02"]
        newer = {**reads.shipped(), "E-02": replace(reads.shipped()["E-02"], shipped_version=2, mend="New words.")}
        monkeypatch.setattr(reads, "shipped", lambda: newer)
        assert (await service.replay(session, coder, self.CASE, {"E-02": "1.0"})) == [before]
        (now,) = await service.replay(session, coder, self.CASE, {"E-02": "2.0"})
        assert now.mend == "New words."

    async def test_publishing_twice_adds_nothing(self, session):
        await service.publish_shipped(session)
        assert await service.publish_shipped(session) == 0


class TestTogether:
    async def test_two_managers_at_once_make_one_edit(self, own_app, own, own_world):
        from conftest import browser, sign_in_as

        async with browser(own_app) as one, browser(own_app) as two:
            await sign_in_as(own_app, one, own_world.people["manager"])
            await sign_in_as(own_app, two, own_world.people["manager"])
            answers = await asyncio.gather(
                *(edit(http, "E-02", {"severity": s}) for http, s in ((one, "info"), (two, "error")))
            )
        assert sorted(a.status_code for a in answers) == [200, 412]
        async with own.transaction() as session:
            assert (await session.execute(text("select count(*) from check_rule_edit"))).scalar_one() == 1
