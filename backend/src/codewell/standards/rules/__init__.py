"""The rules of the standards room: pure, no input or output, no database."""

from codewell.standards.rules.case import (
    LISTS,
    Book,
    Books,
    Case,
    CodeFacts,
    Facts,
    Finding,
    LineRef,
    ListName,
    Severity,
)
from codewell.standards.rules.engine import check_case
from codewell.standards.rules.refusals import (
    BadTemplate,
    NoSuchRule,
    NothingToRestore,
    RuleChanged,
    StructuralRule,
)
from codewell.standards.rules.rule import BadRule, Edit, Rule, apply, placeholders, read_rules
from codewell.standards.rules.sheet import dotted, stored

__all__ = [
    "LISTS",
    "BadRule",
    "BadTemplate",
    "Book",
    "Books",
    "Case",
    "CodeFacts",
    "Edit",
    "Facts",
    "Finding",
    "LineRef",
    "ListName",
    "NoSuchRule",
    "NothingToRestore",
    "Rule",
    "RuleChanged",
    "Severity",
    "StructuralRule",
    "apply",
    "check_case",
    "dotted",
    "placeholders",
    "read_rules",
    "stored",
]
