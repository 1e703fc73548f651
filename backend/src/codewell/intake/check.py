"""Checks a batch of messages column by column and makes the rows to stage; each row comes out good or with a reason.

The frame that comes in has one text column per field of ``fields.PARSERS`` (null where nothing was sent), the codes as
comma-separated text in ``dx``, ``px`` and ``px_dates``, ``names_spell``, and ``idx``. Distinct values are parsed once.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl
from xxhash import xxh3_128_hexdigest

from codewell.intake import fields
from codewell.intake.fields import Bad, Fault

DATES: Final = ("birth_on", "admitted_on", "discharged_on", "started_on", "ended_on")
INSTANTS: Final = ("source_at", "coded_at")
TYPES: Final[dict[str, Any]] = (  # Any: polars types
    dict.fromkeys(DATES, pl.Date)
    | {name: pl.Datetime("us", "UTC") for name in INSTANTS}
    | {"episode_number": pl.Int16, "last_episode": pl.Boolean}
)
COLUMNS: Final = (*fields.PARSERS, "dx", "px", "px_dates")
NEEDED: Final = ("source_at", "message_id", "spell_number", "episode_number")
NEEDED_TO_UPSERT: Final = ("local_patient_id", "started_on", "ended_on")
MISSING: Final = "is missing"
CLOCKS_MAY_DIFFER: Final = dt.timedelta(minutes=10)

_WORD = r"(?:[A-Za-z][A-Za-z0-9/_-]{0,%d}|[0-9]{1,%d})"
PLAIN: Final = {
    "message_id": r"[A-Za-z0-9:._/-]{1,100}",
    "spell_number": _WORD % (19, 20),
    "local_patient_id": _WORD % (19, 20),
    "nhs_number": r"[0-9]{10}",
    "consultant_code": _WORD % (11, 12),
    "site_code": _WORD % (8, 9),
    "ward_code": _WORD % (19, 20),
}
"""Keys of this shape are already as their parsers would return them."""
_WHOLE: Final = {name: f"^{shape}$" for name, shape in PLAIN.items()}
DX, PX, FILLED = r"[A-Z][0-9]{2}[0-9]{0,2}", r"[A-Z][0-9]{2}[0-9]?", r"([A-Z][0-9]{2})X-?"
"""The shapes of codes in capitals and without dots, and of one that is filled up to its fourth place."""
FEW: Final = 2_000
"""Up to so many rows, plain lists are quicker than a dozen operations on each column."""
_LISTS: Final = {"dx": f"^{DX}(?:,{DX})*$", "px": f"^{PX}(?:,{PX})*$"}

_cache: dict[str, dict[str, Any]] = {}


@dataclass(slots=True)
class Checked:
    """What a batch came to: rows to stage (without the newest-in-batch marks) and the faults of the others, by idx."""

    good: pl.DataFrame
    faults: dict[int, list[Fault]] = field(default_factory=dict)


def empty_columns(height: int) -> dict[str, pl.Series]:
    """Return a null text column for every field."""
    return {name: pl.Series(name, [None] * height, dtype=pl.String) for name in COLUMNS}


def check(
    frame: pl.DataFrame,
    *,
    provider: str,
    now: dt.datetime,
    today: dt.date,
    known_bad: dict[int, list[Fault]] | None = None,
) -> Checked:
    """Return the good rows ready to stage, and why each of the others is not."""
    faults: dict[int, list[Fault]] = known_bad if known_bad is not None else {}

    def blame(rows: Iterable[int], fault: Fault) -> None:
        for row in rows:
            known = faults.setdefault(row, [])
            # What could not be read is not missing too.
            same = {fault.field, "patient"} if fault.field == "local_patient_id" else {fault.field}
            if not (fault.reason.startswith(MISSING) and any(f.field.rpartition("/")[2] in same for f in known)):
                known.append(fault)

    typed = frame.with_columns(_parsed(frame, blame))
    typed = typed.with_columns(pl.col("feed_action").fill_null("upsert").alias("action"))
    typed = _with_codes(typed, blame)
    _missing(typed, frame, blame)
    _contradictions(typed, provider, now, today, blame)
    if faults:
        typed = typed.filter(~pl.col("idx").is_in(list(faults)))
    return Checked(_ready(typed, provider), faults)


Blame = Callable[[Iterable[int], Fault], None]


def _parsed(frame: pl.DataFrame, blame: Blame) -> list[pl.Series]:
    out: list[pl.Series] = []
    for name, parse in fields.PARSERS.items():
        column = frame[name]
        if column.null_count() == column.len():
            out.append(pl.Series(name, [None] * column.len(), dtype=TYPES.get(name, pl.String)))
            continue
        few = column.to_list() if column.len() <= FEW else None
        distinct = [] if few is None else list({*few} - {None})
        plain = _WHOLE.get(name)
        if plain is not None and (
            column.str.contains(plain).all() if few is None else all(re.fullmatch(plain, raw) for raw in distinct)
        ):
            continue
        if few is None:
            if name in DATES:
                days = _iso_days(column)
                if days is not None:
                    out.append(days)
                    continue
            distinct = column.drop_nulls().unique().to_list()
        known = _cache.setdefault(name, {})
        if len(known) > 200_000:
            known.clear()
        same = name not in TYPES
        for raw in distinct:
            if raw not in known:
                try:
                    known[raw] = parse(raw)
                except Bad as bad:
                    known[raw] = bad
            value = known[raw]
            if type(value) is Bad:
                rows = frame["idx"].filter(column == raw).to_list()
                blame(rows, Fault(name, value.reason, value.what_to_do, value.quarantine))
                same = False
            elif value != raw:
                same = False
        if same:
            continue
        values = [None if type(known[raw]) is Bad else known[raw] for raw in distinct]
        if few is not None:
            read = dict(zip(distinct, values, strict=True))
            out.append(pl.Series(name, [read.get(raw) for raw in few], dtype=TYPES.get(name, pl.String)))
            continue
        new = pl.Series(values, dtype=TYPES.get(name, pl.String))
        out.append(column.replace_strict(distinct, new, default=None, return_dtype=new.dtype).alias(name))
    return out


def _iso_days(column: pl.Series) -> pl.Series | None:
    """Return the column as dates when every value is written CCYY-MM-DD and is a sane day; else None."""
    if not (column.str.len_bytes() == 10).all():
        return None
    days = column.str.to_date("%Y-%m-%d", strict=False)
    if days.null_count() != column.null_count():
        return None
    first, last = days.min(), days.max()
    if not isinstance(first, dt.date) or not isinstance(last, dt.date) or first.year < 1880 or last.year > 2100:
        return None
    return days


_SHAPES: Final = {
    "dx": "Send the code alone, one in each place, such as I21.4 or I214; not what it means.",
    "px": "Send the code alone, one in each place, such as K63.1 or K631; not what it means.",
}


def _no_code(name: str, cells: list[str]) -> tuple[str, str]:
    """Return why the first of these cells is no code, and what to do about it."""
    if cells[0].strip():
        what = "an ICD-10" if name == "dx" else "an OPCS-4"
        return f"does not have the shape of {what} code", _SHAPES[name]
    if any(cell.strip() for cell in cells):
        return "is empty, but later ones are not", "Send the codes in order, without gaps."
    return "is an empty code", "Send the code, or leave the item out: no code at all is an empty list."


def _with_codes(frame: pl.DataFrame, blame: Blame) -> pl.DataFrame:
    """Normalise codes and their dates; ``dx_raw`` and ``px_raw`` stay where that changed anything."""
    made = []
    for name, parse in (("dx", fields.icd10), ("px", fields.opcs4)):
        raw = frame[name]
        normal = (
            raw.str.to_uppercase().str.replace_all(".", "", literal=True).str.replace_all(f"{FILLED}(,|$)", "${1}${2}")
        )
        odd = frame.select("idx", raw=raw, bad=~normal.str.contains(_LISTS[name])).filter(
            pl.col("bad").fill_null(value=False)
        )
        if odd.height:
            fixed: dict[int, str | None] = {}
            for idx, text, _ in odd.iter_rows():
                codes = [parse(c) for c in text.split(",")]
                for place, value in enumerate(codes, start=1):
                    if value is None:
                        reason, what_to_do = _no_code(name, text.split(",")[place - 1 :])
                        blame([idx], Fault(f"{name}_{place}", reason, what_to_do, False))
                fixed[idx] = None if None in codes else ",".join(c for c in codes if c is not None)
            at = {idx: row for row, idx in enumerate(frame["idx"].to_list())}
            values = normal.to_list()
            for idx, text_or_none in fixed.items():
                values[at[idx]] = text_or_none
            normal = pl.Series(name, values, dtype=pl.String)
        made += [normal.alias(name), raw.alias(f"{name}_raw")]
    made.append(_procedure_days(frame, blame))
    return frame.with_columns(made)


def _procedure_days(frame: pl.DataFrame, blame: Blame) -> pl.Series:
    """Return the procedures' dates as ISO text, with nothing between the commas where none was sent."""
    column = frame["px_dates"]
    cells = column.drop_nulls().str.split(",").explode().unique().to_list()
    known = _cache.setdefault("px_dates", {"": ""})
    plain = True
    for raw in cells:
        if raw not in known:
            try:
                known[raw] = fields.sane_day(raw.strip()).isoformat()
            except Bad as bad:
                known[raw] = bad
        plain = plain and known[raw] == raw
    if plain:
        return column
    out: list[str | None] = []
    for idx, text in zip(frame["idx"].to_list(), column.to_list(), strict=True):
        days = [] if text is None else [known[raw] for raw in text.split(",")]
        for place, value in enumerate(days, start=1):
            if type(value) is Bad:
                blame([idx], Fault(f"px_date_{place}", value.reason, value.what_to_do, False))
        out.append(None if text is None else ",".join("" if type(d) is Bad else d for d in days))
    return pl.Series("px_dates", out, dtype=pl.String)


