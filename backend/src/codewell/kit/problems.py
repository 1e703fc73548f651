"""Refusals: every expected "no" is a class, and every class reads as an RFC 9457 problem document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "/problems/"


class Problem(Exception):
    """A refusal a caller can act on; rooms subclass it in their ``rules.py``.

    ``detail`` is a sentence for a person, ``facts`` become members of the document. Neither may hold what the caller
    sent: a refusal must not carry patient data into a log or a screen shot. ``advice`` is what to do about it, and
    stands in for a ``detail`` where there is none: the title is never said twice.
    """

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong on our side"
    advice: ClassVar[str] = "Nothing was changed. Try again, and tell the system administrator if it comes back."

    def __init__(self, detail: str | None = None, *, headers: dict[str, str] | None = None, **facts: Any) -> None:
        # Any: facts are whatever JSON the subclass documents.
        super().__init__(detail or self.title)
        self.detail = detail
        self.headers = headers or {}
        self.facts = facts

    def said(self) -> str:
        """Return the sentence of this refusal: its own, or what to do about refusals of its class."""
        return self.detail if self.detail and self.detail != self.title else self.advice

    def document(self, instance: str, request_id: str) -> dict[str, Any]:
        """Return the RFC 9457 members, facts included."""
        return {
            "type": TYPE_BASE + self.slug,
            "title": self.title,
            "status": self.status,
            "detail": self.said(),
            "instance": instance,
            "request_id": request_id,
            **self.facts,
        }


class Malformed(Problem):
    """400: the request cannot be read at all."""

    status, slug, title = 400, "malformed", "The request cannot be read"
    advice = "Correct the request and send it again."


class NotSignedIn(Problem):
    """401: nobody is signed in, or the sign-in has ended."""

    status, slug, title = 401, "not-signed-in", "Sign in first"
    advice = "Sign in, or send an API key as Authorization: Bearer."


class NotPermitted(Problem):
    """403: signed in, but not allowed to do this."""

    status, slug, title = 403, "not-permitted", "You do not have permission to do this"
    advice = "Ask somebody whose role includes it; your system administrator can say who that is."


class MethodNotAllowed(Problem):
    """405: the address is right and the method is not; ``Allow`` names those that are."""

    status, slug, title = 405, "method-not-allowed", "This address does not take that method"
    advice = "Use a method that the header Allow names."


class NotFound(Problem):
    """404: there is no such thing, or you may not know that there is."""

    status, slug, title = 404, "not-found", "There is no such thing here"
    advice = "Check the address; what was removed, or belongs to another Trust, is not shown either."


class Conflict(Problem):
    """409: the state of the thing says no."""

    status, slug, title = 409, "conflict", "That cannot be done now"
    advice = "Nothing was changed. Look at how it stands now before trying again."


class Stale(Problem):
    """412: somebody changed it first; facts carry ``current_version`` and, where known, ``changes``."""

    status, slug, title = 412, "stale", "This has changed since you opened it"
    advice = "Nothing was changed. Look at what is new, then make your change to that."


class TooLarge(Problem):
    """413: the body is over the limit; it was not read to the end."""

    status, slug, title = 413, "too-large", "This is larger than we accept"
    advice = "Send it in smaller parts."


class UnsupportedMedia(Problem):
    """415: the body is not of a kind we read."""

    status, slug, title = 415, "unsupported-media", "We do not read this kind of content"
    advice = "Send it in a form that this operation takes."


class Invalid(Problem):
    """422: well-formed but not valid; ``errors`` is a list of {pointer, detail}."""

    status, slug, title = 422, "invalid", "The request is not valid"
    advice = "Nothing was changed. Correct it and send it again."

    def __init__(self, detail: str | None = None, *, errors: Iterable[dict[str, str]] = (), **facts: Any) -> None:
        super().__init__(detail, errors=list(errors), **facts)

    def said(self) -> str:
        """Return the sentence of this refusal; where only its errors say anything, the first of them."""
        errors = self.facts["errors"]
        if not errors or (self.detail and self.detail != self.title):
            return super().said()
        name = str(errors[0].get("pointer", "")).removeprefix("/body").removeprefix("/query").strip("/")
        words = str(errors[0].get("detail", "")).rstrip(".")
        first = f"{name}: {words}." if name else f"{words[:1].upper()}{words[1:]}."
        return first if len(errors) == 1 else f"{first} {len(errors) - 1} more under errors."


class PreconditionRequired(Problem):
    """428: say which version you saw (``If-Match``)."""

    status, slug, title = 428, "precondition-required", "Say which version you are changing"
    advice = "Send If-Match with the version you saw."


class TooMany(Problem):
    """429: slow down; ``Retry-After`` says for how long."""

    status, slug, title = 429, "too-many", "Too many requests"
    advice = "Wait a moment, then try again."


class Busy(Problem):
    """503: try again shortly with the same key."""

    status, slug, title = 503, "busy", "We cannot answer just now; try again"
    advice = "Nothing was changed. The same request may safely be sent again in a few seconds."


BY_STATUS: dict[int, type[Problem]] = {
    cls.status: cls
    for cls in (
        Malformed,
        NotSignedIn,
        NotPermitted,
        NotFound,
        MethodNotAllowed,
        Conflict,
        Stale,
        TooLarge,
        UnsupportedMedia,
        Invalid,
        PreconditionRequired,
        TooMany,
        Busy,
    )
}


class ProblemError(BaseModel):
    """One thing wrong with the request: where (JSON pointer) and what."""

    model_config = ConfigDict(title="ProblemError")

    pointer: str
    detail: str


class ProblemDocument(BaseModel):
    """RFC 9457 problem details; further members depend on ``type``."""

    model_config = ConfigDict(title="Problem", extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: list[ProblemError] | None = Field(default=None)
