"""Verbs on episodes, patients and the SUS timetable."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell import db
from codewell.episodes import fold, incoming, reads
from codewell.episodes.fold_codings import KEPT_BY_EPISODE
from codewell.episodes.rules import CodesHidden, NoSuchRecord, codes_digest, local_id_typed, nhs_check_fits
from codewell.episodes.schemas import (
    EpisodeSearch,
    Lookup,
    PatientSearch,
    TimetableIn,
    TimetableRowIn,
    TrailPage,
    TrailRecordLine,
    TrailSearch,
)
from codewell.identity import reads as identity
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.paging import BadCursor
from codewell.kit.problems import Invalid, NotFound
from codewell.kit.verbs import verb
from codewell.trail import service as trail
from codewell.workqueues import service as workqueues


async def fold_incoming(session: AsyncSession, actor: Actor, *, write: bool = True) -> None:
    """Fold the staged batch into patients, spells, episodes and documents; see ``episodes.incoming``.

    One provider's batches are folded one at a time, from here to the end of the transaction. With ``write=False`` only
    ``folded`` is filled: what would become of each message.
    """
    sql, values = incoming.lock_sql(actor.provider)
    await session.execute(text(sql), values)
    await fold.fold(await db.raw(session), write=write)


_STATE = {"final": "coded", "for_second_check": "second_check", "returned": "uncoded"}

_KEY_CODES = text("""
update episode_key set
    -- A PAS whose clock runs ahead must not make what a person submits count as the older.
    codes_source_at = greatest(cast(:at as timestamptz), codes_source_at + interval '1 microsecond'),
    codes_message_id = '', codes_key_digest = :digest, codes_digest = :digest,
    person_id = :coder_id, person_codes_digest = :digest, person_state = :state, person_version = :version,
    person_coded_at = :at,
    person_basis = (select e.basis from episode e where e.provider = episode_key.provider
        and e.ended_on = episode_key.ended_on and e.episode_id = episode_key.episode_id)
where provider = :provider and episode_id = :episode_id
returning ended_on
""")
_KEEP_SEEN = text(KEPT_BY_EPISODE)
_EPISODE_CODES = text("""
update episode set diagnoses = :diagnoses, procedures = :procedures, procedure_dates = :procedure_dates,
    coding_state = :coding_state, coding_version = :version, coded_at = :coded_at, coder_id = :coder_id,
    coder_ref = null, coding_source = 'codewell', coded_basis = null
where provider = :provider and ended_on = :ended_on and episode_id = :episode_id
""")


async def set_codes(
    session: AsyncSession,
    actor: Actor,
    episode_id: UUID,
    *,
    diagnoses: Sequence[str],
    procedures: Sequence[str],
    procedure_dates: Sequence[dt.date | None],
    version: int,
    state: str,
    coder_id: UUID | None,
    at: dt.datetime,
) -> None:
    """Copy a version made here onto its episode and into its registers; only the coding room calls this.

    ``state`` is that of the version. The codes now rest on the episode's present facts. The caller holds the lock on
    the episode's key.
    """
    digest = codes_digest(diagnoses, procedures, procedure_dates)
    key = {"provider": actor.provider, "episode_id": episode_id}
    await session.execute(_KEEP_SEEN, key)
    ended_on = await session.scalar(
        _KEY_CODES, {**key, "at": at, "digest": digest, "coder_id": coder_id, "state": state, "version": version}
    )
    if ended_on is None:
        raise NotFound("There is no such episode here.")
    await session.execute(
        _EPISODE_CODES,
        {
            **key,
            "ended_on": ended_on,
            "diagnoses": list(diagnoses),
            "procedures": list(procedures),
            "procedure_dates": list(procedure_dates),
            "coding_state": _STATE[state],
            "version": version,
            "coded_at": at if state == "final" else None,
            "coder_id": coder_id,
        },
    )


_HIDE = text("""
insert into episode_blind (provider, person_id, episode_id, because_id)
select :provider, p.id, e.id, :because
from unnest(cast(:people as uuid[])) as p(id) cross join unnest(cast(:episodes as uuid[])) as e(id)
on conflict do nothing
""")
_SHOW = text("""
delete from episode_blind where provider = :provider and because_id = :because
    and (cast(:people as uuid[]) is null or person_id = any(cast(:people as uuid[])))
    and (cast(:episodes as uuid[]) is null or episode_id = any(cast(:episodes as uuid[])))
