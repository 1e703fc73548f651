"""What a draw would take and has taken: size, preview, the draw itself, its replay, and the episodes of an audit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from codewell.audits import figures, frame
from codewell.audits.draw import Candidate, Impossible, draw_strata, reserves, strata_hash
from codewell.audits.models import Audit, AuditDraw
from codewell.audits.reads.one import the_audit
from codewell.audits.reads.setup import NO_PERMISSION, names_of
from codewell.audits.rules import ITEM_MOVES, STATE_LABELS, AuditKind, AuditState, ItemState
from codewell.audits.sampling import RISK, sizes_of
from codewell.audits.schemas.draws import ItemFilter, SizeAsked
from codewell.audits.schemas.setup import Population, Sampling
from codewell.episodes import reference
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.paging import decode_cursor, encode_cursor, scope_of
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb


async def wanted_of(session: AsyncSession, actor: Actor, audit: Audit) -> frame.Wanted:
    """Return what an audit's set-up asks of a frame."""
    members = await session.scalars(
        text("""select person_id from audit_member where provider = :provider and audit_id = :audit_id
                order by part desc, person_id"""),
        {"provider": actor.provider, "audit_id": audit.audit_id},
    )
    return frame.Wanted(
        audit.audit_id,
        audit.period_from,
        audit.period_to,
        Population.model_validate(audit.population),
        Sampling.model_validate(audit.sampling),
        tuple(members),
    )


def sizes_for(sampling: Sampling, of: Mapping[str, int]) -> dict[str, int]:
    """Return how many of each stratum a sampling takes; Impossible where the frame cannot give it."""
    return sizes_of(
        sampling.method,
        of,
        size=sampling.size,
        at_least=sampling.at_least,
        sizes=sampling.sizes,
        of_each=sampling.of_each,
        tilt=sampling.tilt,
    )


def expected_of(
    of: Mapping[str, int], sizes: Mapping[str, int], share: float, confidence: float
) -> dict[str, Any] | None:
    """Return the interval a sample would give of the share of episodes that are right, were ``share`` of them.

    Wilson's at Kish's effective size for the unevenness of the chances, with the finite population correction. Codes
    within an episode hang together, so that what is said of codes will be somewhat wider.
    """
    n, total = sum(sizes.values()), sum(of.values())
    if not n:
        return None
    weights = [(of[s] / k, k) for s, k in sizes.items() if k]
    effective = sum(w * k for w, k in weights) ** 2 / sum(w * w * k for w, k in weights)
    if n >= total:
        low = high = share
    else:
        low, high = figures.wilson(share, effective * (total - 1) / (total - n), confidence)
    return {
        "share": share,
        "confidence": confidence,
        "low": low,
        "high": high,
        "points": 100 * (high - low) / 2,
        "effective_n": effective,
    }


@verb("audit:list")
async def size_sample(session: AsyncSession, actor: Actor, asked: SizeAsked) -> dict[str, Any]:
    """Return how many episodes a figure of that certainty takes; it is worked out, nothing is looked up."""
    size = figures.size_for(asked.points / 100, asked.share, asked.confidence, asked.population)
    population = asked.population or size * 1_000_000
    found = expected_of({"": population}, {"": min(size, population)}, asked.share, asked.confidence)
    assert found is not None  # a size is at least one
    return {
        "size": size,
        "low": found["low"],
        "high": found["high"],
        "points": found["points"],
        "words": f"{size:,} episodes give ±{asked.points:g} points at {asked.confidence:.0%} confidence "
        f"if {asked.share:.0%} are right.",
    }


@verb("audit:see", refuses=[NotFound])
async def count_population(session: AsyncSession, actor: Actor, audit_id: UUID) -> dict[str, Any]:
    """Return how many episodes the audit's population has that may be drawn, and why others may not.

    Episodes that the caller may still code blind are in no number: the population may be narrowed by codes.
    """
    audit = await the_audit(session, actor, audit_id)
    wanted = await wanted_of(session, actor, audit)
    found = await frame.frame_of(session, actor, wanted, lines=False, reader=actor.id)
    return {
        "in_period": found.size + sum(found.left_out.values()),
        "frame": found.size,
        "left_out": frame.left_out(found.left_out),
    }


