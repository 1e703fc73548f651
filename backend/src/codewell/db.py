"""The database: one engine, one transaction per request, one naming convention."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlmodel import SQLModel

from codewell.settings import Settings

metadata = SQLModel.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def async_url(url: str) -> str:
    """Return ``url`` with the asyncpg driver; accepts postgres:// and postgresql://."""
    scheme, sep, rest = url.partition("://")
    if not sep or not scheme.startswith("postgres"):
        raise ValueError("DATABASE_URL must start with postgresql://")
    return f"postgresql+asyncpg://{rest}"


def _json(value: Any) -> str:  # Any: whatever JSON a column holds
    return orjson.dumps(value).decode()


def make_engine(settings: Settings, *, as_owner: bool = False) -> AsyncEngine:
    """Return an engine; the application's sessions work as the restricted role, migrations as the owner."""
    owner = settings.owner_database_url or settings.database_url
    url = (owner if as_owner else settings.database_url).get_secret_value()
    server = {"application_name": "codewell", "jit": "off", "timezone": "UTC"}
    if not as_owner and settings.app_role:
        server["role"] = settings.app_role
    return create_async_engine(
        async_url(url),
        pool_size=settings.pool_size,
        max_overflow=settings.pool_size,
        pool_pre_ping=True,
        # Values of statements may identify a patient; they stay out of errors and logs.
        hide_parameters=True,
        pool_recycle=1800,
        json_serializer=_json,
        json_deserializer=orjson.loads,
        connect_args={"server_settings": server, "timeout": 10, "command_timeout": 600},
    )


class Database:
    """One engine and its sessions, held by the application for its lifetime."""

    def __init__(self, settings: Settings) -> None:
        self.engine = make_engine(settings)
        self._make = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Give a session whose work is committed at the end, or rolled back whole on any exception."""
        async with self._make() as session:
            try:
                yield session
                await before_commit(session)
                await session.commit()
            except BaseException:
                await session.rollback()
                raise

    async def close(self) -> None:
        """Return every connection."""
        await self.engine.dispose()


async def before_commit(session: AsyncSession) -> None:
    """Flush the session and run what rooms left for the very end of the transaction (the trail's chain)."""
    await session.flush()
    for last in session.info.pop("at_end", {}).values():
        await last(session)
    session.info.setdefault("at_end", {})


def at_end(session: AsyncSession, name: str, f: Any) -> None:
    """Run ``await f(session)`` once, just before the transaction commits; ``name`` makes it once."""
    session.info.setdefault("at_end", {}).setdefault(name, f)


async def raw(session: AsyncSession) -> asyncpg.Connection:
    """Return the driver's connection of this session's transaction, for COPY and other things only it can do."""
    connection = await session.connection()
    fairy = await connection.get_raw_connection()
    return cast("asyncpg.Connection", fairy.driver_connection)


def constraint_of(error: BaseException) -> str | None:
    """Return the name of the violated constraint behind an IntegrityError, if the driver told us."""
    cause: Any = getattr(error, "orig", None)  # Any: the driver's own exception chain
    cause = getattr(cause, "__cause__", None) or cause
    name = getattr(cause, "constraint_name", None)
    return name if isinstance(name, str) else None
