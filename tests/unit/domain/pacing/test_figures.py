"""The figures of `python -m benchmarks.streaming --quick`, with its fixed seeds: a regression fails here."""

from collections.abc import Callable, Sequence

import pytest

from benchmarks.virtual import checks
from benchmarks.virtual.checks import Check


@pytest.mark.parametrize(
    "figures",
    [checks.one, checks.eight, checks.crowd, checks.at_random, checks.strict, checks.absurd, checks.replicas],
    ids=lambda figures: figures.__name__,
)
def test_streams_are_shown_as_well_as_they_were(figures: Callable[[], Sequence[Check]]) -> None:
    assert [str(check) for check in figures() if not check.kept] == []


def test_a_figure_that_is_missed_is_said_to_be() -> None:
    assert not Check("lag, s", 0.3, 0.2).kept
