"""Verbs of an auditor's worksheet: take, draft, save codes, revise, decide, finish; unsafe to audit, and reopen."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete

from codewell.audits import rules, worksheet
from codewell.audits.alignment import Line
from codewell.audits.models import Audit, AuditItem, AuditPosition
from codewell.audits.profiles import Methodology
from codewell.audits.reads import worksheet as reads
from codewell.audits.reads.audited import refuse_kept_back
from codewell.audits.reads.auditors import qualification_on
from codewell.audits.reads.replies import MADE_BY
from codewell.audits.rules import (
    ITEM_MOVES,
    AlreadyAudited,
    CannotMove,
    Decision,
    DiagnosisTwice,
    FindingIncomplete,
    ItemHeld,
    ItemState,
    NoDiagnosis,
    NotACitation,
    NotAMember,
    NotFitting,
    NothingToAudit,
    NotQualified,
    OwnCoding,
    Reply,
    RulingStands,
    to_state,
)  # fmt: skip
from codewell.audits.schemas.worksheet import (
    AuditCodesIn,
    AuditDraftIn,
    AuditRevisionIn,
    DecisionIn,
    DecisionsIn,
    FinishIn,
    ReopenIn,
    UnsafeIn,
)
from codewell.audits.worksheet import Decided, Listed
from codewell.codesets.rules import is_code_shaped, normalise
from codewell.coding.reads import case_of
from codewell.coding.rules import ChecksFail, Codes, NotACode, Then
from codewell.episodes import service as episodes
from codewell.episodes.reads import one_episode
from codewell.episodes.rules import CodesHidden
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.problems import Invalid, NotFound, Stale
from codewell.kit.verbs import verb
from codewell.standards import service as standards
from codewell.standards.rules import Severity
from codewell.trail import service as trail

LEASE_MINUTES = 30

_MADE_BY_ME = MADE_BY.format(who=":me")
_MY_OTHER_AUDIT = """exists (select from audit_item s where s.provider = i.provider and s.auditor_id = :me
    and s.state <> 'replaced' and (s.item_id = i.second_of or s.second_of = i.item_id))"""
# Own work first, then what nobody has, then what another left lying; nobody waits for another and none gets the same.
_NEXT = text(f"""
select i.item_id from audit_item i
where i.provider = :provider and i.audit_id = :audit_id and (
    (i.auditor_id = :me and i.state = 'coding')
    or (i.state = 'drawn' and (i.auditor_id is null or i.auditor_id = :me))
    or (i.state = 'comparing' and i.auditor_id = :me)
    or (i.state = 'coding' and i.lease_until <= :now)
  ) and not {_MADE_BY_ME} and not {_MY_OTHER_AUDIT}
  and i.item_id is distinct from cast(:but as uuid)
order by case when i.auditor_id = :me and i.state = 'coding' then 0 when i.state = 'drawn' then 1
    when i.state = 'comparing' then 2 else 3 end, i.no
limit 1 for update skip locked
""")
_WHY_NOT = text(f"""
select {_MADE_BY_ME} as own, {_MY_OTHER_AUDIT} as both from audit_item i
where i.provider = :provider and i.item_id = :item_id
""")


def same_version(item: AuditItem, version: int) -> None:
    """Refuse Stale when the caller saw another version of the episode's worksheet."""
    if item.version != version:
        raise Stale(current_version=item.version)


async def _member(session: AsyncSession, actor: Actor, audit: Audit) -> str:
    """Return the caller's part in the audit; NotAMember without one, CannotMove when the audit is not worked on."""
    part = await reads.part_in(session, actor, audit.audit_id)
    if part is None:
        raise NotAMember()
    if audit.state not in reads.WORKED:
        raise CannotMove("The audit is not open for work.", state=audit.state)
    return part


async def _qualified(session: AsyncSession, actor: Actor, audit: Audit) -> None:
    """Refuse NotQualified unless the caller holds today what the audit's methodology asks for."""
    kinds = Methodology.model_validate(audit.methodology).qualifications
    held = await qualification_on(session, actor, actor.id, clock.today(), kinds)
    if kinds and held is None:
        raise NotQualified(people=[actor.name])


