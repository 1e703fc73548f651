"""Secrets: how passwords, API keys and sign-in tokens are made, stored and compared.

A password is slow to test by design (argon2id); a key or token has 256 random bits, so one SHA-256 of it is enough.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from codewell.identity.rules import TooBusyToCheck

# RFC 9106 §4, second recommended option: 64 MiB, three passes, four lanes.
ARGON2_MEMORY_KIB = 64 * 1024
ARGON2_PASSES = 3
ARGON2_LANES = 4

_hasher = PasswordHash(
    (Argon2Hasher(time_cost=ARGON2_PASSES, memory_cost=ARGON2_MEMORY_KIB, parallelism=ARGON2_LANES),)
)
# Two at a time: a crowd of guesses waits here instead of taking 64 MiB each, and is turned away beyond this length.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
LONGEST_QUEUE = 12
_queued = 0

KEY_PATTERN = re.compile(r"cwk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
# No letters or digits that are read wrongly over the telephone.
_SPOKEN = "abcdefghjkmnpqrstuvwxyz23456789"


async def hash_password(password: str) -> str:
    """Return the argon2id hash of ``password`` without holding up the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def password_matches(password: str, stored: str | None) -> bool:
    """Say whether ``password`` is the stored one; an account without one takes as long to say no.

    TooBusyToCheck when too many are waiting already: each waits with a database connection in its hand.
    """
    global _queued
    if _queued >= LONGEST_QUEUE:
        raise TooBusyToCheck(headers={"Retry-After": "2"})
    _queued += 1
    try:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(_threads, lambda: _hasher.verify(password, stored or _nobody()))
    finally:
        _queued -= 1
    return found and stored is not None


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))


def warm_up() -> None:
    """Make the hash that unknown accounts are tested against, so that the first of them is not slower than the rest."""
    _nobody()


def temporary_password() -> str:
    """Return a password to be read out once: twenty letters and digits in four groups, 98 bits."""
    return "-".join("".join(secrets.choice(_SPOKEN) for _ in range(5)) for _ in range(4))


def reference() -> str:
    """Return eight letters and digits that a person can read out to the one who lets them in (39 bits)."""
    return "".join(secrets.choice(_SPOKEN) for _ in range(8)).upper()


def new_token() -> str:
    """Return 256 random bits as text: a sign-in cookie, a state, a nonce, a code verifier."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def same(left: str, right: str) -> bool:
    """Compare two secrets in a time that does not depend on where they differ."""
    return hmac.compare_digest(left.encode("utf-8", "replace"), right.encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class NewKey:
    """An API key at its birth: the only moment at which its secret exists here."""

    key_id: str
    secret: str

    @property
    def text(self) -> str:
        """Return the key as it is handed over, once."""
        return f"cwk_{self.key_id}_{self.secret}"


def new_key() -> NewKey:
    """Return a new API key with a 256-bit secret."""
    return NewKey(secrets.token_hex(6), secrets.token_urlsafe(32))


def read_key(text: str) -> NewKey | None:
    """Return the parts of a presented key, or None when it has another shape."""
    found = KEY_PATTERN.fullmatch(text)
    return NewKey(found[1], found[2]) if found else None
