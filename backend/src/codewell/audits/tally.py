"""What an audit counts: per class, per episode and per error, from final findings and a methodology profile.

A position of an episode has a code of the trust's, one of the auditor's, or both. Of each class:

    auditor_n = agreed + wrong + omitted          the denominator: every code that should stand there
    trust_n   = agreed + wrong + not_required     what the trust had
    errors    = what the profile counts           at most one a position
    correct   = (auditor_n - errors) / auditor_n

Over-coding (not required) is told apart, over ``trust_n``; whether it counts as an error too is the profile's to say.
Then errors may be more than ``auditor_n``: they are summed over all episodes, and only that share is kept from falling
below nought. A class with nothing in it is not applicable, never 0 % or 100 %. Episodes that are unsafe to audit count
in no class.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from codewell.audits.alignment import CodeClass, ErrorType
from codewell.audits.figures import Proportion, Unit, proportion


class Attribution(StrEnum):
    """To whom an error belongs. Documentation cannot be inferred, so nobody but the auditor says non-coder."""

    coder = "coder"
    non_coder = "non_coder"
    undetermined = "undetermined"


class Unsafe(StrEnum):
    """What becomes of an episode that cannot be audited from its record."""

    exclude = "exclude"
    count_as_error = "count_as_error"


@dataclass(frozen=True, slots=True)
class Counting:
    """The part of a methodology profile that decides what counts; versioned data, dated, of one organisation type."""

    not_counted: frozenset[ErrorType] = frozenset({ErrorType.not_required})
    unsafe: Unsafe = Unsafe.exclude
    non_coder_counts: bool = True

    def counts(self, error: ErrorType | None) -> bool:
        """Say whether an error type lowers the share correct."""
        return error is not None and error not in self.not_counted

    def counts_finding(self, finding: Finding) -> bool:
        """Say whether a finding lowers the share correct: one error a position, where it belongs.

        What stands for an unsafe episode counts whoever is at fault: the profile asked for it.
        """
        if not self.counts(finding.error) or finding.counted_elsewhere:
            return False
        return self.non_coder_counts or finding.unsafe or finding.attribution is not Attribution.non_coder


@dataclass(frozen=True, slots=True)
class Finding:
    """A position as the auditor left it. ``error`` None: the two agree, or the auditor let the difference stand.

    A difference let stand is agreed where the trust has a code, and nothing at all where only the auditor had one: they
    withdrew it. ``counted_elsewhere``: the code is missing here because the trust put it first, which counts there.
    """

    code_class: CodeClass
    has_trust: bool
    has_auditor: bool
    error: ErrorType | None = None
    attribution: Attribution = Attribution.undetermined
    counted_elsewhere: bool = False
    unsafe: bool = False

    @property
    def withdrawn(self) -> bool:
        """The auditor's code alone, taken back."""
        return self.error is None and not self.has_trust


@dataclass(frozen=True, slots=True)
class Audited:
    """One audited episode with its findings; ``weight`` is one over the probability of its draw."""

    findings: Sequence[Finding]
    unsafe: bool = False
    weight: float = 1.0
    stratum: str = ""


@dataclass(slots=True)
class Tally:
    """The counts of one class, all of them whole numbers of codes.

    ``errors`` is what lowers the share correct. ``non_coder`` is told even where the profile does not count it among
    them: then ``errors`` is what the coder and nobody yet is answerable for.
    """

    agreed: int = 0
    wrong: int = 0
    omitted: int = 0
    not_required: int = 0
    errors: int = 0
    coder: int = 0
    non_coder: int = 0
    undetermined: int = 0
    by_type: dict[ErrorType, int] = field(default_factory=dict)

    @property
    def auditor_n(self) -> int:
        """Codes that should stand in the class: the denominator."""
        return self.agreed + self.wrong + self.omitted

    @property
    def trust_n(self) -> int:
        """Codes that the trust had in the class."""
        return self.agreed + self.wrong + self.not_required

    def add(self, finding: Finding, counting: Counting) -> None:
        """Count one position."""
        if finding.withdrawn:
            return
        if finding.error is None:
            self.agreed += 1
        elif finding.has_trust and finding.has_auditor:
            self.wrong += 1
        elif finding.has_auditor:
            self.omitted += 1
        else:
            self.not_required += 1
        if finding.error is None:
            return
        self.by_type[finding.error] = self.by_type.get(finding.error, 0) + 1
        if counting.counts(finding.error) and not finding.counted_elsewhere:
            self.errors += counting.counts_finding(finding)
            match finding.attribution:
                case Attribution.coder:
                    self.coder += 1
                case Attribution.non_coder:
                    self.non_coder += 1
                case _:
                    self.undetermined += 1


