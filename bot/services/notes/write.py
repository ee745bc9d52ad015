"""Ticket notes: written into one message that is edited while the model streams, with two fallbacks."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from bot import errors
from bot.ai.provider import Provider
from bot.domain.ids import SessionId, Tenant
from bot.domain.markdown.fences import split
from bot.domain.notes import sections as rules
from bot.domain.notes.record import NotesRecord, NotesSource, NotesState
from bot.domain.sessions import Session, Status, time_spent
from bot.jobs.queue import Job, JobName
from bot.services.notes.share import posting
from bot.services.notes.text import Facts, NotesText, assembled
from bot.services.stopping import Stops
from bot.services.tools import TALK, WRITTEN, By, Tools, existing, first_time, redraw_home, thread_of
from bot.slack.messages.live import PART_CHARS, Look, part_key
from bot.slack.views import notes as views
from bot.slack.views.kit import Rendered
from bot.storage import lanes, limits, turns
from bot.storage import notes as note_rows
from bot.storage import sessions as rows
from bot.storage.database import UnitOfWork

GENERATIONS_A_MINUTE: Final = 20


class Notes:
    """Writes, shows and posts the ticket notes of resolved sessions."""

    def __init__(self, tools: Tools, provider: Provider, stops: Stops) -> None:
        self._tools = tools
        self._text = NotesText(tools, provider)
        self._stops = stops

    async def enqueue(self, uow: UnitOfWork, tenant: Tenant, session: SessionId) -> None:
        """Have the notes written, from the start."""
        record, now = await note_rows.get(uow, tenant, session), self._tools.clock()
        generation = record.generation + 1 if record else 0
        fresh = NotesRecord(
            session=session,
            state=NotesState.WAITING,
            text=record.text if record else "",
            source=record.source if record else NotesSource.STREAMED,
            generation=generation,
            at=record.next_at(now) if record else now,
        )
        await note_rows.save(uow, tenant, fresh)
        job = Job(
            name=JobName.NOTES,
            tenant=tenant,
            args={"session": session},
            lock=f"{TALK}:{session}",
            priority=WRITTEN,
        )
        await self._tools.queue.enqueue(uow, job)

    async def regenerate(self, tenant: Tenant, by: By, session_id: SessionId) -> None:
        """Write the notes anew, into the same message."""
        async with self._tools.database.write() as uow:
            session = await existing(uow, tenant, session_id)
            if session.owner != by.user:
                raise errors.NotTheOwner
            record = await note_rows.get(uow, tenant, session_id)
            if session.status is not Status.RESOLVED or record is None:
                raise errors.TransitionRefused
            if not await first_time(self._tools, uow, tenant, by) or record.state is not NotesState.FINAL:
                return
            wait = await limits.take(
                uow,
                tenant,
                by.user,
                "notes",
                limit=GENERATIONS_A_MINUTE,
                window=60.0,
                now=self._tools.clock(),
            )
            if wait is not None:
                raise errors.TryAgainLater(wait)
            await self.enqueue(uow, tenant, session_id)

    async def stop(self, tenant: Tenant, by: By, session_id: SessionId) -> None:
        """End the writing where it is; what has been written is kept and put in order."""
        async with self._tools.database.write() as uow:
            session = await existing(uow, tenant, session_id)
            if session.owner != by.user:
                raise errors.NotTheOwner
            record = await note_rows.get(uow, tenant, session_id)
            if not await first_time(self._tools, uow, tenant, by):
                return
            if record is None or record.state is NotesState.FINAL:
                return
            await note_rows.save(uow, tenant, replace(record, stopped_by=by.user))
        self._stops.request(f"notes:{session_id}")

    async def write(self, tenant: Tenant, session_id: SessionId) -> None:
        """Write the notes of a resolved session: stream, else whole, else assembled. A job, safe to run twice."""
        begun = await self._begin(tenant, session_id)
        if begun is None:
            return
        facts, record = begun
        session = facts.session
        look = Look(
            placeholder=views.placeholder(session),
            writing=lambda text, part, last: views.writing(session, text, part, last),
            shape=rules.preview,
        )
        place = thread_of(session)
        async with self._tools.live.open(tenant, f"notes:{session_id}", place, look) as live:
            if record.state is not NotesState.FINAL:
                async with self._stops.running(f"notes:{session_id}", lambda: self._stopped(tenant, record)) as wish:
                    if record.stopped_by is not None:
                        wish.set()
                    text, source = await self._text.write(tenant, facts, live, wish)
                record = await self._keep(tenant, record, text, source)
            if record.source is NotesSource.TRANSCRIPT:
                await self._tools.slack.upload(tenant, place, "transcript.md", rules.transcript(facts.history))
            await live.finish(record.text, partial(_last_word, session, record))

    async def _stopped(self, tenant: Tenant, written: NotesRecord) -> bool:
        async with self._tools.database.read() as uow:
            record = await note_rows.get(uow, tenant, written.session)
        return record is None or record.stopped_by is not None or record.generation != written.generation

    async def give_up(self, tenant: Tenant, session_id: SessionId) -> None:
        """Show what the session itself knows as the notes, when writing them failed for good.

        Notes that are written and were only never shown as final are shown as they are.
        """
        left = await self._tools.live.left_open(tenant, f"notes:{session_id}")
        async with self._tools.database.write() as uow:
            await rows.lock(uow, tenant, session_id)  # what is read here must not be changed before it is written
            record = await note_rows.get(uow, tenant, session_id)
            facts = await self._facts(uow, tenant, session_id)
            if record is None or facts is None or (record.state is NotesState.FINAL and not left):
                return
            if record.state is not NotesState.FINAL:
                record = _given_up(record, facts, record.next_at(self._tools.clock()))
                await note_rows.save(uow, tenant, record)
                await redraw_home(self._tools, uow, tenant, facts.session.owner)
        await self._show(tenant, facts.session, record)

    async def _show(self, tenant: Tenant, session: Session, record: NotesRecord) -> None:
        """Show notes as they are stored, in as many messages as they need and no more."""
        messages = _last_word(session, record, split(record.text, PART_CHARS))
        for number, message in enumerate(messages):
            key = part_key(f"notes:{session.id}", number)
            await self._tools.board.show(tenant, key, thread_of(session), message, record.generation + 1)
        number = len(messages)
        while await self._tools.board.remove(tenant, part_key(f"notes:{session.id}", number)):
            number += 1

    async def _begin(self, tenant: Tenant, session_id: SessionId) -> tuple[Facts, NotesRecord] | None:
        """Read what the notes are made of; None when there is nothing to do."""
        left = await self._tools.live.left_open(tenant, f"notes:{session_id}")
        async with self._tools.database.read() as uow:  # a long history is not read while others wait to write
            facts = await self._facts(uow, tenant, session_id)
        async with self._tools.database.write() as uow:
            await rows.lock(uow, tenant, session_id)
            record = await note_rows.get(uow, tenant, session_id)
            if record is None or facts is None or facts.session.thread is None:
                return None
            if record.state is NotesState.FINAL:
                return (facts, record) if left else None
            if facts.session.status is not Status.RESOLVED and record.state is not NotesState.WRITING:
                return None  # what a crash broke off is ended, whatever has become of the session
            record = replace(record, state=NotesState.WRITING)
            await note_rows.save(uow, tenant, record)
        return facts, record

    async def _facts(self, uow: UnitOfWork, tenant: Tenant, session_id: SessionId) -> Facts | None:
        session = await rows.get(uow, tenant, session_id)
        if session is None:
            return None
        return Facts(
            session=session,
            history=tuple(await turns.history(uow, tenant, session_id)),
            lane=await lanes.load(uow, tenant, session_id),
            handled=tuple(await lanes.handled(uow, tenant, session_id)),
            time_spent=time_spent(session, self._tools.clock()),
        )

    async def _keep(self, tenant: Tenant, written: NotesRecord, text: str, source: NotesSource) -> NotesRecord:
        """Store the final notes before they are shown as final, and have them posted where the conclusion said."""
        async with self._tools.database.write() as uow:
            session = await existing(uow, tenant, written.session)
            record = await note_rows.get(uow, tenant, written.session)
            if record is None or record.generation != written.generation:
                raise errors.Superseded
            if record.state is NotesState.FINAL:
                return record  # of two runs (one was taken for dead) the first to get here counts
            final = replace(
                record, state=NotesState.FINAL, text=text, source=source, at=record.next_at(self._tools.clock())
            )
            await note_rows.save(uow, tenant, final)
            await redraw_home(self._tools, uow, tenant, session.owner)
            if session.notes_channel is not None and text:
                job = posting(session.id, session.notes_channel, session.owner, tenant)
                await self._tools.queue.enqueue(uow, job)
        return final


def _given_up(record: NotesRecord, facts: Facts, at: float) -> NotesRecord:
    own = assembled(facts)
    text, source = (rules.render(own), NotesSource.ASSEMBLED) if own else ("", NotesSource.TRANSCRIPT)
    return replace(record, state=NotesState.FINAL, text=text, source=source, at=at)


def _last_word(session: Session, record: NotesRecord, parts: Sequence[str]) -> list[Rendered]:
    if not record.text:
        return [views.failed(session)]
    return [
        views.final(session, part, record.source, record.stopped_by, first=number == 0, last=number == len(parts) - 1)
        for number, part in enumerate(parts)
    ]
