"""One embedded PostgreSQL cluster: made once, started, found alive again after a crash, and stopped by who owns it."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from codewell.embedded import footing as footings
from codewell.embedded import tuning
from codewell.embedded.errors import EmbeddedError
from codewell.embedded.lock import FileLock

SUPERUSER = "postgres"
LOG_BYTES_KEPT = 8 * 1024 * 1024


class Cluster:
    """A cluster whose files are in ``data``, with its password beside it; reachable on 127.0.0.1 only.

    ``mine`` says whether this object may stop the server: it started it, or it adopted one that a killed owner left.
    """

    def __init__(
        self,
        data: Path,
        settings: Mapping[str, str] | None = None,
        *,
        programs: Path | None = None,
        namespaces: bool = True,
    ) -> None:
        self.asked = Path(data).resolve()
        self.settings = dict(tuning.durable() if settings is None else settings)
        self.mine = False
        self._programs = programs
        self._namespaces = namespaces
        self._footing: footings.Footing | None = None

    # ------------------------------------------------------------------ where things are

    @property
    def footing(self) -> footings.Footing:
        """Where the programs and the data are and as whom they run; worked out once."""
        if self._footing is None:
            self._footing = footings.choose(self.asked, self._programs, namespaces=self._namespaces)
        return self._footing

    @property
    def data(self) -> Path:
        """The data folder, which is elsewhere than asked only when the server's account cannot reach it."""
        return self.footing.data

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.data / "server.log"

    @property
    def password_file(self) -> Path:
        """The superuser's password in libpq's own format, readable by us alone."""
        return self.asked.with_name(self.asked.name + ".password")

    def url(self, database: str = "postgres", user: str = SUPERUSER, password: str | None = None) -> str:
        """Return a connection URL of the running server."""
        secret = self._password() if password is None else password
        return f"postgresql://{quote(user)}:{quote(secret, safe='')}@127.0.0.1:{self.port()}/{quote(database)}"

    def port(self) -> int:
        """Return the port the running server listens on."""
        port = self._noted_port()
        if port is None:
            raise EmbeddedError("The embedded PostgreSQL is not running.")
        return port

    # ------------------------------------------------------------------ life and death

    def start(self, timeout_s: int = 600, *, adopt: bool = False) -> bool:
        """Make sure the server runs, and say whether this call started it.

        One found alive is used as it is; with ``adopt`` (the caller holds the data to itself) it also becomes ours.
        """
        self.asked.parent.mkdir(parents=True, exist_ok=True)
        refusal = "Another process is starting this PostgreSQL and does not finish."
        with FileLock(self.asked.with_name(self.asked.name + ".starting"), wait_s=timeout_s, refusal=refusal):
            self._create()
            if self.alive():
                self.mine = self.mine or adopt
                return False
            # Ours from the first attempt on: whoever interrupts it can still stop what came of it.
            self.mine = True
            self._start(timeout_s)
            return True

    def stop(self, timeout_s: int = 60) -> None:
        """Stop the server if it is ours; open transactions are rolled back, committed ones are on disk."""
        if not self.mine:
            return
        for mode, wait_s in (("fast", timeout_s), ("immediate", 30)):
            done = self.footing.run("pg_ctl", "-D", self.data, "-w", "-t", str(wait_s), "-m", mode, "stop")
            if done.returncode == 0 or not self.alive(wait_s=0):
                self.mine = False
                return
        raise EmbeddedError(f"The embedded PostgreSQL does not stop; its log is {self.log}.")

    def alive(self, wait_s: float = 300) -> bool:
        """Say whether this cluster's server answers, waiting while it says it is still recovering.

        The server itself is asked: a process number proves nothing, since after a kill it may be a zombie or reused.
        """
        until = time.monotonic() + wait_s
        while (port := self._noted_port()) is not None:
            code = self._client("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "5").returncode
            if code == 0:
                return self._answers_as_this_cluster()
            if code != 1 or time.monotonic() >= until:  # 1: up, but not taking connections yet
                return False
            time.sleep(0.2)
        return False

    # ------------------------------------------------------------------ statements

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run SQL as the superuser and return what it prints, columns separated by ``|``."""
        done = self._psql(statement, database)
        if done.returncode:
            raise EmbeddedError(f"PostgreSQL refused: {done.stderr.strip()}")
        return done.stdout.strip()

    def _psql(self, statement: str, database: str) -> subprocess.CompletedProcess[str]:
        where = f"host=127.0.0.1 port={self.port()} user={SUPERUSER} dbname={database} connect_timeout=30"
        secret = str(self.password_file).replace("\\", "\\\\").replace("'", "\\'")
        # Statements go in by the standard input: arguments are visible to every user of the machine.
        return self._client(
            "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", f"{where} passfile='{secret}'", "-f", "-", feed=statement
        )

    def _client(self, program: str, *arguments: str, feed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a client program as ourselves; it ends by itself and leaves nothing behind, so pipes are safe."""
        command = [str(self.footing.programs / program), *arguments]
        return subprocess.run(command, input=feed, capture_output=True, text=True, check=False, start_new_session=True)

    def _answers_as_this_cluster(self) -> bool:
        """Say whether the server on the noted port is this one: another may have been given the port since."""
        done = self._psql("show data_directory", "postgres")
        return done.returncode == 0 and Path(done.stdout.strip()) == self.data

    # ------------------------------------------------------------------ making

    def _create(self) -> None:
        """Make the cluster once: an interrupted attempt leaves nothing that could be taken for a cluster."""
        if (self.data / "PG_VERSION").exists():
            self._refuse_strangers()
            return
        if self.data.exists() and any(self.data.iterdir()):
            raise EmbeddedError(f"{self.data} holds files but no PostgreSQL cluster; move them or name another folder.")
        if not self.password_file.exists():
            _write_private(self.password_file, f"*:*:*:{SUPERUSER}:{secrets.token_urlsafe(32)}\n")
        making = self.data.with_name(self.data.name + ".making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        self.footing.give(making)
        with tempfile.NamedTemporaryFile("w", suffix=".password", delete=False) as secret:
            secret.write(self._password())
        password = Path(secret.name)
        try:
            self.footing.give(password)
            done = self.footing.run(
                "initdb", "-D", making, "-U", SUPERUSER, f"--pwfile={password}", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
                "--text-search-config=english", "--data-checksums",
                *(["--no-sync"] if self.settings.get("fsync") == "off" else []),
            )  # fmt: skip
        finally:
            password.unlink()
        if done.returncode:
            shutil.rmtree(making, ignore_errors=True)
            raise EmbeddedError(f"The embedded PostgreSQL could not be set up: {_last_lines(done.stdout)}")
        with (making / "postgresql.conf").open("a") as file:
            file.write("\ninclude 'codewell.conf'\n")
        if self.data.exists():
            self.data.rmdir()
        making.rename(self.data)

    def _refuse_strangers(self) -> None:
        """Refuse data that is another user's, another major version's, or whose password is gone."""
        if hasattr(os, "geteuid") and os.geteuid() not in (0, self.data.stat().st_uid):
            raise EmbeddedError(f"{self.data} belongs to another user; run as that user, or use another data folder.")
        if not self.password_file.exists():
            raise EmbeddedError(f"{self.password_file} is missing, without which the data in {self.data} stays closed.")
        made_by = (self.data / "PG_VERSION").read_text().strip()
        installed = self.footing.run("postgres", "--version").stdout
        found = re.search(r"(\d+)", installed)
        if found is None or found.group(1) != made_by:
            raise EmbeddedError(
                f"{self.data} was made by PostgreSQL {made_by}, but {installed.strip() or 'another one'} is installed: "
                "dump the data with the old version, move the folder away, and load it into the new one."
            )

    # ------------------------------------------------------------------ starting

    def _start(self, timeout_s: int) -> None:
        self._turn_log()
        until = time.monotonic() + timeout_s
        attempts = 0
        while True:
            attempts += 1
            self._forget_dead_server()
            self._write_settings(_free_port())
            before = self.log.stat().st_size if self.log.exists() else 0
            left = max(10, int(until - time.monotonic()))
            done = self.footing.run("pg_ctl", "-D", self.data, "-w", "-t", str(left), "-l", self.log, "start")
            if done.returncode == 0:
                return
            said = self._log_since(before)
            # After a kill -9 its children take a moment to notice and let go; a chosen port may be taken meanwhile.
            passing = ("already exists", "is still in use", "could not bind", "Address already in use")
            if attempts >= 30 or time.monotonic() >= until or not any(sign in said for sign in passing):
                raise EmbeddedError(f"The embedded PostgreSQL did not start: {_last_lines(said or done.stdout)}")
            time.sleep(0.5)

    def _forget_dead_server(self) -> None:
        """Take a dead server's process number out of its lock file, where a zombie or a stranger now bears it.

        PostgreSQL takes that for a running server and would refuse to start. Our own number is put in its place,
        which it knows for the program that starts it; all its other checks (shared memory still in use) remain.
        """
        lock = self.data / "postmaster.pid"
        try:
            pid, rest = lock.read_text().split("\n", 1)
            number = int(pid)
        except (FileNotFoundError, ValueError):
            return
        if _is_other_than_postgres(number):
            with lock.open("r+") as file:
                file.write(f"{os.getpid()}\n{rest}")
                file.truncate()

    def _write_settings(self, port: int) -> None:
        lines = ["# Written at each start; changes belong in postgresql.conf, below its last line."]
        settings = {**self.settings, "port": str(port)}
        lines += [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in sorted(settings.items())]
        path = self.data / "codewell.conf"
        path.write_text("\n".join(lines) + "\n")
        path.chmod(0o600)
        self.footing.give(path)

    def _turn_log(self) -> None:
        """Keep the log of this start and, when it has grown, one older part."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_KEPT:
            self.log.replace(self.log.with_suffix(".log.1"))

    def _log_since(self, position: int) -> str:
        try:
            with self.log.open("rb") as file:
                file.seek(position)
                return file.read().decode(errors="replace")
        except FileNotFoundError:
            return ""

    def _noted_port(self) -> int | None:
        """Return the port a server noted in its lock file, None when there is none."""
        try:
            return int((self.data / "postmaster.pid").read_text().splitlines()[3])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def _password(self) -> str:
        return self.password_file.read_text().strip().rsplit(":", 1)[1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def _is_other_than_postgres(pid: int) -> bool:
    """Say whether a living process of that number is surely not a PostgreSQL server; False where it cannot be known."""
    process = Path("/proc") / str(pid)
    try:
        state = (process / "stat").read_text()
    except OSError:
        return False
    name, _, fields = state.partition("(")[2].rpartition(")")
    return fields.split()[0] == "Z" or name != "postgres"


def _last_lines(text: str, count: int = 6) -> str:
    return " / ".join(line.strip() for line in text.strip().splitlines()[-count:]) or "it said nothing"
