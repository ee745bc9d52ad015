import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pacing.burst import burst

NOW = 1_000.0
starts = st.lists(st.floats(NOW - 60, NOW), max_size=40).map(sorted)
EVEN = [NOW + number for number in range(8)]
RANDOM = [NOW + at for at in (0.0, 0.3, 2.5, 2.9, 3.4, 5.5, 6.1, 7.0)]


@pytest.mark.parametrize(("late", "over"), [(0.0, False), (0.5, False), (1.0, True)])
def test_a_burst_of_even_starts_is_over_soon_after_the_next_one_is_late(late: float, over: bool) -> None:
    assert (burst(EVEN, EVEN[-1] + 1.0 + late).over <= 0) is over


def test_a_burst_of_starts_at_random_is_not_over_while_its_streams_write() -> None:
    assert burst(RANDOM, RANDOM[-1] + 8.0).over > 0


def test_another_stream_is_expected_soon_after_two_have_come_and_not_for_ever() -> None:
    assert burst(EVEN[:2], EVEN[1] + 1.0).next_due
    assert not burst(EVEN[:2], EVEN[1] + 2.0).next_due


@pytest.mark.parametrize(("waited", "alone"), [(0.0, False), (1.0, False), (1.6, True)])
def test_the_first_stream_waits_a_moment_for_company(waited: float, alone: bool) -> None:
    assert (burst([NOW], NOW + waited).over <= 0) is alone


def test_without_streams_there_is_no_burst() -> None:
    assert burst([], NOW).over <= 0
    assert burst([], NOW).count == 0


@given(starts, st.floats(0, 1_000))
def test_what_is_said_of_a_burst_is_always_a_number(began: list[float], later: float) -> None:
    one = burst(began, NOW + later)
    assert one.apart > 0
    assert math.isfinite(one.over)


@given(starts, st.floats(0, 100), st.floats(0, 100))
def test_a_burst_that_is_over_stays_over_until_a_stream_begins(began: list[float], one: float, other: float) -> None:
    sooner, later = sorted((one, other))
    assert burst(began, NOW + later).over <= burst(began, NOW + sooner).over
