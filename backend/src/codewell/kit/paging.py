"""Lists are pages: ``{items, next}`` with an opaque keyset cursor."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Annotated, Any, Generic, TypeVar

import orjson
from pydantic import BaseModel, Field

from codewell.kit.problems import Invalid

T = TypeVar("T")

LIMIT_DEFAULT, LIMIT_MAX = 50, 200
Limit = Annotated[int, Field(ge=1, le=LIMIT_MAX)]


class Page(BaseModel, Generic[T]):
    """One page of a list; ``next`` is the cursor of the page after, or null at the end."""

    items: list[T]
    next: str | None


class BadCursor(Invalid):
    """The cursor is not ours, or belongs to another filter."""

    slug, title = "bad-cursor", "That page link no longer fits; start the list again"


_secret = b"set by use_cursor_secret at start"


def use_cursor_secret(secret: str) -> None:
    """Set the key that cursors are signed with; called once when the application is built."""
    global _secret
    _secret = hashlib.sha256(b"cursor:" + secret.encode()).digest()


def _mark(scope: str, payload: bytes) -> bytes:
    return hmac.new(_secret, scope.encode() + b"\0" + payload, hashlib.sha256).digest()[:12]


def encode_cursor(key: list[Any], scope: str) -> str:
    """Return an opaque cursor for the sort key of a page's last row, bound to ``scope`` (list, filters, person)."""
    payload = orjson.dumps(key)
    return base64.urlsafe_b64encode(_mark(scope, payload) + payload).decode().rstrip("=")


def decode_cursor(cursor: str, scope: str) -> list[Any]:
    """Return the sort key; BadCursor when it was altered or made for another scope."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        if not hmac.compare_digest(raw[:12], _mark(scope, raw[12:])):
            raise ValueError
        key = orjson.loads(raw[12:])
    except ValueError:
        raise BadCursor(errors=[{"pointer": "/query/cursor", "detail": "start the list again"}]) from None
    if not isinstance(key, list):
        raise BadCursor()
    return key


def scope_of(name: str, *parts: object) -> str:
    """Return the scope string of a list with its filters."""
    return name + "|" + "|".join("" if p is None else str(p) for p in parts)
