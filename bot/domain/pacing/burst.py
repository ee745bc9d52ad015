"""Whether streams keep beginning: eight engineers who resolve at once are a burst, and so are thirty-two.

A burst goes on until the next stream is later than the distances so far let expect: soon after its time when they were
even, long after it when they were not.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_ALONE: Final = 1.2
"""How long the first stream waits for company, in seconds, before it is taken to be alone."""
_CLOSEST: Final = 0.5
"""Streams that begin closer together than this count as this far apart, in seconds."""
_UNSURE: Final = 0.01
"""What the first distance says about the scatter of the next ones: so much of an observation that they are random."""
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


def burst(starts: Sequence[float], now: float) -> Burst:
    """Describe the burst of streams that began at these times."""
    if len(starts) < 2:
        over = starts[0] + _ALONE - now if starts else 0.0
        return Burst(count=len(starts), apart=1.0, over=over, next_due=over > 0)
    steps = [later - sooner for sooner, later in pairwise(starts)]
    apart = max((starts[-1] - starts[0]) / len(steps), _CLOSEST)
    spread = sum((step - apart) ** 2 for step in steps) + _UNSURE * apart**2
    scatter = min(apart, math.sqrt(spread / (len(steps) + _UNSURE)))
    late = now - starts[-1] - apart
    return Burst(count=len(starts), apart=apart, over=_OVER * scatter - late, next_due=late < _LATE * scatter)
