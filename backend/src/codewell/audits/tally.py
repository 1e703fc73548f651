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
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from codewell.audits.alignment import CodeClass, ErrorType
from codewell.audits.figures import Clusters, Proportion, Unit, proportion


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


class Tally(NamedTuple):
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

    @property
    def auditor_n(self) -> int:
        """Codes that should stand in the class: the denominator."""
        return self.agreed + self.wrong + self.omitted

    @property
    def trust_n(self) -> int:
        """Codes that the trust had in the class."""
        return self.agreed + self.wrong + self.not_required


_WHERE = {name: at for at, name in enumerate(Tally._fields)}
_WHOSE = {who: _WHERE[who.value] for who in Attribution}
_NONE = Tally()


def _counted(finding: Finding, counting: Counting) -> list[int]:
    """Return the places of a tally that one position adds one to."""
    if finding.withdrawn:
        return []
    if finding.error is None:
        return [_WHERE["agreed"]]
    if finding.has_trust and finding.has_auditor:
        out = [_WHERE["wrong"]]
    else:
        out = [_WHERE["omitted"] if finding.has_auditor else _WHERE["not_required"]]
    if counting.counts(finding.error) and not finding.counted_elsewhere:
        out.append(_WHOSE[finding.attribution])
        if counting.counts_finding(finding):
            out.append(_WHERE["errors"])
    return out


def tally(episodes: Iterable[Audited], counting: Counting) -> dict[CodeClass, Tally]:
    """Count every class over episodes that could be audited, and with the profile's treatment of those that could not.

    Counted as an error, an unsafe episode is one primary diagnosis that is wrong through no fault of the coder (the
    Audit Commission's announced stance of 2010); excluded, it is in no class.
    """
    own = [class_tallies(episode, counting) for episode in episodes]
    return {klass: summed(t[klass] for t in own) for klass in CodeClass}


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
    sums: dict[CodeClass, list[int]] = {}
    for finding in findings_of(episode, counting):
        mine = sums.setdefault(finding.code_class, [0] * len(Tally._fields))
        for at in _counted(finding, counting):
            mine[at] += 1
    return {klass: Tally(*sums[klass]) if klass in sums else _NONE for klass in CodeClass}


def recounted(
    episode: Audited, own: dict[CodeClass, Tally], was: Counting, counting: Counting
) -> dict[CodeClass, Tally]:
    """Return ``class_tallies`` of another way of counting, from those of one that differs in treatment only.

    What is unsafe is counted anew. Of other episodes only ``errors`` changes, by the errors that are not the coder's.
    """
    if episode.unsafe:
        return own if was.unsafe is counting.unsafe else class_tallies(episode, counting)
    if was.non_coder_counts is counting.non_coder_counts or not any(t.non_coder for t in own.values()):
        return own
    return {
        klass: t._replace(errors=t.coder + t.undetermined + (t.non_coder if counting.non_coder_counts else 0))
        for klass, t in own.items()
    }


def summed(tallies: Iterable[Tally]) -> Tally:
    """Return the counts of several episodes together."""
    return Tally(*map(sum, zip(*tallies, strict=True)))


def correct_share(counted: Sequence[tuple[Audited, Tally]], confidence: float = 0.95) -> Proportion:
    """Return the share correct of one class over episodes with what each counts in it."""
    return _correct(_clusters(counted), counted, confidence)


def _clusters(counted: Sequence[tuple[Audited, Tally]]) -> Clusters:
    return Clusters([(t.auditor_n, e.weight, e.stratum) for e, t in counted])


def _correct(clusters: Clusters, counted: Sequence[tuple[Audited, Tally]], confidence: float) -> Proportion:
    # A counted error of a code that only the trust had lowers the share of what should stand, also of other episodes:
    # they are summed before the share is kept from falling below nought.
    return clusters.proportion([t.auditor_n - t.errors for _, t in counted], confidence)


def figures_of(counted: Sequence[tuple[Audited, Tally]], confidence: float = 0.95) -> ClassFigures:
    """Return the figures of one class over episodes with what each counts in it."""
    clusters = _clusters(counted)
    over = Clusters([(t.trust_n, e.weight, e.stratum) for e, t in counted])
    return ClassFigures(
        summed(t for _, t in counted),
        _correct(clusters, counted, confidence),
        clusters.proportion([t.coder for _, t in counted], confidence),
        clusters.proportion([t.non_coder for _, t in counted], confidence),
        over.proportion([t.not_required for _, t in counted], confidence),
    )


def class_figures(
    episodes: Sequence[Audited], counting: Counting, klass: CodeClass, confidence: float = 0.95
) -> ClassFigures:
    """Return the figures of one class, clustered by episode and weighted as the sample was drawn."""
    return figures_of([(e, class_tallies(e, counting)[klass]) for e in episodes], confidence)


def all_correct(episodes: Sequence[Audited], counting: Counting, confidence: float = 0.95) -> Proportion:
    """Return the share of audited episodes without a counted error in any class."""
    return all_correct_share([(e, class_tallies(e, counting)) for e in episodes], counting, confidence)


def all_correct_share(
    counted: Iterable[tuple[Audited, Mapping[CodeClass, Tally]]], counting: Counting, confidence: float = 0.95
) -> Proportion:
    """Return ``all_correct`` of episodes with what each counts in every class."""
    units = [
        Unit(1, int(not any(t.errors for t in own.values())), e.weight, e.stratum)
        for e, own in counted
        if not e.unsafe or counting.unsafe is Unsafe.count_as_error
    ]
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
