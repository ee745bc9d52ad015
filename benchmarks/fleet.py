"""How many replicas so many workspaces need, what limits them, and what they cost a month, in virtual time.

What one thing costs was measured and stands in `MEASURED`, with the command that measured it. How people work and
what machines cost are assumptions with arguments. The busiest time of a day is played, delivery by delivery, from a
fixed seed: every number of replicas gets the same deliveries.
"""

import argparse
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks.virtual.fleet import STREAMED, Cost, CostTable, DeedCost, FleetOutcome, Machines, PlayedFleet
from benchmarks.virtual.people import DayPlan, Deed, Kind, SessionBegin, busiest, day, deeds


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one thing cost, with everything that followed from it but the edits of a stream."""

    cpu: float
    """Milliseconds of the app's processor."""
    before: float
    """Those of them before the answer to Slack."""
    statements: float
    for_people: float
    """Those of them before the answer to Slack."""
    database: float
    """Milliseconds of the database's processor."""


# Measured on PostgreSQL 16, whose server was on the same two cores, beside other work, with 24 to 30 people. L is
# `python -m benchmarks.load --database postgresql --transport http --only`.
# type          L type --rates 40: that is 1.7 keys a second and person, whose redraws of App Home are joined
# fold, mark, home  L fold mark home --rates 10
# send, resolve L send resolve --rates 3 --seconds 10, less the marks and keys between them and their edits
# edit          L send --rates 3 --seconds 10 --prose 1500: what a longer text costs more, by the edit
# look          python -m benchmarks.jobs
# before        the cost of 40 a second, of which most is before the answer, by the statements' share for people
# `resolve` was measured together with the `start` of the next session. Each is taken for half.
MEASURED: Final[Mapping[Kind, Measured]] = {
    "type": Measured(cpu=8.9, before=5.6, statements=12.9, for_people=8.1, database=4.5),
    "fold": Measured(cpu=30.8, before=8.3, statements=28.4, for_people=8.1, database=14.6),
    "mark": Measured(cpu=32.2, before=8.3, statements=32.5, for_people=10.1, database=16.0),
    "home": Measured(cpu=31.6, before=4.0, statements=21.6, for_people=3.7, database=12.8),
    "send": Measured(cpu=134.0, before=8.3, statements=200.0, for_people=16.7, database=51.6),
    "start": Measured(cpu=128.0, before=8.3, statements=175.0, for_people=15.0, database=53.5),
    "resolve": Measured(cpu=128.0, before=8.3, statements=175.0, for_people=15.0, database=53.5),
}
EDIT: Final = Cost(cpu=8.0, statements=3.0, database=1.3)
LOOK: Final = Cost(cpu=1.2, statements=3.0, database=0.27)
WORKSPACES: Final = (1, 10, 30, 100, 300, 1_000, 3_000, 10_000)
ACK: Final = 0.1
"""The p99 of answers to Slack, in seconds, that a fleet must keep to."""
REDRAW: Final = 0.5
"""The p95 of redraws after a click, in seconds."""
PLAYED: Final = 5_000
"""Deliveries that are played, if the busiest time has so many."""
SHORTEST: Final = 5.0
LONGEST: Final = 1_200.0
LEAD: Final = 12.0
"""Seconds that are played before anything counts, in which the lines fill and streams begin and end."""
EDITS: Final = 25
"""About how often a stream edits its message, for a first guess."""
BUSY: Final = 0.9
"""The share of a core beyond which a replica falls behind with its jobs, which this short time would not show."""
DATABASES: Final = (2, 4, 8, 16, 32, 64)
"""Cores that the database may have. The smallest that will do is taken."""
FULL: Final = 0.95
"""The share of the database's time from which on another replica is no use."""
LATE: Final = 2.0
"""Seconds from which on a last word counts as held up by Slack's limit on edits."""
SOCKETS: Final = 5
"""Replicas in Socket Mode: Slack allows ten connections, and each replica keeps two."""


