"""Recommendations and actions as one caller may see them: auditors and managers all of them, others their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.actions import rules
from codewell.actions.rules import ActionState, RecommendationState
from codewell.actions.schemas import ActionFilter, RecommendationFilter
from codewell.audits.alignment import CodeClass
from codewell.audits.profiles import Methodology
from codewell.audits.reads.one import the_audit
from codewell.audits.reads.results import see_results
from codewell.audits.reads.trend import changed
from codewell.audits.shown import CLASS_LABELS
from codewell.episodes.reads import HIDDEN
from codewell.identity.actor import Actor
from codewell.identity.rules import ROLE_LABELS, ROLE_PERMISSIONS, Permission, Role
from codewell.kit import clock
from codewell.kit.paging import decode_cursor, encode_cursor, scope_of
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb

_NO = "You do not have permission to do this."

# Every read of actions starts here: all of a Trust's for who may see audits, their own for everybody else.
ACTIONS = """
select a.*, r.no as recommendation_no, r.text as recommendation_text, r.priority, r.audit_id, r.state as r_state,
       u.reference as audit_reference, u.title as audit_title,
       (select count(*) from action_evidence e where e.provider = a.provider and e.action_id = a.action_id
          and e.withdrawn_at is null) as evidence_count
from audit_action a
join recommendation r on r.provider = a.provider and r.recommendation_id = a.recommendation_id
join audit u on u.provider = r.provider and u.audit_id = r.audit_id
where a.provider = :provider
  and (:all_of or a.owner_id = :me or (a.owner_id is null and a.owner_role = any(cast(:roles as text[]))))
"""
RECOMMENDATIONS = """
select r.*, u.reference as audit_reference, u.title as audit_title, u.kind as audit_kind,
       f.reference as re_reference, f.title as re_title, f.state as re_state,
       coalesce(n.actions_n, 0) as actions_n, coalesce(n.actions_closed, 0) as actions_closed,
       coalesce(n.states, '{}') as action_states
from recommendation r
join audit u on u.provider = r.provider and u.audit_id = r.audit_id
left join audit f on f.provider = r.provider and f.audit_id = r.re_audit_id
left join lateral (
    select count(*) filter (where a.state <> 'cancelled') as actions_n,
           count(*) filter (where a.state = 'closed') as actions_closed, array_agg(a.state) as states
    from audit_action a where a.provider = r.provider and a.recommendation_id = r.recommendation_id
) n on true
where r.provider = :provider and (:all_of or r.owner_id = :me
    or (r.owner_id is null and r.owner_role = any(cast(:roles as text[])))
    or exists (select from audit_action a where a.provider = r.provider and a.recommendation_id = r.recommendation_id
               and (a.owner_id = :me or (a.owner_id is null and a.owner_role = any(cast(:roles as text[]))))))
