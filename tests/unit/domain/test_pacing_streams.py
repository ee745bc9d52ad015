"""Streams under the real decision and the real budget, in a workspace whose time is virtual."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.virtual.ours import Clicked, Ours
from benchmarks.virtual.play import Played, figures, play
from benchmarks.virtual.slack import Limited, Slack, Sliding
from benchmarks.virtual.traces import Arrival, even, staggered, uneven
from bot.domain.pacing import Limits

traces = st.builds(uneven, st.integers(0, 10_000), st.integers(1, 4_000), st.floats(0.05, 40)) | st.builds(
    even, st.integers(1, 4_000), st.floats(0.05, 40)
)
arrivals = st.lists(st.builds(Arrival, traces, st.floats(0, 20)), min_size=1, max_size=12)
rtts = st.sampled_from([0.01, 0.05, 0.15, 0.45])
few = settings(max_examples=60)


def shown(slack: Slack, streams: Sequence[Arrival], limits: Limits) -> Played:
    return play(lambda workspace: Ours(workspace, limits), slack, streams)


def most_in(window: float, times: Sequence[float]) -> int:
    ordered = sorted(times)
    return max((sum(at < other + window for at in ordered if at >= other) for other in ordered), default=0)


@few
@given(arrivals, st.integers(1, 60), st.floats(5, 60), rtts, st.sampled_from([0.0, 1.0]))
def test_no_window_holds_more_calls_than_slack_allows_however_uneven_the_way(
    streams: list[Arrival], calls: int, window: float, rtt: float, jitter: float
) -> None:
    slack = Slack(Sliding(calls, window), rtt, jitter=jitter)
    played = shown(slack, streams, Limits(calls=calls, window=window + 0.5))
    assert most_in(window, slack.calls) <= calls
    assert slack.refused == []
    assert figures(played).lost == 0


@few
@given(arrivals, st.integers(5, 60), rtts, st.sampled_from([0.0, 0.1, 0.5]), st.integers(0, 1_000))
def test_text_never_goes_backwards_and_nothing_follows_the_last_word_whatever_fails(
    streams: list[Arrival], calls: int, rtt: float, failing: float, seed: int
) -> None:
    slack = Slack(Sliding(calls), rtt, failing=failing, jitter=1.0, seed=seed)
    played = shown(slack, streams, Limits(calls=calls))
    for arrival, message in zip(played.arrivals, played.messages, strict=True):
        edits = sorted(message.edits, key=lambda edit: edit.seen)
        assert all(before.chars <= after.chars for before, after in pairwise(edits))
        assert edits[-1].final
        assert edits[-1].chars == arrival.trace.length
        assert all(not before.final or after.final for before, after in pairwise(edits))


@few
@given(arrivals, st.integers(20, 50), rtts)
def test_a_stricter_slack_than_configured_loses_no_last_word(streams: list[Arrival], strict: int, rtt: float) -> None:
    slack = Slack(Sliding(strict), rtt)
    played = shown(slack, streams, Limits(calls=50))
    assert figures(played).lost == 0
    after = slack.refused[1:]
    assert most_in(60.0, [at for at in after if at > slack.refused[0] + 1.0]) <= 3


@few
@given(st.integers(1, 10), rtts, st.sampled_from([0.0, 0.3, 1.0, 5.0]))
def test_no_stream_waits_much_longer_than_a_window_while_there_are_slots_for_all(
    count: int, rtt: float, every: float
) -> None:
    streams = [Arrival(even(6_000, 200.0), number * every) for number in range(count)]
    played = shown(Slack(Sliding(50), rtt), streams, Limits())
    for message in played.messages:
        times = [edit.seen for edit in message.edits]
        assert max(after - before for before, after in pairwise(times)) <= 75


def test_a_click_waits_for_no_interim_edit() -> None:
    waits: list[float] = []
    clicks = Arrival(even(10, 8.0, 1), 1.0)
    streams = [clicks, *staggered("notes", 4)]
    played = play(lambda slack: Clicked(slack, waits), Slack(Sliding(50), 0.15), streams)
    assert max(waits) == 0
    assert not played.slack.refused


@pytest.mark.parametrize(("streams", "lag"), [(1, 0.2), (4, 0.5), (8, 0.5), (32, 15.0)])
def test_streams_that_begin_one_a_second_all_end_in_time(streams: int, lag: float) -> None:
    result = figures(play(Ours, Slack(Sliding(50), 0.15), staggered("notes", streams)))
    assert (result.refused, result.lost, result.second) == (0, 0, 0)
    assert result.lag <= lag


def test_a_play_is_the_same_every_time() -> None:
    def once() -> list[float]:
        slack = Slack(Sliding(25), 0.15, failing=0.1, jitter=1.0, seed=7)
        return shown(slack, staggered("uneven", 8, seed=3), Limits()).slack.calls

    assert once() == once()


def test_a_limit_that_is_broken_is_refused() -> None:
    limiter = Sliding(1, 10.0)
    assert limiter.wait(0.0) == 0
    assert limiter.wait(4.0) == 6
    assert limiter.wait(10.0) == 0
    assert Limited(6).retry_after == 6
