"""Bring a database to the present schema, as its owner."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command, op
from alembic.config import Config
from sqlalchemy import Connection, text

from codewell.db import make_engine
from codewell.settings import Settings

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def grant_app(table: str, rights: str) -> None:
    """Give the application's role ``rights`` on a table, and nothing else (used inside migrations)."""
    op.execute(f"revoke all on {table} from public")
    op.execute(f"grant {rights} on {table} to codewell_app")


def config(connection: Connection) -> Config:
    """Return Alembic's configuration for an open connection."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


async def migrate(settings: Settings, revision: str = "head") -> None:
    """Upgrade to ``revision``; safe to run twice and from several machines at once (advisory lock)."""
    engine = make_engine(settings, as_owner=True)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("select pg_advisory_lock(748231)"))
            await connection.commit()
            try:
                await connection.run_sync(lambda c: command.upgrade(config(c), revision))
                await connection.commit()
            finally:
                await connection.execute(text("select pg_advisory_unlock(748231)"))
                await connection.commit()
    finally:
        await engine.dispose()


async def drift(settings: Settings) -> list[Any]:
    """Return the differences between the migrated database and the models; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from codewell.db import metadata

    engine = make_engine(settings, as_owner=True)

    def compare(connection: Connection) -> list[Any]:
        def ours(obj: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
            return not (kind == "table" and reflected and (name or "").startswith("episode_p"))

        context = MigrationContext.configure(connection, opts={"include_object": ours})
        return list(compare_metadata(context, metadata))

    try:
        async with engine.connect() as connection:
            return await connection.run_sync(compare)
    finally:
        await engine.dispose()
