"""Wire shapes of recommendations and actions."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from codewell.actions.rules import ActionState, EvidenceKind, Priority, RecommendationState, Response
from codewell.audits.rules import AuditKind
from codewell.audits.schemas.trend import ChangeOut
from codewell.identity.rules import Role
from codewell.kit.paging import Limit, Page
from codewell.kit.wire import Line, ShortLine, Text, WireIn, WireOut

Said = Annotated[Text, Field(min_length=3, max_length=4000)]
Days = Annotated[list[Annotated[int, Field(ge=0, le=365)]], Field(max_length=5)]
_WHO = "01900000-0000-7000-8000-000000000001"
_RECOMMENDATION: dict[str, Any] = {
    "text": "Code every comorbidity that the clinical summary names, and check it on ten episodes a month.",
    "standard": "DGCS.3",
    "rests_on": [],
    "priority": "high",
    "owner_role": "manager",
    "due_on": "2027-03-31",
    "evidence_wanted": "Notes of the team session and the monthly check",
}
_ACTION: dict[str, Any] = {
    "text": "Hold a team session on comorbidities",
    "owner_role": "trainer",
    "due_on": "2027-01-31",
    "remind_days": [14, 7, 1],
}


class _Owned(WireIn):
    owner_id: UUID | None = None
    owner_role: Role | None = None

    @model_validator(mode="after")
    def _one_owner(self) -> _Owned:
        if (self.owner_id is None) == (self.owner_role is None):
            raise ValueError("name one owner: a person as owner_id, or a role as owner_role")
        return self


class FindingRef(WireIn):
    """A finding that a recommendation rests on: the audited episode and the place of the code."""

    item_id: UUID
    no: Annotated[int, Field(ge=0, le=1000)]


class RecommendationIn(_Owned):
    """A recommendation: specific, with an owner, a day and the evidence that will show it was done."""

    model_config = ConfigDict(json_schema_extra={"examples": [_RECOMMENDATION]})

    text: Annotated[Text, Field(min_length=10, max_length=4000)]
    standard: ShortLine = ""
    rests_on: Annotated[list[FindingRef], Field(max_length=200)] = Field(default_factory=list)
    priority: Priority
    due_on: dt.date
    evidence_wanted: Annotated[Text, Field(min_length=3, max_length=2000)]


class RespondIn(WireIn):
    """What the Trust answers; partly and rejected say why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"response": "agreed", "reason": ""}]})

    response: Response
    reason: Annotated[Text, Field(max_length=4000)] = ""

    @model_validator(mode="after")
    def _says_why(self) -> RespondIn:
        if self.response is not Response.agreed and len(self.reason.strip()) < 3:
            raise ValueError("say why it is agreed in part or rejected")
        return self


class WhyIn(WireIn):
    """Why something is done."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Done another way"}]})

    reason: Said


class NoteIn(WireIn):
    """What there is to say about it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "The session is booked for 12 January."}]})

    text: Said


class RemarkIn(WireIn):
    """A remark that goes with a move; it may be empty."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": ""}]})

    text: Annotated[Text, Field(max_length=4000)] = ""


class ReAuditIn(WireIn):
    """Which audit looks again; null takes the link away."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"audit_id": "01900000-0000-7000-8000-000000000000"}]})

    audit_id: UUID | None


class ActionIn(_Owned):
    """An action with its owner, its day, and how many days before it the owner is reminded."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ACTION]})

    text: Annotated[Text, Field(min_length=3, max_length=2000)]
    due_on: dt.date
    remind_days: Days = Field(default_factory=lambda: [14, 7, 1])


class EvidenceIn(WireIn):
    """Evidence in words or behind a link; files are uploaded."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"title": "Notes of the session", "text": "Held on 12 January; 14 coders came."}]
        }
    )

    title: Annotated[Line, Field(min_length=3, max_length=200)]
    text: Annotated[Text, Field(max_length=10_000)] = ""
    url: Annotated[str, Field(max_length=1000, pattern=r"^https?://[^\s<>\"\\]+$")] | None = None

    @model_validator(mode="after")
    def _something(self) -> EvidenceIn:
        if self.url is None and len(self.text.strip()) < 3:
            raise ValueError("give words or a link")
        return self


class OwnerOut(WireOut):
    """Who owns it: a person, or whoever has a role."""

    person_id: UUID | None
    role: Role | None
    name: str
    me: bool


class RestsOnOut(WireOut):
    """A finding in words that name no code."""

    item_id: UUID
    item_no: int
    no: int
    code_class: str
    error: str


class NoteOut(WireOut):
    """One thing said or done about an action."""

    seq: int
    act: str
    text: str
    by_name: str
    at: dt.datetime


class EvidenceOut(WireOut):
    """One piece of evidence; a withdrawn one keeps its line and not its content."""

    model_config = ConfigDict(title="ActionEvidence")

    evidence_id: UUID
    kind: EvidenceKind
    title: str
    text: str
    url: str | None
    file_name: str | None
    media_type: str | None
    size: int | None
    sha256: str | None
    by_name: str
    at: dt.datetime
    withdrawn_at: dt.datetime | None
    withdrawn_reason: str | None


