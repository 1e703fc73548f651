"""Signing in and out: by password, by an issuer, and ended by oneself, a manager or the clock."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from codewell.identity import credentials, reads, throttle
from codewell.identity.actor import Actor, Stranger
from codewell.identity.models import OidcState, OidcStranger, Person, SignIn, SignInGuess
from codewell.identity.rules import (
    REFERENCE_LIVES,
    LocalAccountsOff,
    PeopleOnly,
    SignInRefused,
    TooBusyToCheck,
    TooManyTries,
    permissions_of,
)
from codewell.kit.clock import now
from codewell.kit.ids import uuid7
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb
from codewell.settings import OidcIssuer, Settings
from codewell.trail import service as trail

STATE_LIVES = dt.timedelta(minutes=10)
ADDRESS_TRIES = 40


@dataclass(frozen=True, slots=True)
class Opened:
    """A new sign-in with its token, which is shown to nobody but the browser."""

    actor: Actor
    sign_in: SignIn
    token: str


async def open_sign_in(
    session: AsyncSession, person: Person, settings: Settings, *, method: str, browser: str
) -> tuple[SignIn, str]:
    """Start a sign-in and return it with its token; each has a new token and a new id."""
    token, at = credentials.new_token(), now()
    sign_in = SignIn(
        provider=person.provider,
        sign_in_id=uuid7(),
        token_hash=credentials.token_hash(token),
        person_id=person.person_id,
        method=method,
        browser="".join(c for c in browser[:200] if c.isprintable()),
        created_at=at,
        seen_at=at,
        expires_at=at + dt.timedelta(hours=settings.absolute_hours),
    )
    session.add(sign_in)
    await session.flush()
    return sign_in, token


@verb(None, leaves="sign_in:opened", refuses=[SignInRefused, TooManyTries, LocalAccountsOff, TooBusyToCheck])
async def open_for(
    session: AsyncSession,
    stranger: Stranger,
    person: Person,
    settings: Settings,
    *,
    method: str,
    replaces: str | None,
    **facts: Any,
) -> Opened:
    """Sign in a person who has proved who they are; ``replaces`` is the token this browser held until now."""
    sign_in, token = await open_sign_in(session, person, settings, method=method, browser=stranger.browser)
    if replaces:
        ended = update(SignIn).where(
            col(SignIn.token_hash) == credentials.token_hash(replaces), col(SignIn.ended_at).is_(None)
        )
        await session.execute(ended.values(ended_at=now()))
    roles = frozenset(person.roles)
    actor = Actor(
        person.provider, "person", person.person_id, person.name, permissions_of(roles), stranger.request_id, roles,
        sign_in.sign_in_id,
    )  # fmt: skip
    await trail.record(session, actor, "sign_in:opened", "sign_in", sign_in.sign_in_id, method=method, **facts)
    return Opened(actor, sign_in, token)


async def sign_in_with_password(
    session: AsyncSession,
    stranger: Stranger,
    settings: Settings,
    *,
    username: str,
    password: str,
    provider: str | None = None,
    replaces: str | None = None,
) -> Opened | SignInRefused | TooManyTries:
    """Sign a person in by user name and password; the same answer, as slowly, for an account that does not exist.

    A refusal is returned and not raised: the count of wrong tries must be committed with it.
    """
    if not settings.local_sign_in:
        raise LocalAccountsOff()
    username = username.strip().lower()
    account = _guess_name(settings, "account", f"{provider or ''}/{username}")
    address = _guess_name(settings, "address", stranger.address)
    # One try at a time for each account, or a hundred sent at once would all count as the first; and the count is read
    # only then, or the last one's would be missed.
    alone = await session.execute(
        text("select pg_try_advisory_xact_lock(:k)"), {"k": int.from_bytes(account[:8], "big", signed=True)}
    )
    if not alone.scalar_one():
        return _too_many(dt.timedelta(seconds=1))
    seen = {g.name_hash: g for g in await _guesses(session, account, address)}
    wait = max((g.wait_until for g in seen.values() if g.wait_until is not None), default=None)
    if wait is not None and wait > now():
        return _too_many(wait - now())
    found = select(Person).where(Person.username == username, col(Person.active).is_(True)).limit(2)
    if provider is not None:
        found = found.where(Person.provider == provider)
    people = (await session.execute(found)).scalars().all()
    person = people[0] if len(people) == 1 else None
    if not await credentials.password_matches(password, person.password_hash if person else None) or person is None:
        await _wrong(session, account, throttle.FREE_TRIES)
        await _wrong(session, address, ADDRESS_TRIES)
        return SignInRefused()
    before = seen[account].failures if account in seen else 0
    await session.execute(delete(SignInGuess).where(col(SignInGuess.name_hash) == account))
    # Many people share an address: the good ones among them make up for mistyped passwords.
    await session.execute(
        update(SignInGuess)
        .where(col(SignInGuess.name_hash) == address)
        .values(failures=col(SignInGuess.failures) / 2, wait_until=None)
    )
    return await open_for(
        session, stranger, person, settings, method="local", replaces=replaces, wrong_tries_before=before
    )


def _too_many(wait: dt.timedelta) -> TooManyTries:
    seconds = max(1, -int(-wait.total_seconds() // 1))
    return TooManyTries(f"Try again in {seconds} seconds.", headers={"Retry-After": str(seconds)}, seconds=seconds)


def _guess_name(settings: Settings, kind: str, name: str) -> bytes:
    key = settings.secret.get_secret_value().encode()
    return hmac.new(key, f"guess:{kind}:{name}".encode(), hashlib.sha256).digest()


async def _guesses(session: AsyncSession, *names: bytes) -> Sequence[SignInGuess]:
    recent = now() - throttle.FORGET_AFTER
    found = select(SignInGuess).where(col(SignInGuess.name_hash).in_(names), col(SignInGuess.at) > recent)
    return (await session.execute(found)).scalars().all()


_WRONG = text("""
insert into sign_in_guess as g (name_hash, failures, at) values (:name, 1, :at)
on conflict (name_hash) do update
set failures = case when g.at > :recent then g.failures + 1 else 1 end, at = excluded.at, wait_until = null
returning failures
""")


async def _wrong(session: AsyncSession, name: bytes, free: int) -> None:
    # Counted by the database: people who share an address may mistype at the same moment.
    at = now()
    facts = {"name": name, "at": at, "recent": at - throttle.FORGET_AFTER}
    failures = (await session.execute(_WRONG, facts)).scalar_one()
    waits = update(SignInGuess).where(col(SignInGuess.name_hash) == name)
    await session.execute(waits.values(wait_until=at + throttle.wait_after(failures, free)))
    await session.execute(delete(SignInGuess).where(col(SignInGuess.at) < at - dt.timedelta(days=1)))


@verb(None)
async def send_to_issuer(
    session: AsyncSession, stranger: Stranger, *, issuer_id: str, after: str, browser_token: str
) -> tuple[str, str, str]:
    """Remember a sign-in that leaves for an issuer; return its state, nonce and PKCE verifier."""
    state, nonce, verifier = credentials.new_token(), credentials.new_token(), credentials.new_token()
    await session.execute(delete(OidcState).where(col(OidcState.expires_at) < now()))
    session.add(
        OidcState(
            state_hash=credentials.token_hash(state),
            browser_hash=credentials.token_hash(browser_token),
            issuer_id=issuer_id,
            nonce=nonce,
            verifier=verifier,
            go_to=after,
            expires_at=now() + STATE_LIVES,
        )
    )
    await session.flush()
    return state, nonce, verifier


async def take_oidc_state(session: AsyncSession, *, state: str, browser_token: str) -> OidcState | None:
    """Return what was remembered for this state and browser, once; None for another browser, again, or too late."""
    taken = (
        delete(OidcState)
        .where(
            col(OidcState.state_hash) == credentials.token_hash(state),
            col(OidcState.browser_hash) == credentials.token_hash(browser_token),
            col(OidcState.expires_at) > now(),
        )
        .returning(OidcState)
    )
    return (await session.execute(taken)).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Unknown:
    """An account that the issuer vouches for and nobody here is linked to; ``reference`` is for the manager."""

    reference: str


class Closed:
    """The person's account here is closed."""