async def _mine(session: AsyncSession, actor: Actor, item_id: UUID, move: str) -> tuple[Audit, AuditItem]:
    """Return the caller's own item, locked, in a state from which it may be moved so."""
    audit, item = await reads.the_item(session, actor, item_id, lock=True)
    await _member(session, actor, audit)
    if item.auditor_id != actor.id:
        raise ItemHeld(f"{item.auditor_name} audits it." if item.auditor_name else "Take the episode first.")
    to_state(ITEM_MOVES, move, item.state)
    return audit, item


async def _take(
    session: AsyncSession, actor: Actor, audit: Audit, item: AuditItem, lease_minutes: int, tag: str
) -> AuditItem:
    item.state = to_state(ITEM_MOVES, "take", item.state)
    if item.auditor_id != actor.id:
        # Another's draft is another's judgement: who takes the episode over begins anew.
        item.draft = None
    item.auditor_id, item.auditor_name = actor.id, actor.name
    item.lease_until = clock.now() + dt.timedelta(minutes=lease_minutes)
    item.version += 1
    await session.flush()
    await trail.record(
        session, actor, tag, "audit_item", item.item_id, version=item.version, audit_id=str(audit.audit_id), no=item.no
    )
    return item


_OPEN_STILL = text("""
select true from audit_item where provider = :provider and audit_id = :audit_id and episode_id = :episode_id
    and state <> 'replaced' and (codes_saved_at is null or state in ('drawn', 'coding', 'comparing')) limit 1
""")


async def show_when_done(session: AsyncSession, actor: Actor, item: AuditItem) -> None:
    """Show an episode's codes to all auditors of the audit once nobody is left in it who would code it blind.

    Its second audit has to be done too. One that was unsafe before it was coded stays hidden until the audit is
    signed: taken up again, it is coded blind.
    """
    values = {"provider": item.provider, "audit_id": item.audit_id, "episode_id": item.episode_id}
    if not await session.scalar(_OPEN_STILL, values):
        await episodes.show_codes(session, actor, people=None, episodes=[item.episode_id], because=item.audit_id)


def _taken(item: AuditItem) -> dict[str, Any]:
    names = ("item_id", "audit_id", "no", "state", "lease_until", "version")
    return {name: getattr(item, name) for name in names}


async def _next_of(
    session: AsyncSession, actor: Actor, audit: Audit, lease_minutes: int, *, but: UUID | None = None
) -> AuditItem | None:
    key = {"provider": actor.provider, "audit_id": audit.audit_id, "me": actor.id, "now": clock.now(), "but": but}
    item_id = await session.scalar(_NEXT, key)
    if item_id is None:
        return None
    _, item = await reads.the_item(session, actor, item_id, lock=True)
    if item.state == ItemState.comparing:
        return item
    return await _take(session, actor, audit, item, lease_minutes, "audit_item:taken")


@verb(
    "audit:work",
    leaves="audit_item:taken",
    refuses=[NotFound, NotAMember, NotQualified, CannotMove, NothingToAudit],
)
async def take_next(
    session: AsyncSession, actor: Actor, audit_id: UUID, *, lease_minutes: int = LEASE_MINUTES
) -> dict[str, Any]:
    """Lease the next episode of the audit to the caller: their own unfinished one first, then the first free one.

    Never one that they coded or checked, nor one whose other audit is theirs. Two callers never get the same.
    """
    audit = await session.get(Audit, (actor.provider, audit_id), populate_existing=True)
    if audit is None:
        raise NotFound("There is no such audit here.")
    await _member(session, actor, audit)
    await _qualified(session, actor, audit)
    item = await _next_of(session, actor, audit, lease_minutes)
    if item is None:
        raise NothingToAudit()
    if item.state == ItemState.comparing:
        await trail.record(session, actor, "audit_item:taken", "audit_item", item.item_id, version=item.version)
    return _taken(item)


