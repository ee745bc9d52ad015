"""The figures that must hold, in virtual time and with fixed seeds. `--quick` and the test suite play them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Final

from structlog.testing import capture_logs

from benchmarks.virtual.bound import bound, latest
from benchmarks.virtual.cases import Case
from benchmarks.virtual.ours import Ours
from benchmarks.virtual.peers import NATIVE, PEERS
from benchmarks.virtual.play import Feed, Figures, Played, figures, lags, p99, play
from benchmarks.virtual.real import RealMessages, prose
from benchmarks.virtual.replicas import Replicas, Shared
from benchmarks.virtual.slack import Slack, Sliding, VirtualMessage
from benchmarks.virtual.traces import Arrival, even, later, scattered, staggered

CALLS: Final = 50
CROWD: Final = 32
ABSURD: Final = (-1.0, 0.0, float("nan"), 36_000.0)
"""What a broken limiter says: negative, nothing, not a number, ten hours."""
THOUGHTS: Final = (0.0, 0.5, 1.0, 1.5, 2.0)
"""How long models may need before their first text: a peer that starts its timer with the request depends on it."""
APART: Final = 600.0
"""How long after one another bursts begin, in seconds."""
CROWDS: Final = 60
AWAY: Final = (4.0, 12.0)
ALWAYS: Final = (0.0, float("inf"))
"""When the replicas' database does not answer."""
"""So many crowds begin at random, so that the 99th percentile of their last words means something."""


@dataclass(frozen=True, slots=True)
class Check:
    """A figure that must hold."""

    what: str
    value: float
    at_most: float
    so_far: float | None = None
    """Where the limit is missed: what was reached, behind which nothing may fall."""

    @property
    def fallen(self) -> bool:
        """Whether it is worse than it was."""
        return self.value > (self.at_most if self.so_far is None else self.so_far) + 1e-9

    @property
    def kept(self) -> bool:
        """Whether it holds."""
        return self.value <= self.at_most + 1e-9

    @property
    def verdict(self) -> str:
        """Say so in color."""
        return "[green]kept[/]" if self.kept else "[red]missed[/]"


def must_hold() -> list[Check]:
    """Play what must hold."""
    return [*one(), *eight(), *crowd(), *at_random(), *strict(), *absurd(), *replicas(), *cpu()]


def one() -> list[Check]:
    """A single stream."""
    alone, _ = Case().play(Ours)
    uneven = [Case("uneven", seed=seed) for seed in range(5)]
    ratios = [case.play(Ours)[0].staleness / case.bound() for case in uneven]
    return [
        Check("1 stream: first text, s", alone.first, 0.15 + 0.05),
        Check("1 stream: staleness × bound", alone.staleness / Case().bound(), 1.15),
        Check("1 stream: final lag, s", alone.lag, 0.15 + 0.05),
        Check("1 uneven stream, worst of 5 seeds: staleness × bound", max(ratios), 1.4),
    ]


def eight() -> list[Check]:
    """Eight streams that begin one a second, alone and beside every peer that loses nothing."""
    case = Case(streams=8)
    ours, _ = case.play(Ours)
    return [
        *_nothing_lost("8 streams", ours),
        Check("8 streams: final lag p99, s", ours.lag, 0.5),
        Check("8 streams: staleness × bound", ours.staleness / case.bound(), 1.25),
        Check(
            "8 streams: staleness, s, beside the best peer that loses nothing, however long the model thinks",
            ours.staleness,
            best_peer(8),
        ),
    ]


@cache
def best_peer(streams: int) -> float:
    """Of the peers under our limit that lose nothing, however long the model thinks, find the least staleness."""
    least = float("inf")
    for name, make in PEERS.items():
        played = (Case(streams=streams, thinking=thinking).play(make)[0] for thinking in THOUGHTS)
        if name != NATIVE and not any(peer.lost or peer.second for peer in played):
            least = min(least, Case(streams=streams).play(make)[0].staleness)
    return least


def crowd() -> list[Check]:
    """Thirty-two streams that begin one a second."""
    case = Case(streams=CROWD)
    ours, _ = case.play(Ours)
    possible = p99(latest(case.arrivals, CALLS, case.rtt))
    uneven = max(Case("uneven", CROWD, seed=seed).play(Ours)[0].lag for seed in range(10))
    return [
        *_nothing_lost("32 streams", ours),
        Check("32 uneven streams, worst of 10 seeds: final lag p99, s", uneven, 15.0),
        Check(f"32 streams: final lag p99, s (possible: {possible:.2f})", ours.lag, max(15.0, possible)),
    ]


def at_random() -> list[Check]:
    """Streams that begin at random: what is expected of the next one is wrong most of the time.

    Of a workspace that nothing is known of, small bursts are expected. One crowd is enough to be ready for the next.
    """
    small = {count: [scattered("notes", count, seed=seed) for seed in range(8)] for count in (4, 8)}
    crowds = [scattered("notes", CROWD, seed=seed) for seed in range(CROWDS)]
    fresh = {count: [play(Ours, Case().slack(), a) for a in plays] for count, plays in {**small, CROWD: crowds}.items()}
    usual = [_after(arrivals, [8] * 16, seed) for seed, arrivals in enumerate(small[8])]
    crowded = [_after(arrivals, [CROWD], seed) for seed, arrivals in enumerate(crowds)]
    every = [figures(played) for played in chain(*fresh.values(), usual, crowded)]
    late = {name: p99(list(chain.from_iterable(map(lags, plays)))) for name, plays in ((0, fresh[CROWD]), (1, crowded))}
    return [
        Check("4, 8 and 32 streams at random: lost or refused", sum(one.lost + one.refused for one in every), 0),
        Check("4 at random, nothing known: staleness × bound", _ratio(fresh[4]), 1.4, so_far=1.65),
        Check("8 at random, nothing known: staleness × bound", _ratio(fresh[8]), 1.6),
        Check("8 at random after 16 such bursts: staleness × bound", _ratio(usual), 1.3),
        Check(f"32 at random, nothing known: final lag p99 of {CROWDS} plays, s", late[0], 15.0, so_far=34.0),
        Check(f"32 at random after one such crowd: final lag p99 of {CROWDS} plays, s", late[1], 15.0),
    ]


