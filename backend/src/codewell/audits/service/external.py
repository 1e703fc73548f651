"""Verbs on external audits: take in their auditor's findings, accept or challenge each, record what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits import external, rules
from codewell.audits.alignment import CodeClass, ErrorType
from codewell.audits.external import EpisodeRows, Fault, Place, Read
from codewell.audits.frozen import frozen_copy
from codewell.audits.limits import check_finding
from codewell.audits.models import Audit, AuditGrouping, AuditItem, AuditPosition, AuditReply
from codewell.audits.profiles import Methodology
from codewell.audits.reads.one import part_in, the_audit, the_item
from codewell.audits.reads.replies import made_by
from codewell.audits.reads.worksheet import citations_of
from codewell.audits.rules import (
    AUDIT_MOVES,
    EXTERNAL_MOVES,
    EXTERNAL_OPEN,
    ITEM_MOVES,
    AuditKind,
    AuditState,
    CannotMove,
    Decision,
    ExternalStage,
    ImportFaults,
    ItemState,
    Ruling,
    to_state,
)  # fmt: skip
from codewell.audits.schemas.external import ExternalDecisionsIn, ExternalFileIn, ExternalOutcomeIn
from codewell.audits.service.replies import amend
from codewell.audits.tally import Attribution
from codewell.episodes.reads import hidden_from, refuse_hidden
from codewell.episodes.rules import CodesHidden
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.ids import uuid7_many
from codewell.kit.problems import Invalid, NotFound, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail

FAULTS_AT_MOST = 500

_EPISODES = text("""
select w.spell_number, w.episode_number, e.episode_id, e.ended_on, e.main_specialty_code, c.version, c.diagnoses,
    c.procedures, c.procedure_dates, coalesce(c.person_id, e.coder_id) as coder_id,
    coalesce(c.person_name, p.name) as coder_name, c.coder_ref, c.checked_by_id, c.at, c.source, c.state,
    c.icd10_edition, c.opcs4_edition,
    exists (select from audit_item i where i.provider = :provider and i.audit_id = :audit_id
        and i.episode_id = e.episode_id) as here
from unnest(cast(:spells as text[]), cast(:numbers as int[])) as w(spell_number, episode_number)
join episode_key k on k.provider = :provider and k.spell_number = w.spell_number
    and k.episode_number = w.episode_number and not k.deleted
join episode e on e.provider = k.provider and e.ended_on = k.ended_on and e.episode_id = k.episode_id
left join coding c on c.provider = e.provider and c.episode_id = e.episode_id and c.version = e.coding_version
left join person p on p.provider = e.provider and p.person_id = coalesce(c.person_id, e.coder_id)
""")


async def _for_import(session: AsyncSession, actor: Actor, audit_id: UUID, *, lock: bool) -> Audit:
    audit = await the_audit(session, actor, audit_id, lock=lock)
    if audit.kind != AuditKind.external:
        raise rules.NotExternal()
    if await part_in(session, actor, audit_id) is None:
        raise rules.NotAMember()
    to_state(AUDIT_MOVES, "import_findings", audit.state)
    return audit


async def _matched(
    session: AsyncSession, actor: Actor, audit: Audit, body: ExternalFileIn
) -> tuple[Read, list[tuple[EpisodeRows, Row[Any], list[Place]]], list[Fault]]:
    """Read the file and find its episodes; return what each of them comes to, and every fault in the file's order."""
    read = external.read(body.csv, Methodology.model_validate(audit.methodology))
    faults = list(read.faults)
    rows = await session.execute(
        _EPISODES,
        {
            "provider": actor.provider, "audit_id": audit.audit_id,
            "spells": [e.spell_number for e in read.episodes], "numbers": [e.episode_number for e in read.episodes],
        },
    )  # fmt: skip
    found = {(r.spell_number, r.episode_number): r for r in rows}
    hidden = await hidden_from(session, actor, [r.episode_id for r in found.values()])
    matched = []
    for episode in read.episodes:
        row = found.get((episode.spell_number, episode.episode_number))
        # What is hidden is not compared: whether a code fits would tell it.
        why = _HIDDEN if row is not None and row.episode_id in hidden else _why_not(row)
        if row is None or why is not None:
            faults.append(Fault(episode.first_row, "spell_number", why or ""))
            continue
        made, wrong = external.places(episode, row.diagnoses, row.procedures, row.procedure_dates)
        faults += wrong
        matched.append((episode, row, made))
    return read, matched, sorted(faults, key=lambda f: f.row)


_HIDDEN = "you still audit this episode blind: another auditor has to import it"


