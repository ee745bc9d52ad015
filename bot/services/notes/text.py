"""Getting the text of ticket notes: streamed, else whole, else put together from what the session knows."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from bot import errors
from bot.ai.provider import Done, Prompt, PromptMessage, Provider, Stop, Use
from bot.domain import prompts, safety
from bot.domain.ids import Tenant, UserId
from bot.domain.lane import Lane, Task
from bot.domain.notes import sections as rules
from bot.domain.notes.record import NotesSource
from bot.domain.reply.reader import SCHEMA, ReplyReader
from bot.domain.sessions import Session, Turn
from bot.services.stopping import show
from bot.services.work import WorkDatabase
from bot.slack.messages.live import LiveMessage
from bot.storage import usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything the notes are made of."""

    tenant: Tenant
    session: Session
    history: tuple[Turn, ...]
    lane: Lane
    handled: tuple[Task, ...]
    time_spent: float
    names: Mapping[UserId, str] = field(default_factory=dict)
    """How those are called who have written."""


class NotesText:
    """Writes the text of notes."""

    def __init__(self, database: WorkDatabase, provider: Provider) -> None:
        self._database = database
        self._provider = provider
        self._log = structlog.get_logger(__name__)

    async def write(self, facts: Facts, live: LiveMessage, wish: asyncio.Event) -> tuple[str, NotesSource]:
        """Get the notes from the first of the three ways that gives any."""
        streamed = await self._stream(facts, live, wish)
        if streamed is not None:
            return _exact(streamed, facts), NotesSource.STREAMED
        if not wish.is_set():
            whole = await self._whole(facts)
            if whole is not None:
                return _exact(whole, facts), NotesSource.WHOLE
        if (own := assembled(facts)) is not None:
            return rules.render(own), NotesSource.ASSEMBLED
        return "", NotesSource.TRANSCRIPT

    async def _stream(self, facts: Facts, live: LiveMessage, wish: asyncio.Event) -> str | None:
        """Stream the notes into the message. It is None when that failed before the end."""
        reader = ReplyReader()
        try:
            done = await show(self._provider.stream(_prompt(facts)), live, reader, wish)
        except errors.ModelFault as fault:
            self._log.warning("notes stream failed", session=facts.session.id, fault=type(fault).__name__)
            return None
        await self._count(facts, done)
        if wish.is_set():
            return reader.prose.strip() or None
        if done is None or done.stop is not Stop.COMPLETE:
            return None
        return reader.prose.strip() or None

    async def _whole(self, facts: Facts) -> str | None:
        try:
            raw, done = await self._provider.complete(_prompt(facts))
        except errors.ModelFault as fault:
            self._log.warning("notes request failed", session=facts.session.id, fault=type(fault).__name__)
            return None
        await self._count(facts, done)
        if done.stop is not Stop.COMPLETE:
            return None
        reader = ReplyReader()
        reader.feed(raw)
        return reader.prose.strip() or None

    async def _count(self, facts: Facts, done: Done | None) -> None:
        if done is None:
            return
        async with self._database.write(facts.tenant) as work:
            await usage.add(work, done.call(facts.session.id, Use.NOTES, self._provider.name, work.now))


def _prompt(facts: Facts) -> Prompt:
    chat = prompts.chat(facts.history, facts.session.owner, facts.names)
    request = prompts.notes_request(facts.session, facts.lane, facts.handled, facts.time_spent)
    return Prompt(
        use=Use.NOTES,
        system=prompts.SYSTEM,
        messages=[*(PromptMessage(role=r, text=t) for r, t in chat), PromptMessage(role="user", text=request)],
        schema=SCHEMA,
        session=facts.session.id,
    )


def assembled(facts: Facts) -> rules.Notes | None:
    """Put notes together without a model. It is None when nothing is known."""
    return rules.assemble(facts.session, facts.lane, facts.handled)


def _exact(markdown: str, facts: Facts) -> str:
    """Bring what the model wrote into the four sections, filled from the session's data where it left gaps."""
    return rules.render(rules.completed(rules.repair(safety.redact(markdown).text), assembled(facts)))
