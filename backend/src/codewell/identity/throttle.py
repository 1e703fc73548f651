"""Guessing is made slow: after a few wrong tries the next must wait, and each further one waits longer."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass

from codewell.kit import clock

FREE_TRIES = 5
LONGEST_WAIT = dt.timedelta(minutes=15)
FORGET_AFTER = dt.timedelta(hours=1)


def wait_after(failures: int, free: int = FREE_TRIES) -> dt.timedelta:
    """Return how long to wait after this many failures in a row: none at first, then 2, 4, 8 s … at most 15 minutes."""
    if failures < free:
        return dt.timedelta(0)
    return min(dt.timedelta(seconds=2 ** min(failures - free + 1, 20)), LONGEST_WAIT)


@dataclass(slots=True)
class _Seen:
    failures: int
    at: dt.datetime


class Guesses:
    """Counts wrong API keys in this process, per key id and per address.

    Kept in memory on purpose: a secret of 256 bits cannot be guessed, so this only has to keep a noisy client cheap,
    and a right key is always let through, so that nobody can lock a feed out by guessing at its key.
    """

    def __init__(self, *, free: int = 20, room: int = 10_000) -> None:
        self._free, self._room = free, room
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def wrong(self, *names: str) -> dt.timedelta:
        """Note a wrong try under each name; return the longest wait it earned."""
        now, wait = clock.now(), dt.timedelta(0)
        for name in names:
            before = self._seen.pop(name, None)
            count = before.failures + 1 if before is not None and now - before.at < FORGET_AFTER else 1
            self._seen[name] = _Seen(count, now)
            wait = max(wait, wait_after(count, self._free))
        while len(self._seen) > self._room:
            self._seen.popitem(last=False)
        return wait

    def right(self, *names: str) -> None:
        """Forget the wrong tries under these names."""
        for name in names:
            self._seen.pop(name, None)
