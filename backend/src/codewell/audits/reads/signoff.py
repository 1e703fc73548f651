"""What stands in the way of signing an audit, and what was signed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.alignment import ErrorType
from codewell.audits.limits import why_not_cited
from codewell.audits.models import Audit
from codewell.audits.profiles import Methodology
from codewell.audits.reads.one import part_in, the_audit
from codewell.audits.reads.signed import is_as_signed
from codewell.audits.rules import AUDIT_MOVES, EXTERNAL_OPEN, AuditKind, AuditState
from codewell.episodes.reads import hidden_from
from codewell.identity.actor import Actor
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb

WORDS: Final[dict[str, tuple[str, str]]] = {
    "to_audit": ("episode is still to be audited", "episodes are still to be audited"),
    "in_hand": ("episode is in its worksheet", "episodes are in their worksheets"),
    "to_send": ("episode's findings are to be sent", "episodes' findings are to be sent"),
    "with_coder": ("episode's findings are still under discussion", "episodes' findings are still under discussion"),
    "to_rule": (
        "ruling is questioned by the correction, and is to be made again",
        "rulings are questioned by the correction, and are to be made again",
    ),
    "external_open": (
        "external finding is neither accepted nor concluded", "external findings are neither accepted nor concluded",
    ),
    "undecided": ("position is not decided", "positions are not decided"),
    "undetermined": ("error is attributed to nobody yet", "errors are attributed to nobody yet"),
    "no_standard": ("coder error cites no standard", "coder errors cite no standard"),
    "only_query_resolution": (
        "error cites nothing but a national query resolution", "errors cite nothing but a national query resolution",
    ),
    "no_episodes": ("audited episode at least is needed", "audited episodes at least are needed"),
}  # fmt: skip

_STATES: Final = {
    "drawn": "to_audit", "coding": "in_hand", "comparing": "in_hand", "decided": "to_send", "with_coder": "with_coder",
}  # fmt: skip
_ITEMS = text("""
select item_id, no, state, second_of from audit_item
where provider = :provider and audit_id = :audit_id and state <> 'replaced' order by no
""")
_POSITIONS = text("""
select i.item_id, i.no, p.decision, p.final_type, p.attribution, p.standards, p.counted_elsewhere,
    p.external ->> 'stage' as stage,
    p.reply = 'escalated' and exists (select from audit_reply r where r.provider = p.provider
        and r.item_id = p.item_id and r.no = p.no and r.act = 'questioned') as questioned
from audit_position p join audit_item i on i.provider = p.provider and i.item_id = p.item_id
where p.provider = :provider and p.audit_id = :audit_id and i.state not in ('replaced', 'unsafe')
  and (p.final_type is not null or p.decision = 'open' or p.external is not null
    or p.reply = 'escalated')
order by i.no, p.no
""")


async def open_of(session: AsyncSession, actor: Actor, audit: Audit) -> list[dict[str, Any]]:
    """Return what stands in the way of signing, in the order in which it is done; nothing when it can be signed."""
    methodology = Methodology.model_validate(audit.methodology)
    key = {"provider": actor.provider, "audit_id": audit.audit_id}
    found: dict[str, list[tuple[UUID, int]]] = {what: [] for what in WORDS}
    items = (await session.execute(_ITEMS, key)).all()
    for item in items:
        if item.state in _STATES:
            found[_STATES[item.state]].append((item.item_id, item.no))
    for p in await session.execute(_POSITIONS, key):
        for what in _faults(p, methodology):
            found[what].append((p.item_id, p.no))
    out = [
        {
            "what": what,
            "words": WORDS[what][len(places) != 1],
            "count": len(places),
            "items": [{"item_id": i, "no": no} for i, no in dict.fromkeys(places)][:50],
        }
        for what, places in found.items()
        if places
    ]
    if not any(i.second_of is None for i in items):
        out.append({"what": "no_episodes", "words": WORDS["no_episodes"][0], "count": 1, "items": []})
    return out


def _faults(p: Row[Any], methodology: Methodology) -> list[str]:
    faults = ["to_rule"] if p.questioned else []
    if p.stage in EXTERNAL_OPEN:
        faults.append("external_open")
    elif p.decision == "open":
        faults.append("undecided")
    elif p.final_type is not None and not p.counted_elsewhere:
        if p.attribution == "undetermined":
            faults.append("undetermined")
        cited = why_not_cited(ErrorType(p.final_type), p.attribution, p.standards, methodology)
        if cited is not None:
            faults.append({"missing": "no_standard", "query_resolution": "only_query_resolution"}[cited])
    return faults


_COUNTS = text("""
select count(*) filter (where second_of is null) as selected,
    count(*) filter (where state = 'settled' and second_of is null) as settled,
    count(*) filter (where state = 'unsafe' and second_of is null) as unsafe,
    count(*) filter (where state = 'decided') as decided
