"""Stopping a text that is being written: by a person, or because the session was concluded meanwhile."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager

from bot.ai.provider import Event


class Stops:
    """The texts being written in this process, each under a key, and the wish to end one."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Event] = {}

    @contextmanager
    def running(self, key: str) -> Iterator[asyncio.Event]:
        """Register a text for the time in which it is written."""
        wish = self._running[key] = asyncio.Event()
        try:
            yield wish
        finally:
            if self._running.get(key) is wish:
                del self._running[key]

    def request(self, key: str) -> bool:
        """Ask for the end of a text; False when nothing is being written under that key."""
        wish = self._running.get(key)
        if wish is None:
            return False
        wish.set()
        return True


async def until(events: AsyncGenerator[Event, None], wish: asyncio.Event) -> AsyncGenerator[Event, None]:
    """Pass a model's events on until the wish to stop comes, even while the model is silent; then close them."""
    stopped = asyncio.ensure_future(wish.wait())
    try:
        while not wish.is_set():
            upcoming = asyncio.ensure_future(anext(events, None))
            try:
                await asyncio.wait({upcoming, stopped}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not upcoming.done():
                    upcoming.cancel()
                    await asyncio.wait({upcoming})
            if upcoming.cancelled() or (event := upcoming.result()) is None:
                return
            yield event
    finally:
        stopped.cancel()
        await events.aclose()