"""


def visible(actor: Actor) -> dict[str, Any]:
    """Return the values that narrow every read to what the caller may see."""
    return {
        "provider": actor.provider,
        "me": actor.id,
        "roles": sorted(actor.roles),
        "all_of": actor.may(Permission.audit_see),
    }


def owner_out(row: Row[Any], actor: Actor) -> dict[str, Any]:
    """Return the owner of a recommendation or action."""
    mine = rules.owns(row.owner_id, row.owner_role, actor.id, actor.roles)
    return {"person_id": row.owner_id, "role": row.owner_role, "name": row.owner_name, "me": mine}


def may_do(actor: Actor, row: Row[Any]) -> bool:
    """Say whether the caller may do an action: its owner, or who may edit recommendations."""
    return actor.may(Permission.recommendation_edit) or rules.owns(row.owner_id, row.owner_role, actor.id, actor.roles)


_NOT_OWN = "Somebody other than its owner verifies it."
_SEEN = "It was verified from the evidence that is here."


def _action_can(actor: Actor, row: Row[Any]) -> dict[str, Any]:
    state, evidence = row.state, row.evidence_count

    def answer(move: str | None, permitted: bool, why: str | None = None) -> bool | str:
        if not permitted:
            return _NO if why is None else why
        if move is not None and state not in rules.ACTION_MOVES[move].of:
            return f"It is {rules.ACTION_LABELS[ActionState(state)].lower()}."
        return True if why is None else why

    doing = actor.may(Permission.action_do) and may_do(actor, row)
    editing, verifying = actor.may(Permission.recommendation_edit), actor.may(Permission.action_verify)
    own = actor.id in {row.owner_id, row.done_by_id}
    unfinished = state in rules.UNFINISHED or "It is finished."
    shut = state not in (ActionState.closed, ActionState.cancelled) or "It is finished."
    closing = answer("close", verifying)
    return {
        "edit": unfinished if editing else _NO,
        "start": answer("start", doing),
        "note": shut if doing or verifying else _NO,
        "add_evidence": (_SEEN if state == ActionState.verified else shut) if doing else _NO,
        "finish": answer("finish", doing),
        "verify": answer(
            "verify",
            verifying,
            None if not verifying else _NOT_OWN if own else rules.why_not_close(evidence),
        ),
        "send_back": answer("send_back", verifying),
        "close": closing if closing is not True else rules.why_not_close(evidence) or True,
        "cancel": answer("cancel", editing),
        "reopen": answer("reopen", editing),
    }


def action_out(row: Row[Any], actor: Actor) -> dict[str, Any]:
    """Return the wire shape of one row of ``ACTIONS``."""
    today = clock.today()
    same = (
        "action_id", "recommendation_id", "recommendation_no", "recommendation_text", "priority", "audit_id",
        "audit_reference", "audit_title", "no", "text", "due_on", "remind_days", "state", "evidence_count",
        "done_by_name", "done_at", "verified_by_name", "verified_at", "closed_at", "version",
    )  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "owner": owner_out(row, actor),
        "due_days": (row.due_on - today).days,
        "reminder": rules.reminder(row.due_on, row.remind_days, row.state, today),
        "state_label": rules.ACTION_LABELS[ActionState(row.state)],
        "can": _action_can(actor, row),
    }


def _recommendation_can(actor: Actor, row: Row[Any]) -> dict[str, Any]:
    state = row.state
    said = f"It is {rules.RECOMMENDATION_LABELS[RecommendationState(state)].lower()}."
    editing, responding = actor.may(Permission.recommendation_edit), actor.may(Permission.recommendation_respond)
    closing: bool | str = _NO
    if editing:
        closing = state in rules.RECOMMENDATION_MOVES["close"].of or said
    if closing is True:
        closing = rules.why_not_close_recommendation(row.action_states) or True
    answered = any(state in rules.RECOMMENDATION_MOVES[m].of for m in rules.RESPONSE_MOVES.values())
    return {
        "edit": (state == RecommendationState.proposed or said) if editing else _NO,
        "respond": (answered or said) if responding else _NO,
        "withdraw": (state in rules.RECOMMENDATION_MOVES["withdraw"].of or said) if editing else _NO,
        "add_action": (state in rules.STANDING or "The Trust has not agreed to it.") if editing else _NO,
        "close": closing,
        "reopen": (state in rules.RECOMMENDATION_MOVES["reopen"].of or said) if editing else _NO,
        "link_re_audit": (state != RecommendationState.withdrawn or said) if editing else _NO,
    }


def recommendation_out(row: Row[Any], actor: Actor) -> dict[str, Any]:
    """Return the wire shape of one row of ``RECOMMENDATIONS``."""
    same = (
        "recommendation_id", "audit_id", "audit_reference", "audit_title", "audit_kind", "no", "text", "standard",
        "priority", "due_on", "evidence_wanted", "state", "response", "response_reason", "responded_by_name",
        "responded_at", "actions_n", "actions_closed", "created_by_name", "created_at", "closed_at", "version",
    )  # fmt: skip
    standing = row.state in ("proposed", *rules.STANDING)
    re_audit = None
    if row.re_audit_id is not None:
        re_audit = {
            "audit_id": row.re_audit_id, "reference": row.re_reference, "title": row.re_title, "state": row.re_state,
        }  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "owner": owner_out(row, actor),
        "overdue": standing and row.due_on < clock.today(),
        "state_label": rules.RECOMMENDATION_LABELS[RecommendationState(row.state)],
        "findings_n": len(row.rests_on),
        "re_audit": re_audit,
        "can": _recommendation_can(actor, row),
    }


async def one_action(session: AsyncSession, actor: Actor, action_id: UUID) -> Row[Any]:
    """Return one action that the caller may see; NotFound for any other."""
    row = (
        await session.execute(text(ACTIONS + " and a.action_id = :id"), {**visible(actor), "id": action_id})
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row


async def one_recommendation(session: AsyncSession, actor: Actor, recommendation_id: UUID) -> Row[Any]:
    """Return one recommendation that the caller may see; NotFound for any other."""
    statement = text(RECOMMENDATIONS + " and r.recommendation_id = :id")
    row = (await session.execute(statement, {**visible(actor), "id": recommendation_id})).one_or_none()
    if row is None:
        raise NotFound()
    return row


_NOTES = text("""
select n.* from action_note n where n.provider = :provider and n.action_id = any(cast(:ids as uuid[]))
order by n.action_id, n.seq
""")
_EVIDENCE = text("""
select e.evidence_id, e.action_id, e.kind, e.title, e.text, e.url, e.file_name, e.media_type, e.size, e.sha256,
       e.by_name, e.at, e.withdrawn_at, e.withdrawn_reason
