"""All the figures of an audit, from its audited episodes, its methodology and its thresholds.

One plain document of JSON values, so that what is shown, what is signed and what is reported are the same thing. Pure:
no database, no HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from codewell.audits import breakdown
from codewell.audits.alignment import CodeClass
from codewell.audits.breakdown import Episode
from codewell.audits.figures import Proportion, Unit, Verdict, meets, proportion, verdict
from codewell.audits.money import NO_RATIO, Grouped, change
from codewell.audits.profiles import Methodology, Thresholds
from codewell.audits.shown import (
    AUDITOR_CODES,
    CLASS_LABELS,
    EPISODES,
    REASON_LABELS,
    SELECTED,
    TRUST_CODES,
    Rules,
    counts,
    percent,
    rules_of,
)
from codewell.audits.tally import (
    Audited,
    ClassFigures,
    Counting,
    Tally,
    Unsafe,
    all_correct_share,
    attained,
    class_tallies,
    correct_share,
    figures_of,
    recounted,
    summed,
    unsafe_share,
)

SIGN: Final = "A positive net change means the provider had charged too little, a negative one too much."
NOT_GROUPED: Final = "Not grouped"


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
    own: Sequence[tuple[Audited, dict[CodeClass, Tally]]],
    methodology: Methodology,
    thresholds: Thresholds | None,
    rules: Rules,
) -> list[dict[str, Any]]:
    """Return the figures of every way of counting; what two of them cannot differ in is worked out once.

    ``own`` has what each episode counts in the way that the methodology uses.
    """
    out: list[dict[str, Any]] = []
    known: dict[tuple[Unsafe, bool], dict[CodeClass, ClassFigures]] = {}
    unsafe = any(e.unsafe for e, _ in own)
    for counting, used in treatments(methodology):
        recount = [(e, recounted(e, t, methodology.counting, counting)) for e, t in own]
        # Without an unsafe episode their treatment changes nothing.
        key = (counting.unsafe if unsafe else Unsafe.exclude, counting.non_coder_counts)
        if key not in known:
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
                for k, counted in ((k, [(e, t[k]) for e, t in recount]) for k in CodeClass)
            }
        out.append(_treatment(recount, counting, used, known[key], thresholds, rules))
    return out


def _treatment(
    own: Sequence[tuple[Audited, Mapping[CodeClass, Tally]]],
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
        "all_correct": rules.figure(all_correct_share(own, counting, rules.confidence), EPISODES),
        "levels": _levels(shares, None, thresholds, rules),
    }


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
    ways = _ways(list(zip(audited, own, strict=True)), methodology, thresholds, rules)
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
        "errors": breakdown.errors(episodes, own, counting, methodology, rules),
        "sub_classes": breakdown.sub_classes(episodes, counting, rules),
        "standards": breakdown.named(episodes, counting, rules, lambda p: p.standards, {}),
        "reasons": breakdown.named(
            episodes, counting, rules, lambda p: (p.non_coder_reason,) if p.non_coder_reason else (), REASON_LABELS
        ),
        "groups": {
            "coder": breakdown.groups(episodes, own, counting, rules, lambda e: (e.coder_key, e.coder_name)),
            "specialty": breakdown.groups(
                episodes, own, counting, rules,
                lambda e: (e.specialty_code or "none", specialty(e.specialty_code) or e.specialty_code or "Not known"),
            ),
            "auditor": breakdown.groups(episodes, own, counting, rules, lambda e: (e.auditor_key, e.auditor_name)),
            "stratum": breakdown.groups(
                episodes, own, counting, rules, lambda e: (e.stratum or "none", e.stratum or "Whole sample")
            ),
        },
        "proposals": breakdown.proposals(episodes, rules),
        "hrg": hrg(episodes, grouped or {}, grouper, counting, rules),
    }  # fmt: skip