@verb(
    "audit:work",
    leaves="audit_item:taken",
    refuses=[NotFound, NotAMember, NotQualified, CannotMove, OwnCoding, AlreadyAudited, ItemHeld],
)
async def take(
    session: AsyncSession, actor: Actor, item_id: UUID, *, lease_minutes: int = LEASE_MINUTES
) -> dict[str, Any]:
    """Lease a chosen episode to the caller; one that another holds only once their lease has run out."""
    audit, item = await reads.the_item(session, actor, item_id, lock=True)
    await _member(session, actor, audit)
    await _qualified(session, actor, audit)
    to_state(ITEM_MOVES, "take", item.state)
    why = (await session.execute(_WHY_NOT, {"provider": actor.provider, "item_id": item_id, "me": actor.id})).one()
    if why.own:
        raise OwnCoding()
    if why.both:
        raise AlreadyAudited()
    if reads.held_by_other(actor, item):
        raise ItemHeld(f"{item.auditor_name} has it open.", owner=item.auditor_name)
    return _taken(await _take(session, actor, audit, item, lease_minutes, "audit_item:taken"))


@verb("audit:work", leaves="audit_item:released", refuses=[NotFound, NotAMember, CannotMove, ItemHeld])
async def release_item(session: AsyncSession, actor: Actor, item_id: UUID) -> dict[str, Any]:
    """Give an episode back before its codes are saved; the caller's draft goes with it."""
    _, item = await _mine(session, actor, item_id, "release")
    item.state = to_state(ITEM_MOVES, "release", item.state)
    item.auditor_id = item.auditor_name = item.lease_until = item.draft = None
    item.version += 1
    await session.flush()
    await trail.record(session, actor, "audit_item:released", "audit_item", item_id, version=item.version)
    return _taken(item)


@verb("audit:work", refuses=[NotFound, NotAMember, CannotMove, ItemHeld])
async def renew_item(
    session: AsyncSession, actor: Actor, item_id: UUID, *, lease_minutes: int = LEASE_MINUTES
) -> dict[str, Any]:
    """Keep the caller's lease alive while they read."""
    _, item = await _mine(session, actor, item_id, "save_codes")
    item.lease_until = clock.now() + dt.timedelta(minutes=lease_minutes)
    await session.flush()
    return _taken(item)


@verb("audit:work", leaves="episode:seen", refuses=[NotFound, NotAMember, CodesHidden])
async def see_worksheet(session: AsyncSession, actor: Actor, item_id: UUID) -> dict[str, Any]:
    """Return the worksheet of an audited episode: in a blind audit without the coder's codes until one's own are saved.

    Another auditor's worksheet is open to those from whom the episode is not hidden, and who have not to judge it too.
    """
    audit, item = await reads.the_item(session, actor, item_id)
    if await reads.part_in(session, actor, audit.audit_id) is None:
        raise NotAMember()
    if item.auditor_id not in (actor.id, None):
        await refuse_kept_back(session, actor, item_id)
    episode = await one_episode(session, actor, item.episode_id)
    out = await reads.sheet_of(session, actor, audit, item)
    await trail.record(session, actor, "episode:seen", "episode", item.episode_id, patient_id=episode.patient_id)
    return out


@verb("audit:work", refuses=[NotFound, Stale, NotAMember, CannotMove, ItemHeld])
async def save_draft(
    session: AsyncSession,
    actor: Actor,
    item_id: UUID,
    body: AuditDraftIn,
    *,
    version: int,
    lease_minutes: int = LEASE_MINUTES,
) -> dict[str, Any]:
    """Keep what the auditor has typed, which nobody else sees, and their lease alive.

    ``version`` is that of the draft last seen, 0 for none; another saved meanwhile is Stale, with that one.
    """
    _, item = await _mine(session, actor, item_id, "save_codes")
    kept = body.model_dump(mode="json")
    draft = item.draft or {"version": 0}
    item.lease_until = clock.now() + dt.timedelta(minutes=lease_minutes)
    if draft["version"] != version:
        # The very same draft was saved and only the answer was lost: it is given again.
        if {name: draft.get(name) for name in kept} != kept:
            raise Stale(
                "The draft was saved in another window.", current_version=draft["version"],
                current={name: draft.get(name) for name in kept} if item.draft else None, changes=[],
            )  # fmt: skip
    else:
        draft = {**kept, "version": version + 1, "saved_at": clock.now().isoformat()}
        item.draft = draft
    await session.flush()
    return {"version": draft["version"], "saved_at": draft["saved_at"], "lease_until": item.lease_until}


