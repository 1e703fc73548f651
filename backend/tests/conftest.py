"""One migrated cluster per run; a rolled-back transaction, or a database of its own, per test."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from codewell import db
from codewell.embedded import throwaway
from codewell.identity import doors, ways
from codewell.identity import service as identity
from codewell.identity.actor import Actor
from codewell.identity.models import Person
from codewell.kit import verbs
from codewell.kit.paging import use_cursor_secret
from codewell.kit.verbs import VerbFacts
from codewell.main import build_app
from codewell.migrate import migrate
from codewell.settings import Settings
from world import World, build_world

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = "codewell_template"
ORIGIN = "https://codewell.test"

# A busy machine is no fault of what is tested: no example has to be made or run in a given time.
hypothesis_settings.register_profile("codewell", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("codewell")


def data_dir() -> Path | None:
    """Return the folder of national code lists, which is never part of the project, or None."""
    for candidate in (os.environ.get("CODEWELL_DATA"), ROOT.parent / "shared" / "data"):  # noqa: TID251
        if candidate and Path(candidate).is_dir():
            return Path(candidate)
    return None


@pytest.fixture(scope="session")
def national_lists() -> Path:
    """The folder of national code lists; the test is skipped where there is none."""
    folder = data_dir()
    if folder is None:
        pytest.skip("the national code lists are not on this machine")
    return folder


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    """Address of the cluster of this run (its ``postgres`` database)."""
    given = os.environ.get("TEST_DATABASE_URL")  # noqa: TID251
    if given:
        yield given
        return
    with throwaway() as cluster:
        yield cluster.url()


def with_database(url: str, name: str) -> str:
    return url.rsplit("/", 1)[0] + "/" + name


def make_settings(url: str, tmp: Path, **changes: object) -> Settings:
    values = {
        "environment": "test",
        "database_url": SecretStr(url),
        "secret": SecretStr("test-secret-of-at-least-32-characters"),
        "public_url": ORIGIN,
        "pool_size": 5,
        "run_jobs": False,
        "work_dir": tmp,
        **changes,
    }
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def template(cluster_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of a migrated database to copy from, with the default editions loaded."""
    settings = make_settings(with_database(cluster_url, TEMPLATE), tmp_path_factory.mktemp("work"))

    async def make() -> None:
        await _execute(cluster_url, f"drop database if exists {TEMPLATE}", f"create database {TEMPLATE}")
        await migrate(settings)
        await defaults(settings)

    asyncio.run(make())
    return TEMPLATE


async def defaults(settings: Settings) -> None:
    from importlib.util import find_spec

    if find_spec("codewell.codesets.service"):
        from codewell.codesets import service as codesets

        database = db.Database(settings)
        async with database.transaction() as session:
            await codesets.load_defaults(session)
        await database.close()


@asynccontextmanager
async def copied(cluster_url: str, template: str) -> AsyncIterator[str]:
    name = f"t_{uuid4().hex[:12]}"
    await _execute(cluster_url, f"create database {name} template {template} strategy file_copy")
    try:
        yield with_database(cluster_url, name)
    finally:
        await _execute(cluster_url, f"drop database {name} with (force)")


