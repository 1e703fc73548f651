"""What profiles hold: methodology, thresholds, citations and progression, as data that a Trust edits by versions.

What ships (``data/*.json``) is neutral and in our own words: the national methodology and its error keys are for
approved auditors only. A Trust's approved auditor publishes a version that follows it. Pure: no database, no HTTP.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

from codewell.audits.alignment import CodeClass, ErrorType
from codewell.audits.rules import QualificationKind
from codewell.audits.tally import Attribution, Counting, Unsafe


class ProfileKind(StrEnum):
    """What a profile is about."""

    methodology = "methodology"
    threshold = "threshold"
    citation = "citation"
    progression = "progression"


KIND_LABELS: Final[dict[ProfileKind, str]] = {
    ProfileKind.methodology: "Methodology",
    ProfileKind.threshold: "Thresholds",
    ProfileKind.citation: "Citations",
    ProfileKind.progression: "Trainee progression",
}


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Share = Annotated[str, Field(pattern=r"^(0(\.\d{1,6})?|1(\.0{1,6})?)$")]
"""A share as decimal text, so that 0.95 is exactly 95 %."""


class OfficialKey(_Body):
    """The official error key that a Trust's approved auditor gives to one of our neutral ones."""

    code_class: CodeClass
    error_type: ErrorType
    attribution: Attribution
    key: Annotated[str, Field(min_length=1, max_length=20)]
    words: Annotated[str, Field(max_length=200)] = ""


class Methodology(_Body):
    """What counts, how sure a figure must be, what a finding must say, and how long people have to reply."""

    not_counted: tuple[ErrorType, ...]
    unsafe: Unsafe
    non_coder_counts: bool
    confidence: Annotated[float, Field(gt=0.5, lt=1)]
    small_n: Annotated[int, Field(ge=1, le=1000)]
    standard_needed: bool
    not_citations: tuple[str, ...]
    """Words, whole and in any case, of citations that may not stand alone, such as national query resolutions."""
    qualifications: tuple[QualificationKind, ...]
    """One of these must be in force on the day for somebody to audit; empty asks for none."""
    reply_working_days: Annotated[int, Field(ge=1, le=60)]
    answer_working_days: Annotated[int, Field(ge=1, le=60)]
    sensitive_words: tuple[str, ...]
    """Words that, in a comment to a coder, prompt the auditor to think again; nothing is refused for them."""
    official_keys: tuple[OfficialKey, ...]
    key_words: dict[ErrorType, str]

    @property
    def counting(self) -> Counting:
        """Return the part that the tallies take."""
        return Counting(frozenset(self.not_counted), self.unsafe, self.non_coder_counts)

    def official(self, code_class: str, error_type: str, attribution: str) -> str | None:
        """Return the official key of a neutral one, where the Trust's auditor has given one."""
        wanted = (code_class, error_type, attribution)
        return next((k.key for k in self.official_keys if (k.code_class, k.error_type, k.attribution) == wanted), None)


class Level(_Body):
    """One level to attain and the share each class needs for it."""

    key: Annotated[str, Field(min_length=1, max_length=40)]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    needed: dict[CodeClass, Share]

    def shares(self) -> dict[CodeClass, Fraction]:
        """Return the shares needed, exact."""
        return {klass: Fraction(share) for klass, share in self.needed.items()}


class Thresholds(_Body):
    """Levels, lowest first, and how many episodes the regime asks for."""

    regime: str
    episodes: Annotated[int, Field(ge=1)] | None
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]


class Citation(_Body):
    """A standard that a finding can cite, under a label of our own."""

    ref: Annotated[str, Field(min_length=1, max_length=60)]
    title: Annotated[str, Field(max_length=200)]
    kind: Literal["standard", "classification", "local_policy", "query_resolution"]


class Citations(_Body):
    """What findings can cite."""

    citations: tuple[Citation, ...]


class Stage(_Body):
    """A stage of training: how much is checked, and what must be shown over how many episodes and codes to leave it."""

    key: Annotated[str, Field(min_length=1, max_length=40)]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    checked: Share
    to_leave: dict[CodeClass, Share]
    over_episodes: Annotated[int, Field(ge=1)] | None
    over_codes: Annotated[int, Field(ge=1)] | None = None
    """How many codes a class must have at least before its share is held to what the stage asks; null: ten."""


