"""What Slack shows of an agent in direct messages: a status line, suggested prompts and titles of threads.

A workspace in which the app is no agent has none of it, and nobody misses it.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Final

from bot import errors
from bot.domain.ids import ChannelId, Place, TeamId, Tenant
from bot.domain.incoming import Click
from bot.domain.jobs import Job
from bot.domain.rights import Verb
from bot.domain.sessions import OPEN, Session
from bot.errors import FaultKind
from bot.jobs.queue import JobName
from bot.services.members import Members
from bot.services.work import WorkDatabase
from bot.slack.views import prompts as views
from bot.slack.web.client import SlackClients
from bot.storage import sessions as rows

REFRESHED: Final = 90.0
"""Seconds after which a status is set anew: Slack lets it go after two minutes."""
_LATEST: Final = 2
"""Open sessions that are suggested to go on with."""


class AgentSurface:
    """Keeps what Slack shows of an agent up to date."""

    def __init__(self, database: WorkDatabase, slack: SlackClients, members: Members) -> None:
        self._database = database
        self._slack = slack
        self._members = members
        self._absent: set[TeamId] = set()
        """Workspaces in which the app is no agent."""

    async def opened(self, click: Click) -> None:
        """Have prompts suggested to a person who opens the direct messages."""
        async with self._database.write(click.tenant) as work:
            if await work.first_time(click):
                await work.enqueue(JobName.SUGGEST, user=click.user)

    async def suggest(self, job: Job) -> None:
        """Suggest what a person may say: their open sessions, and the common problems that they may know of. A job."""
        if job.tenant.team in self._absent:
            return
        channels: frozenset[ChannelId] = frozenset()
        with suppress(errors.Refused, errors.SlackFault):
            channels = await self._members.channels(job.tenant, job.user, Verb.WORK, patience=None)
        async with self._database.read(job.tenant) as uow:
            latest = await rows.of_owner(uow, job.user, OPEN, limit=_LATEST)
            common = await rows.common_titles(uow, job.user, channels, views.MOST)
        slack = self._slack.of(job.tenant)
        with self._quietly(job.tenant):
            prompts = views.suggested([session.title for session in latest], common)
            await slack.suggest_prompts(await slack.direct_channel(job.user), prompts)

    @asynccontextmanager
    async def working(self, job: Job, session: Session) -> AsyncIterator[None]:
        """Show in a direct message that the session is being worked on, until something is posted in its thread."""
        if not session.direct or session.thread is None or job.tenant.team in self._absent:
            yield
            return
        showing = asyncio.ensure_future(self._show(job, session.place, session))
        try:
            yield
        finally:
            showing.cancel()
            await asyncio.wait({showing})

    async def title(self, job: Job, session: Session) -> None:
        """Name the thread of a direct message as the session is named."""
        titled = session.direct and session.thread is not None and session.titled
        if titled and job.tenant.team not in self._absent:
            with self._quietly(job.tenant):
                await self._slack.of(job.tenant).set_title(session.place, views.thread_title(session.title))

    async def _show(self, job: Job, place: Place, session: Session) -> None:
        """Keep the status line up."""
        lines = views.working_on(session.title if session.titled else "")
        with self._quietly(job.tenant):
            slack = self._slack.of(job.tenant)
            while True:
                await slack.set_status(place, views.STATUS, lines)
                await slack.pause(REFRESHED)

    @contextmanager
    def _quietly(self, tenant: Tenant) -> Iterator[None]:
        """Let go of what Slack does not do. What it does not do for good is not asked again."""
        try:
            yield
        except errors.SlackFault as fault:
            if fault.kind is not FaultKind.TRANSIENT:
                self._absent.add(tenant.team)
