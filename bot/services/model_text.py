"""Asking the model for a text about a session: streamed or whole, in good time, and counted."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import structlog

from bot import errors
from bot.ai.patient import Patience
from bot.ai.provider import Done, Prompt, Provider, Stop, Use
from bot.domain.reply.reader import ReplyReader
from bot.services.evidence import EvidenceReader
from bot.services.facts import Facts
from bot.services.long.sessions import LongSessions
from bot.services.stopping import Growing, show
from bot.services.work import WorkDatabase
from bot.slack.views.kit import Rendered
from bot.storage import usage

FILES_TAKE: Final = 10.0
"""Seconds for which files are waited for. Mostly all of them are held from the last answer."""
T = TypeVar("T")


class ModelText:
    """Asks for texts. One that has no good end is None, and the log says why."""

    def __init__(
        self,
        database: WorkDatabase,
        provider: Provider,
        evidence: EvidenceReader,
        long_sessions: LongSessions,
        patience: Patience,
    ) -> None:
        self._database = database
        self._long = long_sessions
        self._evidence = evidence
        self._provider = provider
        self.patience = patience
        self._log = structlog.get_logger(__name__)

    async def within(self, facts: Facts, use: Use, seconds: float, writing: Coroutine[Any, Any, T | None]) -> T | None:
        """Get a text in some way. It is None when that failed, or takes too long."""
        try:
            async with asyncio.timeout(seconds):
                return await writing
        except TimeoutError:
            self._failed(facts, use, "too_slow")
        except errors.ModelFault as fault:
            self._failed(facts, use, type(fault).__name__, fault.request_id)
        return None

    async def stream(
        self, facts: Facts, prompt: Prompt, live: Growing | None, wish: asyncio.Event, waiting: Rendered
    ) -> str | None:
        """Stream a text into a message. What is there when `wish` comes is all of it.

        Raises `ModelContextFull` when the request leaves no room for any text.
        """
        reader = ReplyReader()
        done = await show(self._provider.stream(prompt), live, reader, wish, waiting)
        await self._count(facts, prompt.use, done)
        if done is not None and done.stop is Stop.FULL and not reader.prose:
            raise errors.ModelContextFull(request_id=done.request_id)
        if wish.is_set():
            return reader.prose.strip() or None
        return self._judged(facts, prompt.use, reader, done)

    async def whole(self, facts: Facts, prompt: Prompt) -> str | None:
        """Get a text in one piece."""
        raw, done = await self._provider.complete(prompt)
        await self._count(facts, prompt.use, done)
        reader = ReplyReader()
        reader.feed(raw)
        return self._judged(facts, prompt.use, reader, done)

    async def asked(self, facts: Facts, use: Use, request: str) -> Prompt:
        """Make the request for a further text about a session, without the files as they are."""
        told = await self._evidence.tell(await self._long.named(facts.dialogue), FILES_TAKE)
        return facts.prompt(use, told.without_files(), request)

    def _judged(self, facts: Facts, use: Use, reader: ReplyReader, done: Done | None) -> str | None:
        stop = Stop.CUT if done is None or reader.cut else done.stop
        text = reader.prose.strip() if stop is Stop.COMPLETE else ""
        if not text:
            self._failed(facts, use, stop.value, done.request_id if done is not None else "")
        return text or None

    def _failed(self, facts: Facts, use: Use, fault: str, request_id: str = "") -> None:
        """Tell those who run the app that one way of writing a text has failed."""
        self._log.warning("text failed", kind=use, session=facts.session.id, fault=fault, reference=request_id)

    async def _count(self, facts: Facts, use: Use, done: Done | None) -> None:
        if done is None:
            return
        async with self._database.write(facts.tenant) as work:
            await usage.add(work, done.call(facts.session.id, use, self._provider.name, work.now, facts.session.owner))
