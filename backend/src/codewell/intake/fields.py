"""How one cell is read, field by field: a value, or a reason and what to do about it. Never echoes what was sent."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from codewell.codesets.rules import System, is_code_shaped, normalise
from codewell.episodes.rules import DocumentKind

LONDON = ZoneInfo("Europe/London")


class Bad(ValueError):
    """This cell cannot be taken as it is."""

    def __init__(self, reason: str, what_to_do: str, *, quarantine: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.what_to_do, self.quarantine = reason, what_to_do, quarantine


class Fault(NamedTuple):
    """One thing wrong with one row; ``quarantine`` when it can be read but contradicts itself or us."""

    field: str
    reason: str
    what_to_do: str
    quarantine: bool
    column: str | None = None
    """What the file itself calls the field."""


Value = str | int | bool | dt.date | dt.datetime
Parser = Callable[[str], Value]

_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+")
_SERIAL = re.compile(r"[1-6][0-9]{4}(?:[.,][0-9]+)?")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ][0-9:.]+(?:Z|[+-][0-9:]{2,6})?)?")
_UK = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})(?: [0-9:]+)?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_DECIMALS = re.compile(r"[0-9]+[.,][0-9]+")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[/. -](?:[0-9]{1,2}|[A-Za-z]{3,9})[/. -][0-9]{2}(?: [0-9:]+)?")
_MONTH_NAME = re.compile(
    r"[0-9]{1,2}[/. -]?[A-Za-z]{3,9}[/. -]?[0-9]{2,4}(?: [0-9:]+)?|[A-Za-z]{3,9}[ .]+[0-9]{1,2},? +[0-9]{4}"
)
_DAY_FIRST = re.compile(r"([0-9]{2})([0-9]{2})((?:18|19|20)[0-9]{2})")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./_-]*")

LOST_DIGITS: Final = "digits were lost: a spreadsheet turned the number into scientific notation"
AS_TEXT: Final = "Export it again with this column as text; do not open the file in a spreadsheet in between."


def day(raw: str) -> dt.date:
    """Return a date written 2026-11-12, 12/11/2026 or 20261112; a time after it is left out."""
    if _swapped(raw):
        raise Bad(
            "there is no such month: day and month are probably swapped", "Send the date as CCYY-MM-DD, or DD/MM/CCYY."
        )
    try:
        if match := _ISO.fullmatch(raw):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if match := _COMPACT.fullmatch(raw):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if match := _UK.fullmatch(raw):
            return dt.date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        if _DAY_FIRST.fullmatch(raw):
            raise Bad("the day comes first and nothing stands between", "Send the date as CCYY-MM-DD.") from None
        raise Bad(
            "there is no such day in the calendar", "Correct the date; where there is none, leave it empty."
        ) from None
    if _SERIAL.fullmatch(raw):
        raise Bad(
            "this is a spreadsheet's serial number, not a date",
            "Give the column the format YYYY-MM-DD in the spreadsheet and save it as CSV again, or send the file as "
            "the source system wrote it.",
        )
    if _SCIENTIFIC.fullmatch(raw):
        raise Bad(LOST_DIGITS, AS_TEXT)
    if _SHORT_YEAR.fullmatch(raw):
        raise Bad("the year has two digits, which leaves the century open", "Send the year whole, as in CCYY-MM-DD.")
    if _MONTH_NAME.fullmatch(raw):
        raise Bad("the month is written as a word", "Send the date as CCYY-MM-DD.")
    raise Bad("is not a date", "Send the date as CCYY-MM-DD.")


def _swapped(raw: str) -> bool:
    """Say whether a date has its month where the day belongs, which only a day above 12 gives away."""
    match = _ISO.fullmatch(raw)
    if match:
        month, day_ = int(match[2]), int(match[3])
    else:
        match = _UK.fullmatch(raw)
        if not match:
            return False
        day_, month = int(match[1]), int(match[2])
    return 12 < month <= 31 and 1 <= day_ <= 12


def sane_day(raw: str) -> dt.date:
    """Return a date that a patient of ours can have."""
    value = day(raw)
    if not 1880 <= value.year <= 2100:
        raise Bad(
            "is not a date that a patient of today can have", "Check the year; where there is no date, leave it empty."
        )
    return value


def instant(raw: str) -> dt.datetime:
    """Return an instant; one without an offset is London time (the earlier, where clocks going back make two)."""
    try:
        at = dt.datetime.fromisoformat(raw)
    except ValueError:
        what = "Send it as 2026-11-12T09:30:00Z."
        if _SERIAL.fullmatch(raw):
            raise Bad("this is a spreadsheet's serial number, not an instant", what) from None
        raise Bad("is not a date with a time", what) from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=LONDON)
    if not 1990 <= at.year <= 2100:
        raise Bad("is not an instant in living memory", "Check the year.")
    return at.astimezone(dt.UTC)


def exact_instant(raw: str) -> dt.datetime:
    """Return an instant that says its own offset, as those of JSON have to."""
    at = instant(raw)
    if dt.datetime.fromisoformat(raw).tzinfo is None:
        raise Bad("does not say its offset from UTC", NEEDS_OFFSET)
    return at


NEEDS_OFFSET: Final = "Send it with its offset: 2026-11-12T09:30:00Z, or 2026-06-12T10:30:00+01:00 in summer time."


def word(limit: int) -> Parser:
    """Return a parser of codes and numbers of up to ``limit`` letters, digits and simple marks."""

    def parse(raw: str) -> str:
        if _SCIENTIFIC.fullmatch(raw):
            raise Bad(LOST_DIGITS, AS_TEXT)
        if len(raw) > limit:
            raise Bad(f"is longer than {limit} characters", "Send the code or number itself, not a name.")
        if not _SAFE.fullmatch(raw):
            raise Bad("holds characters that such a code cannot have", "Send letters, digits, spaces and . / _ - only.")
        return raw

    return parse


def code(length: int, *, upper: bool = True) -> Parser:
    """Return a parser of a national code of a fixed length, which spreadsheets like to shorten."""

    def parse(raw: str) -> str:
        value = raw.upper() if upper else raw
        if len(value) == length and value.isalnum() and value.isascii():
            return value
        if value.isdigit() and len(value) < length:
            raise Bad(f"has {len(value)} of {length} characters: a leading zero was probably lost", AS_TEXT)
        if _DECIMALS.fullmatch(value):
            raise Bad("has decimals: a program took the code for a figure", AS_TEXT)
        size = f"{length} character{'s' if length > 1 else ''}"
        if value.lstrip("0").isdigit() and len(value.lstrip("0")) <= length:
            raise Bad(f"has more than {size}", f"Send the national code of {size}, without zeros before it.")
        raise Bad(f"is not a code of {size}", f"Send the national code of {size}, not what it means.")

    return parse


def one_of(*values: str, hint: str) -> Parser:
    """Return a parser that takes just these words."""
    allowed = frozenset(values)

    def parse(raw: str) -> str:
        if raw.upper() in allowed:
            return raw.upper()
        if raw.lower() in allowed:
            return raw.lower()
        raise Bad("is not a value of this field", hint)

    return parse


def nhs_number_status(raw: str) -> str:
    """Return '01' to '08'."""
    if re.fullmatch(r"0[1-8]", raw):
        return raw
    if re.fullmatch(r"[1-8]", raw):
        raise Bad("lost its leading zero", AS_TEXT)
    raise Bad("is not a status from 01 to 08", "Send the national code: 01 if the number is verified.")


def nhs_number(raw: str) -> str:
    """Return ten digits; whether they are a true NHS number is another question (``check_digit_fits``)."""
    value = raw.replace(" ", "").replace("-", "")
    if len(value) == 10 and value.isdigit() and value.isascii():
        return value
    if _SCIENTIFIC.fullmatch(raw):
        raise Bad(LOST_DIGITS, AS_TEXT)
    if value.isdigit() and len(value) == 9:
        raise Bad("has nine digits: a leading zero was probably lost in a spreadsheet", AS_TEXT)
    if _DECIMALS.fullmatch(raw):
        raise Bad("has decimals: a program took the number for a figure", AS_TEXT)
    raise Bad(
        "is not ten digits", "Send the ten digits; where there is no number, leave it empty and send the true status."
    )


def episode_number(raw: str) -> int:
    """Return 1 to 87; 98 and 99 mean that there is no number."""
    if re.fullmatch(r"0?[0-9]{1,2}", raw):
        value = int(raw)
        if 1 <= value <= 87:
            return value
        if value in {98, 99}:
            raise Bad("98 and 99 say that there is no episode number", "Send the order of the episode in its spell.")
    whole = "Send the order of the episode in its spell, a whole number from 1 to 87."
    if _DECIMALS.fullmatch(raw):
        raise Bad("has decimals", whole)
    if _SCIENTIFIC.fullmatch(raw):
        raise Bad(LOST_DIGITS, AS_TEXT)
    raise Bad("is not a whole number from 1 to 87", whole)


def last_episode(raw: str) -> bool:
    """Return whether this is the spell's last episode: 1 or true, 2 or false (HES: Y, N)."""
    value = raw.lower()
    if value in {"1", "true", "y", "yes"}:
        return True
    if value in {"2", "0", "false", "n", "no"}:
        return False
    raise Bad("is neither 1 (last) nor 2 (not last)", "Send 1 or 2; leave it empty where it is not known.")


