"""A draw can be drawn again, takes everybody with the chance it says, and never more than there are."""

import random
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from codewell.audits.draw import (
    Candidate,
    Impossible,
    counts,
    draw,
    each,
    fixed,
    frame_hash,
    proportional,
    reserves,
)  # fmt: skip

FRAME = [Candidate(f"E{n}", "risky" if n % 10 == 0 else "rest") for n in range(1_000)]


def test_the_same_frame_and_seed_give_the_same_list_in_whatever_order_the_frame_is_read() -> None:
    sizes = proportional(counts(FRAME), 50)
    first = draw(FRAME, "seed", sizes)
    shuffled = random.Random(1).sample(FRAME, len(FRAME))
    assert draw(shuffled, "seed", sizes) == first
    assert frame_hash(shuffled) == frame_hash(FRAME)
    assert draw(FRAME, "another", sizes) != first
    assert frame_hash(FRAME[:-1]) != frame_hash(FRAME)
    assert len({d.key for d in first}) == 50


def test_each_is_drawn_as_often_as_its_probability_says() -> None:
    """2,000 seeds: 10 of 100 risky and 10 of 900 others; three standard errors either way."""
    sizes = {"risky": 10, "rest": 10}
    taken: Counter[str] = Counter()
    for n in range(2_000):
        drawn = draw(FRAME, str(n), sizes)
        assert {d.probability for d in drawn if d.stratum == "risky"} == {Fraction(1, 10)}
        assert {d.probability for d in drawn if d.stratum == "rest"} == {Fraction(1, 90)}
        taken.update(d.key for d in drawn)
    risky = [taken[c.key] / 2_000 for c in FRAME if c.stratum == "risky"]
    assert sum(risky) / len(risky) == pytest.approx(0.1)
    spread = (0.1 * 0.9 / 2_000) ** 0.5
    assert all(abs(share - 0.1) < 5 * spread for share in risky)


def test_a_larger_sample_of_the_same_seed_holds_the_smaller_and_reserves_come_next() -> None:
    ten, twenty = (draw(FRAME, "s", {"rest": n}) for n in (10, 20))
    assert twenty[:10] == [d.__class__(d.key, d.stratum, d.ticket, Fraction(20, 900)) for d in ten]
    assert reserves(FRAME, "s", "rest", [d.key for d in ten])[:10] == [d.key for d in twenty[10:]]


SIZES = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 200), min_size=1)


@given(SIZES, st.integers(0, 400), st.integers(0, 5))
def test_shares_add_up_and_keep_to_the_frame(frame: dict[str, int], size: int, at_least: int) -> None:
    assume(size <= sum(frame.values()))
    assume(sum(min(at_least, n) for n in frame.values()) <= size)
    shares = proportional(frame, size, at_least=at_least)
    assert sum(shares.values()) == size
    assert shares.keys() == frame.keys()
    for name, n in shares.items():
        assert min(at_least, frame[name]) <= n <= frame[name]
        if not at_least:
            assert abs(n - Fraction(size * frame[name], sum(frame.values()))) <= 1


def test_what_the_frame_cannot_give_is_refused_in_words() -> None:
    with pytest.raises(Impossible, match="3 episodes to draw from, and 4"):
        proportional({"a": 3}, 4)
    with pytest.raises(Impossible, match="At least 2 of each of 3 strata are 6 episodes, and 5"):
        proportional({"a": 3, "b": 3, "c": 9}, 5, at_least=2)
    with pytest.raises(Impossible, match="b has 1 episodes, and 2"):
        fixed({"a": 3, "b": 1}, {"b": 2})
    assert fixed({"a": 3, "b": 1}, {"b": 1}) == {"a": 0, "b": 1}
    assert each({"a": 30, "b": 4}, 10) == {"a": 10, "b": 4}
