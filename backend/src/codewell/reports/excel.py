"""Makes a report's tables as an Excel workbook: numbers as numbers, texts as texts, never a formula."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from codewell.reports.content import (
    NUMBERS,
    BarChart,
    Bullets,
    Cell,
    ColumnKind,
    IntervalChart,
    Para,
    ReportDocument,
    ReportTable,
    percent,
)

FORMATS: Final[dict[ColumnKind, str]] = {
    "text": "@",
    "code": "@",
    "count": "#,##0",
    "percent": "0.0%",
    "pounds": "£#,##0.00;-£#,##0.00",
    "decimal": "0.00",
}
_LOOKS_LIKE_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_WIDEST: Final = 60
Book = Any  # xlsxwriter comes without types


class _Writer:
    """One workbook with its formats."""

    def __init__(self, book: Book) -> None:
        self.book = book
        base = {"font_name": "Arial", "font_size": 10, "valign": "top"}
        self.title = book.add_format(base | {"bold": True, "font_size": 16, "font_color": "#003087"})
        self.caption = book.add_format(base | {"bold": True, "font_size": 11})
        self.quiet = book.add_format(base | {"font_color": "#4c6272"})
        self.left = book.add_format(base)
        self.plain = book.add_format(base | {"text_wrap": True})
        self.strong = book.add_format(base | {"bold": True, "font_color": "#b36200"})
        head = base | {"bold": True, "bg_color": "#f0f4f5", "top": 2, "top_color": "#005eb8", "bottom": 1}
        self.head = book.add_format(head | {"text_wrap": True})
        self.head_right = book.add_format(head | {"text_wrap": True, "align": "right"})
        self._cells: dict[tuple[str, bool, bool, int], Any] = {}
        self._base = base

    def cell(self, kind: ColumnKind, *, total: bool, quoted: bool = False, places: int = 1) -> Any:
        """Return the format of a cell."""
        key = (kind, total, quoted, places)
        if key not in self._cells:
            more: dict[str, Any] = {"num_format": FORMATS[kind], "bottom": 4, "bottom_color": "#d8dde0"}
            if kind == "percent" and places > 1:
                more["num_format"] = f"0.{'0' * places}%"
            if kind in NUMBERS:
                more["align"] = "right"
            elif kind == "text":
                more["text_wrap"] = True
            if total:
                more |= {"bold": True, "top": 1}
            if quoted:
                more["quote_prefix"] = True
            self._cells[key] = self.book.add_format(self._base | more)
        return self._cells[key]

    def write(
        self, sheet: Any, row: int, column: int, value: Cell, kind: ColumnKind, total: bool, reach: list[float]
    ) -> None:
        """Write one value: a text is always written as a text, whatever it begins with."""
        if value is None:
            sheet.write_string(row, column, "n/a", self.cell(kind, total=total))
        elif isinstance(value, str):
            quoted = value.startswith(_LOOKS_LIKE_A_FORMULA)
            sheet.write_string(
                row, column, value, self.cell(kind if kind == "code" else "text", total=total, quoted=quoted)
            )
        else:
            # As many places as the report shows, so that no cell seems to reach a threshold that it does not.
            places = len(percent(value, reach).rstrip("%").partition(".")[2]) if kind == "percent" and value >= 0 else 1
            sheet.write_number(row, column, value, self.cell(kind, total=total, places=places))

    def table(self, sheet: Any, table: ReportTable, row: int, *, captioned: bool = True) -> int:
        """Write a table from a row on and return the row after it."""
        if captioned:
            sheet.write_string(row, 0, table.caption, self.caption)
            row += 1
        for i, column in enumerate(table.columns):
            sheet.write_string(row, i, column.title, self.head_right if column.kind in NUMBERS else self.head)
        for values in table.rows:
            row += 1
            total = table.total and values is table.rows[-1]
            for i, (value, column) in enumerate(zip(values, table.columns, strict=True)):
                self.write(sheet, row, i, value, column.kind, total, table.reach)
        row += 1
        if table.note:
            sheet.write_string(row, 0, table.note, self.quiet)
            row += 1
        return row + 1


def xlsx(document: ReportDocument) -> bytes:
    """Return the document's tables and charts as an Excel file."""
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties(
        {
            "title": f"{document.title}: {document.subtitle}",
            "subject": f"{document.reference}, {document.status}",
            "author": document.trust,
            "comments": document.stamp,
            "created": document.made_at.replace(tzinfo=None),
        }
    )
    writer = _Writer(book)
    tables = {b.key: b for s in document.sections for b in s.blocks if isinstance(b, ReportTable)}
    data = {t.key: t for t in document.data}
    _summary(writer, document, tables)
    _alone(writer, "By class", data.get("classes"))
    _stacked(
        writer,
        document,
        "Errors",
        tables,
        ("by_type", "by_type_and_class", "by_specialty", "by_standard", "by_reason", "agreement", "examples"),
    )
    _alone(writer, "Positions", data.get("positions"))
    _alone(writer, "Episodes", tables.get("worksheets"))
    _stacked(writer, document, "Levels and payment", tables, ("levels", "treatments", "money", "strata"))
    _stacked(writer, document, "Recommendations", tables, ("recommendations", "actions"))
    _narrative(writer, document)
    _stacked(writer, document, "Keys and terms", tables, ("error_keys", "glossary"))
    book.close()
    return out.getvalue()