def _missing(typed: pl.DataFrame, frame: pl.DataFrame, blame: Blame) -> None:
    for name in (*NEEDED, *NEEDED_TO_UPSERT):
        empty = frame[name].is_null()
        if name in NEEDED_TO_UPSERT:
            empty = empty & (typed["action"] == "upsert").fill_null(value=True)
        if empty.any():
            what = "Send the episode when it has ended." if name == "ended_on" else "Send it with every episode."
            blame(frame["idx"].filter(empty).to_list(), Fault(name, MISSING, what, False))


def _contradictions(typed: pl.DataFrame, provider: str, now: dt.datetime, today: dt.date, blame: Blame) -> None:
    col = pl.col
    upsert = col("action") == "upsert"
    look = "Correct it at the source and send the episode again, or put it right here and try again."
    both = f"Check both dates: they may be swapped, or one has a wrong year. {look}"
    rules: tuple[tuple[str, pl.Expr, str, str], ...] = (
        ("ended_on", upsert & (col("ended_on") < col("started_on")), "the episode ends before it starts", both),
        ("discharged_on", upsert & (col("discharged_on") < col("admitted_on")),
         "the discharge is before the admission", both),
        ("ended_on", upsert & (col("ended_on") > today), "the episode ends in the future",
         "Check the year, and day and month; an episode is sent when it has ended."),
        ("discharged_on", upsert & (col("discharged_on") > today), "the discharge is in the future",
         "Check the year, and day and month; leave it empty until the patient has gone."),
        ("started_on", upsert & (col("started_on") < col("admitted_on")),
         "the episode starts before the admission", both),
        ("ended_on", upsert & (col("ended_on") > col("discharged_on")), "the episode ends after the discharge", both),
        ("birth_on", upsert & (col("birth_on") > col("ended_on")), "the patient is born after the episode", both),
        (
            "provider", col("provider") != provider, "is another provider than the sender's",
            "Send it with that provider's own key, or correct the column.",
        ),
        (
            "source_at", col("source_at") > now + CLOCKS_MAY_DIFFER, "is in the future",
            "Check the sender's clock: a future time would hide every later message.",
        ),
        (
            "nhs_number", upsert & (col("nhs_number_status") == "01") & col("nhs_number").is_null(),
            "is missing, though its status says present and verified",
            "Send the number, or the status that is true (07: not present, and no trace is needed).",
        ),
        (
            "nhs_number", upsert & (col("nhs_number_status") == "01") & ~check_digit_fits(col("nhs_number")),
            "fails the check digit, though its status says verified",
            "Compare it with the PAS: a digit is wrong, or the status is not 01.",
        ),
    )  # fmt: skip
    marks = typed.select("idx", *(rule.fill_null(value=False).alias(str(n)) for n, (_, rule, _, _) in enumerate(rules)))
    for n, (name, _, reason, what) in enumerate(rules):
        mark = marks[str(n)]
        if mark.any():
            blame(marks["idx"].filter(mark).to_list(), Fault(name, reason, what, quarantine=True))


