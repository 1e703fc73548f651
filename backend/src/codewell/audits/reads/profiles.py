"""Profiles as a Trust sees them: what ships, followed by the versions it has published."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.profiles import KIND_LABELS, ProfileKind, differences, shipped
from codewell.audits.schemas.profiles import ProfileFilter
from codewell.identity.actor import Actor
from codewell.kit import clock
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a profile; nobody published the one that ships."""

    kind: ProfileKind
    key: str
    version: int
    name: str
    organisation_type: str | None
    valid_from: dt.date
    valid_to: dt.date | None
    body: dict[str, Any]
    reason: str
    shipped: bool
    by_id: UUID | None = None
    by_name: str | None = None
    at: dt.datetime | None = None

    def holds(self, on: dt.date) -> bool:
        """Say whether its days include ``on``."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


_ROWS = text("""
select kind, key, version, name, organisation_type, valid_from, valid_to, body, reason, false as shipped, by_id,
    by_name, at
from audit_profile where provider = :provider order by kind, key, version
""")


async def versions(session: AsyncSession, actor: Actor) -> dict[tuple[ProfileKind, str], list[Version]]:
    """Return every profile this Trust has, each with its versions, oldest first."""
    out: dict[tuple[ProfileKind, str], list[Version]] = {}
    for p in shipped():
        out[p.kind, p.key] = [
            Version(p.kind, p.key, 1, p.name, p.organisation_type, p.valid_from, None, p.body, p.source, True)
        ]
    for row in (await session.execute(_ROWS, {"provider": actor.provider})).mappings():
        kind = ProfileKind(row["kind"])
        out.setdefault((kind, row["key"]), []).append(Version(**{**row, "kind": kind}))
    return out


def in_force(found: list[Version], on: dt.date) -> Version | None:
    """Return the newest version whose days include ``on``."""
    return next((v for v in reversed(found) if v.holds(on)), None)


async def versions_of(session: AsyncSession, actor: Actor, profile_id: str) -> list[Version]:
    """Return the versions of one profile, oldest first; NotFound when there is none."""
    kind, _, key = profile_id.partition(".")
    found = await versions(session, actor)
    if kind not in ProfileKind.__members__ or (ProfileKind(kind), key) not in found:
        raise NotFound("There is no such profile here.")
    return found[ProfileKind(kind), key]


def _version_out(v: Version) -> dict[str, Any]:
    names = (
        "version", "name", "organisation_type", "valid_from", "valid_to", "reason", "shipped", "by_id", "by_name", "at",
    )  # fmt: skip
    return {name: getattr(v, name) for name in names}


def _row(v: Version, found: list[Version]) -> dict[str, Any]:
    return _version_out(v) | {
        "profile_id": f"{v.kind}.{v.key}",
        "kind": v.kind,
        "kind_label": KIND_LABELS[v.kind],
        "key": v.key,
        "in_force": in_force(found, clock.today()) is v,
        "latest": found[-1].version,
    }


@verb("audit_profile:list")
async def list_profiles(session: AsyncSession, actor: Actor, f: ProfileFilter) -> dict[str, Any]:
    """Return the profiles of this Trust, each at the version in force today."""
    found = await versions(session, actor)
    kinds = list(ProfileKind)
    rows = [
        _row(in_force(held, clock.today()) or held[-1], held)
        for (kind, _), held in sorted(found.items(), key=lambda pair: (kinds.index(pair[0][0]), pair[0][1]))
        if f.kind in (None, kind)
    ]
    return {"items": rows, "next": None}


def _one(found: list[Version], version: int | None) -> Version:
    chosen = found[-1] if version is None else next((v for v in found if v.version == version), None)
    if chosen is None:
        raise NotFound("There is no such version.")
    return chosen


@verb("audit_profile:list", refuses=[NotFound])
async def see_profile(
    session: AsyncSession, actor: Actor, profile_id: str, *, version: int | None = None
) -> dict[str, Any]:
    """Return one version of a profile with what it holds."""
    found = await versions_of(session, actor, profile_id)
    chosen = _one(found, version)
    may = actor.may("audit_profile:edit")
    return _row(chosen, found) | {
        "body": chosen.body,
        "versions": [_version_out(v) for v in reversed(found)],
        "can": {"publish": may or "You do not have permission to do this."},
    }


@verb("audit_profile:list", refuses=[NotFound])
async def compare_profile(
    session: AsyncSession, actor: Actor, profile_id: str, *, was: int, now: int
) -> dict[str, Any]:
    """Return what two versions of a profile say differently."""
    found = await versions_of(session, actor, profile_id)
    one, other = _one(found, was), _one(found, now)
    return {
        "was": _version_out(one),
        "now": _version_out(other),
        "differences": [{"path": p, "was": a, "now": b} for p, a, b in differences(one.body, other.body)],
    }
