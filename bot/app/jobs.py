"""`tasklane jobs`: what was given up, and having it done once more, beside a running `tasklane serve` or without."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain.jobs import Job
from bot.errors import ConfigurationError
from bot.jobs.choose import choose
from bot.jobs.queue import Queue
from bot.settings import Settings
from bot.storage import schema
from bot.storage.database import Database


async def failed(settings: Settings) -> list[Job]:
    """List the jobs that were given up, newest first."""
    async with _queue(settings) as queue:
        return await queue.failed(None)


async def retry(settings: Settings, ids: list[int] | None) -> list[int]:
    """Have jobs of these ids, or all that were given up, run once more. Return the ids of those that will."""
    async with _queue(settings) as queue:
        chosen = ids if ids is not None else [job.id for job in await queue.failed(None)]
        return [id for id in chosen if await queue.retry(id)]


@asynccontextmanager
async def _queue(settings: Settings) -> AsyncIterator[Queue]:
    """Open the queue without running it: on SQLite the file stays with the process that serves from it."""
    database = Database.open(settings.database_url, pool=1)
    try:
        if not await schema.ready(database):
            raise ConfigurationError(["The database is behind this version. Run `tasklane db upgrade`."])
        yield choose(database, time.time, 1)
    finally:
        await database.close()
