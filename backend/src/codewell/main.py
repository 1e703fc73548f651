"""The application: the only file that knows every room's router."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.util import find_spec

from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from codewell.db import Database, constraint_of, passing
from codewell.identity.doors import before_form
from codewell.kit.http import Edge, StrictRoute, contract, install_problems
from codewell.kit.paging import use_cursor_secret
from codewell.kit.problems import Busy, Conflict, Problem, ProblemDocument
from codewell.settings import Settings
from codewell.settings import settings as settings_of_process

API = "/api/v1"
ROOMS = (
    "identity", "codesets", "workqueues", "episodes", "standards", "coding", "intake", "audits", "actions",
    "programme", "training", "reports",
)  # fmt: skip
"""Rooms with a router, lowest first."""

health = APIRouter(prefix="/health", tags=["health"], route_class=StrictRoute)


@health.get("/live")
async def see_live() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "live"}


@health.get("/ready", responses={503: {"model": ProblemDocument}})
async def see_ready(request: Request) -> dict[str, str]:
    """Say that the database answers too."""
    async with request.app.state.database.engine.connect() as connection:
        await connection.execute(text("select 1"))
    return {"status": "ready"}


def _translate(error: Exception) -> Problem | None:
    if isinstance(error, IntegrityError):
        return Conflict(constraint=constraint_of(error) or "unknown")
    if passing(error):
        return Busy(headers={"Retry-After": "2"})
    return None


def _operation_id(route: APIRoute) -> str:
    return route.name


def build_app(settings: Settings | None = None, database: Database | None = None) -> FastAPI:
    """Return the whole application: API under /api/v1 and, where a folder is set, the SPA beside it."""
    settings = settings or settings_of_process()
    use_cursor_secret(settings.secret.get_secret_value())
    background = [import_module(f"codewell.{room}.worker") for room in ROOMS if find_spec(f"codewell.{room}.worker")]

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.database = database or Database(settings)
        tasks = [
            asyncio.create_task(worker.run(app.state.database, settings)) for worker in background if settings.run_jobs
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*tasks, return_exceptions=True)
            if database is None:
                await app.state.database.close()

    app = FastAPI(
        title="Codewell",
        version="1",
        description="Clinical coding for NHS Trusts: episodes in, codes as immutable versions out.",
        lifespan=lifespan,
        generate_unique_id_function=_operation_id,
        openapi_url=f"{API}/openapi.json" if settings.environment != "production" else None,
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.before_form = before_form
    if database is not None:
        app.state.database = database

    app.include_router(health, prefix=API)
    for room in ROOMS:
        if find_spec(f"codewell.{room}.router"):
            app.include_router(import_module(f"codewell.{room}.router").router, prefix=API)
    install_problems(app, _translate)
    app.openapi = lambda: contract(app)  # type: ignore[method-assign]
    if settings.spa_dir is not None and find_spec("codewell.kit.spa"):
        import_module("codewell.kit.spa").serve(app, settings.spa_dir)

    files = (f"{API}/intake/files", f"{API}/editions/previews")

    def limit_of(path: str) -> int:
        held: Settings = app.state.settings
        return held.max_file_bytes if path in files else held.max_json_bytes

    headers = _headers(settings)
    app.add_middleware(Edge, limit_of=limit_of, headers_of=headers)
    return app


def _headers(settings: Settings) -> Callable[[str], Mapping[str, str]]:
    always = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if settings.environment == "production":
        always["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    issuers = " ".join(sorted({i.issuer.rstrip("/") for i in settings.oidc_issuers}))
    api = always | {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    }
    page = always | {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            f"connect-src 'self'; form-action 'self' {issuers}; frame-ancestors 'none'; base-uri 'none'; "
            "object-src 'none'; require-trusted-types-for 'script'"
        ).replace(" ;", ";"),
    }
    return lambda path: api if path.startswith("/api/") else page
