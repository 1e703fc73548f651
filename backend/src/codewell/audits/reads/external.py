"""An external auditor's findings: as they said them, and as they stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.alignment import CodeClass, ErrorType
from codewell.audits.limits import wording
from codewell.audits.models import Audit
from codewell.audits.profiles import Methodology, Thresholds
from codewell.audits.reads.one import part_in, the_audit
from codewell.audits.reads.replies import MADE_BY
from codewell.audits.rules import AUDIT_MOVES, EXTERNAL_MOVES, AuditKind, AuditState, ExternalStage
from codewell.audits.schemas.external import ExternalFilter
from codewell.audits.shown import AUDITOR_CODES, CLASS_LABELS, Rules, rules_of
from codewell.audits.tally import Attribution, Audited, Finding, class_figures
from codewell.coding.reads import Titles, titles_for
from codewell.episodes.reads import HIDDEN, named
from codewell.identity.actor import Actor
from codewell.kit.paging import decode_cursor, encode_cursor, scope_of
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb

_LIST = f"""
select p.*, i.no as item_no, i.version as item_version, i.episode_id, i.ended_on, i.specialty_code,
    {MADE_BY.format(who=":reader")} as made
from audit_position p
join audit_item i on i.provider = p.provider and i.item_id = p.item_id
where p.provider = :provider and p.audit_id = :audit_id and p.external is not null
  and not {HIDDEN.format("i")} {{where}}
order by i.no, p.no limit :rows
"""
_TALK = text("""
select * from audit_reply where provider = :provider and item_id = any(cast(:items as uuid[]))
order by item_id, no, seq
""")


@verb("audit:see")
async def see_template(session: AsyncSession, actor: Actor) -> None:
    """Let whoever sees audits have the example of the file; it holds nothing of anybody."""


@verb("audit:see", refuses=[NotFound])
async def list_external_findings(
    session: AsyncSession, actor: Actor, audit_id: UUID, f: ExternalFilter
) -> dict[str, Any]:
    """Return one page of the external auditor's findings of an audit, episode by episode."""
    audit = await the_audit(session, actor, audit_id)
    scope = scope_of("external", actor.provider, actor.id, audit_id, f.stage)
    where, values = "", {"provider": actor.provider, "audit_id": audit_id, "reader": actor.id, "rows": f.limit + 1}
    if f.stage is not None:
        where += " and p.external ->> 'stage' = :stage"
        values["stage"] = f.stage.value
    if f.cursor:
        values["item_no"], values["no"] = decode_cursor(f.cursor, scope)
        where += " and (i.no, p.no) > (:item_no, :no)"
    rows = (await session.execute(text(_LIST.format(where=where)), values)).all()
    shown = rows[: f.limit]
    talk: dict[tuple[UUID, int], list[Row[Any]]] = {}
    of = {"provider": actor.provider, "items": list({r.item_id for r in shown})}
    for said in await session.execute(_TALK, of):
        talk.setdefault((said.item_id, said.no), []).append(said)
    titles: dict[dt.date, Titles] = {}
    for day in {r.ended_on for r in shown}:
        titles[day] = await titles_for(session, day)
    member = await part_in(session, actor, audit_id) is not None
    methodology = Methodology.model_validate(audit.methodology)
    last = shown[-1] if len(rows) > f.limit else None
    return {
        "items": [
            _out(r, talk.get((r.item_id, r.no), ()), titles[r.ended_on], actor, audit, methodology, member=member)
            for r in shown
        ],
        "next": None if last is None else encode_cursor([last.item_no, last.no], scope),
    }


def _out(
    row: Row[Any], talk: Iterable[Row[Any]], titles: Titles, actor: Actor, audit: Audit, methodology: Methodology, *,
    member: bool,
) -> dict[str, Any]:  # fmt: skip
    system = "icd10" if row.side == "diagnoses" else "opcs4"
    said, stage = row.external, ExternalStage(row.external["stage"])

    def can(*moves: str) -> bool | str:
        if not actor.may("audit:work"):
            return "You do not have permission to do this."
        if not member:
            return "Only an auditor of this audit does this."
        if row.made:
            return "Nobody audits their own coding."
        if audit.state not in (AuditState.running, AuditState.correcting):
            return "The audit is signed."
        return any(stage in EXTERNAL_MOVES[m].of for m in moves) or "That is not possible at this stage."

    return {
        **{
            name: getattr(row, name)
            for name in (
                "item_id", "item_no", "item_version", "episode_id", "ended_on", "no", "code_class", "sub_class",
                "attribution", "non_coder_reason",
            )
        },
        "specialty": named("main_specialty", row.specialty_code),
        "trust": None if row.trust_code is None else titles.line(system, row.trust_code, row.trust_on),
        "external": None if row.auditor_code is None else titles.line(system, row.auditor_code, row.auditor_on),
        "said": {name: said[name] for name in _SAID},
        "stage": stage,
        "error_type": row.final_type,
        "error_words": next((w for k, w in methodology.key_words.items() if k == row.final_type), None),
        "standards": list(row.standards),
        "talk": [
            {
                "seq": t.seq, "act": t.act, "part": t.part, "text": t.text, "changed": t.changed, "by_name": t.by_name,
                "me": t.by_id == actor.id, "at": t.at,
                "wording": wording(t.text, methodology.sensitive_words) if t.by_id == actor.id else [],
            }
            for t in talk
        ],
        "can": {
            "accept": can("accept"),
            "challenge": can("challenge"),
            "record_outcome": can("uphold", "amend", "withdraw"),
        },
    }  # fmt: skip


