"""An audited episode as its auditor may see it: blind until their own codes are saved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from codewell.audits import worksheet
from codewell.audits.alignment import CodeClass, ErrorType, Line, Side, SubClass
from codewell.audits.figures import Unit, proportion
from codewell.audits.limits import wording
from codewell.audits.models import Audit, AuditItem, AuditPosition
from codewell.audits.profiles import Citation, Citations, Methodology, ProfileKind, shipped
from codewell.audits.reads.one import part_in
from codewell.audits.reads.profiles import in_force, versions
from codewell.audits.reads.replies import made_by
from codewell.audits.rules import (
    ITEM_MOVES,
    KIND_LABELS,
    STATE_LABELS,
    AuditKind,
    AuditState,
    Decision,
    ItemState,
    Mode,
    NonCoderReason,
)
from codewell.audits.shown import rules_of
from codewell.audits.tally import Attribution
from codewell.audits.worksheet import Decided, Listed
from codewell.codesets import reads as codesets
from codewell.coding.reads import Titles, record_of
from codewell.episodes.reads import hidden_from, one_episode
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.verbs import verb

WORKED = (AuditState.running, AuditState.correcting)
"""States of an audit in which its episodes are worked on."""


async def citations_of(session: AsyncSession, actor: Actor, on: dt.date) -> list[Citation]:
    """Return the standards that findings of an episode of a day can cite, of every citation profile in force then."""
    found: dict[str, Citation] = {}
    for (kind, _), held in (await versions(session, actor)).items():
        version = in_force(held, on) if kind is ProfileKind.citation else None
        if version is not None:
            for citation in Citations.model_validate(version.body).citations:
                found.setdefault(citation.ref, citation)
    return list(found.values())


async def usage_of(session: AsyncSession, lists: Sequence[Listed], on: dt.date) -> dict[str, str]:
    """Return which of the diagnoses are daggers and which asterisks in the edition of a day."""
    book = (await codesets.books_for(session, on)).icd10
    codes = {line.code for listed in lists for line in listed.diagnoses}
    return {code: info.usage for code in codes if (info := book.get(code)) is not None}


async def rows_of(session: AsyncSession, actor: Actor, item_id: UUID) -> list[AuditPosition]:
    """Return the stored positions of an item: diagnoses first, each side in the auditor's order, then the coder's."""
    found = select(AuditPosition).where(AuditPosition.provider == actor.provider, AuditPosition.item_id == item_id)
    rows = await session.scalars(found.execution_options(populate_existing=True).order_by(col(AuditPosition.no)))
    last = 1000
    return sorted(
        rows,
        key=lambda p: (
            p.side,
            last if p.auditor_at is None else p.auditor_at,
            last if p.trust_at is None else p.trust_at,
        ),
    )


def _line(code: str | None, on: dt.date | None) -> Line | None:
    return None if code is None else Line(code, on)


def decided_of(row: AuditPosition) -> Decided:
    """Return a stored position as the rules take it."""
    return Decided(
        row.no, Side(row.side), CodeClass(row.code_class), SubClass(row.sub_class),
        row.trust_at, _line(row.trust_code, row.trust_on), row.auditor_at, _line(row.auditor_code, row.auditor_on),
        row.moved, row.counted_elsewhere, None if row.proposed_type is None else ErrorType(row.proposed_type),
        None if row.final_type is None else ErrorType(row.final_type), Decision(row.decision),
        Attribution(row.attribution), None if row.non_coder_reason is None else NonCoderReason(row.non_coder_reason),
        row.evidence_available, tuple(row.standards),
    )  # fmt: skip


def _lists(titles: Titles, stored: dict[str, Any]) -> dict[str, Any]:
    listed = Listed.of(stored)
    return {
        "diagnoses": titles.diagnoses([line.code for line in listed.diagnoses]),
        "procedures": titles.procedures(
            [line.code for line in listed.procedures], [line.on for line in listed.procedures]
        ),
    }


def _saved(titles: Titles, stored: dict[str, Any] | None) -> dict[str, Any] | None:
    if stored is None:
        return None
    return {**_lists(titles, stored), "saved_at": stored["saved_at"], "reason": stored.get("reason")}


def _draft(titles: Titles, draft: dict[str, Any] | None) -> dict[str, Any] | None:
    if draft is None:
        return None
    lines = [(p["code"], p.get("on") and dt.date.fromisoformat(p["on"])) for p in draft["procedures"]]
    return {
        "version": draft["version"],
        "diagnoses": titles.diagnoses([d["code"] for d in draft["diagnoses"]]),
        "procedures": [titles.line("opcs4", code, on) for code, on in lines],
        "note": draft["note"],
        "saved_at": draft["saved_at"],
    }


def position_out(
    row: AuditPosition, titles: Titles, methodology: Methodology, citations: Sequence[Citation]
) -> dict[str, Any]:
    """Return the wire shape of one position."""
    position = decided_of(row)
    system = "icd10" if position.side is Side.diagnoses else "opcs4"

    def code(at: int | None, line: Line | None) -> dict[str, Any] | None:
        return None if at is None or line is None else {"at": at, **titles.line(system, line.code, line.on)}

    kept = (
        "no", "side", "code_class", "sub_class", "proposed_type", "final_type", "decision", "counted_elsewhere",
        "attribution", "non_coder_reason", "evidence_available", "evidence_kind", "evidence_on", "evidence_page",
        "evidence", "standards", "comment", "reply",
    )  # fmt: skip
    return {name: getattr(row, name) for name in kept} | {
        "mark": position.mark,
        "coder": code(position.trust_at, position.trust),
        "auditor": code(position.auditor_at, position.auditor),
        "counts": methodology.counting.counts(position.final) and not position.counted_elsewhere,
        "types": worksheet.fitting(position),
        "missing": worksheet.missing(position, methodology, citations),
        "wording": wording(row.comment, methodology.sensitive_words),
    }


_PLACE = text("""
select count(*) filter (where no <= :no) as place, count(*) as of
from audit_item where provider = :provider and audit_id = :audit_id and state <> 'replaced'
""")


def blind(audit: Audit, item: AuditItem) -> bool:
    """Say whether the coder's codes are kept from the auditor of the episode as it stands."""
    return audit.mode == Mode.blind and item.codes is None


