"""``codewell trail verify``: prove from the command line that the trail is whole."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell import db
from codewell.settings import settings
from codewell.trail import reads


async def verify(anchor: Path | None) -> int:
    """Verify every chain; with ``anchor``, also that each chain still holds the ends kept there. 0 whole, 1 not."""
    engine = db.make_engine(settings())
    async with AsyncSession(engine) as session:
        verdict = await reads.verify(session)
        faults = [f"{f.provider} chain {f.chain} line {f.no}: {f.what}" for f in verdict.faults]
        if anchor is not None and anchor.exists():
            faults += await _against(session, json.loads(anchor.read_text()))
    await engine.dispose()
    if anchor is not None and not faults:
        anchor.write_text(json.dumps(verdict.heads, indent=1))
    for fault in faults:
        print(fault)
    print(f"{verdict.lines:,} lines in {len(verdict.heads)} chains: {'NOT WHOLE' if faults else 'whole'}")
    return 1 if faults else 0


async def _against(session: AsyncSession, kept: list[list[str | int]]) -> list[str]:
    faults = []
    for provider, chain, no, wanted in kept:
        found = (
            await session.execute(
                text(
                    "select encode(hash, 'hex') from trail_line"
                    " where provider = :provider and chain = :chain and no = :no"
                ),
                {"provider": provider, "chain": chain, "no": no},
            )
        ).scalar_one_or_none()
        if found != wanted:
            faults.append(f"{provider} chain {chain} line {no}: differs from the anchor")
    return faults


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to ``parser``."""
    parser.add_argument("what", choices=["verify"])
    parser.add_argument("--anchor", type=Path, help="file with the chain ends of the last run; written when whole")


def main(args: argparse.Namespace) -> int:
    """Run the command."""
    return asyncio.run(verify(args.anchor))
