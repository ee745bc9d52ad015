"""Getting the text of ticket notes: streamed, else whole, else put together from what the session knows."""

import asyncio
from dataclasses import dataclass

import structlog

from bot import errors
from bot.ai.provider import Done, Message, Prompt, Provider, Stop, Use
from bot.domain import prompts, safety
from bot.domain.ids import SessionId, Tenant
from bot.domain.lane import Lane, Task
from bot.domain.notes import sections as rules
from bot.domain.notes.record import NotesSource
from bot.domain.reply.reader import SCHEMA, ReplyReader
from bot.domain.sessions import Session, Turn
from bot.services.stopping import show
from bot.services.tools import Tools
from bot.slack.messages.live import LiveMessage
from bot.storage import usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything the notes are made of."""

    session: Session
    history: tuple[Turn, ...]
    lane: Lane
    handled: tuple[Task, ...]
    time_spent: float


class NotesText:
    """Writes the text of notes."""

    def __init__(self, tools: Tools, provider: Provider) -> None:
        self._tools = tools
        self._provider = provider
        self._log = structlog.get_logger(__name__)

    async def write(
        self, tenant: Tenant, facts: Facts, live: LiveMessage, wish: asyncio.Event
    ) -> tuple[str, NotesSource]:
        """Get the notes from the first of the three ways that gives any."""
        prompt = _prompt(facts)
        streamed = await self._stream(tenant, prompt, live, wish)
        if streamed is not None:
            return _exact(streamed, facts), NotesSource.STREAMED
        if not wish.is_set():
            whole = await self._whole(tenant, prompt)
            if whole is not None:
                return _exact(whole, facts), NotesSource.WHOLE
        if (own := assembled(facts)) is not None:
            return rules.render(own), NotesSource.ASSEMBLED
        return "", NotesSource.TRANSCRIPT

    async def _stream(self, tenant: Tenant, prompt: Prompt, live: LiveMessage, wish: asyncio.Event) -> str | None:
        """Stream the notes into the message; None when that failed before the end."""
        reader = ReplyReader()
        try:
            done = await show(self._provider.stream(prompt), live, reader, wish)
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


def _prompt(facts: Facts) -> Prompt:
    chat = prompts.chat(facts.history, facts.session.owner)
    request = prompts.notes_request(facts.session, facts.lane, facts.handled, facts.time_spent)
    return Prompt(
        use=Use.NOTES,
        system=prompts.SYSTEM,
        messages=[*(Message(role=r, text=t) for r, t in chat), Message(role="user", text=request)],
        schema=SCHEMA,
        session=facts.session.id,
    )


def assembled(facts: Facts) -> rules.Notes | None:
    """Put notes together without a model; None when nothing is known."""
    return rules.assemble(facts.session, facts.lane, facts.handled)


def _exact(markdown: str, facts: Facts) -> str:
    """Bring what the model wrote into the four sections, filled from the session's data where it left gaps."""
    return rules.render(rules.completed(rules.repair(safety.redact(markdown).text), assembled(facts)))
