"""A clock that only moves when a test says so."""

import asyncio
import heapq
import itertools


class ManualClock:
    """Seconds since 1970 that stand still: hand it in as `clock`, and its `sleep` as `sleep`."""

    def __init__(self, start: float = 1_800_000_000.0) -> None:
        self._now = start
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._came = asyncio.Event()

    def __call__(self) -> float:
        """Return the time."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock was advanced by that many seconds."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), future))
        self._came.set()
        await future

    async def someone_sleeps(self) -> None:
        """Wait until somebody waits for this clock."""
        while not any(not future.done() for _, _, future in self._sleepers):
            self._came.clear()
            await self._came.wait()

    def advance(self, seconds: float) -> None:
        """Move on and wake everyone whose time has come."""
        self._now += seconds
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                future.set_result(None)
