"""How ours and the rules of other bots show streams under Slack's limits, in virtual time, beside the bound.

`--quick` plays the figures that must hold and fails when one is missed; `--full` plays every combination.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.virtual.bound import bound
from benchmarks.virtual.ours import Ours
from benchmarks.virtual.peers import NATIVE, PEERS
from benchmarks.virtual.play import Feed, Figures, Make, figures, play
from benchmarks.virtual.plot import Bar, write
from benchmarks.virtual.slack import Bursting, Limiter, Message, Slack, Sliding
from benchmarks.virtual.traces import TRACES, Arrival, even, scattered, staggered

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

    def slack(self) -> Slack:
        """Make its workspace."""
        failing, jitter = FAULTS[self.faults]
        return Slack(LIMITS[self.limit](), self.rtt, failing=failing, jitter=jitter, seed=self.seed)

    def play(self, make: Make) -> tuple[Figures, Slack]:
        """Play it with a policy."""
        slack = self.slack()
        return figures(play(make, slack, staggered(self.trace, self.streams, seed=self.seed))), slack

    def bound(self) -> float:
        """Return the least mean staleness; jitter and failures only make it worse."""
        return bound(staggered(self.trace, self.streams, seed=self.seed), ALLOWED[self.limit], self.rtt)

    def __str__(self) -> str:
        return f"{self.streams} × {self.trace}, {self.limit}, {self.rtt * 1000:.0f} ms, faults: {self.faults}"


@dataclass(frozen=True, slots=True)
class Check:
    """A figure that must hold."""

    what: str
    value: float
    at_most: float
    aim: bool = False
    """Whether it is wished for and does not hold yet: it is shown, and fails nothing."""

    @property
    def kept(self) -> bool:
        """Whether it holds."""
        return self.value <= self.at_most + 1e-9

    @property
    def verdict(self) -> str:
        """Say so in color."""
        return "[green]kept[/]" if self.kept else "[yellow]not yet[/]" if self.aim else "[red]missed[/]"


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only what must hold, as in CI")
    parser.add_argument("--full", action="store_true", help="every trace, limit, round trip and fault")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="write the plot of eight streams as SVG")
    asked = parser.parse_args()
    console = Console(highlight=False)
    if asked.full:
        for row in product(TRACES, (1, 4, 8, 32), LIMITS, (0.05, 0.15, 0.45), FAULTS):
            trace, streams, limit, rtt, faults = row
            show(console, Case(trace, streams, limit, rtt, faults))
    elif not asked.quick:
        for case in usual():
            show(console, case)
    if asked.plot:
        plot(asked.plot, Case(streams=8))
    checks = must_hold()
    table = Table("figure", "measured", "at most", "", title="What must hold", title_justify="left")
    for check in checks:
        table.add_row(check.what, f"{check.value:.3g}", f"{check.at_most:.3g}", check.verdict)
    console.print(table)
    sys.exit(0 if all(check.kept or check.aim for check in checks) else 1)


def usual() -> list[Case]:
    """List the plays that are shown unless everything is asked for: one thing varied at a time."""
    return [
        *(Case(streams=streams) for streams in (1, 4, 8, 32)),
        *(Case(trace, 8) for trace in TRACES if trace != "notes"),
        *(Case(streams=8, limit=limit) for limit in LIMITS if limit != "50/min sliding"),
        *(Case(streams=8, rtt=rtt) for rtt in (0.05, 0.45)),
        *(Case(streams=8, faults=faults) for faults in FAULTS if faults != "none"),
    ]


def show(console: Console, case: Case) -> None:
    """Print the table of one play."""
    heads = (
        "",
        "429s",
        "edits",
        "first text",
        "staleness",
        "× bound",
        "longest gap",
        "final lag p99",
        "lost",
        "second",
    )
    least = case.bound()
    table = Table(title=str(case), title_justify="left")
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number else "left")
    for name, make in POLICIES.items():
        one, _ = case.play(make)
        times = (f"{one.first:.2f}", f"{one.staleness:.2f}", f"{one.staleness / least:.2f}", f"{one.gap:.1f}")
        row = (str(one.refused), str(one.edits), *times, f"{one.lag:.2f}", str(one.lost), str(one.second))
        table.add_row(name, *row, style="bold" if name == OURS else "")
    table.add_row("bound", "", "", "", f"{least:.2f}", "1.00", "", "", "", "", style="italic")
    console.print(table)
    console.print(f"[dim]seconds · * {NATIVE[:-1]} appends, under a limit of its own (100/min)[/]\n")


def must_hold() -> list[Check]:
    """Play what must hold."""
    return [*_one(), *_eight(), *_crowd(), *_scattered(), *_strict(), *_cpu()]


def _one() -> list[Check]:
    one, _ = Case().play(Ours)
    uneven = [Case("uneven", seed=seed) for seed in range(5)]
    ratios = [case.play(Ours)[0].staleness / case.bound() for case in uneven]
    return [
        Check("1 stream: first text, s", one.first, 0.15 + 0.05),
        Check("1 stream: staleness × bound", one.staleness / Case().bound(), 1.15),
        Check("1 stream: final lag, s", one.lag, 0.15 + 0.05),
        Check("1 uneven stream, worst of 5 seeds: staleness × bound", max(ratios), 1.4),
    ]


def _eight() -> list[Check]:
    case = Case(streams=8)
    ours, _ = case.play(Ours)
    checks = _nothing_lost("8 streams", ours)
    checks += [
        Check("8 streams: final lag p99, s", ours.lag, 0.5),
        Check("8 streams: staleness × bound", ours.staleness / case.bound(), 1.25),
    ]
    beside = "8 streams: staleness beside the best peer that loses nothing at"
    return [
        *checks,
        Check(f"{beside} 8, s", ours.staleness, _best(8), aim=True),
        Check(f"{beside} 8 and 9, s", ours.staleness, _best(8, 9)),
    ]


def _best(*streams: int) -> float:
    """Of the peers under our limit that lose nothing in any of the plays, find the least staleness in the first."""
    least = float("inf")
    for name, make in PEERS.items():
        played = [Case(streams=number).play(make)[0] for number in streams]
        if name != NATIVE and not any(one.lost or one.second for one in played):
            least = min(least, played[0].staleness)
    return least


def _scattered() -> list[Check]:
    """Play streams that begin at random: what the pace expects of the next one is wrong most of the time."""
    ratios, lags, lost = [], [], 0
    for seed in range(5):
        eight, crowd = (scattered("notes", streams, seed=seed) for streams in (8, 32))
        one = figures(play(Ours, Case().slack(), eight))
        many = figures(play(Ours, Case().slack(), crowd))
        ratios.append(one.staleness / bound(eight, 50, Case().rtt))
        lags.append(many.lag)
        lost += one.lost + many.lost + one.refused + many.refused
    return [
        Check("8 and 32 streams at random, 5 seeds: lost or refused", lost, 0),
        Check("8 streams at random, mean of 5 seeds: staleness × bound", sum(ratios) / len(ratios), 1.25, aim=True),
        Check("32 streams at random, worst of 5 seeds: final lag p99, s", max(lags), 15.0, aim=True),
    ]


def _crowd() -> list[Check]:
    ours, _ = Case(streams=32).play(Ours)
    return [*_nothing_lost("32 streams", ours), Check("32 streams: final lag p99, s", ours.lag, 15.0)]


def _strict() -> list[Check]:
    checks = []
    for streams in (1, 8, 32):
        ours, slack = Case(streams=streams, limit="25/min, undocumented").play(Ours)
        after = slack.refused[1:]
        worst = max((sum(at <= other < at + 60 for other in after) for at in after), default=0)
        checks += [
            Check(f"25/min, {streams} streams: 429s in any minute after the first", worst, 3),
            Check(f"25/min, {streams} streams: lost", ours.lost, 0),
        ]
    return checks


def _nothing_lost(name: str, ours: Figures) -> list[Check]:
    return [
        Check(f"{name}: 429s", ours.refused, 0),
        Check(f"{name}: lost", ours.lost, 0),
        Check(f"{name}: second messages", ours.second, 0),
    ]


def _cpu() -> list[Check]:
    return [
        Check(f"1,000 live messages, workspaces {spaces}: share of a core", _core(spaces, 1_000), 0.2)
        for spaces in (1, 20, 125)
    ]


def _core(workspaces: int, streams: int) -> float:
    """Measure what a virtual second costs while that many streams write for a minute, the play itself included."""
    text = even(12_000, 60.0, 24)
    slack = Slack(Sliding(1_000_000), 0.15)
    started = time.process_time()
    play(lambda slack: Spread(slack, workspaces), slack, [Arrival(text, 0.01 * number) for number in range(streams)])
    return (time.process_time() - started) / (text.end + 0.01 * streams)


class Spread:
    """Ours, in many workspaces at once."""

    def __init__(self, slack: Slack, workspaces: int) -> None:
        self._spaces = [Ours(slack) for _ in range(workspaces)]

    async def show(self, feed: Feed, message: Message) -> None:
        """Show one stream in its workspace."""
        await self._spaces[int(feed.key.rpartition(":")[2]) % len(self._spaces)].show(feed, message)


def plot(file: Path, case: Case) -> None:
    """Write the plot of one play."""
    bars: list[Bar] = []
    for name, make in POLICIES.items():
        one, _ = case.play(make)
        bars.append(Bar(name, one.staleness, _trouble(one), ours=name == OURS))
    write(file, f"How far readers are behind: {case}", sorted(bars, key=lambda bar: bar.staleness), case.bound())


def _trouble(one: Figures) -> str:
    notes: Sequence[tuple[int, str]] = (
        (one.lost, f"{one.lost} lost"),
        (one.second, f"{one.second} posted twice"),
        (one.refused, f"{one.refused} × 429"),
        (one.lag > 5 and not one.lost, f"end {one.lag:.0f} s late"),
    )
    return ", ".join(note for wrong, note in notes if wrong)


if __name__ == "__main__":
    main()
