"""Verbs of an auditor's own codes: read the record, draft, save, and revise after seeing the coder's."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete

from codewell.audits import worksheet
from codewell.audits.alignment import Line
from codewell.audits.models import AuditItem, AuditPosition
from codewell.audits.reads import worksheet as reads
from codewell.audits.reads.audited import refuse_kept_back
from codewell.audits.reads.one import part_in, the_item
from codewell.audits.rules import (
    ITEM_MOVES,
    CannotMove,
    DiagnosisTwice,
    ItemHeld,
    NoDiagnosis,
    NotAMember,
    Reply,
    RulingStands,
    to_state,
)  # fmt: skip
from codewell.audits.schemas.worksheet import (
    AuditCodesIn,
    AuditDraftIn,
    AuditRevisionIn,
)
from codewell.audits.service.taking import LEASE_MINUTES, mine
from codewell.audits.worksheet import Decided, Listed
from codewell.coding.reads import case_of
from codewell.coding.rules import ChecksFail, Codes, NotACode
from codewell.coding.service.versions import codes_of
from codewell.episodes import service as episodes
from codewell.episodes.reads import one_episode
from codewell.episodes.rules import CodesHidden
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.problems import NotFound, Stale
from codewell.kit.verbs import verb
from codewell.standards import service as standards
from codewell.standards.rules import Severity
from codewell.trail import service as trail


@verb("audit:work", leaves="episode:seen", refuses=[NotFound, NotAMember, CodesHidden])
async def see_worksheet(session: AsyncSession, actor: Actor, item_id: UUID) -> dict[str, Any]:
    """Return the worksheet of an audited episode: in a blind audit without the coder's codes until one's own are saved.

    Another auditor's worksheet is open to those from whom the episode is not hidden, and who have not to judge it too.
    """
    audit, item = await the_item(session, actor, item_id)
    if await part_in(session, actor, audit.audit_id) is None:
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
    _, item = await mine(session, actor, item_id, "save_codes")
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


def _own_codes(body: AuditCodesIn) -> Codes:
    """Return the codes of a request in stored form; NotACode names lines that are none, NoDiagnosis asks for one.

    A diagnosis that is there twice would count twice in the figures; an operation may well have been done twice.
    """
    codes = codes_of(body)
    if not codes.diagnoses:
        raise NoDiagnosis(errors=[{"pointer": "/body/diagnoses", "detail": "the first code is the primary diagnosis"}])
    twice = [i for i, code in enumerate(codes.diagnoses) if code in codes.diagnoses[:i]]
    if twice:
        raise DiagnosisTwice(
            errors=[{"pointer": f"/body/diagnoses/{i}/code", "detail": "is there already, further up"} for i in twice]
        )
    return codes


def _listed(codes: Codes) -> Listed:
    lines = zip(codes.procedures, codes.procedure_dates, strict=True)
    return Listed(tuple(Line(c) for c in codes.diagnoses), tuple(Line(c, on) for c, on in lines))


async def _refuse_errors(session: AsyncSession, actor: Actor, item: AuditItem, codes: Codes) -> None:
    """Refuse codes with which no coder could submit the episode; a warning or a remark stops nobody.

    They are checked against the record alone: the coder's codes have no part in it.
    """
    episode = await one_episode(session, actor, item.episode_id)
    case = case_of(episode, codes)
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
    own = _own_codes(body)
    codes = _listed(own)
    audit, item = await mine(session, actor, item_id, "save_codes", version=version)
    await _refuse_errors(session, actor, item, own)
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
    own = _own_codes(body)
    codes = _listed(own)
    audit, item = await mine(session, actor, item_id, "revise", version=version)
    await _refuse_errors(session, actor, item, own)
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
