"""One synthetic Trust of 12,000 episodes, made once for the tests of the generator."""

import datetime as dt

import pytest

from codewell.synth.generate import generate
from codewell.synth.story import Episode

TODAY = dt.date(2026, 11, 22)
SIZE = 12_000


@pytest.fixture(scope="session")
def trust() -> list[Episode]:
    return [e for batch in generate(1, SIZE, TODAY) for e in batch]