def listed(body: AuditCodesIn) -> Listed:
    """Return the codes of a request in stored form; NotACode names lines that are none, NoDiagnosis asks for one.

    A diagnosis that is there twice would count twice in the figures; an operation may well have been done twice.
    """
    diagnoses = [normalise("icd10", d.code)[0] for d in body.diagnoses]
    procedures = [normalise("opcs4", p.code)[0] for p in body.procedures]
    wrong = [
        {"pointer": f"/body/{name}/{i}/code", "detail": "is not shaped like a code of this classification"}
        for name, system, codes in (("diagnoses", "icd10", diagnoses), ("procedures", "opcs4", procedures))
        for i, code in enumerate(codes)
        if not is_code_shaped(system, code)
    ]
    if wrong:
        raise NotACode(errors=wrong)
    if not diagnoses:
        raise NoDiagnosis(errors=[{"pointer": "/body/diagnoses", "detail": "the first code is the primary diagnosis"}])
    twice = [i for i, code in enumerate(diagnoses) if code in diagnoses[:i]]
    if twice:
        raise DiagnosisTwice(
            errors=[{"pointer": f"/body/diagnoses/{i}/code", "detail": "is there already, further up"} for i in twice]
        )
    return Listed(
        tuple(Line(c) for c in diagnoses),
        tuple(Line(c, p.on) for c, p in zip(procedures, body.procedures, strict=True)),
    )


async def _refuse_errors(session: AsyncSession, actor: Actor, item: AuditItem, codes: Listed) -> None:
    """Refuse codes with which no coder could submit the episode; a warning or a remark stops nobody.

    They are checked against the record alone: the coder's codes have no part in it.
    """
    episode = await one_episode(session, actor, item.episode_id)
    case = case_of(
        episode,
        Codes(
            [line.code for line in codes.diagnoses],
            [line.code for line in codes.procedures],
            [line.on for line in codes.procedures],
        ),
    )
    errors = [f.as_json() for f in await standards.check(session, actor, case) if f.severity is Severity.error]
    if errors:
        raise ChecksFail(f"{len(errors)} to mend.", findings=errors)


def _code(line: Line | None) -> str | None:
    return None if line is None else line.code


def _day(line: Line | None) -> dt.date | None:
    return None if line is None else line.on


def _row(item: AuditItem, p: Decided, before: AuditPosition | None) -> AuditPosition:
    """Return a position as it is stored, with the words of the one it continues."""
    return AuditPosition(
        provider=item.provider, item_id=item.item_id, no=p.no, audit_id=item.audit_id, side=p.side.value,
        code_class=p.code_class.value, sub_class=p.sub_class.value,
        trust_at=p.trust_at, trust_code=_code(p.trust), trust_on=_day(p.trust),
        auditor_at=p.auditor_at, auditor_code=_code(p.auditor), auditor_on=_day(p.auditor),
        moved=p.moved, counted_elsewhere=p.counted_elsewhere, proposed_type=p.proposed and p.proposed.value,
        final_type=p.final and p.final.value, decision=p.decision.value, attribution=p.attribution.value,
        non_coder_reason=p.non_coder_reason and p.non_coder_reason.value, evidence_available=p.evidence_available,
        standards=list(p.standards),
        **{name: getattr(before, name) if before else default for name, default in _WORDS.items()},
    )  # fmt: skip


_WORDS: dict[str, Any] = {
    "evidence_kind": None, "evidence_on": None, "evidence_page": None, "evidence": "", "comment": "",
    "decided_by_id": None, "decided_at": None, "reply": "none", "reply_due_on": None, "external": None,
}  # fmt: skip


async def _place(session: AsyncSession, item: AuditItem, positions: list[Decided]) -> None:
    """Put positions in place of those the item has; one that goes on keeps its words."""
    stored = await reads.rows_of(session, Actor.system(item.provider, "worksheet"), item.item_id)
    before = {row.no: row for row in stored}
    rows = [_row(item, p, before.get(p.no)) for p in positions]
    for row in stored:
        session.expunge(row)
    await session.execute(
        delete(AuditPosition).where(
            col(AuditPosition.provider) == item.provider, col(AuditPosition.item_id) == item.item_id
        )
    )
    session.add_all(rows)
    await session.flush()


