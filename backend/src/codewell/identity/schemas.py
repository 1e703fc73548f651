"""Wire shapes of sign-in, people, API clients and the trail."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StringConstraints, model_validator

from codewell.identity.rules import Can, ClientScope, Role
from codewell.kit.paging import LIMIT_DEFAULT, Limit
from codewell.kit.wire import ShortLine, WireIn, WireOut, clean


def _some(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


Name = Annotated[ShortLine, AfterValidator(_some)]
Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$")]
Password = Annotated[str, StringConstraints(max_length=200), AfterValidator(clean)]
Roles = Annotated[list[Role], Field(min_length=1, max_length=len(Role))]


class IssuerOut(WireOut):
    """An organisation's sign-in to choose."""

    issuer_id: str
    label: str


class DemoSignInOut(WireOut):
    """An account of a synthetic Trust to try things out with; never in production."""

    role: str
    username: str
    password: str


class SignInOptions(WireOut):
    """The ways to sign in here."""

    local_accounts: bool
    issuers: list[IssuerOut]
    demo_sign_ins: list[DemoSignInOut]


class SignInNew(WireIn):
    """A user name and password; ``provider`` only where one user name is known in several Trusts."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"username": "nobody", "password": "not the password"}]})

    username: Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(clean)]
    password: Password
    provider: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{3,6}$")] | None = None


class TrustOut(WireOut):
    """The Trust a person works for."""

    provider: str
    name: str
    synthetic: bool


class MeOut(WireOut):
    """Who is signed in, what they may do, and for how long."""

    person_id: UUID
    name: str
    roles: list[Role]
    role_label: str
    trust: TrustOut
    permissions: list[str]
    csrf_token: str
    idle_seconds: int
    expires_at: dt.datetime


class SignInOut(WireOut):
    """One signed-in browser."""

    sign_in_id: UUID
    method: Literal["local", "oidc"]
    browser: str
    created_at: dt.datetime
    seen_at: dt.datetime
    expires_at: dt.datetime
    is_this: bool


class PasswordChange(WireIn):
    """The password one has, and the one to have."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"current": "not the password", "new": "a much better one 42"}]}
    )

    current: Password
    new: Password


class LinkNew(WireIn):
    """The account a person signs in with: the reference they were shown, or issuer and subject."""

    reference: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{8}$")] | None = None
    issuer_id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")] | None = None
    subject: Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(clean)] | None = None

    @model_validator(mode="after")
    def one_way(self) -> LinkNew:
        """Take exactly one of the two ways."""
        if (self.reference is None) == (self.issuer_id is None) or (self.issuer_id is None) != (self.subject is None):
            raise ValueError("give a reference, or an issuer_id with a subject")
        return self


class PersonNew(WireIn):
    """A person to add."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"username": "jo.bell", "name": "Jo Bell", "roles": ["coder"]}]}
    )

    username: Username
    name: Name
    roles: Roles
    coder_ref: ShortLine | None = None
    password: Password | None = None
    link: LinkNew | None = None


class PersonEdit(WireIn):
    """What to change of a person; what is left out stays, null takes away."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Jo Bell"}]})

    name: Name = Field(default="")
    roles: Roles = Field(default_factory=list)
    coder_ref: ShortLine | None = None
    link: LinkNew | None = None

    @model_validator(mode="after")
    def something(self) -> PersonEdit:
        """Refuse an edit that changes nothing."""
        if not self.model_fields_set:
            raise ValueError("name what to change")
        return self


class PersonCan(WireOut):
    """What the caller may do to a person: true, or why not."""

    edit: Can
    edit_roles: Can
    deactivate: Can
    reactivate: Can
    reset_password: Can
    end_sign_ins: Can


class PersonOut(WireOut):
    """A person of this Trust."""

    person_id: UUID
    username: str
    name: str
    roles: list[Role]
    role_label: str
    coder_ref: str | None
    active: bool
    has_password: bool
    issuer: IssuerOut | None
    signed_in_at: dt.datetime | None
    created_at: dt.datetime
    version: int
    can: PersonCan


class PasswordOut(WireOut):
    """A new password, shown this once."""

    person: PersonOut
    password: str


class EndedOut(WireOut):
    """How many sign-ins were ended."""

    ended: int


class PeopleWanted(WireIn):
    """Which people to list."""

    active: bool | None = None
    role: Role | None = None
    limit: Limit = LIMIT_DEFAULT
    cursor: Annotated[str, Field(max_length=1000)] | None = None


class PageWanted(WireIn):
    """Which page of a list."""

    limit: Limit = LIMIT_DEFAULT
    cursor: Annotated[str, Field(max_length=1000)] | None = None


class ApiClientNew(WireIn):
    """A machine to give a key to."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "PAS interface", "scopes": ["intake"]}]})

    name: Name
    scopes: Annotated[list[ClientScope], Field(min_length=1, max_length=len(ClientScope))]
    expires_at: AwareDatetime | None = None


class ApiClientRotate(WireIn):
    """A new key for a client; the former one works until ``overlap_until``, or stops now."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_until": "2026-12-31T18:00:00Z"}]})

    overlap_until: AwareDatetime | None
    expires_at: AwareDatetime | None = None


class ApiClientOut(WireOut):
    """A machine with a key; the key itself is never shown again."""

    client_id: UUID
    name: str
    scopes: list[ClientScope]
    key_id: str
    state: Literal["active", "expired", "revoked"]
    former_until: dt.datetime | None
    expires_at: dt.datetime | None
    revoked_at: dt.datetime | None
    last_used_at: dt.datetime | None
    created_at: dt.datetime
    version: int


class ApiKeyOut(WireOut):
    """A client with its key, shown this once. With Basic, ``key_id`` is the user and ``secret`` the password."""

    client: ApiClientOut
    key: str
    secret: str


class TrailActor(WireOut):
    """Who did it."""

    kind: Literal["person", "client", "system"]
    actor_id: UUID
    name: str


class TrailLineOut(WireOut):
    """One thing done or seen."""

    at: dt.datetime
    line: str
    actor: TrailActor
    tag: str
    subject_kind: str
    subject_id: str
    patient_id: UUID | None
    version: int | None
    facts: dict[str, Any]  # Any: facts differ with the tag
    request_id: str
