"""Cells of files that people open in a spreadsheet."""

from __future__ import annotations

from typing import Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "|")
"""What a spreadsheet takes for the beginning of a formula."""


def safe_cell(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    cell = "" if value is None else str(value)
    return f"'{cell}" if cell.startswith(FORMULA) else cell
