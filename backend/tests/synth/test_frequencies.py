"""A code mix like the nation's; runs where the published lists are."""

import datetime as dt
from collections import Counter

import pytest

from codewell.codesets import shipped
from codewell.codesets.rules import is_subsidiary
from codewell.synth.frequencies import national_mix, read_usage
from codewell.synth.generate import generate

TODAY = dt.date(2026, 11, 22)


def test_fillers_and_dots_are_taken_off(tmp_path):
    path = tmp_path / "usage.csv"
    path.write_text("code,description,usage\nI10X,Hypertension,5\nJ45.9,Asthma,3\nR54X,Senility,1\n")
    assert read_usage(path) == {"I10": ("Hypertension", 5), "J459": ("Asthma", 3), "R54": ("Senility", 1)}


@pytest.fixture(scope="module")
def mix(national_lists):
    return national_mix(
        national_lists / "icd10_usage_2023-24.csv", national_lists / "opcs4_usage_2023-24.csv", 1, TODAY
    )


@pytest.fixture(scope="module")
def made(mix):
    return [e for batch in generate(1, 10_000, TODAY, code_lists=mix.lists, mix=mix) for e in batch]


def distance(use, found) -> float:
    """Total variation distance of two code mixes: 0 the same, 1 nothing in common."""
    total, of = sum(use.values()), sum(found.values())
    return sum(abs(use.get(c, 0) / total - found.get(c, 0) / of) for c in use.keys() | found.keys()) / 2


class TestMix:
    def test_diagnoses_follow_the_national_frequencies(self, mix, made):
        found = Counter(c for e in made for c in e.diagnoses)
        assert distance(mix.icd10, found) < 0.2
        plain = Counter(c for batch in generate(1, 4_000, TODAY) for e in batch for c in e.diagnoses)
        assert distance(mix.icd10, plain) > 0.3
        assert 6.5 < sum(found.values()) / len(made) < 8

    def test_procedures_too(self, mix, made):
        found = Counter(c for e in made for c in e.procedures)
        assert distance(mix.opcs4, found) < 0.35
        assert 1.5 < sum(found.values()) / len(made) < 2.4

    def test_every_code_is_on_the_national_list_or_one_of_its_divisions(self, mix, made, national_lists):
        national = read_usage(national_lists / "icd10_usage_2023-24.csv")
        for e in made:
            assert all(c in national or c[:4] in national for c in e.diagnoses)
            assert all(c in mix.opcs4 for c in e.procedures)

    def test_structure_holds(self, made):
        star = frozenset(shipped.uk()["asterisk"])
        sex_of = {r.code: r.sex for r in shipped.icd10_rows() if r.sex}
        for e in made:
            first = e.diagnoses[0]
            assert first[0] not in "VWXY"
            assert first[:3] not in star
            assert first[:2] != "B9"
            assert len(set(e.diagnoses)) == len(e.diagnoses)
            for i, code in enumerate(e.diagnoses):
                assert sex_of.get(code) is None or str(sex_of[code]) == e.spell.patient.sex
                if code[:3] in star:
                    assert i > 0
                if code[0] in "VWX":
                    # In the scenarios and in what is added, a cause follows what it caused.
                    assert any(c[0] in "STMGR" for c in e.diagnoses[:i]), e.diagnoses
            assert not e.procedures or not is_subsidiary(e.procedures[0])
            assert all(e.started <= on <= e.ended for on in e.procedure_days)
