"""Gathers what a report stands on, as one caller may see it, and lays it out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.actions.reads import recommendations_of
from codewell.audits import frame
from codewell.audits.draw import Method
from codewell.audits.models import Audit, AuditDraw
from codewell.audits.profiles import Methodology, ProfileKind, Thresholds
from codewell.audits.reads.agreement import see_agreement
from codewell.audits.reads.audited import AuditedEpisode, audited_of
from codewell.audits.reads.draws import the_draw
from codewell.audits.reads.one import the_audit
from codewell.audits.reads.profiles import Version, versions
from codewell.audits.reads.results import results_now, signed_results
from codewell.audits.reads.setup import audit_out
from codewell.audits.rules import KIND_LABELS, QUALIFICATION_LABELS, TARGETED, AuditKind, Mode
from codewell.audits.schemas.setup import Sampling
from codewell.coding.reads import titles_for
from codewell.episodes import reference
from codewell.episodes.reads import HIDDEN
from codewell.episodes.rules import CodesHidden
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb
from codewell.reports import document, drafts
from codewell.reports.content import ReportDocument, day
from codewell.reports.facts import (
    ActionFacts,
    AuditFacts,
    DrawFacts,
    Facts,
    Member,
    RecommendationFacts,
    Signed,
    facts_of,
)  # fmt: skip
from codewell.reports.rules import Hidden
from codewell.reports.schemas import MadeFrom
from codewell.reports.wording import Words, system_of

METHODS: Final[dict[str, str]] = {
    Method.simple.value: "Simple random",
    Method.proportional.value: "Stratified, in proportion to each stratum",
    Method.fixed.value: "Stratified, with fixed sizes",
    Method.per_coder.value: "The same number of each coder",
    Method.risk_weighted.value: "Weighted by risk, with known chances",
}

_LATEST = text("""
select version, name, blocks, by_name, at from audit_report
where provider = :provider and audit_id = :audit_id order by version desc limit 1
""")
_VERSIONS = text("""
select version, name, blocks, by_name, at from audit_report
where provider = :provider and audit_id = :audit_id order by version desc
""")
_VERSION = text("""
select version, name, blocks, content, by_name, at from audit_report
where provider = :provider and audit_id = :audit_id and version = :version
""")
_TRUST = text("select name from trust where provider = :provider")
_REPLACED = text("""
select coalesce(nullif(state_reason, ''), 'No reason given') as reason, count(*) as n from audit_item
where provider = :provider and audit_id = :audit_id and state = 'replaced' group by 1 order by 2 desc, 1
""")
_SIGNATURE = text("""
select version, reason, statement, digest, by_name, at from audit_signature
where provider = :provider and audit_id = :audit_id order by version desc limit 1
""")
_NAMES = text("""
select distinct unnest(array[i.frozen ->> 'coder_name', i.frozen ->> 'coder_ref', c.name, c.coder_ref, k.spell_number,
    p.local_patient_id, p.nhs_number]) as name
from audit_item i
left join person c on c.provider = i.provider and c.person_id = i.coder_id
left join episode_key k on k.provider = i.provider and k.episode_id = i.episode_id
left join spell s on s.provider = k.provider and s.spell_number = k.spell_number
left join patient p on p.provider = s.provider and p.patient_id = s.patient_id
where i.provider = :provider and i.audit_id = :audit_id
""")
_MEMBER_NAMES = text("select name from audit_member where provider = :provider and audit_id = :audit_id")
_CODERS = text(f"""
select p.person_id, p.name, count(*) as episodes,
    bool_or(i.released_at is not null or i.state in ('with_coder', 'settled')) as sent
from audit_item i
join person p on p.provider = i.provider
    and (p.person_id = i.coder_id or (i.coder_id is null and p.coder_ref = i.frozen ->> 'coder_ref'))
where i.provider = :provider and i.audit_id = :audit_id and i.second_of is null
    and i.state in ('decided', 'with_coder', 'settled') and not {HIDDEN.format("i")}