def check_digit_fits(number: pl.Expr) -> pl.Expr:
    """The modulus 11 check over a column of ten digits, as ``fields.check_digit_fits`` does it for one."""
    digit = [number.str.slice(n, 1).cast(pl.Int32, strict=False) for n in range(10)]
    total = pl.sum_horizontal(*(digit[n] * (10 - n) for n in range(9)))
    left = 11 - total % 11
    same = number == pl.concat_str(*[number.str.slice(0, 1)] * 10)
    return ~same & (left != 10) & (left % 11 == digit[9])


PATIENT = ("local_patient_id", "nhs_number", "nhs_number_status", "birth_on", "sex")
SPELL = (
    "admitted_on", "admission_method", "admission_source", "patient_class", "admin_category", "intended_management",
    "discharged_on", "discharge_method", "discharge_destination",
)  # fmt: skip
ATTRS = (
    "last_episode", "started_on", "ended_on", "consultant_code", "main_specialty_code", "treatment_function_code",
    "site_code", "ward_code", "neonatal_level_code", "operation_status_code",
)  # fmt: skip
BASIS = (
    "started_on", "ended_on", "sex", "admitted_on", "admission_method", "discharged_on", "discharge_method",
    "patient_class", "consultant_code", "main_specialty_code", "treatment_function_code",
)  # fmt: skip


