"""Posts that Slack refuses for their rate wait in a queue: one queue a channel."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar
from weakref import WeakValueDictionary

from bot import errors
from bot.domain.ids import ChannelId

T = TypeVar("T")

_TRIES: Final = 6
"""There are more than for other calls, because the other replicas have queues of their own."""


class PostQueue:
    """The queues of one workspace's channels. A post is made at once when no other one waits in its channel."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]], patience: float) -> None:
        """Wait in no queue for which Slack asks more than `patience` seconds."""
        self._sleep = sleep
        self._patience = patience
        self._locks: WeakValueDictionary[ChannelId, asyncio.Lock] = WeakValueDictionary()

    async def post(self, channel: ChannelId, send: Callable[[int], Awaitable[T]]) -> T:
        """Call `send` with how often it may try.

        Slack takes one post a second. Without a queue all waiting posts would try at once, and most would be given up.
        """
        lock, wait = self._locks.setdefault(channel, asyncio.Lock()), 0.0
        if not lock.locked():
            try:
                return await send(1)
            except errors.SlackRateLimited as limit:
                if limit.retry_after > self._patience:
                    raise
                wait = limit.retry_after
        async with lock:
            await self._sleep(wait)
            return await send(_TRIES)
