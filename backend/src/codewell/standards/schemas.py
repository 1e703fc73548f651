"""Wire shapes of the checks and their rules."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from codewell.codesets.schemas import EditionName_
from codewell.kit.paging import LIMIT_DEFAULT, Limit, Page
from codewell.kit.wire import ShortLine, WireIn, WireOut, clean

LINES_AT_MOST = 99

RuleFamily = Literal[
    "validity", "dagger_asterisk", "external_cause", "symptoms", "not_first", "neoplasms", "sex_age", "maternity",
    "infection", "clinical", "procedures", "administrative",
]  # fmt: skip
SeverityName = Literal["error", "warn", "info"]

Typed = Annotated[str, StringConstraints(max_length=40), AfterValidator(clean)]
"""A code as typed: half of one, a wrong one, or nothing yet."""

Cds = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{1,3}$")]
"""A code of the commissioning data sets."""


class CheckDiagnosis(WireIn):
    """A diagnosis line, possibly blank."""

    code: Typed


class CheckProcedure(WireIn):
    """A procedure line, possibly blank or without its day."""

    code: Typed
    on: dt.date | None = None


class CheckEpisode(WireIn):
    """What is known of the episode, in the codes of the commissioning data sets.

    A rule that needs a fact which is not given stays silent. ``age`` is in years at the start of the episode,
    ``age_days`` in days where that is known.
    """

    started_on: dt.date | None = None
    ended_on: dt.date | None = None
    admitted_on: dt.date | None = None
    discharged_on: dt.date | None = None
    died_on: dt.date | None = None
    sex: Cds | None = None
    age: Annotated[int, Field(ge=0, le=150, strict=True)] | None = None
    age_days: Annotated[int, Field(ge=0, le=55_000, strict=True)] | None = None
    patient_class: Cds | None = None
    admission_method: Cds | None = None
    discharge_method: Cds | None = None
    discharge_destination: Cds | None = None
    operation_status: Cds | None = None
    main_specialty: Cds | None = None
    treatment_function: Cds | None = None
    neonatal_level: Cds | None = None
    last_episode: Annotated[bool, Field(strict=True)] | None = None
    episodes_in_spell: Annotated[int, Field(ge=1, le=999, strict=True)] | None = None


class CheckIn(WireIn):
    """An episode with its codes as they stand, finished or not."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "episode": {
                    "started_on": "2026-11-12",
                    "ended_on": "2026-11-15",
                    "admitted_on": "2026-11-12",
                    "discharged_on": "2026-11-15",
                    "sex": "2",
                    "age": 68,
                },
                "diagnoses": [{"code": "S72.00"}, {"code": "I10"}],
                "procedures": [{"code": "W37.1", "on": "2026-11-13"}, {"code": "Z94.2", "on": "2026-11-13"}],
            }
        }
    )

    episode: CheckEpisode
    diagnoses: Annotated[list[CheckDiagnosis], Field(max_length=LINES_AT_MOST)]
    procedures: Annotated[list[CheckProcedure], Field(max_length=LINES_AT_MOST)]


class CheckFacts(WireOut):
    """The facts of an episode as ``POST /checks`` takes them: send these, and it says what submitting would say."""

    started_on: dt.date | None
    ended_on: dt.date | None
    admitted_on: dt.date | None
    discharged_on: dt.date | None
    died_on: dt.date | None
    sex: str | None
    age: int | None
    age_days: int | None
    patient_class: str | None
    admission_method: str | None
    discharge_method: str | None
    discharge_destination: str | None
    operation_status: str | None
    main_specialty: str | None
    treatment_function: str | None
    neonatal_level: str | None
    last_episode: bool | None
    episodes_in_spell: int | None


class FindingLine(WireOut):
    """A line that a finding is about: which list, and its index as sent, from 0."""

    list: Literal["diagnoses", "procedures"]
    index: int


class FindingOut(WireOut):
    """One thing the checks say. ``rule_id``, ``version`` and ``lines`` identify it from one check to the next."""

    model_config = ConfigDict(title="Finding")

    rule_id: str
    version: str
    severity: SeverityName
    """error: cannot be submitted. warn: needs a reason. info: neither."""
    title: str
    message: str
    mend: str
    lines: list[FindingLine]
    reference: str | None


class CheckEditions(WireOut):
    """The editions that the codes were looked up in."""

    icd10: EditionName_
    opcs4: EditionName_


class CheckOut(WireOut):
    """Everything the checks say of the codes, errors first, and by which editions."""

    items: list[FindingOut]
    editions: CheckEditions


class RuleEdited(WireOut):
    """Who changed the rule last; ``on_older_version``: the shipped rule has moved on since, look at it again."""

    by: str
    by_id: UUID
    at: dt.datetime
    fields: list[str]
    on_older_version: bool


class RuleShipped(WireOut):
    """The rule as it came."""

    severity: SeverityName
    message: str
    mend: str
    national_ref: str | None
    enabled: bool


class RuleCan(WireOut):
    """What the caller may do with the rule: true, or a sentence saying why not."""

    edit: bool | str
    restore: bool | str


class CheckRuleOut(WireOut):
    """A rule as it holds for this Trust. ``edits`` is the version that ``If-Match`` takes."""

    model_config = ConfigDict(title="CheckRule")

    rule_id: str
    version: str
    edits: int
    family: RuleFamily
    severity: SeverityName
    title: str
    message: str
    mend: str
    placeholders: list[str]
    national_ref: str | None
    national_ref_verified: bool
    basis: str
    note: str | None
    valid_from_on: dt.date | None
    valid_to_on: dt.date | None
    enabled: bool
    structural: bool
    operator: str
    edited: RuleEdited | None
    shipped: RuleShipped
    can: RuleCan


class CheckRulePage(Page[CheckRuleOut]):
    """One page of rules."""

    model_config = ConfigDict(title="CheckRulePage")


class RuleFilter(WireIn):
    """Which rules to list."""

    family: RuleFamily | None = None
    severity: SeverityName | None = None
    enabled: bool | None = None
    edited: bool | None = None
    q: ShortLine | None = None
    limit: Limit = LIMIT_DEFAULT
    cursor: Annotated[str, StringConstraints(max_length=200)] | None = None


def _some(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value.strip()


Wording = Annotated[str, StringConstraints(max_length=400), AfterValidator(clean), AfterValidator(_some)]


class CheckRuleEditIn(WireIn):
    """What to change; a field that is null goes back to what was shipped, one that is not sent stays."""

    model_config = ConfigDict(
        title="CheckRuleEdit", json_schema_extra={"example": {"severity": "info", "national_ref": "Local policy 12"}}
    )

    enabled: Annotated[bool, Field(strict=True)] | None = None
    severity: SeverityName | None = None
    message: Wording | None = None
    mend: Wording | None = None
    national_ref: Annotated[ShortLine, AfterValidator(_some)] | None = None

    @model_validator(mode="after")
    def _something(self) -> CheckRuleEditIn:
        if not self.model_fields_set:
            raise ValueError("name at least one field to change")
        return self
