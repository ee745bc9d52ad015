"""The bound: the least mean staleness that any policy can have, even one that knows the future.

One stream, exactly: an edit that is made earlier, up to the arrival of the newest text it shows or the end of the call
before it, shows the same text sooner. So in a best plan each edit starts at an arrival or when the one before it is
answered, and dynamic programming over (edits so far, newest text shown, start of the last edit) finds the best plan
for each number of edits. Many streams: the only thing relaxed is that calls of different streams share each window.
The number of calls in all is kept (`calls` for every window begun), and shared out where it helps most. A play that
fits one window is therefore solved exactly but for the window's sliding. Texts longer than a window get `calls` for
each window begun, too.
"""

import heapq
import math
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from benchmarks.virtual.slack import MINUTE
from benchmarks.virtual.traces import Arrival, Trace

_INFINITY = math.inf


def bound(arrivals: Sequence[Arrival], calls: int, rtt: float, kept: int = 0) -> float:
    """Return a mean staleness, in seconds, that no policy falls below which keeps so many calls for others."""
    first = min(arrival.start + arrival.trace.at[0] for arrival in arrivals)
    last = max(arrival.start + arrival.trace.end for arrival in arrivals)
    slots = calls * (int((last - first) / MINUTE) + 1) - kept
    curves = [_convex(best(arrival.trace, rtt, slots)) for arrival in arrivals]
    cost = sum(curve[0] for curve in curves)
    gains = [(curve[1] - curve[0], number, 1) for number, curve in enumerate(curves) if len(curve) > 1]
    heapq.heapify(gains)
    for _ in range(slots - len(arrivals)):
        if not gains:
            break
        gain, number, used = heapq.heappop(gains)
        cost += gain
        if used + 1 < len(curves[number]):
            heapq.heappush(gains, (curves[number][used + 1] - curves[number][used], number, used + 1))
    return cost / sum(arrival.trace.length for arrival in arrivals)


def latest(arrivals: Sequence[Arrival], calls: int, rtt: float) -> list[float]:
    """Return the final lags of a policy that spends its calls on last words alone, first come first served."""
    made: list[float] = []
    lags: list[float] = []
    for end in sorted(arrival.start + arrival.trace.end for arrival in arrivals):
        made.append(max(end, made[-calls] + MINUTE) if len(made) >= calls else end)
        lags.append(made[-1] + rtt - end)
    return lags


@cache
def best(trace: Trace, rtt: float, edits: int) -> tuple[float, ...]:
    """Return the least sum of lags (characters times seconds) with 1, 2, … edits."""
    at, count = trace.at, len(trace.at)
    chars, weights = [0], [0.0]
    for when, size in zip(at, trace.chars, strict=True):
        chars.append(chars[-1] + size)
        weights.append(weights[-1] + size * when)

    def cost(seen: int, upto: int, start: float) -> float:
        return (chars[upto] - chars[seen]) * (start + rtt) - (weights[upto] - weights[seen])

    states: dict[int, list[tuple[float, float]]] = {0: [(-_INFINITY, 0.0)]}
    curve: list[float] = []
    least = _INFINITY
    for _ in range(edits):
        following: dict[int, list[tuple[float, float]]] = {}
        for seen, options in states.items():
            for start, spent in options:
                ready = start + rtt
                chain = bisect_right(at, ready + 1e-9)
                if chain > seen:
                    following.setdefault(chain, []).append((ready, spent + cost(seen, chain, ready)))
                for upto in range(max(chain, seen) + 1, count + 1):
                    total = spent + cost(seen, upto, at[upto - 1])
                    if total >= least:
                        break
                    following.setdefault(upto, []).append((at[upto - 1], total))
        states = {upto: _pareto(options) for upto, options in following.items()}
        done = min((spent for _, spent in states.pop(count, [])), default=_INFINITY)
        least = min(least, done)
        curve.append(least)
        if not states:
            break
    return tuple(curve)


def _pareto(options: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Keep the states that are not both later and worse than another."""
    kept: list[tuple[float, float]] = []
    for start, spent in sorted(options):
        if not kept or spent < kept[-1][1]:
            kept.append((start, spent))
    return kept


def _convex(curve: Sequence[float]) -> list[float]:
    """Return the lower convex hull: sharing out by the largest gain is then exact, and never above the truth."""
    hull: list[int] = []
    for point in range(len(curve)):
        while len(hull) > 1 and _above(curve, hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    smooth = list(curve)
    for left, right in pairwise(hull):
        for point in range(left, right):
            smooth[point] = curve[left] + (curve[right] - curve[left]) * (point - left) / (right - left)
    return smooth


def _above(curve: Sequence[float], left: int, middle: int, right: int) -> bool:
    return (curve[middle] - curve[left]) * (right - left) >= (curve[right] - curve[left]) * (middle - left)
