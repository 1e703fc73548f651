"""Set up what a command needs, and only what has changed since: run by make before `run`, `dev`, `test` and `check`.

Standard library only, and written so that an old Python still gets as far as saying that it is too old.
"""

# ruff: noqa: TID251  # it runs before there are any settings
from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".codewell"
STAMPS = STATE / "stamps"
VENV = ROOT / ".venv"
FRONTEND = ROOT / "frontend"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = (20, 19)
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")


if TYPE_CHECKING:
    Command = Sequence["str | Path"]


class Unprepared(Exception):
    """Something is missing that we cannot fetch ourselves; the message is one sentence that says what to do."""


class Step:
    """One slow step: says what it does at once, counts the seconds, and says when it is done."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.began = time.monotonic()
        self.done = threading.Event()
        self.live = sys.stdout.isatty()

    def __enter__(self) -> Step:
        print("  " + self.title + " ...", end="" if self.live else "\n", flush=True)
        threading.Thread(target=self._count, daemon=True).start()
        return self

    def _count(self) -> None:
        while not self.done.wait(1 if self.live else 15):
            self._line("...", end="" if self.live else "\n")

    def _line(self, end_word: str, end: str = "\n") -> None:
        seconds = time.monotonic() - self.began
        print(
            "{}  {} {} {:.0f} s".format("\r" if self.live else "", self.title, end_word, seconds), end=end, flush=True
        )

    def __exit__(self, kind: type[BaseException] | None, error: object, at: object) -> None:
        self.done.set()
        self._line("failed after" if kind else "done in")


def call(command: Command, title: str, cwd: Path = ROOT, extra_env: dict[str, str] | None = None) -> None:
    """Run a command behind one progress line; when it fails, show what it said."""
    env = dict(os.environ)
    env.update({"NO_COLOR": "1", "FORCE_COLOR": "0", **(extra_env or {})})
    with tempfile.TemporaryFile() as output:
        with Step(title) as step:
            try:
                code = subprocess.call(
                    [str(part) for part in command],
                    cwd=str(cwd),
                    env=env,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
            except OSError as error:
                raise Unprepared(f"{command[0]} cannot be run: {error}") from error
            if code == 0:
                return
            step.done.set()
            output.seek(0)
            said = output.read().decode(errors="replace").strip().splitlines()
            shown = said if len(said) <= 40 else [*said[:15], f"... {len(said) - 40} lines ...", *said[-25:]]
            print("\n" + "\n".join("    " + line for line in shown))
            raise Unprepared(f"{title}: failed; what it said is above.")


def digest(*paths: Path, also: Iterable[object] = ()) -> str:
    """Return one hash over the names and contents of files and folders, and over further words."""
    total = hashlib.sha256(json.dumps([str(word) for word in also]).encode())
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                total.update(str(file.relative_to(ROOT)).encode())
                total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def fresh(name: str, wanted: str, result: Path) -> bool:
    """Say whether a step was done for exactly these inputs and its result is still there."""
    stamp = STAMPS / name
    return result.exists() and stamp.exists() and stamp.read_text() == wanted


def stamped(name: str, value: str) -> None:
    """Note that a step was done for inputs of this hash."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(value)


def check_python() -> None:
    """Refuse a Python that is too old."""
    if sys.version_info < OLDEST_PYTHON:
        raise Unprepared(
            f"Codewell needs Python 3.11 or later, and {sys.executable} is {sys.version.split()[0]}; "
            "install a newer one, or name it: make PYTHON=python3.12 run"
        )


