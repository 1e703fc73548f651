"""The two short papers of an audit: a coder's feedback sheet, and a specialty's summary for its clinicians."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.alignment import CodeClass
from codewell.audits.models import Audit
from codewell.audits.reads.audited import AuditedEpisode
from codewell.audits.rules import NonCoderReason
from codewell.audits.summary import summarise
from codewell.audits.tally import Attribution
from codewell.episodes import reference
from codewell.identity.actor import Actor
from codewell.kit.problems import NotFound
from codewell.reports import reads
from codewell.reports.content import (
    Block,
    Cell,
    Pair,
    ReportDocument,
    ReportSection,
    ReportTable,
    bullets,
    day,
    para,
    table,
)
from codewell.reports.facts import CLASS_NAMES, Facts, Figure, Finding, GroupFacts, findings_of
from codewell.reports.figures import interval_chart
from codewell.reports.phrases import count, listed
from codewell.reports.rules import NotSent
from codewell.reports.wording import TARGETED, Words, moment, stamp, type_name

SENT: Final = ("with_coder", "settled")
ADVICE: Final[dict[str, str]] = {
    NonCoderReason.information_not_available: "Send discharge summaries, operation notes and results before the "
    "episode is coded: what comes later is not in the codes.",
    NonCoderReason.illegible: "Write so that somebody who was not there can read it; typed is best.",
    NonCoderReason.conflicting: "Where entries differ, say in the discharge summary which diagnosis stands.",
    NonCoderReason.incomplete: "Name every condition that was treated or that affected care, with its kind and cause.",
    NonCoderReason.clinician_instruction: "Ask the coding team before asking for a code: national rules may bar it.",
    NonCoderReason.system_or_encoder: "Some errors came from our systems, which are being looked at.",
    NonCoderReason.other: "The coding team will gladly talk through the other cases with you.",
}
_PERSON = text("select name, coder_ref from person where provider = :provider and person_id = :person_id")


def _section(key: str, title: str, *blocks: Block) -> ReportSection:
    return ReportSection(key=key, title=title, level=1, appendix=False, block=None, blocks=list(blocks))


def _classes(group: GroupFacts, facts: Facts, codes: str) -> ReportTable:
    rows: list[list[Cell]] = [
        [CLASS_NAMES[k], n.auditor_n, n.errors, c.share, c.interval, _few(c)] for k, n, c in group.classes
    ]
    return table(
        "by_class",
        "Share correct by class",
        [
            ("Class", "text", 1.9), (codes, "count", 1), ("Errors", "count", 0.8), ("Correct", "percent", 0.9),
            (f"{facts.confidence} interval", "text", 1.6), ("Numbers", "text", 1.2),
        ],
        rows,
        reach=facts.reach,
    )  # fmt: skip


def _few(figure: Figure) -> str:
    return "none" if not figure.of else "too few to go by" if figure.small else "enough"


async def feedback_of(session: AsyncSession, actor: Actor, audit: Audit, person_id: UUID) -> ReportDocument:
    """Return the sheet of one coder's findings in an audit, as far as they were sent; NotFound for all others."""
    values = {"provider": actor.provider, "person_id": person_id}
    person = (await session.execute(_PERSON, values)).one_or_none()
    if person is None or (actor.id != person_id and not await reads.opens_sheets(session, actor, audit.audit_id)):
        raise NotFound()
    facts = await reads.facts_for(session, actor, audit)
    keys = {str(person_id), f"ref:{person.coder_ref}"}
    mine = [e for e in facts.episodes if e.coder_key in keys]
    if not mine:
        raise NotFound()
    sent = [e for e in mine if e.state in SENT or (e.unsafe and audit.state == "signed")]
    if not any(not e.unsafe for e in sent):
        raise NotSent()
    words = await reads.words_for(session, facts)
    return feedback(facts, person.name, sent, words, left=len(mine) - len(sent))


def feedback(
    facts: Facts, name: str, episodes: Sequence[AuditedEpisode], words: Words, *, left: int = 0
) -> ReportDocument:
    """Lay out a coder's feedback sheet from the episodes that were sent to them."""
    a = facts.audit
    own = summarise(episodes, a.methodology, a.thresholds, specialty=reference.specialty_name)
    group = GroupFacts.read({**own["groups"]["coder"][0], "all_correct": own["headline"]["all_correct"]})
    found = findings_of(episodes, a.methodology, facts.specialty_names)
    counted = [f for f in found if f.counted and f.attribution is not Attribution.non_coder]
    apart = [f for f in found if not f.counted and f.attribution is Attribution.coder]
    other = [f for f in found if f not in counted and f not in apart]
    audited = sum(not e.unsafe for e in episodes)
    right = group.all_correct.counted
    good = f"{count(audited, 'episode')} of yours {'was' if audited == 1 else 'were'} audited. "
    good += f"In {right:,} of them no error was counted." if right < audited else "No error was counted in them."
    if left:
        good += f" Findings of {count(left, 'further episode')} have not been sent yet and are not in this sheet."
    good += " A few episodes say little about anybody's coding: the intervals show how little."
    standards = Counter(s for f in counted for s in f.standards)
    sections = [
        _section("figures", "Your figures", para(good), _classes(group, facts, "Codes due")),
        _section(
            "findings",
            "Findings on your coding",
            *(
                [_findings("findings", "Errors made in coding", counted, facts, words)]
                if counted
                else [para("No error of yours was found.")]
            ),
        ),
    ]
    if standards:
        sections.append(
            _section(
                "standards",
                "Standards to look at again",
                bullets(*(f"{name}: {count(n, 'finding')}" for name, n in standards.most_common(8))),
            )
        )
    if apart:
        sections.append(
            _section(
                "apart",
                "Told apart from your figures",
                para("By the audit's methodology these count in no figure. They are findings on your coding even so."),
                _findings("apart", "Findings that are not counted", apart, facts, words),
            )
        )
    if other:
        sections.append(
            _section(
                "others",
                "Not held against your coding",
                para("These differences were outside your control, or nobody's error."),
                _findings("others", "Other differences", other, facts, words),
            )
        )
    # Once the audit is signed nothing can be replied any more.
    if facts.draft:
        sections.append(
            _section(
                "reply",
                "Your reply",
                para("You can agree with or dispute each finding under My findings until its date of reply."),
            )
        )
    status, stamped = stamp(facts)
    return ReportDocument(
        kind="feedback",
        title=f"Feedback for {name}",
        subtitle=a.title,
        trust=a.trust,
        reference=a.reference,
        status=status,
        draft=facts.draft,
        stamp=f"{stamped} · personal: for {name}, the auditors and the manager",
        made_at=words.made_at,
        warning="The audit is not signed: findings may still change." if facts.draft else None,
        front=[
            Pair(term="Audit", value=f"{a.reference}, {a.kind_name}"),
            Pair(term="Period audited", value=f"{day(a.period_from)} to {day(a.period_to)}"),
            Pair(term="Audited by", value=listed(m.name for m in a.members)),
            Pair(term="Made", value=moment(words.made_at)),
        ],
        sections=sections,
        data=[],
    )


