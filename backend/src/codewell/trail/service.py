"""Leave a line on the trail, in the transaction of the thing it tells of."""

from __future__ import annotations

from typing import Any, Protocol
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell import db
from codewell.kit.clock import now

CHAINS = 16
"""A person's lines always go to the same chain, so that busy people do not wait for one another."""

_APPEND = text("select trail_append(:provider, cast(:chain as smallint), cast(:lines as jsonb))")


class Doer(Protocol):
    """Whoever acts: a person, an API client or the system itself."""

    @property
    def provider(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def request_id(self) -> str: ...


async def record(
    session: AsyncSession,
    actor: Doer,
    tag: str,
    subject_kind: str,
    subject_id: object,
    *,
    version: int | None = None,
    patient_id: UUID | None = None,
    **facts: Any,
) -> None:
    """Leave one line; it is chained and written just before this transaction commits, and lost with it if it fails.

    ``tag`` is ``noun:verb-past``. ``facts`` are JSON; never names, NHS numbers or free text about a patient.
    """
    pending = session.info.setdefault("trail", {})
    chain = actor.id.int % CHAINS
    pending.setdefault((actor.provider, chain), []).append(
        {
            "at": now().isoformat(),
            "actor_kind": actor.kind,
            "actor_id": str(actor.id),
            "actor_name": actor.name,
            "tag": tag,
            "subject_kind": subject_kind,
            "subject_id": str(subject_id),
            "patient_id": None if patient_id is None else str(patient_id),
            "version": version,
            "facts": facts,
            "request_id": actor.request_id,
        }
    )
    db.at_end(session, "trail", _append)


async def _append(session: AsyncSession) -> None:
    # Chains are taken in one order, so that two transactions with lines in several chains cannot wait for each other.
    for (provider, chain), lines in sorted(session.info.pop("trail", {}).items()):
        await session.execute(
            _APPEND, {"provider": provider, "chain": chain, "lines": orjson.dumps(lines, default=str).decode()}
        )
