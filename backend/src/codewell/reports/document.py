"""Lays out reports: which sections, tables and charts, in which order, from the facts and the narrative.

Pure. Nothing here names a coder or a patient: the board's report and the clinicians' summary are made of counts and
codes; the feedback sheet names the one coder whom it is for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from codewell.audits.alignment import CodeClass, ErrorType
from codewell.audits.figures import Verdict
from codewell.audits.reads.audited import AuditedEpisode
from codewell.audits.rules import Mode
from codewell.audits.tally import Attribution
from codewell.codesets.rules import render
from codewell.kit import clock
from codewell.reports.content import (
    BarChart,
    BarRow,
    Block,
    Cell,
    ColumnKind,
    IntervalChart,
    IntervalRow,
    Pair,
    ReportDocument,
    ReportSection,
    ReportTable,
    ThresholdMark,
    day,
    note,
    pairs,
    para,
    paragraphs,
    percent,
    table,
)
from codewell.reports.drafts import BLOCKS, NOUNS, count, first, listed
from codewell.reports.facts import ATTRIBUTION_NAMES, CLASS_NAMES, ClassFacts, Facts, Figure, Finding, specialty_of

EXAMPLES_AT_MOST: Final = 8
TARGETED: Final = "Targeted audit: its results are not to be extrapolated beyond the population it was drawn from."
VERDICTS: Final[dict[Verdict | None, str]] = {
    Verdict.above: "Above",
    Verdict.below: "Below",
    Verdict.cannot_tell: "Cannot tell",
    None: "Not applicable",
}
MODES: Final[dict[Mode, str]] = {
    Mode.blind: "Blind: the auditor coded before seeing the Trust's codes",
    Mode.review: "Review of the Trust's codes",
    Mode.external: "External: findings of another body's auditor, each accepted or challenged by the Trust's",
}
GLOSSARY: Final[tuple[tuple[str, str], ...]] = (
    ("AC1", "Gwet's measure of how far two auditors agree beyond chance; it holds where almost all is right"),
    ("Coder error", "An error made in coding, with the information there when the episode was coded"),
    ("DSPT", "Data Security and Protection Toolkit, which asks acute Trusts for a yearly audit of clinical coding"),
    ("FCE", "Finished consultant episode: a patient's time under one consultant within one stay"),
    ("Frame", "All the episodes from which the sample was drawn"),
    ("HRG", "Healthcare Resource Group: the unit by which care is paid"),
    ("ICD-10", "The international classification of diseases, in which diagnoses are coded"),
    ("Interval", "The range in which the true percentage lies, with the stated confidence"),
    ("Kappa", "Cohen's measure of how far two auditors agree beyond chance"),
    ("Non-coder error", "An error that the coder could not have avoided, such as information missing from the record"),
    ("Not required", "A code that the Trust had and the auditor holds should not be there"),
    ("Omitted", "A code that should be there and is not"),
    ("OPCS-4", "The NHS classification of procedures and interventions"),
    ("Point test", "Holding the percentage itself, unrounded, against a threshold, whatever its interval"),
    ("Unsafe to audit", "An episode whose record could not be found, or could not support an audit"),
)


@dataclass(frozen=True, slots=True)
class Words:
    """What a report takes from outside the figures: titles of codes by system and code, and when it is made."""

    titles: Mapping[tuple[str, str], str]
    made_at: dt.datetime

    def code(self, side: str, code: str | None) -> str:
        """Return a code as people write it."""
        return "–" if code is None else render(system_of(side), code)

    def titled(self, side: str, code: str | None) -> str:
        """Return a code with its title."""
        title = None if code is None else self.titles.get((system_of(side), code))
        return self.code(side, code) + (f" {title}" if title else "")


def system_of(side: str) -> str:
    """Return the classification of one side of an episode."""
    return "icd10" if side == "diagnoses" else "opcs4"


def moment(at: dt.datetime) -> str:
    """Return an instant in London's time."""
    local = at.astimezone(clock.LONDON)
    return f"{day(local.date())}, {local:%H:%M}"


