"""Replicas on one PostgreSQL in virtual time: what each delivery, job, stream, lease and look costs, and who waits."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from benchmarks.virtual.people import Deed, Kind
from benchmarks.virtual.queueing import Counter, EventClock, HeldPlaces, SharedCommits, Then
from bot.domain.pacing.replicas import LEASE
from bot.domain.pacing.window import Limits

FOR_PEOPLE: Final = 3
"""Connections of a replica that jobs leave to people."""
STREAMED: Final[frozenset[Kind]] = frozenset({"send", "start", "resolve"})
CLICKED: Final[frozenset[Kind]] = frozenset({"fold", "mark"})
BEAT: Final = 2.0
"""Seconds between two signs of life of a replica."""
NEWS: Final = 1.0
"""Seconds after which a replica with streams asks what the others have used of a workspace's edits."""
AHEAD: Final = 2
"""Slots that a lease brings beyond the one that is waited for."""
FULL: Final = 1.0
"""Seconds until a stream asks again that found the window full."""
AFTER: Final = 10.0
"""Seconds for which what was begun is watched after the last delivery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one transaction costs, with what stands around it."""

    cpu: float
    """Milliseconds of a replica's processor."""
    statements: float
    database: float
    """Milliseconds of the database's processor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedCost:
    """What it costs when somebody does something."""

    before: Cost
    """What comes before the answer to Slack."""
    behind: Cost
    """What its job costs, besides the two looks that take it and that store how it went."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostTable:
    """Everything that was measured."""

    kinds: Mapping[Kind, DeedCost]
    edit: Cost
    """An edit of a message that is being written."""
    look: Cost
    """A look at the table of jobs, by one replica. All look when one has stored a job."""
    lease: Cost
    """A lease of edits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """What the fleet runs on. None of it was measured."""

    replicas: int
    database_cores: int
    pool: int = 10
    """Connections of a replica, besides its standing one."""
    trip: float = 0.0005
    """Seconds of the way to the database and back."""
    write: float = 0.001
    """Seconds of a write of the database's disk, which all share who wait for it."""
    slack: float = 0.15
    """Seconds of a call to Slack."""
    first_text: float = 2.0
    """Seconds until the model's first text."""
    writing: float = 8.0
    """Seconds for which it then writes."""


@dataclass(slots=True)
class SharedEdits:
    """The calls of `chat.update` that a workspace has made in Slack's window, and its streams."""

    sent: deque[float] = field(default_factory=deque)
    live: int = 0


@dataclass(slots=True)
class HeldLease:
    """What a replica may still edit in a workspace."""

    slots: int = 0
    until: float = float("-inf")


@dataclass(frozen=True, slots=True)
class PlayedJob:
    """What follows from a deed after its answer."""

    deed: Deed


class FleetReplica:
    """One process with one core."""

    def __init__(self, clock: EventClock, pool: int) -> None:
        self.core = Counter(clock)
        self.connections = HeldPlaces(pool, FOR_PEOPLE)
        self.leases: dict[int, HeldLease] = {}
        self.looks = False
        self.looks_again = False


@dataclass(slots=True, kw_only=True)
class FleetOutcome:
    """How it went."""

    acks: list[float] = field(default_factory=list)
    """Seconds until each delivery was answered."""
    shown: list[float] = field(default_factory=list)
    """Seconds until each click was seen."""
    last_words: list[float] = field(default_factory=list)
    """Seconds for which the last word of each text waited for Slack's limit on edits."""
    unanswered: int = 0
    unseen: int = 0
    core: float = 0.0
    """The share of its time that a replica's core was busy, on average."""
    database: float = 0.0
    """The same of the database's cores."""
    disk: float = 0.0
    """The same of its disk."""
    in_vain: float = 0.0
    """The share of a replica's core for looks that found nothing."""
    events: int = 0

    def ack(self, share: float) -> float:
        """Return the time to which that share of the answers keep. What was not answered takes for ever."""
        return _percentile(self.acks, self.unanswered, share)

    def redraw(self, share: float) -> float:
        """Return the time to which that share of the redraws keep."""
        return _percentile(self.shown, self.unseen, share)


