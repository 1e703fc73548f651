"""All the figures of an audit, from its audited episodes, its methodology and its thresholds.

One plain document of JSON values, so that what is shown, what is signed and what is reported are the same thing. Shares
lie between 0 and 1 and are never rounded; ``percent`` is rounded once, for display, and never over a threshold that the
share does not reach. Pure: no database, no HTTP.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final, Protocol

from codewell.audits.alignment import CodeClass, ErrorType, SubClass
from codewell.audits.figures import Proportion, Unit, Verdict, meets, proportion, verdict
from codewell.audits.money import NO_RATIO, Grouped, Ratio, change
from codewell.audits.profiles import Methodology, Thresholds
from codewell.audits.rules import NonCoderReason
from codewell.audits.tally import (
    Attribution,
    Audited,
    ClassFigures,
    Counting,
    Finding,
    Tally,
    Unsafe,
    all_correct,
    attained,
    class_tallies,
    correct_share,
    figures_of,
    findings_of,
    summed,
    unsafe_share,
)

CLASS_LABELS: Final[dict[CodeClass, str]] = {
    CodeClass.primary_diagnosis: "Primary diagnosis",
    CodeClass.secondary_diagnosis: "Secondary diagnosis",
    CodeClass.primary_procedure: "Primary procedure",
    CodeClass.secondary_procedure: "Secondary procedure",
}
SUB_CLASS_LABELS: Final[dict[SubClass, str]] = {
    SubClass.none: "Other codes",
    SubClass.external_cause: "External cause",
    SubClass.morphology: "Morphology",
    SubClass.site_laterality: "Site and laterality",
}
REASON_LABELS: Final[dict[str, str]] = {
    NonCoderReason.information_not_available: "Information not available at the time of coding",
    NonCoderReason.illegible: "Illegible",
    NonCoderReason.conflicting: "Conflicting documentation",
    NonCoderReason.incomplete: "Incomplete documentation",
    NonCoderReason.clinician_instruction: "Clinician's instruction",
    NonCoderReason.system_or_encoder: "System or encoder",
    NonCoderReason.other: "Other",
}
ATTRIBUTION_LABELS: Final[dict[Attribution, str]] = {
    Attribution.coder: "Coder",
    Attribution.non_coder: "Non-coder",
    Attribution.undetermined: "Not attributed yet",
}

SIGN: Final = "A positive net change means the provider had charged too little, a negative one too much."
NOT_GROUPED: Final = "Not grouped"


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


def percent(share: Fraction | float | None, reach: Iterable[Fraction] = ()) -> str | None:
    """Return a share as per cent for a person: rounded half up to one place, or more where that would claim too much.

    94.96 % stays 94.96 where 95 % is asked for, and 99.98 % is never shown as 100.
    """
    if share is None:
        return None
    lines = [*reach, _WHOLE]
    for places in (1, 2, 3, 4):
        scale = 10**places
        # Whole numbers of the last place, so that a share that is exact is compared exactly.
        rounded = math.floor(share * (100 * scale) + _HALF)
        if not any(share < line and line * (100 * scale) <= rounded for line in lines):
            break
    return f"{rounded / scale:.{places}f}"


_WHOLE: Final = Fraction(1)
_HALF: Final = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Rules:
    """What of a methodology and thresholds every figure needs."""

    confidence: float
    small_n: int
    lines: tuple[Fraction, ...] = ()

    def figure(self, p: Proportion, of: str) -> dict[str, Any]:
        """Return a share with its interval and the words of its denominator."""
        return {
            "counted": int(p.correct),
            "of": p.of,
            "of_what": of,
            "share": None if p.share is None else float(p.share),
            "percent": percent(p.share, self.lines),
            "low": p.low,
            "high": p.high,
            "low_percent": percent(p.low),
            "high_percent": percent(p.high),
            "effective_n": round(p.effective_n, 1),
            "small": p.effective_n < self.small_n,
        }

    def ratio(self, r: Ratio) -> dict[str, Any]:
        """Return a change of money over what was paid."""
        ends = (None if r.low is None else percent(r.low), None if r.high is None else percent(r.high))
        return {
            "share": None if r.share is None else float(r.share),
            "percent": percent(r.share),
            "low": r.low,
            "high": r.high,
            "low_percent": ends[0],
            "high_percent": ends[1],
        }


AUDITOR_CODES: Final = "codes that should stand, as audited"
TRUST_CODES: Final = "codes that the Trust had"
EPISODES: Final = "episodes audited"
SELECTED: Final = "episodes selected and looked at"
DIFFERENCES: Final = "differences"


def rules_of(methodology: Methodology, thresholds: Thresholds | None) -> Rules:
    """Return what figures need."""
    lines = {share for level in thresholds.levels for share in level.shares().values()} if thresholds else set()
    return Rules(methodology.confidence, methodology.small_n, tuple(sorted(lines)))


def treatments(methodology: Methodology) -> list[tuple[Counting, bool]]:
    """Return each way of counting unsafe episodes and errors that are not the coder's, the one in use first."""
    used = methodology.counting
    ways = [
        Counting(used.not_counted, unsafe, counts)
        for unsafe in (used.unsafe, *(u for u in Unsafe if u is not used.unsafe))
        for counts in (used.non_coder_counts, not used.non_coder_counts)
    ]
    return [(way, way == used) for way in ways]


