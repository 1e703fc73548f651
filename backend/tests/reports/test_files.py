"""The files themselves: tagged PDF, Word with real headings, Excel without formulas; and how fast they are."""

import re
import zipfile
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
from docx import Document as read_docx
from docx.oxml.ns import qn
from pypdf import PdfReader

from codewell.audits.tally import Attribution
from codewell.reports import content, document, drafts, sheets
from codewell.reports.excel import xlsx
from codewell.reports.facts import findings_of
from codewell.reports.pdf import glyphs, pdf
from codewell.reports.rules import Hidden
from codewell.reports.word import docx
from reports import example


@pytest.fixture(scope="module")
def facts():
    return example.facts(200)


@pytest.fixture(scope="module")
def whole(facts):
    return document.report(facts, drafts.drafts_of(facts), example.words())


@pytest.fixture(scope="module")
def made(whole):
    return PdfReader(BytesIO(pdf(whole)))


def text_of(reader):
    return re.sub(r"\s+", " ", " ".join(p.extract_text() for p in reader.pages))


def roles(node, found=None):
    """Return every role of a structure tree, in order."""
    found = [] if found is None else found
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            roles(child, found)
    elif isinstance(node, dict):
        if "/S" in node:
            found.append(node["/S"])
        if "/K" in node:
            roles(node["/K"], found)
    return found


class TestPdf:
    def test_it_says_that_it_is_pdf_ua(self, made):
        root = made.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"]
        assert root["/Lang"] == "en-GB"
        assert root["/ViewerPreferences"]["/DisplayDocTitle"]
        assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
        assert made.metadata.title == "Annual audit of clinical coding 2026/27: Clinical coding audit report"

    def test_its_tags_are_headings_tables_lists_and_figures(self, made):
        found = roles(made.trailer["/Root"]["/StructTreeRoot"])
        assert {"/H1", "/H2", "/P", "/L", "/LI", "/Table", "/TR", "/TH", "/TD", "/Figure", "/TOC"} <= set(found)
        assert found.count("/H1") >= 16

    def test_every_chart_is_told_in_words(self, made, whole):
        def alts(node, found):
            node = node.get_object() if hasattr(node, "get_object") else node
            if isinstance(node, list):
                for child in node:
                    alts(child, found)
            elif isinstance(node, dict):
                if "/Alt" in node:
                    found.append(str(node["/Alt"]))
                if "/K" in node:
                    alts(node["/K"], found)
            return found

        charts = [b for s in whole.sections for b in s.blocks if b.kind in {"intervals", "bars"}]
        assert [c.alt for c in charts] == alts(made.trailer["/Root"]["/StructTreeRoot"], [])

    def test_every_page_has_its_number_and_the_stamp(self, made):
        n = len(made.pages)
        for i, page in enumerate(made.pages, 1):
            said = re.sub(r"\s+", " ", page.extract_text())
            assert f"Page {i} of {n}" in said
            assert "Signed version 1" in said

    def test_a_draft_says_so_on_every_page(self):
        facts = example.facts(20, signed=False)
        made = PdfReader(BytesIO(pdf(document.report(facts, drafts.drafts_of(facts), example.words()))))
        assert all("DRAFT" in p.extract_text() for p in made.pages)

    def test_a_targeted_audit_is_not_to_be_extrapolated(self):
        facts = example.facts(20, kind="specialty")
        said = text_of(PdfReader(BytesIO(pdf(document.report(facts, drafts.drafts_of(facts), example.words())))))
        assert "not to be extrapolated" in said

    def test_any_character_can_be_written(self, facts):
        texts = drafts.drafts_of(facts)
        texts["conclusions"] = 'Ωμέγα, Łódź, 中文, 🙂, عربى, <b>&amp;</b> #import "x" $x$ @a \\ `raw` *bold* _i_ [x] ~'
        made = PdfReader(BytesIO(pdf(document.report(facts, texts, example.words()))))
        said = text_of(made)
        assert '#import "x" $x$ @a \\ `raw` *bold* _i_ [x] ~' in said
        assert "Łódź, □□, □" in said

    def test_every_character_that_is_said_to_be_settable_is(self, facts):
        texts = drafts.drafts_of(facts)
        texts["conclusions"] = " ".join(chr(c) for c in sorted(glyphs()))
        assert pdf(document.report(facts, texts, example.words())).startswith(b"%PDF")

    def test_what_is_not_counted_is_a_finding_on_the_coder_all_the_same(self, facts):
        mine = [e for e in facts.episodes if e.coder_key == "coder0"]
        made = {s.key: s for s in sheets.feedback(facts, "Ann Example", mine, example.words()).sections}
        found = [f for f in findings_of(mine, facts.audit.methodology, {}) if not f.counted]
        apart = [f for f in found if f.attribution is Attribution.coder]
        assert apart
        rows = next(b for b in made["apart"].blocks if b.kind == "table").rows
        assert len(rows) == len(apart)

    def test_a_reply_is_asked_for_only_while_it_can_be_given(self):
        signed, open_ = example.facts(), example.facts(state="running")
        for facts, asked in ((signed, signed.draft), (open_, True)):
            mine = [e for e in facts.episodes if e.coder_key == "coder0"]
            made = sheets.feedback(facts, "Ann Example", mine, example.words())
            assert ("reply" in {s.key for s in made.sections}) is asked
        assert not signed.draft

    def test_sheets_and_summaries_are_tagged_too(self, facts):
        mine = [e for e in facts.episodes if e.coder_key == "coder0"]
        for made in (
            sheets.feedback(facts, "Ann Example", mine, example.words()),
            sheets.summary(facts, facts.specialties[0], example.words()),
        ):
            reader = PdfReader(BytesIO(pdf(made)))
            assert "/StructTreeRoot" in reader.trailer["/Root"]
        assert len(reader.pages) == 1


