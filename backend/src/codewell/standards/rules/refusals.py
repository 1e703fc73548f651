"""What the standards room refuses, and why."""

from __future__ import annotations

from codewell.kit.problems import Conflict, Invalid, NotFound, Stale


class NoSuchRule(NotFound):
    """404: no rule has this id."""

    slug, title = "no-such-check-rule", "There is no such check rule"


class RuleChanged(Stale):
    """412: somebody edited the rule first."""

    slug, title = "check-rule-changed", "Somebody changed this rule since you opened it"


class StructuralRule(Conflict):
    """409: a rule that keeps impossible codes out cannot be weakened."""

    slug, title = "structural-check-rule", "This rule cannot be switched off or made milder"


class NothingToRestore(Conflict):
    """409: the rule stands as shipped."""

    slug, title = "check-rule-as-shipped", "This rule already stands as shipped"


class BadTemplate(Invalid):
    """422: a message asks for a word the rule does not have."""

    slug, title = "bad-check-rule-text", "The text asks for something this rule does not know"
