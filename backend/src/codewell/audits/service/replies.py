"""Verbs on findings: send them to the coder, agree, dispute, answer, escalate, rule, and close what nobody answered.

All that is said stands in ``audit_reply`` for good; a position holds how the finding stands now.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits import rules, worksheet
from codewell.audits.alignment import ErrorType
from codewell.audits.limits import as_listed, check_finding, due_after
from codewell.audits.models import Audit, AuditItem, AuditPosition, AuditReply
from codewell.audits.profiles import Citation, Methodology
from codewell.audits.reads import replies as reads
from codewell.audits.reads.audited import refuse_kept_back
from codewell.audits.reads.one import part_in, the_audit, the_item
from codewell.audits.reads.worksheet import citations_of, decided_of, rows_of
from codewell.audits.rules import (
    ITEM_MOVES,
    OPEN_REPLIES,
    REPLY_MOVES,
    AuditState,
    CannotMove,
    Decision,
    NonCoderReason,
    Part,
    Reply,
    Ruling,
    to_state,
)  # fmt: skip
from codewell.audits.schemas.replies import (
    FindingAnswerIn,
    FindingAsIn,
    FindingCloseIn,
    FindingEscalateIn,
    FindingRepliesIn,
    FindingRulingIn,
)
from codewell.audits.tally import Attribution
from codewell.episodes.reads import one_episode
from codewell.episodes.rules import CodesHidden
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.problems import Invalid, NotFound, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail

# A finding goes to the coder when it is theirs and was never sent, or was decided anew after it was.
_TO_SEND = """
p.final_type is not null and p.attribution = 'coder' and not p.counted_elsewhere and (p.reply = 'none'
    or (p.reply in ('agreed', 'withdrawn', 'no_reply') and p.decided_at > i.released_at))
"""
_SEND = text(f"""
update audit_position p set reply = 'waiting', reply_due_on = :due
from audit_item i
where i.provider = :provider and i.audit_id = :audit_id and i.state = 'decided' and i.second_of is null
  and exists (select from person c where c.provider = i.provider and c.person_id = i.coder_id and c.active)
  and p.provider = i.provider and p.item_id = i.item_id and {_TO_SEND}
returning p.item_id, p.no
""")
_SAY_SENT = text("""
insert into audit_reply (provider, item_id, no, seq, act, part, text, changed, by_id, by_name, at)
select p.provider, p.item_id, p.no,
    (select coalesce(max(r.seq), 0) + 1 from audit_reply r
     where r.provider = p.provider and r.item_id = p.item_id and r.no = p.no),
    'sent', 'auditor', p.comment,
    jsonb_build_object('now', jsonb_build_object('error_type', p.final_type, 'attribution', p.attribution,
        'non_coder_reason', p.non_coder_reason, 'standards', to_jsonb(p.standards))),
    :by_id, :by_name, :at
from unnest(cast(:items as uuid[]), cast(:nos as smallint[])) as s(item_id, no)
join audit_position p on p.provider = :provider and p.item_id = s.item_id and p.no = s.no
""")
# What a ruling made of a finding is what was last said of it until then; a ruling that let it stand says nothing more.
# Between an error and none the rest does not matter. Whoever ruled is named, and it is theirs to be ruled on again.
_QUESTION = text("""
with ruled as (
    select p.item_id, p.no, p.comment, r.seq, r.by_name, w.was,
        jsonb_build_object('error_type', p.final_type, 'attribution', p.attribution,
            'non_coder_reason', p.non_coder_reason, 'standards', to_jsonb(p.standards)) as now
    from audit_item i
    join audit_position p on p.provider = i.provider and p.item_id = i.item_id and p.reply = 'ruled'
    join lateral (select max(q.seq) as last, max(q.seq) filter (where q.act like 'ruled\\_%') as seq
        from audit_reply q where q.provider = p.provider and q.item_id = p.item_id and q.no = p.no) s on true
    join audit_reply r on r.provider = p.provider and r.item_id = p.item_id and r.no = p.no and r.seq = s.seq
    join lateral (select q.changed -> 'now' as was from audit_reply q
        where q.provider = p.provider and q.item_id = p.item_id and q.no = p.no and q.seq <= s.seq
          and q.changed -> 'now' is not null order by q.seq desc limit 1) w on true
    where i.provider = :provider and i.audit_id = :audit_id and i.state = 'decided'
), questioned as (
    update audit_position p set reply = 'escalated', reply_due_on = :due from ruled r
    where p.provider = :provider and p.item_id = r.item_id and p.no = r.no and r.was <> r.now
      and not (r.was -> 'error_type' = 'null' and r.now -> 'error_type' = 'null')
    returning p.item_id, p.no
)
insert into audit_reply (provider, item_id, no, seq, act, part, text, changed, by_id, by_name, at)
select :provider, r.item_id, r.no, (select max(q.seq) + 1 from audit_reply q
        where q.provider = :provider and q.item_id = r.item_id and q.no = r.no),
    'questioned', 'auditor', r.comment, jsonb_build_object('was', r.was, 'now', r.now), :by_id, :by_name, :at
