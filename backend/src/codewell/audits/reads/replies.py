"""Findings as their coder, the auditor and the adjudicator may see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.limits import wording
from codewell.audits.models import Audit, AuditItem, AuditPosition
from codewell.audits.profiles import Methodology
from codewell.audits.reads.audited import KEPT_BACK
from codewell.audits.reads.one import part_in
from codewell.audits.rules import OPEN_REPLIES, REPLY_MOVES, AuditState, Part, Reply
from codewell.audits.schemas.replies import DisputeFilter, FindingFilter
from codewell.coding.reads import Titles, titles_for
from codewell.episodes.reads import named
from codewell.identity.actor import Actor
from codewell.identity.reads import bears
from codewell.kit import clock
from codewell.kit.paging import decode_cursor, encode_cursor, scope_of
from codewell.kit.verbs import verb

TURN: Final = {
    Reply.waiting: "coder",
    Reply.answered: "coder",
    Reply.disputed: "auditor",
    Reply.escalated: "adjudicator",
}
"""Whose turn it is to speak; nobody's once the talk is over."""

_OPEN: Final = [r.value for r in OPEN_REPLIES]


MADE_BY: Final = f"""(i.coder_id is not distinct from cast({{who}} as uuid)
    or coalesce(i.frozen ->> 'checked_by_id' = cast(cast({{who}} as uuid) as text), false)
    or exists (select from person me where me.provider = i.provider and me.person_id = {{who}} and (
        {bears("me", "i.frozen ->> 'coder_ref'")} or exists (
            select from coding c where c.provider = i.provider and c.episode_id = i.episode_id
                and c.version <= i.coding_version
                and ({{who}} in (c.person_id, c.checked_by_id) or {bears("me", "c.coder_ref")})))))"""
"""Whether somebody made the codes that are audited: coded or checked them or a version before, here or in the PAS."""

_MADE = text(f"""
select {MADE_BY.format(who=":me")} from audit_item i where i.provider = :provider and i.item_id = :item_id
""")


async def made_by(session: AsyncSession, actor: Actor, item_id: UUID) -> bool:
    """Say whether the caller coded or checked the codes that are audited: they neither audit, rule nor amend them."""
    values = {"provider": actor.provider, "item_id": item_id, "me": actor.id}
    return bool(await session.scalar(_MADE, values))


_SENT = text("""
select * from audit_position where provider = :provider and item_id = :item_id and reply <> 'none' order by no
""")
_SAID = text("""
select * from audit_reply where provider = :provider and item_id = :item_id order by no, seq
""")


async def sent_positions(session: AsyncSession, actor: Actor, item_id: UUID) -> Sequence[Row[Any]]:
    """Return the findings of an audited episode that were sent to its coder."""
    return (await session.execute(_SENT, {"provider": actor.provider, "item_id": item_id})).all()


async def said_of(session: AsyncSession, actor: Actor, item_id: UUID) -> dict[int, list[Row[Any]]]:
    """Return all that was said about each finding of an audited episode, in its order."""
    said: dict[int, list[Row[Any]]] = {}
    for row in await session.execute(_SAID, {"provider": actor.provider, "item_id": item_id}):
        said.setdefault(row.no, []).append(row)
    return said


