"""The file of an external auditor's findings: its columns, how it is read, and what it makes of an episode.

Pure: text and codes in, rows and positions out, with every fault by row and column. A fault never repeats what stood
there: it may identify a patient.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from codewell.audits.alignment import CodeClass, ErrorType, Side, sub_class
from codewell.audits.profiles import Methodology
from codewell.audits.rules import NonCoderReason
from codewell.audits.tally import Attribution
from codewell.codesets.rules import is_code_shaped, normalise

COLUMNS: Final[dict[str, str]] = {
    "spell_number": "The spell's number as the PAS sends it. Needed on every row.",
    "episode_number": "The episode's number within the spell. Needed on every row.",
    "code_class": "primary_diagnosis, secondary_diagnosis, primary_procedure or secondary_procedure, or PD, SD, PP, "
    "SP. Empty on a row that says the episode was audited without an error.",
    "trust_code": "Our code that is wrong; empty for a code that was omitted.",
    "external_code": "The external auditor's code; empty for a code of ours that is not required.",
    "error_type": "One of wrong_char_3, wrong_char_4, wrong_char_5, omitted, not_required, sequence, pair_format, "
    "date, other; or the external auditor's own key, which is kept. Empty: told from the two codes.",
    "attribution": "coder, non_coder or undetermined; empty is undetermined, and said when the finding is accepted.",
    "comment": "The external auditor's words.",
    "standard": "What the finding cites; several are separated by |.",
    "hrg_before": "The HRG of the codes as they were, once or on every row of the episode; with hrg_after.",
    "hrg_after": "The HRG of the codes as audited.",
    "non_coder_reason": "information_not_available, illegible, conflicting, incomplete, clinician_instruction, "
    "system_or_encoder or other. May be left out.",
    "external_date": "The right day of a procedure, as 2026-11-12 or 12/11/2026. May be left out.",
}
NEEDED: Final = ("spell_number", "episode_number", "code_class", "trust_code", "external_code")
ROWS_AT_MOST: Final = 20_000

TEMPLATE: Final = (
    ",".join(COLUMNS) + "\r\n"
    "SP0000001,1,secondary_diagnosis,,E11.9,omitted,coder,Diabetes in the discharge summary,DGCS.3,FD02B,FD02A,,\r\n"
    "SP0000001,1,PD,J18.9,J18.1,,coder,Lobar in the X-ray report,ICD-10 tabular,FD02B,FD02A,,\r\n"
    "SP0000002,1,SP,Z94.2,,not_required,non_coder,,,,,conflicting,\r\n"
    "SP0000003,1,,,,,,No errors,,,,,\r\n"
)

_CLASSES: Final[dict[str, CodeClass]] = {c.value: c for c in CodeClass} | {
    "pd": CodeClass.primary_diagnosis,
    "sd": CodeClass.secondary_diagnosis,
    "pp": CodeClass.primary_procedure,
    "sp": CodeClass.secondary_procedure,
}
_HRG = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z]")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row; row 1 is the header, column empty where it is the row as a whole."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """One row of an error, read."""

    row: int
    code_class: CodeClass
    trust_code: str | None
    external_code: str | None
    external_on: dt.date | None
    error_type: ErrorType | None
    key: str | None
    attribution: Attribution
    reason: NonCoderReason | None
    comment: str
    standards: tuple[str, ...]


@dataclass(slots=True)
class EpisodeRows:
    """All rows of one episode."""

    spell_number: str
    episode_number: int
    first_row: int
    found: list[Found] = field(default_factory=list)
    hrg: tuple[str, str] | None = None
    clean: bool = False
    """A row says that it was audited without an error."""


@dataclass(slots=True)
class Read:
    """A file, read: its episodes in the order in which they first come, and its faults."""

    episodes: list[EpisodeRows]
    faults: list[Fault]
    rows: int
    keys: set[str]
    """Keys of the external auditor's own that the methodology does not know: their type was told from the codes."""