def _why_not(row: Row[Any] | None) -> str | None:
    if row is None:
        return "there is no such episode here"
    if row.here:
        return "the episode is in this audit already"
    if row.version is None or row.state != "final":
        return "the episode is not coded"
    return None


@verb(
    "audit:work", leaves="audit:import_previewed",
    refuses=[NotFound, CannotMove, rules.NotAMember, rules.NotExternal],
)  # fmt: skip
async def preview_import(session: AsyncSession, actor: Actor, audit_id: UUID, body: ExternalFileIn) -> dict[str, Any]:
    """Say what a file of an external auditor's findings would bring, and every fault in it; nothing is kept of it."""
    audit = await _for_import(session, actor, audit_id, lock=False)
    read, matched, faults = await _matched(session, actor, audit, body)
    found = [p for _, _, places in matched for p in places if p.found is not None]
    await trail.record(session, actor, "audit:import_previewed", "audit", audit_id, rows=read.rows, faults=len(faults))
    return {
        "rows": read.rows,
        "episodes": len(matched),
        "findings": len(found),
        "without_error": sum(not e.found for e, _, _ in matched),
        "by_class": {k: sum(p.code_class is k for p in found) for k in CodeClass},
        "own_keys": sorted(read.keys)[:100],
        "grouped": sum(e.hrg is not None for e, _, _ in matched),
        "faults": [_fault(f) for f in faults[:FAULTS_AT_MOST]],
        "fault_count": len(faults),
    }


def _fault(f: Fault) -> dict[str, Any]:
    return {"row": f.row, "column": f.column, "reason": f.reason}


@verb(
    "audit:work", leaves="audit:findings_imported",
    refuses=[NotFound, CannotMove, rules.NotAMember, rules.NotExternal, ImportFaults],
)  # fmt: skip
async def import_findings(session: AsyncSession, actor: Actor, audit_id: UUID, body: ExternalFileIn) -> dict[str, Any]:
    """Take in an external auditor's findings; refused as a whole, with every fault, when one row is wrong.

    Each episode is kept with our codes as they are now; each finding waits to be accepted or challenged. An episode
    without an error is settled at once. More files may follow, of other episodes.
    """
    audit = await _for_import(session, actor, audit_id, lock=True)
    _, matched, faults = await _matched(session, actor, audit, body)
    if faults:
        raise ImportFaults(
            f"{len(faults)} to mend; row {faults[0].row}: {faults[0].reason}.",
            errors=[
                {"pointer": "/body/csv", "detail": f"row {f.row} {f.column}: {f.reason}"}
                for f in faults[:FAULTS_AT_MOST]
            ],
            faults=[_fault(f) for f in faults[:FAULTS_AT_MOST]],
        )
    number = await session.scalar(
        text("select coalesce(max(no), 0) from audit_item where provider = :provider and audit_id = :audit_id"),
        {"provider": actor.provider, "audit_id": audit_id},
    ) or 0  # fmt: skip
    findings = 0
    for no, (item_id, (episode, row, places)) in enumerate(
        zip(uuid7_many(len(matched)), matched, strict=True), start=number + 1
    ):
        found = sum(p.found is not None for p in places)
        findings += found
        session.add(_item(actor, audit, item_id, no, row, places, body.external_auditor, open_=found > 0))
        session.add_all(_position(actor, audit, item_id, at, p) for at, p in enumerate(places))
        if episode.hrg is not None:
            session.add(
                AuditGrouping(
                    provider=actor.provider, item_id=item_id, audit_id=audit_id,
                    grouper=f"As {body.external_auditor} said", hrg_before=episode.hrg[0], hrg_after=episode.hrg[1],
                    pounds_before=None, pounds_after=None, loaded_at=clock.now(), loaded_by_name=actor.name,
                )
            )  # fmt: skip
    audit.state = to_state(AUDIT_MOVES, "import_findings", audit.state)
    audit.drawn_at = audit.drawn_at or clock.now()
    audit.version += 1
    await session.flush()
    await trail.record(
        session, actor, "audit:findings_imported", "audit", audit_id, version=audit.version, episodes=len(matched),
        findings=findings,
    )  # fmt: skip
    return {"episodes": len(matched), "findings": findings, "audit_version": audit.version}


