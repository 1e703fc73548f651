"""Audits as a caller may see them: lists, one with all its facts, and the pickers of its set-up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.models import Audit
from codewell.audits.profiles import ProfileKind
from codewell.audits.reads import auditors
from codewell.audits.reads.one import the_audit
from codewell.audits.reads.profiles import Version, versions
from codewell.audits.rules import (
    AUDIT_MOVES,
    DONE,
    KIND_LABELS,
    TARGETED,
    AuditKind,
    AuditState,
    ItemState,
    period_faults,
)  # fmt: skip
from codewell.audits.schemas.setup import AuditFilter, Period, Population, Sampling
from codewell.episodes import reference
from codewell.episodes.reads import HIDDEN
from codewell.identity.actor import Actor
from codewell.identity.reads import bears
from codewell.kit import clock
from codewell.kit.paging import decode_cursor, encode_cursor, scope_of
from codewell.kit.problems import Invalid, NotFound
from codewell.kit.verbs import verb

NO_PERMISSION = "You do not have permission to do this."


_ROWS = """
select a.audit_id, a.reference, a.kind, a.title, a.state, a.mode, a.period_from, a.period_to, a.due_on, a.created_at,
    a.drawn_at, a.signed_at, a.signed_version, m.name as lead_name
from audit a
left join audit_member m on m.provider = a.provider and m.audit_id = a.audit_id and m.part = 'lead'
where a.provider = :provider
"""
_PROGRESS = text("""
select audit_id, state, count(*) as n, count(*) filter (where second_of is not null) as second,
    count(*) filter (where auditor_id = :me and state in ('coding', 'comparing')) as mine
from audit_item where provider = :provider and audit_id = any(cast(:ids as uuid[])) group by audit_id, state
""")


async def progress_of(session: AsyncSession, actor: Actor, ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return how far each audit is: its episodes, each once, and apart how many second audits there are of them.

    Episodes that were replaced count as none. What is to be sent is of either: a second audit is settled by sending.
    """
    none = dict.fromkeys([s.value for s in ItemState], 0)
    out: dict[UUID, dict[str, Any]] = {
        i: {"by_state": none.copy(), "items": 0, "done": 0, "second": 0, "second_done": 0, "to_send": 0, "mine_open": 0}
        for i in ids
    }
    values = {"provider": actor.provider, "ids": list(ids), "me": actor.id}
    for row in await session.execute(_PROGRESS, values):
        state, found = ItemState(row.state), out[row.audit_id]
        first = row.n - row.second
        found["by_state"][state.value] = first
        found["mine_open"] += row.mine
        if state == ItemState.decided:
            found["to_send"] += row.n
        if state != ItemState.replaced:
            found["items"] += first
            found["second"] += row.second
            found["done"] += first if state in DONE else 0
            found["second_done"] += row.second if state in DONE else 0
    return out


def _row(row: RowMapping, progress: dict[str, Any]) -> dict[str, Any]:
    return dict(row) | {
        "kind_label": KIND_LABELS[AuditKind(row["kind"])],
        "overdue": row["due_on"] is not None and row["due_on"] < clock.today() and row["state"] in _OPEN,
        "progress": progress,
    }


_OPEN = (AuditState.setting_up, AuditState.running, AuditState.correcting)


