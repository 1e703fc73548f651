"""The rules in force for a Trust, and as they were when a finding was made."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import orjson
from sqlalchemy import Engine, text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.identity.actor import Actor
from codewell.kit.paging import decode_cursor, encode_cursor, scope_of
from codewell.kit.verbs import verb
from codewell.standards.rules import Edit, NoSuchRule, Rule, Severity, apply, read_rules
from codewell.standards.schemas import RuleFilter


@functools.cache
def shipped_data() -> Mapping[str, Mapping[str, Any]]:  # Any: JSON, read strictly by ``read_rules``
    """Return the data of the rules that came with this version of the software, by id."""
    data = orjson.loads(files("codewell.standards").joinpath("data", "rules.json").read_bytes())
    return {d["id"]: d for d in data}


@functools.cache
def shipped() -> Mapping[str, Rule]:
    """Return the rules that came with this version of the software, by id, in their order."""
    return {rule.rule_id: rule for rule in read_rules(shipped_data().values())}


@dataclass(frozen=True, slots=True)
class Edited:
    """Who changed a rule last, when, and on which shipped version."""

    number: int
    base_version: int
    changed: tuple[str, ...]
    by_id: UUID
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A Trust's rules: as shipped, with its edits on them."""

    rules: tuple[Rule, ...]
    edited: Mapping[str, Edited]

    def one(self, rule_id: str) -> Rule:
        """Return a rule by id; NoSuchRule when there is none."""
        for rule in self.rules:
            if rule.rule_id == rule_id:
                return rule
        raise NoSuchRule()


@dataclass(frozen=True, slots=True)
class _Kept:
    mark: tuple[int, str | None]
    rules: RuleSet


# A Trust's edits are only ever added to, so their number and newest id name one state of them.
_kept: WeakKeyDictionary[Engine, dict[str, _Kept]] = WeakKeyDictionary()

_MARK = text("select count(*), max(edit_id::text) from check_rule_edit where provider = :provider")
_NEWEST = text("""
    select distinct on (rule_id) * from check_rule_edit where provider = :provider order by rule_id, version desc
""")
_OVERLAY = ("enabled", "severity", "message", "mend", "national_ref")


def edit_of(row: Row[Any]) -> Edit:
    """Return a stored edit as the rules take it."""
    return Edit(
        rule_id=row.rule_id,
        number=row.version,
        base_version=row.base_version,
        enabled=row.enabled,
        severity=None if row.severity is None else Severity(row.severity),
        message=row.message,
        mend=row.mend,
        national_ref=row.national_ref,
    )


async def rules_for(session: AsyncSession, actor: Actor) -> RuleSet:
    """Return the rules of the caller's Trust as they are now; one small query when nothing has changed."""
    by_trust = _kept.setdefault(session.get_bind().engine, {})
    count, newest = (await session.execute(_MARK, {"provider": actor.provider})).one()
    kept = by_trust.get(actor.provider)
    if kept is not None and kept.mark == (count, newest):
        return kept.rules
    rows = (await session.execute(_NEWEST, {"provider": actor.provider})).all() if count else []
    made = _with_edits(rows)
    # The count and the edits are two statements: an edit between them would be kept under the wrong mark.
    if (await session.execute(_MARK, {"provider": actor.provider})).one() == (count, newest):
        by_trust[actor.provider] = _Kept((count, newest), made)
    return made


def _with_edits(rows: Any) -> RuleSet:  # Any: rows of check_rule_edit
    rules = dict(shipped())
    edited: dict[str, Edited] = {}
    for row in rows:
        if row.rule_id not in rules:
            continue  # A rule that a later version of the software no longer has.
        rules[row.rule_id] = apply(rules[row.rule_id], edit_of(row))
        changed = tuple(name for name in _OVERLAY if getattr(row, name) is not None)
        edited[row.rule_id] = Edited(row.version, row.base_version, changed, row.edited_by, row.edited_by_name, row.at)
    return RuleSet(tuple(rules.values()), edited)


_VERSION = re.compile(r"^(\d{1,6})\.(\d{1,6})$", re.ASCII)


