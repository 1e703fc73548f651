"""The words behind the codes of the data dictionary, from a file that ships with the room."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def _lists() -> dict[str, dict[str, str]]:
    raw = json.loads(files("codewell.episodes").joinpath("data/reference.json").read_text("utf-8"))
    return {name: codes for name, codes in raw.items() if isinstance(codes, dict)}


def codes(name: str) -> dict[str, str]:
    """Return one list, code to text; KeyError for a list we do not have."""
    return _lists()[name]


def text_of(name: str, code: str | None) -> str | None:
    """Return the words for a code, or None when there is no code or the list does not know it."""
    return None if code is None else codes(name).get(code)


def specialty_name(code: str | None) -> str | None:
    """Return the name of a main specialty, or failing that of a treatment function."""
    return text_of("main_specialty", code) or text_of("treatment_function", code)


def treatment_function_name(code: str | None) -> str | None:
    """Return the name of a treatment function."""
    return text_of("treatment_function", code)


def admission_class(admission_method: str | None, patient_class: str | None) -> str:
    """Return 'day_case', 'regular', 'elective', 'emergency', 'maternity', 'birth' or 'other'."""
    if patient_class in {"3", "4"}:
        return "regular"
    if patient_class == "2":
        return "day_case"
    method = admission_method or ""
    if method in {"11", "12", "13"}:
        return "elective"
    if method == "2C" or method in {"82", "83"}:
        return "birth"
    if method.startswith("2"):
        return "emergency"
    if method in {"31", "32"}:
        return "maternity"
    return "other"