@verb("audit:list")
async def list_audits(session: AsyncSession, actor: Actor, f: AuditFilter) -> dict[str, Any]:
    """Return one page of the Trust's audits, newest first."""
    where, values = "", {"provider": actor.provider, "rows": f.limit + 1, "me": actor.id}
    if f.state:
        where += " and a.state = :state"
        values["state"] = f.state.value
    if f.open is not None:
        where += f" and {'' if f.open else 'not '}a.state in ('setting_up', 'running', 'correcting')"
    if f.kind:
        where += " and a.kind = :kind"
        values["kind"] = f.kind.value
    if f.mine:
        where += """ and exists (select from audit_member x where x.provider = a.provider and x.audit_id = a.audit_id
            and x.person_id = :me)"""
    if f.words:
        where += " and (a.title ilike :words or a.reference ilike :words)"
        values["words"] = "%" + f.words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    scope = scope_of("audits", actor.provider, actor.id if f.mine else "", f.model_dump(exclude={"cursor", "limit"}))
    if f.cursor:
        at, audit_id = decode_cursor(f.cursor, scope)
        where += " and (a.created_at, a.audit_id) < (cast(:at as timestamptz), cast(:after as uuid))"
        values |= {"at": dt.datetime.fromisoformat(at), "after": UUID(audit_id)}
    statement = text(_ROWS + where + " order by a.created_at desc, a.audit_id desc limit :rows")
    rows = (await session.execute(statement, values)).mappings().all()
    more, rows = len(rows) > f.limit, rows[: f.limit]
    progress = await progress_of(session, actor, [r["audit_id"] for r in rows])
    cursor = encode_cursor([rows[-1]["created_at"].isoformat(), str(rows[-1]["audit_id"])], scope) if more else None
    return {"items": [_row(r, progress[r["audit_id"]]) for r in rows], "next": cursor}


_MEMBERS = text("""
select m.person_id, m.part, m.name, m.qualification, m.checked_on,
    count(i.item_id) filter (where i.state <> 'replaced') as taken,
    count(i.item_id) filter (where i.state in ('decided', 'with_coder', 'settled', 'unsafe')) as done
from audit_member m
left join audit_item i on i.provider = m.provider and i.audit_id = m.audit_id and i.auditor_id = m.person_id
where m.provider = :provider and m.audit_id = :audit_id
group by m.person_id, m.part, m.name, m.qualification, m.checked_on
order by m.part desc, m.name
""")
_DRAW = text(
    "select draw_id from audit_draw where provider = :provider and audit_id = :audit_id order by at desc limit 1"
)
_NAMES = text("""
select person_id, name from person where provider = :provider and person_id = any(cast(:ids as uuid[]))
""")


async def members_of(session: AsyncSession, actor: Actor, audit: Audit) -> list[dict[str, Any]]:
    """Return who audits in an audit, the lead first, with how their qualification stands today."""
    values = {"provider": actor.provider, "audit_id": audit.audit_id}
    rows = (await session.execute(_MEMBERS, values)).all()
    held = await auditors.held_by(session, actor, [r.person_id for r in rows])
    kinds = qualification_kinds(audit)
    out = []
    for r in rows:
        q = r.qualification or {}
        out.append(
            {
                "person_id": r.person_id,
                "name": r.name,
                "part": r.part,
                "me": r.person_id == actor.id,
                "checked_on": r.checked_on,
                "qualification_kind": q.get("kind"),
                "qualification_number": q.get("number"),
                "qualification_expires_on": q.get("expires_on"),
                "in_force": not kinds or auditors.best_on(held.get(r.person_id, []), clock.today(), kinds) is not None,
                "taken": r.taken,
                "done": r.done,
            }
        )
    return out


def qualification_kinds(audit: Audit) -> list[str]:
    """Return which qualifications the audit's methodology takes; none asks for none."""
    return list(audit.methodology.get("qualifications", []))


def _used(
    found: dict[tuple[ProfileKind, str], list[Version]], kind: ProfileKind, key: str, version: int
) -> dict[str, Any]:
    held = next((v for v in found.get((kind, key), []) if v.version == version), None)
    return {"profile_id": f"{kind}.{key}", "key": key, "version": version, "name": held.name if held else key}


