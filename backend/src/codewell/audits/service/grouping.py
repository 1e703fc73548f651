"""Loading what a grouper made of an audit's codes before and after. Without it nothing of HRGs or money is told."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.reads.audited import AUDITED
from codewell.audits.reads.one import part_in, the_audit
from codewell.audits.rules import AuditState, CannotMove, NotAMember
from codewell.audits.schemas.grouping import GroupingIn
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.problems import Invalid, NotFound
from codewell.kit.verbs import verb
from codewell.trail import service as trail

_NEEDED: Final = ("hrg_before", "hrg_after")
_KNOWN: Final = {"item", "spell", "episode", *_NEEDED, "pounds_before", "pounds_after"}
_HRG: Final = re.compile(r"[A-Z0-9]{3,6}")
_MOST: Final = Decimal("9999999999.99")
_LISTED: Final = 200


class NotAGrouping(Invalid):
    """The file is not a grouper's result: its first line must name the columns."""

    slug, title = "not-a-grouping", "This file cannot be read as a grouper's result"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file that can be read."""

    line: int
    key: tuple[str, ...]
    before: str
    after: str
    pounds: tuple[Decimal, Decimal] | None


def _pounds(said: str) -> Decimal | None:
    said = said.strip().removeprefix("£").replace(",", "")
    if not said:
        return None
    try:
        value = Decimal(said)
    except InvalidOperation:
        raise ValueError("the pounds are not a number") from None
    exponent = value.as_tuple().exponent
    if not value.is_finite() or abs(value) > _MOST or not isinstance(exponent, int) or exponent < -2:
        raise ValueError("the pounds are not an amount with at most two decimals")
    return value


def _line(number: int, row: dict[str, str]) -> Line:
    before, after = (row[name].strip().upper() for name in _NEEDED)
    if not _HRG.fullmatch(before) or not _HRG.fullmatch(after):
        raise ValueError("hrg_before and hrg_after must each be an HRG, such as DZ11K")
    pounds = (_pounds(row.get("pounds_before", "")), _pounds(row.get("pounds_after", "")))
    if (pounds[0] is None) != (pounds[1] is None):
        raise ValueError("give both pounds_before and pounds_after, or neither")
    item = row.get("item", "").strip()
    key = (item,) if item else (row.get("spell", "").strip(), row.get("episode", "").strip())
    if item and not re.fullmatch(r"\d{1,6}", item):
        raise ValueError("the item is not a number of this audit")
    if not all(key):
        raise ValueError("the line names no item, and no spell and episode")
    both = None if pounds[0] is None or pounds[1] is None else (pounds[0], pounds[1])
    return Line(number, key, before, after, both)


def read(given: str) -> tuple[list[Line], list[dict[str, Any]]]:
    """Return the lines that can be read, and those that cannot with why; NotAGrouping without the columns needed."""
    reader = csv.DictReader(io.StringIO(given.lstrip("\ufeff")))
    try:
        names = [(n or "").strip().lower() for n in reader.fieldnames or ()]
    except csv.Error:
        raise NotAGrouping() from None
    reader.fieldnames = names
    missing = [n for n in _NEEDED if n not in names]
    if missing or not ("item" in names or {"spell", "episode"} <= set(names)) or set(names) - _KNOWN - {""}:
        raise NotAGrouping(
            "The first line must name hrg_before, hrg_after and item, or spell and episode; pounds_before and "
            "pounds_after may follow. Other columns are not taken.",
            errors=[{"pointer": "/body/csv", "detail": "the first line does not name the columns"}],
        )
    lines, refused, seen = list[Line](), list[dict[str, Any]](), set[tuple[str, ...]]()
    try:
        for row in reader:
            number = reader.line_num
            try:
                if None in row:
                    raise ValueError(
                        "it has more cells than there are columns: an amount with a comma stands in quotation marks"
                    )
                line = _line(
                    number, {k: v or "" for k, v in row.items() if isinstance(k, str) and not isinstance(v, list)}
                )
                if line.key in seen:
                    raise ValueError("the episode stood in an earlier line")
                seen.add(line.key)
                lines.append(line)
            except ValueError as error:
                refused.append({"line": number, "reason": f"{str(error)[:1].upper()}{str(error)[1:]}."})
    except csv.Error:
        raise NotAGrouping(errors=[{"pointer": "/body/csv", "detail": "a line cannot be read as CSV"}]) from None
    if not lines and not refused:
        raise NotAGrouping("There is no line below the first.")
    return lines, refused


_ITEMS = text("""
select i.item_id, i.no, i.state, k.spell_number, k.episode_number
from audit_item i
left join episode_key k on k.provider = i.provider and k.episode_id = i.episode_id
where i.provider = :provider and i.audit_id = :audit_id and i.second_of is null and i.state <> 'replaced'
""")
_PUT = text("""
insert into audit_grouping (provider, item_id, audit_id, grouper, hrg_before, hrg_after, pounds_before, pounds_after,
                            loaded_at, loaded_by_name)
