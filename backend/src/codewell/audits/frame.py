"""The frame of a draw: the coded episodes of a period that may be drawn, by stratum, in one statement.

Everything is worked out in the database and comes back as one row a stratum, so that a quarter of a million candidates
take about a second. A candidate is ``episode id:coding version``, the version that is current and final at the draw.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.sampling import RISKY, risk_stratum
from codewell.audits.schemas.setup import Population, Sampling
from codewell.episodes import reference
from codewell.episodes.reads import HIDDEN
from codewell.identity.actor import Actor
from codewell.identity.reads import bears

LEFT_OUT: Final[dict[str, str]] = {
    "deleted": "Withdrawn by the sender",
    "uncoded": "Not coded",
    "not_final": "Waiting for a second check",
    "changed": "Changed since it was coded, not looked at yet",
    "already_audited": "Audited before",
    "own_coding": "Coded or checked by all of the auditors",
}

_STRATA: Final[dict[str | None, str]] = {
    None: "''",
    "specialty": "coalesce(main_specialty_code, '')",
    "coder": "coalesce(coder_id::text, 'ref:' || coder_ref, '')",
    "month": "to_char(ended_on, 'YYYY-MM')",
    "patient_class": "coalesce(patient_class, '')",
    "risk": risk_stratum(),
}
# The references of a period are few: who bears them is found once, and not for every episode.
_BEFORE = f"""
    with bearer as materialized (
        select said.coder_ref, p.person_id from (
            select distinct coder_ref from episode
            where provider = :provider and ended_on between :period_from and :period_to
                and coder_id is null and coder_ref is not null
        ) said join person p on p.provider = :provider and {bears("p", "said.coder_ref")}
    ), member as materialized (
        select person_id, coder_ref from person
        where provider = :provider and person_id = any(cast(:members as uuid[]))
    ), own as materialized (
        select episode_id from (
            select c.episode_id, m.person_id from member m join coding c
                on c.provider = :provider and c.person_id = m.person_id
            union select c.episode_id, m.person_id from member m join coding c
                on c.provider = :provider and c.checked_by_id = m.person_id
            union select c.episode_id, m.person_id from member m join coding c
                on c.provider = :provider and {bears("m", "c.coder_ref")}
        ) made group by episode_id having count(*) = (select count(*) from member)
    ), audited as materialized (
        select distinct i.episode_id from audit_item i
        join audit a on a.provider = i.provider and a.audit_id = i.audit_id
        where i.provider = :provider and i.audit_id <> :audit_id and i.state <> 'replaced' and a.state <> 'abandoned'
    )"""
_AUDITED = "episode_id in (select episode_id from audited)"
# One key for a coder, so that the join can hash: a comparison that takes nulls as equal cannot.
_CODER = "coalesce(coder_id::text, coder_ref, '')"
# Over the whole period and from the episodes alone: what the frame is narrowed by need not be worked out twice. Counted
# by what the episodes themselves say first, so that only as many rows as there are coders are given a key.
_DEPTH = f""", said as materialized (
        select coder_id, coder_ref, count(*) as n, sum(n_diagnoses) as depth
        from episode
        where provider = :provider and ended_on between :period_from and :period_to and coding_state = 'coded'
            and not deleted
        group by coder_id, coder_ref
    ), coded as materialized (
        select coalesce(coalesce(e.coder_id, r.person_id)::text, e.coder_ref, '') as coder, sum(e.n) as n,
            sum(e.depth)::numeric as depth
        from said e left join person r on r.provider = :provider and e.coder_id is null
            and {bears("r", "e.coder_ref")}
        group by 1
    ), depth as materialized (
        select coder, depth / n < 0.8 * (select sum(depth) / sum(n) from coded) as shallow from coded
    )"""
_WITH_DEPTH = f"base left join depth on depth.coder = {_CODER}"
_SPELL_FACTS = frozenset({"patient_class", "nights", "admission_method", "discharge_method"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a frame is asked for."""

    audit_id: UUID
    period_from: dt.date
    period_to: dt.date
    population: Population
    sampling: Sampling
    auditors: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """The candidates of each stratum as lines of text, how many, and how many were left out for which reason."""

    counts: Mapping[str, int]
    lines: Mapping[str, str]
    left_out: Mapping[str, int]

    @property
    def size(self) -> int:
        """How many candidates there are."""
        return sum(self.counts.values())

    def strata(self) -> dict[str, list[str]]:
        """Return the candidates of each stratum."""
        return split(self.lines)


