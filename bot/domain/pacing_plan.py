"""How far apart interim edits have to be so that the slots of the window last.

The reader of a stream is behind by half the distance of its edits, on average. For a given number of edits that is
least when all streams are edited at one common distance, all the time. So the plan is the shortest common distance
that the slots allow if the streams go on for as long as streams usually do and the present burst of new ones goes on
as bursts do, with one slot set aside for the last word of each. What is expected are guesses: the numbers below
were fitted with `benchmarks.streaming`, on streams of nine seconds that begin one a second.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_TAIL: Final = 0.15
"""A stream is expected to go on for at least this share of the usual time."""
_PARTY: Final = 11
"""Streams that begin one after the other are paced as if they would become this many."""
_CROWD: Final = 2.8
"""So many times the streams that have begun may still come: their last words keep slots, whatever the pace."""
_EXTRA: Final = 0.75
"""How much of the usual time is planned for a stream that has not begun."""
_GRACE: Final = 0.05
"""How late the next stream may be before fewer are expected, as a share of their distance, besides its scatter."""
_CLOSEST: Final = 0.25
"""Streams that begin closer together than this count as this far apart, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A live message that is still owed its last word."""

    began: float
    """When it had its first text."""
    ending: bool = False
    """Whether its text is complete and only the last word is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The pace of interim edits."""

    opens: float
    """In how many seconds a slot is free for an interim edit; 0 when one is."""
    gap: float
    """How far apart the edits of one stream should be."""
    coming: bool
    """Whether the pace makes room for streams that have not begun: it changes as they fail to."""


def plan(
    *,
    free: int,
    returns: Sequence[float],
    window: float,
    streams: Collection[Stream],
    starts: Sequence[float],
    usual: float,
    now: float,
) -> Plan:
    """Make the plan; `free` slots are there now, one more after each of `returns` seconds."""
    ahead = returns[0] if returns else window
    party = coming(starts, now, ahead, max(_PARTY - len(starts), 0))
    crowd = coming(starts, now, ahead, _CROWD * len(starts))
    free -= len(streams)
    if (short := 1 - free + round(max(party, crowd))) > 0:
        opens = returns[short - 1] if short <= len(returns) else window
        return Plan(opens=opens, gap=opens, coming=crowd > 0)
    free -= round(party)
    lives = sorted(_left(stream, usual, window, now) for stream in streams if not stream.ending)
    return Plan(opens=0.0, gap=_gap(free, returns, window, lives, party * usual * _EXTRA), coming=crowd > 0)


def coming(starts: Sequence[float], now: float, ahead: float, further: float) -> float:
    """Tell how many more streams to expect in so many seconds: none unless they keep coming as they did."""
    if len(starts) < 2:
        return 0.0
    steps = [later - sooner for sooner, later in pairwise(starts)]
    mean = (starts[-1] - starts[0]) / len(steps)
    apart = max(mean, _CLOSEST)
    scatter = math.sqrt(sum((step - mean) ** 2 for step in steps) / len(steps)) if len(steps) > 1 else apart / 2
    late = now - starts[-1] - apart
    fading = min(1.0, max(0.0, 1.0 - late / (2 * scatter + _GRACE * apart)))
    return fading * min(further, ahead / apart)


def _left(stream: Stream, usual: float, window: float, now: float) -> float:
    """How long a stream is expected to go on; one that has outlived the usual time may go on for long."""
    age = now - stream.began
    return window if age > usual > 0 else max(usual - age, usual * _TAIL)


def _gap(free: int, returns: Sequence[float], window: float, lives: Sequence[float], extra: float) -> float:
    """The shortest distance at which the edits never outrun the slots."""
    gap, total, done = 0.0, 0.0, 0
    for number, ahead in enumerate((*returns, window)):
        if free + number < 1:
            continue
        while done < len(lives) and lives[done] <= ahead:
            total += lives[done]
            done += 1
        written = total + ahead * (len(lives) - done) + extra
        gap = max(gap, written / (free + number))
    return gap
