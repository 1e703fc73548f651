"""`codewell synth`: a synthetic Trust as rows in this installation, or as a file such as a PAS would send."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import functools
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from codewell import db
from codewell.kit import clock
from codewell.settings import Settings, settings
from codewell.synth import files, service
from codewell.synth.frequencies import NationalMix, national_mix
from codewell.synth.generate import Generator

MOST = 2_600_000


def demo_sign_ins() -> list[tuple[str, str, str]]:
    """Role, user name and password of one person per role."""
    return service.demo_sign_ins()


def seed(
    chosen: Settings, size: int = 30_000, progress: Callable[[str], None] = print, *, number: int = 1,
    years: int | None = None, mix: NationalMix | None = None,
) -> None:  # fmt: skip
    """Fill an empty installation with the synthetic Trust; refuses in production."""
    if chosen.environment == "production":
        raise ValueError("A synthetic Trust is never loaded into a production installation.")

    async def run() -> service.Keys:
        database = db.Database(chosen)
        try:
            generator = None
            if mix is not None:
                generator = Generator(number, size, clock.today(), service.PROVIDER, mix.lists, years, mix=mix)
            return await service.fill(database, chosen, size, progress, seed=number, years=years, generator=generator)
        finally:
            await database.close()

    keys = asyncio.run(run())
    progress(f"Key of the API client \u201cintake\u201d, shown this once: {keys.intake}")
    progress(f"Key of the API client \u201cbi\u201d, shown this once: {keys.bi}")
    progress(f'Try it: curl -H "Authorization: Bearer {keys.bi}" {chosen.public_url.rstrip("/")}/api/v1/deadlines')


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("--fces", type=_size, default=30_000, metavar="N", help=f"episodes to make, up to {MOST:,}")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed makes the same Trust")
    parser.add_argument("--format", choices=("csv", "ndjson", "load"), default="load")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where csv or ndjson is written")
    parser.add_argument("--force", action="store_true", help="write over a file that is there")
    parser.add_argument("--years", type=int, metavar="Y", help="spread over Y years instead of thirteen months")
    parser.add_argument(
        "--today", type=dt.date.fromisoformat, metavar="DAY", help="the day that it ends on (files only)"
    )
    parser.add_argument(
        "--provider", default=service.PROVIDER, metavar="ODS", help="ODS code of the Trust (files only)"
    )
    for name, what in (("icd10", "ICD-10"), ("opcs4", "OPCS-4")):
        parser.add_argument(
            f"--{name}-usage",
            type=Path,
            metavar="FILE",
            help=f"CSV code,description,usage: follow these {what} frequencies",
        )


def needs_database(args: argparse.Namespace) -> bool:
    """Files are made without one."""
    return str(args.format) == "load"


def _size(text: str) -> int:
    try:
        size = int(text.replace(",", "").replace("_", ""))
    except ValueError:
        raise argparse.ArgumentTypeError("a whole number is needed") from None
    if not 1 <= size <= MOST:
        raise argparse.ArgumentTypeError(f"from 1 to {MOST:,}")
    return size


def _cannot_write(out: Path, *, force: bool) -> str | None:
    """Return why a file cannot be written there, before anything is made; None when it can."""
    if not out.parent.is_dir():
        return f"There is no folder {out.parent} to write to."
    if out.is_dir():
        return f"{out} is a folder; name a file."
    if out.exists() and not force:
        return f"{out} is there already; --force writes over it."
    return None if os.access(out if out.exists() else out.parent, os.W_OK) else f"{out} cannot be written to."


def main(args: argparse.Namespace) -> int:
    """Make what was asked for, with a line of progress."""
    if bool(args.icd10_usage) != bool(args.opcs4_usage):
        print("Name both lists of frequencies, --icd10-usage and --opcs4-usage, or neither.", file=sys.stderr)
        return 2
    today = args.today or clock.today()
    mix = None
    if args.icd10_usage:
        print("Working out what the scenarios lack of the national code mix ...", flush=True)
        mix = national_mix(args.icd10_usage, args.opcs4_usage, args.seed, today)
    if args.format == "load" and settings().environment == "production":
        print("A synthetic Trust is never loaded into a production installation.", file=sys.stderr)
        return 2
    if args.format == "load":
        say = functools.partial(print, " ", flush=True)
        try:
            seed(settings(), args.fces, say, number=args.seed, years=args.years, mix=mix)
        except service.AlreadyThere as sentence:
            print(sentence, file=sys.stderr)
            return 1
        return 0
    if args.out is None:
        print("Say where to write: --out FILE", file=sys.stderr)
        return 2
    if refused := _cannot_write(args.out, force=args.force):
        print(refused, file=sys.stderr)
        return 2
    lists = None if mix is None else mix.lists
    write(Generator(args.seed, args.fces, today, args.provider, lists, args.years, mix=mix), args.out, args.format)
    return 0


def write(generator: Generator, out: Path, form: str) -> None:
    """Write the episodes into a file, batch by batch."""
    began, done = time.monotonic(), 0
    with out.open("wb") as file:
        for batch in generator.batches():
            if form == "csv":
                file.write(files.csv_lines(batch, generator.provider, generator.today, header=done == 0))
            else:
                file.write(files.ndjson_lines(batch, generator.provider, generator.today))
            done += len(batch)
            took = time.monotonic() - began
            left = (generator.n - done) * took / done
            print(
                f"\r  {done:,} of {generator.n:,} ({done / took:,.0f} a second, {left:.0f} s left)   ",
                end="",
                flush=True,
            )
    print(f"\n  {out}: {out.stat().st_size / 1e6:,.0f} MB", flush=True)
