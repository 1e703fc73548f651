"""Audits of two auditors from the draw to the end: who sees what and when, and who may not do what."""

import pytest
from sqlalchemy import text

from audits.test_worksheet import Desk, frozen_of, slug

V1 = "/api/v1"
NOT_THEIRS = {"attribution": "non_coder", "non_coder_reason": "incomplete", "evidence_available": True}


@pytest.fixture
async def two(as_role, drawn_audit, second_auditor):
    """Two auditors at their desks with a blind audit; the first leads it."""

    async def make(**changes):
        changes = {"episodes": 4, "size": 2, "by": ("coder",), "auditors": ("auditor", "auditor_2")} | changes
        audit_id = await drawn_audit(**changes)
        return Desk(await as_role("auditor"), audit_id), Desk(await as_role("auditor_2"), audit_id)

    return make


@pytest.fixture
async def save(database):
    """Take an episode and save its codes with one more than the coder has."""

    async def do(desk, item_id, more="E780"):
        assert (await desk.take(item_id)).status_code == 200
        frozen = await frozen_of(database, item_id)
        procedures = zip(frozen["procedures"], frozen["procedure_dates"], strict=True)
        answer = await desk.save(item_id, [*frozen["diagnoses"], more], procedures)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return do


async def finish(desk, sheet):
    open_ = [p["no"] for p in sheet["positions"] if p["missing"]]
    sheet = (await desk.decide(sheet, *({"no": n, "decision": "accepted", **NOT_THEIRS} for n in open_))).json()
    done = await desk.finish(sheet)
    assert done.status_code == 200, done.text


async def unsafe(desk, item_id):
    assert (await desk.take(item_id)).status_code == 200
    version = (await desk.see(item_id))["item"]["version"]
    assert (await desk.send("unsafe", item_id, {"reason": "No letter"}, version)).status_code == 200


async def sheet_status(desk, item):
    return (await desk.http.get(f"{V1}/audit-items/{item.item_id}/worksheet")).status_code


async def codes_status(desk, item):
    return (await desk.http.get(f"{V1}/episodes/{item.episode_id}/workbench")).status_code


async def settle_and_sign(lead):
    sent = await lead.http.post(f"{V1}/audits/{lead.audit_id}/send-findings", json={})
    assert sent.status_code == 200, sent.text
    return await sign(lead)


async def sign(lead):
    version = (await lead.http.get(f"{V1}/audits/{lead.audit_id}/sign-off")).json()["version"]
    return await lead.http.post(
        f"{V1}/audits/{lead.audit_id}/sign", json={"statement": "So."}, headers={"If-Match": f'"{version}"'}
    )


