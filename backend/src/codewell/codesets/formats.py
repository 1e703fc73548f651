"""Reading code files as they come: TRUD's ICD-10 and OPCS-4, or a plain ``code,title[,usage]`` CSV; zipped or not.

Nothing here guesses silently: a line that cannot be used is reported with its number and a reason, and whatever had to
be inferred (encoding, what a sex value means) is a note that the preview shows.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from codewell.codesets.rows import CodeRow
from codewell.codesets.rules import FileTooLarge, FileUnreadable, System, Usage, is_code_shaped, normalise

MAX_BYTES = 64 * 1024 * 1024
MAX_MEMBERS = 200
MAX_TITLE = 500
ZIP = b"PK\x03\x04"


class Format(StrEnum):
    """The files we read."""

    trud_icd10 = "trud_icd10"
    trud_opcs4 = "trud_opcs4"
    csv = "csv"


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it was sent."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that was not used, and why."""

    file: str
    line: int
    reason: str


@dataclass(slots=True)
class Reading:
    """What a set of files held."""

    rows: dict[str, CodeRow] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sex_known: bool = False
    use_known: bool = False

    def add(self, row: CodeRow, file: str, line: int) -> None:
        """Keep the row; a second row of the same code is a fault unless it says the same."""
        before = self.rows.setdefault(row.code, row)
        if before is not row and before.title.casefold() != row.title.casefold():
            self.faults.append(Fault(file, line, f"{row.code} is here twice with different titles; the first is kept"))


def unpack(uploads: Iterable[Upload]) -> list[Upload]:
    """Return the plain files, those inside zips included; FileTooLarge before a bomb is unpacked."""
    plain: list[Upload] = []
    left = MAX_BYTES
    for upload in uploads:
        if not upload.content.startswith(ZIP):
            plain.append(upload)
            left -= len(upload.content)
            continue
        try:
            with zipfile.ZipFile(io.BytesIO(upload.content)) as archive:
                members = [m for m in archive.infolist() if not m.is_dir()]
                if len(members) > MAX_MEMBERS:
                    raise FileTooLarge(f"A zip may hold at most {MAX_MEMBERS} files.")
                for member in members:
                    if not member.filename.lower().endswith((".txt", ".csv", ".tsv")):
                        continue
                    # What the directory says about sizes is not believed: at most what is left is ever unpacked.
                    with archive.open(member) as stream:
                        content = stream.read(left + 1)
                    left -= len(content)
                    if left < 0:
                        break
                    plain.append(Upload(member.filename.rsplit("/", 1)[-1], content))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
            raise FileUnreadable("The zip is damaged, encrypted or of a kind we do not read.") from error
    if left < 0:
        raise FileTooLarge(f"Unpacked, code files may be at most {MAX_BYTES // 1024 // 1024} MB in all.")
    return plain


