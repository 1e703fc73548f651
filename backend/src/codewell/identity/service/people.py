"""Who works here: added, given roles, linked to an account, closed and opened again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from codewell.identity import credentials, reads, rules
from codewell.identity.actor import Actor
from codewell.identity.models import OidcStranger, Person, Trust
from codewell.identity.rules import (
    CoderRefTaken,
    IdentityTaken,
    LastOfItsKind,
    LinkUnknown,
    LocalAccountsOff,
    NotThatWay,
    OwnAccount,
    OwnRoles,
    PeopleOnly,
    Permission,
    RolesKeptApart,
    TooBusyToCheck,
    UsernameTaken,
    WeakPassword,
    WrongPassword,
)
from codewell.identity.service.sign_ins import end_all
from codewell.kit.clock import now
from codewell.kit.ids import uuid7
from codewell.kit.problems import NotFound, Stale
from codewell.kit.verbs import verb
from codewell.settings import Settings
from codewell.trail import service as trail


@dataclass(frozen=True, slots=True)
class AccountLink:
    """The account at an issuer that is to be a person's: named in full, or by the reference they were shown."""

    issuer_id: str | None = None
    subject: str | None = None
    reference: str | None = None


@dataclass(slots=True)
class SharedPassword:
    """A password that several people are given, made slow to guess once for all of them; checked for each."""

    password: str = field(repr=False)
    _hash: str | None = field(default=None, init=False, repr=False)

    async def hashed(self) -> str:
        """Return what is kept of it."""
        if self._hash is None:
            self._hash = await credentials.hash_password(self.password)
        return self._hash


async def open_trust(session: AsyncSession, provider: str, name: str, *, synthetic: bool) -> Trust:
    """Add a Trust; used once, when an installation is set up."""
    trust = Trust(provider=provider, name=name, synthetic=synthetic, created_at=now())
    session.add(trust)
    await session.flush()
    return trust


@verb(
    "person:add",
    leaves="person:added",
    refuses=[UsernameTaken, CoderRefTaken, IdentityTaken, RolesKeptApart, LocalAccountsOff, WeakPassword, LinkUnknown],
)
async def add_person(
    session: AsyncSession,
    actor: Actor,
    *,
    username: str,
    name: str,
    roles: list[str],
    password: str | SharedPassword | None = None,
    coder_ref: str | None = None,
    link: AccountLink | None = None,
    settings: Settings | None = None,
) -> Person:
    """Add a person to the actor's Trust; they can sign in once they have a password or a linked account."""
    rules.check_roles(roles)
    rules.check_appointment(actor.may(Permission.person_appoint), roles)
    username = username.strip().lower()
    await _one_at_a_time(session, actor)
    if await _taken(session, Person.provider == actor.provider, Person.username == username):
        raise UsernameTaken()
    person = Person(
        provider=actor.provider,
        person_id=uuid7(),
        username=username,
        name=name,
        roles=sorted(set(roles)),
        active=True,
        version=1,
        created_at=now(),
    )
    await _give_coder_ref(session, person, coder_ref)
    if password is not None:
        await _set_password(person, password, settings)
    if link is not None:
        await _link(session, person, link, settings)
    session.add(person)
    await session.flush()
    await trail.record(session, actor, "person:added", "person", person.person_id, version=1, roles=person.roles)
    return person


