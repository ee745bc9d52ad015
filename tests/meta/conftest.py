"""What the tests about the code share."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="package", autouse=True)
def _no_collecting() -> Iterator[None]:
    """Syntax trees stay to the end: looking for what of them could go takes longer than parsing does."""
    gc.disable()
    yield
    gc.enable()
