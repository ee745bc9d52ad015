from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox import BURST, ManualClock
from bot.sandbox.ratelimit import RateLimiter

gaps = st.lists(st.floats(min_value=0, max_value=30), max_size=80)


@given(gaps)
def test_no_minute_holds_more_calls_than_the_limit(pauses: list[float]) -> None:
    clock = ManualClock()
    limiter = RateLimiter({"m": 5}, clock)
    done: list[float] = []
    for pause in pauses:
        clock.advance(pause)
        if limiter.retry_after("m") == 0:
            done.append(clock())
    for start in done:
        assert sum(start <= at < start + 60 for at in done) <= 5


@given(gaps)
def test_waiting_as_long_as_told_is_enough(pauses: list[float]) -> None:
    clock = ManualClock()
    limiter = RateLimiter({"chat.postMessage": 20, BURST: 3}, clock)
    for pause in pauses:
        clock.advance(pause)
        wait = limiter.retry_after("chat.postMessage", "C1")
        if wait:
            clock.advance(wait)
            assert limiter.retry_after("chat.postMessage", "C1") == 0


def test_methods_and_channels_do_not_share_a_bucket() -> None:
    limiter = RateLimiter({"a": 1, "b": 1, "chat.postMessage": 100, BURST: 1}, ManualClock())
    assert [limiter.retry_after(name) for name in ("a", "b", "a", "free")] == [0, 0, 60, 0]
    assert [limiter.retry_after("chat.postMessage", c) for c in ("C1", "C2", "C1")] == [0, 0, 1]