async def item_out(session: AsyncSession, actor: Actor, audit: Audit, item: AuditItem) -> dict[str, Any]:
    """Return an audited episode with the findings that were sent, and what the caller may do with each."""
    methodology = Methodology.model_validate(audit.methodology)
    titles = await titles_for(session, item.ended_on)
    rows = await sent_positions(session, actor, item.item_id)
    said = await said_of(session, actor, item.item_id)
    made = await made_by(session, actor, item.item_id)
    mine = {
        "coder": item.coder_id == actor.id and actor.may("finding:reply"),
        "auditor": actor.may("finding:answer")
        and not made
        and (item.auditor_id == actor.id or await part_in(session, actor, audit.audit_id) == Part.lead),
        "adjudicator": actor.may("finding:rule") and not made and actor.id != item.auditor_id,
    }
    findings = [_finding(r, said.get(r.no, ()), actor, audit, methodology, titles, mine) for r in rows]
    due_on = min((f["due_on"] for f in findings if f["due_on"] is not None), default=None)
    frozen = item.frozen
    return {
        "item_id": item.item_id,
        "episode_id": item.episode_id,
        "audit": audit_name(audit),
        "state": item.state,
        "version": item.version,
        "ended_on": item.ended_on,
        "specialty": named("main_specialty", item.specialty_code),
        "coder_name": frozen.get("coder_name") or frozen.get("coder_ref"),
        "coded_at": frozen.get("coded_at"),
        "auditor_name": item.auditor_name,
        "diagnoses": titles.diagnoses(frozen["diagnoses"]),
        "procedures": titles.procedures(frozen["procedures"], days_of(frozen)),
        "sent_at": item.released_at,
        "due_on": due_on,
        "overdue": any(f["overdue"] for f in findings),
        "findings": findings,
        "sensitive_words": list(methodology.sensitive_words),
        "error_words": {k.value: v for k, v in methodology.key_words.items()},
    }


def days_of(codes: dict[str, Any]) -> list[dt.date | None]:
    """Return the days of the procedures of a kept list of codes."""
    return [None if d is None else dt.date.fromisoformat(d) for d in codes["procedure_dates"]]


def audit_name(audit: Audit | Row[Any]) -> dict[str, Any]:
    """Return what names an audit."""
    return {"audit_id": audit.audit_id, "reference": audit.reference, "title": audit.title, "state": audit.state}


def _finding(
    row: Row[Any] | AuditPosition,
    said: Iterable[Row[Any]],
    actor: Actor,
    audit: Audit,
    methodology: Methodology,
    titles: Titles,
    mine: dict[str, bool],
) -> dict[str, Any]:
    reply = Reply(row.reply)
    system = "icd10" if row.side == "diagnoses" else "opcs4"
    due_on = row.reply_due_on if reply in OPEN_REPLIES else None
    overdue = due_on is not None and clock.today() > due_on
    words = methodology.key_words
    return {
        "no": row.no,
        "side": row.side,
        "code_class": row.code_class,
        "sub_class": row.sub_class,
        "trust": None if row.trust_code is None else titles.line(system, row.trust_code, row.trust_on),
        "auditor": None if row.auditor_code is None else titles.line(system, row.auditor_code, row.auditor_on),
        "error_type": row.final_type,
        "error_words": next((v for k, v in words.items() if k == row.final_type), None),
        "attribution": row.attribution,
        "non_coder_reason": row.non_coder_reason,
        "evidence_available": row.evidence_available,
        "evidence": row.evidence,
        "standards": list(row.standards),
        "comment": row.comment,
        "reply": reply,
        "turn": TURN.get(reply, "nobody"),
        "due_on": due_on,
        "overdue": overdue,
        "said": [
            {
                "seq": s.seq, "act": s.act, "part": s.part, "text": s.text, "changed": s.changed,
                "by_name": s.by_name, "me": s.by_id == actor.id, "at": s.at,
                "wording": wording(s.text, methodology.sensitive_words) if s.by_id == actor.id else [],
            }
            for s in said
        ],
        "can": _can(reply, audit, mine, overdue=overdue),
    }  # fmt: skip


def _can(reply: Reply, audit: Audit, mine: dict[str, bool], *, overdue: bool) -> dict[str, bool | str]:
    open_ = audit.state in (AuditState.running, AuditState.correcting)

    def answer(move: str, part: str, whose: str, *reasons: tuple[bool, str]) -> bool | str:
        if not mine[part]:
            return whose
        if not open_:
            return "The audit is signed."
        if reply not in REPLY_MOVES[move].of:
            return "That is not possible at this stage."
        return next((why for wrong, why in reasons if wrong), True)

    coder, auditor = "Only the coder replies.", "Only the auditor of the episode, or the lead, answers."
    early = reply is Reply.disputed and not overdue
    return {
        "agree": answer("agree", "coder", coder),
        "dispute": answer("dispute", "coder", coder),
        "escalate": answer("escalate", "coder", coder, (early, "The auditor still has time to answer.")),
        "answer": answer("answer", "auditor", auditor),
        "rule": answer("rule", "adjudicator", "Somebody rules who neither coded nor audited the episode."),
        "close_unanswered": answer(
            "close_unanswered", "auditor", auditor, (not overdue, "The time limit has not passed.")
        ),
    }


