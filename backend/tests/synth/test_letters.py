"""Letters: every true code can be told from them, no code is written in them, and they are not the classification's titles."""

import re
from collections import Counter

import pytest

from codewell.codesets import shipped
from codewell.synth import letters, words
from codewell.synth.comorbidities import BROUGHT
from codewell.synth.scenarios import ALL
from codewell.synth.story import Episode

TODAY = 739_942  # 22 November 2026


def told(code: str, text: str, episode: Episode) -> bool:
    """Whether the text holds a phrase from which a coder can tell the code."""
    known = words.evidence()
    if words.is_cause(code) and code[0] != "V" and code in episode.diagnoses:
        place = words.diagnoses()[("@" + code[3],)]
        return any(p.lower() in text for p in known[code[:3]]) and any(p.lower() in text for p in place)
    options = [*known.get(code, ()), *episode.scenario.histology.get(code, ())]
    return any(p.lower() in text for p in options)


class TestTruth:
    def test_each_true_code_has_its_phrase_in_the_episodes_letters(self, trust):
        untold: Counter[tuple[str, str]] = Counter()
        for e in trust:
            text = letters.whole_text(e).lower()
            for code in [*e.diagnoses, *e.procedures]:
                if not told(code, text, e):
                    untold[code, e.scenario.key] += 1
        assert not untold

    def test_the_control_fails_when_a_letter_is_cut_short(self, trust):
        cut = [e for e in trust if e.brought and e.last and e.spell.discharge_method == "1"][:300]
        missing = 0
        for e in cut:
            text = letters.whole_text(e).lower()[:150]
            missing += any(not told(code, text, e) for code in e.diagnoses)
        assert missing > 250

    def test_no_letter_carries_a_code_or_an_identifier(self, trust):
        code = re.compile(r"\b[A-TV-Z][0-9]{2}\.?[0-9]\b")
        for e in trust[:4000]:
            text = letters.whole_text(e)
            written = set(code.findall(text)) - {"Z94"}
            assert not written & {*e.diagnoses, *e.procedures}, (e.scenario.key, written)
            assert e.spell.patient.local_patient_id not in text
            assert (e.spell.patient.nhs_number or "no number") not in text

    def test_letters_are_not_made_of_titles(self):
        titles = {r.code: r.title.lower() for r in [*shipped.icd10_rows(), *shipped.opcs4_rows()]}
        copied = [
            codes
            for table in (words.diagnoses(), words.procedures())
            for codes, phrases in table.items()
            if all(p.lower() == titles.get(codes[0]) for p in phrases)
        ]
        assert len(copied) <= 3, copied

    def test_things_can_be_said_in_more_than_one_way(self):
        tables = [*words.diagnoses().values(), *words.procedures().values()]
        assert sum(1 for phrases in tables if len(phrases) >= 2) > len(tables) * 0.97

    def test_the_same_kind_of_patient_reads_differently(self, trust):
        texts = [letters.summary_of(e) for e in trust if e.scenario.key == "pneumonia" and e.last]
        assert len(set(texts)) == len(texts)
        assert len({t.split(":")[0].split(" ")[0] for t in texts}) > 1

    def test_there_are_things_that_are_not_codeable(self, trust):
        assert any("No evidence" in n or n.startswith("No ") for s in ALL for n in s.nots)
        with_nots = sum(any(n in letters.whole_text(e) for n in e.scenario.nots) for e in trust[:1000])
        assert with_nots > 500


class TestScenarios:
    @pytest.mark.parametrize("scenario", ALL, ids=lambda s: s.key)
    def test_all_it_may_say_has_words(self, scenario):
        for group in [c for _, c in scenario.primary] + [a.codes for a in scenario.also] + list(scenario.signs):
            codes = tuple(c.replace("@", "0").replace("FALL", "W010") for c in group.split())
            for run in words.cut_diagnoses(codes):
                assert words.ways(run)
        for also in scenario.also:
            codes = tuple(c.replace("@", "0").replace("FALL", "W010") for c in also.codes.split())
            for sentence in also.says:
                assert sentence.count("{") == len(words.cut_diagnoses(codes)), sentence
        assert sum(o.chance for o in scenario.ops if o.told in ("theatre", "scope", "cath", "unit")) < 1.0001
        texts = " ".join([o.codes for o in scenario.ops] + [c for cs in scenario.doing.values() for c in cs])
        assert "SIDE" not in texts or scenario.sides
        assert "SITE" not in texts or "" in scenario.sites
        assert len(scenario.presents) >= 1
        assert len(scenario.course) >= 1

    def test_what_patients_bring_has_words(self):
        for brought in BROUGHT:
            assert words.cut_diagnoses(brought.codes) == (brought.codes,)
            assert words.ways(brought.codes)


class TestDocuments:
    def test_operations_have_notes_and_specimens_reports(self, trust):
        for e in trust[:3000]:
            kinds = Counter(d.kind for d in letters.documents(e, TODAY))
            assert kinds["discharge_summary" if e.last else "transfer_summary"] == 1
            assert kinds["histology"] == (e.histology is not None)
            assert kinds["operation_note"] == sum(d.told == "theatre" for d in e.done)

    def test_what_is_expected_has_no_text_yet_and_what_came_has(self, trust):
        expected = 0
        for e in trust:
            for d in letters.documents(e, TODAY):
                assert (d.arrived_at is None) == (d.text is None)
                if d.arrived_at is None:
                    assert d.expected_on is not None
                    assert e.coded is None
                    expected += 1
                else:
                    assert d.arrived_at.toordinal() <= TODAY
                    assert len(d.text) < 4_000
        assert expected > 30

    def test_the_letter_stays_the_same_while_documents_come_in(self, trust):
        late = next(e for e in trust if e.histology and e.histology.reported <= TODAY and e.last)
        before = letters.documents(late, late.histology.reported - 1)
        after = letters.documents(late, TODAY)
        assert [d.text for d in before[:-1]] == [d.text for d in after[:-1]]
        assert before[-1].arrived_at is None
        assert after[-1].text
