"""Random audits: worksheets as two lists of codes each, aligned and decided on at random, in memory or in the database."""

import datetime as dt
from random import Random
from uuid import UUID

import orjson
from sqlalchemy import text

from codewell.audits.alignment import CodeClass, ErrorType, Line, Side, align
from codewell.audits.profiles import ProfileKind, shipped
from codewell.audits.reads.audited import AuditedEpisode, AuditedPosition
from codewell.audits.tally import Attribution, Audited, Finding
from codewell.kit.ids import uuid7

DIAGNOSES = ("I10X", "E119", "E112", "J180", "J189", "K210", "I214", "I219", "W190", "W109", "Z720", "Y830", "C509")
PROCEDURES = ("K751", "K752", "Z334", "Z942", "H221", "G451", "Z281")
STANDARDS = ("DGCS.1", "DGCS.3", "PGCS sites")
REASONS = ("illegible", "incomplete", "other")
STRATA = {"": 1.0, "300": 0.5, "100": 0.125}
CODERS = ("11111111-0000-7000-8000-000000000001", "11111111-0000-7000-8000-000000000002", None)


def body_of(kind, key=None):
    found = next(s for s in shipped() if s.kind is kind and key in (None, s.key))
    return dict(found.body)


METHODOLOGY = body_of(ProfileKind.methodology)
THRESHOLDS = body_of(ProfileKind.threshold, "acute_80")


def lists(rng):
    """Return the trust's and the auditor's two lists of one episode; the auditor's are the trust's with changes."""

    def changed(codes, pool, least):
        kept = [c for c in codes if rng.random() < 0.85]
        kept += [c for c in rng.sample(pool, rng.randint(0, 2)) if c not in kept]
        if len(kept) > 1 and rng.random() < 0.2:
            kept[0], kept[1] = kept[1], kept[0]
        return kept or list(codes[:least]) or list(pool[:least])

    diagnoses = rng.sample(DIAGNOSES, rng.randint(1, 7))
    procedures = rng.sample(PROCEDURES, rng.randint(0, 4))
    return (diagnoses, changed(diagnoses, DIAGNOSES, 1)), (procedures, changed(procedures, PROCEDURES, 0))


def positions(rng):
    """Return the decided positions of one random worksheet, as columns of their table."""
    out = []
    for side, (trust, auditor) in zip(Side, lists(rng), strict=True):
        for p in align([Line(c) for c in trust], [Line(c) for c in auditor], side):
            row = {
                "no": len(out),
                "side": side.value,
                "code_class": p.code_class.value,
                "sub_class": p.sub_class.value,
                "trust_at": p.trust_at,
                "trust_code": None if p.trust_at is None else trust[p.trust_at],
                "auditor_at": p.auditor_at,
                "auditor_code": None if p.auditor_at is None else auditor[p.auditor_at],
                "moved": p.moved,
                "counted_elsewhere": p.counted_elsewhere,
                "proposed_type": p.error_type and p.error_type.value,
                "final_type": p.error_type and p.error_type.value,
                "decision": "agreed",
                "attribution": "undetermined",
                "non_coder_reason": None,
                "standards": [],
            }
            if p.error_type is not None:
                row["decision"] = rng.choice(["accepted"] * 6 + ["changed", "rejected"])
                if row["decision"] == "rejected":
                    row["final_type"] = None
                elif row["decision"] == "changed":
                    others = [e.value for e in ErrorType if e is not p.error_type]
                    row["final_type"] = rng.choice(others)
            if row["final_type"] is not None:
                row["attribution"] = rng.choice(["coder", "coder", "non_coder", "undetermined"])
                row["standards"] = rng.sample(STANDARDS, rng.randint(0, 2))
                row["non_coder_reason"] = rng.choice(REASONS) if row["attribution"] == "non_coder" else None
            out.append(row)
    return out


def items(rng, n, *, unsafe=0.1, strata=STRATA):
    """Return random audited episodes, as columns of their table, each with its positions."""
    out = []
    for no in range(1, n + 1):
        stratum = rng.choice(list(strata))
        coder = rng.choice(CODERS)
        out.append(
            {
                "item_id": uuid7(),
                "no": no,
                "episode_id": uuid7(),
                "ended_on": dt.date(2026, 10, 1 + no % 28),
                "state": "unsafe" if rng.random() < unsafe else rng.choice(["decided", "with_coder", "settled"]),
                "coder_id": coder and UUID(coder),
                "frozen": {"coder_name": coder and f"Coder {coder[-1]}", "coder_ref": "REF-9"},
                "specialty_code": rng.choice(["300", "100", None]),
                "auditor_id": None,
                "auditor_name": "Demo auditor",
                "stratum": stratum,
                "probability": strata[stratum],
                "positions": positions(rng),
            }
        )
    return out


