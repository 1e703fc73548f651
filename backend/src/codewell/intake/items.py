"""JSON messages, one by one, into the columns that ``check`` reads; an item that cannot be read is one fault."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl
from pydantic import TypeAdapter, ValidationError

from codewell.episodes.incoming import with_top_documents
from codewell.episodes.rules import content_digest
from codewell.intake import fields
from codewell.intake.check import CLOCKS_MAY_DIFFER, COLUMNS, MISSING, PATIENT, SPELL
from codewell.intake.fields import Bad, Fault
from codewell.intake.schemas import (
    CodeIn,
    CodingMessage,
    DocumentMessage,
    EpisodeDocument,
    EpisodeMessage,
    PatientMessage,
    SpellMessage,
)
from codewell.kit import clock, words
from codewell.kit.http import strict_json
from codewell.kit.wire import clean

_EPISODE: Final = TypeAdapter(EpisodeMessage)
_DOCUMENT: Final = TypeAdapter(DocumentMessage)
_OWN: Final = (
    "provider", "source_at", "message_id", "feed_action", "spell_number", "started_on", "ended_on", "consultant_code",
    "main_specialty_code", "treatment_function_code", "site_code", "ward_code", "neonatal_level_code",
    "operation_status_code",
)  # fmt: skip

Document = dict[str, Any]  # one row of incoming_document, without idx and top


@dataclass(slots=True)
class Items:
    """A batch of JSON items: text columns, their documents by item, and the faults of those that cannot be read."""

    frame: pl.DataFrame
    documents: dict[int, list[Document]] = field(default_factory=dict)
    faults: dict[int, list[Fault]] = field(default_factory=dict)


def _shape_faults(error: ValidationError) -> list[Fault]:
    out: dict[str, Fault] = {}
    for one in error.errors(include_url=False, include_input=False)[:20]:
        where = _known("/".join(str(p) for p in one["loc"] if p not in {"int", "constrained-str", "function-after"}))
        reason = words.of_value(one)
        if where == "episode_number" and one["type"] != "missing":
            reason = "must be a whole number from 1 to 87"
        if one["type"] in _ADVICE:
            what_to_do = _ADVICE[one["type"]]
        elif where == "episode_number":
            what_to_do = "Send the order of the episode in its spell."
        else:
            what_to_do = "Correct it as the description of this operation says."
        out.setdefault(where, Fault(where, reason, what_to_do, False))
    return list(out.values())


_ADVICE: Final = {
    "missing": "Send it with every message.",
    "extra_forbidden": "Leave it out, or check its spelling.",
    "string_type": "Send it as text in double quotes, or leave it out.",
    "string_too_long": "Send the code or number itself.",
    "bool_type": "Send true or false, or leave it out.",
}


def _known(where: str) -> str:
    """A member's place; a name that is not ours may be anything, so only its beginning is repeated in plain ASCII."""
    return re.sub(r"[^ -~]", "?", where)[:80] or "item"


_CODE_PLACE: Final = re.compile(r"(dx|px|px_date)_([0-9]+)")
_WITHIN: Final = (
    {name: f"patient/{name}" for name in PATIENT}
    | {name: f"spell/{name}" for name in SPELL}
    | {"coding_source": "coding/source", "coded_at": "coding/coded_at", "coder_ref": "coding/coder_ref"}
)


def as_sent(field_name: str) -> str:
    """Return where a field of ours stands in a nested message: ``dx_1`` is ``coding/diagnoses/0``."""
    place = _CODE_PLACE.fullmatch(field_name)
    if place is None:
        return _WITHIN.get(field_name, field_name)
    kind, n = place[1], int(place[2]) - 1
    return f"coding/diagnoses/{n}" if kind == "dx" else f"coding/procedures/{n}/{'on' if kind == 'px_date' else 'code'}"


