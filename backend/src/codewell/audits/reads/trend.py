"""How figures went from audit to audit: of the same kind, of one specialty, of one coder; as they were signed."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.compare import CHANGED_WORDS, Share, difference
from codewell.audits.models import Audit
from codewell.audits.reads.one import the_audit
from codewell.audits.reads.results import results_now
from codewell.audits.rules import AuditState
from codewell.audits.schemas.trend import TrendFilter
from codewell.identity.actor import Actor
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb

MOST: Final = 40
"""Audits of one trend; older ones are left out."""

# Only what a trend needs is taken out of what was signed.
# Only after what has no such figure is left out are there too many: a coder or a specialty may be in few of them.
_SIGNED = text("""
select * from (
select a.audit_id, a.reference, a.title, a.kind, a.mode, a.period_from, a.period_to, a.methodology_key,
       a.methodology_version, s.version as signed_version,
       case when :by = 'kind' then s.content -> 'results' -> 'headline'
            else jsonb_path_query_first(s.content -> 'results' -> 'groups' -> :by, '$[*] ? (@.key == $key)',
                                        jsonb_build_object('key', cast(:key as text))) end as figures
from audit a
join lateral (
    select x.version, x.content from audit_signature x
    where x.provider = a.provider and x.audit_id = a.audit_id order by x.version desc limit 1
) s on true
where a.provider = :provider and a.state = 'signed' and (:by <> 'kind' or a.kind = :kind)
) signed
where figures is not null
order by period_to desc, audit_id desc limit :most
""")


@verb("audit:see", refuses=[NotFound])
async def see_trend(session: AsyncSession, actor: Actor, audit_id: UUID, f: TrendFilter) -> dict[str, Any]:
    """Return the figures of every signed audit that can stand beside this one, oldest first, and what changed last."""
    audit = await the_audit(session, actor, audit_id)
    key = f.key or ""
    values = {"provider": actor.provider, "by": f.by, "key": key, "kind": audit.kind, "most": MOST}
    points = [_point(row, row.figures, row.signed_version) for row in await session.execute(_SIGNED, values)]
    if audit.state != AuditState.signed:
        now = await _now(session, actor, audit, f.by, key)
        if now is not None:
            points.append(_point(audit, now, None))
    points = sorted(
        (p for p in points if p["classes"]),
        key=lambda p: (p["signed_version"] is None, p["period_to"], str(p["audit_id"])),
    )
    return {"by": f.by, "key": f.key, "points": points, "changes": changes(points), "said": _said(points)}


async def _now(session: AsyncSession, actor: Actor, audit: Audit, by: str, key: str) -> dict[str, Any] | None:
    results = await results_now(session, actor, audit, reader=actor.id)
    if by == "kind":
        headline: dict[str, Any] = results["headline"]
        return headline
    return next((g for g in results["groups"][by] if g["key"] == key), None)


def _point(audit: Any, figures: dict[str, Any] | None, signed: int | None) -> dict[str, Any]:
    same = (
        "audit_id", "reference", "title", "kind", "mode", "period_from", "period_to", "methodology_key",
        "methodology_version",
    )  # fmt: skip
    found = figures or {"classes": [], "all_correct": None}
    return {name: getattr(audit, name) for name in same} | {
        "signed_version": signed,
        "classes": [
            {"code_class": c["code_class"], "label": c["label"], "correct": c["correct"]} for c in found["classes"]
        ],
        "all_correct": found["all_correct"],
    }


def changes(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return how each class changed from the last point but one to the last, with what that allows to say."""
    if len(points) < 2:
        return []
    before, after = points[-2], points[-1]
    was = {c["code_class"]: c["correct"] for c in before["classes"]}
    named = [(c["code_class"], c["label"], was.get(c["code_class"]), c["correct"]) for c in after["classes"]]
    named.append(("all_correct", "Episodes all correct", before["all_correct"], after["all_correct"]))
    return [changed(key, label, a, b) for key, label, a, b in named]


def changed(key: str, label: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str, Any]:
    """Return one figure before and after, their difference with its interval, and a verdict in words."""
    told = {"key": key, "label": label, "before": before, "after": after}
    if not before or not after or before["share"] is None or after["share"] is None:
        return told | {"difference": None, "low": None, "high": None, "said": None, "words": "Not applicable"}
    d = difference(*(Share(f["share"], f["low"], f["high"]) for f in (before, after)))
    return told | {
        "difference": d.difference, "low": d.low, "high": d.high, "said": d.said.value, "words": CHANGED_WORDS[d.said],
    }  # fmt: skip


def _said(points: list[dict[str, Any]]) -> list[str]:
    """Return what to beware of in comparing these audits."""
    said = []
    if len({p["mode"] for p in points}) > 1:
        said.append("Some of these audits were blind and some were reviews: their figures are not alike.")
    if len({(p["methodology_key"], p["methodology_version"]) for p in points}) > 1:
        said.append("These audits did not all count by the same version of the methodology.")
    if len({p["kind"] for p in points}) > 1:
        said.append("These audits are of different kinds; a sample chosen for a purpose stands for that purpose only.")
    if any(p["signed_version"] is None for p in points):
        said.append("The last audit is not signed yet; its figures may still change.")
    return said
