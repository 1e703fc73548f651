"""The staging tables of one intake batch: what the PAS said, and what the fold made of it.

Intake parses and normalises, `stage()`s a batch by COPY into temporary tables that are emptied at the end of the
transaction, and calls in this order, inside one transaction:

    episodes.service.fold_incoming(session, actor)       fills `folded`, `touched`, `document_news`
    coding.service.version_incoming(session, actor)      reads `incoming` and `touched`
    workqueues.service.place_incoming(session, actor)    reads `touched` and `document_news`

* `incoming`           one row per message as staged (intake writes it; nobody updates it)
* `incoming_document`  one row per document named by those messages, or sent on its own
* `folded`             one row per message: its outcome
* `folded_document`    one row per document: its outcome
* `touched`            one row per EPISODE whose state may have changed, also a sibling FCE whose spell or patient
                       changed; everything that versioning and placement need, already resolved. No row: nothing to do.
* `document_news`      one row per document that was added or changed

All six always exist after `stage()`, empty where there is nothing to say. Each has the provider of the batch in
every row.
"""

from __future__ import annotations

import io
from typing import Final, Literal, NamedTuple

import polars as pl
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.db import raw

Form = Literal["csv", "text"]
"""The formats of COPY that a batch may be written in."""


class StagedColumn(NamedTuple):
    """One column of a staging table: its SQL type and what it promises."""

    name: str
    type: str
    says: str


# Every step of the fold reads these rows again: what all of them ask for comes first, and of that first what is never
# null and always as long, so that PostgreSQL finds it without walking through the rest.
INCOMING: Final[tuple[StagedColumn, ...]] = (
    StagedColumn("idx", "integer primary key", "position in the batch, from 0; joins the other staging tables"),
    StagedColumn("episode_number", "smallint not null", "natural key, 1..87"),
    # Who is newest within the batch: worked out once while staging, so that the fold needs no sorting.
    StagedColumn("top_attrs", "boolean not null", "newest message of the batch for its episode"),
    StagedColumn("top_codes", "boolean not null", "newest message with codes of the batch for its episode"),
    StagedColumn("top_spell", "boolean not null", "newest message naming its spell's attributes in the batch"),
    StagedColumn("top_patient", "boolean not null", "newest message naming its patient in the batch"),
    StagedColumn("top_upsert", "boolean not null", "newest upsert of the batch for its episode"),
    # A message with no code at all has has_codes = false and says nothing about codes.
    StagedColumn("has_codes", "boolean not null", ""),
    # The order key of a message is (source_at, message_id, digest): compared as a row, message_id by bytes.
    StagedColumn("source_at", "timestamptz not null", "when the sender says this became true"),
    StagedColumn("digest", "uuid not null", "digest of the whole content: last word of the order key"),
    StagedColumn("attrs_digest", "uuid not null", "digest of the episode's attributes and the action"),
    StagedColumn("new_episode_id", "uuid not null", "the id the episode gets if it is new"),
    StagedColumn("new_patient_id", "uuid not null", "the id the patient gets if they are new"),
    StagedColumn("provider", "text not null", "ODS code; always the actor's own"),
    StagedColumn("spell_number", "text not null", "natural key"),
    StagedColumn("message_id", 'text collate "C" not null', "the sender's id of the message"),
    StagedColumn("action", "text not null", "'upsert' | 'delete'"),
    # Patient. local_patient_id is null only on a delete that names nobody.
    StagedColumn("local_patient_id", "text", "identity of the patient within the provider"),
    StagedColumn("nhs_number", "text", "ten digits, checked"),
    StagedColumn("nhs_number_status", "text", "'01'..'08'"),
    StagedColumn("birth_on", "date", ""),
    StagedColumn("sex", "text", "'1' | '2' | '9' | '0' | 'X'"),
    StagedColumn("patient_digest", "uuid", "digest of the patient's attributes; null = the message names no patient"),
    # Spell.
    StagedColumn("admitted_on", "date", ""),
    StagedColumn("admission_method", "text", ""),
    StagedColumn("admission_source", "text", ""),
    StagedColumn("patient_class", "text", ""),
    StagedColumn("admin_category", "text", ""),
    StagedColumn("intended_management", "text", ""),
    StagedColumn("discharged_on", "date", ""),
    StagedColumn("discharge_method", "text", ""),
    StagedColumn("discharge_destination", "text", ""),
    StagedColumn(
        "spell_digest", "uuid", "digest of the spell's attributes; null = the message names no spell attributes"
    ),
    # Episode attributes.
    StagedColumn("last_episode", "boolean", ""),
    StagedColumn("started_on", "date", "null only on a delete"),
    StagedColumn("ended_on", "date", "null only on a delete"),
    StagedColumn("consultant_code", "text", ""),
    StagedColumn("main_specialty_code", "text", ""),
    StagedColumn("treatment_function_code", "text", ""),
    StagedColumn("site_code", "text", ""),
    StagedColumn("ward_code", "text", ""),
    StagedColumn("neonatal_level_code", "text", ""),
    StagedColumn("operation_status_code", "text", ""),
    # Codes.
    StagedColumn("diagnoses", "text[]", "normalised: no dot, no filler X, upper case, in order"),
    StagedColumn("procedures", "text[]", "normalised, in order"),
    StagedColumn("procedure_dates", "date[]", "as long as procedures; elements may be null"),
    StagedColumn("codes_raw", "jsonb", '{"diagnoses": […], "procedures": […]} as received, when it differs'),
    StagedColumn("codes_source", "text", "'pas' | 'encoder'"),
    StagedColumn("coder_ref", "text", "who coded it, in the sender's words"),
    StagedColumn("coded_at", "timestamptz", "null = the sender does not say"),
    StagedColumn("codes_digest", "uuid", "rules.codes_digest(diagnoses, procedures, procedure_dates)"),
    StagedColumn("basis", "text[]", "the significant facts as THIS message has them, in the order of rules.BASIS"),
)

