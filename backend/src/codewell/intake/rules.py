"""States of jobs and faults, and the refusals of intake."""

from __future__ import annotations

from enum import StrEnum

from codewell.kit.problems import Conflict, Invalid, UnsupportedMedia


class JobState(StrEnum):
    """How far a file is."""

    waiting = "waiting"
    running = "running"
    previewed = "previewed"
    done = "done"
    failed = "failed"
    cancelled = "cancelled"


class FaultKind(StrEnum):
    """Whether a message could not be read, or contradicts itself or us."""

    rejected = "rejected"
    quarantined = "quarantined"


class FaultState(StrEnum):
    """Whether somebody still has to look at it."""

    open = "open"
    retried = "retried"
    dismissed = "dismissed"


# Move -> from, to.
JOB_MOVES: dict[str, tuple[frozenset[JobState], JobState]] = {
    "commit": (frozenset({JobState.previewed}), JobState.waiting),
    "cancel": (frozenset({JobState.waiting, JobState.running, JobState.previewed}), JobState.cancelled),
}

_WHY = {
    ("commit", JobState.waiting): "The file has not been read yet.",
    ("commit", JobState.running): "The file is being read.",
    ("cancel", JobState.done): "It is done.",
}


def may_move(move: str, state: str, *, preview: bool) -> bool | str:
    """Say whether a job can make this move, or why not."""
    now = JobState(state)
    if move == "commit" and not preview:
        return "It is not a preview."
    if now in JOB_MOVES[move][0]:
        return True
    return _WHY.get((move, now), f"It is {now.value}.")


class JobCannotMove(Conflict):
    """The job's state does not allow this."""

    slug, title = "job-cannot-move", "This job cannot do that now"


class FaultDecided(Conflict):
    """The fault was retried or dismissed before."""

    slug, title = "fault-decided", "This one has been dealt with already"


class OnlyPreviewed(Conflict):
    """The row is one that a preview would not take; there is nothing to put right before the file is taken in."""

    slug, title = "only-previewed", "This row belongs to a preview"
    advice = "Take the file in first, or correct the row in it and send it again."


class NotAFile(UnsupportedMedia):
    """What was sent is not plain CSV or NDJSON."""

    slug, title = "not-a-file", "Send plain CSV or NDJSON"
    advice = "One file, not compressed, as the body or as the one part of a form."


class UnknownField(Invalid):
    """A mapping or an edit points at a field that episodes do not have."""

    slug, title = "unknown-field", "There is no such field"


class FileGone(Conflict):
    """The uploaded file is no longer on this server."""

    slug, title = "file-gone", "The uploaded file is no longer here; send it again"
    advice = "A preview that waits longer than 7 days is discarded with its file."
