"""Editions loaded in a test are rolled back with it, so what the process remembers of them must go too."""

from collections.abc import Iterator

import pytest

from codewell.codesets import reads


@pytest.fixture(autouse=True)
def fresh_directory() -> Iterator[None]:
    reads.forget()
    yield
    reads.forget()
