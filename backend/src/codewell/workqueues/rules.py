"""Where an uncoded episode may stand, and who may move it where."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from uuid import UUID

from codewell.kit.problems import Conflict, Invalid, NotFound


class Queue(StrEnum):
    """The five queues; an episode stands in exactly one."""

    to_code = "to_code"
    waiting_for_information = "waiting_for_information"
    outstanding_pathology = "outstanding_pathology"
    update_received = "update_received"
    second_check = "second_check"


HOLDS = frozenset({Queue.waiting_for_information, Queue.outstanding_pathology})
"""Queues in which an episode waits for something; it goes home when that comes or the wake date does."""

HOMES = frozenset(Queue) - HOLDS
"""Queues that follow from the episode's own state; nobody moves an episode from one home to another."""

MOVES: dict[Queue, frozenset[Queue]] = dict.fromkeys(HOMES, HOLDS) | {hold: (HOLDS - {hold}) | HOMES for hold in HOLDS}
"""From each queue, where a person may move an episode (a home only if it is the episode's own)."""

LABELS: dict[Queue, str] = {
    Queue.to_code: "To code",
    Queue.waiting_for_information: "Waiting for information",
    Queue.outstanding_pathology: "Outstanding pathology",
    Queue.update_received: "Update received",
    Queue.second_check: "Second check",
}

AGE_BANDS: tuple[tuple[str, int, int | None], ...] = (
    ("0_2", 0, 2),
    ("3_5", 3, 5),
    ("6_10", 6, 10),
    ("11_20", 11, 20),
    ("21_plus", 21, None),
)
"""Bands of days since discharge (or episode end): name, from, to; a Trust's five-day target falls on an edge."""

HOLD_AT_MOST_DAYS = 180


class NothingToClaim(NotFound):
    """No episode is free for this person in the queues asked for."""

    slug, title = "nothing-to-claim", "Nothing is waiting here for you"
    advice = "Choose another queue, or look again later."


class TooManyOpen(Conflict):
    """The person holds as many episodes as one may."""

    slug, title = "too-many-open", "You hold too many episodes"
    advice = "Finish or release one of them first."


class LeaseHeld(Conflict):
    """Somebody else is coding this episode; facts name them and say until when."""

    slug, title = "lease-held", "Somebody else is coding this episode"
    advice = "Take another one, or ask them to release it."


class LeaseLost(Conflict):
    """You no longer hold this episode; what you typed is kept as your draft."""

    slug, title = "lease-lost", "You no longer hold this episode"
    advice = "What you typed is kept as your draft; open the episode again to go on."


class CannotMove(Conflict):
    """The queue does not lead there."""

    slug, title = "cannot-move", "An episode cannot go from that queue to this one"


class OwnWork(Conflict):
    """Nobody gives their own coding the second check."""

    slug, title = "own-work", "Somebody else has to check your own coding"


class WakeDateWrong(Invalid):
    """The wake date is in the past or too far ahead."""

    slug, title = "wake-date-wrong", "Choose a wake date from tomorrow, at most 180 days ahead"


class AlreadyUndone(Conflict):
    """The bulk move was undone before."""

    slug, title = "already-undone", "That move has already been undone"


def why_not_move(queue: Queue, home: Queue, to: Queue) -> str | None:
    """Return why an episode may not move from ``queue`` to ``to``, or None when it may."""
    if to == queue:
        return f"It already stands in {LABELS[to]}."
    if to not in MOVES[queue] or (to in HOMES and to != home):
        return f"From {LABELS[queue]} it can go to " + ", ".join(sorted(LABELS[q] for q in targets(queue, home))) + "."
    return None


def targets(queue: Queue, home: Queue) -> frozenset[Queue]:
    """Return where a person may move an episode."""
    return frozenset(q for q in MOVES[queue] if q in HOLDS or q == home)


def check_wake_date(wake_on: dt.date | None, today: dt.date) -> None:
    """Refuse a wake date that is not between tomorrow and 180 days ahead."""
    if wake_on is not None and not today < wake_on <= today + dt.timedelta(HOLD_AT_MOST_DAYS):
        raise WakeDateWrong(errors=[{"pointer": "/body/wake_on", "detail": "from tomorrow, at most 180 days ahead"}])


def leased(owner: UUID | None, until: dt.datetime | None, now: dt.datetime) -> bool:
    """Say whether a lease is alive."""
    return owner is not None and until is not None and until > now
