"""Sign-in, people and API clients over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.routing import APIRoute

from codewell.identity import journey, reads, service
from codewell.identity.doors import IfMatch, Knocking, Me, Session, TheSettings, csrf_token, same_origin
from codewell.identity.rules import CsrfMissing
from codewell.identity.schemas import (
    ApiClientNew,
    ApiClientOut,
    ApiClientRotate,
    ApiKeyOut,
    DemoSignInOut,
    EndedOut,
    IssuerOut,
    LinkNew,
    MeOut,
    PageWanted,
    PasswordChange,
    PasswordOut,
    PeopleWanted,
    PersonEdit,
    PersonNew,
    PersonOut,
    SignInNew,
    SignInOptions,
    SignInOut,
)
from codewell.identity.ways import COOKIE
from codewell.kit.http import StrictRoute, problem_response
from codewell.kit.paging import Page
from codewell.kit.problems import Problem, ProblemDocument
from codewell.kit.verbs import operation

router = APIRouter(route_class=StrictRoute)
doors = APIRouter(tags=["sign-in"], route_class=StrictRoute)
# An issuer may add parameters of its own to the callback (``session_state``, ``scope``): these two read what they need.
issuers = APIRouter(prefix="/sign-in/oidc", tags=["sign-in"], route_class=APIRoute)
people = APIRouter(prefix="/people", tags=["people"], route_class=StrictRoute)
clients = APIRouter(prefix="/api-clients", tags=["api clients"], route_class=StrictRoute)

PUBLIC: dict[str, Any] = {"x-permission": None, "x-public": True, "x-trail": None}  # Any: JSON
_REFUSALS: dict[int | str, dict[str, Any]] = {status: {"model": ProblemDocument} for status in (400, 422, 503)}


@doors.get("/sign-in/options", responses=_REFUSALS, openapi_extra=PUBLIC)
async def see_sign_in_options(settings: TheSettings) -> SignInOptions:
    """Say which ways to sign in there are here."""
    listed = [IssuerOut(issuer_id=i.issuer_id, label=i.label) for i in settings.oidc_issuers]
    demo = [DemoSignInOut(**d.model_dump()) for d in settings.demo_sign_ins if settings.local_sign_in]
    return SignInOptions(local_accounts=settings.local_sign_in, issuers=listed, demo_sign_ins=demo)


_sign_in = operation(service.open_for)


@doors.post(
    "/sign-in",
    response_model=MeOut,
    responses={**_sign_in["responses"], 403: {"model": ProblemDocument}},
    openapi_extra={**_sign_in["openapi_extra"], "x-public": True},
)
async def sign_in(
    request: Request, response: Response, session: Session, stranger: Knocking, settings: TheSettings, body: SignInNew
) -> MeOut | Response:
    """Sign in with a local account; a new session cookie each time."""
    if not same_origin(request):
        raise CsrfMissing()
    opened = await service.sign_in_with_password(
        session, stranger, settings, **body.model_dump(), replaces=request.cookies.get(COOKIE)
    )
    if isinstance(opened, Problem):
        return problem_response(request, opened)
    journey.give_cookie(response, COOKIE, opened.token)
    return await reads.see_me(session, opened.actor, settings, csrf_token(settings, opened.actor.sign_in_id))


@doors.post("/sign-out", status_code=204, **operation(service.sign_out))
async def sign_out(response: Response, session: Session, me: Me) -> None:
    """End this sign-in, here and on the server."""
    await service.sign_out(session, me)
    journey.take_cookie(response, COOKIE)


@doors.get("/me", **operation(reads.see_me))
async def read_me(session: Session, me: Me, settings: TheSettings) -> MeOut:
    """Say who is signed in, what they may do and for how long."""
    return await reads.see_me(session, me, settings, csrf_token(settings, me.sign_in_id))


@doors.get("/me/sign-ins", **operation(reads.list_my_sign_ins))
async def list_my_sign_ins(session: Session, me: Me, settings: TheSettings) -> Page[SignInOut]:
    """List where one is signed in."""
    return await reads.list_my_sign_ins(session, me, settings)


@doors.post("/me/sign-ins/{sign_in_id}/end", status_code=204, **operation(service.end_my_sign_in))
async def end_my_sign_in(session: Session, me: Me, sign_in_id: UUID) -> None:
    """Sign out another browser of one's own."""
    await service.end_my_sign_in(session, me, sign_in_id)


@doors.post("/me/change-password", status_code=204, **operation(service.change_password))
async def change_my_password(session: Session, me: Me, settings: TheSettings, body: PasswordChange) -> None:
    """Change one's own local password; every other sign-in of one's own ends."""
    await service.change_password(session, me, current=body.current, new=body.new, settings=settings)


@issuers.get("/{issuer_id}/start", status_code=303, response_class=Response, openapi_extra=PUBLIC,
             responses={404: {"model": ProblemDocument}, **_REFUSALS})  # fmt: skip
async def start_oidc_sign_in(
    request: Request, stranger: Knocking, issuer_id: str, after: Annotated[str | None, Query()] = None
) -> Response:
    """Send the browser to an issuer to sign in; ``after`` is the page of ours to come back to."""
    return await journey.start(request, stranger, issuer_id, after)


