"""The job engine of SQLite: it runs in the one process that has claimed the file."""

from collections.abc import Callable

from bot.jobs.runner import Runner, Worker
from bot.storage import jobs as rows
from bot.storage.database import Database


class EmbeddedRunner(Runner):
    """A queue and its runner, alone on their table."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        concurrency: int = 32,
    ) -> None:
        super().__init__(database, rows, clock, concurrency)
        self._looked = 0.0
        """When the last look was, by a clock that may have been set back since."""

    async def start(self, worker: Worker) -> None:
        """Take up what the last process left running, and begin."""
        async with self._database.write_everywhere() as work:
            left = await rows.recover(work)
        if left:
            self._log.info("jobs taken up", count=left)
        await super().start(worker)

    async def _start_due(self) -> float:
        now = self._clock()
        if now < self._looked:
            async with self._database.write_everywhere() as work:
                await rows.hasten(work, self._looked - now, now)
            self._log.warning("clock set back", seconds=self._looked - now)
        self._looked = now
        return await super()._start_due()