class TestWhoSees:
    async def test_a_done_episode_is_open_to_every_auditor_and_a_signed_audit_whole(
        self, two, save, items_of, database
    ):
        lead, other = await two(size=3)
        # One of the codes is in no edition: its episode is not the one whose codes are amended.
        mine, theirs, third = sorted(await items_of(lead.audit_id), key=lambda i: "K358" in i.frozen["diagnoses"])
        await finish(lead, await save(lead, mine.item_id))
        sheet = await save(other, theirs.item_id)
        assert await sheet_status(lead, theirs) == 403
        await finish(other, sheet)
        assert (await sheet_status(lead, theirs), await codes_status(lead, theirs)) == (200, 200)
        assert await codes_status(other, mine) == 200
        # Taken up again it would be coded: nothing of it is shown until nobody can.
        await unsafe(other, third.item_id)
        assert await codes_status(lead, third) == await codes_status(other, third) == 403

        signed = await settle_and_sign(lead)
        assert signed.status_code == 200, signed.text
        for item in (mine, theirs, third):
            assert await codes_status(lead, item) == await codes_status(other, item) == 200
        kept = await lead.http.post(f"{V1}/audits/{lead.audit_id}/report/versions", json={"name": "As signed"})
        assert kept.status_code == 201, kept.text
        rows = (await lead.http.get(f"{V1}/audits/{lead.audit_id}/amendments")).json()["items"]
        row = next(r for r in rows if r["item_id"] == str(theirs.item_id))
        async with database.transaction() as session:
            # A letter may have come after the codes were made: a coder has looked at it.
            await session.execute(text("delete from work_item"))
        amended = await lead.http.post(
            f"{V1}/audit-items/{row['item_id']}/amend", headers={"If-Match": f'"{row["coding_version"]}"'}
        )
        assert amended.status_code == 200, amended.text

    async def test_the_lead_answers_a_dispute_about_an_episode_that_another_audited(
        self, two, save, items_of, as_role, database
    ):
        lead, other = await two()
        item, _ = await items_of(lead.audit_id)
        sheet = await save(other, item.item_id)
        (no,) = [p["no"] for p in sheet["positions"] if p["missing"]]
        decision = {"no": no, "decision": "accepted", "attribution": "coder", "standards": ["DGCS.3"]}
        sheet = (await other.decide(sheet, decision)).json()
        assert (await other.finish(sheet)).status_code == 200
        assert (await lead.http.post(f"{V1}/audits/{lead.audit_id}/send-findings", json={})).status_code == 200
        coder = await as_role("coder")
        version = (await coder.get(f"{V1}/findings/{item.item_id}")).json()["version"]
        body = {"replies": [{"no": no, "act": "dispute", "comment": "The letter says so."}]}
        said = await coder.post(
            f"{V1}/findings/{item.item_id}/replies", json=body, headers={"If-Match": f'"{version}"'}
        )
        assert said.status_code == 200, said.text
        assert (await lead.http.get(f"{V1}/disputes/{item.item_id}")).status_code == 200
        listed = (await lead.http.get(f"{V1}/disputes", params={"which": "to_answer"})).json()["items"]
        assert [d["item_id"] for d in listed] == [str(item.item_id)]

    async def test_two_auditors_of_one_episode_judge_it_without_each_others_word(self, two, save, items_of):
        lead, other = await two(size=1, second_share=1)
        first, second = sorted(await items_of(lead.audit_id), key=lambda i: i.second_of is not None)
        await finish(lead, await save(lead, first.item_id))
        assert await codes_status(other, first) == 403
        sheet = await save(other, second.item_id, "N390")
        # The coder's codes are open to them now; what the other made of them is not.
        assert await codes_status(other, first) == 200
        refused = await other.http.get(f"{V1}/audit-items/{first.item_id}/worksheet")
        assert (refused.status_code, slug(refused)) == (403, "codes-hidden")
        positions = f"{V1}/audits/{lead.audit_id}/results/positions"
        assert (await other.http.get(positions)).json()["items"] == []
        assert (await other.http.get(f"{positions}/count")).json()["left_out"] in (1, None)
        compared = f"{V1}/audits/{lead.audit_id}/results/episodes/{first.item_id}"
        assert (await other.http.get(compared)).status_code == 403
        assert await sheet_status(lead, second) == 200
        await finish(other, sheet)
        assert await sheet_status(other, first) == await sheet_status(lead, second) == 200
        assert (await other.http.get(compared)).status_code == 200
        assert (await other.http.get(positions)).json()["items"]

    async def test_a_decided_second_audit_is_told_as_still_to_be_sent(self, two, save, items_of):
        lead, other = await two(size=1, second_share=1)
        first, second = sorted(await items_of(lead.audit_id), key=lambda i: i.second_of is not None)
        await finish(lead, await save(lead, first.item_id))
        audit = f"{V1}/audits/{lead.audit_id}"
        assert (await lead.http.post(f"{audit}/send-findings", json={})).json()["settled"] == 1
        await finish(other, await save(other, second.item_id))
        progress = (await lead.http.get(audit)).json()["progress"]
        assert (progress["done"], progress["second_done"], progress["by_state"]["decided"]) == (1, 1, 0)
        assert progress["to_send"] == 1
        assert [o["what"] for o in (await sign(lead)).json()["open"]] == ["to_send"]
        assert (await lead.http.post(f"{audit}/send-findings", json={})).status_code == 200
        assert (await lead.http.get(audit)).json()["progress"]["to_send"] == 0
        assert (await sign(lead)).status_code == 200


