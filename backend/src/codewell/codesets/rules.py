"""The classifications' own words: systems, how a code is written down and read, what may happen to an edition."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from codewell.kit.problems import Conflict, Invalid, NotFound, TooLarge, UnsupportedMedia


class System(StrEnum):
    """A classification; a code means nothing without it (Z94 stands in both)."""

    icd10 = "icd10"
    opcs4 = "opcs4"


SYSTEM_NAMES = {System.icd10: "ICD-10", System.opcs4: "OPCS-4"}


class EditionState(StrEnum):
    """Where an edition is in its life; only a ready one is ever used to code or to check."""

    loading = "loading"
    preview = "preview"
    ready = "ready"
    superseded = "superseded"
    discarded = "discarded"


MOVES: dict[str, tuple[frozenset[EditionState], EditionState]] = {
    "load": (frozenset({EditionState.loading}), EditionState.preview),
    "ready": (frozenset({EditionState.preview}), EditionState.ready),
    "discard": (frozenset({EditionState.loading, EditionState.preview}), EditionState.discarded),
    "supersede": (frozenset({EditionState.ready}), EditionState.superseded),
    "withdraw": (frozenset({EditionState.ready}), EditionState.preview),
    "restore": (frozenset({EditionState.superseded}), EditionState.ready),
}
"""Verb → states it may start from, and the state it leads to."""


class Usage(StrEnum):
    """How ICD-10 lets a code be used in a dual classification."""

    default = "default"
    dagger = "dagger"
    asterisk = "asterisk"


class Sex(StrEnum):
    """Names of the two values that a single-sex code can carry (1 and 2, as in the NHS Data Dictionary)."""

    male = "1"
    female = "2"


class EditionNotFound(NotFound):
    """No edition has that id."""

    slug, title = "edition-not-found", "There is no such edition"


class CodeNotFound(NotFound):
    """The edition in force does not hold that code."""

    slug, title = "code-not-found", "The edition in force has no such code"


class EditionCannotMove(Conflict):
    """The state of the edition says no."""

    slug, title = "edition-cannot-move", "This edition cannot do that now"


class EditionSeen(Conflict):
    """The same file is already here; facts name the edition that holds it."""

    slug, title = "edition-seen", "This very file has been loaded before"


class EditionNameTaken(Conflict):
    """Another edition of that system has that name."""

    slug, title = "edition-name-taken", "There is already an edition of that name"


class RemovalsUnseen(Conflict):
    """Many codes, or codes in use, would go, and the caller has not said how many; facts carry the numbers."""

    slug, title = "removals-unseen", "Say how many codes will go"


class EditionStays(Conflict):
    """An edition that must not be withdrawn or discarded: it is used, it shipped, or another was made ready after."""

    slug, title = "edition-stays", "This edition has to stay"


class EditionOverlaps(Conflict):
    """Two ready editions would cover the same day."""

    slug, title = "edition-overlaps", "Another edition is in force on some of these days"


class FileUnreadable(UnsupportedMedia):
    """The upload is not one of the three formats, or not what was said."""

    slug, title = "file-unreadable", "This is not a code file that we can read"


class FileTooLarge(TooLarge):
    """The upload, or what a zip unpacks to, is over the limit."""

    slug, title = "file-too-large", "This code file is larger than we accept"


class DaysReversed(Invalid):
    """The last day of an edition is before its first."""

    slug, title = "days-reversed", "An edition must end after it begins"


class NothingToLoad(Invalid):
    """The file was read and held not one code."""

    slug, title = "nothing-to-load", "No code was found in this file"


MASS_REMOVAL = 20
"""One code in so many may go without being asked about: 5%."""


def asks_about_removals(removed: int, in_use: int, of: int) -> bool:
    """Say whether so many codes go from an edition of ``of`` that a person must say their number first."""
    return removed * MASS_REMOVAL > of or in_use > 0


def see_removals(removed: int, in_use: int, of: int, seen: int | None) -> None:
    """Refuse unless the removals are few and unused, or ``seen`` is just their number."""
    if seen == removed or (seen is None and not asks_about_removals(removed, in_use, of)):
        return
    raise RemovalsUnseen(
        f"It removes {removed:,} of {of:,} codes, {in_use:,} of them in use. Send that number as removals_seen.",
        removed=removed,
        removed_in_use=in_use,
        compared_codes=of,
    )


def stay(valid_from_on: dt.date, today: dt.date, *, used: bool, undoable: bool, after: Sequence[str]) -> None:
    """Refuse to withdraw a ready edition that is in force and used, came with Codewell, or lies under a later one."""
    if after:
        raise EditionStays(f"{after[0]} was made ready after it; withdraw that first.")
    if not undoable:
        raise EditionStays("It came with Codewell. Load another edition over it.")
    if used and valid_from_on <= today:
        raise EditionStays("It is in force, and episodes are coded in it.")


def keep(*, used: bool) -> None:
    """Refuse to discard an edition under whose name codes are kept: their titles would go with it."""
    if used:
        raise EditionStays("Episodes are coded in it.")


def move(state: str, verb: str) -> EditionState:
    """Return the state that ``verb`` leads to, or refuse with a sentence that says where the edition is."""
    starts, to = MOVES[verb]
    if state not in starts:
        raise EditionCannotMove(f"The edition is {state}.", state=state)
    return to


# --- how a code is written ---------------------------------------------------------------------------------------

_ICD10 = re.compile(r"[A-Z][0-9]{2}(?:[0-9][0-9]?|X[0-9])?")
_OPCS4 = re.compile(r"[A-HJ-Z][0-9]{2}[0-9]?")
_SHAPES = {System.icd10: _ICD10, System.opcs4: _OPCS4}
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_MARKS = "†*‡+"


def is_code_shaped(system: System | str, code: str) -> bool:
    """Say whether a normalised code has a form that the system knows; whether it exists is the edition's to say.

    ICD-10: ``A00``, ``A000``, ``S7200`` and ``M45X6`` (an undivided category whose 4th place only holds the 5th apart).
    OPCS-4: ``W37`` and ``W371``.
    """
    return _SHAPES[System(system)].fullmatch(code) is not None


def normalise(system: System | str, raw: str) -> tuple[str, str]:
    """Return (code, raw): the code without dot, filler or marks, and what came in, untouched.

    Never fails and never guesses: what cannot be read as a code of this system comes back upper-cased and stripped, so
    that the edition says "no such code" about what was sent. ICD-10 loses dots, blanks, the filler ``X`` of an
    undivided category, the unused 5th place ``-`` and the dagger or asterisk mark (``D``/``A`` in the 6th place, or
    the sign itself); an ``X`` that holds the 5th character in its place is kept (``T08.X1`` is ``T08X1``).
    """
    code = "".join(raw.translate(_DASHES).upper().replace(".", "").split())
    if System(system) is System.opcs4:
        return code.rstrip("-"), raw
    bare = code.rstrip(_MARKS)
    if len(bare) > 3 and bare[-1] in "DA" and re.fullmatch(r"[A-Z][0-9]{2}[0-9X]?[0-9-]?[DA]", bare):
        bare = bare[:-1]
    bare = bare.rstrip("-")
    while len(bare) > 3 and bare[-1] == "X" and re.fullmatch(r"[A-Z][0-9]{2}[0-9]?X+", bare):
        bare = bare[:-1].rstrip("-")
    return (bare if _ICD10.fullmatch(bare) else code), raw


class Style(StrEnum):
    """The two ways out: for people, and for the Commissioning Data Sets."""

    dotted = "dotted"
    cds = "cds"


def render(system: System | str, code: str, style: Style | str = Style.dotted, mark: Usage | str | None = None) -> str:
    """Return a normalised code written for people (``I21.4``) or for the CDS (``I214``, ``J46X``; ``G01X-A`` marked).

    ``mark`` adds the dagger or asterisk to a CDS code in its 6th place, where the 5th then holds ``-`` if unused.
    """
    if Style(style) is Style.dotted:
        return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code
    if System(system) is System.opcs4:
        return code
    padded = code.ljust(4, "X")
    letter = {Usage.dagger: "D", Usage.asterisk: "A"}.get(Usage(mark or Usage.default))
    return padded if letter is None else padded.ljust(5, "-") + letter


def category_of(code: str) -> str:
    """Return the three-character category of a code."""
    return code[:3]


_SITES_OF_CHAPTER_O = frozenset(
    {
        "O11", "O12", "O13", "O14", "O16", "O28", "O30", "O31", "O33", "O34", "O36", "O42", "O43", "O45", "O46", "O47",
        "O50", "O52", "O53",
    }
)  # fmt: skip
"""Categories of chapter O that hold the sites for which chapter Z has no room left; the rest of it are procedures."""


def is_site(code: str) -> bool:
    """An OPCS-4 code that names where or on which side: chapter Z, and what it overflowed into."""
    return code[0] == "Z" or code[:3] in _SITES_OF_CHAPTER_O


def is_subsidiary(code: str) -> bool:
    """An OPCS-4 code that only says more of the procedure before it: method, approach, site or side."""
    return code[0] == "Y" or is_site(code)


def within(code: str, ranges: Iterable[str]) -> bool:
    """Say whether a code falls in one of the ranges: ``"C00-D48"`` (categories) or a prefix such as ``"N992"``."""
    for item in ranges:
        low, dash, high = item.partition("-")
        if (low <= code[: len(low)] and code[: len(high)] <= high) if dash else code.startswith(item):
            return True
    return False


# --- which edition covers a day ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Validity:
    """The days an edition is for; ``to`` is None while nobody knows its last."""

    edition: str
    valid_from_on: dt.date
    valid_to_on: dt.date | None

    def covers(self, on: dt.date) -> bool:
        """Say whether the day is one of them."""
        return self.valid_from_on <= on and (self.valid_to_on is None or on <= self.valid_to_on)


@dataclass(frozen=True, slots=True)
class Effects:
    """What becoming ready does: its own last day, and what happens to those in force."""

    valid_to_on: dt.date | None
    closed: tuple[tuple[str, dt.date], ...]
    superseded: tuple[str, ...]


def effects_of_ready(new: Validity, ready: Sequence[Validity]) -> Effects:
    """Return what must change so that only one ready edition covers each day once ``new`` is ready.

    One that began earlier ends the day before; one that covers no day outside the new one's is superseded; the new one
    ends the day before the next begins. EditionOverlaps when a last day was given that runs into a later edition.
    """
    closed: list[tuple[str, dt.date]] = []
    superseded: list[str] = []
    last = new.valid_to_on
    later = sorted((e for e in ready if e.valid_from_on > new.valid_from_on), key=lambda e: e.valid_from_on)
    for e in later:
        if last is not None and e.valid_from_on <= last:
            if e.valid_to_on is not None and e.valid_to_on <= last:
                superseded.append(e.edition)
                continue
            raise EditionOverlaps(f"{e.edition} is in force from {e.valid_from_on}.", edition=e.edition)
        if last is None:
            last = e.valid_from_on - dt.timedelta(days=1)
        break
    for e in ready:
        if e.valid_from_on > new.valid_from_on or (e.valid_to_on is not None and e.valid_to_on < new.valid_from_on):
            continue
        if last is not None and (e.valid_to_on is None or e.valid_to_on > last):
            # The days after the new one's last would be left without an edition, and nobody would notice.
            raise EditionOverlaps(f"{e.edition} is in force after {last}.", edition=e.edition)
        if e.valid_from_on == new.valid_from_on:
            superseded.append(e.edition)
        else:
            closed.append((e.edition, new.valid_from_on - dt.timedelta(days=1)))
    return Effects(last, tuple(closed), tuple(superseded))