def split(lines: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the candidates of each stratum from their lines."""
    return {stratum: text.split("\n") for stratum, text in lines.items()}


def packed(lines: Mapping[str, str]) -> bytes:
    """Return a frame for keeping: JSON of each stratum's candidates, one a line, compressed."""
    return zlib.compress(orjson.dumps(dict(lines)), 1)


def unpacked(frame: bytes) -> dict[str, str]:
    """Return what ``packed`` kept."""
    lines: dict[str, str] = orjson.loads(zlib.decompress(frame))
    return lines


def _conditions(p: Population) -> tuple[list[str], list[str], dict[str, Any]]:
    """Return what narrows every episode, what narrows the coded ones only, and the values of both."""
    every: list[str] = []
    coded: list[str] = []
    values: dict[str, Any] = {}

    def among(to: list[str], column: str, name: str, kind: str = "text") -> None:
        found = getattr(p, name)
        if found:
            to.append(f"{column} = any(cast(:{name} as {kind}[]))")
            values[name] = list(found)

    def between(to: list[str], column: str, name: str) -> None:
        for end, sign in (("min", ">="), ("max", "<=")):
            bound = getattr(p, f"{end}_{name}")
            if bound is not None:
                to.append(f"{column} {sign} :{end}_{name}")
                values[f"{end}_{name}"] = bound

    among(every, "main_specialty_code", "specialties")
    among(every, "treatment_function_code", "treatment_functions")
    among(every, "patient_class", "patient_classes")
    among(every, "admission_method", "admission_methods")
    among(every, "discharge_method", "discharge_methods")
    between(every, "nights", "nights")
    between(every, "age", "age")
    among(coded, "coding_source", "sources")
    between(coded, "cardinality(diagnoses)", "depth")
    if p.coders or p.coder_refs:
        coded.append("(coder_id = any(cast(:coders as uuid[])) or coder_ref = any(cast(:coder_refs as text[])))")
        values |= {"coders": list(p.coders), "coder_refs": list(p.coder_refs)}
    for kind, column in (("diagnosis", "diagnoses"), ("procedure", "procedures")):
        for which in ("primary", "any"):
            name = f"{which}_{kind}"
            if getattr(p, name):
                # The codes of an episode as one text, so that a beginning is looked for at the beginning of each.
                codes = f"{column}[1]" if which == "primary" else f"' ' || array_to_string({column}, ' ')"
                lead = "" if which == "primary" else "% "
                coded.append(f"{codes} like any(cast(:{name} as text[]))")
                values[name] = [f"{lead}{prefix}%" for prefix in getattr(p, name)]
    return every, coded, values


def pool(actor: Actor, wanted: Wanted, *, reader: UUID | None = None, extra: str = "") -> tuple[str, dict[str, Any]]:
    """Return a statement's beginning: ``pool`` of the period's episodes, each with its stratum.

    ``why`` is null for one that may be drawn. ``extra`` adds columns of the episode. With a ``reader``, episodes whose
    codes are hidden from them are left out: a count by codes would tell them.
    """
    p, s = wanted.population, wanted.sampling
    every, coded, values = _conditions(p)
    stratum = _STRATA[s.strata_by]
    needs = " ".join([*every, stratum, extra] + (["nights"] if s.strata_by == "risk" else []))
    spell = any(fact in needs for fact in _SPELL_FACTS)
    age = "age" in needs.split() or any(c.startswith("age ") for c in every)
    columns = [
        "e.episode_id", "e.coding_version", "e.ended_on", "e.main_specialty_code", "e.treatment_function_code",
        "coalesce(e.coder_id, r.person_id) as coder_id", "e.coder_ref", "e.coding_source",
        "e.coding_state", "e.deleted", "e.diagnoses", "e.procedures",
    ]  # fmt: skip
    # Whoever coded elsewhere is one of ours by what the sender calls them.
    joins = " left join bearer r on r.coder_ref = e.coder_ref and e.coder_id is null"
    if spell or age:
        columns += [
            "s.patient_class", "s.admission_method", "s.discharge_method",
            "greatest(0, coalesce(s.discharged_on, e.ended_on) - coalesce(s.admitted_on, e.started_on)) as nights",
        ]  # fmt: skip
        joins += " join spell s on s.provider = e.provider and s.spell_number = e.spell_number"
    if age:
        columns.append("extract(year from age(e.started_on, t.birth_on))::int as age")
        joins += " join patient t on t.provider = s.provider and t.patient_id = s.patient_id"
    # Whoever coded or checked any version of it: what they would audit grew out of what they made.
    own = "episode_id in (select episode_id from own)"
    filters = [*every, *(f"(coding_state <> 'coded' or deleted or {c})" for c in coded)]
    source, depth, why = "base", "", "null" if p.include_audited else _AUDITED
    if s.strata_by == "risk":
        values["risky_from"] = s.risky_from
        depth, source = _DEPTH, _WITH_DEPTH
    narrowed = " where " + " and ".join(filters) if filters else ""
    shown = "" if reader is None else f" and not {HIDDEN.format('e')}"
    # The base is kept apart (offset 0), so that why an episode may not be drawn is worked out once for each.
    statement = f"""{_BEFORE}, raw as (
        select {", ".join(columns)} from episode e{joins}
        where e.provider = :provider and e.ended_on between :period_from and :period_to{shown}
    ), base as (
        select raw.*, case
            when deleted then 'deleted'
            when coding_state = 'uncoded' then 'uncoded'
            when coding_state = 'second_check' then 'not_final'
            when coding_state <> 'coded' then 'changed'
            when {why} then 'already_audited'
            when {own} then 'own_coding' end as why
        from raw{narrowed} offset 0
    ){depth}, pool as (select base.*, {stratum} as stratum{extra} from {source})"""
    values |= {"provider": actor.provider, "period_from": wanted.period_from, "period_to": wanted.period_to}
    values |= {"audit_id": wanted.audit_id, "members": list(wanted.auditors)}
    if reader is not None:
        values["reader"] = reader
    return statement, values


async def frame_of(
    session: AsyncSession, actor: Actor, wanted: Wanted, *, lines: bool = True, reader: UUID | None = None
) -> Frame:
    """Return the frame; without ``lines`` only its numbers, which is what a preview and a live count need.

    A draw asks without a ``reader``; whoever is only told its numbers is told them without what is hidden from them.
    """
    statement, values = pool(actor, wanted, reader=reader)
    listed = "string_agg(episode_id::text || ':' || coding_version, E'\\n') filter (where why is null)"
    rows = await session.execute(
        text(f"""{statement}
        select why, case when why is null then stratum else '' end as stratum, count(*) as n,
            {listed if lines else "null"} as lines
        from pool group by 1, 2"""),
        values,
    )
    counts: dict[str, int] = {}
    kept: dict[str, str] = {}
    left: dict[str, int] = {}
    for row in rows:
        if row.why is None:
            counts[row.stratum] = row.n
            kept[row.stratum] = row.lines
        else:
            left[row.why] = row.n
    return Frame(dict(sorted(counts.items())), kept if lines else {}, left)


def left_out(frame: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return why episodes were left out, in the order in which it is looked at."""
    return [{"reason": r, "label": words, "episodes": frame[r]} for r, words in LEFT_OUT.items() if frame.get(r)]


def label_of(by: str | None, stratum: str, names: Mapping[UUID, str]) -> str:
    """Return a stratum in words."""
    match by:
        case None:
            return "All"
        case "risk":
            return "Higher risk" if stratum == RISKY else "The rest"
        case "specialty":
            return f"{reference.specialty_name(stratum) or 'Unknown'} ({stratum})" if stratum else "No specialty"
        case "patient_class":
            return f"{reference.text_of('patient_class', stratum) or 'Unknown'} ({stratum})" if stratum else "Not given"
        case "month":
            return dt.date.fromisoformat(stratum + "-01").strftime("%B %Y")
        case _:
            if stratum.startswith("ref:"):
                return stratum.removeprefix("ref:")
            return names.get(UUID(stratum), "Unknown") if stratum else "Nobody named"


def coders_in(by: str | None, strata: Collection[str]) -> list[UUID]:
    """Return the people that strata by coder name."""
    return [UUID(s) for s in strata if s and not s.startswith("ref:")] if by == "coder" else []