@verb(
    "person:edit",
    leaves="person:edited",
    refuses=[
        NotFound, Stale, CoderRefTaken, IdentityTaken, RolesKeptApart, OwnRoles, OwnAccount, LastOfItsKind, LinkUnknown,
    ],
)  # fmt: skip
async def edit_person(
    session: AsyncSession,
    actor: Actor,
    person_id: UUID,
    *,
    version: int,
    changes: Mapping[str, Any],
    settings: Settings | None = None,
) -> Person:
    """Change what is in ``changes`` (name, roles, coder_ref, link); other roles hold from the person's next request."""
    await _one_at_a_time(session, actor)
    person = await reads.one_person(session, actor, person_id, lock=True)
    rules.same_version(person.version, version)
    before = list(person.roles)
    if "roles" in changes:
        after = sorted(set(changes["roles"]))
        rules.check_roles(after)
        rules.check_own_roles(actor.id, person_id, before, after)
        rules.check_appointment(actor.may(Permission.person_appoint), set(after) - set(before))
        if person.active:
            await _not_the_last(session, actor, person, set(before) - set(after))
        person.roles = after
    if "name" in changes:
        person.name = changes["name"]
    if "coder_ref" in changes:
        await _give_coder_ref(session, person, changes["coder_ref"])
    if "link" in changes:
        if actor.id == person_id:
            raise OwnAccount()
        await _link(session, person, changes["link"] or AccountLink(), settings)
        await end_all(session, person.provider, person.person_id)
    person.version += 1
    session.add(person)
    await session.flush()
    facts: dict[str, Any] = {"roles_before": before, "roles": person.roles} if before != person.roles else {}
    await trail.record(
        session, actor, "person:edited", "person", person_id, version=person.version, changed=sorted(changes), **facts
    )
    return person


@verb(
    "person:deactivate", leaves="person:deactivated", refuses=[NotFound, Stale, NotThatWay, OwnAccount, LastOfItsKind]
)
async def deactivate_person(session: AsyncSession, actor: Actor, person_id: UUID, *, version: int) -> Person:
    """Close a person's account: every sign-in of theirs ends with this transaction."""
    await _one_at_a_time(session, actor)
    person = await reads.one_person(session, actor, person_id, lock=True)
    rules.same_version(person.version, version)
    if not person.active:
        raise NotThatWay("The account is closed already.")
    if actor.id == person_id:
        raise OwnAccount()
    await _not_the_last(session, actor, person, set(person.roles))
    person.active = False
    person.version += 1
    ended = await end_all(session, person.provider, person.person_id)
    session.add(person)
    await session.flush()
    await trail.record(
        session, actor, "person:deactivated", "person", person_id, version=person.version, sign_ins_ended=ended
    )
    return person


@verb("person:deactivate", leaves="person:reactivated", refuses=[NotFound, Stale, NotThatWay])
async def reactivate_person(session: AsyncSession, actor: Actor, person_id: UUID, *, version: int) -> Person:
    """Open a closed account again, with the roles it had."""
    person = await reads.one_person(session, actor, person_id, lock=True)
    rules.same_version(person.version, version)
    if person.active:
        raise NotThatWay("The account is open.")
    person.active = True
    person.version += 1
    session.add(person)
    await session.flush()
    await trail.record(
        session, actor, "person:reactivated", "person", person_id, version=person.version, roles=person.roles
    )
    return person


@verb(
    "person:reset_password",
    leaves="person:password_reset",
    refuses=[NotFound, Stale, NotThatWay, OwnAccount, LocalAccountsOff],
)
async def reset_password(
    session: AsyncSession, actor: Actor, person_id: UUID, *, version: int, settings: Settings | None = None
) -> tuple[Person, str]:
    """Give a person a new random password, returned this once; every sign-in of theirs ends."""
    person = await reads.one_person(session, actor, person_id, lock=True)
    rules.same_version(person.version, version)
    if actor.id == person_id:
        raise OwnAccount("Change your own password with the one you have.")
    if not person.active:
        raise NotThatWay("The account is closed.")
    password = credentials.temporary_password()
    await _set_password(person, password, settings)
    person.version += 1
    await end_all(session, person.provider, person.person_id)
    session.add(person)
    await session.flush()
    await trail.record(session, actor, "person:password_reset", "person", person_id, version=person.version)
    return person, password