def stamp(facts: Facts) -> tuple[str, str]:
    """Return the status of a report and the words stamped on every page."""
    signed = facts.audit.signed
    if signed is None or facts.draft:
        return "DRAFT", "DRAFT: not signed"
    return f"Signed, version {signed.version}", f"Signed version {signed.version} · digest {signed.digest[:16]}"


def report(facts: Facts, texts: Mapping[str, str], words: Words) -> ReportDocument:
    """Return the board's report; ``texts`` are the narrative blocks, edited or drafts."""
    a = facts.audit
    status, stamped = stamp(facts)
    front = [
        ("Audit reference", a.reference),
        ("Kind of audit", a.kind_name),
        ("Commissioned by", a.commissioned_by or "Coding department"),
        ("Period audited", f"{day(a.period_from)} to {day(a.period_to)}"),
        ("Episodes audited", f"{facts.audited:,}"),
        (
            "Mode",
            MODES[a.mode],
        ),
        *(
            (
                "Lead auditor" if m.part == "lead" else "Auditor",
                f"{m.name}, {m.qualification} (checked on {day(m.checked_on)})",
            )
            for m in a.members
        ),
    ]
    if a.signed is not None:
        front += [
            ("Signed by", f"{a.signed.by}, {moment(a.signed.at)}"),
            ("Signature", f"Version {a.signed.version}, digest {a.signed.digest}"),
        ]
        if a.signed.version > 1:
            front.append(("Reason for correction", a.signed.reason))
        if a.state == "correcting":
            front.append(("Status", "A correction is open: this is a draft of the next version"))
    front.append(("Report made", moment(words.made_at)))
    return ReportDocument(
        kind="report",
        title=a.title,
        subtitle="Clinical coding audit report",
        trust=a.trust,
        reference=a.reference,
        status=status,
        draft=facts.draft,
        stamp=stamped,
        made_at=words.made_at,
        warning=TARGETED if a.targeted else None,
        front=[Pair(term=t, value=v) for t, v in front],
        sections=_sections(facts, texts, words),
        data=[_class_data(facts), _position_data(facts, words)],
    )


def _narrative(
    key: str, texts: Mapping[str, str], *after: Block, level: int = 1, before: Sequence[Block] = ()
) -> ReportSection:
    blocks = [*before, *paragraphs(texts[key]), *after]
    return ReportSection(key=key, title=BLOCKS[key], level=level, appendix=False, block=key, blocks=blocks)


def _plain(key: str, title: str, *blocks: Block, level: int = 1, appendix: bool = False) -> ReportSection:
    return ReportSection(key=key, title=title, level=level, appendix=appendix, block=None, blocks=list(blocks))


def _sections(facts: Facts, texts: Mapping[str, str], words: Words) -> list[ReportSection]:
    return [
        _narrative("executive_summary", texts, summary_table(facts), *_chart(facts)),
        _narrative("background", texts),
        _narrative("aims", texts),
        _narrative("methodology", texts, *_how(facts)),
        _plain(
            "findings",
            "Findings by class",
            para(
                f"{count(facts.selected, 'episode')} of the sample {'was' if facts.selected == 1 else 'were'} looked "
                f"at and {facts.audited:,} audited. Each class has a denominator of its own: the codes that the "
                "auditor holds "
                "should be there."
            ),
        ),
        *(_narrative(k.value, texts, *_class(facts.klass(k), facts), level=2) for k in CodeClass),
        _narrative("error_analysis", texts, *_errors(facts)),
        _plain("examples", "Examples", *_examples(facts, words)),
        _narrative("unsafe", texts),
        _narrative("hrg", texts, *_money(facts)),
        _narrative("dspt", texts, *_levels(facts)),
        _narrative("conclusions", texts),
        _narrative("recommendations", texts, *_recommendations(facts)),
        _plain("action_plan", "Action plan", *_actions(facts)),
        _plain("error_keys", "Error keys", *_keys(facts), appendix=True),
        _plain("worksheets", "Worksheets", *_worksheets(facts, words), appendix=True),
        _plain(
            "glossary",
            "Glossary",
            table("glossary", "Terms used in this report", [("Term", "text", 1.2), ("Meaning", "text", 4)],
                  [[t, m] for t, m in GLOSSARY]),
            appendix=True,
        ),
    ]  # fmt: skip


