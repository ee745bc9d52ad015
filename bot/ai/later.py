"""A provider whose SDK is loaded beside the start: that takes longer than everything else before the app is ready."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from bot.ai.provider import Done, Event, Prompt, Provider


class Later:
    """Builds the provider it stands for in a thread, once, when it is warmed or first asked."""

    def __init__(self, name: str, build: Callable[[], Provider]) -> None:
        self.name = name
        self._build = build
        self._provider: Provider | None = None
        self._building = asyncio.Lock()

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Event, None]:
        """Yield the reply as it is written. Close the generator to abandon it."""
        provider = await self._built()
        async with aclosing(provider.stream(prompt)) as events:
            async for event in events:
                yield event

    async def complete(self, prompt: Prompt) -> tuple[str, Done]:
        """Return the whole reply of a request that does not stream."""
        return await (await self._built()).complete(prompt)

    async def warm(self) -> None:
        """Build the provider, and have it warm itself."""
        await (await self._built()).warm()

    async def close(self) -> None:
        """Release connections, if there can be any."""
        if self._provider is not None:
            await self._provider.close()

    async def _built(self) -> Provider:
        async with self._building:
            if self._provider is None:
                self._provider = await asyncio.to_thread(self._build)
            return self._provider