def _findings(key: str, caption: str, found: Sequence[Finding], facts: Facts, words: Words) -> ReportTable:
    return table(
        key,
        caption,
        [
            ("No.", "count", 0.5), ("Class", "text", 1.2), ("Your code", "text", 1.9),
            ("Code of the auditor", "text", 1.9),
            ("Finding", "text", 1.5), ("Standard", "text", 1.7),
        ],
        [
            [
                f.item_no, CLASS_NAMES[f.klass], words.titled(f.side, f.trust_code),
                words.titled(f.side, f.auditor_code), type_name(f.type, facts), ", ".join(f.standards) or "–",
            ]
            for f in found
        ],
        note="No. is the number of the episode in the audit's sample.",
    )  # fmt: skip


async def summary_of(session: AsyncSession, actor: Actor, audit: Audit, specialty: str) -> ReportDocument:
    """Return the summary of one specialty; NotFound where the audit has no episode of it."""
    facts = await reads.facts_for(session, actor, audit)
    group = next((g for g in facts.specialties if g.key == specialty), None)
    if group is None:
        raise NotFound("No episode of that specialty was audited.")
    whole = summary(facts, group, await reads.words_for(session, facts))
    hidden = await reads.hidden_words(session, actor, audit.audit_id)
    return ReportDocument.model_validate(hidden.cleaned(whole.model_dump(mode="json")))


def summary(facts: Facts, group: GroupFacts, words: Words) -> ReportDocument:
    """Lay out one specialty's page for its clinicians, in plain words and without a coder's name."""
    a = facts.audit
    own = [e for e in facts.episodes if (e.specialty_code or "none") == group.key and not e.unsafe]
    numbers = {e.no for e in own}
    found = [f for f in facts.findings if f.item_no in numbers and f.counted]
    reasons = Counter(
        p.non_coder_reason
        for e in own
        for p in e.positions
        if p.non_coder_reason and p.finding.attribution is Attribution.non_coder and p.finding.error is not None
    )
    missed = Counter(
        words.titled(f.side, f.auditor_code)
        for f in found
        if f.trust_code is None and f.klass in (CodeClass.primary_diagnosis, CodeClass.secondary_diagnosis)
    )
    audited = group.episodes - group.unsafe
    said = (
        f"{count(audited, 'finished consultant episode')} of {group.label} that ended between {day(a.period_from)} and "
        f"{day(a.period_to)} {'was' if audited == 1 else 'were'} coded a second time by a clinical coding auditor. "
        f"{count(group.errors, 'error was', 'errors were')} counted: {group.coder:,} made in coding and "
        f"{group.non_coder:,} that no coder could have avoided from the record."
    )
    if group.unsafe:
        said += f" {count(group.unsafe, 'further episode')} could not be audited from the record."
    chart = interval_chart([(facts.klass(k), figure) for k, _, figure in group.classes], facts)
    sections = [
        _section("found", "What was found", para(said), _classes(group, facts, "Codes due"), *chart),
        _section(
            "why",
            "Why it matters",
            para(
                "Codes are how the Trust's work is counted, paid, compared and planned, and how its mortality and "
                "safety figures are adjusted. They can be only as good as what is written in the record."
            ),
        ),
        _section("help", "What would help", *_help(reasons)),
    ]
    if missed:
        sections.insert(
            2,
            _section(
                "missed",
                "Most often not coded",
                bullets(*(f"{name}: {count(n, 'time')}" for name, n in missed.most_common(5))),
            ),
        )
    status, stamped = stamp(facts)
    return ReportDocument(
        kind="summary",
        title=f"Clinical coding in {group.label}",
        subtitle=f"Summary for clinicians: {a.title}",
        trust=a.trust,
        reference=a.reference,
        status=status,
        draft=facts.draft,
        stamp=stamped,
        made_at=words.made_at,
        warning=TARGETED if a.targeted else None,
        front=[],
        sections=sections,
        data=[],
    )


def _help(reasons: Counter[str]) -> list[Block]:
    top = [r for r, _ in reasons.most_common(3)]
    if not top:
        return [para("Nothing in the records stood in the way of accurate coding. Thank you.")]
    return [bullets(*(ADVICE.get(r, ADVICE[NonCoderReason.other]) for r in top))]
