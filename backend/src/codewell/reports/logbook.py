"""An auditor's logbook of a year on paper: what the approved-auditor programme is shown, to print and to sign."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.rules import KIND_LABELS, QUALIFICATION_LABELS, AuditKind, QualificationKind
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb
from codewell.reports.content import Cell, Pair, ReportDocument, ReportSection, day, para, table
from codewell.reports.phrases import count
from codewell.reports.reads import trust_name
from codewell.reports.wording import moment
from codewell.training.reads import logbook as reads
from codewell.training.rules import hours
from codewell.training.schemas import LogbookYear


@verb("logbook:keep", refuses=[NotFound])
async def print_my_logbook(session: AsyncSession, actor: Actor, f: LogbookYear) -> ReportDocument:
    """Return the caller's own logbook of a financial year, to make a file of."""
    book = await reads.see_my_logbook(session, actor, f)
    return logbook(book, await trust_name(session, actor), clock.now())


@verb("logbook:see", refuses=[NotFound])
async def print_logbook(session: AsyncSession, actor: Actor, person_id: UUID, f: LogbookYear) -> ReportDocument:
    """Return somebody's logbook of a financial year, to make a file of."""
    book = await reads.see_logbook(session, actor, person_id, f)
    return logbook(book, await trust_name(session, actor), clock.now())


def _days(first: dt.date, last: dt.date) -> str:
    return day(first) if first == last else f"{day(first)} to {day(last)}"


def _qualification(q: dict[str, Any]) -> str:
    number = f", number {q['number']}" if q["number"] else ""
    ends = f", until {day(q['expires_on'])}" if q["expires_on"] else ""
    return f"{QUALIFICATION_LABELS[QualificationKind(q['kind'])]}{number}, from {day(q['awarded_on'])}{ends}"


def logbook(book: dict[str, Any], trust: str, made_at: dt.datetime) -> ReportDocument:
    """Lay a logbook out: who, what they hold, their audits and CPD of the year, and a place to sign."""
    totals = book["totals"]
    audits: list[list[Cell]] = [
        [
            _days(a["first_on"], a["last_on"]), f"{a['reference']} {a['title']}",
            KIND_LABELS[AuditKind(a["kind"])], a["role"], a["episodes"], a["second_audits"], hours(a["minutes"]),
        ]
        for a in book["audits"]
    ]  # fmt: skip
    cpd: list[list[Cell]] = [
        [day(c["done_on"]), c["kind_label"], c["title"], c["note"] or "–", hours(c["minutes"])] for c in book["cpd"]
    ]
    timed = sum(a["timed"] for a in book["audits"])
    untimed = totals["episodes"] - timed
    sections = [
        _section(
            "audits",
            "Audits",
            table(
                "audits",
                "Audits in which episodes were audited",
                [
                    ("Days", "text", 1.5), ("Audit", "text", 2.6), ("Kind", "text", 1.2), ("Part", "text", 0.8),
                    ("Episodes", "count", 0.8), ("Of them second", "count", 0.8), ("Hours", "text", 0.7),
                ],
                [*audits, ["Total", "", "", "", totals["episodes"], None, hours(totals["minutes"])]],
                total=True,
                note=f"The time of {count(untimed, 'episode')} is not known." if untimed else None,
            )
            if audits
            else para("No episode was audited in this year."),
        ),
        _section(
            "cpd",
            "Continuing professional development",
            table(
                "cpd",
                "Continuing professional development",
                [
                    ("Day", "text", 1.1), ("Kind", "text", 1.2), ("Title", "text", 2.4), ("Note", "text", 2.2),
                    ("Hours", "text", 0.7),
                ],
                [*cpd, ["Total", "", "", "", hours(totals["cpd_minutes"])]],
                total=True,
            )
            if cpd
            else para("Nothing was entered for this year."),
        ),
        _section(
            "declaration",
            "Declaration",
            para("This logbook is a true record of the audits and of the development that I undertook in this year."),
            para("Signed: ......................................................    Date: ........................"),
        ),
    ]  # fmt: skip
    held = [_qualification(q) for q in book["qualifications"]] or ["none recorded"]
    return ReportDocument(
        kind="logbook",
        title=f"Auditor's logbook: {book['name']}",
        subtitle=f"Financial year {book['year']}",
        trust=trust,
        reference=f"Logbook {book['year']}",
        status="Logbook",
        draft=False,
        stamp=f"Logbook of {book['name']}, {book['year']}",
        made_at=made_at,
        warning=None,
        front=[
            Pair(term="Auditor", value=book["name"]),
            *(Pair(term="Qualification", value=words) for words in held),
            Pair(term="Audits", value=f"{totals['audits']:,}, of {count(totals['episodes'], 'episode')}"),
            Pair(term="Hours", value=f"{hours(totals['minutes'])} of audit, {hours(totals['cpd_minutes'])} of CPD"),
            Pair(term="Made", value=moment(made_at)),
        ],
        sections=sections,
        data=[],
    )


def _section(key: str, title: str, *blocks: Any) -> ReportSection:  # Any: blocks of any kind
    return ReportSection(key=key, title=title, level=1, appendix=False, block=None, blocks=list(blocks))
