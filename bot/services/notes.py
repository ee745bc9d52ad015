"""Ticket notes: written into one message that is edited while the model streams, with two fallbacks."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, assert_never

import structlog

from bot import errors
from bot.ai.provider import Delta, Done, Message, Prompt, Provider, Stop, Use
from bot.domain import notes as rules
from bot.domain import prompts, safety
from bot.domain.fences import split
from bot.domain.ids import SessionId, Tenant
from bot.domain.lane import Lane, Task
from bot.domain.notes_record import NotesRecord, NotesSource, NotesState
from bot.domain.reply import SCHEMA, ReplyReader
from bot.domain.sessions import Session, Status, Turn, time_spent
from bot.jobs.queue import Job, JobName
from bot.services.finished import posting
from bot.services.streams import Stops, until
from bot.services.tools import TALK, WRITTEN, By, Tools, existing, first_time, redraw_home, thread_of
from bot.slack.live import PART_CHARS, LiveMessage, Look
from bot.slack.views import notes as views
from bot.slack.views.kit import Rendered
from bot.storage import lanes, limits, turns, usage
from bot.storage import notes as note_rows
from bot.storage import sessions as rows
from bot.storage.database import UnitOfWork

GENERATIONS_A_MINUTE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """Everything the notes are made of."""

    session: Session
    history: tuple[Turn, ...]
    lane: Lane
    handled: tuple[Task, ...]
    time_spent: float


class Notes:
    """Writes, shows and posts the ticket notes of resolved sessions."""

    def __init__(self, tools: Tools, provider: Provider, stops: Stops) -> None:
        self._tools = tools
        self._provider = provider
        self._stops = stops
        self._log = structlog.get_logger(__name__)

    async def enqueue(self, uow: UnitOfWork, tenant: Tenant, session: SessionId) -> None:
        """Have the notes written, from the start."""
        record = await note_rows.get(uow, tenant, session)
        generation = record.generation + 1 if record else 0
        fresh = NotesRecord(
            session=session,
            state=NotesState.WAITING,
            text=record.text if record else "",
            source=record.source if record else NotesSource.STREAMED,
            generation=generation,
            at=self._tools.clock(),
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
                with self._stops.running(f"notes:{session_id}") as wish:
                    if record.stopped_by is not None:
                        wish.set()
                    text, source = await self._text(tenant, facts, live, wish)
                record = await self._keep(tenant, record, text, source)
            if record.source is NotesSource.TRANSCRIPT:
                await self._tools.slack.upload(tenant, place, "transcript.md", rules.transcript(facts.history))
            await live.finish(record.text, partial(_last_word, session, record))

    async def give_up(self, tenant: Tenant, session_id: SessionId) -> None:
        """Keep what the session itself knows as the notes, when writing them into Slack failed for good."""
        async with self._tools.database.write() as uow:
            await rows.lock(uow, tenant, session_id)  # what is read here must not be changed before it is written
            record = await note_rows.get(uow, tenant, session_id)
            facts = await self._facts(uow, tenant, session_id)
            if record is None or facts is None or record.state is NotesState.FINAL:
                return
            assembled = _assembled(facts)
            text = rules.render(assembled) if assembled else ""
            source = NotesSource.ASSEMBLED if assembled else NotesSource.TRANSCRIPT
            await note_rows.save(uow, tenant, replace(record, state=NotesState.FINAL, text=text, source=source))
            await redraw_home(self._tools, uow, tenant, facts.session.owner)
        session = facts.session
        message = views.final(session, _parts(text)[0], source) if text else views.failed(session)
        revision = record.generation + 1
        await self._tools.board.show(tenant, f"notes:{session_id}", thread_of(session), message, revision)

    async def _begin(self, tenant: Tenant, session_id: SessionId) -> tuple[_Facts, NotesRecord] | None:
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
            if facts.session.status is not Status.RESOLVED:
                return None
            record = replace(record, state=NotesState.WRITING)
            await note_rows.save(uow, tenant, record)
        return facts, record

    async def _facts(self, uow: UnitOfWork, tenant: Tenant, session_id: SessionId) -> _Facts | None:
        session = await rows.get(uow, tenant, session_id)
        if session is None:
            return None
        return _Facts(
            session=session,
            history=tuple(await turns.history(uow, tenant, session_id)),
            lane=await lanes.load(uow, tenant, session_id),
            handled=tuple(await lanes.handled(uow, tenant, session_id)),
            time_spent=time_spent(session, self._tools.clock()),
        )

    async def _text(
        self, tenant: Tenant, facts: _Facts, live: LiveMessage, wish: asyncio.Event
    ) -> tuple[str, NotesSource]:
        """Get the notes from the first of the three ways that gives any."""
        prompt = self._prompt(facts)
        streamed = await self._stream(tenant, prompt, live, wish)
        if streamed is not None:
            return _exact(streamed, facts), NotesSource.STREAMED
        if not wish.is_set():
            whole = await self._whole(tenant, prompt)
            if whole is not None:
                return _exact(whole, facts), NotesSource.WHOLE
        assembled = _assembled(facts)
        if assembled is not None:
            return rules.render(assembled), NotesSource.ASSEMBLED
        return "", NotesSource.TRANSCRIPT

    def _prompt(self, facts: _Facts) -> Prompt:
        chat = prompts.chat(facts.history, facts.session.owner)
        request = prompts.notes_request(facts.session, facts.lane, facts.handled, facts.time_spent)
        return Prompt(
            use=Use.NOTES,
            system=prompts.SYSTEM,
            messages=[*(Message(role=r, text=t) for r, t in chat), Message(role="user", text=request)],
            schema=SCHEMA,
            session=facts.session.id,
        )

    async def _stream(self, tenant: Tenant, prompt: Prompt, live: LiveMessage, wish: asyncio.Event) -> str | None:
        """Stream the notes into the message; None when that failed before the end."""
        reader, done = ReplyReader(), None
        try:
            async with aclosing(until(self._provider.stream(prompt), wish)) as events:
                async for event in events:
                    match event:
                        case Delta(text=text):
                            live.show(reader.feed(text))
                        case Done():
                            done = event
                        case _:
                            assert_never(event)
        except errors.ModelFault as fault:
            self._log.warning("notes stream failed", session=prompt.session, fault=type(fault).__name__)
            return None
        await self._count(tenant, prompt, done)
        if wish.is_set():
            return reader.prose.strip() or None
        if done is None or done.stop is not Stop.COMPLETE:
            return None
        return reader.prose.strip() or None

    async def _whole(self, tenant: Tenant, prompt: Prompt) -> str | None:
        try:
            raw, done = await self._provider.complete(prompt)
        except errors.ModelFault as fault:
            self._log.warning("notes request failed", session=prompt.session, fault=type(fault).__name__)
            return None
        await self._count(tenant, prompt, done)
        if done.stop is not Stop.COMPLETE:
            return None
        reader = ReplyReader()
        reader.feed(raw)
        return reader.prose.strip() or None

    async def _count(self, tenant: Tenant, prompt: Prompt, done: Done | None) -> None:
        if done is None:
            return
        async with self._tools.database.write() as uow:
            await usage.add(
                uow,
                tenant,
                SessionId(prompt.session),
                use=prompt.use,
                done=done,
                provider=self._provider.name,
                at=self._tools.clock(),
            )

    async def _keep(self, tenant: Tenant, written: NotesRecord, text: str, source: NotesSource) -> NotesRecord:
        """Store the final notes before they are shown as final, and have them posted where the conclusion said."""
        async with self._tools.database.write() as uow:
            session = await existing(uow, tenant, written.session)
            record = await note_rows.get(uow, tenant, written.session)
            if record is None or record.generation != written.generation:
                raise errors.Superseded
            final = replace(record, state=NotesState.FINAL, text=text, source=source, at=self._tools.clock())
            await note_rows.save(uow, tenant, final)
            await redraw_home(self._tools, uow, tenant, session.owner)
            if session.notes_channel is not None and text:
                job = posting(session.id, session.notes_channel, session.owner, tenant)
                await self._tools.queue.enqueue(uow, job)
        return final


def _parts(text: str) -> list[str]:
    return split(text, PART_CHARS)


def _assembled(facts: _Facts) -> rules.Notes | None:
    return rules.assemble(facts.session, facts.lane, facts.handled)


def _exact(markdown: str, facts: _Facts) -> str:
    """Bring what the model wrote into the four sections, filled from the session's data where it left gaps."""
    return rules.render(rules.completed(rules.repair(safety.redact(markdown).text), _assembled(facts)))


def _last_word(session: Session, record: NotesRecord, parts: Sequence[str]) -> list[Rendered]:
    if not record.text:
        return [views.failed(session)]
    return [
        views.final(session, part, record.source, record.stopped_by, first=number == 0, last=number == len(parts) - 1)
        for number, part in enumerate(parts)
    ]
