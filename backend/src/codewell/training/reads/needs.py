"""Learning needs as one caller may see them, and the standards that are missed most."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.alignment import CodeClass
from codewell.audits.figures import Unit, proportion
from codewell.audits.profiles import Citations, Methodology, ProfileKind
from codewell.audits.service.profiles import profile_in_force
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.paging import decode_cursor, encode_cursor, scope_of
from codewell.kit.problems import NotFound, Problem
from codewell.kit.verbs import verb
from codewell.training import rules
from codewell.training.rules import CLASS_LABELS, NeedState
from codewell.training.schemas import MissedFilter, MyNeedFilter, NeedFilter

_VISIBLE = """
select n.*, coalesce(p.name, 'Somebody who is not known here') as coder_name
from learning_need n left join person p on p.provider = n.provider and p.person_id = n.coder_id
where n.provider = :provider
"""
# What is hidden from whoever asks, because they have still to code it blind, is not told here either.
_FINDINGS = text("""
select f.need_id, f.audit_id, f.trust_code, f.auditor_code, a.reference, a.title
from learning_need_finding f
join audit a on a.provider = f.provider and a.audit_id = f.audit_id
join audit_item i on i.provider = f.provider and i.item_id = f.item_id
where f.provider = :provider and f.need_id = any(cast(:needs as uuid[])) and not exists (
    select from episode_blind b where b.provider = f.provider and b.person_id = :me and b.episode_id = i.episode_id)
order by f.found_on, f.item_id, f.no
""")


async def standard_titles(session: AsyncSession, actor: Actor) -> dict[str, str]:
    """Return the titles of the standards that findings cite, by their reference."""
    try:
        _, _, body = await profile_in_force(session, actor, ProfileKind.citation, "labels", clock.today())
    except Problem:
        return {}
    return {c.ref: c.title for c in Citations.model_validate(body.model_dump()).citations}


async def error_labels(session: AsyncSession, actor: Actor) -> dict[str, str]:
    """Return what the kinds of error are called here."""
    try:
        _, _, body = await profile_in_force(session, actor, ProfileKind.methodology, "neutral", clock.today())
    except Problem:
        return {}
    return {k.value: v for k, v in Methodology.model_validate(body.model_dump()).key_words.items()}


async def _shown(session: AsyncSession, actor: Actor, rows: list[Row[Any]]) -> list[dict[str, Any]]:
    titles, labels = await standard_titles(session, actor), await error_labels(session, actor)
    codes: dict[UUID, Counter[tuple[str | None, str | None]]] = {r.need_id: Counter() for r in rows}
    audits: dict[UUID, Counter[tuple[UUID, str, str]]] = {r.need_id: Counter() for r in rows}
    values = {"provider": actor.provider, "needs": list(codes), "me": actor.id}
    for f in await session.execute(_FINDINGS, values):
        codes[f.need_id][f.trust_code, f.auditor_code] += 1
        audits[f.need_id][f.audit_id, f.reference, f.title] += 1
    out = []
    for r in rows:
        state = NeedState(r.state)
        can: dict[str, rules.Can] = {s.value: answer for s, answer in rules.need_moves(state).items()}
        if not actor.may("learning_need:plan"):
            can = dict.fromkeys(can, "You do not have permission to do this.")
        out.append(
            {
                "need_id": r.need_id,
                "coder_id": r.coder_id,
                "coder_name": r.coder_name,
                "standard": r.standard,
                "standard_title": titles.get(r.standard),
                "code_class": r.code_class,
                "class_label": CLASS_LABELS[CodeClass(r.code_class)],
                "error_type": r.error_type,
                "error_label": labels.get(r.error_type, r.error_type),
                "findings": r.findings,
                "codes": [
                    {"trust_code": t, "auditor_code": a, "times": n} for (t, a), n in codes[r.need_id].most_common(20)
                ],
                "audits": [
                    {"audit_id": i, "reference": ref, "title": title, "times": n}
                    for (i, ref, title), n in audits[r.need_id].most_common(20)
                ],
                "first_on": r.first_on,
                "last_on": r.last_on,
                "state": state,
                "note": r.note,
                "decided_by": r.decided_by_name,
                "decided_at": r.decided_at,
                "version": r.version,
                "can": can,
            }
        )
    return out


async def _list(session: AsyncSession, actor: Actor, f: NeedFilter, name: str) -> dict[str, Any]:
    scope = scope_of(name, actor.provider, f.model_dump(exclude={"cursor", "limit"}))
    where, values = [], dict[str, Any]()
    for column in ("state", "coder_id", "code_class", "error_type", "standard"):
        value = getattr(f, column)
        if value is not None:
            where.append(f"n.{column} = :{column}")
            values[column] = getattr(value, "value", value)
    if f.state is None:
        where.append("n.state <> 'withdrawn'")
    if f.cursor:
        findings, day, need_id = decode_cursor(f.cursor, scope)
        where.append("(n.findings, n.last_on, n.need_id) < (:findings, :day, :need)")
        values |= {"findings": findings, "day": dt.date.fromisoformat(day), "need": UUID(need_id)}
    statement = _VISIBLE + "".join(f" and {w}" for w in where)
    statement += " order by n.findings desc, n.last_on desc, n.need_id desc limit :rows"
    rows = list(
        (await session.execute(text(statement), {"provider": actor.provider, "rows": f.limit + 1, **values})).all()
    )
    page = rows[: f.limit]
    more = None
    if len(rows) > f.limit:
        more = encode_cursor([page[-1].findings, page[-1].last_on, str(page[-1].need_id)], scope)
    return {"items": await _shown(session, actor, page), "next": more}


@verb("learning_need:list")
async def list_needs(session: AsyncSession, actor: Actor, f: NeedFilter) -> dict[str, Any]:
    """Return one page of the Trust's learning needs, the most often found first."""
    return await _list(session, actor, f, "learning_needs")


