"""How recommendations and actions may move, what counts as evidence, and every expected "no" of this room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final, Literal, NamedTuple
from uuid import UUID

from codewell.kit.problems import Conflict, Invalid, NotPermitted, TooLarge


class Priority(StrEnum):
    """How soon a recommendation wants doing."""

    high = "high"
    medium = "medium"
    low = "low"


class RecommendationState(StrEnum):
    """Where a recommendation stands; agreed, partly and rejected are what the Trust answered."""

    proposed = "proposed"
    agreed = "agreed"
    partly = "partly"
    rejected = "rejected"
    closed = "closed"
    withdrawn = "withdrawn"


class ActionState(StrEnum):
    """Where an action stands."""

    open = "open"
    in_progress = "in_progress"
    done = "done"
    verified = "verified"
    closed = "closed"
    cancelled = "cancelled"


class Response(StrEnum):
    """What the Trust answers to a recommendation."""

    agreed = "agreed"
    partly = "partly"
    rejected = "rejected"


class EvidenceKind(StrEnum):
    """What evidence is made of."""

    file = "file"
    link = "link"
    text = "text"


RECOMMENDATION_LABELS: Final[dict[RecommendationState, str]] = {
    RecommendationState.proposed: "Awaiting a response",
    RecommendationState.agreed: "Agreed",
    RecommendationState.partly: "Partly agreed",
    RecommendationState.rejected: "Rejected",
    RecommendationState.closed: "Closed",
    RecommendationState.withdrawn: "Withdrawn",
}
ACTION_LABELS: Final[dict[ActionState, str]] = {
    ActionState.open: "Open",
    ActionState.in_progress: "In progress",
    ActionState.done: "Done, to verify",
    ActionState.verified: "Verified",
    ActionState.closed: "Closed",
    ActionState.cancelled: "Cancelled",
}


class Move(NamedTuple):
    """From which states a verb may be done, and to which it leads."""

    of: frozenset[str]
    to: str


_R, _A = RecommendationState, ActionState


def _move(of: set[StrEnum], to: StrEnum) -> Move:
    return Move(frozenset(s.value for s in of), to.value)


RECOMMENDATION_MOVES: Final[dict[str, Move]] = {
    "agree": _move({_R.proposed, _R.partly, _R.rejected}, _R.agreed),
    "agree_partly": _move({_R.proposed, _R.agreed, _R.rejected}, _R.partly),
    "reject": _move({_R.proposed}, _R.rejected),
    "withdraw": _move({_R.proposed}, _R.withdrawn),
    "close": _move({_R.agreed, _R.partly}, _R.closed),
    "reopen": _move({_R.closed}, _R.agreed),
}
RESPONSE_MOVES: Final[dict[Response, str]] = {
    Response.agreed: "agree",
    Response.partly: "agree_partly",
    Response.rejected: "reject",
}
ACTION_MOVES: Final[dict[str, Move]] = {
    "start": _move({_A.open}, _A.in_progress),
    "finish": _move({_A.open, _A.in_progress}, _A.done),
    "verify": _move({_A.done}, _A.verified),
    "send_back": _move({_A.done, _A.verified}, _A.in_progress),
    "close": _move({_A.verified}, _A.closed),
    "cancel": _move({_A.open, _A.in_progress}, _A.cancelled),
    "reopen": _move({_A.closed, _A.cancelled}, _A.in_progress),
}
UNFINISHED: Final = (ActionState.open.value, ActionState.in_progress.value)
STANDING: Final = (RecommendationState.agreed.value, RecommendationState.partly.value)
"""Recommendations that actions are made for."""

MOST_EVIDENCE_BYTES: Final = 4_000_000
_ZIP, _PDF, _PNG, _JPEG = b"PK\x03\x04", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
TYPES: Final[Mapping[str, tuple[str, bytes]]] = {
    "pdf": ("application/pdf", _PDF),
    "png": ("image/png", _PNG),
    "jpg": ("image/jpeg", _JPEG),
    "jpeg": ("image/jpeg", _JPEG),
    "docx": (_OFFICE + "wordprocessingml.document", _ZIP),
    "xlsx": (_OFFICE + "spreadsheetml.sheet", _ZIP),
    "txt": ("text/plain; charset=utf-8", b""),
    "csv": ("text/csv; charset=utf-8", b""),
}

Can = Literal[True] | str


def to_state(moves: Mapping[str, Move], verb: str, state: str) -> str:
    """Return where ``verb`` leads from ``state``; CannotMove where it may not be done there."""
    move = moves[verb]
    if state not in move.of:
        raise CannotMove(state=state)
    return move.to


def media_type_of(file_name: str, content: bytes) -> str:
    """Return the media type of a file we keep, by its ending and its first bytes; NotEvidence for any other."""
    ending = file_name.rsplit(".", 1)[-1].lower() if "." in file_name else ""
    found = TYPES.get(ending)
    if found is None or not content.startswith(found[1]):
        raise NotEvidence(errors=[{"pointer": "/body/file", "detail": "not a file of a kind that is kept"}])
    if not found[1]:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            raise NotEvidence(errors=[{"pointer": "/body/file", "detail": "not text in UTF-8"}]) from None
    return found[0]


def reminder(due_on: dt.date, remind_days: Iterable[int], state: str, today: dt.date) -> str | None:
    """Return "overdue", "due_soon" or None: how an unfinished action stands to its reminders."""
    if state not in UNFINISHED:
        return None
    if due_on < today:
        return "overdue"
    return "due_soon" if (due_on - today).days <= max(remind_days, default=0) else None


def owns(owner_id: UUID | None, owner_role: str | None, person_id: UUID, roles: Iterable[str]) -> bool:
    """Say whether a person is the owner, by name or by the role that is named."""
    return owner_id == person_id if owner_id is not None else owner_role in set(roles)


def check_verifier(actor_id: UUID, owner_id: UUID | None, done_by_id: UUID | None) -> None:
    """Refuse OwnAction where the owner, or whoever said it was done, would verify it."""
    if actor_id in {owner_id, done_by_id}:
        raise OwnAction()


def why_not_close(evidence: int) -> str | None:
    """Return why an action cannot be closed yet."""
    return None if evidence else "There is no evidence yet."


def why_not_close_recommendation(states: Sequence[str]) -> str | None:
    """Return why a recommendation cannot be closed yet: each action is closed or cancelled, and one at least closed."""
    left = sum(s not in (ActionState.closed, ActionState.cancelled) for s in states)
    if left:
        return f"{left} action{'s are' if left > 1 else ' is'} not closed yet."
    return None if ActionState.closed in states else "No action of it has been closed with evidence."


class CannotMove(Conflict):
    """The recommendation or action is not in a state in which this can be done; ``state`` says which it is in."""

    slug, title = "action-cannot-move", "That cannot be done at this stage"


class NotYourAction(NotPermitted):
    """The action is another's to do."""

    slug, title = "not-your-action", "This action is another person's to do"
    advice = "Its owner can, or somebody who may edit recommendations."


class OwnAction(Conflict):
    """Nobody verifies what they own or did themselves."""

    slug, title = "own-action", "Somebody other than its owner verifies an action"


class EvidenceMissing(Conflict):
    """Closing needs evidence."""

    slug, title = "evidence-missing", "It cannot be closed without evidence"


class NotEvidence(Invalid):
    """The file is not of a kind that is kept."""

    slug, title = "not-evidence", "Evidence is a PDF, PNG, JPEG, Word, Excel, text or CSV file"


class EvidenceTooLarge(TooLarge):
    """The file is too large to keep."""

    slug, title = "evidence-too-large", "The file is larger than what is kept as evidence"


class NotAFollowUp(Conflict):
    """The audit named does not follow the one whose recommendation this is."""

    slug, title = "not-a-follow-up", "That audit does not follow the one that made the recommendation"


class UnknownFinding(Invalid):
    """A finding named is none of this audit's."""

    slug, title = "unknown-finding", "A finding that is named is none of this audit's"


class UnknownOwner(Invalid):
    """The owner named is nobody who is active here."""

    slug, title = "unknown-owner", "The owner is nobody who is active here"