group by p.person_id, p.name order by p.name
""")
_BLIND = text("""
select exists (select from audit_item i
    join episode_blind b on b.provider = i.provider and b.episode_id = i.episode_id
    where i.provider = :provider and i.audit_id = :audit_id and i.state <> 'replaced')
""")


async def latest(session: AsyncSession, actor: Actor, audit_id: UUID) -> Row[Any] | None:
    """Return the newest version of a report, or None before the first save."""
    return (await session.execute(_LATEST, {"provider": actor.provider, "audit_id": audit_id})).one_or_none()


async def hidden_words(session: AsyncSession, actor: Actor, audit_id: UUID) -> Hidden:
    """Return what must not stand in the board's report of an audit; its auditors may be named."""
    values = {"provider": actor.provider, "audit_id": audit_id}
    members = set((await session.execute(_MEMBER_NAMES, values)).scalars())
    return Hidden({n for n in (await session.execute(_NAMES, values)).scalars() if n and n not in members})


async def _results(session: AsyncSession, actor: Actor, audit: Audit) -> dict[str, Any]:
    signed = await signed_results(session, actor, audit)
    return signed if signed is not None else await results_now(session, actor, audit, reader=actor.id)


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]


def qualification_words(held: Mapping[str, Any] | None) -> str:
    """Return a qualification as a title page prints it."""
    if not held:
        return "no qualification recorded"
    kind = str(held.get("kind"))
    # Within a sentence: only the first letter is small.
    said = _small({k.value: words for k, words in QUALIFICATION_LABELS.items()}.get(kind, kind))
    if held.get("number"):
        said += f" no. {held['number']}"
    expires = held.get("expires_on")
    return said + (f", valid to {day(dt.date.fromisoformat(str(expires)))}" if expires else "")


def _profile(
    found: Mapping[tuple[ProfileKind, str], Sequence[Version]], kind: ProfileKind, key: str, no: int
) -> Version | None:
    return next((v for v in found.get((kind, key), ()) if v.version == no), None)


def _strata(made: AuditDraw) -> list[tuple[str, int, int]]:
    """Return strata by name; where each is a coder, they are numbered and not named."""
    by = Sampling.model_validate(made.sampling).strata_by
    rows = [(s["label"], s["frame"], s["drawn"]) for s in made.strata]
    return [(f"Coder {i}", n, m) for i, (_, n, m) in enumerate(rows, 1)] if by == "coder" else rows


async def _draw(session: AsyncSession, actor: Actor, audit: Audit) -> DrawFacts | None:
    try:
        made = await the_draw(session, actor, audit.audit_id)
    except NotFound:
        return None
    replaced = await session.execute(_REPLACED, {"provider": actor.provider, "audit_id": audit.audit_id})
    return DrawFacts(
        METHODS.get(made.method, made.method),
        made.frame_size,
        made.frame_hash,
        made.seed,
        made.drawn,
        made.at,
        _strata(made),
        [(x["label"], x["episodes"]) for x in frame.left_out(made.left_out)],
        [(r.reason, r.n) for r in replaced],
    )


async def trust_name(session: AsyncSession, actor: Actor) -> str:
    """Return what the caller's Trust is called, by its code where nothing else is known."""
    return await session.scalar(_TRUST, {"provider": actor.provider}) or actor.provider


