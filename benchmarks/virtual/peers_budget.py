"""The two peers that keep a budget for the whole workspace."""

import asyncio

from benchmarks.virtual.peer_kit import Peer, node
from benchmarks.virtual.play import Feed
from benchmarks.virtual.slack import Limited, Slack, Unavailable, VirtualMessage


class PwrAgent(Peer):
    """Edits 0.4, 1.4, 3.4, 7.4 … s after the first text, within a shared window that keeps five for last words."""

    def __init__(self, slack: Slack) -> None:
        super().__init__(slack)
        self._used: list[float] = []
        self._closed_until = float("-inf")

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream."""
        loop = asyncio.get_running_loop()
        await feed.until(0)
        release, gap = loop.time() + 0.4, 1.0
        while (size := await feed.next()) is not None:
            if loop.time() < release or not self._admit(55):
                continue
            release, gap = loop.time() + gap, min(2 * gap, 16.0)
            await self._edit(message, size, final=False)
        while True:
            while not self._admit(60):  # noqa: ASYNC110 - that is how it waits
                await asyncio.sleep(0.25)
            if await self._edit(message, feed.arrived, final=True):
                return

    def _admit(self, limit: int) -> bool:
        now = asyncio.get_running_loop().time()
        self._used = [at for at in self._used if at > now - 60]
        if now < self._closed_until or len(self._used) >= limit:
            return False
        self._used.append(now)
        return True

    async def _edit(self, message: VirtualMessage, size: int, *, final: bool) -> bool:
        try:
            await self.slack.update(message, size, final=final)
            return True
        except Limited as limit:
            self._closed_until = asyncio.get_running_loop().time() + limit.retry_after + 2.0
        except Unavailable:
            await asyncio.sleep(0.5)
        return False


class Dust(Peer):
    """Every 500 ms, both edges. Dropped while 45 of a minute's calls are used. The last word books the next slot."""

    def __init__(self, slack: Slack) -> None:
        super().__init__(slack)
        self._used: list[float] = []

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream."""
        loop, shown = asyncio.get_running_loop(), 0
        await feed.until(0)
        pending: asyncio.Future[bool] | None = None
        while not feed.ended:
            if feed.arrived > shown and self._count() < 45:
                self._used.append(loop.time())
                shown = feed.arrived
                pending = asyncio.ensure_future(node(self.slack, message, shown))
            await asyncio.sleep(0.5 if not feed.ended else 0.0)
            await feed.until(shown, at_most=0.5)
        if pending is not None:
            await pending
        start = loop.time() if self._count() < 45 else sorted(self._used)[-45] + 60.0
        self._used.append(start)
        await asyncio.sleep(max(0.0, start - loop.time()))
        await node(self.slack, message, feed.arrived, final=True)

    def _count(self) -> int:
        now = asyncio.get_running_loop().time()
        self._used = [at for at in self._used if at > now - 60]
        return len(self._used)
