"""How far apart interim edits have to be so that the slots of the window last.

The reader of a stream is behind by half the distance of its edits, on average. For a given number of edits that is
least when all streams are edited at one common distance, all the time. So the plan is the shortest common distance
that the slots allow if streams go on for as long as they usually do.

What nobody knows is how many more streams will begin, and each will need a slot for its last word. While they keep
coming (`bot.domain.pacing.burst`), slots for as many as may come (`bot.domain.pacing.crowd`) are kept from interim
edits, and what is left has to last until the burst is probably over. Then everything is spent on those who are there.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.pacing.burst import Burst
from bot.domain.pacing.crowd import coming

_TAIL: Final = 0.15
"""A stream is expected to go on for at least this share of the usual time."""
_PARTY: Final = 8
"""Streams that begin one after the other are paced as if they would become this many."""
_MOST: Final = 2 / 3
"""Last words of streams that have not begun keep at most this share of a window, however big crowds are."""
_SOONEST: Final = 0.01
_LOOK_AGAIN: Final = 0.5
"""How soon and how late the plan is made anew while streams may still come, in seconds."""


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
    again: float
    """After how many seconds the plan changes by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """What a window still holds."""

    allowed: int
    reserve: int
    """Kept for clicks."""
    returns: Sequence[float]
    """In how many seconds each slot that is used comes back, soonest first."""
    window: float

    @property
    def ahead(self) -> float:
        """In how many seconds the next slot comes back."""
        return self.returns[0] if self.returns else self.window


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What streams are like in this workspace."""

    usual: float
    """How long one goes on."""
    largest: int
    """How many a burst may have before a larger one was seen."""
    seen: Sequence[int] = ()
    """How many the last bursts had."""
    rate: float = 0.0
    """How many begin in a second, over the last minutes."""


def plan(slots: Slots, streams: Collection[Stream], burst: Burst, habits: Habits, now: float) -> Plan:
    """Make the plan of this moment."""
    again = max(_SOONEST, min(_LOOK_AGAIN, burst.over)) if burst.over > 0 else math.inf
    free = slots.allowed - len(slots.returns) - len(streams)
    kept = max(slots.reserve, _kept(slots, burst, habits))
    if (short := 1 + kept - free) > 0:
        opens = slots.returns[short - 1] if short <= len(slots.returns) else slots.window
        return Plan(opens=opens, gap=opens, again=again)
    lives = sorted(_left(stream, habits.usual, slots.window, now) for stream in streams if not stream.ending)
    more = _more(slots, burst)
    to_the_end = _gap(max(1, free - slots.reserve - more), slots, lives, more * habits.usual, habits)
    until_over = _written(lives, burst, more, habits.usual) / (free - kept)
    return Plan(opens=0.0, gap=max(to_the_end, until_over), again=again)


def _kept(slots: Slots, burst: Burst, habits: Habits) -> int:
    """How many slots the last words of streams to come keep: those that may begin before slots come back."""
    most = int(slots.allowed * _MOST)
    kept = min(most, habits.rate * slots.ahead)
    if burst.over > 0 and burst.count > 1:
        more = coming(burst.count, burst.late, habits.largest, habits.seen)
        kept = max(kept, min(more, most - burst.count, slots.ahead / burst.apart))
    return max(0, round(kept))


def _left(stream: Stream, usual: float, window: float, now: float) -> float:
    """How long a stream is expected to go on. One that has outlived the usual time may go on for long."""
    age = now - stream.began
    return window if age > usual > 0 else max(usual - age, usual * _TAIL)


def _more(slots: Slots, burst: Burst) -> int:
    """How many more streams the pace expects: few while there are few, and none when the next one is late."""
    if not burst.next_due:
        return 0
    return max(0, min(_PARTY - burst.count, 2 * burst.count - 1, int(slots.ahead / burst.apart)))


def _gap(free: int, slots: Slots, lives: Sequence[float], extra: float, habits: Habits) -> float:
    """The shortest distance at which the edits never outrun the slots, those who begin at the usual rate included."""
    gap, total, done = 0.0, extra, 0
    for number, ahead in enumerate((*slots.returns, slots.window)):
        while done < len(lives) and lives[done] <= ahead:
            total += lives[done]
            done += 1
        begin = habits.rate * ahead
        written = total + ahead * (len(lives) - done) + begin * habits.usual
        gap = max(gap, written / max(1.0, free + number - begin))
    return gap


def _written(lives: Sequence[float], burst: Burst, more: int, usual: float) -> float:
    """How many seconds all streams together go on for until the burst is probably over."""
    horizon = max(0.0, min(burst.over, burst.settles)) + more * burst.apart
    later = (min(usual, horizon - number * burst.apart) for number in range(1, more + 1))
    return sum(min(left, horizon) for left in lives) + sum(max(0.0, lasts) for lasts in later)
