"""Signed audits with findings, as the audits' rooms leave them behind."""

import pytest
from sqlalchemy import text

from audits.conftest import drawn_audit, items_of, new_audit, post_coded, qualify  # noqa: F401
from codewell.kit import clock
from world import PROVIDER

_POSITION = text("""
insert into audit_position (provider, item_id, no, audit_id, side, code_class, sub_class, trust_at, trust_code,
    auditor_at, auditor_code, moved, counted_elsewhere, proposed_type, final_type, decision, attribution, evidence,
    standards, comment)
values (:provider, :item_id, :no, :audit_id, 'diagnoses', :code_class, 'none', 0, :trust, 0, :auditor, false, false,
    :error, :error, :decision, :attribution, '', :standards, '')
""")


@pytest.fixture
async def put_findings(database):
    """``await put_findings(item, ["DGCS.1"])``: an agreed position, and a coder's error for each standard named."""

    async def put(item, standards, *, error="wrong_char_4", attribution="coder", codes=("E119", "E110")):
        async with database.transaction() as session:
            await session.execute(
                text("delete from audit_position where provider = :p and item_id = :i"),
                {"p": item.provider, "i": item.item_id},
            )
            rows = [("primary_diagnosis", None, "agreed", "undetermined", [], ("I10", "I10"))]
            rows += [("secondary_diagnosis", error, "accepted", attribution, [s], codes) for s in standards]
            for no, (klass, kind, decision, whose, cited, (trust, auditor)) in enumerate(rows):
                await session.execute(
                    _POSITION,
                    {
                        "provider": item.provider, "item_id": item.item_id, "no": no, "audit_id": item.audit_id,
                        "code_class": klass, "trust": trust, "auditor": auditor, "error": kind,
                        "decision": decision, "attribution": whose, "standards": cited,
                    },
                )  # fmt: skip

    return put


@pytest.fixture
async def set_state(database):
    """``await set_state(audit_id, "signed", 1)``: all its episodes settled by the auditor, and it signed."""

    async def put(audit_id, state, version, *, auditor=None, minutes=12):
        async with database.transaction() as session:
            values = {"p": PROVIDER, "a": audit_id, "now": clock.now(), "state": state, "v": version}
            if state == "signed":
                await session.execute(
                    text("""update audit_item set state = 'settled', codes_saved_at = :now, decided_at = :now,
                            settled_at = :now, auditor_id = coalesce(:auditor, auditor_id),
                            auditor_name = 'Demo auditor', minutes = :minutes
                            where provider = :p and audit_id = :a and state <> 'replaced'"""),
                    {**values, "auditor": auditor, "minutes": minutes},
                )
            await session.execute(
                text("""update audit set state = :state, signed_version = :v, signed_at = :now
                        where provider = :p and audit_id = :a"""),
                values,
            )

    return put


@pytest.fixture
async def signed(drawn_audit, items_of, put_findings, set_state, world):  # noqa: F811
    """``await signed([["DGCS.1"], []])``: a signed audit, its episodes with these standards missed; its id."""

    async def make(found, *, by=("coder",), **changes):
        audit_id = await drawn_audit(episodes=len(found), size=len(found), by=by, **changes)
        for item, standards in zip(await items_of(audit_id), found, strict=True):
            await put_findings(item, standards)
        await set_state(audit_id, "signed", 1, auditor=world.people["auditor"].person_id)
        return audit_id

    return make
