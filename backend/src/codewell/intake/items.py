"""JSON messages, one by one, into the columns that ``check`` reads; an item that cannot be read is one fault."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl
from pydantic import TypeAdapter, ValidationError

from codewell.episodes.incoming import with_top_documents
from codewell.episodes.rules import content_digest
from codewell.intake import fields
from codewell.intake.check import COLUMNS
from codewell.intake.fields import Bad, Fault
from codewell.intake.schemas import DocumentMessage, EpisodeDocument, EpisodeMessage
from codewell.kit.http import strict_json
from codewell.kit.wire import clean

_EPISODE: Final = TypeAdapter(EpisodeMessage)
_DOCUMENT: Final = TypeAdapter(DocumentMessage)
_SPELL: Final = (
    "admitted_on", "admission_method", "admission_source", "patient_class", "admin_category", "intended_management",
    "discharged_on", "discharge_method", "discharge_destination",
)  # fmt: skip
_OWN: Final = (
    "provider", "source_at", "message_id", "feed_action", "spell_number", "started_on", "ended_on", "consultant_code",
    "main_specialty_code", "treatment_function_code", "site_code", "ward_code", "neonatal_level_code",
    "operation_status_code",
)  # fmt: skip
_PATIENT: Final = ("local_patient_id", "nhs_number", "nhs_number_status", "birth_on", "sex")

Document = dict[str, Any]  # one row of incoming_document, without idx and top


@dataclass(slots=True)
class Items:
    """A batch of JSON items: text columns, their documents by item, and the faults of those that cannot be read."""

    frame: pl.DataFrame
    documents: dict[int, list[Document]] = field(default_factory=dict)
    faults: dict[int, list[Fault]] = field(default_factory=dict)


def _shape_faults(error: ValidationError) -> list[Fault]:
    out = []
    for one in error.errors(include_url=False, include_context=False, include_input=False)[:20]:
        where = "/".join(str(part) for part in one["loc"] if part not in {"int", "constrained-str", "function-after"})
        kind = one["type"]
        if kind == "missing":
            out.append(Fault(_known(where), "is missing", "Send it with every episode.", False))
        elif kind == "extra_forbidden":
            out.append(Fault(_known(where), "is not a member we know", "Leave it out, or check its spelling.", False))
        else:
            message = one["msg"].removeprefix("Value error, ")
            out.append(
                Fault(_known(where), message[:1].lower() + message[1:], "See the description of this API.", False)
            )
    return out


def _known(where: str) -> str:
    """A member's place; a name that is not ours may be anything, so only its beginning is repeated in plain ASCII."""
    return where.encode("ascii", "replace").decode()[:80] or "item"


def read_items(values: list[Any]) -> Items:
    """Return the columns of episode messages."""
    rows: list[dict[str, str | None]] = []
    names_spell: list[bool] = []
    index: list[int] = []
    items = Items(pl.DataFrame())
    for idx, value in enumerate(values):
        if not isinstance(value, dict):
            items.faults[idx] = [Fault("item", "is not an object", "Send one object per episode.", False)]
            continue
        try:
            message = _EPISODE.validate_python(value)
        except ValidationError as error:
            items.faults[idx] = _shape_faults(error)
            continue
        cells = _cells(message)
        bad: list[str] = []
        # Nearly always all of it is plain; only else is each cell looked at by itself.
        if not _storable("".join(cell for cell in cells.values() if cell)):
            bad = [name for name, cell in cells.items() if cell is not None and not _storable(cell)]
        if bad:
            items.faults[idx] = [
                Fault(name, "contains a character that cannot be stored", "Remove control characters.", False)
                for name in bad
            ]
            continue
        documents, faults = _documents(message)
        if faults:
            items.faults[idx] = faults
            continue
        if message.feed_action != "delete" and message.spell is None:
            items.faults[idx] = [Fault("spell", "is missing", "Send the spell with every episode.", False)]
            continue
        if message.feed_action != "delete" and message.patient is None:
            items.faults[idx] = [Fault("patient", "is missing", "Send the patient with every episode.", False)]
            continue
        if documents:
            items.documents[idx] = documents
        rows.append(cells)
        names_spell.append(message.spell is not None)
        index.append(idx)
    frame = pl.DataFrame(
        {"idx": index, **{name: [cells.get(name) for cells in rows] for name in COLUMNS}, "names_spell": names_spell},
        schema={"idx": pl.Int32} | dict.fromkeys(COLUMNS, pl.String) | {"names_spell": pl.Boolean},
    )
    words = [pl.col(name).str.strip_chars() for name in COLUMNS if name not in {"dx", "px", "px_dates"}]
    items.frame = frame.with_columns(pl.when(word.str.len_bytes() > 0).then(word).name.keep() for word in words)
    return items