def _item(
    actor: Actor, audit: Audit, item_id: UUID, no: int, row: Row[Any], places: Sequence[Place], by: str, *, open_: bool
) -> AuditItem:
    now = clock.now()
    theirs = [p for p in places if p.auditor_code is not None]
    procedures = [p for p in theirs if p.side == "procedures"]
    codes = {
        "diagnoses": [p.auditor_code for p in theirs if p.side == "diagnoses"],
        "procedures": [p.auditor_code for p in procedures],
        "procedure_dates": [None if p.auditor_on is None else p.auditor_on.isoformat() for p in procedures],
    }
    return AuditItem(
        provider=actor.provider, item_id=item_id, audit_id=audit.audit_id, draw_id=None, no=no,
        episode_id=row.episode_id, ended_on=row.ended_on, coding_version=row.version, frozen=frozen_copy(row),
        coder_id=row.coder_id, specialty_code=row.main_specialty_code, stratum="", ticket="", probability=1.0,
        second_of=None, replaces=None, state=(ItemState.comparing if open_ else ItemState.settled).value,
        state_reason=None, auditor_id=None, auditor_name=by, lease_until=None, draft=None, codes=codes, revised=None,
        codes_saved_at=now, decided_at=None if open_ else now, released_at=None, reply_due_on=None,
        settled_at=None if open_ else now, minutes=None, comment="", version=1,
    )  # fmt: skip


def _position(actor: Actor, audit: Audit, item_id: UUID, no: int, p: Place) -> AuditPosition:
    error = None if p.error_type is None else p.error_type.value
    found = p.found
    said = None
    if found is not None:
        said = {
            "key": found.key,
            "error_type": error,
            "attribution": found.attribution.value,
            "non_coder_reason": found.reason,
            "standards": list(found.standards),
            "comment": found.comment,
            "row": found.row,
            "stage": ExternalStage.proposed.value,
        }
    return AuditPosition(
        provider=actor.provider, item_id=item_id, no=no, audit_id=audit.audit_id, side=p.side.value,
        code_class=p.code_class.value, sub_class=p.sub_class, trust_at=p.trust_at, trust_code=p.trust_code,
        trust_on=p.trust_on, auditor_at=p.auditor_at, auditor_code=p.auditor_code, auditor_on=p.auditor_on,
        moved=p.moved, counted_elsewhere=False, proposed_type=None, final_type=error,
        decision=(Decision.agreed if found is None else Decision.open).value,
        attribution=(Attribution.undetermined if found is None else found.attribution).value,
        non_coder_reason=None if found is None else found.reason, evidence_available=None, evidence="",
        standards=[] if found is None else list(found.standards), comment="" if found is None else found.comment,
        decided_by_id=None, decided_at=None, reply="none", reply_due_on=None, external=said,
    )  # fmt: skip


async def _answering(
    session: AsyncSession, actor: Actor, item_id: UUID, version: int
) -> tuple[Audit, AuditItem, Methodology]:
    """Return an external audit's episode, locked, for one of our auditors who did not code it."""
    audit, item = await the_item(session, actor, item_id, lock=True)
    if audit.kind != AuditKind.external:
        raise rules.NotExternal()
    if await part_in(session, actor, audit.audit_id) is None:
        raise rules.NotAMember()
    if await made_by(session, actor, item_id):
        raise rules.OwnCoding()
    await refuse_hidden(session, actor, item.episode_id)
    if item.version != version:
        raise Stale("Something was said about this episode meanwhile.", current_version=item.version)
    if audit.state not in (AuditState.running, AuditState.correcting):
        raise CannotMove(state=audit.state)
    return audit, item, Methodology.model_validate(audit.methodology)


async def _finding(session: AsyncSession, actor: Actor, item_id: UUID, no: int, pointer: str) -> AuditPosition:
    position = await session.get(AuditPosition, (actor.provider, item_id, no), populate_existing=True)
    if position is None or position.external is None:
        raise Invalid(errors=[{"pointer": pointer, "detail": "there is no such finding of this episode"}])
    return position


async def _said(
    session: AsyncSession, actor: Actor, position: AuditPosition, move: str, part: str, said: str,
    changed: dict[str, Any] | None,
) -> None:  # fmt: skip
    """Move an external finding to its next stage and keep what was said."""
    assert position.external is not None  # the caller asked for an external finding
    stage = to_state(EXTERNAL_MOVES, move, position.external["stage"])
    position.external = {**position.external, "stage": stage}
    position.decided_by_id, position.decided_at = actor.id, clock.now()
    seq = await session.scalar(
        text("""select coalesce(max(seq), 0) + 1 from audit_reply
                where provider = :provider and item_id = :item_id and no = :no"""),
        {"provider": actor.provider, "item_id": position.item_id, "no": position.no},
    )
    session.add(
        AuditReply(
            provider=actor.provider, item_id=position.item_id, no=position.no, seq=seq, act=stage, part=part,
            text=said.strip(), changed=changed, by_id=actor.id, by_name=actor.name, at=clock.now(),
        )
    )  # fmt: skip
    await session.flush()