@verb(
    "audit:work",
    leaves="audit_item:coded",
    refuses=[NotFound, Stale, NotAMember, CannotMove, ItemHeld, NotACode, NoDiagnosis, DiagnosisTwice, ChecksFail],
)
async def save_codes(
    session: AsyncSession, actor: Actor, item_id: UUID, body: AuditCodesIn, *, version: int
) -> AuditItem:
    """Lock the auditor's own codes and set them beside the coder's, with an error proposed for each difference.

    These codes never change again; what the auditor makes of them later is kept apart (``revise_codes``). From here on
    the episode's codes are open to this auditor, as far as this audit is concerned. Refused while a check says error,
    as it is for coders.
    """
    codes = listed(body)
    audit, item = await _mine(session, actor, item_id, "save_codes")
    same_version(item, version)
    await _refuse_errors(session, actor, item, codes)
    now = clock.now()
    coder = Listed.of(item.frozen)
    usage = await reads.usage_of(session, [coder, codes], item.ended_on)
    item.codes = {**codes.stored(), "saved_at": now.isoformat()}
    item.codes_saved_at, item.draft = now, None
    item.state = to_state(ITEM_MOVES, "save_codes", item.state)
    item.version += 1
    await session.flush()
    positions = worksheet.propose(coder, codes, usage=usage)
    await _place(session, item, positions)
    await episodes.show_codes(session, actor, people=[actor.id], episodes=[item.episode_id], because=audit.audit_id)
    await trail.record(
        session, actor, "audit_item:coded", "audit_item", item_id, version=item.version,
        audit_id=str(audit.audit_id), now_codes=codes.stored(),
        proposed=sum(p.proposed is not None and not p.counted_elsewhere for p in positions),
    )  # fmt: skip
    return item


_USED = text("""
select coalesce(max(no), 0) from (
    select no from audit_position where provider = :provider and item_id = :item_id
    union all select no from audit_reply where provider = :provider and item_id = :item_id
) n
""")


@verb(
    "audit:work",
    leaves="audit_item:revised",
    refuses=[
        NotFound,
        Stale,
        NotAMember,
        CannotMove,
        ItemHeld,
        NotACode,
        NoDiagnosis,
        DiagnosisTwice,
        ChecksFail,
        RulingStands,
    ],
)
async def revise_codes(
    session: AsyncSession, actor: Actor, item_id: UUID, body: AuditRevisionIn, *, version: int
) -> AuditItem:
    """Keep what the auditor makes of their codes after seeing the coder's; what they saved first stays beside it.

    Positions about the same codes keep what was decided on them, every other is proposed anew. A finding that somebody
    ruled on is not revised away: it is decided anew, and ruled on again (RulingStands).
    """
    codes = listed(body)
    audit, item = await _mine(session, actor, item_id, "revise")
    same_version(item, version)
    await _refuse_errors(session, actor, item, codes)
    was = Listed.of(item.revised or item.codes or codes.stored())
    coder = Listed.of(item.frozen)
    usage = await reads.usage_of(session, [coder, codes], item.ended_on)
    key = {"provider": actor.provider, "item_id": item_id}
    used = await session.scalar(_USED, key) or 0
    rows = await reads.rows_of(session, actor, item_id)
    before = [reads.decided_of(row) for row in rows]
    positions = worksheet.follow(worksheet.realign(before, coder, codes, usage=usage, after=used))
    kept = {p.no for p in positions} & {p.no for p in before}
    if {row.no for row in rows if row.reply == Reply.ruled} - kept:
        raise RulingStands()
    item.revised = {**codes.stored(), "saved_at": clock.now().isoformat(), "reason": body.reason}
    item.version += 1
    await session.flush()
    await _place(session, item, positions)
    await trail.record(
        session, actor, "audit_item:revised", "audit_item", item_id, version=item.version,
        audit_id=str(audit.audit_id), was=was.stored(), now_codes=codes.stored(), positions_kept=len(kept),
    )  # fmt: skip
    return item