async def rule_as_of(session: AsyncSession, actor: Actor, rule_id: str, version: str) -> Rule:
    """Return a rule exactly as it was when a finding of that version was made; NoSuchRule when it never was."""
    parts = _VERSION.match(version)
    if parts is None:
        raise NoSuchRule()
    base, number = int(parts[1]), int(parts[2])
    rule = shipped().get(rule_id)
    if rule is None or rule.shipped_version != base:
        body = (
            await session.execute(
                text("select body from check_rule where rule_id = :r and version = :v"), {"r": rule_id, "v": base}
            )
        ).scalar_one_or_none()
        if body is None:
            raise NoSuchRule()
        (rule,) = read_rules([{**body, "gives_way_to": []}])
    if number == 0:
        return rule
    row = (
        await session.execute(
            text("select * from check_rule_edit where provider = :p and rule_id = :r and version = :v"),
            {"p": actor.provider, "r": rule_id, "v": number},
        )
    ).one_or_none()
    if row is None:
        raise NoSuchRule()
    return apply(rule, edit_of(row))


# --- the wire ----------------------------------------------------------------------------------------------------


def rule_out(actor: Actor, rule: Rule, edited: Edited | None) -> dict[str, Any]:
    """Return the wire shape of a rule as this caller may see and change it."""
    base = shipped()[rule.rule_id]
    may = actor.may("check_rule:edit")
    no = "You do not have permission to do this."
    changed = () if edited is None else edited.changed
    return {
        "rule_id": rule.rule_id,
        "version": rule.version,
        "edits": rule.edits,
        "family": rule.family,
        "severity": rule.severity.value,
        "title": rule.title,
        "message": rule.message,
        "mend": rule.mend,
        "placeholders": sorted(rule.placeholders),
        "national_ref": rule.national_ref,
        "national_ref_verified": rule.national_ref_verified,
        "basis": rule.basis,
        "note": rule.note,
        "valid_from_on": rule.valid_from,
        "valid_to_on": rule.valid_to,
        "enabled": rule.enabled,
        "structural": rule.structural,
        "operator": rule.check,
        "edited": None
        if edited is None or not changed
        else {
            "by": edited.by,
            "by_id": edited.by_id,
            "at": edited.at,
            "fields": list(changed),
            "on_older_version": edited.base_version < rule.shipped_version,
        },
        "shipped": {
            "severity": base.severity.value,
            "message": base.message,
            "mend": base.mend,
            "national_ref": base.national_ref,
            "enabled": base.enabled,
        },
        "can": {
            "edit": True if may else no,
            "restore": no if not may else True if changed else "This rule stands as shipped.",
        },
    }


def _wanted(rule: dict[str, Any], want: RuleFilter) -> bool:
    return (
        (want.family is None or rule["family"] == want.family)
        and (want.severity is None or rule["severity"] == want.severity)
        and (want.enabled is None or rule["enabled"] is want.enabled)
        and (want.edited is None or (rule["edited"] is not None) is want.edited)
        and (want.q is None or want.q.casefold() in f"{rule['rule_id']} {rule['title']} {rule['message']}".casefold())
    )


@verb("check_rule:list")
async def list_check_rules(session: AsyncSession, actor: Actor, want: RuleFilter) -> dict[str, Any]:
    """Return the Trust's rules by id, edits marked; those that the filter leaves out are not counted."""
    found = await rules_for(session, actor)
    scope = scope_of("check-rules", actor.id, want.family, want.severity, want.enabled, want.edited, want.q)
    after = str(decode_cursor(want.cursor, scope)[0]) if want.cursor else ""
    every = sorted(found.rules, key=lambda r: r.rule_id)
    items = [
        out
        for rule in every
        if rule.rule_id > after and _wanted(out := rule_out(actor, rule, found.edited.get(rule.rule_id)), want)
    ]
    page = items[: want.limit]
    more = len(items) > want.limit
    return {"items": page, "next": encode_cursor([page[-1]["rule_id"]], scope) if more else None}


@verb("check_rule:list", refuses=[NoSuchRule])
async def see_check_rule(session: AsyncSession, actor: Actor, rule_id: str) -> dict[str, Any]:
    """Return one rule of the Trust."""
    found = await rules_for(session, actor)
    return rule_out(actor, found.one(rule_id), found.edited.get(rule_id))