def _risk(sampling: Sampling) -> list[dict[str, Any]]:
    if sampling.strata_by != "risk":
        return []
    return [{"key": r.key, "words": r.words, "points": r.points} for r in RISK]


# Some of them, whichever come first: they only show what the population is like.
_SAMPLE = """
select main_specialty_code, to_char(ended_on, 'YYYY-MM') as month, nights, age, patient_class, stratum from pool
where why is null limit 10
"""


@verb("audit:set_up", refuses=[NotFound])
async def preview_draw(session: AsyncSession, actor: Actor, audit_id: UUID) -> dict[str, Any]:
    """Return what a draw would take of each stratum and how sure its figure would be; nothing is drawn.

    Episodes that the caller may still code blind are left out of it. They are left out of that person's draw too;
    only one that the system makes may take them.
    """
    audit = await the_audit(session, actor, audit_id)
    wanted = await wanted_of(session, actor, audit)
    found = await frame.frame_of(session, actor, wanted, lines=False, reader=actor.id)
    sampling, problem = wanted.sampling, None
    try:
        sizes = sizes_for(sampling, found.counts)
    except Impossible as no:
        sizes, problem = {}, str(no)
    size, by = sum(sizes.values()), sampling.strata_by
    names = await names_of(session, actor, frame.coders_in(by, found.counts))
    aim = sampling.aim
    more = ", nights as nights_, age as age_, patient_class as class_"
    statement, values = frame.pool(actor, wanted, reader=actor.id, extra=more)
    rows = (await session.execute(text(statement + _SAMPLE), values)).all() if found.size else []
    second = math.ceil(size * audit.second_share - 1e-9)
    return {
        "frame": found.size,
        "left_out": frame.left_out(found.left_out),
        "method": sampling.method,
        "by": by,
        "strata": strata_out(by, found.counts, sizes, names),
        "size": size,
        "second": second,
        "expected": expected_of(
            found.counts,
            sizes,
            aim.share if aim else 0.9,
            aim.confidence if aim else audit.methodology.get("confidence", 0.95),
        ),
        "sample": [
            {
                "specialty": reference.specialty_name(r.main_specialty_code) or r.main_specialty_code or "None",
                "month": r.month,
                "nights": r.nights,
                "age": r.age,
                "patient_class": reference.text_of("patient_class", r.patient_class),
                # By coder, a row's stratum would say who coded it.
                "stratum": "" if by == "coder" else frame.label_of(by, r.stratum, names),
            }
            for r in rows
        ],
        "risk": _risk(sampling),
        "problem": problem,
        "warnings": list(_warnings(audit, wanted, found, sizes, second)),
    }


def _warnings(
    audit: Audit, wanted: frame.Wanted, found: frame.Frame, sizes: Mapping[str, int], second: int
) -> Iterable[str]:
    if not wanted.auditors:
        yield "Nobody is named to audit yet."
    if second and len(wanted.auditors) < 2:
        yield "Second audits need a second auditor."
    regime = (audit.thresholds or {}).get("episodes")
    size = sum(sizes.values())
    if audit.kind == AuditKind.dspt and regime and size and size < regime:
        yield f"The thresholds' regime asks for {regime} episodes."
    empty = [s for s, n in found.counts.items() if n and not sizes.get(s)]
    if sizes and empty:
        yield f"{len(empty)} of {len(found.counts)} strata get no episode; nothing is said of them."
    asked = wanted.sampling.of_each if wanted.sampling.method in ("fixed", "per_coder") else None
    if asked and any(0 < n < asked for n in sizes.values()):
        yield f"Some strata have fewer than {asked} episodes; all of theirs are drawn."


def strata_out(
    by: str | None, of: Mapping[str, int], sizes: Mapping[str, int], names: Mapping[UUID, str]
) -> list[dict[str, Any]]:
    """Return each stratum with its candidates, its sample and the chance of each; by name."""
    rows = [
        {
            "key": s,
            "label": frame.label_of(by, s, names),
            "frame": n,
            "drawn": sizes.get(s, 0),
            "probability": sizes[s] / n if sizes.get(s) else None,
        }
        for s, n in of.items()
    ]
    return sorted(rows, key=lambda r: (str(r["label"]) if by != "month" else str(r["key"]), str(r["key"])))


