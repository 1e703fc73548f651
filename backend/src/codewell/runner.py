"""Running Codewell: a database found or started, migrated, filled if empty; then API and pages on one port."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

from codewell.embedded import Cluster, EmbeddedError, FileLock

ROOT = Path(__file__).resolve().parents[3]
PAGES = ROOT / "frontend" / "dist"
ROLES = ROOT / "infra" / "postgres" / "roles.sql"
DEFAULT_DATA = ROOT / ".codewell"
FIRST_FCES = 30_000
FILLING = "filling"
"""Name of the file that stands beside the embedded database while it is being filled."""


class Refusal(Exception):
    """Codewell cannot go on; the message is one sentence that says why and what to do."""


def say(sentence: str) -> None:
    """Tell the person at the terminal how far we are."""
    print(f"  {sentence}", flush=True)


class Timed:
    """Says how long a step took once it is done."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __enter__(self) -> Timed:
        self.began = time.monotonic()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, at: object) -> None:
        if kind is None:
            say(f"{self.sentence} ({time.monotonic() - self.began:.1f} s)")


# The database


@contextmanager
def database(data: Path | None = None, *, exclusive: bool = False) -> Iterator[Path | None]:
    """Have ``settings()`` point at a running database inside the block: the configured one, or the embedded one.

    Gives the embedded one's folder, None for a configured one. The embedded one belongs to whoever holds its folder and
    is stopped by them; ``exclusive`` insists on that, everybody else may be a guest of a Codewell that runs already.
    """
    from codewell.settings import settings

    home = (data or DEFAULT_DATA).resolve()
    home.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("CODEWELL_WORK_DIR", str(home / "work"))
    settings.cache_clear()
    if settings().database_url.get_secret_value():
        asyncio.run(_check_server())
        yield None
        return
    lock = FileLock(home / "run.lock")
    holding = lock.acquire()
    if exclusive and not holding:
        raise Refusal(f"Codewell is running on {home} already; stop that one, or use another folder: --data DIR")
    cluster = Cluster(home / "pg")
    try:
        if holding:
            with Timed("PostgreSQL is up"):
                cluster.start(adopt=True)
                if (home / FILLING).exists():
                    # Nobody has worked on it yet: it is only served once it is full.
                    say("The filling of the database was interrupted; it begins anew.")
                    cluster.sql("drop database if exists codewell with (force)")
                    (home / FILLING).unlink()
                make_roles(cluster)
        else:
            _wait_for_host(cluster)
        with _environment(**addresses(cluster)):
            settings.cache_clear()
            yield home
    finally:
        settings.cache_clear()
        with _undisturbed():
            if holding and cluster.mine:
                cluster.stop()
                say("PostgreSQL is stopped; the data is kept.")
            lock.release()


def make_roles(cluster: Cluster) -> None:
    """Give an embedded cluster the roles and the database of a production server, by the same script."""
    passwords = "".join(f"\\set {name}_password '{_login(cluster, name)}'\n" for name in ("owner", "app"))
    cluster.sql(passwords + ROLES.read_text())


def addresses(cluster: Cluster) -> dict[str, str]:
    """Return the environment that points the application, and migrations, at an embedded cluster."""
    return {
        "CODEWELL_DATABASE_URL": cluster.url("codewell", "codewell", _login(cluster, "app")),
        "CODEWELL_OWNER_DATABASE_URL": cluster.url("codewell", "codewell_owner", _login(cluster, "owner")),
    }


def _login(cluster: Cluster, name: str) -> str:
    """Return a login's password, derived from the cluster's own so that nothing more has to be kept."""
    return hashlib.sha256(f"{name}:{cluster.password_file.read_text()}".encode()).hexdigest()


def _wait_for_host(cluster: Cluster) -> None:
    until = time.monotonic() + 60
    while not cluster.alive():
        if time.monotonic() > until:
            raise Refusal("Another Codewell holds the data, but its PostgreSQL does not answer; stop it and try again.")
        time.sleep(0.5)