class Progression(_Body):
    """Stages in order; the last is left by nobody."""

    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]


Fault = tuple[tuple[str | int, ...], str]
"""Where in a body something is wrong, and what, in words."""


def faults(body: BaseModel) -> Iterator[Fault]:
    """Tell what in a body makes no sense, although each value on its own may be.

    It is asked of what is published and not of what is read: a version that was published stays readable.
    """
    match body:
        case Methodology():
            for member in ("sensitive_words", "not_citations"):
                for at, word in enumerate(getattr(body, member)):
                    if not word.strip():
                        yield (member, at), "is empty; leave it out"
        case Thresholds():
            yield from _same_keys("levels", body.levels)
            for at, level in enumerate(body.levels):
                yield from _needs_nothing(("levels", at, "needed"), level.needed)
            yield from _lower_levels(body.levels)
        case Progression():
            yield from _same_keys("stages", body.stages)
            for at, stage in enumerate(body.stages):
                yield from _needs_nothing(("stages", at, "to_leave"), stage.to_leave)


def _same_keys(member: str, named: Sequence[Level | Stage]) -> Iterator[Fault]:
    before: set[str] = set()
    for at, one in enumerate(named):
        if one.key in before:
            yield (member, at, "key"), f"is the key of an earlier one too: {one.key}"
        before.add(one.key)


def _needs_nothing(where: tuple[str | int, ...], needed: Mapping[CodeClass, str]) -> Iterator[Fault]:
    for klass, share in needed.items():
        if not Fraction(share):
            yield (*where, klass.value), "must be more than 0; leave the class out where nothing is needed of it"


def _lower_levels(levels: Sequence[Level]) -> Iterator[Fault]:
    highest: dict[CodeClass, tuple[Fraction, str]] = {}
    for at, level in enumerate(levels):
        for klass, share in level.shares().items():
            most, name = highest.get(klass, (Fraction(0), ""))
            if share < most:
                yield ("levels", at, "needed", klass.value), f"is lower than “{name}” needs, which comes before it"
            else:
                highest[klass] = (share, level.name)


BODIES: Final[dict[ProfileKind, type[_Body]]] = {
    ProfileKind.methodology: Methodology,
    ProfileKind.threshold: Thresholds,
    ProfileKind.citation: Citations,
    ProfileKind.progression: Progression,
}


class Shipped(BaseModel):
    """A profile as it ships; it is version 1 of its key."""

    kind: ProfileKind
    key: str
    name: str
    organisation_type: str | None
    valid_from: dt.date
    source: str
    body: dict[str, Any]


@lru_cache(maxsize=1)
def shipped() -> tuple[Shipped, ...]:
    """Return every profile that ships, each body checked."""
    found = []
    for path in sorted((Path(__file__).parent / "data").glob("*.json")):
        for raw in orjson.loads(path.read_bytes()):
            profile = Shipped.model_validate(raw)
            BODIES[profile.kind].model_validate(profile.body)
            found.append(profile)
    return tuple(found)


def differences(was: object, now: object, path: str = "") -> list[tuple[str, str | None, str | None]]:
    """Return where two bodies differ: the path, what the one said, what the other says; None where one says nothing."""
    if isinstance(was, dict | list) or isinstance(now, dict | list):
        one, other = _members(was), _members(now)
        found = []
        for name in [*one, *(n for n in other if n not in one)]:
            found += differences(one.get(name), other.get(name), f"{path}.{name}" if path else name)
        return found
    return [] if was == now else [(path, _said(was), _said(now))]


def _said(value: object) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value)


def _members(value: object) -> dict[str, object]:
    """Return a list's members by what names them, so that a new one in the middle does not change all that follow."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, list):
        return {}
    named: dict[str, object] = {}
    for i, item in enumerate(value):
        if isinstance(item, dict):
            keys = ("code_class", "error_type", "attribution") if "error_type" in item else ("ref", "key")
            name = " ".join(str(item[k]) for k in keys if k in item) or str(i)
        else:
            name = str(item)
        named[name] = item
    return named
