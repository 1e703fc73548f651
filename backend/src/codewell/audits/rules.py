"""What an audit is, how audits, audited episodes and findings may move, and every expected "no" of this room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Set
from enum import StrEnum
from typing import Final, NamedTuple

from codewell.kit.problems import Conflict, Invalid, NotPermitted


class AuditKind(StrEnum):
    """Why an audit is held."""

    dspt = "dspt"
    specialty = "specialty"
    coder = "coder"
    team = "team"
    hrg = "hrg"
    mortality = "mortality"
    trainee = "trainee"
    ad_hoc = "ad_hoc"
    follow_up = "follow_up"
    external = "external"


KIND_LABELS: Final[dict[AuditKind, str]] = {
    AuditKind.dspt: "DSPT annual",
    AuditKind.specialty: "Specialty",
    AuditKind.coder: "Individual coder",
    AuditKind.team: "Team",
    AuditKind.hrg: "HRG or code",
    AuditKind.mortality: "Mortality",
    AuditKind.trainee: "Trainee progression",
    AuditKind.ad_hoc: "Ad hoc",
    AuditKind.follow_up: "Follow-up",
    AuditKind.external: "External",
}

TARGETED: Final = frozenset(AuditKind) - {AuditKind.dspt}
"""Kinds whose sample stands for its own population only: "not to be extrapolated" is printed on their reports."""


class AuditState(StrEnum):
    """Where an audit stands."""

    setting_up = "setting_up"
    running = "running"
    signed = "signed"
    correcting = "correcting"
    abandoned = "abandoned"


class ItemState(StrEnum):
    """Where an audited episode stands."""

    drawn = "drawn"
    coding = "coding"
    comparing = "comparing"
    decided = "decided"
    with_coder = "with_coder"
    settled = "settled"
    unsafe = "unsafe"
    replaced = "replaced"


class Mode(StrEnum):
    """Whether the auditor codes before seeing the coder's codes, or reviews them; or somebody else audited."""

    blind = "blind"
    review = "review"
    external = "external"


class Part(StrEnum):
    """What a person is in an audit."""

    lead = "lead"
    auditor = "auditor"


class Decision(StrEnum):
    """What the auditor made of a proposal; ``agreed`` is a position at which the two lists agree."""

    agreed = "agreed"
    open = "open"
    accepted = "accepted"
    changed = "changed"
    rejected = "rejected"


class Reply(StrEnum):
    """Where the talk about a finding stands."""

    none = "none"
    waiting = "waiting"
    agreed = "agreed"
    disputed = "disputed"
    answered = "answered"
    escalated = "escalated"
    ruled = "ruled"
    withdrawn = "withdrawn"
    no_reply = "no_reply"


OPEN_REPLIES: Final = frozenset({Reply.waiting, Reply.disputed, Reply.answered, Reply.escalated})
"""A finding whose talk is not over; the audit cannot be signed."""


class Ruling(StrEnum):
    """What an auditor, an adjudicator or an external auditor makes of a disputed finding."""

    stands = "stands"
    amended = "amended"
    withdrawn = "withdrawn"


class ExternalStage(StrEnum):
    """Where a finding of an external auditor stands."""

    proposed = "proposed"
    accepted = "accepted"
    challenged = "challenged"
    upheld = "upheld"
    amended = "amended"
    withdrawn = "withdrawn"


EXTERNAL_OPEN: Final = frozenset({ExternalStage.proposed, ExternalStage.challenged})


class NonCoderReason(StrEnum):
    """Why an error is not the coder's."""

    information_not_available = "information_not_available"
    illegible = "illegible"
    conflicting = "conflicting"
    incomplete = "incomplete"
    clinician_instruction = "clinician_instruction"
    system_or_encoder = "system_or_encoder"
    other = "other"


STATE_LABELS: Final[dict[ItemState, str]] = {
    ItemState.drawn: "To do",
    ItemState.coding: "Being coded",
    ItemState.comparing: "Comparing",
    ItemState.decided: "Decided",
    ItemState.with_coder: "With the coder",
    ItemState.settled: "Settled",
    ItemState.unsafe: "Unsafe to audit",
    ItemState.replaced: "Replaced",
}
DONE: Final = frozenset({ItemState.decided, ItemState.with_coder, ItemState.settled, ItemState.unsafe})
"""States in which the auditor has finished an episode."""


class QualificationKind(StrEnum):
    """What an auditor holds."""

    acc = "acc"
    approved_auditor = "approved_auditor"
    auditor_in_training = "auditor_in_training"


QUALIFICATION_LABELS: Final[dict[QualificationKind, str]] = {
    QualificationKind.acc: "Accredited clinical coder (ACC)",
    QualificationKind.approved_auditor: "Approved clinical coding auditor",
    QualificationKind.auditor_in_training: "Auditor in training",
}
EXPIRING_WITHIN: Final = 90
"""Days before its end from which a qualification is shown as expiring."""


class Move(NamedTuple):
    """From which states a verb may be done, and to which it leads."""

    of: frozenset[str]
    to: str


