"""The drafts of a report's narrative: plain sentences made from the figures, which an auditor may then edit.

Pure: the same facts give the same words, so that a draft that differs from the one somebody edited means that the
figures have changed since.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from codewell.audits.alignment import CodeClass, ErrorType
from codewell.audits.figures import Verdict
from codewell.audits.rules import Mode
from codewell.reports.facts import Facts, Figure
from codewell.reports.phrases import (
    DID,
    NOUNS,
    count,
    interval,
    listed,
    most_were,
    period_words,
    split_words,
    told_of,
    what_is_good,
    what_is_weak,
    within,
)

BLOCKS: Final[dict[str, str]] = {
    "executive_summary": "Executive summary",
    "background": "Background",
    "aims": "Terms of reference, aims and objectives",
    "methodology": "Methodology",
    "primary_diagnosis": "Primary diagnosis",
    "secondary_diagnosis": "Secondary diagnoses",
    "primary_procedure": "Primary procedure",
    "secondary_procedure": "Secondary procedures",
    "error_analysis": "Analysis of errors",
    "unsafe": "Episodes unsafe to audit",
    "hrg": "HRGs and payment",
    "dspt": "Data Security and Protection Toolkit",
    "conclusions": "Conclusions",
    "recommendations": "Recommendations",
}
"""The narrative blocks in the order of the report, with their headings."""


def executive_summary(facts: Facts) -> str:
    """Return what the board needs to know on one page."""
    a = facts.audit
    if not facts.selected:
        return "No episode of this audit has been audited yet."
    lost = facts.selected - facts.audited
    said = (
        f"{count(facts.audited, 'finished consultant episode')} that ended {period_words(facts)} "
        f"{'was' if facts.audited == 1 else 'were'} audited"
    )
    if lost:
        said += (
            f"; {count(lost, 'further episode')} could not be audited from "
            f"{'its record' if lost == 1 else 'their records'}"
        )
    said += "."
    if a.waiting:
        said += (
            f" {count(a.waiting, 'episode')} of the sample still {'waits' if a.waiting == 1 else 'wait'} to be audited."
        )
    if facts.all_correct.share is not None:
        said += (
            f" In {facts.all_correct.said} of the episodes no error was counted ({interval(facts.all_correct, facts)})."
        )
    out = [said, "\n".join(f"- {told_of(c, facts)}" for c in facts.classes)]
    out += [part for part in (what_is_good(facts), what_is_weak(facts)) if part]
    if facts.errors:
        rest = sum(c.counts.undetermined for c in facts.classes)
        missed = facts.missed(3)
        words = (
            f"{count(facts.errors, 'error was', 'errors were')} counted. {most_were(facts, 3)} "
            f"{split_words(facts.coder, facts.non_coder, rest, facts)}"
        )
        if missed:
            words += (
                f" The {'standards' if len(missed) > 1 else 'standard'} most often missed "
                f"{'were' if len(missed) > 1 else 'was'} {listed(f'{s.label} ({s.counted:,})' for s in missed)}."
            )
        out.append(words)
    else:
        out.append("No error was counted.")
    if facts.levels:
        out.append(_attained(facts))
    return "\n\n".join(out)


def background(facts: Facts) -> str:
    """Return what was entered when the audit was set up, and what it follows."""
    a = facts.audit
    said = [a.background.strip()] if a.background.strip() else []
    said.append(
        f"This audit was commissioned by {a.commissioned_by or 'the coding department'} as "
        f"{'an' if a.kind_name[:1] in 'AEIOU' else 'a'} {within(a.kind_name)} audit of clinical coding at {a.trust}."
    )
    if a.follows:
        said.append(f"It follows audit {a.follows}.")
    return "\n\n".join(said)


def aims(facts: Facts) -> str:
    """Return scope, aims and objectives as they were set up."""
    a = facts.audit
    said = []
    if a.scope.strip():
        said.append(f"Scope: {a.scope.strip()}")
    if a.aims.strip():
        said.append(f"Aims: {a.aims.strip()}")
    if a.objectives.strip():
        said.append(f"Objectives: {a.objectives.strip()}")
    return "\n\n".join(said) or "No aims were recorded when the audit was set up."


def methodology(facts: Facts) -> str:
    """Return how the audit was held."""
    a, how = facts.audit, facts.audit.methodology
    if a.kind == "external":
        held = (
            "An external auditor coded the episodes anew. Their findings were taken in, and an auditor of the Trust "
            "accepted or challenged each of them; what is counted is what was agreed. The codes of the Trust are those "
            "that stood when the findings came."
        )
    elif a.mode is Mode.blind:
        held = (
            "The auditor coded each episode from its record without seeing the codes of the Trust. Both lists were "
            "then set side by side, and each difference was judged. Nobody audited their own coding. The codes of the "
            "Trust are those that stood at the draw."
        )
    else:
        held = (
            "The auditor reviewed the codes of the Trust against the record: this audit was not blind. Nobody audited "
            "their own coding. The codes of the Trust are those that stood at the draw."
        )
    held += (
        " Coding changed later does not alter this audit. Every error is attributed to coding or to causes outside it"
    )
    held += (
        ", and every coding error cites the standard it breaches."
        if how.standard_needed and a.kind != "external"
        else "."
    )
    said = [
        held,
        "Four classes are counted, each over the codes that the auditor holds should be there: codes that agree, that "
        "are wrong and that were omitted. "
        + (
            "Codes that were not required are reported apart and are not counted as errors."
            if ErrorType.not_required in how.not_counted
            else "Codes that were not required are counted as errors."
        ),
        "Every percentage stands with an interval: Wilson's, at the effective size of the sample, because codes of one "
        "episode are not independent of one another. A threshold is reached or not by the unrounded percentage; "
        "whether that is sure, the interval says.",
    ]
    if a.second:
        said.append(
            f"{count(a.second, 'episode was', 'episodes were')} audited twice, to see how far the auditors agree."
        )
    if a.targeted:
        said.append(
            "The sample stands for the population it was drawn from and no other. Its results are not to be "
            "extrapolated."
        )
    return "\n\n".join(said)


def _class_block(klass: CodeClass) -> Callable[[Facts], str]:
    def told(facts: Facts) -> str:
        c = facts.klass(klass)
        tally, (one, many) = c.counts, NOUNS[klass]
        if not tally.auditor_n and not tally.trust_n:
            return f"No {one} was due in the episodes audited, so this class is not applicable."
        said = [told_of(c, facts)]
        if tally.errors:
            kinds = facts.by_type(klass)
            said.append(
                f"Of {count(tally.auditor_n, one, many)}, {tally.errors:,} {'was' if tally.errors == 1 else 'were'} in "
                "error: "
                f"{listed(count(n, *DID[k]) for k, n, _, _ in kinds[:4])}{' among them' if len(kinds) > 4 else ''}. "
                + split_words(tally.coder, tally.non_coder, tally.undetermined, facts)
            )
        else:
            said.append("No error was counted in this class.")
        if tally.not_required:
            one_only = tally.not_required == 1
            apart = ErrorType.not_required in facts.audit.methodology.not_counted
            said.append(
                f"{count(tally.not_required, 'code')} of the Trust's {tally.trust_n:,} in this class "
                f"{'was' if one_only else 'were'} not required"
                + (f" and {'is' if one_only else 'are'} reported apart." if apart else ".")
            )
        return "\n\n".join(said)

    return told


def error_analysis(facts: Facts) -> str:
    """Return the commonest errors, standards and specialties."""
    if not facts.errors:
        return "No error was counted in this audit."
    said = [f"{count(facts.errors, 'error was', 'errors were')} counted. {most_were(facts, 4)}"]
    missed = facts.missed(5)
    if missed:
        lines = "\n".join(f"- {s.label}: {count(s.counted, 'error')}" for s in missed)
        said.append(f"The standards cited most often were:\n{lines}")
    if facts.reasons:
        top = facts.reasons[0]
        said.append(
            f"Of the differences outside the coders' control, the commonest reason was: {within(top.label)} "
            f"({count(top.discrepancies, 'difference')})."
        )
    places = sorted((g for g in facts.specialties if g.errors), key=lambda g: (-g.errors, g.label))
    if len(places) > 1:
        said.append(
            f"Most errors were found in {listed(f'{g.label} ({g.errors:,})' for g in places[:3])}. A specialty "
            "with more "
            "episodes in the sample also has more errors."
        )
    if facts.agreement is not None:
        said.append(_agreed(facts))
    return "\n\n".join(said)


def _agreed(facts: Facts) -> str:
    found = facts.agreement
    assert found is not None
    figure = Figure.read(found["agreed"])
    said = (
        f"The auditors agreed on {figure.said} of {count(found['n'], 'position')} that were audited twice "
        f"({interval(figure, facts)})"
    )
    for name, key in (("Cohen's kappa", "kappa"), ("Gwet's AC1", "ac1")):
        if found[key] is not None:
            said += f"; {name} is {found[key]['value']:.2f}"
    return said + "."


def unsafe(facts: Facts) -> str:
    """Return how many episodes could not be audited, and how they are treated."""
    n = facts.selected - facts.audited
    if not n:
        return "Every episode looked at could be audited from its record."
    return (
        f"{count(n, 'episode')} of {facts.selected:,} could not be audited from "
        f"{'its record' if n == 1 else 'their records'}: {facts.unsafe.said} ({interval(facts.unsafe, facts)}). "
        + (
            "By this audit's methodology they are in none of the four classes."
            if facts.audit.methodology.unsafe.value == "exclude"
            else "By this audit's methodology each counts as one primary diagnosis in error."
        )
    )


def hrg(facts: Facts) -> str:
    """Return what the errors did to HRGs and payment; never invented."""
    found = facts.results["hrg"]
    if not found["grouped"]:
        return "Not grouped: no result of a grouper was loaded for this audit, so nothing is said of HRGs or payment."
    changed, money = Figure.read(found["changed"]), found["money"]
    said = (
        f"{count(found['grouped_n'], 'episode')} of {found['of']:,} "
        f"{'was' if found['grouped_n'] == 1 else 'were'} grouped before and after the audit ({found['grouper']}). "
        "The HRG "
        f"of {changed.counted:,} changed: {changed.said} ({interval(changed, facts)})."
    )
    if not money["priced"]:
        return said + " They were not priced, so nothing is said of payment."
    net = Decimal(money["net"])
    way = "had charged too little" if net > 0 else "had charged too much" if net < 0 else "had charged right"
    return said + (
        f" Over the {count(money['priced_n'], 'episode')} priced both ways, payment changed by £{abs(net):,.2f} "
        "net and "
        f"£{Decimal(money['gross']):,.2f} gross: taken together, the Trust {way}."
    )


def _attained(facts: Facts) -> str:
    """Return which level the audit attains by the point, and what the intervals allow to say."""
    reached = [x for x in facts.levels if x.attained]
    profile = facts.audit.thresholds_name or "the threshold profile"
    if not any(x.attained is not None for x in facts.levels):
        return f"No class can be held against {profile}, because no codes were due."
    if reached:
        top = reached[-1]
        said = (
            f"By the point test of {profile}, the audit attains {top.name}: every class with codes reaches its "
            "threshold."
        )
        said += (
            " The intervals bear this out: each lies wholly at or above its threshold."
            if top.verdict is Verdict.above
            else f" The intervals do not put this beyond doubt: for the {listed(NOUNS[k][0] for k in top.cannot_tell)} "
            f"{'they' if len(top.cannot_tell) > 1 else 'it'} also {'take' if len(top.cannot_tell) > 1 else 'takes'} in "
            "values below the threshold."
        )
        rest = [x for x in facts.levels if x.attained is False]
        if rest:
            said += f" {rest[0].name} is not attained, because of the {listed(NOUNS[k][0] for k in rest[0].short)}."
        return said
    low = next(x for x in facts.levels if x.attained is False)
    said = (
        f"By the point test of {profile}, the audit does not attain {low.name}, because of the "
        f"{listed(NOUNS[k][0] for k in low.short)}."
    )
    sure = [k for k in low.short if k not in low.cannot_tell]
    unsure = [k for k in low.short if k in low.cannot_tell]
    if sure:
        said += (
            f" For the {listed(NOUNS[k][0] for k in sure)} this is beyond doubt: the whole interval is below "
            "the threshold."
        )
    if unsure:
        said += (
            f" For the {listed(NOUNS[k][0] for k in unsure)} the interval reaches the threshold, so the audit "
            "cannot tell."
        )
    return said


def dspt(facts: Facts) -> str:
    """Return the statement for the toolkit: the level by the point test, and how sure it is."""
    a = facts.audit
    if not facts.levels or a.thresholds is None:
        return "This audit was not held against a threshold profile, so it makes no statement for the toolkit."
    said = [_attained(facts)]
    if a.kind == "dspt" and a.thresholds.episodes and facts.audited < a.thresholds.episodes:
        said.append(
            f"The profile asks for {count(a.thresholds.episodes, 'episode')}; {facts.audited:,} "
            f"{'has' if facts.audited == 1 else 'have'} been audited."
        )
    if a.targeted:
        said.append(
            "This audit was targeted and is no evidence for the Trust's coding as a whole: not to be extrapolated."
        )
    if facts.draft:
        said.append("The audit is not signed; this statement may still change.")
    return "\n\n".join(said)


def conclusions(facts: Facts) -> str:
    """Return what follows from the figures."""
    if not facts.selected:
        return "No conclusion can be drawn yet."
    said = [part for part in (what_is_good(facts), what_is_weak(facts)) if part]
    unsure: dict[str, list[str]] = {}
    for c in facts.classes:
        for h in c.held:
            if h.verdict is Verdict.cannot_tell:
                unsure.setdefault(h.level, []).append(NOUNS[c.klass][0])
    said += [
        f"For the {listed(nouns)} this sample is too small to say on which side of the threshold"
        f"{'s' if len(nouns) > 1 else ''} of {level} the Trust stands."
        for level, nouns in unsure.items()
    ]
    missed = facts.missed(3)
    if missed:
        said.append(f"Training would gain most on {listed(s.label for s in missed)}.")
    both = facts.coder + facts.non_coder
    if both and facts.non_coder * 4 >= both:
        said.append(
            f"{facts.non_coder * 100 / both:.0f}% of the errors were outside the coders' control: better records "
            "would do "
            "much for accuracy."
        )
    return "\n\n".join(said) or "The figures give no ground for a conclusion beyond those stated."


def recommendations(facts: Facts) -> str:
    """Return what leads into the recommendations."""
    n = len(facts.recommendations)
    if not n:
        return "No recommendation has been made yet."
    high = sum(r.priority.lower() == "high" for r in facts.recommendations)
    return f"{count(n, 'recommendation')} {'is' if n == 1 else 'are'} made" + (
        f", {high:,} of high priority." if high else "."
    )


DRAFTS: Final[dict[str, Callable[[Facts], str]]] = {
    "executive_summary": executive_summary,
    "background": background,
    "aims": aims,
    "methodology": methodology,
    **{klass.value: _class_block(klass) for klass in CodeClass},
    "error_analysis": error_analysis,
    "unsafe": unsafe,
    "hrg": hrg,
    "dspt": dspt,
    "conclusions": conclusions,
    "recommendations": recommendations,
}


def drafts_of(facts: Facts) -> dict[str, str]:
    """Return the draft of every block."""
    return {key: DRAFTS[key](facts) for key in BLOCKS}