def _joined(names: Iterable[str]) -> pl.Expr:
    return pl.concat_str(*(pl.col(n).cast(pl.String).fill_null("\x00") for n in names), separator="\x1f")


def _digests(column: pl.Series) -> pl.Series:
    digest = xxh3_128_hexdigest
    return pl.Series(
        [None if text is None else digest(text) for text in column.cast(pl.Binary).to_list()], dtype=pl.String
    )


def rising_ids(n: int) -> list[str]:
    """Return ``n`` new UUIDv7 as hex, as ``kit.ids`` makes them but for two fixed bits, without the objects.

    They rise, so that the rows of a batch go into the indexes on them one after the other.
    """
    start, noise = f"{int(time.time() * 1000):012x}7", os.urandom(9 * n).hex()
    return sorted(f"{start}{noise[a : a + 3]}8{noise[a + 3 : a + 18]}" for a in range(0, 18 * n, 18))


def _quoted(name: str) -> pl.Expr:
    value = pl.col(name)
    return pl.when(value.is_null()).then(pl.lit("NULL")).otherwise(pl.concat_str(pl.lit('"'), value, pl.lit('"')))


def _ready(typed: pl.DataFrame, provider: str) -> pl.DataFrame:
    """Return the frame as ``incoming`` wants it, arrays as literals, digests taken; the newest marks come later."""
    upsert = pl.col("action") == "upsert"
    n = typed.height
    frame = typed.with_columns(
        # From here on days are text: they are only joined, hashed and written.
        *(pl.col(name).cast(pl.String) for name in DATES),
        provider=pl.lit(provider),
        has_codes=upsert & (pl.col("dx").is_not_null() | pl.col("px").is_not_null()),
        names_patient=pl.col("local_patient_id").is_not_null(),
    ).with_columns(names_spell=pl.col("names_patient") & (upsert | pl.col("names_spell")))
    codes = pl.col("has_codes")
    frame = frame.with_columns(
        codes_source=pl.when(codes).then(pl.col("coding_source").fill_null("pas")),
        coder_ref=pl.when(codes).then(pl.col("coder_ref")),
        coded_at=pl.when(codes).then(pl.col("coded_at")),
        coded_us=pl.when(codes).then(pl.col("coded_at").dt.timestamp("us")),
        patient_text=pl.when("names_patient").then(_joined(PATIENT)),
        spell_text=pl.when("names_spell").then(_joined(SPELL)),
        attrs_text=pl.when(upsert).then(_joined(ATTRS)).otherwise(pl.lit("delete")),
        codes_text=pl.when(codes).then(
            pl.concat_str(
                pl.col("dx").fill_null(""), pl.lit("|"), pl.col("px").fill_null(""), pl.lit("|"),
                pl.when(pl.col("px").is_not_null()).then(pl.col("px_dates")).fill_null(""),
            )
        ),
    )  # fmt: skip
    frame = frame.with_columns(
        patient_digest=_digests(frame["patient_text"]),
        spell_digest=_digests(frame["spell_text"]),
        attrs_digest=_digests(frame["attrs_text"]),
        codes_digest=_digests(frame["codes_text"]),
    )
    whole = frame.select(
        _joined(
            (
                "action", "spell_number", "episode_number", "patient_digest", "spell_digest", "attrs_digest",
                "codes_digest", "codes_source", "coder_ref", "coded_us",
            )
        )
    ).to_series()  # fmt: skip
    braces = {
        name: pl.when(codes).then(pl.concat_str(pl.lit("{"), text.fill_null(""), pl.lit("}")))
        for name, text in (("diagnoses", pl.col("dx")), ("procedures", pl.col("px")))
    }
    days = pl.col("px_dates")
    spaced = pl.concat_str(pl.lit(","), days, pl.lit(",")).str.replace_all(",,", ",NULL,", literal=True)
    spaced = spaced.str.replace_all(",,", ",NULL,", literal=True).str.strip_chars(",")
    days = pl.when(days.str.contains(r"^,|,,|,$|^$")).then(spaced).otherwise(days)
    blank = pl.when(pl.col("px_dates") == "").then(pl.lit("NULL")).otherwise(days)
    changed = (pl.col("dx") != pl.col("dx_raw")).fill_null(value=False) | (pl.col("px") != pl.col("px_raw")).fill_null(
        value=False
    )
    return frame.with_columns(
        digest=_digests(whole),
        new_episode_id=pl.Series(rising_ids(n), dtype=pl.String),
        new_patient_id=pl.Series(rising_ids(n), dtype=pl.String),
        basis=pl.when(upsert).then(
            pl.concat_str(
                pl.lit("{"), pl.concat_str(*(_quoted(name) for name in BASIS), separator=","), pl.lit("}")
            )
        ),
        procedure_dates=pl.when(codes & pl.col("px").is_not_null())
        .then(pl.concat_str(pl.lit("{"), blank, pl.lit("}")))
        .when(codes)
        .then(pl.lit("{}")),
        codes_raw=pl.when(codes & changed).then(
            pl.concat_str(
                pl.lit('{"diagnoses": '), _json_list("dx_raw"), pl.lit(', "procedures": '), _json_list("px_raw"),
                pl.lit("}"),
            )
        ),
        **braces,
    )  # fmt: skip


def _json_list(name: str) -> pl.Expr:
    """A JSON array of the raw codes; codes that could be read hold nothing that needs escaping."""
    body = pl.col(name).str.replace_all(",", '", "', literal=True)
    return pl.when(pl.col(name).is_null()).then(pl.lit("[]")).otherwise(pl.concat_str(pl.lit('["'), body, pl.lit('"]')))
