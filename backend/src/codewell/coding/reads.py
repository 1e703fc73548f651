"""What a coder sees of one episode, and the codings in the order they came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.codesets import reads as codesets
from codewell.codesets.rules import render
from codewell.coding import rules
from codewell.coding.schemas import FeedFilter
from codewell.episodes import reference
from codewell.episodes.reads import HIDDEN, age_on, mask, named
from codewell.episodes.rules import BASIS, CodingState, changes, content_digest
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.verbs import verb
from codewell.standards.rules.case import Case, Facts
from codewell.workqueues import reads as workqueues
from codewell.workqueues import rules as queues


def basis_mark(basis: Sequence[str | None]) -> str:
    """Return a short mark of the facts the caller has seen; it changes when they do."""
    return content_digest(*basis).hex[:16]


def documents_mark(documents: Sequence[Row[Any]]) -> str:
    """Return a short mark of the documents the caller has seen; it changes when one comes, changes or is expected."""
    return content_digest(*(f"{d.document_ref}\x1f{d.digest}" for d in documents)).hex[:16]


async def documents_of(session: AsyncSession, actor: Actor, row: Row[Any]) -> Sequence[Row[Any]]:
    """Return an episode's documents, those that have come first, newest first."""
    key = {"provider": actor.provider, "spell_number": row.spell_number, "episode_number": row.episode_number}
    return (await session.execute(_DOCUMENTS, key)).all()


def facts_of(row: Row[Any]) -> Facts:
    """Return what the checks need to know of an episode; the workbench asks with the same facts as submitting does."""
    return Facts.of(
        started_on=row.started_on,
        ended_on=row.ended_on,
        admitted_on=row.admitted_on,
        discharged_on=row.spell_discharged_on,
        sex=row.sex,
        age=age_on(row.birth_on, row.started_on),
        age_days=None if row.birth_on is None else (row.started_on - row.birth_on).days,
        patient_class=row.patient_class,
        admission_method=row.admission_method,
        discharge_method=row.discharge_method,
        discharge_destination=row.discharge_destination,
        operation_status=row.operation_status_code,
        main_specialty=row.main_specialty_code,
        treatment_function=row.treatment_function_code,
        neonatal_level=row.neonatal_level_code,
        last_episode=row.last_episode,
        episodes_in_spell=row.episodes_in_spell or None,
    )


def changed_facts(row: Row[Any]) -> list[dict[str, Any]]:
    """Return what changed since the episode was coded, in words a coder reads; who the consultant is stays masked."""

    def words(field: str, value: str | None) -> str | None:
        if value is None:
            return None
        if field == "consultant_code":
            return value[:1] + mask(value)
        kind = {"main_specialty_code": "main_specialty", "treatment_function_code": "treatment_function"}.get(
            field, field
        )
        name = reference.text_of(kind, value) if kind in _CODED else None
        return f"{name} ({value})" if name else value

    return [
        {"field": c.field, "label": c.label, "was": words(c.field, c.was), "now": words(c.field, c.now)}
        for c in changes(row.coded_basis, row.basis)
    ]


_CODED = frozenset(
    {"sex", "admission_method", "discharge_method", "patient_class", "main_specialty", "treatment_function"}
)


def case_of(row: Row[Any], codes: rules.Codes) -> Case:
    """Return an episode with these codes as the checks take it."""
    return Case(facts_of(row), codes.diagnoses, list(zip(codes.procedures, codes.procedure_dates, strict=True)))


