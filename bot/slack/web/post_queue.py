"""Posts that Slack refuses for their rate stand in line: one line a channel."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar
from weakref import WeakValueDictionary

from bot import errors
from bot.domain.ids import ChannelId, TeamId, Tenant

T = TypeVar("T")

_TRIES: Final = 6
"""More than for other calls, because the other replicas have lines of their own."""


class Lines:
    """The lines of all channels; a post that nobody waits before is made at once."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]], patience: float) -> None:
        """Stand in no line in which Slack lets wait for more than `patience` seconds."""
        self._sleep = sleep
        self._patience = patience
        self._lines: WeakValueDictionary[tuple[TeamId, ChannelId], asyncio.Lock] = WeakValueDictionary()

    async def post(self, tenant: Tenant, channel: ChannelId, send: Callable[[int], Awaitable[T]]) -> T:
        """Call `send` with how often it may try.

        Each second Slack takes one: without a line all the others would have tried in vain, and be given up.
        """
        line, wait = self._lines.setdefault((tenant.team, channel), asyncio.Lock()), 0.0
        if not line.locked():
            try:
                return await send(1)
            except errors.SlackRateLimited as limit:
                if limit.retry_after > self._patience:
                    raise
                wait = limit.retry_after
        async with line:
            await self._sleep(wait)
            return await send(_TRIES)
