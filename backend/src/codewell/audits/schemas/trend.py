"""Wire shapes of trends and of agreement."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, model_validator

from codewell.audits.alignment import CodeClass
from codewell.audits.compare import Changed
from codewell.audits.rules import AuditKind, Mode
from codewell.audits.schemas.results import FigureOut
from codewell.kit.wire import ShortLine, WireIn, WireOut


class TrendFilter(WireIn):
    """Along what: audits of the same kind, or what audits found of one coder or specialty."""

    by: Literal["kind", "coder", "specialty"] = "kind"
    key: ShortLine | None = None

    @model_validator(mode="after")
    def _of_whom(self) -> TrendFilter:
        if self.by != "kind" and not self.key:
            raise ValueError("say of which coder or specialty, as key")
        return self


class TrendClassOut(WireOut):
    """One class at one point."""

    code_class: CodeClass
    label: str
    correct: FigureOut


class TrendPointOut(WireOut):
    """One audit of a trend; ``signed_version`` is null where its figures may still change."""

    model_config = ConfigDict(title="TrendPoint")

    audit_id: UUID
    reference: str
    title: str
    kind: AuditKind
    mode: Mode
    period_from: dt.date
    period_to: dt.date
    methodology_key: str
    methodology_version: int
    signed_version: int | None
    classes: list[TrendClassOut]
    all_correct: FigureOut | None


class ChangeOut(WireOut):
    """A figure before and after; ``said`` is whether the interval of the difference leaves nought out."""

    model_config = ConfigDict(title="FigureChange")

    key: str
    label: str
    before: FigureOut | None
    after: FigureOut | None
    difference: float | None
    low: float | None
    high: float | None
    said: Changed | None
    words: str


class TrendOut(WireOut):
    """Figures from audit to audit, the change between the last two, and what to beware of."""

    model_config = ConfigDict(title="AuditTrend")

    by: Literal["kind", "coder", "specialty"]
    key: str | None
    points: list[TrendPointOut]
    changes: list[ChangeOut]
    said: list[str]


class CoefficientOut(WireOut):
    """A coefficient of agreement with its interval."""

    model_config = ConfigDict(title="Coefficient")

    value: float
    low: float
    high: float


class AgreementFiguresOut(WireOut):
    """Two auditors' agreement over ``n`` codes; ``said`` is a sentence where that is too few or kappa cannot be had."""

    n: int
    agreed: FigureOut
    kappa: CoefficientOut | None
    ac1: CoefficientOut | None
    small: bool
    said: str


class AgreementClassOut(AgreementFiguresOut):
    """Agreement over one class."""

    code_class: CodeClass
    label: str


class AgreementQuarterOut(AgreementFiguresOut):
    """Agreement over one quarter of a financial year, all audits together."""

    quarter: str


class AuditAgreementOut(WireOut):
    """Agreement within one audit: of ``pairs`` of audits of one episode, ``finished`` are decided on both sides."""

    model_config = ConfigDict(title="AuditAgreement")

    pairs: int
    finished: int
    overall: AgreementFiguresOut
    classes: list[AgreementClassOut]


class AllAgreementOut(WireOut):
    """Agreement over every audit of the Trust, by quarter; and how often proposals stood."""

    model_config = ConfigDict(title="AllAgreement")

    overall: AgreementFiguresOut
    classes: list[AgreementClassOut]
    quarters: list[AgreementQuarterOut]
    proposals: FigureOut
