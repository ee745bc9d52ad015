"""Lines in virtual time: events in the order of their time, counters that serve one after the other, shared commits."""

import heapq
import itertools
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final

Then = Callable[[], None]
"""What follows when something is over."""


class EventClock:
    """What is going to happen, and the time of what happens now."""

    def __init__(self) -> None:
        self.now = 0.0
        self.happened = 0
        """How many events there were."""
        self._events: list[tuple[float, int, Then]] = []
        self._numbers = itertools.count()

    def after(self, seconds: float, then: Then) -> None:
        """Have something happen so much later. What is due at the same time happens in the order of its asking."""
        heapq.heappush(self._events, (self.now + seconds, next(self._numbers), then))

    def run(self, until: float) -> None:
        """Let everything happen up to a time."""
        events = self._events
        while events and events[0][0] <= until:
            self.now, _, then = heapq.heappop(events)
            self.happened += 1
            then()
        self.now = until


class Counter:
    """Serves as many at one time as it has places. Nobody is interrupted, and people go before jobs."""

    def __init__(self, clock: EventClock, places: int = 1) -> None:
        self._clock = clock
        self._free = places
        self._people: deque[tuple[float, Then]] = deque()
        self._jobs: deque[tuple[float, Then]] = deque()
        self.busy = 0.0
        """Seconds of service so far, of all places together."""

    def serve(self, seconds: float, then: Then, *, job: bool = False) -> None:
        """Serve somebody for so long when it is their turn."""
        if self._free:
            self._begin(seconds, then)
        else:
            (self._jobs if job else self._people).append((seconds, then))

    def _begin(self, seconds: float, then: Then) -> None:
        self._free -= 1
        self.busy += seconds
        self._clock.after(seconds, partial(self._end, then))

    def _end(self, then: Then) -> None:
        self._free += 1
        if self._people:
            self._begin(*self._people.popleft())
        elif self._jobs:
            self._begin(*self._jobs.popleft())
        then()


class HeldPlaces:
    """Places that are held for as long as their holder wants, of which jobs leave some to people."""

    def __init__(self, places: int, for_people: int) -> None:
        self._free = places
        self._free_for_jobs = max(1, places - for_people)
        self._people: deque[Then] = deque()
        self._jobs: deque[Then] = deque()

    def hold(self, then: Then, *, job: bool = False) -> None:
        """Go on once there is a place."""
        (self._jobs if job else self._people).append(then)
        self._admit()

    def leave(self, *, job: bool = False) -> None:
        """Give a place back."""
        self._free += 1
        self._free_for_jobs += job
        self._admit()

    def _admit(self) -> None:
        while self._free and self._people:
            self._free -= 1
            self._people.popleft()()
        while self._free and self._free_for_jobs and self._jobs:
            self._free -= 1
            self._free_for_jobs -= 1
            self._jobs.popleft()()


class SharedCommits:
    """A disk that is written to for all who wait: whoever comes during a write waits for the next one."""

    def __init__(self, clock: EventClock, seconds: float) -> None:
        self._clock = clock
        self._seconds: Final = seconds
        self._waiting: list[Then] = []
        self._writing = False
        self.writes = 0

    def commit(self, then: Then) -> None:
        """Go on once it is on the disk."""
        self._waiting.append(then)
        if not self._writing:
            self._write()

    def _write(self) -> None:
        group, self._waiting = self._waiting, []
        self._writing = True
        self.writes += 1
        self._clock.after(self._seconds, partial(self._written, group))

    def _written(self, group: list[Then]) -> None:
        self._writing = False
        if self._waiting:
            self._write()
        for then in group:
            then()
