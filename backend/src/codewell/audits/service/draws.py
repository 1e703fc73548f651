"""Verbs that draw an audit's sample, and replace episodes of it."""

from __future__ import annotations

import asyncio
import math
import secrets
from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits import frame, rules
from codewell.audits.draw import Drawn, Impossible, draw_strata, strata_hash, ticket
from codewell.audits.frozen import frozen_copy
from codewell.audits.models import Audit, AuditDraw
from codewell.audits.reads.draws import (
    kept_strata,
    next_of,
    preview_draw,
    replay_draw,
    sizes_for,
    strata_out,
    the_draw,
    wanted_of,
)
from codewell.audits.reads.one import the_audit
from codewell.audits.reads.setup import names_of
from codewell.audits.rules import AuditState, CannotDraw, CannotMove, Mode, NotQualified, ProfileUnknown
from codewell.audits.schemas.draws import ReplaceIn
from codewell.audits.service.setup import qualified, same_version, set_profiles
from codewell.episodes import service as episodes
from codewell.identity.actor import Actor
from codewell.identity.reads import bears
from codewell.kit import clock
from codewell.kit.ids import uuid7_many
from codewell.kit.problems import NotFound, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail

__all__ = ["draw_audit", "preview_draw", "replace_item", "replay_draw"]

_FREEZE = text(f"""
select w.key, e.episode_id, e.ended_on, e.main_specialty_code, p.person_id as coder_id, c.version,
    c.diagnoses, c.procedures, c.procedure_dates, coalesce(c.person_name, p.name) as coder_name,
    c.coder_ref, c.at, c.source, c.icd10_edition, c.opcs4_edition, c.checked_by_id, e.deleted,
    exists (select from audit_item i join audit a on a.provider = i.provider and a.audit_id = i.audit_id
        where i.provider = :provider and i.episode_id = w.episode_id and i.audit_id <> :audit_id
        and i.state <> 'replaced' and a.state <> 'abandoned') as audited,
    array(select m.person_id from person m where m.provider = :provider
        and m.person_id = any(cast(:auditors as uuid[])) and exists (
            select from coding v where v.provider = :provider and v.episode_id = w.episode_id and v.version <= w.version
              and (m.person_id in (v.person_id, v.checked_by_id) or {bears("m", "v.coder_ref")}))) as made_by
from unnest(cast(:keys as text[]), cast(:episodes as uuid[]), cast(:versions as int[])) as w(key, episode_id, version)
join episode_key k on k.provider = :provider and k.episode_id = w.episode_id
join episode e on e.provider = :provider and e.ended_on = k.ended_on and e.episode_id = w.episode_id
join coding c on c.provider = :provider and c.episode_id = w.episode_id and c.version = w.version
left join person r on r.provider = :provider and {bears("r", "c.coder_ref")}
left join person p on p.provider = :provider and p.person_id = coalesce(c.person_id, r.person_id)
""")
_ADD = text("""
insert into audit_item (provider, item_id, audit_id, draw_id, no, episode_id, ended_on, coding_version, frozen,
    coder_id, specialty_code, stratum, ticket, probability, second_of, replaces, state)
select :provider, x.item_id, :audit_id, :draw_id, x.no, x.episode_id, x.ended_on, x.coding_version, x.frozen,
    x.coder_id, x.specialty_code, x.stratum, x.ticket, x.probability, x.second_of, x.replaces, 'drawn'
from jsonb_to_recordset(cast(:items as jsonb)) as x(item_id uuid, no int, episode_id uuid, ended_on date,
    coding_version int, frozen jsonb, coder_id uuid, specialty_code text, stratum text, ticket text,
    probability numeric, second_of uuid, replaces uuid)
""")


