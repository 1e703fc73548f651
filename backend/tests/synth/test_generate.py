"""The generator: the same for the same seed, valid, and as a Trust is."""

import datetime as dt
import tracemalloc
from collections import Counter, defaultdict

import pytest

from codewell.codesets import shipped
from codewell.codesets.rules import is_subsidiary
from codewell.episodes import reference
from codewell.synth import files
from codewell.synth.days import WINTER, months_before
from codewell.synth.generate import generate
from codewell.synth.people import Numbers, nhs_check_digit
from codewell.synth.scenarios import ALL

TODAY = dt.date(2026, 11, 22)
SIZE = 12_000
"""Of the fixture `trust`."""


def within(code: str, span: str) -> bool:
    first, _, last = span.partition("-")
    return first <= code[: len(first)] <= (last or first)


def lines(seed: int, size: int, today: dt.date = TODAY) -> list[bytes]:
    return [files.ndjson_lines(batch, "RXX", today.toordinal()) for batch in generate(seed, size, today)]


class TestSeed:
    def test_the_same_seed_and_day_make_the_same_trust_to_the_letter(self):
        assert lines(5, 600) == lines(5, 600)

    def test_another_seed_makes_another(self):
        assert lines(5, 200) != lines(6, 200)

    def test_it_makes_exactly_as_many_episodes_as_asked_for(self):
        for size in (1, 7, 1_234):
            assert sum(len(batch) for batch in generate(2, size, TODAY)) == size


class TestCodes:
    def test_there_are_at_least_sixty_kinds_of_patient_across_the_specialties(self, trust):
        assert len(ALL) >= 60
        assert len({s.service.function for s in ALL}) >= 25
        assert len({e.scenario.key for e in trust}) == len(ALL)

    def test_every_true_code_may_be_used_in_the_editions_that_ship(self, trust):
        icd10 = {r.code: r for r in shipped.icd10_rows()}
        opcs4 = {r.code: r for r in shipped.opcs4_rows()}
        used = {c for e in trust for c in e.diagnoses}
        done = {c for e in trust for c in e.procedures}
        assert [c for c in sorted(used) if c not in icd10 or not icd10[c].leaf] == []
        assert [c for c in sorted(done) if c not in opcs4 or not opcs4[c].leaf] == []
        assert len(used) > 400
        assert len(done) > 150

    def test_what_a_coder_wrote_may_be_used_too(self, trust):
        icd10 = {r.code for r in shipped.icd10_rows() if r.leaf}
        opcs4 = {r.code for r in shipped.opcs4_rows() if r.leaf}
        coded = [e.coded for e in trust if e.coded]
        assert {c for k in coded for c in k.diagnoses} <= icd10
        assert {c for k in coded for c in k.procedures} <= opcs4

    def test_starter_codes_used_here_are_nationally_used_ones(self, trust, national_lists):
        from codewell.synth.frequencies import read_usage

        national = read_usage(national_lists / "opcs4_usage_2023-24.csv")
        assert {c for e in trust for c in e.procedures} - national.keys() == set()

    def test_nothing_that_may_not_lead_leads_and_pairs_are_whole(self, trust):
        star = frozenset(shipped.uk()["asterisk"])
        pairs = shipped.uk()["pairs"]
        for e in trust:
            first = e.diagnoses[0]
            assert first[0] not in "VWXY"
            assert first[:3] not in star
            assert first[:2] != "B9"
            for before, code in zip(e.diagnoses, e.diagnoses[1:], strict=False):
                if code[:3] in star:
                    assert any(within(before, d) for d in pairs.get(code[:4], [before])), (before, code)
            assert len(set(e.diagnoses)) == len(e.diagnoses)
            assert len(e.diagnoses) <= 20

    def test_procedures_begin_with_a_procedure_and_sides_end_their_group(self, trust):
        for e in trust:
            if e.procedures:
                assert not is_subsidiary(e.procedures[0])
            for code, after in zip(e.procedures, e.procedures[1:], strict=False):
                if code.startswith("Z94"):
                    assert after[0] not in "YZ", e.procedures

    def test_one_sex_codes_fit_the_patient(self, trust):
        sex_of = {r.code: r.sex for r in shipped.icd10_rows() if r.sex}
        wrong = [
            (e.scenario.key, c)
            for e in trust
            for c in e.diagnoses
            if str(sex_of.get(c, "")) not in ("", e.spell.patient.sex)
        ]
        assert wrong == []

    def test_mothers_are_women_of_an_age_and_newborn_are_new(self, trust):
        for e in trust:
            years = (e.spell.admitted - e.spell.patient.birth) / 365.25
            if e.diagnoses[0][0] == "O":
                assert e.spell.patient.sex == "2"
                assert 14 < years < 56
            if e.scenario.how == "birth":
                assert e.spell.patient.birth == e.spell.admitted
                assert any(c[:3] == "Z38" for c in e.diagnoses)


