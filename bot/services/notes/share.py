"""What is done with finished ticket notes: shown, copied, and posted to team channels."""

from typing import Final

from bot import errors
from bot.domain.ids import ChannelId, Place, SessionId, Tenant, UserId
from bot.domain.notes.record import NotesRecord
from bot.domain.sessions import Session, time_spent
from bot.jobs.queue import Job, JobName
from bot.services.members import Members
from bot.services.tools import By, Tools, existing, first_time, thread_of
from bot.slack.views import notes as views
from bot.slack.views.kit import INPUT_CHARS, View
from bot.storage import notes as note_rows
from bot.storage import sessions as rows
from bot.storage import workspaces

FILE_NAME: Final = "ticket-notes.md"


def posting(session: SessionId, channel: ChannelId, user: UserId, tenant: Tenant) -> Job:
    """Make the job that puts the notes into a channel and tells the person how it went."""
    args = {"session": session, "channel": channel, "user": user}
    return Job(name=JobName.POST_NOTES, tenant=tenant, args=args, lock=f"post:{session}:{channel}")


class FinishedNotes:
    """Hands out the finished notes of a session."""

    def __init__(self, tools: Tools, members: Members, default_channel: ChannelId | None) -> None:
        self._tools = tools
        self._members = members
        self._default_channel = default_channel

    async def get(self, tenant: Tenant, session_id: SessionId) -> tuple[Session, NotesRecord]:
        """Return a session and its newest finished notes, also while others are written; `NotesMissing` without any."""
        async with self._tools.database.read() as uow:
            session = await rows.get(uow, tenant, session_id)
            record = await note_rows.get(uow, tenant, session_id)
        if session is None:
            raise errors.SessionMissing
        if record is None or not record.text:
            raise errors.NotesMissing
        return session, record

    async def view(self, tenant: Tenant, session_id: SessionId) -> View:
        """Return the modal that shows the notes as they read."""
        session, record = await self.get(tenant, session_id)
        return views.view_notes_modal(session, record.text)

    async def copy(self, tenant: Tenant, by: By, session_id: SessionId) -> View | None:
        """Return the modal with the raw Markdown; long notes are uploaded as a file, too.

        None for a click on long notes that was delivered before: one file is enough.
        """
        session, record = await self.get(tenant, session_id)
        link = ""
        if len(record.text) > INPUT_CHARS:
            async with self._tools.database.write() as uow:
                if not await first_time(self._tools, uow, tenant, by):
                    return None
            link = await self._tools.slack.upload(tenant, thread_of(session), FILE_NAME, record.text)
        return views.copy_modal(session_id, record.text, link)

    async def pick_channel(self, tenant: Tenant, session_id: SessionId) -> View:
        """Return the modal that asks where to post, the likeliest channel chosen already."""
        session, _ = await self.get(tenant, session_id)
        async with self._tools.database.read() as uow:
            setting = (await workspaces.get(uow, tenant)).notes_channel
        return views.post_modal(session, session.notes_channel or setting or self._default_channel)

    async def post(self, tenant: Tenant, by: By, session_id: SessionId, channel: ChannelId) -> None:
        """Have the notes put into a team channel; done again, that message is updated."""
        await self.get(tenant, session_id)
        if (await self._members.get(tenant, by.user)).guest:
            raise errors.GuestRefused
        async with self._tools.database.write() as uow:
            await existing(uow, tenant, session_id)
            if await first_time(self._tools, uow, tenant, by):
                await self._tools.queue.enqueue(uow, posting(session_id, channel, by.user, tenant))

    async def deliver(self, tenant: Tenant, session_id: SessionId, channel: ChannelId, user: UserId) -> None:
        """Post or update the notes in a team channel, and tell the person how it went. A job."""
        session, record = await self.get(tenant, session_id)
        assert session.thread is not None
        link = await self._tools.slack.permalink(tenant, session.channel, session.thread)
        spent = time_spent(session, self._tools.clock())
        message = views.team_post(session, record.text, spent, link)
        key, revision = f"post:{session_id}:{channel}", int(record.at * 1000)
        try:
            await self._tools.board.show(tenant, key, Place(channel=channel), message, revision)
            answer = views.posted(channel)
        except (errors.NotInChannel, errors.ChannelGone, errors.ChannelArchived) as fault:
            answer = views.not_posted(channel, fault)
        await self._tools.slack.ephemeral(tenant, thread_of(session), user, answer)