async def sign_in_with_account(
    session: AsyncSession,
    stranger: Stranger,
    settings: Settings,
    issuer: OidcIssuer,
    *,
    subject: str,
    replaces: str | None = None,
) -> Opened | Unknown | Closed:
    """Sign in the person linked to this issuer and subject; an unknown account gets a reference to be linked by."""
    found = select(Person).where(
        Person.provider == issuer.provider, Person.oidc_issuer == issuer.issuer, Person.oidc_subject == subject
    )
    person = (await session.execute(found)).scalar_one_or_none()
    if person is None:
        return Unknown(await _reference_for(session, issuer, subject))
    if not person.active:
        return Closed()
    return await open_for(
        session, stranger, person, settings, method="oidc", replaces=replaces, issuer=issuer.issuer_id
    )


async def _reference_for(session: AsyncSession, issuer: OidcIssuer, subject: str) -> str:
    await session.execute(delete(OidcStranger).where(col(OidcStranger.expires_at) < now()))
    row = insert(OidcStranger).values(
        oidc_issuer=issuer.issuer,
        oidc_subject=subject,
        provider=issuer.provider,
        reference=credentials.reference(),
        expires_at=now() + REFERENCE_LIVES,
    )
    kept = row.on_conflict_do_update(
        index_elements=["oidc_issuer", "oidc_subject"],
        set_={"provider": issuer.provider, "expires_at": now() + REFERENCE_LIVES},
    )
    reference: str = (await session.execute(kept.returning(col(OidcStranger.reference)))).scalar_one()
    return reference