""")


async def hide_codes(
    session: AsyncSession, actor: Actor, *, people: Collection[UUID], episodes: Collection[UUID], because: UUID
) -> None:
    """Hide the codes of episodes, and who coded them, from people, because of one audit; hiding twice is hiding once.

    From here on nothing of this system tells these people either, until ``show_codes`` with the same ``because``.
    """
    values = {"provider": actor.provider, "because": because, "people": list(people), "episodes": list(episodes)}
    await session.execute(_HIDE, values)


async def show_codes(
    session: AsyncSession,
    actor: Actor,
    *,
    people: Collection[UUID] | None,
    episodes: Collection[UUID] | None,
    because: UUID,
) -> None:
    """End the hiding because of one audit, for these people and episodes; None stands for all of that audit.

    An episode that another audit hides as well stays hidden.
    """
    values = {
        "provider": actor.provider,
        "because": because,
        "people": None if people is None else list(people),
        "episodes": None if episodes is None else list(episodes),
    }
    await session.execute(_SHOW, values)


@verb("episode:see", leaves="episode:seen", refuses=[NotFound, CodesHidden])
async def see_episode(session: AsyncSession, actor: Actor, episode_id: UUID) -> dict[str, Any]:
    """Return an episode with its present codes, and leave a line that the caller has seen it."""
    row = await reads.one_episode(session, actor, episode_id)
    await reads.refuse_hidden(session, actor, episode_id)
    await trail.record(session, actor, "episode:seen", "episode", episode_id, patient_id=row.patient_id)
    return reads.episode_out(row)


@verb("episode:lookup", leaves="episode:seen", refuses=[NotFound, CodesHidden])
async def lookup_episode(session: AsyncSession, actor: Actor, lookup: Lookup) -> dict[str, Any]:
    """Return the episode with the sender's spell and episode number."""
    episode_id = await session.scalar(
        text("""select episode_id from episode_key where provider = :provider and spell_number = :spell_number
                and episode_number = :episode_number and ended_on is not null"""),
        {"provider": actor.provider, **lookup.model_dump()},
    )
    if episode_id is None:
        raise NotFound("There is no such episode here.")
    row = await reads.one_episode(session, actor, episode_id)
    await reads.refuse_hidden(session, actor, episode_id)
    await trail.record(session, actor, "episode:seen", "episode", episode_id, patient_id=row.patient_id)
    return reads.episode_out(row)


@verb("episode:lookup", leaves="episode:searched")
async def search_episodes(session: AsyncSession, actor: Actor, search: EpisodeSearch, *, secret: str) -> dict[str, Any]:
    """Return the episodes of a spell, none for a number that is not here; the trail keeps a keyed hash of it."""
    found = await reads.episodes_of_spell(session, actor, search.spell_number)
    patients = {row.patient_id for row in found}
    await trail.record(
        session, actor, "episode:searched", "episode", found[0].episode_id if len(found) == 1 else "none",
        patient_id=patients.pop() if len(patients) == 1 else None, by="spell_number",
        term=_mark(secret, f"search:spell_number:{search.spell_number}"), found=len(found),
    )  # fmt: skip
    return {"items": [reads.found_out(row) for row in found], "next": None}


@verb("patient:identify", leaves="patient:revealed", refuses=[NotFound])
async def reveal_patient(session: AsyncSession, actor: Actor, episode_id: UUID) -> dict[str, Any]:
    """Return what identifies an episode's patient, and leave a line that the caller has seen it."""
    row = await reads.one_episode(session, actor, episode_id)
    await trail.record(session, actor, "patient:revealed", "episode", episode_id, patient_id=row.patient_id)
    return _identifiers(row)


