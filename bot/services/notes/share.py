"""What is done with finished ticket notes: shown, copied, and posted to team channels."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot import errors
from bot.domain.evidence import Evidence
from bot.domain.ids import ChannelId, Place, SessionId, Tenant
from bot.domain.incoming import Click, Incoming, Submission
from bot.domain.jobs import Job
from bot.domain.notes.provenance import complete
from bot.domain.notes.record import NotesRecord
from bot.domain.rights import Verb
from bot.domain.sessions import Session, time_spent
from bot.errors import FaultKind
from bot.jobs.queue import JobName
from bot.services.members import Members
from bot.services.private_replies import PrivateReplies
from bot.services.sessions import Sessions
from bot.services.tickets.pushing import standings
from bot.services.work import WorkDatabase
from bot.slack.messages.files import UploadedFile
from bot.slack.messages.workspace import Messages
from bot.slack.views import notes as views
from bot.slack.views.kit import INPUT_CHARS, Rendered
from bot.slack.views.notes import Copy, FileState
from bot.slack.web.client import SlackClients
from bot.storage import evidence, tickets, workspaces
from bot.storage import notes as note_rows
from bot.storage import sessions as rows

FILE_NAME: Final = "ticket-notes.md"
_NEW_THREAD: Final = 2.0
"""Seconds after which a session that lost its thread mostly has a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenNotes:
    """A session's newest finished notes, with what belongs to them."""

    session: Session
    notes: NotesRecord
    evidence: Sequence[Evidence]

    @property
    def markdown(self) -> str:
        """The notes as they leave Slack."""
        return complete(self.notes, self.evidence)