from action_evidence e where e.provider = :provider and e.action_id = any(cast(:ids as uuid[]))
order by e.action_id, e.at, e.evidence_id
""")


async def _details(session: AsyncSession, actor: Actor, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Return actions with their notes and evidence: two statements, however many actions."""
    values = {"provider": actor.provider, "ids": [r.action_id for r in rows]}
    notes: dict[UUID, list[dict[str, Any]]] = {}
    for n in (await session.execute(_NOTES, values)).mappings():
        notes.setdefault(n["action_id"], []).append({k: n[k] for k in ("seq", "act", "text", "by_name", "at")})
    evidence: dict[UUID, list[dict[str, Any]]] = {}
    for e in (await session.execute(_EVIDENCE, values)).mappings():
        evidence.setdefault(e["action_id"], []).append({k: v for k, v in e.items() if k != "action_id"})
    return [
        action_out(r, actor) | {"notes": notes.get(r.action_id, []), "evidence": evidence.get(r.action_id, [])}
        for r in rows
    ]


@verb("action:list", refuses=[NotFound])
async def see_action(session: AsyncSession, actor: Actor, action_id: UUID) -> dict[str, Any]:
    """Return one action with what was said and shown of it."""
    return (await _details(session, actor, [await one_action(session, actor, action_id)]))[0]


_RESTS_ON = text(f"""
select i.item_id, i.no as item_no, p.no, p.code_class, p.final_type
from unnest(cast(:items as uuid[]), cast(:nos as integer[])) as x(item_id, no)
join audit_item i on i.provider = :provider and i.item_id = x.item_id
join audit_position p on p.provider = i.provider and p.item_id = i.item_id and p.no = x.no
where not {HIDDEN.format("i")}
order by i.no, p.no
""")


@verb("action:list", refuses=[NotFound])
async def see_recommendation(session: AsyncSession, actor: Actor, recommendation_id: UUID) -> dict[str, Any]:
    """Return one recommendation with the findings it rests on and its actions."""
    row = await one_recommendation(session, actor, recommendation_id)
    audit = await the_audit(session, actor, row.audit_id)
    words = Methodology.model_validate(audit.methodology).key_words
    values = {
        "provider": actor.provider, "reader": actor.id, "items": [UUID(f["item_id"]) for f in row.rests_on],
        "nos": [f["no"] for f in row.rests_on],
    }  # fmt: skip
    rests_on = [
        {
            "item_id": f.item_id, "item_no": f.item_no, "no": f.no, "code_class": CLASS_LABELS[CodeClass(f.code_class)],
            "error": words.get(f.final_type, f.final_type) if f.final_type else "Taken back",
        }
        for f in await session.execute(_RESTS_ON, values)
    ]  # fmt: skip
    actions = await session.execute(
        text(ACTIONS + " and a.recommendation_id = :id order by a.no"), {**visible(actor), "id": recommendation_id}
    )
    return recommendation_out(row, actor) | {
        "rests_on": rests_on,
        "actions": await _details(session, actor, actions.all()),
    }


async def recommendations_of(session: AsyncSession, actor: Actor, audit_id: UUID) -> list[dict[str, Any]]:
    """Return every recommendation of an audit that was not withdrawn, with its actions, in order: for reports."""
    values = {**visible(actor), "audit_id": audit_id}
    rows = (
        await session.execute(
            text(RECOMMENDATIONS + " and r.audit_id = :audit_id and r.state <> 'withdrawn' order by r.no"), values
        )
    ).all()
    found = (await session.execute(text(ACTIONS + " and r.audit_id = :audit_id order by r.no, a.no"), values)).all()
    actions: dict[UUID, list[dict[str, Any]]] = {}
    for action in await _details(session, actor, found):
        actions.setdefault(action["recommendation_id"], []).append(action)
    return [recommendation_out(r, actor) | {"actions": actions.get(r.recommendation_id, [])} for r in rows]