def _percentile(times: Sequence[float], never: int, share: float) -> float:
    if not times and not never:
        return 0.0
    index = int(share * (len(times) + never - 1) + 0.5)
    return sorted(times)[index] if index < len(times) else float("inf")


class PlayedFleet:
    """The replicas, their database, and what is due."""

    def __init__(self, machines: Machines, costs: CostTable) -> None:
        self._machines = machines
        self._costs = costs
        self._clock = EventClock()
        self._replicas = [FleetReplica(self._clock, machines.pool) for _ in range(machines.replicas)]
        self._database = Counter(self._clock, machines.database_cores)
        self._disk = SharedCommits(self._clock, machines.write)
        self._due: list[PlayedJob] = []
        self._workspaces: dict[int, SharedEdits] = {}
        self._limits = Limits()
        self._looks_in_vain = 0
        self._from = 0.0
        self.outcome = FleetOutcome()

    def play(self, deeds: Sequence[Deed], begin: float, end: float, lead: float) -> FleetOutcome:
        """Let all of it happen. What is done in the first seconds, the lead, does not count."""
        clock, outcome = self._clock, self.outcome
        clock.now = begin
        self._from = begin + lead
        for replica in self._replicas:
            self._beat(replica)
        for deed in deeds:
            clock.after(deed.at - begin, partial(self._deliver, deed))
        clock.run(self._from)
        cores = sum(replica.core.busy for replica in self._replicas)
        database, writes, in_vain = self._database.busy, self._disk.writes, self._looks_in_vain
        clock.run(end)
        seconds, machines = end - self._from, self._machines
        outcome.core = (sum(replica.core.busy for replica in self._replicas) - cores) / seconds / machines.replicas
        outcome.database = (self._database.busy - database) / seconds / machines.database_cores
        outcome.disk = (self._disk.writes - writes) * machines.write / seconds
        looks = (self._looks_in_vain - in_vain) / machines.replicas
        outcome.in_vain = looks * self._costs.look.cpu / 1000 / seconds
        clock.run(end + AFTER)
        counted = [deed for deed in deeds if deed.at >= self._from]
        outcome.unanswered = len(counted) - len(outcome.acks)
        outcome.unseen = sum(deed.kind in CLICKED for deed in counted) - len(outcome.shown)
        outcome.events = clock.happened
        return outcome

    def _transact(self, replica: FleetReplica, cost: Cost, then: Then, *, job: bool = True) -> None:
        """Wait for a connection, make the trips, and have it committed. A cost without statements takes no time."""
        if cost.statements <= 0:
            then()
            return

        def held() -> None:
            self._clock.after(cost.statements * self._machines.trip, asked)

        def asked() -> None:
            self._database.serve(cost.database / 1000, worked)

        def worked() -> None:
            self._disk.commit(over)

        def over() -> None:
            replica.connections.leave(job=job)
            then()

        replica.connections.hold(held, job=job)

    def _deliver(self, deed: Deed) -> None:
        replica = self._replicas[int(deed.draw * len(self._replicas))]
        cost = self._costs.kinds[deed.kind].before
        half = cost.cpu / 2000

        def answered() -> None:
            if deed.at >= self._from:
                self.outcome.acks.append(self._clock.now - deed.at)
            self._due.append(PlayedJob(deed))
            for each in self._replicas:
                self._look(each)

        def stored() -> None:
            replica.core.serve(half, answered)

        replica.core.serve(half, lambda: self._transact(replica, cost, stored, job=False))

    def _look(self, replica: FleetReplica) -> None:
        """Look for jobs, or once more after the look that is under way."""
        if replica.looks:
            replica.looks_again = True
            return
        replica.looks = True
        replica.looks_again = False

        def looked() -> None:
            jobs, self._due = self._due, []
            self._looks_in_vain += not jobs
            for job in jobs:
                self._work(replica, job)
            replica.looks = False
            if replica.looks_again:
                self._look(replica)

        look = self._costs.look
        replica.core.serve(look.cpu / 1000, lambda: self._transact(replica, look, looked), job=True)

    def _work(self, replica: FleetReplica, job: PlayedJob) -> None:
        deed, cost = job.deed, self._costs.kinds[job.deed.kind].behind
        half = cost.cpu / 2000

        def begun() -> None:
            self._transact(replica, cost, stored)

        def stored() -> None:
            if deed.kind in STREAMED:
                self._clock.after(self._machines.first_text, lambda: PlayedStream(self, replica, deed, drawn).begin())
            else:
                self._clock.after(self._machines.slack, drawn)

        def drawn() -> None:
            if deed.kind in CLICKED and deed.at >= self._from:
                self.outcome.shown.append(self._clock.now - deed.at)
            replica.core.serve(half, lambda: self._look(replica), job=True)

        replica.core.serve(half, begun, job=True)

    def _beat(self, replica: FleetReplica) -> None:
        """Show that a replica lives, and read the register."""
        replica.core.serve(self._costs.look.cpu / 1000, lambda: None, job=True)
        self._database.serve(self._costs.look.database / 1000, lambda: None)
        self._clock.after(BEAT, partial(self._beat, replica))

    # What a stream needs of the fleet.

    @property
    def now(self) -> float:
        """The time."""
        return self._clock.now

    @property
    def machines(self) -> Machines:
        """What it runs on."""
        return self._machines

    @property
    def limits(self) -> Limits:
        """The app's edit budget."""
        return self._limits

    def after(self, seconds: float, then: Then) -> None:
        """Have something happen later."""
        self._clock.after(seconds, then)

    def edits(self, workspace: int) -> SharedEdits:
        """Return the window of a workspace as it is now."""
        edits = self._workspaces.setdefault(workspace, SharedEdits())
        while edits.sent and edits.sent[0] <= self.now - self._limits.window:
            edits.sent.popleft()
        return edits

    def lease(self, replica: FleetReplica, workspace: int, then: Then) -> None:
        """Use a slot of a lease, or ask for some first. A replica that is alone has nobody to ask for news of."""
        held = replica.leases.setdefault(workspace, HeldLease())
        if held.slots > 0 and self.now < held.until:
            held.slots -= 1
            then()
            return

        def leased() -> None:
            held.slots = AHEAD
            held.until = self.now + (LEASE if len(self._replicas) == 1 else NEWS)
            then()

        cost = self._costs.lease
        replica.core.serve(cost.cpu / 1000, lambda: self._transact(replica, cost, leased), job=True)

    def edit(self, replica: FleetReplica, workspace: int, then: Then) -> None:
        """Edit a message in Slack."""
        self.edits(workspace).sent.append(self.now)
        cost = self._costs.edit
        called = partial(self._clock.after, self._machines.slack, then)
        replica.core.serve(cost.cpu / 1000, lambda: self._transact(replica, cost, called), job=True)