async def _audit_facts(session: AsyncSession, actor: Actor, audit: Audit, results: Mapping[str, Any]) -> AuditFacts:
    values = {"provider": actor.provider, "audit_id": audit.audit_id}
    shown = await audit_out(session, actor, audit)
    found = await versions(session, actor)
    signature = (await session.execute(_SIGNATURE, values)).one_or_none() if audit.signed_version else None
    thresholds = None if audit.thresholds is None else Thresholds.model_validate(audit.thresholds)
    methodology = _profile(found, ProfileKind.methodology, audit.methodology_key, audit.methodology_version)
    profile = (
        None
        if audit.threshold_key is None
        else _profile(found, ProfileKind.threshold, audit.threshold_key, audit.threshold_version or 0)
    )
    population = [tuple(line.split(": ", 1)) for line in shown["population_words"]]
    kind = AuditKind(audit.kind)
    return AuditFacts(
        provider=actor.provider,
        trust=await trust_name(session, actor),
        reference=audit.reference,
        kind=audit.kind,
        kind_name=KIND_LABELS[kind],
        title=audit.title,
        state=audit.state,
        mode=Mode(audit.mode),
        targeted=kind in TARGETED,
        commissioned_by=audit.commissioned_by,
        aims=audit.aims,
        objectives=audit.objectives,
        scope=audit.scope,
        background=audit.background,
        period_from=audit.period_from,
        period_to=audit.period_to,
        # Whose coding was chosen is said by how many there are, not by their names.
        population=[
            (name, f"{len(words.split(', '))} chosen" if name == "Coders" else words) for name, words in population
        ]
        or [("Population", "Every coded episode of the period")],
        methodology_name=_named(methodology, audit.methodology_key, audit.methodology_version),
        methodology=Methodology.model_validate(audit.methodology),
        thresholds_name=None
        if audit.threshold_key is None
        else _named(profile, audit.threshold_key, audit.threshold_version or 0),
        thresholds=thresholds,
        thresholds_source="" if profile is None else profile.reason,
        follows=shown["follows_reference"],
        members=[
            Member(
                m["name"],
                m["part"],
                qualification_words(
                    m["qualification_kind"]
                    and {
                        "kind": m["qualification_kind"],
                        "number": m["qualification_number"],
                        "expires_on": m["qualification_expires_on"],
                    }
                ),
                m["checked_on"],
            )
            for m in shown["members"]
        ],
        draw=await _draw(session, actor, audit),
        second=results["progress"]["second_audits"],
        waiting=results["progress"]["left_to_do"],
        signed=None
        if signature is None
        else Signed(
            signature.version, signature.digest, signature.by_name, signature.at, signature.statement, signature.reason
        ),
    )


def _named(profile: Version | None, key: str, version: int) -> str:
    return f"{profile.name if profile else key}, version {version}"


async def recommended(session: AsyncSession, actor: Actor, audit_id: UUID) -> list[RecommendationFacts]:
    """Return the recommendations of an audit with their actions; an owner whose coding was audited is not named."""
    hidden = await hidden_words(session, actor, audit_id)

    def owner(row: Mapping[str, Any]) -> str:
        name = row["owner"]["name"]
        return "A clinical coder" if hidden.found(name) else name

    return [
        RecommendationFacts(
            r["no"], r["text"], r["priority"].capitalize(), r["standard"], owner(r), r["due_on"], r["evidence_wanted"],
            r["state_label"] + (f": {r['response_reason']}" if r["response_reason"] else ""),
            [ActionFacts(a["text"], owner(a), a["due_on"], a["state_label"]) for a in r["actions"]],
        )
        for r in await recommendations_of(session, actor, audit_id)
    ]  # fmt: skip


async def facts_for(session: AsyncSession, actor: Actor, audit: Audit) -> Facts:
    """Return everything the reports of an audit say, as the caller may see it.

    Episodes that the caller still codes blind are in no figure while the audit is open, and in no list at all.
    """
    results = await _results(session, actor, audit)
    agreement = (await see_agreement(session, actor, audit.audit_id))["overall"] if actor.may("audit:see") else None
    episodes = await audited_of(session, actor, audit.audit_id, reader=actor.id)
    return facts_of(
        await _audit_facts(session, actor, audit, results),
        results,
        episodes,
        agreement=agreement if agreement and agreement["n"] else None,
        recommendations=await recommended(session, actor, audit.audit_id) if actor.may("audit:see") else [],
        specialty_names=_specialties(episodes),
    )


def _specialties(episodes: Sequence[AuditedEpisode]) -> dict[str, str]:
    codes = {e.specialty_code for e in episodes if e.specialty_code}
    return {c: reference.specialty_name(c) or c for c in codes}