@verb(None, leaves="sign_in:ended", refuses=[PeopleOnly])
async def sign_out(session: AsyncSession, actor: Actor) -> None:
    """End the sign-in of this request."""
    if actor.sign_in_id is None:
        raise PeopleOnly()
    await end_my_sign_in(session, actor, actor.sign_in_id)


@verb(None, leaves="sign_in:ended", refuses=[NotFound, PeopleOnly])
async def end_my_sign_in(session: AsyncSession, actor: Actor, sign_in_id: UUID) -> None:
    """End one sign-in of one's own."""
    if actor.sign_in_id is None:
        raise PeopleOnly()
    ended = (
        update(SignIn)
        .where(
            col(SignIn.provider) == actor.provider,
            col(SignIn.person_id) == actor.id,
            col(SignIn.sign_in_id) == sign_in_id,
            col(SignIn.ended_at).is_(None),
        )
        .values(ended_at=now())
        .returning(col(SignIn.sign_in_id))
    )
    if (await session.execute(ended)).first() is None:
        raise NotFound()
    await trail.record(session, actor, "sign_in:ended", "sign_in", sign_in_id)


@verb("sign_in:end_any", leaves="sign_in:all_ended", refuses=[NotFound])
async def end_sign_ins_of(session: AsyncSession, actor: Actor, person_id: UUID) -> int:
    """End every sign-in of a person of the Trust; return how many there were."""
    person = await reads.one_person(session, actor, person_id)
    ended = await end_all(session, person.provider, person.person_id)
    await trail.record(session, actor, "sign_in:all_ended", "person", person_id, sign_ins_ended=ended)
    return ended


async def end_all(session: AsyncSession, provider: str, person_id: UUID, *, but: UUID | None = None) -> int:
    """End every sign-in of a person, but one where given; return how many there were."""
    ended = update(SignIn).where(
        col(SignIn.provider) == provider, col(SignIn.person_id) == person_id, col(SignIn.ended_at).is_(None)
    )
    if but is not None:
        ended = ended.where(col(SignIn.sign_in_id) != but)
    return len((await session.execute(ended.values(ended_at=now()).returning(col(SignIn.sign_in_id)))).all())


_SEEN = text("update sign_in set seen_at = :at where provider = :provider and sign_in_id = :id and seen_at < :at")
_USED = text("update api_client set last_used_at = :at where provider = :provider and client_id = :id")


async def touch_sign_in(session: AsyncSession, actor: Actor) -> None:
    """Note that a sign-in is in use: the idle limit counts from here."""
    await session.execute(_SEEN, {"at": now(), "provider": actor.provider, "id": actor.sign_in_id})


async def touch_client(session: AsyncSession, actor: Actor) -> None:
    """Note when a client's key was last used."""
    await session.execute(_USED, {"at": now(), "provider": actor.provider, "id": actor.id})
