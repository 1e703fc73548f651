"""A file that one process at a time holds; the system lets go of it when that process ends, however it ends."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import TracebackType

from codewell.embedded.errors import EmbeddedError


def _try(descriptor: int) -> bool:
    """Take the lock without waiting and say whether it was free."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class FileLock:
    """Held by at most one process; as a context manager it waits up to ``wait_s`` and then refuses."""

    def __init__(self, path: Path, wait_s: float = 0, refusal: str = "another process is using this folder") -> None:
        self.path = path
        self.wait_s = wait_s
        self.refusal = refusal
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock if it is free within ``wait_s`` and say whether it is now held."""
        # The descriptor is not inherited by programs started later, so a server that outlives us does not hold it.
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        until = time.monotonic() + self.wait_s
        while not _try(descriptor):
            if time.monotonic() >= until:
                os.close(descriptor)
                return False
            time.sleep(0.05)
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let go; harmless when nothing is held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> FileLock:
        if not self.acquire():
            raise EmbeddedError(self.refusal)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()
