"""Keeping the database small: what has served its purpose goes."""

from typing import Final

from bot.domain.ids import Tenant
from bot.jobs.queue import Job, JobName
from bot.services.tools import Tools
from bot.storage import inbox, limits
from bot.storage.database import UnitOfWork

REMEMBERED: Final = 3 * 24 * 3600.0
"""Seconds for which a delivery's id is kept: with delayed events on, Slack repeats one for up to a day."""
LIMITED: Final = 3600.0
"""Seconds after which what a person did counts for no limit any more."""
_EVERY: Final = 3600.0


class Housekeeping:
    """Prunes old rows once an hour."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def schedule(self, tenant: Tenant) -> None:
        """Have the next tidying done at once, if none is waiting."""
        async with self._tools.database.write() as uow:
            await self._enqueue(uow, tenant, self._tools.clock())

    async def tidy(self, tenant: Tenant) -> None:
        """Prune, and have it done again in an hour. A job."""
        now = self._tools.clock()
        async with self._tools.database.write() as uow:
            await inbox.prune(uow, now - REMEMBERED)
            await limits.prune(uow, now - LIMITED)
            await self._enqueue(uow, tenant, now + _EVERY)

    async def _enqueue(self, uow: UnitOfWork, tenant: Tenant, at: float) -> None:
        job = Job(name=JobName.TIDY, tenant=tenant, lock="tidy", run_at=at, coalesce=True)
        await self._tools.queue.enqueue(uow, job)
