"""Rules carry their own examples; this reads them into cases."""

import datetime as dt
import json
from importlib.resources import files
from typing import Any

from codewell.standards.rules import Case, Facts, LineRef

DATA: list[dict[str, Any]] = json.loads(
    files("codewell.standards").joinpath("data", "rules.json").read_text(encoding="utf-8")
)
BASE = {
    "started_on": "2026-11-10",
    "ended_on": "2026-11-14",
    "admitted_on": "2026-11-10",
    "discharged_on": "2026-11-14",
}
OPERATION_DAY = "2026-11-11"
ON = dt.date(2026, 11, 14)


def case_of(example: dict[str, Any]) -> Case:
    """``dx`` and ``px`` are codes between blanks; ``_`` is a blank line, ``W37.1@2026-11-10`` a dated procedure."""
    facts = {
        k: dt.date.fromisoformat(v) if k.endswith("_on") else v for k, v in (BASE | example.get("facts", {})).items()
    }
    diagnoses = ["" if code == "_" else code for code in example.get("dx", "").split()]
    procedures = []
    for item in example.get("px", "").split():
        code, at, day = item.partition("@")
        on = day or None if at else OPERATION_DAY
        procedures.append(("", None) if code == "_" else (code, dt.date.fromisoformat(on) if on else None))
    return Case(Facts(**facts), diagnoses, procedures)


def at(example: dict[str, Any]) -> LineRef | None:
    """The line that the example says is at fault: ``dx2`` is the second diagnosis."""
    where = example.get("at")
    if where is None:
        return None
    return LineRef("diagnoses" if where[:2] == "dx" else "procedures", int(where[2:]) - 1)
