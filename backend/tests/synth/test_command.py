"""What the command says no to, in a sentence and before anything is made."""

import argparse
from pathlib import Path

import pytest

from codewell.synth import command


def run(*given: str) -> int:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return command.main(parser.parse_args(["--format", "csv", "--fces", "5", *given]))


def test_a_file_is_not_written_over_unless_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.csv"
    out.write_text("mine")
    assert run("--out", str(out)) == 2
    assert "--force" in capsys.readouterr().err
    assert out.read_text() == "mine"
    assert run("--out", str(out), "--force") == 0
    assert out.read_text() != "mine"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--out", str(tmp_path / "none" / "a.csv")) == 2
    assert "There is no folder" in capsys.readouterr().err


def test_a_size_that_is_no_number_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("--fces", "abc")
    assert "a whole number is needed" in capsys.readouterr().err