def _storable(cell: str) -> bool:
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
        cells |= {name: getattr(m.patient, name) for name in _PATIENT}
    if m.spell is not None:
        cells |= {name: getattr(m.spell, name) for name in _SPELL}
    if m.coding is not None:
        cells |= {"coding_source": m.coding.source, "coded_at": m.coding.coded_at, "coder_ref": m.coding.coder_ref}
        if m.coding.diagnoses:
            cells["dx"] = ",".join(code.strip().replace(",", ";") for code in m.coding.diagnoses)
        if m.coding.procedures:
            cells["px"] = ",".join(p.code.strip().replace(",", ";") for p in m.coding.procedures)
            cells["px_dates"] = ",".join((p.on or "").strip().replace(",", ";") for p in m.coding.procedures)
    return cells


def _documents(m: EpisodeMessage) -> tuple[list[Document], list[Fault]]:
    out: list[Document] = []
    faults: list[Fault] = []
    for n, document in enumerate(m.documents):
        row, wrong = _document(document, m.source_at, m.message_id, m.spell_number, str(m.episode_number))
        faults += [f._replace(field=f"documents/{n}/{f.field}") for f in wrong]
        out.append(row)
    return out, faults


def _document(
    d: EpisodeDocument, source_at: str, message_id: str, spell_number: str, episode_number: str
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
        "source_at": take("source_at", source_at, fields.instant),
        "message_id": take("message_id", message_id, fields.line(100)),
        "spell_number": take("spell_number", spell_number, fields.word(20)),
        "episode_number": take("episode_number", episode_number, fields.episode_number),
        "document_ref": take("document_ref", d.document_ref, fields.line(100)),
        "kind": take("kind", d.kind, fields.word(40)),
        "title": take("title", d.title, fields.line(200)),
        "dated_on": take("dated_on", d.dated_on, fields.sane_day),
        "expected_on": take("expected_on", d.expected_on, fields.sane_day),
        "arrived_at": take("arrived_at", d.arrived_at, fields.instant),
        "url": take("url", d.url, _url),
        "body": d.text,
    }
    for name in ("source_at", "message_id", "spell_number", "episode_number", "document_ref", "kind", "title"):
        if row[name] is None and not any(f.field == name for f in faults):
            faults.append(Fault(name, "is missing", "Send it with every document.", False))
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
        try:
            message = _DOCUMENT.validate_python(value)
        except ValidationError as error:
            items.faults[idx] = _shape_faults(error)
            continue
        row, faults = _document(
            message, message.source_at, message.message_id, message.spell_number, str(message.episode_number)
        )
        if message.provider is not None and message.provider != provider:
            what = "Send it with that provider's own key, or correct it."
            faults.append(Fault("provider", "is another provider than the sender's", what, True))
        if row["source_at"] is not None and row["source_at"] > now + dt.timedelta(minutes=10):
            faults.append(Fault("source_at", "is in the future", "Check the sender's clock.", True))
        if faults:
            items.faults[idx] = faults
        else:
            items.documents[idx] = [row]
    return items


def read_lines(lines: list[bytes]) -> tuple[list[Any], dict[int, list[Fault]]]:
    """Return the JSON value of each line of an NDJSON file, and the faults of lines that are not JSON."""
    values: list[Any] = []
    faults: dict[int, list[Fault]] = {}
    for n, line in enumerate(lines):
        try:
            values.append(strict_json(line))
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