def line(limit: int) -> Parser:
    """Return a parser of one line of plain text."""

    def parse(raw: str) -> str:
        if len(raw) > limit:
            raise Bad(f"is longer than {limit} characters", "Shorten it.")
        if any(ord(c) < 32 or ord(c) == 127 for c in raw):
            raise Bad("holds a character that cannot be stored", "Remove control characters.")
        return raw

    return parse


def provider(raw: str) -> str:
    """Return an organisation code, in capitals however it was typed."""
    value = word(6)(raw)
    return str(value).upper()


_KINDS: Final = tuple(kind.value for kind in DocumentKind)


def document_kind(raw: str) -> str:
    """Return one of the kinds of document that we know."""
    if raw in _KINDS:
        return raw
    value = re.sub(r"[ -]+", "_", raw.lower())
    near = "in small letters with underscores" if value in _KINDS else "other where none of them fits"
    raise Bad("is not a kind of document that we know", f"Send one of {', '.join(_KINDS)}: {near}.")


PARSERS: Final[dict[str, Parser]] = {
    "provider": provider,
    "source_at": instant,
    "message_id": line(100),
    "feed_action": one_of("upsert", "delete", hint="Send upsert or delete."),
    "spell_number": word(20),
    "episode_number": episode_number,
    "last_episode": last_episode,
    "local_patient_id": word(20),
    "nhs_number": nhs_number,
    "nhs_number_status": nhs_number_status,
    "birth_on": sane_day,
    "sex": one_of("0", "1", "2", "9", "X", hint="Send 1 (male), 2 (female), 9 (indeterminate) or X (not known)."),
    "admitted_on": sane_day,
    "admission_method": code(2),
    "admission_source": code(2),
    "patient_class": code(1),
    "admin_category": code(2),
    "intended_management": code(1),
    "discharged_on": sane_day,
    "discharge_method": code(1),
    "discharge_destination": code(2),
    "started_on": sane_day,
    "ended_on": sane_day,
    "consultant_code": word(12),
    "main_specialty_code": code(3),
    "treatment_function_code": code(3),
    "site_code": word(9),
    "ward_code": word(20),
    "neonatal_level_code": code(1),
    "operation_status_code": code(1),
    "coding_source": one_of("pas", "encoder", hint="Send pas or encoder."),
    "coded_at": instant,
    "coder_ref": line(100),
}

_OPCS4 = re.compile(r"([A-Z][0-9]{2})(?:\.?(?:X|([0-9])))?-?")


def icd10(raw: str) -> str | None:
    """Return an ICD-10 code without dot, filler and dagger or asterisk mark; None when it is not one by its shape."""
    code, _ = normalise(System.icd10, raw)
    return code if is_code_shaped(System.icd10, code) else None


def opcs4(raw: str) -> str | None:
    """Return an OPCS-4 code without dot and filler; None when it is not one by its shape."""
    match = _OPCS4.fullmatch(raw.strip().upper())
    return match[1] + (match[2] or "") if match else None


def check_digit_fits(number: str) -> bool:
    """Say whether ten digits pass the modulus 11 check of NHS numbers; ten equal digits never do."""
    digits = [int(c) for c in number]
    left = 11 - sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=False)) % 11
    return len(set(digits)) > 1 and left != 10 and left % 11 == digits[9]