@verb("action:list")
async def list_recommendations(session: AsyncSession, actor: Actor, f: RecommendationFilter) -> dict[str, Any]:
    """Return one page of recommendations, the soonest due first."""
    where, values = list[str](), visible(actor)
    for name, column in (("state", "r.state"), ("priority", "r.priority"), ("audit", "r.audit_id")):
        if getattr(f, name) is not None:
            where.append(f" and {column} = :{name}")
            values[name] = getattr(f, name)
    scope = scope_of("recommendations", actor.provider, actor.id, f.model_dump(exclude={"cursor", "limit"}))
    rows, cursor = await _page(
        session, RECOMMENDATIONS + "".join(where), values, "r.due_on", "r.recommendation_id", f, scope
    )
    return {"items": [recommendation_out(r, actor) for r in rows], "next": cursor}


async def _page(
    session: AsyncSession, statement: str, values: dict[str, Any], day: str, key: str, f: Any, scope: str
) -> tuple[Sequence[Row[Any]], str | None]:
    if f.cursor:
        last, last_id = decode_cursor(f.cursor, scope)
        statement += f" and ({day}, {key}) > (:last, :last_id)"
        values |= {"last": dt.date.fromisoformat(last), "last_id": UUID(last_id)}
    statement += f" order by {day}, {key} limit :rows"
    rows = (await session.execute(text(statement), {**values, "rows": f.limit + 1})).all()
    more, rows = len(rows) > f.limit, rows[: f.limit]
    return rows, encode_cursor([rows[-1].due_on, str(getattr(rows[-1], key[2:]))], scope) if more else None


_SOON = "a.due_on - cast(:today as date) <= coalesce((select max(d) from unnest(a.remind_days) as x(d)), 0)"
_MINE = "(a.owner_id = :me or (a.owner_id is null and a.owner_role = any(cast(:roles as text[]))))"


@verb("action:list")
async def list_actions(session: AsyncSession, actor: Actor, f: ActionFilter) -> dict[str, Any]:
    """Return one page of actions, the soonest due first."""
    where, values = list[str](), visible(actor) | {"today": clock.today()}
    equal = (("state", "a.state"), ("priority", "r.priority"), ("audit", "r.audit_id"), ("role", "a.owner_role"))
    for name, column in equal:
        if getattr(f, name) is not None:
            where.append(f" and {column} = :{name}")
            values[name] = getattr(f, name)
    if f.unfinished is not None:
        where.append(f" and {'' if f.unfinished else 'not '}a.state in ('open', 'in_progress')")
    if f.owner == "me":
        where.append(f" and {_MINE}")
    elif f.owner is not None:
        where.append(" and a.owner_id = :owner")
        values["owner"] = UUID(f.owner)
    if f.reminder is not None:
        due = "a.due_on < :today" if f.reminder == "overdue" else f"a.due_on >= :today and {_SOON}"
        where.append(f" and a.state in ('open', 'in_progress') and {due}")
    elif "today" in values:
        del values["today"]
    scope = scope_of("actions", actor.provider, actor.id, f.model_dump(exclude={"cursor", "limit"}))
    rows, cursor = await _page(session, ACTIONS + "".join(where), values, "a.due_on", "a.action_id", f, scope)
    return {"items": [action_out(r, actor) for r in rows], "next": cursor}


_COUNTS = text(f"""
select count(*) filter (where a.state in ('open', 'in_progress') and {_MINE}) as unfinished,
       count(*) filter (where a.state in ('open', 'in_progress') and {_MINE} and a.due_on < :today) as overdue,
       count(*) filter (where a.state in ('open', 'in_progress') and {_MINE} and a.due_on >= :today and {_SOON})
           as due_soon,
       count(*) filter (where a.state = 'done' and :verifies and a.owner_id is distinct from :me
                          and a.done_by_id is distinct from :me) as to_verify
from audit_action a where a.provider = :provider
""")
_TO_RESPOND = text("select count(*) from recommendation r where r.provider = :provider and r.state = 'proposed'")