def named_as_sent(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults of a nested message under the sender's own names, each told once.

    What could not be read is not missing as well.
    """
    named = {(name := as_sent(f.field), f.reason): f._replace(field=name) for f in faults}
    unread = {name for name, reason in named if reason != MISSING}
    return [f for (name, reason), f in named.items() if reason != MISSING or name not in unread]


NOT_AN_OBJECT: Final = Fault("item", "is not an object", "Send one object per episode.", False)
NOT_STORABLE: Final = Fault("", "contains a character that cannot be stored", "Remove control characters.", False)


def read_items(
    values: list[Any], known: dict[int, list[Fault]] | None = None, *, only: Iterable[int] | None = None
) -> Items:
    """Return the columns of episode messages; those that ``known`` says faults of already are passed over.

    ``only`` names the places of those to read, where the others have been read already.

    What can be read of a message with faults is in the frame too, so that all that is wrong with it is told at once.
    """
    now = clock.now()
    rows: list[dict[str, str | None]] = []
    names_spell: list[bool] = []
    index: list[int] = []
    items = Items(pl.DataFrame(), faults=dict(known or {}))
    for idx in range(len(values)) if only is None else only:
        value = values[idx]
        if idx in items.faults:
            continue
        if not isinstance(value, dict):
            items.faults[idx] = [NOT_AN_OBJECT]
            continue
        faults: list[Fault] = []
        try:
            message = _EPISODE.validate_python(value)
        except ValidationError as error:
            faults += _shape_faults(error)
            message = _readable(value)
        cells = _cells(message)
        # Nearly always all of it is plain; only else is each cell looked at by itself.
        if not storable("".join(cell for cell in cells.values() if cell)):
            for name in [name for name, cell in cells.items() if cell is not None and not storable(cell)]:
                faults.append(NOT_STORABLE._replace(field=name))
                cells[name] = None
        for name in ("source_at", "coded_at"):
            if not _says_offset(cells.get(name)):
                faults.append(Fault(name, "does not say its offset from UTC", fields.NEEDS_OFFSET, False))
                cells[name] = None
        documents, wrong = _documents(message, now)
        faults += wrong
        if (message.feed_action or "").strip().lower() != "delete":
            for name in ("spell", "patient"):
                if value.get(name) is None:
                    faults.append(Fault(name, "is missing", f"Send the {name} with every episode.", False))
        if faults:
            items.faults[idx] = faults
        elif documents:
            items.documents[idx] = documents
        rows.append(cells)
        names_spell.append(message.spell is not None)
        index.append(idx)
    frame = pl.DataFrame(
        {"idx": index, **{name: [cells.get(name) for cells in rows] for name in COLUMNS}, "names_spell": names_spell},
        schema={"idx": pl.Int32} | dict.fromkeys(COLUMNS, pl.String) | {"names_spell": pl.Boolean},
    )
    plain = [pl.col(name).str.strip_chars() for name in COLUMNS if name not in {"dx", "px", "px_dates"}]
    items.frame = frame.with_columns(pl.when(cell.str.len_bytes() > 0).then(cell).name.keep() for cell in plain)
    return items


def _says_offset(cell: str | None) -> bool:
    """Say whether an instant has its offset; what is no instant at all is for others to say."""
    if cell is None or not cell.strip() or cell.rstrip().endswith(("Z", "z")):
        return True
    try:
        return dt.datetime.fromisoformat(cell.strip()).tzinfo is not None
    except ValueError:
        return True


def _texts(value: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return the members of a JSON object that are text as they should be, the others as if they had not come."""
    got = value if isinstance(value, dict) else {}
    return {n: v if isinstance(v := got.get(n), str) and len(v) <= 2000 else None for n in names}


def _readable(value: dict[str, Any]) -> EpisodeMessage:
    """Return what can be read of a message that is not as it should be, to look for what else is wrong with it."""
    number, last, coding, documents = (
        value.get(n) for n in ("episode_number", "last_episode", "coding", "documents")
    )  # fmt: skip
    diagnoses = coding.get("diagnoses") if isinstance(coding, dict) else None
    procedures = coding.get("procedures") if isinstance(coding, dict) else None
    codes = [CodeIn.model_construct(**_texts(p, ("code", "on"))) for p in _listed(procedures)]
    return EpisodeMessage.model_construct(
        **_texts(value, _OWN),
        episode_number=number if isinstance(number, int | str) and not isinstance(number, bool) else "",
        last_episode=last if isinstance(last, bool) else None,
        patient=PatientMessage.model_construct(**_texts(value.get("patient"), PATIENT)),
        spell=SpellMessage.model_construct(**_texts(value.get("spell"), SPELL)),
        coding=CodingMessage.model_construct(
            **_texts(coding, ("source", "coded_at", "coder_ref")),
            diagnoses=[code for code in map(_alone, _listed(diagnoses)) if isinstance(code, str)],
            procedures=[code for code in codes if code.code is not None],
        ),
        documents=[EpisodeDocument.model_construct(**_texts(d, _DOCUMENT_TEXTS)) for d in _listed(documents)],
    )


_DOCUMENT_TEXTS: Final = tuple(EpisodeDocument.model_fields)


def _alone(diagnosis: object) -> object:
    return diagnosis.get("code") if isinstance(diagnosis, dict) else diagnosis


def _listed(value: object) -> list[Any]:
    return value[:100] if isinstance(value, list) else []


def storable(cell: str) -> bool:
    """Say whether a cell is one line of text that can be stored."""
    if cell.isascii() and cell.isprintable():
        return True
    try:
        return clean(cell) is not None and "\n" not in cell and "\r" not in cell and "\t" not in cell
    except ValueError:
        return False


def _cells(m: EpisodeMessage) -> dict[str, str | None]:
    cells: dict[str, str | None] = {name: getattr(m, name) for name in _OWN}
    cells["episode_number"] = str(m.episode_number)
    cells["last_episode"] = None if m.last_episode is None else ("1" if m.last_episode else "2")
    if m.patient is not None:
        cells |= {name: getattr(m.patient, name) for name in PATIENT}
    if m.spell is not None:
        cells |= {name: getattr(m.spell, name) for name in SPELL}
    if m.coding is not None:
        cells |= {"coding_source": m.coding.source, "coded_at": m.coding.coded_at, "coder_ref": m.coding.coder_ref}
        if m.coding.diagnoses:
            cells["dx"] = ",".join(code.strip().replace(",", ";") for code in m.coding.diagnoses)
        if m.coding.procedures:
            cells["px"] = ",".join(p.code.strip().replace(",", ";") for p in m.coding.procedures)
            cells["px_dates"] = ",".join((p.on or "").strip().replace(",", ";") for p in m.coding.procedures)
    return cells


_KEYS: Final = frozenset({"source_at", "message_id", "spell_number", "episode_number"})


def _documents(m: EpisodeMessage, now: dt.datetime) -> tuple[list[Document], list[Fault]]:
    out: list[Document] = []
    faults: list[Fault] = []
    for n, document in enumerate(m.documents):
        row, wrong = _document(document, m.source_at, m.message_id, m.spell_number, str(m.episode_number), now)
        # What is wrong with the episode's own key is told of the episode.
        faults += [f._replace(field=f"documents/{n}/{f.field}") for f in wrong if f.field not in _KEYS]
        out.append(row)
    return out, faults


def _document(
    d: EpisodeDocument, source_at: str, message_id: str, spell_number: str, episode_number: str, now: dt.datetime
) -> tuple[Document, list[Fault]]:
    """Return one document as a row to stage, and what is wrong with it."""
    faults: list[Fault] = []

    def take(name: str, raw: str | None, parse: fields.Parser) -> Any:  # Any: what the parser makes
        if raw is None or not raw.strip():
            return None
        try:
            return parse(raw.strip())
        except Bad as bad:
            faults.append(Fault(name, bad.reason, bad.what_to_do, bad.quarantine))
            return None

    row: Document = {
        "source_at": take("source_at", source_at, fields.exact_instant),
        "message_id": take("message_id", message_id, fields.line(100)),
        "spell_number": take("spell_number", spell_number, fields.word(20)),
        "episode_number": take("episode_number", episode_number, fields.episode_number),
        "document_ref": take("document_ref", d.document_ref, fields.line(100)),
        "kind": take("kind", d.kind, fields.document_kind),
        "title": take("title", d.title, fields.line(200)),
        "dated_on": take("dated_on", d.dated_on, fields.sane_day),
        "expected_on": take("expected_on", d.expected_on, fields.sane_day),
        "arrived_at": take("arrived_at", d.arrived_at, fields.exact_instant),
        "url": take("url", d.url, _url),
        "body": d.text,
    }
    for name in ("source_at", "message_id", "spell_number", "episode_number", "document_ref", "kind", "title"):
        if row[name] is None and not any(f.field == name for f in faults):
            faults.append(Fault(name, "is missing", "Send it with every document.", False))
    if row["arrived_at"] is not None and row["arrived_at"] > now + CLOCKS_MAY_DIFFER:
        faults.append(
            Fault(
                "arrived_at", "is in the future",
                "Leave it out while the document is only expected (expected_on says when), or check the clock.", True,
            )
        )  # fmt: skip
    if d.text is not None:
        try:
            row["body"] = clean(d.text)
        except ValueError:
            faults.append(
                Fault("text", "contains a character that cannot be stored", "Remove control characters.", False)
            )
    names = ("kind", "title", "dated_on", "expected_on", "arrived_at", "url", "body")
    row["digest"] = content_digest(*(None if row[name] is None else str(row[name]) for name in names)).hex
    return row, faults


def _url(raw: str) -> str:
    if not raw.lower().startswith("https://") or any(ord(c) <= 32 or c in '"<>\\' for c in raw):
        raise Bad("is not an https address", "Send a link that starts with https://.")
    return "https://" + raw[8:]


def read_documents(values: list[Any], provider: str, now: dt.datetime) -> Items:
    """Return documents sent on their own, keyed by their item."""
    items = Items(pl.DataFrame())
    for idx, value in enumerate(values):
        if not isinstance(value, dict):
            items.faults[idx] = [NOT_AN_OBJECT._replace(what_to_do="Send one object per document.")]
            continue
        shape: list[Fault] = []
        try:
            message = _DOCUMENT.validate_python(value)
        except ValidationError as error:
            shape = _shape_faults(error)
            number = value.get("episode_number")
            message = DocumentMessage.model_construct(
                **_texts(value, (*_DOCUMENT_TEXTS, "provider", "source_at", "message_id", "spell_number")),
                episode_number=number if isinstance(number, int | str) else "",
            )
        row, faults = _document(
            message, message.source_at, message.message_id, message.spell_number, str(message.episode_number), now
        )
        told = {fault.field for fault in shape}
        faults = [*shape, *(fault for fault in faults if fault.field not in told)]
        if message.provider is not None and message.provider.strip().upper() != provider:
            what = "Send it with that provider's own key, or correct it."
            faults.append(Fault("provider", "is another provider than the sender's", what, True))
        if row["source_at"] is not None and row["source_at"] > now + CLOCKS_MAY_DIFFER:
            faults.append(Fault("source_at", "is in the future", "Check the sender's clock.", True))
        if faults:
            items.faults[idx] = faults
        else:
            items.documents[idx] = [row]
    return items


def read_lines(lines: list[bytes], *, exact: bool = False) -> tuple[list[Any], dict[int, list[Fault]]]:
    """Return the JSON value of each line of an NDJSON file, and the faults of lines that are not JSON.

    ``exact`` keeps numbers as they are written: a spreadsheet's 1.0E+9 has to be seen to be told.
    """
    values: list[Any] = []
    faults: dict[int, list[Fault]] = {}
    for n, line in enumerate(lines):
        try:
            values.append(strict_json(line, exact=exact))
        except ValueError as error:
            values.append(None)
            doubled = "twice" in str(error)
            reason = "names a member twice" if doubled else "is not valid JSON"
            faults[n] = [Fault("line", reason, "Send one JSON object a line, in UTF-8.", False)]
    return values, faults


def document_frame(
    documents: dict[int, list[Document]], provider: str, drop: set[int]
) -> tuple[pl.DataFrame, list[int]]:
    """Return the rows of ``incoming_document`` (newest marked) and, by their idx, the item each belongs to."""
    rows: list[Document] = []
    owners: list[int] = []
    for item, own in documents.items():
        if item not in drop:
            for row in own:
                rows.append({"idx": len(rows), "provider": provider, **row})
                owners.append(item)
    schema: dict[str, Any] = {  # Any: polars types
        "idx": pl.Int32, "provider": pl.String, "source_at": pl.Datetime("us", "UTC"), "message_id": pl.String,
        "digest": pl.String, "spell_number": pl.String, "episode_number": pl.Int16, "document_ref": pl.String,
        "kind": pl.String, "title": pl.String, "dated_on": pl.Date, "expected_on": pl.Date,
        "arrived_at": pl.Datetime("us", "UTC"), "url": pl.String, "body": pl.String,
    }  # fmt: skip
    return with_top_documents(pl.DataFrame(rows, schema=schema)), owners
