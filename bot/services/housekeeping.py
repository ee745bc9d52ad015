"""Keeping the database small: what has served its purpose goes."""

from typing import Final

from bot.domain.ids import Tenant
from bot.domain.jobs import Job
from bot.jobs.queue import JobName
from bot.services.work import WorkDatabase
from bot.storage import inbox, limits

REMEMBERED: Final = 3 * 24 * 3600.0
"""Seconds for which a delivery's id is kept: with delayed events on, Slack repeats one for up to a day."""
LIMITED: Final = 3600.0
"""Seconds after which what a person did counts for no limit any more."""
_EVERY: Final = 3600.0


class Housekeeping:
    """Prunes old rows once an hour."""

    def __init__(self, database: WorkDatabase) -> None:
        self._database = database

    async def schedule(self, tenant: Tenant) -> None:
        """Have the next tidying done at once, if none is waiting."""
        async with self._database.write(tenant) as work:
            await work.enqueue(JobName.TIDY, at=work.now)

    async def tidy(self, job: Job) -> None:
        """Prune, and have it done again in an hour. A job."""
        now = self._database.clock()
        async with self._database.everywhere.write_everywhere() as everywhere:
            await inbox.prune(everywhere, now - REMEMBERED)
            await limits.prune(everywhere, now - LIMITED)
        async with self._database.write(job.tenant) as work:
            await work.enqueue(JobName.TIDY, at=now + _EVERY)
