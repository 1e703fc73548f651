"""Coders: their mistakes are known, come at their rates, and are the whole difference from the truth."""

from collections import Counter, defaultdict
from random import Random

import pytest

from codewell.synth.coders import CODERS, code_diagnoses, code_procedures, shipped_lists

N = 4_000
TRUTH = ["J181", "N179", "E114", "G632", "I10", "J449", "Z864", "Z880"]
DONE = ["W371", "Z942", "J183", "Y752"]


@pytest.fixture(scope="module")
def lists():
    return shipped_lists()


def near(found: int, of: int, rate: float) -> bool:
    """Within four standard errors of a rate."""
    return abs(found / of - rate) < 4 * (rate * (1 - rate) / of) ** 0.5 + 1e-3


class TestRates:
    @pytest.mark.parametrize("coder", CODERS, ids=lambda c: c.username)
    def test_mistakes_come_at_the_coders_own_rates(self, coder, lists):
        rng = Random(coder.username)
        kinds: Counter[str] = Counter()
        for _ in range(N):
            _, mistakes = code_diagnoses(rng, coder, TRUTH, lists)
            kinds.update(m.kind for m in mistakes)
            _, _, mistakes = code_procedures(rng, coder, DONE, [1, 1, 1, 1], lists)
            kinds.update(f"procedure {m.kind} {m.was[0]}" for m in mistakes)
        # Five of the eight may be left out: not the first, and not a dagger with its asterisk.
        assert near(kinds["omitted"], N * 5, coder.omits)
        assert near(kinds["procedure omitted W"], N, coder.omits_procedure)
        sites = (1 - coder.omits_procedure) * coder.omits_site + coder.omits_procedure
        assert near(kinds["procedure omitted Z"], N, sites)
        assert near(kinds["irrelevant"], N, coder.adds * 0.9) or kinds["irrelevant"] < N * coder.adds
        assert near(kinds["sequence"], N, coder.sequence)

    def test_trainees_err_more_than_anybody(self):
        qualified = max(c.omits for c in CODERS if not c.trainee)
        assert min(c.omits for c in CODERS if c.trainee) > qualified * 0.7
        assert sum(c.trainee for c in CODERS) == 3
        assert sum(not c.trainee for c in CODERS) == 12

    def test_in_the_trust_they_err_as_they_do_here(self, trust):
        secondaries: Counter[str] = Counter()
        omitted: Counter[str] = Counter()
        for e in trust:
            if e.coded:
                secondaries[e.coded.coder] += len(e.diagnoses) - 1
                omitted[e.coded.coder] += sum(m.kind == "omitted" and m.list == "diagnoses" for m in e.coded.mistakes)
        for coder in CODERS:
            # Some secondaries cannot be left out (a dagger with its asterisk, the outcome of delivery): a little under.
            of = secondaries[coder.username]
            four = 4 * (coder.omits * (1 - coder.omits) / of) ** 0.5
            assert coder.omits * 0.85 - four < omitted[coder.username] / of < coder.omits + four, coder.username


class TestDifferences:
    def test_undoing_the_mistakes_gives_the_truth(self, trust):
        for e in trust:
            if e.coded is None:
                continue
            mine = [m for m in e.coded.mistakes if m.list == "diagnoses"]
            written = list(e.coded.diagnoses)
            for m in reversed(mine):
                if m.kind == "irrelevant":
                    written.remove(m.now)
                elif m.kind == "sequence":
                    a, b = written.index(m.now), written.index(m.was)
                    written[a], written[b] = written[b], written[a]
            rest = {m.index: m for m in mine if m.kind not in ("irrelevant", "sequence")}
            rebuilt = [
                rest[i].now if i in rest else code
                for i, code in enumerate(e.diagnoses)
                if not (i in rest and rest[i].now is None)
            ]
            assert written == rebuilt, (e.diagnoses, e.coded.diagnoses, mine)

    def test_the_kinds_of_mistake_are_what_they_say(self, trust):
        kinds = defaultdict(int)
        for e in trust:
            for m in e.coded.mistakes if e.coded else ():
                kinds[m.kind] += 1
                if m.kind == "wrong_char_4":
                    assert m.was[:3] == m.now[:3]
                    assert m.was[:4] != m.now[:4]
                elif m.kind == "wrong_char_5":
                    assert m.was[:4] == m.now[:4]
                elif m.kind == "wrong_char_3":
                    assert m.was[:3] != m.now[:3]
                elif m.kind == "omitted":
                    assert m.now is None
                elif m.kind == "irrelevant":
                    assert m.was is None
        assert set(kinds) == {"omitted", "wrong_char_3", "wrong_char_4", "wrong_char_5", "sequence", "irrelevant"}

    def test_most_episodes_are_coded_without_a_mistake(self, trust):
        coded = [e.coded for e in trust if e.coded]
        clean = sum(not k.mistakes for k in coded)
        assert 0.6 < clean / len(coded) < 0.9
