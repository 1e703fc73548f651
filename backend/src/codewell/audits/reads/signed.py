"""All that is signed of an audit, and whether a correction has made anything else of it."""

from __future__ import annotations

from typing import Any, Final

import orjson
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.models import Audit
from codewell.audits.profiles import Methodology
from codewell.audits.reads import results
from codewell.audits.reads.auditors import qualification_on
from codewell.audits.rules import AuditKind
from codewell.identity.actor import Actor
from codewell.kit import clock

_NAMES: Final = (
    "audit_id", "reference", "kind", "title", "mode", "commissioned_by", "aims", "objectives", "scope", "background",
    "period_from", "period_to", "population", "sampling", "second_share", "drawn_at", "planned_audit_id",
    "follows_audit_id",
)  # fmt: skip
_ITEMS = text("""
select item_id, no, episode_id, ended_on, coding_version, frozen, coder_id, specialty_code, stratum, ticket,
    probability, second_of, replaces, state, state_reason, auditor_id, auditor_name, codes, revised,
    codes_saved_at, decided_at, released_at, settled_at, minutes, comment
from audit_item where provider = :provider and audit_id = :audit_id order by no
""")
_POSITIONS = text("""
select p.item_id, p.no, p.side, p.code_class, p.sub_class, p.trust_at, p.trust_code, p.trust_on, p.auditor_at,
    p.auditor_code, p.auditor_on, p.moved, p.counted_elsewhere, p.proposed_type, p.final_type, p.decision,
    p.attribution, p.non_coder_reason, p.evidence_available, p.evidence_kind, p.evidence_on, p.evidence_page,
    p.evidence, p.standards, p.comment, p.reply, p.external
from audit_position p join audit_item i on i.provider = p.provider and i.item_id = p.item_id
where p.provider = :provider and p.audit_id = :audit_id order by i.no, p.no
""")
_SAID = text("""
select r.item_id, r.no, r.seq, r.act, r.part, r.text, r.changed, r.by_name, r.at
from audit_reply r join audit_item i on i.provider = r.provider and i.item_id = r.item_id
where r.provider = :provider and i.audit_id = :audit_id order by i.no, r.no, r.seq
""")
_MEMBERS = text("""
select person_id, part, name, qualification, checked_on from audit_member
where provider = :provider and audit_id = :audit_id order by part desc, name, person_id
""")
_DRAWS = text("""
select draw_id, method, seed, population, sampling, strata, frame_size, frame_hash, left_out, drawn, at, by_name
from audit_draw where provider = :provider and audit_id = :audit_id order by at, draw_id
""")
_GROUPED = text("""
select g.item_id, g.grouper, g.hrg_before, g.hrg_after, g.pounds_before, g.pounds_after
from audit_grouping g where g.provider = :provider and g.audit_id = :audit_id order by g.item_id
""")


async def _rows(session: AsyncSession, actor: Actor, audit: Audit, sql: TextClause) -> list[dict[str, Any]]:
    key = {"provider": actor.provider, "audit_id": audit.audit_id}
    return [dict(r._mapping) for r in await session.execute(sql, key)]


def _words_of(audit: Audit) -> dict[str, Any]:
    return {name: getattr(audit, name) for name in _NAMES}


def _profiles_of(audit: Audit) -> dict[str, Any]:
    threshold = None
    if audit.threshold_key is not None:
        threshold = {"key": audit.threshold_key, "version": audit.threshold_version, "body": audit.thresholds}
    methodology = {"key": audit.methodology_key, "version": audit.methodology_version, "body": audit.methodology}
    return {"methodology": methodology, "threshold": threshold}


async def content_of(session: AsyncSession, actor: Actor, audit: Audit, methodology: Methodology) -> dict[str, Any]:
    """Return all that is signed, as plain JSON values that come back from the database as they went in."""
    today, kinds = clock.today(), [q.value for q in methodology.qualifications]
    members = await _rows(session, actor, audit, _MEMBERS)
    for member in members:
        member["on_the_day"] = await qualification_on(session, actor, member["person_id"], today, kinds)
    content = {
        "audit": _words_of(audit),
        "signed_on": today,
        "profiles": _profiles_of(audit),
        "auditors": members,
        "draws": await _rows(session, actor, audit, _DRAWS),
        "results": await results.results_now(session, actor, audit),
        "items": await _rows(session, actor, audit, _ITEMS),
        "positions": await _rows(session, actor, audit, _POSITIONS),
        "said": await _rows(session, actor, audit, _SAID),
        "grouped": await _rows(session, actor, audit, _GROUPED),
    }
    signed: dict[str, Any] = plain(content)
    return signed


def plain(content: Any) -> Any:  # Any: a JSON value, with days, instants and ids in it
    """Return a value as JSON keeps it; minus nought, which a database would not keep, as nought."""
    return _whole(orjson.loads(orjson.dumps(content, default=str)))


def _whole(value: Any) -> Any:  # Any: a JSON value
    if isinstance(value, dict):
        return {k: _whole(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_whole(v) for v in value]
    return value + 0.0 if isinstance(value, float) else value


_OUTCOME: Final = ("item_id", "no", "state", "state_reason", "codes", "comment")
_LAST: Final = text("""
select content from audit_signature where provider = :provider and audit_id = :audit_id order by version desc limit 1
""")


def substance(content: dict[str, Any]) -> dict[str, Any]:
    """Return of a signed content what a correction can correct: not the days on which somebody looked at it again."""

    def revised(item: dict[str, Any]) -> dict[str, Any]:
        return {k: v for k, v in (item["revised"] or {}).items() if k != "saved_at"}

    # An external audit is neither blind nor a review of ours, whatever was written where every audit was one of them.
    words = {k: v for k, v in content["audit"].items() if k != "mode" or content["audit"]["kind"] != AuditKind.external}
    return {
        **{name: content[name] for name in ("profiles", "positions", "grouped")},
        "audit": words,
        "items": [{**{name: i[name] for name in _OUTCOME}, "revised": revised(i)} for i in content["items"]],
        "auditors": sorted((m["person_id"], m["part"]) for m in content["auditors"]),
    }


async def is_as_signed(session: AsyncSession, actor: Actor, audit: Audit) -> bool:
    """Say whether nothing of an audit under correction differs from what was signed last."""
    key = {"provider": actor.provider, "audit_id": audit.audit_id}
    signed = await session.scalar(_LAST, key)
    if signed is None:
        return False
    now = plain(
        {
            "audit": _words_of(audit),
            "profiles": _profiles_of(audit),
            "auditors": await _rows(session, actor, audit, _MEMBERS),
            "items": await _rows(session, actor, audit, _ITEMS),
            "positions": await _rows(session, actor, audit, _POSITIONS),
            "grouped": await _rows(session, actor, audit, _GROUPED),
        }
    )
    # What was signed before a member of positions was kept is compared without it.
    known = {name for p in signed["positions"] for name in p}
    now["positions"] = [{k: v for k, v in p.items() if k in known} for p in now["positions"]]
    return substance(now) == substance(signed)
