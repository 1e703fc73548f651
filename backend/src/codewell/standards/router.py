"""HTTP of the checks and their rules."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from codewell.codesets.reads import edition_name
from codewell.identity.doors import IfMatch, Me, Session
from codewell.kit.http import StrictRoute
from codewell.kit.verbs import operation
from codewell.standards import reads, service
from codewell.standards.rules import Case, Facts
from codewell.standards.schemas import (
    CheckIn,
    CheckOut,
    CheckRuleEditIn,
    CheckRuleOut,
    CheckRulePage,
    RuleFilter,
)

router = APIRouter(tags=["checks"], route_class=StrictRoute)


def case_of(body: CheckIn) -> Case:
    """Return the case of a request."""
    return Case(
        Facts(**dict(body.episode)),
        [line.code for line in body.diagnoses],
        [(line.code, line.on) for line in body.procedures],
    )


@router.post("/checks", response_model=CheckOut, **operation(service.examine))
async def run_checks(session: Session, me: Me, body: CheckIn) -> Any:
    """Check codes as they stand; nothing is kept. For the workbench while typing, and for other systems."""
    checked = await service.examine(session, me, case_of(body))
    books = checked.books
    return {
        "items": [finding.as_json() for finding in checked.findings],
        "editions": {"icd10": edition_name(books.icd10.edition), "opcs4": edition_name(books.opcs4.edition)},
    }


@router.get("/check-rules", response_model=CheckRulePage, **operation(reads.list_check_rules))
async def list_check_rules(session: Session, me: Me, query: Annotated[RuleFilter, Query()]) -> Any:
    """List the rules that hold for this Trust, its own edits marked."""
    return await reads.list_check_rules(session, me, query)


@router.get("/check-rules/{rule_id}", response_model=CheckRuleOut, **operation(reads.see_check_rule))
async def see_check_rule(session: Session, me: Me, rule_id: str) -> Any:
    """Show one rule."""
    return await reads.see_check_rule(session, me, rule_id)


@router.patch("/check-rules/{rule_id}", response_model=CheckRuleOut, **operation(service.edit_check_rule))
async def edit_check_rule(session: Session, me: Me, rule_id: str, version: IfMatch, body: CheckRuleEditIn) -> Any:
    """Change a rule for this Trust; If-Match takes the rule's ``edits``, "0" for one never changed."""
    await service.edit_check_rule(session, me, rule_id, version=version, changes=body.model_dump(exclude_unset=True))
    return await reads.see_check_rule(session, me, rule_id)


@router.post("/check-rules/{rule_id}/restore", response_model=CheckRuleOut, **operation(service.restore_check_rule))
async def restore_check_rule(session: Session, me: Me, rule_id: str, version: IfMatch) -> Any:
    """Let a rule stand as shipped again."""
    await service.restore_check_rule(session, me, rule_id, version=version)
    return await reads.see_check_rule(session, me, rule_id)
