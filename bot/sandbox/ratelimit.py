"""Slack's rate limits: calls per method in a sliding minute, and one post per second and channel."""

import math
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final, Literal

from bot.sandbox import limits

POSTS: Final = "chat.postMessage"
BURST: Final = "chat.postMessage/channel"
"""The key for how many messages one channel takes at once before the one-per-second rule holds."""

SLACK: Final[Mapping[str, int]] = {**limits.METHOD_LIMITS, BURST: limits.POSTS_BURST}
"""Slack's own numbers: copy and change them to hand in others."""

Limits = Literal["slack", "off"] | Mapping[str, int]


class RateLimiter:
    """Counts the calls of one workspace and says how long a call that is too many has to wait."""

    def __init__(self, numbers: Limits, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._windows: dict[str, deque[float]] = {}
        self._channels: dict[str, tuple[float, float]] = {}
        self.numbers: Mapping[str, int] = {}
        self.use(numbers)

    def use(self, numbers: Limits) -> None:
        """Switch to other numbers."""
        if isinstance(numbers, str):
            self.numbers = SLACK if numbers == "slack" else {}
        else:
            self.numbers = numbers

    def retry_after(self, method: str, channel: str = "") -> int:
        """Count one call and return how many seconds it has to wait, 0 when it may run."""
        now = self._clock()
        wait = max(self._window_wait(method, now), self._channel_wait(method, channel, now))
        if wait > 0:
            return max(1, math.ceil(wait))
        if method in self.numbers:
            self._windows.setdefault(method, deque()).append(now)
        if method == POSTS and BURST in self.numbers:
            tokens = self._tokens(channel, now)
            self._channels[channel] = (tokens - 1, now)
        return 0

    def used(self, method: str) -> int:
        """Count the calls of the last minute, those that were refused not among them."""
        since = self._clock() - limits.MINUTE
        return sum(at > since for at in self._windows.get(method, ()))

    def _window_wait(self, method: str, now: float) -> float:
        allowed = self.numbers.get(method)
        if allowed is None:
            return 0.0
        window = self._windows.setdefault(method, deque())
        while window and window[0] <= now - limits.MINUTE:
            window.popleft()
        if len(window) < allowed:
            return 0.0
        return window[0] + limits.MINUTE - now if window else limits.MINUTE

    def _channel_wait(self, method: str, channel: str, now: float) -> float:
        if method != POSTS or BURST not in self.numbers:
            return 0.0
        missing = 1 - self._tokens(channel, now)
        return missing / limits.POSTS_PER_CHANNEL_SECOND if missing > 1e-9 else 0.0

    def _tokens(self, channel: str, now: float) -> float:
        burst = float(self.numbers[BURST])
        tokens, at = self._channels.get(channel, (burst, now))
        return min(burst, tokens + (now - at) * limits.POSTS_PER_CHANNEL_SECOND)
