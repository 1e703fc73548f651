"""What makes up a figure: the positions and the episodes behind it, to the code; their count is the figure."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.alignment import CodeClass
from codewell.audits.models import Audit
from codewell.audits.profiles import Methodology
from codewell.audits.reads.audited import AUDITED, CODER_KEY, CODER_NAME, KEPT_BACK, refuse_kept_back
from codewell.audits.reads.one import the_audit
from codewell.audits.rules import ItemState
from codewell.audits.schemas.results import EpisodeFilter, PositionFilter, PositionListFilter
from codewell.audits.shown import ATTRIBUTION_LABELS, CLASS_LABELS, REASON_LABELS
from codewell.audits.tally import Attribution, Counting
from codewell.coding.reads import Titles, titles_for
from codewell.episodes import reference
from codewell.episodes.rules import CodesHidden
from codewell.identity.actor import Actor
from codewell.kit.paging import decode_cursor, encode_cursor, scope_of
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb
from codewell.trail import service as trail

_ITEM = f"""i.item_id, i.no as item_no, i.state, i.ended_on, i.episode_id, {CODER_KEY} as coder_key,
    {CODER_NAME} as coder_name, i.specialty_code, coalesce(i.auditor_id::text, 'unknown') as auditor_key,
    coalesce(i.auditor_name, 'Not known') as auditor_name, i.stratum"""

# The words of the tallies in SQL: what a position comes to, and whether it is an error that belongs where it stands.
# An unsafe episode that counts as an error stands here as the one position that it is counted as.
_FOUND: Final = f"""
select {_ITEM}, p.no, p.side, p.code_class, p.sub_class, p.trust_code, p.trust_on, p.auditor_code, p.auditor_on,
       p.moved, p.final_type, p.proposed_type, p.decision,
       case when p.attribution in ('coder', 'non_coder') then p.attribution else 'undetermined' end as attribution,
       p.non_coder_reason, p.standards, p.comment,
       case when p.final_type is null then case when p.trust_at is null then 'withdrawn' else 'agreed' end
            when p.trust_at is null then 'omitted' when p.auditor_at is null then 'not_required' else 'wrong'
       end as outcome,
       p.counted_elsewhere, p.external is not null as external,
       p.final_type is not null and p.final_type <> all(cast(:not_counted as text[])) and not p.counted_elsewhere
           as an_error
from audit_item i
join audit_position p on p.provider = i.provider and p.item_id = i.item_id
where i.provider = :provider and i.audit_id = :audit_id and i.second_of is null
  and i.state = any(cast(:audited as text[])) and not {KEPT_BACK.format("i")}
union all
select {_ITEM}, -1, 'diagnoses', 'primary_diagnosis', 'none', null, null, null, null, false, 'other', null, 'unsafe',
       'non_coder', null, '{{}}'::text[], coalesce(i.state_reason, ''), 'unsafe',
       false, false, true
from audit_item i
where i.provider = :provider and i.audit_id = :audit_id and i.second_of is null and i.state = 'unsafe' and :unsafe
  and not {KEPT_BACK.format("i")}
