"""Wire shapes of signing an audit, opening a correction, and its signed versions."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from codewell.audits.alignment import CodeClass
from codewell.audits.rules import AuditKind, AuditState
from codewell.kit.paging import Page
from codewell.kit.wire import Text, WireIn, WireOut

Statement = Annotated[Text, Field(min_length=3, max_length=4000)]


class AuditSign(WireIn):
    """The signer's statement."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"statement": "I audited these episodes by the methodology named and stand by the findings."}]
        }
    )

    statement: Statement


class AuditCorrect(WireIn):
    """Why a signed audit is opened again, and which episodes are to be decided anew."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "The operation note of one episode came after signing."}]}
    )

    reason: Statement
    item_ids: Annotated[list[UUID], Field(max_length=500)] = Field(default_factory=list)


class AuditCorrectItem(WireIn):
    """Why one more episode is decided anew."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The same note speaks of this one."}]})

    reason: Statement


class OpenItem(WireOut):
    """An audited episode by its number."""

    item_id: UUID
    no: int


class OpenThing(WireOut):
    """What stands in the way of signing: in words, how many, and in which episodes (at most the first fifty)."""

    what: Literal[
        "to_audit", "in_hand", "to_send", "with_coder", "to_rule", "external_open", "undecided", "undetermined",
        "no_standard", "only_query_resolution", "no_episodes",
    ]  # fmt: skip
    words: str
    count: int
    items: list[OpenItem]


class SignOffCan(WireOut):
    """What the caller may do: true, or why not."""

    sign: bool | str
    open_correction: bool | str
    close_correction: bool | str
    send_findings: bool | str


class SignOffOut(WireOut):
    """How far an audit is from being signed, and its signed versions in number."""

    model_config = ConfigDict(title="SignOff")

    audit_id: UUID
    reference: str
    title: str
    kind: AuditKind
    state: AuditState
    version: int
    signed_version: int
    signed_at: dt.datetime | None
    correction_reason: str | None
    selected: int
    settled: int
    unsafe: int
    open: list[OpenThing]
    can: SignOffCan


class SignatureRow(WireOut):
    """A signed version of an audit; ``reason`` says why it was corrected, and is empty for the first."""

    version: int
    reason: str
    statement: str
    digest: str
    by_name: str
    at: dt.datetime


class SignaturePage(Page[SignatureRow]):
    """The signed versions of an audit, newest first."""

    model_config = ConfigDict(title="SignaturePage")


class SignatureOut(SignatureRow):
    """A signed version with all that was signed.

    ``digest`` is the SHA-256 of the content in canonical JSON (members sorted, no spaces, UTF-8); ``digest_holds`` says
    that it was computed again just now from what is kept, and is the same. ``left_out`` counts episodes whose codes are
    hidden from the caller, who codes them blind for another audit.
    """

    model_config = ConfigDict(title="Signature")

    digest_holds: bool
    left_out: int
    content: dict[str, Any]


class FigureChange(WireOut):
    """A figure of a class in two signed versions."""

    code_class: CodeClass
    label: str
    figure: str
    was: float | None
    now: float | None


class FindingChange(WireOut):
    """A position that differs between two signed versions; null: it stands in one of them only."""

    no: int
    position: int
    trust_code: str | None
    auditor_code: str | None
    was: dict[str, Any] | None
    now: dict[str, Any] | None


class SignatureChanges(WireOut):
    """What one signed version of an audit changed of another."""

    version: int
    against: int
    reason: str
    figures: list[FigureChange]
    findings: list[FindingChange]
    left_out: int
