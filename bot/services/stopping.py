"""A text that is being written: shown as the model sends it, and stopped by a person or a conclusion meanwhile."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any, Final, Protocol, TypeVar, assert_never

from bot import errors
from bot.ai.provider import Delta, Done, Event, Waiting
from bot.domain.reply.reader import ReplyReader
from bot.slack.views.kit import Rendered

LOOKS: Final = 1.0
"""Seconds between two looks at whether an end was asked for in another replica."""
T = TypeVar("T")


class Growing(Protocol):
    """What shows a text that grows: a message, or several of them."""

    def show(self, text: str) -> None:
        """Take the text that comes next. Never waits."""
        ...

    async def wait(self, placeholder: Rendered) -> None:
        """Say why there is no text yet."""
        ...


class Stops:
    """The texts being written in this process, each under a key, and the wish to end one."""

    def __init__(self, *, shared: bool, every: float = LOOKS) -> None:
        """With a `shared` database the wish may be uttered in another replica: it is looked for so often."""
        self._shared = shared
        self._every = every
        self._running: dict[str, asyncio.Event] = {}

    @asynccontextmanager
    async def running(self, key: str, wanted: Callable[[], Awaitable[bool]]) -> AsyncIterator[asyncio.Event]:
        """Register a text for the time in which it is written. `wanted` reads whether its end was asked for."""
        wish = self._running[key] = asyncio.Event()
        looking = asyncio.ensure_future(_look(wish, wanted, self._every)) if self._shared else None
        try:
            yield wish
        finally:
            if self._running.get(key) is wish:
                del self._running[key]
            if looking is not None:
                looking.cancel()
                await asyncio.wait({looking})

    def request(self, key: str) -> bool:
        """Ask for the end of a text. It is False when nothing is being written under that key in this process."""
        wish = self._running.get(key)
        if wish is None:
            return False
        wish.set()
        return True


async def _look(wish: asyncio.Event, wanted: Callable[[], Awaitable[bool]], every: float) -> None:
    while not wish.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(every):
                await wish.wait()
        with suppress(errors.StorageUnavailable):
            if await wanted():
                wish.set()


async def show(
    events: AsyncGenerator[Event, None],
    live: Growing | None,
    reader: ReplyReader,
    wish: asyncio.Event,
    waiting: Rendered,
) -> Done | None:
    """Show what a model writes while it comes, and `waiting` when that takes long.

    Return how it ended, None when it broke off or was stopped.
    """
    done: Done | None = None
    async with aclosing(until(events, wish)) as wanted:
        async for event in wanted:
            match event:
                case Delta(text=text):
                    prose = reader.feed(text)
                    if live is not None:
                        live.show(prose)
                case Done():
                    done = event
                case Waiting():
                    if live is not None:
                        await live.wait(waiting)
                case _:
                    assert_never(event)
    return done


async def until(events: AsyncGenerator[Event, None], wish: asyncio.Event) -> AsyncGenerator[Event, None]:
    """Pass a model's events on until the wish to stop comes, even while the model is silent. Then close them."""
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


async def unless(wish: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Do something, or let go of it once the wish to stop comes. Then it is None."""
    doing, stopped = asyncio.ensure_future(work), asyncio.ensure_future(wish.wait())
    try:
        await asyncio.wait({doing, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return doing.result() if doing.done() else None
    finally:
        stopped.cancel()
        if not doing.done():
            doing.cancel()
            await asyncio.wait({doing})
