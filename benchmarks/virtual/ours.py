"""Ours: the app's own edit budget, and a writer with the rules of its live messages."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from benchmarks.virtual.play import Feed
from benchmarks.virtual.slack import Limited, Slack, Unavailable, VirtualMessage
from bot.domain.ids import TeamId, Tenant
from bot.domain.pacing.window import Limits, Priority
from bot.slack.budget.edit_budget import EditBudget, WorkspaceBudget
from bot.slack.messages.live import NEXT_TEXT

TENANT = Tenant(team=TeamId("T1"))
BACKOFF = 0.3


class Ours:
    """Shows streams through `EditBudget`: newest text wins, one call in flight, a last word that always arrives."""

    def __init__(self, slack: Slack, limits: Limits | None = None) -> None:
        self._slack = slack
        self._limits = limits

    @cached_property
    def budget(self) -> WorkspaceBudget:
        """The budget, made when the play has begun: it counts in the time of the loop."""
        return EditBudget(self._limits).of(TENANT)

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream."""
        await feed.until(0)
        calling = asyncio.Lock()
        writer = asyncio.ensure_future(self._write(feed, message, calling))
        await feed.end()
        self.budget.withdraw(feed.key)
        async with calling:
            await self._last_word(feed, message)
        await writer

    async def _write(self, feed: Feed, message: VirtualMessage, calling: asyncio.Lock) -> None:
        shown, edited_at = 0, float("-inf")

        def unseen() -> int:
            return feed.arrived - shown

        while not feed.ended:
            await feed.until(shown)
            if feed.ended:
                return
            granted = await self.budget.turn(feed.key, Priority.INTERIM, unseen=unseen, edited_at=edited_at)
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
                    self.budget.limited(limit.retry_after)
                except Unavailable:
                    continue  # a later edit shows this text and more

    async def _last_word(self, feed: Feed, message: VirtualMessage) -> None:
        pause = BACKOFF
        while True:
            await self.budget.turn(feed.key, Priority.LAST_WORD)
            try:
                await self._slack.update(message, feed.arrived, final=True)
                return
            except Limited as limit:
                self.budget.limited(limit.retry_after)
            except Unavailable:
                await asyncio.sleep(pause)
                pause = min(2 * pause, 5.0)


@dataclass(frozen=True, slots=True)
class BudgetTurn:
    """A slot that was asked for, and got."""

    key: str
    priority: Priority
    asked: float
    got: float


class Noted(WorkspaceBudget):
    """The budget, with every turn written down."""

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__(limits or Limits())
        self.turns: list[BudgetTurn] = []

    async def turn(
        self,
        key: str,
        priority: Priority,
        *,
        unseen: Callable[[], int] = lambda: 0,
        edited_at: float = float("-inf"),
    ) -> bool:
        """Wait as the budget does."""
        loop = asyncio.get_running_loop()
        asked = loop.time()
        granted = await super().turn(key, priority, unseen=unseen, edited_at=edited_at)
        if granted:
            self.turns.append(BudgetTurn(key, priority, asked, loop.time()))
        return granted


class Clicked(Ours):
    """Ours while people click: each chunk of the streams whose number is even is a click."""

    @cached_property
    def budget(self) -> WorkspaceBudget:
        """The budget that writes down its turns."""
        return self.noted

    @cached_property
    def noted(self) -> Noted:
        """The same, with what it has written down."""
        return Noted(self._limits)

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream, or click through it."""
        if int(feed.key.rpartition(":")[2]) % 2:
            await super().show(feed, message)
            return
        while (size := await feed.next()) is not None:
            await self._click(f"{feed.key}:{size}", message, size)

    async def _click(self, key: str, message: VirtualMessage, size: int) -> None:
        while True:
            await self.budget.turn(key, Priority.CLICK)
            try:
                await self._slack.update(message, size)
                return
            except Limited as limit:
                self.budget.limited(limit.retry_after)
            except Unavailable:
                return
