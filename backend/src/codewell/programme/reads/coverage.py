"""Which coders and specialties a year's audits cover, and which they leave out."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.rules import KIND_LABELS, AuditKind
from codewell.episodes.reference import specialty_name
from codewell.identity.actor import Actor
from codewell.identity.reads import bears
from codewell.kit.paging import decode_cursor, encode_cursor, scope_of
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb
from codewell.programme import rules
from codewell.programme.reads.plans import AUDITED, the_programme
from codewell.programme.schemas.coverage import CoverageFilter

_CODED = """
provider = :provider and ended_on between :first and :last and not deleted
and coding_state in ('coded', 'changed_after_coding')
"""
# Counted first and named after: a year has a few hundred thousand episodes and a few dozen coders.
_BEARER = "(select r.person_id::text from person r where r.provider = :provider and {bears})"
_EPISODE_CODER = (
    f"coalesce(e.coder_id::text, {_BEARER.format(bears=bears('r', 'e.coder_ref'))}, 'ref:' || upper(trim(e.coder_ref)))"
)
_BY_CODER = f"""
select {_EPISODE_CODER} as key, sum(e.episodes) as episodes
from (select coder_id, coder_ref, count(*) as episodes from episode where {_CODED} group by 1, 2) e
group by 1
"""
_BY_SPECIALTY = f"""
select main_specialty_code as key, count(*) as episodes from episode
where {_CODED} and main_specialty_code is not null group by 1
"""
# A day counts in London: what was audited late on 31 March is of the old year.
_AUDITED = f"""
select {{key}} as key,
       count(*) filter (where (i.day at time zone 'Europe/London')::date between :first and :last) as audited,
       max((i.day at time zone 'Europe/London')::date)
           filter (where (i.day at time zone 'Europe/London')::date <= :last) as last_on
from (
    select i.*, coalesce(i.decided_at, i.settled_at, i.codes_saved_at, a.drawn_at, a.created_at) as day
    from audit_item i join audit a on a.provider = i.provider and a.audit_id = i.audit_id
    where i.provider = :provider and {AUDITED} and a.state <> 'abandoned'
) i group by 1
"""
_REF = "nullif(trim(i.frozen ->> 'coder_ref'), '')"
_ITEM_CODER = f"coalesce(i.coder_id::text, {_BEARER.format(bears=bears('r', _REF))}, 'ref:' || upper({_REF}))"
_PLANNED = text("""
select title, kind, specialties, coder_ids from planned_audit
where provider = :provider and programme_id = :programme and dropped_at is null order by month_from, planned_audit_id
""")
_RECURRING = text("""
select title, template from recurring_draw
where provider = :provider and stopped_at is null and starts_on <= :last and coalesce(ends_on, :last) >= :first
order by starts_on, recurring_draw_id
""")
_CODERS = text("""
select person_id, name, active and roles && array['coder', 'trainee'] as codes, active
from person where provider = :provider
""")
_AUDITED_WHOLE = text(f"""
select count(*) from audit_item i join audit a on a.provider = i.provider and a.audit_id = i.audit_id
where i.provider = :provider and {AUDITED} and a.state <> 'abandoned'
  and (coalesce(i.decided_at, i.settled_at, i.codes_saved_at, a.drawn_at, a.created_at)
       at time zone 'Europe/London')::date between :first and :last
