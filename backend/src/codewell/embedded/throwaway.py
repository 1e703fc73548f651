"""A cluster for one test run: fast, in a temporary folder, gone afterwards, even when the run itself was killed."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from codewell.embedded import tuning
from codewell.embedded.cluster import Cluster
from codewell.embedded.errors import EmbeddedError
from codewell.embedded.lock import FileLock

PREFIX = "codewell-throwaway-"


@contextmanager
def throwaway(settings: Mapping[str, str] | None = None, *, namespaces: bool = True) -> Iterator[Cluster]:
    """Give a running cluster and remove it at the end; what is in it does not survive a crash of the machine."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    # Root may have to run the server on another account, which must get through to the data (itself 0700).
    folder.chmod(0o711)
    with FileLock(folder / "in-use"):
        cluster = Cluster(folder / "pg", tuning.fleeting() if settings is None else settings, namespaces=namespaces)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()
            shutil.rmtree(cluster.data, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def sweep(older_than_s: float = 60) -> None:
    """Stop and remove throw-away clusters of ours whose owner was killed before it could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if hasattr(os, "geteuid") and folder.stat().st_uid != os.geteuid():
            continue
        held = folder / "in-use"
        # One that was made just now may not have been locked yet.
        if not held.exists() or time.time() - held.stat().st_mtime < older_than_s:
            continue
        lock = FileLock(held)
        if not lock.acquire():
            continue
        try:
            with suppress(EmbeddedError, OSError):
                _remove(folder)
        finally:
            lock.release()


def _remove(folder: Path) -> None:
    left = Cluster(folder / "pg")
    if (left.data / "PG_VERSION").exists() and left.alive(wait_s=30):
        left.mine = True
        left.stop()
    shutil.rmtree(left.data, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
