"""Codes amended after an audit: what was agreed, and how it comes into force."""

import pytest
from sqlalchemy import text

from codewell.audits.agreed import agreed_codes
from codewell.audits.alignment import Line, Side, align
from codewell.audits.models import AuditPosition


def ended(trust, auditor, *, rejected=()):
    """Return the positions of two lists of diagnoses as they ended, those of ``rejected`` numbers let stand."""
    made = []
    for no, p in enumerate(align([Line(c) for c in trust], [Line(c) for c in auditor], Side.diagnoses)):
        made.append(
            AuditPosition(
                side="diagnoses", code_class=p.code_class.value, trust_at=p.trust_at, auditor_at=p.auditor_at,
                trust_code=None if p.trust_at is None else trust[p.trust_at], trust_on=None, auditor_on=None,
                auditor_code=None if p.auditor_at is None else auditor[p.auditor_at],
                final_type=None if p.error_type is None or no in rejected else p.error_type.value,
            )
        )  # fmt: skip
    return made


class TestAgreedCodes:
    @pytest.mark.parametrize(
        ("trust", "auditor"),
        [
            (["I214", "I10"], ["I214", "I10", "E119"]),
            (["I214", "I10", "E119"], ["I214", "E119"]),
            (["I10", "I214"], ["I214", "I10"]),
            (["J189"], ["J181", "I10"]),
            (["R074", "I10"], ["I209", "I10", "R074"]),
        ],
    )
    def test_with_every_error_accepted_they_are_the_auditors(self, trust, auditor):
        assert agreed_codes(ended(trust, auditor)).diagnoses == auditor

    @pytest.mark.parametrize(
        ("trust", "auditor"),
        [
            (["I214", "I10"], ["I214", "I10", "E119"]),
            (["I10", "I214"], ["I214", "I10"]),
            (["J189"], ["J181", "I10"]),
            (["R074", "I10"], ["I209", "I10", "R074"]),
        ],
    )
    def test_with_every_difference_let_stand_they_are_the_coders(self, trust, auditor):
        assert agreed_codes(ended(trust, auditor, rejected=range(9))).diagnoses == trust


class TestAmending:
    @pytest.fixture
    async def amend(self, as_role):
        async def do(item_id, version, who="auditor"):
            return await (await as_role(who)).post(
                f"/api/v1/audit-items/{item_id}/amend", headers={"If-Match": f'"{version}"'}
            )

        return do

    async def test_agreed_codes_come_as_the_audits_version_and_the_episode_stays_its_coders(
        self, as_role, database, world, decided, sign, amend, items_of
    ):
        audit_id = await decided(size=1)
        assert (await sign(audit_id)).status_code == 200
        auditor = await as_role("auditor")
        (row,) = (await auditor.get(f"/api/v1/audits/{audit_id}/amendments")).json()["items"]
        assert (row["stands"], row["can_apply"], row["changed_since"]) == ("to_apply", True, False)
        assert [c["what"] for c in row["changes"]] == ["added"]
        answer = await amend(row["item_id"], row["coding_version"])
        assert answer.status_code == 200, answer.text
        async with database.transaction() as session:
            made = (
                await session.execute(
                    text("select * from coding where episode_id = :id order by version desc limit 1"),
                    {"id": row["episode_id"]},
                )
            ).one()
            episode = (
                await session.execute(text("select * from episode where episode_id = :id"), {"id": row["episode_id"]})
            ).one()
            queued = await session.scalar(
                text("select count(*) from work_item where episode_id = :id"), {"id": row["episode_id"]}
            )
        assert (made.source, made.person_name, made.state) == ("audit", "Demo auditor", "final")
        assert "E780" in made.diagnoses
        assert episode.coder_id == world.people["coder"].person_id
        assert (episode.coding_state, queued) == ("coded", 0)
        (item,) = await items_of(audit_id)
        assert "E780" not in item.frozen["diagnoses"]
        (row,) = (await auditor.get(f"/api/v1/audits/{audit_id}/amendments")).json()["items"]
        assert (row["stands"], row["changes"], row["applied"]["by_name"]) == ("applied", [], "Demo auditor")
        again = await amend(row["item_id"], row["coding_version"])
        assert again.json()["type"] == "/problems/nothing-to-amend"

    async def test_what_was_amended_for_an_error_that_no_longer_stands_is_to_be_put_back(
        self, as_role, database, decided, amend, items_of
    ):
        audit_id = await decided(size=1)
        (item,) = await items_of(audit_id)
        assert (await amend(item.item_id, item.coding_version)).status_code == 200
        async with database.transaction() as session:
            await session.execute(
                text("update audit_position set final_type = null, decision = 'rejected' where item_id = :id"),
                {"id": item.item_id},
            )
        auditor = await as_role("auditor")
        (row,) = (await auditor.get(f"/api/v1/audits/{audit_id}/amendments")).json()["items"]
        assert (row["stands"], row["can_apply"]) == ("to_apply", True)
        assert [(c["what"], c["code"]) for c in row["changes"]] == [("removed", "E780")]
        assert (await amend(item.item_id, row["coding_version"])).status_code == 200

    async def test_codes_made_meanwhile_are_stale_with_the_differences(self, as_role, decided, amend, items_of):
        audit_id = await decided(size=1)
        (item,) = await items_of(audit_id)
        answer = await amend(item.item_id, 99)
        assert answer.status_code == 412
        assert [c["what"] for c in answer.json()["changes"]]

    async def test_findings_still_talked_about_are_not_put_into_force(self, decided, amend, items_of):
        audit_id = await decided(size=1, attribution="coder")
        (item,) = await items_of(audit_id)
        answer = await amend(item.item_id, 1)
        assert (answer.status_code, answer.json()["state"]) == (409, "with_coder")

    async def test_an_episode_in_a_queue_is_left_to_whoever_takes_it(self, as_role, database, decided, amend, items_of):
        audit_id = await decided(size=1)
        (item,) = await items_of(audit_id)
        async with database.transaction() as session:
            await session.execute(
                text("update episode set coding_state = 'changed_after_coding' where episode_id = :id"),
                {"id": item.episode_id},
            )
        answer = await amend(item.item_id, item.coding_version)
        assert answer.json()["type"] == "/problems/episode-in-a-queue"

    async def test_who_is_no_auditor_of_the_audit_amends_nothing(self, decided, amend, items_of, second_auditor):
        audit_id = await decided(size=1)
        (item,) = await items_of(audit_id)
        assert (await amend(item.item_id, 1, who="auditor_2")).status_code == 403
        assert (await amend(item.item_id, 1, who="coder")).status_code == 403

    async def test_what_comes_after_the_freeze_is_listed(self, as_role, database, decided, amend, items_of):
        audit_id = await decided(size=1)
        (item,) = await items_of(audit_id)
        async with database.transaction() as session:
            await session.execute(
                text("""insert into sus_timetable (financial_year, activity_month, phase, inclusion_on, provisional, source)
                        select '2026/27', date_trunc('month', cast(:day as date)), 'freeze', cast(:day as date), true, 't'
                        on conflict (activity_month, phase) do update set inclusion_on = excluded.inclusion_on"""),
                {"day": item.ended_on},
            )
        assert (await amend(item.item_id, item.coding_version)).status_code == 200
        auditor = await as_role("auditor")
        (row,) = (await auditor.get(f"/api/v1/after-freeze-changes?audit_id={audit_id}")).json()["items"]
        assert (row["episode_id"], row["freeze_on"]) == (str(item.episode_id), item.ended_on.isoformat())
        assert (await (await as_role("other_manager")).get("/api/v1/after-freeze-changes")).json()["items"] == []
