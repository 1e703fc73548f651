"""The intervals hold what they promise, measured where the truth is known: the synthetic Trust and its coders' mistakes."""

import datetime as dt
import functools
from statistics import mean, stdev

import pytest

from codewell.audits.alignment import CodeClass, Line, Side, align
from codewell.audits.draw import Candidate, Drawn, draw
from codewell.audits.figures import Unit, proportion, wilson
from codewell.audits.tally import Attribution, Audited, Counting, Finding, all_correct, class_figures
from codewell.synth.generate import generate

DRAWS = 1_000


@functools.cache
def population() -> tuple[dict[str, list[Finding]], dict[str, str]]:
    """Every coded episode of a small synthetic Trust, audited by one who knows the truth; and a risk stratum for each."""
    findings: dict[str, list[Finding]] = {}
    strata: dict[str, str] = {}
    for batch in generate(11, 7_000, dt.date(2026, 11, 1)):
        for episode in batch:
            coded = episode.coded
            if coded is None:
                continue
            key = f"{episode.spell.number}/{episode.number}"
            of = []
            for side, trust, true in (
                (Side.diagnoses, coded.diagnoses, episode.diagnoses),
                (Side.procedures, coded.procedures, episode.procedures),
            ):
                for p in align([Line(c) for c in trust], [Line(c) for c in true], side):
                    of.append(
                        Finding(
                            p.code_class, p.trust_at is not None, p.auditor_at is not None, p.error_type,
                            Attribution.coder, p.counted_elsewhere,
                        )
                    )  # fmt: skip
            findings[key] = of
            # Long lists are where codes go missing: a score anybody could have before the audit.
            strata[key] = "risky" if len(coded.diagnoses) >= 7 else "rest"
    return findings, strata


def units(what: str, key: str) -> tuple[int, int]:
    """How many codes of an episode count, and how many of them are right."""
    audit = [Audited(population()[0][key])]
    found = (
        all_correct(audit, Counting())
        if what == "episode"
        else class_figures(audit, Counting(), CodeClass(what)).correct
    )
    return found.of, int(found.correct)


@functools.cache
def draws(design: str) -> list[list[Drawn]]:
    findings, strata = population()
    frame = [Candidate(key, strata[key] if design == "risk_weighted" else "") for key in findings]
    sizes = {"risky": 80, "rest": 120} if design == "risk_weighted" else {"": 200}
    return [draw(frame, f"{design}{n}", sizes) for n in range(DRAWS)]


WHAT = ("episode", "primary_diagnosis", "secondary_diagnosis", "secondary_procedure")


@pytest.mark.parametrize("design", ["simple", "risk_weighted"])
def test_95_in_100_intervals_hold_the_truth(design: str) -> None:
    """Each figure's coverage lies about 95 %, and that of all together between 93 % and 97 %.

    A share of 200 whole episodes takes few values, so a single one swings by two points with where the truth lies between
    them (Brown, Cai and DasGupta 2001, Stat Sci 16:101-133); it is the spread that is checked, not one seed.
    """
    findings, _ = population()
    assert len(findings) > 4_000
    coverage = []
    for what in WHAT:
        of = {key: units(what, key) for key in findings}
        truth = sum(right for _, right in of.values()) / sum(n for n, _ in of.values())
        held, shares = 0, list[float]()
        for drawn in draws(design):
            found = proportion([Unit(*of[d.key], float(1 / d.probability), d.stratum) for d in drawn])
            assert found.low is not None
            assert found.high is not None
            assert found.share is not None
            held += found.low <= truth <= found.high
            shares.append(float(found.share))
        assert 0.92 <= held / DRAWS <= 0.98, (what, held / DRAWS)
        # The estimate leans neither way: its mean is the truth, within three standard errors.
        assert abs(mean(shares) - truth) < 3 * stdev(shares) / DRAWS**0.5 + 5e-4, (what, mean(shares), truth)
        coverage.append(held / DRAWS)
    assert 0.93 <= sum(coverage) / len(coverage) <= 0.97, coverage


def test_the_interval_without_the_design_would_not_hold_it() -> None:
    """The control: secondary codes taken as if each were drawn by itself, from a sample tilted to risk and not weighted."""
    findings, _ = population()
    of = {key: units("secondary_diagnosis", key) for key in findings}
    truth = sum(right for _, right in of.values()) / sum(n for n, _ in of.values())
    held = 0
    for drawn in draws("risk_weighted"):
        of_all = sum(of[d.key][0] for d in drawn)
        low, high = wilson(sum(of[d.key][1] for d in drawn) / of_all, of_all)
        held += low <= truth <= high
    assert held / DRAWS < 0.93