"""

_OUTCOMES: Final = {
    "trust": "outcome in ('agreed', 'wrong', 'not_required', 'unsafe')",
    "auditor": "outcome in ('agreed', 'wrong', 'omitted', 'unsafe')",
    "agreed": "outcome = 'agreed'",
    "wrong": "outcome in ('wrong', 'unsafe')",
    "omitted": "outcome = 'omitted'",
    "not_required": "outcome = 'not_required'",
    "discrepancy": "outcome in ('wrong', 'omitted', 'not_required', 'unsafe')",
}
_COUNTED: Final = "(an_error and (outcome = 'unsafe' or :non_coder_counts or attribution <> 'non_coder'))"
_EQUAL: Final = {
    "code_class": "code_class", "sub_class": "sub_class", "error_type": "final_type", "attribution": "attribution",
    "decision": "decision", "reason": "non_coder_reason", "coder": "coder_key", "auditor": "auditor_key",
}  # fmt: skip


def _counting(audit: Audit, f: PositionFilter) -> Counting:
    used = Methodology.model_validate(audit.methodology).counting
    others = used.non_coder_counts if f.non_coder_counts is None else f.non_coder_counts
    return Counting(used.not_counted, f.unsafe or used.unsafe, others)


def _values(actor: Actor, audit: Audit, counting: Counting) -> dict[str, Any]:
    return {
        "provider": actor.provider,
        "audit_id": audit.audit_id,
        "reader": actor.id,
        "audited": list(AUDITED),
        "not_counted": [e.value for e in counting.not_counted],
        "unsafe": counting.unsafe == "count_as_error",
    }


def _where(f: PositionFilter, counting: Counting) -> tuple[list[str], dict[str, Any]]:
    where, values = list[str](), dict[str, Any]()
    for name, column in _EQUAL.items():
        value = getattr(f, name)
        if value is not None:
            where.append(f"{column} = :{name}")
            values[name] = str(value)
    if f.decision is not None and f.decision != "agreed":
        # What was made of proposals: an external auditor's finding is none, and neither is what nobody proposed.
        where.append("proposed_type is not null and not external")
    if f.error_type is not None:
        # A code that counts elsewhere is no error of its own kind.
        where.append("not counted_elsewhere")
    _grouped_by(f, where, values)
    if f.standard is not None:
        where.append(":standard = any(standards)")
        values["standard"] = f.standard
    if f.outcome == "error":
        # Asked for by name, errors that are not the coder's are told even where they do not count.
        where.append("an_error" if f.attribution is not None else _COUNTED)
        if f.attribution is None:
            values["non_coder_counts"] = counting.non_coder_counts
    elif f.outcome is not None:
        where.append(_OUTCOMES[f.outcome])
    return where, values


def _grouped_by(f: PositionFilter | EpisodeFilter, where: list[str], values: dict[str, Any]) -> None:
    """Narrow to a specialty or stratum; "none" is what the figures call the lack of one."""
    if f.specialty is not None:
        where.append("coalesce(specialty_code, 'none') = :specialty")
        values["specialty"] = f.specialty
    if f.stratum is not None:
        where.append("coalesce(nullif(stratum, ''), 'none') = :stratum")
        values["stratum"] = f.stratum


@verb("audit:see", refuses=[NotFound])
async def list_result_positions(
    session: AsyncSession, actor: Actor, audit_id: UUID, f: PositionListFilter
) -> dict[str, Any]:
    """Return one page of the positions behind a figure, by episode and place."""
    audit = await the_audit(session, actor, audit_id)
    counting = _counting(audit, f)
    where, values = _where(f, counting)
    scope = scope_of("result_positions", actor.provider, audit_id, f.model_dump(exclude={"cursor", "limit"}))
    if f.cursor:
        values["last_item"], values["last_no"] = decode_cursor(f.cursor, scope)
        where.append("(item_no, no) > (:last_item, :last_no)")
    statement = text(f"""
    select *, {_COUNTED} as counted from ({_FOUND}) found where {" and ".join(where) or "true"}
    order by item_no, no limit :rows
    """)
    values |= _values(actor, audit, counting) | {"rows": f.limit + 1, "non_coder_counts": counting.non_coder_counts}
    rows = (await session.execute(statement, values)).all()
    more, rows = len(rows) > f.limit, rows[: f.limit]
    cursor = encode_cursor([rows[-1].item_no, rows[-1].no], scope) if more else None
    return {"items": await _positions_out(session, audit, rows), "next": cursor}


_LEFT_OUT = text(f"""
select count(*) from audit_item i
where i.provider = :provider and i.audit_id = :audit_id and i.second_of is null
  and (i.state = any(cast(:audited as text[])) or i.state = 'unsafe') and {KEPT_BACK.format("i")}