async def the_draw(session: AsyncSession, actor: Actor, audit_id: UUID) -> AuditDraw:
    """Return the draw of an audit; NotFound while there is none."""
    found = (
        select(AuditDraw)
        .where(AuditDraw.provider == actor.provider, AuditDraw.audit_id == audit_id)
        .order_by(col(AuditDraw.at).desc())
        .limit(1)
    )
    made = (await session.execute(found)).scalar_one_or_none()
    if made is None:
        raise NotFound("The audit has not been drawn.")
    return made


@verb("audit:see", refuses=[NotFound])
async def see_draw(session: AsyncSession, actor: Actor, audit_id: UUID) -> dict[str, Any]:
    """Return how the sample was drawn."""
    await the_audit(session, actor, audit_id)
    return draw_out(await the_draw(session, actor, audit_id))


def draw_out(made: AuditDraw) -> dict[str, Any]:
    """Return the wire shape of a draw."""
    sampling = Sampling.model_validate(made.sampling)
    same = ("draw_id", "audit_id", "method", "seed", "frame_size", "frame_hash", "strata", "drawn", "at", "by_name")
    return {name: getattr(made, name) for name in same} | {
        "by": sampling.strata_by,
        "left_out": frame.left_out(made.left_out),
        "risk": _risk(sampling),
    }


_KEPT = text("""
select i.no, i.ticket, i.episode_id::text || ':' || i.coding_version as key, i.stratum, i.probability, i.replaces
from audit_item i
where i.provider = :provider and i.draw_id = :draw_id and i.second_of is null order by i.no
""")


def kept_strata(made: AuditDraw) -> dict[str, list[str]]:
    """Return the candidates of a draw's kept frame, by stratum."""
    return frame.split(frame.unpacked(made.frame))


def next_of(strata: Mapping[str, list[str]], seed: str, stratum: str, passed: Iterable[str]) -> list[str]:
    """Return who may replace an episode of a stratum, in order."""
    return reserves([Candidate(key, stratum) for key in strata[stratum]], seed, stratum, passed)


@verb("audit:see", refuses=[NotFound])
async def replay_draw(session: AsyncSession, actor: Actor, audit_id: UUID) -> dict[str, Any]:
    """Draw again from the kept frame and seed, and say whether every step and every episode comes out as it was."""
    await the_audit(session, actor, audit_id)
    made = await the_draw(session, actor, audit_id)
    strata = kept_strata(made)
    sampling = Sampling.model_validate(made.sampling)
    of = {stratum: len(keys) for stratum, keys in strata.items()}
    sizes = sizes_for(sampling, of)
    again = {d.key: d for d in draw_strata(strata, made.seed, sizes)}
    kept = (await session.execute(_KEPT, {"provider": actor.provider, "draw_id": made.draw_id})).all()
    first = [r for r in kept if r.replaces is None]
    items: list[dict[str, Any]] = []
    for r in first:
        d = again.get(r.key)
        same = d is not None and (d.ticket, d.stratum) == (r.ticket, r.stratum)
        same = same and d is not None and abs(float(d.probability) - float(r.probability)) < 1e-12
        items.append({"no": r.no, "ticket": r.ticket, "replacement": False, "same": same})
    known = {r.key for r in first}
    items += [
        {"no": None, "ticket": d.ticket, "replacement": False, "same": False}
        for k, d in again.items()
        if k not in known
    ]
    for r in kept:
        if r.replaces is not None:
            # A replacement is one of its stratum's next tickets; some before it may have been passed over.
            after = next_of(strata, made.seed, r.stratum, again)
            items.append({"no": r.no, "ticket": r.ticket, "replacement": True, "same": r.key in after})
    digest = strata_hash(strata)
    was = {s["key"]: s["drawn"] for s in made.strata}
    right = sum(i["same"] for i in items if not i["replacement"])
    steps = [
        ("Candidates in the frame", f"{made.frame_size:,}", f"{sum(of.values()):,}"),
        ("Hash of the frame", made.frame_hash, digest),
        ("Episodes asked for", f"{made.drawn:,}", f"{sum(sizes.values()):,}"),
        ("Of each stratum", _said(was), _said(sizes)),
        ("Episodes that are the same", f"{made.drawn:,}", f"{right:,}"),
    ]
    told = [{"what": w, "was": a, "now": b, "same": a == b} for w, a, b in steps]
    return {
        "draw_id": made.draw_id,
        "same": all(s["same"] for s in told) and all(i["same"] for i in items),
        "seed": made.seed,
        "steps": told,
        "items": items,
        "replayed_at": clock.now(),
    }


