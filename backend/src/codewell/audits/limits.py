"""Until when somebody may reply, and words to think twice about. Pure: no database, no HTTP."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Final

from codewell.audits.alignment import ErrorType
from codewell.audits.profiles import Citation, Methodology
from codewell.audits.rules import FindingIncomplete, NonCoderReason, NotACitation, NotListed
from codewell.audits.tally import Attribution
from codewell.kit import clock


def due_after(day: dt.date, working_days: int) -> dt.date:
    """Return the last day of a limit of so many working days that begins after ``day``."""
    while working_days > 0:
        day += dt.timedelta(1)
        working_days -= clock.is_working_day(day)
    return day


def wording(said: str, words: Sequence[str]) -> list[str]:
    """Return which of the profile's sensitive words a text holds, as whole words; they prompt, and refuse nothing."""
    return [w for w in words if re.search(rf"(?<!\w){re.escape(w)}(?!\w)", said, re.IGNORECASE)]


def is_no_citation(cited: str, methodology: Methodology) -> bool:
    """Say whether a citation holds words of the profile that name no standard, such as a national query resolution."""
    return any(
        re.search(rf"(?<!\w){re.escape(w)}(?!\w)", cited, re.IGNORECASE) for w in methodology.not_citations if w.strip()
    )


OTHER: Final = "other:"
"""What a citation begins with that says itself that it is not in the list."""


def as_listed(
    standards: Sequence[str],
    methodology: Methodology,
    citations: Sequence[Citation],
    *,
    kept: Sequence[str] = (),
    pointer: str = "/body/finding/standards",
) -> list[str]:
    """Return what is cited as the Trust's list of citations writes it; NotListed where something is not in it.

    What is in no list is marked by who cites it, as ``other:`` and words. National query resolutions are known by
    theirs and carry no error alone; what the finding cites already (``kept``) was taken once. Without a list nothing
    is asked.
    """
    known = {c.ref.casefold(): c.ref for c in citations} | {s.casefold(): s for s in kept}
    cited, wrong = [], []
    for at, said in enumerate(standards):
        words = " ".join(said.split())
        if not words:
            continue
        if words.casefold() in known:
            cited.append(known[words.casefold()])
            continue
        other = words[: len(OTHER)].casefold() == OTHER
        if other and len(words) >= len(OTHER) + 4:
            words = f"{OTHER} {words[len(OTHER) :].strip()}"
        elif citations and not is_no_citation(words, methodology):
            wrong.append(
                {"pointer": f"{pointer}/{at}", "detail": f"is not in the list; write “{OTHER} …” if you mean it"}
            )
        cited.append(words)
    if wrong:
        raise NotListed(errors=wrong)
    return cited


def why_not_cited(
    error_type: ErrorType, attribution: str, standards: Sequence[str], methodology: Methodology
) -> str | None:
    """Return what is wrong with what an error cites: "missing", "query_resolution", or None.

    A coder error that counts must cite a standard where the methodology asks for one; a national query resolution
    alone is no standard, whoever the error belongs to.
    """
    cited = [s for s in standards if s.strip()]
    if cited and all(is_no_citation(s, methodology) for s in cited):
        return "query_resolution"
    counts = methodology.counting.counts(error_type)
    if not cited and counts and methodology.standard_needed and attribution == Attribution.coder:
        return "missing"
    return None


def check_finding(
    *,
    has_trust: bool,
    has_auditor: bool,
    error_type: ErrorType,
    attribution: Attribution,
    reason: NonCoderReason | None,
    standards: Sequence[str],
    methodology: Methodology,
    pointer: str = "/body/finding",
) -> None:
    """Refuse a finding that does not say enough, cites no standard, or whose type does not fit its codes."""

    def wrong(member: str, detail: str) -> list[dict[str, str]]:
        return [{"pointer": f"{pointer}/{member}", "detail": detail}]

    if not has_trust and error_type not in {ErrorType.omitted, ErrorType.sequence, ErrorType.other}:
        raise FindingIncomplete(errors=wrong("error_type", "only the auditor has a code here: it was omitted"))
    if not has_auditor and error_type not in {ErrorType.not_required, ErrorType.other}:
        raise FindingIncomplete(errors=wrong("error_type", "only the coder has a code here: it was not required"))
    if has_trust and has_auditor and error_type in {ErrorType.omitted, ErrorType.not_required}:
        raise FindingIncomplete(errors=wrong("error_type", "both have a code here"))
    if attribution is Attribution.undetermined:
        raise FindingIncomplete(errors=wrong("attribution", "say whether the error is the coder's"))
    if attribution is Attribution.non_coder and reason is None:
        raise FindingIncomplete(errors=wrong("non_coder_reason", "say why the error is not the coder's"))
    match why_not_cited(error_type, attribution, standards, methodology):
        case "query_resolution":
            raise NotACitation(errors=wrong("standards", "cite the standard itself"))
        case "missing":
            raise FindingIncomplete(errors=wrong("standards", "cite the standard that the code breaches"))
