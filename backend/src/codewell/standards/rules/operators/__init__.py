"""The named operators that rules are written with; each is a pure function of the sheet and its parameters."""

from codewell.standards.rules.operators import company, dates, groups, people, structure
from codewell.standards.rules.operators.base import OPERATORS, Hit, Operator, bind

__all__ = ["OPERATORS", "Hit", "Operator", "bind", "company", "dates", "groups", "people", "structure"]
