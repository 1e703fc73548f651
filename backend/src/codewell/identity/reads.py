"""Who is calling, who works here, which machines have keys, and what the trail says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from codewell.identity import rules
from codewell.identity.actor import Actor
from codewell.identity.credentials import token_hash
from codewell.identity.models import ApiClient, Person, SignIn, Trust
from codewell.identity.rules import PeopleOnly, SignInEnded, permissions_of
from codewell.identity.schemas import (
    ApiClientOut,
    IssuerOut,
    MeOut,
    PeopleWanted,
    PersonCan,
    PersonOut,
    SignInOut,
    TrailActor,
    TrailLineOut,
    TrustOut,
)
from codewell.kit.clock import now
from codewell.kit.paging import BadCursor, Page, decode_cursor, encode_cursor, scope_of
from codewell.kit.problems import NotFound
from codewell.kit.verbs import verb
from codewell.settings import Settings

Found = Row[Any]  # Any: the columns of the statement beside it
IDLE_STEP = dt.timedelta(seconds=60)
"""How exactly the last use of a sign-in or key is kept: not every request is worth a write."""

_BY_TOKEN = text("""
select s.provider, s.sign_in_id, s.seen_at, s.expires_at, p.person_id, p.name, p.roles
from sign_in s join person p on p.provider = s.provider and p.person_id = s.person_id
where s.token_hash = :token_hash and s.ended_at is null and p.active
""")


def bears(person: str, reference: str) -> str:
    """Return the SQL condition that ``person``, a row of that name, bears a coder reference, however either is written.

    The one place that says so; case and outer blanks do not count. By ``uq_person_coder_ref`` it is one person at most.
    """
    return f"upper(trim({person}.coder_ref)) = upper(trim({reference}))"


@dataclass(frozen=True, slots=True)
class Present:
    """A caller who is signed in, and whether that is to be noted as a sign of life."""

    actor: Actor
    touch: bool


async def present_by_token(session: AsyncSession, token: str, settings: Settings, *, request_id: str) -> Present:
    """Return the person signed in with this cookie; SignInEnded when idle, expired, ended or deactivated.

    Roles are read each time, so a change takes effect with the next request.
    """
    row = (await session.execute(_BY_TOKEN, {"token_hash": token_hash(token)})).one_or_none()
    at = now()
    if row is None or at >= row.expires_at or at - row.seen_at >= dt.timedelta(minutes=settings.idle_minutes):
        raise SignInEnded()
    roles = frozenset(row.roles)
    actor = Actor(
        row.provider, "person", row.person_id, row.name, permissions_of(roles), request_id, roles, row.sign_in_id
    )
    return Present(actor, at - row.seen_at >= IDLE_STEP)


@verb(None, refuses=[PeopleOnly])
async def see_me(session: AsyncSession, actor: Actor, settings: Settings, csrf_token: str) -> MeOut:
    """Return who is signed in; PeopleOnly for a machine."""
    if actor.sign_in_id is None:
        raise PeopleOnly()
    trust = (await session.execute(select(Trust).where(Trust.provider == actor.provider))).scalar_one()
    found = select(SignIn).where(SignIn.provider == actor.provider, SignIn.sign_in_id == actor.sign_in_id)
    sign_in = (await session.execute(found)).scalar_one()
    return MeOut(
        person_id=actor.id,
        name=actor.name,
        roles=[r for r in rules.Role if r in actor.roles],
        role_label=rules.label_of(actor.roles),
        trust=TrustOut(provider=trust.provider, name=trust.name, synthetic=trust.synthetic),
        permissions=sorted(actor.permissions),
        csrf_token=csrf_token,
        idle_seconds=settings.idle_minutes * 60,
        expires_at=sign_in.expires_at,
    )


_SIGN_INS = text("""
select sign_in_id, method, browser, created_at, seen_at, expires_at
from sign_in
where provider = :provider and person_id = :person_id and ended_at is null and expires_at > :at
  and seen_at > :idle_since
order by created_at desc, sign_in_id desc limit 200
""")


@verb(None, refuses=[PeopleOnly])
async def list_my_sign_ins(session: AsyncSession, actor: Actor, settings: Settings) -> Page[SignInOut]:
    """Return one's own living sign-ins, newest first."""
    if actor.sign_in_id is None:
        raise PeopleOnly()
    return await _sign_ins(session, actor, actor.id, settings)


@verb("sign_in:end_any", refuses=[NotFound])
async def list_sign_ins_of(session: AsyncSession, actor: Actor, person_id: UUID, settings: Settings) -> Page[SignInOut]:
    """Return the living sign-ins of a person of the caller's Trust, newest first."""
    await one_person(session, actor, person_id)
    return await _sign_ins(session, actor, person_id, settings)


