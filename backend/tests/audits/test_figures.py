"""Intervals, sizes and agreement against published figures, and what must hold for any sample."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codewell.audits.figures import (
    NOTHING,
    Proportion,
    Unit,
    Verdict,
    agreement,
    meets,
    proportion,
    size_for,
    verdict,
    wilson,
)  # fmt: skip


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [
        (190, 200, 0.910, 0.973),
        (95, 100, 0.888, 0.978),
        (185, 200, 0.880, 0.954),
        (0, 10, 0.0, 0.278),
        (10, 10, 0.722, 1.0),
    ],
)
def test_wilsons_interval_is_as_published(right: int, of: int, low: float, high: float) -> None:
    found = proportion([Unit(1, int(n < right)) for n in range(of)])
    assert (found.correct, found.of, found.share, found.effective_n) == (right, of, Fraction(right, of), of)
    assert found.low == pytest.approx(low, abs=5e-4)
    assert found.high == pytest.approx(high, abs=5e-4)


@pytest.mark.parametrize(("points", "wanted"), [(0.02, 432), (0.03, 198)])
def test_a_sample_of_the_published_size_gives_so_many_points(points: float, wanted: int) -> None:
    assert size_for(points, 0.95, population=8_000) == wanted
    assert size_for(points, 0.95, population=100) <= 100
    with pytest.raises(ValueError, match="between 0 and 1"):
        size_for(0, 0.95)


def test_codes_of_one_episode_are_worth_less_than_as_many_apart() -> None:
    """Five codes an episode that are all right or all wrong are one observation, not five."""
    together = proportion([Unit(5, 5 if n % 10 else 0) for n in range(200)])
    apart = proportion([Unit(5, 5 if n % 2 else 4) for n in range(200)])
    assert together.share == apart.share == Fraction(9, 10)
    assert together.effective_n == pytest.approx(199, abs=1)
    assert apart.effective_n == 1000
    assert together.low is not None
    assert apart.low is not None
    assert together.low < apart.low


def test_a_weighted_share_is_that_of_the_population_not_of_the_sample() -> None:
    """A tenth of the Trust is risky and half right; the rest is all right. Half the sample is of the risky tenth."""
    risky = [Unit(1, n % 2, weight=10, stratum="risky") for n in range(100)]
    rest = [Unit(1, 1, weight=90, stratum="rest") for _ in range(100)]
    found = proportion([*risky, *rest])
    assert found.share == pytest.approx(0.95)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.95 < found.high
    assert found.effective_n <= 200


UNITS = st.lists(
    st.integers(0, 8).flatmap(
        lambda of: st.builds(
            Unit, st.just(of), st.integers(0, of), st.sampled_from([1.0, 4.0, 20.0]), st.sampled_from(["a", "b"])
        )
    ),
    max_size=40,
)


@given(UNITS)
def test_any_share_lies_in_its_interval_and_the_interval_in_0_to_1(units: list[Unit]) -> None:
    found = proportion(units)
    of = sum(u.counted for u in units)
    if not of:
        assert found == NOTHING
        return
    assert found.low is not None
    assert found.high is not None
    assert found.share is not None
    assert 0 <= found.low <= float(found.share) + 1e-12
    assert float(found.share) - 1e-12 <= found.high <= 1
    assert found.low < found.high
    assert 1 <= found.effective_n <= of + 1e-9


def apart(pairs: list[tuple[bool, bool]]) -> list[list[tuple[bool, bool]]]:
    """Every code of an episode of its own."""
    return [[p] for p in pairs]


@given(st.lists(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=8), max_size=12))
def test_agreement_keeps_within_its_bounds(episodes: list[list[tuple[bool, bool]]]) -> None:
    found = agreement(episodes)
    pairs = [p for e in episodes for p in e]
    assert found.n == len(pairs)
    for low, value, high in (
        (found.kappa_low, found.kappa, found.kappa_high),
        (found.ac1_low, found.ac1, found.ac1_high),
    ):
        if value is not None and low is not None and high is not None:
            assert -1 <= low <= value + 1e-12
            assert value <= high + 1e-12
            assert high <= 1 + 1e-12
            assert low < high, "a sample never makes it certain"
    if pairs and all(a == b for a, b in pairs):
        assert found.ac1 == pytest.approx(1)
        assert found.kappa in (None, pytest.approx(1))


def test_kappa_misbehaves_where_nearly_all_is_right_and_ac1_does_not() -> None:
    """Feinstein and Cicchetti's paradox: 86 % agreement, and a kappa below nought."""
    pairs = [(True, True)] * 86 + [(True, False)] * 7 + [(False, True)] * 7
    found = agreement(apart(pairs))
    assert found.agreed.share == Fraction(86, 100)
    assert found.kappa == pytest.approx(-0.0753, abs=1e-4)
    assert found.ac1 == pytest.approx((0.86 - 2 * 0.93 * 0.07) / (1 - 2 * 0.93 * 0.07))


def test_five_out_of_five_is_not_certainty() -> None:
    found = agreement(apart([(True, True)] * 4 + [(False, False)]))
    low, _ = wilson(1, 5)
    assert (found.kappa, found.ac1) == (1, 1)
    assert found.agreed.low == pytest.approx(low)
    assert found.kappa_low == pytest.approx((low - 0.68) / 0.32)
    assert found.ac1_low == pytest.approx((low - 0.32) / 0.68)
    assert found.kappa_high == found.ac1_high == 1


def test_codes_of_one_episode_make_agreement_no_surer() -> None:
    """Ten codes an episode on which two auditors agree or disagree as one tell no more than one code each."""
    said = [(True, True)] * 30 + [(False, False)] * 10 + [(True, False)] * 6 + [(False, True)] * 4
    one, ten = agreement(apart(said)), agreement([[p] * 10 for p in said])
    assert ten.n == 500
    assert (ten.kappa, ten.ac1) == (pytest.approx(one.kappa), pytest.approx(one.ac1))
    assert (ten.kappa_low, ten.kappa_high) == (pytest.approx(one.kappa_low), pytest.approx(one.kappa_high))
    assert (ten.ac1_low, ten.ac1_high) == (pytest.approx(one.ac1_low), pytest.approx(one.ac1_high))
    assert ten.agreed.low == pytest.approx(one.agreed.low, abs=0.01)


def test_thresholds_are_compared_unrounded_and_the_interval_says_what_can_be_said() -> None:
    found = Proportion(9496, 10_000, Fraction(9496, 10_000), *wilson(0.9496, 200), 200)
    assert meets(found, Fraction(95, 100)) is False
    assert verdict(found, 0.95) is Verdict.cannot_tell
    assert verdict(found, 0.90) is Verdict.above
    assert verdict(found, 0.99) is Verdict.below
    assert meets(NOTHING, Fraction(9, 10)) is None
    assert verdict(NOTHING, 0.9) is None
    assert NOTHING.small
    assert not math.isnan(found.effective_n)
