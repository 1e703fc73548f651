"""Sets of codes written as a coder writes them: ``S00-T78``, ``I21``, ``O81.0-O81.3``, with ``!`` for "but not"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_TOKEN = re.compile(r"^(!?)([A-Z]\d\d)(?:\.(\d{1,2}))?(?:-([A-Z]\d\d)(?:\.(\d))?)?$")


def _categories(first: str, last: str) -> Iterator[str]:
    at, end = (ord(first[0]), int(first[1:])), (ord(last[0]), int(last[1:]))
    if at > end:
        raise ValueError(f"{first}-{last} runs backwards")
    while at <= end:
        yield f"{chr(at[0])}{at[1]:02d}"
        at = (at[0], at[1] + 1) if at[1] < 99 else (at[0] + 1, 0)


class CodeSet:
    """Decides by two or three set look-ups whether a stored code belongs to it."""

    __slots__ = ("_in", "_out", "reach", "text")

    def __init__(self, tokens: Iterable[str]) -> None:
        self.text = tuple(tokens)
        within: set[str] = set()
        without: set[str] = set()
        for token in self.text:
            found = _TOKEN.match(token)
            if found is None:
                raise ValueError(f"{token!r} is not a code or a range of codes")
            negative, first, sub, last, last_sub = found.groups()
            into = without if negative else within
            if last is None:
                into.add(first + (sub or ""))
            elif sub is None and last_sub is None:
                into.update(_categories(first, last))
            elif sub is not None and last_sub is not None and first == last:
                into.update(f"{first}{n}" for n in range(int(sub), int(last_sub) + 1))
            else:
                raise ValueError(f"{token!r} mixes levels")
        if not within:
            raise ValueError("a set of codes needs at least one code")
        self._in, self._out = frozenset(within), frozenset(without)
        # Categories it could touch at all: most rules end at this one comparison of sets.
        self.reach = frozenset(code[:3] for code in within)

    def __contains__(self, code: str) -> bool:
        within = self._in
        if code[:3] not in within and code[:4] not in within and code not in within:
            return False
        out = self._out
        return not out or (code[:3] not in out and code[:4] not in out and code not in out)
