"""Drawing a sample that can be drawn again: a frame, a seed and a method give one list, for ever.

Each candidate gets a ticket, a number made from the seed and its own id (SHA-256); within its stratum the lowest
tickets are taken. So the sample depends neither on the order in which the frame was read nor on any library's random
numbers, a replacement is simply the next ticket of the same stratum, and anybody with the frame and the seed can
replay it.

Sources: ordering by independent uniforms is sequential simple random sampling (Fan, Muller and Rezucha 1962); the
inclusion probability in a stratum is its sample over its frame. Proportional sizes are rounded by largest remainder
(Hamilton).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from heapq import nsmallest


class Method(StrEnum):
    """How a sample is drawn."""

    simple = "simple"
    proportional = "proportional"
    fixed = "fixed"
    per_coder = "per_coder"
    risk_weighted = "risk_weighted"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One episode of a frame; ``key`` names it and its coding version, ``stratum`` says among whom it is drawn."""

    key: str
    stratum: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One episode of a sample, its ticket, and the probability with which the draw took it; never nought."""

    key: str
    stratum: str
    ticket: str
    probability: Fraction


class Impossible(ValueError):
    """A sample that the frame cannot give; the words are for the person who asked."""


def ticket(seed: str, key: str) -> str:
    """Return a candidate's ticket: 64 hexadecimal digits, uniform, the same wherever it is worked out."""
    return hashlib.sha256(f"{seed}\x1f{key}".encode()).hexdigest()


def frame_hash(candidates: Iterable[Candidate]) -> str:
    """Return the digest of a frame: who was in it and in which stratum, in whatever order they were read."""
    return _digest([f"{c.key}\x1f{c.stratum}\n" for c in candidates])


def strata_hash(strata: Mapping[str, Sequence[str]]) -> str:
    """Return ``frame_hash`` of candidates given by stratum."""
    return _digest([f"{key}\x1f{stratum}\n" for stratum, keys in strata.items() for key in keys])


def _digest(lines: list[str]) -> str:
    lines.sort()
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def counts(candidates: Iterable[Candidate]) -> dict[str, int]:
    """Return how many candidates each stratum has."""
    sizes: dict[str, int] = {}
    for candidate in candidates:
        sizes[candidate.stratum] = sizes.get(candidate.stratum, 0) + 1
    return dict(sorted(sizes.items()))


def proportional(frame: Mapping[str, int], size: int, *, at_least: int = 0) -> dict[str, int]:
    """Share ``size`` out over strata by their share of the frame, none below ``at_least`` (or its whole) of them.

    Largest remainders get the odd ones, ties by name. The minimum is given first, the rest in proportion.
    Raises Impossible when the frame is smaller than the size, or the minimums alone are more than the size.
    """
    total = sum(frame.values())
    if size > total:
        raise Impossible(f"There are {total:,} episodes to draw from, and {size:,} are asked for.")
    shares = {name: min(at_least, n) for name, n in frame.items()}
    if sum(shares.values()) > size:
        raise Impossible(
            f"At least {at_least} of each of {len(frame)} strata are {sum(shares.values()):,} episodes, and {size:,} "
            "are asked for."
        )
    while (left := size - sum(shares.values())) > 0:
        # What each would get of the whole, less what it has; strata that are used up drop out.
        open_ = {name: n for name, n in frame.items() if shares[name] < n}
        whole = sum(open_.values())
        taken = sum(shares[name] for name in open_)
        wish = {name: max(Fraction((left + taken) * n, whole) - shares[name], Fraction(0)) for name, n in open_.items()}
        asked = sum(wish.values())
        give = {name: min(Fraction(left) * w / asked, Fraction(frame[name] - shares[name])) for name, w in wish.items()}
        for name, w in give.items():
            shares[name] += int(w)
        rest = size - sum(shares.values())
        by_remainder = sorted(
            (name for name in open_ if shares[name] < frame[name]),
            key=lambda name: (int(give[name]) - give[name], name),
        )
        for name in by_remainder[:rest]:
            shares[name] += 1
    return dict(sorted(shares.items()))


def fixed(frame: Mapping[str, int], sizes: Mapping[str, int]) -> dict[str, int]:
    """Check sizes that a person set; a stratum not named gets none. Raises Impossible when a stratum has too few."""
    for name, n in sizes.items():
        if n > frame.get(name, 0):
            raise Impossible(f"{name or 'The frame'} has {frame.get(name, 0):,} episodes, and {n:,} are asked for.")
    return {name: sizes.get(name, 0) for name in sorted(frame)}


def each(frame: Mapping[str, int], n: int) -> dict[str, int]:
    """Return ``n`` of every stratum, or all of one that has fewer: a month's draw of so many per coder."""
    return {name: min(n, of) for name, of in sorted(frame.items())}


def draw(candidates: Sequence[Candidate], seed: str, sizes: Mapping[str, int]) -> list[Drawn]:
    """Draw ``sizes`` of each stratum, ordered by stratum and ticket; the same frame, seed and sizes, the same list."""
    by: dict[str, list[str]] = {}
    for candidate in candidates:
        by.setdefault(candidate.stratum, []).append(candidate.key)
    return draw_strata(by, seed, sizes)


def draw_strata(strata: Mapping[str, Sequence[str]], seed: str, sizes: Mapping[str, int]) -> list[Drawn]:
    """Draw as ``draw`` does, from candidates given by stratum: for frames too long to make an object of each."""
    out: list[Drawn] = []
    before = f"{seed}\x1f"
    sha256 = hashlib.sha256
    for stratum, keys in sorted(strata.items()):
        n = sizes.get(stratum, 0)
        if not n:
            continue
        # Bytes are in the order of their hexadecimal digits; only tickets that are drawn are written out.
        tickets = [(sha256((before + key).encode()).digest(), key) for key in keys]
        probability = Fraction(n, len(keys))
        out += [Drawn(key, stratum, t.hex(), probability) for t, key in nsmallest(n, tickets)]
    return out


def reserves(candidates: Sequence[Candidate], seed: str, stratum: str, passed: Iterable[str]) -> list[str]:
    """Return who may replace an episode of a stratum, in order: the next tickets after those ``passed`` over."""
    gone = set(passed)
    left = sorted((ticket(seed, c.key), c.key) for c in candidates if c.stratum == stratum and c.key not in gone)
    return [key for _, key in left]
