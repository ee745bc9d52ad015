"""Getting the text of ticket notes: streamed, else whole, else put together from what the session knows."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

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
from bot.metrics import Metrics
from bot.services.stopping import show
from bot.services.work import WorkDatabase
from bot.slack.messages.live import LiveMessage
from bot.slack.views import notes as views
from bot.storage import usage

T = TypeVar("T")

STREAMED_WITHIN: Final = 70.0
"""Seconds for the streaming of notes. What is not at its end by then is asked for as a whole."""
WITHIN: Final = 90.0
"""Seconds for all ways that ask a model. The rest of the 100 that a reader waits at most is for Slack."""


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

    def __init__(self, database: WorkDatabase, provider: Provider, metrics: Metrics) -> None:
        self._database = database
        self._provider = provider
        self._metrics = metrics
        self._log = structlog.get_logger(__name__)

    async def write(self, facts: Facts, live: LiveMessage | None, wish: asyncio.Event) -> tuple[str, NotesSource]:
        """Get the notes from the first of the three ways that gives any, within `WITHIN` seconds.

        Without a message nobody sees them grow.
        """
        written = await self._within(facts, WITHIN, self._by_model(facts, live, wish))
        if written is not None:
            return written
        if (own := assembled(facts)) is not None:
            return rules.render(own), NotesSource.ASSEMBLED
        return "", NotesSource.TRANSCRIPT

    async def _by_model(
        self, facts: Facts, live: LiveMessage | None, wish: asyncio.Event
    ) -> tuple[str, NotesSource] | None:
        streamed = await self._within(facts, STREAMED_WITHIN, self._stream(facts, live, wish))
        if streamed is not None:
            return _exact(streamed, facts), NotesSource.STREAMED
        whole = None if wish.is_set() else await self._within(facts, WITHIN, self._whole(facts))
        return None if whole is None else (_exact(whole, facts), NotesSource.WHOLE)

    async def _within(self, facts: Facts, seconds: float, writing: Coroutine[Any, Any, T | None]) -> T | None:
        """Get the notes in some way. It is None when that failed, or takes too long."""
        try:
            async with asyncio.timeout(seconds):
                return await writing
        except TimeoutError:
            self._failed(facts, "too_slow")
        except errors.ModelFault as fault:
            self._failed(facts, type(fault).__name__, fault.request_id)
        return None

    async def _stream(self, facts: Facts, live: LiveMessage | None, wish: asyncio.Event) -> str | None:
        """Stream the notes into the message. It is None when they have no good end."""
        reader = ReplyReader()
        done = await show(self._provider.stream(_prompt(facts)), live, reader, wish, views.waiting(facts.session))
        await self._count(facts, done)
        if wish.is_set():
            return reader.prose.strip() or None
        return self._judged(facts, reader, done)

    async def _whole(self, facts: Facts) -> str | None:
        raw, done = await self._provider.complete(_prompt(facts))
        await self._count(facts, done)
        reader = ReplyReader()
        reader.feed(raw)
        return self._judged(facts, reader, done)

    def _judged(self, facts: Facts, reader: ReplyReader, done: Done | None) -> str | None:
        stop = Stop.CUT if done is None or reader.cut else done.stop
        text = reader.prose.strip() if stop is Stop.COMPLETE else ""
        if text:
            self._metrics.model.labels(Use.NOTES, Stop.COMPLETE.value).inc()
        else:
            self._failed(facts, stop.value, done.request_id if done is not None else "")
        return text or None

    def _failed(self, facts: Facts, fault: str, request_id: str = "") -> None:
        """Tell those who run the app that one way of writing the notes has failed."""
        self._metrics.model.labels(Use.NOTES, fault).inc()
        self._log.warning("notes failed", session=facts.session.id, fault=fault, reference=request_id)

    async def _count(self, facts: Facts, done: Done | None) -> None:
        if done is None:
            return
        async with self._database.write(facts.tenant) as work:
            await usage.add(
                work, done.call(facts.session.id, Use.NOTES, self._provider.name, work.now, facts.session.owner)
            )


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