""")


@verb("audit:see", refuses=[NotFound])
async def count_result_positions(
    session: AsyncSession, actor: Actor, audit_id: UUID, f: PositionFilter
) -> dict[str, Any]:
    """Count the positions behind a figure: the figure itself, worked out from the very rows of its list."""
    audit = await the_audit(session, actor, audit_id)
    counting = _counting(audit, f)
    where, values = _where(f, counting)
    statement = text(f"""
    select count(*) as count, count(distinct item_id) as episodes from ({_FOUND}) found
    where {" and ".join(where) or "true"}
    """)
    row = (await session.execute(statement, values | _values(actor, audit, counting))).one()
    hidden = {"provider": actor.provider, "audit_id": audit_id, "reader": actor.id, "audited": list(AUDITED)}
    left_out = await session.scalar(_LEFT_OUT, hidden)
    return {"count": row.count, "episodes": row.episodes, "left_out": left_out or 0}


async def _positions_out(session: AsyncSession, audit: Audit, rows: Any) -> list[dict[str, Any]]:
    """Return rows of ``_FOUND`` as they go out, their codes with the titles of the day of each episode."""
    words = Methodology.model_validate(audit.methodology).key_words
    books: dict[Any, Titles] = {}
    for day in {r.ended_on for r in rows}:
        books[day] = await titles_for(session, day)
    return [_position_out(row, books[row.ended_on], words) for row in rows]


def _position_out(row: Row[Any], titles: Titles, words: Any) -> dict[str, Any]:
    system = "icd10" if row.side == "diagnoses" else "opcs4"

    def line(code: str | None, on: Any) -> dict[str, Any] | None:
        return None if code is None else titles.line(system, code, on)

    same = (
        "item_id", "item_no", "no", "ended_on", "side", "code_class", "sub_class", "outcome", "moved", "proposed_type",
        "decision", "attribution", "standards", "comment", "counted", "coder_name", "auditor_name",
    )  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "code_class_label": CLASS_LABELS[CodeClass(row.code_class)],
        "trust": line(row.trust_code, row.trust_on),
        "auditor": line(row.auditor_code, row.auditor_on),
        "error_type": row.final_type,
        "error_label": None if row.final_type is None else words.get(row.final_type, row.final_type),
        "attribution_label": ATTRIBUTION_LABELS[Attribution(row.attribution)],
        "reason": row.non_coder_reason and REASON_LABELS.get(row.non_coder_reason, row.non_coder_reason),
        "specialty": reference.specialty_name(row.specialty_code) or row.specialty_code,
    }


_EPISODES: Final = f"""
select found.*, g.hrg_before, g.hrg_after from (
    select {_ITEM}, coalesce(t.errors, 0) + case when i.state = 'unsafe' and :unsafe then 1 else 0 end as errors,
           coalesce(t.discrepancies, 0) as discrepancies
    from audit_item i
    left join lateral (
        select count(*) filter (
                   where p.final_type <> all(cast(:not_counted as text[])) and not p.counted_elsewhere
                     and (:non_coder_counts or p.attribution <> 'non_coder')) as errors,
               count(*) as discrepancies
        from audit_position p
        where p.provider = i.provider and p.item_id = i.item_id and p.final_type is not null and i.state <> 'unsafe'
    ) t on true
    where i.provider = :provider and i.audit_id = :audit_id and i.second_of is null
      and (i.state = any(cast(:audited as text[])) or i.state = 'unsafe') and not {KEPT_BACK.format("i")}
) found
left join audit_grouping g on g.provider = :provider and g.item_id = found.item_id
"""


@verb("audit:see", refuses=[NotFound])
async def list_result_episodes(session: AsyncSession, actor: Actor, audit_id: UUID, f: EpisodeFilter) -> dict[str, Any]:
    """Return one page of the audited episodes, each with what it counts; by number."""
    audit = await the_audit(session, actor, audit_id)
    counting = Methodology.model_validate(audit.methodology).counting
    where, values = list[str](), _values(actor, audit, counting)
    if f.unsafe is not None:
        where.append(f"state {'=' if f.unsafe else '<>'} 'unsafe'")
    if f.correct is not None:
        where.append(f"errors {'=' if f.correct else '>'} 0" + ("" if values["unsafe"] else " and state <> 'unsafe'"))
    if f.hrg_changed is not None:
        where.append(f"hrg_before {'<>' if f.hrg_changed else '='} hrg_after and state <> 'unsafe'")
    for name in ("coder", "auditor"):
        if getattr(f, name) is not None:
            where.append(f"{name}_key = :{name}")
            values[name] = getattr(f, name)
    _grouped_by(f, where, values)
    scope = scope_of("result_episodes", actor.provider, audit_id, f.model_dump(exclude={"cursor", "limit"}))
    if f.cursor:
        (values["last"],) = decode_cursor(f.cursor, scope)
        where.append("item_no > :last")
    statement = text(f"""
    select * from ({_EPISODES}) episode where {" and ".join(where) or "true"} order by item_no limit :rows
    """)
    values |= {"rows": f.limit + 1, "non_coder_counts": counting.non_coder_counts}
    rows = (await session.execute(statement, values)).all()
    more, rows = len(rows) > f.limit, rows[: f.limit]
    cursor = encode_cursor([rows[-1].item_no], scope) if more else None
    return {"items": [_episode_out(r) for r in rows], "next": cursor}


def _episode_out(row: Row[Any]) -> dict[str, Any]:
    same = (
        "item_id", "state", "ended_on", "coder_name", "auditor_name", "stratum", "errors", "discrepancies",
        "hrg_before", "hrg_after",
    )  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "no": row.item_no,
        "specialty": reference.specialty_name(row.specialty_code) or row.specialty_code,
    }


_COMPARED = text(f"""
select {_ITEM}, i.audit_id, i.state_reason, i.comment, g.hrg_before, g.hrg_after, g.pounds_before, g.pounds_after,
       (select s.patient_id from episode e join spell s on s.provider = e.provider and s.spell_number = e.spell_number
        where e.provider = i.provider and e.episode_id = i.episode_id and e.ended_on = i.ended_on limit 1) as patient_id