def _cells(figure: Figure) -> list[Cell]:
    """Return a share and, as one cell because it is read as a pair, its interval."""
    return [figure.share, figure.interval]


def rows_of(rows: list[list[Cell]], total: list[Cell]) -> list[list[Cell]]:
    """Return rows with their total."""
    return [*rows, total]


def type_name(kind: ErrorType, facts: Facts) -> str:
    """Return an error type in the words of the methodology profile."""
    return facts.audit.methodology.key_words.get(kind, first(kind.value.replace("_", " ")))


def summary_table(facts: Facts) -> ReportTable:
    """Return the one table that a board reads: every class, its share, its interval and where it stands."""
    levels = [lv.name for lv in facts.levels]
    rows: list[list[Cell]] = []
    for c in facts.classes:
        at = {h.level: h for h in c.held}
        said: list[Cell] = [
            None
            if name not in at or at[name].met is None
            else f"{at[name].needed_percent} {'reached' if at[name].met else 'not reached'}, "
            f"{'in doubt' if at[name].verdict is Verdict.cannot_tell else 'beyond doubt'}"
            for name in levels
        ]
        rows.append([c.name, c.counts.auditor_n, *_cells(c.correct), *said])
    small = [c.name.lower() for c in facts.classes if c.small and c.correct.of]
    return table(
        "by_class",
        "Share correct by class",
        [
            ("Class", "text", 1.9),
            ("Codes due", "count", 0.8),
            ("Correct", "percent", 0.9),
            (f"{facts.confidence} interval", "text", 1.6),
            *((name, "text", 2.2) for name in levels),
        ],
        rows,
        note=(f"Too few to go by: {listed(small)}. " if small else "")
        + "Reached or not reached is the test of the percentage itself; in doubt means that the interval takes in the "
        "threshold.",
        reach=facts.reach,
    )


def _chart(facts: Facts) -> list[Block]:
    return interval_chart([(c, c.correct) for c in facts.classes], facts)


def interval_chart(figures: Sequence[tuple[ClassFacts, Figure]], facts: Facts) -> list[Block]:
    """Return the chart of shares of classes against the thresholds of each; nothing where none has a share."""
    rows = []
    for c, f in figures:
        if f.share is not None and f.low is not None and f.high is not None:
            marks = [ThresholdMark(name=h.level, share=h.needed) for h in c.held]
            rows.append(
                IntervalRow(
                    label=c.name,
                    share=f.share,
                    low=f.low,
                    high=f.high,
                    of=f.of,
                    small=c.small,
                    said=f.said,
                    marks=marks,
                )
            )
    if not rows:
        return []
    alt = "; ".join(
        f"{r.label} {r.said}, interval {percent(r.low)} to {percent(r.high)}"
        + "".join(f", {m.name} at {m.share * 100:g}%" for m in r.marks)
        for r in rows
    )
    title = "Share correct with its interval" + (", against the thresholds" if facts.levels else "")
    return [IntervalChart(kind="intervals", title=title, alt=f"{title}: {alt}.", rows=rows)]


