"""Tables of trusts, people, sign-ins and API clients."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlmodel import Field, SQLModel


class Trust(SQLModel, table=True):
    """An NHS Trust, the tenant; ``provider`` is its ODS code."""

    __tablename__ = "trust"

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    synthetic: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=text("false")))
    created_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Person(SQLModel, table=True):
    """Somebody who works with one Trust; identity is a local user name, or an issuer and its subject."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("provider", "username"),
        Index(
            "uq_person_oidc", "oidc_issuer", "oidc_subject", unique=True,
            postgresql_where=text("oidc_subject is not null"),
        ),
        Index(
            "uq_person_coder_ref", "provider", text("upper(TRIM(BOTH FROM coder_ref))"), unique=True,
            postgresql_where=text("coder_ref is not null"),
        ),
        ForeignKeyConstraint(["provider"], ["trust.provider"]),
    )  # fmt: skip

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    person_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), primary_key=True))
    username: str = Field(sa_column=Column(Text, nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    coder_ref: str | None = Field(default=None, sa_column=Column(Text))
    """How the PAS or encoder names this coder."""
    password_hash: str | None = Field(default=None, sa_column=Column(Text))
    oidc_issuer: str | None = Field(default=None, sa_column=Column(Text))
    oidc_subject: str | None = Field(default=None, sa_column=Column(Text))
    active: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=text("true")))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False, server_default=text("1")))
    created_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class SignIn(SQLModel, table=True):
    """One signed-in browser; the cookie's token is stored only as its SHA-256."""

    __tablename__ = "sign_in"
    __table_args__ = (
        ForeignKeyConstraint(["provider", "person_id"], ["person.provider", "person.person_id"]),
        Index("ix_sign_in_person", "provider", "person_id"),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    sign_in_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), primary_key=True))
    token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    person_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), nullable=False))
    method: str = Field(
        sa_column=Column(Text, CheckConstraint("method in ('local', 'oidc')", name="method"), nullable=False)
    )
    browser: str = Field(sa_column=Column(Text, nullable=False))
    created_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    seen_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    expires_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ended_at: dt.datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class OidcState(SQLModel, table=True):
    """A sign-in on its way to an issuer and back: state, nonce and PKCE verifier, bound to one browser."""

    __tablename__ = "oidc_state"

    state_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    browser_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    issuer_id: str = Field(sa_column=Column(Text, nullable=False))
    nonce: str = Field(sa_column=Column(Text, nullable=False))
    verifier: str = Field(sa_column=Column(Text, nullable=False))
    go_to: str = Field(sa_column=Column(Text, nullable=False))
    expires_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class OidcStranger(SQLModel, table=True):
    """An account an issuer vouches for and nobody here is linked to yet; the reference is read out to a manager."""

    __tablename__ = "oidc_stranger"

    oidc_issuer: str = Field(sa_column=Column(Text, primary_key=True))
    oidc_subject: str = Field(sa_column=Column(Text, primary_key=True))
    provider: str = Field(sa_column=Column(Text, nullable=False))
    reference: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    expires_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class SignInGuess(SQLModel, table=True):
    """Wrong passwords in a row, per user name and per address (keyed hashes), whether or not the account exists."""

    __tablename__ = "sign_in_guess"

    name_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    failures: int = Field(sa_column=Column(Integer, nullable=False))
    at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, index=True))
    wait_until: dt.datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class ApiClient(SQLModel, table=True):
    """A machine with a key; the secret is stored only as its SHA-256, and the former one may overlap for a while."""

    __tablename__ = "api_client"
    __table_args__ = (
        UniqueConstraint("provider", "name"),
        ForeignKeyConstraint(["provider"], ["trust.provider"]),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    client_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), primary_key=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    scopes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    key_id: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    secret_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    former_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    former_until: dt.datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    expires_at: dt.datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    revoked_at: dt.datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    last_used_at: dt.datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    created_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False, server_default=text("1")))
