"""What the engineers of many workspaces do on a working day, from a seed: when they begin, type, click and send."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, Literal

Kind = Literal["type", "fold", "mark", "home", "send", "start", "resolve"]

HOURS: Final = {8: 0.5, 9: 1.0, 10: 1.2, 11: 1.1, 12: 0.6, 13: 0.9, 14: 1.2, 15: 1.1, 16: 0.9, 17: 0.5}
"""How many sessions begin in each hour of the day, beside one another."""
MINUTE: Final = 60.0
LONGEST: Final = 1_800.0
"""Seconds after which no session is worked on any more: the usual one takes eight minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """How people work. None of it was measured."""

    engineers: float = 6.0
    """How many the median workspace has."""
    spread: float = 0.8
    """The standard deviation of the logarithm of their number: one workspace in ten has more than 16."""
    sessions: float = 4.0
    """Sessions an engineer begins in a day."""
    rounds: int = 3
    """How often the tasks of a session are worked off and sent."""
    boxes: int = 2
    """Answers that are typed in a round."""
    keys: int = 40
    """Keys of an answer, each of which is a delivery."""
    keys_a_second: float = 4.0
    clicks: int = 4
    """Tasks that are marked or folded in a round."""
    pause: float = 25.0
    """Seconds between two things that somebody does, on average."""
    seed: int = 1

    def team(self, workspace: int) -> int:
        """Tell how many engineers a workspace has. The first one is the median, and any number of them is even."""
        share, step, number = 0.0, 0.5, workspace + 1
        while number:
            share, step, number = share + step * (number & 1), step / 2, number >> 1
        return max(1, round(self.engineers * math.exp(self.spread * NormalDist().inv_cdf(share))))

    @property
    def deliveries(self) -> int:
        """Deliveries of a session."""
        return 2 + self.rounds * (self.boxes * self.keys + self.clicks + 2)


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that somebody does."""

    at: float
    workspace: int
    kind: Kind
    draw: float
    """A number between 0 and 1 that says which replica gets it."""


@dataclass(frozen=True, slots=True)
class SessionBegin:
    """When a session begins, in seconds of the day, and the seed of what is done in it."""

    at: float
    workspace: int
    seed: int


def day(plan: DayPlan, workspaces: int) -> list[SessionBegin]:
    """Draw all sessions of a day. Those of the first workspaces are the same, however many there are."""
    hours, weights = list(HOURS), list(HOURS.values())
    sessions = []
    for workspace in range(workspaces):
        draw = random.Random(plan.seed * 1_000_003 + workspace)
        mean = plan.team(workspace) * plan.sessions
        count = max(1, round(draw.gauss(mean, math.sqrt(mean))))
        for hour in draw.choices(hours, weights, k=count):
            at = (hour + draw.random()) * 3600
            sessions.append(SessionBegin(at, workspace, draw.getrandbits(48)))
    return sorted(sessions, key=lambda session: session.at)


def busiest(sessions: list[SessionBegin], seconds: float) -> float:
    """Find when the time of so many seconds begins in which most is done. It is known by the minute."""
    last = int(sessions[-1].at // MINUTE) + 1
    begun = [0] * (last + 1)
    for session in sessions:
        begun[int(session.at // MINUTE)] += 1
    lasting = 8  # minutes in which a session is worked on
    width = lasting + max(1, math.ceil(seconds / MINUTE))
    sums = [sum(begun[max(0, end - width) : end]) for end in range(last + 1)]
    return max(0.0, max(range(last + 1), key=sums.__getitem__) * MINUTE - max(seconds, MINUTE))


def deeds(plan: DayPlan, sessions: list[SessionBegin], begin: float, end: float) -> list[Deed]:
    """Say everything that is done between two times, in order."""
    done = [
        deed
        for session in sessions
        if begin - LONGEST < session.at < end
        for deed in _session(plan, session)
        if begin <= deed.at < end
    ]
    return sorted(done, key=lambda deed: deed.at)


def _session(plan: DayPlan, session: SessionBegin) -> Iterator[Deed]:
    draw = random.Random(session.seed)
    at = session.at

    def deed(kind: Kind) -> Deed:
        return Deed(at, session.workspace, kind, draw.random())

    yield deed("start")
    for _ in range(plan.rounds):
        at += 12.0 + draw.expovariate(1 / plan.pause)  # the reply is written, and read
        for _ in range(plan.boxes):
            for _ in range(round(plan.keys * (0.5 + draw.random()))):
                at += draw.expovariate(plan.keys_a_second)
                yield deed("type")
            at += draw.expovariate(1 / plan.pause)
        for click in range(plan.clicks):
            yield deed("mark" if click % 2 else "fold")
            at += draw.expovariate(4 / plan.pause)
        yield deed("home")
        at += draw.expovariate(2 / plan.pause)
        yield deed("send")
    at += 12.0 + draw.expovariate(1 / plan.pause)
    yield deed("resolve")