async def _frozen(
    session: AsyncSession, actor: Actor, audit_id: UUID, keys: Collection[str], auditors: Collection[UUID]
) -> dict[str, Row[Any]]:
    """Return the coding that each key names, with what else is kept of its episode.

    ``made_by`` are those of the auditors who coded or checked it, or a version before it, here or in the PAS.
    """
    parts = [key.split(":") for key in keys]
    values = {
        "provider": actor.provider,
        "audit_id": audit_id,
        "keys": list(keys),
        "episodes": [UUID(p[0]) for p in parts],
        "versions": [int(p[1]) for p in parts],
        "auditors": list(auditors),
    }
    return {row.key: row for row in await session.execute(_FREEZE, values)}


def _item(row: Row[Any], drawn: Drawn, *, ticket_: str, item_id: UUID, **more: Any) -> dict[str, Any]:
    return {
        "item_id": str(item_id),
        "episode_id": str(row.episode_id),
        "ended_on": row.ended_on.isoformat(),
        "coding_version": row.version,
        "frozen": frozen_copy(row),
        "coder_id": None if row.coder_id is None else str(row.coder_id),
        "specialty_code": row.main_specialty_code,
        "stratum": drawn.stratum,
        "ticket": ticket_,
        "probability": f"{float(drawn.probability):.15f}",
        "second_of": None,
        "replaces": None,
        **more,
    }


def _second_ticket(seed: str, key: str) -> str:
    return ticket(seed, f"{key}:second")


def _may_audit(row: Row[Any], auditors: Collection[UUID]) -> int:
    return len(set(auditors) - {row.coder_id, *row.made_by})


def _items(
    drawn: Sequence[Drawn], rows: dict[str, Row[Any]], seed: str, second: int, auditors: Collection[UUID]
) -> list[dict[str, Any]]:
    """Return the items in the order of their tickets, second audits mixed in, so that no order betrays anything."""
    # All of one instant: their order is random too.
    ids = iter(uuid7_many(2 * len(drawn)))
    first = {d.key: _item(rows[d.key], d, ticket_=d.ticket, item_id=next(ids)) for d in drawn}
    able = [d for d in drawn if _may_audit(rows[d.key], auditors) >= 2]
    if second > len(able):
        raise CannotDraw(
            f"{second} episodes are to be audited twice, and only {len(able)} have two auditors who may.",
            errors=[{"pointer": "/second_share", "detail": "name more auditors, or have fewer audited twice"}],
        )
    twice = sorted(able, key=lambda d: _second_ticket(seed, d.key))[:second]
    items = list(first.values()) + [
        _item(
            rows[d.key], d, ticket_=_second_ticket(seed, d.key), item_id=next(ids),
            second_of=first[d.key]["item_id"],
        )
        for d in twice
    ]  # fmt: skip
    items.sort(key=lambda i: i["ticket"])
    return [{**item, "no": no} for no, item in enumerate(items, 1)]


