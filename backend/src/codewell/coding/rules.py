"""When codes may be submitted, how two sets of codes differ, and where an episode stands by its state."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import orjson

from codewell.episodes.rules import DocumentKind
from codewell.kit.problems import Conflict, Invalid
from codewell.workqueues.rules import Queue

DIAGNOSES_AT_MOST, PROCEDURES_AT_MOST = 99, 99

PATHOLOGY = (DocumentKind.histology, DocumentKind.pathology, DocumentKind.cytology, DocumentKind.post_mortem)
"""Kinds of document whose absence puts an episode into outstanding pathology."""

INFORMATION = (DocumentKind.discharge_summary, DocumentKind.operation_note, DocumentKind.case_notes)
"""Kinds of document whose absence puts an episode into waiting for information."""


def waits_in(kind: str) -> str | None:
    """Return the queue in which an episode waits for a document of this kind; None for one that nobody waits for."""
    if kind in PATHOLOGY:
        return Queue.outstanding_pathology.value
    return Queue.waiting_for_information.value if kind in INFORMATION else None


LOOK_BACK_MONTHS = 24
"""How far back "coded before" looks."""


class CodingStage(StrEnum):
    """What a version of the codes is: final, waiting for its second check, or returned to its coder."""

    final = "final"
    for_second_check = "for_second_check"
    returned = "returned"


class Then(StrEnum):
    """What the workbench does after a submission."""

    next = "next"
    stay = "stay"


class ChecksFail(Conflict):
    """At least one check says error; ``findings`` name them."""

    slug, title = "checks-fail", "Mend the errors first"


class ReasonsNeeded(Conflict):
    """A warning was neither mended nor given a reason; ``findings`` name them."""

    slug, title = "reasons-needed", "Say why the warnings may stand"


class ReasonNeeded(Invalid):
    """Codes that were final are changed only with a reason."""

    slug, title = "reason-needed", "Say why codes that were final are changed"


class WaitsForSecondCheck(Conflict):
    """The codes wait for their second check; until then nobody submits others."""

    slug, title = "waits-for-second-check", "This episode is waiting for a second check"


class NotForTrainees(Conflict):
    """Codes that were final are changed only by somebody who may finalise codes."""

    slug, title = "not-for-trainees", "Final codes are changed by somebody who may finalise them"


class NotForSecondCheck(Conflict):
    """The episode is not waiting for a second check."""

    slug, title = "not-for-second-check", "This episode is not waiting for a second check"


class InAQueue(Conflict):
    """The episode waits in a queue: whoever takes it there decides on its codes first."""

    slug, title = "episode-in-a-queue", "This episode waits in a queue; it is settled there first"


class EpisodeDeleted(Conflict):
    """The PAS has withdrawn the episode."""

    slug, title = "episode-deleted", "The PAS has withdrawn this episode"


class NotACode(Invalid):
    """A line is not even shaped like a code of its classification."""

    slug, title = "not-a-code", "One of the lines is not a code"


class Codes(NamedTuple):
    """Codes of one episode in order: stored form, procedures with their days."""

    diagnoses: list[str]
    procedures: list[str]
    procedure_dates: list[dt.date | None]


@dataclass(frozen=True, slots=True)
class LineChange:
    """One difference between two lists of codes."""

    list: str
    what: str
    code: str
    was: int | str | None
    now: int | str | None

    def wire(self) -> dict[str, Any]:
        """Return the JSON of a problem document's ``changes``."""
        return {"field": self.list, "what": self.what, "code": self.code, "was": self.was, "now": self.now}


def _lines(name: str, was: Sequence[str], now: Sequence[str]) -> list[LineChange]:
    changes: list[LineChange] = []
    left = list(enumerate(was))
    places: list[tuple[int, int | None, str]] = []
    for at, code in enumerate(now):
        match = next((k for k, (_, c) in enumerate(left) if c == code), None)
        places.append((at, left.pop(match)[0] if match is not None else None, code))
    changes += [LineChange(name, "removed", code, at + 1, None) for at, code in left]
    kept = [(at, before, code) for at, before, code in places if before is not None]
    order = sorted(kept, key=lambda k: k[1])
    for (at, before, code), (_, expected, _c) in zip(kept, order, strict=True):
        if before != expected:
            changes.append(LineChange(name, "moved", code, before + 1, at + 1))
    changes += [LineChange(name, "added", code, None, at + 1) for at, before, code in places if before is None]
    return changes


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def differences(was: Codes, now: Codes) -> list[LineChange]:
    """Return what was removed, moved and added, line by line, and which procedures changed their day.

    ``was`` and ``now`` of a change are 1-based places in the two lists, or ISO days for ``dated``.
    """
    changes = _lines("diagnoses", was.diagnoses, now.diagnoses) + _lines("procedures", was.procedures, now.procedures)
    before = dict(zip(was.procedures, was.procedure_dates, strict=True))
    for code, on in zip(now.procedures, now.procedure_dates, strict=True):
        if code in before and before[code] != on:
            old = before[code]
            changes.append(LineChange("procedures", "dated", code, _iso(old), _iso(on)))
    return changes


def unanswered(findings: Sequence[dict[str, Any]], reasons: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the warnings for which no reason was given; a reason answers a rule, or a rule on just those lines."""

    def key(lines: Sequence[dict[str, Any]] | None) -> tuple[tuple[str, int], ...]:
        return tuple(sorted((line["list"], line["index"]) for line in lines or ()))

    given = {(r["rule_id"], key(r.get("lines"))) for r in reasons} | {
        (r["rule_id"], None) for r in reasons if not r.get("lines")
    }
    return [
        f
        for f in findings
        if f["severity"] == "warn"
        and (f["rule_id"], None) not in given
        and (f["rule_id"], key(f["lines"])) not in given
    ]


def digest(findings: Sequence[dict[str, Any]]) -> bytes:
    """Return the fingerprint of what the checks said."""
    return hashlib.sha256(orjson.dumps(list(findings), option=orjson.OPT_SORT_KEYS)).digest()
