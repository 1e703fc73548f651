"""What an audit came to: all its figures, and the very positions and episodes that make each of them up."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.models import Audit
from codewell.audits.money import Grouped
from codewell.audits.profiles import Methodology, Thresholds
from codewell.audits.reads.audited import AUDITED, audited_of
from codewell.audits.reads.one import the_audit
from codewell.audits.rules import KIND_LABELS, TARGETED, AuditKind, AuditState
from codewell.audits.summary import summarise
from codewell.audits.tally import Unsafe
from codewell.episodes import reference
from codewell.identity.actor import Actor
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb

_GROUPED = text("""
select g.item_id, g.grouper, g.hrg_before, g.hrg_after, (g.pounds_before * 100)::bigint as pence_before,
       (g.pounds_after * 100)::bigint as pence_after
from audit_grouping g where g.provider = :provider and g.audit_id = :audit_id
""")

_PROGRESS = text("""
select count(*) filter (where second_of is null and state <> 'replaced') as selected,
       count(*) filter (where second_of is null and state = any(cast(:audited as text[]))) as audited,
       count(*) filter (where second_of is null and state = 'unsafe') as unsafe,
       count(*) filter (where second_of is null and state in ('drawn', 'coding', 'comparing')) as left_to_do,
       count(*) filter (where second_of is null and state = 'with_coder') as with_coder,
       count(*) filter (where state = 'replaced') as replaced,
       count(*) filter (where second_of is not null and state <> 'replaced') as second_audits
from audit_item where provider = :provider and audit_id = :audit_id
""")

_SIGNATURE = text("""
select version, at, by_name, content -> 'results' as results from audit_signature
where provider = :provider and audit_id = :audit_id order by version desc limit 1
""")


async def results_of(session: AsyncSession, actor: Actor, audit_id: UUID) -> dict[str, Any]:
    """Return every figure of an audit as plain JSON values; of a signed audit just what was signed."""
    audit = await the_audit(session, actor, audit_id)
    signed = await signed_results(session, actor, audit)
    return signed if signed is not None else await results_now(session, actor, audit)


@verb("audit:see", refuses=[NotFound])
async def see_results(session: AsyncSession, actor: Actor, audit_id: UUID) -> dict[str, Any]:
    """Return an audit's figures as the caller may see them.

    While the audit is open, episodes that the caller may still code blind are in none of the numbers: what is left out
    of a list cannot be had by taking one number from another.
    """
    audit = await the_audit(session, actor, audit_id)
    signed = await signed_results(session, actor, audit)
    return signed if signed is not None else await results_now(session, actor, audit, reader=actor.id)


async def signed_results(session: AsyncSession, actor: Actor, audit: Audit) -> dict[str, Any] | None:
    """Return the figures of the signature in force, or None while the audit is open."""
    if audit.state != AuditState.signed:
        return None
    values = {"provider": actor.provider, "audit_id": audit.audit_id}
    row = (await session.execute(_SIGNATURE, values)).one_or_none()
    if row is None or row.results is None:
        return None
    results: dict[str, Any] = dict(row.results)
    return results | {
        "state": audit.state, "source": "signed", "signed_version": row.version, "signed_at": row.at.isoformat(),
        "signed_by_name": row.by_name,
    }  # fmt: skip


async def results_now(
    session: AsyncSession, actor: Actor, audit: Audit, *, reader: UUID | None = None
) -> dict[str, Any]:
    """Return the figures as the positions stand now; five statements, however large the audit."""
    values = {"provider": actor.provider, "audit_id": audit.audit_id}
    episodes = await audited_of(session, actor, audit.audit_id, reader=reader)
    progress = (await session.execute(_PROGRESS, {**values, "audited": list(AUDITED)})).mappings().one()
    grouped, groupers = dict[UUID, Grouped](), set[str]()
    for row in await session.execute(_GROUPED, values):
        grouped[row.item_id] = Grouped(row.hrg_before, row.hrg_after, row.pence_before, row.pence_after)
        groupers.add(row.grouper)
    methodology = Methodology.model_validate(audit.methodology)
    thresholds = None if audit.thresholds is None else Thresholds.model_validate(audit.thresholds)
    summary = summarise(
        episodes, methodology, thresholds, grouped=grouped, grouper=", ".join(sorted(groupers)) or None,
        specialty=reference.specialty_name,
    )  # fmt: skip
    kind = AuditKind(audit.kind)
    return {
        "audit_id": str(audit.audit_id),
        "reference": audit.reference,
        "title": audit.title,
        "kind": audit.kind,
        "kind_label": KIND_LABELS[kind],
        "state": audit.state,
        "mode": audit.mode,
        "targeted": kind in TARGETED,
        "period_from": audit.period_from.isoformat(),
        "period_to": audit.period_to.isoformat(),
        "source": "now",
        "signed_version": None,
        "signed_at": None,
        "signed_by_name": None,
        "rules": _rules_out(audit, methodology, thresholds),
        "progress": dict(progress),
        "left_out": progress["audited"] + progress["unsafe"] - len(episodes),
        **summary,
    }


EXTRAPOLATE: Final = "This sample was chosen for its own population; its figures are not to be extrapolated."


def _rules_out(audit: Audit, methodology: Methodology, thresholds: Thresholds | None) -> dict[str, Any]:
    """Return what was counted and how, for a machine and in sentences for a person."""
    percent = f"{methodology.confidence * 100:g} %"
    said = [
        f"Every interval is at {percent} (Wilson's; over episodes where an episode has several codes; at the effective "
        "size where the draw was weighted).",
        "Discrepancies are all differences between the two lists; errors are what the methodology counts, at most one "
        "of each position. The two are never added up.",
        "Errors that are not the coder's " + ("count." if methodology.non_coder_counts else "do not count."),
        "Episodes that are unsafe to audit are "
        + ("counted as one error each." if methodology.unsafe is Unsafe.count_as_error else "left out of every class."),
    ]
    if methodology.not_counted:
        words = ", ".join(methodology.key_words.get(e, e.value).lower() for e in methodology.not_counted)
        said.append(f"Told apart and not counted: {words}.")
    if AuditKind(audit.kind) in TARGETED:
        said.append(EXTRAPOLATE)
    return {
        "methodology_key": audit.methodology_key,
        "methodology_version": audit.methodology_version,
        "confidence": methodology.confidence,
        "small_n": methodology.small_n,
        "not_counted": [e.value for e in methodology.not_counted],
        "unsafe": methodology.unsafe.value,
        "non_coder_counts": methodology.non_coder_counts,
        "threshold_key": audit.threshold_key,
        "threshold_version": audit.threshold_version,
        "regime": thresholds.regime if thresholds else None,
        "asked_episodes": thresholds.episodes if thresholds else None,
        "said": said,
    }
