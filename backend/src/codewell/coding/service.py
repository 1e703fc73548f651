"""Verbs on codes: keep a draft, submit, approve, return; and versions of what arrives coded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import TextClause, text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.codesets import reads as editions
from codewell.codesets import service as codesets
from codewell.codesets.rules import is_code_shaped, normalise
from codewell.coding import reads, rules
from codewell.coding.models import Coding
from codewell.coding.placement import place, place_touched
from codewell.coding.rules import Codes, CodingStage, Then
from codewell.coding.schemas import CodesIn, DraftIn, ReturnIn, SubmitIn
from codewell.episodes import service as episodes
from codewell.episodes.reads import one_episode, refuse_hidden
from codewell.episodes.rules import CodesHidden, CodingSource, CodingState, changes
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.problems import Conflict, NotFound, Stale
from codewell.kit.verbs import verb
from codewell.standards import service as standards
from codewell.trail import service as trail
from codewell.workqueues import rules as queues
from codewell.workqueues import service as workqueues
from codewell.workqueues.rules import LeaseHeld, OwnWork, Queue
from codewell.workqueues.schemas import Claim


def codes_of(body: CodesIn | DraftIn) -> Codes:
    """Return the codes of a request in stored form; NotACode names the lines that are no codes at all."""
    diagnoses = [normalise("icd10", d.code)[0] for d in body.diagnoses]
    procedures = [normalise("opcs4", p.code)[0] for p in body.procedures]
    wrong = [
        {"pointer": f"/body/{name}/{i}/code", "detail": "is not shaped like a code of this classification"}
        for name, system, codes in (("diagnoses", "icd10", diagnoses), ("procedures", "opcs4", procedures))
        for i, code in enumerate(codes)
        if not is_code_shaped(system, code)
    ]
    if wrong:
        raise rules.NotACode(errors=wrong)
    return Codes(diagnoses, procedures, [p.on for p in body.procedures])


_SAVE = text("""
insert into coding_draft as d (provider, episode_id, person_id, version, body, based_on, saved_at)
values (:provider, :episode_id, :person_id, 1, cast(:body as jsonb), :based_on, :at)
on conflict (provider, episode_id, person_id) do update
set version = d.version + 1, body = excluded.body, based_on = excluded.based_on, saved_at = excluded.saved_at
where d.version = :version
returning version, saved_at
""")
_EXTEND = text("""
update work_item set lease_until = :until
where provider = :provider and episode_id = :episode_id and lease_owner_id = :me and lease_until < :until
""")


@verb("coding:see", leaves="episode:seen", refuses=[NotFound, CodesHidden])
async def see_workbench(session: AsyncSession, actor: Actor, episode_id: UUID) -> dict[str, Any]:
    """Return everything the workbench shows of one episode, and leave a line that the caller has seen it."""
    row = await one_episode(session, actor, episode_id)
    await refuse_hidden(session, actor, episode_id)
    out = await reads.workbench_of(session, actor, row)
    await trail.record(session, actor, "episode:seen", "episode", episode_id, patient_id=row.patient_id)
    return out


@verb("coding:see", leaves="episode:seen", refuses=[NotFound, CodesHidden])
async def list_codings(session: AsyncSession, actor: Actor, episode_id: UUID) -> dict[str, Any]:
    """Return every version of an episode's codes, newest first."""
    episode = await one_episode(session, actor, episode_id)
    await refuse_hidden(session, actor, episode_id)
    await trail.record(session, actor, "episode:seen", "episode", episode_id, patient_id=episode.patient_id)
    titles = await reads.titles_for(session, episode.ended_on)
    rows = await reads.versions_of(session, actor, episode_id)
    return {"items": [reads.coding_out(r, titles) for r in rows], "next": None}


@verb("coding:see", leaves="episode:seen", refuses=[NotFound, CodesHidden])
async def see_coding(session: AsyncSession, actor: Actor, episode_id: UUID, version: int) -> dict[str, Any]:
    """Return one version of an episode's codes."""
    episode = await one_episode(session, actor, episode_id)
    await refuse_hidden(session, actor, episode_id)
    rows = await reads.versions_of(session, actor, episode_id, version)
    if not rows:
        raise NotFound("There is no such version.")
    await trail.record(session, actor, "episode:seen", "episode", episode_id, patient_id=episode.patient_id)
    return reads.coding_out(rows[0], await reads.titles_for(session, episode.ended_on))