from ruled r join questioned q on q.item_id = r.item_id and q.no = r.no
returning item_id, no
""")
_WITH_CODER = text("""
update audit_item i set state = 'with_coder', released_at = :at, version = version + 1,
    reply_due_on = (select min(p.reply_due_on) from audit_position p
        where p.provider = i.provider and p.item_id = i.item_id and p.reply in ('waiting', 'escalated'))
where i.provider = :provider and i.item_id = any(cast(:items as uuid[]))
""")
_SETTLE = text("""
update audit_item i set state = 'settled', settled_at = :at, reply_due_on = null, version = version + 1
where i.provider = :provider and i.audit_id = :audit_id and i.state = 'decided'
returning i.item_id, i.second_of is null and exists (
    select from audit_position p where p.provider = i.provider and p.item_id = i.item_id
      and p.final_type is not null and p.attribution = 'coder' and not p.counted_elsewhere and p.reply = 'none'
) as no_coder
""")
_NOT_DECIDED = text("""
select count(*) from audit_item where provider = :provider and audit_id = :audit_id
  and state in ('drawn', 'coding', 'comparing')
""")


@verb("finding:answer", leaves="finding:sent", refuses=[NotFound, CannotMove, rules.NotAMember, rules.NothingToSend])
async def send_findings(session: AsyncSession, actor: Actor, audit_id: UUID) -> dict[str, Any]:
    """Send the coder errors of every decided episode to their coder, and settle the episodes that have none.

    An episode whose coder is unknown or has left is settled too, its findings unsaid to anybody. Second audits are
    between auditors: they settle. Called again it sends what was decided meanwhile, and after a correction only what
    was decided anew; a finding that was ruled on and now says something else goes to whoever rules, not to the coder.
    """
    audit = await the_audit(session, actor, audit_id, lock=True)
    _refuse_closed(audit)
    if await part_in(session, actor, audit_id) is None:
        raise rules.NotAMember()
    methodology = Methodology.model_validate(audit.methodology)
    key = {"provider": actor.provider, "audit_id": audit_id}
    now, due = clock.now(), due_after(clock.today(), methodology.reply_working_days)
    by = {"by_id": actor.id, "by_name": actor.name, "at": now}
    ruling_due = due_after(clock.today(), methodology.answer_working_days)
    questioned = (await session.execute(_QUESTION, {**key, **by, "due": ruling_due})).all()
    sent = (await session.execute(_SEND, {**key, "due": due})).all()
    items = sorted({r.item_id for r in [*questioned, *sent]})
    if sent:
        await session.execute(
            _SAY_SENT,
            {
                "provider": actor.provider, "items": [r.item_id for r in sent], "nos": [r.no for r in sent], **by,
            },
        )  # fmt: skip
    if items:
        await session.execute(_WITH_CODER, {"provider": actor.provider, "items": items, "at": now})
    settled = (await session.execute(_SETTLE, {**key, "at": now})).all()
    if not items and not settled:
        raise rules.NothingToSend()
    session.expire_all()
    to_coder = {r.item_id for r in sent}
    await trail.record(
        session, actor, "finding:sent", "audit", audit_id, episodes=len(to_coder), findings=len(sent),
        to_rule=len(questioned), settled=len(settled), due_on=str(due),
    )  # fmt: skip
    return {
        "sent": len(to_coder),
        "findings": len(sent),
        "to_rule": len(questioned),
        "settled": len(settled),
        "no_coder": sum(r.no_coder for r in settled),
        "not_decided": await session.scalar(_NOT_DECIDED, key) or 0,
        "reply_due_on": due if sent else None,
    }


def _refuse_closed(audit: Audit) -> None:
    if audit.state not in (AuditState.running, AuditState.correcting):
        raise CannotMove(state=audit.state)


@verb("finding:reply", leaves="episode:seen", refuses=[NotFound])
async def see_finding(session: AsyncSession, actor: Actor, item_id: UUID) -> dict[str, Any]:
    """Return an audited episode of the caller's own coding with the findings about it.

    Another person's, and one whose findings were not sent, is not there.
    """
    audit, item = await the_item(session, actor, item_id)
    if item.coder_id != actor.id or item.released_at is None:
        raise NotFound("There are no findings about your coding here.")
    return await _seen(session, actor, audit, item)


@verb("audit:see", leaves="episode:seen", refuses=[NotFound, CodesHidden])
async def see_dispute(session: AsyncSession, actor: Actor, item_id: UUID) -> dict[str, Any]:
    """Return an audited episode with the findings that were sent to its coder, for whoever answers or rules."""
    audit, item = await the_item(session, actor, item_id)
    if item.released_at is None:
        raise NotFound("No findings of this episode were sent.")
    await refuse_kept_back(session, actor, item_id)
    return await _seen(session, actor, audit, item)


async def _seen(session: AsyncSession, actor: Actor, audit: Audit, item: AuditItem) -> dict[str, Any]:
    episode = await one_episode(session, actor, item.episode_id)
    await trail.record(session, actor, "episode:seen", "episode", item.episode_id, patient_id=episode.patient_id)
    return await reads.item_out(session, actor, audit, item)


class _Talk:
    """One audited episode, locked, with its findings, while something is said about them."""

    def __init__(self, session: AsyncSession, actor: Actor, audit: Audit, item: AuditItem) -> None:
        self.session, self.actor, self.audit, self.item = session, actor, audit, item
        self.methodology = Methodology.model_validate(audit.methodology)
        self.now = clock.now()

    async def finding(self, no: int, pointer: str) -> AuditPosition:
        """Return a finding that was sent."""
        position = await self.session.get(
            AuditPosition, (self.actor.provider, self.item.item_id, no), populate_existing=True
        )
        if position is None or position.reply == Reply.none:
            raise Invalid(errors=[{"pointer": pointer, "detail": "there is no such finding of this episode"}])
        return position

    def overdue(self, position: AuditPosition) -> bool:
        """Say whether the limit of whoever has to speak next has passed."""
        return position.reply_due_on is not None and clock.today() > position.reply_due_on

    async def say(
        self, position: AuditPosition, move: str, part: str, said: str, *, act: str | None = None,
        changed: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Move a finding, set who has to speak next until when, and keep what was said."""
        position.reply = to_state(REPLY_MOVES, move, position.reply)
        limit = {
            Reply.answered: self.methodology.reply_working_days,
            Reply.disputed: self.methodology.answer_working_days,
            Reply.escalated: self.methodology.answer_working_days,
        }.get(Reply(position.reply))
        position.reply_due_on = None if limit is None else due_after(clock.london_day(self.now), limit)
        seq = await self.session.scalar(
            text("""select coalesce(max(seq), 0) + 1 from audit_reply
                    where provider = :provider and item_id = :item_id and no = :no"""),
            {"provider": self.actor.provider, "item_id": self.item.item_id, "no": position.no},
        )
        self.session.add(
            AuditReply(
                provider=self.actor.provider, item_id=self.item.item_id, no=position.no, seq=seq, act=act or move,
                part=part, text=said.strip(), changed=changed, by_id=self.actor.id, by_name=self.actor.name,
                at=self.now,
            )
        )  # fmt: skip
        await self.session.flush()

    async def amend(
        self, position: AuditPosition, ruling: Ruling, finding: FindingAsIn | None
    ) -> dict[str, Any] | None:
        """Make of a finding what was ruled, and return what that changed; what counts with it goes with it."""
        citations = await citations_of(self.session, self.actor, self.item.ended_on)
        changed = amend(position, ruling, finding, self.methodology, citations)
        if ruling is Ruling.amended and changed and changed["was"] == changed["now"]:
            raise Invalid(
                errors=[{"pointer": "/body/finding", "detail": "is as it was; say what is amended, or that it stands"}]
            )
        await self.session.flush()
        rows = {row.no: row for row in await rows_of(self.session, self.actor, self.item.item_id)}
        for p in worksheet.follow([decided_of(row) for row in rows.values()]):
            if p.counted_elsewhere:
                rows[p.no].final_type = p.final and p.final.value
        await self.session.flush()
        return changed

    async def done(self, tag: str, **facts: Any) -> None:
        """Settle the episode when the talk about each of its findings is over; count its version and leave a line."""
        left = await self.session.execute(
            text("""select reply, reply_due_on from audit_position
                    where provider = :provider and item_id = :item_id and reply = any(cast(:open as text[]))"""),
            {
                "provider": self.actor.provider, "item_id": self.item.item_id,
                "open": [r.value for r in OPEN_REPLIES],
            },
        )  # fmt: skip
        open_ = left.all()
        self.item.reply_due_on = min((r.reply_due_on for r in open_ if r.reply_due_on is not None), default=None)
        if not open_:
            self.item.state = to_state(ITEM_MOVES, "settle", self.item.state)
            self.item.settled_at = self.now
        self.item.version += 1
        await self.session.flush()
        await trail.record(
            self.session, self.actor, tag, "audit_item", self.item.item_id, version=self.item.version,
            audit_id=str(self.audit.audit_id), **facts,
        )  # fmt: skip