@dataclass(frozen=True, kw_only=True)
class FleetPlan:
    """What is given."""

    costs: CostTable
    people: DayPlan
    machines: Machines
    connections: int
    """How many the database allows."""
    replica_price: float
    """Dollars a month, for one core."""
    database_price: float
    """Dollars a month, for each of the database's cores."""
    socket_mode: bool
    slower: float = 1.0
    """How many times slower a core is than the one that was measured on."""

    @property
    def most(self) -> int:
        """How many replicas there may be at all."""
        most = self.connections // (self.machines.pool + 1)
        return min(most, SOCKETS) if self.socket_mode else most

    def price(self, replicas: int, cores: int) -> float:
        """Return what a fleet costs a month."""
        return replicas * self.replica_price + cores * self.database_price


@dataclass(frozen=True, kw_only=True)
class BusyTime:
    """The busiest time of a day."""

    workspaces: int
    engineers: int
    deeds: Sequence[Deed]
    begin: float
    seconds: float

    @property
    def rate(self) -> float:
        """Deliveries a second."""
        return len(self.deeds) / (self.seconds + LEAD)

    def demand(self, table: CostTable) -> tuple[float, float]:
        """Return about how many cores of replicas, and of the database, are busy with it."""
        app = database = 0.0
        for deed in self.deeds:
            cost, edits = table.kinds[deed.kind], EDITS if deed.kind in STREAMED else 0
            app += cost.before.cpu + cost.behind.cpu + edits * table.edit.cpu
            database += cost.before.database + cost.behind.database + edits * table.edit.database
        seconds = 1000 * (self.seconds + LEAD)
        return app / seconds, database / seconds


@dataclass(frozen=True, kw_only=True)
class FleetSize:
    """The smallest fleet that will do, or the last one that was tried and will not."""

    time: BusyTime
    replicas: int
    cores: int
    outcome: FleetOutcome
    holds: bool
    limit: str = ""
    """What one replica less lacks most, or what forbids more of them."""

    @property
    def late(self) -> float:
        """The share of last words that waited for Slack's limit on edits."""
        waits = self.outcome.last_words
        return sum(wait > LATE for wait in waits) / max(1, len(waits))


def costs(slower: float = 1.0) -> CostTable:
    """Divide what was measured into what comes before an answer and behind it, on a processor so much slower."""

    def divided(measured: Measured) -> DeedCost:
        first = measured.for_people / measured.statements
        return DeedCost(
            before=Cost(
                cpu=slower * measured.before, statements=measured.for_people, database=measured.database * first
            ),
            behind=Cost(
                cpu=slower * max(0.0, measured.cpu - measured.before - 2 * LOOK.cpu),
                statements=max(0.0, measured.statements - measured.for_people - 2 * LOOK.statements),
                database=max(0.0, measured.database * (1 - first) - 2 * LOOK.database),
            ),
        )

    look = replace(LOOK, cpu=slower * LOOK.cpu)
    return CostTable(
        kinds={kind: divided(measured) for kind, measured in MEASURED.items()},
        edit=replace(EDIT, cpu=slower * EDIT.cpu),
        look=look,
        lease=look,  # as many statements, and as little around them
    )


def busy_time(plan: FleetPlan, sessions: Sequence[SessionBegin], workspaces: int) -> BusyTime:
    """Cut the busiest time out of a day, long enough for as many deliveries as are to be played."""
    own = [session for session in sessions if session.workspace < workspaces]
    hour = busiest(own, 3600.0)
    rate = sum(hour <= session.at < hour + 3600.0 for session in own) * plan.people.deliveries / 3600.0
    seconds = min(LONGEST, max(SHORTEST, PLAYED / max(rate, 1e-9)))
    begin = busiest(own, seconds)
    return BusyTime(
        workspaces=workspaces,
        engineers=sum(map(plan.people.team, range(workspaces))),
        deeds=deeds(plan.people, own, begin - LEAD, begin + seconds),
        begin=begin,
        seconds=seconds,
    )


def play(plan: FleetPlan, busy: BusyTime, replicas: int, cores: int) -> FleetOutcome:
    """Play the time on a fleet."""
    machines = replace(plan.machines, replicas=replicas, database_cores=cores)
    return PlayedFleet(machines, plan.costs).play(busy.deeds, busy.begin - LEAD, busy.begin + busy.seconds, LEAD)


