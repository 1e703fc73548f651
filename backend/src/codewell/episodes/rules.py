"""What may be known of an episode without asking anybody: order of messages, significant facts, states, deadlines.

Nothing here touches the database. The fold in `service.py` is this file in SQL; the tests hold the two together.
"""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from xxhash import xxh3_128_hexdigest

from codewell.kit.problems import NotFound, NotPermitted


class CodingState(StrEnum):
    """How far an episode's coding is; derived, never set by hand."""

    uncoded = "uncoded"
    second_check = "second_check"
    coded = "coded"
    changed_after_coding = "changed_after_coding"


class CodingSource(StrEnum):
    """Where a version of codes came from."""

    codewell = "codewell"
    encoder = "encoder"
    pas = "pas"
    audit = "audit"
    query = "query"


class FeedAction(StrEnum):
    """What a message does to its episode."""

    upsert = "upsert"
    delete = "delete"


class DocumentKind(StrEnum):
    """What a document can be. Ours, and no Trust's to edit: what an episode waits for is known by these words."""

    discharge_summary = "discharge_summary"
    transfer_summary = "transfer_summary"
    case_notes = "case_notes"
    operation_note = "operation_note"
    endoscopy_report = "endoscopy_report"
    procedure_report = "procedure_report"
    histology = "histology"
    cytology = "cytology"
    pathology = "pathology"
    post_mortem = "post_mortem"
    imaging = "imaging"
    anaesthetic_record = "anaesthetic_record"
    clinic_letter = "clinic_letter"
    letter = "letter"
    other = "other"


class Outcome(StrEnum):
    """What became of a message."""

    created = "created"
    updated = "updated"
    unchanged = "unchanged"
    stale_ignored = "stale_ignored"
    quarantined = "quarantined"
    rejected = "rejected"


class Fact(NamedTuple):
    """One significant fact of an episode: codes made on another value of it have to be looked at again."""

    field: str
    label: str


# The order is stored (episode.basis, coding.basis): append only.
BASIS: Final[tuple[Fact, ...]] = (
    Fact("started_on", "Episode start"),
    Fact("ended_on", "Episode end"),
    Fact("sex", "Sex"),
    Fact("admitted_on", "Admission date"),
    Fact("admission_method", "Admission method"),
    Fact("discharged_on", "Discharge date"),
    Fact("discharge_method", "Discharge method"),
    Fact("patient_class", "Patient class"),
    Fact("consultant_code", "Consultant"),
    Fact("main_specialty_code", "Specialty"),
    Fact("treatment_function_code", "Treatment function"),
)


class Change(NamedTuple):
    """One significant fact, before and now."""

    field: str
    label: str
    was: str | None
    now: str | None


def changes(was: Sequence[str | None] | None, now: Sequence[str | None] | None) -> list[Change]:
    """Which significant facts differ between two bases; nothing when either is unknown."""
    if was is None or now is None:
        return []
    return [
        Change(fact.field, fact.label, before, after)
        for fact, before, after in zip(BASIS, was, now, strict=False)
        if before != after
    ]


class NoSuchRecord(NotFound):
    """404: what was asked about is no patient, spell or episode of this Trust, nor anything else on its trail."""

    slug, title = "no-such-record", "No patient, spell or episode here has this identifier"
    advice = "Check it digit by digit. An NHS number, a local patient id or a spell number can be asked for."


class CodesHidden(NotPermitted):
    """403: the episode is in an audit that the caller codes blind; its codes and its coder stay hidden until then."""

    slug, title = "codes-hidden", "This episode's codes are hidden from you until you have coded it for its audit"
    advice = "Code it in its audit worksheet first; its codes are shown as soon as yours are saved."


def nhs_digits(typed: str) -> str:
    """Return an NHS number as it is stored, however it is spaced; ValueError unless it is ten digits."""
    digits = "".join(typed.split()).replace("-", "")
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()):
        raise ValueError("an NHS number has ten digits")
    return digits


def local_id_typed(typed: str) -> str:
    """Return a local patient id as it is looked for: people leave out its blanks, add some, or type small letters."""
    return "".join(typed.split()).upper()


def nhs_check_fits(digits: str) -> bool:
    """Say whether the tenth digit is the modulus 11 check of the nine before it (NHS Data Dictionary, NHS NUMBER)."""
    rest = 11 - sum(int(d) * (10 - n) for n, d in enumerate(digits[:9])) % 11
    return rest != 10 and rest % 11 == int(digits[9])


def content_digest(*parts: str | None) -> UUID:
    """128 bits (XXH3) over parts that cannot run into each other; None differs from the empty string.

    It tells contents apart, it does not seal them: the trail does that.
    """
    joined = "\x1f".join("\x00" if part is None else part for part in parts)
    return UUID(hex=xxh3_128_hexdigest(joined.encode()))


def codes_text(diagnoses: Sequence[str], procedures: Sequence[str], procedure_dates: Sequence[dt.date | None]) -> str:
    """The one spelling of a set of codes that its digest is taken over."""
    days = ",".join("" if day is None else day.isoformat() for day in procedure_dates)
    return f"{','.join(diagnoses)}|{','.join(procedures)}|{days}"


def codes_digest(
    diagnoses: Sequence[str], procedures: Sequence[str], procedure_dates: Sequence[dt.date | None]
) -> UUID:
    """Digest of codes and their dates in order: equal exactly when a coder would call the two codings the same."""
    return content_digest(codes_text(diagnoses, procedures, procedure_dates))
