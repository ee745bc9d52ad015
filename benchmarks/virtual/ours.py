"""Ours: the app's own edit budget, and a writer with the rules of its live messages."""

import asyncio

from benchmarks.virtual.play import Feed
from benchmarks.virtual.slack import Limited, Message, Slack, Unavailable
from bot.domain.ids import TeamId, Tenant
from bot.domain.pacing import Limits, Priority
from bot.slack.budget import EditBudget
from bot.slack.live import NEXT_TEXT

TENANT = Tenant(team=TeamId("T1"))
BACKOFF = 0.3


class Ours:
    """Shows streams through `EditBudget`: newest text wins, one call in flight, a last word that always arrives."""

    def __init__(self, slack: Slack, limits: Limits | None = None) -> None:
        self._slack = slack
        self.budget = EditBudget(limits)

    async def show(self, feed: Feed, message: Message) -> None:
        """Show one stream."""
        await feed.until(0)
        calling = asyncio.Lock()
        writer = asyncio.ensure_future(self._write(feed, message, calling))
        await feed.end()
        self.budget.withdraw(TENANT, feed.key)
        async with calling:
            await self._last_word(feed, message)
        await writer

    async def _write(self, feed: Feed, message: Message, calling: asyncio.Lock) -> None:
        shown, edited_at = 0, float("-inf")

        def unseen() -> int:
            return feed.arrived - shown

        while not feed.ended:
            await feed.until(shown)
            if feed.ended:
                return
            granted = await self.budget.turn(TENANT, feed.key, Priority.INTERIM, unseen=unseen, edited_at=edited_at)
            if not granted:
                return
            if edited_at > float("-inf"):
                await feed.until(feed.arrived, at_most=NEXT_TEXT)
            if feed.ended:
                return
            async with calling:
                edited_at, chars = asyncio.get_running_loop().time(), feed.arrived
                try:
                    await self._slack.update(message, chars)
                    shown = chars
                except Limited as limit:
                    self.budget.limited(TENANT, limit.retry_after)
                except Unavailable:
                    continue  # a later edit shows this text and more

    async def _last_word(self, feed: Feed, message: Message) -> None:
        pause = BACKOFF
        while True:
            await self.budget.turn(TENANT, feed.key, Priority.LAST_WORD)
            try:
                await self._slack.update(message, feed.arrived, final=True)
                return
            except Limited as limit:
                self.budget.limited(TENANT, limit.retry_after)
            except Unavailable:
                await asyncio.sleep(pause)
                pause = min(2 * pause, 5.0)


class Clicked(Ours):
    """Ours while a person clicks: each chunk of the first stream is a click."""

    def __init__(self, slack: Slack, waits: list[float]) -> None:
        super().__init__(slack)
        self._waits = waits
        """How long each click waited for its slot."""

    async def show(self, feed: Feed, message: Message) -> None:
        """Show one stream, or click through it."""
        if not feed.key.endswith(":0"):
            await super().show(feed, message)
            return
        loop = asyncio.get_running_loop()
        while await feed.next() is not None:
            asked = loop.time()
            await self.budget.turn(TENANT, f"click:{asked}", Priority.CLICK)
            self._waits.append(loop.time() - asked)
            await self._slack.update(message, feed.arrived)
