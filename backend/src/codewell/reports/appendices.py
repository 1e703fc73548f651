"""The appendices of a report: error keys, worksheets, and the tables that only the workbook carries. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from codewell.audits.alignment import ErrorType
from codewell.audits.reads.audited import AuditedEpisode
from codewell.reports.content import (
    Block,
    Cell,
    ColumnKind,
    ReportTable,
    para,
    table,
)
from codewell.reports.facts import ATTRIBUTION_NAMES, CLASS_NAMES, Facts, Figure, Finding, specialty_of
from codewell.reports.phrases import count, first
from codewell.reports.wording import VERDICTS, Words, finding_words, met_words, type_name


def key_of(f: Finding, facts: Facts) -> str:
    """Return the words of a finding's error, with its official key where there is one."""
    return f"{type_name(f.type, facts)}{f' [{f.key}]' if f.key else ''}"


def keys_part(facts: Facts) -> list[Block]:
    """Return the error keys with their meanings."""
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


def worksheets_part(facts: Facts, words: Words) -> list[Block]:
    """Return the worksheets of all audited episodes."""
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


def class_data(facts: Facts) -> ReportTable:
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
                else [h.needed, met_words(h.met, "Reached", "Not reached"), VERDICTS[h.verdict]]
            )
        rows.append(row)
    return table("classes", "By class", columns, rows, reach=facts.reach)


def position_data(facts: Facts, words: Words) -> ReportTable:
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