def _move(of: Set[StrEnum], to: StrEnum) -> Move:
    return Move(frozenset(s.value for s in of), to.value)


AUDIT_MOVES: Final[dict[str, Move]] = {
    "draw": _move({AuditState.setting_up}, AuditState.running),
    "sign": _move({AuditState.running, AuditState.correcting}, AuditState.signed),
    "open_correction": _move({AuditState.signed}, AuditState.correcting),
    "close_correction": _move({AuditState.correcting}, AuditState.signed),
    "abandon": _move({AuditState.setting_up, AuditState.running}, AuditState.abandoned),
    "import_findings": _move({AuditState.setting_up, AuditState.running}, AuditState.running),
}
ITEM_MOVES: Final[dict[str, Move]] = {
    "take": _move({ItemState.drawn, ItemState.coding}, ItemState.coding),
    "save_codes": _move({ItemState.coding}, ItemState.comparing),
    "decide": _move({ItemState.comparing}, ItemState.decided),
    "reopen": _move({ItemState.decided, ItemState.unsafe}, ItemState.comparing),
    "mark_unsafe": _move({ItemState.drawn, ItemState.coding, ItemState.comparing}, ItemState.unsafe),
    "release": _move({ItemState.drawn, ItemState.coding}, ItemState.drawn),
    "revise": _move({ItemState.comparing}, ItemState.comparing),
    "replace": _move({ItemState.drawn, ItemState.coding, ItemState.unsafe}, ItemState.replaced),
    "send": _move({ItemState.decided}, ItemState.with_coder),
    "settle": _move({ItemState.decided, ItemState.with_coder}, ItemState.settled),
    "conclude": _move({ItemState.comparing, ItemState.settled}, ItemState.settled),
    "correct": _move({ItemState.settled, ItemState.unsafe}, ItemState.comparing),
}
REPLY_MOVES: Final[dict[str, Move]] = {
    "send": _move({Reply.none}, Reply.waiting),
    "agree": _move({Reply.waiting, Reply.answered}, Reply.agreed),
    "dispute": _move({Reply.waiting}, Reply.disputed),
    "answer": _move({Reply.disputed}, Reply.answered),
    "escalate": _move({Reply.disputed, Reply.answered}, Reply.escalated),
    "rule": _move({Reply.escalated}, Reply.ruled),
    "withdraw": _move({Reply.waiting, Reply.disputed, Reply.answered}, Reply.withdrawn),
    "close_unanswered": _move({Reply.waiting, Reply.answered}, Reply.no_reply),
    "send_again": _move({Reply.agreed, Reply.no_reply, Reply.withdrawn}, Reply.waiting),
    "question": _move({Reply.ruled}, Reply.escalated),
}
EXTERNAL_MOVES: Final[dict[str, Move]] = {
    "accept": _move({ExternalStage.proposed, ExternalStage.challenged}, ExternalStage.accepted),
    "challenge": _move(set(ExternalStage) - {ExternalStage.challenged}, ExternalStage.challenged),
    "uphold": _move({ExternalStage.challenged}, ExternalStage.upheld),
    "amend": _move({ExternalStage.challenged}, ExternalStage.amended),
    "withdraw": _move({ExternalStage.challenged}, ExternalStage.withdrawn),
}


def to_state(moves: dict[str, Move], verb: str, state: str) -> str:
    """Return where ``verb`` leads from ``state``; CannotMove where it may not be done there."""
    move = moves[verb]
    if state not in move.of:
        raise CannotMove(state=state)
    return move.to


LONGEST_PERIOD: Final = 5
"""Years that a period may hold: coding rules change every few, and more is a slip of the keyboard."""
EARLIEST: Final = dt.date(2000, 1, 1)


def period_faults(first: dt.date, last: dt.date, today: dt.date) -> dict[str, str]:
    """Return what is wrong with a period to audit: which of its ends, ``from`` or ``to``, and why; nothing if it is."""
    if last < first:
        return {"to": "the period ends before it begins"}
    if first < EARLIEST:
        return {"from": f"is before {EARLIEST:%Y}; no episode is that old"}
    if last > _years_after(today, 1):
        return {"to": "is more than a year from now"}
    if last >= _years_after(first, LONGEST_PERIOD):
        return {"to": f"makes the period longer than {LONGEST_PERIOD} years"}
    return {}


def _years_after(day: dt.date, years: int) -> dt.date:
    """Return the same day so many years later; 1 March for a 29 February that year has not."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)


class CannotMove(Conflict):
    """The audit, episode or finding is not in a state in which this can be done; ``state`` says which it is in."""

    slug, title = "audit-cannot-move", "That cannot be done at this stage"


class OwnCoding(Conflict):
    """Nobody audits what they coded or checked themselves."""

    slug, title = "own-coding", "Nobody audits their own coding"


class AlreadyAudited(Conflict):
    """Nobody is both auditors of one episode: the second audit is there to compare two people."""

    slug, title = "already-audited", "You audit this episode already; somebody else does its other audit"


class NoDiagnosis(Invalid):
    """An auditor's list holds no diagnosis: an episode without one is unsafe to audit, or not coded yet."""

    slug, title = "no-diagnosis", "Code at least the primary diagnosis"
    advice = "Where the record does not say even that, mark the episode unsafe to audit."


