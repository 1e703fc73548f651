"""Editions and their codes, read: in memory for search, checks and intake; from the tables for the editions page."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import asyncpg
import orjson
from sqlalchemy import Engine, text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell import db
from codewell.codesets import rules
from codewell.codesets.book import Books, CodeBook, CodeInfo, EditionInfo, nothing_in_force
from codewell.codesets.models import Edition
from codewell.codesets.rules import (
    CodeNotFound,
    EditionCannotMove,
    EditionNotFound,
    EditionOverlaps,
    EditionState,
    EditionStays,
    System,
    Usage,
    Validity,
)
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.paging import decode_cursor, encode_cursor, scope_of
from codewell.kit.verbs import verb

POLL_SECONDS = 2.0
"""For how long a process may be unaware that another has made an edition ready."""

_KEPT = 8


@dataclass(slots=True)
class _Directory:
    """The ready editions of one database, those of them that can no longer be withdrawn, and when it was asked."""

    polled: float
    editions: list[tuple[EditionInfo, str]]
    staying: frozenset[tuple[str, str]]


# A book is known by what its edition's rows were made of, so that no two databases can ever share a wrong one.
_directories: WeakKeyDictionary[Engine, _Directory] = WeakKeyDictionary()
_books: dict[tuple[EditionInfo, str], CodeBook] = {}
_nothing: dict[tuple[System, dt.date], CodeBook] = {}
_locks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


def forget(session: AsyncSession | None = None) -> None:
    """Look the editions up again at the next call; books already built are kept as long as they are in use."""
    if session is None:
        _directories.clear()
    else:
        _directories.pop(session.get_bind().engine, None)


def _info(row: Any) -> EditionInfo:
    return EditionInfo(
        row.system,
        row.edition,
        row.title,
        row.valid_from_on,
        row.valid_to_on,
        row.starter,
        row.version,
        int(row.counts.get("use_total", 0)),
    )


async def _ready(session: AsyncSession) -> _Directory:
    engine = session.get_bind().engine
    directory = _directories.get(engine)
    if directory is None or time.monotonic() - directory.polled > POLL_SECONDS:
        rows = await session.execute(
            text(
                "select system, edition, title, valid_from_on, valid_to_on, starter, version, counts, digest, "
                "first_used_at is not null and valid_from_on <= :today as stays from edition where state = 'ready'"
            ),
            {"today": clock.today()},
        )
        polled, found = time.monotonic(), rows.all()
        staying = frozenset((row.system, row.edition) for row in found if row.stays)
        directory = _Directory(polled, [(_info(row), row.digest) for row in found], staying)
        _directories[engine] = directory
    return directory


async def staying(session: AsyncSession) -> frozenset[tuple[str, str]]:
    """Return the ready editions that are known to be in force and used, and so stay ready; perhaps not all of them."""
    return (await _ready(session)).staying


async def all_stay(session: AsyncSession) -> bool:
    """Say whether every ready edition stays; one made ready within the last two seconds may not be counted."""
    directory = await _ready(session)
    return len(directory.staying) == len(directory.editions)


async def books_for(session: AsyncSession, on: dt.date) -> Books:
    """Return the two books that cover a day (an episode's last); an empty one, titled so, where no edition does.

    Shared by the whole process and built once per version of an edition; between two looks at the database, at most
    every two seconds, this is a dictionary look-up.
    """
    editions = (await _ready(session)).editions
    found: dict[System, CodeBook] = {}
    for system in System:
        for info, digest in editions:
            if info.system == system and Validity(info.edition, *_days(info)).covers(on):
                found[system] = await _book(session, info, digest)
                break
        else:
            found[system] = _empty(system, on)
    return Books(found[System.icd10], found[System.opcs4])


def _empty(system: System, on: dt.date) -> CodeBook:
    book = _nothing.get((system, on))
    if book is None:
        if len(_nothing) > 1000:
            _nothing.clear()
        book = _nothing[system, on] = CodeBook(nothing_in_force(system, on), ())
    return book


def _days(info: EditionInfo) -> tuple[dt.date, dt.date | None]:
    return info.valid_from_on or dt.date.max, info.valid_to_on


async def book_of(session: AsyncSession, system: System | str, edition: str) -> CodeBook | None:
    """Return the book of an edition by name, superseded ones too, or None: for codes as they were coded then."""
    row = (
        await session.execute(
            text("select * from edition where system = :s and edition = :e and state in ('ready', 'superseded')"),
            {"s": str(system), "e": edition},
        )
    ).one_or_none()
    return None if row is None else await _book(session, _info(row), row.digest)


async def _book(session: AsyncSession, info: EditionInfo, digest: str) -> CodeBook:
    key = (info, digest)
    book = _books.get(key)
    if book is None:
        lock = _locks.setdefault(asyncio.get_running_loop(), asyncio.Lock())
        async with lock:
            book = _books.get(key)
            if book is None:
                connection = await db.raw(session)
                rows = await connection.fetch(_CODES, info.system, info.edition)
                # Half a second of Python: in a thread, so that other requests are answered meanwhile.
                book = await asyncio.to_thread(_build, info, rows)
                while len(_books) >= _KEPT:
                    del _books[next(iter(_books))]
                _books[key] = book
    return book


_CODES = """
select code, title, parent, level, leaf, valid_at_3, fifth, usage, sex, age_min, age_max, usage_count,
       flags->'partners' as partners
from code where system = $1 and edition = $2 order by code
"""

_NO_PARTNERS: tuple[str, ...] = ()


def _build(info: EditionInfo, rows: Sequence[asyncpg.Record]) -> CodeBook:
    usages = {u.value: u.value for u in Usage}
    return CodeBook(
        info,
        (
            CodeInfo(
                info.system,
                r["code"],
                r["title"],
                r["parent"],
                r["level"],
                r["leaf"],
                r["valid_at_3"],
                r["fifth"],
                usages[r["usage"]],
                r["sex"],
                r["age_min"],
                r["age_max"],
                r["usage_count"],
                tuple(_json(r["partners"])) if r["partners"] else _NO_PARTNERS,
            )
            for r in rows
        ),
    )


def _json(value: Any) -> Any:  # Any: the driver gives JSON as text or bytes, depending on the pool's codecs
    return orjson.loads(value) if isinstance(value, str | bytes) else value


# --- codes on the wire -------------------------------------------------------------------------------------------


@verb("code:search")
async def search_codes(
    session: AsyncSession, actor: Actor, *, system: System, q: str, on: dt.date | None, limit: int
) -> dict[str, Any]:
    """Return the best answers to what has been typed, in the edition that covers ``on`` (today if not given)."""
    book = (await books_for(session, on or clock.today())).of(system)
    items = [{**code_line(book, hit.info), "match": hit.match} for hit in book.search(q, limit)]
    return {"items": items, "next": None, "edition": edition_name(book.edition)}


@verb("code:search", refuses=[CodeNotFound])
async def one_code(
    session: AsyncSession, actor: Actor, *, system: System, code: str, on: dt.date | None
) -> dict[str, Any]:
    """Return one code with its family, in the edition that covers ``on``; dots, filler and case do not matter."""
    book = (await books_for(session, on or clock.today())).of(system)
    info = book.get(rules.normalise(system, code)[0])
    if info is None:
        raise CodeNotFound(edition=book.edition.edition)
    return {
        **code_line(book, info),
        "partners": list(info.partners),
        "sex": info.sex,
        "age_min": info.age_min,
        "age_max": info.age_max,
        "children": [code_line(book, child) for child in book.children(info.code)],
        "siblings": [code_line(book, sibling) for sibling in book.siblings(info.code)],
        "edition": edition_name(book.edition),
    }


def code_line(book: CodeBook, info: CodeInfo) -> dict[str, Any]:
    """Return how one code of a list looks on the wire."""
    return {
        "system": info.system,
        "code": info.code,
        "dotted": info.dotted,
        "title": info.title,
        "usage_count": info.usage_count,
        "one_in": book.one_in(info),
        "leaf": info.leaf,
        "valid_at_3": info.valid_at_3,
        "missing": info.missing,
        "dagger": info.dagger,
        "asterisk": info.asterisk,
        "parent": info.parent,
        "category_title": None if info.level == 3 else book.title(info.category),
    }


def edition_name(info: EditionInfo) -> dict[str, Any]:
    """Return what every answer that depends on an edition says about it."""
    return {"system": info.system, "edition": info.edition, "title": info.title, "starter": info.starter}


# --- editions ----------------------------------------------------------------------------------------------------


def edition_id_of(system: str, edition: str) -> str:
    """Return the public id of an edition."""
    return f"{system}.{edition}"


def _parts(edition_id: str) -> tuple[str, str]:
    system, dot, edition = edition_id.partition(".")
    if not dot or system not in set(System):
        raise EditionNotFound()
    return system, edition


async def row_of(session: AsyncSession, edition_id: str, *, lock: bool = False) -> Edition:
    """Return an edition's row; EditionNotFound if there is none."""
    system, edition = _parts(edition_id)
    row = await session.get(Edition, (system, edition), with_for_update=lock, populate_existing=lock)
    if row is None:
        raise EditionNotFound()
    return row


async def ready_of(session: AsyncSession, system: str) -> list[Validity]:
    """Return the days of the ready editions of a system, oldest first."""
    rows = await session.execute(
        text(
            "select edition, valid_from_on, valid_to_on from edition where system = :s and state = 'ready' "
            "order by valid_from_on"
        ),
        {"s": system},
    )
    return [Validity(*row) for row in rows]


async def ready_after(session: AsyncSession, row: Edition) -> list[str]:
    """Return the editions of the system that were made ready after this one, latest first."""
    found = await session.execute(
        text(
            "select edition from edition where system = :s and edition <> :e and ready_at > :at "
            "and state in ('ready', 'superseded') order by ready_at desc"
        ),
        {"s": row.system, "e": row.edition, "at": row.ready_at},
    )
    return list(found.scalars())


async def refuse_to_withdraw(session: AsyncSession, row: Edition) -> None:
    """Refuse if a ready edition has to stay."""
    rules.move(row.state, "withdraw")
    rules.stay(
        row.valid_from_on,
        clock.today(),
        used=row.first_used_at is not None,
        undoable="undo" in row.counts,
        after=await ready_after(session, row),
    )


@verb("edition:list")
async def list_editions(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    """Return every edition, newest days first; there are never so many as to need a second page."""
    rows = await session.execute(text("select * from edition order by system, valid_from_on desc, edition"))
    return {"items": [await _shown(session, actor, row) for row in rows.all()], "next": None}


@verb("edition:list", refuses=[EditionNotFound])
async def one_edition(session: AsyncSession, actor: Actor, edition_id: str) -> dict[str, Any]:
    """Return one edition with the lines of its file that were not used."""
    row = await row_of(session, edition_id)
    shown = await _shown(session, actor, row)
    shown["can"]["withdraw"] = await _can_withdraw(session, actor, row)
    return {**shown, "problems": row.problems, "notes": row.notes}


async def _can_withdraw(session: AsyncSession, actor: Actor, row: Edition) -> bool | str:
    if not actor.may("edition:ready"):
        return "You do not have permission to do this."
    try:
        await refuse_to_withdraw(session, row)
    except (EditionCannotMove, EditionStays) as refusal:
        return str(refusal)
    return True


async def _shown(session: AsyncSession, actor: Actor, row: Any) -> dict[str, Any]:
    days = Validity(row.edition, row.valid_from_on, row.valid_to_on)
    effects: dict[str, Any] | None = None
    can: dict[str, bool | str] = {}
    for name, permission in (("ready", "edition:ready"), ("discard", "edition:load")):
        try:
            rules.move(row.state, name)
            can[name] = True if actor.may(permission) else "You do not have permission to do this."
            if name == "discard":
                rules.keep(used=row.first_used_at is not None)
        except (EditionCannotMove, EditionStays) as refusal:
            can[name] = str(refusal)
    counts = row.counts
    removed, in_use, of = (int(counts.get(name, 0)) for name in ("removed", "removed_in_use", "base_codes"))
    if row.state == EditionState.preview:
        try:
            made = rules.effects_of_ready(days, await ready_of(session, row.system))
            effects = {
                "valid_to_on": made.valid_to_on,
                "closes": [{"edition": e, "valid_to_on": last} for e, last in made.closed],
                "supersedes": list(made.superseded),
                "removed_in_use": in_use,
                "compared_codes": of,
                "confirm_removals": rules.asks_about_removals(removed, in_use, of),
            }
        except EditionOverlaps as refusal:
            can["ready"] = str(refusal)
    return {
        "edition_id": edition_id_of(row.system, row.edition),
        "system": row.system,
        "edition": row.edition,
        "title": row.title,
        "valid_from_on": row.valid_from_on,
        "valid_to_on": row.valid_to_on,
        "in_force": row.state == EditionState.ready and days.covers(clock.today()),
        "state": row.state,
        "source": row.source,
        "starter": row.starter,
        "codes": counts.get("codes", 0),
        "usable_codes": counts.get("leaves", 0),
        "compared_with": counts.get("base"),
        "added": counts.get("added", 0),
        "removed": removed,
        "changed": counts.get("changed", 0),
        "problem_lines": counts.get("problems", 0),
        "loaded_at": row.loaded_at,
        "ready_at": row.ready_at,
        "version": row.version,
        "effects_of_ready": effects,
        "can": can,
    }


CHANGES = """
with new as (select * from code where system = :s and edition = :e),
     old as (select * from code where system = :s and edition = :b),
     both_ as (
        select coalesce(n.code, o.code) as code, n.title as title, o.title as was_title,
               case when o.code is null then 'added' when n.code is null then 'removed' else 'changed' end as kind,
               array_remove(array[
                   case when lower(n.title) is distinct from lower(o.title) then 'title' end,
                   case when n.leaf is distinct from o.leaf then 'leaf' end,
                   case when n.usage is distinct from o.usage then 'usage' end,
                   case when n.sex is distinct from o.sex then 'sex' end,
                   case when (n.age_min, n.age_max) is distinct from (o.age_min, o.age_max) then 'age' end
               ], null) as what,
               coalesce(o.usage_count, 0) > 0 as was_used
        from new n full join old o on o.code = n.code
     )
select code, title, was_title, kind, what, was_used from both_ where cardinality(what) > 0
"""


@verb("edition:list", refuses=[EditionNotFound])
async def list_edition_changes(
    session: AsyncSession, actor: Actor, edition_id: str, *, kind: str | None, cursor: str | None, limit: int
) -> dict[str, Any]:
    """Return what an edition adds, changes and removes against the one it was compared with, in code order."""
    row = await row_of(session, edition_id)
    scope = scope_of("edition_changes", edition_id, row.version, kind)
    after = str(decode_cursor(cursor, scope)[0]) if cursor else ""
    rows = (
        await session.execute(
            text(
                f"select * from ({CHANGES}) c "
                "where code > :after and (cast(:kind as text) is null or kind = :kind) order by code limit :n"
            ),
            {
                "s": row.system,
                "e": row.edition,
                "b": row.counts.get("base") or "",
                "after": after,
                "kind": kind,
                "n": limit + 1,
            },
        )
    ).all()
    more = len(rows) > limit
    return {
        "items": [
            {
                "kind": r.kind,
                "system": row.system,
                "code": r.code,
                "dotted": rules.render(row.system, r.code),
                "title": r.title,
                "was_title": r.was_title,
                "what": r.what if r.kind == "changed" else [],
            }
            for r in rows[:limit]
        ],
        "next": encode_cursor([rows[limit - 1].code], scope) if more else None,
    }