def why_not_mine(actor: Actor, audit: Audit, item: AuditItem, part: str | None) -> str | None:
    """Return why the caller may not work on the episode now, or None."""
    if part is None:
        return "You are not an auditor of this audit."
    if audit.state not in WORKED:
        return "The audit is not open for work."
    if item.auditor_id != actor.id:
        return f"{item.auditor_name} audits it." if item.auditor_name else "Take the episode first."
    return None


def held_by_other(actor: Actor, item: AuditItem) -> bool:
    """Say whether another auditor's lease on the episode is alive."""
    other = item.auditor_id is not None and item.auditor_id != actor.id
    return other and item.lease_until is not None and item.lease_until > clock.now()


def _can(
    actor: Actor, audit: Audit, item: AuditItem, part: str | None, lacking: int, *, made: bool
) -> dict[str, bool | str]:
    state = item.state
    mine = why_not_mine(actor, audit, item, part)

    def answer(verb: str, why: str | None, stage: str) -> bool | str:
        return why or (True if state in ITEM_MOVES[verb].of else stage)

    leads = None if mine is None or (part == "lead" and audit.state in WORKED) else mine
    take: bool | str = True
    if part is None or audit.state not in WORKED:
        take = mine or True
    elif state not in ITEM_MOVES["take"].of:
        take = f"It is {STATE_LABELS[ItemState(state)].lower()}."
    elif held_by_other(actor, item):
        take = f"{item.auditor_name} has it open."
    elif made:
        take = "Nobody audits their own coding."
    elif item.auditor_id == actor.id and state == ItemState.coding:
        take = "You have it."
    finish = answer("decide", mine, "The two lists are not compared yet.")
    if finish is True and lacking:
        finish = f"{lacking} {'line is' if lacking == 1 else 'lines are'} not decided or complete."
    return {
        "take": take,
        "release": answer("release", mine, "Your codes are saved."),
        "save_codes": answer("save_codes", mine, "Your codes are locked."),
        "revise": answer("revise", mine, "The two lists are not compared yet."),
        "decide": answer("decide", mine, "The two lists are not compared yet."),
        "finish": finish,
        "mark_unsafe": answer("mark_unsafe", mine, "The episode is finished; reopen it first."),
        "reopen": answer("reopen", leads, "It is not finished, or its findings were sent."),
    }