def _widths(sheet: Any, tables: Sequence[ReportTable]) -> None:
    for i in range(max((len(t.columns) for t in tables), default=0)):
        used = [len(t.columns[i].title) for t in tables if len(t.columns) > i]
        used += [
            min(_WIDEST, len(v)) if isinstance(v, str) else 10
            for t in tables
            if len(t.columns) > i
            for v in (row[i] for row in t.rows)
        ]
        sheet.set_column(i, i, min(_WIDEST, max(9, max(used, default=9) * 0.95 + 2)))


def _paper(sheet: Any, document_stamp: str = "") -> None:
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{document_stamp.replace('&', '&&')}&RPage &P of &N")


def _alone(writer: _Writer, name: str, table: ReportTable | None) -> None:
    """Add a sheet with nothing but one table, its head frozen and filtered."""
    if table is None:
        return
    sheet = writer.book.add_worksheet(name)
    _paper(sheet)
    writer.table(sheet, table.model_copy(update={"note": None}), 0, captioned=False)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.columns) - 1)
    _widths(sheet, [table])


def _stacked(
    writer: _Writer, document: ReportDocument, name: str, tables: dict[str, ReportTable], keys: Sequence[str]
) -> None:
    found = [tables[k] for k in keys if k in tables]
    if not found:
        return
    sheet = writer.book.add_worksheet(name)
    _paper(sheet, document.stamp)
    sheet.write_string(0, 0, name, writer.title)
    sheet.freeze_panes(1, 0)
    row, starts = 2, dict[str, int]()
    for table in found:
        starts[table.key] = row
        row = writer.table(sheet, table, row)
    _widths(sheet, found)
    for chart in _charts(document, BarChart):
        if "by_type" in starts:
            _bars(writer, sheet, chart, starts["by_type"] + 2, len(tables["by_type"].columns) + 4)


def _charts(document: ReportDocument, kind: type[Any]) -> Iterator[Any]:
    return (b for s in document.sections for b in s.blocks if isinstance(b, kind))


def _bars(writer: _Writer, sheet: Any, chart: BarChart, row: int, column: int) -> None:
    drawn = writer.book.add_chart({"type": "bar", "subtype": "stacked"})
    last = row + len(chart.rows) - 1
    for part, at, colour in ((chart.parts[0], 2, "#005eb8"), (chart.parts[1], 3, "#7ab8e8")):
        drawn.add_series(
            {
                "name": part,
                "categories": [sheet.get_name(), row, 0, last, 0],
                "values": [sheet.get_name(), row, at, last, at],
                "fill": {"color": colour},
                "gap": 60,
            }
        )
    drawn.set_title({"name": chart.title, "name_font": {"size": 11}})
    drawn.set_y_axis({"reverse": True})
    drawn.set_x_axis({"min": 0, "major_gridlines": {"visible": True, "line": {"color": "#d8dde0"}}})
    drawn.set_legend({"position": "bottom"})
    sheet.insert_chart(2, column, drawn, {"description": chart.alt, "x_scale": 1.1})