async def _conclude(session: AsyncSession, actor: Actor, item: AuditItem) -> None:
    """Settle the episode when each of its external findings is accepted or concluded; otherwise it is open."""
    open_ = await session.scalar(
        text("""select count(*) from audit_position where provider = :provider and item_id = :item_id
                and external ->> 'stage' = any(cast(:open as text[]))"""),
        {"provider": actor.provider, "item_id": item.item_id, "open": [s.value for s in EXTERNAL_OPEN]},
    )
    if open_:
        item.state, item.settled_at = ItemState.comparing.value, None
    else:
        item.state = to_state(ITEM_MOVES, "conclude", item.state)
        item.decided_at = item.settled_at = clock.now()
    item.version += 1
    await session.flush()


_REFUSES = [
    NotFound, Stale, CannotMove, Invalid, CodesHidden, rules.NotAMember, rules.NotExternal, rules.OwnCoding,
    rules.FindingIncomplete, rules.NotACitation, rules.NotListed,
]  # fmt: skip


@verb("audit:work", leaves="external_finding:decided", refuses=_REFUSES)
async def decide_external(
    session: AsyncSession, actor: Actor, item_id: UUID, body: ExternalDecisionsIn, *, version: int
) -> UUID:
    """Accept external findings, or challenge them with the reason; all of them or none.

    An acceptance completes what the file left open: to whom the error belongs, and what it cites. A challenge may be
    given up by accepting after all.
    """
    audit, item, methodology = await _answering(session, actor, item_id, version)
    citations = await citations_of(session, actor, item.ended_on)
    for at, one in enumerate(body.decisions):
        pointer = f"/body/decisions/{at}"
        position = await _finding(session, actor, item_id, one.no, f"{pointer}/no")
        changed = None
        if one.act == "accept":
            assert position.external is not None  # said by _finding
            if one.finding is not None:
                changed = amend(
                    position, Ruling.amended, one.finding, methodology, citations, pointer=f"{pointer}/finding"
                )
            else:
                why = position.non_coder_reason
                check_finding(
                    has_trust=position.trust_code is not None, has_auditor=position.auditor_code is not None,
                    error_type=ErrorType(position.external["error_type"]),
                    attribution=Attribution(position.attribution),
                    reason=None if why is None else rules.NonCoderReason(why),
                    standards=position.standards, methodology=methodology, pointer=f"{pointer}/finding",
                )  # fmt: skip
                position.final_type = position.external["error_type"]
            position.decision = Decision.accepted.value
        else:
            position.final_type, position.decision = position.external["error_type"], Decision.open.value  # type: ignore[index]
        await _said(session, actor, position, one.act, "auditor", one.comment, changed)
    await _conclude(session, actor, item)
    accepted = sum(d.act == "accept" for d in body.decisions)
    await trail.record(
        session, actor, "external_finding:decided", "audit_item", item_id, version=item.version,
        audit_id=str(audit.audit_id), accepted=accepted, challenged=len(body.decisions) - accepted,
    )  # fmt: skip
    return audit.audit_id


_MOVE = {Ruling.stands: "uphold", Ruling.amended: "amend", Ruling.withdrawn: "withdraw"}


@verb("audit:work", leaves="external_finding:concluded", refuses=_REFUSES)
async def record_outcome(
    session: AsyncSession, actor: Actor, item_id: UUID, body: ExternalOutcomeIn, *, version: int
) -> UUID:
    """Record what the external auditor made of a challenge: upheld, amended or withdrawn, and how we know."""
    audit, item, methodology = await _answering(session, actor, item_id, version)
    citations = await citations_of(session, actor, item.ended_on)
    position = await _finding(session, actor, item_id, body.no, "/body/no")
    assert position.external is not None  # said by _finding
    if position.external["stage"] != ExternalStage.challenged:
        raise CannotMove(state=position.external["stage"])
    changed = amend(position, body.outcome, body.finding, methodology, citations)
    if body.outcome is Ruling.stands:
        position.decision = Decision.accepted.value
    await _said(session, actor, position, _MOVE[body.outcome], "external", body.comment, changed)
    await _conclude(session, actor, item)
    await trail.record(
        session, actor, "external_finding:concluded", "audit_item", item_id, version=item.version,
        audit_id=str(audit.audit_id), outcome=body.outcome.value,
    )  # fmt: skip
    return audit.audit_id
