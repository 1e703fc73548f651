"""NDJSON whose members are columns (CDS, HES, ours or mapped): read exactly as a CSV with those names is.

A file is of one shape, nested messages or columns: that of most of its first lines. A line of the other shape is
refused by itself.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orjson
import polars as pl

from codewell.intake import items, parse
from codewell.intake.columns import Header, HeaderRefused, field_of, header_of, squeeze
from codewell.intake.fields import Fault
from codewell.intake.schemas import EpisodeMessage

MOST_COLUMNS: Final = 2_000
_OWN: Final = frozenset(EpisodeMessage.model_fields)
_NESTED: Final = ("patient", "spell", "coding", "documents")
_ONE_SHAPE: Final = "Send lines of one shape in one file; put these into a file of their own."
NESTED_AMONG_COLUMNS: Final = Fault(
    "line", "is a nested message, where the other lines of this file are columns", _ONE_SHAPE, False
)
COLUMNS_AMONG_NESTED: Final = Fault(
    "line", "holds columns, where the other lines of this file are nested messages", _ONE_SHAPE, False
)


class Shapes:
    """Tells rows of columns from nested messages; remembers which names are columns under one mapping."""

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self._mapped = {squeeze(name): target for name, target in mapping.items()}
        self._columns: dict[str, bool] = {}

    def is_flat(self, value: object) -> bool | None:
        """Say whether a line is a row of columns (True) or a nested message (False); None when it may be either.

        A message of ours without patient and spell, as a delete is, reads the same in both shapes: it follows its file.
        """
        if not isinstance(value, dict) or not value:
            return None
        if any(isinstance(value.get(name), dict | list) for name in _NESTED):
            return False
        return True if any(name not in _OWN and self._is_column(name) for name in value) else None

    def _is_column(self, name: str) -> bool:
        if name not in self._columns:
            if len(self._columns) > 10 * MOST_COLUMNS:
                self._columns.clear()
            self._columns[name] = self.field_of(name) is not None
        return self._columns[name]

    def field_of(self, name: str) -> str | None:
        """Return the field that a member is, under the mapping."""
        return self._mapped.get(squeeze(name)) or field_of(name)


def open_ndjson(path: Path, mapping: Mapping[str, str]) -> tuple[Header | None, str, int]:
    """Return the header that the lines' members make (None for nested messages), the encoding, and where to begin.

    Lines may leave members out, so all of a file of columns is looked through once before its first row is read.
    """
    shapes = Shapes(mapping)
    names: dict[str, None] = {}
    own: dict[str, None] = {}
    balance = 0
    with path.open("rb") as file:
        encoding = parse.encoding_of(file.read(4096))
        lines = parse.Lines(file, encoding)
        while taken := lines.take(parse.BATCH):
            looking = balance == 0
            for line in taken:
                try:
                    value = orjson.loads(line.removeprefix(codecs.BOM_UTF8))
                except orjson.JSONDecodeError:
                    continue
                flat = shapes.is_flat(value)
                if looking and flat is not None:
                    balance += 1 if flat else -1
                if flat:
                    names.update(dict.fromkeys(value))
                    if len(names) > MOST_COLUMNS:
                        raise HeaderRefused(f"The lines name more than {MOST_COLUMNS:,} different columns.", start=0)
                elif flat is None and is_own(value):
                    own.update(dict.fromkeys(name for name in value if name not in _NESTED))
            if balance < 0:
                return None, encoding, 0
    if not names:
        return None, encoding, 0
    if not all(map(items.storable, names)):
        raise HeaderRefused("The lines have a member whose name holds a character that cannot be stored.", start=0)
    # What only lines of either shape name is a column as well, unless the file has another name for it.
    read = {shapes.field_of(name) for name in names}
    columns = [*names, *(name for name in own if name not in names and shapes.field_of(name) not in read)]
    return header_of(columns, mapping, ",", what="lines"), encoding, 0


def is_own(value: object) -> bool:
    """Say whether a line has nothing but members of a message of ours."""
    return isinstance(value, dict) and value.keys() <= _OWN


def batches(
    path: Path, header: Header, encoding: str, offset: int, first_row: int, size: int = parse.BATCH
) -> Iterator[parse.Batch]:
    """Give the rows from ``offset`` on in batches, as ``parse.csv_batches`` does those of a CSV."""
    with path.open("rb") as file:
        lines = parse.Lines(file, encoding, offset)
        while taken := lines.take(size):
            yield batch(taken, header, first_row, lines.offset)
            first_row += len(taken)


def batch(taken: list[bytes], header: Header, first_row: int, next_offset: int) -> parse.Batch:
    """Return the batch of some lines."""
    values, faults = items.read_lines(taken, exact=True)
    fields = {name: field for name, field in zip(header.names, header.fields, strict=True) if field}
    shapes = Shapes(fields)
    named = {field: name for name, field in fields.items()}
    at = {name: n for n, name in enumerate(header.names) if header.fields[n] is not None}
    cells: dict[int, list[str]] = {n: [] for n in at.values()}
    index: list[int] = []
    for idx, value in enumerate(values):
        if idx in faults:
            continue
        if not isinstance(value, dict):
            faults[idx] = [items.NOT_AN_OBJECT]
            continue
        shape = shapes.is_flat(value)
        if shape is False:
            faults[idx] = [NESTED_AMONG_COLUMNS]
            continue
        if shape is None and is_own(value):
            # It is in our words, whatever the other lines of the file call the same.
            value = {name if name in at else named.get(name, name): cell for name, cell in value.items()}
        index.append(idx)
        for name, n in at.items():
            cell, wrong = _cell(value.get(name))
            if wrong is not None:
                faults.setdefault(idx, []).append(wrong._replace(field=header.fields[n] or name))
            cells[n].append(cell)
    schema = {f"c{n}": pl.String for n in cells} | {"idx": pl.Int32}
    frame = pl.DataFrame({**{f"c{n}": column for n, column in cells.items()}, "idx": index}, schema=schema)
    return parse.Batch(parse.named(frame, header, spaced=True), taken, first_row, next_offset, faults)


def refuse_columns(values: list[Any], faults: dict[int, list[Fault]], mapping: Mapping[str, str]) -> None:
    """Refuse what is a row of columns among nested messages."""
    shapes = Shapes(mapping)
    for idx, value in enumerate(values):
        if idx not in faults and shapes.is_flat(value):
            faults[idx] = [COLUMNS_AMONG_NESTED]


_NOT_ONE: Final = Fault("", "holds a list or an object, where one value belongs", "Send one value.", False)


def _cell(value: Any) -> tuple[str, Fault | None]:  # Any: a JSON value
    """Return a member as a cell of a CSV would hold it."""
    if value is None:
        return "", None
    if isinstance(value, bool):
        return ("true" if value else "false"), None
    if not isinstance(value, str):
        return "", _NOT_ONE
    return (value, None) if items.storable(value) else ("", items.NOT_STORABLE)