async def _sign_ins(session: AsyncSession, actor: Actor, person_id: UUID, settings: Settings) -> Page[SignInOut]:
    facts = {
        "provider": actor.provider,
        "person_id": person_id,
        "at": now(),
        "idle_since": now() - dt.timedelta(minutes=settings.idle_minutes),
    }
    rows = (await session.execute(_SIGN_INS, facts)).all()
    items = [SignInOut(**row._mapping, is_this=row.sign_in_id == actor.sign_in_id) for row in rows]
    return Page[SignInOut](items=items, next=None)


async def one_person(session: AsyncSession, actor: Actor, person_id: UUID, *, lock: bool = False) -> Person:
    """Return a person of the caller's Trust; NotFound otherwise."""
    found = select(Person).where(Person.provider == actor.provider, Person.person_id == person_id)
    person = (await session.execute(found.with_for_update() if lock else found)).scalar_one_or_none()
    if person is None:
        raise NotFound()
    return person


_PEOPLE = """
select p.person_id, p.username, p.name, p.roles, p.coder_ref, p.active, p.version, p.created_at, p.oidc_issuer,
       p.password_hash is not null as has_password,
       (select max(s.created_at) from sign_in s
        where s.provider = p.provider and s.person_id = p.person_id) as signed_in_at
from person p
where p.provider = :provider
"""
_ONE_PERSON = text(_PEOPLE + " and p.person_id = :person_id")
_PEOPLE_PAGE = text(
    _PEOPLE
    + """
  and (cast(:active as boolean) is null or p.active = :active)
  and (cast(:role as text) is null or :role = any(p.roles))
  and (cast(:after_name as text) is null or (p.name, p.person_id) > (:after_name, cast(:after_id as uuid)))
order by p.name, p.person_id limit :limit
"""
)


@verb("person:list", refuses=[NotFound])
async def see_person(session: AsyncSession, actor: Actor, person_id: UUID, settings: Settings) -> PersonOut:
    """Return a person of the caller's Trust; NotFound otherwise."""
    return await person_out(session, actor, person_id, settings)


async def person_out(session: AsyncSession, actor: Actor, person_id: UUID, settings: Settings) -> PersonOut:
    """Return a person as shown after a change to them."""
    facts = {"provider": actor.provider, "person_id": person_id}
    row = (await session.execute(_ONE_PERSON, facts)).one_or_none()
    if row is None:
        raise NotFound()
    return _person(row, actor, settings, await holders(session, actor))


@verb("person:list", refuses=[BadCursor])
async def list_people(session: AsyncSession, actor: Actor, wanted: PeopleWanted, settings: Settings) -> Page[PersonOut]:
    """Return a page of the people of the caller's Trust, by name."""
    scope = scope_of("list_people", actor.provider, wanted.active, wanted.role)
    name, person_id = decode_cursor(wanted.cursor, scope) if wanted.cursor else (None, None)
    facts = {
        "provider": actor.provider, "active": wanted.active, "role": wanted.role,
        "after_name": name, "after_id": None if person_id is None else UUID(person_id), "limit": wanted.limit + 1,
    }  # fmt: skip
    rows = (await session.execute(_PEOPLE_PAGE, facts)).all()
    counts = await holders(session, actor)
    last = rows[wanted.limit - 1] if len(rows) > wanted.limit else None
    return Page[PersonOut](
        items=[_person(row, actor, settings, counts) for row in rows[: wanted.limit]],
        next=encode_cursor([last.name, str(last.person_id)], scope) if last is not None else None,
    )


def _person(row: Found, actor: Actor, settings: Settings, counts: Mapping[str, int]) -> PersonOut:
    issuers = {i.issuer: i for i in settings.oidc_issuers if i.provider == actor.provider}
    issuer = None
    if row.oidc_issuer is not None:
        known = issuers.get(row.oidc_issuer)
        issuer = IssuerOut(
            issuer_id=known.issuer_id if known else "unknown",
            label=known.label if known else "An issuer no longer used here",
        )
    can = rules.what_can(
        actor.permissions,
        own=actor.id == row.person_id,
        active=row.active,
        local=settings.local_sign_in,
        last=rules.last_of(row.roles if row.active else (), counts),
    )
    return PersonOut(
        person_id=row.person_id,
        username=row.username,
        name=row.name,
        roles=[r for r in rules.Role if r in row.roles],
        role_label=rules.label_of(row.roles),
        coder_ref=row.coder_ref,
        active=row.active,
        has_password=row.has_password,
        issuer=issuer,
        signed_in_at=row.signed_in_at,
        created_at=row.created_at,
        version=row.version,
        can=PersonCan(**can),
    )


_HOLDERS = text("""
select role, count(*) as n from person p, unnest(p.roles) as role
where p.provider = :provider and p.active group by role
""")


async def holders(session: AsyncSession, actor: Actor) -> Mapping[str, int]:
    """Return how many active people of the caller's Trust hold each role."""
    return {row.role: row.n for row in await session.execute(_HOLDERS, {"provider": actor.provider})}


