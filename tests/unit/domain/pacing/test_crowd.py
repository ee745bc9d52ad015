"""How many more streams are expected: few while little is known, as many as were seen once something is."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pacing.crowd import coming

sizes = st.lists(st.integers(1, 40), max_size=16)


def test_who_has_seen_a_crowd_is_ready_for_the_next_one_as_long_as_streams_may_come() -> None:
    assert coming(8, 0.0, 32, [32]) == 24
    assert coming(8, 3.0, 32, [32]) == 24
    assert coming(8, 20.0, 32, [32]) == 0


def test_who_has_seen_small_bursts_alone_keeps_little() -> None:
    assert coming(8, 0.0, 32, [8] * 16) == 0
    assert coming(4, 0.0, 32, [8] * 16) == 4


def test_where_nothing_is_known_a_crowd_is_possible_until_the_next_stream_is_late() -> None:
    kept = [coming(8, float(late), 32, []) for late in range(8)]
    assert kept == sorted(kept, reverse=True)
    assert kept[0] > 20
    assert kept[-1] == 0


@given(st.integers(1, 60), st.floats(0, 1e6), st.integers(1, 60), sizes)
def test_no_more_are_expected_than_were_ever_seen_or_thought_of(
    count: int, late: float, largest: int, seen: list[int]
) -> None:
    assert 0 <= coming(count, late, largest, seen) <= max(0, max([largest, *seen]) - count)


@given(st.integers(1, 40), st.floats(0, 50), st.floats(0, 50), sizes)
def test_the_longer_none_comes_the_fewer_are_expected(count: int, one: float, other: float, seen: list[int]) -> None:
    sooner, later = sorted((one, other))
    assert coming(count, later, 32, seen) <= coming(count, sooner, 32, seen)
