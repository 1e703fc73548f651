"""Episodes and patients as one caller may see them, and the deadlines."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.codesets import reads as codesets
from codewell.codesets.book import Books, CodeBook
from codewell.codesets.rules import render
from codewell.episodes import reference
from codewell.episodes.rules import CodesHidden, local_id_typed, nhs_digits
from codewell.episodes.schemas import EpisodeFilter
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.paging import decode_cursor, encode_cursor, scope_of
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb

# Every read of episodes starts here: one Trust's, with spell and patient; tombstones are left to their history.
VISIBLE = """
select e.*, k.deleted as withdrawn, s.patient_id, s.admitted_on, s.admission_method, s.admission_source,
    s.patient_class, s.discharge_method, s.discharge_destination, s.discharged_on as spell_discharged_on,
    p.sex, p.birth_on, p.local_patient_id, p.nhs_number, p.nhs_number_status
from episode_key k
join episode e on e.provider = k.provider and e.ended_on = k.ended_on and e.episode_id = k.episode_id
join spell s on s.provider = k.provider and s.spell_number = k.spell_number
join patient p on p.provider = s.provider and p.patient_id = s.patient_id
where k.provider = :provider
"""


def age_on(birth_on: dt.date | None, day: dt.date) -> int | None:
    """Return whole years of age on a day."""
    if birth_on is None:
        return None
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def mask(identifier: str | None) -> str:
    """Return an identifier with all but its last four characters hidden, a short one whole; nothing for nothing."""
    if not identifier:
        return ""
    return "••••" + (identifier[-4:] if len(identifier) > 6 else "")


def named(kind: str, code: str | None) -> dict[str, Any] | None:
    """Return a code with its words, or None when there is no code."""
    return None if not code else {"code": code, "name": reference.text_of(kind, code)}


_ONE = text(f"""
select v.*, (select count(*) from episode_key o
    where o.provider = v.provider and o.spell_number = v.spell_number and not o.deleted) as episodes_in_spell
from ({VISIBLE} and k.episode_id = :episode_id) v
""")


async def one_episode(session: AsyncSession, actor: Actor, episode_id: UUID, *, lock: bool = False) -> Row[Any]:
    """Return an episode of the caller's Trust with its spell and patient; NotFound otherwise.

    ``lock`` holds its key until the end of the transaction: intake and other submissions wait.
    """
    values = {"provider": actor.provider, "episode_id": episode_id}
    if lock:
        await session.execute(
            text("select 1 from episode_key where provider = :provider and episode_id = :episode_id for update"), values
        )
    row = (await session.execute(_ONE, values)).one_or_none()
    if row is None:
        raise NotFound("There is no such episode here.")
    return row


# Whether the reader codes an episode blind for an audit, and so may not see its codes nor who coded it.
HIDDEN = """exists (select from episode_blind b where b.provider = {0}.provider and b.person_id = :reader
    and b.episode_id = {0}.episode_id)"""
_HIDDEN = text("""
select distinct episode_id from episode_blind
where provider = :provider and person_id = :reader and episode_id = any(cast(:episodes as uuid[]))
""")


async def hidden_from(session: AsyncSession, actor: Actor, episodes: Collection[UUID]) -> frozenset[UUID]:
    """Return which of these episodes have their codes hidden from the caller."""
    values = {"provider": actor.provider, "reader": actor.id, "episodes": list(episodes)}
    return frozenset((await session.execute(_HIDDEN, values)).scalars())


async def refuse_hidden(session: AsyncSession, actor: Actor, episode_id: UUID) -> None:
    """Refuse CodesHidden where the caller codes the episode blind for an audit and has not saved their codes yet."""
    if await hidden_from(session, actor, [episode_id]):
        raise CodesHidden()


def episode_out(row: Row[Any]) -> dict[str, Any]:
    """Return the wire shape of one row of ``VISIBLE``."""
    same = (
        "episode_id", "provider", "spell_number", "episode_number", "last_episode", "patient_id", "sex", "started_on",
        "ended_on", "admitted_on", "admission_method", "admission_source", "patient_class", "discharge_method",
        "discharge_destination", "consultant_code", "main_specialty_code", "treatment_function_code", "site_code",
        "ward_code", "diagnoses", "procedures", "procedure_dates", "coding_state", "coding_version", "coding_source",
        "coded_at",
    )  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "age": age_on(row.birth_on, row.started_on),
        "discharged_on": row.spell_discharged_on,
        "deleted": row.withdrawn,
    }


_LIST = f"""
select {HIDDEN.format("e")} as hidden,
    e.episode_id, e.episode_number, e.started_on, e.ended_on, e.discharged_on, e.main_specialty_code,
    e.coding_state, e.coding_version, e.coding_source, e.coded_at, e.coder_ref, e.diagnoses[1] as first,
    e.n_diagnoses, e.n_procedures, p.sex, p.birth_on, c.name as coder_name