@verb(
    None,
    leaves="person:password_changed",
    refuses=[PeopleOnly, WrongPassword, WeakPassword, LocalAccountsOff, TooBusyToCheck],
)
async def change_password(
    session: AsyncSession, actor: Actor, *, current: str, new: str, settings: Settings | None = None
) -> None:
    """Change one's own password; every other sign-in of this person ends."""
    if actor.sign_in_id is None:
        raise PeopleOnly()
    person = await reads.one_person(session, actor, actor.id, lock=True)
    if not await credentials.password_matches(current, person.password_hash):
        raise WrongPassword(errors=[{"pointer": "/body/current", "detail": "is not your present password"}])
    await _set_password(person, new, settings, field="new")
    person.version += 1
    session.add(person)
    await end_all(session, person.provider, person.person_id, but=actor.sign_in_id)
    await session.flush()
    await trail.record(session, actor, "person:password_changed", "person", person.person_id, version=person.version)


async def _one_at_a_time(session: AsyncSession, actor: Actor) -> None:
    # Two people who take each other's role away at once would both see the other as the last one left.
    await session.execute(
        text("select pg_advisory_xact_lock(hashtextextended('people:' || :provider, 0))"), {"provider": actor.provider}
    )


async def _taken(session: AsyncSession, *where: Any) -> bool:  # Any: SQL conditions
    return (await session.execute(select(Person.person_id).where(*where).limit(1))).first() is not None


async def _not_the_last(session: AsyncSession, actor: Actor, person: Person, leaving: set[str]) -> None:
    rules.check_not_last(leaving & set(person.roles), await reads.holders(session, actor))


async def _give_coder_ref(session: AsyncSession, person: Person, coder_ref: str | None) -> None:
    coder_ref = (coder_ref or "").strip() or None
    if coder_ref is not None and await _taken(
        session,
        Person.provider == person.provider,
        text(reads.bears("person", ":coder_ref")).bindparams(coder_ref=coder_ref),
        Person.person_id != person.person_id,
    ):
        raise CoderRefTaken()
    person.coder_ref = coder_ref


async def _set_password(
    person: Person, password: str | SharedPassword, settings: Settings | None, field: str = "password"
) -> None:
    if settings is not None and not settings.local_sign_in:
        raise LocalAccountsOff()
    shared = password if isinstance(password, SharedPassword) else SharedPassword(password)
    rules.check_password(shared.password, person.username, field)
    person.password_hash = await shared.hashed()


async def _link(session: AsyncSession, person: Person, link: AccountLink, settings: Settings | None) -> None:
    issuer, subject = None, None
    if link.reference is not None:
        found = (
            await session.execute(
                select(OidcStranger).where(
                    OidcStranger.provider == person.provider,
                    OidcStranger.reference == link.reference.strip().upper(),
                    OidcStranger.expires_at > now(),
                )
            )
        ).scalar_one_or_none()
        if found is None:
            raise LinkUnknown(errors=[{"pointer": "/body/link/reference", "detail": "is unknown or too old"}])
        issuer, subject = found.oidc_issuer, found.oidc_subject
    elif link.subject is not None:
        issuers = settings.oidc_issuers if settings is not None else []
        fitting = [i for i in issuers if i.issuer_id == link.issuer_id and i.provider == person.provider]
        if not fitting:
            raise LinkUnknown(errors=[{"pointer": "/body/link/issuer_id", "detail": "is not an issuer of this Trust"}])
        issuer, subject = fitting[0].issuer, link.subject
    if subject is not None and await _taken(
        session,
        Person.oidc_issuer == issuer,
        Person.oidc_subject == subject,
        Person.person_id != person.person_id,
    ):
        raise IdentityTaken()
    person.oidc_issuer, person.oidc_subject = issuer, subject
    if subject is not None:
        await session.execute(
            delete(OidcStranger).where(
                col(OidcStranger.oidc_issuer) == issuer, col(OidcStranger.oidc_subject) == subject
            )
        )
