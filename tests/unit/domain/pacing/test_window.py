import dataclasses
import math

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pacing import window as pacing
from bot.domain.pacing.crowd import SEEN
from bot.domain.pacing.plan import Stream
from bot.domain.pacing.window import (
    RETRY_AFTER_CEILING,
    RETRY_AFTER_FLOOR,
    Bucket,
    Limits,
    Priority,
    Send,
    Waiter,
    WaitUntil,
    decide,
)

NOW = 1_000.0
past = st.floats(min_value=NOW - 200, max_value=NOW)
limits = st.builds(
    Limits,
    calls=st.integers(1, 60),
    window=st.floats(1, 90),
    reserve=st.integers(0, 60),
    gap=st.floats(0, 5),
    horizon=st.floats(0, 60),
    crowd=st.integers(0, 80),
)
buckets = st.builds(
    Bucket,
    limits=limits,
    sent=st.lists(past, max_size=60).map(lambda times: tuple(sorted(times))),
    interim_at=past | st.just(-math.inf),
    frozen_until=st.floats(NOW - 50, NOW + 120) | st.just(-math.inf),
    learned=st.none() | st.integers(1, 60),
    learned_at=past,
    starts=st.lists(past, max_size=60).map(lambda times: tuple(sorted(times))),
    usual=st.none() | st.floats(0, 300),
    seen=st.lists(st.integers(1, 60), max_size=16).map(tuple),
    before=st.floats(0, 2),
    before_at=past,
)
waiters = st.lists(
    st.builds(
        Waiter,
        key=st.text("abcdef", min_size=1, max_size=3),
        priority=st.sampled_from(Priority),
        since=past,
        unseen=st.integers(0, 10_000),
        edited_at=past | st.just(-math.inf),
    ),
    max_size=12,
    unique_by=lambda waiter: waiter.key,
)
streams = st.lists(st.builds(Stream, began=past, ending=st.booleans()), max_size=80)


@given(buckets, waiters, streams)
def test_a_click_goes_before_a_last_word_and_both_before_interim_edits(
    bucket: Bucket, waiting: list[Waiter], live: list[Stream]
) -> None:
    chosen = decide(bucket, waiting, NOW, live)
    if isinstance(chosen, Send):
        first = next(waiter for waiter in waiting if waiter.key == chosen.key)
        assert first.priority == min(waiter.priority for waiter in waiting)


@given(buckets, waiters, streams)
def test_a_window_never_holds_more_calls_than_it_may(bucket: Bucket, waiting: list[Waiter], live: list[Stream]) -> None:
    if isinstance(decide(bucket, waiting, NOW, live), Send):
        inside = [at for at in bucket.sent if at > NOW - bucket.limits.window]
        assert len(inside) < bucket.allowed(NOW) <= bucket.limits.calls


@given(buckets, waiters, streams)
def test_interim_edits_leave_a_slot_for_every_last_word_to_come(
    bucket: Bucket, waiting: list[Waiter], live: list[Stream]
) -> None:
    chosen = decide(bucket, waiting, NOW, live)
    if isinstance(chosen, Send) and all(waiter.priority is Priority.INTERIM for waiter in waiting):
        inside = [at for at in bucket.sent if at > NOW - bucket.limits.window]
        assert len(inside) + len(live) + bucket.limits.reserve < bucket.allowed(NOW)


@given(buckets, waiters, streams)
def test_whoever_waits_is_told_a_time_to_come_and_nobody_else_is(
    bucket: Bucket, waiting: list[Waiter], live: list[Stream]
) -> None:
    chosen = decide(bucket, waiting, NOW, live)
    assert (chosen is None) == (not waiting)
    if isinstance(chosen, WaitUntil):
        assert NOW < chosen.at < math.inf


@given(buckets, waiters, streams)
def test_a_decision_hangs_on_nothing_but_what_is_handed_in(
    bucket: Bucket, waiting: list[Waiter], live: list[Stream]
) -> None:
    assert decide(bucket, waiting, NOW, live) == decide(bucket, waiting[::-1], NOW, live[::-1])


