"""Wire shapes of an external auditor's findings: their file, our answer to each, and what came of it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from codewell.audits.alignment import CodeClass, ErrorType, SubClass
from codewell.audits.rules import AuditState, ExternalStage, NonCoderReason, Ruling
from codewell.audits.schemas.replies import Cursor, FindingAsIn, FindingNo, FindingReplyOut, Said
from codewell.audits.tally import Attribution
from codewell.coding.schemas import CodeLine, NamedCode
from codewell.kit.paging import Limit, Page
from codewell.kit.wire import CleanStr, Line, WireIn, WireOut

Csv = Annotated[CleanStr, StringConstraints(min_length=1, max_length=4_000_000)]


class ExternalFileIn(WireIn):
    """The external auditor's file as text, and who they are."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "external_auditor": "Audit Partners",
                    "csv": "spell_number,episode_number,code_class,trust_code,external_code,error_type,attribution\n"
                    "SP0000001,1,SD,,E11.9,omitted,coder\n",
                }
            ]
        }
    )

    external_auditor: Annotated[Line, Field(min_length=1, max_length=200)]
    csv: Csv


class ImportFault(WireOut):
    """A fault of the file by row (1 is the header) and column; never what stood there."""

    row: int
    column: str
    reason: str


class ImportPreview(WireOut):
    """What a file would bring: rows, episodes, findings by class, and its faults (at most the first 500)."""

    rows: int
    episodes: int
    findings: int
    without_error: int
    by_class: dict[CodeClass, int]
    own_keys: list[str]
    grouped: int
    faults: list[ImportFault]
    fault_count: int


class ImportDone(WireOut):
    """What was imported."""

    episodes: int
    findings: int
    audit_version: int


class ExternalDecisionIn(WireIn):
    """Our auditor's answer to one finding; a challenge says why, an acceptance completes what the file left open."""

    no: FindingNo
    act: Literal["accept", "challenge"]
    comment: Said = ""
    finding: FindingAsIn | None = None

    @model_validator(mode="after")
    def _says_why(self) -> ExternalDecisionIn:
        if self.act == "challenge" and len(self.comment.strip()) < 3:
            raise ValueError("a challenge needs a reason")
        if self.act == "challenge" and self.finding is not None:
            raise ValueError("a challenge does not amend the finding; its outcome may")
        return self


class ExternalDecisionsIn(WireIn):
    """Our auditor's answers to findings of one episode; all are taken, or none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "decisions": [
                        {"no": 1, "act": "accept"},
                        {"no": 3, "act": "challenge", "comment": "The discharge summary names type 2 diabetes."},
                    ]
                }
            ]
        }
    )

    decisions: Annotated[list[ExternalDecisionIn], Field(min_length=1, max_length=200)]


class ExternalOutcomeIn(WireIn):
    """What the external auditor made of a challenge: upheld (it stands), amended, or withdrawn."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"no": 3, "outcome": "withdrawn", "comment": "Agreed by e-mail of 3 March; evidence seen."}]
        }
    )

    no: FindingNo
    outcome: Ruling
    comment: Annotated[Said, Field(min_length=3)]
    finding: FindingAsIn | None = None

    @model_validator(mode="after")
    def _amended_to_what(self) -> ExternalOutcomeIn:
        if (self.outcome is Ruling.amended) != (self.finding is not None):
            raise ValueError("an amended finding, and no other, says what it is amended to")
        return self


class ExternalSaid(WireOut):
    """A finding as the external auditor made it; ``key`` is their own, where their file had one."""

    key: str | None
    error_type: ErrorType
    attribution: Attribution
    non_coder_reason: NonCoderReason | None
    standards: list[str]
    comment: str


class ExternalCan(WireOut):
    """What the caller may do with a finding: true, or why not."""

    accept: bool | str
    challenge: bool | str
    record_outcome: bool | str


class ExternalFinding(WireOut):
    """One finding of the external auditor's with both codes, as they said it and as it stands now."""

    item_id: UUID
    item_no: int
    item_version: int
    episode_id: UUID
    ended_on: dt.date
    specialty: NamedCode | None
    no: int
    code_class: CodeClass
    sub_class: SubClass
    trust: CodeLine | None
    external: CodeLine | None
    said: ExternalSaid
    stage: ExternalStage
    error_type: ErrorType | None
    error_words: str | None
    attribution: Attribution
    non_coder_reason: NonCoderReason | None
    standards: list[str]
    talk: list[FindingReplyOut]
    can: ExternalCan


class ExternalFindingPage(Page[ExternalFinding]):
    """A page of an external auditor's findings."""

    model_config = ConfigDict(title="ExternalFindingPage")


class ExternalFilter(WireIn):
    """Which findings: at one stage, or all, in the order of the file's episodes."""

    stage: ExternalStage | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class ExternalClass(WireOut):
    """One class in numbers; shares lie between 0 and 1, percent is rounded."""

    code_class: CodeClass
    label: str
    trust_n: int
    auditor_n: int
    errors: int
    coder: int
    non_coder: int
    share: float | None
    percent: str | None
    low: float | None
    high: float | None


class ExternalFigures(WireOut):
    """An external audit as its auditor said it, and as it was agreed with them so far.

    What is neither accepted nor concluded stands in both as the external auditor said it.
    """

    audit_id: UUID
    state: AuditState
    version: int
    external_auditor: str
    episodes: int
    findings: int
    stages: dict[ExternalStage, int]
    said: list[ExternalClass]
    agreed: list[ExternalClass]
    error_words: dict[str, str]
    sensitive_words: list[str]
    can_import: bool | str