def _levels(
    shares: Mapping[CodeClass, Proportion], klass: CodeClass | None, thresholds: Thresholds | None, rules: Rules
) -> list[dict[str, Any]]:
    """Return what the point and what the interval say of each level, for one class or for all of them together."""
    out = []
    for level in thresholds.levels if thresholds else ():
        needed = level.shares()
        if klass is not None:
            if klass not in needed:
                continue
            met: bool | None = meets(shares[klass], needed[klass])
            said = verdict(shares[klass], float(needed[klass]))
            share = needed[klass]
            more: dict[str, Any] = {"needed": float(share), "needed_percent": percent(share), "lacking": []}
        else:
            met = attained(shares, needed)
            each = [v for k, t in needed.items() if (v := verdict(shares[k], float(t))) is not None]
            said = None
            if each:
                below, all_above = Verdict.below in each, all(v is Verdict.above for v in each)
                said = Verdict.below if below else Verdict.above if all_above else Verdict.cannot_tell
            lacking = [k.value for k in CodeClass if k in needed and meets(shares[k], needed[k]) is False]
            more = {"needed": None, "needed_percent": None, "lacking": lacking}
        out.append({"key": level.key, "name": level.name, "met": met, "verdict": said and said.value, **more})
    return out


def _ways(
    episodes: Sequence[Audited], methodology: Methodology, thresholds: Thresholds | None, rules: Rules
) -> list[dict[str, Any]]:
    """Return the figures of every way of counting; what two of them cannot differ in is worked out once."""
    out: list[dict[str, Any]] = []
    known: dict[tuple[Unsafe, bool], dict[CodeClass, ClassFigures]] = {}
    unsafe = any(e.unsafe for e in episodes)
    for counting, used in treatments(methodology):
        # Without an unsafe episode their treatment changes nothing.
        key = (counting.unsafe if unsafe else Unsafe.exclude, counting.non_coder_counts)
        if key not in known:
            own = [(e, class_tallies(e, counting)) for e in episodes]
            other = known.get((key[0], not key[1]))
            known[key] = {
                k: figures_of(counted, rules.confidence)
                if other is None
                # Whose an error is does not hang on whether it counts.
                else replace(
                    other[k],
                    counts=summed(t for _, t in counted),
                    correct=correct_share(counted, rules.confidence),
                )
                for k, counted in ((k, [(e, t[k]) for e, t in own]) for k in CodeClass)
            }
        out.append(_treatment(episodes, counting, used, known[key], thresholds, rules))
    return out


def _treatment(
    episodes: Sequence[Audited],
    counting: Counting,
    used: bool,
    figures: Mapping[CodeClass, ClassFigures],
    thresholds: Thresholds | None,
    rules: Rules,
) -> dict[str, Any]:
    shares = {k: f.correct for k, f in figures.items()}
    classes = []
    for klass, f in figures.items():
        classes.append(
            {
                "code_class": klass.value,
                "label": CLASS_LABELS[klass],
                **counts(f.counts),
                "correct": rules.figure(f.correct, AUDITOR_CODES),
                "coder_errors": rules.figure(f.coder_errors, AUDITOR_CODES),
                "non_coder_errors": rules.figure(f.non_coder_errors, AUDITOR_CODES),
                "over_coded": rules.figure(f.over_coded, TRUST_CODES),
                "levels": _levels(shares, klass, thresholds, rules),
            }
        )
    unsafe = "counted as an error" if counting.unsafe is Unsafe.count_as_error else "left out"
    others = "count" if counting.non_coder_counts else "do not count"
    return {
        "unsafe": counting.unsafe.value,
        "non_coder_counts": counting.non_coder_counts,
        "used": used,
        "label": f"Unsafe episodes are {unsafe}; errors that are not the coder's {others}",
        "classes": classes,
        "all_correct": rules.figure(all_correct(episodes, counting, rules.confidence), EPISODES),
        "levels": _levels(shares, None, thresholds, rules),
    }


