"""How many more streams a burst may have, chosen by regret.

A slot that is kept for a last word which never comes costs a reader one interim edit, about a tenth of a second of
being behind. One that is missing makes a last word about half a minute late. So a slot is kept for as long as the
chance that it is needed is above the ratio of the two. What is known beforehand is stated here: bursts of 1 to 32
streams are possible, one of n streams is n to the power of 2.75 rarer than a stream alone. That counts as much as one
burst that was seen, and so does each of the last sixteen.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

SEEN: Final = 16
"""Of so many bursts the size is remembered."""
_RARER: Final = 2.75
_RATIO: Final = 0.0035
"""The regret of an edit that was not made, as a share of that of a last word that is late."""


def coming(count: int, late: float, largest: int, seen: Sequence[int]) -> int:
    """Tell for how many more streams to keep slots, in a burst that has so many and may be over.

    `late` is how late the next one is, in scatters of the starts: if one comes, it is that late with a chance of e to
    the power of minus that. Nobody knows of bursts of more than `largest` streams until one is seen.
    """
    ahead = _chances(count, largest, tuple(sorted(seen)))
    no_more, silent = 1.0 - sum(ahead), math.exp(-late)
    total = no_more + silent * sum(ahead)
    if total <= 0.0:
        return 0
    needed = 0.0
    for more in range(len(ahead), 0, -1):
        needed += silent * ahead[more - 1] / total
        if needed > _RATIO:
            return more
    return 0


@lru_cache(maxsize=1024)
def _chances(count: int, largest: int, seen: tuple[int, ...]) -> tuple[float, ...]:
    """Return the chances of 1, 2, … streams to come, in a burst that has so many already."""
    most = max(largest, *seen, count)
    weights = [_common(largest).get(size, 0.0) + seen.count(size) for size in range(count, most + 1)]
    total = sum(weights)
    return tuple(weight / total for weight in weights[1:]) if total else ()


@lru_cache(maxsize=8)
def _common(largest: int) -> dict[int, float]:
    """Return the chance of each size of a burst where nothing was seen yet."""
    weights = {size: size**-_RARER for size in range(1, largest + 1)}
    total = sum(weights.values())
    return {size: weight / total for size, weight in weights.items()}