def _how(facts: Facts) -> list[Block]:
    a, draw = facts.audit, facts.audit.draw
    rows = [("Methodology profile", a.methodology_name)]
    if a.thresholds_name:
        rows.append(("Threshold profile", a.thresholds_name))
        if a.thresholds_source:
            rows.append(("Source of the thresholds", a.thresholds_source))
    rows += [(term, value) for term, value in a.population]
    if draw is None:
        return [pairs(*rows, ("Sample", "Not drawn"))]
    rows += [
        ("Draw", draw.method),
        ("Frame", f"{count(draw.frame_size, 'episode')} eligible"),
        ("Sample", f"{count(draw.drawn, 'episode')} drawn on {moment(draw.at)}"),
        ("Seed", draw.seed),
        ("Frame hash (SHA-256)", draw.frame_hash),
        ("Left out of the frame", "; ".join(f"{reason}: {n:,}" for reason, n in draw.left_out) or "None"),
        ("Replaced after the draw", "; ".join(f"{reason}: {n:,}" for reason, n in draw.replaced) or "None"),
    ]
    out: list[Block] = [
        pairs(*rows),
        note("With this frame, seed and method anybody can draw the same sample again."),
    ]
    if len(draw.strata) > 1:
        out.append(
            table(
                "strata",
                "The sample by stratum",
                [("Stratum", "text", 3), ("In the frame", "count", 1), ("Drawn", "count", 1)],
                rows_of(
                    [[name, n, m] for name, n, m in draw.strata],
                    ["Total", sum(n for _, n, _ in draw.strata), sum(m for *_, m in draw.strata)],
                ),
                total=True,
            )
        )
    return out


def _class(c: ClassFacts, facts: Facts) -> list[Block]:
    n = c.counts
    if not n.auditor_n and not n.trust_n:
        return []
    shares = (
        ("Correct", c.correct),
        ("Coder errors", c.coder_errors),
        ("Non-coder errors", c.non_coder_errors),
        ("Not required, of the Trust's codes", c.over_coded),
    )
    out: list[Block] = [
        table(
            f"{c.klass.value}_totals",
            f"{c.name}: totals",
            [
                ("Codes of the Trust", "count", 1), ("Codes of the auditor", "count", 1), ("Agreed", "count", 1),
                ("Wrong", "count", 1), ("Omitted", "count", 1), ("Not required", "count", 1),
                ("Errors counted", "count", 1),
            ],
            [[n.trust_n, n.auditor_n, n.agreed, n.wrong, n.omitted, n.not_required, n.errors]],
        ),
        table(
            f"{c.klass.value}_shares",
            f"{c.name}: shares",
            [
                ("Share", "text", 2.6), ("Codes", "count", 0.9), ("Of", "count", 0.9), ("Share", "percent", 1.0),
                (f"{facts.confidence} interval", "text", 1.7),
            ],
            [[name, f.counted, f.of, *_cells(f)] for name, f in shares],
            note="Too few to go by: the figures of this class are shown for completeness." if c.small else None,
            reach=facts.reach,
        ),
    ]  # fmt: skip
    if c.held:
        out.append(
            table(
                f"{c.klass.value}_thresholds",
                f"{c.name}: against the thresholds",
                [("Level", "text", 2), ("Needed", "percent", 0.8), ("By the percentage", "text", 1.4),
                 ("By the interval", "text", 1.4)],
                [[h.level, h.needed, _met(h.met, "Reached", "Not reached"), VERDICTS[h.verdict]] for h in c.held],
            )
        )  # fmt: skip
    return out


def _met(met: bool | None, yes: str, no: str) -> str:
    return "n/a" if met is None else yes if met else no


_HEAD: Final[list[tuple[str, ColumnKind, float]]] = [
    ("Errors", "count", 0.9),
    ("Coder", "count", 0.9),
    ("Non-coder", "count", 0.9),
]