class RolledBack(db.Database):
    """A database whose requests each get a session of their own on one outer transaction that is never committed."""

    def __init__(self, engine: AsyncEngine, connection: AsyncConnection) -> None:
        self.engine, self.connection = engine, connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        async with AsyncSession(
            bind=self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            try:
                yield session
                await db.before_commit(session)
                await session.commit()
            except BaseException:
                await session.rollback()
                raise


@pytest.fixture(scope="session")
async def shared_database(cluster_url: str, template: str) -> AsyncIterator[str]:
    """One copy of the template that rolled-back tests share; the world is in it for good."""
    async with copied(cluster_url, template) as url:
        yield url


@pytest.fixture(scope="session")
async def shared_world(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> World:
    database = db.Database(make_settings(shared_database, tmp_path_factory.mktemp("world")))
    async with database.transaction() as session:
        world = await build_world(session)
    await database.close()
    return world


@pytest.fixture(scope="session")
async def engine(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AsyncEngine]:
    made = db.make_engine(make_settings(shared_database, tmp_path_factory.mktemp("engine")))
    yield made
    await made.dispose()


@pytest.fixture
async def database(engine: AsyncEngine, shared_world: World) -> AsyncIterator[RolledBack]:
    async with engine.connect() as connection:
        outer = await connection.begin()
        yield RolledBack(engine, connection)
        await outer.rollback()


@pytest.fixture
def settings(shared_database: str, tmp_path: Path) -> Settings:
    return make_settings(shared_database, tmp_path)


_apps: dict[str, FastAPI] = {}


def app_of(name: str, settings: Settings, database: db.Database | RolledBack) -> FastAPI:
    """Return the application with these settings and this database, and nothing left of the test before.

    Its routes are made once for all tests: with hundreds of operations that takes seconds.
    """
    if name not in _apps:
        _apps[name] = build_app(settings, database)
    use_cursor_secret(settings.secret.get_secret_value())
    app = _apps[name]
    held = {"before_form": app.state.before_form, "settings": settings, "database": database}
    app.state._state.clear()
    app.state._state.update(held)
    app.dependency_overrides.clear()
    return app


@pytest.fixture
def app(settings: Settings, database: RolledBack) -> FastAPI:
    return app_of("shared", settings, database)


@pytest.fixture
async def session(database: RolledBack) -> AsyncIterator[AsyncSession]:
    """A session whose work later requests of the same test see once ``before_commit`` and flush have run."""
    async with database.transaction() as made:
        yield made


@pytest.fixture
def world(shared_world: World) -> World:
    return shared_world


MAY_LEAVE_NOTHING = {"work_item:moved", "work_item:assigned"}
"""Bulk verbs that found nothing they could change."""


@pytest.fixture(autouse=True)
def trail_is_kept() -> Iterator[None]:
    """Every verb that any test calls leaves just the trail it says it leaves."""

    def watch(facts: VerbFacts, session: object) -> Callable[[], None]:
        def pending() -> Counter[str]:
            if not isinstance(session, AsyncSession):
                return Counter()
            return Counter(line["tag"] for lines in session.info.get("trail", {}).values() for line in lines)

        before = pending()

        def done() -> None:
            left = pending() - before
            if facts.leaves is None:
                assert not left, f"{facts} left {left}"
            else:
                assert facts.leaves in left or facts.leaves in MAY_LEAVE_NOTHING, f"{facts} left only {left}"

        return done

    verbs.watchers.append(watch)
    yield
    verbs.watchers.remove(watch)


@dataclass
class Caller:
    """A browser or machine that talks to the application."""

    http: AsyncClient
    actor: Actor | None = None


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """A caller who is not signed in."""
    async with browser(app) as made:
        yield made


@asynccontextmanager
async def browser(app: FastAPI) -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url=ORIGIN) as made:
        yield made


async def sign_in_as(app: FastAPI, http: AsyncClient, person: Person) -> AsyncClient:
    async with app.state.database.transaction() as session:
        sign_in, token = await identity.open_sign_in(
            session, person, app.state.settings, method="local", browser="test"
        )
    http.cookies.set(ways.COOKIE, token, domain="codewell.test")
    http.headers["X-Codewell-CSRF"] = doors.csrf_token(app.state.settings, sign_in.sign_in_id)
    http.headers["Sec-Fetch-Site"] = "same-origin"
    return http


AsRole = Callable[[str], Awaitable[AsyncClient]]


@pytest.fixture
async def as_role(app: FastAPI, world: World) -> AsyncIterator[AsRole]:
    """``await as_role("coder")``: that person of the world's first Trust, signed in; "other_coder" works elsewhere."""
    opened: list[AsyncClient] = []

    async def make(role: str) -> AsyncClient:
        http = AsyncClient(transport=ASGITransport(app=app, raise_app_exceptions=False), base_url=ORIGIN)
        opened.append(http)
        if role in world.keys:
            http.headers["Authorization"] = f"Bearer {world.keys[role]}"
            return http
        return await sign_in_as(app, http, world.people[role])

    yield make
    for http in opened:
        await http.aclose()


@pytest.fixture
async def own(cluster_url: str, template: str, tmp_path: Path) -> AsyncIterator[db.Database]:
    """A database of the test's own, in which commits are real; ``own.settings`` are its settings."""
    async with copied(cluster_url, template) as url:
        settings = make_settings(url, tmp_path)
        made = db.Database(settings)
        made.settings = settings  # type: ignore[attr-defined]
        try:
            yield made
        finally:
            await made.close()


@pytest.fixture
async def own_world(own: db.Database) -> World:
    async with own.transaction() as session:
        return await build_world(session)


@pytest.fixture
async def own_app(own: db.Database) -> FastAPI:
    return app_of("own", own.settings, own)  # type: ignore[attr-defined]