def counts(tally: Tally) -> dict[str, int]:
    """Return the whole numbers of a class. ``discrepancies`` are all differences; ``errors`` what the method counts."""
    return {
        "trust_n": tally.trust_n,
        "auditor_n": tally.auditor_n,
        "agreed": tally.agreed,
        "wrong": tally.wrong,
        "omitted": tally.omitted,
        "not_required": tally.not_required,
        "discrepancies": tally.wrong + tally.omitted + tally.not_required,
        "errors": tally.errors,
        "coder": tally.coder,
        "non_coder": tally.non_coder,
        "undetermined": tally.undetermined,
    }


def _errors(
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
    of_auditor, of_trust = ({k: list[Unit]() for k in CodeClass} for _ in range(2))
    for at, (episode, tallies) in enumerate(zip(episodes, own, strict=True)):
        audited = episode.audited
        for klass, tally in tallies.items():
            of_auditor[klass].append(Unit(tally.auditor_n, 0, audited.weight, audited.stratum))
            of_trust[klass].append(Unit(tally.trust_n, 0, audited.weight, audited.stratum))
        for finding in findings_of(audited, counting):
            if finding.error is not None and not finding.counted_elsewhere:
                key = (finding.code_class, finding.error, finding.attribution)
                found.setdefault(key, {}).setdefault(at, []).append(finding)
    order = (list(CodeClass), list(ErrorType), list(Attribution))
    out = []
    for klass, error, attribution in sorted(found, key=lambda k: [o.index(v) for o, v in zip(order, k, strict=True)]):  # type: ignore[attr-defined]
        over = error is ErrorType.not_required
        units, differences, counted = list((of_trust if over else of_auditor)[klass]), 0, 0
        for at, mine in found[klass, error, attribution].items():
            differences += len(mine)
            counted += sum(counting.counts_finding(f) for f in mine)
            units[at] = units[at]._replace(right=min(len(mine), units[at].counted))
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
                "rate": rules.figure(proportion(units, rules.confidence), TRUST_CODES if over else AUDITOR_CODES),
            }
        )
    return out


def _sub_classes(episodes: Sequence[Episode], counting: Counting, rules: Rules) -> list[dict[str, Any]]:
    """Return external causes, morphology and sites told apart within their classes."""
    out = []
    for kind in SubClass:
        if kind is SubClass.none:
            continue
        only = [
            replace(e.audited, findings=[p.finding for p in e.positions if p.sub_class == kind.value], unsafe=False)
            for e in episodes
        ]
        tallies = [(e, class_tallies(e, counting)) for e in only if e.findings]
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


def _named(
    episodes: Sequence[Episode], counting: Counting, rules: Rules, names: Callable[[Position], Iterable[str]],
    labels: Mapping[str, str],
) -> list[dict[str, Any]]:  # fmt: skip
    """Return how many differences bear each name (a standard, a reason), and their share of all differences."""
    found: dict[str, list[Position]] = {}
    for episode in episodes:
        for position in episode.positions:
            if position.finding.error is not None:
                for name in dict.fromkeys(names(position)):
                    found.setdefault(name, []).append(position)
    out = []
    for name, positions in found.items():
        units = []
        for episode in episodes:
            differences = [p for p in episode.positions if p.finding.error is not None]
            mine = sum(name in names(p) for p in differences)
            units.append(Unit(len(differences), mine, episode.audited.weight, episode.audited.stratum))
        out.append(
            {
                "key": name,
                "label": labels.get(name, name),
                "discrepancies": len(positions),
                "counted": sum(counting.counts_finding(p.finding) for p in positions),
                "coder": sum(p.finding.attribution is Attribution.coder for p in positions),
                "share": rules.figure(proportion(units, rules.confidence), DIFFERENCES),
            }
        )
    return sorted(out, key=lambda row: (-row["discrepancies"], row["key"]))


