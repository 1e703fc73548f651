"""Whoever acts: a person signed in, an API client with a key, or the system itself; and whoever is still a stranger."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid5

_SYSTEM = UUID("6f1d3c1e-0000-4000-8000-00000c0de000")


@dataclass(frozen=True, slots=True)
class Actor:
    """One caller for one request; ``permissions`` are the words of ``identity.rules.Permission``."""

    provider: str
    kind: str
    id: UUID
    name: str
    permissions: frozenset[str] = field(repr=False)
    request_id: str = "none"
    roles: frozenset[str] = frozenset()
    sign_in_id: UUID | None = None

    def may(self, permission: str) -> bool:
        """Say whether this caller holds the permission."""
        return permission in self.permissions

    @staticmethod
    def system(provider: str, name: str, permissions: frozenset[str] = frozenset(), request_id: str = "none") -> Actor:
        """Return the system acting by itself for one Trust; it holds just the permissions named."""
        return Actor(provider, "system", uuid5(_SYSTEM, name), name, permissions, request_id)


@dataclass(frozen=True, slots=True)
class Stranger:
    """A caller on the way to signing in: nothing is known but where they knock."""

    address: str
    browser: str
    request_id: str = "none"

    def may(self, permission: str) -> bool:
        """A stranger may do nothing that needs a permission."""
        return False