def _errors(facts: Facts) -> list[Block]:
    kinds = facts.by_type()
    if not kinds:
        return _agreement(facts)
    chart = BarChart(
        kind="bars",
        title="Errors counted by type",
        alt="Errors counted by type: "
        + "; ".join(f"{type_name(k, facts)} {n}, of them {c} by coders and {o} not" for k, n, c, o in kinds)
        + ".",
        parts=["Coder", "Non-coder", "Not yet attributed"],
        rows=[BarRow(label=type_name(k, facts), parts=[c, o, n - c - o]) for k, n, c, o in kinds],
    )
    out: list[Block] = [
        chart,
        table(
            "by_type",
            "Errors counted by type",
            [("Type", "text", 3), *_HEAD],
            rows_of(
                [[type_name(k, facts), n, c, o] for k, n, c, o in kinds],
                ["Total", sum(r[1] for r in kinds), sum(r[2] for r in kinds), sum(r[3] for r in kinds)],
            ),
            total=True,
        ),
        table(
            "by_type_and_class",
            "Errors counted by type and class",
            [("Type", "text", 2.4), *((CLASS_NAMES[k], "count", 1) for k in CodeClass), ("Total", "count", 0.8)],
            _by_type_and_class(facts),
            total=True,
        ),
        table(
            "by_specialty",
            "Errors by specialty",
            [("Specialty", "text", 2.4), ("Episodes", "count", 0.9), *_HEAD, ("All correct", "percent", 0.9),
             (f"{facts.confidence} interval", "text", 1.6)],
            [
                [g.label, g.episodes, g.errors, g.coder, g.non_coder, *_cells(g.all_correct)]
                for g in sorted(facts.specialties, key=lambda g: (-g.errors, g.label))
            ],
            note="All correct is the share of the episodes without an error. Specialties with few episodes cannot "
            "be ranked.",
        ),
    ]  # fmt: skip
    named: list[tuple[str, ColumnKind, float]] = [("Differences", "count", 1), ("Errors counted", "count", 1)]
    if facts.standards:
        out.append(
            table(
                "by_standard",
                "Standards cited",
                [("Standard", "text", 3), *named],
                [[s.label, s.discrepancies, s.counted] for s in facts.standards[:20]],
                note="A difference that cites two standards stands under both, so this table has no total.",
            )
        )
    if facts.reasons:
        out.append(
            table(
                "by_reason",
                "Reasons outside the coders' control",
                [("Reason", "text", 3), *named],
                [[s.label, s.discrepancies, s.counted] for s in facts.reasons],
            )
        )
    return [*out, *_agreement(facts)]


def _by_type_and_class(facts: Facts) -> list[list[Cell]]:
    of = {k: {t: n for t, n, _, _ in facts.by_type(k)} for k in CodeClass}
    rows: list[list[Cell]] = [
        [type_name(t, facts), *(of[k].get(t, 0) for k in CodeClass), n] for t, n, _, _ in facts.by_type()
    ]
    return [*rows, ["Total", *(sum(of[k].values()) for k in CodeClass), facts.errors]]


def _agreement(facts: Facts) -> list[Block]:
    out: list[Block] = []
    found = facts.agreement
    if found is not None:
        figure = Figure.read(found["agreed"])
        rows: list[list[Cell]] = [["Agreement", figure.said, figure.interval, found["n"]]]
        for name, key in (("Cohen's kappa", "kappa"), ("Gwet's AC1", "ac1")):
            at = found[key]
            rows.append(
                [name, None, None, found["n"]]
                if at is None
                else [name, f"{at['value']:.2f}", f"{at['low']:.2f} to {at['high']:.2f}", found["n"]]
            )
        out.append(
            table(
                "agreement",
                "Agreement of two auditors over the same positions",
                [("Measure", "text", 2), ("Value", "text", 1), (f"{facts.confidence} interval", "text", 1.6),
                 ("Positions", "count", 1)],
                rows,
                note=found["said"] or None,
            )
        )  # fmt: skip
    said = facts.results["proposals"]
    decided = said["accepted"] + said["changed"] + said["rejected"]
    if decided:
        same = Figure.read(said["agreement"])
        out.append(
            para(
                f"Of {count(decided, 'difference')} for which comparing the two lists proposed an error, the auditors "
                f"accepted {said['accepted']:,}, changed {said['changed']:,} and rejected {said['rejected']:,}; "
                "the type "
                f"proposed stood in {same.said}."
            )
        )
    return out


def _examples(facts: Facts, words: Words) -> list[Block]:
    chosen = examples_of(facts)
    if not chosen:
        return [para("There is no error to show.")]
    return [
        para("Examples of the commonest errors, without anything that could identify a patient or a coder."),
        table(
            "examples",
            "Examples of errors",
            [
                ("Class", "text", 1.3), ("Code of the Trust", "text", 1.9), ("Code of the auditor", "text", 1.9),
                ("Error", "text", 1.6), ("Standard", "text", 1.7),
            ],
            [
                [
                    CLASS_NAMES[f.klass], words.titled(f.side, f.trust_code), words.titled(f.side, f.auditor_code),
                    f"{_key(f, facts)} ({ATTRIBUTION_NAMES[f.attribution]})", ", ".join(f.standards) or "–",
                ]
                for f in chosen
            ],
        ),
    ]  # fmt: skip


