"""The edit budget that replicas share: one row a workspace and method, settled at every lease."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from sqlalchemy import select, update

from bot.domain.ids import Tenant
from bot.domain.pacing import replicas as sharing
from bot.domain.pacing.replicas import Lease, Pool, Report, Share
from bot.domain.pacing.window import Limits
from bot.storage import dialects
from bot.storage.database import Database, UnitOfWork
from bot.storage.tables import edit_pools


async def lease(
    uow: UnitOfWork, method: str, replica: str, report: Report, limits: Limits, *, alone: bool = False
) -> Lease:
    """Settle what a replica used of a method's limit and lease it more. Two replicas take turns at the row.

    For one that is `alone`, whoever else is in the row has ended.
    """
    here = (edit_pools.c.team_id == uow.team) & (edit_pools.c.method == method)
    first = uow.insert(edit_pools).values(team_id=uow.team, method=method, pool=_written(Pool()))
    await uow.execute(first.on_conflict_do_nothing())
    now = dialects.now(uow.connection.dialect.name)
    row = (await uow.execute(select(edit_pools.c.pool, now.label("now")).where(here).with_for_update())).one()
    pool, granted = sharing.lease(_read(row.pool), replica, report, limits, float(row.now), alone=alone)
    await uow.execute(update(edit_pools).where(here).values(pool=_written(pool)))
    return granted


def _written(pool: Pool) -> str:
    return json.dumps(asdict(pool))


def _read(text: str) -> Pool:
    found: dict[str, Any] = json.loads(text)
    shares: dict[str, dict[str, Any]] = found.pop("shares")
    for share in shares.values():
        share.update({name: tuple(value) for name, value in share.items() if isinstance(value, list)})
    return Pool(shares={replica: Share(**share) for replica, share in shares.items()}, **found)


class StoredSlots:
    """The edit budget that this process shares with the other replicas, and with those before it."""

    def __init__(self, database: Database, replica: str, replicas: Callable[[], int]) -> None:
        self._database = database
        self._replica = replica
        self._replicas = replicas

    @property
    def replicas(self) -> int:
        """How many processes share the budget, as far as is known."""
        return self._replicas()

    async def lease(self, tenant: Tenant, method: str, report: Report, limits: Limits) -> Lease:
        """Settle what was used and lease more. Raises `StorageUnavailable` when nobody can be asked."""
        async with self._database.write(tenant) as uow:
            return await lease(uow, method, self._replica, report, limits, alone=not self._database.shared)
