"""Learning needs, CPD and progression: their states, what a trainee's evidence says, and every expected "no"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final, Literal

from codewell.audits.alignment import CodeClass
from codewell.audits.figures import Proportion, Verdict, verdict
from codewell.audits.profiles import Progression, Stage
from codewell.audits.tally import Audited, Counting, class_figures
from codewell.kit.problems import Conflict, Invalid

Can = Literal[True] | str

CLASS_LABELS: Final[dict[CodeClass, str]] = {
    CodeClass.primary_diagnosis: "Primary diagnosis",
    CodeClass.secondary_diagnosis: "Secondary diagnosis",
    CodeClass.primary_procedure: "Primary procedure",
    CodeClass.secondary_procedure: "Secondary procedure",
}


class NeedState(StrEnum):
    """Where a learning need stands; withdrawn when no signed finding stands behind it any more."""

    open = "open"
    planned = "planned"
    met = "met"
    withdrawn = "withdrawn"


class CpdKind(StrEnum):
    """What an auditor did besides auditing."""

    course = "course"
    forum = "forum"
    reading = "reading"
    coding = "coding"
    teaching = "teaching"


CPD_LABELS: Final[dict[CpdKind, str]] = {
    CpdKind.course: "Course or workshop",
    CpdKind.forum: "Forum or meeting",
    CpdKind.reading: "Reading",
    CpdKind.coding: "Coding",
    CpdKind.teaching: "Teaching",
}


class DecisionKind(StrEnum):
    """What is decided about somebody in training."""

    move_on = "move_on"
    stay = "stay"
    go_back = "go_back"


class Source(StrEnum):
    """Where a piece of a trainee's evidence comes from."""

    audit = "audit"
    second_check = "second_check"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One episode of a trainee's, compared with what an auditor or a checker made of it."""

    source: Source
    audited: Audited


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing a stage asks before it is left: met, not met, or None while there is too little to judge by.

    ``verdict`` is what the interval allows to say; ``met`` goes by the unrounded point. ``too_few`` says in words what
    is still missing before either is said.
    """

    key: str
    label: str
    needed: Fraction | None
    figure: Proportion
    met: bool | None
    verdict: Verdict | None
    too_few: str | None = None


LEAST_CODES: Final = 10
"""Codes of a class below which nothing is said of it, where the stage does not ask for another number."""


def stage_at(rules: Progression, key: str | None) -> int:
    """Return the place of a stage; the first where the rules know no such stage (any more)."""
    return next((n for n, s in enumerate(rules.stages) if s.key == key), 0)


def target(rules: Progression, at: int, decision: DecisionKind) -> Stage:
    """Return the stage that a decision leads to; NoSuchMove beyond the first or the last."""
    to = at + {DecisionKind.move_on: 1, DecisionKind.stay: 0, DecisionKind.go_back: -1}[decision]
    if not 0 <= to < len(rules.stages):
        raise NoSuchMove("It is the last stage." if to > 0 else "It is the first stage.", stage=rules.stages[at].key)
    return rules.stages[to]


def conditions(
    stage: Stage, evidence: Sequence[Evidence], counting: Counting, confidence: float = 0.95
) -> list[Condition]:
    """Return what a stage asks and how the evidence stands to it; ``evidence`` is what the stage looks at, no more.

    A share is judged once there are as many episodes, and as many codes of its class, as the stage asks for.
    """
    out = []
    least, short = stage.over_codes or LEAST_CODES, None
    if stage.over_episodes is not None:
        n = len(evidence)
        figure = Proportion(n, stage.over_episodes, None, None, None, float(n))
        label = f"{stage.over_episodes} episodes audited or checked"
        if n < stage.over_episodes:
            short = f"too few ({n} of {stage.over_episodes} episodes)"
        out.append(Condition("episodes", label, None, figure, short is None, None, short))
    audited = [e.audited for e in evidence]
    for klass, needed in stage.to_leave.items():
        share = Fraction(needed)
        figure = class_figures(audited, counting, klass, confidence).correct
        few = short
        if few is None and figure.share is not None and figure.of < least:
            few = f"too few ({figure.of} of {least} codes)"
        if few is not None or figure.share is None:
            out.append(Condition(klass.value, CLASS_LABELS[klass], share, figure, None, None, few))
            continue
        told = verdict(figure, float(share))
        out.append(Condition(klass.value, CLASS_LABELS[klass], share, figure, figure.share >= share, told))
    return out


def ready(found: Sequence[Condition]) -> bool:
    """Say whether every condition is met, and any can be; a class without codes asks for nothing, one with few does."""
    judged = [c for c in found if c.met is not None or c.too_few is not None]
    return bool(judged) and all(c.met for c in judged)


def hours(minutes: int) -> str:
    """Return minutes as hours and minutes: 1:30."""
    return f"{minutes // 60}:{minutes % 60:02d}"


def need_moves(state: NeedState) -> Mapping[NeedState, Can]:
    """Return to which states a person may put a need: True, or the sentence that says why not."""
    if state is NeedState.withdrawn:
        return dict.fromkeys(
            (NeedState.open, NeedState.planned, NeedState.met), "No signed finding stands behind it any more."
        )
    return {
        s: True if s is not state else "It stands there already."
        for s in (NeedState.open, NeedState.planned, NeedState.met)
    }


class NeedWithdrawn(Conflict):
    """No signed finding stands behind the learning need any more."""

    slug, title = "learning-need-withdrawn", "That learning need was withdrawn with its findings"


class NotInTraining(Conflict):
    """The person is not in training, so nothing is decided about their progression."""

    slug, title = "not-in-training", "That person is not in training"


class NoSuchMove(Conflict):
    """There is no stage before the first or after the last."""

    slug, title = "progression-no-such-move", "There is no stage to move to"


class OwnProgression(Conflict):
    """Nobody decides about their own progression."""

    slug, title = "own-progression", "Somebody else must decide about your progression"


CPD_YEARS: Final = 10
"""How many years back a logbook is filled in: an approval is renewed within three."""


class LongAgo(Invalid):
    """What is entered lies so far back that it is a slip."""

    slug, title = "long-ago", "That is too long ago to enter"


class InTheFuture(Invalid):
    """What is put into a logbook has been done."""

    slug, title = "cpd-in-the-future", "That day is still to come"
