"""The production entry points on a real server: migrate as the owner, replicas as the application, nginx in front."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import pytest

from codewell.embedded import throwaway
from codewell.main import _headers
from codewell.runner import ROOT, addresses, make_roles
from codewell.settings import Settings

ISSUERS = [{"issuer_id": "trust", "label": "Trust account", "issuer": "https://login.example.nhs.uk",
            "client_id": "codewell", "provider": "RXX"}]  # fmt: skip
PRODUCTION = {
    "PATH": os.defpath,
    "CODEWELL_ENVIRONMENT": "production",
    "CODEWELL_SECRET": "a secret that is long enough to be one of our own",
    "CODEWELL_PUBLIC_URL": "https://codewell.example.nhs.uk",
    "CODEWELL_OIDC_ISSUERS": json.dumps(ISSUERS),
}


def codewell(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "codewell", *words],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, process: subprocess.Popen[bytes], said: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, said.read_text()
        try:
            if httpx.get(address, timeout=5).status_code < 500:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(said.read_text())


@dataclass
class Replica:
    address: str
    process: subprocess.Popen[bytes]
    said: Path


@contextmanager
def replica(env: dict[str, str], folder: Path) -> Iterator[Replica]:
    port = free_port()
    said = folder / f"replica-{port}.log"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "codewell", "serve", "--host", "127.0.0.1", "--port", str(port)],
            cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/api/v1/health/ready", process, said)
        yield Replica(address, process, said)
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("production")


@pytest.fixture(scope="module")
def env(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a replica, against a server whose roles were made by infra/postgres/roles.sql."""
    with throwaway() as cluster:
        make_roles(cluster)
        urls = addresses(cluster)
        common = {**PRODUCTION, "CODEWELL_WORK_DIR": str(folder / "work")}
        migrated = codewell({**common, **urls}, "migrate")
        assert migrated.returncode == 0, migrated.stderr
        yield {**common, "CODEWELL_DATABASE_URL": urls["CODEWELL_DATABASE_URL"]}


@pytest.fixture(scope="module")
def replicas(env: dict[str, str], folder: Path) -> Iterator[list[Replica]]:
    with replica(env, folder) as first, replica(env, folder) as second:
        yield [first, second]


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "word"),
        [
            ({"CODEWELL_SECRET": "development-only-secret"}, "CODEWELL_SECRET"),
            ({"CODEWELL_SECRET": "short"}, "CODEWELL_SECRET"),
            ({"CODEWELL_LOCAL_ACCOUNTS": "true"}, "CODEWELL_LOCAL_ACCOUNTS"),
            ({"CODEWELL_OIDC_ISSUERS": "[]"}, "CODEWELL_OIDC_ISSUERS"),
            ({"CODEWELL_PUBLIC_URL": "http://codewell.example.nhs.uk"}, "CODEWELL_PUBLIC_URL"),
        ],
    )
    def test_an_unsafe_setting_stops_the_start_with_its_name_and_not_its_value(
        self, env: dict[str, str], change: dict[str, str], word: str
    ) -> None:
        refused = codewell({**env, **change}, "serve")
        assert refused.returncode == 1
        assert word in refused.stderr
        assert "Traceback" not in refused.stderr
        assert next(iter(change.values())) not in refused.stderr or change[word] in ("true", "[]")

    def test_no_database_named_is_refused(self) -> None:
        refused = codewell(dict(PRODUCTION), "serve")
        assert refused.returncode == 1
        assert "DATABASE_URL" in refused.stderr