@verb("patient:identify", leaves="patient:revealed", refuses=[NotFound])
async def identify_patient(session: AsyncSession, actor: Actor, patient_id: UUID) -> dict[str, Any]:
    """Return what identifies a patient, and leave a line that the caller has seen it."""
    row = await reads.one_patient(session, actor, patient_id)
    await trail.record(session, actor, "patient:revealed", "patient", patient_id, patient_id=patient_id)
    return _identifiers(row)


def _identifiers(row: Any) -> dict[str, Any]:  # Any: a row of patients or of episodes with their patient
    names = ("patient_id", "nhs_number", "nhs_number_status", "local_patient_id", "birth_on")
    return {name: getattr(row, name) for name in names}


def _mark(secret: str, asked: str) -> str:
    """Return a keyed hash of what was asked: the same question has the same mark, and nobody can read it back."""
    return hmac.new(secret.encode(), asked.encode(), hashlib.sha256).hexdigest()[:32]


@verb("patient:search", leaves="patient:searched", refuses=[Invalid])
async def search_patients(session: AsyncSession, actor: Actor, search: PatientSearch, *, secret: str) -> dict[str, Any]:
    """Return patients with just this identifier; the trail keeps a keyed hash of what was asked, never the term.

    An NHS number whose check digit is wrong is searched for all the same, since senders may have one that nobody
    traced; when nobody has it either, that is what is said.
    """
    column = "nhs_number" if search.nhs_number is not None else "local_patient_id"
    term = search.nhs_number or local_id_typed(search.local_patient_id or "")
    found = await reads.find_patients(session, actor, column, term)
    if search.nhs_number and not found and not nhs_check_fits(search.nhs_number):
        told = "the check digit is wrong: one of the ten digits is mistyped"
        raise Invalid(errors=[{"pointer": "/body/nhs_number", "detail": told}])
    mark = _mark(secret, f"search:{column}:{term}")
    await trail.record(
        session, actor, "patient:searched", "patient", found[0]["patient_id"] if len(found) == 1 else "none",
        patient_id=found[0]["patient_id"] if len(found) == 1 else None, by=column, term=mark, found=len(found),
    )  # fmt: skip
    return {"items": found, "next": None}


@verb("patient:see", leaves="patient:seen", refuses=[NotFound])
async def see_patient(session: AsyncSession, actor: Actor, patient_id: UUID) -> dict[str, Any]:
    """Return a patient with spells and episodes, and leave a line that the caller has seen them."""
    row = await reads.one_patient(session, actor, patient_id)
    await trail.record(session, actor, "patient:seen", "patient", patient_id, patient_id=patient_id)
    return {
        "patient_id": patient_id,
        "sex": row.sex,
        "age": reads.age_on(row.birth_on, clock.today()),
        "masked_local_id": reads.mask(row.local_patient_id),
        "masked_nhs_number": reads.mask(row.nhs_number) or None,
        "spells": await reads.spells_of(session, actor, patient_id),
    }


@verb("trail:search", leaves="trail:searched", refuses=[BadCursor, NoSuchRecord])
async def search_trail(
    session: AsyncSession, actor: Actor, search: TrailSearch, *, secret: str
) -> TrailPage | NoSuchRecord:
    """Return a page of trail lines: who saw a patient, what a person saw, what happened to an episode.

    The asking leaves a line with what was wanted, a record as a keyed hash only. A record that is not here is returned
    as a refusal and not raised: whoever tries out identifiers must leave a line too.
    """
    wanted = search.model_dump(exclude={"limit", "cursor", "record"}, exclude_none=True)
    asked = {name: str(value) for name, value in sorted(wanted.items())}
    about: reads.Record | None = None
    if search.record is not None:
        asked["record"] = _mark(secret, f"trail:{search.record}")
        about = await reads.find_record(session, actor, search.record)
        if about is None:
            await trail.record(session, actor, "trail:searched", "trail", actor.provider, wanted=asked, lines=0)
            return NoSuchRecord()
        asked["found"] = about.words
        wanted["about"] = ([str(each) for each in about.patients], about.subjects)
    for day, instant, later in (("from_on", "from_at", 0), ("to_on", "to_at", 1)):
        if day in wanted:
            at = clock.start_of(wanted.pop(day) + dt.timedelta(days=later))
            # Days and instants may be given together: the narrower period is meant.
            wanted[instant] = (min if later else max)(at, wanted.get(instant, at))
    page = await identity.list_trail(session, actor, wanted, limit=search.limit, cursor=search.cursor)
    await trail.record(session, actor, "trail:searched", "trail", actor.provider, wanted=asked, lines=len(page.items))
    names = await reads.names_of_records(session, actor, [(line.subject_kind, line.subject_id) for line in page.items])
    return TrailPage(
        items=[
            TrailRecordLine(**line.model_dump(), record=names.get((line.subject_kind, line.subject_id)))
            for line in page.items
        ],
        next=page.next,
        about=None if about is None else about.words,
    )