def state_of(position: AuditPosition) -> dict[str, Any]:
    """Return what a finding says now, as it is kept of an amendment."""
    return {
        "error_type": position.final_type,
        "attribution": position.attribution,
        "non_coder_reason": position.non_coder_reason,
        "standards": list(position.standards),
    }


def amend(
    position: AuditPosition,
    ruling: Ruling,
    finding: FindingAsIn | None,
    methodology: Methodology,
    citations: Sequence[Citation],
    *,
    pointer: str = "/body/finding",
) -> dict[str, Any] | None:
    """Make of a finding what was ruled: nothing, no error, or another; return what that changed."""
    was = state_of(position)
    match ruling:
        case Ruling.stands:
            return None
        case Ruling.withdrawn:
            position.final_type, position.decision = None, Decision.rejected.value
        case Ruling.amended:
            assert finding is not None  # the schema says so
            check_finding(
                has_trust=position.trust_code is not None,
                has_auditor=position.auditor_code is not None,
                error_type=finding.error_type,
                attribution=finding.attribution,
                reason=finding.non_coder_reason,
                standards=finding.standards,
                methodology=methodology,
                pointer=pointer,
            )
            standards = as_listed(
                finding.standards, methodology, citations, kept=position.standards, pointer=f"{pointer}/standards"
            )
            position.final_type = ErrorType(finding.error_type).value
            position.attribution = Attribution(finding.attribution).value
            reason = finding.non_coder_reason if finding.attribution is Attribution.non_coder else None
            position.non_coder_reason = None if reason is None else NonCoderReason(reason).value
            position.standards = standards
            same = position.proposed_type == position.final_type
            position.decision = (Decision.accepted if same else Decision.changed).value
    return {"was": was, "now": state_of(position)}


