"""What the peers' policies are made of: one try, the Node SDK's patience, the usual loops."""

import asyncio
import copy
from typing import ClassVar

from benchmarks.virtual.play import Feed
from benchmarks.virtual.slack import Limited, Slack, Unavailable, VirtualMessage

_NODE_RETRIES = 10


async def attempt(slack: Slack, message: VirtualMessage, size: int, *, final: bool = False) -> bool:
    """Edit once. Errors are swallowed."""
    try:
        await slack.update(message, size, final=final)
    except (Limited, Unavailable):
        return False
    return True


async def node(slack: Slack, message: VirtualMessage, size: int, *, final: bool = False) -> bool:
    """Edit as Slack's Node SDK does: a 429 is waited out, other failures are tried again, up to ten times."""
    for number in range(_NODE_RETRIES + 1):
        try:
            await slack.update(message, size, final=final)
            return True
        except Limited as limit:
            await asyncio.sleep(limit.retry_after)
        except Unavailable:
            await asyncio.sleep(min(2.0**number, 30.0))
    return False


class Peer:
    """A policy of one workspace."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream, from its first chunk to its last word."""
        raise NotImplementedError


class Inline(Peer):
    """Decides when a chunk is read, and reads on when the edit is answered."""

    retries: ClassVar[bool] = False
    gives_up: ClassVar[bool] = False
    """Whether a 429 ends the stream, last word included."""
    shared: ClassVar[bool] = False
    """Whether all streams of the workspace are timed together."""
    began = done = float("-inf")
    shown = chunk = 0

    def due(self, now: float, size: int) -> bool:
        """Tell whether to edit."""
        raise NotImplementedError

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream."""
        one = self if self.shared else copy.copy(self)
        loop, size = asyncio.get_running_loop(), 0
        while (read := await feed.next()) is not None:
            size = read
            one.chunk += 1
            if one.due(loop.time(), size):
                one.began = loop.time()
                passed = await (node if self.retries else attempt)(self.slack, message, size)
                one.done = loop.time()
                if passed:
                    one.shown = size
                elif self.gives_up:
                    return
        await one.last_word(message, size)

    async def last_word(self, message: VirtualMessage, size: int) -> None:
        """Make the final edit."""
        await (node if self.retries else attempt)(self.slack, message, size, final=True)


class Timer(Peer):
    """Edits so long after the edit before has ended, while there is something new."""

    every: ClassVar[float]
    retries: ClassVar[bool] = False

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream."""
        call = node if self.retries else attempt
        shown = 0
        await feed.until(0)
        while not feed.ended:
            await asyncio.sleep(self.every)
            if not feed.ended and feed.arrived > shown:
                size = feed.arrived
                if await call(self.slack, message, size):
                    shown = size
        await feed.end()
        if feed.arrived > shown:
            await call(self.slack, message, feed.arrived, final=True)
