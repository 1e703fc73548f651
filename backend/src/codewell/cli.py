"""The command line: what an operator, a developer and a machine may tell Codewell to do."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from codewell import runner
from codewell.embedded import EmbeddedError, throwaway

ROOMS = {
    "people": ("codewell.identity.command", "open a Trust and add its first people"),
    "trail": ("codewell.trail.command", "verify that the trail is whole"),
    "intake": ("codewell.intake.command", "take in a file of episodes, with progress"),
    "rebuild": ("codewell.intake.rebuild", "derive again everything that can be derived"),
    "synth": ("codewell.synth.command", "make a synthetic Trust, as rows or as files"),
}
"""Commands whose bodies live in a room: ``arguments(parser)`` and ``main(args) -> int``."""


def main(words: list[str] | None = None) -> int:
    """Do what the command line says; every expected failure is one sentence and a code other than 0."""
    from pydantic import ValidationError

    words = sys.argv[1:] if words is None else words
    parser, chosen = _parser(words)
    args = parser.parse_args(words)
    try:
        return chosen[args.command](args)
    except (runner.Refusal, EmbeddedError) as sentence:
        print(f"\n{sentence}", file=sys.stderr)
    except ValidationError as error:
        if error.title != "Settings":
            raise
        # Only places and reasons: the value may be a secret.
        for fault in error.errors(include_input=False, include_context=False, include_url=False):
            where = ".".join(map(str, fault["loc"]))
            print(f"Setting {where}: {fault['msg']}" if where else fault["msg"], file=sys.stderr)
    except PermissionError as error:
        print(f"\n{error.filename} cannot be used by this user; was it made by another one?", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return 1


def _parser(words: list[str]) -> tuple[argparse.ArgumentParser, dict[str, Callable[[argparse.Namespace], int]]]:
    parser = argparse.ArgumentParser(prog="codewell", description="Clinical coding for NHS Trusts.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    chosen: dict[str, Callable[[argparse.Namespace], int]] = {}

    for name, body, help_ in (
        ("run", runner.run, "run everything on this machine: database, API and pages"),
        ("dev", runner.dev, "the same for development: API with reload, pages by their own server"),
    ):
        one = commands.add_parser(name, help=help_)
        _data(one)
        one.add_argument("--host", default="127.0.0.1")
        runner.port_argument(one, 8000)
        one.add_argument(
            "--seed-size", type=int, default=runner.FIRST_FCES, metavar="N",
            help="episodes of the synthetic Trust that an empty database is filled with; 0 leaves it empty",
        )  # fmt: skip
        chosen[name] = body

    one = commands.add_parser("serve", help="serve one replica of the API in production")
    one.add_argument("--host", default="0.0.0.0")
    runner.port_argument(one, 8000)
    chosen["serve"] = runner.serve

    one = commands.add_parser("migrate", help="bring the database to the present schema")
    _data(one)
    which = one.add_mutually_exclusive_group()
    which.add_argument("--check", action="store_true", help="migrate a throw-away database and compare it with models")
    which.add_argument("--new", metavar="WORDS", help="write a new, empty migration")
    chosen["migrate"] = _migrate

    one = commands.add_parser("contract", help="write openapi/ from the code")
    one.add_argument("--check", action="store_true", help="only say whether openapi/ is what the code says")
    chosen["contract"] = _contract

    for name, (module, help_) in ROOMS.items():
        one = commands.add_parser(name, help=help_)
        _data(one)
        if name in words[:1]:
            body_of_room: Any = import_module(module)  # Any: loaded only when asked for
            body_of_room.arguments(one)
            chosen[name] = _with_database(body_of_room)
    return parser, chosen


def _data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, default=None, metavar="DIR",
        help="folder of the embedded database and of files at work (default: .codewell in the project)",
    )  # fmt: skip


def _with_database(room: Any) -> Callable[[argparse.Namespace], int]:  # Any: a room's command module
    """Run a room's command with a migrated database, unless the room says that these words need none."""

    def with_database(args: argparse.Namespace) -> int:
        if hasattr(room, "needs_database") and not room.needs_database(args):
            return int(room.main(args))
        from codewell.migrate import migrate
        from codewell.settings import settings

        runner.stop_on_signals()
        with runner.database(args.data) as embedded:
            if embedded is not None:
                asyncio.run(migrate(settings()))
            return int(room.main(args))

    return with_database


def _migrate(args: argparse.Namespace) -> int:
    if args.new is not None:
        return _new_migration(args.new)
    if args.check:
        return _check_schema()
    from codewell.migrate import migrate
    from codewell.settings import settings

    runner.stop_on_signals()
    with runner.database(args.data):
        asyncio.run(migrate(settings()))
    runner.say("The schema is up to date.")
    return 0


def _check_schema() -> int:
    """Migrate an empty server whose roles are those of production, and compare the result with the models."""
    from pydantic import SecretStr

    from codewell.migrate import drift, migrate
    from codewell.settings import Settings

    with throwaway() as cluster:
        runner.make_roles(cluster)
        urls = runner.addresses(cluster)
        settings = Settings(
            _env_file=None,
            environment="test",
            database_url=SecretStr(urls["CODEWELL_DATABASE_URL"]),
            owner_database_url=SecretStr(urls["CODEWELL_OWNER_DATABASE_URL"]),
        )
        asyncio.run(migrate(settings))
        differences = asyncio.run(drift(settings))
    for difference in differences:
        print(f"The models differ from the migrations: {difference}", file=sys.stderr)
    return 1 if differences else 0


def _new_migration(words: str) -> int:
    import re

    from alembic import command
    from alembic.config import Config

    from codewell.migrate import MIGRATIONS

    slug = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    if not slug:
        raise runner.Refusal('Say what the migration does: make migration m="add coding query"')
    last = max(int(path.name[:4]) for path in (MIGRATIONS / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s")
    command.revision(config, message=words, rev_id=f"{last + 1:04}_{slug}")
    return 0


def _contract(args: argparse.Namespace) -> int:
    """Write, or compare, the published contract: the same bytes on every machine."""
    from codewell.kit.http import contract, operations
    from codewell.main import build_app
    from codewell.settings import Settings

    document = contract(build_app(Settings(_env_file=None, environment="test")))
    folder = runner.ROOT / "openapi"
    wanted = {
        folder / "openapi.json": json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n",
        folder / "operations.txt": "\n".join(operations(document)) + "\n",
    }
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if args.check:
        for path in stale:
            print(f"{path.relative_to(runner.ROOT)} is not what the code says: make contract", file=sys.stderr)
        return 1 if stale else 0
    folder.mkdir(exist_ok=True)
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
    return 0
