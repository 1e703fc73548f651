"""What a report says, before it is said: the figures of an audit, its findings, and how it was held.

Pure. Every figure is one of the audit's results (``audits.reads.results``), as signed where it is signed; nothing is
counted here by another rule.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from codewell.audits.alignment import CodeClass, ErrorType
from codewell.audits.figures import Verdict
from codewell.audits.profiles import Methodology, Thresholds
from codewell.audits.reads.audited import AuditedEpisode, AuditedPosition
from codewell.audits.rules import Mode
from codewell.audits.tally import Attribution

CLASS_NAMES: Final[dict[CodeClass, str]] = {
    CodeClass.primary_diagnosis: "Primary diagnosis",
    CodeClass.secondary_diagnosis: "Secondary diagnoses",
    CodeClass.primary_procedure: "Primary procedure",
    CodeClass.secondary_procedure: "Secondary procedures",
}
ATTRIBUTION_NAMES: Final[dict[Attribution, str]] = {
    Attribution.coder: "coder",
    Attribution.non_coder: "non-coder",
    Attribution.undetermined: "not yet attributed",
}


@dataclass(frozen=True, slots=True)
class Member:
    """One auditor, with the qualification that was in force when they were named."""

    name: str
    part: str
    qualification: str
    checked_on: dt.date


@dataclass(frozen=True, slots=True)
class DrawFacts:
    """How the sample was drawn, enough to draw it again."""

    method: str
    frame_size: int
    frame_hash: str
    seed: str
    drawn: int
    at: dt.datetime
    strata: list[tuple[str, int, int]]
    left_out: list[tuple[str, int]]
    replaced: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class AuditFacts:
    """The audit itself: what it is for, how it is held, and how far it has come."""

    provider: str
    trust: str
    reference: str
    kind: str
    kind_name: str
    title: str
    state: str
    mode: Mode
    targeted: bool
    commissioned_by: str
    aims: str
    objectives: str
    scope: str
    background: str
    period_from: dt.date
    period_to: dt.date
    population: list[tuple[str, str]]
    methodology_name: str
    methodology: Methodology
    thresholds_name: str | None
    thresholds: Thresholds | None
    thresholds_source: str
    follows: str | None
    members: list[Member]
    draw: DrawFacts | None
    second: int
    waiting: int
    signed: Signed | None


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature on an audit."""

    version: int
    digest: str
    by: str
    at: dt.datetime
    statement: str
    reason: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A share of the results with its interval; ``percent`` is rounded once, for display."""

    counted: int
    of: int
    share: float | None
    percent: str | None
    low: float | None
    high: float | None
    low_percent: str | None
    high_percent: str | None
    small: bool

    @staticmethod
    def read(raw: Mapping[str, Any]) -> Figure:
        """Return a figure of the results."""
        return Figure(*(raw[name] for name in Figure.__dataclass_fields__))

    @property
    def said(self) -> str:
        """The share in words."""
        return "n/a" if self.percent is None else f"{self.percent}%"

    @property
    def interval(self) -> str | None:
        """The interval in words."""
        return None if self.low_percent is None else f"{self.low_percent}% to {self.high_percent}%"


@dataclass(frozen=True, slots=True)
class Held:
    """A class held against one level's threshold: by the point, and by what the interval allows to say."""

    level: str
    needed: float
    needed_percent: str
    met: bool | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Counts:
    """The whole numbers of a class."""

    trust_n: int
    auditor_n: int
    agreed: int
    wrong: int
    omitted: int
    not_required: int
    errors: int
    coder: int
    non_coder: int
    undetermined: int

    @staticmethod
    def read(raw: Mapping[str, Any]) -> Counts:
        """Return the counts of a row of the results."""
        return Counts(*(raw[name] for name in Counts.__dataclass_fields__))


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """One class: its counts, its shares and where they stand."""

    klass: CodeClass
    counts: Counts
    correct: Figure
    coder_errors: Figure
    non_coder_errors: Figure
    over_coded: Figure
    held: list[Held]

    @property
    def name(self) -> str:
        """The class in words."""
        return CLASS_NAMES[self.klass]

    @property
    def small(self) -> bool:
        """Say whether there is too little to go by."""
        return self.correct.small


