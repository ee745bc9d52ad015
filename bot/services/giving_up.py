"""What a person is told of a job that will not be done: in their direct messages, else privately in the thread."""

from bot import errors
from bot.domain.ids import Place, SessionId, UserId
from bot.domain.jobs import Job
from bot.domain.sessions import Session
from bot.errors import FaultKind
from bot.services.work import WorkDatabase
from bot.slack.messages.workspace import Messages
from bot.slack.views import notices
from bot.slack.web.client import SlackClients
from bot.storage import sessions as rows


class GivingUp:
    """Tells the person whom a job concerns that it was given up."""

    def __init__(self, database: WorkDatabase, slack: SlackClients, messages: Messages) -> None:
        self._database = database
        self._slack = slack
        self._messages = messages

    async def tell(self, job: Job, undone: str) -> None:
        """Say what was not done and what to do: to who asked for it, else to the owner of the session."""
        session = await self._session(job)
        asked = job.optional("user")
        user = UserId(asked) if asked else session.owner if session is not None else None
        if user is None:
            return
        slack = self._slack.of(job.tenant)
        link = ""
        if session is not None and session.thread is not None:
            link = await slack.permalink(session.channel, session.thread)
        told = notices.given_up(undone, session, link, job.reference)
        key = job.lock if job.coalesce else str(job.id)  # a redraw that fails is told once, however many follow
        try:
            direct = Place(channel=await slack.direct_channel(user))
            await self._messages.of(job.tenant).state(f"given_up:{key}", direct).show(told, 1)
        except errors.SlackFault as fault:
            if fault.kind is FaultKind.TRANSIENT or session is None or session.thread is None:
                raise
            await slack.ephemeral(session.place, user, told)

    async def _session(self, job: Job) -> Session | None:
        id = job.optional("session")
        if id is None:
            return None
        async with self._database.read(job.tenant) as uow:
            return await rows.get(uow, SessionId(id))