from audit_item where provider = :provider and audit_id = :audit_id and state <> 'replaced'
""")


@verb("audit:see", refuses=[NotFound])
async def see_sign_off(session: AsyncSession, actor: Actor, audit_id: UUID) -> dict[str, Any]:
    """Return how far an audit is from being signed, and what the caller may do."""
    audit = await the_audit(session, actor, audit_id)
    open_ = await open_of(session, actor, audit)
    counts = (await session.execute(_COUNTS, {"provider": actor.provider, "audit_id": audit_id})).one()
    member = await part_in(session, actor, audit_id) is not None

    def can(permission: str, allowed: bool, *reasons: tuple[bool, str]) -> bool | str:
        if not actor.may(permission):
            return "You do not have permission to do this."
        if not member:
            return "Only an auditor of this audit does this."
        if not allowed:
            return "That cannot be done at this stage."
        return next((why for wrong, why in reasons if wrong), True)

    idle = audit.state == AuditState.correcting and not open_ and await is_as_signed(session, actor, audit)
    working = audit.state in (AuditState.running, AuditState.correcting)
    return {
        "audit_id": audit.audit_id,
        "reference": audit.reference,
        "title": audit.title,
        "kind": AuditKind(audit.kind),
        "state": audit.state,
        "version": audit.version,
        "signed_version": audit.signed_version,
        "signed_at": audit.signed_at,
        "correction_reason": audit.state_reason if audit.state == AuditState.correcting else None,
        "selected": counts.selected,
        "settled": counts.settled,
        "unsafe": counts.unsafe,
        "open": open_,
        "can": {
            "sign": can(
                "audit:sign",
                audit.state in AUDIT_MOVES["sign"].of,
                (bool(open_), "Not everything is settled yet."),
                (idle, "This correction changes nothing of what was signed."),
            ),
            "open_correction": can("audit:sign", audit.state in AUDIT_MOVES["open_correction"].of),
            "close_correction": can(
                "audit:sign",
                audit.state in AUDIT_MOVES["close_correction"].of,
                (bool(open_), "Not everything is settled yet."),
                (not idle, "Something was corrected: sign it as a new version."),
            ),
            "send_findings": can(
                "finding:answer", working, (not counts.decided, "No episode is decided and still to be sent.")
            ),
        },
    }


def canonical(content: Mapping[str, Any]) -> bytes:
    """Return the one spelling of a signed content: members sorted, no spaces, UTF-8."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def digest_of(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a signed content, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


_VERSIONS = text("""
select version, reason, statement, digest, by_name, at from audit_signature
where provider = :provider and audit_id = :audit_id order by version desc
""")
_VERSION = text("""
select version, reason, statement, digest, by_name, at, content from audit_signature
where provider = :provider and audit_id = :audit_id and version = :version
""")


@verb("audit:see", refuses=[NotFound])
async def list_signatures(session: AsyncSession, actor: Actor, audit_id: UUID) -> dict[str, Any]:
    """Return the signed versions of an audit, newest first."""
    await the_audit(session, actor, audit_id)
    rows = await session.execute(_VERSIONS, {"provider": actor.provider, "audit_id": audit_id})
    return {"items": [dict(r._mapping) for r in rows], "next": None}