def _key(f: Finding, facts: Facts) -> str:
    return f"{type_name(f.type, facts)}{f' [{f.key}]' if f.key else ''}"


def examples_of(facts: Facts, most: int = EXAMPLES_AT_MOST) -> list[Finding]:
    """Return counted errors to show, the commonest kinds of each class first and no pair of codes twice."""
    kinds = [k for k, *_ in facts.by_type()]
    counted = [f for f in facts.findings if f.counted and f.type in kinds]
    seen: set[tuple[str | None, str | None]] = set()
    by_class: dict[CodeClass, list[Finding]] = {k: [] for k in CodeClass}
    for f in sorted(counted, key=lambda f: (kinds.index(f.type), f.attribution is not Attribution.coder, f.item_no)):
        if (f.trust_code, f.auditor_code) not in seen:
            seen.add((f.trust_code, f.auditor_code))
            by_class[f.klass].append(f)
    out: list[Finding] = []
    while len(out) < most and any(by_class.values()):
        for rows in by_class.values():
            if rows and len(out) < most:
                out.append(rows.pop(0))
    return sorted(out, key=lambda f: (list(CodeClass).index(f.klass), kinds.index(f.type)))


def _money(facts: Facts) -> list[Block]:
    money = facts.results["hrg"]["money"]
    if not money["priced"]:
        return []
    gross, net = money["gross_share"]["share"], money["net_share"]["share"]
    pounds = {name: float(money[name]) for name in ("pounds_before", "pounds_after", "gross", "net")}
    return [
        table(
            "money",
            "Payment before and after the audit",
            [
                ("Episodes", "count", 0.8), ("Pre-audit payment", "pounds", 1.2), ("Post-audit payment", "pounds", 1.2),
                ("Gross change", "pounds", 1.1), ("% gross", "percent", 0.8), ("Net change", "pounds", 1.1),
                ("% net", "percent", 0.8),
            ],
            [
                [
                    money["priced_n"], pounds["pounds_before"], pounds["pounds_after"], pounds["gross"], gross,
                    pounds["net"], net,
                ]
            ],
            note=f"{money['sign']} Percentages are of the payment before.",
        )
    ]  # fmt: skip


def _levels(facts: Facts) -> list[Block]:
    out: list[Block] = []
    if facts.levels:
        out.append(
            table(
                "levels",
                f"Levels of {facts.audit.thresholds_name}",
                [("Level", "text", 1.6), ("By the percentages", "text", 1.3), ("By the intervals", "text", 1.2),
                 ("Held back by", "text", 2.6)],
                [
                    [
                        x.name, _met(x.attained, "Attained", "Not attained"), VERDICTS[x.verdict],
                        first(listed(NOUNS[k][0] for k in x.short)) or "–",
                    ]
                    for x in facts.levels
                ],
            )
        )  # fmt: skip
    ways = facts.results["treatments"]
    out.append(
        table(
            "treatments",
            "Share correct under each way of counting",
            [("Way of counting", "text", 3), *((CLASS_NAMES[k], "percent", 1) for k in CodeClass)],
            [
                [w["label"] + (" (used here)" if w["used"] else ""), *(c["correct"]["share"] for c in w["classes"])]
                for w in ways
            ],
            note="Published sources do not settle how unsafe episodes and errors that are not the coder's are to "
            "be counted.",
            reach=facts.reach,
        )
    )
    return out