class TestDates:
    def test_episodes_end_within_thirteen_months_to_today_and_the_latest_are_fresh(self, trust):
        ended = [e.ended for e in trust]
        assert min(ended) >= months_before(TODAY, 13).toordinal()
        assert max(ended) <= TODAY.toordinal()
        assert max(ended) >= TODAY.toordinal() - 1
        assert sum(1 for d in ended if d > TODAY.toordinal() - 30) > SIZE / 13 * 0.6

    def test_another_today_moves_everything(self):
        other = dt.date(2027, 3, 3)
        ended = [e.ended for batch in generate(1, 400, other) for e in batch]
        assert max(ended) <= other.toordinal()
        assert max(ended) > other.toordinal() - 5

    def test_years_spread_them_further(self):
        ended = [e.ended for batch in generate(1, 2_000, TODAY, years=10) for e in batch]
        assert len({dt.date.fromordinal(d).year for d in ended}) == 11

    def test_episodes_of_a_spell_follow_on_within_it(self, trust):
        spells = defaultdict(list)
        for e in trust:
            spells[e.spell.number].append(e)
        for own in spells.values():
            spell = own[0].spell
            assert [e.number for e in own] == list(range(1, len(own) + 1))
            assert own[0].started == spell.admitted
            for before, after in zip(own, own[1:], strict=False):
                assert before.ended == after.started
                assert not before.last
            for e in own:
                assert spell.admitted <= e.started <= e.ended
                assert all(e.started <= on <= e.ended for on in e.procedure_days), (e.scenario.key, e.procedure_days)
            if spell.discharged is None:
                assert not any(e.last for e in own)
            elif own[-1].last:
                assert own[-1].ended == spell.discharged
        sizes = Counter(len(own) for own in spells.values())
        assert 0.03 < (sizes[2] + sizes[3]) / len(spells) < 0.2
        assert sizes[3] > 0

    def test_weekends_have_no_lists_and_winter_is_busier_for_chests(self, trust):
        planned = Counter(dt.date.fromordinal(e.spell.admitted).weekday() for e in trust if e.scenario.how == "daycase")
        assert planned[6] < planned[1] * 0.1
        urgent = Counter(
            dt.date.fromordinal(e.spell.admitted).weekday() for e in trust if e.scenario.how == "emergency"
        )
        assert urgent[6] > urgent[1] * 0.6
        chests = Counter(dt.date.fromordinal(e.spell.admitted).month for e in trust if e.scenario.key in WINTER)
        assert chests[1] + chests[12] > (chests[7] + chests[8]) * 1.2


class TestSpells:
    def test_the_dead_have_no_destination_and_only_they(self, trust):
        for e in trust:
            assert (e.spell.discharge_method in ("4", "5")) == (e.spell.discharge_destination == "79")

    def test_a_spell_that_goes_on_has_no_discharge(self, trust):
        open_ = [e for e in trust if e.spell.discharged is None]
        assert open_
        assert {(e.spell.discharge_method, e.spell.discharge_destination) for e in open_} == {("8", "98")}

    def test_classes_methods_and_stays_agree(self, trust):
        for e in trust:
            spell = e.spell
            if spell.patient_class == "2":
                assert spell.discharged == spell.admitted
                assert spell.admission_method in ("11", "12", "13")
            if spell.patient_class == "3":
                assert e.last
                assert e.number == 1
            if e.scenario.how == "birth":
                assert spell.admission_method == "82"
            assert (e.operation_status_code == "1") == bool(e.procedures)
            assert (e.neonatal_level_code == "8") == (e.scenario.how != "birth")

    def test_codes_of_the_data_set_are_the_ones_we_can_name(self, trust):
        for e in trust:
            assert reference.specialty_name(e.service.main), e.service
            assert reference.treatment_function_name(e.service.function), e.service

    def test_the_mix_is_that_of_an_acute_trust(self, trust):
        how = Counter(e.scenario.how for e in trust)
        assert 0.35 < how["emergency"] / SIZE < 0.6
        assert 0.2 < how["daycase"] / SIZE < 0.4
        assert 0.03 < how["maternity"] / SIZE < 0.1
        dead = len({e.spell.number for e in trust if e.spell.discharge_method == "4"})
        assert 0.008 < dead / SIZE < 0.04
        depth = sum(len(e.diagnoses) for e in trust) / SIZE
        assert 3.5 < depth < 7.5
        stay = [
            e.spell.discharged - e.spell.admitted for e in trust if e.scenario.how == "emergency" and e.spell.discharged
        ]
        assert 2 < sum(stay) / len(stay) < 8

    def test_people_come_back_and_keep_their_conditions(self, trust):
        spells = defaultdict(set)
        for e in trust:
            spells[e.spell.patient.local_patient_id].add(e.spell.number)
        assert sum(1 for own in spells.values() if len(own) > 1) > len(spells) * 0.1
        known = defaultdict(list)
        for e in trust:
            if e.last and e.scenario.how == "emergency":
                known[e.spell.patient.local_patient_id].append("E119" in e.diagnoses)
        again = [own for own in known.values() if len(own) > 1 and own[0]]
        assert sum(1 for own in again if own[1]) > len(again) * 0.6


