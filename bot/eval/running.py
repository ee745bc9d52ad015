"""Having models write the notes of all sessions, and adding up what they are worth."""

import asyncio
import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Final

from bot.ai.prices import TokenCounts
from bot.ai.provider import Done, Prompt, Provider, Usage
from bot.domain.reply.reader import ReplyReader
from bot.errors import ModelFault
from bot.eval.field import FieldSession
from bot.eval.holding import hold
from bot.eval.scoring import Score, score

AT_ONCE: Final = 4
"""Sessions that are held at one time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A model with a system text."""

    name: str
    provider: Provider
    system: str
    prompt: str = "built in"
    """What the system text is called."""
    price: Callable[[str, TokenCounts], float] = field(default=lambda _model, _usage: 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionResult:
    """What became of one session."""

    session: str
    score: Score
    usage: Usage = field(default_factory=Usage)
    """Of the reply and the notes together. The time to the first text is that of the notes."""
    cost: float = 0.0
    fault: str = ""
    """Why there are no notes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTally:
    """What a candidate is worth over all sessions."""

    candidate: str
    prompt: str
    results: Sequence[SessionResult]

    @property
    def recall(self) -> float:
        """The share of the facts that are in the notes."""
        facts = sum(one.score.facts for one in self.results)
        return 1 - sum(len(one.score.missing) for one in self.results) / facts if facts else 0.0

    @property
    def wrong(self) -> int:
        """How many things are in the notes that must not be there."""
        return sum(len(one.score.wrong) for one in self.results)

    @property
    def sections(self) -> int:
        """Of how many sessions the notes have exactly the four headings."""
        return sum(one.score.sections for one in self.results)

    @property
    def faults(self) -> int:
        """For how many sessions there are no notes."""
        return sum(bool(one.fault) for one in self.results)

    @property
    def usage(self) -> Usage:
        """The tokens of all of them."""
        total = Usage()
        for one in self.results:
            total = _sum(total, one.usage)
        return total

    @property
    def cost(self) -> float:
        """What all of them cost, in dollars."""
        return sum(one.cost for one in self.results)

    @property
    def first_text(self) -> float | None:
        """The median time to the first text of the notes, in seconds."""
        times = [one.usage.first_text for one in self.results if one.usage.first_text is not None]
        return statistics.median(times) if times else None


async def evaluate(candidate: Candidate, sessions: Mapping[str, FieldSession]) -> ModelTally:
    """Have a candidate write the notes of all sessions. One that fails costs its session, not the others."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(name: str, session: FieldSession) -> SessionResult:
        async with places:
            return await _held(candidate, name, session)

    results = await asyncio.gather(*(one(name, session) for name, session in sessions.items()))
    return ModelTally(candidate=candidate.name, prompt=candidate.prompt, results=results)


async def _held(candidate: Candidate, name: str, session: FieldSession) -> SessionResult:
    """Ask for an answer, which fills the cache as it does in the app, and then for the notes."""
    held = hold(name, session)
    try:
        _, reply = await _written(candidate.provider, held.reply(candidate.system))
        notes, done = await _written(candidate.provider, held.notes(candidate.system))
    except ModelFault as fault:
        missing = Score(facts=len(session.facts), missing=tuple(session.facts), sections=False)
        return SessionResult(session=name, score=missing, fault=type(fault).__name__)
    usage = replace(_sum(reply.usage, done.usage), first_text=done.usage.first_text)
    cost = sum(candidate.price(one.model, one.usage) for one in (reply, done))
    return SessionResult(session=name, score=score(session, notes), usage=usage, cost=cost)


async def _written(provider: Provider, prompt: Prompt) -> tuple[str, Done]:
    """Read the prose of a reply to its end."""
    reader = ReplyReader()
    done = None
    async with aclosing(provider.stream(prompt)) as events:
        async for event in events:
            if isinstance(event, Done):
                done = event
            elif text := getattr(event, "text", ""):
                reader.feed(text)
    reply = reader.finish()
    if done is None or reply is None:
        raise ModelFault
    return reply.prose, done


def _sum(one: Usage, other: Usage) -> Usage:
    names = ("input", "output", "cache_read", "cache_write", "seconds")
    return Usage(**{name: getattr(one, name) + getattr(other, name) for name in names})