def _can(actor: Actor, audit: Audit, members: list[dict[str, Any]]) -> dict[str, bool | str]:
    set_up = actor.may("audit:set_up")

    def answer(may: bool, *reasons: tuple[bool, str]) -> bool | str:
        return NO_PERMISSION if not may else next((words for wrong, words in reasons if wrong), True)

    state = AuditState(audit.state)
    over = (state in (AuditState.signed, AuditState.abandoned), f"The audit is {state}.")
    return {
        "edit": answer(set_up, (state != AuditState.setting_up, "The sample is drawn; only words can change.")),
        "edit_words": answer(set_up, over),
        "name_auditors": answer(set_up, over),
        "draw": answer(
            set_up,
            (audit.kind == AuditKind.external, "An external audit is not drawn: its findings are imported."),
            (state not in AUDIT_MOVES["draw"].of, "The sample is drawn."),
            (not members, "Name a lead auditor first."),
        ),
        "replace": answer(set_up, (state != AuditState.running, "Episodes are replaced while the audit is running.")),
        "abandon": answer(set_up, (state not in AUDIT_MOVES["abandon"].of, "It is too late to abandon the audit.")),
        "work": answer(
            actor.may("audit:work"),
            (state not in (AuditState.running, AuditState.correcting), "The audit is not running."),
            (not any(m["me"] for m in members), "You are not an auditor of this audit."),
        ),
    }


@verb("audit:see", refuses=[NotFound])
async def see_audit(session: AsyncSession, actor: Actor, audit_id: UUID) -> dict[str, Any]:
    """Return an audit with its facts, auditors, progress and what the caller may do."""
    return await audit_out(session, actor, await the_audit(session, actor, audit_id))


async def audit_out(session: AsyncSession, actor: Actor, audit: Audit) -> dict[str, Any]:
    """Return the wire shape of an audit."""
    values = {"provider": actor.provider, "audit_id": audit.audit_id}
    members = await members_of(session, actor, audit)
    found = await versions(session, actor)
    follows = (
        audit.follows_audit_id
        and (
            await session.execute(
                text("select reference from audit where provider = :provider and audit_id = :audit_id"),
                {**values, "audit_id": audit.follows_audit_id},
            )
        ).scalar_one_or_none()
    )
    population = Population.model_validate(audit.population)
    row: dict[str, Any] = {name: getattr(audit, name) for name in _SAME}
    row["lead_name"] = next((m["name"] for m in members if m["part"] == "lead"), None)
    progress = await progress_of(session, actor, [audit.audit_id])
    return _row(row, progress[audit.audit_id]) | {  # type: ignore[arg-type]
        "population": population.model_dump(mode="json"),
        "population_words": await _words(session, actor, population),
        "sampling": Sampling.model_validate(audit.sampling).model_dump(mode="json"),
        "methodology": _used(found, ProfileKind.methodology, audit.methodology_key, audit.methodology_version),
        "thresholds": None
        if audit.threshold_key is None
        else _used(found, ProfileKind.threshold, audit.threshold_key, audit.threshold_version or 0),
        "qualification_kinds": qualification_kinds(audit),
        "targeted": AuditKind(audit.kind) in TARGETED,
        "follows_reference": follows,
        "members": members,
        "draw_id": await session.scalar(_DRAW, values),
        "can": _can(actor, audit, members),
    }


_SAME = (
    "audit_id", "reference", "kind", "title", "state", "mode", "period_from", "period_to", "due_on", "created_at",
    "drawn_at", "signed_at", "signed_version", "commissioned_by", "aims", "objectives", "scope", "background",
    "second_share", "planned_audit_id", "recurring_draw_id", "follows_audit_id", "created_by_name", "state_reason",
    "version",
)  # fmt: skip


