"""Auditors' logbooks: the audits they worked in, read from the audits themselves, and the CPD they keep."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.rules import KIND_LABELS, QUALIFICATION_LABELS, AuditKind, QualificationKind
from codewell.identity.actor import Actor
from codewell.identity.reads import one_person
from codewell.kit import clock
from codewell.kit.cells import safe_cell
from codewell.kit.paging import decode_cursor, encode_cursor, scope_of
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb
from codewell.training.rules import CPD_LABELS, CpdKind, hours
from codewell.training.schemas import LogbookList, LogbookYear

# The day an auditor worked on an episode is the day their codes were saved, or the outcome was given.
_DAY = "(coalesce(i.codes_saved_at, i.decided_at, i.settled_at) at time zone 'Europe/London')::date"
_WORKED = f"""
i.provider = :provider and i.auditor_id is not null and i.state in ('decided', 'with_coder', 'settled', 'unsafe')
and {_DAY} is not null
"""
# In an external audit, what was worked on are the episodes whose findings one answered.
_WORK = f"""(
    select i.auditor_id as person_id, i.provider, i.audit_id, i.item_id, {_DAY} as day, i.minutes,
        i.second_of is not null as second, i.state = 'unsafe' as unsafe
    from audit_item i where {_WORKED}
    union all
    select r.by_id, i.provider, i.audit_id, i.item_id, min((r.at at time zone 'Europe/London')::date), null,
        false, false
    from audit_reply r
    join audit_item i on i.provider = r.provider and i.item_id = r.item_id
    join audit a on a.provider = i.provider and a.audit_id = i.audit_id and a.kind = 'external'
    where r.provider = :provider and r.part = 'auditor'
    group by r.by_id, i.provider, i.audit_id, i.item_id
) w"""
_AUDITS = text(f"""
select a.audit_id, a.reference, a.title, a.kind, a.mode, a.state, coalesce(m.part, 'auditor') as role,
       min(w.day) as first_on, max(w.day) as last_on, count(*) as episodes,
       count(*) filter (where w.second) as second_audits, count(*) filter (where w.unsafe) as unsafe,
       coalesce(sum(w.minutes), 0) as minutes, count(w.minutes) as timed
from {_WORK}
join audit a on a.provider = w.provider and a.audit_id = w.audit_id
left join audit_member m on m.provider = w.provider and m.audit_id = w.audit_id and m.person_id = w.person_id
where w.person_id = :person and w.day between :first and :last
group by a.provider, a.audit_id, m.part order by min(w.day), a.reference
""")
_CPD = text("""
select * from cpd_entry where provider = :provider and person_id = :person and done_on between :first and :last
order by done_on, cpd_entry_id
""")
_FIRST = text(f"""
select least(
    (select min(w.day) from {_WORK} where w.person_id = :person),
    (select min(done_on) from cpd_entry where provider = :provider and person_id = :person)
)
""")
_QUALIFICATIONS = text("""
select kind, number, awarded_on, expires_on from auditor_qualification
where provider = :provider and person_id = :person and withdrawn_at is null order by awarded_on
""")


def days_of(year: str | None) -> tuple[str, dt.date, dt.date]:
    """Return a financial year, the present one without a name, with its first and last day."""
    year = year or clock.financial_year(clock.today())
    first = dt.date(int(year[:4]), 4, 1)
    if clock.financial_year(first) != year:
        raise NotFound("There is no such financial year.")
    return year, first, clock.add_months(first, 12) - dt.timedelta(1)


async def _logbook(session: AsyncSession, actor: Actor, person_id: UUID, f: LogbookYear) -> dict[str, Any]:
    year, first, last = days_of(f.year)
    name = actor.name if person_id == actor.id else (await one_person(session, actor, person_id)).name
    values = {"provider": actor.provider, "person": person_id, "first": first, "last": last}
    audits = [
        {**r, "kind_label": KIND_LABELS[AuditKind(r["kind"])]}
        for r in (await session.execute(_AUDITS, values)).mappings()
    ]
    cpd = [
        {**{k: r[k] for k in ("cpd_entry_id", "kind", "done_on", "minutes", "title", "note", "version")},
         "kind_label": CPD_LABELS[CpdKind(r["kind"])]}
        for r in (await session.execute(_CPD, values)).mappings()
    ]  # fmt: skip
    qualifications = [dict(r) for r in (await session.execute(_QUALIFICATIONS, values)).mappings()]
    began = await session.scalar(_FIRST, values) or clock.today()
    now = days_of(None)[1].year
    starts = range(min(days_of(clock.financial_year(began))[1].year, now, first.year), max(now, first.year) + 1)
    by_kind = dict.fromkeys(CpdKind, 0)
    for entry in cpd:
        by_kind[CpdKind(entry["kind"])] += entry["minutes"]
    return {
        "person_id": person_id,
        "name": name,
        "year": year,
        "years": [clock.financial_year(dt.date(y, 4, 1)) for y in reversed(starts)],
        "totals": {
            "year": year,
            "audits": len(audits),
            "episodes": sum(a["episodes"] for a in audits),
            "minutes": sum(a["minutes"] for a in audits),
            "cpd_entries": len(cpd),
            "cpd_minutes": sum(by_kind.values()),
            "cpd_by_kind": by_kind,
        },
        "audits": audits,
        "cpd": cpd,
        "qualifications": qualifications,
        "mine": person_id == actor.id,
    }


@verb("logbook:keep", refuses=[NotFound])
async def see_my_logbook(session: AsyncSession, actor: Actor, f: LogbookYear) -> dict[str, Any]:
    """Return the caller's own logbook of a financial year."""
    return await _logbook(session, actor, actor.id, f)