_SAID: Final = ("key", "error_type", "attribution", "non_coder_reason", "standards", "comment")

_FIGURES = text("""
select p.item_id, p.code_class, p.trust_at is not null as has_trust, p.auditor_at is not null as has_auditor,
    p.counted_elsewhere, p.final_type, p.attribution, p.external
from audit_position p join audit_item i on i.provider = p.provider and i.item_id = p.item_id
where p.provider = :provider and p.audit_id = :audit_id and i.state not in ('replaced', 'unsafe') order by p.item_id
""")
_WHO = text("""
select min(auditor_name) from audit_item where provider = :provider and audit_id = :audit_id and auditor_id is null
""")


@verb("audit:see", refuses=[NotFound])
async def see_external_figures(session: AsyncSession, actor: Actor, audit_id: UUID) -> dict[str, Any]:
    """Return the figures of an external audit as its auditor said them and as agreed, and how far the answers are."""
    audit = await the_audit(session, actor, audit_id)
    key = {"provider": actor.provider, "audit_id": audit_id}
    said, agreed = dict[UUID, list[Finding]](), dict[UUID, list[Finding]]()
    stages = dict.fromkeys(ExternalStage, 0)
    for row in await session.execute(_FIGURES, key):
        theirs = row.external or {"error_type": row.final_type, "attribution": row.attribution}
        said.setdefault(row.item_id, []).append(_finding(row, theirs["error_type"], theirs["attribution"]))
        agreed.setdefault(row.item_id, []).append(_finding(row, row.final_type, row.attribution))
        if row.external is not None:
            stages[ExternalStage(row.external["stage"])] += 1
    methodology = Methodology.model_validate(audit.methodology)
    thresholds = None if audit.thresholds is None else Thresholds.model_validate(audit.thresholds)
    rules = rules_of(methodology, thresholds)
    may = AUDIT_MOVES["import_findings"].of
    member = actor.may("audit:work") and await part_in(session, actor, audit_id) is not None
    return {
        "audit_id": audit_id,
        "state": audit.state,
        "version": audit.version,
        "external_auditor": await session.scalar(_WHO, key) or audit.commissioned_by,
        "episodes": len(said),
        "findings": sum(stages.values()),
        "stages": stages,
        "said": _classes([Audited(f) for f in said.values()], methodology, rules),
        "agreed": _classes([Audited(f) for f in agreed.values()], methodology, rules),
        "error_words": {k.value: v for k, v in methodology.key_words.items()},
        "sensitive_words": list(methodology.sensitive_words),
        "can_import": (
            "This is not an external audit." if audit.kind != AuditKind.external
            else "Only an auditor of this audit does this." if not member
            else "That cannot be done at this stage." if audit.state not in may
            else True
        ),
    }  # fmt: skip


def _finding(row: Row[Any], error: str | None, attribution: str) -> Finding:
    return Finding(
        CodeClass(row.code_class), row.has_trust, row.has_auditor, None if error is None else ErrorType(error),
        Attribution(attribution), row.counted_elsewhere,
    )  # fmt: skip


def _classes(episodes: Sequence[Audited], methodology: Methodology, rules: Rules) -> list[dict[str, Any]]:
    out = []
    for klass in CodeClass:
        f = class_figures(episodes, methodology.counting, klass, rules.confidence)
        figure = rules.figure(f.correct, AUDITOR_CODES)
        out.append(
            {
                "code_class": klass,
                "label": CLASS_LABELS[klass],
                "trust_n": f.counts.trust_n,
                "auditor_n": f.counts.auditor_n,
                "errors": f.counts.errors,
                "coder": f.counts.coder,
                "non_coder": f.counts.non_coder,
                **{name: figure[name] for name in ("share", "percent", "low", "high")},
            }
        )
    return out
