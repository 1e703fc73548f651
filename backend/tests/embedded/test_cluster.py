"""The embedded server on the real thing: made, stopped, killed and found again with everything that was committed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from codewell.embedded import Cluster, EmbeddedError, FileLock, throwaway, tuning
from codewell.embedded.throwaway import sweep

# Durable settings, but small: several of these clusters may run beside the rest of the suite.
SMALL = {**tuning.durable(memory=512 * tuning.MIB), "max_connections": "20"}


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path / "data with spaces" / "pg", SMALL)
    cluster.start()
    yield cluster
    cluster.start(adopt=True)
    cluster.stop()


def postmaster(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def kill_all(cluster: Cluster) -> None:
    """Kill the server and its children at one blow, as a failing machine would."""
    parent = postmaster(cluster)
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
    for pid in [parent, *map(int, listed.stdout.split())]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def test_a_new_cluster_is_postgresql_18_in_utf8_on_the_loopback_only(cluster: Cluster) -> None:
    assert cluster.sql("show server_version").startswith("18.")
    assert cluster.sql("show server_encoding") == "UTF8"
    assert cluster.sql("select lower('ÅÉ')") == "åé"
    assert cluster.sql("show listen_addresses") == "127.0.0.1"
    assert cluster.sql("show unix_socket_directories") == ""
    assert cluster.sql("show timezone") == "UTC"
    assert cluster.sql("show data_checksums") == "on"


def test_real_data_is_on_disk_before_a_commit_is_acknowledged(cluster: Cluster) -> None:
    assert cluster.sql("show fsync") == "on"
    assert cluster.sql("show synchronous_commit") == "on"
    assert cluster.sql("show full_page_writes") == "on"


def test_the_password_is_ours_alone_and_a_wrong_one_is_refused(cluster: Cluster) -> None:
    assert cluster.password_file.stat().st_mode & 0o077 == 0
    good = cluster.password_file.read_text()
    cluster.password_file.write_text(good.replace(good.rsplit(":", 1)[1], "wrong\n"))
    try:
        with pytest.raises(EmbeddedError, match="password authentication failed"):
            cluster.sql("select 1")
    finally:
        cluster.password_file.write_text(good)
    assert cluster.sql("select 1") == "1"


def test_a_failing_statement_leaves_no_value_in_the_log(cluster: Cluster) -> None:
    cluster.sql("create table person (nhs_number text primary key); insert into person values ('9990000018')")
    with pytest.raises(EmbeddedError):
        cluster.sql("insert into person values ('9990000018')")
    log = cluster.log.read_text()
    assert "person_pkey" in log
    assert "9990000018" not in log


def test_data_survives_a_stop_and_a_start(cluster: Cluster) -> None:
    cluster.sql("create table kept as select generate_series(1, 1000) as n")
    cluster.stop()
    assert not cluster.alive()
    assert cluster.start()
    assert cluster.sql("select count(*) from kept") == "1000"


def test_data_survives_kill_9_of_the_server_and_all_its_children(cluster: Cluster) -> None:
    cluster.sql("create table kept as select generate_series(1, 100000) as n")
    kill_all(cluster)
    began = time.monotonic()
    assert cluster.start()
    assert cluster.sql("select count(*) from kept") == "100000"
    assert time.monotonic() - began < 300


def test_data_survives_kill_9_of_the_server_alone(cluster: Cluster) -> None:
    cluster.sql("create table kept as select generate_series(1, 1000) as n")
    os.kill(postmaster(cluster), signal.SIGKILL)
    assert cluster.start()
    assert cluster.sql("select count(*) from kept") == "1000"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to know whose a process number is")
def test_a_reused_process_number_does_not_block_the_start(cluster: Cluster) -> None:
    kill_all(cluster)
    time.sleep(0.5)
    lock = cluster.data / "postmaster.pid"
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        lock.write_text(f"{stranger.pid}\n" + lock.read_text().split("\n", 1)[1])
        assert not cluster.alive()
        assert cluster.start()
        assert cluster.sql("select 1") == "1"
    finally:
        stranger.kill()
        stranger.wait()


def test_a_live_cluster_is_used_and_not_stopped_by_a_guest(cluster: Cluster) -> None:
    guest = Cluster(cluster.data, SMALL)
    assert not guest.start()
    assert guest.sql("select 1") == "1"
    guest.stop()
    assert cluster.alive()


def test_a_live_cluster_left_by_a_killed_owner_can_be_adopted_and_stopped(cluster: Cluster) -> None:
    heir = Cluster(cluster.data, SMALL)
    assert not heir.start(adopt=True)
    heir.stop()
    assert not cluster.alive()


def test_another_server_on_the_noted_port_is_not_taken_for_ours(cluster: Cluster, tmp_path: Path) -> None:
    other = Cluster(tmp_path / "other", SMALL)
    other.start()
    try:
        own = cluster.port()
        cluster.stop()
        noted = (other.data / "postmaster.pid").read_text()
        (cluster.data / "postmaster.pid").write_text(noted.replace(str(other.data), str(cluster.data)))
        assert own != other.port()
        assert not cluster.alive()
    finally:
        (cluster.data / "postmaster.pid").unlink(missing_ok=True)
        other.stop()


def test_an_interrupted_making_is_made_again(tmp_path: Path) -> None:
    making = tmp_path / "pg.making"
    making.mkdir()
    (making / "PG_VERSION").write_text("18\n")
    cluster = Cluster(tmp_path / "pg", SMALL)
    cluster.start()
    try:
        assert cluster.sql("select 1") == "1"
        assert not making.exists()
    finally:
        cluster.stop()


def test_a_folder_of_other_files_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg" / "letter.txt").write_text("keep me")
    with pytest.raises(EmbeddedError, match="no PostgreSQL cluster"):
        Cluster(tmp_path / "pg", SMALL).start()
    assert (tmp_path / "pg" / "letter.txt").read_text() == "keep me"


def test_a_cluster_of_another_major_version_is_refused_untouched(cluster: Cluster) -> None:
    cluster.stop()
    version = cluster.data / "PG_VERSION"
    version.write_text("15\n")
    try:
        with pytest.raises(EmbeddedError, match="made by PostgreSQL 15"):
            cluster.start()
    finally:
        version.write_text("18\n")


def test_a_lost_password_is_said_so(cluster: Cluster) -> None:
    cluster.stop()
    kept = cluster.password_file.read_text()
    cluster.password_file.unlink()
    try:
        with pytest.raises(EmbeddedError, match=r"pg\.password is missing"):
            cluster.start()
    finally:
        cluster.password_file.write_text(kept)


def test_a_setting_the_server_refuses_is_reported_with_its_own_words(tmp_path: Path) -> None:
    broken = Cluster(tmp_path / "pg", {**SMALL, "shared_buffers": "plenty"})
    with pytest.raises(EmbeddedError, match="shared_buffers"):
        broken.start()


def test_two_starters_make_one_cluster(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from codewell.embedded import Cluster, tuning;"
        "c = Cluster(Path(sys.argv[1]), {**tuning.durable(memory=512 * tuning.MIB)}); print(c.start(), c.port())"
    )
    path = [str(Path(__file__).parents[2] / "src")]
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}; {code}", str(tmp_path / "pg")],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = sorted(starter.communicate(timeout=60)[0].strip() for starter in starters)
    cluster = Cluster(tmp_path / "pg", SMALL)
    cluster.start(adopt=True)
    try:
        assert said == [f"False {cluster.port()}", f"True {cluster.port()}"]
    finally:
        cluster.stop()


def test_a_lock_is_held_by_one_and_free_after_its_holder_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path_of_source = str(Path(__file__).parents[2] / "src")
    code = (
        f"import sys, time; sys.path[:0] = [{path_of_source!r}]; from pathlib import Path;"
        f"from codewell.embedded import FileLock; FileLock(Path({str(path)!r})).acquire(); print('held', flush=True);"
        "time.sleep(60)"
    )
    # The lock lives as long as its object; a killed process loses it whatever it did.
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert not FileLock(path).acquire()
    finally:
        holder.kill()
        holder.wait()
        if holder.stdout is not None:
            holder.stdout.close()
    lock = FileLock(path)
    assert lock.acquire()
    lock.release()


class TestThrowaway:
    def test_it_leaves_nothing_behind(self) -> None:
        with throwaway() as cluster:
            assert cluster.sql("select 1") == "1"
            data = cluster.data
        assert not data.exists()
        assert not data.parent.exists()

    def test_one_whose_owner_was_killed_is_swept_up(self) -> None:
        path_of_source = str(Path(__file__).parents[2] / "src")
        code = (
            f"import sys, time; sys.path[:0] = [{path_of_source!r}]; from codewell.embedded import throwaway\n"
            "with throwaway() as cluster:\n    print(cluster.data, flush=True); time.sleep(60)"
        )
        owner = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert owner.stdout is not None
        data = Path(owner.stdout.readline().strip())
        sweep(older_than_s=0)
        assert data.exists(), "one in use is not swept"
        server = int((data / "postmaster.pid").read_text().splitlines()[0])
        owner.kill()
        owner.wait()
        owner.stdout.close()
        assert Path(f"/proc/{server}").exists() or sys.platform != "linux"
        sweep(older_than_s=0)
        assert not data.parent.exists()


class TestTuning:
    @pytest.mark.parametrize(("gib", "shared"), [(1, "256MB"), (2, "512MB"), (64, "512MB")])
    def test_shared_buffers_are_a_quarter_of_memory_within_bounds(self, gib: int, shared: str) -> None:
        assert tuning.durable(memory=gib * 1024 * tuning.MIB)["shared_buffers"] == shared

    def test_a_tiny_machine_still_gets_a_working_server(self) -> None:
        assert tuning.durable(memory=256 * tuning.MIB)["shared_buffers"] == "128MB"