async def one_signature(session: AsyncSession, actor: Actor, audit_id: UUID, version: int) -> Row[Any]:
    """Return a signed version of an audit; NotFound when there is none."""
    values = {"provider": actor.provider, "audit_id": audit_id, "version": version}
    row = (await session.execute(_VERSION, values)).one_or_none()
    if row is None:
        raise NotFound("There is no such signed version.")
    return row


async def shown(session: AsyncSession, actor: Actor, content: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Return what of a signed content the caller may see, and how many episodes were left out.

    Whoever codes one of its episodes blind for another audit is not told its codes here either.
    """
    hidden = {str(e) for e in await hidden_from(session, actor, [UUID(i["episode_id"]) for i in content["items"]])}
    left_out = {i["item_id"] for i in content["items"] if i["episode_id"] in hidden}
    if not left_out:
        return content, 0
    kept = {
        name: [row for row in content[name] if row["item_id"] not in left_out]
        for name in ("items", "positions", "said", "grouped")
    }
    return {**content, **kept}, len(left_out)


_FIGURES: Final = ("trust_n", "auditor_n", "agreed", "errors", "coder", "non_coder", "not_required")
_SAID: Final = ("final_type", "decision", "attribution", "non_coder_reason", "standards", "reply")


@verb("audit:see", refuses=[NotFound])
async def see_signature_changes(
    session: AsyncSession, actor: Actor, audit_id: UUID, version: int, against: int | None
) -> dict[str, Any]:
    """Return what a signed version changed of another (of the one before it): figures and findings."""
    await the_audit(session, actor, audit_id)
    against = version - 1 if against is None else against
    new = await one_signature(session, actor, audit_id, version)
    old = await one_signature(session, actor, audit_id, against)
    now, left_out = await shown(session, actor, new.content)
    was, _ = await shown(session, actor, old.content)
    return {
        "version": version,
        "against": against,
        "reason": new.reason,
        "figures": _figure_changes(was, now),
        "findings": _finding_changes(was, now),
        "left_out": left_out,
    }


def _classes(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {c["code_class"]: c for c in content["results"]["headline"]["classes"]}


def _figure_changes(was: dict[str, Any], now: dict[str, Any]) -> list[dict[str, Any]]:
    changes = []
    old = _classes(was)
    for klass, figures in _classes(now).items():
        before = old.get(klass, {})
        pairs = [(name, before.get(name), figures[name]) for name in _FIGURES]
        pairs.append(("share_correct", (before.get("correct") or {}).get("share"), figures["correct"]["share"]))
        changes += [
            {"code_class": klass, "label": figures["label"], "figure": name, "was": a, "now": b}
            for name, a, b in pairs
            if a != b
        ]
    return changes


def _finding_changes(was: dict[str, Any], now: dict[str, Any]) -> list[dict[str, Any]]:
    def placed(content: dict[str, Any]) -> dict[tuple[int, int], dict[str, Any]]:
        numbers = {i["item_id"]: i["no"] for i in content["items"]}
        return {(numbers[p["item_id"]], p["no"]): p for p in content["positions"]}

    def said(position: dict[str, Any] | None) -> dict[str, Any] | None:
        return None if position is None else {name: position[name] for name in _SAID}

    old, new = placed(was), placed(now)
    changes = []
    for at in sorted(old.keys() | new.keys()):
        before, after = old.get(at), new.get(at)
        codes = [(p["trust_code"], p["auditor_code"]) if p else None for p in (before, after)]
        if said(before) != said(after) or codes[0] != codes[1]:
            either = after or before
            assert either is not None  # the place stands in one of the two
            changes.append(
                {
                    "no": at[0],
                    "position": at[1],
                    "trust_code": either["trust_code"],
                    "auditor_code": either["auditor_code"],
                    "was": said(before),
                    "now": said(after),
                }
            )
    return changes
