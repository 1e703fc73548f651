"""From the bytes of a file to batches of text columns: lines, encodings, quotes; a bad line is one bad row, never more.

A row is one physical line. None of the fields can hold a line break, so a quote that is not closed on its own line is
that line's fault and cannot swallow the rest of the file.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

import polars as pl

from codewell.intake.check import COLUMNS, empty_columns
from codewell.intake.columns import Header, HeaderRefused, read_header
from codewell.intake.fields import Fault

CHUNK: Final = 1 << 20
BATCH: Final = 10_000
LONGEST_LINE: Final = 64 * 1024


class NotText(ValueError):
    """The file is not CSV or NDJSON; the message says what it looks like instead."""


_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x1f\x8b", "a gzip archive"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"PAR1", "a Parquet file"),
    (b"Rar!", "a RAR archive"),
    (b"<?xml", "XML"),
    (b"<!DOCTYPE", "HTML"),
    (b"<html", "HTML"),
)


def sniff(head: bytes) -> str:
    """Return 'csv' or 'ndjson' for the first bytes of a file; NotText for anything else."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            raise NotText(f"This is {name}. Send plain CSV or NDJSON, not compressed.")
    text = head
    encoding = encoding_of(head)
    if encoding != "utf-8":
        text = head.decode(encoding, "replace").encode()
    text = text.removeprefix(codecs.BOM_UTF8)
    if not text.strip():
        raise NotText("The file is empty.")
    controls = sum(1 for b in text if b < 32 and b not in (9, 10, 13))
    if controls > 16 and controls * 20 > len(text):
        raise NotText("This is a binary file. Send plain CSV or NDJSON.")
    first = text.lstrip()[:1]
    if first == b"[":
        raise NotText("This is one JSON array. Send one object a line (NDJSON), or use POST /intake/episodes.")
    return "ndjson" if first == b"{" else "csv"


def encoding_of(head: bytes) -> str:
    """Return 'utf-16-le', 'utf-16-be' or 'utf-8' (which stands for line-by-line UTF-8 or Windows-1252)."""
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    sample = head[:400]
    if len(sample) >= 8:
        if sample[1::2].count(0) * 10 > len(sample[1::2]) * 8:
            return "utf-16-le"
        if sample[0::2].count(0) * 10 > len(sample[0::2]) * 8:
            return "utf-16-be"
    return "utf-8"