def _recommendations(facts: Facts) -> list[Block]:
    if not facts.recommendations:
        return []
    return [
        table(
            "recommendations",
            "Recommendations",
            [
                ("No.", "count", 0.55), ("Recommendation", "text", 3.25), ("Priority", "text", 0.8),
                ("Standard", "text", 1.0), ("Evidence wanted", "text", 1.6), ("Response of the Trust", "text", 1.4),
            ],
            [
                [r.no, r.text, r.priority, r.standard or "–", r.evidence or "–", r.response]
                for r in facts.recommendations
            ],
        )
    ]  # fmt: skip


def _actions(facts: Facts) -> list[Block]:
    rows: list[list[Cell]] = []
    for r in facts.recommendations:
        for act in r.actions:
            rows.append([r.no, act.text, act.owner, "–" if act.due is None else day(act.due), act.state])
    if not rows:
        return [para("No action has been agreed yet.")]
    return [
        table(
            "actions",
            "Actions agreed",
            [
                ("Rec.", "count", 0.6),
                ("Action", "text", 2.6),
                ("Owner", "text", 1.2),
                ("Due", "text", 1.4),
                ("Status", "text", 1),
            ],
            rows,
        )
    ]


def _keys(facts: Facts) -> list[Block]:
    how = facts.audit.methodology
    rows: list[list[Cell]] = [
        [
            type_name(kind, facts),
            "Counted" if how.counting.counts(kind) else "Reported apart",
            ", ".join(dict.fromkeys(k.key for k in how.official_keys if k.error_type is kind)) or "–",
            _MEANINGS[kind],
        ]
        for kind in ErrorType
    ]
    return [
        para(
            "The keys below are neutral words of this system. Where the Trust's approved auditor has given "
            "official keys, "
            "they stand beside them."
        ),
        table(
            "error_keys",
            "Error keys",
            [("Key", "text", 1.6), ("Treatment", "text", 1), ("Official key", "text", 0.9), ("Meaning", "text", 3.2)],
            rows,
        ),
    ]


_MEANINGS: Final[dict[ErrorType, str]] = {
    ErrorType.wrong_char_3: "A code of another three-character category stands in place of the right one",
    ErrorType.wrong_char_4: "The category is right and the fourth character is not",
    ErrorType.wrong_char_5: "The first four characters are right and the fifth is not",
    ErrorType.omitted: "A code that should be there is not",
    ErrorType.not_required: "A code is there that should not be",
    ErrorType.sequence: "The right primary code, or one of its category, stands among the secondary codes",
    ErrorType.pair_format: "Both halves of a dagger and asterisk pair are there, but not one after the other",
    ErrorType.date: "The procedure is right and its date is not",
    ErrorType.other: "An error that no other key describes",
}


def _worksheets(facts: Facts, words: Words) -> list[Block]:
    if not facts.episodes:
        return [para("No episode has been audited yet.")]
    found: dict[int, list[Finding]] = {}
    for f in facts.findings:
        found.setdefault(f.item_no, []).append(f)
    hidden = facts.selected - len(facts.episodes)
    return [
        para(
            "Every episode looked at, by its number in the sample, with both lists of codes and what was found. "
            "Diagnoses "
            "stand before procedures, primary codes first."
            + (
                f" Not shown: {count(hidden, 'episode')} that you still code blind yourself."
                if hidden > 0
                else ""
            )
        ),
        table(
            "worksheets",
            "Episodes audited",
            [
                ("No.", "count", 0.45), ("Specialty", "text", 1.45), ("Codes of the Trust", "code", 1.6),
                ("Codes of the auditor", "code", 1.6), ("Findings", "text", 2.85),
            ],
            [_worksheet(e, found.get(e.no, []), facts, words) for e in facts.episodes],
        ),
    ]  # fmt: skip


def _worksheet(e: AuditedEpisode, found: Sequence[Finding], facts: Facts, words: Words) -> list[Cell]:
    specialty = specialty_of(e.specialty_code, facts.specialty_names)
    if e.unsafe:
        return [e.no, specialty, "–", "–", "Unsafe to audit"]
    trust = " ".join(words.code(p.side, p.trust_code) for p in e.positions if p.trust_code)
    auditor = " ".join(
        words.code(p.side, p.auditor_code) for p in e.positions if p.auditor_code and not p.finding.withdrawn
    )
    said = "; ".join(finding_words(f, facts, words) for f in found)
    return [e.no, specialty, trust or "–", auditor or "–", said or "No difference"]


