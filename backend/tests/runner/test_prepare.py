"""What `make` says before anything slow when something is missing, and that it skips what is done."""

from __future__ import annotations

import importlib.util
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from codewell.runner import ROOT

SCRIPT = ROOT / "infra" / "dev" / "prepare.py"


@pytest.fixture
def prepare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module that works in a folder of its own."""
    spec = importlib.util.spec_from_file_location("prepare", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "STATE", tmp_path / ".codewell")
    monkeypatch.setattr(module, "STAMPS", tmp_path / ".codewell" / "stamps")
    return module


def tool(folder: Path, name: str, says: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)


def sentence_of(path: Path, **env: str) -> str:
    """Run it with only the tools in ``path`` to be found; it must refuse at once, in one sentence."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "run"],
        env={"PATH": str(path), **env}, capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


class TestMissingTools:
    def test_no_node(self, tmp_path: Path) -> None:
        assert "node was not found" in sentence_of(tmp_path)

    def test_no_npm(self, tmp_path: Path) -> None:
        tool(tmp_path, "node", "v20.20.2")
        assert "npm was not found" in sentence_of(tmp_path)

    @pytest.mark.parametrize("version", ["v18.20.0", "v20.18.3", "nonsense"])
    def test_an_old_node(self, tmp_path: Path, version: str) -> None:
        tool(tmp_path, "node", version)
        tool(tmp_path, "npm", "10.0.0")
        sentence = sentence_of(tmp_path)
        assert "needs Node 20.19 or later" in sentence
        assert version in sentence

    def test_an_old_python(self, prepare: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(prepare.sys, "version_info", (3, 10, 4))
        with pytest.raises(prepare.Unprepared, match=r"needs Python 3\.11 or later"):
            prepare.check_python()

    def test_no_python_at_all_is_said_by_make(self) -> None:
        done = subprocess.run(
            ["make", "run", "PYTHON="], cwd=ROOT, capture_output=True, text=True, check=False, timeout=30
        )
        assert done.returncode != 0
        assert done.stderr.startswith("Codewell needs Python 3.11 or later, and none was found")


class TestPort:
    def test_a_taken_port_is_refused_before_anything_slow(self, tmp_path: Path) -> None:
        tool(tmp_path, "node", "v20.20.2")
        tool(tmp_path, "npm", "10.0.0")
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            sentence = sentence_of(tmp_path, PORT=str(port))
        assert sentence.startswith(f"Port {port} is taken")
        assert f"PORT={port + 1} make run" in sentence

    @pytest.mark.parametrize("port", ["0", "70000", "http"])
    def test_a_port_that_is_none_is_refused(self, tmp_path: Path, port: str) -> None:
        tool(tmp_path, "node", "v20.20.2")
        tool(tmp_path, "npm", "10.0.0")
        assert "PORT must be a number" in sentence_of(tmp_path, PORT=port)


class TestSteps:
    def test_a_step_is_done_again_only_when_its_inputs_or_its_result_changed(
        self, prepare: ModuleType, tmp_path: Path
    ) -> None:
        source, result = tmp_path / "source", tmp_path / "result"
        (source / "deep").mkdir(parents=True)
        (source / "deep" / "a.ts").write_text("one")
        first = prepare.digest(source, also=("20",))
        assert not prepare.fresh("step", first, result)
        prepare.stamped("step", first)
        assert not prepare.fresh("step", first, result), "a result that is not there was not made"
        result.write_text("made")
        assert prepare.fresh("step", prepare.digest(source, also=("20",)), result)
        (source / "deep" / "a.ts").write_text("two")
        assert not prepare.fresh("step", prepare.digest(source, also=("20",)), result)
        (source / "deep" / "a.ts").write_text("one")
        (source / "b.ts").write_text("")
        assert not prepare.fresh("step", prepare.digest(source, also=("20",)), result)
        (source / "b.ts").unlink()
        assert not prepare.fresh("step", prepare.digest(source, also=("24",)), result)

    def test_a_failing_step_shows_what_it_said_and_stops(
        self, prepare: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(prepare.Unprepared, match="Trying: failed"):
            prepare.call(["/bin/sh", "-c", "echo the reason; exit 3"], "Trying", cwd=tmp_path)
        said = capsys.readouterr().out
        assert "the reason" in said
        assert "Trying failed after" in said

    def test_a_browser_that_only_asks_for_another_package_is_not_taken(
        self, prepare: ModuleType, tmp_path: Path
    ) -> None:
        tool(tmp_path, "chromium", "Chromium 156.0.1 built")
        tool(tmp_path, "stub", "Command requires the chromium snap to be installed.")
        assert prepare.starts(str(tmp_path / "chromium"))
        assert not prepare.starts(str(tmp_path / "stub"))
        assert not prepare.starts(str(tmp_path / "none"))

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_folder_of_another_user_is_refused(
        self, prepare: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o500)
        monkeypatch.setattr(prepare, "ROOT", closed)
        with pytest.raises(prepare.Unprepared, match="cannot be written to"):
            prepare.check_folder()


class TestMakefile:
    MAKEFILE = (ROOT / "Makefile").read_text()

    def test_help_lists_every_target(self) -> None:
        said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        phony = re.search(r"^\.PHONY: (.*)$", self.MAKEFILE, re.MULTILINE)
        assert phony is not None
        for target in phony.group(1).split():
            assert re.search(rf"^  make {target} +\w", said, re.MULTILINE), target

    def test_machines_call_the_same_targets_and_nothing_else(self) -> None:
        script = (ROOT / ".ci" / "run").read_text()
        assert re.findall(r"^[^#\n].*$", script, re.MULTILINE)[-1] == "make test"
        assert "set -euo pipefail" in script
        workflow = (ROOT / ".github" / "workflows" / "check.yml").read_text()
        assert set(re.findall(r"run: (.*)", workflow)) == {"make check", ".ci/run"}
        for action in re.findall(r"uses: (\S+)", workflow):
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action), "an action is named by its content"
