"""A real OpenID Connect provider for this room's tests."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest


@dataclass
class Issuer:
    """The provider's address, and what a person's browser and a hostile issuer do with it."""

    url: str

    def knobs(self, **knobs: object) -> None:
        """Make the provider lie (see issuer.py); without arguments it is honest again."""
        httpx.put(f"{self.url}/knobs", json=knobs).raise_for_status()

    def new_key(self) -> None:
        """Rotate the signing key."""
        httpx.post(f"{self.url}/new-key").raise_for_status()

    def approve(self, start_url: str, subject: str) -> dict[str, str]:
        """Sign in at the provider as ``subject`` and return what it hands to the callback."""
        answer = httpx.post(start_url, data={"sub": subject})
        assert answer.status_code == 302, answer.text
        return {k: v[0] for k, v in parse_qs(urlsplit(answer.headers["location"]).query).items()}

    def refuse(self, start_url: str) -> dict[str, str]:
        """Say no at the provider and return what it hands to the callback."""
        answer = httpx.post(start_url, data={"action": "deny"})
        assert answer.status_code == 302, answer.text
        return {k: v[0] for k, v in parse_qs(urlsplit(answer.headers["location"]).query).items()}

    def claims(self, subject: str, **claims: object) -> None:
        """Set what the provider knows of a person."""
        httpx.put(f"{self.url}/users/{subject}", json=claims).raise_for_status()


@pytest.fixture(scope="session")
def issuer_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    """Start the provider once for the whole run."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    log = tmp_path_factory.mktemp("issuer") / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "issuer.py"), str(port)], stdout=out, stderr=out
        )
    found = Issuer(f"http://127.0.0.1:{port}")
    try:
        for _ in range(150):
            try:
                httpx.get(found.url + "/jwks")
                break
            except httpx.TransportError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
        else:
            pytest.fail(f"the provider did not start: {log.read_text()}")
        yield found
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def issuer(issuer_process: Issuer) -> Iterator[Issuer]:
    """Give the provider, honest at the start of each test."""
    issuer_process.knobs()
    yield issuer_process
    issuer_process.knobs()