from (
    select * from episode e where e.provider = :provider and not e.deleted {{where}}
    order by e.ended_on {{direction}}, e.episode_id {{direction}} limit :rows
) e
join spell s on s.provider = :provider and s.spell_number = e.spell_number
join patient p on p.provider = :provider and p.patient_id = s.patient_id
left join person c on c.provider = :provider and c.person_id = e.coder_id
order by e.ended_on {{direction}}, e.episode_id {{direction}}
"""


@verb("episode:list")
async def list_episodes(session: AsyncSession, actor: Actor, f: EpisodeFilter) -> dict[str, Any]:
    """Return one page of the Trust's episodes by their end, and the cursor of the next."""
    where: list[str] = []
    values: dict[str, Any] = {"provider": actor.provider, "rows": f.limit + 1, "reader": actor.id}
    if f.coding_state:
        # Saying it twice lets the planner use the partial index of open episodes.
        where.append(
            "e.coding_state = :state" + (" and e.coding_state <> 'coded'" if f.coding_state != "coded" else "")
        )
        values["state"] = f.coding_state.value
    if f.month:
        first = dt.date.fromisoformat(f.month + "-01")
        where.append("e.ended_on >= :first and e.ended_on < :after")
        values |= {"first": first, "after": clock.add_months(first, 1)}
    if f.specialty:
        where.append("e.main_specialty_code = :specialty")
        values["specialty"] = f.specialty
    if f.coder_id:
        # That an episode stands in a coder's list would say who coded it.
        where.append(f"e.coder_id = :coder_id and not {HIDDEN.format('e')}")
        values["coder_id"] = f.coder_id
    scope = scope_of("episodes", actor.provider, f.model_dump(mode="json", exclude={"cursor", "limit"}))
    direction, sign = ("desc", "<") if f.sort == "newest" else ("asc", ">")
    start = clock.today() if f.sort == "newest" else None
    if f.cursor:
        last, episode_id = decode_cursor(f.cursor, scope)
        # The plain bound on ended_on is what lets whole partitions be skipped.
        where.append(f"(e.ended_on, e.episode_id) {sign} (:last, :last_id) and e.ended_on {sign}= :last")
        start = dt.date.fromisoformat(last)
        values |= {"last": start, "last_id": UUID(episode_id)}
    rows: Sequence[Row[Any]] = []
    for bound in [*(_nearby(start, sign) if start and not f.month else ()), None]:
        near = [] if bound is None else [f"e.ended_on {'>=' if sign == '<' else '<='} :bound"]
        statement = _LIST.format(where="".join(f" and {w}" for w in [*where, *near]), direction=direction)
        rows = (await session.execute(text(statement), values | ({"bound": bound} if bound else {}))).all()
        if len(rows) > f.limit:
            break
    more, rows = len(rows) > f.limit, rows[: f.limit]
    cursor = encode_cursor([rows[-1].ended_on, str(rows[-1].episode_id)], scope) if more else None
    return {"items": [_row_out(r) for r in rows], "next": cursor}


def _nearby(start: dt.date, sign: str) -> tuple[dt.date, dt.date]:
    """Return how far to look first: a page is mostly found within two months, and seldom not within thirteen.

    Without a bound each of some 150 monthly partitions is planned for, which takes longer than reading the page.
    """
    ahead = 1 if sign == ">" else -1
    return clock.add_months(start, 2 * ahead), clock.add_months(start, 13 * ahead)


_OF_SPELL_NUMBER = text(f"{VISIBLE} and k.spell_number = any(cast(:numbers as text[])) and not k.deleted\n"
    "order by k.spell_number, k.episode_number limit 200")  # fmt: skip