def finding_words(f: Finding, facts: Facts, words: Words) -> str:
    """Return a finding on one line."""
    both = f.trust_code and f.auditor_code and f.trust_code != f.auditor_code
    change = (
        f"{words.code(f.side, f.trust_code)} → {words.code(f.side, f.auditor_code)}"
        if both
        else words.code(f.side, f.auditor_code or f.trust_code)
    )
    who = f", {ATTRIBUTION_NAMES[f.attribution]}" if f.counted else ", not counted"
    cited = f" [{', '.join(f.standards)}]" if f.standards else ""
    return f"{change}: {type_name(f.type, facts).lower()}{who}{cited}"


def _class_data(facts: Facts) -> ReportTable:
    """Return every figure of every class on one row each."""
    shares = (("Correct", "correct"), ("Coder errors", "coder_errors"), ("Non-coder errors", "non_coder_errors"),
              ("Not required", "over_coded"))  # fmt: skip
    columns: list[tuple[str, ColumnKind, float]] = [("Class", "text", 1)]
    columns += [
        (name, "count", 1)
        for name in ("Codes of the Trust", "Codes of the auditor", "Agreed", "Wrong", "Omitted", "Not required",
                     "Errors counted", "Coder errors", "Non-coder errors", "Not yet attributed")
    ]  # fmt: skip
    for name, _ in shares:
        columns += [(f"{name}, share", "percent", 1), (f"{name}, low", "percent", 1), (f"{name}, high", "percent", 1)]
    columns.append(("Numbers", "text", 1))
    for level in facts.levels:
        columns += [(f"{level.name}, needed", "percent", 1), (f"{level.name}, by the percentage", "text", 1),
                    (f"{level.name}, by the interval", "text", 1)]  # fmt: skip
    rows: list[list[Cell]] = []
    for c in facts.classes:
        n = c.counts
        row: list[Cell] = [
            c.name, n.trust_n, n.auditor_n, n.agreed, n.wrong, n.omitted, n.not_required, n.errors, n.coder,
            n.non_coder, n.undetermined,
        ]  # fmt: skip
        for _, name in shares:
            figure: Figure = getattr(c, name)
            row += [figure.share, figure.low, figure.high]
        row.append("too few to go by" if c.small else "enough")
        held = {h.level: h for h in c.held}
        for level in facts.levels:
            h = held.get(level.name)
            row += (
                [None, None, None]
                if h is None
                else [h.needed, _met(h.met, "Reached", "Not reached"), VERDICTS[h.verdict]]
            )
        rows.append(row)
    return table("classes", "By class", columns, rows, reach=facts.reach)


def _position_data(facts: Facts, words: Words) -> ReportTable:
    """Return every position of every episode, without anything that says whose it is."""
    how = facts.audit.methodology
    rows: list[list[Cell]] = []
    for e in facts.episodes:
        specialty = specialty_of(e.specialty_code, facts.specialty_names)
        for p in e.positions:
            f = p.finding
            if f.withdrawn:
                continue
            rows.append(
                [
                    e.no, specialty, CLASS_NAMES[f.code_class], words.code(p.side, p.trust_code),
                    words.code(p.side, p.auditor_code), "Agreed" if f.error is None else type_name(f.error, facts),
                    "–" if f.error is None else first(ATTRIBUTION_NAMES[f.attribution]),
                    "Yes" if how.counting.counts_finding(f) else "No", ", ".join(p.standards) or "–",
                ]
            )  # fmt: skip
    return table(
        "positions",
        "Positions",
        [
            ("No.", "count", 1), ("Specialty", "text", 1), ("Class", "text", 1), ("Code of the Trust", "code", 1),
            ("Code of the auditor", "code", 1), ("Outcome", "text", 1), ("Attribution", "text", 1),
            ("Error counted", "text", 1), ("Standards", "text", 1),
        ],
        rows,
    )  # fmt: skip
