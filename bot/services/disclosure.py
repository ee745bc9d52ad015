"""Saying once in a workspace that pictures go to the assistant as they are."""

import structlog

from bot import errors
from bot.domain.jobs import Job
from bot.services.members import Members
from bot.services.private_replies import PrivateReplies
from bot.services.work import WorkDatabase
from bot.slack.views import notices
from bot.slack.web.client import SlackClients
from bot.storage import sessions as rows


class Disclosure:
    """Tells what people have to know of what happens to their files."""

    def __init__(self, database: WorkDatabase, slack: SlackClients, members: Members, replies: PrivateReplies) -> None:
        self._database = database
        self._slack = slack
        self._members = members
        self._replies = replies

    async def say_as_they_are(self, job: Job) -> None:
        """Tell the owner of the first session with a picture, and an admin when that is somebody else. A job."""
        async with self._database.read(job.tenant) as uow:
            session = await rows.get(uow, job.session)
        if session is None:
            return
        told = notices.pictures_as_they_are()
        await self._replies.inform(job.tenant, job.user, session.place, told)
        if await self._members.admin(job.tenant, job.user):
            return
        slack = self._slack.of(job.tenant)
        admin = await slack.an_admin()
        if admin is None:
            structlog.get_logger(__name__).warning("no admin to be told", team=job.tenant.team)
            return
        try:
            await slack.direct(admin, told)
        except errors.SlackRefused as fault:
            structlog.get_logger(__name__).warning("admin not told", team=job.tenant.team, error=fault.error)