@given(buckets, waiters.filter(bool), st.floats(NOW + 0.001, NOW + 120))
def test_nobody_calls_while_slack_has_said_to_wait(bucket: Bucket, waiting: list[Waiter], until: float) -> None:
    frozen = dataclasses.replace(bucket, frozen_until=until)
    assert decide(frozen, waiting, NOW) == WaitUntil(at=until)


@given(buckets, st.floats(allow_nan=True, allow_infinity=True))
def test_no_retry_after_is_believed_that_is_absurd(bucket: Bucket, retry_after: float) -> None:
    bucket = dataclasses.replace(bucket, frozen_until=-math.inf)
    wait = pacing.limited(bucket, retry_after, NOW).frozen_until - NOW
    assert RETRY_AFTER_FLOOR <= wait <= RETRY_AFTER_CEILING


def test_a_429_teaches_the_limit_that_slack_keeps_and_time_gives_it_back() -> None:
    bucket = Bucket()
    for number in range(26):
        bucket = pacing.granted(bucket, Priority.INTERIM, NOW + number)
    bucket = pacing.limited(bucket, 30, NOW + 26)
    assert bucket.allowed(NOW + 26) == 25
    assert bucket.allowed(NOW + 26 + 5 * bucket.limits.window) == 30
    assert bucket.allowed(NOW + 26 + 100 * bucket.limits.window) == 50


def test_one_429_out_of_nowhere_does_not_stop_the_app_for_long() -> None:
    bucket = pacing.limited(pacing.granted(Bucket(), Priority.CLICK, NOW), 1, NOW)
    assert bucket.allowed(NOW) == 10


@given(st.lists(st.floats(0, 58), min_size=1, max_size=9).map(sorted))
def test_a_process_that_has_just_started_learns_nothing_from_what_the_one_before_has_used_up(at: list[float]) -> None:
    bucket = Bucket(since=NOW)
    for after in at:
        bucket = pacing.limited(pacing.granted(bucket, Priority.LAST_WORD, NOW + after), 1, NOW + after)
    assert bucket.allowed(NOW + 60) == bucket.limits.calls
    assert bucket.frozen_until >= NOW + at[-1] + 1


def test_a_process_that_has_just_started_learns_from_a_window_that_it_filled_itself() -> None:
    bucket = Bucket(since=NOW)
    for number in range(21):
        bucket = pacing.granted(bucket, Priority.INTERIM, NOW + number)
    assert pacing.limited(bucket, 40, NOW + 20).allowed(NOW + 20) == 20


def seen(bucket: Bucket, starts: int, *, every: float = 1.0, since: float = NOW) -> Bucket:
    for number in range(starts):
        bucket = pacing.began(bucket, since + every * number)
    return bucket


def test_the_sizes_of_the_last_bursts_are_remembered() -> None:
    bucket = Bucket()
    for number in range(30):
        bucket = seen(bucket, 4, since=NOW + 200.0 * number)
    assert bucket.seen == (4,) * SEEN
    bucket = seen(seen(bucket, 20, since=NOW + 10_000), 1, since=NOW + 20_000)
    assert bucket.seen[-2:] == (4, 20)


def test_a_stream_that_begins_while_those_before_it_may_still_write_belongs_to_their_burst() -> None:
    bucket = pacing.began(seen(Bucket(), 3), NOW + 2 + 8.9)
    assert len(bucket.starts) == 4
    assert len(pacing.began(bucket, NOW + 30).starts) == 1


def test_the_rate_of_streams_is_learned_from_bursts_that_are_over_and_forgotten_in_time() -> None:
    assert seen(Bucket(), 8).rate(NOW + 8) == 0
    bucket = Bucket()
    for number in range(100):
        bucket = pacing.began(bucket, NOW + 12.0 * number)
    assert 0.9 / 12 < bucket.rate(NOW + 1_188) < 1.1 / 12
    assert bucket.rate(NOW + 10_000) < 1e-9


@given(st.lists(past, max_size=60))
def test_a_burst_holds_no_start_that_has_left_the_window(starts: list[float]) -> None:
    bucket = Bucket()
    for at in sorted(starts):
        bucket = pacing.began(bucket, at)
        assert all(at - bucket.limits.window < start <= at for start in bucket.starts)