_LIST = """
with seen as (
    select i.item_id, i.audit_id, i.ended_on, i.specialty_code, i.auditor_name, i.released_at,
        coalesce(nullif(i.frozen ->> 'coder_name', ''), i.frozen ->> 'coder_ref') as coder_name,
        count(*) as findings,
        count(*) filter (where p.reply = any(cast(:turn as text[]))) as open,
        count(*) filter (where p.reply in ('disputed', 'answered')) as disputed,
        count(*) filter (where p.reply = 'escalated') as escalated,
        count(*) filter (where p.reply <> all(cast(:all_open as text[]))) as settled,
        min(p.reply_due_on) filter (where p.reply = any(cast(:turn as text[]))) as due_on
    from audit_item i
    join audit_position p on p.provider = i.provider and p.item_id = i.item_id and p.reply <> 'none'
    where i.provider = :provider and {where}
    group by i.provider, i.item_id
),
placed as (
    select s.*, a.reference, a.title, a.state,
        case when s.open > 0 then coalesce(s.due_on, date '2099-01-01') - date '2000-01-01'
             else 1000000 - (cast(s.released_at as date) - date '2000-01-01') end as place
    from seen s join audit a on a.provider = :provider and a.audit_id = s.audit_id
    where a.state <> 'abandoned' {having}
)
select * from placed {after} order by place, item_id limit :rows
"""


