"""Slack as the benchmark needs it: `chat.update` behind a limiter, a round trip away, with faults from a seed."""

import asyncio
import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

MINUTE: Final = 60.0


class Limited(Exception):
    """429: asked too often."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


class Unavailable(Exception):
    """5xx, or the answer was lost: nobody knows whether it was done."""


class Limiter(Protocol):
    """Says whether a call may pass now (0), or after how many seconds it may be tried again."""

    def wait(self, now: float) -> float:
        """Count a call that passes."""
        ...


@dataclass
class Sliding:
    """So many calls in any minute."""

    calls: int
    window: float = MINUTE
    passed: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Count a call that passes."""
        while self.passed and self.passed[0] <= now - self.window + 1e-9:
            self.passed.popleft()
        if len(self.passed) < self.calls:
            self.passed.append(now)
            return 0.0
        return max(1.0, math.ceil(self.passed[0] + self.window - now))


@dataclass
class Bursting:
    """So many calls a minute come back one by one, and so many may be saved up."""

    calls: int
    burst: int
    at: float = 0.0
    spent: float = 0.0

    def wait(self, now: float) -> float:
        """Count a call that passes."""
        self.spent = max(0.0, self.spent - (now - self.at) * self.calls / MINUTE)
        self.at = now
        if self.spent + 1 <= self.burst:
            self.spent += 1
            return 0.0
        return max(1.0, math.ceil((self.spent + 1 - self.burst) * MINUTE / self.calls))


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit that Slack has made: when readers see it, and how much text it shows."""

    seen: float
    chars: int
    final: bool
    second: bool = False
    """Whether it was a second message and not an edit."""


@dataclass(slots=True)
class VirtualMessage:
    """What one message went through."""

    edits: list[Edit] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    """When calls were answered with a 429."""

    def show(self, seen: float, chars: int, *, final: bool, second: bool = False) -> None:
        """Note an edit."""
        self.edits.append(Edit(seen, chars, final, second))


class Slack:
    """One workspace: every `chat.update` of it is counted here."""

    def __init__(
        self,
        limiter: Limiter,
        rtt: float,
        *,
        failing: float = 0.0,
        jitter: float = 0.0,
        seed: int = 0,
        says: float | None = None,
    ) -> None:
        self.rtt = rtt
        self.calls: list[float] = []
        """When each call was made, refused ones included."""
        self.refused: list[float] = []
        self._limiter = limiter
        self._failing = failing
        self._jitter = jitter
        self._rng = random.Random(seed)
        self._says = says
        """The `Retry-After` of each 429, instead of the limiter's."""

    async def update(
        self,
        message: VirtualMessage,
        chars: int | Callable[[], int],
        *,
        final: bool = False,
        limiter: Limiter | None = None,
    ) -> None:
        """Edit a message. Raises what Slack answers, or `Unavailable` when it does not."""
        loop = asyncio.get_running_loop()
        self.calls.append(loop.time())
        size = chars if isinstance(chars, int) else chars()
        half = self.rtt / 2 * (1 + self._jitter * self._rng.random())
        fate = self._rng.random() / self._failing if self._failing else 1.0
        await asyncio.sleep(half)
        wait = (limiter or self._limiter).wait(loop.time())
        if wait == 0.0 and fate >= 0.5:  # else Slack fails, and has not made the edit
            message.show(loop.time() + half, size, final=final)
        await asyncio.sleep(half)
        if wait:
            message.refused.append(loop.time())
            self.refused.append(loop.time())
            raise Limited(wait if self._says is None else self._says)
        if fate < 1.0:  # either Slack failed, or its answer is lost
            raise Unavailable

    async def post(self, message: VirtualMessage, chars: int, *, final: bool = True) -> None:
        """Post a second message. Posts are not scarce here."""
        await asyncio.sleep(self.rtt)
        message.show(asyncio.get_running_loop().time(), chars, final=final, second=True)
