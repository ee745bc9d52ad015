"""The job engine of SQLite: it runs in the one process that has claimed the file."""

from collections.abc import Callable

from bot.jobs.runner import GiveUp, Perform, Runner
from bot.storage import jobs as rows
from bot.storage.database import Database


class EmbeddedRunner(Runner):
    """A queue and its runner, alone on their table."""

    def __init__(
        self,
        database: Database,
        perform: Perform,
        give_up: GiveUp,
        clock: Callable[[], float],
        concurrency: int = 32,
    ) -> None:
        super().__init__(database, rows, perform, give_up, clock, concurrency)

    async def start(self) -> None:
        """Take up what the last process left running, and begin."""
        async with self._database.write() as uow:
            left = await rows.recover(uow)
        if left:
            self._log.info("jobs taken up", count=left)
        await super().start()
