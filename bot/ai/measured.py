"""A provider whose calls are counted: time, first text, tokens, how they ended, and what they cost."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from bot import tracing
from bot.ai.prices import TokenCounts, price_list
from bot.ai.provider import Done, Event, Prompt, Provider
from bot.errors import ModelFault
from bot.metrics import Metrics

BROKEN_OFF: Final = "broken_off"
"""How a request ended that nobody waited for to its end: a person stopped it, or it took too long."""


class MeasuredProvider:
    """Hands everything on to the provider it stands for, and measures what comes back."""

    def __init__(self, provider: Provider, metrics: Metrics) -> None:
        self.name = provider.name
        self.provider = provider
        self._metrics = metrics
        self._prices: dict[str, Callable[[str, TokenCounts], float]] = {}

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Event, None]:
        """Yield the reply as it is written."""
        missing: str | None = "cut"  # how it ended when nothing says so
        span, reference = self._begin(prompt), ""
        try:
            async with aclosing(self.provider.stream(prompt)) as events:
                async for event in events:
                    if isinstance(event, Done):
                        missing = None
                        event = await self._counted(prompt, event, span)
                    yield event
        except ModelFault as fault:
            missing, reference = type(fault).__name__, fault.request_id
            raise
        except (GeneratorExit, asyncio.CancelledError):
            missing = missing and BROKEN_OFF
            raise
        finally:
            if missing is not None:
                self._ended(prompt, missing, span, reference)

    async def complete(self, prompt: Prompt) -> tuple[str, Done]:
        """Return the whole reply of a request that does not stream."""
        span = self._begin(prompt)
        try:
            text, done = await self.provider.complete(prompt)
        except ModelFault as fault:
            self._ended(prompt, type(fault).__name__, span, fault.request_id)
            raise
        except asyncio.CancelledError:
            self._ended(prompt, BROKEN_OFF, span)
            raise
        return text, await self._counted(prompt, done, span)

    async def warm(self) -> None:
        """Have the provider warm itself, and load the price list beside it."""
        await self._price_list(self.name)
        await self.provider.warm()

    async def close(self) -> None:
        """Release connections."""
        await self.provider.close()

    def _begin(self, prompt: Prompt) -> tracing.TraceSpan:
        return tracing.begin("model", provider=self.name, use=prompt.use, session=prompt.session)

    def _ended(self, prompt: Prompt, result: str, span: tracing.TraceSpan, request_id: str = "") -> None:
        span.end(result=result, request=request_id)
        self._metrics.model_calls.labels(self.name, prompt.use, result).inc()

    async def _price_list(self, provider: str) -> Callable[[str, TokenCounts], float]:
        if provider not in self._prices:
            self._prices[provider] = await asyncio.to_thread(price_list, provider)
        return self._prices[provider]

    async def _counted(self, prompt: Prompt, done: Done, span: tracing.TraceSpan) -> Done:
        """Count a call that has ended, and say what it cost."""
        metrics, usage, use = self._metrics, done.usage, prompt.use
        self._ended(prompt, done.stop, span, done.request_id)
        metrics.model_seconds.labels(self.name, use).observe(usage.seconds)
        if usage.first_text is not None:
            metrics.model_first_text.labels(self.name, use).observe(usage.first_text)
        for kind in ("input", "output", "cache_read", "cache_write"):
            metrics.model_tokens.labels(use, kind).inc(getattr(usage, kind))
        price = await self._price_list(done.provider or self.name)
        cost = price(done.model, usage)
        metrics.model_cost.labels(use).inc(cost)
        return replace(done, cost=cost)
