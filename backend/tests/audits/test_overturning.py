"""A ruling and the correction of a signed audit: neither goes over the other unasked."""

import pytest
from sqlalchemy import text


class TestOverturning:
    """A ruling is not overturned by a correction without being made again."""

    @pytest.fixture
    async def ruled(self, as_role, decided, sign, correct, items_of):
        """A signed audit whose one finding was disputed, escalated and ruled to stand, opened for a correction."""

        async def make():
            audit_id = await decided(size=1, attribution="coder")
            (item,) = await items_of(audit_id)
            item_id, coder = item.item_id, await as_role("coder")
            found = (await coder.get(f"/api/v1/findings/{item_id}")).json()
            no = found["findings"][0]["no"]
            said = {"no": no, "comment": "The note says so."}
            for who, path, body in (
                ("coder", f"findings/{item_id}/replies", {"replies": [{**said, "act": "dispute"}]}),
                ("auditor", f"disputes/{item_id}/answer", {**said, "outcome": "stands"}),
                ("coder", f"findings/{item_id}/escalate", said),
                ("manager", f"disputes/{item_id}/rule", {**said, "outcome": "stands"}),
            ):
                (item,) = await items_of(audit_id)
                answer = await (await as_role(who)).post(
                    f"/api/v1/{path}", json=body, headers={"If-Match": f'"{item.version}"'}
                )
                assert answer.status_code == 200, answer.text
            assert (await sign(audit_id)).status_code == 200
            assert (await correct(audit_id, [item_id])).status_code == 200
            return audit_id, item_id, no

        return make

    @pytest.fixture
    async def act(self, as_role, items_of):
        async def do(audit_id, who, method, path, body):
            (item,) = await items_of(audit_id)
            return await (await as_role(who)).request(
                method, f"/api/v1/{path}", json=body, headers={"If-Match": f'"{item.version}"'}
            )

        return do

    @pytest.mark.parametrize(
        ("decision", "outcome"),
        [
            ({"decision": "rejected"}, "withdrawn"),
            (
                {
                    "decision": "accepted",
                    "attribution": "non_coder",
                    "non_coder_reason": "incomplete",
                    "evidence_available": False,
                },
                "stands",
            ),
            ({"decision": "accepted", "attribution": "coder", "standards": ["DGCS.1"]}, "stands"),
        ],
    )
    async def test_what_was_ruled_on_and_changed_is_ruled_on_again_before_it_is_signed(
        self, as_role, database, sign, ruled, act, decision, outcome
    ):
        audit_id, item_id, no = await ruled()
        async with database.transaction() as session:
            await session.execute(text("update audit_position set proposed_type = final_type"))
        decided_ = await act(
            audit_id, "auditor", "POST", f"audit-items/{item_id}/decisions", {"decisions": [{"no": no, **decision}]}
        )
        assert decided_.status_code == 200, decided_.text
        assert (await act(audit_id, "auditor", "POST", f"audit-items/{item_id}/finish", {})).status_code == 200
        sent = (await act(audit_id, "auditor", "POST", f"audits/{audit_id}/send-findings", {})).json()
        assert (sent["to_rule"], sent["sent"], sent["settled"]) == (1, 0, 0)
        refused = await sign(audit_id)
        assert refused.status_code == 409
        assert {o["what"]: o["count"] for o in refused.json()["open"]} == {"with_coder": 1, "to_rule": 1}
        manager = await as_role("manager")
        (finding,) = (await manager.get(f"/api/v1/disputes/{item_id}")).json()["findings"]
        assert (finding["reply"], finding["said"][-1]["act"]) == ("escalated", "questioned")
        assert finding["said"][-1]["changed"]["was"]["error_type"] == "omitted"
        if outcome == "withdrawn":
            rule = {"no": no, "outcome": "stands", "comment": "As it was."}
            wrong = await act(audit_id, "manager", "POST", f"disputes/{item_id}/rule", rule)
            assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/body/outcome")
        rule = {"no": no, "outcome": outcome, "comment": "The note came later."}
        assert (await act(audit_id, "manager", "POST", f"disputes/{item_id}/rule", rule)).status_code == 200
        answer = await sign(audit_id)
        assert answer.json()["signed_version"] == 2, answer.text

    async def test_decided_as_it_was_ruled_it_is_not_asked_again(self, database, ruled, act):
        audit_id, item_id, no = await ruled()
        async with database.transaction() as session:
            await session.execute(text("update audit_position set proposed_type = final_type"))
        same = {"no": no, "decision": "accepted", "attribution": "coder", "standards": ["DGCS.3"]}
        await act(audit_id, "auditor", "POST", f"audit-items/{item_id}/decisions", {"decisions": [same]})
        await act(audit_id, "auditor", "POST", f"audit-items/{item_id}/finish", {})
        sent = (await act(audit_id, "auditor", "POST", f"audits/{audit_id}/send-findings", {})).json()
        assert (sent["to_rule"], sent["sent"], sent["settled"]) == (0, 0, 1)

    async def test_it_is_neither_revised_away_nor_made_unsafe(self, ruled, act, items_of):
        audit_id, item_id, _ = await ruled()
        (item,) = await items_of(audit_id)
        codes = {"diagnoses": [{"code": c} for c in item.frozen["diagnoses"]], "procedures": []}
        for path, method, body in (
            ("revision", "PUT", {**codes, "reason": "Not there after all."}),
            ("unsafe", "POST", {"reason": "The record is lost."}),
        ):
            answer = await act(audit_id, "auditor", method, f"audit-items/{item_id}/{path}", body)
            assert (answer.status_code, answer.json()["type"]) == (409, "/problems/ruling-stands"), answer.text