def read(content: str, methodology: Methodology) -> Read:
    """Read a file of findings. Separated by commas, semicolons or tabs, as its first line shows."""
    lines = content.removeprefix("\ufeff")
    head = lines.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    rows = csv.reader(lines.splitlines(keepends=True), delimiter=separator)
    out = Read([], [], 0, set())
    try:
        names = [re.sub(r"[\s_]+", "_", n.strip().lower()) for n in next(rows, [])]
    except csv.Error:
        names = []
    _check_header(names, out)
    if out.faults:
        return out
    by_key: dict[tuple[str, int], EpisodeRows] = {}
    no = 1
    try:
        for no, cells in enumerate(rows, start=2):
            if not any(c.strip() for c in cells):
                continue
            out.rows += 1
            if out.rows > ROWS_AT_MOST:
                out.faults.append(Fault(no, "", f"more than {ROWS_AT_MOST:,} rows; send the file in parts"))
                break
            if len(cells) > len(names):
                out.faults.append(Fault(no, "", "has more cells than the header has columns"))
                continue
            row = dict(zip(names, (c.strip() for c in cells), strict=False))
            _row(no, {name: row.get(name, "") for name in COLUMNS}, by_key, out, methodology)
    except csv.Error:
        out.faults.append(Fault(no + 1, "", "cannot be read: a quotation mark is not closed, or stands inside a cell"))
    out.episodes = list(by_key.values())
    if not out.rows and not out.faults:
        out.faults.append(Fault(2, "", "there are no rows below the header"))
    return out


def _check_header(names: Sequence[str], out: Read) -> None:
    for name in NEEDED:
        if name not in names:
            out.faults.append(Fault(1, name, "this column is missing"))
    for name in dict.fromkeys(names):
        if name not in COLUMNS:
            at = f"column {names.index(name) + 1}"
            out.faults.append(Fault(1, "", f"{at} has a name that we do not know; take it out, or see the example"))
        elif names.count(name) > 1:
            out.faults.append(Fault(1, name, "this column is there twice"))


def _row(
    no: int, row: Mapping[str, str], by_key: dict[tuple[str, int], EpisodeRows], out: Read, methodology: Methodology
) -> None:
    faults: list[Fault] = []

    def fault(column: str, reason: str) -> None:
        faults.append(Fault(no, column, reason))

    if not row["spell_number"]:
        fault("spell_number", "is empty")
    if not re.fullmatch(r"[1-9][0-9]{0,3}", row["episode_number"]):
        fault("episode_number", "must be a whole number from 1")
    hrg = _hrg(row, fault)
    found = None
    if any(row[c] for c in ("code_class", "trust_code", "external_code", "error_type")):
        found = _found(no, row, fault, methodology, out)
    if not faults:
        key = (row["spell_number"], int(row["episode_number"]))
        episode = by_key.setdefault(key, EpisodeRows(*key, no))
        if hrg is not None:
            if episode.hrg not in (None, hrg):
                fault("hrg_after", "another row of the episode says other HRGs")
            episode.hrg = hrg
        if found is None:
            episode.clean = True
        else:
            said = (found.code_class, found.trust_code, found.external_code, found.external_on)
            if said in {(f.code_class, f.trust_code, f.external_code, f.external_on) for f in episode.found}:
                fault("", "says again what another row says of the same codes")
            episode.found.append(found)
        if episode.clean and episode.found:
            fault("", "the episode is said to have no error in one row and an error in another")
    out.faults += faults


def _hrg(row: Mapping[str, str], fault: Any) -> tuple[str, str] | None:  # Any: a callback
    before, after = row["hrg_before"].upper(), row["hrg_after"].upper()
    if not before and not after:
        return None
    for name, hrg in (("hrg_before", before), ("hrg_after", after)):
        if not hrg:
            fault(name, "is empty, where the other of the two is not")
        elif not _HRG.fullmatch(hrg):
            fault(name, "is not written like an HRG, as FD02B")
    return before, after


