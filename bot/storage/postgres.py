"""The connections to PostgreSQL. A few of them are kept for people, whatever the jobs do."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, Final

from sqlalchemy import URL, Engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.storage.engine import SERVE_POSTGRES

POOL: Final = 10
"""Connections when nobody says how many; 200 jobs share them, for each holds one only to write."""
_FOR_PEOPLE: Final = 3
"""Connections that no job takes."""
_BUSY_SECONDS: Final = 15
_TRUSTED: Final = 1.0
"""Seconds after its last use in which a connection is taken to stand. To ask the server is a trip of its own."""


class PostgresTurn:
    """A transaction on a connection of its own."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.after_commit: Callable[[], None] | None = None


class PostgresServer:
    """A PostgreSQL server, with a pool of connections."""

    shared = True
    """Whether several processes may serve from it."""

    def __init__(self, url: URL, pool: int, clock: Callable[[], float]) -> None:
        """Prepare to use a server. `pool` is how many connections there may be."""
        self._engine = create_async_engine(
            url,
            pool_size=pool,
            max_overflow=0,
            pool_timeout=_BUSY_SECONDS,
            hide_parameters=True,
            connect_args=SERVE_POSTGRES,
        )
        _ask_after_a_rest(self._engine.sync_engine, clock)
        self._read = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._jobs = asyncio.Semaphore(max(1, pool - _FOR_PEOPLE))

    @property
    def engines(self) -> dict[str, Engine]:
        """The engines by what they are for."""
        return {"write": self._engine.sync_engine, "read": self._read.sync_engine}

    @asynccontextmanager
    async def writing(self, *, person: bool) -> AsyncIterator[PostgresTurn]:
        """Open a transaction that is committed at the end."""
        async with self._turn(person=person), self._engine.connect() as connection:
            await connection.begin()
            turn = PostgresTurn(connection)
            yield turn
            await connection.commit()
        if turn.after_commit is not None:
            turn.after_commit()

    @asynccontextmanager
    async def reading(self, *, person: bool) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that reads, everything as it was at one moment."""
        async with self._turn(person=person), self._read.connect() as connection:
            yield connection

    def _turn(self, *, person: bool) -> AbstractAsyncContextManager[None]:
        """Let jobs take turns with the connections that are not for people."""
        return nullcontext() if person else self._jobs

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()


def _ask_after_a_rest(engine: Engine, clock: Callable[[], float]) -> None:
    """Have a connection that has rested answer before it is used. When it does not, all of the pool are made anew."""

    @event.listens_for(engine, "checkin")
    def _rests(_connection: object, record: Any) -> None:
        record.info["since"] = clock()

    @event.listens_for(engine, "checkout")
    def _used(connection: Any, record: Any, _proxy: object) -> None:
        if clock() - record.info.get("since", math.inf) < _TRUSTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error