@verb("coding:code", leaves=None, refuses=[NotFound, Stale])
async def save_draft(
    session: AsyncSession, actor: Actor, episode_id: UUID, draft: DraftIn, *, version: int, lease_minutes: int
) -> dict[str, Any]:
    """Keep what the caller has typed; nobody else sees it. Typing also keeps the caller's lease alive.

    ``version`` is that of the draft last seen, 0 for none; another draft saved meanwhile is Stale, with both sides.
    """
    episode = await one_episode(session, actor, episode_id)
    before = await reads.draft_of(session, actor, episode_id)
    now = clock.now()
    body = draft.model_dump(mode="json", exclude={"based_on"})
    values = {"provider": actor.provider, "episode_id": episode_id, "person_id": actor.id, "at": now}
    based_on = episode.coding_version if draft.based_on is None else draft.based_on
    row = None
    if (before is None) == (version == 0):
        row = (
            await session.execute(
                _SAVE, {**values, "version": version, "body": orjson.dumps(body).decode(), "based_on": based_on}
            )
        ).one_or_none()
    if row is None:
        row = await reads.draft_of(session, actor, episode_id)
        # The very same draft was saved and only the answer was lost: it is given again.
        if row is None or (row.body, row.based_on) != (body, based_on):
            raise _stale_draft(row, body)
    until = now + dt.timedelta(minutes=lease_minutes)
    await session.execute(
        _EXTEND, {"provider": actor.provider, "episode_id": episode_id, "me": actor.id, "until": until}
    )
    return {
        "version": row.version,
        "saved_at": row.saved_at,
        "coding_version": episode.coding_version,
        "basis": reads.basis_mark(episode.basis),
        "documents_mark": reads.documents_mark(await reads.documents_of(session, actor, episode)),
    }


def _plain(body: dict[str, Any]) -> Codes:
    procedures = body.get("procedures", [])
    return Codes(
        [d["code"] for d in body.get("diagnoses", [])],
        [p["code"] for p in procedures],
        [p.get("on") and dt.date.fromisoformat(p["on"]) for p in procedures],
    )


def _stale_draft(before: Row[Any] | None, mine: dict[str, Any]) -> Stale:
    if before is None:
        return Stale("The draft was removed elsewhere.", current_version=0, changes=[], current=None)
    return Stale(
        "The draft was saved in another window.",
        current_version=before.version,
        current=before.body,
        changes=[c.wire() for c in rules.differences(_plain(mine), _plain(before.body))],
    )


@verb("coding:code", leaves=None)
async def discard_draft(session: AsyncSession, actor: Actor, episode_id: UUID) -> None:
    """Remove the caller's draft; nothing happens when there is none."""
    await session.execute(
        text("""delete from coding_draft
                where provider = :provider and episode_id = :episode_id and person_id = :person_id"""),
        {"provider": actor.provider, "episode_id": episode_id, "person_id": actor.id},
    )


def _current(episode: Row[Any]) -> Codes:
    return Codes(list(episode.diagnoses), list(episode.procedures), list(episode.procedure_dates))


async def _refuse_stale(
    session: AsyncSession, actor: Actor, episode: Row[Any], body: CodesIn, codes: Codes, version: int
) -> None:
    """Raise Stale when the codes, the facts or the documents are not those that the caller says to have seen."""
    facts: list[dict[str, Any]] = []
    why = "Somebody has coded the episode meanwhile."
    if body.seen_documents is not None:
        papers = await reads.documents_of(session, actor, episode)
        if body.seen_documents != reads.documents_mark(papers):
            facts.append({"field": "documents", "label": "Documents", "was": None, "now": None})
            why = "A document has come or changed since the episode was opened."
    if body.seen_basis is not None and body.seen_basis != reads.basis_mark(episode.basis):
        told = [c._asdict() for c in changes(episode.coded_basis, episode.basis)]
        facts += told or [{"field": "episode", "label": "Episode", "was": None, "now": None}]
        why = "The PAS has changed the episode."
    if episode.coding_version != version or facts:
        raise Stale(
            why,
            current_version=episode.coding_version,
            current_basis=reads.basis_mark(episode.basis),
            facts=facts,
            changes=[c.wire() for c in rules.differences(codes, _current(episode))],
        )