class Titles:
    """Codes with their titles in the editions of one episode."""

    def __init__(self, books: Any) -> None:  # Any: codesets' Books, whose two books may be missing
        self._books = books

    def title(self, system: str, code: str) -> str | None:
        """Return the title of a code, or None when it is not in the edition."""
        book = self._books.icd10 if system == "icd10" else self._books.opcs4
        info = book.get(code) if book is not None else None
        return None if info is None else info.title

    def line(self, system: str, code: str, on: dt.date | None = None) -> dict[str, Any]:
        """Return a line of the wire."""
        return {"code": code, "dotted": render(system, code), "title": self.title(system, code), "on": on}

    def diagnoses(self, codes: Sequence[str]) -> list[dict[str, Any]]:
        """Return diagnosis lines."""
        return [self.line("icd10", c) for c in codes]

    def procedures(self, codes: Sequence[str], dates: Sequence[dt.date | None]) -> list[dict[str, Any]]:
        """Return procedure lines with their days."""
        return [self.line("opcs4", c, on) for c, on in zip(codes, dates, strict=True)]


_AS_IS = (
    "episode_id", "version", "state", "source", "raw", "person_id", "person_name", "coder_ref", "checked_by_name",
    "icd10_edition", "opcs4_edition", "findings", "reason", "at", "recorded_at",
)  # fmt: skip


def _reasons_of(row: Row[Any]) -> list[dict[str, Any]] | None:
    """Return the reasons with the words of the check and the codes; one for a whole rule names all of its lines."""
    if row.reasons is None:
        return None
    codes = {
        "diagnoses": [render("icd10", c) for c in row.diagnoses],
        "procedures": [render("opcs4", c) for c in row.procedures],
    }

    def line(at: dict[str, Any]) -> dict[str, Any]:
        of = codes[at["list"]]
        return {**at, "dotted": of[at["index"]] if at["index"] < len(of) else None}

    told = []
    for reason in row.reasons:
        about = [f for f in row.findings or () if f["rule_id"] == reason["rule_id"]]
        lines = reason.get("lines") or [at for f in about for at in f["lines"]]
        title = about[0]["title"] if about else None
        # Reasons of before they carried a name were all the coder's.
        who = reason.get("person_name", row.person_name)
        told.append(
            {
                "rule_id": reason["rule_id"], "title": title, "lines": [line(at) for at in lines],
                "reason": reason["reason"], "person_name": who,
            }
        )  # fmt: skip
    return told


def coding_out(row: Row[Any], titles: Titles) -> dict[str, Any]:
    """Return the wire shape of one version."""
    return {
        **{name: getattr(row, name) for name in _AS_IS},
        "reasons": _reasons_of(row),
        "diagnoses": titles.diagnoses(row.diagnoses),
        "procedures": titles.procedures(row.procedures, row.procedure_dates),
    }


async def titles_for(session: AsyncSession, on: dt.date) -> Titles:
    """Return the titles in force on a day."""
    return Titles(await codesets.books_for(session, on))


_VERSIONS = text("""
select * from coding where provider = :provider and episode_id = :episode_id
  and (cast(:version as integer) is null or version = :version)
order by version desc limit 200
""")


async def versions_of(
    session: AsyncSession, actor: Actor, episode_id: UUID, version: int | None = None
) -> Sequence[Row[Any]]:
    """Return the versions of an episode, newest first, or one of them."""
    values = {"provider": actor.provider, "episode_id": episode_id, "version": version}
    return (await session.execute(_VERSIONS, values)).all()


# A transaction that is still running may commit a version with a smaller seq behind the reader's back, but none with a
# smaller transaction id than every running one: so versions are ordered by that first, and only finished ids are told.
_FEED = text("""
select c.txid::text as txid, c.seq, c.episode_id, c.provider, k.spell_number, k.episode_number, k.ended_on, c.version,
    c.state, c.source, c.diagnoses, c.procedures, c.procedure_dates, c.coder_ref, c.icd10_edition, c.opcs4_edition, c.at
from coding c join episode_key k on k.provider = c.provider and k.episode_id = c.episode_id
where c.provider = :provider and (c.txid, c.seq) > (cast(cast(:txid as text) as xid8), :seq)
  and c.txid < pg_snapshot_xmin(pg_current_snapshot())
order by c.txid, c.seq limit :limit
""")


