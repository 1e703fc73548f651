"""How far auditors agree who audited the same episodes blind, and how often proposals stand; here and overall."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.alignment import CodeClass
from codewell.audits.figures import SMALL_N, Agreement, Unit, agreement, proportion
from codewell.audits.pairing import Judged, Pair, pairs
from codewell.audits.profiles import Methodology
from codewell.audits.reads.audited import AUDITED
from codewell.audits.reads.one import the_audit
from codewell.audits.shown import CLASS_LABELS, Rules
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb

# Pairs of audits of one episode of which both are decided; the positions of both, each marked with whose it is. The
# pairs are found first, from the second audits: a planner without figures of the tables would try every audited episode
# of the Trust on each.
_PAIRED = """
with pair as materialized (
    select s.provider, s.item_id as pair_id, s.decided_at, f.item_id as first_id
    from audit_item s
    join audit_item f on f.provider = s.provider and f.audit_id = s.audit_id and f.item_id = s.second_of
    {audits}
    where s.provider = :provider and s.second_of is not null and s.state = any(cast(:audited as text[]))
      and f.state = any(cast(:audited as text[]))
)
select pair_id, pair.decided_at, x.part, p.side, p.code_class, p.trust_at, p.auditor_code,
       p.final_type is not null as wrong, p.decision
from pair
join lateral (values (1, first_id), (2, pair_id)) as x(part, item_id) on true
join audit_position p on p.provider = pair.provider and p.item_id = x.item_id
where p.external is null
order by pair_id, x.part, p.no
"""
_PAIRED_HERE = text(_PAIRED.format(audits="and s.audit_id = :audit_id"))
_PAIRED_ALL = text(
    _PAIRED.format(
        audits="join audit a on a.provider = s.provider and a.audit_id = s.audit_id and a.state <> 'abandoned'"
    )
)
_PAIRS = text("""
select count(*) as pairs,
       count(*) filter (where s.state = any(cast(:audited as text[])) and f.state = any(cast(:audited as text[])))
           as finished
from audit_item s
join audit_item f on f.provider = s.provider and f.audit_id = s.audit_id and f.item_id = s.second_of
where s.provider = :provider and s.audit_id = :audit_id and s.second_of is not null
  and s.state <> 'replaced' and f.state <> 'replaced'
""")
_PROPOSED = text("""
select count(*) as decided, count(*) filter (where p.proposed_type is not distinct from p.final_type) as same
from audit_position p join audit_item i on i.provider = p.provider and i.item_id = p.item_id
join audit a on a.provider = p.provider and a.audit_id = p.audit_id
where p.provider = :provider and a.state <> 'abandoned' and p.external is null and p.proposed_type is not null
  and i.second_of is null and i.state = any(cast(:audited as text[]))
  and p.decision in ('accepted', 'changed', 'rejected')
group by i.item_id
""")


async def _judged(session: AsyncSession, actor: Actor, audit_id: UUID | None) -> list[tuple[dt.datetime, list[Pair]]]:
    values = {"provider": actor.provider, "audit_id": audit_id, "audited": list(AUDITED)}
    said: dict[UUID, tuple[dt.datetime, list[Judged], list[Judged]]] = {}
    if audit_id is None:
        del values["audit_id"]
    statement = _PAIRED_ALL if audit_id is None else _PAIRED_HERE
    for row in await session.execute(statement, values):
        if row.trust_at is None and not row.wrong:
            continue  # The auditor took their own code back.
        _, first, second = said.setdefault(row.pair_id, (row.decided_at or clock.now(), [], []))
        (first if row.part == 1 else second).append(
            Judged(row.side, CodeClass(row.code_class), row.trust_at, row.auditor_code, row.wrong)
        )
    return [(at, pairs(first, second)) for at, first, second in said.values()]


def agreement_out(found: Agreement, rules: Rules) -> dict[str, Any]:
    """Return an agreement as it goes out; what cannot be had is null, and too little says so in a sentence."""

    def value(v: float | None, low: float | None, high: float | None) -> dict[str, Any] | None:
        return None if v is None else {"value": v, "low": low, "high": high}

    said = ""
    if not found.n:
        said = "No code was judged by two auditors yet."
    elif found.n < rules.small_n:
        said = f"Only {found.n} codes were judged by two auditors: too few to say how far they agree."
    elif found.kappa is None:
        said = "Kappa cannot be had: both auditors said the same of every code. AC1 can."
    return {
        "n": found.n,
        "agreed": rules.figure(found.agreed, "codes judged by two auditors"),
        "kappa": value(found.kappa, found.kappa_low, found.kappa_high),
        "ac1": value(found.ac1, found.ac1_low, found.ac1_high),
        "small": found.n < rules.small_n,
        "said": said,
    }


def _of(episodes: Sequence[Sequence[Pair]], rules: Rules, klass: CodeClass | None = None) -> dict[str, Any]:
    judged = [[(p.first, p.second) for p in e if klass is None or p.code_class is klass] for e in episodes]
    return agreement_out(agreement(judged, rules.confidence), rules)


def _by_class(episodes: Sequence[Sequence[Pair]], rules: Rules) -> list[dict[str, Any]]:
    return [{"code_class": k.value, "label": CLASS_LABELS[k], **_of(episodes, rules, k)} for k in CodeClass]


@verb("audit:see", refuses=[NotFound])
async def see_agreement(session: AsyncSession, actor: Actor, audit_id: UUID) -> dict[str, Any]:
    """Return how far the first and second auditors of an audit agree, over the pairs of which both are decided."""
    audit = await the_audit(session, actor, audit_id)
    methodology = Methodology.model_validate(audit.methodology)
    rules = Rules(methodology.confidence, methodology.small_n)
    values = {"provider": actor.provider, "audit_id": audit_id, "audited": list(AUDITED)}
    row = (await session.execute(_PAIRS, values)).one()
    episodes = [found for _, found in await _judged(session, actor, audit_id)]
    return {
        "pairs": row.pairs,
        "finished": row.finished,
        "overall": _of(episodes, rules),
        "classes": _by_class(episodes, rules),
    }


def quarter_of(day: dt.date) -> str:
    """Return the quarter of an NHS financial year, as ``2026/27 Q3``."""
    return f"{clock.financial_year(day)} Q{(day.month - 4) % 12 // 3 + 1}"


@verb("audit:see")
async def see_all_agreement(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    """Return the auditors' agreement pooled over every audit by the quarter of the second, and that of proposals."""
    rules = Rules(0.95, SMALL_N)
    by: dict[str, list[list[Pair]]] = {}
    for at, found in await _judged(session, actor, None):
        by.setdefault(quarter_of(clock.london_day(at)), []).append(found)
    values = {"provider": actor.provider, "audited": list(AUDITED)}
    proposed = [Unit(row.decided, row.same) for row in await session.execute(_PROPOSED, values)]
    everything = [found for episodes in by.values() for found in episodes]
    return {
        "overall": _of(everything, rules),
        "classes": _by_class(everything, rules),
        "quarters": [{"quarter": q, **_of(found, rules)} for q, found in sorted(by.items())],
        "proposals": rules.figure(proportion(proposed), "proposals decided on"),
    }
