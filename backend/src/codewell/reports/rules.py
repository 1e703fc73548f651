"""What may stand in a report, and every expected "no" of this room."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from nhs_number.validate import is_valid

from codewell.kit.problems import Conflict, Invalid

REMOVED: Final = "[removed]"
SHORTEST: Final = 5
"""Identifiers with fewer characters could be any word or number, and are not looked for."""

_TEN_DIGITS: Final = re.compile(r"(?<!\d)(\d{3})[ -]?(\d{3})[ -]?(\d{4})(?!\d)")


class Hidden:
    """What must not stand in a board's report: coders' names and references, and patients' identifiers."""

    def __init__(self, names: Collection[str]) -> None:
        """Look for these, as whole words and whatever their case."""
        # A reference such as "coder" is a word of every report: one word of letters alone is not looked for.
        long = sorted({n.strip() for n in names if len(n.strip()) >= SHORTEST and not n.strip().isalpha()}, key=len)[
            ::-1
        ]
        self._words = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, long))})(?!\w)", re.IGNORECASE) if long else None

    def found(self, text: str) -> bool:
        """Say whether a text holds any of it, or a valid NHS number."""
        return self.masked(text) != text

    def masked(self, text: str) -> str:
        """Return a text without it."""
        said = _TEN_DIGITS.sub(lambda m: REMOVED if is_valid("".join(m.groups())) else m[0], text)
        return said if self._words is None else self._words.sub(REMOVED, said)

    def texts(self, value: Any) -> list[str]:  # Any: a JSON value
        """Return the texts of a JSON value out of which something is taken, as they then read."""
        match value:
            case str():
                return [self.masked(value)] if self.found(value) else []
            case dict():
                return [text for v in value.values() for text in self.texts(v)]
            case list():
                return [text for v in value for text in self.texts(v)]
            case _:
                return []

    def told(self, document: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return where in a document something is taken out, each place by its heading, with its text as it then reads.

        What was there is not said again.
        """
        places = [("title", "Title", document["title"]), ("subtitle", "Subtitle", document["subtitle"])]
        places += [("front", pair["term"], pair["value"]) for pair in document["front"]]
        places += [(s["key"], s["title"], [s["title"], s["blocks"]]) for s in document["sections"]]
        found = [(key, title, self.texts(value)) for key, title, value in places]
        return [{"key": key, "title": title, "texts": texts[:20]} for key, title, texts in found if texts]

    def cleaned(self, value: Any) -> Any:  # Any: a JSON value
        """Return a JSON value, every text in it masked."""
        match value:
            case str():
                return self.masked(value)
            case dict():
                return {k: self.cleaned(v) for k, v in value.items()}
            case list():
                return [self.cleaned(v) for v in value]
            case _:
                return value


class BlockUnknown(Invalid):
    """A report has no such block, or it is named twice."""

    slug, title = "report-block-unknown", "A report has no such block"


class IdentifierInReport(Invalid):
    """The text names a coder, or holds something that identifies a patient."""

    slug, title = "identifier-in-report", "A board's report names no coder and no patient"


class StillBlind(Conflict):
    """Somebody still codes episodes of the audit blind; a kept version would show them their codes."""

    slug, title = "report-still-blind", "Some episodes are still to be audited blind"
    advice = "Keep the report once every auditor has saved their own codes."


class NotSent(Conflict):
    """The coder has been sent no finding yet."""

    slug, title = "findings-not-sent", "No finding of this audit has been sent to this coder yet"
    advice = "Send the findings first; the sheet shows what was sent."