async def sheet_of(session: AsyncSession, actor: Actor, audit: Audit, item: AuditItem) -> dict[str, Any]:
    """Return the worksheet as the caller may see it; the caller has made sure that they may see it at all."""
    episode = await one_episode(session, actor, item.episode_id)
    titles = Titles(await codesets.books_for(session, item.ended_on))
    methodology = Methodology.model_validate(audit.methodology)
    citations = await citations_of(session, actor, item.ended_on)
    part = await part_in(session, actor, audit.audit_id)
    hides = blind(audit, item) or bool(await hidden_from(session, actor, [item.episode_id]))
    rows = [] if hides else await rows_of(session, actor, item.item_id)
    positions = [position_out(r, titles, methodology, citations) for r in rows]
    made = await made_by(session, actor, item.item_id)
    key = {"provider": actor.provider, "audit_id": audit.audit_id, "no": item.no}
    place = (await session.execute(_PLACE, key)).one()
    mine = item.auditor_id == actor.id
    frozen = item.frozen
    record = await record_of(session, actor, episode)
    if hides:
        record["spell"] = [s | {"primary": None} if s["is_this"] else s for s in record["spell"]]
    same = (
        "item_id", "episode_id", "no", "state", "state_reason", "auditor_name", "lease_until", "codes_saved_at",
        "decided_at", "minutes", "comment", "version",
    )  # fmt: skip
    return {
        "audit": {
            "audit_id": audit.audit_id,
            "reference": audit.reference,
            "title": audit.title,
            "kind_label": KIND_LABELS[AuditKind(audit.kind)],
            "mode": audit.mode,
            "state": audit.state,
        },
        "item": {name: getattr(item, name) for name in same}
        | {
            "place": place.place,
            "of": place.of,
            "state_label": STATE_LABELS[ItemState(item.state)],
            "second": item.second_of is not None,
            "frozen_version": item.coding_version,
            "mine": mine,
        },
        **record,
        "draft": _draft(titles, item.draft) if mine else None,
        "codes": None if hides and not mine else _saved(titles, item.codes),
        "revised": None if hides else _saved(titles, item.revised),
        "coder": None
        if hides
        else {
            **_lists(titles, frozen),
            "name": frozen.get("coder_name") or frozen.get("coder_ref"),
            "coded_at": frozen.get("coded_at"),
            "source": frozen.get("source"),
        },
        "positions": positions,
        "method": {
            "type_words": dict(methodology.key_words),
            "not_counted": list(methodology.not_counted),
            "standard_needed": methodology.standard_needed,
            "not_citations": list(methodology.not_citations),
            "citations": [c.model_dump() for c in citations],
        },
        "can": _can(actor, audit, item, part, sum(bool(p["missing"]) for p in positions), made=made),
    }


_PROPOSALS = text("""
select p.item_id, coalesce(p.proposed_type, 'none') as type, count(*) as n,
    count(*) filter (where p.proposed_type is not distinct from p.final_type) as same,
    count(*) filter (where p.decision = 'accepted') as accepted,
    count(*) filter (where p.decision = 'changed') as changed,
    count(*) filter (where p.decision = 'rejected') as rejected
from audit_position p
join audit_item i on i.provider = p.provider and i.item_id = p.item_id
join audit a on a.provider = p.provider and a.audit_id = p.audit_id
where p.provider = :provider and p.decision in ('accepted', 'changed', 'rejected') and a.state <> 'abandoned'
  and i.state in ('decided', 'with_coder', 'settled') and i.second_of is null and p.external is null
  and p.proposed_type is not null
group by p.item_id, p.proposed_type
""")


@verb("audit:see")
async def see_proposals(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    """Return how often what was proposed is what auditors made of it, over all audits of the Trust and by type.

    Positions of one episode hang together, so the interval is taken over episodes. Second audits are left out.
    """
    rows = (await session.execute(_PROPOSALS, {"provider": actor.provider})).all()
    neutral = next(p for p in shipped() if p.kind is ProfileKind.methodology)
    methodology = Methodology.model_validate(neutral.body)
    rules = rules_of(methodology, None)

    def of(chosen: Sequence[Any]) -> dict[str, Any]:
        units: dict[UUID, tuple[int, int]] = {}
        for r in chosen:
            n, same = units.get(r.item_id, (0, 0))
            units[r.item_id] = (n + r.n, same + r.same)
        share = proportion([Unit(n, same) for n, same in units.values()], methodology.confidence)
        return {how: sum(getattr(r, how) for r in chosen) for how in ("accepted", "changed", "rejected")} | {
            "agreement": rules.figure(share, "proposals decided on")
        }

    types = [t.value for t in ErrorType if any(r.type == t for r in rows)]
    return of(rows) | {
        "by_type": [
            {"error_type": t, "words": methodology.key_words[ErrorType(t)], **of([r for r in rows if r.type == t])}
            for t in types
        ]
    }