def episodes(rng, n, **changes):
    """Return random audited episodes in memory, as ``audited_of`` gives them."""
    out = []
    for item in items(rng, n, **changes):
        unsafe = item["state"] == "unsafe"
        found = tuple(
            AuditedPosition(
                p["no"], p["side"], p["sub_class"], p["trust_code"], p["auditor_code"], p["proposed_type"],
                p["final_type"], p["decision"], p["non_coder_reason"], tuple(p["standards"]),
                Finding(
                    CodeClass(p["code_class"]), p["trust_at"] is not None,
                    p["auditor_at"] is not None, p["final_type"] and ErrorType(p["final_type"]),
                    Attribution(p["attribution"]), p["counted_elsewhere"],
                ),
            )
            for p in item["positions"]
        )  # fmt: skip
        kept = () if unsafe else found
        out.append(
            AuditedEpisode(
                item["item_id"], item["no"], item["episode_id"], item["state"], item["ended_on"],
                str(item["coder_id"] or "ref:REF-9"), item["frozen"]["coder_name"] or "REF-9", item["specialty_code"],
                "unknown", "Demo auditor", item["stratum"], kept,
                Audited([p.finding for p in kept], unsafe, 1 / item["probability"], item["stratum"]),
            )
        )  # fmt: skip
    return out


_AUDIT = text("""
insert into audit (provider, audit_id, reference, kind, title, state, mode, commissioned_by, aims, objectives, scope,
    background, period_from, period_to, population, sampling, methodology_key, methodology_version, methodology,
    threshold_key, threshold_version, thresholds, second_share, created_by_id, created_by_name, created_at, version)
values (:provider, :audit_id, :reference, :kind, :title, :state, 'blind', '', '', '', '', '', '2026-10-01',
    :period_to, '{}', '{"method": "simple", "size": 1}', 'neutral', 1, cast(:methodology as jsonb), 'acute_80', 1, cast(:thresholds as jsonb), 0,
    :audit_id, 'test', now(), 1)
""")
_ITEM = text("""
insert into audit_item (provider, audit_id, item_id, no, episode_id, ended_on, coding_version, frozen, coder_id,
    specialty_code, stratum, ticket, probability, state, auditor_id, auditor_name, second_of, decided_at)
values (:provider, :audit_id, :item_id, :no, :episode_id, :ended_on, 1, cast(:frozen as jsonb), :coder_id,
    :specialty_code, :stratum, '', :probability, :state, :auditor_id, :auditor_name, :second_of, :decided_at)
""")
_POSITION = text("""
insert into audit_position (provider, item_id, no, audit_id, side, code_class, sub_class, trust_at, trust_code,
    auditor_at, auditor_code, moved, counted_elsewhere, proposed_type, final_type, decision, attribution,
    non_coder_reason, evidence, standards, comment)
values (:provider, :item_id, :no, :audit_id, :side, :code_class, :sub_class, :trust_at, :trust_code, :auditor_at,
    :auditor_code, :moved, :counted_elsewhere, :proposed_type, :final_type, :decision, :attribution,
    :non_coder_reason, '', cast(:standards as text[]), '')
""")


async def put_items(session, provider, audit_id, made, **changes):
    """Put random items with their positions into an audit."""
    at = dt.datetime(2026, 10, 20, 12, tzinfo=dt.UTC)
    rows = [
        {**i, "provider": provider, "audit_id": audit_id, "frozen": orjson.dumps(i["frozen"]).decode(),
         "second_of": i.get("second_of"), "decided_at": at, **changes}
        for i in made
    ]  # fmt: skip
    if rows:
        await session.execute(_ITEM, [{k: v for k, v in r.items() if k != "positions"} for r in rows])
    found = [
        {**p, "provider": provider, "audit_id": audit_id, "item_id": i["item_id"]} for i in made for p in i["positions"]
    ]
    if found:
        await session.execute(_POSITION, found)


async def put_audit(session, provider, seed, n, *, methodology=METHODOLOGY, thresholds=THRESHOLDS, **changes):
    """Put a random audit into the database and return its id."""
    rng, audit_id = Random(seed), uuid7()
    audit = {
        "provider": provider, "audit_id": audit_id, "reference": f"A-{audit_id.hex[-12:]}", "kind": "ad_hoc",
        "title": "A random audit", "state": "running", "period_to": dt.date(2026, 10, 31),
        "methodology": orjson.dumps(methodology).decode(), "thresholds": orjson.dumps(thresholds).decode(),
    }  # fmt: skip
    named = {k: v for k, v in changes.items() if k in audit}
    await session.execute(_AUDIT, audit | named)
    rest = {k: v for k, v in changes.items() if k not in audit}
    await put_items(session, provider, audit_id, items(rng, n, **rest))
    return audit_id
