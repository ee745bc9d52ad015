"""Bounds on how long a stream may take, as a whole and between two of its events."""

import asyncio
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Within(Generic[T]):
    """An async iterator that raises TimeoutError once its stream takes longer than it may.

    Each step is bounded by itself: a timeout that stays open while an async generator is suspended
    would cancel whoever consumes it.
    """

    def __init__(self, events: AsyncIterator[T], *, until: float, silence: float | None = None) -> None:
        self._events = events
        self._until = until
        """When it has to be over, in the event loop's time."""
        self._silence = silence
        """The longest wait for one event in seconds."""

    def __aiter__(self) -> "Within[T]":
        return self

    async def __anext__(self) -> T:
        until = self._until
        if self._silence is not None:
            until = min(until, asyncio.get_running_loop().time() + self._silence)
        async with asyncio.timeout_at(until):
            return await anext(self._events)
