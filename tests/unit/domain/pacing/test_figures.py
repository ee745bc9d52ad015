"""The figures of `python -m benchmarks.streaming --quick`, with its fixed seeds: a regression fails here."""

from collections.abc import Callable, Sequence

import pytest

from benchmarks.virtual import checks
from benchmarks.virtual.cases import Case
from benchmarks.virtual.checks import Check
from benchmarks.virtual.ours import Ours
from benchmarks.virtual.play import play
from benchmarks.virtual.real import RealMessages, words
from benchmarks.virtual.traces import staggered


@pytest.mark.parametrize(
    "figures",
    [checks.one, checks.eight, checks.crowd, checks.at_random, checks.strict, checks.absurd, checks.replicas],
    ids=lambda figures: figures.__name__,
)
def test_streams_are_shown_as_well_as_they_were(figures: Callable[[], Sequence[Check]]) -> None:
    assert [str(check) for check in figures() if check.fallen] == []


@pytest.mark.parametrize("streams", [1, 3, 8])
def test_the_writer_of_the_benchmark_makes_the_same_edits_as_the_apps_live_messages(streams: int) -> None:
    """All but the last space is the same: the app does not show what the next word may still change."""
    arrivals = staggered("notes", streams)
    ours = play(Ours, Case().slack(), arrivals)
    real = play(lambda slack: RealMessages(slack, text=words(2_400)), Case().slack(), arrivals)
    for one, other in zip(ours.messages, real.messages, strict=True):
        assert [edit.seen for edit in other.edits] == pytest.approx([edit.seen for edit in one.edits], abs=0.02)
        assert [edit.chars for edit in other.edits] == pytest.approx([edit.chars for edit in one.edits], abs=1)


def test_a_figure_that_is_missed_is_said_to_be() -> None:
    assert not Check("lag, s", 0.3, 0.2).kept
    assert Check("lag, s", 0.3, 0.2).fallen
    assert not Check("lag, s", 0.3, 0.2, so_far=0.3).fallen
    assert not Check("lag, s", 0.3, 0.2, so_far=0.3).kept
