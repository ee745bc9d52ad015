"""Ticket notes: written into one message that is edited while the model streams, with two fallbacks."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import structlog

from bot import errors
from bot.domain.fences import split
from bot.domain.ids import SessionId
from bot.domain.incoming import Click
from bot.domain.jobs import Job
from bot.domain.notes import sections as rules
from bot.domain.notes.record import NotesRecord, NotesSource, NotesState
from bot.domain.rights import Verb
from bot.domain.sessions import Session, Status
from bot.jobs.queue import JobName
from bot.services.evidence import EvidenceReader
from bot.services.facts import Facts, facts_of
from bot.services.long.sessions import LongSessions
from bot.services.members import Members, Standing
from bot.services.memory.keeping import remember
from bot.services.notes.text import NotesText, Written
from bot.services.private_replies import PrivateReplies
from bot.services.redraws import notes_final
from bot.services.sessions import Sessions
from bot.services.stopping import Stops
from bot.services.tickets.pushing import standings
from bot.services.work import Work, WorkDatabase
from bot.slack.messages.live import PART_CHARS, Look, part_key
from bot.slack.messages.workspace import Messages, WorkspaceMessages
from bot.slack.views import notes as views
from bot.slack.views.kit import Rendered
from bot.storage import evidence as evidence_rows
from bot.storage import notes as note_rows
from bot.storage import sessions as rows
from bot.storage.database import UnitOfWork

GENERATIONS_A_MINUTE: Final = 20


async def begin_notes(work: Work, session: SessionId) -> None:
    """Have the notes written, from the start."""
    former = await note_rows.get(work, session)
    fresh = NotesRecord(
        session=session,
        state=NotesState.WAITING,
        text=former.text if former else "",
        source=former.source if former else NotesSource.STREAMED,
        generation=former.generation + 1 if former else 0,
        at=former.next_at(work.now) if former else work.now,
    )
    await note_rows.save(work, fresh)
    await work.enqueue(JobName.NOTES, session=session)


class NotesWriter:
    """Writes the ticket notes of resolved sessions."""

    def __init__(
        self,
        database: WorkDatabase,
        messages: Messages,
        sessions: Sessions,
        private: PrivateReplies,
        text: NotesText,
        stops: Stops,
        long_sessions: LongSessions,
        evidence: EvidenceReader,
        members: Members,
    ) -> None:
        self._members = members
        self._log = structlog.get_logger(__name__)
        self._database = database
        self._sessions = sessions
        self._private = private
        self._messages = messages
        self._text = text
        self._evidence = evidence
        self._stops = stops
        self._long = long_sessions

    async def regenerate(self, click: Click) -> None:
        """Write the notes anew, into the same message."""
        standing = await self._members.person(click)
        async with self._database.write(click.tenant) as work:
            session = await _owned(work, click, standing)
            record = await note_rows.get(work, session.id)
            if session.status is not Status.RESOLVED or record is None:
                raise errors.TransitionRefused
            if not await work.first_time(click) or record.state is not NotesState.FINAL:
                return
            await work.limit(click.user, "notes", GENERATIONS_A_MINUTE)
            await begin_notes(work, session.id)

    async def stop(self, click: Click) -> None:
        """End the writing where it is. What has been written is kept and put in order."""
        standing = await self._members.person(click)
        async with self._database.write(click.tenant) as work:
            session = await _owned(work, click, standing)
            record = await note_rows.get(work, session.id)
            if not await work.first_time(click) or record is None or record.state is NotesState.FINAL:
                return
            await note_rows.save(work, replace(record, stopped_by=click.user))
        self._stops.request(_key(session.id))

    async def write(self, job: Job) -> None:
        """Write the notes of a resolved session: stream, else whole, else assembled. A job, safe to run twice."""
        messages = self._messages.of(job.tenant)
        begun = await self._begin(job, messages)
        if begun is None:
            return
        facts, record = begun
        waited = job.waited(self._database.clock())
        facts = replace(facts, dialogue=await self._long.named(facts.dialogue), waited=waited)
        session = facts.session
        try:
            await self._write(job, messages, facts, record)
        except errors.ThreadGone:
            await self._sessions.reroot(job, session)  # the notes follow in the new thread
        except errors.CannotPost as fault:
            await self._write_unseen(job, facts, record, fault)

    async def _write_unseen(self, job: Job, facts: Facts, record: NotesRecord, fault: errors.CannotPost) -> None:
        """Write notes for which there is no place in the thread. They are in App Home, and their owner is told."""
        session = facts.session
        async with self._database.read(job.tenant) as uow:
            stored = await note_rows.get(uow, job.session)
        if stored is not None and stored.state is not NotesState.FINAL:
            wish = asyncio.Event()
            if record.stopped_by is not None:
                wish.set()
            written = await self._text.write(facts, None, wish)
            await self._keep(job, _with(record, written))
            await self._evidence.forget(job.tenant, session.id)
        told = views.not_shown(session, fault)
        await self._private.inform(job.tenant, session.owner, session.place, told)

    async def _write(self, job: Job, messages: WorkspaceMessages, facts: Facts, record: NotesRecord) -> None:
        session, key = facts.session, _key(job.session)
        async with messages.live(key, session.place, _look(facts)) as live:
            if record.state is not NotesState.FINAL:
                async with self._stops.running(key, lambda: self._stopped(job, record)) as wish:
                    if await self._stopped(job, record):  # also between the first sight of the button and here
                        wish.set()
                    written = await self._text.write(facts, live, wish)
                record = await self._keep(job, _with(record, written))
            if record.source is NotesSource.TRANSCRIPT:
                await self._attach_transcript(messages, facts, record)
            await self._evidence.forget(job.tenant, session.id)
            async with self._database.read(job.tenant) as uow:
                below = await below_notes(uow, job.session)
            await live.finish(record.text, partial(_last_word, session, record, below))

    async def _attach_transcript(self, messages: WorkspaceMessages, facts: Facts, record: NotesRecord) -> None:
        """Attach the conversation. When Slack takes no file it is in the thread all the same."""
        key = f"transcript:{facts.session.id}:{record.generation}"
        try:
            await messages.file(key, facts.session.place).share("transcript.md", rules.transcript(facts.history))
        except (errors.UploadRefused, errors.ScopeMissing, errors.SlackRefused) as fault:
            self._log.warning("transcript not attached", session=facts.session.id, error=fault.error)

    async def _stopped(self, job: Job, written: NotesRecord) -> bool:
        async with self._database.read(job.tenant) as uow:
            record = await note_rows.get(uow, job.session)
        return record is None or record.stopped_by is not None or record.generation != written.generation

    async def give_up(self, job: Job) -> None:
        """Show what the session itself knows as the notes, when writing them failed for good.

        Notes that are written and were only never shown as final are shown as they are.
        """
        messages = self._messages.of(job.tenant)
        left_open = await messages.left_open(_key(job.session))
        async with self._database.write(job.tenant) as work:
            await rows.lock(work, job.session)  # what is read here must not be changed before it is written
            record = await note_rows.get(work, job.session)
            facts = await facts_of(work, job.session, work.now)
            if record is None or facts is None or (record.state is NotesState.FINAL and not left_open):
                return
            if record.state is not NotesState.FINAL:
                record = _given_up(record, facts, record.next_at(work.now))
                await note_rows.save(work, record)
                await remember(work, facts.session.id)
                await work.redraw_home(facts.session.owner)
            below = await below_notes(work, job.session)
        try:
            await show_final(messages, facts.session, record, below)
        except errors.ThreadGone:
            await self._sessions.reroot(job, facts.session)
        except errors.CannotPost as fault:
            told = views.not_shown(facts.session, fault)
            await self._private.inform(job.tenant, facts.session.owner, facts.session.place, told)

    async def _begin(self, job: Job, messages: WorkspaceMessages) -> tuple[Facts, NotesRecord] | None:
        """Read what the notes are made of. It is None when there is nothing to do."""
        left_open = await messages.left_open(_key(job.session))
        async with self._database.read(job.tenant) as uow:  # a long history is not read while others wait to write
            facts = await facts_of(uow, job.session, self._database.clock())
        async with self._database.write(job.tenant) as work:
            await rows.lock(work, job.session)
            record = await note_rows.get(work, job.session)
            if record is None or facts is None or facts.session.thread is None:
                return None
            if record.state is NotesState.FINAL:
                return (facts, record) if left_open else None
            if facts.session.status is not Status.RESOLVED and record.state is not NotesState.WRITING:
                return None  # what a crash broke off is ended, whatever has become of the session
            record = replace(record, state=NotesState.WRITING)
            await note_rows.save(work, record)
        return facts, record

    async def _keep(self, job: Job, written: NotesRecord) -> NotesRecord:
        """Store the final notes before they are shown as final, and have them posted where the conclusion said."""
        async with self._database.write(job.tenant) as work:
            session = await work.session(job.session)
            record = await note_rows.get(work, session.id)
            if record is None or record.generation != written.generation:
                raise errors.Superseded
            if record.state is NotesState.FINAL:
                return record  # of two runs (one was taken for dead) the first to get here counts
            final = replace(
                record,
                state=NotesState.FINAL,
                text=written.text,
                source=written.source,
                summarised=written.summarised,
                at=record.next_at(work.now),
            )
            await note_rows.save(work, final)
            await remember(work, session.id)
            await work.redraw_home(session.owner)
            await notes_final(work, session, final)
        return final


def _with(record: NotesRecord, written: Written) -> NotesRecord:
    return replace(record, text=written.text, source=written.source, summarised=written.summarised)


async def _owned(work: Work, click: Click, standing: Standing) -> Session:
    session = await work.session(click.session)
    standing.check(Verb.WRITE_NOTES, session)
    return session


async def below_notes(uow: UnitOfWork, session: SessionId) -> views.BelowNotes:
    """Read what stands below the finished notes of a session."""
    return views.BelowNotes(
        push=(await standings(uow, [session])).get(session),
        evidence=await evidence_rows.of_session(uow, session),
        generation=record.generation if (record := await note_rows.get(uow, session)) is not None else None,
    )


async def show_final(
    messages: WorkspaceMessages, session: Session, record: NotesRecord, below: views.BelowNotes
) -> None:
    """Show notes as they are stored, in as many messages as they need and no more."""
    drawn = _last_word(session, record, below, split(record.text, PART_CHARS))
    for number, message in enumerate(drawn):
        part = messages.state(part_key(_key(session.id), number), session.place)
        await part.show(message, int(record.at * 1000))
    number = len(drawn)
    while await messages.state(part_key(_key(session.id), number)).remove():
        number += 1


def _key(session: SessionId) -> str:
    return f"notes:{session}"


def _look(facts: Facts) -> Look:
    session = facts.session
    return Look(
        placeholder=views.placeholder(session),
        writing=lambda text, part, last: views.writing(session, text, part, last),
        shape=partial(rules.preview, language=facts.house.headings),
    )


def _given_up(record: NotesRecord, facts: Facts, at: float) -> NotesRecord:
    own = facts.assembled()
    text, source = (
        (rules.render(own, facts.house.headings), NotesSource.ASSEMBLED) if own else ("", NotesSource.TRANSCRIPT)
    )
    return replace(record, state=NotesState.FINAL, text=text, source=source, at=at)


def _last_word(session: Session, record: NotesRecord, below: views.BelowNotes, parts: Sequence[str]) -> list[Rendered]:
    if not record.text:
        return [views.failed(session)]
    return [
        views.final(
            session,
            part,
            record.source,
            record.edited_by or record.stopped_by,
            below,
            summarised=record.summarised,
            first=number == 0,
            last=number == len(parts) - 1,
        )
        for number, part in enumerate(parts)
    ]