select :provider, x.item_id, :audit_id, :grouper, x.before, x.after, x.pounds_before, x.pounds_after, :now, :by
from unnest(cast(:items as uuid[]), cast(:before as text[]), cast(:after as text[]),
            cast(:pounds_before as numeric[]), cast(:pounds_after as numeric[]))
     as x(item_id, before, after, pounds_before, pounds_after)
on conflict (provider, item_id) do update set
    grouper = excluded.grouper, hrg_before = excluded.hrg_before, hrg_after = excluded.hrg_after,
    pounds_before = excluded.pounds_before, pounds_after = excluded.pounds_after, loaded_at = excluded.loaded_at,
    loaded_by_name = excluded.loaded_by_name
""")
_SO_FAR = text("""
select count(*) from audit_grouping g join audit_item i on i.provider = g.provider and i.item_id = g.item_id
where g.provider = :provider and g.audit_id = :audit_id and i.state = any(cast(:audited as text[]))
""")


@verb("audit:work", leaves="audit:grouped", refuses=[NotFound, CannotMove, NotAMember, NotAGrouping])
async def load_grouping(session: AsyncSession, actor: Actor, argument: tuple[UUID, GroupingIn]) -> dict[str, Any]:
    """Load a grouper's result: good lines are taken, the others listed; loading again replaces. Not once signed.

    An auditor of the audit loads it. The audit is held meanwhile, so that nothing is loaded while it is signed.
    """
    audit_id, body = argument
    audit = await the_audit(session, actor, audit_id, lock=True)
    if audit.state not in (AuditState.running, AuditState.correcting):
        raise CannotMove(state=audit.state)
    if await part_in(session, actor, audit_id) is None:
        raise NotAMember()
    lines, refused = read(body.csv)
    rows = (await session.execute(_ITEMS, {"provider": actor.provider, "audit_id": audit_id})).all()
    known: dict[tuple[str, ...], Any] = {(str(r.no),): r for r in rows}
    known |= {(r.spell_number, str(r.episode_number)): r for r in rows if r.spell_number is not None}
    taken: dict[UUID, Line] = {}
    for line in lines:
        row = known.get((str(int(line.key[0])),) if len(line.key) == 1 else line.key)
        why = None
        if row is None:
            why = "No episode of this audit has that number."
        elif row.state == "unsafe":
            why = "The episode was unsafe to audit; there is nothing to group."
        elif row.item_id in taken:
            why = "The episode stood in an earlier line."
        if row is None or why is not None:
            refused.append({"line": line.line, "reason": why})
        else:
            taken[row.item_id] = line
    await session.execute(
        _PUT,
        {
            "provider": actor.provider, "audit_id": audit_id, "grouper": body.grouper, "now": clock.now(),
            "by": actor.name, "items": list(taken),
            "before": [line.before for line in taken.values()], "after": [line.after for line in taken.values()],
            "pounds_before": [line.pounds and line.pounds[0] for line in taken.values()],
            "pounds_after": [line.pounds and line.pounds[1] for line in taken.values()],
        },
    )  # fmt: skip
    await trail.record(
        session, actor, "audit:grouped", "audit", audit_id, version=audit.version, loaded=len(taken),
        refused=len(refused), grouper=body.grouper,
    )  # fmt: skip
    so_far = await session.scalar(_SO_FAR, {"provider": actor.provider, "audit_id": audit_id, "audited": list(AUDITED)})
    return {
        "grouper": body.grouper,
        "loaded": len(taken),
        "grouped_n": so_far or 0,
        "of": sum(r.state in AUDITED for r in rows),
        "refused": sorted(refused, key=lambda r: r["line"])[:_LISTED],
    }
