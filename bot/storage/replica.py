"""How a replica on PostgreSQL shows that it lives, hears of jobs, and takes over those of one that is dead."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import sql
from sqlalchemy import URL

from bot.storage.engine import SERVE_POSTGRES
from bot.storage.shared_jobs import JobTable, channel, faults, stored

STALLED: Final = 6.0
"""Seconds without a beat after which a replica counts as dead, whatever else it shows."""
_LIVING: Final = 7_453_001
"""The space of advisory locks in which each replica holds the one of its id for as long as its connection stands."""

_LET_GO: Final = """
SELECT count(pg_terminate_backend(pid)) FROM pg_locks
WHERE locktype = 'advisory' AND classid = %(space)s::int AND objid = %(worker)s::int AND pid <> pg_backend_pid()
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_HOLD: Final = "SELECT pg_advisory_lock(%(space)s, %(worker)s::int)"
# A restart of the server drops every lock: of who has not beaten since then, they say nothing.
_REPLICAS: Final = """
SELECT id, last_heartbeat < now() - make_interval(secs => %(stalled)s) OR (
    last_heartbeat > pg_postmaster_start_time() AND NOT EXISTS (
        SELECT 1 FROM pg_locks
        WHERE locktype = 'advisory' AND classid = %(space)s::int AND objid = worker.id::int
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
) AS dead
FROM procrastinate_workers AS worker
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """What a replica learns with each sign of life."""

    alive: bool
    """False when the others have taken it for dead: its jobs are theirs now."""
    taken_over: int
    """How many jobs of dead replicas are free again."""
    replicas: int
    """How many there are."""


class Replica:
    """A replica's standing connection. Losing it is a sign of death that the others see with their next beat."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection
        self._jobs = JobTable(connection)
        self._looked = False

    async def register(self) -> int:
        """Join the replicas under a new id."""
        # In one transaction: nobody may see the id before it holds its lock.
        async with self._connection.transaction():
            worker = await self._jobs.register_worker()
            await self.hold(worker)
        return worker

    async def hold(self, worker: int) -> None:
        """Show that the replica of this id lives on this connection, whatever the server still believes of its last."""
        for statement in (_LET_GO, _HOLD):
            await self._jobs.connector.execute_query_all_async(statement, space=_LIVING, worker=worker)

    async def beat(self, worker: int) -> Beat:
        """Give a sign of life, and free what dead replicas have left."""
        await self._jobs.update_heartbeat(worker)
        replicas = await self._jobs.connector.execute_query_all_async(_REPLICAS, stalled=STALLED, space=_LIVING)
        dead = [other["id"] for other in replicas if other["dead"]]
        for other in dead:
            await self._jobs.unregister_worker(other)
        alive = worker in [each["id"] for each in replicas]
        taken_over = 0 if self._looked and alive and not dead else await self._take_over()
        self._looked = True
        return Beat(alive=alive, taken_over=taken_over, replicas=max(1, len(replicas) - len(dead)))

    def heard(self, seconds: float) -> AsyncIterator[object]:
        """Yield whenever there is word of jobs, for so many seconds."""
        return self._connection.notifies(timeout=seconds)

    async def _take_over(self) -> int:
        """Free the jobs whose replica is not registered any more."""
        taken_over = 0
        for left in map(stored, await self._jobs.get_stalled_jobs(seconds_since_heartbeat=STALLED)):
            async with self._connection.transaction():
                if await self._jobs.note(left.id, None, crashes=left.crashes + 1):
                    await self._jobs.again(left.id)
                    taken_over += 1
        return taken_over


@asynccontextmanager
async def connected(url: URL) -> AsyncIterator[Replica]:
    """Connect a replica to the others. Raises `StorageUnavailable` when that fails or ends."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with faults():
        connection = await psycopg.AsyncConnection.connect(address, autocommit=True, **SERVE_POSTGRES)
        async with connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel())))
            yield Replica(connection)