class PlayedStream:
    """A text while the model writes it."""

    def __init__(self, fleet: PlayedFleet, replica: FleetReplica, deed: Deed, then: Then) -> None:
        self._fleet = fleet
        self._replica = replica
        self._deed = deed
        self._then = then
        self._end = fleet.now + fleet.machines.writing

    def begin(self) -> None:
        """Write the first text."""
        self._fleet.edits(self._deed.workspace).live += 1
        self._turn()

    def _turn(self) -> None:
        """Edit when there is a slot, and leave one to every last word and some to clicks."""
        fleet = self._fleet
        if fleet.now >= self._end:
            self._last_word()
            return
        edits, limits = fleet.edits(self._deed.workspace), fleet.limits
        free = limits.calls - len(edits.sent) - limits.reserve - edits.live
        gap = limits.horizon * edits.live / free if free > 0 else FULL
        due = fleet.now + max(limits.gap, min(gap, self._end - fleet.now))

        def edited() -> None:
            fleet.after(max(0.0, due - fleet.now), self._turn)

        if free > 0:
            fleet.lease(self._replica, self._deed.workspace, lambda: self._edit(edited))
        else:
            edited()

    def _edit(self, then: Then) -> None:
        self._fleet.edit(self._replica, self._deed.workspace, then)

    def _last_word(self) -> None:
        fleet = self._fleet
        edits = fleet.edits(self._deed.workspace)
        if len(edits.sent) >= fleet.limits.calls:
            fleet.after(edits.sent[0] + fleet.limits.window - fleet.now, self._last_word)
            return
        fleet.outcome.last_words.append(fleet.now - self._end)
        edits.live -= 1
        fleet.lease(self._replica, self._deed.workspace, lambda: self._edit(self._then))