async def words_for(session: AsyncSession, facts: Facts) -> Words:
    """Return titles of the codes that findings name, in the editions of the end of the period."""
    titles = await titles_for(session, facts.audit.period_to)
    found: dict[tuple[str, str], str] = {}
    for f in facts.findings:
        for code in (f.trust_code, f.auditor_code):
            key = (system_of(f.side), code or "")
            if code and key not in found and (title := titles.title(*key)):
                found[key] = title
    return Words(found, clock.now())


_HIDDEN = text(f"""
select exists (select from audit_item i
    where i.provider = :provider and i.audit_id = :audit_id and i.state <> 'replaced' and {HIDDEN.format("i")})
""")


async def hidden_in(session: AsyncSession, actor: Actor, audit_id: UUID) -> bool:
    """Say whether the caller still codes an episode of the audit blind, for this audit or for another."""
    return bool(await session.scalar(_HIDDEN, {"provider": actor.provider, "audit_id": audit_id, "reader": actor.id}))


async def edits_of(session: AsyncSession, actor: Actor, audit_id: UUID, row: Row[Any] | None) -> dict[str, Any]:
    """Return the edited blocks of a version as the caller may read them.

    What another has written may tell of episodes that the caller still codes blind: until then they have their own
    words, and the drafts of what they may see.
    """
    if row is None:
        return {}
    if not await hidden_in(session, actor, audit_id):
        return dict(row.blocks)
    return {key: block for key, block in row.blocks.items() if block.get("by_id") == str(actor.id)}


def texts_of(made: Mapping[str, str], edited: Mapping[str, Any]) -> dict[str, str]:
    """Return what stands in each block."""
    return {key: edited[key]["text"] if key in edited else draft for key, draft in made.items()}


class Report(NamedTuple):
    """A board's report as it stands, with what it was made of."""

    document: ReportDocument
    facts: Facts
    drafts: dict[str, str]
    newest: Row[Any] | None
    edited: dict[str, Any]
    masked: list[dict[str, Any]]
    """Where something was taken out that a board's report does not hold."""


async def report_of(session: AsyncSession, actor: Actor, audit: Audit) -> Report:
    """Return the board's report of an audit as it stands for the caller."""
    facts = await facts_for(session, actor, audit)
    made = drafts.drafts_of(facts)
    row = await latest(session, actor, audit.audit_id)
    edited = await edits_of(session, actor, audit.audit_id, row)
    whole = document.report(facts, texts_of(made, edited), await words_for(session, facts))
    hidden = await hidden_words(session, actor, audit.audit_id)
    wire = whole.model_dump(mode="json")
    shown = ReportDocument.model_validate(hidden.cleaned(wire))
    return Report(shown, facts, made, row, edited, hidden.told(wire))