async def names_of(session: AsyncSession, actor: Actor, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of people of this Trust."""
    if not ids:
        return {}
    rows = await session.execute(_NAMES, {"provider": actor.provider, "ids": list(ids)})
    return {r.person_id: r.name for r in rows}


async def _words(session: AsyncSession, actor: Actor, p: Population) -> list[str]:
    """Return the population filter in words, a line for each thing it says; none when it takes everything."""
    names = await names_of(session, actor, p.coders)

    def told(kind: str, codes: Collection[str]) -> str:
        return ", ".join(f"{reference.text_of(kind, c) or 'unknown'} ({c})" for c in codes)

    lines = [
        ("Specialties", told("main_specialty", p.specialties)),
        ("Treatment functions", told("treatment_function", p.treatment_functions)),
        ("Coders", ", ".join([*sorted(names.get(c, "unknown") for c in p.coders), *p.coder_refs])),
        ("Coded in", ", ".join(p.sources)),
        ("Patient classes", ", ".join(p.patient_classes)),
        ("Admission methods", ", ".join(p.admission_methods)),
        ("Discharge methods", ", ".join(p.discharge_methods)),
        ("Nights in hospital", _between(p.min_nights, p.max_nights)),
        ("Age", _between(p.min_age, p.max_age)),
        ("Primary diagnosis begins", ", ".join(p.primary_diagnosis)),
        ("Any diagnosis begins", ", ".join(p.any_diagnosis)),
        ("Primary procedure begins", ", ".join(p.primary_procedure)),
        ("Any procedure begins", ", ".join(p.any_procedure)),
        ("Diagnosis codes", _between(p.min_depth, p.max_depth)),
        ("Episodes audited before", "included" if p.include_audited else ""),
    ]
    return [f"{name}: {words}" for name, words in lines if words]


def _between(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return ""
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"{low} to {high}"


# Over a day or two a count would say who coded what the reader still codes blind.
_CODERS = text(f"""
select coalesce(s.coder_id, r.person_id) as person_id,
    case when s.coder_id is null and r.person_id is null then s.coder_ref end as coder_ref,
    sum(s.episodes)::bigint as episodes
from (
    select e.coder_id, e.coder_ref, count(*) as episodes from episode e
    where e.provider = :provider and not e.deleted and e.ended_on between :ended_from and :ended_to
        and e.coding_state in ('coded', 'changed_after_coding') and (e.coder_id is not null or e.coder_ref is not null)
        and not {HIDDEN.format("e")}
    group by 1, 2
) s left join person r on r.provider = :provider and s.coder_id is null and {bears("r", "s.coder_ref")}
group by 1, 2 order by 3 desc limit 200
""")
_SPECIALTIES = text("""
select e.main_specialty_code as code, count(*) as episodes from episode e
where e.provider = :provider and not e.deleted and e.ended_on between :ended_from and :ended_to
    and e.coding_state in ('coded', 'changed_after_coding') and e.main_specialty_code is not null
group by 1 order by 2 desc limit 200
""")


def _refuse_period(f: Period) -> None:
    wrong = period_faults(f.ended_from, f.ended_to, clock.today())
    if wrong:
        raise Invalid(errors=[{"pointer": f"/query/ended_{end}", "detail": why} for end, why in wrong.items()])


@verb("audit:list")
async def list_coders(session: AsyncSession, actor: Actor, f: Period) -> dict[str, Any]:
    """Return who coded episodes that ended in a period, by name, with how many."""
    _refuse_period(f)
    values = {"provider": actor.provider, "reader": actor.id, **f.model_dump()}
    rows = (await session.execute(_CODERS, values)).all()
    active = {
        r.person_id: (r.name, r.active)
        for r in await session.execute(
            text("""select person_id, name, active from person
                    where provider = :provider and person_id = any(cast(:ids as uuid[]))"""),
            {"provider": actor.provider, "ids": [r.person_id for r in rows if r.person_id]},
        )
    }
    items = [
        {
            "person_id": r.person_id,
            "coder_ref": r.coder_ref,
            "name": active[r.person_id][0] if r.person_id in active else r.coder_ref or "unknown",
            "episodes": r.episodes,
            "active": active.get(r.person_id, ("", False))[1],
        }
        for r in rows
    ]
    return {"items": sorted(items, key=lambda i: (i["name"], str(i["person_id"]))), "next": None}


@verb("audit:list")
async def list_specialties(session: AsyncSession, actor: Actor, f: Period) -> dict[str, Any]:
    """Return the specialties of coded episodes that ended in a period, by name, with how many."""
    _refuse_period(f)
    rows = await session.execute(_SPECIALTIES, {"provider": actor.provider, **f.model_dump()})
    items = [{"code": r.code, "name": reference.specialty_name(r.code), "episodes": r.episodes} for r in rows]
    return {"items": sorted(items, key=lambda i: (i["name"] or "~", i["code"])), "next": None}
