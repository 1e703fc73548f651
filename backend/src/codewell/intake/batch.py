"""One batch through the whole house: check, stage, fold, version, place. Files and JSON posts take this same road."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.coding import service as coding
from codewell.db import raw
from codewell.episodes import incoming
from codewell.episodes import service as episodes
from codewell.episodes.rules import Outcome
from codewell.identity.actor import Actor
from codewell.intake import plain
from codewell.intake.check import check
from codewell.intake.fields import Fault
from codewell.intake.items import Document, document_frame, named_as_sent, read_items
from codewell.kit import clock
from codewell.workqueues import service as workqueues


@dataclass(slots=True)
class Ready:
    """A batch that is checked and written out for COPY; making one needs no database and may run in a thread."""

    provider: str
    messages: bytes
    documents: bytes
    n_messages: int
    owners: list[int]
    faults: dict[int, list[Fault]]
    n_documents: int = 0
    form: incoming.Form = "csv"
    """How COPY reads ``messages``."""


def prepare(
    frame: pl.DataFrame,
    documents: dict[int, list[Document]],
    faults: dict[int, list[Fault]],
    *,
    provider: str,
    now: dt.datetime | None = None,
) -> Ready:
    """Check a batch's columns and write out what is good; ``faults`` gains what is not."""
    now = now or clock.now()
    messages = b""
    n = 0
    if frame.height:
        checked = check(frame, provider=provider, now=now, today=clock.london_day(now), known_bad=faults)
        faults, n = checked.faults, checked.good.height
        if n:
            messages = incoming.csv_of(incoming.with_tops(checked.good), "incoming")
    staged, owners = _written(documents, provider, faults)
    return Ready(provider, messages, staged, n, owners, faults, len(owners))


def prepare_post(values: list[Any], *, provider: str, now: dt.datetime | None = None) -> Ready:  # Any: JSON values
    """Read and check the messages of a post: plain ones as they stand, the others by the road of files."""
    now = now or clock.now()
    today = clock.london_day(now)
    messages, others = plain.read(values, provider, now, today)
    if not others:
        return Ready(provider, plain.copy_text(messages), b"", len(messages), [], {}, form="text")
    read = read_items(values, only=others)
    faults = read.faults
    if read.frame.height:
        checked = check(read.frame, provider=provider, now=now, today=today, known_bad=faults)
        faults = checked.faults
        messages = sorted([*messages, *plain.messages_of(checked.good)], key=lambda m: m.idx)
    staged, owners = _written(read.documents, provider, faults)
    named = {idx: named_as_sent(faults[idx]) for idx in sorted(faults)}
    return Ready(
        provider, plain.copy_text(messages) if messages else b"", staged, len(messages), owners, named, len(owners),
        form="text",
    )  # fmt: skip


def _written(
    documents: dict[int, list[Document]], provider: str, faults: dict[int, list[Fault]]
) -> tuple[bytes, list[int]]:
    """Return the documents of good messages as COPY reads them, and which message each belongs to."""
    if not documents:
        return b"", []
    rows, owners = document_frame(documents, provider, set(faults))
    return incoming.csv_of(rows, "incoming_document") if rows.height else b"", owners


@dataclass(slots=True)
class Taken:
    """What became of a batch: outcome and episode by idx, where asked for, and how many of each outcome."""

    counts: dict[str, int]
    outcomes: dict[int, tuple[str, str | None]]
    documents: dict[int, tuple[str, str | None]]


async def take_in(
    session: AsyncSession, actor: Actor, ready: Ready, *, write: bool = True, each: bool = False
) -> Taken:
    """Stage, fold, version and place a prepared batch in this transaction."""
    await stage_in(session, ready)
    return await settle(session, actor, ready, write=write, each=each)


async def stage_in(session: AsyncSession, ready: Ready) -> None:
    """Bring a prepared batch into this transaction's staging tables; other batches may be folded meanwhile.

    What was written out for COPY is let go: a long file must not take more memory than a short one.
    """
    if ready.n_messages or ready.n_documents:
        await incoming.stage(session, ready.messages, ready.documents, form=ready.form)
        ready.messages = ready.documents = b""


async def settle(session: AsyncSession, actor: Actor, ready: Ready, *, write: bool = True, each: bool = False) -> Taken:
    """Fold, version and place what ``stage_in`` brought."""
    counts = dict.fromkeys((o.value for o in Outcome), 0)
    for row in ready.faults.values():
        counts[(Outcome.rejected if any(not f.quarantine for f in row) else Outcome.quarantined).value] += 1
    outcomes: dict[int, tuple[str, str | None]] = {}
    documents: dict[int, tuple[str, str | None]] = {}
    if not ready.n_messages and not ready.n_documents:
        return Taken(counts, outcomes, documents)
    await episodes.fold_incoming(session, actor, write=write)
    connection = await raw(session)
    if write and await connection.fetchval("select exists (select from touched) or exists (select from document_news)"):
        await coding.version_incoming(session, actor)
        await workqueues.place_incoming(session, actor)
    if not each and not ready.owners:
        for row in await connection.fetch("select outcome, count(*) as n from folded group by outcome"):
            counts[row["outcome"]] += row["n"]
        _refuse_lost(ready, sum(counts.values()) - len(ready.faults))
        return Taken(counts, outcomes, documents)
    for row in await connection.fetch("select idx, outcome, episode_id::text from folded"):
        outcomes[row["idx"]] = (row["outcome"], row["episode_id"])
    _refuse_lost(ready, len(outcomes))
    papers = "select idx, outcome, episode_id::text from folded_document"
    for row in await connection.fetch(papers) if ready.n_documents else ():
        documents[row["idx"]] = (row["outcome"], row["episode_id"])
        item = ready.owners[row["idx"]]
        # A message that only brought a document did change its episode.
        if row["outcome"] in _NEWS and outcomes.get(item, ("", None))[0] in _NO_NEWS:
            outcomes[item] = (Outcome.updated.value, outcomes[item][1])
    for outcome, _ in outcomes.values():
        counts[outcome] += 1
    return Taken(counts, outcomes, documents)


def _refuse_lost(ready: Ready, folded: int) -> None:
    """Every staged message has its outcome; what is staged lives as long as its transaction, which must be this one."""
    if folded != ready.n_messages:
        raise RuntimeError("messages were staged in another transaction than they were folded in")


_NEWS = frozenset({Outcome.created.value, Outcome.updated.value})
_NO_NEWS = frozenset({Outcome.unchanged.value, Outcome.stale_ignored.value})
