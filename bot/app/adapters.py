"""What the rooms need of each other, filled here: the ledger of live messages and the shared edit budget."""

from collections.abc import Callable

from bot.domain.ids import MessageTs, Place, Tenant
from bot.domain.pacing.replicas import Lease, Report
from bot.domain.pacing.window import Limits
from bot.slack.messages.ledger import Entry
from bot.storage import live, pools
from bot.storage.database import Database


class StoredLedger:
    """`bot.slack.ledger.Ledger` on `bot.storage.live`: each call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, tenant: Tenant, key: str) -> Entry | None:
        """Read a record without claiming it."""
        async with self._database.read() as uow:
            return await live.get(uow, tenant, key)

    async def claim(self, tenant: Tenant, key: str, place: Place) -> Entry:
        """Take the message over: create its record when absent, and raise `run`."""
        async with self._database.write() as uow:
            return await live.claim(uow, tenant, key, place)

    async def set_posting(self, tenant: Tenant, key: str, run: int) -> bool:
        """Store that a post is about to be made; False when fenced."""
        async with self._database.write() as uow:
            return await live.set_posting(uow, tenant, key, run)

    async def set_posted(self, tenant: Tenant, key: str, run: int, ts: MessageTs) -> bool:
        """Store where the message is; False when fenced."""
        async with self._database.write() as uow:
            return await live.set_posted(uow, tenant, key, run, ts)

    async def advance(self, tenant: Tenant, key: str, run: int, text: str, final: bool) -> bool:
        """Store the text that is about to be shown; False when fenced: then do not edit."""
        async with self._database.write() as uow:
            return await live.advance(uow, tenant, key, run, text, final)

    async def mark_shown(self, tenant: Tenant, key: str, revision: int) -> None:
        """Store which revision a message shows; never lowers it."""
        async with self._database.write() as uow:
            await live.mark_shown(uow, tenant, key, revision)

    async def forget(self, tenant: Tenant, key: str) -> None:
        """Drop the record: the message is gone."""
        async with self._database.write() as uow:
            await live.forget(uow, tenant, key)


class StoredSlots:
    """`bot.slack.slots.Slots` on `bot.storage.pools`, for one replica."""

    def __init__(self, database: Database, replica: str, replicas: Callable[[], int]) -> None:
        self._database = database
        self._replica = replica
        self._replicas = replicas

    @property
    def replicas(self) -> int:
        """How many processes share the budget, as far as is known."""
        return self._replicas()

    async def lease(self, tenant: Tenant, method: str, report: Report, limits: Limits) -> Lease:
        """Settle what was used and lease more."""
        async with self._database.write() as uow:
            return await pools.lease(uow, tenant, method, self._replica, report, limits)