""")


async def _planned(session: AsyncSession, actor: Actor, programme_id: UUID, values: dict[str, Any]) -> dict[str, Any]:
    """Return which plans mean which coders and specialties; a plan that names neither means nobody in particular.

    A recurring draw per coder that names no coders means every coder.
    """
    coders: dict[str, list[str]] = {}
    specialties: dict[str, list[str]] = {}
    everybody: list[str] = []
    for row in await session.execute(_PLANNED, {"provider": actor.provider, "programme": programme_id}):
        label = row.title or KIND_LABELS[AuditKind(row.kind)]
        for coder in row.coder_ids:
            coders.setdefault(str(coder), []).append(label)
        for code in row.specialties:
            specialties.setdefault(code, []).append(label)
    for row in await session.execute(_RECURRING, values):
        wanted = row.template["coder_ids"]
        for coder in wanted:
            coders.setdefault(str(coder), []).append(row.title)
        for code in row.template["specialties"]:
            specialties.setdefault(code, []).append(row.title)
        if row.template["per"] == "coder" and not wanted and not row.template["specialties"]:
            everybody.append(row.title)
    return {"coders": coders, "specialties": specialties, "everybody": everybody}


async def _counted(
    session: AsyncSession, values: dict[str, Any], episodes: str, item_key: str
) -> dict[str | None, list[Any]]:
    """Return episodes, audited and the last day by key; under None, what has none."""
    counts: dict[str | None, list[Any]] = {}
    for row in await session.execute(text(episodes), values):
        counts[row.key] = [int(row.episodes), 0, None]
    for row in await session.execute(text(_AUDITED.format(key=item_key)), values):
        counts.setdefault(row.key, [0, 0, None])[1:] = [row.audited, row.last_on]
    return counts


def _line(
    key: str, name: str, here: bool, counts: list[Any], planned: list[str], *, reference: bool = False
) -> dict[str, Any]:
    episodes, audited, last_on = counts
    return {
        "key": key,
        "name": name,
        "reference": reference,
        "here": here,
        "episodes": episodes,
        "audited": audited,
        "last_audited_on": last_on,
        "planned": planned,
        "coverage": rules.coverage(episodes, audited, len(planned)),
    }


async def _year(session: AsyncSession, actor: Actor, programme_id: UUID) -> dict[str, Any]:
    year = (await the_programme(session, actor, programme_id)).financial_year
    first, last = rules.first_of_year(year), rules.last_of_year(year)
    return {"provider": actor.provider, "first": first, "last": last}


async def _coders(session: AsyncSession, actor: Actor, programme_id: UUID) -> tuple[list[dict[str, Any]], int]:
    """Return a line for each coder, and of how many episodes nobody says who coded them.

    Those whom only a reference of the sender's names, and who are nobody here, have lines of their own.
    """
    values = await _year(session, actor, programme_id)
    counts = await _counted(session, values, _BY_CODER, _ITEM_CODER)
    nobody = counts.pop(None, [0, 0, None])
    planned = await _planned(session, actor, programme_id, values)
    people = {str(r.person_id): r for r in await session.execute(_CODERS, {"provider": actor.provider})}
    wanted = {k for k in counts if k} | planned["coders"].keys() | {p for p, r in people.items() if r.codes}
    lines = []
    for coder in wanted:
        person = people.get(coder)
        titles = planned["coders"].get(coder, []) + (planned["everybody"] if person and person.active else [])
        name = person.name if person else coder.removeprefix("ref:")
        here, counted = bool(person and person.active), counts.get(coder, [0, 0, None])
        lines.append(_line(coder, name, here, counted, titles, reference=coder.startswith("ref:")))
    return lines, nobody[0]


async def _specialties(session: AsyncSession, actor: Actor, programme_id: UUID) -> list[dict[str, Any]]:
    values = await _year(session, actor, programme_id)
    counts = await _counted(session, values, _BY_SPECIALTY, "i.specialty_code")
    planned = (await _planned(session, actor, programme_id, values))["specialties"]
    return [
        _line(code, specialty_name(code) or code, True, counts.get(code, [0, 0, None]), planned.get(code, []))
        for code in {c for c in counts if c} | planned.keys()
    ]


_RANK = {c: n for n, c in enumerate((rules.Coverage.gap, rules.Coverage.planned, rules.Coverage.audited))}


def _place(line: dict[str, Any]) -> list[Any]:
    return [line["reference"], _RANK.get(line["coverage"], 9), -line["episodes"], line["name"], line["key"]]


def _page(lines: list[dict[str, Any]], f: CoverageFilter, scope: str) -> dict[str, Any]:
    lines = [line for line in lines if f.only is None or line["coverage"] is f.only]
    lines.sort(key=_place)
    if f.cursor:
        after = decode_cursor(f.cursor, scope)
        lines = [line for line in lines if _place(line) > after]
    page = lines[: f.limit]
    return {"items": page, "next": encode_cursor(_place(page[-1]), scope) if len(lines) > f.limit else None}


@verb("programme:see", refuses=[NotFound])
async def list_coder_coverage(
    session: AsyncSession, actor: Actor, programme_id: UUID, f: CoverageFilter
) -> dict[str, Any]:
    """Return every coder with episodes in the year, what of them was audited, and what is planned; gaps first.

    After the people come the references of nobody here, under which the PAS or an encoder sent codes.
    """
    scope = scope_of("coder_coverage", actor.provider, programme_id, f.only)
    return _page((await _coders(session, actor, programme_id))[0], f, scope)


@verb("programme:see", refuses=[NotFound])
async def list_specialty_coverage(
    session: AsyncSession, actor: Actor, programme_id: UUID, f: CoverageFilter
) -> dict[str, Any]:
    """Return every specialty with episodes in the year, what of them was audited, and what is planned; gaps first."""
    scope = scope_of("specialty_coverage", actor.provider, programme_id, f.only)
    return _page(await _specialties(session, actor, programme_id), f, scope)


@verb("programme:see", refuses=[NotFound])
async def count_coverage(session: AsyncSession, actor: Actor, programme_id: UUID) -> dict[str, Any]:
    """Count a year's coders and specialties by whether they are audited, planned or a gap."""
    coders, unknown = await _coders(session, actor, programme_id)
    specialties = await _specialties(session, actor, programme_id)
    values = await _year(session, actor, programme_id)
    people, references = ([line for line in coders if line["reference"] is r] for r in (False, True))
    by = [Counter(line["coverage"] for line in lines) for lines in (people, references, specialties)]
    return {
        "coders": {c: by[0][c] for c in rules.Coverage},
        "references": {c: by[1][c] for c in rules.Coverage},
        "specialties": {c: by[2][c] for c in rules.Coverage},
        "episodes": sum(line["episodes"] for line in coders) + unknown,
        "audited": await session.scalar(_AUDITED_WHOLE, values),
        "coder_unknown": unknown,
    }
