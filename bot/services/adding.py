"""Bringing a message of the channel into a session, as context for the assistant and the ticket notes."""

from dataclasses import replace

from bot import errors
from bot.domain import safety
from bot.domain.ids import ChannelId, MessageTs, Place, SessionId
from bot.domain.incoming import Incoming, MessageShortcut
from bot.domain.jobs import Job
from bot.domain.sessions import MAX_MESSAGE_CHARS, Session, TurnKind
from bot.jobs.queue import JobName
from bot.services.commands import Which
from bot.services.names import Names
from bot.services.private_replies import PrivateReplies
from bot.services.sessions import Sessions
from bot.services.work import WorkDatabase
from bot.slack import incoming as reading
from bot.slack.views import notices
from bot.slack.web.client import SlackClients
from bot.storage import sessions as rows
from bot.storage import turns


class Adding:
    """Takes in single messages that stand outside the thread of a session."""

    def __init__(
        self,
        database: WorkDatabase,
        slack: SlackClients,
        names: Names,
        replies: PrivateReplies,
        sessions: Sessions,
    ) -> None:
        self._sessions = sessions
        self._database = database
        self._slack = slack
        self._names = names
        self._replies = replies

    async def bring(self, shortcut: MessageShortcut) -> Session | Which:
        """Have a message taken into the person's session in its channel. Without exactly one, return what there is."""
        current = await self._sessions.current(shortcut)
        if len(current) != 1:
            return Which(sessions=current, at=self._database.clock())
        place = Place(channel=shortcut.channel, thread=shortcut.thread)
        return await self.add(shortcut, current[0].id, place, shortcut.ts)

    async def add(self, asked: Incoming, session_id: SessionId, place: Place, ts: MessageTs) -> Session:
        """Have a message of a session's own channel taken in. Only the owner of the session may."""
        async with self._database.write(asked.tenant) as work:
            session = await work.session(session_id)
            if session.owner != asked.user:
                raise errors.NotTheOwner
            if session.channel != place.channel:
                raise errors.BadPayload
            if await work.first_time(asked):
                await work.enqueue(
                    JobName.ADD_MESSAGE,
                    session=session.id,
                    user=asked.user,
                    channel=place.channel,
                    thread=place.thread,
                    ts=ts,
                )
        return session

    async def take_in(self, job: Job) -> None:
        """Read the message as it stands now, and store it as context. Run again, it adds nothing. A job."""
        place = Place(channel=ChannelId(job.text("channel")), thread=MessageTs(job.text("thread")))
        stored = await self._slack.of(job.tenant).message(place, MessageTs(job.text("ts")))
        message = (
            reading.context_message(stored, job.tenant, place, self._slack.of(job.tenant).bot_user) if stored else None
        )
        words = await self._names.said(job.tenant, message.content) if message is not None else None
        if message is None or words is None or safety.blank(words.text):
            async with self._database.read(job.tenant) as uow:
                session = await rows.get(uow, job.session)
            if session is not None:
                await self._replies.inform(job.tenant, job.user, session.place, notices.not_added())
            return
        speaker = message.content.app or await self._names.person(job.tenant, message.user)
        text = safety.redact(words.text[:MAX_MESSAGE_CHARS].strip()).text
        async with self._database.write(job.tenant) as work:
            context = replace(
                work.turn(message, text, message.source), kind=TurnKind.CONTEXT, speaker=speaker, wants_answer=False
            )
            if await work.add_message(job.session, context, message):
                await work.enqueue(JobName.REACT, channel=message.channel, ts=message.ts)
                return
            taken = await turns.of_source(work, message.source or "")
            session = await work.session(job.session)
        if taken is not None and taken[0] != job.session:
            await self._replies.inform(job.tenant, job.user, session.place, notices.added_elsewhere())