INCOMING_DOCUMENT: Final[tuple[StagedColumn, ...]] = (
    StagedColumn("idx", "integer not null", "position among the batch's documents, from 0"),
    StagedColumn("provider", "text not null", ""),
    StagedColumn("source_at", "timestamptz not null", "order key, as in incoming"),
    StagedColumn("message_id", 'text collate "C" not null', ""),
    StagedColumn("digest", "uuid not null", "digest of the document's content"),
    StagedColumn("spell_number", "text not null", ""),
    StagedColumn("episode_number", "smallint not null", ""),
    StagedColumn("document_ref", "text not null", "the sender's id of the document within the episode"),
    StagedColumn("kind", "text not null", ""),
    StagedColumn("title", "text not null", ""),
    StagedColumn("dated_on", "date", ""),
    StagedColumn("expected_on", "date", ""),
    StagedColumn("arrived_at", "timestamptz", "null = still expected"),
    StagedColumn("url", "text", "https only"),
    StagedColumn("body", "text", "the short text itself (`text` on the wire)"),
    StagedColumn("top", "boolean not null", "newest of the batch for its document"),
)

FOLDED: Final[tuple[StagedColumn, ...]] = (
    StagedColumn("idx", "integer not null", "of incoming"),
    StagedColumn("outcome", "text not null", "'created' | 'updated' | 'unchanged' | 'stale_ignored'"),
    StagedColumn("episode_id", "uuid", "the episode's real id (null only in a dry run of a new one)"),
)

FOLDED_DOCUMENT: Final[tuple[StagedColumn, ...]] = (
    StagedColumn("idx", "integer not null", "of incoming_document"),
    StagedColumn("outcome", "text not null", "'created' | 'updated' | 'unchanged' | 'stale_ignored'"),
    StagedColumn("episode_id", "uuid", "null = the episode itself has not come yet"),
)

