"""What models write and when: chunks of text as they arrive, made from a seed or recorded."""

import json
import random
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from itertools import accumulate
from pathlib import Path
from typing import Final

RECORDED: Final = Path(__file__).parent.parent / "traces"


@dataclass(frozen=True)
class Trace:
    """One text as it arrives. The model is done with the last chunk."""

    at: tuple[float, ...]
    """When each chunk arrives, in seconds from the request; never falls."""
    chars: tuple[int, ...]
    """How many characters each chunk brings."""

    @cached_property
    def total(self) -> tuple[int, ...]:
        """How much text there is after each chunk."""
        return tuple(accumulate(self.chars))

    @property
    def length(self) -> int:
        """How many characters the whole text has."""
        return self.total[-1]

    @property
    def end(self) -> float:
        """When the last chunk arrives."""
        return self.at[-1]

    def arrived(self, now: float) -> int:
        """Tell how many characters have arrived."""
        chunks = bisect_right(self.at, now + 1e-9)
        return self.total[chunks - 1] if chunks else 0


def even(chars: int, seconds: float, chunk: int = 12) -> Trace:
    """Spread a text evenly, in chunks of one size."""
    count = max(1, chars // chunk)
    sizes = [chunk] * (count - 1) + [chars - chunk * (count - 1)]
    return Trace(tuple((number + 1) * seconds / count for number in range(count)), tuple(sizes))


def uneven(seed: int, chars: int, seconds: float) -> Trace:
    """Make chunks of one to forty characters, with a scatter in their distances and now and then a pause."""
    rng = random.Random(seed)
    sizes: list[int] = []
    while sum(sizes) < chars:
        sizes.append(min(rng.randint(1, 40), chars - sum(sizes)))
    steps = [rng.lognormvariate(0.0, 0.8) + (25.0 if rng.random() < 0.02 else 0.0) for _ in sizes]
    scale = seconds / sum(steps)
    return Trace(tuple(at * scale for at in accumulate(steps)), tuple(sizes))


def recorded(file: Path) -> Trace:
    """Read what `benchmarks.record` has written. Its times count from the request."""
    pieces = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return Trace(tuple(piece["at"] for piece in pieces), tuple(piece["chars"] for piece in pieces))


def _played_back(file: Path, _seed: int) -> Trace:
    return recorded(file)


RECORDINGS: Final = {f"recorded {file.stem}": file for file in sorted(RECORDED.glob("*.jsonl"))}
TRACES: Final[Mapping[str, Callable[[int], Trace]]] = {
    "notes": lambda _seed: even(2_400, 9.0),
    "uneven": lambda seed: uneven(seed, 2_400, 9.0),
    "short": lambda seed: uneven(seed, 400, 1.8),
    "long": lambda _seed: even(12_000, 58.0, 24),
    **{name: partial(_played_back, file) for name, file in RECORDINGS.items()},
}
"""Ticket notes as measured, the same text at an uneven pace, a short answer, a long one, and what was recorded."""


@dataclass(frozen=True)
class Arrival:
    """One stream of a play: its text, and when it begins."""

    trace: Trace
    start: float


THINKING: Final = 1.0
"""How long a model needs before its first text, in seconds, unless a play says otherwise."""


def scattered(kind: str, streams: int, *, seed: int = 0, thinking: float = THINKING) -> Sequence[Arrival]:
    """Begin that many streams, one a second on average and each without regard to the others."""
    rng = random.Random(seed)
    starts = accumulate([0.0, *(rng.expovariate(1.0) for _ in range(streams - 1))])
    return [Arrival(_trace(kind, seed, number, thinking), start) for number, start in enumerate(starts)]


def staggered(
    kind: str, streams: int, *, seed: int = 0, every: float = 1.0, thinking: float = THINKING
) -> Sequence[Arrival]:
    """Begin that many streams, one a second."""
    return [Arrival(_trace(kind, seed, number, thinking), number * every) for number in range(streams)]


def later(arrivals: Sequence[Arrival], seconds: float) -> Sequence[Arrival]:
    """Let all of them begin later."""
    return [Arrival(arrival.trace, arrival.start + seconds) for arrival in arrivals]


@cache
def _trace(kind: str, seed: int, number: int, thinking: float) -> Trace:
    trace = TRACES[kind](seed * 1_000 + number)
    if kind in RECORDINGS:
        return trace
    return Trace(tuple(at + thinking for at in trace.at), trace.chars)