from audit_item i
left join audit_grouping g on g.provider = i.provider and g.item_id = i.item_id
where i.provider = :provider and i.audit_id = :audit_id and i.item_id = :item_id and i.second_of is null
  and (i.state = any(cast(:audited as text[])) or i.state = 'unsafe')
""")


@verb("audit:see", leaves="audit_item:seen", refuses=[NotFound, CodesHidden])
async def see_compared_episode(session: AsyncSession, actor: Actor, audit_id: UUID, item_id: UUID) -> dict[str, Any]:
    """Return both lists of an audited episode position by position, and leave a line that the caller has seen them."""
    audit = await the_audit(session, actor, audit_id)
    counting = Methodology.model_validate(audit.methodology).counting
    values = _values(actor, audit, counting)
    named = {k: values[k] for k in ("provider", "audit_id", "audited")}
    row = (await session.execute(_COMPARED, {**named, "item_id": item_id})).one_or_none()
    if row is None:
        raise NotFound()
    await refuse_kept_back(session, actor, item_id)
    statement = text(f"""
    select *, {_COUNTED} as counted from ({_FOUND}) found where item_id = :item_id order by item_no, no
    """)
    values |= {"item_id": item_id, "non_coder_counts": counting.non_coder_counts, "unsafe": False}
    rows = (await session.execute(statement, values)).all()
    await trail.record(
        session, actor, "audit_item:seen", "audit_item", item_id, patient_id=row.patient_id, audit_id=str(audit_id)
    )
    same = (
        "item_id",
        "audit_id",
        "state",
        "ended_on",
        "coder_name",
        "auditor_name",
        "comment",
        "hrg_before",
        "hrg_after",
    )
    unsafe = row.state == ItemState.unsafe
    return {name: getattr(row, name) for name in same} | {
        "no": row.item_no,
        "specialty": reference.specialty_name(row.specialty_code) or row.specialty_code,
        "unsafe_reason": (row.state_reason or "") if unsafe else None,
        "pounds_before": None if row.pounds_before is None else f"{row.pounds_before:.2f}",
        "pounds_after": None if row.pounds_after is None else f"{row.pounds_after:.2f}",
        "positions": await _positions_out(session, audit, rows),
    }
