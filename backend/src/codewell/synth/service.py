"""Fills an empty installation with the synthetic Trust, through the same doors as a real one's feed and people."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from codewell import db
from codewell.codesets import service as codesets
from codewell.coding.history import Past, take_history
from codewell.episodes import service as episodes
from codewell.episodes.rules import content_digest
from codewell.identity import service as identity
from codewell.identity.actor import Actor
from codewell.identity.models import Trust
from codewell.identity.rules import ClientScope, Permission, Role
from codewell.intake.batch import Ready, prepare, take_in
from codewell.intake.check import COLUMNS
from codewell.kit import clock
from codewell.settings import Settings
from codewell.synth import files
from codewell.synth.audits import hold_audits
from codewell.synth.coders import BY_USERNAME, CODERS
from codewell.synth.generate import Generator
from codewell.synth.letters import documents
from codewell.synth.story import Document, Episode

PROVIDER = "RXX"
NAME = "Synthetic Trust"
PASSWORD = "synthetic-demo-trust"
"""Of every demonstration sign-in. Production settings refuse local accounts altogether."""

OTHERS: tuple[tuple[Role, str, str], ...] = (
    (Role.auditor, "auditor", "Rosalind Achebe"),
    (Role.trainer, "trainer", "Gareth Llewellyn"),
    (Role.manager, "manager", "Nadia Rahman"),
    (Role.clinician, "clinician", "Dr Owen Fairfax"),
    (Role.privacy_officer, "privacy_officer", "Helen Marsh"),
    (Role.system_administrator, "system_administrator", "Kofi Boateng"),
)
SECOND_AUDITOR = ("auditor2", "Tomasz Lisowski")
"""For audits that are done twice; the demonstration offers one sign-in a role, and this is not it."""
_SIGN_IN = frozenset({"coder", "coder2", "trainee"})
"""Coders who can sign in; the others' work is here, but they have no password."""

BATCH = 6_000
Say = Callable[[str], None]


@dataclass
class _Feed:
    """Messages of one batch, in the columns that the intake checks."""

    columns: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    papers: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.columns["spell_number"])


def demo_sign_ins() -> list[tuple[str, str, str]]:
    """Role, user name and password of one person per role."""
    named = [(Role.trainee, "trainee"), (Role.coder, "coder"), *((role, name) for role, name, _ in OTHERS)]
    return [(role.value, username, PASSWORD) for role, username in named]


def system() -> Actor:
    """Return the actor who sets the synthetic Trust up; it may do everything in this one Trust."""
    return Actor.system(PROVIDER, "synthetic Trust", frozenset(p.value for p in Permission))


class AlreadyThere(ValueError):
    """The Trust of that code is in this installation already; a synthetic one is only put into an empty one."""

    def __init__(self) -> None:
        super().__init__(
            f"There is a Trust {PROVIDER} here already; a synthetic Trust is only put into an empty database."
        )


class Keys(NamedTuple):
    """Keys of the demonstration's API clients, which are shown once."""

    intake: str
    bi: str


async def set_up_people(session: AsyncSession, actor: Actor, settings: Settings) -> tuple[dict[str, UUID], Keys]:
    """Add the people and the two API clients; return the coders' ids by user name, and the keys."""
    coders: dict[str, UUID] = {}
    # Everybody of the synthetic Trust has the same password, so it is made slow to guess once.
    shared = identity.SharedPassword(PASSWORD) if settings.local_sign_in else None
    for coder in CODERS:
        person = await identity.add_person(
            session,
            actor,
            username=coder.username,
            name=coder.name,
            roles=[(Role.trainee if coder.trainee else Role.coder).value],
            password=shared if coder.username in _SIGN_IN else None,
            coder_ref=coder.username.upper(),
            settings=settings,
        )
        coders[coder.username] = person.person_id
    for role, username, name in (*OTHERS, (Role.auditor, *SECOND_AUDITOR)):
        await identity.add_person(
            session,
            actor,
            username=username,
            name=name,
            roles=[role.value],
            password=shared,
            settings=settings,
        )
    intake = await identity.add_client(session, actor, name="intake", scopes=[ClientScope.intake.value])
    bi = await identity.add_client(session, actor, name="bi", scopes=[ClientScope.bi.value])
    return coders, Keys(intake.key, bi.key)


