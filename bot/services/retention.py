"""How long what people wrote is kept: concluded sessions for so many days, and everything of a workspace that left."""

from typing import Final

import structlog

from bot.domain.ids import Tenant
from bot.domain.jobs import Job
from bot.jobs.queue import JobName
from bot.services.installations import Installations
from bot.services.work import WorkDatabase
from bot.slack.web.client import SlackClients
from bot.storage import installations as rows
from bot.storage import personal, workspaces

AFTER_LEAVING: Final = 30
"""Days for which the data of a workspace is kept that has removed the app, unless the settings say another number."""
UNSURE: Final = 60.0
"""Seconds after an installation for which a removal may be one of before: Slack's clock need not be ours."""
AT_ONCE: Final = 200
"""Sessions that are erased in one transaction, so that nobody waits long behind it."""
_DAY: Final = 24 * 3600.0
_EVERY: Final = 3600.0


class Retention:
    """Erases what has been kept for long enough, and everything of a workspace that has removed the app."""

    def __init__(
        self, database: WorkDatabase, installations: Installations, slack: SlackClients, days: int | None
    ) -> None:
        """Keep concluded sessions for so many days, where nothing else is set for a workspace. None is for ever."""
        self._database = database
        self._installations = installations
        self._slack = slack
        self._days = days
        self._log = structlog.get_logger(__name__)

    async def schedule(self, tenant: Tenant) -> None:
        """Have the next look done at once, if concluded sessions are not kept for ever."""
        if await self._kept_for(tenant) is not None:
            async with self._database.write(tenant) as work:
                await work.enqueue(JobName.EXPIRE, at=work.now)

    async def leave(self, tenant: Tenant, at: float) -> None:
        """Stop everything that is done for a workspace, and start the time after which its data is erased.

        `at` is when it removed the app. Slack may say so late, when the app is installed again: then its token is good.
        """
        installed = await self._installations.look_up(tenant.team)
        if installed is None:
            return
        if at < installed.at + UNSURE and await self._slack.of(tenant).takes_token():
            return
        days = await self._kept_for(tenant) or AFTER_LEAVING
        async with self._database.write(tenant) as work:
            left_at = int(work.now)
            await rows.leave(work, left_at)
            await work.enqueue(JobName.FORGET, at=work.now + days * _DAY, left_at=left_at)
        self._installations.forget(tenant.team)
        self._log.warning("the app was removed from its workspace", team=tenant.team)

    async def _kept_for(self, tenant: Tenant) -> int | None:
        """Say for how many days concluded sessions are kept. None is for ever."""
        async with self._database.read(tenant) as uow:
            own = (await workspaces.get(uow)).retention_days
        return self._days if own is None else own or None

    async def expire(self, job: Job) -> None:
        """Erase sessions that were concluded so long ago, and look again in an hour. A job."""
        now = self._database.clock()
        if (days := await self._kept_for(job.tenant)) is None:
            return
        while True:
            async with self._database.everywhere.write_everywhere() as everywhere:
                old = await personal.concluded_before(everywhere, job.tenant, now - days * _DAY, AT_ONCE)
                await personal.delete_sessions(everywhere, old)
            if old:
                self._log.info("sessions erased", team=job.tenant.team, count=len(old))
            if len(old) < AT_ONCE:
                break
        async with self._database.write(job.tenant) as work:
            await work.enqueue(JobName.EXPIRE, at=now + _EVERY)

    async def forget(self, job: Job) -> None:
        """Erase everything of a workspace that has removed the app, unless it was installed again since. A job."""
        async with self._database.read(job.tenant) as uow:
            left_at = await rows.left_at(uow)
        if left_at is None or left_at != job.number("left_at"):
            return
        async with self._database.everywhere.write_everywhere() as everywhere:
            count = await personal.delete_workspace(everywhere, job.tenant)
        self._log.warning("workspace erased", team=job.tenant.team, count=count)