def _found(no: int, row: Mapping[str, str], fault: Any, methodology: Methodology, out: Read) -> Found | None:
    klass = _CLASSES.get(re.sub(r"[\s_-]+", "_", row["code_class"].lower()))
    if klass is None:
        fault("code_class", "is none of the four classes")
        return None
    system = "icd10" if klass in (CodeClass.primary_diagnosis, CodeClass.secondary_diagnosis) else "opcs4"
    codes: dict[str, str | None] = {}
    for name in ("trust_code", "external_code"):
        code = normalise(system, row[name])[0] if row[name] else None
        if code is not None and not is_code_shaped(system, code):
            fault(name, "is not shaped like a code of this classification")
        codes[name] = code
    trust, external = codes["trust_code"], codes["external_code"]
    if trust is None and external is None:
        fault("trust_code", "one of the two codes is needed")
    said = re.sub(r"[\s-]+", "_", row["error_type"].lower())
    error: ErrorType | None = ErrorType(said) if said in ErrorType.__members__ else None
    key = row["error_type"] if said and error is None else None
    if key is not None:
        error = next((k.error_type for k in methodology.official_keys if k.key.lower() == key.lower()), None)
        if error is None:
            out.keys.add(key)
    if len(row["error_type"]) > 40:
        fault("error_type", "is longer than 40 characters")
    if error is not None and (trust is None or external is None):
        fits = {ErrorType.other, ErrorType.omitted if trust is None else ErrorType.not_required}
        if error not in fits and not (error is ErrorType.sequence and trust is None):
            fault("error_type", "does not fit the codes: only one of the two is there")
    elif error in (ErrorType.omitted, ErrorType.not_required):
        fault("error_type", "does not fit the codes: both are there")
    elif error is None and trust is not None and trust == external:
        fault("error_type", "is needed where both codes are the same")
    attribution = _attribution(row, fault)
    reason = _reason(row, attribution, fault)
    on = _day(row["external_date"], fault)
    standards = tuple(s.strip() for s in row["standard"].split("|") if s.strip())
    if len(standards) > 10 or any(len(s) > 100 for s in standards):
        fault("standard", "at most ten of at most 100 characters each")
    if len(row["comment"]) > 4000:
        fault("comment", "is longer than 4,000 characters")
    return Found(no, klass, trust, external, on, error, key, attribution, reason, row["comment"], standards)


def _attribution(row: Mapping[str, str], fault: Any) -> Attribution:
    said = re.sub(r"[\s-]+", "_", row["attribution"].lower()) or Attribution.undetermined.value
    if said not in Attribution.__members__:
        fault("attribution", "must be coder, non_coder or undetermined")
        return Attribution.undetermined
    return Attribution(said)


def _reason(row: Mapping[str, str], attribution: Attribution, fault: Any) -> NonCoderReason | None:
    said = re.sub(r"[\s-]+", "_", row["non_coder_reason"].lower())
    if said and said not in NonCoderReason.__members__:
        fault("non_coder_reason", "is none of the reasons")
        return None
    if attribution is not Attribution.non_coder:
        return None
    return NonCoderReason(said) if said else NonCoderReason.other


def _day(said: str, fault: Any) -> dt.date | None:
    if not said:
        return None
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(said, pattern).date()  # noqa: DTZ007
        except ValueError:
            continue
    fault("external_date", "must be a day, as 2026-11-12 or 12/11/2026")
    return None


@dataclass(slots=True)
class Place:
    """One position that a file makes of an episode."""

    side: Side
    code_class: CodeClass
    trust_at: int | None
    trust_code: str | None
    trust_on: dt.date | None
    auditor_code: str | None
    auditor_on: dt.date | None
    error_type: ErrorType | None
    found: Found | None
    order: tuple[int, int]
    auditor_at: int | None = None
    moved: bool = False

    @property
    def sub_class(self) -> str:
        """Return the finer kind of the code."""
        return sub_class(self.side, self.auditor_code or self.trust_code or "").value