@issuers.get("/callback", status_code=303, response_class=Response, openapi_extra=PUBLIC, responses=_REFUSALS)
async def finish_oidc_sign_in(request: Request, stranger: Knocking) -> Response:
    """Take the browser back from an issuer: signed in, or to the sign-in page with one word of why not."""
    return await journey.finish(request, stranger)


def _link(link: LinkNew | None) -> service.AccountLink | None:
    return None if link is None else service.AccountLink(**link.model_dump())


@people.get("", **operation(reads.list_people))
async def list_people(
    session: Session, me: Me, settings: TheSettings, wanted: Annotated[PeopleWanted, Query()]
) -> Page[PersonOut]:
    """List the people of this Trust."""
    return await reads.list_people(session, me, wanted, settings)


@people.post("", status_code=201, **operation(service.add_person))
async def add_person(session: Session, me: Me, settings: TheSettings, body: PersonNew) -> PersonOut:
    """Add a person to this Trust."""
    given = body.model_dump(exclude={"link"})
    person = await service.add_person(session, me, **given, link=_link(body.link), settings=settings)
    return await reads.person_out(session, me, person.person_id, settings)


@people.get("/{person_id}", **operation(reads.see_person))
async def see_person(session: Session, me: Me, settings: TheSettings, person_id: UUID) -> PersonOut:
    """Show one person."""
    return await reads.see_person(session, me, person_id, settings)


@people.patch("/{person_id}", **operation(service.edit_person))
async def edit_person(
    session: Session, me: Me, settings: TheSettings, person_id: UUID, version: IfMatch, body: PersonEdit
) -> PersonOut:
    """Change a person's name, roles, coder reference or linked account."""
    changes = body.model_dump(exclude_unset=True) | (
        {"link": _link(body.link)} if "link" in body.model_fields_set else {}
    )
    await service.edit_person(session, me, person_id, version=version, changes=changes, settings=settings)
    return await reads.person_out(session, me, person_id, settings)


@people.post("/{person_id}/deactivate", **operation(service.deactivate_person))
async def deactivate_person(
    session: Session, me: Me, settings: TheSettings, person_id: UUID, version: IfMatch
) -> PersonOut:
    """Close a person's account; they are signed out everywhere at once."""
    await service.deactivate_person(session, me, person_id, version=version)
    return await reads.person_out(session, me, person_id, settings)


@people.post("/{person_id}/reactivate", **operation(service.reactivate_person))
async def reactivate_person(
    session: Session, me: Me, settings: TheSettings, person_id: UUID, version: IfMatch
) -> PersonOut:
    """Open a closed account again."""
    await service.reactivate_person(session, me, person_id, version=version)
    return await reads.person_out(session, me, person_id, settings)


@people.post("/{person_id}/reset-password", **operation(service.reset_password))
async def reset_password(
    session: Session, me: Me, settings: TheSettings, person_id: UUID, version: IfMatch
) -> PasswordOut:
    """Give a person a new random password, shown this once."""
    _, password = await service.reset_password(session, me, person_id, version=version, settings=settings)
    return PasswordOut(person=await reads.person_out(session, me, person_id, settings), password=password)


@people.get("/{person_id}/sign-ins", **operation(reads.list_sign_ins_of))
async def list_sign_ins(session: Session, me: Me, settings: TheSettings, person_id: UUID) -> Page[SignInOut]:
    """List where a person is signed in."""
    return await reads.list_sign_ins_of(session, me, person_id, settings)


@people.post("/{person_id}/end-sign-ins", **operation(service.end_sign_ins_of))
async def end_sign_ins(session: Session, me: Me, person_id: UUID) -> EndedOut:
    """Sign a person out everywhere."""
    return EndedOut(ended=await service.end_sign_ins_of(session, me, person_id))


@clients.get("", **operation(reads.list_api_clients))
async def list_api_clients(session: Session, me: Me, wanted: Annotated[PageWanted, Query()]) -> Page[ApiClientOut]:
    """List the API clients of this Trust."""
    return await reads.list_api_clients(session, me, limit=wanted.limit, cursor=wanted.cursor)


@clients.post("", status_code=201, **operation(service.add_client))
async def add_api_client(session: Session, me: Me, body: ApiClientNew) -> ApiKeyOut:
    """Add an API client; its key is shown this once."""
    made = await service.add_client(session, me, **body.model_dump())
    return ApiKeyOut(client=reads.client_out(made.client), key=made.key, secret=made.secret)


@clients.post("/{client_id}/rotate", **operation(service.rotate_client))
async def rotate_api_client(
    session: Session, me: Me, client_id: UUID, version: IfMatch, body: ApiClientRotate
) -> ApiKeyOut:
    """Give a client a new key, shown this once; the former one may overlap for a while."""
    made = await service.rotate_client(session, me, client_id, version=version, **body.model_dump())
    return ApiKeyOut(client=reads.client_out(made.client), key=made.key, secret=made.secret)


@clients.post("/{client_id}/revoke", **operation(service.revoke_client))
async def revoke_api_client(session: Session, me: Me, client_id: UUID) -> ApiClientOut:
    """Stop a client's keys at once and for good."""
    return reads.client_out(await service.revoke_client(session, me, client_id))


for part in (doors, issuers, people, clients):
    router.include_router(part)