class TestReplicas:
    def test_migrating_again_changes_nothing(self, env: dict[str, str]) -> None:
        # The application's own login may look at the schema but has nothing to do, and could not do it.
        done = codewell(env, "migrate")
        assert done.returncode in (0, 1)
        assert "create table" not in done.stderr

    def test_each_answers_and_publishes_neither_contract_nor_pages(self, replicas: list[Replica]) -> None:
        for one in replicas:
            assert httpx.get(f"{one.address}/api/v1/health/live").json() == {"status": "live"}
            assert httpx.get(f"{one.address}/api/v1/openapi.json").status_code == 404
            assert httpx.get(f"{one.address}/").status_code == 404

    def test_local_accounts_are_neither_offered_nor_accepted(self, replicas: list[Replica]) -> None:
        address = replicas[0].address
        options = httpx.get(f"{address}/api/v1/sign-in/options").json()
        assert "Trust account" in json.dumps(options)
        tried = httpx.post(
            f"{address}/api/v1/sign-in",
            json={"username": "coder", "password": "coder-coder-coder"},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert tried.status_code in (403, 404, 409)
        assert tried.headers["Content-Type"].startswith("application/problem+json")

    def test_its_log_is_one_json_object_a_line(self, replicas: list[Replica]) -> None:
        httpx.get(f"{replicas[0].address}/api/v1/health/live")
        lines = [json.loads(line) for line in replicas[0].said.read_text().splitlines()]
        assert lines
        assert all({"at", "level", "logger", "event"} <= line.keys() for line in lines)

    async def test_its_login_can_change_no_table_and_no_trail(self, env: dict[str, str]) -> None:
        connection = await asyncpg.connect(env["CODEWELL_DATABASE_URL"])
        try:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("select * from trust")
            await connection.execute("set role codewell_app")
            for statement in (
                "create table mine (n int)",
                "drop table trust",
                "delete from trail_line",
                "update trail_line set actor_name = 'nobody'",
                "insert into trail_line select * from trail_line",
                "set role codewell_owner",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        finally:
            await connection.close()

    def test_a_polite_end_is_a_clean_one(self, env: dict[str, str], folder: Path) -> None:
        with replica(env, folder) as one:
            one.process.send_signal(signal.SIGTERM)
            assert one.process.wait(timeout=35) in (0, -signal.SIGTERM)
        assert "Traceback" not in one.said.read_text()


# nginx in front


@pytest.fixture(scope="module")
def web(replicas: list[Replica]) -> Iterator[str]:
    """Our nginx configuration with this machine's addresses in it, in front of the first replica."""
    nginx = shutil.which("nginx", path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin")  # noqa: TID251
    if nginx is None:
        pytest.skip("nginx is not installed")
    # In a folder of its own that any account may enter: nginx may step down from root.
    folder = Path(f"/tmp/codewell-nginx-{os.getpid()}")
    pages = folder / "pages"
    (pages / "assets").mkdir(parents=True)
    (pages / "index.html").write_text("<!doctype html><title>Codewell</title>")
    (pages / "assets" / "index-abc123.js").write_text("export {};")
    port = free_port()
    source = ROOT / "infra" / "nginx"
    for name in ("page-headers.conf", "api-headers.conf", "proxy.conf"):
        (folder / "codewell").mkdir(exist_ok=True)
        text = (source / name).read_text().replace("api:8000", replicas[0].address.removeprefix("http://"))
        (folder / "codewell" / name).write_text(text)
    text = (source / "nginx.conf").read_text()
    here = {
        "/tmp/": f"{folder}/",
        "listen 8080": f"listen 127.0.0.1:{port}",
        "/srv/pages": str(pages),
        "/dev/stdout": str(folder / "access.log"),
    }
    for shipped, local in here.items():
        assert shipped in text
        text = text.replace(shipped, local)
    (folder / "nginx.conf").write_text(text)
    said = folder / "said.txt"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [nginx, "-c", str(folder / "nginx.conf"), "-g", "daemon off;"], stdout=output, stderr=subprocess.STDOUT
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/", process, said)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def raw_request(address: str, request: bytes) -> bytes:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            part = connection.recv(65536)
            if not part:
                break
            answer += part
    return answer


class TestWeb:
    def test_a_page_comes_with_the_headers_the_application_itself_would_send(self, web: str) -> None:
        answer = httpx.get(f"{web}/queues/to-code?age=5")
        assert answer.status_code == 200
        assert "<title>Codewell</title>" in answer.text
        settings = Settings(
            _env_file=None, environment="production", secret="x" * 32, public_url="https://a.nhs.uk",
            oidc_issuers=ISSUERS, database_url="",
        )  # type: ignore[arg-type]  # fmt: skip
        wanted = dict(_headers(settings)("/"))
        issuer = ISSUERS[0]["issuer"]
        wanted["Content-Security-Policy"] = wanted["Content-Security-Policy"].replace(f" {issuer}", "")
        for name, value in wanted.items():
            assert answer.headers.get_list(name) == [value], name
        assert answer.headers["Cache-Control"] == "no-store"
        assert "nginx/" not in answer.headers.get("Server", "")

    def test_an_asset_is_kept_for_a_year_and_a_missing_one_is_not_a_page(self, web: str) -> None:
        kept = httpx.get(f"{web}/assets/index-abc123.js")
        assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert httpx.get(f"{web}/assets/nothing.js").status_code == 404

    def test_an_answer_of_the_api_comes_through_with_its_headers_once(self, web: str) -> None:
        answer = httpx.get(f"{web}/api/v1/health/ready")
        assert answer.json() == {"status": "ready"}
        assert answer.headers.get_list("Content-Security-Policy") == ["default-src 'none'; frame-ancestors 'none'"]
        assert answer.headers.get_list("Cache-Control") == ["no-store"]

    def test_a_request_of_two_lengths_is_refused(self, web: str) -> None:
        answer = raw_request(
            web,
            b"POST /api/v1/sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"0\r\n\r\nX",
        )
        assert answer.startswith(b"HTTP/1.1 400")

    def test_a_body_over_the_limit_is_a_problem_document_without_being_read(self, web: str) -> None:
        answer = raw_request(
            web,
            b"POST /api/v1/sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            b"Content-Length: 6000000\r\n\r\n",
        )
        assert answer.startswith(b"HTTP/1.1 413")
        assert b"application/problem+json" in answer
        assert b"no-store" in answer

    def test_a_large_file_gets_through_to_the_api(self, web: str) -> None:
        answer = httpx.post(
            f"{web}/api/v1/intake/files", content=b"x" * 6_000_000, headers={"Content-Type": "text/csv"}
        )
        assert answer.status_code == 401
        assert answer.headers["Content-Type"].startswith("application/problem+json")

    def test_a_replica_that_is_away_is_a_problem_document(self, web: str, replicas: list[Replica]) -> None:
        replicas[0].process.terminate()
        replicas[0].process.wait(timeout=60)
        answer = httpx.get(f"{web}/api/v1/health/ready")
        assert answer.status_code == 503
        assert answer.json()["title"] == "Not available just now"
        assert answer.headers["Retry-After"] == "5"
        assert httpx.get(f"{replicas[1].address}/api/v1/health/ready").status_code == 200
