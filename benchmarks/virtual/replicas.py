"""Ours in several processes at once, which share their edit budget through a database that can be away."""

import asyncio
import math
from typing import Final

from benchmarks.virtual.ours import TENANT, Ours
from benchmarks.virtual.play import Feed
from benchmarks.virtual.slack import Slack, VirtualMessage
from bot.domain.ids import Tenant
from bot.domain.pacing import replicas as sharing
from bot.domain.pacing.replicas import Lease, Pool, Report
from bot.domain.pacing.window import Limits
from bot.errors import StorageUnavailable
from bot.slack.budget.edit_budget import EditBudget

QUERY: Final = 0.005
"""How long the database takes, in seconds."""


class Shared:
    """The pool of the replicas, a query away."""

    def __init__(self, replicas: int, away: tuple[float, float] = (math.inf, math.inf)) -> None:
        """The database does not answer between the two times of `away`."""
        self.replicas = replicas
        self.asked = 0
        """How many queries there were."""
        self._away = away
        self._pool = Pool()

    def of(self, name: str) -> "Asking":
        """Return what one replica asks through."""
        return Asking(self, name)

    async def lease(self, name: str, report: Report, limits: Limits) -> Lease:
        """Settle and lease, as the table does."""
        self.asked += 1
        loop = asyncio.get_running_loop()
        await asyncio.sleep(QUERY / 2)
        if self._away[0] <= loop.time() < self._away[1]:
            raise StorageUnavailable
        self._pool, lease = sharing.lease(self._pool, name, report, limits, 1e9 + loop.time(), alone=self.replicas == 1)
        await asyncio.sleep(QUERY / 2)
        return lease


class Asking:
    """`bot.slack.budget.slots.Slots` of one replica."""

    def __init__(self, shared: Shared, name: str) -> None:
        self._shared = shared
        self._name = name

    @property
    def replicas(self) -> int:
        """How many share the budget."""
        return self._shared.replicas

    async def lease(self, _tenant: Tenant, _method: str, report: Report, limits: Limits) -> Lease:
        """Ask the pool."""
        return await self._shared.lease(self._name, report, limits)


class Replicas:
    """Each stream in one of several replicas, in turn."""

    def __init__(self, slack: Slack, shared: Shared) -> None:
        self._replicas = [Ours(slack) for _ in range(shared.replicas)]
        for number, replica in enumerate(self._replicas):
            replica.budget = EditBudget(slots=shared.of(f"replica {number}")).of(TENANT)

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream in its replica."""
        await self._replicas[int(feed.key.rpartition(":")[2]) % len(self._replicas)].show(feed, message)