TOUCHED: Final[tuple[StagedColumn, ...]] = (
    StagedColumn("provider", "text not null", ""),
    StagedColumn("episode_id", "uuid not null", "one row per episode"),
    StagedColumn("spell_number", "text not null", ""),
    StagedColumn("episode_number", "smallint not null", ""),
    StagedColumn("is_new", "boolean not null", "the episode row was inserted by this batch"),
    StagedColumn("deleted", "boolean not null", "tombstone now: leave the queues, keep the codings"),
    StagedColumn(
        "upsert_idx", "integer", "row of incoming whose attributes the episode now has; null = it keeps its own"
    ),
    StagedColumn(
        "codes_idx",
        "integer",
        "row of incoming whose codes are NEW to this episode: make version `coding_version` from it",
    ),
    StagedColumn(
        "carried_idx", "integer", "row of incoming that won the codes register, also when its codes are not new"
    ),
    StagedColumn("coding_version", "integer not null", "after the fold; 0 = never coded"),
    StagedColumn(
        "coding_state", "text not null", "after the fold: 'uncoded' | 'second_check' | 'coded' | 'changed_after_coding'"
    ),
    StagedColumn("coding_source", "text", "after: 'codewell' | 'encoder' | 'pas' | …"),
    StagedColumn("meta_differs", "boolean not null", "the same codes, but another source, coder or time of coding"),
    StagedColumn(
        "overrode_version", "integer", "the Codewell version that newer and different PAS codes stand over, else null"
    ),
    StagedColumn("basis", "text[]", "the significant facts now, in the order of rules.BASIS"),
    StagedColumn(
        "coded_basis", "text[]", "the facts the codes were made on, when they are NOT the facts now; else null"
    ),
    StagedColumn(
        "codes_made_at", "timestamptz", "when the codes that stand were made, or first sent where nobody says"
    ),
    StagedColumn("started_on", "date", ""),
    StagedColumn("ended_on", "date", ""),
    StagedColumn("ended_on_was", "date", "before; null when new"),
    StagedColumn("discharged_on", "date", "of the spell; null = not discharged"),
    StagedColumn("patient_class", "text", ""),
    StagedColumn("sex", "text", ""),
    StagedColumn("birth_on", "date", ""),
    StagedColumn("main_specialty_code", "text", ""),
    StagedColumn("treatment_function_code", "text", ""),
)

DOCUMENT_NEWS: Final[tuple[StagedColumn, ...]] = (
    StagedColumn("provider", "text not null", ""),
    StagedColumn("spell_number", "text not null", ""),
    StagedColumn("episode_number", "smallint not null", ""),
    StagedColumn("document_ref", "text not null", ""),
    StagedColumn("episode_id", "uuid", "null = the episode itself has not come yet"),
    StagedColumn("kind", "text not null", ""),
    StagedColumn("title", "text not null", ""),
    StagedColumn("expected_on", "date", ""),
    StagedColumn("arrived_at", "timestamptz", "null = still expected"),
    StagedColumn("newly_arrived", "boolean not null", "was not there before, or was only expected: wake the episode"),
    StagedColumn("is_new", "boolean not null", "the document was not known before"),
)

TABLES: Final[dict[str, tuple[StagedColumn, ...]]] = {
    "incoming": INCOMING,
    "incoming_document": INCOMING_DOCUMENT,
    "folded": FOLDED,
    "folded_document": FOLDED_DOCUMENT,
    "touched": TOUCHED,
    "document_news": DOCUMENT_NEWS,
}


def ddl(table: str) -> str:
    """CREATE TEMP TABLE for one of the staging tables: it stays with the connection, its rows with the transaction."""
    columns = ",\n  ".join(f"{column.name} {column.type}" for column in TABLES[table])
    return f"CREATE TEMP TABLE {table} (\n  {columns}\n) ON COMMIT DELETE ROWS"


def names(table: str) -> list[str]:
    """The column names of a staging table, in COPY order."""
    return [column.name for column in TABLES[table]]


# A batch of 10,000 takes some 13 MB, which does not fit into the default 8 MB of buffers for temporary tables; every
# commit looks through all of them, so there are not many more. A connection that has used some already keeps its size.
MORE_ROOM = """
do $$ begin perform set_config('temp_buffers', '24MB', false); exception when others then null; end $$
"""
# Working tables of the fold itself.
_HIT = "idx integer, spell_number text, episode_number smallint, known_id uuid, ended_on_was date"
_MEETS = "is_new boolean, newer boolean, differs boolean"
WORKING: Final[dict[str, str]] = {
    "hit": f"""{_HIT}, top_attrs boolean, top_codes boolean, top_upsert boolean, has_codes boolean,
        attrs_digest_was uuid, codes_digest_was uuid, exact boolean, attrs_newer boolean, codes_newer boolean,
        first_seen boolean default false""",
    "keyed": """spell_number text, episode_number smallint, known_id uuid, ended_on_was date, a_idx integer,
        c_idx integer, u_idx integer""",
    "pat": f"""idx integer, provider text, local_patient_id text, patient_id uuid, {_MEETS}, facts_differ boolean,
        sex text, birth_on date, nhs_number text, nhs_number_status text, source_at timestamptz, message_id text,
        digest uuid, content_digest uuid""",
    "sp": f"""idx integer, provider text, spell_number text, {_MEETS}, wins boolean, patient_id uuid,
        content_digest uuid, admitted_on date, admission_method text, patient_class text, discharged_on date,
        discharge_method text, sex text, birth_on date, admission_source text, admin_category text,
        intended_management text, discharge_destination text, source_at timestamptz, message_id text, digest uuid""",
    "document_hit": ", ".join(f"{c.name} {c.type.removesuffix(' not null')}" for c in INCOMING_DOCUMENT)
    + f", {_MEETS}, was_there boolean, digest_was uuid",
}
MAKE: Final = ";\n".join(
    (*map(ddl, TABLES), *(f"create temp table {name} ({of}) on commit delete rows" for name, of in WORKING.items()))
)
EMPTY: Final = "; ".join(f"delete from pg_temp.{name}" for name in (*TABLES, *WORKING))
KEY = ("source_at", "message_id", "digest")
EPISODE = ("spell_number", "episode_number")
DOCUMENT = (*EPISODE, "document_ref")


