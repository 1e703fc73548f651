"""Coded episodes, auditors, drawn audits, and audits decided and signed, made through verbs."""

import datetime as dt
from uuid import UUID

import pytest
from sqlalchemy import text

from audits.decided import decide
from codewell.audits.rules import QualificationKind
from codewell.audits.schemas.auditors import QualificationNew
from codewell.audits.schemas.setup import AuditNew
from codewell.audits.service import auditors, draws, setup
from codewell.kit import clock
from coding.conftest import lines, message

CODES = (
    (("I214", "I10", "E119"), ()),
    (("J189", "J449", "I10", "Z921"), ()),
    (("K358", "I10"), ("H019",)),
    (("R074", "I10"), ()),
    (("S7200", "W190", "I10"), ("W371", "Z943")),
)


@pytest.fixture
async def post_coded(as_role, session):
    """``await post_coded(20, by=["coder", "coder_2"])``: that many coded FCEs with a document each, coders in turn."""

    async def make(n=20, *, by=("coder", "coder_2"), codes=CODES, **changes):
        pas = await as_role("intake")
        made = clock.now() - dt.timedelta(hours=30)
        items = []
        for i in range(n):
            diagnoses, procedures = codes[i % len(codes)]
            item = message(**changes)
            # A letter with words that say what the codes say: enough for a worksheet to be coded from.
            item["documents"] = [
                {
                    "document_ref": f"D{i}",
                    "kind": "discharge_summary",
                    "title": "Discharge summary",
                    "dated_on": item["ended_on"],
                    "arrived_at": item["source_at"],
                    "text": "Synthetic letter.",
                }
            ]
            item["coding"] = {
                "diagnoses": lines(*diagnoses),
                "procedures": [{"code": c, "on": item["started_on"]} for c in procedures],
                "coded_at": made.isoformat().replace("+00:00", "Z"),
                "coder_ref": f"REF-{by[i % len(by)]}",
                "source": "encoder",
            }
            items.append(item)
        answer = await pas.post("/api/v1/intake/episodes", json={"items": items})
        assert answer.status_code == 207, answer.text
        outcomes = answer.json()["items"]
        assert all(o["outcome"] == "created" for o in outcomes), outcomes
        return [UUID(o["episode_id"]) for o in outcomes]

    return make


@pytest.fixture
async def qualify(database, world):
    """``await qualify("auditor")``: that person is an approved auditor; days may be given."""

    async def make(*names, awarded_on=dt.date(2020, 1, 1), expires_on=dt.date(2099, 1, 1)):
        async with database.transaction() as session:
            for name in names:
                await auditors.qualify(
                    session,
                    world.system,
                    world.people[name].person_id,
                    QualificationNew(
                        kind=QualificationKind.approved_auditor,
                        number="A-1",
                        awarded_on=awarded_on,
                        expires_on=expires_on,
                    ),
                )

    return make


@pytest.fixture
async def second_auditor(database, world):
    """Another auditor of the Trust, made for this test, as ``auditor_2`` of the world."""
    from codewell.identity import service as identity

    async with database.transaction() as session:
        world.people["auditor_2"] = await identity.add_person(
            session, world.system, username="auditor_2", name="Demo auditor_2", roles=["auditor"]
        )
    yield world.people["auditor_2"]
    del world.people["auditor_2"]


@pytest.fixture
async def new_audit(database, world):
    """``await new_audit(auditors=["auditor"], sampling={...})``: an audit set up, of episodes that ended of late."""

    async def make(*, auditors=("auditor",), by=None, **changes):
        today = clock.today()
        people = [world.people[name].person_id for name in auditors]
        body = {
            "kind": "ad_hoc",
            "title": "Audit of synthetic episodes",
            "period_from": (today - dt.timedelta(60)).isoformat(),
            "period_to": today.isoformat(),
            "sampling": {"method": "simple", "size": 5},
            "threshold_key": "acute_80",
            "lead_id": people[0] if people else None,
            "auditor_ids": people[1:],
        } | changes
        async with database.transaction() as session:
            audit = await setup.create_audit(session, by or world.system, AuditNew.model_validate(body))
        return audit

    return make


@pytest.fixture
async def drawn_audit(database, world, post_coded, qualify, new_audit):
    """``await drawn_audit(episodes=10, size=5)``: qualified auditors and an audit that is drawn and running."""

    async def make(*, episodes=10, size=5, auditors=("auditor",), by=("coder", "coder_2"), seed="test seed", **changes):
        await post_coded(episodes, by=by)
        await qualify(*auditors)
        changes = {"sampling": {"method": "simple", "size": size}} | changes
        audit = await new_audit(auditors=auditors, **changes)
        async with database.transaction() as session:
            await draws.draw_audit(session, world.system, audit.audit_id, version=audit.version, seed=seed)
        return audit.audit_id

    return make


@pytest.fixture
async def items_of(database, world):
    """``await items_of(audit_id)``: the audit's items as rows, in their order."""

    async def read(audit_id):
        async with database.transaction() as session:
            return (
                await session.execute(
                    text("select * from audit_item where provider = :provider and audit_id = :audit_id order by no"),
                    {"provider": world.system.provider, "audit_id": audit_id},
                )
            ).all()

    return read


@pytest.fixture
async def decided(database, world, as_role, drawn_audit, items_of):
    """A drawn audit whose episodes are decided, an omitted diagnosis found in each, and sent."""

    async def make(*, size=2, send=True, attribution="non_coder", **how):
        audit_id = await drawn_audit(episodes=size, size=size, by=("coder",))
        async with database.transaction() as session:
            for item in await items_of(audit_id):
                codes = [*item.frozen["diagnoses"], "E780"]
                await decide(session, world, item, codes, attribution=attribution, **how)
            # A letter may have come after the codes were made: a coder has looked at it.
            await session.execute(text("delete from work_item"))
        if send:
            answer = await (await as_role("auditor")).post(f"/api/v1/audits/{audit_id}/send-findings", json={})
            assert answer.status_code == 200, answer.text
        return audit_id

    return make


@pytest.fixture
async def sign(as_role):
    """Sign an audit as it stands, or as another version."""

    async def do(audit_id, who="auditor", version=None):
        caller = await as_role(who)
        if version is None:
            version = (await (await as_role("auditor")).get(f"/api/v1/audits/{audit_id}/sign-off")).json()["version"]
        return await caller.post(
            f"/api/v1/audits/{audit_id}/sign",
            json={"statement": "I stand by it."},
            headers={"If-Match": f'"{version}"'},
        )

    return do


@pytest.fixture
async def correct(as_role):
    async def do(audit_id, item_ids=()):
        auditor = await as_role("auditor")
        version = (await auditor.get(f"/api/v1/audits/{audit_id}/sign-off")).json()["version"]
        return await auditor.post(
            f"/api/v1/audits/{audit_id}/open-correction",
            json={"reason": "A note came.", "item_ids": [str(i) for i in item_ids]},
            headers={"If-Match": f'"{version}"'},
        )

    return do
