"""Giving a task of the lane to a colleague, who hears of it once and sees it in their App Home."""

from dataclasses import replace

from bot import errors
from bot.domain.ids import Place, TaskId, UserId
from bot.domain.incoming import Click, Submission
from bot.domain.jobs import Job
from bot.domain.lane import Task
from bot.domain.rights import Verb
from bot.jobs.queue import JobName
from bot.services.lane import Lanes, current_task, redraw
from bot.services.members import Members
from bot.services.work import WorkDatabase
from bot.slack.messages.workspace import Messages
from bot.slack.views import assign as views
from bot.slack.web.client import SlackClients
from bot.storage import lanes as rows
from bot.storage import sessions


class Assignments:
    """Who a task is given to."""

    def __init__(
        self, database: WorkDatabase, slack: SlackClients, messages: Messages, members: Members, lanes: Lanes
    ) -> None:
        self._database = database
        self._slack = slack
        self._messages = messages
        self._members = members
        self._lanes = lanes

    async def task(self, click: Click) -> Task:
        """Return the task that is to be given to somebody, for the modal."""
        return await self._lanes.task(click)

    async def assign(self, form: Submission, assignee: UserId | None) -> None:
        """Give a task to a colleague, or to nobody any more.

        Raises `CannotAssign` for somebody who cannot see the conversation or may not work on tasks, and `PersonUnknown`
        when Slack does not say so.
        """
        name = await self._name(form, assignee) if assignee is not None else ""
        async with self._lanes.working(form) as (work, session, _):
            task = await current_task(work, form)
            if not await work.first_time(form) or task.assignee == assignee:
                return
            await rows.assign(work, session.id, replace(task, assignee=assignee, assignee_name=name))
            await redraw(work, form, session)
            if task.assignee is not None:
                await work.redraw_home(task.assignee)
            if assignee is not None and assignee != form.user:
                await work.enqueue(
                    JobName.ASSIGNED, session=session.id, task=task.id, user=form.user, assignee=assignee
                )

    async def tell(self, job: Job) -> None:
        """Tell somebody that a task was given to them, without a word of the thread. A job."""
        assignee = UserId(job.text("assignee"))
        async with self._database.read(job.tenant) as uow:
            session = await sessions.get(uow, job.session)
            located = await rows.find_task(uow, TaskId(job.text("task")))
        if session is None or session.thread is None or located is None or located.task.assignee != assignee:
            return
        slack = self._slack.of(job.tenant)
        link = await slack.permalink(session.channel, session.thread)
        place = Place(channel=await slack.direct_channel(assignee))
        told = self._messages.of(job.tenant).state(f"assigned:{located.task.id}:{assignee}", place)
        await told.show(views.assigned(job.user, session, link), 1)

    async def _name(self, form: Submission, assignee: UserId) -> str:
        """Return the name of somebody who may be given a task."""
        async with self._database.read(form.tenant) as uow:
            session = await sessions.get(uow, form.session)
        if session is None:
            raise errors.SessionMissing
        try:
            channels = await self._members.channels(form.tenant, assignee, Verb.WORK)
        except (errors.NobodyRefused, errors.StrangerRefused, errors.GuestRefused, errors.NotTheOwner) as refused:
            raise errors.CannotAssign from refused
        if session.channel not in channels:
            raise errors.CannotAssign
        return (await self._members.get(form.tenant, assignee)).name