async def _checked(
    session: AsyncSession, actor: Actor, episode: Row[Any], codes: Codes, reasons: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return what the checks say; refuse while an error stands, or a warning without a reason."""
    # First, so that the editions checked against are those that the version will name.
    await codesets.books_to_code_in(session, episode.ended_on)
    findings = [f.as_json() for f in await standards.check(session, actor, reads.case_of(episode, codes))]
    errors = [f for f in findings if f["severity"] == "error"]
    if errors:
        raise rules.ChecksFail(f"{len(errors)} to mend.", findings=errors)
    open_ = rules.unanswered(findings, reasons)
    if open_:
        raise rules.ReasonsNeeded(f"{len(open_)} without a reason.", findings=open_)
    return findings


def _given(actor: Actor, body: CodesIn, checked: Row[Any] | None = None, *, keep: bool = False) -> list[dict[str, Any]]:
    """Return the reasons with who gave each: one said again word for word stays that of the coder under check.

    With ``keep`` the coder's reasons that are not said again stand too: approving codes as they are accepts them.
    """
    own = {"person_id": str(actor.id), "person_name": actor.name}
    theirs = {} if checked is None else {"person_id": str(checked.person_id), "person_name": checked.person_name}
    earlier = [] if checked is None else [{**theirs, **reason} for reason in checked.reasons or []]

    def said(reason: dict[str, Any]) -> tuple[Any, ...]:
        return reason["rule_id"], reason.get("lines"), reason["reason"]

    given = []
    for reason in (r.model_dump(mode="json") for r in body.reasons):
        before = next((e for e in earlier if said(e) == said(reason)), None)
        given.append(before or {**reason, **own})
    about = [(r["rule_id"], r.get("lines")) for r in given]
    return given + [e for e in earlier if keep and (e["rule_id"], e.get("lines")) not in about]


async def _work_item(session: AsyncSession, actor: Actor, episode_id: UUID) -> Row[Any] | None:
    try:
        return await workqueues.locked(session, actor, episode_id)
    except NotFound:
        return None


async def _add_version(
    session: AsyncSession,
    actor: Actor,
    episode: Row[Any],
    codes: Codes,
    *,
    state: CodingStage,
    reasons: Sequence[dict[str, Any]],
    findings: list[dict[str, Any]],
    person: tuple[UUID | None, str | None],
    checked_by: Actor | None = None,
    reason: str | None = None,
    source: CodingSource = CodingSource.codewell,
    coder_id: UUID | None = None,
) -> Coding:
    """Write the next version and the episode's copy of it; there is no other way to change an episode's codes.

    The episode's coder is the person, or ``coder_id`` where the version is not its coder's own (an audit's).
    """
    books = await codesets.books_to_code_in(session, episode.ended_on)
    now = clock.now()
    coding = Coding(
        provider=actor.provider,
        episode_id=episode.episode_id,
        version=episode.coding_version + 1,
        state=state.value,
        source=source.value,
        diagnoses=codes.diagnoses,
        procedures=codes.procedures,
        procedure_dates=codes.procedure_dates,
        raw=None,
        person_id=person[0],
        person_name=person[1],
        coder_ref=None,
        checked_by_id=None if checked_by is None else checked_by.id,
        checked_by_name=None if checked_by is None else checked_by.name,
        icd10_edition=books.icd10.edition.edition,
        opcs4_edition=books.opcs4.edition.edition,
        basis=list(episode.basis),
        findings=findings,
        findings_digest=rules.digest(findings),
        reasons=list(reasons),
        reason=reason,
        message_id=None,
        at=now,
        recorded_at=now,
    )
    session.add(coding)
    await session.flush()
    await episodes.set_codes(
        session,
        actor,
        episode.episode_id,
        diagnoses=codes.diagnoses,
        procedures=codes.procedures,
        procedure_dates=codes.procedure_dates,
        version=coding.version,
        state=state.value,
        coder_id=person[0] if source is CodingSource.codewell else coder_id,
        at=now,
    )
    return coding


def _told(was: Codes, now: Codes) -> dict[str, Any]:
    return {
        "was": {"diagnoses": was.diagnoses, "procedures": was.procedures},
        "now_codes": {"diagnoses": now.diagnoses, "procedures": now.procedures},
        "detail": f"{len(now.diagnoses)} diagnoses, {len(now.procedures)} procedures",
    }


@verb(
    "coding:code",
    leaves="coding:submitted",
    refuses=[
        NotFound, Stale, LeaseHeld, Conflict, CodesHidden, rules.ChecksFail, rules.ReasonsNeeded, rules.ReasonNeeded,
        rules.EpisodeDeleted, rules.NotACode, rules.WaitsForSecondCheck, rules.NotForTrainees,
    ],
)  # fmt: skip
async def submit(
    session: AsyncSession, actor: Actor, episode_id: UUID, body: SubmitIn, *, version: int, lease_minutes: int
) -> tuple[Coding, UUID | None]:
    """Make the codes an immutable version and settle the episode; a trainee's go to second check instead.

    Refused while an error stands, a warning has no reason, somebody else holds the episode, or it changed since
    ``version`` (Stale, with the differences line by line). Codes that were final need ``reason``. Returns the version
    and, asked for, the next episode, claimed for the caller in the same transaction.
    """
    codes = codes_of(body)
    episode = await one_episode(session, actor, episode_id, lock=True)
    # A refusal of stale codes would show them, and so would having them under one's own name.
    await refuse_hidden(session, actor, episode_id)
    if episode.withdrawn:
        raise rules.EpisodeDeleted()
    item = await _work_item(session, actor, episode_id)
    if item is not None:
        await workqueues.refuse_if_held(session, actor, item)
    if episode.coding_state == CodingState.second_check:
        raise rules.WaitsForSecondCheck()
    final = actor.may("coding:finalise")
    if not final and episode.coding_state in (CodingState.coded, CodingState.changed_after_coding):
        raise rules.NotForTrainees()
    await _refuse_stale(session, actor, episode, body, codes, version)
    if item is None and episode.coding_version > 0 and not body.reason:
        raise rules.ReasonNeeded(errors=[{"pointer": "/body/reason", "detail": "say why final codes are changed"}])
    reasons = _given(actor, body)
    findings = await _checked(session, actor, episode, codes, reasons)
    coding = await _add_version(
        session, actor, episode, codes,
        state=CodingStage.final if final else CodingStage.for_second_check,
        reasons=reasons, findings=findings, person=(actor.id, actor.name), reason=body.reason,
    )  # fmt: skip
    await _settle(session, actor, episode, item, final=final)
    await discard_draft(session, actor, episode_id)
    await trail.record(
        session, actor, "coding:submitted", "episode", episode_id, version=coding.version,
        patient_id=episode.patient_id, **_told(_current(episode), codes),
    )  # fmt: skip
    home = None if item is None else Queue(item.home_queue)
    return coding, await _next(session, actor, body.then, home, lease_minutes)


async def _settle(
    session: AsyncSession, actor: Actor, episode: Row[Any], item: Row[Any] | None, *, final: bool
) -> None:
    if final:
        await workqueues.settle(session, actor, episode.episode_id)
        return
    if item is None:
        await place(session, actor, [episode.episode_id])
    await workqueues.send_home(
        session, actor, episode.episode_id, Queue.second_check, author_id=actor.id,
        why={"code": "second_check", "text": f"Coded by {actor.name}, who is in training"},
    )  # fmt: skip


async def _next(session: AsyncSession, actor: Actor, then: Then, home: Queue | None, lease_minutes: int) -> UUID | None:
    """Claim the next episode: of the queue just worked in while it lasts, then of any that needs coding."""
    if then is not Then.next:
        return None
    for claim in ([Claim(queues=[home])] if home in workqueues.CLAIMABLE else []) + [Claim()]:
        try:
            return await workqueues.claim_next(session, actor, claim, lease_minutes=lease_minutes)
        except queues.NothingToClaim:
            continue
    return None


async def _for_check(session: AsyncSession, actor: Actor, episode_id: UUID) -> tuple[Row[Any], Row[Any], Row[Any]]:
    """Return the episode, its work item and the version under check, all locked; refuse one's own work."""
    episode = await one_episode(session, actor, episode_id, lock=True)
    await refuse_hidden(session, actor, episode_id)
    item = await _work_item(session, actor, episode_id)
    if episode.coding_state != CodingState.second_check or item is None:
        raise rules.NotForSecondCheck()
    await workqueues.refuse_if_held(session, actor, item)
    (checked,) = await reads.versions_of(session, actor, episode_id, episode.coding_version)
    if actor.id in (checked.person_id, item.author_id):
        raise OwnWork()
    return episode, item, checked


@verb(
    "coding:approve",
    leaves="coding:approved",
    refuses=[
        NotFound, Stale, LeaseHeld, OwnWork, CodesHidden, rules.NotForSecondCheck, rules.ChecksFail,
        rules.ReasonsNeeded, rules.NotACode,
    ],
)  # fmt: skip
async def approve(
    session: AsyncSession, actor: Actor, episode_id: UUID, body: SubmitIn, *, version: int, lease_minutes: int
) -> tuple[Coding, UUID | None]:
    """Make a trainee's codes final, as they are or as the checker changed them; the version names both people."""
    codes = codes_of(body)
    episode, _item, checked = await _for_check(session, actor, episode_id)
    await _refuse_stale(session, actor, episode, body, codes, version)
    same = codes == _current(episode)
    reasons = _given(actor, body, checked, keep=same)
    findings = await _checked(session, actor, episode, codes, reasons)
    coding = await _add_version(
        session, actor, episode, codes, state=CodingStage.final, reasons=reasons, findings=findings,
        person=(checked.person_id, checked.person_name), checked_by=actor, reason=body.reason,
    )  # fmt: skip
    await workqueues.settle(session, actor, episode_id)
    await discard_draft(session, actor, episode_id)
    changed = [c.wire() for c in rules.differences(_current(episode), codes)]
    await trail.record(
        session, actor, "coding:approved", "episode", episode_id, version=coding.version,
        patient_id=episode.patient_id, changed=changed, detail="as coded" if same else f"{len(changed)} changes",
    )  # fmt: skip
    if body.then is not Then.next:
        return coding, None
    try:
        claim = Claim(queues=[Queue.second_check])
        return coding, await workqueues.claim_next(session, actor, claim, lease_minutes=lease_minutes)
    except queues.NothingToClaim:
        return coding, None


@verb(
    "coding:approve",
    leaves="coding:returned",
    refuses=[NotFound, Stale, LeaseHeld, OwnWork, CodesHidden, rules.NotForSecondCheck],
)
async def give_back(session: AsyncSession, actor: Actor, episode_id: UUID, body: ReturnIn, *, version: int) -> Coding:
    """Send a trainee's codes back with a reason: the episode is uncoded again, theirs, the codes kept as draft."""
    episode, _item, checked = await _for_check(session, actor, episode_id)
    if episode.coding_version != version:
        raise Stale(current_version=episode.coding_version)
    codes = _current(episode)
    coding = await _add_version(
        session, actor, episode, codes, state=CodingStage.returned, reasons=checked.reasons or [],
        findings=checked.findings or [], person=(checked.person_id, checked.person_name), checked_by=actor,
        reason=body.reason,
    )  # fmt: skip
    await workqueues.send_home(
        session, actor, episode_id, Queue.to_code, assignee_id=checked.person_id, by_hand=True,
        why={"code": "returned", "text": f"Returned by {actor.name}: {body.reason}"},
    )  # fmt: skip
    if checked.person_id is not None:
        lines = zip(codes.procedures, codes.procedure_dates, strict=True)
        kept = {
            "diagnoses": [{"code": c} for c in codes.diagnoses],
            "procedures": [{"code": c, "on": on and on.isoformat()} for c, on in lines],
            "note": "",
            "pending": "",
        }
        await session.execute(
            text("""insert into coding_draft (provider, episode_id, person_id, version, body, based_on, saved_at)
                    values (:provider, :episode_id, :person_id, 1, cast(:body as jsonb), :based_on, :at)
                    on conflict do nothing"""),
            {
                "provider": actor.provider, "episode_id": episode_id, "person_id": checked.person_id,
                "body": orjson.dumps(kept).decode(), "based_on": coding.version, "at": clock.now(),
            },
        )  # fmt: skip
    await trail.record(
        session, actor, "coding:returned", "episode", episode_id, version=coding.version,
        patient_id=episode.patient_id, detail="with a reason",
    )  # fmt: skip
    return coding


async def amend_for_audit(
    session: AsyncSession,
    actor: Actor,
    episode_id: UUID,
    codes: Codes,
    *,
    version: int,
    coder_id: UUID | None,
    why: str,
) -> Coding:
    """Put the codes that an audit agreed on into force as a version of its own, by the auditor, with source audit.

    The episode stays its coder's (``coder_id``) and where it stands: it must be final and in no queue, so that no
    work on it is passed over. Refused while a check says error, and Stale when it was coded since ``version``.
    """
    episode = await one_episode(session, actor, episode_id, lock=True)
    await refuse_hidden(session, actor, episode_id)
    if episode.withdrawn:
        raise rules.EpisodeDeleted()
    item = await _work_item(session, actor, episode_id)
    if item is not None:
        await workqueues.refuse_if_held(session, actor, item)
    if item is not None or episode.coding_state != CodingState.coded:
        raise rules.InAQueue()
    was = _current(episode)
    if episode.coding_version != version:
        raise Stale(
            "Somebody has coded the episode meanwhile.",
            current_version=episode.coding_version,
            changes=[c.wire() for c in rules.differences(codes, was)],
        )
    await codesets.books_to_code_in(session, episode.ended_on)
    findings = [f.as_json() for f in await standards.check(session, actor, reads.case_of(episode, codes))]
    errors = [f for f in findings if f["severity"] == "error"]
    if errors:
        raise rules.ChecksFail(f"{len(errors)} to mend.", findings=errors)
    coding = await _add_version(
        session, actor, episode, codes, state=CodingStage.final, reasons=[], findings=findings,
        person=(actor.id, actor.name), reason=why, source=CodingSource.audit, coder_id=coder_id,
    )  # fmt: skip
    await trail.record(
        session, actor, "coding:amended", "episode", episode_id, version=coding.version,
        patient_id=episode.patient_id, **_told(was, codes),
    )  # fmt: skip
    return coding


# The editions that the days of what is about to be written need, and in which nothing has been coded yet.
FIRST_USES = """
select e.system, e.edition from edition e
where e.state = 'ready' and e.first_used_at is null and exists (
    select 1 from {days} where ended_on between e.valid_from_on and coalesce(e.valid_to_on, 'infinity')
)
"""
# Made ready between the question above and the writing: the statement says which editions it named first.
NAMED_FIRST = """
with made as ({insert} returning icd10_edition, opcs4_edition),
named as (select 'icd10' as system, icd10_edition as edition from made union select 'opcs4', opcs4_edition from made)
select e.system, e.edition from named n join edition e on e.system = n.system and e.edition = n.edition
where e.first_used_at is null
"""


async def write_versions(
    session: AsyncSession, first_uses: TextClause, versions: TextClause, values: dict[str, Any]
) -> None:
    """Write many versions at once, the editions that they name used from now on and none of them withdrawn.

    Once every edition is known to be used, this is the one statement that writes the versions.
    """
    if not await editions.all_stay(session):
        needed = await session.execute(first_uses)
        # One that is withdrawn just now is waited for, and then the statement below finds the one in its place.
        await codesets.use(session, [(r.system, r.edition) for r in needed])
    named = await session.execute(versions, values)
    await codesets.used_anyway(session, [(r.system, r.edition) for r in named])


_INCOMING_FIRST_USES = text(
    FIRST_USES.format(days="(select i.ended_on from touched t join incoming i on i.idx = t.codes_idx) d")
)
_VERSION_INCOMING = text(
    NAMED_FIRST.format(
        insert="""
insert into coding (provider, episode_id, version, state, source, diagnoses, procedures, procedure_dates, raw,
    coder_ref, icd10_edition, opcs4_edition, basis, message_id, at, recorded_at)
select t.provider, t.episode_id, t.coding_version, 'final', i.codes_source, i.diagnoses, i.procedures,
    i.procedure_dates, i.codes_raw, i.coder_ref, icd.edition, opcs.edition, i.basis, i.message_id,
    coalesce(i.coded_at, i.source_at), :now
from touched t join incoming i on i.idx = t.codes_idx
left join edition icd on icd.system = 'icd10' and icd.state = 'ready'
    and i.ended_on between icd.valid_from_on and coalesce(icd.valid_to_on, 'infinity')
left join edition opcs on opcs.system = 'opcs4' and opcs.state = 'ready'
    and i.ended_on between opcs.valid_from_on and coalesce(opcs.valid_to_on, 'infinity')
where t.codes_idx is not null
"""
    )
)


async def version_incoming(session: AsyncSession, actor: Actor) -> None:
    """Make a version of every coding that came with the batch, then say where each touched episode stands.

    Reads ``touched`` and ``incoming`` of the batch; fills ``placement`` for ``workqueues.service.place_incoming``.
    """
    await write_versions(session, _INCOMING_FIRST_USES, _VERSION_INCOMING, {"now": clock.now()})
    await place_touched(session, actor)