@verb(
    "audit:set_up",
    leaves="audit:drawn",
    refuses=[NotFound, Stale, CannotMove, CannotDraw, NotQualified, ProfileUnknown],
)
async def draw_audit(
    session: AsyncSession, actor: Actor, audit_id: UUID, *, version: int, seed: str | None = None
) -> AuditDraw:
    """Draw the sample: freeze the coders' versions, add second audits, hide the codes of a blind audit, set it running.

    The frame is kept whole with its hash and the seed, so that ``replay_draw`` gives the same list for ever. What the
    caller still codes blind is not drawn from.
    """
    audit = await the_audit(session, actor, audit_id, lock=True)
    same_version(audit, version)
    if audit.kind == rules.AuditKind.external:
        raise CannotMove("An external audit is not drawn: its findings are imported.", state=audit.state)
    state = rules.to_state(rules.AUDIT_MOVES, "draw", audit.state)
    await set_profiles(session, actor, audit)
    wanted = await wanted_of(session, actor, audit)
    if not wanted.auditors:
        raise CannotDraw("Name a lead auditor first.", errors=[{"pointer": "/members", "detail": "nobody audits yet"}])
    now = clock.now()
    people = await names_of(session, actor, wanted.auditors)
    await qualified(session, actor, audit, people, clock.today())
    # Whoever draws by codes, or by coder, what they still code blind would learn from what comes that it fits.
    reader = actor.id if actor.kind == "person" else None
    found = await frame.frame_of(session, actor, wanted, reader=reader)
    sampling = wanted.sampling
    try:
        sizes = sizes_for(sampling, found.counts)
    except Impossible as no:
        raise CannotDraw(str(no), errors=[{"pointer": "/sampling", "detail": str(no)}]) from None
    if not sum(sizes.values()):
        none = "no episode would be drawn"
        raise CannotDraw("No episode would be drawn.", errors=[{"pointer": "/sampling", "detail": none}])
    if sum(sizes.values()) > MOST:
        raise CannotDraw(f"That is {sum(sizes.values()):,} episodes; at most {MOST:,} are drawn at once.")
    seed = seed or secrets.token_hex(16)
    # Compressing lets go of the interpreter: it is done beside the drawing.
    packing = asyncio.create_task(asyncio.to_thread(frame.packed, found.lines))
    strata = found.strata()
    drawn = draw_strata(strata, seed, sizes)
    rows = await _frozen(session, actor, audit_id, [d.key for d in drawn], wanted.auditors)
    second = math.ceil(len(drawn) * audit.second_share - 1e-9)
    items = _items(drawn, rows, seed, second, wanted.auditors)
    names = await names_of(session, actor, frame.coders_in(sampling.strata_by, found.counts))
    made = AuditDraw(
        provider=actor.provider, draw_id=uuid7_many(1)[0], audit_id=audit_id, method=sampling.method.value, seed=seed,
        population={
            **audit.population, "period_from": str(audit.period_from), "period_to": str(audit.period_to),
            "auditors": [str(a) for a in wanted.auditors],
        },
        sampling=audit.sampling, strata=strata_out(sampling.strata_by, found.counts, sizes, names),
        frame_size=found.size, frame_hash=strata_hash(strata), frame=await packing,
        left_out=dict(found.left_out), drawn=len(drawn), at=now, by_id=actor.id, by_name=actor.name,
    )  # fmt: skip
    session.add(made)
    audit.state, audit.drawn_at, audit.version = state, now, audit.version + 1
    await session.flush()
    await _add(session, actor, made, items)
    await trail.record(
        session, actor, "audit:drawn", "audit", audit_id, version=audit.version, draw=str(made.draw_id),
        method=made.method, drawn=made.drawn, second=second, frame=made.frame_size, frame_hash=made.frame_hash,
    )  # fmt: skip
    if audit.mode == Mode.blind:
        await episodes.hide_codes(
            session, actor, people=wanted.auditors, episodes=[r.episode_id for r in rows.values()], because=audit_id
        )
    return made


MOST = 5000
"""Episodes drawn at once, at most."""


async def _add(session: AsyncSession, actor: Actor, made: AuditDraw, items: list[dict[str, Any]]) -> None:
    values = {"provider": actor.provider, "audit_id": made.audit_id, "draw_id": made.draw_id}
    await session.execute(_ADD, {**values, "items": orjson.dumps(items).decode()})


_LOCKED = text("""
select item_id, audit_id, draw_id, no, state, stratum, second_of, version, episode_id from audit_item
where provider = :provider and item_id = :item_id for update
""")
_AUDIT_OF = text("select audit_id from audit_item where provider = :provider and item_id = :item_id")
_DRAWN_KEYS = text("""
select distinct episode_id::text || ':' || coding_version from audit_item
where provider = :provider and draw_id = :draw_id
""")
_SECOND = text("""
select item_id, state, version from audit_item
where provider = :provider and second_of = :item_id and state <> 'replaced' for update
""")
_REPLACE = text("""
update audit_item set state = :state, state_reason = :reason, lease_until = null, draft = null, version = version + 1
where provider = :provider and item_id = any(cast(:ids as uuid[]))
""")
_LAST = text("select max(no) from audit_item where provider = :provider and audit_id = :audit_id")


