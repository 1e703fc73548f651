"""Made-up files in the forms that TRUD publishes: names, columns and traps, none of TRUD's content."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codewell.codesets import formats
from codewell.codesets.formats import Format, Reading, Upload, read
from codewell.codesets.rows import finish
from codewell.codesets.rules import FileTooLarge, FileUnreadable, System
from codewell.kit.problems import Problem

HEADER = (
    "CODE\tALT_CODE\tUSAGE\tUSAGE_UK\tDESCRIPTION\tMODIFIER_4\tMODIFIER_5\tQUALIFIERS\tGENDER_MASK\tMIN_AGE\tMAX_AGE\t"
    "TREE_DESCRIPTION"
)
NAME = "ICD10_Edition5_CodesAndTitlesAndMetadata_GB_20160401.txt"


def icd10_line(
    code: str, title: str, usage: str = "DEFAULT", *, m4: str = "", m5: str = "", q: str = "", sex: str = "3",
    ages: tuple[str, str] = ("0", "124"), alt: str | None = None, uk: str = "1",
) -> str:  # fmt: skip
    alt = alt if alt is not None else code.replace(".", "").ljust(4, "X")
    return "\t".join([code, alt, usage, uk, title, m4, m5, q, sex, *ages, ""])


ICD10 = [
    HEADER,
    icd10_line("A17", "Made-up category", uk="3"),
    icd10_line("A17.0", "Made-up meningitis", "DAGGER", q="G01X^G02.0"),
    icd10_line("G01", "Made-up manifestation", "ASTERISK", q="A17.0"),
    icd10_line("C61", "Made-up male", sex="1"),
    icd10_line("O80", "Made-up category", sex="2", uk="3"),
    icd10_line("O80.0", "Made-up female", sex="2", ages=("10", "55")),
    icd10_line("S72", "Made-up fracture", uk="3"),
    icd10_line("S72.0", "Made-up fracture", m4="neck", uk="3"),
    icd10_line("S72.00", "Made-up fracture", m4="neck", m5="closed"),
    icd10_line("S72.01", "Made-up fracture", m4="neck", m5="open"),
    icd10_line("M45.X6", "Made-up spine", m5="lumbar", alt="M45X6"),
    icd10_line("J46", "Made-up caf\u00e9", alt="J46X"),
]


def icd10(lines: list[str], encoding: str = "utf-8", name: str = NAME, end: str = "\r\n") -> Reading:
    return read(System.icd10, Format.trud_icd10, [Upload(name, end.join([*lines, ""]).encode(encoding))])


class TestTrudIcd10:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
    def test_every_line_is_read_in_any_encoding(self, encoding: str) -> None:
        reading = icd10(ICD10, encoding)
        assert reading.faults == []
        assert sorted(reading.rows) == [
            "A17", "A170", "C61", "G01", "J46", "M45X6", "O80", "O800", "S72", "S720", "S7200", "S7201",
        ]  # fmt: skip
        assert reading.rows["J46"].title == "Made-up café"
        assert ("Windows-1252" in " ".join(reading.notes)) == (encoding == "cp1252")

    def test_subdivisions_complete_the_title(self) -> None:
        assert icd10(ICD10).rows["S7201"].title == "Made-up fracture - neck - open"

    def test_usage_and_partners_are_kept(self) -> None:
        rows = icd10(ICD10).rows
        assert (rows["A170"].usage, rows["G01"].usage, rows["C61"].usage) == ("dagger", "asterisk", "default")
        assert rows["A170"].flags["partners"] == ["G01", "G020"]
        assert rows["A17"].flags["usage_uk"] == 3

    def test_what_the_sex_values_mean_is_learnt_from_codes_beyond_doubt(self) -> None:
        reading = icd10(ICD10)
        assert reading.sex_known
        assert (reading.rows["C61"].sex, reading.rows["O800"].sex, reading.rows["J46"].sex) == (1, 2, None)
        swapped = icd10([x.replace("\t1\t0\t124", "\tM\t0\t124").replace("\t2\t", "\tF\t") for x in ICD10])
        assert (swapped.rows["C61"].sex, swapped.rows["O800"].sex) == (1, 2)

    def test_where_they_cannot_be_learnt_none_is_used_and_the_preview_says_so(self) -> None:
        reading = icd10([HEADER, icd10_line("C61", "x", sex="1"), icd10_line("O80.0", "y", sex="1")])
        assert not reading.sex_known
        assert reading.rows["C61"].sex is None
        assert any("GENDER_MASK" in note for note in reading.notes)

    def test_ages_are_years_and_a_whole_life_is_no_limit(self) -> None:
        rows = icd10(ICD10).rows
        assert (rows["O800"].age_min, rows["O800"].age_max) == (10, 55)
        assert (rows["J46"].age_min, rows["J46"].age_max) == (None, None)

    def test_ages_that_are_not_all_years_are_left_out_and_the_preview_says_so(self) -> None:
        lines = [*ICD10, icd10_line("P07.3", "x", ages=("0", "365")), icd10_line("P07.2", "x", ages=("28", "730"))]
        reading = icd10(lines)
        assert reading.rows["O800"].age_min is None
        assert any("not all in years" in note for note in reading.notes)

    def test_every_line_that_cannot_be_used_is_reported(self) -> None:
        bad = [
            "only\ttwo",
            icd10_line("I2", "too short"),
            icd10_line("I21.4", ""),
            icd10_line("I21.9", "x" * 501),
            icd10_line("J46", "another title"),
            icd10_line("", "nothing", alt=""),
        ]
        reading = icd10([*ICD10, "", *bad])
        assert [(f.line, f.reason) for f in reading.faults] == [
            (15, "2 columns, not 12"),
            (16, "not the form of a code"),
            (17, "no title"),
            (18, "title longer than 500 characters"),
            (19, "J46 is here twice with different titles; the first is kept"),
            (20, "no code"),
        ]
        assert reading.rows["J46"].title == "Made-up café"

    def test_the_family_follows_from_the_list(self) -> None:
        rows = {r.code: r for r in finish(System.icd10, icd10(ICD10).rows.values())}
        assert (rows["S7200"].parent, rows["S720"].parent, rows["M45X6"].parent) == ("S720", "S72", None)
        assert [c for c, r in rows.items() if r.leaf] == [
            "A170", "C61", "G01", "J46", "M45X6", "O800", "S7200", "S7201",
        ]  # fmt: skip
        assert rows["S720"].fifth
        assert not rows["S72"].fifth
        assert rows["J46"].valid_at_3

    def test_a_file_without_the_columns_is_refused(self) -> None:
        with pytest.raises(FileUnreadable, match="CODE"):
            icd10(["A17.0\tMeningitis"])

    def test_a_format_of_the_other_system_is_refused(self) -> None:
        with pytest.raises(FileUnreadable):
            read(System.opcs4, Format.trud_icd10, [Upload(NAME, b"x")])


OPCS4 = "A01\tMade-up excision of brain\r\nA01.1\tMade-up lobe\r\nM61.1\tMade-up male\r\nQ07.4\tMade-up female\r\n"


def metadata_line(code: str, *, sex: str = "", status: str = "01", method: str = "", stray: bool = False) -> bytes:
    three, four = "MADE-UP THREE", "MADE-UP FOUR"
    text = "1".ljust(12) + code.ljust(12) + three.ljust(60) + four.ljust(107) + sex.ljust(2) + status.ljust(25) + method
    raw = text.encode("cp1252")
    return raw[:30] + b"\xa0" + raw[31:] if stray else raw


METADATA = b"\r\n".join(
    [
        metadata_line("A011"),
        metadata_line("M611", sex="1", stray=True),
        metadata_line("Q074", sex="2", status="02", method="   1"),
        metadata_line("Z999"),
        b"1           ?           rubbish",
        b"",
    ]
)


class TestTrudOpcs4:
    names = ("OPCS411 CodesAndTitles Nov 2025 V1.0.txt", "OPCS411 Metadata Nov 2025 V1.0.txt")

    def both(self) -> list[Upload]:
        return [Upload(self.names[1], METADATA), Upload(self.names[0], OPCS4.encode())]

    def test_codes_and_titles_have_two_columns_and_no_header(self) -> None:
        reading = read(System.opcs4, Format.trud_opcs4, [Upload(self.names[0], OPCS4.encode())])
        assert reading.faults == []
        assert {c: r.title for c, r in reading.rows.items()}["A011"] == "Made-up lobe"
        assert not reading.sex_known

    def test_metadata_is_read_by_column_stray_bytes_and_all(self) -> None:
        reading = read(System.opcs4, Format.trud_opcs4, self.both())
        assert (reading.rows["M611"].sex, reading.rows["Q074"].sex, reading.rows["A011"].sex) == (1, 2, None)
        assert reading.rows["Q074"].flags == {"status_operation": "02", "method_delivery": 3}
        assert [f.reason for f in reading.faults] == [
            "Z999 is not in the list of codes and titles",
            "not the form of a code in columns 13 to 24",
        ]

    def test_zipped_in_a_folder_is_the_same(self) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for upload in self.both():
                archive.writestr(f"OPCS411 Data files txt/{upload.name}", upload.content)
            archive.writestr("OPCS411 Metadata spec.pdf", b"%PDF\x00")
        zipped = read(System.opcs4, Format.trud_opcs4, [Upload("opcs4_11.zip", packed.getvalue())])
        plain = read(System.opcs4, Format.trud_opcs4, self.both())
        assert zipped.rows == plain.rows
        assert [f.reason for f in zipped.faults] == [f.reason for f in plain.faults]

    def test_lines_without_a_tab_are_reported(self) -> None:
        reading = read(System.opcs4, Format.trud_opcs4, [Upload(self.names[0], (OPCS4 + "A01.2 No tab\n").encode())])
        assert [(f.line, f.reason) for f in reading.faults] == [(5, "no tab between code and title")]

    def test_other_files_are_refused(self) -> None:
        with pytest.raises(FileUnreadable):
            read(System.opcs4, Format.trud_opcs4, [Upload("a.txt", b"one two\nthree four\n")])
        with pytest.raises(FileUnreadable):
            read(System.opcs4, Format.trud_opcs4, [Upload(self.names[1], METADATA)])


class TestCsv:
    def test_use_is_optional_and_thousands_may_be_marked(self) -> None:
        reading = read(
            System.opcs4, Format.csv, [Upload("a.csv", b'code,title,usage\nA01.1,"Lobe, total","1,234"\nA012,x,\n')]
        )
        assert (reading.rows["A011"].title, reading.rows["A011"].usage_count) == ("Lobe, total", 1234)
        assert reading.use_known
        assert not read(System.opcs4, Format.csv, [Upload("a.csv", b"code,title\nA01.1,x\n")]).use_known

    def test_columns_are_known_by_name_in_any_order(self) -> None:
        reading = read(System.icd10, Format.csv, [Upload("a.csv", b"Description,other,CODE\nMade up,1,i21.4\n")])
        assert reading.rows["I214"].title == "Made up"

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (b"A011", "too few columns"),
            (b"A011,", "no title"),
            (b"A01\xff1,x", "not the form of a code"),
            (b",x", "no code"),
            (b"A011,x,many", "usage is not a whole number; read as none"),
            (b"A011,x,-5", "usage is not a whole number; read as none"),
            (b"A011,a\x01b", "title holds a character that cannot be read"),
        ],
    )
    def test_each_problem_is_reported_by_line(self, line: bytes, reason: str) -> None:
        reading = read(System.opcs4, Format.csv, [Upload("a.csv", b"code,title,usage\nB011,fine,3\n" + line + b"\n")])
        assert [(f.line, f.reason) for f in reading.faults] == [(3, reason)]
        assert "B011" in reading.rows

    def test_two_files_at_once_are_refused(self) -> None:
        one = Upload("a.csv", b"code,title\nA011,x\n")
        with pytest.raises(FileUnreadable):
            read(System.opcs4, Format.csv, [one, one])


class TestHostile:
    def test_a_zip_with_too_many_files_is_refused(self) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for n in range(formats.MAX_MEMBERS + 1):
                archive.writestr(f"{n}.txt", b"x")
        with pytest.raises(FileTooLarge):
            formats.unpack([Upload("a.zip", packed.getvalue())])

    def test_several_files_share_one_limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(formats, "MAX_BYTES", 1000)
        with pytest.raises(FileTooLarge):
            formats.unpack([Upload("a", b"x" * 600), Upload("b", b"x" * 600)])

    @given(st.binary(max_size=400), st.sampled_from([(s, f) for s in System for f in Format]))
    def test_no_bytes_do_more_than_be_refused(self, content: bytes, what: tuple[System, Format]) -> None:
        try:
            reading = read(*what, [Upload("codesandtitlesandmetadata.txt", content)])
        except Problem:
            return
        assert all(f.reason for f in reading.faults)

    @given(st.text(max_size=300))
    def test_no_text_under_a_good_header_fails(self, text: str) -> None:
        for system, kind, head in (
            (System.icd10, Format.trud_icd10, HEADER + "\n"),
            (System.opcs4, Format.trud_opcs4, "A011\tx\n"),
            (System.opcs4, Format.csv, "code,title,usage\n"),
        ):
            try:
                read(system, kind, [Upload("codesandtitlesandmetadata.txt", (head + text).encode("utf-8", "replace"))])
            except FileUnreadable:
                assert "\0" in text or kind is Format.csv
