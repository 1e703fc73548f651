"""Verbs: permission, trail tag and refusals of an operation, said once and read by routes, contract and tests."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec, Protocol, TypeVar

from codewell.kit.problems import NotPermitted, Problem, ProblemDocument

P = ParamSpec("P")
R = TypeVar("R")


class Allowed(Protocol):
    """Anyone who can be asked whether they may do a thing."""

    def may(self, permission: str) -> bool:
        """Say whether the permission is held."""


@dataclass(frozen=True, slots=True)
class VerbFacts:
    """What the contract and the house tests know about a verb."""

    permission: str | None
    leaves: str | None
    refuses: tuple[type[Problem], ...]


watchers: list[Callable[[VerbFacts, Any], Callable[[], None]]] = []
"""House tests look on here: each is called with a verb's facts and session before it, and its answer after it."""


def verb(
    permission: str | None, *, leaves: str | None = None, refuses: Sequence[type[Problem]] = ()
) -> Callable[[Callable[P, Awaitable[R]]], Callable[P, Awaitable[R]]]:
    """Guard ``f(session, actor, ...)``: without ``permission`` it is refused (403) before anything is fetched.

    ``permission=None`` marks what any signed-in caller may do for themselves. ``leaves`` is the trail tag of the line
    that a successful call writes; ``refuses`` are the problem classes it may raise.
    """

    def wrap(f: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
        @functools.wraps(f)
        async def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            actor: Any = args[1] if len(args) > 1 else kwargs["actor"]  # Any: any Allowed
            if permission is not None and not actor.may(permission):
                raise NotPermitted(permission=permission)
            session = args[0] if args else kwargs.get("session")
            looking = [watch(facts, session) for watch in watchers]
            result = await f(*args, **kwargs)
            for done in looking:
                done()
            return result

        facts = guarded.facts = VerbFacts(permission, leaves, tuple(refuses))  # type: ignore[attr-defined]
        return guarded

    return wrap


def facts_of(f: Callable[..., Any]) -> VerbFacts:
    """Return the facts of a verb; TypeError for a plain function."""
    facts = getattr(f, "facts", None)
    if not isinstance(facts, VerbFacts):
        raise TypeError(f"{f!r} is not a verb")
    return facts


def operation(f: Callable[..., Any]) -> dict[str, Any]:
    """Return the route arguments that publish a verb: its refusals as responses, its permission and trail tag."""
    facts = facts_of(f)
    statuses = {400, 401, 422, 429, 503} | {r.status for r in facts.refuses}
    if facts.permission is not None:
        statuses.add(403)
    return {
        "responses": {s: {"model": ProblemDocument} for s in sorted(statuses)},
        "openapi_extra": {"x-permission": facts.permission, "x-trail": facts.leaves},
    }
