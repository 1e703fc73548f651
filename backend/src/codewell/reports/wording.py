"""Words, marks and names that every part of a report uses. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from codewell.audits.alignment import ErrorType
from codewell.audits.figures import Verdict
from codewell.audits.rules import Mode
from codewell.codesets.rules import render
from codewell.kit import clock
from codewell.reports.content import (
    Cell,
    day,
)
from codewell.reports.facts import ATTRIBUTION_NAMES, Facts, Figure, Finding
from codewell.reports.phrases import first

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


def figure_cells(figure: Figure) -> list[Cell]:
    """Return a share and, as one cell because it is read as a pair, its interval."""
    return [figure.share, figure.interval]


def rows_of(rows: list[list[Cell]], total: list[Cell]) -> list[list[Cell]]:
    """Return rows with their total."""
    return [*rows, total]


def type_name(kind: ErrorType, facts: Facts) -> str:
    """Return an error type in the words of the methodology profile."""
    return facts.audit.methodology.key_words.get(kind, first(kind.value.replace("_", " ")))


def met_words(met: bool | None, yes: str, no: str) -> str:
    """Return the words of a met and of an unmet level."""
    return "n/a" if met is None else yes if met else no


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
