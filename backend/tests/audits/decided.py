"""Audited episodes as a worksheet leaves them: positions decided, ready to be sent to their coder."""

import datetime as dt
from uuid import UUID

import orjson
from sqlalchemy import text

from codewell.audits.alignment import Line, Side, align
from codewell.audits.models import AuditItem
from codewell.audits.rules import Decision
from codewell.audits.service.deciding import show_when_done
from codewell.kit import clock

_POSITION = text("""
insert into audit_position (provider, item_id, no, audit_id, side, code_class, sub_class, trust_at, trust_code, trust_on,
    auditor_at, auditor_code, auditor_on, moved, counted_elsewhere, proposed_type, final_type, decision, attribution,
    non_coder_reason, evidence, standards, comment, decided_at)
values (:provider, :item_id, :no, :audit_id, :side, :code_class, :sub_class, :trust_at, :trust_code, :trust_on,
    :auditor_at, :auditor_code, :auditor_on, :moved, :counted_elsewhere, :error, :error, :decision, :attribution,
    :reason, '', :standards, :comment, :at)
""")
_DECIDED = text("""
update audit_item set state = 'decided', auditor_id = :auditor, auditor_name = 'Demo auditor', codes_saved_at = :at,
    decided_at = :at, version = version + 1, codes = cast(:codes as jsonb)
where provider = :provider and item_id = :item_id
""")


async def decide(session, world, item, diagnoses, *, auditor="auditor", attribution="coder", standards=("DGCS.3",)):
    """Leave an audited episode decided, with the auditor's diagnoses in place of the coder's; return its errors."""
    frozen, at = item.frozen, clock.now()
    days = [d and dt.date.fromisoformat(d) for d in frozen["procedure_dates"]]
    procedures = [Line(c, d) for c, d in zip(frozen["procedures"], days, strict=True)]
    theirs = {Side.diagnoses: [Line(c) for c in frozen["diagnoses"]], Side.procedures: procedures}
    ours = {Side.diagnoses: [Line(c) for c in diagnoses], Side.procedures: procedures}
    errors, no = [], 0
    for side in Side:
        for p in align(theirs[side], ours[side], side):
            t = None if p.trust_at is None else theirs[side][p.trust_at]
            a = None if p.auditor_at is None else ours[side][p.auditor_at]
            wrong = p.error_type is not None
            await session.execute(
                _POSITION,
                {
                    "provider": world.system.provider, "item_id": item.item_id, "no": no, "audit_id": item.audit_id,
                    "side": side.value, "code_class": p.code_class.value, "sub_class": p.sub_class.value,
                    "trust_at": p.trust_at, "trust_code": t and t.code, "trust_on": t and t.on,
                    "auditor_at": p.auditor_at, "auditor_code": a and a.code, "auditor_on": a and a.on,
                    "moved": p.moved, "counted_elsewhere": p.counted_elsewhere,
                    "error": p.error_type.value if wrong else None,
                    "decision": (Decision.accepted if wrong else Decision.agreed).value,
                    "attribution": attribution if wrong else "undetermined",
                    "reason": "incomplete" if wrong and attribution == "non_coder" else None,
                    "standards": list(standards) if wrong else [], "comment": "See the summary." if wrong else "",
                    "at": at,
                },
            )  # fmt: skip
            errors += [no] if wrong else []
            no += 1
    auditor_id: UUID = world.people[auditor].person_id
    await session.execute(
        _DECIDED,
        {
            "provider": world.system.provider,
            "item_id": item.item_id,
            "auditor": auditor_id,
            "at": at,
            "codes": orjson.dumps(
                {
                    "diagnoses": list(diagnoses),
                    "procedures": list(frozen["procedures"]),
                    "procedure_dates": frozen["procedure_dates"],
                    "saved_at": at.isoformat(),
                }
            ).decode(),
        },  # fmt: skip
    )
    await show_when_done(session, world.system, await session.get(AuditItem, (item.provider, item.item_id)))
    return errors