def told(trust: str | None, external: str | None) -> ErrorType:
    """Return which error the two codes show, where the file does not say."""
    if trust is None:
        return ErrorType.omitted
    if external is None:
        return ErrorType.not_required
    if trust[:3] != external[:3]:
        return ErrorType.wrong_char_3
    return ErrorType.wrong_char_5 if trust[:4] == external[:4] and len(trust) >= 4 else ErrorType.wrong_char_4


def places(
    rows: EpisodeRows, diagnoses: Sequence[str], procedures: Sequence[str], days: Sequence[dt.date | None]
) -> tuple[list[Place], list[Fault]]:
    """Return the positions of an episode: each of our codes once, wrong where a row says so, and what was omitted."""
    faults: list[Fault] = []
    out = []
    for side, codes, on, primary, secondary in (
        (
            Side.diagnoses, diagnoses, [None] * len(diagnoses), CodeClass.primary_diagnosis,
            CodeClass.secondary_diagnosis,
        ),
        (Side.procedures, procedures, days, CodeClass.primary_procedure, CodeClass.secondary_procedure),
    ):  # fmt: skip
        found = [f for f in rows.found if f.code_class in (primary, secondary)]
        out += _side(side, codes, on, primary, secondary, found, faults)
    return out, faults


def _side(
    side: Side, codes: Sequence[str], on: Sequence[dt.date | None], primary: CodeClass, secondary: CodeClass,
    found: Sequence[Found], faults: list[Fault],
) -> list[Place]:  # fmt: skip
    free = dict(enumerate(codes))
    made: list[Place] = []
    first = 0
    """Which of our codes stands first as the external auditor has it."""

    def fault(row: Found, column: str, reason: str) -> None:
        faults.append(Fault(row.row, column, reason))

    def add(row: Found, at: int | None, klass: CodeClass, code: str | None, order: tuple[int, int]) -> None:
        ours = None if at is None else free.pop(at)
        error = row.error_type or told(ours, code)
        day = None if at is None else on[at]
        theirs = None if code is None else row.external_on or day
        made.append(Place(side, klass, at, ours, day, code, theirs, error, row, order))

    for row in sorted(found, key=lambda f: (f.code_class is not primary, f.row)):
        if row.code_class is primary:
            if any(p.code_class is primary for p in made):
                fault(row, "code_class", "the episode has one primary code, and another row is about it")
            elif row.trust_code is None and codes:
                fault(row, "trust_code", "the episode has a primary code: say which, and what should stand there")
            elif row.trust_code is not None and (not codes or codes[0] != row.trust_code):
                fault(row, "trust_code", "is not the primary code that the episode has")
            elif row.trust_code is None:
                add(row, None, primary, row.external_code, (-1, 0))
            else:
                elsewhere = next((at for at, c in free.items() if at > 0 and c == row.external_code), None)
                if elsewhere is not None and row.error_type in (None, ErrorType.sequence):
                    # Our code for it stands further down: the place is wrong, and what we had first is a secondary.
                    first = elsewhere
                    ours = free.pop(elsewhere)
                    day = on[elsewhere]
                    theirs = row.external_on or day
                    made.append(
                        Place(
                            side, primary, elsewhere, ours, day, row.external_code, theirs, ErrorType.sequence, row,
                            (-1, 0),
                        )
                    )  # fmt: skip
                else:
                    add(row, 0, primary, row.external_code, (-1, 0))
            continue
        if row.trust_code is None:
            add(row, None, secondary, row.external_code, (10_000, row.row))
            continue
        at = next((a for a, c in free.items() if c == row.trust_code and (a > 0 or first > 0)), None)
        if at is None:
            fault(row, "trust_code", "is not among the codes of this class that the episode has, or is named twice")
        else:
            add(row, at, secondary, row.external_code, (at, 0))
    for at, code in free.items():
        klass = primary if at == 0 and first == 0 else secondary
        order = (-1, 0) if klass is primary else (at, 0)
        made.append(Place(side, klass, at, code, on[at], code, on[at], None, None, order, moved=at == 0 and first > 0))
    made.sort(key=lambda p: p.order)
    place = 0
    for p in made:
        if p.auditor_code is not None:
            p.auditor_at, place = place, place + 1
    return made
