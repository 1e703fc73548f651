"""What the figures of any audit must satisfy, over random worksheets."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.stored import METHODOLOGY, THRESHOLDS, episodes
from codewell.audits.alignment import CodeClass, ErrorType
from codewell.audits.compare import Changed, Share, difference
from codewell.audits.money import Grouped, change
from codewell.audits.pairing import Judged, Pair, pairs
from codewell.audits.profiles import Methodology, Thresholds
from codewell.audits.reads.audited import AuditedPosition
from codewell.audits.shown import percent
from codewell.audits.summary import summarise
from codewell.audits.tally import Attribution, Audited, Counting, Finding, Unsafe, class_tallies

seeds = st.integers(0, 2**32)
methodologies = st.builds(
    lambda not_counted, unsafe, non_coder: Methodology.model_validate(
        METHODOLOGY | {"not_counted": not_counted, "unsafe": unsafe, "non_coder_counts": non_coder}
    ),
    st.sampled_from([["not_required"], [], ["not_required", "date"]]),
    st.sampled_from(["exclude", "count_as_error"]),
    st.booleans(),
)
LEVELS = Thresholds.model_validate(THRESHOLDS)
few = settings(max_examples=40)


def made(seed, n=25, **changes):
    return episodes(Random(seed), n, **changes)


def _episode(*findings, how=()):
    """Return one audited episode with these findings; ``how``: what was proposed of each and what was made of it."""
    said = list(how) or [(f.error and f.error.value, "accepted") for f in findings]
    positions = tuple(
        AuditedPosition(
            no, "diagnoses", "none", "I10X", "I10X", proposed, f.error and f.error.value, decision, None, (), f
        )
        for no, (f, (proposed, decision)) in enumerate(zip(findings, said, strict=True))
    )
    return replace(made(1, 1, unsafe=0)[0], positions=positions, audited=Audited(list(findings)))


def figures(summary):
    """Return every figure anywhere in a summary."""
    if isinstance(summary, dict):
        if "effective_n" in summary:
            yield summary
        for value in summary.values():
            yield from figures(value)
    elif isinstance(summary, list):
        for value in summary:
            yield from figures(value)


class TestInvariants:
    @few
    @given(seeds, methodologies)
    def test_errors_by_key_by_class_and_by_whose_they_are_come_to_the_same(self, seed, methodology):
        of = made(seed)
        found = summarise(of, methodology, LEVELS)
        by_key = sum(e["counted"] for e in found["errors"])
        classes = found["headline"]["classes"]
        assert by_key == sum(c["errors"] for c in classes) == found["totals"]["errors"]
        for way in found["treatments"]:
            for c in way["classes"]:
                whose = c["coder"] + c["non_coder"] + c["undetermined"]
                assert (
                    c["errors"] == whose if way["non_coder_counts"] else c["coder"] + c["undetermined"] <= c["errors"]
                )
        elsewhere = sum(p.finding.counted_elsewhere and p.finding.error is not None for e in of for p in e.positions)
        assert sum(e["discrepancies"] for e in found["errors"]) + elsewhere == found["totals"]["discrepancies"]
        assert found["totals"]["errors"] <= found["totals"]["discrepancies"]

    def test_a_code_that_counts_elsewhere_has_no_row_of_errors_that_nobody_is_blamed_for(self):
        klass = CodeClass.primary_diagnosis
        wrong = Finding(klass, True, True, ErrorType.sequence, Attribution.coder)
        shadow = Finding(CodeClass.secondary_diagnosis, False, True, ErrorType.omitted, counted_elsewhere=True)
        found = summarise([_episode(wrong, shadow)], Methodology.model_validate(METHODOLOGY), LEVELS)
        assert [(e["error_type"], e["attribution"]) for e in found["errors"]] == [("sequence", "coder")]

    def test_where_nothing_was_proposed_there_is_no_proposal_to_agree_with(self):
        same = Finding(CodeClass.primary_diagnosis, True, True)
        changed = Finding(CodeClass.secondary_diagnosis, True, True, ErrorType.other, Attribution.coder)
        of = _episode(same, changed, how=[(None, "rejected"), (None, "changed")])
        assert summarise([of], Methodology.model_validate(METHODOLOGY), LEVELS)["proposals"]["agreement"]["of"] == 0

    @few
    @given(seeds, methodologies)
    def test_totals_of_auditor_and_trust_leave_the_same_codes_agreed(self, seed, methodology):
        found = summarise(made(seed), methodology, LEVELS)
        for way in found["treatments"]:
            for c in way["classes"]:
                assert c["auditor_n"] - c["omitted"] - c["wrong"] == c["agreed"]
                assert c["trust_n"] - c["not_required"] - c["wrong"] == c["agreed"]

    @few
    @given(seeds)
    def test_every_audited_episode_has_one_primary_diagnosis_on_each_side_and_at_most_one_primary_procedure(self, seed):
        for episode in made(seed, unsafe=0):
            # Before anything was let stand: as the two lists were aligned.
            as_aligned = [p for p in episode.positions if p.finding.code_class is CodeClass.primary_diagnosis]
            assert len(as_aligned) == 1
            assert as_aligned[0].finding.has_trust
            assert as_aligned[0].finding.has_auditor
            primary = [p for p in episode.positions if p.finding.code_class is CodeClass.primary_procedure]
            assert sum(p.finding.has_trust for p in primary) <= 1
            assert sum(p.finding.has_auditor for p in primary) <= 1

    def test_an_omitted_primary_procedure_is_the_auditors_alone_and_one_not_required_the_trusts(self):
        klass = CodeClass.primary_procedure
        omitted = Audited([Finding(klass, False, True, ErrorType.omitted, Attribution.coder)])
        tally = class_tallies(omitted, Counting())[klass]
        assert (tally.trust_n, tally.auditor_n, tally.errors) == (0, 1, 1)
        over = Audited([Finding(klass, True, False, ErrorType.not_required, Attribution.coder)])
        tally = class_tallies(over, Counting())[klass]
        assert (tally.trust_n, tally.auditor_n, tally.errors) == (1, 0, 0)

    @few
    @given(seeds, st.data())
    def test_net_is_never_more_than_gross_and_hrg_and_payment_may_change_apart(self, seed, data):
        rng = Random(seed)
        pence = st.integers(0, 10**7)
        units = [
            Grouped(rng.choice("AB"), rng.choice("AB"), data.draw(pence), data.draw(pence), rng.choice([1.0, 2.0]), "")
            for _ in range(rng.randint(1, 12))
        ]
        found = change(units)
        assert found is not None
        assert abs(found.net) <= found.gross
        assert found.net == found.after - found.before
        unchanged = [Grouped("A", "A", 100, 200), Grouped("A", "B", 100, 100)]
        both = change(unchanged)
        assert both is not None
        assert (both.net, both.changed) == (100, 1)

    @few
    @given(seeds)
    def test_unsafe_episodes_are_in_no_class_when_left_out_and_in_their_rate_either_way(self, seed):
        all_of, left = made(seed, unsafe=0.4), Methodology.model_validate(METHODOLOGY | {"unsafe": "exclude"})
        with_them = summarise(all_of, left, LEVELS)
        without = summarise([e for e in all_of if not e.unsafe], left, LEVELS)
        for way, same in zip(with_them["treatments"], without["treatments"], strict=True):
            counts = [{k: v for k, v in c.items() if isinstance(v, int)} for c in way["classes"]]
            others = [{k: v for k, v in c.items() if isinstance(v, int)} for c in same["classes"]]
            if way["unsafe"] == "exclude":
                assert counts == others
            else:
                assert counts[0]["errors"] - others[0]["errors"] == with_them["episodes"]["unsafe"]
                assert counts[1:] == others[1:]
        counted = summarise(all_of, Methodology.model_validate(METHODOLOGY | {"unsafe": "count_as_error"}), LEVELS)
        assert counted["unsafe"]["share"] == with_them["unsafe"]["share"]
        assert with_them["unsafe"]["share"]["counted"] == with_them["episodes"]["unsafe"]

    @few
    @given(seeds)
    def test_a_threshold_is_met_by_the_unrounded_share_only(self, seed):
        found = summarise(made(seed, strata={"": 1.0}), Methodology.model_validate(METHODOLOGY), LEVELS)
        for c in found["headline"]["classes"]:
            for level in c["levels"]:
                needed = {x.key: x for x in LEVELS.levels}[level["key"]].shares()[CodeClass(c["code_class"])]
                if c["auditor_n"]:
                    exact = Fraction(c["correct"]["counted"], c["correct"]["of"])
                    assert level["met"] == (exact >= needed)
                    # What is shown never claims a level that is not reached.
                    assert (Fraction(c["correct"]["percent"]) / 100 >= needed) <= (exact >= needed)
                else:
                    assert level["met"] is None

    @few
    @given(seeds, methodologies)
    def test_a_class_without_codes_is_not_applicable_and_every_other_figure_has_an_interval(self, seed, methodology):
        for figure in figures(summarise(made(seed, 8), methodology, LEVELS)):
            if figure["of"]:
                assert 0 <= figure["low"] <= figure["share"] <= figure["high"] <= 1
                assert figure["small"] == (round(figure["effective_n"], 1) < methodology.small_n)
            else:
                assert (figure["share"], figure["low"], figure["percent"]) == (None, None, None)
        nothing = summarise([], methodology, LEVELS)
        assert all(f["share"] is None for f in figures(nothing))
        assert all(level["met"] is None for level in nothing["headline"]["levels"])

    @few
    @given(seeds, methodologies)
    def test_groups_add_up_to_the_whole(self, seed, methodology):
        found = summarise(made(seed), methodology, LEVELS)
        for groups in found["groups"].values():
            assert sum(g["episodes"] for g in groups) == found["episodes"]["looked_at"]
            for name in ("errors", "discrepancies", "coder", "non_coder"):
                assert sum(g[name] for g in groups) == found["totals"][name]
        orjson.dumps(found)

    @few
    @given(seeds)
    def test_four_ways_of_counting_and_one_is_used(self, seed):
        methodology = Methodology.model_validate(METHODOLOGY | {"non_coder_counts": False})
        found = summarise(made(seed), methodology, LEVELS)
        ways = {(w["unsafe"], w["non_coder_counts"]) for w in found["treatments"]}
        assert ways == {(u.value, n) for u in Unsafe for n in (True, False)}
        assert [w["used"] for w in found["treatments"]].count(True) == 1
        assert found["headline"]["non_coder_counts"] is False
        by = {(w["unsafe"], w["non_coder_counts"]): w for w in found["treatments"]}
        for u in Unsafe:
            for ours, theirs in zip(by[u.value, False]["classes"], by[u.value, True]["classes"], strict=True):
                assert ours["errors"] <= theirs["errors"]


class TestPercent:
    def test_never_reaches_a_threshold_that_the_share_does_not(self):
        reach = [Fraction(95, 100)]
        assert percent(Fraction(9496, 10000), reach) == "94.96"
        assert percent(Fraction(9494, 10000), reach) == "94.9"
        assert percent(Fraction(95, 100), reach) == "95.0"
        assert percent(Fraction(9999, 10000)) == "99.99"
        assert percent(Fraction(1)) == "100.0"
        assert percent(None) is None


class TestPairs:
    def test_codes_that_both_miss_are_one_unit_and_those_that_one_misses_are_right_to_the_other(self):
        klass = CodeClass.secondary_diagnosis
        primary = CodeClass.primary_diagnosis
        first = [Judged("diagnoses", primary, 0, "I10", False), Judged("diagnoses", klass, None, "E119", True)]
        second = [
            Judged("diagnoses", primary, 0, "I11", True),
            Judged("diagnoses", klass, None, "E119", True),
            Judged("diagnoses", klass, None, "Z720", True),
        ]
        assert pairs(first, second) == [Pair(primary, True, False), Pair(klass, False, False), Pair(klass, True, False)]

    @few
    @given(seeds)
    def test_an_auditor_agrees_with_themselves(self, seed):
        for episode in made(seed, 3, unsafe=0):
            said = [
                Judged(
                    p.side,
                    p.finding.code_class,
                    n if p.finding.has_trust else None,
                    p.auditor_code,
                    p.final_type is not None,
                )
                for n, p in enumerate(episode.positions)
            ]
            assert all(p.first == p.second for p in pairs(said, said))


class TestDifference:
    def test_a_difference_within_chance_is_no_evidence_of_change(self):
        assert difference(Share(0.90, 0.85, 0.94), Share(0.92, 0.87, 0.95)).said is Changed.no_evidence
        assert difference(Share(0.80, 0.76, 0.84), Share(0.95, 0.92, 0.97)).said is Changed.better
        assert difference(Share(0.95, 0.92, 0.97), Share(0.80, 0.76, 0.84)).said is Changed.worse
        # Newcombe (1998), method 10, example (a): 56 of 70 and 48 of 80 differ by 0.0524 to 0.3339.
        found = difference(Share(48 / 80, 0.4905, 0.7004), Share(56 / 70, 0.6922, 0.8773))
        assert abs(found.low - 0.0524) < 5e-4
        assert abs(found.high - 0.3339) < 5e-4