@verb("coding:feed")
async def list_coding_feed(session: AsyncSession, actor: Actor, f: FeedFilter) -> dict[str, Any]:
    """Return versions after ``after`` in one fixed order without gaps; the same call later may return more."""
    txid, seq = f.after.split("-")
    rows = (
        await session.execute(_FEED, {"provider": actor.provider, "txid": txid, "seq": int(seq), "limit": f.limit})
    ).all()
    items = []
    for r in rows:
        lines = [
            {"code": c, "on": on and on.isoformat()} for c, on in zip(r.procedures, r.procedure_dates, strict=True)
        ]
        items.append({**r._mapping, "procedures": lines, "after": f"{r.txid}-{r.seq}"})
    return {"items": items, "next_after": items[-1]["after"] if items else f.after}


_SPELL = text(f"""
select e.episode_id, e.episode_number, e.started_on, e.ended_on, e.main_specialty_code,
    case when not {HIDDEN.format("k")} then e.diagnoses[1] end as first, e.coding_state, w.queue, w.held_until
from episode_key k join episode e on e.provider = k.provider and e.ended_on = k.ended_on and e.episode_id = k.episode_id
left join work_item w on w.provider = k.provider and w.episode_id = k.episode_id
where k.provider = :provider and k.spell_number = :spell_number and not k.deleted
order by e.episode_number limit 90
""")

_DOCUMENTS = text("""
select document_ref, kind, title, dated_on, expected_on, arrived_at, url, body, digest
from document where provider = :provider and spell_number = :spell_number and episode_number = :episode_number
order by arrived_at is null, coalesce(dated_on, expected_on) desc nulls last, document_ref limit 100
""")

_EARLIER = text(f"""
select e.episode_id, e.ended_on, e.main_specialty_code, e.diagnoses, e.procedures, e.procedure_dates
from spell s
join episode_key k on k.provider = s.provider and k.spell_number = s.spell_number
join episode e on e.provider = k.provider and e.ended_on = k.ended_on and e.episode_id = k.episode_id
where s.provider = :provider and s.patient_id = :patient_id and s.spell_number <> :spell_number
  and not k.deleted and k.ended_on >= :since and k.ended_on <= :until and cardinality(e.diagnoses) > 0
  and not {HIDDEN.format("k")}
order by e.ended_on desc, e.episode_number desc limit 30
""")

_DRAFT = text("""
select * from coding_draft
where provider = :provider and episode_id = :episode_id and person_id = :person_id
""")

_HISTORY = text("""
select at, actor_name, tag, facts from trail_line
where provider = :provider and subject_id = :subject and subject_kind = 'episode'
  and tag not in ('episode:seen', 'work_item:renewed')
order by at desc limit 60
""")

_TOLD = {
    "work_item:claimed": "Taken as next",
    "work_item:opened": "Opened",
    "work_item:released": "Given back",
    "work_item:moved": "Moved",
    "work_item:assigned": "Assigned",
    "work_item:move_undone": "Moved back",
    "work_item:woken": "Woken by its date",
    "coding:submitted": "Submitted",
    "coding:approved": "Approved at second check",
    "coding:returned": "Returned to the coder",
    "patient:revealed": "Identifiers shown",
}


def _before(rows: Sequence[Row[Any]], titles: Titles) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        for system, codes in (("icd10", row.diagnoses), ("opcs4", row.procedures)):
            for code in dict.fromkeys(codes):
                known = found.setdefault(
                    (system, code),
                    {"system": system, "last_coded_on": row.ended_on, "times": 0, **titles.line(system, code)},
                )
                known["times"] += 1
                known["last_coded_on"] = max(known["last_coded_on"], row.ended_on)
    return sorted(found.values(), key=lambda c: (c["system"], -c["times"], c["code"]))[:80]


async def draft_of(session: AsyncSession, actor: Actor, episode_id: UUID) -> Row[Any] | None:
    """Return the caller's own draft."""
    return (
        await session.execute(_DRAFT, {"provider": actor.provider, "episode_id": episode_id, "person_id": actor.id})
    ).one_or_none()