class TestNumbers:
    def test_nhs_numbers_are_of_the_nine_range_whole_and_one_each(self, trust):
        number_of = {}
        for e in trust:
            p = e.spell.patient
            if p.nhs_number is None:
                assert p.nhs_number_status in ("03", "04", "07", "08")
                continue
            assert p.nhs_number_status in ("01", "02")
            assert p.nhs_number[0] == "9"
            assert len(p.nhs_number) == 10
            assert nhs_check_digit(int(p.nhs_number[:9])) == int(p.nhs_number[9])
            assert number_of.setdefault(p.nhs_number, p.local_patient_id) == p.local_patient_id
        without = [e for e in trust if e.spell.patient.nhs_number is None]
        assert 0 < len(without) < SIZE * 0.03
        assert any(e.spell.patient.nhs_number_status == "08" for e in without)

    def test_the_check_digit_is_the_published_one(self):
        assert nhs_check_digit(943_476_591) == 9
        assert nhs_check_digit(401_023_213) == 7

    def test_two_hundred_thousand_numbers_are_all_different(self):
        numbers = Numbers(1)
        assert len({numbers.nhs_number() for _ in range(200_000)}) == 200_000

    def test_consultants_are_synthetic_and_none_is_a_default(self, trust):
        codes = {e.consultant_code for e in trust}
        assert all(len(c) == 8 and c.startswith("C9") for c in codes)
        assert not codes & {"C9999998", "C9999999"}


class TestBacklog:
    def test_five_to_eight_in_a_hundred_wait_and_they_are_the_recent_ones(self, trust):
        uncoded = [e for e in trust if e.coded is None]
        assert 0.05 <= len(uncoded) / SIZE <= 0.08
        assert sorted(TODAY.toordinal() - e.ended for e in uncoded)[len(uncoded) // 2] < 20
        assert all(e.coded is None for e in trust if e.ended == TODAY.toordinal())

    def test_every_reason_to_wait_occurs(self, trust):
        today = TODAY.toordinal()
        uncoded = [e for e in trust if e.coded is None]
        assert any(e.histology and e.histology.reported > today for e in uncoded)
        assert any(e.missing == "discharge_summary" for e in uncoded)
        assert any(e.missing == "operation_note" for e in uncoded)
        assert any(not e.missing and not (e.histology and e.histology.reported > today) for e in uncoded)
        assert any(e.coded and e.coded.state == "for_second_check" for e in trust)
        assert any(e.amended for e in trust)

    def test_codes_come_by_three_ways_after_the_episode_and_before_today(self, trust):
        coded = [(e, e.coded) for e in trust if e.coded]
        assert {k.route for _, k in coded} == {"codewell", "encoder", "pas"}
        for e, k in coded:
            assert e.ended < k.at.toordinal() < TODAY.toordinal()
            assert k.at.weekday() < 5
            if e.histology:
                assert e.histology.reported <= k.at.toordinal()

    @pytest.mark.parametrize("day", [dt.date(2027, 1, 1), dt.date(2026, 12, 28), dt.date(2026, 3, 29)])
    def test_it_works_on_any_day(self, day):
        made = [e for batch in generate(3, 500, day) for e in batch]
        assert len(made) == 500


def peak_of(size: int) -> int:
    tracemalloc.start()
    for _ in generate(1, size, TODAY, years=2):
        pass
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def test_memory_does_not_grow_with_the_size():
    # Pools of people who come back fill up and are then bounded; the episodes themselves are let go.
    assert peak_of(16_000) < peak_of(4_000) * 2.2
