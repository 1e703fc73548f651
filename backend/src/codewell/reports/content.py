"""The shape of a report: sections of paragraphs, tables and charts, which PDF, Word, Excel and the page all draw from.

Values stay values here (a share is a number between 0 and 1); ``shown`` is the one place that makes words of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction
from typing import Annotated, Final, Literal

from pydantic import Field

from codewell.audits.shown import percent as rounded
from codewell.kit.wire import WireOut

Cell = str | int | float | None
"""A value of a table: text, a count, a share, pounds; None is not applicable."""

ColumnKind = Literal["text", "code", "count", "percent", "pounds", "decimal"]
NUMBERS: Final = frozenset({"count", "percent", "pounds", "decimal"})
NOT_APPLICABLE: Final = "n/a"


class Para(WireOut):
    """A paragraph of running text."""

    kind: Literal["para"]
    text: str


class Bullets(WireOut):
    """A list of points."""

    kind: Literal["bullets"]
    items: list[str]


class Note(WireOut):
    """Something the reader must not miss."""

    kind: Literal["note"]
    text: str


class Pair(WireOut):
    """A term and what it is here."""

    term: str
    value: str


class Pairs(WireOut):
    """Facts under their names."""

    kind: Literal["pairs"]
    items: list[Pair]


class ReportColumn(WireOut):
    """A column of a table; ``width`` is its part of the whole."""

    title: str
    kind: ColumnKind
    width: float


class ReportTable(WireOut):
    """A table with a caption and a head; ``total`` says that its last row is one.

    No percentage is rounded to one of ``reach`` that it does not reach.
    """

    kind: Literal["table"]
    key: str
    caption: str
    columns: list[ReportColumn]
    rows: list[list[Cell]]
    total: bool
    note: str | None
    reach: list[float]


class ThresholdMark(WireOut):
    """A threshold on a chart."""

    name: str
    share: float


class IntervalRow(WireOut):
    """One share with its interval and the thresholds it is held against."""

    label: str
    share: float
    low: float
    high: float
    of: int
    small: bool
    said: str
    marks: list[ThresholdMark]


class IntervalChart(WireOut):
    """Shares with their intervals against thresholds; ``alt`` says all of it in words."""

    kind: Literal["intervals"]
    title: str
    alt: str
    rows: list[IntervalRow]


class BarRow(WireOut):
    """One bar of parts that add up."""

    label: str
    parts: list[int]


class BarChart(WireOut):
    """Counts as bars; ``alt`` says all of it in words."""

    kind: Literal["bars"]
    title: str
    alt: str
    parts: list[str]
    rows: list[BarRow]


Block = Annotated[Para | Bullets | Note | Pairs | ReportTable | IntervalChart | BarChart, Field(discriminator="kind")]


class ReportSection(WireOut):
    """A part of a report under a heading; ``block`` names the narrative block that can be edited in it."""

    key: str
    title: str
    level: int
    appendix: bool
    block: str | None
    blocks: list[Block]


class ReportDocument(WireOut):
    """A whole report; ``data`` are tables too long to read, for the workbook alone."""

    kind: Literal["report", "feedback", "summary", "logbook"]
    title: str
    subtitle: str
    trust: str
    reference: str
    status: str
    draft: bool
    stamp: str
    made_at: dt.datetime
    warning: str | None
    front: list[Pair]
    sections: list[ReportSection]
    data: list[ReportTable]


def para(text: str) -> Para:
    """Return a paragraph."""
    return Para(kind="para", text=text)


def note(text: str) -> Note:
    """Return a note."""
    return Note(kind="note", text=text)


def bullets(*items: str) -> Bullets:
    """Return a list of points."""
    return Bullets(kind="bullets", items=list(items))


def pairs(*items: tuple[str, str]) -> Pairs:
    """Return facts under their names."""
    return Pairs(kind="pairs", items=[Pair(term=t, value=v) for t, v in items])


def table(
    key: str,
    caption: str,
    columns: list[tuple[str, ColumnKind, float]],
    rows: list[list[Cell]],
    *,
    total: bool = False,
    note: str | None = None,
    reach: Iterable[float] = (),
) -> ReportTable:
    """Return a table; each column is its title, kind and width."""
    heads = [ReportColumn(title=t, kind=k, width=w) for t, k, w in columns]
    return ReportTable(
        kind="table", key=key, caption=caption, columns=heads, rows=rows, total=total, note=note, reach=list(reach)
    )


def paragraphs(text: str) -> list[Para | Bullets]:
    """Return the paragraphs and points of a narrative: blank lines part them, lines that begin with "- " are points."""
    out: list[Para | Bullets] = []
    for part in text.replace("\r\n", "\n").split("\n\n"):
        words: list[str] = []
        points: list[str] = []
        for line in (line.strip() for line in part.split("\n")):
            if line.startswith("- "):
                if words:
                    out.append(para(" ".join(words)))
                    words = []
                points.append(line[2:].strip())
            elif line:
                if points:
                    out.append(bullets(*points))
                    points = []
                words.append(line)
        if words:
            out.append(para(" ".join(words)))
        if points:
            out.append(bullets(*points))
    return out


def percent(share: float | None, reach: Iterable[float] = ()) -> str:
    """Return a share as a percentage, as the results round it: never over a line that it does not reach."""
    # A share came as a float: what it prints is what was meant, so that 0.95 reaches 95 %.
    said = None if share is None else rounded(Fraction(str(share)), [Fraction(str(line)) for line in reach])
    return NOT_APPLICABLE if said is None else f"{said}%"


def shown(value: Cell, kind: ColumnKind, reach: Iterable[float] = ()) -> str:
    """Return a cell's words."""
    if value is None:
        return NOT_APPLICABLE
    if isinstance(value, str):
        return value
    match kind:
        case "percent":
            return percent(value, reach) if value >= 0 else f"−{percent(-value)}"
        case "pounds":
            return f"{'−' if value < 0 else ''}£{abs(value):,.2f}"
        case "decimal":
            return f"{value:.2f}".replace("-", "−")
        case _:
            return f"{value:,}"


def day(on: dt.date) -> str:
    """Return a day as the NHS writes it: 3 March 2026."""
    return f"{on.day} {on:%B %Y}"