def draft_out(row: Row[Any], titles: Titles) -> dict[str, Any]:
    """Return the wire shape of a draft."""
    body = row.body
    procedures = [(p["code"], p.get("on") and dt.date.fromisoformat(p["on"])) for p in body.get("procedures", [])]
    return {
        "version": row.version,
        "diagnoses": titles.diagnoses([d["code"] for d in body.get("diagnoses", [])]),
        "procedures": [titles.line("opcs4", code, on) for code, on in procedures],
        "note": body.get("note", ""),
        "pending": body.get("pending", ""),
        "based_on": row.based_on,
        "saved_at": row.saved_at,
    }


def _history(rows: Sequence[Row[Any]], versions: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    lines = []
    for r in rows:
        facts = r.facts
        detail = facts.get("detail") or (
            queues.LABELS[queues.Queue(facts["now"])] if facts.get("now") in queues.Queue.__members__ else None
        )
        lines.append({"at": r.at, "who": r.actor_name, "what": _TOLD.get(r.tag, r.tag), "detail": detail})
    for v in versions:
        if v.source != "codewell":
            who = v.coder_ref or {"pas": "PAS", "encoder": "Encoder"}.get(v.source, v.source)
            detail = f"{len(v.diagnoses)} diagnoses, {len(v.procedures)} procedures"
            lines.append({"at": v.recorded_at, "who": who, "what": f"Version {v.version} came coded", "detail": detail})
    return sorted(lines, key=lambda line: line["at"], reverse=True)[:60]


def _can(actor: Actor, row: Row[Any], work: dict[str, Any] | None) -> dict[str, bool | str]:
    if not actor.may("coding:code"):
        return dict.fromkeys(("take", "submit", "hold", "release", "approve", "give_back"), "You may not code.")
    owner = work and work["lease_owner"]
    mine = bool(owner and owner["me"])
    other = f"{owner['name']} is coding it." if owner and not mine else None
    checking = row.coding_state == CodingState.second_check
    withdrawn = "The PAS has withdrawn this episode." if row.withdrawn else None
    take: bool | str = (
        withdrawn or other or (True if work and not mine else "It stands in no queue." if not work else "You have it.")
    )
    approve: bool | str = "It is not waiting for a second check."
    if checking:
        approve = True if actor.may("coding:approve") else "Only those who may approve codes do this."
        if approve is True and row.coder_id == actor.id:
            approve = "Somebody else has to check your own coding."
        approve = other or approve
        if approve is not True:
            take = approve
    submit: bool | str = withdrawn or other or True
    if checking:
        submit = "It is waiting for a second check."
    return {
        "take": take,
        "submit": submit,
        "hold": other or (True if work and any(q in queues.HOLDS for q in work["moves"]) else "It stands in no queue."),
        "release": True if mine else "You do not hold it.",
        "approve": approve,
        "give_back": approve,
    }


async def record_of(session: AsyncSession, actor: Actor, row: Row[Any]) -> dict[str, Any]:
    """Return what an episode is coded from: the facts, the patient, its spell, documents and what was coded before.

    Nothing of it says how the episode itself was coded, or by whom.
    """
    episode_id = row.episode_id
    books = await codesets.books_for(session, row.ended_on)
    titles = Titles(books)
    key = {"provider": actor.provider, "spell_number": row.spell_number, "reader": actor.id}
    spell = (await session.execute(_SPELL, key)).all()
    documents = await documents_of(session, actor, row)
    since = clock.add_months(clock.month_of(row.started_on), -rules.LOOK_BACK_MONTHS)
    earlier = (
        await session.execute(_EARLIER, {**key, "patient_id": row.patient_id, "since": since, "until": row.ended_on})
    ).all()
    today = clock.today()
    state = CodingState(row.coding_state)
    return {
        "episode": {
            "episode_id": episode_id,
            "spell_number": row.spell_number,
            "episode_number": row.episode_number,
            "episodes_in_spell": len(spell),
            "started_on": row.started_on,
            "ended_on": row.ended_on,
            "admitted_on": row.admitted_on,
            "discharged_on": row.spell_discharged_on,
            "admission_method": named("admission_method", row.admission_method),
            "admission_source": named("admission_source", row.admission_source),
            "discharge_method": named("discharge_method", row.discharge_method),
            "discharge_destination": named("discharge_destination", row.discharge_destination),
            "patient_class": named("patient_class", row.patient_class),
            "operation_status": row.operation_status_code,
            "consultant_code": row.consultant_code and row.consultant_code[:1] + mask(row.consultant_code),
            "specialty": named("main_specialty", row.main_specialty_code),
            "treatment_function": named("treatment_function", row.treatment_function_code),
            "site_code": row.site_code,
            "ward_code": row.ward_code,
            "coding_state": state,
            "coding_version": row.coding_version,
            "basis": basis_mark(row.basis),
            "documents_mark": documents_mark(documents),
            "deleted": row.withdrawn,
        },
        "facts": asdict(facts_of(row)),
        "patient": {
            "patient_id": row.patient_id,
            "sex": row.sex,
            "age": age_on(row.birth_on, row.started_on),
            "masked_local_id": mask(row.local_patient_id),
        },
        "spell": [
            {
                "episode_id": s.episode_id,
                "episode_number": s.episode_number,
                "started_on": s.started_on,
                "ended_on": s.ended_on,
                "specialty": named("main_specialty", s.main_specialty_code),
                "primary": render("icd10", s.first) if s.first else None,
                "coding_state": s.coding_state,
                "queue": s.queue,
                "held_until": s.held_until,
                "is_this": s.episode_id == episode_id,
            }
            for s in spell
        ],
        "documents": [
            {
                "document_ref": d.document_ref,
                "kind": d.kind,
                "title": d.title,
                "dated_on": d.dated_on,
                "expected_on": d.expected_on,
                "arrived_at": d.arrived_at,
                "waits_in": None if d.arrived_at else rules.waits_in(d.kind),
                "awaited_days": None if d.arrived_at or not d.expected_on else max(0, (today - d.expected_on).days),
                "url": d.url,
                "text": d.body,
            }
            for d in documents
        ],
        "before": _before(earlier, titles),
        "earlier": [
            {
                "episode_id": e.episode_id,
                "ended_on": e.ended_on,
                "specialty": named("main_specialty", e.main_specialty_code),
                "diagnoses": titles.diagnoses(e.diagnoses),
                "procedures": titles.procedures(e.procedures, e.procedure_dates),
            }
            for e in earlier[:6]
        ],
        "editions": {
            name: {
                "system": name,
                "edition": book.edition.edition,
                "title": book.edition.title,
                "starter": book.edition.starter,
            }
            for name, book in (("icd10", books.icd10), ("opcs4", books.opcs4))
        },
    }


async def workbench_of(session: AsyncSession, actor: Actor, row: Row[Any]) -> dict[str, Any]:
    """Return everything the workbench shows of one episode."""
    episode_id = row.episode_id
    titles = await titles_for(session, row.ended_on)
    versions = await versions_of(session, actor, episode_id)
    draft = await draft_of(session, actor, episode_id)
    work = await workqueues.one_item(session, actor, episode_id)
    lines = (await session.execute(_HISTORY, {"provider": actor.provider, "subject": str(episode_id)})).all()
    return {
        **await record_of(session, actor, row),
        "coding": coding_out(versions[0], titles) if versions else None,
        "changed": changed_facts(row),
        "draft": None if draft is None else draft_out(draft, titles),
        "work_item": work,
        "history": _history(lines, versions),
        "can": _can(actor, row, work),
        "second_check_after_submit": not actor.may("coding:finalise"),
    }


LABELS = [fact.label for fact in BASIS]
