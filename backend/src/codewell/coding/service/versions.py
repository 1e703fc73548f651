"""What every new version of an episode's codes goes through: read, looked at by the checks, written once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.codesets import service as codesets
from codewell.codesets.rules import is_code_shaped, normalise
from codewell.coding import reads, rules
from codewell.coding.models import Coding
from codewell.coding.rules import Codes, CodingStage
from codewell.coding.schemas import CodesIn, DiagnosisIn, ProcedureIn
from codewell.episodes import service as episodes
from codewell.episodes.rules import CodingSource, changes
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.problems import NotFound, Stale
from codewell.standards import service as standards
from codewell.workqueues import service as workqueues


class Lists(Protocol):
    """What a request of any kind holds codes in: a coder's, a draft's or an auditor's."""

    diagnoses: list[DiagnosisIn]
    procedures: list[ProcedureIn]


def codes_of(body: Lists) -> Codes:
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


def current(episode: Row[Any]) -> Codes:
    """Return the codes that an episode has now."""
    return Codes(list(episode.diagnoses), list(episode.procedures), list(episode.procedure_dates))


async def refuse_stale(
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
            changes=[c.wire() for c in rules.differences(codes, current(episode))],
        )


async def pass_checks(
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


def reasons_given(
    actor: Actor, body: CodesIn, checked: Row[Any] | None = None, *, keep: bool = False
) -> list[dict[str, Any]]:
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


async def work_item(session: AsyncSession, actor: Actor, episode_id: UUID) -> Row[Any] | None:
    """Return the episode's place in the queues, locked; None when it stands in none."""
    try:
        return await workqueues.locked(session, actor, episode_id)
    except NotFound:
        return None


async def add_version(
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


def told(was: Codes, now: Codes) -> dict[str, Any]:
    """Return what the trail keeps of a change of codes."""
    return {
        "was": {"diagnoses": was.diagnoses, "procedures": was.procedures},
        "now_codes": {"diagnoses": now.diagnoses, "procedures": now.procedures},
        "detail": f"{len(now.diagnoses)} diagnoses, {len(now.procedures)} procedures",
    }