def text_of(upload: Upload, notes: list[str]) -> str:
    """Return the text of a file in UTF-8 (with or without BOM), UTF-16 with BOM, or cp1252; others are refused."""
    content = upload.content
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            raise FileUnreadable("The file begins as UTF-16 and then is not.") from None
    if b"\0" in content:
        raise FileUnreadable("The file holds NUL bytes: it is not text.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        notes.append(f"{upload.name} is not UTF-8; it was read as Windows-1252.")
        return content.decode("cp1252", errors="replace")


def _clean(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def _usable(code: str, title: str, system: System) -> str | None:
    """Return why a line cannot be used, or None."""
    if not code:
        return "no code"
    if not is_code_shaped(system, code):
        return "not the form of a code"
    if not title:
        return "no title"
    if len(title) > MAX_TITLE:
        return f"title longer than {MAX_TITLE} characters"
    if any(ord(c) < 32 or c == "\ufffd" for c in title):
        return "title holds a character that cannot be read"
    return None


def read(system: System, kind: Format, uploads: Sequence[Upload]) -> Reading:
    """Read the files as ``kind``; FileUnreadable when they are not that at all."""
    files = unpack(uploads)
    if kind is Format.trud_icd10 and system is System.icd10:
        return _read_trud_icd10(files)
    if kind is Format.trud_opcs4 and system is System.opcs4:
        return _read_trud_opcs4(files)
    if kind is Format.csv:
        return _read_csv(system, files)
    raise FileUnreadable("That format belongs to the other classification.")


# --- TRUD, ICD-10 ------------------------------------------------------------------------------------------------

_ICD10_COLUMNS = (
    "CODE", "ALT_CODE", "USAGE", "USAGE_UK", "DESCRIPTION", "MODIFIER_4", "MODIFIER_5", "QUALIFIERS", "GENDER_MASK",
    "MIN_AGE", "MAX_AGE", "TREE_DESCRIPTION",
)  # fmt: skip


def _first(files: Sequence[Upload], test: Callable[[str], bool]) -> Upload | None:
    return next((f for f in files if test(re.sub(r"[\s_]", "", f.name).lower())), None)


def _read_trud_icd10(files: Sequence[Upload]) -> Reading:
    reading = Reading()
    file = _first(files, lambda n: "codesandtitlesandmetadata" in n and n.endswith(".txt"))
    file = file or (files[0] if len(files) == 1 else None)
    if file is None:
        raise FileUnreadable("There is no ICD10_…_CodesAndTitlesAndMetadata_GB_….txt in what was sent.")
    lines = text_of(file, reading.notes).splitlines()
    header = [h.strip().strip('"').upper() for h in (lines[0] if lines else "").split("\t")]
    missing = [c for c in ("CODE", "DESCRIPTION") if c not in header]
    if missing:
        raise FileUnreadable(
            f"The first line has no column {' and no '.join(missing)}; tab-separated columns are needed."
        )
    absent = [c for c in _ICD10_COLUMNS if c not in header]
    if absent:
        reading.notes.append("Columns not found: " + ", ".join(absent) + ".")
    sexes: dict[str, str] = {}
    ages: dict[str, tuple[str, str]] = {}
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) != len(header):
            reading.faults.append(Fault(file.name, number, f"{len(cells)} columns, not {len(header)}"))
            continue
        at = {h: _clean(c.strip().strip('"')) for h, c in zip(header, cells, strict=True)}
        code, _ = normalise(System.icd10, at["CODE"] or at.get("ALT_CODE", ""))
        title = " - ".join(p for p in (at["DESCRIPTION"], at.get("MODIFIER_4"), at.get("MODIFIER_5")) if p)
        reason = _usable(code, title, System.icd10)
        if reason:
            reading.faults.append(Fault(file.name, number, reason))
            continue
        usage = at.get("USAGE", "").lower() or Usage.default
        if usage not in set(Usage):
            reading.faults.append(Fault(file.name, number, "USAGE is not DEFAULT, DAGGER or ASTERISK; read as DEFAULT"))
            usage = Usage.default
        row = CodeRow(code, title, usage=Usage(usage))
        partners = [normalise(System.icd10, p)[0] for p in at.get("QUALIFIERS", "").split("^") if p.strip()]
        if partners:
            row.flags["partners"] = partners
        if at.get("USAGE_UK", "").isdigit():
            row.flags["usage_uk"] = int(at["USAGE_UK"])
        reading.add(row, file.name, number)
        sexes.setdefault(code, at.get("GENDER_MASK", ""))
        ages.setdefault(code, (at.get("MIN_AGE", ""), at.get("MAX_AGE", "")))
    _set_sex(reading, sexes, male=("C61", "N40", "C620"), female=("O800", "C56", "N800"), column="GENDER_MASK")
    _set_ages(reading, ages)
    return reading


def _set_sex(
    reading: Reading, values: dict[str, str], *, male: Sequence[str], female: Sequence[str], column: str
) -> None:
    """Learn from codes whose sex is beyond doubt what the column's values mean; if they disagree, use none of it."""
    for_men = {values[c] for c in male if c in values}
    for_women = {values[c] for c in female if c in values}
    common = Counter(values.values()).most_common(1)
    plain = common[0][0] if common else ""
    if len(for_men) == 1 and len(for_women) == 1 and not for_men & for_women and plain not in for_men | for_women:
        man, woman = for_men.pop(), for_women.pop()
        for code, value in values.items():
            reading.rows[code].sex = {man: 1, woman: 2}.get(value)
        reading.sex_known = True
        reading.notes.append(
            f"{column} {man!r} was taken as male only (as on {male[0]}), {woman!r} as female only (as on {female[0]})."
        )
    else:
        reading.notes.append(f"{column} could not be read for certain; our own list of single-sex codes is used.")


def _set_ages(reading: Reading, values: dict[str, tuple[str, str]]) -> None:
    """Take the ages as years if no sensible limit is above 130; a wider range than a life is no limit."""
    numbers = [int(v) for pair in values.values() for v in pair if v.isdigit()]
    odd = {n for n in numbers if n > 130}
    # One repeated top value (999, 124) is a way of saying "no limit"; several mean days or weeks.
    if len(odd) > 1:
        reading.notes.append("MIN_AGE and MAX_AGE are not all in years; age limits of the file are not used.")
        return
    for code, (low, high) in values.items():
        row = reading.rows[code]
        row.age_min = int(low) if low.isdigit() and int(low) > 0 else None
        row.age_max = int(high) if high.isdigit() and int(high) < 110 else None
        if row.age_min is not None and row.age_max is not None and row.age_min > row.age_max:
            row.age_min = row.age_max = None
        if row.age_max == 0 and row.age_min is None and low == high == "0":
            # Nought to nought is how a file leaves both blank, and how it marks newborns: too close to call.
            row.age_max = 0 if code.startswith("P") else None


# --- TRUD, OPCS-4 ------------------------------------------------------------------------------------------------


def _read_trud_opcs4(files: Sequence[Upload]) -> Reading:
    reading = Reading()
    file = _first(files, lambda n: "codesandtitles" in n)
    metadata = _first(files, lambda n: "metadata" in n and "codesandtitles" not in n and n.endswith(".txt"))
    if file is None and len(files) == 1 and metadata is None:
        file = files[0]
    if file is None:
        raise FileUnreadable("There is no OPCS… CodesAndTitles ….txt in what was sent.")
    lines = text_of(file, reading.notes).splitlines()
    if not any("\t" in line for line in lines[:20]):
        raise FileUnreadable("CodesAndTitles has two tab-separated columns; these lines have none.")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        raw, tab, rest = line.partition("\t")
        if not tab:
            reading.faults.append(Fault(file.name, number, "no tab between code and title"))
            continue
        code, title = normalise(System.opcs4, raw.strip('"'))[0], _clean(rest.strip().strip('"'))
        reason = _usable(code, title, System.opcs4)
        if reason:
            reading.faults.append(Fault(file.name, number, reason))
            continue
        reading.add(CodeRow(code, title), file.name, number)
    if metadata is None:
        reading.notes.append("No Metadata file was sent: our own list of single-sex procedures is used.")
    else:
        _read_opcs4_metadata(reading, metadata)
    return reading


def _read_opcs4_metadata(reading: Reading, file: Upload) -> None:
    """Read the fixed-width metadata; stray 0xA0 bytes, which are in the real files, are blanks."""
    # Positions count bytes, so the file is never read as UTF-8: one stray byte must stay one character.
    text = file.content.replace(b"\xa0", b" ").decode("cp1252", errors="replace")
    sexes: dict[str, str] = {}
    seen = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        code = normalise(System.opcs4, line[12:24])[0]
        if not is_code_shaped(System.opcs4, code):
            reading.faults.append(Fault(file.name, number, "not the form of a code in columns 13 to 24"))
            continue
        row = reading.rows.get(code)
        if row is None:
            reading.faults.append(Fault(file.name, number, f"{code} is not in the list of codes and titles"))
            continue
        seen += 1
        sexes[code] = line[191:193].strip()
        status, method = line[193:218].strip(), line[218:]
        if status:
            row.flags["status_operation"] = status
        if "1" in method:
            row.flags["method_delivery"] = method.index("1")
    if not seen:
        raise FileUnreadable("The Metadata file is not in the fixed columns that TRUD publishes.")
    _set_sex(reading, sexes, male=("M611", "N011"), female=("Q074", "R171"), column="SEX_SCRUTINY")


# --- plain CSV ---------------------------------------------------------------------------------------------------

_TITLES = ("title", "description", "meaning")


def _read_csv(system: System, files: Sequence[Upload]) -> Reading:
    reading = Reading()
    if len(files) != 1:
        raise FileUnreadable("Send one CSV at a time.")
    text = text_of(files[0], reading.notes)
    lines = csv.reader(io.StringIO(text, newline=""), strict=False)
    try:
        header = [h.strip().lower() for h in next(lines, [])]
        title_column = next((t for t in _TITLES if t in header), None)
        if "code" not in header or title_column is None:
            raise FileUnreadable("The first line must name the columns code and title (and usage, if there is one).")
        code_at, title_at = header.index("code"), header.index(title_column)
        usage_at = header.index("usage") if "usage" in header else None
        for cells in lines:
            if any(cells):
                _read_csv_line(reading, system, files[0].name, lines.line_num, cells, code_at, title_at, usage_at)
    except csv.Error as error:
        raise FileUnreadable(f"Not a CSV: {error} (line {lines.line_num}).") from None
    return reading


def _read_csv_line(
    reading: Reading,
    system: System,
    file: str,
    number: int,
    cells: list[str],
    code_at: int,
    title_at: int,
    usage_at: int | None,
) -> None:
    if len(cells) <= max(code_at, title_at):
        reading.faults.append(Fault(file, number, "too few columns"))
        return
    code, title = normalise(system, cells[code_at])[0], _clean(cells[title_at])
    reason = _usable(code, title, system)
    if reason:
        reading.faults.append(Fault(file, number, reason))
        return
    row = CodeRow(code, title)
    given = cells[usage_at].strip().replace(",", "") if usage_at is not None and len(cells) > usage_at else ""
    if given.isdigit() and len(given) < 13:
        row.usage_count = int(given)
        reading.use_known = True
    elif given:
        reading.faults.append(Fault(file, number, "usage is not a whole number; read as none"))
    reading.add(row, file, number)