def decode(line: bytes) -> str:
    """Return one line as text: UTF-8, or else what Windows programs in Britain write."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        try:
            return line.decode("cp1252")
        except UnicodeDecodeError:
            return line.decode("latin-1")


def split_line(line: str, delimiter: str) -> list[str]:
    """Return the cells of one line; csv.Error when its quotes do not close."""
    if '"' not in line:
        return line.split(delimiter)
    return next(csv.reader([line], delimiter=delimiter, strict=True))


class Lines:
    """The lines of a file from a byte offset on, never all at once; ``offset`` is where the next batch starts."""

    def __init__(self, file: BinaryIO, encoding: str, offset: int = 0) -> None:
        self.file, self.encoding, self.offset = file, encoding, offset
        self._rest = b""
        file.seek(offset)
        self._break = {"utf-8": b"\n", "utf-16-le": b"\n\x00", "utf-16-be": b"\x00\n"}[encoding]

    def take(self, n: int) -> list[bytes]:
        """Return up to ``n`` lines that are not blank, as UTF-8 (or Windows-1252) bytes without their line end."""
        out: list[bytes] = []
        while len(out) < n:
            parts, self._rest, used = self._cut(n - len(out))
            self.offset += used
            for part in parts:
                line = part if self.encoding == "utf-8" else part.decode(self.encoding, "replace").encode()
                line = line.rstrip(b"\r")
                if line.strip():
                    out.append(line)
            if not parts:
                break
        return out

    def _cut(self, n: int) -> tuple[list[bytes], bytes, int]:
        width = len(self._break)
        parts: list[bytes] = []
        used = 0
        buffer = self._rest
        while True:
            if width == 1:
                pieces = buffer.split(b"\n", n)
            else:
                pieces = _split_wide(buffer, self._break, n)
            if len(pieces) > 1:
                parts = pieces[:-1]
                return parts, pieces[-1], sum(len(p) + width for p in parts)
            more = self.file.read(CHUNK)
            if not more:
                return ([buffer] if buffer else []), b"", len(buffer) + used
            buffer += more


def _split_wide(buffer: bytes, mark: bytes, n: int) -> list[bytes]:
    out: list[bytes] = []
    start = at = 0
    while len(out) < n:
        at = buffer.find(mark, at)
        if at < 0:
            break
        if at % 2:
            at += 1
            continue
        out.append(buffer[start:at])
        start = at = at + 2
    return [*out, buffer[start:]]


@dataclass(slots=True)
class Batch:
    """Some rows of a file: their text columns, what could not even be split, and the lines as they came."""

    frame: pl.DataFrame
    lines: list[bytes]
    first_row: int
    next_offset: int
    faults: dict[int, list[Fault]] = field(default_factory=dict)


_SAYS_DELIMITER: Final = re.compile(r'"?sep=.?"?[,;\t|]*\s*$', re.IGNORECASE)


def open_csv(path: Path, mapping: Mapping[str, str]) -> tuple[Header, str, int]:
    """Return header, encoding and the offset of the first row; HeaderRefused says what is wrong with the first line."""
    with path.open("rb") as file:
        head = file.read(4096)
        encoding = encoding_of(head)
        lines = Lines(file, encoding)
        first = lines.take(1)
        if not first:
            raise HeaderRefused("The file is empty.")
        text = decode(first[0].removeprefix(codecs.BOM_UTF8)).lstrip("\ufeff")
        if _SAYS_DELIMITER.match(text) and (second := lines.take(1)):
            # Excel's own first line, which it does not show again.
            text = decode(second[0])
        if "\x00" in text:
            raise HeaderRefused("The first line holds NUL bytes; it cannot be a header.", start=lines.offset)
        try:
            return read_header(text, mapping, split_line), encoding, lines.offset
        except csv.Error:
            raise HeaderRefused("The quotes of the header line do not close.", start=lines.offset) from None
        except HeaderRefused as refused:
            refused.start = lines.offset if refused.start is None else refused.start
            raise


def csv_batches(
    path: Path, header: Header, encoding: str, offset: int, first_row: int, size: int = BATCH
) -> Iterator[Batch]:
    """Give the rows from ``offset`` on in batches; ``first_row`` is the number of the first of them (1 = first after
    the header)."""
    with path.open("rb") as file:
        lines = Lines(file, encoding, offset)
        while taken := lines.take(size):
            yield csv_batch(taken, header, first_row, lines.offset)
            first_row += len(taken)


def refused_batches(path: Path, refused: HeaderRefused, offset: int, first_row: int, size: int) -> Iterator[Batch]:
    """Give every row of a file whose header is refused, each with that as its reason: no row goes without one."""
    fault = Fault("header", str(refused), "Put the header right and send the whole file again.", False)
    with path.open("rb") as file:
        encoding = encoding_of(file.read(4096))
        lines = Lines(file, encoding, offset)
        while taken := lines.take(size):
            yield Batch(pl.DataFrame(), taken, first_row, lines.offset, {n: [fault] for n in range(len(taken))})
            first_row += len(taken)


BAD_QUOTES: Final = Fault(
    "line", "its quotes do not close on the line", "Double each quote inside a cell, and close it.", False
)
NUL: Final = Fault("line", "holds a NUL byte", "Export the file again; this line was damaged on its way.", False)
TOO_LONG: Final = Fault("line", "is longer than 64 KiB", "Check the line ends of the file.", False)


def csv_batch(taken: list[bytes], header: Header, first_row: int, next_offset: int) -> Batch:
    """Return the batch of some lines."""
    width, delimiter = len(header.fields), header.delimiter
    faults: dict[int, list[Fault]] = {}
    whole = b"\n".join(taken)
    try:
        text = whole.decode()
        lines = text.split("\n")
    except UnicodeDecodeError:
        lines = [decode(line) for line in taken]
        text = "\n".join(lines)
    if "\r" in text:
        # A lone carriage return inside a line would look like a row of its own to the CSV reader.
        lines = [line.replace("\r", " ") for line in lines]
    odd: set[int] = set()
    if "\x00" in text:
        for n, line in enumerate(lines):
            if "\x00" in line:
                faults[n] = [NUL]
    if len(text) > LONGEST_LINE:
        for n, line in enumerate(lines):
            if len(line) > LONGEST_LINE:
                faults.setdefault(n, []).append(TOO_LONG)
    quoted: list[tuple[int, list[str]]] = []
    if '"' in text:
        for n, line in enumerate(lines):
            if '"' in line:
                odd.add(n)
                if n in faults:
                    continue
                try:
                    cells = split_line(line, delimiter)
                except csv.Error:
                    faults[n] = [BAD_QUOTES]
                    continue
                if len(cells) == width:
                    quoted.append((n, cells))
                else:
                    faults[n] = [_ragged(len(cells), width)]
    plain = [n for n in range(len(lines)) if n not in odd and n not in faults] if odd or faults else None
    kept = lines if plain is None else [lines[n] for n in plain]
    counts = pl.Series(kept, dtype=pl.String).str.count_matches(delimiter, literal=True)
    if counts.len() and not (counts == width - 1).all():
        index = plain if plain is not None else list(range(len(lines)))
        good = []
        for n, count in zip(index, counts.to_list(), strict=True):
            if count == width - 1:
                good.append(n)
            else:
                faults[n] = [_ragged(count + 1, width)]
        plain = good
        kept = [lines[n] for n in plain]
    columns = [f"c{n}" for n in range(width)]
    if kept:
        # One cell more keeps a row of nothing but empty cells from being taken for a blank line.
        source = ("\n".join(line + delimiter for line in kept)).encode()
        frame = pl.read_csv(
            io.BytesIO(source), has_header=False, separator=delimiter, quote_char=None,
            new_columns=[*columns, "end"], schema=dict.fromkeys([*columns, "end"], pl.String),
        ).drop("end")  # fmt: skip
        frame = frame.with_columns(idx=pl.Series(plain if plain is not None else range(len(lines)), dtype=pl.Int32))
    else:
        frame = pl.DataFrame(schema=dict.fromkeys(columns, pl.String) | {"idx": pl.Int32})
    if quoted:
        more = pl.DataFrame(
            [[*cells, n] for n, cells in quoted],
            schema=dict.fromkeys(columns, pl.String) | {"idx": pl.Int32},
            orient="row",
        )
        frame = pl.concat([frame, more]).sort("idx")
    spaced = bool(quoted) or any(
        mark in text
        for mark in (f"{delimiter} ", f" {delimiter}", " \n", "\n ", "\t" if delimiter != "\t" else "\v", "\u00a0")
    )
    spaced = spaced or text[:1] == " " or text[-1:] == " "
    return Batch(named(frame, header, spaced=spaced), taken, first_row, next_offset, faults)


def _ragged(found: int, wanted: int) -> Fault:
    return Fault(
        "line", f"has {found} cells where the header has {wanted}",
        "Quote cells that hold the separator, and send every column in every row.", False,
    )  # fmt: skip


def named(frame: pl.DataFrame, header: Header, *, spaced: bool) -> pl.DataFrame:
    """Return the frame with one column per field, cells stripped, empty cells null, codes joined in order."""
    at = {name: f"c{n}" for n, name in enumerate(header.fields) if name is not None}
    if spaced:
        frame = frame.with_columns(
            pl.when(c.str.len_bytes() > 0).then(c).name.keep()
            for c in (pl.col(name).str.strip_chars(" \t\u00a0") for name in sorted(set(at.values())))
        )
    out: dict[str, pl.Expr] = {}
    for name in COLUMNS:
        if name in at:
            out[name] = pl.col(at[name])
    numbers = {
        what: sorted(
            int(f.rsplit("_", 1)[1]) for f in at if f.rsplit("_", 1)[0] == what and f.rsplit("_", 1)[1].isdigit()
        )
        for what in ("dx", "px")
    }
    for what, places in numbers.items():
        if places:
            cells = [pl.col(at[f"{what}_{n}"]).fill_null("") for n in places]
            text = pl.concat_str(*cells, separator=",").str.strip_chars_end(",")
            out[what] = pl.when(text.str.len_bytes() > 0).then(text)
    if numbers["px"]:
        days = [
            pl.when(pl.col(at[f"px_{n}"]).is_not_null()).then(
                pl.col(at[f"px_date_{n}"]).fill_null("") if f"px_date_{n}" in at else pl.lit("")
            )
            for n in numbers["px"]
        ]
        any_px = pl.any_horizontal(*(pl.col(at[f"px_{n}"]).is_not_null() for n in numbers["px"]))
        out["px_dates"] = pl.when(any_px).then(pl.concat_str(*days, separator=",", ignore_nulls=True))
    named = frame.select("idx", **out)
    blank = empty_columns(named.height)
    return named.with_columns(
        *(blank[name] for name in COLUMNS if name not in named.columns), names_spell=pl.lit(value=True)
    )


def text_literal(value: str | None) -> pl.Expr:
    """Return a text column of one value, empty as null."""
    return pl.lit(value.strip() or None if value is not None else None, dtype=pl.String)


def made_message_id(sha256: str, row: int) -> str:
    """Return the id of a row that brought none: the file's digest and the row's number."""
    return f"{sha256[:16]}:{row:09}"


def completed(
    frame: pl.DataFrame, first_row: int, sha256: str, source_at: dt.datetime, coding_source: str
) -> pl.DataFrame:
    """Fill what a file may leave out: when it was true, and a message id that is the same whenever the file is sent."""
    # As ``made_message_id`` makes it for one row.
    row = (pl.col("idx") + first_row).cast(pl.String).str.zfill(9)
    return frame.with_columns(
        pl.col("source_at").fill_null(pl.lit(source_at.astimezone(dt.UTC).isoformat())),
        pl.col("message_id").fill_null(pl.concat_str(pl.lit(f"{sha256[:16]}:"), row)),
        pl.col("coding_source").fill_null(pl.lit(coding_source)),
    )