async def _decide(
    session: AsyncSession, actor: Actor, item_id: UUID, decisions: list[DecisionIn], version: int, *, at: str
) -> AuditItem:
    audit, item = await _mine(session, actor, item_id, "decide")
    same_version(item, version)
    methodology = Methodology.model_validate(audit.methodology)
    citations = await reads.citations_of(session, actor, item.ended_on)
    rows = {row.no: row for row in await reads.rows_of(session, actor, item_id)}
    changed = []
    for n, body in enumerate(decisions):
        pointer = at.format(n)
        row = rows.get(body.no)
        if row is None:
            raise Invalid(errors=[{"pointer": f"{pointer}/no", "detail": "the episode has no such position"}])
        was = reads.decided_of(row)
        if body.decision == Decision.changed and body.error_type not in worksheet.fitting(was):
            raise NotFitting(errors=[{"pointer": f"{pointer}/error_type", "detail": "does not fit the codes here"}])
        # What counts with the primary follows it; where nothing is proposed there is nothing to accept or to reject.
        if body.decision in (Decision.accepted, Decision.rejected) and (was.proposed is None or was.counted_elsewhere):
            raise NotFitting(errors=[{"pointer": f"{pointer}/decision", "detail": "nothing is proposed here"}])
        if worksheet.only_query_resolutions(body.standards, methodology, citations):
            raise NotACitation(errors=[{"pointer": f"{pointer}/standards", "detail": "cite the standard itself"}])
        now = worksheet.decide(
            was, Decision(body.decision), error_type=body.error_type, attribution=body.attribution,
            non_coder_reason=body.non_coder_reason, evidence_available=body.evidence_available,
            standards=body.standards,
        )  # fmt: skip
        _keep(row, now)
        row.evidence_kind = body.evidence_kind and body.evidence_kind.value
        row.evidence_on, row.evidence_page, row.evidence = body.evidence_on, body.evidence_page, body.evidence.strip()
        row.comment = body.comment.strip()
        row.decided_by_id, row.decided_at = actor.id, clock.now()
        changed.append({"no": row.no, "decision": row.decision, "was": was.final, "now": row.final_type})
    for p in worksheet.follow([reads.decided_of(row) for row in rows.values()]):
        _keep(rows[p.no], p)
    item.version += 1
    await session.flush()
    await trail.record(
        session, actor, "audit_item:decided", "audit_item", item_id, version=item.version,
        audit_id=str(audit.audit_id), changed=changed,
    )  # fmt: skip
    return item


def _keep(row: AuditPosition, p: Decided) -> None:
    row.decision, row.final_type, row.attribution = p.decision.value, p.final and p.final.value, p.attribution.value
    row.non_coder_reason = p.non_coder_reason and p.non_coder_reason.value
    row.evidence_available, row.standards = p.evidence_available, list(p.standards)


_REFUSES_DECISION = [NotFound, Stale, NotAMember, CannotMove, ItemHeld, NotFitting, NotACitation]


@verb("audit:work", leaves="audit_item:decided", refuses=_REFUSES_DECISION)
async def decide_positions(
    session: AsyncSession, actor: Actor, item_id: UUID, body: DecisionsIn, *, version: int
) -> AuditItem:
    """Accept, change or reject what is proposed at positions; the proposal stays beside what was made of it."""
    return await _decide(session, actor, item_id, body.decisions, version, at="/body/decisions/{}")


@verb("audit:work", leaves="audit_item:decided", refuses=_REFUSES_DECISION)
async def decide_position(
    session: AsyncSession, actor: Actor, item_id: UUID, body: DecisionIn, *, version: int
) -> AuditItem:
    """Accept, change or reject what is proposed at one position."""
    return await _decide(session, actor, item_id, [body], version, at="/body")


async def _then(
    session: AsyncSession, actor: Actor, audit: Audit, item: AuditItem, then: Then, lease_minutes: int
) -> dict[str, Any]:
    found = None
    if then is Then.next:
        try:
            await _qualified(session, actor, audit)
            found = await _next_of(session, actor, audit, lease_minutes, but=item.item_id)
        except NotQualified:
            # What is finished is finished; only the next cannot be taken.
            found = None
    return {
        "item_id": item.item_id,
        "state": item.state,
        "version": item.version,
        "next_item_id": None if found is None else found.item_id,
    }