@verb("audit:set_up", leaves="audit:item_replaced", refuses=[NotFound, Stale, CannotMove, CannotDraw])
async def replace_item(
    session: AsyncSession, actor: Actor, item_id: UUID, body: ReplaceIn, *, version: int
) -> dict[str, Any]:
    """Take an episode out of the sample, with the reason; the next ticket of its stratum comes in its place.

    Who was withdrawn, audited elsewhere meanwhile, or coded by all of the auditors is passed over and counted. Where
    the episode was to be audited twice, so is the one that comes.
    """
    values = {"provider": actor.provider, "item_id": item_id}
    audit_id = await session.scalar(_AUDIT_OF, values)
    if audit_id is None:
        raise NotFound("There is no such audited episode here.")
    # The audit first, as every verb takes it: its numbers are given one at a time.
    audit = await the_audit(session, actor, audit_id, lock=True)
    item = (await session.execute(_LOCKED, values)).one()
    if item.version != version:
        raise Stale(current_version=item.version)
    if audit.state != AuditState.running:
        raise CannotMove(state=audit.state)
    to = rules.to_state(rules.ITEM_MOVES, "replace", item.state)
    if item.second_of is not None:
        raise CannotMove("A second audit is replaced with the first; replace that.", state=item.state)
    if item.draw_id is None:
        raise CannotMove("The episode was not drawn here, so nothing can take its place.", state=item.state)
    made = await the_draw(session, actor, audit_id)
    coming, row, passed = await _next(session, actor, audit, made, item.stratum)
    second = (await session.execute(_SECOND, values)).one_or_none()
    again = second is not None and second.state in rules.ITEM_MOVES["replace"].of
    going = [item.item_id, *([second.item_id] if second is not None and again else [])]
    await session.execute(_REPLACE, {"provider": actor.provider, "ids": going, "state": to, "reason": body.reason})
    last = await session.scalar(_LAST, {"provider": actor.provider, "audit_id": audit_id}) or 0
    ids = uuid7_many(2)
    items = [_item(row, coming, ticket_=coming.ticket, item_id=ids[0], no=last + 1, replaces=str(item_id))]
    if again and second is not None:
        items.append(
            _item(
                row, coming, ticket_=_second_ticket(made.seed, coming.key), item_id=ids[1], no=last + 2,
                second_of=str(ids[0]), replaces=str(second.item_id),
            )
        )  # fmt: skip
    await _add(session, actor, made, items)
    if audit.mode == Mode.blind:
        members = (await wanted_of(session, actor, audit)).auditors
        await episodes.show_codes(session, actor, people=None, episodes=[item.episode_id], because=audit_id)
        await episodes.hide_codes(session, actor, people=members, episodes=[row.episode_id], because=audit_id)
    await trail.record(
        session, actor, "audit:item_replaced", "audit", audit_id, version=audit.version, item=str(item_id),
        no=item.no, by_no=last + 1, passed_over=passed,
    )  # fmt: skip
    return {"item_id": ids[0], "no": last + 1, "replaces_no": item.no, "passed_over": passed}


async def _next(
    session: AsyncSession, actor: Actor, audit: Audit, made: AuditDraw, stratum: str
) -> tuple[Drawn, Row[Any], int]:
    """Return the next ticket of a stratum that can still be audited, and how many before it cannot."""
    gone = set(await session.scalars(_DRAWN_KEYS, {"provider": actor.provider, "draw_id": made.draw_id}))
    left = next_of(kept_strata(made), made.seed, stratum, gone)[:200]
    members = (await wanted_of(session, actor, audit)).auditors
    rows = await _frozen(session, actor, audit.audit_id, left, members)
    again = bool(audit.population.get("include_audited"))
    chance = next(s for s in made.strata if s["key"] == stratum)
    for passed, key in enumerate(left):
        row = rows.get(key)
        if row is None or row.deleted or (row.audited and not again) or not _may_audit(row, members):
            continue
        probability = Fraction(chance["drawn"], chance["frame"])
        return Drawn(key, stratum, ticket(made.seed, key), probability), row, passed
    raise CannotDraw("No episode of its stratum is left to take its place.")
