"""The parts of a report made of figures: classes, errors, agreement, money, levels, with their charts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from codewell.audits.alignment import CodeClass
from codewell.audits.figures import Verdict
from codewell.reports.content import (
    BarChart,
    BarRow,
    Block,
    Cell,
    ColumnKind,
    IntervalChart,
    IntervalRow,
    ReportTable,
    ThresholdMark,
    para,
    percent,
    table,
)
from codewell.reports.facts import CLASS_NAMES, ClassFacts, Facts, Figure
from codewell.reports.phrases import NOUNS, count, first, listed
from codewell.reports.wording import VERDICTS, figure_cells, met_words, rows_of, type_name


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
        rows.append([c.name, c.counts.auditor_n, *figure_cells(c.correct), *said])
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


def class_chart(facts: Facts) -> list[Block]:
    """Return the chart of the shares correct by class."""
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


def class_part(c: ClassFacts, facts: Facts) -> list[Block]:
    """Return a class's figures and the levels they are held against."""
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
            [[name, f.counted, f.of, *figure_cells(f)] for name, f in shares],
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
                [[h.level, h.needed, met_words(h.met, "Reached", "Not reached"), VERDICTS[h.verdict]] for h in c.held],
            )
        )  # fmt: skip
    return out


_HEAD: Final[list[tuple[str, ColumnKind, float]]] = [
    ("Errors", "count", 0.9),
    ("Coder", "count", 0.9),
    ("Non-coder", "count", 0.9),
]


def errors_part(facts: Facts) -> list[Block]:
    """Return the errors by kind, class and whose they are, with their chart."""
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
                [g.label, g.episodes, g.errors, g.coder, g.non_coder, *figure_cells(g.all_correct)]
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


def money_part(facts: Facts) -> list[Block]:
    """Return the payments before and after, or that nothing is priced."""
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


def levels_part(facts: Facts) -> list[Block]:
    """Return which levels are attained, class by class."""
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
                        x.name, met_words(x.attained, "Attained", "Not attained"), VERDICTS[x.verdict],
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