class DiagnosisTwice(Invalid):
    """A diagnosis stands twice in an auditor's list: it would be counted twice."""

    slug, title = "diagnosis-twice", "A diagnosis is there twice"


class NotFitting(Invalid):
    """The type of error does not fit the position: it says of a code that is there that it is missing, or the like."""

    slug, title = "type-not-fitting", "That type of error does not fit these codes"


class NotQualified(Conflict):
    """The person holds no qualification in force on that day."""

    slug, title = "not-qualified", "That person holds no auditor's qualification in force today"
    advice = "Record the qualification with its number and expiry first."


class OwnQualification(Conflict):
    """Nobody records that they themselves are qualified."""

    slug, title = "own-qualification", "Somebody else must record your qualification"
    advice = "Your coding manager, or another auditor, can do it."


class NotAMember(NotPermitted):
    """The caller is no auditor of this audit."""

    slug, title = "not-of-this-audit", "You are not an auditor of this audit"
    advice = "The lead auditor can name you."


class NothingToAudit(Conflict):
    """Nothing is left to take in this audit."""

    slug, title = "nothing-to-audit", "There is no episode left to take in this audit"


class ItemHeld(Conflict):
    """Another auditor holds the episode."""

    slug, title = "audit-item-held", "Another auditor has this episode open"


class CannotDraw(Invalid):
    """The sample asked for cannot be drawn from this population."""

    slug, title = "cannot-draw", "This sample cannot be drawn"


class StillOpen(Conflict):
    """Something is not settled yet; ``open`` says what and how many."""

    slug, title = "audit-still-open", "Not everything is settled yet"


class FindingIncomplete(Invalid):
    """A finding lacks what it must say: attribution, reason or standard."""

    slug, title = "finding-incomplete", "The finding does not say enough yet"


class NotACitation(Invalid):
    """The standards cited cannot carry a coder error: a national query resolution is no standard."""

    slug, title = "not-a-citation", "A national query resolution is not a standard; cite the standard itself"


class NotListed(Invalid):
    """A standard that is cited is not in the list of those that findings may cite."""

    slug, title = "citation-not-listed", "That standard is not in the list of citations"
    advice = "Choose one of the list, add it to the list by a version of the citations profile, or write “other: …”."


class ProfileUnknown(Invalid):
    """There is no such profile in force on that day."""

    slug, title = "profile-unknown", "There is no such profile in force on that day"


class ProfileBodyWrong(Invalid):
    """What the profile holds is not as its kind has it; ``errors`` say where."""

    slug, title = "profile-body-wrong", "The profile does not hold what it must"


class ProfileKeyTaken(Conflict):
    """There is a profile of that kind and key; a version can follow it."""

    slug, title = "profile-key-taken", "There is a profile with that key already"
    advice = "Publish a new version of it, or choose another key."


class NotAnAuditor(Invalid):
    """Somebody named does not audit here: unknown, closed, or without the role."""

    slug, title = "not-an-auditor", "Somebody named does not audit here"


class NotYours(NotPermitted):
    """The finding is about another person's coding."""

    slug, title = "not-your-finding", "This finding is about another person's coding"
    advice = "Only the coder whose codes were audited replies to it."


class RulingStands(Conflict):
    """Somebody ruled on a finding of the episode; its auditor alone does not take it away."""

    slug, title = "ruling-stands", "Somebody ruled on a finding of this episode"
    advice = "Decide the finding anew and send it: whoever rules is asked again."


class NothingCorrected(Conflict):
    """Nothing of the audit differs from what was signed last."""

    slug, title = "nothing-corrected", "This correction changes nothing of what was signed"
    advice = "Close it without a new version, or correct what was wrong."


class Corrected(Conflict):
    """Something of the audit differs from what was signed last."""

    slug, title = "something-corrected", "This correction changes what was signed"
    advice = "Sign it as a new version."


class NothingToSend(Conflict):
    """No audited episode of the audit is decided and still to be sent."""

    slug, title = "nothing-to-send", "There are no findings to send"
    advice = "Findings are sent once their episode's worksheet is finished."


class NotDueYet(Conflict):
    """The time limit has not passed: the other side may still answer."""

    slug, title = "not-due-yet", "The time limit has not passed"


class ImportFaults(Invalid):
    """The external auditor's file has faults; ``faults`` names row, column and reason, and nothing was imported."""

    slug, title = "import-faults", "The file has faults, and nothing was imported"


class NotExternal(Conflict):
    """Only an external audit takes an external auditor's findings."""

    slug, title = "not-external", "This is not an external audit"


class NothingToAmend(Conflict):
    """The episode's codes are those that were agreed already."""

    slug, title = "nothing-to-amend", "The episode already has the codes that were agreed"