class TestWord:
    def test_headings_are_headings_and_heads_repeat(self, whole):
        made = read_docx(BytesIO(docx(whole)))
        heads = [p.text for p in made.paragraphs if p.style.name.startswith("Heading")]
        assert heads[:5] == [
            "1 Executive summary", "2 Background", "3 Terms of reference, aims and objectives", "4 Methodology",
            "5 Findings by class",
        ]  # fmt: skip
        assert "5.1 Primary diagnosis" in heads
        assert heads[-1] == "Appendix C: Glossary"
        tables = [t for t in made.tables if t.style.name == "Table Grid"]
        assert len(tables) == sum(b.kind == "table" for s in whole.sections for b in s.blocks)
        assert all(t._tbl.xpath("./w:tr[1]/w:trPr/w:tblHeader") for t in tables)
        assert made.core_properties.title.startswith("Annual audit")

    def test_the_grid_of_a_table_is_as_wide_as_its_cells(self, whole):
        made = read_docx(BytesIO(docx(whole)))
        for found in made.tables:
            cells = [int(w) for w in found._tbl.xpath("./w:tr[1]/w:tc/w:tcPr/w:tcW/@w:w")]
            assert [int(w) for w in found._tbl.xpath("./w:tblGrid/w:gridCol/@w:w")] == pytest.approx(cells, abs=1)

    def test_pictures_are_told_in_words(self, whole):
        made = read_docx(BytesIO(docx(whole)))
        alts = [p.get("descr") for p in made.element.body.iter(qn("wp:docPr"))]
        assert alts == [b.alt for s in whole.sections for b in s.blocks if b.kind in {"intervals", "bars"}]


EVIL = ("=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1")


class TestExcel:
    def test_numbers_are_numbers_and_heads_are_frozen(self, whole, facts):
        book = openpyxl.load_workbook(BytesIO(xlsx(whole)))
        assert book.sheetnames == [
            "Summary", "By class", "Errors", "Positions", "Episodes", "Levels and payment", "Recommendations",
            "Narrative", "Keys and terms",
        ]  # fmt: skip
        assert all(sheet.freeze_panes for sheet in book)
        rows = list(book["By class"].iter_rows(min_row=2, values_only=True))
        assert [r[1] for r in rows] == [c.counts.trust_n for c in facts.classes]
        assert all(isinstance(v, int | float) for r in rows for v in r[1:11])

    def test_nothing_in_it_is_a_formula(self, facts):
        bad = [replace(r, text=t) for r, t in zip(facts.recommendations * 3, EVIL, strict=False)]
        texts = dict.fromkeys(drafts.drafts_of(facts), "=cmd|'/c calc'!A1")
        evil = replace(facts, recommendations=bad, audit=replace(facts.audit, title="=1+1", commissioned_by="@x"))
        body = xlsx(document.report(evil, texts, example.words()))
        book = openpyxl.load_workbook(BytesIO(body))
        cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
        assert {c.data_type for c in cells} <= {"s", "n"}
        assert {"=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "=1+1"} <= {c.value for c in cells}
        with zipfile.ZipFile(BytesIO(body)) as parts:
            assert not any(b"<f>" in parts.read(n) for n in parts.namelist() if "worksheets/sheet" in n)

    def test_charts_are_told_in_words(self, whole):
        with zipfile.ZipFile(BytesIO(xlsx(whole))) as parts:
            drawn = b"".join(parts.read(n) for n in parts.namelist() if "drawings/drawing" in n)
        assert drawn.count(b"descr=") == 2


class TestWords:
    def test_no_share_seems_to_reach_what_it_does_not(self):
        assert content.percent(0.9496, [0.95]) == "94.96%"
        assert content.percent(0.95, [0.95]) == "95.0%"
        assert content.percent(None) == "n/a"

    def test_paragraphs_and_points(self):
        found = content.paragraphs("One\nline.\n\n- a\n- b\n\nEnd.")
        assert [b.kind for b in found] == ["para", "bullets", "para"]
        assert found[0].text == "One line."

    def test_what_identifies_is_taken_out(self):
        hidden = Hidden({"Ann Example", "SP0000123", "C1"})
        assert hidden.masked("ann example, SP0000123, 999 000 0018, C1") == "[removed], [removed], [removed], C1"
        assert Hidden({"coder"}).masked("An error of the coder.") == "An error of the coder."
        assert hidden.masked("Annexample 9990000019 SP00001234") == "Annexample 9990000019 SP00001234"

    def test_drafts_without_errors_and_without_codes_still_read(self):
        for n, wrong in ((1, 0.0), (3, 0.0), (3, 1.0), (40, 0.0)):
            for said in drafts.drafts_of(example.facts(n, wrong=wrong, money=False)).values():
                assert said.strip()
                assert "None" not in said
                assert "  " not in said

    def test_the_boards_report_names_no_coder(self, whole):
        assert not any(name in str(whole.model_dump()) for name in example.CODERS)