@verb("api_client:list", refuses=[BadCursor])
async def list_api_clients(
    session: AsyncSession, actor: Actor, *, limit: int, cursor: str | None
) -> Page[ApiClientOut]:
    """Return a page of the API clients of the caller's Trust, by name."""
    scope = scope_of("list_api_clients", actor.provider)
    found = select(ApiClient).where(ApiClient.provider == actor.provider)
    if cursor:
        found = found.where(ApiClient.name > decode_cursor(cursor, scope)[0])
    rows = (await session.execute(found.order_by(ApiClient.name).limit(limit + 1))).scalars().all()
    more = len(rows) > limit
    return Page[ApiClientOut](
        items=[client_out(row) for row in rows[:limit]],
        next=encode_cursor([rows[limit - 1].name], scope) if more else None,
    )


def client_out(client: ApiClient) -> ApiClientOut:
    """Return a client as shown: never with a hash of its key."""
    at = now()
    expired = client.expires_at is not None and client.expires_at <= at
    return ApiClientOut(
        client_id=client.client_id,
        name=client.name,
        scopes=[s for s in rules.ClientScope if s in client.scopes],
        key_id=client.key_id,
        state="revoked" if client.revoked_at is not None else "expired" if expired else "active",
        former_until=client.former_until if client.former_until is not None and client.former_until > at else None,
        expires_at=client.expires_at,
        revoked_at=client.revoked_at,
        last_used_at=client.last_used_at,
        created_at=client.created_at,
        version=client.version,
    )


async def one_client(session: AsyncSession, actor: Actor, client_id: UUID, *, lock: bool = False) -> ApiClient:
    """Return an API client of the caller's Trust; NotFound otherwise."""
    found = select(ApiClient).where(ApiClient.provider == actor.provider, ApiClient.client_id == client_id)
    client = (await session.execute(found.with_for_update() if lock else found)).scalar_one_or_none()
    if client is None:
        raise NotFound()
    return client


_TRAIL = """
select at, chain, no, actor_kind, actor_id, actor_name, tag, subject_kind, subject_id, patient_id, version, facts,
       request_id
from trail_line
where provider = :provider{where}
order by at desc, chain desc, no desc
limit :limit
"""
# Only what is asked for goes into the statement, so that each question finds its own index.
_TRAIL_WHERE = {
    "actor_id": "actor_id = :actor_id",
    "patient_id": "(patient_id = :patient_id or (subject_kind = 'patient' and subject_id = :patient_text))",
    "subject_id": "subject_id = :subject_id",
    "about": "(patient_id = any(cast(:patients as uuid[])) or subject_id = any(cast(:subjects as text[])))",
    "tag": "tag = :tag",
    "noun": "split_part(tag, ':', 1) = :noun",
    "past": "split_part(tag, ':', 2) = :past",
    "from_at": "at >= :from_at",
    "to_at": "at < :to_at",
}


async def list_trail(
    session: AsyncSession, actor: Actor, wanted: Mapping[str, Any], *, limit: int, cursor: str | None
) -> Page[TrailLineOut]:
    """Return a page of the trail of the caller's Trust, newest first.

    ``about`` is a pair of lists: ids of patients, whose lines of any kind are wanted, and ids of subjects.
    """
    asked = {name: value for name, value in wanted.items() if value is not None}
    scope = scope_of("search_trail", actor.provider, *(f"{k}={v}" for k, v in sorted(asked.items())))
    where = [_TRAIL_WHERE[name] for name in asked]
    facts: dict[str, Any] = {**asked, "provider": actor.provider, "limit": limit + 1}
    if "about" in asked:
        facts["patients"], facts["subjects"] = facts.pop("about")
    if "patient_id" in asked:
        facts["patient_text"] = str(asked["patient_id"])
    if cursor:
        at, chain, no = decode_cursor(cursor, scope)
        where.append("(at, chain, no) < (:after_at, cast(:after_chain as smallint), cast(:after_no as bigint))")
        facts |= {"after_at": dt.datetime.fromisoformat(at), "after_chain": chain, "after_no": no}
    statement = text(_TRAIL.format(where="".join(f" and {part}" for part in where)))
    rows = (await session.execute(statement, facts)).all()
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return Page[TrailLineOut](
        items=[_line(row) for row in rows[:limit]],
        next=encode_cursor([last.at.isoformat(), last.chain, last.no], scope) if last is not None else None,
    )


def _line(row: Found) -> TrailLineOut:
    return TrailLineOut(
        at=row.at,
        line=f"{row.chain}-{row.no}",
        actor=TrailActor(kind=row.actor_kind, actor_id=row.actor_id, name=row.actor_name),
        tag=row.tag,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        patient_id=row.patient_id,
        version=row.version,
        facts=row.facts,
        request_id=row.request_id,
    )