def tally(episodes: Iterable[Audited], counting: Counting) -> dict[CodeClass, Tally]:
    """Count every class over episodes that could be audited, and with the profile's treatment of those that could not.

    Counted as an error, an unsafe episode is one primary diagnosis that is wrong through no fault of the coder (the
    Audit Commission's announced stance of 2010); excluded, it is in no class.
    """
    out = {klass: Tally() for klass in CodeClass}
    for episode in episodes:
        for finding in findings_of(episode, counting):
            out[finding.code_class].add(finding, counting)
    return out


_UNSAFE = Finding(CodeClass.primary_diagnosis, True, True, ErrorType.other, Attribution.non_coder, unsafe=True)


def findings_of(episode: Audited, counting: Counting) -> Sequence[Finding]:
    """Return what of an episode is counted."""
    if not episode.unsafe:
        return episode.findings
    return (_UNSAFE,) if counting.unsafe is Unsafe.count_as_error else ()


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """A class's counts with its shares: correct, and its loss told apart; each with an interval."""

    counts: Tally
    correct: Proportion
    coder_errors: Proportion
    non_coder_errors: Proportion
    over_coded: Proportion


def class_tallies(episode: Audited, counting: Counting) -> dict[CodeClass, Tally]:
    """Return what one episode counts in each class."""
    out = {klass: Tally() for klass in CodeClass}
    for finding in findings_of(episode, counting):
        out[finding.code_class].add(finding, counting)
    return out


def summed(tallies: Iterable[Tally]) -> Tally:
    """Return the counts of several episodes together."""
    whole = Tally()
    for own in tallies:
        whole.agreed += own.agreed
        whole.wrong += own.wrong
        whole.omitted += own.omitted
        whole.not_required += own.not_required
        whole.errors += own.errors
        whole.coder += own.coder
        whole.non_coder += own.non_coder
        whole.undetermined += own.undetermined
        for error, n in own.by_type.items():
            whole.by_type[error] = whole.by_type.get(error, 0) + n
    return whole


def correct_share(counted: Sequence[tuple[Audited, Tally]], confidence: float = 0.95) -> Proportion:
    """Return the share correct of one class over episodes with what each counts in it."""
    # A counted error of a code that only the trust had lowers the share of what should stand, also of other episodes:
    # they are summed before the share is kept from falling below nought.
    return proportion([Unit(t.auditor_n, t.auditor_n - t.errors, e.weight, e.stratum) for e, t in counted], confidence)


def figures_of(counted: Sequence[tuple[Audited, Tally]], confidence: float = 0.95) -> ClassFigures:
    """Return the figures of one class over episodes with what each counts in it."""
    coder, non_coder, over = list[Unit](), list[Unit](), list[Unit]()
    for episode, own in counted:
        at, of = (episode.weight, episode.stratum), own.auditor_n
        coder.append(Unit(of, own.coder, *at))
        non_coder.append(Unit(of, own.non_coder, *at))
        over.append(Unit(own.trust_n, own.not_required, *at))
    shares = (proportion(units, confidence) for units in (coder, non_coder, over))
    return ClassFigures(summed(t for _, t in counted), correct_share(counted, confidence), *shares)


def class_figures(
    episodes: Sequence[Audited], counting: Counting, klass: CodeClass, confidence: float = 0.95
) -> ClassFigures:
    """Return the figures of one class, clustered by episode and weighted as the sample was drawn."""
    return figures_of([(e, class_tallies(e, counting)[klass]) for e in episodes], confidence)


def all_correct(episodes: Sequence[Audited], counting: Counting, confidence: float = 0.95) -> Proportion:
    """Return the share of audited episodes without a counted error in any class."""
    units = []
    for episode in episodes:
        findings = findings_of(episode, counting)
        if episode.unsafe and not findings:
            continue
        wrong = any(counting.counts_finding(f) for f in findings)
        units.append(Unit(1, int(not wrong), episode.weight, episode.stratum))
    return proportion(units, confidence)


def unsafe_share(episodes: Sequence[Audited], confidence: float = 0.95) -> Proportion:
    """Return the share of selected episodes that were unsafe to audit; the same under either treatment of them."""
    return proportion([Unit(1, int(e.unsafe), e.weight, e.stratum) for e in episodes], confidence)


def attained(shares: Mapping[CodeClass, Proportion], needed: Mapping[CodeClass, Fraction]) -> bool | None:
    """Say whether every class with codes reaches its threshold, by the unrounded point; None when no class has any."""
    met = [
        figure.share >= needed[klass]
        for klass, figure in shares.items()
        if klass in needed and figure.share is not None
    ]
    return all(met) if met else None