def _instant(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _add(feed: _Feed, episode: Episode, today: int, *, with_codes: bool, **changes: Any) -> None:
    """Put an episode's message into the batch; ``changes`` overwrite what it says."""
    item = files.item(episode, PROVIDER, today, with_codes=with_codes, with_documents=False)
    coding_item = item.pop("coding")
    item.pop("documents")
    values = {**item.pop("patient"), **item.pop("spell"), **item}
    values["source_at"] = _instant(values["source_at"])
    values["episode_number"] = str(episode.number)
    values["last_episode"] = "1" if episode.last else "2"
    if coding_item is not None:
        procedures = coding_item["procedures"]
        values |= {
            "coding_source": coding_item["source"],
            "coded_at": _instant(coding_item["coded_at"]),
            "coder_ref": coding_item["coder_ref"],
            "dx": ",".join(coding_item["diagnoses"]) or None,
            "px": ",".join(p["code"] for p in procedures) or None,
            "px_dates": ",".join(p["on"] for p in procedures) if procedures else None,
        }
    values |= changes
    for name, column in feed.columns.items():
        column.append(values.get(name))


def _paper(feed: _Feed, n: int, episode: Episode, document: Document, at: dt.datetime) -> None:
    """Put a document into the batch, as belonging to its nth message."""
    says = (document.kind, document.title, document.dated_on, document.expected_on, document.arrived_at, document.text)
    feed.papers.setdefault(n, []).append(
        {
            "source_at": at,
            "message_id": f"{files.message_id(episode)}-{document.document_ref}",
            "spell_number": episode.spell.number,
            "episode_number": episode.number,
            "document_ref": document.document_ref,
            "kind": document.kind,
            "title": document.title,
            "dated_on": document.dated_on,
            "expected_on": document.expected_on,
            "arrived_at": document.arrived_at,
            "url": None,
            "body": document.text,
            "digest": content_digest(*(None if value is None else str(value) for value in says)).hex,
        }
    )


def ready_of(feed: _Feed) -> Ready:
    """The batch as the intake checks and writes it out; a synthetic episode that it refuses is a mistake of ours."""
    frame = pl.DataFrame(
        [pl.Series(name, values, dtype=pl.String) for name, values in feed.columns.items()]
        + [
            pl.Series("names_spell", [True] * len(feed), dtype=pl.Boolean),
            pl.Series("idx", range(len(feed)), dtype=pl.Int32),
        ]
    )
    ready = prepare(frame, feed.papers, {}, provider=PROVIDER)
    if ready.faults:
        first = next(iter(ready.faults.values()))[0]
        raise ValueError(f"The intake refuses {len(ready.faults)} synthetic episodes: {first.field} {first.reason}")
    return ready


async def keep_truth(session: AsyncSession, seed: int, batch: Iterable[Episode]) -> None:
    """Keep what the episodes should be coded with, and the mistakes of whoever coded them."""
    connection = await db.raw(session)
    await connection.copy_records_to_table(
        "synthetic_truth",
        columns=[
            "provider", "spell_number", "episode_number", "scenario", "seed", "diagnoses", "procedures",
            "procedure_dates", "coder", "route", "mistakes",
        ],
        records=[
            (
                PROVIDER, e.spell.number, e.number, e.scenario.key, seed, e.diagnoses, e.procedures,
                [dt.date.fromordinal(on) for on in e.procedure_days],
                e.coded and e.coded.coder, e.coded and e.coded.route,
                orjson.dumps([m.as_json() for m in e.coded.mistakes] if e.coded else []).decode(),
            )
            for e in batch
        ],
    )  # fmt: skip


def past_of(batch: Iterable[Episode], coders: dict[str, UUID]) -> list[Past]:
    """The codings that people of this Trust made in Codewell."""
    return [
        Past(
            e.spell.number,
            e.number,
            e.coded.diagnoses,
            e.coded.procedures,
            [dt.date.fromordinal(on) for on in e.coded.procedure_days],
            coders[e.coded.coder],
            BY_USERNAME[e.coded.coder].name,
            e.coded.state,
            e.coded.at,
        )
        for e in batch
        if e.coded is not None and e.coded.route == "codewell"
    ]


def _batches(source: Iterator[list[Episode]]) -> Iterator[list[Episode]]:
    whole: list[Episode] = []
    for some in source:
        whole.extend(some)
        if len(whole) >= BATCH:
            yield whole
            whole = []
    if whole:
        yield whole


def _first_feed(batch: Sequence[Episode], today: int, late: list[Episode]) -> _Feed:
    """The PAS's messages with their documents; a few histology reports are kept back, to come late."""
    feed = _Feed()
    for episode in batch:
        by_person = episode.coded is not None and episode.coded.route == "codewell"
        _add(feed, episode, today, with_codes=not by_person)
        at = files.sent_at(episode, today)
        as_of = today
        histology = episode.histology
        if episode.coded is None and histology is not None and today - 4 <= histology.reported <= today:
            as_of = histology.reported - 1
            late.append(episode)
        for document in documents(episode, as_of):
            _paper(feed, len(feed) - 1, episode, document, at)
    return feed


def _second_feed(batch: Iterable[Episode], late: Iterable[Episode], today: int, now: dt.datetime) -> _Feed:
    """What changes afterwards: a consultant, a discharge method, codes from the PAS, reports that come late."""
    feed = _Feed()
    for episode in batch:
        coded = episode.coded
        if not episode.amended or coded is None:
            continue
        at = min(coded.at + dt.timedelta(days=1, hours=3), now - dt.timedelta(minutes=5))
        common = {"source_at": _instant(at), "message_id": f"{files.message_id(episode)}-2"}
        if episode.amended == "consultant":
            other = episode.consultant_code[:-1] + str((int(episode.consultant_code[-1]) + 1) % 10)
            _add(feed, episode, today, with_codes=False, consultant_code=other, **common)
        elif episode.amended == "discharge_method" and episode.spell.discharge_method == "1":
            _add(feed, episode, today, with_codes=False, discharge_method="2", **common)
        elif episode.amended == "codes" and coded.route == "codewell" and len(coded.diagnoses) > 1:
            on = coded.procedure_days
            _add(
                feed, episode, today, with_codes=False, **common, coding_source="pas", coded_at=_instant(at),
                coder_ref="PAS", dx=",".join(coded.diagnoses[:-1]), px=",".join(coded.procedures) or None,
                px_dates=",".join(dt.date.fromordinal(o).isoformat() for o in on) if on else None,
            )  # fmt: skip
    for n, episode in enumerate(late, len(feed)):
        for document in documents(episode, today):
            if document.kind == "histology" and document.arrived_at is not None:
                _paper(feed, n, episode, document, min(document.arrived_at, now))
    return feed


async def fill(
    database: db.Database, settings: Settings, size: int, say: Say, *, seed: int = 1, years: int | None = None,
    generator: Generator | None = None,
) -> Keys:  # fmt: skip
    """Fill the installation with ``size`` episodes; return the keys of its API clients, which are shown this once."""
    actor = system()
    today = clock.today()
    ordinal, done = today.toordinal(), 0
    began = time.monotonic()
    made = generator or Generator(seed, size, today, PROVIDER, None, years)
    source = _batches(made.batches())
    late: list[Episode] = []
    amended: list[Episode] = []

    def work() -> tuple[list[Episode], Ready] | None:
        batch = next(source, None)
        return None if batch is None else (batch, ready_of(_first_feed(batch, ordinal, late)))

    async with database.transaction() as session:
        if await session.get(Trust, PROVIDER) is not None:
            raise AlreadyThere()
    # The next batch is always made up while the database works on something else.
    ahead = asyncio.create_task(asyncio.to_thread(work))
    async with database.transaction() as session:
        await codesets.load_defaults(session)
    say(f"Classifications are loaded ({time.monotonic() - began:.1f} s)")
    async with database.transaction() as session:
        await identity.open_trust(session, PROVIDER, NAME, synthetic=True)
        coders, keys = await set_up_people(session, actor, settings)
        first = clock.add_months(clock.month_of(made.first), -1)
        timetable = episodes.provisional_timetable(first, clock.add_months(clock.month_of(today), 3))
        await episodes.load_timetable(session, actor, timetable)
    say(f"People, keys and provisional deadlines are set up ({time.monotonic() - began:.1f} s)")
    loading = time.monotonic()
    while (made_up := await ahead) is not None:
        ahead = asyncio.create_task(asyncio.to_thread(work))
        batch, ready = made_up
        async with database.transaction() as session:
            await take_in(session, actor, ready)
            await take_history(session, actor, past_of(batch, coders))
            await keep_truth(session, seed, batch)
        amended.extend(e for e in batch if e.amended)
        done += len(batch)
        took = time.monotonic() - loading
        say(f"{done:,} of {size:,} episodes, {done / took:,.0f} a second")
    async with database.transaction() as session:
        second = _second_feed(amended, late, ordinal, clock.now())
        if len(second) or second.papers:
            await take_in(session, actor, ready_of(second))
    held = time.monotonic()
    await hold_audits(database, actor, seed, size)
    say(f"Its audits are held ({time.monotonic() - held:.1f} s)")
    say(f"The synthetic Trust is there ({time.monotonic() - began:.1f} s)")
    return keys
