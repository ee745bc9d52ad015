"""How a replica on PostgreSQL shows that it lives, hears of jobs, and takes over those of one that is dead."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg.rows import DictRow, dict_row
from sqlalchemy import URL

from bot.errors import StorageUnavailable
from bot.storage.engine import SERVE_POSTGRES
from bot.storage.shared_jobs import CHANNEL, QUEUE

STALLED: Final = 6.0
"""Seconds without a beat after which a replica counts as dead, whatever else it shows."""
_LIVING: Final = 7_453_001
"""The space of advisory locks in which each replica holds the one of its id for as long as its connection stands."""
_SWEEPING: Final = 7_453_002

_LET_GO: Final = f"""
SELECT count(pg_terminate_backend(pid)) FROM pg_locks
WHERE locktype = 'advisory' AND classid = {_LIVING} AND objid = %(me)s AND pid <> pg_backend_pid()
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""  # noqa: S608  only constants of ours are put in
_BEAT: Final = f"""
WITH me AS (
    UPDATE procrastinate_workers SET last_heartbeat = now() WHERE id = %(me)s RETURNING id
), dead AS (
    SELECT id FROM procrastinate_workers AS worker
    WHERE id <> %(me)s AND (
        last_heartbeat < now() - make_interval(secs => %(stalled)s)
        OR (
            -- A restart of the server drops every lock: only one that was taken since then says something.
            last_heartbeat > pg_postmaster_start_time()
            AND NOT EXISTS (
                SELECT 1 FROM pg_locks
                WHERE locktype = 'advisory' AND classid = {_LIVING} AND objid = worker.id::int
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            )
        )
    )
), left_over AS (
    UPDATE procrastinate_jobs
    SET status = 'todo', worker_id = NULL,
        args = args || jsonb_build_object('crashes', (args ->> 'crashes')::int + 1)
    WHERE status = 'doing' AND queue_name = '{QUEUE}'
    AND (worker_id IS NULL OR worker_id IN (SELECT id FROM dead))
    AND pg_try_advisory_xact_lock({_SWEEPING})
    RETURNING id
), buried AS (
    DELETE FROM procrastinate_workers WHERE id IN (SELECT id FROM dead)
)
SELECT (SELECT count(*) FROM me) AS alive, (SELECT count(*) FROM left_over) AS taken_over
"""  # noqa: S608  only constants of ours are put in
"""Everything that a replica does while it is idle, in one statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """What a replica learns with each sign of life."""

    alive: bool
    """False when the others have taken it for dead: its jobs are theirs now."""
    taken_over: int
    """How many jobs of dead replicas are free again."""


class Replica:
    """A replica's standing connection. Losing it is a sign of death that the others see at once."""

    def __init__(self, connection: psycopg.AsyncConnection[DictRow]) -> None:
        self._connection = connection
        self._word = False
        connection.add_notify_handler(self._hear)  # for what comes in while a statement runs

    async def register(self) -> int:
        """Join the replicas under a new id."""
        # In one transaction: nobody may see the id before it holds its lock.
        async with self._connection.transaction():
            row = await self._row("SELECT worker_id FROM procrastinate_register_worker_v1()")
            await self.hold(row["worker_id"])
        return int(row["worker_id"])

    async def hold(self, worker: int) -> None:
        """Show that the replica of this id lives on this connection, whatever the server still believes of its last."""
        await self._row(_LET_GO, {"me": worker})
        await self._row("SELECT pg_advisory_lock(%s, %s)", [_LIVING, worker])

    async def beat(self, worker: int) -> Beat:
        """Give a sign of life, and free what dead replicas have left."""
        row = await self._row(_BEAT, {"me": worker, "stalled": STALLED})
        return Beat(alive=row["alive"] == 1, taken_over=row["taken_over"])

    async def heard(self) -> bool:
        """Wait for word from the database; tell whether it was of jobs. Cancelling loses none."""
        # The driver's own waiting would look at the clock ten times a second.
        loop, number, driver = asyncio.get_running_loop(), self._connection.fileno(), self._connection.pgconn
        readable = asyncio.Event()
        loop.add_reader(number, readable.set)
        try:
            if not self._word:
                await readable.wait()
        finally:
            loop.remove_reader(number)
        driver.consume_input()
        while driver.notifies() is not None:
            self._word = True
        word, self._word = self._word, False
        return word

    def _hear(self, _notice: object) -> None:
        self._word = True

    async def _row(self, query: str, values: Sequence[Any] | Mapping[str, Any] | None = None) -> DictRow:
        row = await (await self._connection.execute(query, values)).fetchone()
        assert row is not None
        return row


@asynccontextmanager
async def connected(url: URL) -> AsyncIterator[Replica]:
    """Connect a replica to the others; raises `StorageUnavailable` when that fails or ends."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = await psycopg.AsyncConnection.connect(
            address, autocommit=True, row_factory=dict_row, **SERVE_POSTGRES
        )
        async with connection:
            await connection.execute(f'LISTEN "{CHANNEL}"')
            yield Replica(connection)
    except psycopg.OperationalError as error:
        raise StorageUnavailable from error
