"""`codewell run` as a person meets it: started, stopped, killed, started twice; as processes of their own."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from codewell.embedded import Cluster, throwaway
from codewell.runner import ROOT, PlainLines, addresses, make_roles

# What the person who runs the tests has set must not reach the programs under test.
CLEAN = {
    name: value
    for name, value in os.environ.items()  # noqa: TID251
    if not name.startswith("CODEWELL_") and name not in ("DATABASE_URL", "PORT")
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """One `codewell run` and what it said."""

    def __init__(self, data: Path, port: int, env: Mapping[str, str] | None = None, episodes: int = 0) -> None:
        self.data, self.port = data, port
        self.said = data.parent / f"said-{time.monotonic_ns()}.txt"
        command = [sys.executable, "-m", "codewell", "run", "--data", str(data), "--port", str(port)]
        command += ["--seed-size", str(episodes)]
        with self.said.open("w") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env={**CLEAN, **(env or {})},
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def text(self) -> str:
        return self.said.read_text()

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def wait_until_up(self, seconds: float = 240) -> float:
        began = time.monotonic()
        while "Codewell is at" not in self.text():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() - began < seconds, self.text()
            time.sleep(0.05)
        assert self.ready(), self.text()
        return time.monotonic() - began

    def end(self, number: int) -> int:
        os.kill(self.process.pid, number)
        return self.process.wait(timeout=60)

    def server(self) -> Cluster:
        return Cluster(self.data / "pg")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "a folder" / "home"
    home.parent.mkdir()
    yield home
    left = Cluster(home / "pg")
    if home.exists() and left.alive(wait_s=5):
        left.mine = True
        left.stop()


@pytest.fixture
def running(home: Path) -> Iterator[Running]:
    one = Running(home, free_port())
    yield one
    if one.process.poll() is None:
        one.end(signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_polite_end_stops_everything_it_started(running: Running, number: int) -> None:
    running.wait_until_up()
    assert running.server().alive()
    assert running.end(number) == 0, running.text()
    assert not running.server().alive()
    assert not (running.data / "pg" / "postmaster.pid").exists()
    assert "Traceback" not in running.text()


def test_an_end_during_the_start_leaves_no_server(running: Running) -> None:
    pid = running.data / "pg" / "postmaster.pid"
    until = time.monotonic() + 30
    while not pid.exists() and time.monotonic() < until:
        time.sleep(0.005)
    running.end(signal.SIGINT)
    assert not running.server().alive()
    assert "Traceback" not in running.text()


def test_a_second_run_is_up_with_the_data_kept(running: Running) -> None:
    running.wait_until_up()
    running.server().sql("create table kept as select 1 as n", "codewell")
    running.end(signal.SIGTERM)
    again = Running(running.data, running.port)
    try:
        again.wait_until_up()
        assert again.server().sql("select n from kept", "codewell") == "1"
    finally:
        again.end(signal.SIGTERM)


def test_kill_9_leaves_nothing_that_the_next_run_cannot_take_over(running: Running) -> None:
    running.wait_until_up()
    running.server().sql("create table kept as select generate_series(1, 1000) as n", "codewell")
    running.end(signal.SIGKILL)
    assert running.server().alive(), "the database outlives its owner, and so does what was committed"
    heir = Running(running.data, running.port)
    try:
        heir.wait_until_up()
        assert heir.server().sql("select count(*) from kept", "codewell") == "1000"
    finally:
        heir.end(signal.SIGINT)
    assert not heir.server().alive()


def test_kill_9_of_the_run_and_of_its_database_loses_nothing(running: Running) -> None:
    running.wait_until_up()
    running.server().sql("create table kept as select generate_series(1, 1000) as n", "codewell")
    postmaster = int((running.data / "pg" / "postmaster.pid").read_text().splitlines()[0])
    running.end(signal.SIGKILL)
    os.kill(postmaster, signal.SIGKILL)
    heir = Running(running.data, running.port)
    try:
        heir.wait_until_up()
        assert heir.server().sql("select count(*) from kept", "codewell") == "1000"
    finally:
        heir.end(signal.SIGTERM)


def test_a_filling_that_was_killed_begins_anew_and_ends_whole(home: Path) -> None:
    first = Running(home, free_port(), episodes=600)
    until = time.monotonic() + 120
    while "People" not in first.text() and time.monotonic() < until:
        assert first.process.poll() is None, first.text()
        time.sleep(0.02)
    first.end(signal.SIGKILL)
    assert "People" in first.text(), first.text()
    assert first.server().sql("select count(*) from trust", "codewell") == "1"
    second = Running(home, free_port(), episodes=600)
    try:
        second.wait_until_up(120)
        assert "begins anew" in second.text()
        assert second.server().sql("select count(*) from trust", "codewell") == "1"
        assert second.server().sql("select count(*) from episode", "codewell") == "600"
        assert "Sign-ins of the synthetic Trust" in second.text()
    finally:
        second.end(signal.SIGTERM)


def test_a_database_killed_under_a_running_server_is_a_503_and_not_a_crash(running: Running) -> None:
    running.wait_until_up()
    running.server().sql("select 1")
    os.kill(int((running.data / "pg" / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
    time.sleep(1)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{running.port}/api/v1/health/ready", timeout=10)
    assert refused.value.code == 503
    assert refused.value.headers["Content-Type"].startswith("application/problem+json")
    refused.value.close()
    assert running.process.poll() is None


def test_a_taken_port_is_one_sentence_before_anything_is_made(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        refused = Running(home, other.getsockname()[1])
        assert refused.process.wait(timeout=30) == 1
    assert refused.text().strip().startswith(f"Port {refused.port} is taken")
    assert len(refused.text().strip().splitlines()) == 1
    assert not home.exists()


def test_two_runs_on_one_folder_are_one_run_and_one_sentence(running: Running) -> None:
    running.wait_until_up()
    second = Running(running.data, free_port())
    assert second.process.wait(timeout=30) == 1
    assert len(second.text().strip().splitlines()) == 1
    assert "is running on" in second.text()
    assert running.ready()


def test_a_command_beside_a_run_is_its_guest_and_leaves_it_alone(running: Running) -> None:
    running.wait_until_up()
    guest = subprocess.run(
        [sys.executable, "-m", "codewell", "trail", "verify", "--data", str(running.data)],
        cwd=ROOT, env=CLEAN, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert guest.returncode == 0, guest.stderr
    assert "whole" in guest.stdout
    assert running.ready()


def test_a_server_of_ones_own_is_used_and_not_stopped(home: Path) -> None:
    with throwaway() as cluster:
        make_roles(cluster)
        urls = addresses(cluster)
        env = {
            "DATABASE_URL": urls["CODEWELL_DATABASE_URL"],
            "CODEWELL_OWNER_DATABASE_URL": urls["CODEWELL_OWNER_DATABASE_URL"],
        }
        one = Running(home, free_port(), env)
        one.wait_until_up()
        assert one.end(signal.SIGTERM) == 0
        assert not (home / "pg").exists()
        assert cluster.sql("select count(*) from trust", "codewell") == "0"


def test_a_server_that_does_not_answer_is_one_sentence_without_the_password(home: Path) -> None:
    one = Running(home, free_port(), {"DATABASE_URL": f"postgresql://who:opensesame@127.0.0.1:{free_port()}/x"})
    assert one.process.wait(timeout=30) == 1
    assert len(one.text().strip().splitlines()) == 1
    assert "DATABASE_URL" in one.text()
    assert "opensesame" not in one.text()


def test_the_terminal_says_all_that_is_known_of_a_refusal_on_one_line() -> None:
    record = logging.makeLogRecord(
        {"msg": "refused", "method": "GET", "path": "/api/v1/people/{person_id}", "status": 403, "reason": "x\ny"}
    )
    line = PlainLines().format(record)
    assert line == "refused method=GET path=/api/v1/people/{person_id} status=403 reason=x y"
