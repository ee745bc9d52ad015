"""Notes in the hands of people: edited, restored, and drawn again as they stand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot import errors
from bot.domain import safety
from bot.domain.incoming import Click, Incoming, Submission
from bot.domain.jobs import Job
from bot.domain.notes import sections as rules
from bot.domain.notes.record import NotesRecord, NotesSource, NotesState, NotesVersion
from bot.domain.rights import Verb
from bot.domain.sessions import Session
from bot.services.members import Members, Standing
from bot.services.memory.keeping import remember
from bot.services.notes.write import below_notes, show_final
from bot.services.redraws import notes_changed
from bot.services.work import Work, WorkDatabase
from bot.slack.messages.workspace import Messages
from bot.storage import notes as rows
from bot.storage import sessions as session_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Editable:
    """Notes as they are opened to be edited or looked through."""

    session: Session
    record: NotesRecord
    versions: Sequence[NotesVersion] = ()


class EditedNotes:
    """Keeps what people make of notes: each change is a version, and nothing that was written is lost."""

    def __init__(self, database: WorkDatabase, messages: Messages, members: Members) -> None:
        self._members = members
        self._database = database
        self._messages = messages

    async def open(self, click: Click) -> Editable:
        """Return the notes with all their versions. Raises what says why they cannot be edited."""
        standing = await self._members.person(click)
        async with self._database.read(click.tenant) as uow:
            session = await session_rows.get(uow, click.session)
            record = await rows.get(uow, click.session)
            versions = await rows.versions(uow, click.session)
        if session is None:
            raise errors.SessionMissing
        standing.check(Verb.WRITE_NOTES, session)
        if record is None or not record.text:
            raise errors.NotesMissing
        return Editable(session=session, record=record, versions=versions)

    async def save(self, form: Submission, bodies: Sequence[str]) -> None:
        """Store the four sections as a person has written them, as a new version."""
        written = rules.of_bodies([safety.redact(body).text for body in bodies])
        standing = await self._members.person(form)
        async with self._database.write(form.tenant) as work:
            record = await rows.get(work, form.session)
            text = rules.render(written, rules.language_of(record.text if record is not None else ""))
            await self._replace(work, form, standing, text)

    async def restore(self, click: Click) -> Editable:
        """Make an earlier version the newest one, and return the notes as they are then."""
        standing = await self._members.person(click)
        async with self._database.write(click.tenant) as work:
            wanted = next((v for v in await rows.versions(work, click.session) if str(v.number) == click.task), None)
            if wanted is None:
                raise errors.NotesMissing
            await self._replace(work, click, standing, wanted.text)
        return await self.open(click)

    async def _replace(self, work: Work, incoming: Incoming, standing: Standing, text: str) -> None:
        session = await work.session(incoming.session)
        standing.check(Verb.WRITE_NOTES, session)
        record = await rows.get(work, session.id)
        if record is None or record.state is not NotesState.FINAL:
            raise errors.NotesMissing
        if not await work.first_time(incoming):
            return
        await rows.save(work, record)  # notes from before there were versions become the first one
        changed = replace(
            record,
            text=text,
            source=NotesSource.EDITED,
            stopped_by=None,
            edited_by=incoming.user,
            at=record.next_at(work.now),
        )
        await rows.save(work, changed)
        await remember(work, session.id)
        await notes_changed(work, session)

    async def show(self, job: Job) -> None:
        """Draw finished notes as they stand now. A job."""
        async with self._database.read(job.tenant) as uow:
            session = await session_rows.get(uow, job.session)
            record = await rows.get(uow, job.session)
            below = await below_notes(uow, job.session)
        if session is None or session.thread is None or record is None or record.state is not NotesState.FINAL:
            return
        await show_final(self._messages.of(job.tenant), session, record, below)