class ActionCan(WireOut):
    """What the caller may do to an action: true, or why not."""

    edit: Literal[True] | str
    start: Literal[True] | str
    note: Literal[True] | str
    add_evidence: Literal[True] | str
    finish: Literal[True] | str
    verify: Literal[True] | str
    send_back: Literal[True] | str
    close: Literal[True] | str
    cancel: Literal[True] | str
    reopen: Literal[True] | str


class ActionOut(WireOut):
    """One action as a list shows it."""

    model_config = ConfigDict(title="AuditAction")

    action_id: UUID
    recommendation_id: UUID
    recommendation_no: int
    recommendation_text: str
    priority: Priority
    audit_id: UUID
    audit_reference: str
    audit_title: str
    no: int
    text: str
    owner: OwnerOut
    due_on: dt.date
    due_days: int
    remind_days: list[int]
    reminder: Literal["overdue", "due_soon"] | None
    state: ActionState
    state_label: str
    evidence_count: int
    done_by_name: str | None
    done_at: dt.datetime | None
    verified_by_name: str | None
    verified_at: dt.datetime | None
    closed_at: dt.datetime | None
    version: int
    can: ActionCan


class ActionDetail(ActionOut):
    """One action with all that was said and shown of it."""

    model_config = ConfigDict(title="AuditActionDetail")

    notes: list[NoteOut]
    evidence: list[EvidenceOut]


class ActionPage(Page[ActionOut]):
    """A page of actions."""

    model_config = ConfigDict(title="ActionPage")


class ActionFilter(WireIn):
    """Filters of the actions board; by due day."""

    state: ActionState | None = None
    unfinished: bool | None = None
    owner: Annotated[str, Field(pattern=r"^(me|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$")] | None = None
    role: Role | None = None
    priority: Priority | None = None
    audit: UUID | None = None
    reminder: Literal["overdue", "due_soon"] | None = None
    limit: Limit = 50
    cursor: Annotated[str, Field(max_length=400)] | None = None


class MyActionCounts(WireOut):
    """What waits for the caller: for a badge."""

    model_config = ConfigDict(title="MyActionCounts")

    overdue: int
    due_soon: int
    unfinished: int
    to_verify: int
    to_respond: int


class MyActions(WireOut):
    """What the caller owns that is due soon or overdue, and what they could verify or answer; the most urgent first."""

    counts: MyActionCounts
    due: list[ActionOut]
    to_verify: list[ActionOut]


class RecommendationCan(WireOut):
    """What the caller may do to a recommendation: true, or why not."""

    edit: Literal[True] | str
    respond: Literal[True] | str
    withdraw: Literal[True] | str
    add_action: Literal[True] | str
    close: Literal[True] | str
    reopen: Literal[True] | str
    link_re_audit: Literal[True] | str


class ReAuditOut(WireOut):
    """The audit that looked again."""

    audit_id: UUID
    reference: str
    title: str
    state: str


class RecommendationOut(WireOut):
    """A recommendation as a list shows it."""

    model_config = ConfigDict(title="Recommendation")

    recommendation_id: UUID
    audit_id: UUID
    audit_reference: str
    audit_title: str
    audit_kind: AuditKind
    no: int
    text: str
    standard: str
    priority: Priority
    owner: OwnerOut
    due_on: dt.date
    overdue: bool
    evidence_wanted: str
    state: RecommendationState
    state_label: str
    response: Response | None
    response_reason: str
    responded_by_name: str | None
    responded_at: dt.datetime | None
    actions_n: int
    actions_closed: int
    findings_n: int
    re_audit: ReAuditOut | None
    created_by_name: str
    created_at: dt.datetime
    closed_at: dt.datetime | None
    version: int
    can: RecommendationCan


class RecommendationDetail(RecommendationOut):
    """One recommendation with its findings and its actions."""

    model_config = ConfigDict(title="RecommendationDetail")

    rests_on: list[RestsOnOut]
    actions: list[ActionDetail]


class RecommendationPage(Page[RecommendationOut]):
    """A page of recommendations."""

    model_config = ConfigDict(title="RecommendationPage")


class RecommendationFilter(WireIn):
    """Filters of recommendations; by due day."""

    state: RecommendationState | None = None
    priority: Priority | None = None
    audit: UUID | None = None
    limit: Limit = 50
    cursor: Annotated[str, Field(max_length=400)] | None = None


class EffectPair(WireOut):
    """An audit and the one that followed it, figure by figure."""

    before_audit_id: UUID
    before_reference: str
    before_title: str
    before_signed: bool
    after_audit_id: UUID
    after_reference: str
    after_title: str
    after_signed: bool
    changes: list[ChangeOut]
    said: list[str]


class EffectOut(WireOut):
    """Whether it helped: the audit beside each that follows it. Without a follow-up the list is empty."""

    model_config = ConfigDict(title="AuditEffect")

    pairs: list[EffectPair]


class OwnerChoice(WireOut):
    """Somebody who can own an action."""

    person_id: UUID
    name: str
    role: str


class OwnerPage(Page[OwnerChoice]):
    """People who can own an action."""

    model_config = ConfigDict(title="ActionOwnerPage")