def block_out(key: str, draft: str, edit: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return one block of the wire."""
    return {
        "key": key,
        "title": drafts.BLOCKS[key],
        "text": draft if edit is None else edit["text"],
        "draft": draft,
        "edited": edit is not None,
        "figures_changed": edit is not None and edit["draft"] != draft,
        "edited_at": None if edit is None else edit["at"],
        "edited_by_name": None if edit is None else edit["by_name"],
    }


@verb("report:see", refuses=[NotFound])
async def see_report(session: AsyncSession, actor: Actor, audit_id: UUID) -> dict[str, Any]:
    """Return a report as it stands: its blocks with their drafts, and the whole document."""
    audit = await the_audit(session, actor, audit_id)
    report = await report_of(session, actor, audit)
    blind = await session.scalar(_BLIND, {"provider": actor.provider, "audit_id": audit_id})
    edit: bool | str = True if actor.may("report:edit") else "You do not have permission to do this."
    return {
        "audit_id": audit.audit_id,
        "reference": audit.reference,
        "title": audit.title,
        "state": audit.state,
        "status": report.document.status,
        "draft": report.document.draft,
        "version": report.newest.version if report.newest else 0,
        "left_out": report.facts.results.get("left_out", 0),
        "masked": report.masked,
        "blocks": [block_out(key, draft, report.edited.get(key)) for key, draft in report.drafts.items()],
        # The long tables are for the workbook; a page would only carry them.
        "document": report.document.model_copy(update={"data": []}),
        "sheets": await sheets_of(session, actor, audit_id),
        "summaries": [{"specialty": g.key, "name": g.label, "episodes": g.episodes} for g in report.facts.specialties],
        "can": {
            "edit": edit,
            "keep": "Some episodes are still to be audited blind." if edit is True and blind else edit,
        },
    }


async def sheets_of(session: AsyncSession, actor: Actor, audit_id: UUID) -> list[dict[str, Any]]:
    """Return the coders with findings, and whether the caller may open their sheets."""
    values = {"provider": actor.provider, "audit_id": audit_id, "reader": actor.id}
    may = await opens_sheets(session, actor, audit_id)
    return [
        {
            "person_id": r.person_id,
            "name": r.name,
            "episodes": r.episodes,
            "can_open": "Only the coder, the auditors of this audit and the manager may."
            if not may and r.person_id != actor.id
            else "No finding has been sent yet."
            if not r.sent
            else True,
        }
        for r in await session.execute(_CODERS, values)
    ]


_MEMBER = text("""
select exists (select from audit_member where provider = :provider and audit_id = :audit_id and person_id = :me)
""")


async def opens_sheets(session: AsyncSession, actor: Actor, audit_id: UUID) -> bool:
    """Say whether the caller audits in this audit or answers for the Trust's coders."""
    if actor.may("feedback:see_any"):
        return True
    values = {"provider": actor.provider, "audit_id": audit_id, "me": actor.id}
    return bool(await session.scalar(_MEMBER, values))


async def blind_still(session: AsyncSession, actor: Actor, audit_id: UUID) -> bool:
    """Say whether anybody still codes an episode of the audit blind."""
    return bool(await session.scalar(_BLIND, {"provider": actor.provider, "audit_id": audit_id}))


def _version(row: Row[Any]) -> dict[str, Any]:
    edited = [key for key in drafts.BLOCKS if key in row.blocks]
    return {"version": row.version, "name": row.name, "edited": edited, "by_name": row.by_name, "at": row.at}


@verb("report:see", refuses=[NotFound])
async def list_report_versions(session: AsyncSession, actor: Actor, audit_id: UUID) -> dict[str, Any]:
    """Return the versions of a report, newest first."""
    await the_audit(session, actor, audit_id)
    rows = await session.execute(_VERSIONS, {"provider": actor.provider, "audit_id": audit_id})
    return {"items": [_version(r) for r in rows], "next": None}


async def one_version(session: AsyncSession, actor: Actor, audit_id: UUID, version: int) -> Row[Any]:
    """Return one version of a report; NotFound when there is none."""
    values = {"provider": actor.provider, "audit_id": audit_id, "version": version}
    row = (await session.execute(_VERSION, values)).one_or_none()
    if row is None:
        raise NotFound("There is no such version of this report.")
    return row


@verb("report:see", refuses=[NotFound])
async def see_report_version(session: AsyncSession, actor: Actor, audit_id: UUID, version: int) -> dict[str, Any]:
    """Return a version with what was edited in it, as far as the caller may read it."""
    await the_audit(session, actor, audit_id)
    row = await one_version(session, actor, audit_id, version)
    edited = await edits_of(session, actor, audit_id, row)
    blocks = [
        {"key": k, "title": title, "text": edited[k]["text"]} for k, title in drafts.BLOCKS.items() if k in edited
    ]
    return {**_version(row), "blocks": blocks}


async def document_for(session: AsyncSession, actor: Actor, audit_id: UUID, asked: MadeFrom) -> ReportDocument:
    """Return the document to make: as it stands, or a kept version just as it was.

    A kept version stands whole or not at all: whoever codes one of its episodes blind does not have it yet.
    """
    audit = await the_audit(session, actor, audit_id)
    if asked.version is None:
        return (await report_of(session, actor, audit)).document
    row = await one_version(session, actor, audit_id, asked.version)
    if row.content is None:
        raise NotFound("That version was saved, but not kept whole under a name.")
    if await hidden_in(session, actor, audit_id):
        raise CodesHidden()
    return ReportDocument.model_validate(row.content)