def _ratio(plays: Sequence[Played]) -> float:
    """Compare how far readers are behind with the bound, which knows when everything comes."""
    rtt = Case().rtt
    ratios = []
    for played in plays:
        first = played.arrivals[0].start
        began = [Arrival(one.trace, one.start - first) for one in played.arrivals]
        ratios.append(figures(played).staleness / bound(began, CALLS, rtt))
    return sum(ratios) / len(ratios)


def _after(arrivals: Sequence[Arrival], before: Sequence[int], seed: int) -> Played:
    """Play streams in a workspace that has seen bursts of so many."""
    bursts = [scattered("notes", count, seed=100 * seed + number) for number, count in enumerate(before, start=1)]
    placed = [later(burst, APART * number) for number, burst in enumerate([*bursts, arrivals])]
    played = play(Ours, Case().slack(), list(chain.from_iterable(placed)))
    count = len(arrivals)
    return Played(played.arrivals[-count:], played.messages[-count:], played.slack)


def strict() -> list[Check]:
    """A limiter twice as strict as configured."""
    checks = []
    for streams in (1, 8, CROWD):
        ours, slack = Case(streams=streams, limit="25/min, undocumented").play(Ours)
        after = slack.refused[1:]
        worst = max((sum(at <= other < at + 60 for other in after) for at in after), default=0)
        checks += [
            Check(f"25/min, {streams} streams: 429s in any minute after the first", worst, 3),
            Check(f"25/min, {streams} streams: lost", ours.lost, 0),
        ]
    return checks


def absurd() -> list[Check]:
    """A strict limiter whose `Retry-After` means nothing."""
    slacks = [Slack(Sliding(25), 0.15, says=says) for says in ABSURD]
    with capture_logs() as logs:
        lost = sum(figures(play(Ours, slack, staggered("notes", 8))).lost for slack in slacks)
    named = "Retry-After negative, 0, not a number, 10 hours"
    return [
        Check(f"{named}: lost", lost, 0),
        Check(f"{named}: not logged", sum(len(slack.refused) for slack in slacks) - len(logs), 0),
    ]


def replicas() -> list[Check]:
    """Streams in processes that share one budget through a database, which is away for a while in the end."""
    alone, case = Shared(1), Case(streams=8)
    one, _ = case.play(lambda slack: Replicas(slack, alone))
    found = [
        *_nothing_lost("8 streams in one process that keeps account", one),
        Check("8 streams in one process that keeps account: staleness × bound", one.staleness / case.bound(), 1.25),
    ]
    for streams in (8, 32):
        shared, case = Shared(3), Case(streams=streams)
        ours, slack = case.play(lambda slack, shared=shared: Replicas(slack, shared))  # type: ignore[misc]
        name = f"{streams} streams in 3 replicas"
        found += [
            *_nothing_lost(name, ours),
            Check(f"{name}: final lag p99, s", ours.lag, 0.5),
            Check(f"{name}: staleness × bound", ours.staleness / case.bound(), 1.75),
            Check(f"{name}: queries a second of a replica", shared.asked / 3 / slack.calls[-1], 2.0),
        ]
    for away in (AWAY, ALWAYS):
        shared = Shared(3, away)
        with capture_logs():
            ours, _ = Case(streams=8).play(lambda slack, shared=shared: Replicas(slack, shared))  # type: ignore[misc]
        found += _nothing_lost(f"8 streams in 3 replicas, no database from {away[0]:.0f} s on", ours)
    return found


def cpu() -> list[Check]:
    """A thousand live messages in one process, with redaction, Markdown and drawing."""
    return [
        Check(f"1,000 live messages, workspaces {spaces}: share of a core", _core(spaces, 1_000), 0.5)
        for spaces in (1, 20, 125)
    ]


def _nothing_lost(name: str, ours: Figures) -> list[Check]:
    return [
        Check(f"{name}: 429s", ours.refused, 0),
        Check(f"{name}: lost", ours.lost, 0),
        Check(f"{name}: second messages", ours.second, 0),
    ]


def _core(workspaces: int, streams: int) -> float:
    """Measure what a virtual second costs while that many streams write for a minute, the play itself included."""
    text, written = even(12_000, 60.0, 24), prose(12_000)
    slack = Slack(Sliding(1_000_000), 0.15)
    started = time.process_time()
    play(
        lambda slack: Spread(slack, workspaces, written),
        slack,
        [Arrival(text, 0.01 * number) for number in range(streams)],
    )
    return (time.process_time() - started) / (text.end + 0.01 * streams)


class Spread:
    """The app's own live messages, in many workspaces at once."""

    def __init__(self, slack: Slack, workspaces: int, text: str) -> None:
        self._spaces = [RealMessages(slack, text=text) for _ in range(workspaces)]

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream in its workspace."""
        await self._spaces[int(feed.key.rpartition(":")[2]) % len(self._spaces)].show(feed, message)
