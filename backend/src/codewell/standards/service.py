"""Check an episode's codes, and let a Trust make the rules its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from codewell.codesets import reads as codesets
from codewell.codesets.book import Books
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.ids import uuid7
from codewell.kit.verbs import verb
from codewell.standards import reads
from codewell.standards.models import CheckRule, CheckRuleEdit
from codewell.standards.rules import (
    BadTemplate,
    Case,
    Finding,
    NoSuchRule,
    NothingToRestore,
    Rule,
    RuleChanged,
    Severity,
    StructuralRule,
    check_case,
    placeholders,
)
from codewell.trail import service as trail


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks said of a case, and by which editions."""

    findings: list[Finding]
    on: dt.date
    books: Books


@verb("check:run")
async def examine(session: AsyncSession, actor: Actor, case: Case) -> Checked:
    """Check a case with the caller's Trust's rules and the editions of the episode's last day (today while open).

    Reads the database, writes nothing, keeps nothing.
    """
    on = case.facts.ended_on or clock.today()
    books = await codesets.books_for(session, on)
    rules = await reads.rules_for(session, actor)
    return Checked(check_case(case, rules.rules, books, on), on, books)


@verb("check:run")
async def check(session: AsyncSession, actor: Actor, case: Case) -> list[Finding]:
    """Return what the checks say of a case: errors first, then warnings, then information."""
    return (await examine(session, actor, case)).findings


@verb("check:run", refuses=[NoSuchRule])
async def replay(session: AsyncSession, actor: Actor, case: Case, versions: Mapping[str, str]) -> list[Finding]:
    """Check a case again with rules as they were (rule id → version of the finding), whatever they are now."""
    on = case.facts.ended_on or clock.today()
    books = await codesets.books_for(session, on)
    rules = [await reads.rule_as_of(session, actor, rule_id, version) for rule_id, version in versions.items()]
    return check_case(case, rules, books, on)


async def publish_shipped(session: AsyncSession) -> int:
    """Keep each rule of this version of the software for good, so that findings can be replayed after an upgrade.

    Safe to run at every start and from several machines; returns how many rules were new.
    """
    rows = [
        {"rule_id": rule_id, "version": data["version"], "body": dict(data), "published_at": clock.now()}
        for rule_id, data in reads.shipped_data().items()
    ]
    done = await session.execute(
        insert(CheckRule).on_conflict_do_nothing().returning(col(CheckRule.rule_id)),
        rows,
    )
    return len(done.all())


# --- a Trust's own rules -----------------------------------------------------------------------------------------


def _refuse_weakening(rule: Rule, changes: Mapping[str, Any]) -> None:
    if rule.structural and (
        changes.get("enabled") is False or changes.get("severity") not in {None, rule.severity.value}
    ):
        raise StructuralRule(
            f"{rule.rule_id} keeps codes out that no system downstream accepts. Its words may be changed.",
            rule_id=rule.rule_id,
        )


def _refuse_strange_words(rule: Rule, changes: Mapping[str, Any]) -> None:
    errors = []
    for name in ("message", "mend"):
        template = changes.get(name)
        if template is None:
            continue
        try:
            strange = placeholders(template) - rule.placeholders
        except ValueError:
            errors.append({"pointer": f"/body/{name}", "detail": "a brace that is not part of a placeholder"})
            continue
        if strange:
            known = ", ".join(f"{{{word}}}" for word in sorted(rule.placeholders))
            errors.append({"pointer": f"/body/{name}", "detail": f"this rule knows only {known}"})
    if errors:
        raise BadTemplate(errors=errors)


async def _last_edit(session: AsyncSession, actor: Actor, rule_id: str) -> dict[str, Any]:
    row = (
        (
            await session.execute(
                text(
                    "select version, enabled, severity, message, mend, national_ref from check_rule_edit "
                    "where provider = :p and rule_id = :r order by version desc limit 1"
                ),
                {"p": actor.provider, "r": rule_id},
            )
        )
        .mappings()
        .one_or_none()
    )
    return dict(row) if row is not None else {"version": 0}


async def _add_edit(session: AsyncSession, actor: Actor, rule: Rule, seen: int, overlay: Mapping[str, Any]) -> None:
    added = await session.execute(
        insert(CheckRuleEdit)
        .values(
            provider=actor.provider,
            rule_id=rule.rule_id,
            version=seen + 1,
            edit_id=uuid7(),
            base_version=rule.shipped_version,
            edited_by=actor.id,
            edited_by_name=actor.name,
            at=clock.now(),
            **{name: overlay.get(name) for name in ("enabled", "severity", "message", "mend", "national_ref")},
        )
        .on_conflict_do_nothing()
        .returning(col(CheckRuleEdit.version))
    )
    if added.scalar_one_or_none() is None:
        current = (await _last_edit(session, actor, rule.rule_id))["version"]
        raise RuleChanged(current_version=current)


def _same_edit(seen: int, current: int) -> None:
    if seen != current:
        raise RuleChanged(current_version=current)


@verb(
    "check_rule:edit",
    leaves="check_rule:edited",
    refuses=[NoSuchRule, RuleChanged, StructuralRule, BadTemplate],
)
async def edit_check_rule(
    session: AsyncSession, actor: Actor, rule_id: str, *, version: int, changes: Mapping[str, Any]
) -> None:
    """Change a rule for the caller's Trust: on or off, severity, wording, reference; None sets a field as shipped.

    ``version`` is the number of edits the caller saw. It holds from the next check on; earlier findings keep theirs.
    """
    rule = reads.shipped().get(rule_id)
    if rule is None:
        raise NoSuchRule()
    last = await _last_edit(session, actor, rule_id)
    _same_edit(version, last["version"])
    _refuse_weakening(rule, changes)
    _refuse_strange_words(rule, changes)
    was = {name: last.get(name) for name in changes}
    overlay = {**last, **changes}
    if isinstance(overlay.get("severity"), Severity):
        overlay["severity"] = overlay["severity"].value
    await _add_edit(session, actor, rule, version, overlay)
    await trail.record(
        session, actor, "check_rule:edited", "check_rule", rule_id, version=version + 1, was=was, now=dict(changes)
    )


@verb(
    "check_rule:edit",
    leaves="check_rule:restored",
    refuses=[NoSuchRule, RuleChanged, NothingToRestore],
)
async def restore_check_rule(session: AsyncSession, actor: Actor, rule_id: str, *, version: int) -> None:
    """Let a rule stand as shipped again; that is one more edit, so that findings made meanwhile can be explained."""
    rule = reads.shipped().get(rule_id)
    if rule is None:
        raise NoSuchRule()
    last = await _last_edit(session, actor, rule_id)
    _same_edit(version, last["version"])
    if all(value is None for name, value in last.items() if name != "version"):
        raise NothingToRestore()
    await _add_edit(session, actor, rule, version, {})
    await trail.record(session, actor, "check_rule:restored", "check_rule", rule_id, version=version + 1)