def _said(sizes: Mapping[str, int]) -> str:
    return ", ".join(str(n) for _, n in sorted(sizes.items()))


_ITEMS = """
select i.item_id, i.no, i.state, i.state_reason, i.specialty_code, i.ended_on, i.auditor_id, i.auditor_name,
    i.second_of is not null and not exists (select from episode_blind b where b.provider = i.provider
        and b.episode_id = i.episode_id and b.person_id = :me) as second, r.no as replaces_no, i.coder_id,
    i.frozen ->> 'coder_name' as coder_name,
    i.stratum, i.codes_saved_at, i.decided_at, i.version, i.probability,
    exists (select from episode_blind b where b.provider = i.provider and b.episode_id = i.episode_id
        and b.person_id = :me) as hidden
from audit_item i left join audit_item r on r.provider = i.provider and r.item_id = i.replaces
where i.provider = :provider and i.audit_id = :audit_id
"""


@verb("audit:see", refuses=[NotFound])
async def list_items(session: AsyncSession, actor: Actor, audit_id: UUID, f: ItemFilter) -> dict[str, Any]:
    """Return one page of an audit's episodes in their random order, never with codes.

    Who coded an episode, and a stratum that would tell, stay away from whom its codes are hidden.
    """
    audit = await the_audit(session, actor, audit_id)
    where = ""
    values: dict[str, Any] = {
        "provider": actor.provider, "audit_id": audit_id, "me": actor.id, "rows": f.limit + 1,
    }  # fmt: skip
    if f.state:
        where += " and i.state = :state"
        values["state"] = f.state.value
    if f.mine:
        where += " and i.auditor_id = :me"
    scope = scope_of("audit_items", actor.provider, actor.id if f.mine else "", audit_id, f.state, f.mine)
    if f.cursor:
        where += " and i.no > :after"
        values["after"] = int(decode_cursor(f.cursor, scope)[0])
    rows = (await session.execute(text(_ITEMS + where + " order by i.no limit :rows"), values)).all()
    more, rows = len(rows) > f.limit, rows[: f.limit]
    by = Sampling.model_validate(audit.sampling).strata_by
    names = await names_of(session, actor, frame.coders_in(by, {r.stratum for r in rows}))
    items = []
    for r in rows:
        state = ItemState(r.state)
        items.append(
            {
                **{n: getattr(r, n) for n in _ITEM_SAME},
                "state_label": STATE_LABELS[state],
                "specialty_name": reference.specialty_name(r.specialty_code),
                "mine": r.auditor_id == actor.id,
                "coder": None if r.hidden else {"person_id": r.coder_id, "name": r.coder_name},
                "stratum": None if r.hidden and by == "coder" else frame.label_of(by, r.stratum, names),
                "can": {"replace": _can_replace(actor, audit, state)},
            }
        )
    return {"items": items, "next": encode_cursor([rows[-1].no], scope) if more else None}


_ITEM_SAME = (
    "item_id", "no", "state", "state_reason", "specialty_code", "ended_on", "auditor_id", "auditor_name", "second",
    "replaces_no", "hidden", "codes_saved_at", "decided_at", "version",
)  # fmt: skip


def _can_replace(actor: Actor, audit: Audit, state: ItemState) -> bool | str:
    if not actor.may("audit:set_up"):
        return NO_PERMISSION
    if audit.state != AuditState.running:
        return "Episodes are replaced while the audit is running."
    return state in ITEM_MOVES["replace"].of or "It is too far on to be replaced."