async def _check_server() -> None:
    """Refuse a server that cannot be reached or is of a version we do not know."""
    import asyncpg
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    from codewell.db import make_engine
    from codewell.settings import settings

    engine = make_engine(settings(), as_owner=True)
    try:
        async with engine.connect() as connection:
            number = int((await connection.execute(text("show server_version_num"))).scalar_one())
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, SQLAlchemyError, ValueError) as error:
        # The driver's message names host and user, never the password.
        cause = getattr(error, "orig", None) or error
        raise Refusal(f"The server that DATABASE_URL names cannot be used: {cause}") from error
    finally:
        await engine.dispose()
    if not 150_000 <= number < 190_000:
        raise Refusal(f"DATABASE_URL names PostgreSQL {number // 10_000}; Codewell works with 15 to 18.")


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


# Signals


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def stop_on_signals() -> None:
    """Make every polite way to end us the same as Ctrl-C, so that what we started is stopped."""
    # SIGINT too: a shell script that starts us in the background has it ignored.
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ignore further signals while something is being stopped, and stay deaf: what follows is only the end."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            with suppress(ValueError):  # Only the main thread may; elsewhere there is nothing to ignore.
                signal.signal(getattr(signal, name), signal.SIG_IGN)
    yield


# Commands


def port_argument(parser: argparse.ArgumentParser, default: int) -> None:
    """Add --port, which PORT in the environment changes too."""
    given = os.environ.get("PORT", "")
    parser.add_argument("--port", type=int, default=int(given) if given.isdigit() else default)


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything slow is begun, or refuse in one sentence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family)
    if os.name != "nt":
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        # A port that is only bound could be bound by a second starter too; early callers wait until we are up.
        taken.listen(128)
    except (OSError, OverflowError) as error:
        taken.close()
        raise Refusal(
            f"Port {port} is taken (is Codewell running already?); stop what uses it, "
            f"or choose another: PORT={port % 65535 + 1} make run"
        ) from error
    return taken


def run(args: argparse.Namespace) -> int:
    """Run everything on one machine until told to stop."""
    stop_on_signals()
    log_plainly()
    taken = listen(args.host, args.port)
    address = f"http://{args.host}:{args.port}"
    os.environ.setdefault("CODEWELL_PUBLIC_URL", address)
    if PAGES.is_dir():
        os.environ.setdefault("CODEWELL_SPA_DIR", str(PAGES))
    else:
        say("The pages are not built, so only the API will answer; 'make run' builds them.")
    with taken, database(args.data, exclusive=True) as home:
        bring_up(args.seed_size, home)
        _serve_until_stopped(taken, address)
    return 0


def bring_up(seed_size: int, home: Path | None) -> None:
    """Migrate, and fill a database that holds no Trust yet."""
    from codewell.migrate import migrate
    from codewell.settings import settings

    with Timed("The schema is up to date"):
        asyncio.run(migrate(settings()))
    if seed_size and settings().environment != "production" and not asyncio.run(_trusts()):
        say(f"The database is empty; it is filled with a synthetic Trust of {seed_size:,} episodes:")
        filling = None if home is None else home / FILLING
        if filling is not None:
            filling.touch()
        _synth().seed(settings(), seed_size, say)
        if filling is not None:
            filling.unlink()


async def _trusts() -> list[bool]:
    """Return, for each Trust the database holds, whether it is synthetic."""
    from sqlalchemy import text

    from codewell.db import make_engine
    from codewell.settings import settings

    engine = make_engine(settings())
    try:
        async with engine.connect() as connection:
            return list((await connection.execute(text("select synthetic from trust"))).scalars())
    finally:
        await engine.dispose()


def _synth() -> Any:  # Any: a room loaded late, so that other commands stay quick
    return import_module("codewell.synth.command")


def _serve_until_stopped(taken: socket.socket, address: str) -> None:
    import uvicorn

    sign_ins = _demo_sign_ins()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                _greet(address, sign_ins)

    config = uvicorn.Config(
        "codewell.main:build_app",
        factory=True,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = Server(config)
    for name in ("SIGHUP", "SIGBREAK"):  # uvicorn itself knows only the other two
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda number, frame: server.handle_exit(signal.SIGTERM, frame))
    with suppress(KeyboardInterrupt):
        server.run(sockets=[taken])
    print(flush=True)