def holds(outcome: FleetOutcome) -> bool:
    """Tell whether people are served well enough."""
    return _badness(outcome) < 1


def smallest(plan: FleetPlan, busy: BusyTime) -> FleetSize:
    """Find the smallest database that will do, and with it the fewest replicas."""
    _, busy_cores = busy.demand(plan.costs)
    for cores in (cores for cores in DATABASES if cores >= min(busy_cores, DATABASES[-1])):
        answer = _fewest(plan, busy, cores)
        if answer.holds or answer.outcome.database < FULL:
            break
    return answer


def _fewest(plan: FleetPlan, busy: BusyTime, cores: int) -> FleetSize:
    busy_cores, _ = busy.demand(plan.costs)
    few = min(plan.most, max(1, math.floor(busy_cores)))
    outcomes: dict[int, FleetOutcome] = {}

    def tried(replicas: int) -> bool:
        outcomes[replicas] = play(plan, busy, replicas, cores)
        return holds(outcomes[replicas])

    below, replicas, enough = 0, few, tried(few)
    while enough and replicas > 1 and tried(replicas - 1):
        replicas -= 1
    if enough:
        below = replicas - 1
    while not enough and replicas < plan.most and outcomes[replicas].database < FULL:
        below, replicas = replicas, min(plan.most, max(replicas + 1, round(1.1 * replicas)))
        enough = tried(replicas)
    while enough and replicas - below > max(1, replicas // 40):
        between = (replicas + below) // 2
        if tried(between):
            replicas = between
        else:
            below = between
    limit = _lacks(plan, busy, below, cores) if enough else _stopped(plan, outcomes[replicas])
    return FleetSize(time=busy, replicas=replicas, cores=cores, outcome=outcomes[replicas], holds=enough, limit=limit)


def _stopped(plan: FleetPlan, outcome: FleetOutcome) -> str:
    if outcome.database >= FULL:
        return "database's core"
    return "Slack's ten sockets" if plan.socket_mode else f"{plan.connections} connections"


def _lacks(plan: FleetPlan, busy: BusyTime, replicas: int, cores: int) -> str:
    """Play a fleet that is too small with more of one thing at a time, and name what helps most."""
    if not replicas:
        return "nothing"
    more = {
        "replicas' core": replace(plan, costs=costs(plan.slower / 2)),
        "database's core": plan,
        "commits": replace(plan, machines=replace(plan.machines, write=plan.machines.write / 4)),
        "TASKLANE_DB_POOL": replace(plan, machines=replace(plan.machines, pool=2 * plan.machines.pool)),
    }
    outcomes = {
        what: play(relaxed, busy, replicas, 4 * cores if relaxed is plan else cores) for what, relaxed in more.items()
    }
    return min(outcomes, key=lambda what: _badness(outcomes[what]))


def _badness(outcome: FleetOutcome) -> float:
    """Say how many times worse than it may be."""
    return max(outcome.ack(0.99) / ACK, outcome.redraw(0.95) / REDRAW, outcome.core / BUSY)


def alone(plan: FleetPlan, sessions: Sequence[SessionBegin], most: int) -> int:
    """Find how many workspaces one replica bears."""
    bears, too_many = 0, most
    while too_many - bears > max(1, bears // 10):
        between = (bears + too_many) // 2
        if holds(play(plan, busy_time(plan, sessions, between), 1, DATABASES[0])):
            bears = between
        else:
            too_many = between
    return bears


def table(plan: FleetPlan, answers: Sequence[FleetSize]) -> Table:
    """Draw the answers."""
    shown = Table(title="The busiest time of a day", title_justify="left")
    for name in (
        "workspaces",
        "engineers",
        "a second",
        "replicas",
        "database",
        "ack p99",
        "redraw p95",
        "core",
        "in vain",
        "database",
        "late words",
        "$ a month",
        "$ each",
        "limited by",
    ):
        shown.add_column(name, justify="left" if name == "limited by" else "right")
    for answer in answers:
        outcome, price = answer.outcome, plan.price(answer.replicas, answer.cores)
        shown.add_row(
            f"{answer.time.workspaces:,}",
            f"{answer.time.engineers:,}",
            f"{answer.time.rate:,.1f}",
            f"{answer.replicas}" if answer.holds else f"not with {answer.replicas}",
            f"{answer.cores} cores",
            f"{1000 * outcome.ack(0.99):.0f} ms",
            f"{1000 * outcome.redraw(0.95):.0f} ms",
            f"{100 * outcome.core:.0f} %",
            f"{100 * outcome.in_vain:.0f} %",
            f"{100 * outcome.database:.0f} %",
            f"{100 * answer.late:.1f} %",
            f"{price:,.0f}" if answer.holds else "",
            f"{price / answer.time.workspaces:,.2f}" if answer.holds else "",
            answer.limit,
        )
    return shown


def knee(plan: FleetPlan, answers: Sequence[FleetSize], bears: int) -> list[str]:
    """Say where one replica ends, where further ones bear less, and where no number of them is enough."""
    lines = [f"One replica bears {bears:,} workspaces."]
    for answer in answers:
        if answer.holds and answer.replicas > 1 and answer.time.workspaces / answer.replicas < bears / 2:
            each = answer.time.workspaces / answer.replicas
            half = f"a replica bears {each:.0f}, less than half of what the first one does"
            lines.append(f"At {answer.time.workspaces:,} workspaces {half}.")
            break
    beyond = [answer for answer in answers if not answer.holds]
    if beyond:
        lines.append(f"No number of replicas is enough for {beyond[0].time.workspaces:,}: {beyond[0].limit}.")
    return lines


def plan(given: Any) -> FleetPlan:
    """Make the plan of what was given on the command line."""
    return FleetPlan(
        costs=costs(given.slower),
        slower=given.slower,
        people=DayPlan(engineers=given.engineers, sessions=given.sessions, keys=given.keys, seed=given.seed),
        machines=Machines(
            replicas=1,
            database_cores=1,
            pool=given.pool,
            trip=given.trip / 1000,
            write=given.write / 1000,
            slack=given.slack / 1000,
        ),
        connections=given.connections,
        replica_price=given.replica_price,
        database_price=given.database_price,
        socket_mode=given.transport == "socket",
    )


def arguments(words: Sequence[str] | None = None) -> Any:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspaces", nargs="+", type=int, default=WORKSPACES)
    parser.add_argument("--engineers", type=float, default=6.0, help="of the median workspace")
    parser.add_argument("--sessions", type=float, default=4.0, help="that an engineer begins in a day")
    parser.add_argument("--keys", type=int, default=40, help="of a typed answer; 1 when no key is a delivery")
    parser.add_argument("--transport", choices=("http", "socket"), default="http")
    parser.add_argument("--pool", type=int, default=10, help="TASKLANE_DB_POOL")
    parser.add_argument("--connections", type=int, default=500, help="max_connections of the database")
    parser.add_argument("--trip", type=float, default=0.5, help="milliseconds to the database and back")
    parser.add_argument("--write", type=float, default=1.0, help="milliseconds of a write of the database's disk")
    parser.add_argument("--slack", type=float, default=150.0, help="milliseconds of a call to Slack")
    parser.add_argument("--replica-price", type=float, default=30.0, help="dollars a month, for one core and 1 GB")
    parser.add_argument("--database-price", type=float, default=60.0, help="dollars a month, for each of its cores")
    parser.add_argument("--slower", type=float, default=1.0, help="how many times slower a replica's core is than here")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(words)


def main() -> None:
    """Find the fleets and print them."""
    given, began = arguments(), time.perf_counter()
    chosen, console = plan(given), Console(highlight=False, width=170)
    sessions = day(chosen.people, max(given.workspaces))
    answers = [smallest(chosen, busy_time(chosen, sessions, each)) for each in sorted(given.workspaces)]
    console.print(table(chosen, answers))
    most = next((answer.time.workspaces for answer in answers if answer.replicas > 1), max(given.workspaces))
    console.print(*knee(chosen, answers, alone(chosen, sessions, most)), sep="\n")
    events = sum(answer.outcome.events for answer in answers)
    console.print(f"{time.perf_counter() - began:.0f} s, {events:,} events in the plays that are shown")


if __name__ == "__main__":
    main()
