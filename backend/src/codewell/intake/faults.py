"""What could not be taken in: kept as it came, with every reason, and waiting for a person once only."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from xxhash import xxh3_128_digest

from codewell.db import raw as driver
from codewell.episodes import incoming
from codewell.identity.actor import Actor
from codewell.intake.fields import Fault
from codewell.intake.models import IntakeFault, IntakeJob
from codewell.intake.rules import FaultKind, FaultState
from codewell.kit import clock
from codewell.kit.ids import uuid7_many

WHOLE_FILE: Final = "The file as a whole was refused; it is to be sent again."
WAITS_ALREADY: Final = "The same came before, was refused for the same reason, and still waits there."
DEALT_WITH: Final = "The same came before, was refused for the same reason, and has been dealt with."


def errors_of(faults: list[Fault]) -> list[dict[str, str | None]]:
    """Return faults as they go over the wire and into the table."""
    return [{"field": f.field, "column": f.column, "reason": f.reason, "what_to_do": f.what_to_do} for f in faults]


def kind_of(faults: list[Fault]) -> FaultKind:
    """Return whether a message is rejected (any part unreadable) or quarantined (readable, but contradictory)."""
    return FaultKind.quarantined if all(f.quarantine for f in faults) else FaultKind.rejected


async def forget_faults(session: AsyncSession, provider: str, job_id: UUID) -> None:
    """Remove what a preview found wrong: it is over, and its rows name patients."""
    await session.execute(
        delete(IntakeFault).where(col(IntakeFault.provider) == provider, col(IntakeFault.job_id) == job_id)
    )


class Earlier(NamedTuple):
    """A fault of an earlier sending, of the same content and the same reasons."""

    fault_id: UUID
    waits: bool


_EARLIER = text("""
select distinct on (f.fingerprint) f.fingerprint, f.fault_id, f.state = 'open' as waits
from intake_fault f
where f.provider = :provider and f.fingerprint = any(cast(:fingerprints as uuid[]))
    and (cast(:job_id as uuid) is null or f.job_id is distinct from cast(:job_id as uuid))
    and (f.state = 'open' or f.decided_by is not null)
order by f.fingerprint, f.state <> 'open', f.fault_id
""")


async def _earlier(
    session: AsyncSession, provider: str, fingerprints: Collection[UUID], job_id: UUID | None
) -> dict[UUID, Earlier]:
    """Return what waits, or was dealt with by somebody, of the same content and reasons, beside the job's own rows.

    One sending at a time looks and writes, so that of two at once the second finds what the first has written.
    """
    sql, values = incoming.lock_sql(provider)
    await session.execute(text(sql), values)
    found = await session.execute(
        _EARLIER, {"provider": provider, "fingerprints": list(set(fingerprints)), "job_id": job_id}
    )
    return {row.fingerprint: Earlier(row.fault_id, row.waits) for row in found}


def _fingerprint(raw: bytes, errors: list[dict[str, str | None]], read_as: list[Any]) -> UUID:
    """Return the digest of what came, why it was refused and how it was read: the same text may mean something else."""
    told = orjson.dumps([errors, read_as], option=orjson.OPT_SORT_KEYS)
    return UUID(bytes=xxh3_128_digest(raw + b"\x00" + told))


def _read_as(job: IntakeJob, what: str) -> list[Any]:
    """Return what a row's meaning depends on beside its text; a line of JSON names its members itself."""
    columns = [job.header, job.delimiter] if what == "csv" else []
    return [what, job.coding_source, job.mapping, *columns]


async def keep_items(
    session: AsyncSession, actor: Actor, faults: Mapping[int, list[Fault]], values: list[Any], what: str
) -> dict[int, UUID]:  # Any: JSON values
    """Keep the items of a post that were not taken, and return the fault of each.

    Senders post again what was not taken: of the same item, refused for the same reasons, the earlier fault is
    returned, whether it waits or has been dealt with.
    """
    if not faults:
        return {}
    made = {}
    for idx, of_item in faults.items():
        # json, not orjson: a lone surrogate must not lose the whole message.
        raw, errors = json.dumps(values[idx], ensure_ascii=True).encode(), errors_of(of_item)
        made[idx] = (_fingerprint(raw, errors, [what]), raw, errors)
    earlier = await _earlier(session, actor.provider, [m[0] for m in made.values()], None)
    kept = {fingerprint: one.fault_id for fingerprint, one in earlier.items()}
    new_ids = iter(uuid7_many(len(made)))
    for idx, (fingerprint, raw, errors) in made.items():
        if fingerprint in kept:
            continue
        kept[fingerprint] = fault_id = next(new_ids)
        session.add(
            IntakeFault(
                provider=actor.provider, fault_id=fault_id, kind=kind_of(faults[idx]).value,
                state=FaultState.open.value, what=what, raw=raw, errors=errors, created_at=clock.now(),
                fingerprint=fingerprint,
            )
        )  # fmt: skip
    await session.flush()
    return {idx: kept[m[0]] for idx, m in made.items()}


_COLUMNS: Final = (
    "provider", "fault_id", "job_id", "row_number", "kind", "state", "what", "raw", "errors", "created_at",
    "decided_at", "reason", "fingerprint",
)  # fmt: skip


async def keep_rows(
    session: AsyncSession,
    job: IntakeJob,
    first_row: int,
    lines: list[bytes],
    faults: Mapping[int, list[Fault]],
    *,
    whole: bool = False,
) -> None:
    """Keep the rows of a batch that were not taken; of a ``whole`` file that is refused, none waits by itself.

    A row that came before and was refused for the same reason is kept with its file, for that is to account for each of
    its rows, but does not wait a second time: it says that the same waits already, or has been dealt with.
    """
    if not faults:
        return
    what, now = "csv" if job.format == "csv" else "json_line", clock.now()
    made = [(idx, of_row, errors_of(of_row)) for idx, of_row in sorted(faults.items())]
    read_as = _read_as(job, what)
    prints = [_fingerprint(lines[idx], errors, read_as) for idx, _, errors in made]
    # A preview shows its own file alone, and nothing of it waits before it is taken in.
    alone = whole or job.preview
    earlier = {} if alone else await _earlier(session, job.provider, prints, job.job_id)
    records = []
    ids: list[UUID] = sorted(uuid7_many(len(made)))
    for fault_id, fingerprint, (idx, of_row, errors) in zip(ids, prints, made, strict=True):
        before = earlier.get(fingerprint)
        reason = WHOLE_FILE if whole else before and (WAITS_ALREADY if before.waits else DEALT_WITH)
        state, decided_at = (FaultState.dismissed, now) if reason else (FaultState.open, None)
        records.append(
            (
                job.provider, fault_id, job.job_id, first_row + idx, kind_of(of_row).value, state.value, what,
                lines[idx], orjson.dumps(errors).decode(), now, decided_at, reason, None if alone else fingerprint,
            )
        )  # fmt: skip
    await (await driver(session)).copy_records_to_table("intake_fault", records=records, columns=_COLUMNS)
