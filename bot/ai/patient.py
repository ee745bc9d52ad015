"""Providers in order: each is asked again while it is overloaded, then the next one, until the answer begins."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final

import structlog

from bot.ai.provider import Delta, Done, Event, Prompt, Provider, Use, Waiting
from bot.errors import ModelContextFull, ModelFault, ModelRefusedRequest

_LONGEST: Final = 60.0
"""The longest wait, in seconds, that a provider may ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long models are waited for, in seconds."""

    chat: float = 120.0
    """For how long the first provider is asked again for an answer."""
    notes: float = 30.0
    """The same for notes, which have other ways to be written."""
    others: float = 20.0
    """For how long each further provider is asked again."""
    said_after: float = 10.0
    """When who waits is told."""
    backoff: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 15.0)
    """Between two requests. The last value stays."""
    notes_streamed: float = 70.0
    """For the streaming of notes. What is not at its end by then is asked for as a whole."""
    notes_written: float = 90.0
    """For all ways of writing notes that ask a model. The rest of the 100 that a reader waits is for Slack."""

    def of(self, use: Use) -> float:
        """Say for how long the first provider is asked again."""
        return self.chat if use is Use.CHAT else self.notes

    def pauses(self) -> Iterator[float]:
        """Yield the pauses between requests, without an end."""
        yield from self.backoff
        while True:
            yield self.backoff[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Try:
    """One provider to be asked, and until when it is asked again."""

    provider: Provider
    until: float


class PatientProviders:
    """One or several providers as one. What has begun to answer is not asked again."""

    def __init__(
        self,
        providers: Sequence[Provider],
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        patience: Patience | None = None,
    ) -> None:
        self.providers = providers
        self._patience = patience or Patience()
        self._clock = clock
        self._sleep = sleep
        self.name = providers[0].name
        self._log = structlog.get_logger(__name__)

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Event, None]:
        """Yield the reply as it is written, and before it a `Waiting` once the wait has become long."""
        began = self._clock()
        told = False
        for trying in self._tries(prompt):
            for pause in self._patience.pauses():
                begun = False
                try:
                    async with aclosing(trying.provider.stream(prompt)) as events:
                        async for event in events:
                            begun = begun or isinstance(event, Delta)
                            yield _named(event, trying.provider)
                    return
                except ModelFault as fault:
                    if begun:
                        raise
                    wait = self._wait(fault, trying, pause)
                if wait is None:
                    break
                if not told and self._clock() + wait - began >= self._patience.said_after:
                    told = True
                    before = max(0.0, began + self._patience.said_after - self._clock())
                    await self._sleep(before)
                    yield Waiting()
                    wait -= min(wait, before)
                await self._sleep(wait)

    async def complete(self, prompt: Prompt) -> tuple[str, Done]:
        """Return the whole reply of a request that does not stream."""
        for trying in self._tries(prompt):
            for pause in self._patience.pauses():
                try:
                    text, done = await trying.provider.complete(prompt)
                except ModelFault as fault:
                    wait = self._wait(fault, trying, pause)
                else:
                    return text, replace(done, provider=trying.provider.name)
                if wait is None:
                    break
                await self._sleep(wait)
        raise AssertionError("unreachable")

    async def warm(self) -> None:
        """Warm the first one. The others build themselves when they are needed."""
        await self.providers[0].warm()

    async def close(self) -> None:
        """Release all connections."""
        for provider in self.providers:
            await provider.close()

    def _tries(self, prompt: Prompt) -> Iterator[_Try]:
        for number, provider in enumerate(self.providers):
            patience = self._patience.others if number else self._patience.of(prompt.use) - prompt.waited
            yield _Try(provider=provider, until=self._clock() + patience)

    def _wait(self, fault: ModelFault, trying: _Try, pause: float) -> float | None:
        """Say how long to wait before a provider is asked again. It is None when the next one is to be asked.

        The fault of the last one is raised, and at once one that no other provider would mend.
        """
        self._log.warning(
            "model fault",
            provider=trying.provider.name,
            fault=type(fault).__name__,
            reference=fault.request_id,
        )
        if isinstance(fault, ModelContextFull):
            raise fault
        wait = pause if fault.retry_after is None else min(max(fault.retry_after, pause), _LONGEST)
        if not isinstance(fault, ModelRefusedRequest) and self._clock() + wait <= trying.until:
            return wait
        if trying.provider is self.providers[-1]:
            raise fault
        return None


def _named(event: Event, provider: Provider) -> Event:
    """Say in the last event who has answered."""
    return replace(event, provider=provider.name) if isinstance(event, Done) else event
