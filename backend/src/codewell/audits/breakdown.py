"""What the figures of an audit are made of: kinds of error, classes within classes, standards, reasons, and groups.

Pure: no database, no HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from codewell.audits.alignment import CodeClass, ErrorType, SubClass
from codewell.audits.figures import Clusters, Unit, proportion
from codewell.audits.profiles import Methodology
from codewell.audits.shown import (
    ATTRIBUTION_LABELS,
    AUDITOR_CODES,
    CLASS_LABELS,
    DIFFERENCES,
    EPISODES,
    SUB_CLASS_LABELS,
    TRUST_CODES,
    Rules,
    counts,
)
from codewell.audits.tally import (
    Attribution,
    Audited,
    Counting,
    Finding,
    Tally,
    all_correct_share,
    class_tallies,
    correct_share,
    findings_of,
    summed,
)


class Position(Protocol):
    """A position as the summary needs it."""

    @property
    def sub_class(self) -> str: ...
    @property
    def proposed_type(self) -> str | None: ...
    @property
    def final_type(self) -> str | None: ...
    @property
    def decision(self) -> str: ...
    @property
    def non_coder_reason(self) -> str | None: ...
    @property
    def standards(self) -> tuple[str, ...]: ...
    @property
    def finding(self) -> Finding: ...


class Episode(Protocol):
    """An audited episode as the summary needs it."""

    @property
    def item_id(self) -> Any: ...
    @property
    def coder_key(self) -> str: ...
    @property
    def coder_name(self) -> str: ...
    @property
    def specialty_code(self) -> str | None: ...
    @property
    def auditor_key(self) -> str: ...
    @property
    def auditor_name(self) -> str: ...
    @property
    def stratum(self) -> str: ...
    @property
    def positions(self) -> Sequence[Position]: ...
    @property
    def audited(self) -> Audited: ...


def errors(
    episodes: Sequence[Episode],
    own: Sequence[Mapping[CodeClass, Tally]],
    counting: Counting,
    methodology: Methodology,
    rules: Rules,
) -> list[dict[str, Any]]:
    """Return each kind of error in each class, by to whom it belongs, with how often it comes.

    A code that counts elsewhere is no error of its own kind: what put it there has its own row.
    """
    found: dict[tuple[CodeClass, ErrorType, Attribution], dict[int, list[Finding]]] = {}
    for at, episode in enumerate(episodes):
        for finding in findings_of(episode.audited, counting):
            if finding.error is not None and not finding.counted_elsewhere:
                key = (finding.code_class, finding.error, finding.attribution)
                found.setdefault(key, {}).setdefault(at, []).append(finding)
    order = (list(CodeClass), list(ErrorType), list(Attribution))
    # What a class's errors are counted over, which all of its rows share.
    known: dict[tuple[CodeClass, bool], tuple[list[int], Clusters]] = {}
    out = []
    for klass, error, attribution in sorted(found, key=lambda k: [o.index(v) for o, v in zip(order, k, strict=True)]):  # type: ignore[attr-defined]
        over = error is ErrorType.not_required
        if (klass, over) not in known:
            of = [t[klass].trust_n if over else t[klass].auditor_n for t in own]
            units = [(n, e.audited.weight, e.audited.stratum) for n, e in zip(of, episodes, strict=True)]
            known[klass, over] = (of, Clusters(units))
        of, clusters = known[klass, over]
        right, differences, counted = [0] * len(episodes), 0, 0
        for at, mine in found[klass, error, attribution].items():
            differences += len(mine)
            counted += sum(counting.counts_finding(f) for f in mine)
            right[at] = min(len(mine), of[at])
        out.append(
            {
                "code_class": klass.value,
                "class_label": CLASS_LABELS[klass],
                "error_type": error.value,
                "label": methodology.key_words.get(error, error.value),
                "official_key": methodology.official(klass, error, attribution),
                "attribution": attribution.value,
                "attribution_label": ATTRIBUTION_LABELS[attribution],
                "discrepancies": differences,
                "counted": counted,
                "rate": rules.figure(
                    clusters.proportion(right, rules.confidence), TRUST_CODES if over else AUDITOR_CODES
                ),
            }
        )
    return out


def sub_classes(episodes: Sequence[Episode], counting: Counting, rules: Rules) -> list[dict[str, Any]]:
    """Return external causes, morphology and sites told apart within their classes."""
    found: dict[str, dict[int, list[Finding]]] = {}
    for at, episode in enumerate(episodes):
        for position in episode.positions:
            if position.sub_class != SubClass.none.value:
                found.setdefault(position.sub_class, {}).setdefault(at, []).append(position.finding)
    out = []
    for kind in SubClass:
        # ``found`` has episodes in their order, and none that has no such code.
        only = [
            Audited(findings, False, episodes[at].audited.weight, episodes[at].audited.stratum)
            for at, findings in found.get(kind.value, {}).items()
        ]
        tallies = [(e, class_tallies(e, counting)) for e in only]
        for klass in CodeClass:
            mine = [(e, t[klass]) for e, t in tallies]
            whole = summed(t for _, t in mine)
            if not whole.auditor_n and not whole.trust_n:
                continue
            out.append(
                {
                    "sub_class": kind.value,
                    "label": SUB_CLASS_LABELS[kind],
                    "code_class": klass.value,
                    "class_label": CLASS_LABELS[klass],
                    **counts(whole),
                    "correct": rules.figure(correct_share(mine, rules.confidence), AUDITOR_CODES),
                }
            )
    return out


def named(
    episodes: Sequence[Episode], counting: Counting, rules: Rules, names: Callable[[Position], Iterable[str]],
    labels: Mapping[str, str],
) -> list[dict[str, Any]]:  # fmt: skip
    """Return how many differences bear each name (a standard, a reason), and their share of all differences."""
    found: dict[str, list[tuple[int, Position]]] = {}
    units = []
    for at, episode in enumerate(episodes):
        differences = [p for p in episode.positions if p.finding.error is not None]
        units.append((len(differences), episode.audited.weight, episode.audited.stratum))
        for position in differences:
            for name in dict.fromkeys(names(position)):
                found.setdefault(name, []).append((at, position))
    clusters = Clusters(units)
    out = []
    for name, placed in found.items():
        right, positions = [0] * len(units), [p for _, p in placed]
        for at, _ in placed:
            right[at] += 1
        out.append(
            {
                "key": name,
                "label": labels.get(name, name),
                "discrepancies": len(positions),
                "counted": sum(counting.counts_finding(p.finding) for p in positions),
                "coder": sum(p.finding.attribution is Attribution.coder for p in positions),
                "share": rules.figure(clusters.proportion(right, rules.confidence), DIFFERENCES),
            }
        )
    return sorted(out, key=lambda row: (-row["discrepancies"], row["key"]))


def groups(
    episodes: Sequence[Episode],
    own: Sequence[dict[CodeClass, Tally]],
    counting: Counting,
    rules: Rules,
    key: Callable[[Episode], tuple[str, str]],
) -> list[dict[str, Any]]:
    """Return the figures of each coder, specialty, auditor or stratum; a small group's interval is wide."""
    by: dict[str, tuple[str, list[tuple[Audited, dict[CodeClass, Tally]]]]] = {}
    for episode, tallies in zip(episodes, own, strict=True):
        name, label = key(episode)
        by.setdefault(name, (label, []))[1].append((episode.audited, tallies))
    out = []
    for name, (label, members) in by.items():
        whole = {k: summed(t[k] for _, t in members) for k in CodeClass}
        correct = {k: correct_share([(e, t[k]) for e, t in members], rules.confidence) for k in CodeClass}
        out.append(
            {
                "key": name,
                "label": label,
                "episodes": len(members),
                "unsafe": sum(e.unsafe for e, _ in members),
                "discrepancies": sum(t.wrong + t.omitted + t.not_required for t in whole.values()),
                "errors": sum(t.errors for t in whole.values()),
                "coder": sum(t.coder for t in whole.values()),
                "non_coder": sum(t.non_coder for t in whole.values()),
                "classes": [
                    {
                        "code_class": k.value,
                        "label": CLASS_LABELS[k],
                        **counts(whole[k]),
                        "correct": rules.figure(correct[k], AUDITOR_CODES),
                    }
                    for k in CodeClass
                ],
                "all_correct": rules.figure(all_correct_share(members, counting, rules.confidence), EPISODES),
            }
        )
    return sorted(out, key=lambda row: (row["label"].casefold(), row["key"]))


def proposals(episodes: Sequence[Episode], rules: Rules) -> dict[str, Any]:
    """Return how often what was proposed is what the auditor made of it, over every proposal that was decided on.

    Where nothing was proposed there is no proposal to agree with; an external auditor's finding is none either.
    """
    units, how = [], {"accepted": 0, "changed": 0, "rejected": 0}
    for episode in episodes:
        decided = [p for p in episode.positions if p.decision in how and p.proposed_type is not None]
        for position in decided:
            how[position.decision] += 1
        same = sum(p.proposed_type == p.final_type for p in decided)
        units.append(Unit(len(decided), same, 1.0, ""))
    # A proposal is no sampled episode: how the draw weighted its episode says nothing of whether it was right.
    return {**how, "agreement": rules.figure(proportion(units, rules.confidence), "proposals decided on")}
