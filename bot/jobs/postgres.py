"""The job engine of PostgreSQL: procrastinate's queue, worked on by as many replicas as there are."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import ClassVar, Final

from bot.errors import TakenForDead, location
from bot.jobs.runner import Runner, Worker
from bot.storage import replica
from bot.storage.database import Database
from bot.storage.replica import Replica
from bot.storage.shared_jobs import SharedJobs

_BEAT: Final = 2.0
"""Seconds between two signs of life."""
_RECONNECT: Final = 0.5
"""Seconds before the next try to reach a database that is away."""


class PostgresRunner(Runner):
    """A queue and its runner, one of several on the same table."""

    look_again: ClassVar[float] = 10.0  # whatever is committed, every replica hears of it

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        concurrency: int = 32,
        names: Collection[str] | None = None,
    ) -> None:
        self._shared = SharedJobs(names)
        super().__init__(database, self._shared, clock, concurrency)
        self._attending: asyncio.Task[None] | None = None

    async def start(self, worker: Worker) -> None:
        """Join the other replicas, take up what dead ones left, and begin."""
        joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._attending = asyncio.create_task(self._attend(joined), name="replica")
        await joined
        await super().start(worker)

    async def stop(self, grace: float) -> None:
        """Begin nothing any more, wait `grace` seconds for what runs, then hand it to the other replicas."""
        await super().stop(grace)
        if self._attending is not None:
            # The others see the connection end, and what is still running here becomes theirs.
            self._attending.cancel()
            await asyncio.wait({self._attending})
            self._attending = None

    async def _start_due(self) -> float:
        try:
            return await super()._start_due()
        except TakenForDead:
            return self.look_again  # the next beat registers it anew, and then there is a look at once

    async def _attend(self, joined: "asyncio.Future[None]") -> None:
        """Be one of the replicas for as long as this process lives, however often the connection is lost."""
        while True:
            try:
                async with replica.connected(self._database.url) as here:
                    await self._join(here)
                    if not joined.done():
                        joined.set_result(None)
                    while True:
                        async for _ in here.heard(_BEAT):
                            self.wake()
                        await self._beat(here)
            except Exception as error:  # noqa: BLE001  a border: a replica must outlive the database
                if not joined.done():
                    joined.set_exception(error)
                    return
                self._log.error("replica cut off", error=type(error).__name__, at=location(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(_RECONNECT):
                    await self._stopping.wait()

    async def _join(self, here: Replica) -> None:
        """Show the others a new replica, or that this one is back."""
        if self._shared.worker is None:
            self._shared.worker = await here.register()
        else:
            await here.hold(self._shared.worker)
        await self._beat(here)
        self.wake()

    async def _beat(self, here: Replica) -> None:
        assert self._shared.worker is not None
        beat = await here.beat(self._shared.worker)
        self.replicas = beat.replicas
        if not beat.alive:
            self._log.warning("taken for dead", count=len(self._working))
            self._shared.worker = None
            await self._cancel(set(self._working))  # they are the others' now
            self._shared.worker = await here.register()
            self.wake()
        if beat.taken_over:
            self._log.info("jobs taken up", count=beat.taken_over)
            self.wake()
