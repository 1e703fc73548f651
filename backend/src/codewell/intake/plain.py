"""Plain messages of a post, read, checked and written out for COPY as they stand, one after the other.

``items`` and ``check`` work through whole columns, and for the few hundred rows of a post making columns costs more
than reading rows. Here a message is taken whose every member is missing or is a text that its parser takes as it
stands. Whatever is not so (a fault, a contradiction, a withdrawal, a document, blanks around a value) is left to them:
they alone say what is wrong. ``test_plain`` holds the two roads together.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from operator import mul
from typing import Any, Final, NamedTuple

import polars as pl
from xxhash import xxh3_128_hexdigest

from codewell.episodes import incoming
from codewell.intake import fields
from codewell.intake.check import ATTRS, CLOCKS_MAY_DIFFER, DX, FILLED, PATIENT, PLAIN, PX, SPELL, rising_ids
from codewell.intake.fields import Bad

# Between the cells of a row, and for a cell that is null: neither may stand in a text that can be stored, and digests
# are taken over cells that are joined just so.
SEP, NULL = "\x1f", "\x00"
MANY: Final = 50_000
"""So many texts of one field are remembered before all of them are forgotten."""

# Too many of them, and too telling, to be remembered.
_KEYS: Final = re.compile(
    "\n".join((PLAIN["message_id"], PLAIN["spell_number"], PLAIN["local_patient_id"], f"(?:{PLAIN['nhs_number']})?"))
)
_MEMBERS: Final = frozenset(
    {
        "provider", "source_at", "message_id", "feed_action", "spell_number", "episode_number", "last_episode",
        "patient", "spell", "coding", "documents", *ATTRS,
    }
)  # fmt: skip
_OF_PATIENT, _OF_SPELL = frozenset(PATIENT), frozenset(SPELL)
_OF_CODING: Final = frozenset({"source", "coded_at", "coder_ref", "diagnoses", "procedures"})
_OF_PROCEDURE: Final = frozenset({"code", "on"})
_MOST_CODES: Final = 100
_NUMBERS: Final = {n: str(n) for n in range(1, 88)}
_TRUTHS: Final = {None: NULL, True: "true", False: "false"}
_WEIGHTS: Final = tuple(range(10, 1, -1))
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class NotPlain(Exception):
    """The message is one for the long road."""


class Message(NamedTuple):
    """One good message: what says which is the newest of its batch, and the rest of its row for COPY."""

    idx: int
    spell_number: str
    episode_number: str
    local_patient_id: str
    source_at: str
    message_id: str
    digest: str
    upsert: bool
    has_codes: bool
    names_spell: bool
    names_patient: bool
    rest: str


def _text(raw: object) -> str:
    """Return a text that is one storable line as it stands, which COPY takes as it is."""
    if type(raw) is not str or not raw or len(raw) > 200 or raw != raw.strip():
        raise NotPlain
    if not (raw.isascii() and raw.isprintable()) or "\\" in raw:
        raise NotPlain
    return raw


class _Cells(dict[Any, str]):
    """The cell that each text of a field becomes, remembered; ``NotPlain`` for what is not plain."""

    def __init__(self, parse: Callable[[str], object]) -> None:
        super().__init__({None: NULL, "": NULL})
        self.parse = parse

    def __missing__(self, raw: object) -> str:
        if raw is None or raw == "":
            # Forgotten a moment ago, by another post's thread.
            return NULL
        try:
            cell = str(self.parse(_text(raw)))
        except Bad:
            raise NotPlain from None
        if len(self) > MANY:
            self.clear()
        self[raw] = cell
        return cell


class _Instants(dict[Any, tuple[str, str]]):
    """The same for instants: as COPY has them, and in microseconds."""

    def __init__(self) -> None:
        super().__init__({None: (NULL, NULL), "": (NULL, NULL)})

    def __missing__(self, raw: object) -> tuple[str, str]:
        if raw is None or raw == "":
            return NULL, NULL
        try:
            at = fields.exact_instant(_text(raw))
        except Bad:
            raise NotPlain from None
        if len(self) > MANY:
            self.clear()
        made = f"{at:%Y-%m-%dT%H:%M:%S.%f}Z", str((at - _EPOCH) // dt.timedelta(microseconds=1))
        self[raw] = made
        return made


def _code(shape: str) -> Callable[[str], str]:
    whole, filled = re.compile(shape), re.compile(FILLED)

    def parse(raw: str) -> str:
        normal = raw.upper().replace(".", "")
        filler = filled.fullmatch(normal)
        normal = filler[1] if filler else normal
        if "," in raw or not whole.fullmatch(normal):
            raise NotPlain
        return normal

    return parse


class _Given(_Cells):
    """The same for what stands in a list, where an empty text is not the same as nothing."""

    def __init__(self, parse: Callable[[str], object]) -> None:
        super().__init__(parse)
        self.clear()

    def __missing__(self, raw: object) -> str:
        if raw is None or raw == "":
            raise NotPlain
        return super().__missing__(raw)


_SOURCE_AT, _CODED_AT = _Instants(), _Instants()
_PATIENT_CELLS = [(name, _Cells(fields.PARSERS[name])) for name in PATIENT[2:]]
_SPELL_CELLS = [(name, _Cells(fields.PARSERS[name])) for name in SPELL]
_ATTRS_CELLS = [(name, _Cells(fields.PARSERS[name])) for name in ATTRS[1:]]
_SOURCE, _CODER = _Cells(fields.PARSERS["coding_source"]), _Cells(fields.PARSERS["coder_ref"])
_DX, _PX = _Given(_code(DX)), _Given(_code(PX))
_DAY = _Cells(fields.sane_day)


def read(
    values: list[Any], provider: str, now: dt.datetime, today: dt.date
) -> tuple[list[Message], list[int]]:  # Any: JSON values
    """Return the messages of a post that are plain and good, and the places of those for the long road."""
    latest = f"{now + CLOCKS_MAY_DIFFER:%Y-%m-%dT%H:%M:%S.%f}Z"
    reader = _Reader(provider, latest, today.isoformat(), len(values))
    messages: list[Message] = []
    others: list[int] = []
    for idx, value in enumerate(values):
        try:
            messages.append(reader.message(idx, value))
        except (NotPlain, TypeError, KeyError, AttributeError):
            # A list where a text belongs cannot be looked up or joined, and has no members.
            others.append(idx)
    return messages, others


class _Reader:
    def __init__(self, provider: str, latest: str, today: str, n: int) -> None:
        self.provider, self.latest, self.today = provider, latest, today
        self.ids: Iterator[tuple[str, str]] = zip(rising_ids(n), rising_ids(n), strict=True)

    def message(self, idx: int, value: dict[str, Any]) -> Message:  # Any: JSON values
        get, patient, spell = value.get, value["patient"], value["spell"]
        if not (value.keys() <= _MEMBERS and patient.keys() <= _OF_PATIENT and spell.keys() <= _OF_SPELL):
            raise NotPlain
        if get("provider") not in {None, self.provider} or get("feed_action") not in {None, "upsert"}:
            raise NotPlain
        number, last = value["episode_number"], get("last_episode")
        if type(number) is not int or (last is not None and type(last) is not bool):
            raise NotPlain
        if value.get("documents", []) != []:
            raise NotPlain
        message_id, spell_number, local_patient_id = (
            value["message_id"], value["spell_number"], patient["local_patient_id"],
        )  # fmt: skip
        nhs_number = patient.get("nhs_number")
        nhs_number = "" if nhs_number is None else nhs_number
        if not _KEYS.fullmatch(f"{message_id}\n{spell_number}\n{local_patient_id}\n{nhs_number}") or not (
            type(message_id) is type(spell_number) is type(local_patient_id) is type(nhs_number) is str
        ):
            raise NotPlain
        episode_number, source_at = _NUMBERS[number], _SOURCE_AT[value["source_at"]][0]

        about = [local_patient_id, nhs_number or NULL, *[cells[patient.get(name)] for name, cells in _PATIENT_CELLS]]
        stay = [cells[spell.get(name)] for name, cells in _SPELL_CELLS]
        attrs = [_TRUTHS[last], *[cells[get(name)] for name, cells in _ATTRS_CELLS]]
        self._agree(source_at, about, stay, attrs)
        patient_text, spell_text, attrs_text = SEP.join(about), SEP.join(stay), SEP.join(attrs)
        patient_digest, spell_digest, attrs_digest = _digest(patient_text), _digest(spell_text), _digest(attrs_text)
        has_codes, codes, source, coder, coded_at, coded_us, codes_digest = _codes(get("coding"))
        digest = _digest(
            SEP.join(
                (
                    "upsert", spell_number, episode_number, patient_digest, spell_digest, attrs_digest, codes_digest,
                    source, coder, coded_us,
                )
            )
        )  # fmt: skip
        # In the order of BASIS.
        basis = (
            attrs[1], attrs[2], about[4], stay[0], stay[1], stay[6], stay[7], stay[3], attrs[3], attrs[4], attrs[5],
        )  # fmt: skip
        facts = '{"' + '","'.join(basis) + '"}'
        episode_id, patient_id = next(self.ids)
        rest = SEP.join(
            (
                "true" if has_codes else "false", source_at, digest, attrs_digest, episode_id, patient_id,
                self.provider, spell_number, message_id, "upsert", patient_text, patient_digest, spell_text,
                spell_digest, attrs_text, codes, source, coder, coded_at, codes_digest,
                facts.replace(f'"{NULL}"', "NULL") if NULL in facts else facts,
            )
        )  # fmt: skip
        return Message(
            idx, spell_number, episode_number, local_patient_id, source_at, message_id, digest,
            True, has_codes, True, True, rest,
        )  # fmt: skip

    def _agree(self, source_at: str, about: list[str], stay: list[str], attrs: list[str]) -> None:
        """Raise NotPlain where something is missing or contradicts; days and instants compare as they are written."""
        _, nhs_number, status, born, _ = about
        _, started, ended = attrs[:3]
        admitted, discharged = stay[0], stay[6]
        # NULL is less than any day.
        if NULL in {source_at, started, ended} or source_at > self.latest:
            raise NotPlain
        if ended < started or ended > self.today or started < admitted or born > ended:
            raise NotPlain
        if discharged != NULL and (discharged < admitted or discharged > self.today or ended > discharged):
            raise NotPlain
        if status == "01" and not _check_digit_fits(nhs_number):
            raise NotPlain


def _digest(text: str) -> str:
    return xxh3_128_hexdigest(text.encode())


def _check_digit_fits(number: str) -> bool:
    digits = number.encode()
    # Weighed with what "0" adds to each digit, which is taken off again.
    left = 11 - (sum(map(mul, digits, _WEIGHTS)) - 48 * 54) % 11
    return len(digits) == 10 and left != 10 and left % 11 == digits[9] - 48 and len(set(digits)) > 1


_NO_CODES: Final = (False, SEP.join([NULL] * 4), NULL, NULL, NULL, NULL, NULL)


def _codes(coding: dict[str, Any] | None) -> tuple[bool, str, str, str, str, str, str]:  # Any: JSON values
    """Return whether there are codes, their four cells, source, coder, when (as COPY has it; in us), and the digest."""
    if coding is None:
        return _NO_CODES
    if not coding.keys() <= _OF_CODING:
        raise NotPlain
    source, coder = _SOURCE[coding.get("source")], _CODER[coding.get("coder_ref")]
    coded_at, coded_us = _CODED_AT[coding.get("coded_at")]
    diagnoses, procedures = coding.get("diagnoses", []), coding.get("procedures", [])
    if type(diagnoses) is not list or type(procedures) is not list:
        raise NotPlain
    if len(diagnoses) > _MOST_CODES or len(procedures) > _MOST_CODES:
        raise NotPlain
    if not diagnoses and not procedures:
        return _NO_CODES
    dx_sent, px_sent = ",".join(diagnoses), ",".join([p["code"] for p in procedures])
    dx = ",".join([_DX[code] for code in diagnoses])
    px = ",".join([_PX[p["code"]] for p in procedures])
    days = []
    for procedure in procedures:
        if not procedure.keys() <= _OF_PROCEDURE:
            raise NotPlain
        days.append(_DAY[procedure.get("on")])
    px_dates = ",".join(days)
    cells = SEP.join(
        (
            f"{{{dx}}}", f"{{{px}}}", f"{{{px_dates.replace(NULL, 'NULL')}}}",
            NULL if (dx, px) == (dx_sent, px_sent) else
            f'{{"diagnoses": {_json_list(dx_sent)}, "procedures": {_json_list(px_sent)}}}',
        )
    )  # fmt: skip
    digest = _digest(f"{dx}|{px}|{px_dates.replace(NULL, '')}")
    return True, cells, "pas" if source == NULL else source, coder, coded_at, coded_us, digest


def _json_list(sent: str) -> str:
    return '["' + sent.replace(",", '", "') + '"]' if sent else "[]"


_TOPS: Final = ("top_attrs", "top_codes", "top_spell", "top_patient", "top_upsert")
_REST: Final = tuple(name for name in incoming.names("incoming") if name not in {"idx", "episode_number", *_TOPS})
_INSTANT: Final = "%Y-%m-%dT%H:%M:%S%.6fZ"


def messages_of(good: pl.DataFrame) -> Iterable[Message]:
    """Return what the long road found good in the form of this one, so that both are of one batch."""
    at = [pl.col(name).dt.strftime(_INSTANT) for name in ("source_at", "coded_at")]
    rows = good.with_columns(at).with_columns(
        pl.col(name).cast(pl.String) for name in ("idx", "episode_number", *_REST)
    )
    # What COPY would read as a mark of its own is marked as text.
    rest = [pl.col(name).str.replace_all("\\", "\\\\", literal=True).fill_null(NULL) for name in _REST]
    for row in rows.select(
        pl.col("idx").cast(pl.Int32), "spell_number", "episode_number", pl.col("local_patient_id").fill_null(""),
        "source_at", "message_id", "digest", pl.col("action") == "upsert", pl.col("has_codes") == "true",
        names_spell=pl.col("spell_digest").is_not_null(), names_patient=pl.col("patient_digest").is_not_null(),
        rest=pl.concat_str(rest, separator=SEP),
    ).rows():  # fmt: skip
        yield Message(*row)


def copy_text(messages: list[Message]) -> bytes:
    """Return a batch as COPY's text format, the newest of each episode, spell and patient marked (as ``with_tops``)."""
    newest: dict[tuple[str, ...], Message] = {}

    def meets(key: tuple[str, ...], message: Message) -> None:
        other = newest.get(key)
        if other is None or message[4:7] >= other[4:7]:
            newest[key] = message

    for m in messages:
        episode = (m.spell_number, m.episode_number)
        meets(("attrs", *episode), m)
        if m.upsert:
            meets(("upsert", *episode), m)
        if m.has_codes:
            meets(("codes", *episode), m)
        if m.names_spell:
            meets(("spell", m.spell_number), m)
        if m.names_patient:
            meets(("patient", m.local_patient_id), m)
    lines: list[str] = []
    for m in messages:
        episode = (m.spell_number, m.episode_number)
        tops = (
            newest["attrs", *episode] is m, newest.get(("codes", *episode)) is m,
            newest.get(("spell", m.spell_number)) is m, newest.get(("patient", m.local_patient_id)) is m,
            newest.get(("upsert", *episode)) is m,
        )  # fmt: skip
        lines.append(SEP.join((str(m.idx), m.episode_number, *("true" if top else "false" for top in tops), m.rest)))
    lines.append("")
    return "\n".join(lines).replace(SEP, "\t").replace(NULL, "\\N").encode()
