"""The edit budget that replicas share: one row a workspace and method, settled at every lease."""

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import select, update

from bot.domain.ids import Tenant
from bot.domain.pacing import replicas as sharing
from bot.domain.pacing.replicas import Lease, Pool, Report, Share
from bot.domain.pacing.window import Limits
from bot.storage import dialects
from bot.storage.database import UnitOfWork
from bot.storage.tables import edit_pools


async def lease(uow: UnitOfWork, tenant: Tenant, method: str, replica: str, report: Report, limits: Limits) -> Lease:
    """Settle what a replica used of a method's limit and lease it more; two replicas take turns at the row."""
    here = (edit_pools.c.team_id == tenant.team) & (edit_pools.c.method == method)
    first = uow.insert(edit_pools).values(team_id=tenant.team, method=method, pool=_written(Pool()))
    await uow.execute(first.on_conflict_do_nothing())
    now = dialects.now(uow.connection.dialect.name)
    row = (await uow.execute(select(edit_pools.c.pool, now.label("now")).where(here).with_for_update())).one()
    pool, granted = sharing.lease(_read(row.pool), replica, report, limits, float(row.now))
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