@verb("finding:reply")
async def list_my_needs(session: AsyncSession, actor: Actor, f: MyNeedFilter) -> dict[str, Any]:
    """Return one page of the caller's own learning needs."""
    own = NeedFilter(state=f.state, coder_id=actor.id, limit=f.limit, cursor=f.cursor)
    return await _list(session, actor, own, "my_learning_needs")


@verb("learning_need:list", refuses=[NotFound])
async def see_need(session: AsyncSession, actor: Actor, need_id: UUID) -> dict[str, Any]:
    """Return one learning need."""
    row = (
        await session.execute(text(_VISIBLE + " and n.need_id = :id"), {"provider": actor.provider, "id": need_id})
    ).one_or_none()
    if row is None:
        raise NotFound()
    (one,) = await _shown(session, actor, [row])
    return one


# What a finding can be made of is a code of either list: over-coding has no code of the auditor's.
_MISSED = text("""
select i.item_id, i.coder_id, i.audit_id,
       count(*) filter (where not p.counted_elsewhere) as codes,
       coalesce(jsonb_agg(jsonb_build_array(s.standard, p.final_type)) filter (where s.standard is not null), '[]')
           as missed
from audit a
join audit_item i on i.provider = a.provider and i.audit_id = a.audit_id
join audit_position p on p.provider = i.provider and p.item_id = i.item_id
left join lateral (
    select p.standards[1] as standard
    where p.final_type is not null and p.decision in ('accepted', 'changed') and p.attribution = 'coder'
      and not p.counted_elsewhere
) s on true
where a.provider = :provider and a.state = 'signed' and i.second_of is null and i.state = 'settled'
  and a.signed_at >= :first and a.signed_at < :after
  and (cast(:specialty as text) is null or i.specialty_code = :specialty)
  and (cast(:klass as text) is null or p.code_class = :klass)
group by i.item_id, i.coder_id, i.audit_id
""")


@verb("learning_need:list")
async def list_missed_standards(session: AsyncSession, actor: Actor, f: MissedFilter) -> dict[str, Any]:
    """Return the standards that coders missed most in audits signed in a period, each with its share and interval.

    The share is findings per code compared (a code of the coder's, the auditor's, or both at one place), clustered by
    episode; audits of targeted samples speak of what was audited, not of the Trust.
    """
    today = clock.today()
    last = f.signed_to or today
    first = f.signed_from or clock.add_months(last, -11)
    rows = (
        await session.execute(
            _MISSED,
            {
                "provider": actor.provider, "first": clock.start_of(first),
                "after": clock.start_of(last + dt.timedelta(1)), "specialty": f.specialty,
                "klass": None if f.code_class is None else f.code_class.value,
            },
        )
    ).all()  # fmt: skip
    titles, labels = await standard_titles(session, actor), await error_labels(session, actor)
    per: dict[str, dict[int, int]] = {}
    errors: dict[str, Counter[str]] = {}
    coders: dict[str, set[UUID | None]] = {}
    for n, row in enumerate(rows):
        for standard, error in row.missed:
            per.setdefault(standard, {})[n] = per.get(standard, {}).get(n, 0) + 1
            errors.setdefault(standard, Counter())[error] += 1
            coders.setdefault(standard, set()).add(row.coder_id)
    items: list[dict[str, Any]] = []
    for standard, at in per.items():
        units = [Unit(r.codes, at.get(n, 0)) for n, r in enumerate(rows)]
        figure = proportion(units)
        items.append(
            {
                "standard": standard,
                "title": titles.get(standard),
                "findings": sum(at.values()),
                "episodes": len(at),
                "coders": len(coders[standard]),
                "of": figure.of,
                "share": None if figure.share is None else float(figure.share),
                "low": figure.low,
                "high": figure.high,
                "small": figure.small,
                "errors": [{"label": labels.get(e, e), "times": times} for e, times in errors[standard].most_common()],
            }
        )
    items.sort(key=lambda i: (-i["findings"], i["standard"]))
    return {
        "signed_from": first,
        "signed_to": last,
        "audits": len({r.audit_id for r in rows}),
        "episodes": len(rows),
        "codes": sum(r.codes for r in rows),
        "findings": sum(i["findings"] for i in items),
        "items": items[:25],
    }