@dataclass(frozen=True, slots=True)
class KindFacts:
    """One kind of error in one class, by to whom it belongs."""

    klass: CodeClass
    type: ErrorType
    label: str
    attribution: Attribution
    discrepancies: int
    counted: int


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """The figures of a coder's or specialty's episodes."""

    key: str
    label: str
    episodes: int
    unsafe: int
    errors: int
    coder: int
    non_coder: int
    classes: list[tuple[CodeClass, Counts, Figure]]
    all_correct: Figure

    @staticmethod
    def read(raw: Mapping[str, Any]) -> GroupFacts:
        """Return a group of the results."""
        return GroupFacts(
            raw["key"], raw["label"], raw["episodes"], raw["unsafe"], raw["errors"], raw["coder"], raw["non_coder"],
            [(CodeClass(c["code_class"]), Counts.read(c), Figure.read(c["correct"])) for c in raw["classes"]],
            Figure.read(raw["all_correct"]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NamedFacts:
    """How many differences cite a standard or have a reason, and how many of them count."""

    label: str
    discrepancies: int
    counted: int


@dataclass(frozen=True, slots=True)
class LevelFacts:
    """One level of the threshold profile: attained by the point, and what the intervals say of it."""

    name: str
    attained: bool | None
    verdict: Verdict | None
    short: list[CodeClass]
    cannot_tell: list[CodeClass]


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference that stands, without anything that says whose it is."""

    item_no: int
    klass: CodeClass
    trust_code: str | None
    auditor_code: str | None
    side: str
    type: ErrorType
    attribution: Attribution
    counted: bool
    standards: tuple[str, ...]
    specialty: str
    coder_key: str
    key: str | None
    ended_on: dt.date


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """One action of the plan."""

    text: str
    owner: str
    due: dt.date | None
    state: str


@dataclass(frozen=True, slots=True)
class RecommendationFacts:
    """One recommendation and what the Trust said of it."""

    no: int
    text: str
    priority: str
    standard: str
    owner: str
    due: dt.date | None
    evidence: str
    response: str
    actions: list[ActionFacts]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a report says. ``episodes`` are those that the reader may see; the figures are of all."""

    audit: AuditFacts
    results: Mapping[str, Any]
    episodes: list[AuditedEpisode]
    agreement: Mapping[str, Any] | None
    recommendations: list[RecommendationFacts]
    classes: list[ClassFacts]
    levels: list[LevelFacts]
    all_correct: Figure
    unsafe: Figure
    kinds: list[KindFacts]
    standards: list[NamedFacts]
    reasons: list[NamedFacts]
    specialties: list[GroupFacts]
    coders: list[GroupFacts]
    findings: list[Finding]
    specialty_names: dict[str, str] = field(default_factory=dict)

    @property
    def selected(self) -> int:
        """Episodes looked at: audited and unsafe to audit."""
        return int(self.results["episodes"]["looked_at"])

    @property
    def audited(self) -> int:
        """Episodes that could be audited."""
        return int(self.results["episodes"]["audited"])

    @property
    def errors(self) -> int:
        """Errors that count, of all classes."""
        return sum(c.counts.errors for c in self.classes)

    @property
    def coder(self) -> int:
        """Counted errors made in coding."""
        return sum(c.counts.coder for c in self.classes)

    @property
    def non_coder(self) -> int:
        """Counted errors not made in coding."""
        return sum(c.counts.non_coder for c in self.classes)

    @property
    def confidence(self) -> str:
        """The confidence of every interval, in words."""
        return f"{self.audit.methodology.confidence * 100:g}%"

    @property
    def draft(self) -> bool:
        """Nothing is signed, or a correction is open."""
        return self.audit.signed is None or self.audit.state != "signed"

    @property
    def reach(self) -> list[float]:
        """Every threshold, which no rounding may seem to reach."""
        return sorted({h.needed for c in self.classes for h in c.held})

    def klass(self, klass: CodeClass) -> ClassFacts:
        """Return one class."""
        return next(c for c in self.classes if c.klass is klass)

    def by_type(self, klass: CodeClass | None = None) -> list[tuple[ErrorType, int, int, int]]:
        """Return counted errors by type, of one class or all: all, coder, non-coder; the commonest first."""
        rows: dict[ErrorType, list[int]] = {}
        for k in self.kinds:
            if k.counted and klass in (None, k.klass):
                row = rows.setdefault(k.type, [0, 0, 0])
                row[0] += k.counted
                row[1] += k.counted if k.attribution is Attribution.coder else 0
                row[2] += k.counted if k.attribution is Attribution.non_coder else 0
        order = list(ErrorType)
        return [(t, r[0], r[1], r[2]) for t, r in sorted(rows.items(), key=lambda r: (-r[1][0], order.index(r[0])))]

    def missed(self, most: int) -> list[NamedFacts]:
        """Return the standards that counted errors cite most."""
        return sorted((s for s in self.standards if s.counted), key=lambda s: (-s.counted, s.label))[:most]


def specialty_of(code: str | None, names: Mapping[str, str]) -> str:
    """Return a specialty's words."""
    return "Not known" if code is None else names.get(code, code)


def findings_of(episodes: Sequence[AuditedEpisode], how: Methodology, names: Mapping[str, str]) -> list[Finding]:
    """Return every difference that stands, counted or not, in the order of the worksheets."""
    return [
        _finding(e, p, how, names)
        for e in episodes
        if not e.unsafe
        for p in e.positions
        if p.finding.error is not None and not p.finding.counted_elsewhere
    ]


def _finding(e: AuditedEpisode, p: AuditedPosition, how: Methodology, names: Mapping[str, str]) -> Finding:
    found, error = p.finding, p.finding.error
    assert error is not None
    return Finding(
        e.no, found.code_class, p.trust_code, p.auditor_code, p.side, error, found.attribution,
        how.counting.counts_finding(found), p.standards, specialty_of(e.specialty_code, names), e.coder_key,
        how.official(found.code_class, error, found.attribution), e.ended_on,
    )  # fmt: skip


def _verdict(raw: str | None) -> Verdict | None:
    return None if raw is None else Verdict(raw)


def _class(raw: Mapping[str, Any]) -> ClassFacts:
    held = [
        Held(x["name"], x["needed"], f"{x['needed_percent']}%".replace(".0%", "%"), x["met"], _verdict(x["verdict"]))
        for x in raw["levels"]
    ]
    return ClassFacts(
        CodeClass(raw["code_class"]),
        Counts.read(raw),
        correct=Figure.read(raw["correct"]),
        coder_errors=Figure.read(raw["coder_errors"]),
        non_coder_errors=Figure.read(raw["non_coder_errors"]),
        over_coded=Figure.read(raw["over_coded"]),
        held=held,
    )


def _level(raw: Mapping[str, Any], classes: Sequence[ClassFacts]) -> LevelFacts:
    unsure = [c.klass for c in classes for h in c.held if h.level == raw["name"] and h.verdict is Verdict.cannot_tell]
    return LevelFacts(raw["name"], raw["met"], _verdict(raw["verdict"]), [CodeClass(k) for k in raw["lacking"]], unsure)


def facts_of(
    audit: AuditFacts,
    results: Mapping[str, Any],
    episodes: Sequence[AuditedEpisode],
    *,
    agreement: Mapping[str, Any] | None = None,
    recommendations: Sequence[RecommendationFacts] = (),
    specialty_names: dict[str, str] | None = None,
) -> Facts:
    """Return the facts of a report from an audit's results and the episodes whose findings may be shown."""
    names = specialty_names or {}
    headline = results["headline"]
    classes = [_class(raw) for raw in headline["classes"]]
    return Facts(
        audit=audit,
        results=results,
        episodes=list(episodes),
        agreement=agreement,
        recommendations=list(recommendations),
        classes=classes,
        levels=[_level(raw, classes) for raw in headline["levels"]],
        all_correct=Figure.read(headline["all_correct"]),
        unsafe=Figure.read(results["unsafe"]["share"]),
        kinds=[
            KindFacts(
                CodeClass(e["code_class"]), ErrorType(e["error_type"]), e["label"], Attribution(e["attribution"]),
                e["discrepancies"], e["counted"],
            )
            for e in results["errors"]
        ],
        standards=[NamedFacts(s["label"], s["discrepancies"], s["counted"]) for s in results["standards"]],
        reasons=[NamedFacts(s["label"], s["discrepancies"], s["counted"]) for s in results["reasons"]],
        specialties=[GroupFacts.read(g) for g in results["groups"]["specialty"]],
        coders=[GroupFacts.read(g) for g in results["groups"]["coder"]],
        findings=findings_of(episodes, audit.methodology, names),
        specialty_names=names,
    )  # fmt: skip
