"""Draws through the verbs and the API."""


class TestDrawing:
    async def test_a_draw_makes_items_in_random_order_with_frozen_codes(self, drawn_audit, items_of, as_role):
        audit_id = await drawn_audit(episodes=10, size=5)
        items = await items_of(audit_id)
        assert [i.no for i in items] == [1, 2, 3, 4, 5]
        assert [i.ticket for i in items] == sorted(i.ticket for i in items)
        assert all(i.frozen["diagnoses"] and i.frozen["coder_name"] and i.frozen["source"] == "encoder" for i in items)
        assert all(i.coder_id and i.probability == 0.5 for i in items)
        auditor = await as_role("auditor")
        assert (await auditor.get(f"/api/v1/audits/{audit_id}")).json()["progress"]["items"] == 5
