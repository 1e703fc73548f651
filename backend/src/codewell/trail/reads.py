"""Read the trail back, and prove that it is whole."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_VERIFY = text("""
with line as (
    select provider, chain, no, hash,
           lag(hash) over w as hash_before, lag(no) over w as no_before,
           trail_hash(coalesce(lag(hash) over w, ''::bytea), trail_line) as should_be
    from trail_line
    window w as (partition by provider, chain order by no)
)
select provider, chain, no,
       case when hash <> should_be then 'changed'
            when no <> coalesce(no_before, 0) + 1 then 'lines missing before this one' end as fault
from line
where hash <> should_be or no <> coalesce(no_before, 0) + 1
order by provider, chain, no
limit 100
""")

_HEADS = text("""
select h.provider, h.chain, h.no, encode(h.hash, 'hex') as hash, l.no as last_no, encode(l.hash, 'hex') as last_hash
from trail_head h
left join lateral (
    select no, hash from trail_line t where t.provider = h.provider and t.chain = h.chain order by no desc limit 1
) l on true
order by h.provider, h.chain
""")


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where the trail is not what was written."""

    provider: str
    chain: int
    no: int
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a verification: faults found, and each chain's end to keep elsewhere."""

    lines: int
    faults: list[Fault]
    heads: list[tuple[str, int, int, str]]


async def verify(session: AsyncSession) -> Verdict:
    """Recompute every hash of every chain; reads the whole trail. The first 100 faults are named."""
    faults = [Fault(r.provider, r.chain, r.no, r.fault) for r in await session.execute(_VERIFY)]
    heads = []
    for r in await session.execute(_HEADS):
        heads.append((r.provider, r.chain, r.no, r.hash))
        if r.last_no != r.no or r.last_hash != r.hash:
            faults.append(Fault(r.provider, r.chain, r.no, "the last lines are missing"))
    lines = (await session.execute(text("select count(*) from trail_line"))).scalar_one()
    return Verdict(lines, faults, heads)
