"""Whether streams keep beginning: eight engineers who resolve at once are a burst, and so are thirty-two.

A burst goes on until the next stream is later than the distances so far let expect: soon after its time when they were
even, long after it when they were not.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_ALONE: Final = 1.45
"""How long the first stream waits for company, in seconds, before it is taken to be alone."""
_CLOSEST: Final = 0.5
"""Streams that begin closer together than this count as this far apart, in seconds."""
_UNSURE: Final = 0.01
"""What the first distance says about the scatter of the next ones: so much of an observation that they are random."""
_RANDOM: Final = 1.0
"""The same where it is asked whether the burst is over: a few even distances may be chance."""
_SOONEST: Final = 0.3
"""The shortest time, in seconds, in which a burst can be told to be over."""
_LATE: Final = 3.0
"""The pace expects no further stream when the next one is later than this many times the scatter."""
_OVER: Final = 18.0
"""The burst is over when the next stream is later than this many times the scatter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """The streams of a window, as a burst."""

    count: int
    apart: float
    """The mean distance of their starts."""
    over: float
    """In how many seconds, if none begins until then, the burst is over; not positive when it is."""
    next_due: bool
    """Whether another one is still expected soon."""
    late: float = 0.0
    """How late the next one is, in scatters of the starts."""
    settles: float = math.inf
    """In how many seconds, if none begins until then, the burst is probably over."""


def burst(starts: Sequence[float], now: float) -> Burst:
    """Describe the burst of streams that began at these times."""
    if len(starts) < 2:
        over = starts[0] + _ALONE - now if starts else 0.0
        return Burst(count=len(starts), apart=1.0, over=over, next_due=over > 0, settles=over)
    steps = [later - sooner for sooner, later in pairwise(starts)]
    apart = max((starts[-1] - starts[0]) / len(steps), _CLOSEST)
    scatter, wide = (_scatter(steps, apart, doubt) for doubt in (_UNSURE, _RANDOM))
    late = now - starts[-1] - apart
    return Burst(
        count=len(starts),
        apart=apart,
        over=_OVER * scatter - late,
        next_due=late < _LATE * scatter,
        late=max(0.0, late) / wide,
        settles=max(_SOONEST, wide - late),
    )


def _scatter(steps: Sequence[float], apart: float, doubt: float) -> float:
    """Tell how much the distances differ. `doubt` counts as so many observations that they are random."""
    spread = sum((step - apart) ** 2 for step in steps) + doubt * apart**2
    return min(apart, math.sqrt(spread / (len(steps) + doubt)))
