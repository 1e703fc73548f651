"""``codewell intake FILE``: take in a file of episodes from the command line, by the same road as the API's."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy import text

from codewell.db import Database
from codewell.identity.actor import Actor
from codewell.identity.rules import Permission
from codewell.intake import reads, service, spool, worker
from codewell.intake.models import IntakeJob
from codewell.intake.rules import JobState
from codewell.kit import clock
from codewell.kit.problems import Problem
from codewell.settings import Settings
from codewell.settings import settings as settings_of_process


def arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("file", type=Path, help="CSV or NDJSON with CDS, HES or mapped column names")
    parser.add_argument("--provider", help="ODS code of the Trust; needed when there are several")
    parser.add_argument("--source", metavar="ID", help="use this sender's column mapping")
    parser.add_argument("--preview", action="store_true", help="say what would happen, and write nothing")
    parser.add_argument("--rejects", type=Path, metavar="CSV", help="write the rows that were not taken, with reasons")


def main(args: argparse.Namespace) -> int:
    """Take the file in; 0 when every row was taken, 1 when some were not, 2 when the file could not be read."""
    return asyncio.run(take_file(args, settings_of_process()))


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, 1 << 20):
            yield chunk


async def take_file(args: argparse.Namespace, settings: Settings) -> int:
    """Spool, work and report; the progress bar goes to standard error."""
    database = Database(settings)
    try:
        provider = await _provider(database, args.provider)
        if provider is None:
            print("Say which Trust with --provider; this database has several, or none.", file=sys.stderr)
            return 2
        actor = Actor.system(
            provider, "command line", frozenset({Permission.intake_post.value, Permission.intake_monitor.value})
        )
        try:
            spooled = await spool.receive(
                _chunks(args.file),
                settings.work_dir,
                max_bytes=settings.max_file_bytes,
                max_rows=settings.max_file_rows,
            )
            async with database.transaction() as session:
                job = await service.receive_file(
                    session, actor, spooled, file_name=args.file.name, source_id=args.source, preview=args.preview,
                    source_at=None,
                )  # fmt: skip
                # Ours from the start: a running server must not take it up as well.
                job.state, job.worker = JobState.running.value, worker.me()
                job.started_at = job.beat_at = clock.now()
        except Problem as refused:
            print(refused.detail or refused.title, file=sys.stderr)
            return 2
        except OSError as error:
            print(f"{args.file}: {error.strerror}", file=sys.stderr)
            return 2
        bar = Bar()
        await worker.work(database, job, settings.work_dir, told=bar.show)
        bar.end()
        if args.rejects is not None:
            with args.rejects.open("wb") as out:
                async for lines in reads.reject_lines(database, actor, job):
                    out.write(lines)
        return _report(job)
    finally:
        await database.close()


async def _provider(database: Database, given: str | None) -> str | None:
    async with database.transaction() as session:
        known = [row.provider for row in await session.execute(text("select provider from trust order by 1"))]
    if given is not None:
        return given if given in known else None
    return str(known[0]) if len(known) == 1 else None


def _report(job: IntakeJob) -> int:
    out = reads.job_out(job)
    if job.state == JobState.failed.value:
        print(job.message, file=sys.stderr)
        return 2
    would = "would be " if job.preview else ""
    print(
        f"{job.rows_done:,} rows: {would}accepted {out['accepted']:,} (created {job.created:,}, "
        f"updated {job.updated:,}), "
        f"unchanged {out['unchanged']:,}, rejected {out['rejected']:,} (quarantined {job.quarantined:,})"
    )
    return 1 if out["rejected"] else 0


class Bar:
    """A progress bar on a terminal, a line every ten seconds elsewhere."""

    def __init__(self) -> None:
        self.live = sys.stderr.isatty()
        self.shown = 0.0

    def show(self, job: IntakeJob) -> None:
        """Show how far the job is."""
        if not self.live and time.monotonic() - self.shown < 10:
            return
        self.shown = time.monotonic()
        out = reads.job_out(job)
        share = job.rows_done / job.rows if job.rows else 1.0
        left = "" if out["seconds_left"] is None else f", {out['seconds_left']} s left"
        rate = f"{out['rows_per_second'] or 0:,.0f} a second"
        line = f"{'█' * int(share * 30):░<30} {job.rows_done:,} of {job.rows:,}, {rate}{left}"
        print(f"\r{line:<100}" if self.live else line, end="" if self.live else "\n", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the bar's line."""
        if self.live:
            print(file=sys.stderr)
