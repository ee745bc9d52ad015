"""A play: streams begin, a policy shows them, and the figures say how well it did."""

import asyncio
import math
import statistics
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Protocol

from benchmarks.virtual import clock
from benchmarks.virtual.slack import Edit, Slack, VirtualMessage
from benchmarks.virtual.traces import Arrival, Trace

PATIENCE: Final = 3_600.0
"""How long after the last text a play is watched; what is not shown by then is lost."""
LOST: Final = 60.0
"""A character that is never shown counts as if it came this long after the end of its text."""


class Feed:
    """One text while it arrives."""

    def __init__(self, key: str, trace: Trace) -> None:
        self.key = key
        self._loop = asyncio.get_running_loop()
        self._start = self._loop.time()
        self._trace = trace
        self._read = 0

    @property
    def arrived(self) -> int:
        """How many characters have arrived by now."""
        return self._trace.arrived(self._loop.time() - self._start)

    @property
    def ended(self) -> bool:
        """Whether the model is done."""
        return self._loop.time() - self._start >= self._trace.end - 1e-9

    async def until(self, more_than: int, at_most: float = math.inf) -> None:
        """Wait until more than so many characters have arrived, or the text has ended, or so many seconds are over."""
        chunk = min(bisect_right(self._trace.total, more_than), len(self._trace.at) - 1)
        if (wait := self._start + self._trace.at[chunk] - self._loop.time()) > 0:
            await asyncio.sleep(min(wait, at_most))

    async def next(self) -> int | None:
        """Read one chunk and return how much text has been read. None after the last. A slow reader lags behind."""
        if self._read == len(self._trace.at):
            return None
        wait = self._start + self._trace.at[self._read] - self._loop.time()
        if wait > 0:
            await asyncio.sleep(wait)
        self._read += 1
        return self._trace.total[self._read - 1]

    async def end(self) -> None:
        """Wait for the model to be done."""
        if (wait := self._start + self._trace.end - self._loop.time()) > 0:
            await asyncio.sleep(wait)


class Policy(Protocol):
    """Shows the streams of one workspace. There is one object a workspace."""

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream, from its first chunk to its last word."""
        ...


Make = Callable[[Slack], Policy]


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a play."""

    arrivals: Sequence[Arrival]
    messages: Sequence[VirtualMessage]
    slack: Slack


def play(make: Make, slack: Slack, arrivals: Sequence[Arrival]) -> Played:
    """Let a policy show some streams."""
    messages = [VirtualMessage() for _ in arrivals]

    async def stream(policy: Policy, number: int) -> None:
        await asyncio.sleep(arrivals[number].start)
        await policy.show(Feed(f"notes:{number}", arrivals[number].trace), messages[number])

    async def everything() -> None:
        policy = make(slack)
        tasks = [asyncio.ensure_future(stream(policy, number)) for number in range(len(arrivals))]
        last = max(arrival.start + arrival.trace.end for arrival in arrivals)
        await asyncio.wait(tasks, timeout=last + PATIENCE)
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome

    clock.run(everything())
    return Played(arrivals, messages, slack)


@dataclass(frozen=True, slots=True)
class Figures:
    """How well the streams of a play were shown. Times in seconds."""

    refused: int
    edits: int
    first: float
    """From the first character's arrival to the first text that a reader sees; median of the streams."""
    staleness: float
    """How far the shown text lags the arrived text, averaged over characters."""
    gap: float
    """The longest time between two changes of a message that has more to show."""
    lag: float
    """From the end of the model's text to the whole text; the 99th percentile of the streams."""
    lost: int
    second: int


def figures(played: Played) -> Figures:
    """Take the figures of a play."""
    pairs = list(zip(played.arrivals, played.messages, strict=True))
    rows = [_stream(arrival, message) for arrival, message in pairs]
    chars = sum(arrival.trace.length for arrival in played.arrivals)
    return Figures(
        refused=len(played.slack.refused),
        edits=sum(not edit.second for message in played.messages for edit in message.edits),
        first=statistics.median(row.first for row in rows),
        staleness=sum(row.staleness for row in rows) / chars,
        gap=max(row.gap for row in rows),
        lag=p99([row.lag for row in rows]),
        lost=sum(row.lost for row in rows),
        second=sum(any(edit.second for edit in message.edits) for message in played.messages),
    )


def lags(played: Played) -> list[float]:
    """Return the final lag of every stream of a play."""
    return [_stream(*pair).lag for pair in zip(played.arrivals, played.messages, strict=True)]


def p99(samples: Sequence[float]) -> float:
    """Return the sample that 99 of 100 do not exceed."""
    return sorted(samples)[math.ceil(0.99 * len(samples)) - 1]


@dataclass(frozen=True, slots=True)
class _Row:
    first: float
    staleness: float
    gap: float
    lag: float
    lost: bool


def _stream(arrival: Arrival, message: VirtualMessage) -> _Row:
    trace, start = arrival.trace, arrival.start
    edits = _progress(message.edits)
    lost = not edits or edits[-1].chars < trace.length or message.edits[-1].chars < trace.length
    never = start + trace.end + LOST
    stale, position = 0.0, 0
    for at, total, chars in zip(trace.at, trace.total, trace.chars, strict=True):
        while position < len(edits) and edits[position].chars < total:
            position += 1
        visible = edits[position].seen if position < len(edits) else never
        stale += chars * (visible - start - at)
    seen = [start + trace.at[0], *(edit.seen for edit in edits)]
    whole = next((edit.seen for edit in edits if edit.chars >= trace.length), never)
    return _Row(
        first=(edits[0].seen if edits else never) - start - trace.at[0],
        staleness=stale,
        gap=max((b - a for a, b in pairwise(seen)), default=0.0),
        lag=max(0.0, (never if lost else whole) - start - trace.end),
        lost=lost,
    )


def _progress(edits: Sequence[Edit]) -> list[Edit]:
    """Keep the edits that showed more than was shown before."""
    shown, progress = 0, []
    for edit in sorted(edits, key=lambda edit: edit.seen):
        if edit.chars > shown:
            shown = edit.chars
            progress.append(edit)
    return progress
