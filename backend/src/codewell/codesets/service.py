"""Verbs on editions: load a file as a preview, make it ready, discard it; and what an installation begins with."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell import db
from codewell.codesets import formats, reads, rules, shipped
from codewell.codesets.book import Books
from codewell.codesets.formats import Format, Upload
from codewell.codesets.models import Edition
from codewell.codesets.rows import CodeRow, finish
from codewell.codesets.rules import (
    DaysReversed,
    EditionCannotMove,
    EditionNameTaken,
    EditionNotFound,
    EditionOverlaps,
    EditionSeen,
    EditionState,
    EditionStays,
    FileTooLarge,
    FileUnreadable,
    NothingToLoad,
    RemovalsUnseen,
    System,
    Validity,
)
from codewell.identity.actor import Actor
from codewell.kit.clock import now
from codewell.kit.problems import Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail

MAX_PROBLEMS = 1000

_COLUMNS = (
    "system", "edition", "code", "title", "parent", "level", "leaf", "valid_at_3", "fifth", "usage", "sex", "age_min",
    "age_max", "usage_count", "flags",
)  # fmt: skip


async def _alone(session: AsyncSession) -> None:
    """Let one transaction at a time change editions: their days depend on one another."""
    await session.execute(text("select pg_advisory_xact_lock(hashtext('codesets'))"))


async def _write_codes(session: AsyncSession, system: str, edition: str, rows: Iterable[CodeRow]) -> None:
    connection = await db.raw(session)
    await connection.copy_records_to_table(
        "code",
        columns=_COLUMNS,
        records=[
            (
                system,
                edition,
                r.code,
                r.title,
                r.parent,
                r.level,
                r.leaf,
                r.valid_at_3,
                r.fifth,
                str(r.usage),
                r.sex,
                r.age_min,
                r.age_max,
                r.usage_count,
                orjson.dumps(r.flags).decode(),
            )
            for r in rows
        ],
    )


def _counts(rows: Sequence[CodeRow], *, use_total: int, **more: Any) -> dict[str, Any]:
    # Any: counts and the name of the edition compared with.
    return {
        "codes": len(rows),
        "leaves": sum(r.leaf for r in rows),
        "use_total": use_total,
        **more,
    }


async def load_defaults(session: AsyncSession) -> None:
    """Load the editions that ship, ready for use; idempotent, and never in the way of one that was loaded since.

    A later version of the software may ship better data: the same edition is then filled anew and its version goes up.
    """
    await _alone(session)
    for edition in shipped.EDITIONS:
        digest = shipped.digest_of(edition)
        row = await session.get(Edition, (edition.system.value, edition.edition))
        if row is not None and row.digest == digest:
            continue
        if row is None and any(_meet(edition, e) for e in await reads.ready_of(session, edition.system.value)):
            continue
        rows = await asyncio.to_thread(shipped.rows_of, edition)
        counts = _counts(rows, use_total=shipped.PER_MILLION)
        if row is not None:
            await session.execute(
                text("delete from code where system = :s and edition = :e"), {"s": row.system, "e": row.edition}
            )
            row.digest, row.counts, row.version = digest, counts, row.version + 1
        else:
            at = now()
            session.add(
                Edition(
                    system=edition.system.value,
                    edition=edition.edition,
                    title=edition.title,
                    valid_from_on=edition.valid_from_on,
                    valid_to_on=edition.valid_to_on,
                    state=EditionState.ready.value,
                    source=edition.source,
                    starter=edition.starter,
                    digest=digest,
                    counts=counts,
                    problems=[],
                    notes=[],
                    loaded_at=at,
                    ready_at=at,
                )
            )
        await session.flush()
        await _write_codes(session, edition.system.value, edition.edition, rows)
    reads.forget(session)


def _meet(edition: shipped.Shipped, other: Validity) -> bool:
    """Say whether two editions share a day."""
    starts_before_its_end = edition.valid_to_on is None or other.valid_from_on <= edition.valid_to_on
    return starts_before_its_end and (other.valid_to_on is None or edition.valid_from_on <= other.valid_to_on)


def _base_of(days: Validity, ready: Sequence[Validity]) -> str | None:
    """Return the edition a new one is compared with: the one in force on its first day, or else the last before it."""
    covering = [e for e in ready if e.covers(days.valid_from_on)]
    before = [e for e in ready if e.valid_from_on <= days.valid_from_on]
    return (covering or before)[-1].edition if covering or before else None


def _digest(system: System, uploads: Sequence[Upload]) -> str:
    """Return what makes a set of files the same set, whatever their names and order."""
    each = sorted(hashlib.sha256(u.content).hexdigest() for u in uploads)
    return hashlib.sha256("".join([system, *each]).encode()).hexdigest()


def _read(system: System, kind: Format, uploads: Sequence[Upload]) -> tuple[formats.Reading, list[CodeRow]]:
    reading = formats.read(system, kind, uploads)
    rows = list(reading.rows.values())
    if not reading.sex_known:
        # Ages come from the file alone where it has any; our own are only for files that say nothing.
        shipped.mark_sex_and_age(system, rows, ages=kind is Format.csv)
    if kind is Format.csv and system is System.icd10:
        shipped.mark_pairs(rows)
    return reading, finish(system, rows)


@verb("edition:load", leaves="edition:loaded", refuses=[
    EditionSeen, EditionNameTaken, FileUnreadable, FileTooLarge, NothingToLoad, DaysReversed,
])  # fmt: skip
async def load_preview(
    session: AsyncSession,
    actor: Actor,
    *,
    system: System,
    edition: str,
    title: str,
    valid_from_on: dt.date,
    valid_to_on: dt.date | None = None,
    kind: Format,
    uploads: Sequence[Upload],
) -> Edition:
    """Read the files and keep them as a preview, compared with the edition in force; nothing uses it until it is ready.

    Refused: the same files again (unless they were discarded), a name in use, a file with no code in it.
    """
    if valid_to_on is not None and valid_to_on < valid_from_on:
        raise DaysReversed(errors=[{"pointer": "/valid_to_on", "detail": "is before valid_from_on"}])
    digest = _digest(system, uploads)
    await _alone(session)
    await _refuse_known(session, system, edition, digest)
    reading, rows = await asyncio.to_thread(_read, system, kind, uploads)
    if not rows:
        raise NothingToLoad(
            errors=[{"pointer": f"/line/{f.line}", "detail": f"{f.file}: {f.reason}"} for f in reading.faults[:20]]
        )
    days = Validity(edition, valid_from_on, valid_to_on)
    base = _base_of(days, await reads.ready_of(session, system.value))
    use_total, use_note = await _use(session, system, rows, base, known=reading.use_known)
    row = Edition(
        system=system.value,
        edition=edition,
        title=title,
        valid_from_on=valid_from_on,
        valid_to_on=valid_to_on,
        state=EditionState.loading.value,
        starter=False,
        source=", ".join(u.name[:100] for u in uploads)[:500],
        digest=digest,
        counts=_counts(rows, use_total=use_total, base=base, problems=len(reading.faults)),
        problems=[{"file": f.file[:100], "line": f.line, "reason": f.reason} for f in reading.faults[:MAX_PROBLEMS]],
        notes=[*reading.notes, *use_note],
        loaded_at=now(),
        loaded_by=actor.id,
    )
    session.add(row)
    await session.flush()
    await _write_codes(session, row.system, row.edition, rows)
    row.counts = row.counts | await _count_changes(session, row, base)
    row.state = rules.move(row.state, "load").value
    await session.flush()
    await trail.record(
        session,
        actor,
        "edition:loaded",
        "edition",
        reads.edition_id_of(row.system, row.edition),
        version=row.version,
        codes=len(rows),
        problems=len(reading.faults),
    )
    return row


async def _refuse_known(session: AsyncSession, system: System, edition: str, digest: str) -> None:
    """Refuse files or a name that are here already; make way for a name whose edition was discarded as a preview."""
    seen = (
        await session.execute(
            text("select edition from edition where system = :s and digest = :d and state <> 'discarded'"),
            {"s": system.value, "d": digest},
        )
    ).scalar_one_or_none()
    if seen is not None:
        raise EditionSeen(f"It is here as {seen}.", edition_id=reads.edition_id_of(system.value, seen))
    row = await session.get(Edition, (system.value, edition))
    if row is None:
        return
    if row.state != EditionState.discarded:
        raise EditionNameTaken(f"{edition} is {row.state}.", edition_id=reads.edition_id_of(system.value, edition))
    await session.delete(row)
    await session.flush()


async def _use(
    session: AsyncSession, system: System, rows: Sequence[CodeRow], base: str | None, *, known: bool
) -> tuple[int, list[str]]:
    """Fill in how often codes are used, if the file does not say: as in the edition compared with."""
    if known:
        return sum(r.usage_count for r in rows), []
    if base is None:
        return 0, ["The file says nothing of how often codes are used; search ranks by code."]
    connection = await db.raw(session)
    use = {
        r["code"]: r["usage_count"]
        for r in await connection.fetch(
            "select code, usage_count from code where system = $1 and edition = $2 and usage_count > 0",
            system.value,
            base,
        )
    }
    for row in rows:
        row.usage_count = use.get(row.code, 0)
    counts = (await reads.row_of(session, reads.edition_id_of(system.value, base))).counts
    return int(counts.get("use_total", 0)), [f"How often codes are used was taken from {base}."]


async def _count_changes(session: AsyncSession, row: Edition, base: str | None) -> dict[str, Any]:
    # Any: counts and the name of the edition compared with.
    of = {"s": row.system, "e": row.edition, "b": base or ""}
    found = await session.execute(
        text(f"select kind, count(*), count(*) filter (where was_used) from ({reads.CHANGES}) c group by kind"), of
    )
    changes = {str(kind): (int(n), int(used)) for kind, n, used in found.all()}
    codes = await session.scalar(text("select count(*) from code where system = :s and edition = :b"), of)
    counts = {kind: changes.get(kind, (0, 0))[0] for kind in ("added", "removed", "changed")}
    return counts | {"base": base, "base_codes": codes or 0, "removed_in_use": changes.get("removed", (0, 0))[1]}


@verb("edition:ready", leaves="edition:made_ready", refuses=[
    EditionNotFound, EditionCannotMove, EditionOverlaps, RemovalsUnseen, Stale,
])  # fmt: skip
async def make_ready(
    session: AsyncSession, actor: Actor, edition_id: str, *, version: int, removals_seen: int | None = None
) -> Edition:
    """Put a preview into force: the one before ends the day before it, one of the same days is superseded.

    Where more than one code in twenty goes, or one that is in use, ``removals_seen`` must be the number that go.

    From the commit on, new searches and checks use it (other processes within two seconds). Codings made before keep
    the name of the edition they were made with.
    """
    await _alone(session)
    row = await reads.row_of(session, edition_id, lock=True)
    _same_version(row, version)
    state = rules.move(row.state, "ready")
    days = Validity(row.edition, row.valid_from_on, row.valid_to_on)
    ready = await reads.ready_of(session, row.system)
    effects = rules.effects_of_ready(days, ready)
    base = _base_of(days, ready)
    if base != row.counts.get("base"):
        # Another edition came between the preview and now: what is removed is counted against that one.
        row.counts = row.counts | await _count_changes(session, row, base)
    removed, in_use, of = (int(row.counts.get(name, 0)) for name in ("removed", "removed_in_use", "base_codes"))
    rules.see_removals(removed, in_use, of, removals_seen)
    last_days = {e.edition: e.valid_to_on and e.valid_to_on.isoformat() for e in ready}
    row.counts = row.counts | {
        "undo": {
            "valid_to_on": row.valid_to_on and row.valid_to_on.isoformat(),
            "closed": {other: last_days[other] for other, _ in effects.closed},
            "superseded": list(effects.superseded),
        }
    }
    for other, last in effects.closed:
        closing = await reads.row_of(session, reads.edition_id_of(row.system, other), lock=True)
        closing.valid_to_on, closing.version = last, closing.version + 1
    for other in effects.superseded:
        former = await reads.row_of(session, reads.edition_id_of(row.system, other), lock=True)
        former.state, former.version = rules.move(former.state, "supersede").value, former.version + 1
    # The others first: the database refuses two ready editions on one day even for a moment.
    await session.flush()
    row.state, row.valid_to_on, row.ready_at = state.value, effects.valid_to_on, now()
    row.version += 1
    await session.flush()
    await trail.record(
        session,
        actor,
        "edition:made_ready",
        "edition",
        edition_id,
        version=row.version,
        valid_from_on=row.valid_from_on.isoformat(),
        valid_to_on=row.valid_to_on and row.valid_to_on.isoformat(),
        closed={e: last.isoformat() for e, last in effects.closed},
        superseded=list(effects.superseded),
        removed=removed,
    )
    reads.forget(session)
    return row


@verb("edition:ready", leaves="edition:withdrawn", refuses=[EditionNotFound, EditionCannotMove, EditionStays, Stale])
async def withdraw(session: AsyncSession, actor: Actor, edition_id: str, *, version: int) -> Edition:
    """Take a ready edition back to a preview, and put those it ended or superseded back as they were.

    Refused once it is in force and something is coded in it, while a later one stands on it, and if it shipped.
    """
    await _alone(session)
    row = await reads.row_of(session, edition_id, lock=True)
    _same_version(row, version)
    await reads.refuse_to_withdraw(session, row)
    undo = row.counts["undo"]
    row.state = rules.move(row.state, "withdraw").value
    row.valid_to_on, row.ready_at = _day(undo["valid_to_on"]), None
    row.counts = {name: value for name, value in row.counts.items() if name != "undo"}
    row.version += 1
    # It goes first: the database refuses two ready editions on one day even for a moment.
    await session.flush()
    for other, last in undo["closed"].items():
        closed = await reads.row_of(session, reads.edition_id_of(row.system, other), lock=True)
        closed.valid_to_on, closed.version = _day(last), closed.version + 1
    for other in undo["superseded"]:
        former = await reads.row_of(session, reads.edition_id_of(row.system, other), lock=True)
        former.state, former.version = rules.move(former.state, "restore").value, former.version + 1
    await session.flush()
    await trail.record(
        session,
        actor,
        "edition:withdrawn",
        "edition",
        edition_id,
        version=row.version,
        reopened=sorted(undo["closed"]),
        restored=undo["superseded"],
    )
    reads.forget(session)
    return row


def _day(iso: str | None) -> dt.date | None:
    return None if iso is None else dt.date.fromisoformat(iso)


@verb("edition:load", leaves="edition:discarded", refuses=[EditionNotFound, EditionCannotMove, EditionStays, Stale])
async def discard(session: AsyncSession, actor: Actor, edition_id: str, *, version: int) -> Edition:
    """Throw a preview away: its codes are deleted, its file may be sent again, its name is free.

    Refused for one that was ready once and in which something is coded.
    """
    await _alone(session)
    row = await reads.row_of(session, edition_id, lock=True)
    _same_version(row, version)
    state = rules.move(row.state, "discard")
    rules.keep(used=row.first_used_at is not None)
    row.state = state.value
    row.version += 1
    await session.execute(
        text("delete from code where system = :s and edition = :e"), {"s": row.system, "e": row.edition}
    )
    await session.flush()
    await trail.record(session, actor, "edition:discarded", "edition", edition_id, version=row.version)
    return row


def _same_version(row: Edition, version: int) -> None:
    if row.version != version:
        raise Stale(current_version=row.version)


# --- for the rooms that keep codes -------------------------------------------------------------------------------

_USE = text("""
update edition set first_used_at = :at
where system = :s and edition = :e and state = 'ready' and first_used_at is null
returning true
""")
_HOLD = text("select true from edition where system = :s and edition = :e and state = 'ready' for share")
_USED_ANYWAY = text("""
update edition set first_used_at = :at where system = :s and edition = :e and first_used_at is null
""")


async def use(session: AsyncSession, editions: Iterable[tuple[str, str]]) -> bool:
    """Write down that codes are kept in these (system, edition); False where one of them is no longer ready.

    Until the end of the transaction none that is ready can be withdrawn, and from then on none that is in force.
    """
    known = await reads.staying(session)
    ready = True
    # Always in one order, so that no two writers wait for each other; a withdrawal under way is waited for.
    for system, edition in sorted(set(editions) - known):
        names = {"s": system, "e": edition}
        made = (await session.execute(_USE, {**names, "at": now()})).scalar_one_or_none()
        ready &= bool(made or (await session.execute(_HOLD, names)).scalar_one_or_none())
    return ready


async def books_to_code_in(session: AsyncSession, on: dt.date) -> Books:
    """Return the two books for codes that are about to be kept: used from now on, and none of them withdrawn.

    Where the process had not heard of a withdrawal yet, the books are those of the editions in force after it.
    """
    while True:
        books = await reads.books_for(session, on)
        infos = (books.icd10.edition, books.opcs4.edition)
        if await use(session, [(info.system, info.edition) for info in infos if info.in_force]):
            return books
        reads.forget(session)


async def used_anyway(session: AsyncSession, editions: Iterable[tuple[str, str]]) -> None:
    """Write down that codes are kept in these, ready or not: they were made ready while the codes were written."""
    for system, edition in sorted(editions):
        await session.execute(_USED_ANYWAY, {"s": system, "e": edition, "at": now()})
