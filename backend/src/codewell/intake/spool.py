"""Where an uploaded file waits: written, weighed, hashed and looked at as it arrives, never held in memory."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

from codewell.intake import parse
from codewell.intake.rules import NotAFile
from codewell.kit.problems import TooLarge

_FLUSH = 1 << 20


class Spooled:
    """A file that has come in whole."""

    def __init__(self, path: Path, work_dir: Path) -> None:
        self.path, self.work_dir = path, work_dir
        self.bytes, self.lines, self.format = 0, 0, "csv"
        self._hash = hashlib.sha256()
        self._ends_open = False

    @property
    def sha256(self) -> str:
        """Digest of the whole file."""
        return self._hash.hexdigest()

    @property
    def rows(self) -> int:
        """How many lines there are, without the header of a CSV: what progress is measured against."""
        return max(0, self.lines + self._ends_open - (self.format == "csv"))

    def keep(self, job_id: UUID) -> None:
        """Give the file its job's name; this is one rename, done when the job is about to be stored."""
        self.path.rename(self.work_dir / str(job_id))

    def discard(self) -> None:
        """Remove the file, unless a job has it."""
        self.path.unlink(missing_ok=True)

    def _write(self, handle: int, chunk: bytes) -> None:
        view = memoryview(chunk)
        while view:
            view = view[os.write(handle, view) :]
        self._hash.update(chunk)
        self.bytes += len(chunk)
        self.lines += chunk.count(b"\n")
        self._ends_open = not chunk.endswith((b"\n", b"\n\x00"))


async def receive(chunks: AsyncIterator[bytes], work_dir: Path, *, max_bytes: int, max_rows: int) -> Spooled:
    """Write a stream to the work folder; NotAFile as soon as its beginning says so, TooLarge at the limit."""
    await asyncio.to_thread(work_dir.mkdir, parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix="upload-", dir=work_dir)
    spooled = Spooled(Path(name), work_dir)
    waiting = bytearray()
    looked = False

    async def flush() -> None:
        nonlocal looked
        if not looked:
            try:
                spooled.format = parse.sniff(bytes(waiting[:65536]))
            except parse.NotText as refused:
                raise NotAFile(str(refused)) from None
            looked = True
        chunk = bytes(waiting)
        waiting.clear()
        await asyncio.to_thread(spooled._write, handle, chunk)
        if spooled.bytes > max_bytes:
            raise TooLarge(f"The limit here is {max_bytes:,} bytes.", limit_bytes=max_bytes)
        if spooled.rows > max_rows:
            raise TooLarge(f"The limit here is {max_rows:,} rows a file; split it.", limit_rows=max_rows)

    try:
        async for chunk in chunks:
            waiting += chunk
            if len(waiting) >= (_FLUSH if looked else 65536):
                await flush()
        if waiting or not looked:
            await flush()
        # A job must not be answered 202 while its file could still be lost with the power.
        await asyncio.to_thread(os.fsync, handle)
    except BaseException:
        spooled.discard()
        raise
    finally:
        os.close(handle)
    return spooled
