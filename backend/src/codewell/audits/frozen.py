"""The frozen copy of a coder's version, as an audited episode keeps it: later coding does not change it. Pure."""

from __future__ import annotations

from typing import Any


def frozen_copy(row: Any) -> dict[str, Any]:  # Any: a row with the columns of a version of codes, and its coder's name
    """Return what the coder coded, when, from where and with which editions, as plain JSON."""
    return {
        "diagnoses": list(row.diagnoses),
        "procedures": list(row.procedures),
        "procedure_dates": [None if d is None else d.isoformat() for d in row.procedure_dates],
        "coder_name": row.coder_name,
        "coder_ref": row.coder_ref,
        "checked_by_id": None if row.checked_by_id is None else str(row.checked_by_id),
        "coded_at": row.at.isoformat(),
        "source": row.source,
        "icd10_edition": row.icd10_edition,
        "opcs4_edition": row.opcs4_edition,
    }