def _demo_sign_ins() -> list[tuple[str, str, str]]:
    """Return role, user name and password of one person per role, where the Trust is a synthetic one."""
    from codewell.settings import settings

    if not settings().local_sign_in or True not in asyncio.run(_trusts()):
        return []
    found = list(_synth().demo_sign_ins())
    # The sign-in page offers them too, whether this process serves it or a child does.
    shown = [{"role": role, "username": username, "password": password} for role, username, password in found]
    os.environ["CODEWELL_DEMO_SIGN_INS"] = json.dumps(shown)
    settings.cache_clear()
    return found


def _greet(address: str, sign_ins: list[tuple[str, str, str]]) -> None:
    print(f"\nCodewell is at {address}  (Ctrl-C stops it)\n", flush=True)
    if sign_ins:
        print("Sign-ins of the synthetic Trust, one per role (user name, password):", flush=True)
    for role, username, password in sign_ins:
        say(f"{role:22} {username:16} {password}")


def dev(args: argparse.Namespace) -> int:
    """Run the API with reload and the pages' development server until told to stop."""
    stop_on_signals()
    listen(args.host, args.port).close()
    address = f"http://{args.host}:{args.port}"
    os.environ.setdefault("CODEWELL_PUBLIC_URL", "http://localhost:5173")
    npm = shutil.which("npm")
    if npm is None:
        raise Refusal("npm was not found; see nodejs.org.")
    with database(args.data, exclusive=True) as home:
        bring_up(args.seed_size, home)
        source = str(ROOT / "backend" / "src")
        api = [sys.executable, "-m", "uvicorn", "codewell.main:build_app", "--factory", "--reload"]
        api += ["--reload-dir", source, "--host", args.host, "--port", str(args.port)]
        children = []
        sign_ins = _demo_sign_ins()
        try:
            children.append(subprocess.Popen(api, cwd=ROOT, start_new_session=True))
            env = {**os.environ, "CODEWELL_API": address}
            children.append(
                subprocess.Popen([npm, "run", "dev"], cwd=ROOT / "frontend", env=env, start_new_session=True)
            )
            _greet("http://localhost:5173", sign_ins)
            while all(child.poll() is None for child in children):
                time.sleep(0.5)
        except KeyboardInterrupt:
            return 0
        finally:
            with _undisturbed():
                for child in children:
                    _end(child)
    raise Refusal("The API or the pages' server ended by itself; its last words are above.")


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a child and what it started, first politely."""
    for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        with suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(child.pid, number)
            else:
                child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=10)
            return


_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


class JsonLines(logging.Formatter):
    """One JSON object a line, as log collectors like it: when, how bad, who says it, what."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a traceback is one field of it, so a line break cannot forge a second entry."""
        line = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class PlainLines(logging.Formatter):
    """What a person reads in a terminal: the event with all that is known of it, on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return ``refused method=GET path=/api/v1/me status=401 …``, with the traceback below where there is one."""
        facts = [f"{k}={v}" for k, v in vars(record).items() if k not in _OWN and v is not None]
        line = " ".join([record.getMessage(), *facts]).replace("\n", " ")
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def log_plainly() -> None:
    """Send what the application says to the terminal."""
    out = logging.StreamHandler()
    out.setFormatter(PlainLines())
    logging.basicConfig(handlers=[out], level=logging.WARNING)


def serve(args: argparse.Namespace) -> int:
    """Serve one stateless replica of the API in production; the database is configured, migrated and not ours."""
    import uvicorn

    from codewell.settings import settings

    if not settings().database_url.get_secret_value():
        raise Refusal("DATABASE_URL must name the database; 'codewell run' is the one that brings its own.")
    logs = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonLines}},
        "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
        "root": {"handlers": ["out"], "level": "INFO"},
    }
    proxies = settings().trusted_proxies
    uvicorn.run(
        "codewell.main:build_app",
        factory=True,
        host=args.host,
        port=args.port,
        log_config=logs,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies or None,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=30,
    )
    return 0


__all__ = ["EmbeddedError", "Refusal", "addresses", "database", "dev", "listen", "make_roles", "run", "say", "serve"]