def _groups(
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
        audited = [e for e, _ in members]
        whole = {k: summed(t[k] for _, t in members) for k in CodeClass}
        correct = {k: correct_share([(e, t[k]) for e, t in members], rules.confidence) for k in CodeClass}
        out.append(
            {
                "key": name,
                "label": label,
                "episodes": len(members),
                "unsafe": sum(e.unsafe for e in audited),
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
                "all_correct": rules.figure(all_correct(audited, counting, rules.confidence), EPISODES),
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


def hrg(
    episodes: Sequence[Episode], grouped: Mapping[Any, Grouped], grouper: str | None, counting: Counting, rules: Rules
) -> dict[str, Any]:
    """Return HRG changes and money of the episodes grouped both ways; "not grouped" where no result was loaded."""
    units, priced = [], []
    unsafe = [e for e in episodes if e.audited.unsafe]
    for episode in episodes:
        found = grouped.get(episode.item_id)
        if found is None or episode.audited.unsafe:
            continue
        audited = episode.audited
        units.append(Unit(1, int(found.hrg_before != found.hrg_after), audited.weight, audited.stratum))
        priced.append(replace(found, weight=audited.weight, stratum=audited.stratum))
    told = {"grouped": bool(units), "said": "" if units else NOT_GROUPED, "grouper": grouper, "unit": "episodes"}
    alike = [Unit(1, 1, e.audited.weight, e.audited.stratum) for e in unsafe] if units else []
    money = change(priced, rules.confidence)
    return {
        **told,
        "grouped_n": len(units),
        "of": len(episodes) - len(unsafe),
        "changed": rules.figure(proportion(units, rules.confidence), "episodes grouped both ways"),
        "changed_with_unsafe": rules.figure(
            proportion([*units, *alike], rules.confidence), "episodes grouped both ways, and unsafe ones as changed"
        ),
        "money": {
            "priced": bool(money),
            "said": "" if money else NOT_GROUPED if not units else "Grouped, but not priced",
            "priced_n": money.priced if money else 0,
            "changed_n": money.changed if money else None,
            "pounds_before": _pounds(money.before if money else None),
            "pounds_after": _pounds(money.after if money else None),
            "net": _pounds(money.net if money else None),
            "gross": _pounds(money.gross if money else None),
            "net_share": rules.ratio(money.net_share if money else NO_RATIO),
            "gross_share": rules.ratio(money.gross_share if money else NO_RATIO),
            "sign": SIGN,
        },
    }


def _pounds(pence: int | None) -> str | None:
    """Return pence as pounds, exact."""
    if pence is None:
        return None
    whole, rest = divmod(abs(pence), 100)
    return f"{'-' if pence < 0 else ''}{whole}.{rest:02d}"


def summarise(
    episodes: Sequence[Episode],
    methodology: Methodology,
    thresholds: Thresholds | None,
    *,
    grouped: Mapping[Any, Grouped] | None = None,
    grouper: str | None = None,
    specialty: Callable[[str | None], str | None] = lambda code: code,
) -> dict[str, Any]:
    """Return every figure of an audit. ``headline`` is the treatment its methodology asks for, of the four computed."""
    rules, counting = rules_of(methodology, thresholds), methodology.counting
    audited = [e.audited for e in episodes]
    own = [class_tallies(e, counting) for e in audited]
    ways = _ways(audited, methodology, thresholds, rules)
    weights = {e.weight for e in audited}
    unsafe = sum(e.unsafe for e in audited)
    return {
        "episodes": {"looked_at": len(audited), "audited": len(audited) - unsafe, "unsafe": unsafe},
        "weighted": len(weights) > 1,
        "headline": next(w for w in ways if w["used"]),
        "treatments": ways,
        "unsafe": {
            "used": counting.unsafe.value,
            "share": rules.figure(unsafe_share(audited, rules.confidence), SELECTED),
        },
        "totals": counts(summed(t for tallies in own for t in tallies.values())),
        "errors": _errors(episodes, own, counting, methodology, rules),
        "sub_classes": _sub_classes(episodes, counting, rules),
        "standards": _named(episodes, counting, rules, lambda p: p.standards, {}),
        "reasons": _named(
            episodes, counting, rules, lambda p: (p.non_coder_reason,) if p.non_coder_reason else (), REASON_LABELS
        ),
        "groups": {
            "coder": _groups(episodes, own, counting, rules, lambda e: (e.coder_key, e.coder_name)),
            "specialty": _groups(
                episodes, own, counting, rules,
                lambda e: (e.specialty_code or "none", specialty(e.specialty_code) or e.specialty_code or "Not known"),
            ),
            "auditor": _groups(episodes, own, counting, rules, lambda e: (e.auditor_key, e.auditor_name)),
            "stratum": _groups(
                episodes, own, counting, rules, lambda e: (e.stratum or "none", e.stratum or "Whole sample")
            ),
        },
        "proposals": proposals(episodes, rules),
        "hrg": hrg(episodes, grouped or {}, grouper, counting, rules),
    }  # fmt: skip
