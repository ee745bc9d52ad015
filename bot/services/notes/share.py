"""What is done with finished ticket notes: shown, copied, and posted to team channels."""

from typing import Final

from bot import errors
from bot.domain.ids import ChannelId, Place, SessionId, Tenant
from bot.domain.incoming import Click, Incoming, Submission
from bot.domain.jobs import Job
from bot.domain.notes.provenance import complete
from bot.domain.notes.record import NotesRecord
from bot.domain.rights import Verb
from bot.domain.sessions import Session, time_spent
from bot.jobs.queue import JobName
from bot.services.members import Members
from bot.services.work import WorkDatabase
from bot.slack.messages.workspace import Messages
from bot.slack.views import notes as views
from bot.slack.views.kit import INPUT_CHARS
from bot.slack.web.client import SlackClients
from bot.storage import notes as note_rows
from bot.storage import sessions as rows
from bot.storage import workspaces

FILE_NAME: Final = "ticket-notes.md"


class FinishedNotes:
    """Hands out the finished notes of a session."""

    def __init__(
        self,
        database: WorkDatabase,
        slack: SlackClients,
        messages: Messages,
        members: Members,
        default_channel: ChannelId | None,
    ) -> None:
        self._database = database
        self._slack = slack
        self._messages = messages
        self._members = members
        self._default_channel = default_channel

    async def read(self, incoming: Incoming) -> tuple[Session, NotesRecord]:
        """Return a session and its newest finished notes, also while others are written. Else `NotesMissing`."""
        return await self._read(incoming.tenant, incoming.session)

    async def copy(self, click: Click) -> tuple[NotesRecord, str] | None:
        """Return the notes, and the link of the file that long ones are uploaded as.

        It is None for a click on long notes that was delivered before: one file is enough.
        """
        session, record = await self.read(click)
        text = complete(record)
        if len(text) <= INPUT_CHARS:
            return record, ""
        async with self._database.write(click.tenant) as work:
            if not await work.first_time(click):
                return None
        return record, await self._slack.of(click.tenant).upload(session.place, FILE_NAME, text)

    async def pick_channel(self, click: Click) -> tuple[Session, ChannelId | None]:
        """Return the session whose notes are to be posted, and the likeliest channel."""
        session, _ = await self.read(click)
        async with self._database.read(click.tenant) as uow:
            setting = (await workspaces.get(uow)).notes_channel
        return session, session.notes_channel or setting or self._default_channel

    async def post(self, form: Submission, channel: ChannelId) -> None:
        """Have the notes put into a team channel. Done again, that message is updated."""
        session, _ = await self.read(form)
        (await self._members.standing(form)).check(Verb.POST, session)
        async with self._database.write(form.tenant) as work:
            await work.session(form.session)
            if await work.first_time(form):
                await work.enqueue(JobName.POST_NOTES, session=form.session, channel=channel, user=form.user)

    async def deliver(self, job: Job) -> None:
        """Post or update the notes in a team channel, and tell the person how it went. A job."""
        session, record = await self._read(job.tenant, job.session)
        assert session.thread is not None
        slack, channel = self._slack.of(job.tenant), ChannelId(job.text("channel"))
        link = await slack.permalink(session.channel, session.thread)
        spent = time_spent(session, self._database.clock())
        drawn = views.team_post(session, record.text, spent, link, record.source, record.stopped_by)
        message = self._messages.of(job.tenant).state(f"post:{session.id}:{channel}", Place(channel=channel))
        try:
            await message.show(drawn, int(record.at * 1000))
            answer = views.posted(channel)
        except (errors.NotInChannel, errors.ChannelGone, errors.ChannelArchived) as fault:
            answer = views.not_posted(channel, fault)
        await slack.ephemeral(session.place, job.user, answer)

    async def _read(self, tenant: Tenant, session_id: SessionId) -> tuple[Session, NotesRecord]:
        async with self._database.read(tenant) as uow:
            session = await rows.get(uow, session_id)
            record = await note_rows.get(uow, session_id)
        if session is None:
            raise errors.SessionMissing
        if record is None or not record.text:
            raise errors.NotesMissing
        return session, record