async def _page(
    session: AsyncSession,
    actor: Actor,
    *,
    where: str,
    having: str,
    turn: Sequence[Reply],
    values: dict[str, Any],
    scope: str,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    after = ""
    values = {
        **values, "provider": actor.provider, "me": actor.id, "reader": actor.id, "turn": [t.value for t in turn],
        "all_open": _OPEN, "rows": limit + 1,
    }  # fmt: skip
    if cursor:
        place, item_id = decode_cursor(cursor, scope)
        after = "where (place, item_id) > (:place, cast(:item_id as uuid))"
        values |= {"place": place, "item_id": item_id}
    sql = text(_LIST.format(where=where, having=having, after=after))
    rows = (await session.execute(sql, values)).all()
    today = clock.today()
    items = [
        {
            "item_id": r.item_id,
            "audit": audit_name(r),
            "ended_on": r.ended_on,
            "specialty": named("main_specialty", r.specialty_code),
            "coder_name": r.coder_name,
            "auditor_name": r.auditor_name,
            "sent_at": r.released_at,
            "findings": r.findings,
            "open": r.open,
            "disputed": r.disputed,
            "escalated": r.escalated,
            "settled": r.settled,
            "due_on": r.due_on,
            "overdue": r.due_on is not None and today > r.due_on,
        }
        for r in rows[:limit]
    ]
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return {
        "items": items,
        "next": None if last is None else encode_cursor([last.place, str(last.item_id)], scope),
    }


@verb("finding:reply")
async def list_my_findings(session: AsyncSession, actor: Actor, f: FindingFilter) -> dict[str, Any]:
    """Return one page of the audited episodes with findings about the caller's own coding.

    Those in which it is the caller's turn come first, the soonest due before the others, then the latest sent.
    """
    wanted = {None: "", True: "and s.open > 0", False: "and s.open = 0"}[f.open]
    return await _page(
        session, actor, where="i.coder_id = :me", having=wanted, turn=(Reply.waiting, Reply.answered), values={},
        scope=scope_of("my-findings", actor.provider, actor.id, f.open), limit=f.limit, cursor=f.cursor,
    )  # fmt: skip


_MINE: Final = """(i.auditor_id = :me or exists (select from audit_member m where m.provider = i.provider
    and m.audit_id = i.audit_id and m.person_id = :me and m.part = 'lead'))"""
_NOT_MINE: Final = f"i.auditor_id is distinct from :me and not {MADE_BY.format(who=':me')}"
_TURNS: Final[dict[str, tuple[Reply, ...]]] = {
    "to_answer": (Reply.disputed,),
    "to_rule": (Reply.escalated,),
    "with_coder": (Reply.waiting, Reply.answered),
}


@verb("audit:see")
async def list_disputes(session: AsyncSession, actor: Actor, f: DisputeFilter) -> dict[str, Any]:
    """Return one page of audited episodes with disputed or escalated findings, the soonest due first.

    To answer and with the coder: those that the caller audited, or whose audit they lead. To rule: of the whole Trust,
    but nothing that the caller coded or audited.
    """
    which = f.which or ("to_rule" if actor.may("finding:rule") else "to_answer")
    # Whom a codes are, and how many errors they have, is kept from those who have still to code the episode.
    where = f"{_NOT_MINE if which == 'to_rule' else _MINE} and not {KEPT_BACK.format('i')}"
    if f.audit_id is not None:
        where += " and i.audit_id = :audit_id"
    return await _page(
        session, actor, where=where, having="and s.open > 0", turn=_TURNS[which],
        values={} if f.audit_id is None else {"audit_id": f.audit_id},
        scope=scope_of("disputes", actor.provider, actor.id, which, f.audit_id), limit=f.limit, cursor=f.cursor,
    )  # fmt: skip


_COUNTS = text(f"""
with talk as (
    select i.item_id, i.coder_id, {_MINE} as audited, {_NOT_MINE} as not_mine,
        min(p.reply_due_on) filter (where p.reply in ('waiting', 'answered')) as coder_due,
        min(p.reply_due_on) filter (where p.reply = 'disputed') as auditor_due,
        min(p.reply_due_on) filter (where p.reply = 'escalated') as ruling_due
    from audit_position p
    join audit_item i on i.provider = p.provider and i.item_id = p.item_id
    join audit a on a.provider = i.provider and a.audit_id = i.audit_id and a.state in ('running', 'correcting')
    where p.provider = :provider and p.reply in ('waiting', 'answered', 'disputed', 'escalated')
      and not {KEPT_BACK.format("i")}
    group by i.provider, i.item_id
)
select count(*) filter (where coder_id = :me and coder_due is not null) as mine_open,
    count(*) filter (where coder_id = :me and coder_due < :today) as mine_overdue,
    min(coder_due) filter (where coder_id = :me) as mine_soonest_due_on,
    count(*) filter (where audited and auditor_due is not null) as to_answer,
    count(*) filter (where audited and auditor_due < :today) as to_answer_overdue,
    count(*) filter (where not_mine and ruling_due is not null) as to_rule,
    count(*) filter (where not_mine and ruling_due < :today) as to_rule_overdue,
    count(*) filter (where audited and coder_due < :today) as unanswered
from talk
""")
_FOR: Final = {
    "finding:reply": ("mine_open", "mine_overdue", "mine_soonest_due_on"),
    "finding:answer": ("to_answer", "to_answer_overdue", "unanswered"),
    "finding:rule": ("to_rule", "to_rule_overdue"),
}


@verb(None)
async def count_findings(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    """Count the audited episodes whose findings wait for the caller; nought for what the caller may not do."""
    values = {"provider": actor.provider, "me": actor.id, "reader": actor.id, "today": clock.today()}
    counted = dict((await session.execute(_COUNTS, values)).one()._mapping)
    for permission, names in _FOR.items():
        if not actor.may(permission):
            counted |= {name: None if name.endswith("_on") else 0 for name in names}
    return counted