def check_node() -> tuple[int, ...]:
    """Return Node's version, or say in one sentence what is missing."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise Unprepared(
            "Codewell needs Node 20.19 or later with npm, and "
            f"{'node' if node is None else 'npm'} was not found; see nodejs.org."
        )
    said = subprocess.run([node, "--version"], capture_output=True, check=False)
    found = re.match(rb"v(\d+)\.(\d+)", said.stdout)
    version = tuple(map(int, found.groups())) if found else (0, 0)
    if version < OLDEST_NODE:
        raise Unprepared(
            "Codewell needs Node 20.19 or later, and {} is {}; see nodejs.org.".format(
                node, said.stdout.decode(errors="replace").strip() or "of no known version"
            )
        )
    return version


def check_port() -> None:
    """Refuse a taken port before anything slow is begun; the server itself looks again."""
    port = os.environ.get("PORT") or "8000"
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise Unprepared(f"PORT must be a number from 1 to 65535, and it is {port!r}.")
    with socket.socket() as probe:
        if not WINDOWS:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError as error:
            raise Unprepared(
                f"Port {port} is taken (is Codewell running already?); stop what uses it, "
                f"or choose another: PORT={int(port) + 1} make run"
            ) from error


def check_folder() -> None:
    """Refuse a folder we may not write to, as after a first run by another user."""
    for path in (ROOT, STATE, VENV, FRONTEND / "node_modules", FRONTEND / "dist"):
        if path.exists() and not os.access(str(path), os.W_OK):
            raise Unprepared(
                f"{path} cannot be written to by this user; was it made by another one? Use that one, or your own copy."
            )


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let one set-up work at a time in this folder; a second waits for the first."""
    STATE.mkdir(exist_ok=True)
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (STATE / "prepare.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("  Waiting for another set-up in this folder ...", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def python_packages(with_tests: bool) -> None:
    """Install the locked packages into .venv, and make the source importable from there."""
    wanted_for = {
        name: digest(ROOT / "backend" / name, also=(sys.version_info[:2], sys.platform))
        for name in ("requirements.txt", "requirements-dev.txt")
    }
    lock = "requirements-dev.txt" if with_tests else "requirements.txt"
    if not venv_works():
        make_venv()
        for name in wanted_for:
            (STAMPS / name).unlink() if (STAMPS / name).exists() else None
    if not fresh(lock, wanted_for[lock], PYTHON):
        call(
            [*pip(), "install", "--require-hashes", "--no-deps", "--no-input", "--no-compile",
             "--disable-pip-version-check", "--progress-bar", "off", "-r", ROOT / "backend" / lock],
            "Installing Python packages",
        )  # fmt: skip
        stamped(lock, wanted_for[lock])
        if with_tests:
            # What tests need includes what a run needs.
            stamped("requirements.txt", wanted_for["requirements.txt"])
    where = subprocess.check_output([str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    pth = Path(where.decode().strip()) / "codewell.pth"
    source = str(ROOT / "backend" / "src") + "\n"
    if not pth.exists() or pth.read_text(encoding="utf-8") != source:
        pth.write_text(source, encoding="utf-8")


def venv_works() -> bool:
    """Say whether .venv has a Python of our version that starts; one that was moved or upgraded away does not."""
    try:
        said = subprocess.check_output(
            [str(PYTHON), "-c", f"import sys; print(sys.version_info[:2] == {tuple(sys.version_info[:2])!r})"],
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return said.strip() == b"True"


def make_venv() -> None:
    """Make .venv anew."""
    if VENV.exists():
        shutil.rmtree(str(VENV))
    try:
        import ensurepip  # noqa: F401  # its absence is what is asked

        without_pip = []
    except ImportError:
        # Debian ships Python without it; a pip that is already there can serve the new environment as well.
        if subprocess.call(
            [sys.executable, "-m", "pip", "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ):
            raise Unprepared(
                "This Python can make no virtual environment; install its venv package "
                "(Debian: apt install python3-venv)."
            ) from None
        without_pip = ["--without-pip"]
    call([sys.executable, "-m", "venv", *without_pip, VENV], "Making a Python environment in .venv")


def pip() -> list[str]:
    """Return the command that installs into .venv, whether it has its own pip or not."""
    own = [str(PYTHON), "-m", "pip"]
    if subprocess.call([*own, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
        return own
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def npm() -> tuple[str, dict[str, str]]:
    """Return npm as a command and, where this user's home cannot hold its cache, where to put it instead."""
    home = Path(os.path.expanduser("~"))
    writable = home.is_dir() and os.access(str(home), os.W_OK)
    env = {} if writable else {"npm_config_cache": str(STATE / "npm-cache"), "HOME": str(STATE)}
    return shutil.which("npm") or "npm", env


def node_packages(node: tuple[int, ...]) -> None:
    """Install exactly what the lock file names."""
    wanted = digest(
        FRONTEND / "package.json", FRONTEND / "package-lock.json", FRONTEND / ".npmrc", also=(node[0], sys.platform)
    )
    if not fresh("npm", wanted, FRONTEND / "node_modules" / ".package-lock.json"):
        command, env = npm()
        call([command, "ci", "--no-audit", "--no-fund", "--loglevel=error"], "Installing Node packages", FRONTEND, env)
        stamped("npm", wanted)


def pages(node: tuple[int, ...]) -> None:
    """Build the SPA into frontend/dist when anything it is made from has changed."""
    sources = [FRONTEND / name for name in ("src", "public", "index.html", "package-lock.json")]
    wanted = digest(*sources, *sorted(FRONTEND.glob("*.ts")), *sorted(FRONTEND.glob("tsconfig*.json")), also=(node[0],))
    if not fresh("pages", wanted, FRONTEND / "dist" / "index.html"):
        command, env = npm()
        # Without the type check of `npm run build`, which `make check` does and a run need not wait for.
        call([command, "exec", "--", "vite", "build"], "Building the pages", FRONTEND, env)
        stamped("pages", wanted)


def chromium() -> None:
    """Find a Chromium that starts, installing one if there is none, and note where it is."""
    note = STATE / "chromium"
    named = os.environ.get("CHROMIUM") or os.environ.get("CODEWELL_CHROMIUM")
    if named and not starts(named):
        raise Unprepared(f"CHROMIUM names {named}, which does not start.")
    known = [named] if named else [note.read_text().strip() if note.exists() else None, *browsers()]
    found = next((browser for browser in known if browser and starts(browser)), None)
    if found is None and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        with contextlib.suppress(Unprepared):
            call(["apt-get", "update", "-qq"], "Refreshing the list of system packages", extra_env=quiet)
            call(
                ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
                "Installing Chromium",
                extra_env=quiet,
            )
        found = next(filter(starts, browsers()), None)
    if found is None:
        command, env = npm()
        npx = [command, "exec", "--", "playwright"]
        with contextlib.suppress(Unprepared):
            call([*npx, "install", "chromium"], "Fetching a Chromium for the journeys", FRONTEND, env)
        found = next(filter(starts, [*browsers(), *fetched_browsers()]), None)
    if found is None:
        raise Unprepared(
            "The journeys need Chromium, which could not be installed; install chromium or google-chrome, "
            "or name one: CHROMIUM=/path/to/chrome make test"
        )
    note.write_text(found)


def browsers() -> list[str]:
    """Return browsers of the Chromium family that are installed, best first."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    return [path for path in map(shutil.which, names) if path] + ([str(mac)] if mac.exists() else [])


def fetched_browsers() -> list[str]:
    """Return the browser that Playwright fetched, as Playwright itself names it."""
    code = "console.log(require('playwright-core').chromium.executablePath())"
    said = subprocess.run(
        [shutil.which("node") or "node", "-e", code],
        cwd=str(FRONTEND),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return [said.stdout.decode().strip()] if said.stdout.strip() else []


def starts(browser: str) -> bool:
    """Say whether a browser starts; Ubuntu's package, for one, is a stub that may only ask for something else."""
    try:
        done = subprocess.run(
            [browser, "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and re.search(rb"\d+\.\d+", done.stdout) is not None


def prepare(purpose: str) -> None:
    """Do what is needed for one purpose, the quick refusals first."""
    check_python()
    node = (0, 0) if purpose == "backend" else check_node()
    if purpose in ("run", "dev"):
        check_port()
    check_folder()
    with alone():
        python_packages(with_tests=purpose != "run")
        if purpose == "backend":
            return
        node_packages(node)
        if purpose in ("run", "test", "e2e", "bench"):
            pages(node)
        if purpose in ("test", "e2e"):
            chromium()


def main() -> int:
    """Prepare for the purpose named on the command line; 0 when all is ready."""
    parser = argparse.ArgumentParser(description="Set up what a command needs, and only what has changed since.")
    parser.add_argument("purpose", choices=["run", "dev", "setup", "check", "backend", "test", "e2e", "bench"])
    purpose = parser.parse_args().purpose
    try:
        prepare(purpose)
    except Unprepared as sentence:
        print(f"\n{sentence}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; what was finished stays, the rest is done next time.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
