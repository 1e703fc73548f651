"""Verbs on profiles: a version is published and stays; another may follow it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from codewell.audits.models import AuditProfile
from codewell.audits.profiles import BODIES, Fault, ProfileKind, faults
from codewell.audits.reads import profiles as reads
from codewell.audits.rules import ProfileBodyWrong, ProfileKeyTaken, ProfileUnknown
from codewell.audits.schemas.profiles import ProfileNew, ProfileVersionNew
from codewell.identity.actor import Actor
from codewell.kit import clock, words
from codewell.kit.problems import NotFound, Stale
from codewell.kit.verbs import verb
from codewell.trail import service as trail


async def profile_in_force(
    session: AsyncSession, actor: Actor, kind: ProfileKind, key: str, on: dt.date
) -> tuple[int, str, BaseModel]:
    """Return version, name and body of the profile in force on a day; ProfileUnknown when there is none."""
    found = (await reads.versions(session, actor)).get((kind, key), [])
    version = reads.in_force(found, on)
    if version is None:
        raise ProfileUnknown(f"No {kind} profile of that name is in force on {on:%-d %B %Y}.")
    return version.version, version.name, BODIES[kind].model_validate(version.body)


def _checked(kind: ProfileKind, body: dict[str, Any]) -> dict[str, Any]:
    """Return a body as its kind keeps it; ProfileBodyWrong with a pointer for each thing wrong."""
    try:
        checked = BODIES[kind].model_validate(body)
    except ValidationError as error:
        found = error.errors()
        # A list that lost its one wrong member is also called too short: the member alone is told.
        inner = {e["loc"][:n] for e in found for n in range(len(e["loc"]))}
        raise _wrong([(e["loc"], _plain(e)) for e in found if e["loc"] not in inner]) from None
    if senseless := list(faults(checked)):
        raise _wrong(senseless)
    return checked.model_dump(mode="json")


def _wrong(found: Sequence[Fault]) -> ProfileBodyWrong:
    return ProfileBodyWrong(
        errors=[
            {"pointer": "/body/body/" + "/".join(str(p) for p in where), "detail": what[:200]}
            for where, what in found[:20]
        ]
    )


def _plain(error: Mapping[str, Any]) -> str:
    """Return what is wrong with a value in plain words; Any: a validation error of pydantic's."""
    # Shares are the only texts of a profile that have a form.
    if error["type"] == "string_pattern_mismatch":
        return "must be a share from 0 to 1 with a decimal point, such as 0.95"
    return words.of_value(error)


async def _publish(
    session: AsyncSession, actor: Actor, kind: ProfileKind, key: str, version: int, body: ProfileVersionNew
) -> None:
    session.add(
        AuditProfile(
            provider=actor.provider, kind=kind.value, key=key, version=version, name=body.name,
            organisation_type=body.organisation_type, valid_from=body.valid_from, valid_to=body.valid_to,
            body=_checked(kind, body.body), reason=body.reason, by_id=actor.id, by_name=actor.name, at=clock.now(),
        )
    )  # fmt: skip
    await session.flush()
    await trail.record(
        session, actor, "audit_profile:published", "audit_profile", f"{kind}.{key}", version=version,
        valid_from=str(body.valid_from), valid_to=str(body.valid_to or ""),
    )  # fmt: skip


@verb("audit_profile:edit", leaves="audit_profile:published", refuses=[ProfileBodyWrong, ProfileKeyTaken])
async def add_profile(session: AsyncSession, actor: Actor, body: ProfileNew) -> dict[str, Any]:
    """Publish the first version of a profile under a key of its own."""
    if (body.kind, body.key) in await reads.versions(session, actor):
        raise ProfileKeyTaken(key=body.key)
    await _publish(session, actor, body.kind, body.key, 1, body)
    return {"profile_id": f"{body.kind}.{body.key}", "version": 1}


@verb("audit_profile:edit", leaves="audit_profile:published", refuses=[NotFound, Stale, ProfileBodyWrong])
async def publish_profile(
    session: AsyncSession, actor: Actor, profile_id: str, body: ProfileVersionNew, *, version: int
) -> int:
    """Publish the version that follows ``version``, the newest; audits drawn before keep the one they had."""
    found = await reads.versions_of(session, actor, profile_id)
    newest = found[-1]
    if newest.version != version:
        raise Stale(current_version=newest.version)
    await _publish(session, actor, newest.kind, newest.key, version + 1, body)
    return version + 1
