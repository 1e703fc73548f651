"""Public ids: UUID version 7 (RFC 9562 §5.7), made here so that every PostgreSQL from 15 on will do."""

from __future__ import annotations

import os
import time
from uuid import UUID


def uuid7_many(n: int) -> list[UUID]:
    """Return ``n`` new UUIDs; all carry this millisecond, their 74 other bits are random."""
    stamp = int(time.time() * 1000).to_bytes(6, "big")
    noise = os.urandom(10 * n)
    out = []
    for i in range(0, 10 * n, 10):
        b = bytearray(stamp + noise[i : i + 10])
        b[6] = (b[6] & 0x0F) | 0x70
        b[8] = (b[8] & 0x3F) | 0x80
        out.append(UUID(bytes=bytes(b)))
    return out


def uuid7() -> UUID:
    """Return a new time-ordered UUID."""
    return uuid7_many(1)[0]
