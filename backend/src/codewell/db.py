"""The database: one engine, one transaction per request, one naming convention."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, cast

import asyncpg
import orjson
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
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


def after_commit(session: AsyncSession, f: Callable[[], None]) -> None:
    """Run ``f`` once the session's transaction is committed, and never when it is rolled back."""
    event.listen(session.sync_session, "after_commit", lambda _: f(), once=True)


async def raw(session: AsyncSession) -> asyncpg.Connection:
    """Return the driver's connection of this session's transaction, for COPY and other things only it can do."""
    connection = await session.connection()
    fairy = await connection.get_raw_connection()
    return cast("asyncpg.Connection", fairy.driver_connection)


def _driver_error(error: BaseException) -> BaseException:
    """Return the driver's own error: the error itself where it came past SQLAlchemy (COPY, the fold)."""
    cause: Any = getattr(error, "orig", None)  # Any: the driver's own exception chain
    cause = getattr(cause, "__cause__", None) or cause
    return cause if isinstance(cause, BaseException) else error


def constraint_of(error: BaseException) -> str | None:
    """Return the name of the violated constraint behind an IntegrityError, if the driver told us."""
    name = getattr(_driver_error(error), "constraint_name", None)
    return name if isinstance(name, str) else None


def sqlstate_of(error: BaseException) -> str | None:
    """Return PostgreSQL's code of an error, whether it came through SQLAlchemy or straight from the driver."""
    state = getattr(_driver_error(error), "sqlstate", None)
    return state if isinstance(state, str) else None


_PASSING: Final = frozenset({"08", "40", "53", "55", "57"})
"""Classes of SQLSTATE: connection lost, rolled back (deadlock), out of resources, lock not to be had, stopped."""


def passing(error: BaseException) -> bool:
    """Say whether an error is of the moment: nothing is wrong with what was asked, and trying again may help."""
    if isinstance(error, PoolExhausted | ConnectionError | TimeoutError):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    cause, state = _driver_error(error), sqlstate_of(error)
    if state is not None:
        return state[:2] in _PASSING
    # The driver's InterfaceError is a connection that is gone, except for a value it could not send.
    gone = isinstance(cause, asyncpg.InterfaceError) and not isinstance(cause, ValueError)
    return gone or isinstance(cause, ConnectionError | TimeoutError)


def error_facts(error: BaseException) -> dict[str, str | None]:
    """Return what a log may hold of an error: its kind and place, never its words, which may name a patient."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "codewell" in Path(f.filename).parts] or frames
    where = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else None
    return {"error": type(_driver_error(error)).__name__, "sqlstate": sqlstate_of(error), "where": where}
