"""Which column of a file is which field: CDS and HES names as they are, our own names, or a Trust's own mapping."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from codewell.intake.fields import Fault

# Field -> the names it is known by: ours first, then CDS data elements (6-2 and 6-3), then HES.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "provider": (
        "provider", "provider_code", "ORGANISATION IDENTIFIER (CODE OF PROVIDER)",
        "ORGANISATION CODE (CODE OF PROVIDER)",
        "PROCODET", "PROCODE", "PROCODE3",
    ),
    "source_at": ("source_at", "source_timestamp"),
    "message_id": ("message_id", "source_message_id"),
    "feed_action": ("feed_action",),
    "spell_number": (
        "spell_number", "spell_no", "HOSPITAL PROVIDER SPELL NUMBER", "HOSPITAL PROVIDER SPELL IDENTIFIER",
        "PROVSPNOPS", "PROVSPNO",
    ),
    "episode_number": ("episode_number", "episode_no", "EPISODE NUMBER", "EPIORDER"),
    "last_episode": (
        "last_episode", "LAST EPISODE IN SPELL INDICATOR CODE", "LAST EPISODE IN SPELL INDICATOR", "SPELEND",
    ),
    "local_patient_id": (
        "local_patient_id", "LOCAL PATIENT IDENTIFIER", "LOCAL PATIENT IDENTIFIER (EXTENDED)", "LOPATID",
    ),
    "nhs_number": ("nhs_number", "NHS NUMBER", "NEWNHSNO"),
    "nhs_number_status": (
        "nhs_number_status", "NHS NUMBER STATUS INDICATOR CODE", "NHS NUMBER STATUS INDICATOR", "NHSNOIND",
    ),
    "birth_on": ("birth_on", "dob", "PERSON BIRTH DATE", "DOB", "DATE OF BIRTH"),
    "sex": (
        "sex", "PERSON STATED GENDER CODE", "PERSON GENDER CODE CURRENT", "PERSON GENDER CODE", "SEX",
    ),
    "admitted_on": ("admitted_on", "admission_ts", "START DATE (HOSPITAL PROVIDER SPELL)", "ADMIDATE"),
    "admission_method": (
        "admission_method", "ADMISSION METHOD CODE (HOSPITAL PROVIDER SPELL)", "ADMISSION METHOD CODE",
        "METHOD OF ADMISSION", "ADMIMETH",
    ),
    "admission_source": (
        "admission_source", "SOURCE OF ADMISSION CODE", "SOURCE OF ADMISSION CODE (HOSPITAL PROVIDER SPELL)",
        "ADMISORC",
    ),
    "patient_class": ("patient_class", "PATIENT CLASSIFICATION CODE", "PATIENT CLASSIFICATION", "CLASSPAT"),
    "admin_category": (
        "admin_category", "ADMINISTRATIVE CATEGORY CODE (ON ADMISSION)", "ADMINISTRATIVE CATEGORY CODE", "ADMINCAT",
    ),
    "intended_management": ("intended_management", "INTENDED MANAGEMENT CODE", "INTMANIG"),
    "discharged_on": ("discharged_on", "discharge_ts", "DISCHARGE DATE (HOSPITAL PROVIDER SPELL)", "DISDATE"),
    "discharge_method": (
        "discharge_method", "DISCHARGE METHOD CODE (HOSPITAL PROVIDER SPELL)", "DISCHARGE METHOD CODE",
        "METHOD OF DISCHARGE", "DISMETH",
    ),
    "discharge_destination": (
        "discharge_destination", "DISCHARGE DESTINATION CODE (HOSPITAL PROVIDER SPELL)", "DISCHARGE DESTINATION CODE",
        "DISDEST",
    ),
    "started_on": ("started_on", "episode_start_ts", "START DATE (EPISODE)", "EPISTART"),
    "ended_on": ("ended_on", "episode_end_ts", "END DATE (EPISODE)", "EPIEND"),
    "consultant_code": ("consultant_code", "CONSULTANT CODE", "CONSULT", "PCONSULT"),
    "main_specialty_code": (
        "main_specialty_code", "main_specialty", "CARE PROFESSIONAL MAIN SPECIALTY CODE", "MAIN SPECIALTY CODE",
        "MAINSPEF",
    ),
    "treatment_function_code": (
        "treatment_function_code", "treatment_function", "ACTIVITY TREATMENT FUNCTION CODE", "TREATMENT FUNCTION CODE",
        "TRETSPEF",
    ),
    "site_code": (
        "site_code", "ORGANISATION SITE IDENTIFIER (OF TREATMENT)", "SITE CODE (OF TREATMENT)", "SITETRET",
    ),
    "ward_code": ("ward_code", "ward_at_end", "WARD CODE", "WARDSTRT"),
    "neonatal_level_code": ("neonatal_level_code", "neonatal_level", "NEONATAL LEVEL OF CARE CODE", "NEOCARE"),
    "operation_status_code": ("operation_status_code", "operation_status", "OPERATION STATUS CODE", "OPERSTAT"),
    "coding_source": ("coding_source",),
    "coded_at": ("coded_at",),
    "coder_ref": ("coder_ref",),
}  # fmt: skip

REQUIRED: Final = ("spell_number", "episode_number", "local_patient_id", "started_on", "ended_on")

_NUMBERED: Final[tuple[tuple[str, str, int], ...]] = (
    # Pattern over the squeezed name, what it is, what to add to the number in it.
    (r"(?:DIAG|DIAGNOSIS|DX) ?0*([1-9][0-9]?)", "dx", 0),
    (r"SECONDARY DIAGNOSIS ICD 0*([1-9][0-9]?)", "dx", 1),
    (r"(?:OPERTN|PROCEDURE|PX) ?0*([1-9][0-9]?)", "px", 0),
    (r"SECONDARY PROCEDURE OPCS 0*([1-9][0-9]?)", "px", 1),
    (r"(?:OPDATE|PROCEDURE DATE|PX DATE) ?0*([1-9][0-9]?)", "px_date", 0),
    (r"SECONDARY PROCEDURE DATE 0*([1-9][0-9]?)", "px_date", 1),
)
_FIRST: Final[dict[str, str]] = {
    "PRIMARY DIAGNOSIS ICD": "dx_1",
    "PRIMARY PROCEDURE OPCS": "px_1",
    "PRIMARY PROCEDURE DATE": "px_date_1",
    "PROCEDURE DATE": "px_date_1",
    # Without a number there can be only one of them: the first secondary.
    "SECONDARY DIAGNOSIS ICD": "dx_2",
    "SECONDARY PROCEDURE OPCS": "px_2",
    "SECONDARY PROCEDURE DATE": "px_date_2",
}
# HES repeats its codes cut to four and to three characters. Four will do where the whole code is not sent; three never.
_CUT = re.compile(r"(DIAG|OPERTN) ([34]) 0*([1-9][0-9]?)")
# A column that must hold codes, by its name: dropping it in silence would lose them.
_HOLDS_CODES = re.compile(
    r"(?:PRIMARY |SECONDARY |OTHER |MAIN )?(?:DIAG|DIAGNOSIS|DIAGNOSES|DX|OPERTN|OPERATION|PROCEDURE|PROCEDURES|PX)"
    r"(?: ICD| ICD10| ICD 10| OPCS| OPCS4| OPCS 4)?(?: CODES?)?(?: ?[0-9]+)?"
)


def squeeze(name: str) -> str:
    """Return a column name without what writers differ in: case, brackets, underscores, runs of spaces."""
    return re.sub(r"[^A-Z0-9]+", " ", name.upper()).strip()


_BY_NAME: Final[dict[str, str]] = {squeeze(name): field for field, names in NAMES.items() for name in names} | _FIRST


def field_of(name: str) -> str | None:
    """Return the field of a column (``dx_3``, ``px_1``, ``px_date_1`` for codes), or None for one we do not read."""
    squeezed = squeeze(name)
    if squeezed in _BY_NAME:
        return _BY_NAME[squeezed]
    for pattern, what, add in _NUMBERED:
        match = re.fullmatch(pattern, squeezed)
        if match:
            return f"{what}_{int(match[1]) + add}"
    cut = _CUT.fullmatch(squeezed)
    if cut and cut[2] == "4":
        return f"{'dx' if cut[1] == 'DIAG' else 'px'}_{int(cut[3])}"
    return None


def is_field(name: str) -> bool:
    """Say whether a mapping may point at this field."""
    return name in NAMES or re.fullmatch(r"(dx|px|px_date)_[1-9][0-9]?", name) is not None


class HeaderRefused(ValueError):
    """The first line cannot be the header of a file of episodes; the message says why, without its content.

    ``names`` are the columns where they could be told apart; ``start`` is where the file's rows begin, for it is a row
    itself when it is no header at all.
    """

    def __init__(self, message: str, names: Sequence[str] = (), delimiter: str = ",", start: int | None = None) -> None:
        super().__init__(message)
        self.names, self.delimiter, self.start = list(names), delimiter, start


@dataclass(frozen=True, slots=True)
class Header:
    """How to read one file: its columns in order, and which field each one is."""

    names: list[str]
    fields: list[str | None]
    delimiter: str
    ignored: list[str] = field(default_factory=list)


DELIMITERS: Final = (",", "\t", ";", "|")


def read_header(line: str, mapping: Mapping[str, str], split: Callable[[str, str], Sequence[str]]) -> Header:
    """Return the header of a file; HeaderRefused when it is missing, doubled or lacks a field that every row needs."""
    own = {squeeze(name): target for name, target in mapping.items()}
    best: tuple[int, str, list[str]] = (-1, ",", [])
    for delimiter in DELIMITERS:
        names = [name.strip().lstrip("\ufeff") for name in split(line, delimiter)]
        known = sum(1 for name in names if own.get(squeeze(name)) or field_of(name))
        if known > best[0]:
            best = (known, delimiter, names)
    known, delimiter, names = best
    if known == 0:
        raise HeaderRefused(
            "The first line is not a header we know: no column has a CDS, HES or mapped name. Send the column names in "
            "the first line, or set a column mapping for this source.",
            start=0,
        )
    return header_of(names, mapping, delimiter)


_SAID: Final = {
    "header": ("Two columns of the header mean", "The header lacks", "The header has"),
    "lines": ("Two members of the lines mean", "The lines lack", "The lines have"),
}


def header_of(
    names: Sequence[str], mapping: Mapping[str, str], delimiter: str, *, what: Literal["header", "lines"] = "header"
) -> Header:
    """Return the header that these column names make; HeaderRefused as in ``read_header``.

    ``what`` says whether the names stood in a header or in each of the lines.
    """
    two, lack, have = _SAID[what]
    own = {squeeze(name): target for name, target in mapping.items()}
    fields = [own.get(squeeze(name)) or field_of(name) for name in names]
    # The whole code is better than the same code cut short.
    fields = [
        None if f and _CUT.fullmatch(squeeze(name)) and fields.count(f) > 1 and squeeze(name) not in own else f
        for name, f in zip(names, fields, strict=True)
    ]
    doubled = sorted({names[i] for i, f in enumerate(fields) if f and fields.count(f) > 1})
    if doubled:
        raise HeaderRefused(
            f"{two} the same thing: {_listed(doubled)}. Leave one of them out.",
            names, delimiter,
        )  # fmt: skip
    missing = [f for f in REQUIRED if f not in fields]
    if missing:
        wanted = [f"{f} ({NAMES[f][-1]})" for f in missing]
        raise HeaderRefused(f"{lack} {_listed(wanted)}. Add it, or map one of your columns to it.", names, delimiter)
    for dates, other in (("px_date", "px"),):
        loose = [f for f in fields if f and f.startswith(f"{dates}_") and f.replace(dates, other) not in fields]
        if loose:
            raise HeaderRefused(
                f"{have} {_listed(loose)} without the procedure column it belongs to.", names, delimiter
            )
    lost = [n for n, f in zip(names, fields, strict=True) if f is None and _loses_codes(squeeze(n), fields)]
    if lost:
        raise HeaderRefused(
            f"{have} {_listed(lost)}, which seem to hold codes and have no name we know. Number them "
            "(DIAG_01, OPERTN_01), set a column mapping, or leave them out.",
            names, delimiter,
        )  # fmt: skip
    return Header(list(names), fields, delimiter, [n for n, f in zip(names, fields, strict=True) if f is None])


def with_columns(faults: dict[int, list[Fault]], header: Header) -> None:
    """Say of each fault what the file itself calls its field; codes are counted by place, not by column."""
    at = {field: name for name, field in zip(header.names, header.fields, strict=True) if field}
    for what, dated in (("dx", ()), ("px", ("px_date",))):
        places = sorted(int(f[3:]) for f in at if re.fullmatch(rf"{what}_[0-9]+", f))
        known = dict(at)
        for place, number in enumerate(places, start=1):
            for kind in (what, *dated):
                at[f"{kind}_{place}"] = known.get(f"{kind}_{number}", "")
    for idx, found in faults.items():
        faults[idx] = [fault._replace(column=at.get(fault.field) or None) for fault in found]


def _loses_codes(name: str, fields: Sequence[str | None]) -> bool:
    """Say whether an unknown column holds codes that no known column has."""
    cut = _CUT.fullmatch(name)
    if cut:
        return f"{'dx' if cut[1] == 'DIAG' else 'px'}_{int(cut[3])}" not in fields
    return _HOLDS_CODES.fullmatch(name) is not None


def _listed(names: Sequence[str]) -> str:
    # Column names are the sender's words, not a patient's; still cut, in case the "header" was a row.
    return ", ".join(f"\u201c{name[:60]}\u201d" for name in names[:6]) + (" and others" if len(names) > 6 else "")