@verb("action:list")
async def count_my_actions(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    """Return how much waits for the caller: overdue, due soon by the reminders of each action, to verify, to answer."""
    values = visible(actor) | {"today": clock.today(), "verifies": actor.may(Permission.action_verify)}
    del values["all_of"]
    counts = dict((await session.execute(_COUNTS, values)).mappings().one())
    to_respond = 0
    if actor.may(Permission.recommendation_respond):
        to_respond = await session.scalar(_TO_RESPOND, {"provider": actor.provider}) or 0
    return counts | {"to_respond": to_respond}


@verb("action:list")
async def list_my_actions(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    """Return what the caller owns that is overdue or due soon, and what is done and waits for them to verify it."""
    values = visible(actor)
    due = await session.execute(
        text(f"{ACTIONS} and {_MINE} and a.state in ('open', 'in_progress') and {_SOON} order by a.due_on limit 50"),
        {**values, "today": clock.today()},
    )
    verifies = actor.may(Permission.action_verify)
    waiting: Sequence[Row[Any]] = ()
    if verifies:
        statement = f"""{ACTIONS} and a.state = 'done' and a.owner_id is distinct from :me
                        and a.done_by_id is distinct from :me order by a.due_on limit 50"""
        waiting = (await session.execute(text(statement), values)).all()
    return {
        "counts": await count_my_actions(session, actor),
        "due": [action_out(r, actor) for r in due],
        "to_verify": [action_out(r, actor) for r in waiting],
    }


_OWNERS = text("""
select p.person_id, p.name, p.roles[1] as role from person p
where p.provider = :provider and p.active and p.roles && cast(:roles as text[]) order by p.name limit 200
""")


@verb("recommendation:edit")
async def list_action_owners(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    """Return the active people who may do actions."""
    roles = sorted(r.value for r, held in ROLE_PERMISSIONS.items() if Permission.action_do in held)
    rows = await session.execute(_OWNERS, {"provider": actor.provider, "roles": roles})
    return {
        "items": [{"person_id": r.person_id, "name": r.name, "role": ROLE_LABELS[Role(r.role)]} for r in rows],
        "next": None,
    }


_CONTENT = text("""
select e.file_name, e.media_type, e.content, e.sha256 from action_evidence e
where e.provider = :provider and e.action_id = :action_id and e.evidence_id = :evidence_id and e.content is not null
""")


async def file_of(session: AsyncSession, actor: Actor, action_id: UUID, evidence_id: UUID) -> Row[Any]:
    """Return a file of evidence; NotFound for what is none, was taken back, or may not be seen."""
    await one_action(session, actor, action_id)
    values = {"provider": actor.provider, "action_id": action_id, "evidence_id": evidence_id}
    row = (await session.execute(_CONTENT, values)).one_or_none()
    if row is None:
        raise NotFound()
    return row


_FOLLOWED = text("""
select b.audit_id as before_id, a.audit_id as after_id
from audit a join audit b on b.provider = a.provider and b.audit_id = a.follows_audit_id
where a.provider = :provider and (a.audit_id = :audit_id or b.audit_id = :audit_id)
  and a.state in ('running', 'signed', 'correcting')
order by a.period_to, a.audit_id limit 10
""")


@verb("audit:see", refuses=[NotFound])
async def see_effect(session: AsyncSession, actor: Actor, audit_id: UUID) -> dict[str, Any]:
    """Return whether it helped: an audit beside each that follows it, or the one it follows, figure by figure."""
    await the_audit(session, actor, audit_id)
    values = {"provider": actor.provider, "audit_id": audit_id}
    pairs = [
        _effect(await see_results(session, actor, row.before_id), await see_results(session, actor, row.after_id))
        for row in (await session.execute(_FOLLOWED, values)).all()
    ]
    return {"pairs": pairs}


def _effect(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    was, now = before["headline"], after["headline"]
    old = {c["code_class"]: c["correct"] for c in was["classes"]}
    changes = [changed(c["code_class"], c["label"], old[c["code_class"]], c["correct"]) for c in now["classes"]]
    changes.append(changed("all_correct", "Episodes all correct", was["all_correct"], now["all_correct"]))
    said = []
    if before["mode"] != after["mode"]:
        said.append("One of the audits was blind and the other a review: their figures are not alike.")
    ours, theirs = (
        (x["rules"]["methodology_key"], x["rules"]["methodology_version"], x["rules"]["non_coder_counts"])
        for x in (before, after)
    )
    if ours != theirs:
        said.append("The two audits did not count by the same version of the methodology.")
    if before["targeted"] or after["targeted"]:
        said.append("A sample chosen for a purpose stands for that purpose only.")
    if after["source"] != "signed":
        said.append("The later audit is not signed yet; its figures may still change.")
    told = {
        f"{when}_{name}": x[key]
        for when, x in (("before", before), ("after", after))
        for name, key in (("audit_id", "audit_id"), ("reference", "reference"), ("title", "title"))
    }
    signed = {"before_signed": before["source"] == "signed", "after_signed": after["source"] == "signed"}
    return told | signed | {"changes": changes, "said": said}