_ROW = text("""
insert into sus_timetable (financial_year, activity_month, phase, inclusion_on, publication_on, provisional, source)
values (:financial_year, :activity_month, :phase, :inclusion_on, :publication_on, :provisional, :source)
on conflict (activity_month, phase) do update set inclusion_on = excluded.inclusion_on,
    publication_on = excluded.publication_on, provisional = excluded.provisional, source = excluded.source
where sus_timetable.provisional or not excluded.provisional
""")
_DATES = text("""
select activity_month, max(inclusion_on) filter (where phase = 'flex') as flex_on,
    max(inclusion_on) filter (where phase = 'freeze') as freeze_on
from sus_timetable where activity_month = any(cast(:months as date[])) group by activity_month
""")


@verb("timetable:load", leaves="timetable:loaded")
async def load_timetable(session: AsyncSession, actor: Actor, timetable: TimetableIn) -> int:
    """Put dates into the SUS+ timetable and onto the work items; a provisional date never replaces a published one."""
    for row in timetable.rows:
        month = dt.date.fromisoformat(row.activity_month + "-01")
        await session.execute(
            _ROW,
            {
                "financial_year": clock.financial_year(month),
                "activity_month": month,
                "phase": row.phase,
                "inclusion_on": row.inclusion_on,
                "publication_on": row.publication_on,
                "provisional": timetable.provisional,
                "source": timetable.source,
            },
        )
    months = sorted({dt.date.fromisoformat(r.activity_month + "-01") for r in timetable.rows})
    for dates in (await session.execute(_DATES, {"months": months})).all():
        await workqueues.set_deadlines(session, dates.activity_month, dates.flex_on, dates.freeze_on)
    await trail.record(
        session, actor, "timetable:loaded", "timetable", timetable.source, rows=len(timetable.rows),
        provisional=timetable.provisional,
    )  # fmt: skip
    return len(timetable.rows)


PROVISIONAL = "Provisional: 14th working day after the month, until NHS England's timetable is loaded"


def provisional_timetable(first: dt.date, last: dt.date) -> TimetableIn:
    """Return likely dates for the months from ``first`` to ``last``: no published rule, so labelled provisional.

    Flex falls on the 14th working day of the next month, freeze on the flex day of the month after; the annual
    refresh of March's year on the 14th working day of June. Shape after data-standards §3.2, tagged K?.
    """
    rows: list[TimetableRowIn] = []
    month = clock.month_of(first)
    while month <= last:
        name = month.isoformat()[:7]
        flex, freeze = (clock.nth_working_day(clock.add_months(month, n), 14) for n in (1, 2))
        rows.append(TimetableRowIn(activity_month=name, phase="flex", inclusion_on=flex))
        rows.append(TimetableRowIn(activity_month=name, phase="freeze", inclusion_on=freeze))
        if month.month == 3:
            refresh = clock.nth_working_day(clock.add_months(month, 3), 14)
            rows.append(TimetableRowIn(activity_month=name, phase="annual_refresh", inclusion_on=refresh))
        month = clock.add_months(month, 1)
    return TimetableIn(source=PROVISIONAL, provisional=True, rows=rows)