def _newest(among: pl.Expr, by: tuple[str, ...]) -> pl.Expr:
    """True for the row with the greatest order key of its group, among the rows for which ``among`` holds."""
    order = pl.when(among).then(pl.col("order"))
    return (among & (pl.col("order") == order.max().over(by))).fill_null(value=False)


def _ordered(frame: pl.DataFrame) -> pl.DataFrame:
    """Add ``order``: the place of each row in the order of messages (message ids by bytes, as PostgreSQL's "C")."""
    order = frame.select("idx", *KEY).sort(*KEY).select("idx").with_row_index("order")
    return frame.join(order, on="idx", how="left", maintain_order="left")


def with_tops(frame: pl.DataFrame) -> pl.DataFrame:
    """Mark, in a frame of messages, the newest of each episode, of its codes, of each spell and of each patient."""
    upsert = pl.col("action") == "upsert"
    return (
        _ordered(frame)
        .with_columns(
            top_attrs=_newest(pl.lit(value=True), EPISODE),
            top_codes=_newest(pl.col("has_codes"), EPISODE),
            top_spell=_newest(pl.col("spell_digest").is_not_null(), ("spell_number",)),
            top_patient=_newest(pl.col("patient_digest").is_not_null(), ("local_patient_id",)),
            top_upsert=_newest(upsert, EPISODE),
        )
        .drop("order")
    )


def csv_of(frame: pl.DataFrame, table: str) -> bytes:
    """Return the COPY text of a frame whose array columns are already PostgreSQL array literals."""
    out = io.BytesIO()
    frame.select(names(table)).write_csv(out, include_header=False, datetime_format="%Y-%m-%dT%H:%M:%S%.6fZ")
    return out.getvalue()


def lock_sql(provider: str) -> tuple[str, dict[str, str]]:
    """One provider's batches are folded one at a time: two at once could each miss the other's rows."""
    return "select pg_advisory_xact_lock(hashtext('intake:' || :provider))", {"provider": provider}


async def stage(
    session: AsyncSession, messages: bytes | None, documents: bytes | None = None, *, form: Form = "csv"
) -> None:
    """Make the staging tables ready and COPY in what ``csv_of`` made of the frames; nothing is locked by it.

    ``form`` is that of the messages; documents are always CSV.
    """
    # Through the session, so that its transaction has begun before the driver is used past it.
    made = await session.scalar(text("select to_regclass('pg_temp.document_hit') is not null"))
    connection = await raw(session)
    if made:
        # Empty already, but for a second batch in one transaction (only tests do that), which starts afresh.
        if await connection.fetchval("select exists (select from incoming) or exists (select from incoming_document)"):
            await connection.execute(EMPTY)
    else:
        # Once a connection: made anew for each batch, they cost a small post more than its rows do.
        await connection.execute(MORE_ROOM)
        await connection.execute(MAKE)
    staged: tuple[tuple[str, bytes | None, Form], ...] = (
        ("incoming", messages, form), ("incoming_document", documents, "csv"),
    )  # fmt: skip
    for table, data, written in staged:
        if data:
            # Closed, for the driver keeps a hold of it until the next collection of garbage.
            with io.BytesIO(data) as source:
                await connection.copy_to_table(table, source=source, columns=names(table), format=written)


def with_top_documents(frame: pl.DataFrame) -> pl.DataFrame:
    """Mark, in a frame of documents, the newest of each."""
    return _ordered(frame).with_columns(top=_newest(pl.lit(value=True), DOCUMENT)).drop("order")
