"""Makes a report as a Word document: real headings, tables whose heads repeat, pictures with words in their place."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final, cast

from docx import Document as new_document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph

from codewell.reports.charts import png
from codewell.reports.content import (
    NUMBERS,
    BarChart,
    Block,
    Bullets,
    IntervalChart,
    Note,
    Pairs,
    Para,
    ReportDocument,
    ReportSection,
    ReportTable,
    shown,
)  # fmt: skip
from codewell.reports.pdf import settable

BLUE: Final = RGBColor(0x00, 0x5E, 0xB8)
DARK: Final = RGBColor(0x00, 0x30, 0x87)
QUIET: Final = RGBColor(0x4C, 0x62, 0x72)
FONT: Final = "Arial"
WIDTH_CM: Final = 16.8


def docx(document: ReportDocument) -> bytes:
    """Return the document as a Word file."""
    made = new_document()
    _styles(made)
    _page(made, document)
    properties = made.core_properties
    properties.title = f"{document.title}: {document.subtitle}"
    properties.author = properties.last_modified_by = document.trust
    properties.subject = f"{document.reference}, {document.status}"
    properties.language = "en-GB"
    properties.comments = document.stamp
    properties.created = properties.modified = document.made_at.replace(tzinfo=None)
    _front(made, document)
    letters = iter("ABCDEFGH")
    numbers = [0, 0]
    for i, section in enumerate(document.sections):
        _section(made, document, section, _number(section, numbers, letters), first=i == 0)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def _number(section: ReportSection, numbers: list[int], letters: Any) -> str:  # Any: an iterator of letters
    if section.appendix:
        return f"Appendix {next(letters)}: "
    if section.level == 1:
        numbers[0], numbers[1] = numbers[0] + 1, 0
        return f"{numbers[0]} "
    numbers[1] += 1
    return f"{numbers[0]}.{numbers[1]} "


def _styles(made: WordDocument) -> None:
    normal = cast(Any, made.styles["Normal"])
    normal.font.name, normal.font.size = FONT, Pt(10.5)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.widow_control = True
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    normal.element.get_or_add_rPr().append(language)
    for name, size, above in (("Title", 24, 60), ("Heading 1", 16, 18), ("Heading 2", 12.5, 12), ("Caption", 9.5, 8)):
        style = cast(Any, made.styles[name])
        style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), True, False
        style.font.color.rgb = DARK if name != "Caption" else RGBColor(0x21, 0x2B, 0x32)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(above), Pt(4)
        style.paragraph_format.keep_with_next = True
    border = cast(Any, made.styles["Title"]).element.find(f".//{qn('w:pBdr')}")
    if border is not None:
        border.getparent().remove(border)


def _page(made: WordDocument, document: ReportDocument) -> None:
    page = made.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.PORTRAIT, Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.1)
    page.top_margin, page.bottom_margin = Cm(2.4), Cm(2.2)
    head = page.header.paragraphs[0]
    _quiet(head, f"{document.trust} · {document.reference} · {document.status}")
    foot = page.footer.paragraphs[0]
    _quiet(foot, f"{document.stamp} · Page ")
    _field(foot, "PAGE")
    _quiet(foot, " of ")
    _field(foot, "NUMPAGES")


def _quiet(paragraph: Paragraph, words: str) -> None:
    run = paragraph.add_run(settable(words))
    run.font.size, run.font.color.rgb = Pt(8), QUIET


def _field(paragraph: Paragraph, what: str) -> None:
    run = paragraph.add_run()
    run.font.size, run.font.color.rgb = Pt(8), QUIET
    for kind, words in (("begin", ""), ("", what), ("separate", ""), ("text", "1"), ("end", "")):
        if kind == "text":
            part = OxmlElement("w:t")
            part.text = words
        elif kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = words
        run._r.append(part)


def _front(made: WordDocument, document: ReportDocument) -> None:
    made.add_paragraph(settable(document.title), style="Title")
    line = made.add_paragraph()
    run = line.add_run(settable(f"{document.subtitle} · {document.trust}"))
    run.font.size, run.font.color.rgb = Pt(13), QUIET
    line = made.add_paragraph()
    run = line.add_run(document.status)
    run.bold, run.font.size, run.font.color.rgb = True, Pt(12), BLUE
    if document.warning:
        made.add_paragraph().add_run(settable(document.warning)).bold = True
    if document.front:
        _pairs(made, [(p.term, p.value) for p in document.front])
    if document.kind == "report":
        made.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        contents = made.add_paragraph(style="TOC Heading" if "TOC Heading" in made.styles else "Normal")
        run = contents.add_run("Contents")
        run.bold, run.font.size, run.font.color.rgb = True, Pt(16), DARK
        _contents(made, document)


def _contents(made: WordDocument, document: ReportDocument) -> None:
    """Add a table of contents that Word fills with pages; until it does, the headings stand there as text."""
    letters, numbers = iter("ABCDEFGH"), [0, 0]
    lines = [(s.level, _number(s, numbers, letters) + s.title) for s in document.sections]
    begin = made.add_paragraph()
    for kind, words in (("begin", ""), ("", r'TOC \o "1-2" \h \z \u'), ("separate", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
            if kind == "begin":
                part.set(qn("w:dirty"), "true")
        else:
            part.set(qn("xml:space"), "preserve")
            part.text = words
        begin.add_run()._r.append(part)
    last = begin
    for i, (level, words) in enumerate(lines):
        last = begin if i == 0 else made.add_paragraph()
        last.paragraph_format.left_indent = Cm(0.6 * (level - 1))
        last.paragraph_format.space_after = Pt(2)
        last.add_run(settable(words))
    end = OxmlElement("w:fldChar")
    end.set(qn("w:fldCharType"), "end")
    last.add_run()._r.append(end)


def _section(made: WordDocument, document: ReportDocument, section: ReportSection, number: str, *, first: bool) -> None:
    heading = made.add_heading(settable((number if document.kind == "report" else "") + section.title), section.level)
    if document.kind == "report" and (first or section.key in {"findings", "error_keys", "worksheets"}):
        heading.paragraph_format.page_break_before = True
    for block in section.blocks:
        _block(made, block)


def _block(made: WordDocument, block: Block) -> None:
    match block:
        case Para():
            made.add_paragraph(settable(block.text))
        case Bullets():
            for item in block.items:
                made.add_paragraph(settable(item), style="List Bullet").paragraph_format.space_after = Pt(3)
        case Note():
            line = made.add_paragraph()
            line.add_run(settable(block.text)).italic = True
            line.paragraph_format.left_indent = Cm(0.4)
        case Pairs():
            _pairs(made, [(p.term, p.value) for p in block.items])
        case ReportTable():
            _table(made, block)
        case IntervalChart() | BarChart():
            made.add_paragraph(settable(block.title), style="Caption")
            line = made.add_paragraph()
            line.add_run().add_picture(BytesIO(png(block)), width=Cm(WIDTH_CM))
            properties = line._p.xpath(".//wp:docPr")[0]
            properties.set("descr", settable(block.alt))
            properties.set("title", settable(block.title))


def _pairs(made: WordDocument, items: list[tuple[str, str]]) -> None:
    grid = made.add_table(rows=0, cols=2)
    grid.alignment = WD_TABLE_ALIGNMENT.LEFT
    widths = [Cm(5.0), Cm(WIDTH_CM - 5.0)]
    _columns(grid, widths)
    for term, value in items:
        cells = grid.add_row().cells
        for cell, words, width in zip(cells, (term, value), widths, strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(2)
            run = paragraph.add_run(settable(words))
            run.font.size = Pt(9.5)
            if words is term:
                run.font.color.rgb = QUIET
    _describe(grid, "Facts")
    made.add_paragraph().paragraph_format.space_after = Pt(2)


def _columns(grid: WordTable, widths: list[Any]) -> None:  # Any: lengths of python-docx
    """Fix the columns' widths in the table's own grid: Word goes by its cells, other programs by the grid."""
    grid.autofit = False
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width


def _describe(grid: WordTable, words: str) -> None:
    """Give a table its words for those who cannot see it."""
    properties = grid._tbl.tblPr
    for tag in ("w:tblCaption", "w:tblDescription"):
        part = OxmlElement(tag)
        part.set(qn("w:val"), settable(words))
        properties.append(part)


def _table(made: WordDocument, block: ReportTable) -> None:
    made.add_paragraph(settable(block.caption), style="Caption")
    grid = made.add_table(rows=1, cols=len(block.columns))
    grid.style = made.styles["Table Grid"]
    whole = sum(c.width for c in block.columns)
    widths = [Cm(WIDTH_CM * c.width / whole) for c in block.columns]
    _columns(grid, widths)
    head = grid.rows[0]
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    head._tr.get_or_add_trPr().append(repeat)
    for cell, column, width in zip(head.cells, block.columns, widths, strict=True):
        cell.width = width
        _words(cell.paragraphs[0], column.title, bold=True, right=column.kind in NUMBERS, head=True)
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), "F0F4F5")
        cell._tc.get_or_add_tcPr().append(shade)
    _rows(grid, block, widths)
    _describe(grid, block.caption)
    if block.note:
        line = made.add_paragraph()
        _quiet(line, block.note)
    else:
        made.add_paragraph().paragraph_format.space_after = Pt(0)


def _rows(grid: WordTable, block: ReportTable, widths: list[Any]) -> None:  # Any: lengths of python-docx
    """Add the body; built as elements, because a long table made through the objects takes seconds."""
    for r, row in enumerate(block.rows):
        line = OxmlElement("w:tr")
        properties = OxmlElement("w:trPr")
        properties.append(OxmlElement("w:cantSplit"))
        line.append(properties)
        total = block.total and r == len(block.rows) - 1
        for value, column, width in zip(row, block.columns, widths, strict=True):
            cell = OxmlElement("w:tc")
            size = OxmlElement("w:tcW")
            shape = OxmlElement("w:tcPr")
            size.set(qn("w:w"), str(int(width.twips)))
            size.set(qn("w:type"), "dxa")
            shape.append(size)
            cell.append(shape)
            paragraph = OxmlElement("w:p")
            cell.append(paragraph)
            line.append(cell)
            right = column.kind in NUMBERS
            _words(
                Paragraph(paragraph, cast(Any, grid)), shown(value, column.kind, block.reach), bold=total, right=right
            )
        grid._tbl.append(line)


def _words(paragraph: Paragraph, words: str, *, bold: bool = False, right: bool = False, head: bool = False) -> None:
    run = paragraph.add_run(settable(words))
    run.font.size, run.bold = Pt(8.5), bold or None
    paragraph.paragraph_format.space_after = Pt(1)
    if head:
        paragraph.paragraph_format.keep_with_next = True
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