async def _talk(session: AsyncSession, actor: Actor, item_id: UUID) -> _Talk:
    audit, item = await the_item(session, actor, item_id, lock=True)
    if item.released_at is None:
        raise NotFound("No findings of this episode were sent.")
    return _Talk(session, actor, audit, item)


def _current(talk: _Talk, version: int) -> None:
    """Refuse an episode about which something was said since, and then a signed audit."""
    if talk.item.version != version:
        raise Stale("Something was said about this episode meanwhile.", current_version=talk.item.version)
    _refuse_closed(talk.audit)


async def _as_coder(session: AsyncSession, actor: Actor, item_id: UUID, version: int) -> _Talk:
    talk = await _talk(session, actor, item_id)
    if talk.item.coder_id != actor.id:
        raise rules.NotYours()
    _current(talk, version)
    return talk


async def _as_auditor(session: AsyncSession, actor: Actor, item_id: UUID, version: int) -> _Talk:
    talk = await _talk(session, actor, item_id)
    if talk.item.auditor_id != actor.id and await part_in(session, actor, talk.audit.audit_id) != Part.lead:
        raise rules.NotAMember("The auditor of the episode, or the lead auditor, answers.")
    if await reads.made_by(session, actor, item_id):
        raise rules.OwnCoding()
    _current(talk, version)
    return talk


_SAYS = [NotFound, Stale, CannotMove, Invalid]


@verb("finding:reply", leaves="finding:replied", refuses=[*_SAYS, rules.NotYours])
async def reply(session: AsyncSession, actor: Actor, item_id: UUID, body: FindingRepliesIn, *, version: int) -> None:
    """Agree with findings about one's own coding, or dispute them and say why; all of them or none.

    When the talk about every finding of the episode is over, the episode is settled.
    """
    talk = await _as_coder(session, actor, item_id, version)
    for at, one in enumerate(body.replies):
        position = await talk.finding(one.no, f"/body/replies/{at}/no")
        await talk.say(position, one.act, "coder", one.comment)
    disputed = sum(r.act == "dispute" for r in body.replies)
    await talk.done("finding:replied", agreed=len(body.replies) - disputed, disputed=disputed)