class TestLeaving:
    async def name(self, lead, *others):
        audit = (await lead.http.get(f"{V1}/audits/{lead.audit_id}")).json()
        me = next(a["person_id"] for a in audit["members"] if a["part"] == "lead")
        return await lead.http.put(
            f"{V1}/audits/{lead.audit_id}/auditors", json={"lead_id": me, "auditor_ids": list(others)},
            headers={"If-Match": f'"{audit["version"]}"'},
        )  # fmt: skip

    async def test_who_leaves_sees_no_codes_until_the_audit_ends(self, two, items_of, second_auditor):
        lead, other = await two()
        items = await items_of(lead.audit_id)
        gone = await self.name(lead)
        assert gone.status_code == 200, gone.text
        assert [await codes_status(other, i) for i in items] == [403, 403]
        assert (await self.name(lead, str(second_auditor.person_id))).status_code == 200
        assert [await codes_status(other, i) for i in items] == [403, 403]
        version = (await self.name(lead)).json()["version"]
        abandoned = await lead.http.post(
            f"{V1}/audits/{lead.audit_id}/abandon", json={"reason": "Not needed."}, headers={"If-Match": f'"{version}"'}
        )
        assert abandoned.status_code == 200, abandoned.text
        assert [await codes_status(other, i) for i in items] == [200, 200]

    async def test_who_comes_sees_what_is_done_and_nothing_else(self, two, save, items_of, second_auditor):
        lead, other = await two()
        done, left = await items_of(lead.audit_id)
        await self.name(lead)
        await finish(lead, await save(lead, done.item_id))
        assert (await self.name(lead, str(second_auditor.person_id))).status_code == 200
        assert (await codes_status(other, done), await codes_status(other, left)) == (200, 403)


class TestCorrectingUnsafe:
    async def test_an_episode_that_was_never_coded_is_coded_first_and_blind(self, two, save, items_of, database):
        lead, other = await two()
        done, left = await items_of(lead.audit_id)
        await finish(lead, await save(lead, done.item_id))
        await unsafe(other, left.item_id)
        assert (await settle_and_sign(lead)).status_code == 200
        version = (await lead.http.get(f"{V1}/audits/{lead.audit_id}/sign-off")).json()["version"]
        opened = await lead.http.post(
            f"{V1}/audits/{lead.audit_id}/open-correction",
            json={"reason": "The letter came.", "item_ids": [str(left.item_id)]},
            headers={"If-Match": f'"{version}"'},
        )
        assert opened.status_code == 200, opened.text
        now = (await items_of(lead.audit_id))[1]
        assert (now.state, now.state_reason, now.decided_at, now.codes) == ("coding", None, None, None)
        sheet = await other.see(left.item_id)
        assert (sheet["coder"], sheet["positions"]) == (None, [])
        assert await codes_status(other, left) == await codes_status(lead, left) == 403
        assert (await sign(lead)).status_code == 409
        refused = await other.finish(sheet)
        assert (refused.status_code, slug(refused)) == (409, "audit-cannot-move")
        await finish(other, await save(other, left.item_id))
        signed = await settle_and_sign(lead)
        assert (signed.status_code, signed.json()["signed_version"]) == (200, 2)
        assert await codes_status(lead, left) == 200

    async def test_nothing_is_finished_without_codes_of_its_auditor(self, two, items_of, database):
        lead, _ = await two()
        item, _ = await items_of(lead.audit_id)
        await lead.take(item.item_id)
        async with database.transaction() as session:
            await session.execute(
                text("update audit_item set state = 'comparing' where item_id = :i"), {"i": item.item_id}
            )
        refused = await lead.finish(await lead.see(item.item_id))
        assert (refused.status_code, slug(refused)) == (409, "audit-cannot-move")


class TestOwnCoding:
    async def test_codes_made_in_the_pas_under_ones_reference_are_ones_own(self, two, items_of, database, world):
        lead, other = await two()
        item, another = await items_of(lead.audit_id)
        async with database.transaction() as session:
            await session.execute(text("update audit_item set coder_id = null"))
            await session.execute(
                text("update person set coder_ref = null where person_id = :p"), {"p": world.people["coder"].person_id}
            )
            await session.execute(
                text("update person set coder_ref = 'REF-coder' where person_id = :p"),
                {"p": world.people["auditor_2"].person_id},
            )
        refused = await other.take(item.item_id)
        assert (refused.status_code, slug(refused)) == (409, "own-coding")
        assert slug(await other.take_next()) == "nothing-to-audit"
        assert (await lead.take(another.item_id)).status_code == 200
