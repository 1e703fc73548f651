"""Wire shapes of findings on their way between coder, auditor and adjudicator."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue, model_validator

from codewell.audits.alignment import CodeClass, ErrorType, Side, SubClass
from codewell.audits.rules import AuditState, ItemState, NonCoderReason, Reply, Ruling
from codewell.audits.tally import Attribution
from codewell.coding.schemas import CodeLine, NamedCode
from codewell.kit.paging import Limit, Page
from codewell.kit.wire import ShortLine, Text, WireIn, WireOut

FindingNo = Annotated[int, Field(ge=0, le=1000)]
Said = Annotated[Text, Field(max_length=4000)]
Standards = Annotated[list[ShortLine], Field(max_length=10)]


class FindingReplyIn(WireIn):
    """What the coder says of one finding; a dispute says why."""

    no: FindingNo
    act: Literal["agree", "dispute"]
    comment: Said = ""

    @model_validator(mode="after")
    def _says_why(self) -> FindingReplyIn:
        if self.act == "dispute" and len(self.comment.strip()) < 3:
            raise ValueError("a dispute needs a comment")
        return self


class FindingRepliesIn(WireIn):
    """What the coder says of findings of one episode; all of it is taken, or nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "replies": [
                        {"no": 0, "act": "agree"},
                        {"no": 2, "act": "dispute", "comment": "The operation note of 3 March names the left side."},
                    ]
                }
            ]
        }
    )

    replies: Annotated[list[FindingReplyIn], Field(min_length=1, max_length=200)]


class FindingAsIn(WireIn):
    """A finding as it should stand from now on."""

    error_type: ErrorType
    attribution: Attribution
    non_coder_reason: NonCoderReason | None = None
    standards: Standards = Field(default_factory=list)


class _RulingIn(WireIn):
    no: FindingNo
    outcome: Ruling
    comment: Annotated[Said, Field(min_length=3)]
    finding: FindingAsIn | None = None

    @model_validator(mode="after")
    def _amended_to_what(self) -> _RulingIn:
        if (self.outcome is Ruling.amended) != (self.finding is not None):
            raise ValueError("an amended finding, and no other, says what it is amended to")
        return self


_ANSWER: dict[str, JsonValue] = {
    "no": 2,
    "outcome": "stands",
    "comment": "The note names the side of an earlier operation.",
}


class FindingAnswerIn(_RulingIn):
    """The auditor's answer to a dispute: the finding stands, is amended, or is withdrawn, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ANSWER]})


class FindingRulingIn(_RulingIn):
    """The ruling on an escalated finding; it ends the talk."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "no": 2,
                    "outcome": "amended",
                    "comment": "The side is not documented at all.",
                    "finding": {
                        "error_type": "omitted",
                        "attribution": "non_coder",
                        "non_coder_reason": "incomplete",
                        "standards": ["PGCS sites"],
                    },
                }
            ]
        }
    )


class FindingEscalateIn(WireIn):
    """Why a dispute goes to whoever rules on it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"no": 2, "comment": "The answer does not speak of the operation note."}]}
    )

    no: FindingNo
    comment: Annotated[Said, Field(min_length=3)]


class FindingCloseIn(WireIn):
    """Which findings to close because nobody replied within the time limit."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"nos": [0, 2], "comment": "On long leave."}]})

    nos: Annotated[list[FindingNo], Field(min_length=1, max_length=200)]
    comment: Said = ""


class FindingsSent(WireOut):
    """What was sent: episodes with findings for their coder, episodes settled at once, and those still to be decided.

    ``no_coder`` of the settled had a coder error, but no coder who could reply. ``to_rule`` counts findings that
    somebody had ruled on and that the correction changes: they are ruled on again.
    """

    sent: int
    findings: int
    to_rule: int
    settled: int
    no_coder: int
    not_decided: int
    reply_due_on: dt.date | None


class AuditName(WireOut):
    """An audit by its reference and title."""

    audit_id: UUID
    reference: str
    title: str
    state: AuditState


class FindingReplyOut(WireOut):
    """One thing said about a finding; ``changed`` holds what an amendment changed, before and after.

    ``wording`` names the sensitive words in it, by the audit's methodology, to whoever wrote it and nobody else.
    """

    seq: int
    act: str
    part: str
    text: str
    changed: dict[str, Any] | None
    by_name: str
    me: bool
    at: dt.datetime
    wording: list[str]


class FindingCan(WireOut):
    """What the caller may do with a finding: true, or why not."""

    agree: bool | str
    dispute: bool | str
    escalate: bool | str
    answer: bool | str
    rule: bool | str
    close_unanswered: bool | str


class CoderFinding(WireOut):
    """One finding: the coder's code and the auditor's, what is wrong, and what was said about it.

    ``error_type`` is null once the finding was withdrawn; ``due_on`` is the last day for whoever has to speak next.
    """

    no: int
    side: Side
    code_class: CodeClass
    sub_class: SubClass
    trust: CodeLine | None
    auditor: CodeLine | None
    error_type: ErrorType | None
    error_words: str | None
    attribution: Attribution
    non_coder_reason: NonCoderReason | None
    evidence_available: bool | None
    evidence: str
    standards: list[str]
    comment: str
    reply: Reply
    turn: Literal["coder", "auditor", "adjudicator", "nobody"]
    due_on: dt.date | None
    overdue: bool
    said: list[FindingReplyOut]
    can: FindingCan


class FindingItemOut(WireOut):
    """An audited episode with the findings sent to its coder; nothing else of the auditor's work."""

    model_config = ConfigDict(title="FindingItem")

    item_id: UUID
    episode_id: UUID
    audit: AuditName
    state: ItemState
    version: int
    ended_on: dt.date
    specialty: NamedCode | None
    coder_name: str | None
    coded_at: dt.datetime | None
    auditor_name: str | None
    diagnoses: list[CodeLine]
    procedures: list[CodeLine]
    sent_at: dt.datetime | None
    due_on: dt.date | None
    overdue: bool
    findings: list[CoderFinding]
    sensitive_words: list[str]
    error_words: dict[str, str]


class FindingRow(WireOut):
    """An audited episode with findings, counted by where their talk stands."""

    item_id: UUID
    audit: AuditName
    ended_on: dt.date
    specialty: NamedCode | None
    coder_name: str | None
    auditor_name: str | None
    sent_at: dt.datetime | None
    findings: int
    open: int
    disputed: int
    escalated: int
    settled: int
    due_on: dt.date | None
    overdue: bool


class FindingPage(Page[FindingRow]):
    """A page of episodes with findings."""

    model_config = ConfigDict(title="FindingPage")


Cursor = Annotated[str, Field(max_length=400)]


class FindingFilter(WireIn):
    """Which of the caller's findings; all of them, or those in which it is the caller's turn."""

    open: bool | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class DisputeFilter(WireIn):
    """Which findings: disputed ones to answer, escalated ones to rule on, or those that wait for their coder.

    Without it: to rule on for whoever rules, to answer for everybody else. ``audit_id`` narrows to one audit.
    """

    which: Literal["to_answer", "to_rule", "with_coder"] | None = None
    audit_id: UUID | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class FindingCounts(WireOut):
    """How many audited episodes wait for the caller, and of how many the time limit has passed."""

    mine_open: int
    mine_overdue: int
    mine_soonest_due_on: dt.date | None
    to_answer: int
    to_answer_overdue: int
    to_rule: int
    to_rule_overdue: int
    unanswered: int
