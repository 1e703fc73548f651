"""The compose file and its images say what is there: every file, command, setting and address they name exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from codewell import cli
from codewell.main import build_app
from codewell.runner import ROOT
from codewell.settings import Settings

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILES = sorted((ROOT / "infra" / "docker").glob("*.Dockerfile"))


def starts_codewell(words: list[str]) -> bool:
    """Say whether a command line is one that our own command line takes, without running it."""
    assert words[:3] == ["python", "-m", "codewell"], words
    parser, chosen = cli._parser(words[3:])
    return parser.parse_args(words[3:]).command in chosen


def test_the_services_are_a_database_a_migration_replicas_and_a_web_server() -> None:
    assert list(SERVICES) == ["db", "migrate", "api", "web"]
    assert SERVICES["db"]["image"] == "postgres:18"


@pytest.mark.parametrize("name", ["migrate", "api"])
def test_its_command_is_one_we_have(name: str) -> None:
    assert starts_codewell(SERVICES[name]["command"])


def test_the_migration_is_done_once_before_any_replica_starts() -> None:
    assert SERVICES["migrate"]["restart"] == "no"
    assert SERVICES["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert SERVICES["api"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert SERVICES["web"]["depends_on"] == {"api": {"condition": "service_healthy"}}


def test_the_api_has_replicas_and_they_share_only_the_files_at_work() -> None:
    api = SERVICES["api"]
    assert re.fullmatch(r"\$\{API_REPLICAS:-(\d+)\}", api["deploy"]["replicas"])
    assert api["volumes"] == [f"work:{api['environment']['CODEWELL_WORK_DIR']}"]
    assert "ports" not in api


@pytest.mark.parametrize("name", ["migrate", "api", "web"])
def test_it_runs_with_no_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_only_the_web_server_is_reachable_from_outside_and_the_database_from_nowhere() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]
    assert SERVICES["db"]["networks"] == ["inner"]
    assert COMPOSE["networks"]["inner"]["internal"] is True


@pytest.mark.parametrize("name", ["migrate", "api"])
def test_every_setting_is_one_that_settings_know(name: str) -> None:
    environment = SERVICES[name]["environment"]
    assert environment["CODEWELL_ENVIRONMENT"] == "production"
    for variable in environment:
        assert variable.removeprefix("CODEWELL_").lower() in Settings.model_fields, variable


def test_only_the_migration_knows_the_owner_and_no_secret_has_a_default() -> None:
    assert "CODEWELL_OWNER_DATABASE_URL" not in SERVICES["api"]["environment"]
    text = (ROOT / "docker-compose.yml").read_text()
    for variable in re.findall(r"\$\{([A-Z_]*(?:PASSWORD|SECRET)[A-Z_]*)([^}]*)\}", text):
        assert variable[1].startswith(":?"), f"{variable[0]} must be given"


def test_the_example_names_exactly_what_the_compose_file_asks_for_and_gives_no_secret() -> None:
    lines = (ROOT / "infra" / "docker" / "example.env").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert set(given) == asked
    assert all(not value for name, value in given.items() if name not in ("API_REPLICAS", "WEB_PORT"))


def test_the_roles_script_takes_the_passwords_the_database_is_given() -> None:
    script = (ROOT / "infra" / "postgres" / "roles.sql").read_text()
    taken = set(re.findall(r"\\getenv \w+ (\w+)", script))
    assert taken == {name for name in SERVICES["db"]["environment"] if name.startswith("CODEWELL_")}


def test_what_is_mounted_from_the_project_is_there() -> None:
    mounted = [
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    ]
    assert mounted
    for path in mounted:
        assert (ROOT / path).exists(), path


def test_the_replicas_health_is_an_address_the_api_has() -> None:
    script = SERVICES["api"]["healthcheck"]["test"][-1]
    compile(script, "healthcheck", "exec")
    path = re.search(r"http://127\.0\.0\.1:8000(/[^']*)'", script)
    assert path is not None
    assert path.group(1) in build_app(Settings(_env_file=None, environment="test")).openapi()["paths"]


def test_each_image_is_built_from_a_file_of_ours() -> None:
    built = {ROOT / s["build"]["dockerfile"] for s in SERVICES.values() if "build" in s}
    assert built == set(DOCKERFILES)


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_an_image_copies_only_what_is_there_and_is_not_root(dockerfile: Path) -> None:
    steps = [line.split(maxsplit=1) for line in dockerfile.read_text().splitlines() if re.match(r"[A-Z]+ ", line)]
    for word, rest in steps:
        if word == "COPY" and not rest.startswith("--from="):
            for source in shlex.split(rest)[:-1]:
                assert (ROOT / source).exists(), source
    assert [rest for word, rest in steps if word == "USER"] not in ([], ["root"])
    assert all(re.search(r":\d[\w.-]+", rest) for word, rest in steps if word == "FROM"), "a version is named"


def test_the_api_image_starts_what_the_compose_file_starts() -> None:
    text = (ROOT / "infra" / "docker" / "api.Dockerfile").read_text()
    command = re.search(r"^CMD (\[.*\])$", text, re.MULTILINE)
    assert command is not None
    assert yaml.safe_load(command.group(1)) == SERVICES["api"]["command"]


def test_the_image_keeps_the_layout_by_which_migrations_are_found() -> None:
    from codewell.migrate import MIGRATIONS

    text = (ROOT / "infra" / "docker" / "api.Dockerfile").read_text()
    where = MIGRATIONS.relative_to(ROOT)
    assert f"COPY {where} {where}\n" in text
    assert "PYTHONPATH=/app/backend/src" in text
