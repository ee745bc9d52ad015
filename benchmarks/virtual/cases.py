"""The plays of the streaming benchmark: rules, texts, numbers of streams, limits, round trips and faults."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.virtual.bound import bound
from benchmarks.virtual.ours import Ours
from benchmarks.virtual.peers import PEERS
from benchmarks.virtual.play import Figures, Make, figures, play
from benchmarks.virtual.slack import Bursting, Limiter, Slack, Sliding
from benchmarks.virtual.traces import THINKING, Arrival, staggered

OURS: Final = "Tasklane"
POLICIES: Final[Mapping[str, Make]] = {OURS: Ours, **PEERS}
LIMITS: Final[Mapping[str, Callable[[], Limiter]]] = {
    "50/min sliding": lambda: Sliding(50),
    "50/min with burst": lambda: Bursting(50, 70),
    "25/min, undocumented": lambda: Sliding(25),
}
ALLOWED: Final[Mapping[str, int]] = {"50/min sliding": 50, "50/min with burst": 120, "25/min, undocumented": 25}
"""What the bound may spend in a minute at most."""
FAULTS: Final[Mapping[str, tuple[float, float]]] = {
    "none": (0.0, 0.0),
    "5 % fail": (0.05, 0.0),
    "jitter": (0.0, 1.0),
}
"""The share of calls that fail (half of these only lose the answer), and how uneven the round trip is."""


@dataclass(frozen=True, slots=True)
class Case:
    """One play."""

    trace: str = "notes"
    streams: int = 1
    limit: str = "50/min sliding"
    rtt: float = 0.15
    faults: str = "none"
    seed: int = 0
    thinking: float = THINKING
    """How long the model needs before its first text."""

    @property
    def arrivals(self) -> Sequence[Arrival]:
        """Its streams: they begin one a second."""
        return staggered(self.trace, self.streams, seed=self.seed, thinking=self.thinking)

    def slack(self) -> Slack:
        """Make its workspace."""
        failing, jitter = FAULTS[self.faults]
        return Slack(LIMITS[self.limit](), self.rtt, failing=failing, jitter=jitter, seed=self.seed)

    def play(self, make: Make) -> tuple[Figures, Slack]:
        """Play it with a policy."""
        slack = self.slack()
        return figures(play(make, slack, self.arrivals)), slack

    def bound(self) -> float:
        """Return the least mean staleness. Jitter and failures only make it worse."""
        return bound(self.arrivals, ALLOWED[self.limit], self.rtt)

    def __str__(self) -> str:
        return f"{self.streams} × {self.trace}, {self.limit}, {self.rtt * 1000:.0f} ms, faults: {self.faults}"