def _intervals(writer: _Writer, sheet: Any, chart: IntervalChart, row: int, column: int) -> None:
    """Draw shares with their intervals as error bars, and thresholds as points, from numbers on the sheet."""
    heads = ["Class", "Correct", "Below", "Above", *(m.name for m in chart.rows[0].marks)]
    for i, words in enumerate(heads):
        sheet.write_string(row, column + i, words, writer.head)
    for r, line in enumerate(chart.rows, row + 1):
        sheet.write_string(r, column, line.label, writer.cell("text", total=False))
        for i, value in enumerate(
            [line.share, line.share - line.low, line.high - line.share, *(m.share for m in line.marks)]
        ):
            sheet.write_number(r, column + 1 + i, value, writer.cell("percent", total=False))
    name, last = sheet.get_name(), row + len(chart.rows)
    drawn = writer.book.add_chart({"type": "line"})
    bars = {"type": "custom", "plus_values": [r.high - r.share for r in chart.rows],
            "minus_values": [r.share - r.low for r in chart.rows],
            "line": {"color": "#7ab8e8", "width": 3}}  # fmt: skip
    drawn.add_series(
        {
            "name": "Correct, with its interval",
            "categories": [name, row + 1, column, last, column],
            "values": [name, row + 1, column + 1, last, column + 1],
            "line": {"none": True},
            "marker": {"type": "circle", "size": 8, "fill": {"color": "#005eb8"}, "border": {"color": "#ffffff"}},
            "y_error_bars": bars,
        }
    )
    for i, colour in zip(range(len(chart.rows[0].marks)), ("#b36200", "#003087", "#4c6272"), strict=False):
        drawn.add_series(
            {
                "name": f"Threshold of {chart.rows[0].marks[i].name}",
                "categories": [name, row + 1, column, last, column],
                "values": [name, row + 1, column + 4 + i, last, column + 4 + i],
                "line": {"none": True},
                "marker": {"type": "long_dash", "size": 14, "fill": {"color": colour}, "border": {"color": colour}},
            }
        )
    lowest = min([r.low for r in chart.rows] + [m.share for r in chart.rows for m in r.marks])
    drawn.set_y_axis({"min": max(0.0, int(lowest * 10 - 0.2) / 10), "max": 1, "num_format": "0%",
                      "major_gridlines": {"visible": True, "line": {"color": "#d8dde0"}}})  # fmt: skip
    drawn.set_title({"name": chart.title, "name_font": {"size": 11}})
    drawn.set_legend({"position": "bottom"})
    sheet.insert_chart(row + len(chart.rows) + 2, 0, drawn, {"description": chart.alt, "x_scale": 1.5, "y_scale": 1.2})


def _summary(writer: _Writer, document: ReportDocument, tables: dict[str, ReportTable]) -> None:
    sheet = writer.book.add_worksheet("Summary")
    _paper(sheet, document.stamp)
    sheet.write_string(0, 0, document.title, writer.title)
    sheet.write_string(1, 0, f"{document.subtitle} · {document.trust}", writer.quiet)
    sheet.write_string(2, 0, document.status, writer.strong if document.draft else writer.caption)
    row = 3
    if document.warning:
        sheet.write_string(row, 0, document.warning, writer.strong)
        row += 1
    sheet.freeze_panes(3, 0)
    row += 1
    for pair in document.front:
        sheet.write_string(row, 0, pair.term, writer.quiet)
        sheet.write_string(row, 1, pair.value, writer.left)
        row += 1
    row += 1
    shown = [tables[k] for k in ("by_class",) if k in tables]
    for table in shown:
        row = writer.table(sheet, table, row)
    _widths(sheet, shown)
    for chart in _charts(document, IntervalChart):
        _intervals(writer, sheet, chart, row, 0)


def _narrative(writer: _Writer, document: ReportDocument) -> None:
    sheet = writer.book.add_worksheet("Narrative")
    _paper(sheet, document.stamp)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 110)
    sheet.write_string(0, 0, "Section", writer.head)
    sheet.write_string(0, 1, "Text", writer.head)
    sheet.freeze_panes(1, 0)
    row = 1
    for section in document.sections:
        if section.block is None:
            continue
        words = []
        for block in section.blocks:
            if isinstance(block, Para):
                words.append(block.text)
            elif isinstance(block, Bullets):
                words += [f"• {item}" for item in block.items]
        for line in words:
            sheet.write_string(row, 0, section.title, writer.plain)
            sheet.write_string(row, 1, line, writer.plain)
            row += 1
