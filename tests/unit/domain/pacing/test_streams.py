"""Streams under the real decision and the real budget, in a workspace whose time is virtual."""

import math
from collections import deque
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.virtual.ours import BudgetTurn, Clicked, Noted, Ours
from benchmarks.virtual.play import Played, figures, play
from benchmarks.virtual.slack import Limited, Slack, Sliding
from benchmarks.virtual.traces import Arrival, even, staggered, uneven
from bot.domain.pacing.window import Limits, Priority
from tests.support.examples import examples

traces = st.builds(uneven, st.integers(0, 10_000), st.integers(1, 4_000), st.floats(0.05, 40)) | st.builds(
    even, st.integers(1, 4_000), st.floats(0.05, 40)
)
arrivals = st.lists(st.builds(Arrival, traces, st.floats(0, 20)), min_size=1, max_size=12)
rtts = st.sampled_from([0.01, 0.05, 0.15, 0.45])
says = st.sampled_from([None, -1.0, 0.0, math.nan, 36_000.0])
few = examples(60)


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
@given(arrivals, st.integers(5, 60), st.integers(0, 30), rtts, st.sampled_from([0.0, 0.1, 0.5]), says, st.integers())
def test_text_never_goes_backwards_and_nothing_follows_the_last_word_whatever_fails(
    streams: list[Arrival], calls: int, missing: int, rtt: float, failing: float, says: float | None, seed: int
) -> None:
    slack = Slack(Sliding(max(5, calls - missing)), rtt, failing=failing, jitter=1.0, seed=seed, says=says)
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


def test_a_restart_into_a_window_that_the_process_before_has_filled_ends_streams_as_soon_as_slack_takes_it() -> None:
    used = deque(number / 2 - 30 for number in range(48))
    streams = [Arrival(even(2_000, 8.0), 0.0) for _ in range(30)]
    slack = Slack(Sliding(50, passed=used), 0.05)
    played = shown(slack, streams, Limits())
    assert max(message.edits[-1].seen for message in played.messages) <= 60
    later = [at for at in slack.refused if at > slack.refused[0] + 1]
    assert most_in(0.9, later) <= 1, "nobody asks in vain where another has just done so"


@few
@given(st.lists(st.floats(0, 30), min_size=1, max_size=10), rtts)
def test_no_stream_waits_much_longer_than_a_window_while_there_are_slots_for_all(
    starts: list[float], rtt: float
) -> None:
    streams = [Arrival(even(6_000, 200.0), start) for start in starts]
    played = shown(Slack(Sliding(50), rtt), streams, Limits())
    for message in played.messages:
        times = [edit.seen for edit in message.edits]
        assert max(after - before for before, after in pairwise(times)) <= 75


def noted(streams: Sequence[Arrival], limits: Limits, slack: Slack) -> Sequence[BudgetTurn]:
    clicked = Clicked(slack, limits)
    play(lambda _: clicked, slack, streams)
    return clicked.noted.turns


@few
@given(arrivals, st.integers(5, 60), rtts, st.booleans(), st.integers(0, 1_000))
def test_neither_a_click_nor_a_last_word_is_ever_behind_an_interim_edit(
    streams: list[Arrival], calls: int, rtt: float, strict: bool, seed: int
) -> None:
    slack = Slack(Sliding(max(1, calls // (1 + strict))), rtt, jitter=1.0, seed=seed)
    turns = noted(streams, Limits(calls=calls), slack)
    for urgent in (turn for turn in turns if turn.priority is not Priority.INTERIM):
        before = (turn for turn in turns if turn.priority > urgent.priority)
        assert not any(urgent.asked < turn.got < urgent.got for turn in before)


@few
@given(st.lists(st.floats(0, 10), min_size=2, max_size=10), st.integers(20, 60), rtts)
def test_no_stream_is_passed_over_again_and_again(starts: list[float], calls: int, rtt: float) -> None:
    """Of streams that write equally fast, none gets three turns while another waits for one."""
    budgets: list[Noted] = []

    def ours(slack: Slack) -> Ours:
        budgets[:] = budgets or [Noted(Limits(calls=calls))]
        policy = Ours(slack)
        policy.budget = budgets[0]
        return policy

    play(ours, Slack(Sliding(calls), rtt), [Arrival(even(2_400, 30.0), start) for start in starts])
    turns = [turn for turn in budgets[0].turns if turn.priority is Priority.INTERIM]
    for one in turns:
        while_it_waited = [turn.key for turn in turns if one.asked < turn.asked and turn.got < one.got]
        assert all(while_it_waited.count(key) < 3 for key in set(while_it_waited))


def test_a_click_waits_for_no_interim_edit() -> None:
    streams = [Arrival(even(10, 8.0, 1), 1.0), *staggered("notes", 1)]
    slack = Slack(Sliding(50), 0.15)
    turns = noted(streams, Limits(), slack)
    assert {turn.got - turn.asked for turn in turns if turn.priority is Priority.CLICK} == {0.0}
    assert not slack.refused


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
