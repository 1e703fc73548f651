"""Lays out reports: which sections, tables and charts, in which order, from the facts and the narrative.

Pure. Nothing here names a coder or a patient: the board's report and the clinicians' summary are made of counts and
codes; the feedback sheet names the one coder whom it is for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codewell.audits.alignment import CodeClass
from codewell.audits.tally import Attribution
from codewell.reports.appendices import class_data, key_of, keys_part, position_data, worksheets_part
from codewell.reports.content import (
    Block,
    Cell,
    Pair,
    ReportDocument,
    ReportSection,
    day,
    note,
    pairs,
    para,
    paragraphs,
    table,
)
from codewell.reports.drafts import BLOCKS
from codewell.reports.facts import ATTRIBUTION_NAMES, CLASS_NAMES, Facts, Finding
from codewell.reports.figures import class_chart, class_part, errors_part, levels_part, money_part, summary_table
from codewell.reports.phrases import count
from codewell.reports.wording import EXAMPLES_AT_MOST, GLOSSARY, MODES, TARGETED, Words, moment, rows_of, stamp


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
        data=[class_data(facts), position_data(facts, words)],
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
        _narrative("executive_summary", texts, summary_table(facts), *class_chart(facts)),
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
        *(_narrative(k.value, texts, *class_part(facts.klass(k), facts), level=2) for k in CodeClass),
        _narrative("error_analysis", texts, *errors_part(facts)),
        _plain("examples", "Examples", *_examples(facts, words)),
        _narrative("unsafe", texts),
        _narrative("hrg", texts, *money_part(facts)),
        _narrative("dspt", texts, *levels_part(facts)),
        _narrative("conclusions", texts),
        _narrative("recommendations", texts, *_recommendations(facts)),
        _plain("action_plan", "Action plan", *_actions(facts)),
        _plain("error_keys", "Error keys", *keys_part(facts), appendix=True),
        _plain("worksheets", "Worksheets", *worksheets_part(facts, words), appendix=True),
        _plain(
            "glossary",
            "Glossary",
            table("glossary", "Terms used in this report", [("Term", "text", 1.2), ("Meaning", "text", 4)],
                  [[t, m] for t, m in GLOSSARY]),
            appendix=True,
        ),
    ]  # fmt: skip


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
                    f"{key_of(f, facts)} ({ATTRIBUTION_NAMES[f.attribution]})", ", ".join(f.standards) or "–",
                ]
                for f in chosen
            ],
        ),
    ]  # fmt: skip


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
