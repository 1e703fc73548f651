"""Files: what a PAS would send, understood by the intake as it is."""

import argparse
import csv
import datetime as dt

import orjson
import polars as pl
import pytest

from codewell.intake.check import check
from codewell.intake.parse import csv_batches, open_csv
from codewell.synth import command, files
from codewell.synth.generate import generate

TODAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="module")
def episodes():
    return [e for batch in generate(4, 1_500, TODAY) for e in batch]


@pytest.fixture
def path(tmp_path, episodes):
    out = tmp_path / "trust.csv"
    out.write_bytes(files.csv_lines(episodes, "RXX", TODAY.toordinal(), header=True))
    return out


class TestCsv:
    def test_each_column_is_one_that_the_intake_knows(self, path):
        header, _, _ = open_csv(path, {})
        assert header.ignored == []

    def test_the_intake_accepts_every_row(self, path, episodes):
        header, encoding, offset = open_csv(path, {})
        good = 0
        for batch in csv_batches(path, header, encoding, offset, 1):
            now = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
            checked = check(batch.frame, provider="RXX", now=now, today=TODAY, known_bad=batch.faults)
            assert checked.faults == {}
            good += checked.good.height
        assert good == len(episodes)

    def test_codes_have_the_filler_of_the_data_set_and_uncoded_rows_have_none(self, path, episodes):
        rows = list(csv.DictReader(path.open(newline="")))
        assert len(rows) == len(episodes)
        assert any(r["DIAG_02"] == "I10X" for r in rows)
        uncoded = [r for r, e in zip(rows, episodes, strict=True) if e.coded is None]
        assert uncoded
        assert all(not r["DIAG_01"] and not r["coding_source"] for r in uncoded)
        for r, e in zip(rows, episodes, strict=True):
            if e.coded:
                assert r["DIAG_01"] == files.filled(e.coded.diagnoses[0])
                dated = [r[f"OPDATE_{n:02d}"] for n in range(1, 25) if r[f"OPERTN_{n:02d}"]]
                assert len(dated) == len(e.coded.procedures[:24])
                assert all(dated)

    def test_nothing_is_sent_from_the_future(self, path):
        rows = pl.read_csv(path, infer_schema=False)
        assert rows["source_at"].max() < "2026-11-22T00"


class TestNdjson:
    def test_each_line_is_one_item_with_its_documents(self, episodes):
        lines = files.ndjson_lines(episodes, "RXX", TODAY.toordinal()).splitlines()
        assert len(lines) == len(episodes)
        item = orjson.loads(lines[0])
        assert item["feed_action"] == "upsert"
        assert item["documents"][0]["kind"] in ("discharge_summary", "transfer_summary")
        assert set(item["patient"]) == {"local_patient_id", "nhs_number", "nhs_number_status", "birth_on", "sex"}


class TestCommand:
    def run(self, *words: str) -> int:
        parser = argparse.ArgumentParser()
        command.arguments(parser)
        return command.main(parser.parse_args(words))

    def test_it_writes_a_file_with_progress(self, tmp_path, capsys):
        out = tmp_path / "x.csv"
        assert self.run("--fces", "300", "--format", "csv", "--out", str(out), "--today", "2026-11-22") == 0
        assert len(out.read_text().splitlines()) == 301
        assert "300 of 300" in capsys.readouterr().out

    def test_the_same_words_write_the_same_bytes(self, tmp_path):
        for name in ("a", "b"):
            self.run(
                "--fces",
                "200",
                "--seed",
                "9",
                "--format",
                "ndjson",
                "--out",
                str(tmp_path / name),
                "--today",
                "2026-11-22",
            )
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()

    def test_one_list_of_frequencies_alone_is_refused_and_so_is_a_file_without_a_name(self, tmp_path, capsys):
        assert self.run("--icd10-usage", str(tmp_path)) == 2
        assert self.run("--format", "csv") == 2
        assert "--out" in capsys.readouterr().err

    def test_sizes_are_bounded(self):
        with pytest.raises(SystemExit):
            self.run("--fces", "2600001")