@verb("logbook:see", refuses=[NotFound])
async def see_logbook(session: AsyncSession, actor: Actor, person_id: UUID, f: LogbookYear) -> dict[str, Any]:
    """Return somebody's logbook of a financial year."""
    return await _logbook(session, actor, person_id, f)


def as_csv(book: dict[str, Any]) -> str:
    """Return a logbook as the approved-auditor programme can take it: audits and CPD as rows, hours as h:mm.

    A cell that a spreadsheet would take for a formula is made text.
    """
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")

    def row(*cells: object) -> None:
        write.writerow([safe_cell(c) for c in cells])

    row("Auditor", book["name"])
    row("Financial year", book["year"])
    for q in book["qualifications"]:
        row(
            "Qualification",
            QUALIFICATION_LABELS[QualificationKind(q["kind"])],
            q["number"],
            "awarded",
            q["awarded_on"],
            "expires",
            q["expires_on"],
        )
    row()
    row("Entry", "From", "To", "Reference", "Title", "Kind", "Role", "Episodes", "Second audits", "Hours", "Note")
    for a in book["audits"]:
        note = "" if a["timed"] == a["episodes"] else f"time known of {a['timed']} episodes"
        row(
            "Audit", a["first_on"], a["last_on"], a["reference"], a["title"], a["kind_label"], a["role"],
            a["episodes"], a["second_audits"], hours(a["minutes"]), note,
        )  # fmt: skip
    for c in book["cpd"]:
        row(
            "CPD",
            c["done_on"],
            c["done_on"],
            "",
            c["title"],
            c["kind_label"],
            "",
            "",
            "",
            hours(c["minutes"]),
            c["note"],
        )
    totals = book["totals"]
    row()
    row("Total audits", totals["audits"])
    row("Total episodes", totals["episodes"])
    row("Total audit hours", hours(totals["minutes"]))
    row("Total CPD hours", hours(totals["cpd_minutes"]))
    return "\ufeff" + out.getvalue()


@verb("logbook:see", refuses=[NotFound])
async def export_logbook(session: AsyncSession, actor: Actor, person_id: UUID, f: LogbookYear) -> str:
    """Return somebody's logbook as CSV."""
    return as_csv(await _logbook(session, actor, person_id, f))


@verb("logbook:keep", refuses=[NotFound])
async def export_my_logbook(session: AsyncSession, actor: Actor, f: LogbookYear) -> str:
    """Return the caller's own logbook as CSV."""
    return as_csv(await _logbook(session, actor, actor.id, f))


_LIST = text(f"""
with worked as (
    select w.person_id, count(distinct w.audit_id) as audits, count(*) as episodes,
           coalesce(sum(w.minutes), 0) as minutes
    from {_WORK} where w.day between :first and :last group by 1
), kept as (
    select person_id, sum(minutes) as cpd from cpd_entry
    where provider = :provider and done_on between :first and :last group by 1
)
select p.person_id, p.name, coalesce(w.audits, 0) as audits, coalesce(w.episodes, 0) as episodes,
       coalesce(w.minutes, 0) as minutes, coalesce(k.cpd, 0) as cpd_minutes
from person p left join worked w using (person_id) left join kept k using (person_id)
where p.provider = :provider
  and (w.person_id is not null or k.person_id is not null or (p.active and p.roles && array['auditor', 'trainer']))
  and (cast(:name as text) is null or (p.name, p.person_id) > (:name, :person))
order by p.name, p.person_id limit :rows
""")


@verb("logbook:see", refuses=[NotFound])
async def list_logbooks(session: AsyncSession, actor: Actor, f: LogbookList) -> dict[str, Any]:
    """Return one page of the auditors with their year in numbers."""
    year, first, last = days_of(f.year)
    scope = scope_of("logbooks", actor.provider, year)
    name, person = decode_cursor(f.cursor, scope) if f.cursor else (None, None)
    rows = (
        await session.execute(
            _LIST,
            {
                "provider": actor.provider, "first": first, "last": last, "rows": f.limit + 1, "name": name,
                "person": None if person is None else UUID(person),
            },
        )
    ).all()  # fmt: skip
    page = rows[: f.limit]
    more = encode_cursor([page[-1].name, str(page[-1].person_id)], scope) if len(rows) > f.limit else None
    return {"items": [dict(r._mapping) for r in page], "next": more}