async def episodes_of_spell(session: AsyncSession, actor: Actor, spell_number: str) -> Sequence[Row[Any]]:
    """Return the Trust's episodes of a spell in their order; a number typed in small letters is understood."""
    numbers = [spell_number, spell_number.upper()]
    return (await session.execute(_OF_SPELL_NUMBER, {"provider": actor.provider, "numbers": numbers})).all()


def found_out(row: Row[Any]) -> dict[str, Any]:
    """Return the wire shape of an episode found: enough to tell it from its neighbours, and none of its codes."""
    same = ("episode_id", "spell_number", "episode_number", "sex", "started_on", "ended_on", "coding_state")
    return {name: getattr(row, name) for name in same} | {
        "age": age_on(row.birth_on, row.started_on),
        "specialty": named("main_specialty", row.main_specialty_code),
    }


def _row_out(row: Row[Any]) -> dict[str, Any]:
    same = (
        "episode_id", "episode_number", "sex", "started_on", "ended_on", "discharged_on", "coding_state",
        "coding_version", "coding_source", "coded_at", "n_diagnoses", "n_procedures", "hidden",
    )  # fmt: skip
    out = {name: getattr(row, name) for name in same} | {
        "age": age_on(row.birth_on, row.started_on),
        "specialty": named("main_specialty", row.main_specialty_code),
        "coder": row.coder_name or row.coder_ref,
        "primary": row.first,
    }
    return out | dict.fromkeys(_OF_CODING) if row.hidden else out


_OF_CODING = ("coding_source", "coded_at", "n_diagnoses", "n_procedures", "coder", "primary")
"""What of a listed episode is hidden from somebody who codes it blind."""


_PATIENT = "select * from patient p where p.provider = :provider"