class FinishedNotes:
    """Hands out the finished notes of a session."""

    def __init__(
        self,
        database: WorkDatabase,
        slack: SlackClients,
        messages: Messages,
        members: Members,
        replies: PrivateReplies,
        sessions: Sessions,
        default_channel: ChannelId | None,
    ) -> None:
        self._database = database
        self._slack = slack
        self._messages = messages
        self._members = members
        self._replies = replies
        self._sessions = sessions
        self._default_channel = default_channel

    async def read(self, incoming: Incoming) -> WrittenNotes:
        """Return the newest finished notes of a session, also while others are written. Else `NotesMissing`."""
        return await self._read(incoming.tenant, incoming.session)

    async def copy(self, click: Click) -> Copy | None:
        """Return the notes to be copied. The file that long ones also come as follows by a job.

        It is None for a click on long notes that was delivered before.
        """
        written = await self.read(click)
        copied = Copy(notes=written.notes, evidence=written.evidence)
        if len(written.markdown) <= INPUT_CHARS:
            return copied
        session = written.session
        link = await self._file(click.tenant, written).link()
        dialog = f"copy:{session.id}:{secrets.token_hex(8)}"
        async with self._database.write(click.tenant) as work:
            if not await work.first_time(click):
                return None
            if not link:
                await work.enqueue(JobName.COPY_FILE, session=session.id, user=click.user, dialog=dialog)
        return replace(copied, link=link, dialog=dialog, file=FileState.READY if link else FileState.COMING)

    async def follow_with_file(self, job: Job) -> None:
        """Upload long notes as a file, and put its link into the modal. Who closed that is told. A job."""
        written = await self._read(job.tenant, job.session)
        try:
            link = await self._file(job.tenant, written).share(FILE_NAME, written.markdown)
        except errors.ThreadGone:
            await self._sessions.reroot(job, written.session)
            async with self._database.write(job.tenant) as work:
                await work.enqueue(JobName.COPY_FILE, at=work.now + _NEW_THREAD, **job.args)
            return
        except errors.SlackFault as fault:
            if fault.kind is FaultKind.TRANSIENT and not fault.lost:
                raise
            await self._without_file(job, written, fault)
            return
        copied = Copy(notes=written.notes, evidence=written.evidence, dialog=job.text("dialog"))
        copied = replace(copied, link=link, file=FileState.READY)
        await self._show_copy(job, written.session, copied, views.file_shared(written.session, link))

    async def give_up_file(self, job: Job) -> None:
        """Say in the modal that the file cannot be uploaded now. The notes in it are whole."""
        written = await self._read(job.tenant, job.session)
        await self._without_file(job, written, errors.SlackUnavailable())

    async def _without_file(self, job: Job, written: WrittenNotes, fault: errors.SlackFault) -> None:
        copied = Copy(notes=written.notes, evidence=written.evidence, dialog=job.text("dialog"))
        copied = replace(copied, file=FileState.REFUSED, why=fault.user_text)
        await self._show_copy(job, written.session, copied, views.file_refused(written.session, fault))

    async def _show_copy(self, job: Job, session: Session, copied: Copy, otherwise: Rendered) -> None:
        """Change the modal, or tell the person `otherwise` where it is not open any more."""
        try:
            shown = await self._slack.of(job.tenant).update_view(copied.dialog, views.copy_modal(copied))
        except errors.SlackFault as fault:
            if fault.kind is FaultKind.TRANSIENT:
                raise
            shown = False
        if not shown:
            await self._replies.inform(job.tenant, job.user, session.place, otherwise)

    def _file(self, tenant: Tenant, written: WrittenNotes) -> UploadedFile:
        key = f"file:{written.session.id}:{int(written.notes.at * 1000)}"
        return self._messages.of(tenant).file(key, written.session.place)

    async def pick_channel(self, click: Click) -> tuple[Session, ChannelId | None]:
        """Return the session whose notes are to be posted, and the likeliest channel."""
        session = (await self.read(click)).session
        async with self._database.read(click.tenant) as uow:
            setting = (await workspaces.get(uow)).notes_channel
        return session, session.notes_channel or setting or self._default_channel

    async def post(self, form: Submission, channel: ChannelId) -> None:
        """Have the notes put into a team channel. Done again, that message is updated."""
        session = (await self.read(form)).session
        (await self._members.standing(form)).check(Verb.POST, session)
        async with self._database.write(form.tenant) as work:
            await work.session(form.session)
            if await work.first_time(form):
                await work.enqueue(JobName.POST_NOTES, session=form.session, channel=channel, user=form.user)

    async def deliver(self, job: Job) -> None:
        """Post or update the notes in a team channel, and tell the person how it went. A job."""
        written = await self._read(job.tenant, job.session)
        session, record, channel = written.session, written.notes, ChannelId(job.text("channel"))
        if not channel:
            await self._by_itself(job)
            return
        drawn = await self._team_post(job, written)
        message = self._messages.of(job.tenant).state(_post_key(session.id, channel), Place(channel=channel))
        if job.args.get("follows"):
            await message.amend(drawn, int(record.at * 1000))
            return
        try:
            await message.show(drawn, int(record.at * 1000))
            answer = views.posted(channel)
        except errors.SlackFault as fault:
            if fault.kind is FaultKind.TRANSIENT:
                raise
            answer = views.not_posted(channel, fault)
        await self._replies.inform(job.tenant, job.user, session.place, answer)

    async def _by_itself(self, job: Job) -> None:
        """Have notes posted by themselves in the team channel that is set. Without one they are posted nowhere."""
        async with self._database.write(job.tenant) as work:
            channel = (await workspaces.get(work)).notes_channel or self._default_channel
            if channel is not None:
                await work.enqueue(JobName.POST_NOTES, session=job.session, channel=channel, user=job.user)

    async def _team_post(self, job: Job, written: WrittenNotes) -> Rendered:
        session, record = written.session, written.notes
        assert session.thread is not None
        link = await self._slack.of(job.tenant).permalink(session.channel, session.thread)
        spent = time_spent(session, self._database.clock())
        async with self._database.read(job.tenant) as uow:
            below = views.BelowNotes(
                push=(await standings(uow, [session.id])).get(session.id),
                evidence=written.evidence,
                ticket=await tickets.link(uow, session.id),
            )
        by = record.edited_by or record.stopped_by
        return views.team_post(
            session, record.text, spent, link, record.source, by, below, summarised=record.summarised
        )

    async def follow(self, job: Job) -> None:
        """Have what was posted in team channels say what the notes say now. A job."""
        start = _post_key(job.session, ChannelId(""))
        keys = await self._messages.of(job.tenant).keys(start)
        session = (await self._read(job.tenant, job.session)).session
        async with self._database.write(job.tenant) as work:
            for key in keys:
                channel = key.removeprefix(start)
                await work.enqueue(
                    JobName.POST_NOTES, session=session.id, channel=channel, user=session.owner, follows=True
                )

    async def _read(self, tenant: Tenant, session_id: SessionId) -> WrittenNotes:
        async with self._database.read(tenant) as uow:
            session = await rows.get(uow, session_id)
            record = await note_rows.get(uow, session_id)
            files = await evidence.of_session(uow, session_id)
        if session is None:
            raise errors.SessionMissing
        if record is None or not record.text:
            raise errors.NotesMissing
        return WrittenNotes(session=session, notes=record, evidence=files)


def _post_key(session: SessionId, channel: ChannelId) -> str:
    return f"post:{session}:{channel}"