@verb(
    "audit:work",
    leaves="audit_item:finished",
    refuses=[NotFound, Stale, NotAMember, CannotMove, ItemHeld, FindingIncomplete],
)
async def finish_item(
    session: AsyncSession,
    actor: Actor,
    item_id: UUID,
    body: FinishIn,
    *,
    version: int,
    lease_minutes: int = LEASE_MINUTES,
) -> dict[str, Any]:
    """Finish an episode: every position decided, every error saying whose it is, why, and against which standard.

    FindingIncomplete names what each position still lacks. Asked for, the next episode is taken in the same breath.
    """
    audit, item = await _mine(session, actor, item_id, "decide")
    same_version(item, version)
    if item.codes is None:
        # Without a list of one's own there is nothing to compare: no difference would be found, nor looked for.
        raise CannotMove("The episode has no codes of its auditor.", state=item.state)
    methodology = Methodology.model_validate(audit.methodology)
    citations = await reads.citations_of(session, actor, item.ended_on)
    positions = [reads.decided_of(row) for row in await reads.rows_of(session, actor, item_id)]
    errors = worksheet.incomplete(positions, methodology, citations)
    if errors:
        raise FindingIncomplete(f"{len(errors)} to add before the episode is finished.", errors=errors)
    item.state = to_state(ITEM_MOVES, "decide", item.state)
    _close(item, body.minutes)
    if body.comment is not None:
        item.comment = body.comment.strip()
    await session.flush()
    await show_when_done(session, actor, item)
    await trail.record(
        session, actor, "audit_item:finished", "audit_item", item_id, version=item.version,
        audit_id=str(audit.audit_id), errors=sum(p.final is not None and not p.counted_elsewhere for p in positions),
        minutes=item.minutes,
    )  # fmt: skip
    return await _then(session, actor, audit, item, body.then, lease_minutes)


def _close(item: AuditItem, minutes: int | None) -> None:
    item.decided_at, item.lease_until = clock.now(), None
    if minutes is not None:
        item.minutes = minutes
    item.version += 1


@verb(
    "audit:work",
    leaves="audit_item:unsafe",
    refuses=[NotFound, Stale, NotAMember, CannotMove, ItemHeld, RulingStands],
)
async def mark_unsafe(
    session: AsyncSession,
    actor: Actor,
    item_id: UUID,
    body: UnsafeIn,
    *,
    version: int,
    lease_minutes: int = LEASE_MINUTES,
) -> dict[str, Any]:
    """Say that the record cannot support an audit of the episode, and why; its codes stay hidden where they are.

    What somebody ruled on is not taken out of the figures so (RulingStands).
    """
    audit, item = await _mine(session, actor, item_id, "mark_unsafe")
    same_version(item, version)
    if any(row.reply == Reply.ruled for row in await reads.rows_of(session, actor, item_id)):
        raise RulingStands()
    item.state = to_state(ITEM_MOVES, "mark_unsafe", item.state)
    item.state_reason = body.reason
    _close(item, body.minutes)
    await session.flush()
    await show_when_done(session, actor, item)
    await trail.record(
        session, actor, "audit_item:unsafe", "audit_item", item_id, version=item.version, reason=body.reason
    )
    return await _then(session, actor, audit, item, body.then, lease_minutes)


@verb("audit:work", leaves="audit_item:reopened", refuses=[NotFound, Stale, NotAMember, CannotMove, ItemHeld])
async def reopen_item(
    session: AsyncSession,
    actor: Actor,
    item_id: UUID,
    body: ReopenIn,
    *,
    version: int,
    lease_minutes: int = LEASE_MINUTES,
) -> AuditItem:
    """Take a finished episode up again, its auditor's or by the lead, with the reason; decisions stay as they were.

    One that was unsafe before its codes were saved is coded first, blind as before.
    """
    audit, item = await reads.the_item(session, actor, item_id, lock=True)
    part = await _member(session, actor, audit)
    same_version(item, version)
    if item.auditor_id != actor.id and part != rules.Part.lead:
        raise ItemHeld(f"{item.auditor_name} audits it.")
    to = to_state(ITEM_MOVES, "reopen", item.state)
    item.state = to if item.codes is not None else ItemState.coding.value
    item.state_reason, item.decided_at = None, None
    item.lease_until = clock.now() + dt.timedelta(minutes=lease_minutes)
    item.version += 1
    await session.flush()
    await trail.record(
        session, actor, "audit_item:reopened", "audit_item", item_id, version=item.version, reason=body.reason
    )
    return item