@verb("finding:reply", leaves="finding:escalated", refuses=[*_SAYS, rules.NotYours, rules.NotDueYet])
async def escalate(
    session: AsyncSession, actor: Actor, item_id: UUID, body: FindingEscalateIn, *, version: int
) -> None:
    """Send a dispute to whoever rules: after the auditor's answer, or when their time to answer has passed."""
    talk = await _as_coder(session, actor, item_id, version)
    position = await talk.finding(body.no, "/body/no")
    if position.reply == Reply.disputed and not talk.overdue(position):
        raise rules.NotDueYet("The auditor still has time to answer.", due_on=str(position.reply_due_on))
    await talk.say(position, "escalate", "coder", body.comment)
    await talk.done("finding:escalated", no=body.no)


@verb(
    "finding:answer", leaves="finding:answered",
    refuses=[*_SAYS, rules.NotAMember, rules.OwnCoding, rules.FindingIncomplete, rules.NotACitation, rules.NotListed],
)  # fmt: skip
async def answer(session: AsyncSession, actor: Actor, item_id: UUID, body: FindingAnswerIn, *, version: int) -> None:
    """Answer a dispute: the finding stands, is amended, or is withdrawn, with the reason.

    A withdrawn finding ends the talk; the others go back to the coder, who agrees or escalates.
    """
    talk = await _as_auditor(session, actor, item_id, version)
    position = await talk.finding(body.no, "/body/no")
    if position.reply != Reply.disputed:
        raise CannotMove(state=position.reply)
    changed = await talk.amend(position, body.outcome, body.finding)
    move = "withdraw" if body.outcome is Ruling.withdrawn else "answer"
    await talk.say(position, move, "auditor", body.comment, act=_ACTS[body.outcome], changed=changed)
    await talk.done("finding:answered", no=body.no, outcome=body.outcome.value)


_ACTS = {Ruling.stands: "upheld", Ruling.amended: "amended", Ruling.withdrawn: "withdrawn"}


@verb(
    "finding:rule", leaves="finding:ruled",
    refuses=[*_SAYS, CodesHidden, rules.OwnCoding, rules.FindingIncomplete, rules.NotACitation, rules.NotListed],
)  # fmt: skip
async def rule(session: AsyncSession, actor: Actor, item_id: UUID, body: FindingRulingIn, *, version: int) -> None:
    """Rule on an escalated finding: it stands, is amended or is withdrawn, and the talk is over.

    Nobody rules on an episode that they coded, checked or audited themselves. Of a ruling that a correction questions,
    what stands is the finding as the correction has it; where it has none, there is nothing to stand.
    """
    talk = await _talk(session, actor, item_id)
    if actor.id == talk.item.auditor_id or await reads.made_by(session, actor, item_id):
        raise rules.OwnCoding("Somebody rules who neither coded nor audited the episode.")
    await refuse_kept_back(session, actor, item_id)
    _current(talk, version)
    position = await talk.finding(body.no, "/body/no")
    if position.reply != Reply.escalated:
        raise CannotMove(state=position.reply)
    if body.outcome is Ruling.stands and position.final_type is None:
        detail = "the correction finds no error here: withdraw the finding, or say what it is"
        raise Invalid(errors=[{"pointer": "/body/outcome", "detail": detail}])
    changed = await talk.amend(position, body.outcome, body.finding)
    await talk.say(position, "rule", "adjudicator", body.comment, act=f"ruled_{body.outcome.value}", changed=changed)
    await talk.done("finding:ruled", no=body.no, outcome=body.outcome.value)


@verb("finding:answer", leaves="finding:closed", refuses=[*_SAYS, rules.NotAMember, rules.OwnCoding, rules.NotDueYet])
async def close_unanswered(
    session: AsyncSession, actor: Actor, item_id: UUID, body: FindingCloseIn, *, version: int
) -> None:
    """Close findings that their coder did not reply to within the time limit: kept as no reply, never as agreed."""
    talk = await _as_auditor(session, actor, item_id, version)
    for at, no in enumerate(dict.fromkeys(body.nos)):
        position = await talk.finding(no, f"/body/nos/{at}")
        if position.reply in REPLY_MOVES["close_unanswered"].of and not talk.overdue(position):
            raise rules.NotDueYet(due_on=str(position.reply_due_on))
        await talk.say(position, "close_unanswered", "auditor", body.comment, act="no_reply")
    await talk.done("finding:closed", findings=len(set(body.nos)))
