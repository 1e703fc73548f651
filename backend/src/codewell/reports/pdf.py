"""Sets a report as PDF: tagged, PDF/UA-1, with fonts that ship here. It needs no network and no other program."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import orjson
import typst

from codewell.reports.content import ReportDocument, ReportTable, shown

_DATA: Final = Path(__file__).parent / "data"
STANDARD: Final = "ua-1"

# What the fonts that ship have a glyph for. PDF/UA allows no text without one, so anything else is shown as a box.
_RANGES: Final = (
    (0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x148), (0x14A, 0x17F), (0x218, 0x21B), (0x386, 0x386), (0x388, 0x38A),
    (0x38C, 0x38C), (0x38E, 0x3A1), (0x3A3, 0x3CE), (0x400, 0x45F), (0x1E80, 0x1E85), (0x2010, 0x2015),
    (0x2018, 0x201E),
    (0x2020, 0x2022), (0x2026, 0x2026), (0x2030, 0x2030), (0x2032, 0x2033), (0x2039, 0x203A), (0x2044, 0x2044),
    (0x20AC, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212), (0x221A, 0x221A),
    (0x221E, 0x221E), (0x2248, 0x2248), (0x2260, 0x2260), (0x2264, 0x2265), (0x25A0, 0x25A1), (0x25B2, 0x25B2),
    (0x25BC, 0x25BC), (0x25C6, 0x25C6), (0x25CF, 0x25CF), (0x2713, 0x2713), (0x2717, 0x2717),
)  # fmt: skip


@lru_cache(maxsize=1)
def glyphs() -> frozenset[int]:
    """Return every character that can be set."""
    return frozenset(c for low, high in _RANGES for c in range(low, high + 1))


def settable(words: str) -> str:
    """Return words with what cannot be set shown as a box; line ends become blanks, soft hyphens go."""
    known = glyphs()
    if all(ord(c) in known for c in words):
        return words
    plain = words.replace("\n", " ").replace("\t", " ").replace("\xad", "").replace("\u200b", "")
    return "".join(c if ord(c) in known else "□" for c in plain)


def _wire(document: ReportDocument) -> bytes:
    raw: dict[str, Any] = document.model_dump(mode="json")
    for section, out in zip(document.sections, raw["sections"], strict=True):
        for block, into in zip(section.blocks, out["blocks"], strict=True):
            if isinstance(block, ReportTable):
                kinds = [c.kind for c in block.columns]
                into["rows"] = [
                    [shown(v, k, block.reach) for v, k in zip(row, kinds, strict=True)] for row in block.rows
                ]
    return orjson.dumps(settable_all(raw))


def settable_all(value: Any) -> Any:  # Any: whatever JSON the document is made of
    """Return a JSON value, every text in it settable."""
    match value:
        case str():
            return settable(value)
        case dict():
            return {k: settable_all(v) for k, v in value.items()}
        case list():
            return [settable_all(v) for v in value]
        case _:
            return value


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[_DATA / "fonts"],
    )


def compiler(file: str, data: bytes) -> typst.Compiler:
    """Return a compiler of one of the templates that ship here, with its data."""
    return typst.Compiler(_DATA / file, root=_DATA, font_paths=_fonts(), sys_inputs={"doc": data.decode()})


def pdf(document: ReportDocument) -> bytes:
    """Return the document as tagged PDF. It takes a moment for a large audit: call it in a thread."""
    at = document.made_at.astimezone(dt.UTC).replace(microsecond=0)
    made = compiler("report.typ", _wire(document)).compile(format="pdf", pdf_standards=STANDARD, timestamp=at)
    assert isinstance(made, bytes)
    return made