async def one_patient(session: AsyncSession, actor: Actor, patient_id: UUID) -> Row[Any]:
    """Return a patient of the caller's Trust; NotFound otherwise."""
    row = (
        await session.execute(
            text(_PATIENT + " and p.patient_id = :patient_id"), {"provider": actor.provider, "patient_id": patient_id}
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such patient here.")
    return row


_FOUND = """
select p.*, (select count(*) from spell s where s.provider = p.provider and s.patient_id = p.patient_id) as spells,
    (select max(k.ended_on) from spell s join episode_key k using (provider, spell_number)
     where s.provider = p.provider and s.patient_id = p.patient_id and not k.deleted) as last_ended_on
from patient p where p.provider = :provider and {found} order by p.patient_id limit 50
"""


# Neither blanks nor small letters tell one local id from another for whoever looks for it. Ids that are as they are
# looked for are found by their key, the rest by an index of those alone.
_AS_TYPED = "upper(replace(p.local_patient_id, ' ', ''))"
_LOCAL_ID = f"(p.local_patient_id = {{value}} or p.local_patient_id <> {_AS_TYPED} and {_AS_TYPED} = {{value}})"
_FOUND_BY = {"nhs_number": "p.nhs_number = :value", "local_patient_id": _LOCAL_ID.format(value=":value")}


async def find_patients(session: AsyncSession, actor: Actor, by: str, value: str) -> list[dict[str, Any]]:
    """Return the Trust's patients with this identifier, masked; a local id as ``local_id_typed`` returns it."""
    statement = text(_FOUND.format(found=_FOUND_BY[by]))
    rows = await session.execute(statement, {"provider": actor.provider, "value": value})
    return [
        {
            "patient_id": r.patient_id,
            "sex": r.sex,
            "age": age_on(r.birth_on, clock.today()),
            "masked_local_id": mask(r.local_patient_id),
            "masked_nhs_number": mask(r.nhs_number) or None,
            "spells": r.spells,
            "last_ended_on": r.last_ended_on,
        }
        for r in rows
    ]


_SPELLS = text(VISIBLE + " and s.patient_id = :patient_id and not k.deleted order by e.ended_on desc limit 400")


async def spells_of(session: AsyncSession, actor: Actor, patient_id: UUID) -> list[dict[str, Any]]:
    """Return a patient's spells, newest first, each with its episodes in order."""
    rows = (await session.execute(_SPELLS, {"provider": actor.provider, "patient_id": patient_id})).all()
    spells: dict[str, list[Row[Any]]] = {}
    for row in rows:
        spells.setdefault(row.spell_number, []).append(row)
    books = {day: await codesets.books_for(session, day) for day in {row.ended_on for row in rows}}
    hidden = await hidden_from(session, actor, [row.episode_id for row in rows])
    return [
        _spell_out(number, sorted(of, key=lambda r: r.episode_number), books, hidden) for number, of in spells.items()
    ]


def _titled(book: CodeBook, codes: Sequence[str]) -> list[dict[str, Any]]:
    return [{"code": c, "dotted": render(book.system, c), "title": book.title(c)} for c in codes]


def _spell_out(
    number: str, rows: Sequence[Row[Any]], books: Mapping[dt.date, Books], hidden: Collection[UUID]
) -> dict[str, Any]:
    first = rows[0]
    return {
        "spell_number": number,
        "admitted_on": first.admitted_on,
        "discharged_on": first.spell_discharged_on,
        "admission_method": named("admission_method", first.admission_method),
        "patient_class": named("patient_class", first.patient_class),
        "episodes": [
            {
                "episode_id": r.episode_id,
                "episode_number": r.episode_number,
                "started_on": r.started_on,
                "ended_on": r.ended_on,
                "specialty": named("main_specialty", r.main_specialty_code),
                "coding_state": r.coding_state,
                "hidden": r.episode_id in hidden,
                "diagnoses": None if r.episode_id in hidden else _titled(books[r.ended_on].icd10, r.diagnoses),
                "procedures": None if r.episode_id in hidden else _titled(books[r.ended_on].opcs4, r.procedures),
            }
            for r in rows
        ],
    }


@dataclass(frozen=True, slots=True)
class Record:
    """What words were found to mean: patients, the subjects of trail lines that are about it, and how to say so."""

    patients: list[UUID]
    subjects: list[str]
    words: str


# Keys and not episodes: what was withdrawn since, somebody may have looked at before.
_KEYS = """
select k.episode_id, s.patient_id from episode_key k
left join spell s on s.provider = k.provider and s.spell_number = k.spell_number
where k.provider = :provider and """
_WHOSE = text(f"""
select p.patient_id from patient p where p.provider = :provider
    and (p.nhs_number = :digits or {_LOCAL_ID.format(value=":local_id")} or p.patient_id = cast(:id as uuid))
order by p.patient_id limit 1000
""")
_OF_PATIENTS = text(_KEYS + "s.patient_id = any(cast(:patients as uuid[])) limit 10000")
_OF_SPELL = text(
    _KEYS + "k.spell_number = :spell_number and k.episode_number = coalesce(:episode_number, k.episode_number)"
)
_OF_ID = text(_KEYS + "k.episode_id = :id")
_ON_TRAIL = text("select 1 from trail_line where provider = :provider and subject_id = :words limit 1")
_WITH_EPISODE = re.compile(r"^(.*\S)(?:\s+|\s*/\s*)(\d{1,2})$")


async def find_record(session: AsyncSession, actor: Actor, words: str) -> Record | None:
    """Return whose records an identifier stands for in the caller's Trust: of a patient, a spell, an episode or ours.

    A patient is meant with all their episodes; a spell with its episodes and with every view of its whole patient,
    which shows them. What fits in two ways is both: too many lines are better than a wrong "nobody".
    """
    here: dict[str, Any] = {
        "provider": actor.provider, "words": words, "id": _id_of(words), "digits": _nhs_of(words),
        "local_id": local_id_typed(words),
    }  # fmt: skip
    patients = list((await session.scalars(_WHOSE, here)).all())
    found: list[str] = []
    subjects: dict[str, None] = {}
    if patients:
        episodes = (await session.execute(_OF_PATIENTS, {**here, "patients": patients})).all()
        found += [_counted(len(patients), "patient"), _counted(len(episodes), "episode")]
        subjects |= dict.fromkeys([str(row.episode_id) for row in episodes] + [str(each) for each in patients])
    for rows, noun in await _episodes_named(session, here):
        found.append(noun)
        subjects |= dict.fromkeys(str(each) for row in rows for each in row if each is not None)
    if not found and await session.scalar(_ON_TRAIL, here):
        found, subjects = ["one record"], {words: None}
    return Record(patients, list(subjects), " and ".join(found)) if found else None


async def _episodes_named(session: AsyncSession, here: Mapping[str, Any]) -> list[tuple[Sequence[Row[Any]], str]]:
    """Return the episodes that words name as a spell, as an episode of a spell or by our id, with how to say so."""
    if here["id"] is not None:
        rows = (await session.execute(_OF_ID, here)).all()
        return [(rows, "1 episode")] if rows else []
    rows = (await session.execute(_OF_SPELL, {**here, "spell_number": here["words"], "episode_number": None})).all()
    if rows:
        return [(rows, f"a spell of {_counted(len(rows), 'episode')}")]
    parts = _WITH_EPISODE.match(here["words"])
    if parts is None:
        return []
    named = {"spell_number": parts[1].rstrip("/ "), "episode_number": int(parts[2])}
    rows = (await session.execute(_OF_SPELL, {**here, **named})).all()
    return [(rows, "1 episode")] if rows else []


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _id_of(words: str) -> UUID | None:
    try:
        return UUID(words)
    except ValueError:
        return None


def _nhs_of(words: str) -> str | None:
    try:
        return nhs_digits(words)
    except ValueError:
        return None


_NAMES = text("""
select 'episode' as kind, k.episode_id as id, k.spell_number as name, k.episode_number as n from episode_key k
    where k.provider = :provider and k.episode_id = any(cast(:ids as uuid[]))
union all
select 'patient', p.patient_id, p.local_patient_id, null from patient p
    where p.provider = :provider and p.patient_id = any(cast(:ids as uuid[]))
union all
select 'person', c.person_id, c.name, null from person c
    where c.provider = :provider and c.person_id = any(cast(:ids as uuid[]))
""")


async def names_of_records(
    session: AsyncSession, actor: Actor, records: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """Return how records of the caller's Trust, as (kind, id), are called: spells and patients masked, people named."""
    ids = {known for _, subject in records if (known := _id_of(subject)) is not None}
    rows = await session.execute(_NAMES, {"provider": actor.provider, "ids": list(ids)})
    names = {"patient": "patient {}", "episode": "spell {}, episode {}"}
    return {
        (row.kind, str(row.id)): names[row.kind].format(mask(row.name), row.n) if row.kind in names else row.name
        for row in rows
    }


_TIMETABLE = text("select * from sus_timetable order by activity_month, phase desc limit 2000")


@verb("timetable:see")
async def list_timetable(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    """Return the whole SUS+ timetable, which is the same for every Trust."""
    rows = await session.execute(_TIMETABLE)
    items = [{**r._mapping, "activity_month": r.activity_month.isoformat()[:7]} for r in rows]
    return {"items": items, "next": None}


_NEXT = text("""
select t.phase, t.activity_month, t.inclusion_on, t.provisional, w.uncoded, w.held, e.episodes
from (
    select *, row_number() over (partition by phase order by inclusion_on, activity_month) as nth
    from sus_timetable where phase in ('flex', 'freeze') and inclusion_on >= :today
) t
cross join lateral (
    select count(*) filter (where home_queue <> 'update_received') as uncoded,
        count(*) filter (where queue in ('waiting_for_information', 'outstanding_pathology')) as held
    from work_item where provider = :provider and activity_month = t.activity_month
) w
cross join lateral (
    select count(*) as episodes from episode e
    where e.provider = :provider and not e.deleted
      and coalesce(e.discharged_on, e.ended_on) >= t.activity_month
      and coalesce(e.discharged_on, e.ended_on) < t.activity_month + interval '1 month'
      -- Few episodes end over two months before their spell does; the bound lets other partitions be skipped.
      and e.ended_on >= t.activity_month - interval '2 months' and e.ended_on < t.activity_month + interval '1 month'
) e
where t.nth = 1
order by t.inclusion_on, t.phase desc
""")


@verb("timetable:see")
async def list_deadlines(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    """Return the next flex and the next freeze, with how much of their months is still to do in the caller's Trust.

    A deadline counts through its inclusion day; SUS+ closes at 17:00 on it.
    """
    today = clock.today()
    rows = await session.execute(_NEXT, {"today": today, "provider": actor.provider})
    items = [
        {
            **r._mapping,
            "activity_month": r.activity_month.isoformat()[:7],
            "days": (r.inclusion_on - today).days,
            "working_days": clock.working_days(today, r.inclusion_on),
        }
        for r in rows
    ]
    return {"today_on": today, "items": items}
