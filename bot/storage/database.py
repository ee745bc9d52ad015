"""The database as the app sees it: one transaction for a use case, committed here and nowhere else."""

import fcntl
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import CursorResult, Executable, Table, func, select, text
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import ConfigurationError
from bot.storage import dialects
from bot.storage.engine import POOL, Engines, open_engines, parse, sqlite_file


class UnitOfWork:
    """One transaction, handed to the query functions."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self._callbacks: list[Callable[[], None]] = []

    async def execute(self, statement: Executable, rows: list[dict[str, Any]] | None = None) -> CursorResult[Any]:
        """Run a statement inside the transaction, once or once for each of the rows."""
        return await self.connection.execute(statement, rows)

    def insert(self, table: Table) -> Insert:
        """Begin an INSERT that knows ON CONFLICT on either database."""
        return dialects.insert(self.connection.dialect.name, table)

    async def alone(self, *names: str) -> None:
        """Have whoever asks for the same names wait until the end of this transaction.

        For what no row stands for yet. SQLite's writers are alone as it is.
        """
        if self.connection.dialect.name == dialects.POSTGRES:
            await self.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("\n".join(names), 0))))

    async def driver(self) -> Any:
        """Return the driver's own connection, for a library that writes inside this transaction."""
        return (await self.connection.get_raw_connection()).driver_connection

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Have a plain callable run once the transaction is committed; never when it is rolled back."""
        if callback not in self._callbacks:
            self._callbacks.append(callback)

    def committed(self) -> None:
        """Run what was to follow the commit."""
        for callback in self._callbacks:
            callback()


class Database:
    """The connections of one process to its database."""

    def __init__(self, url: URL, engines: Engines) -> None:
        self.url = url
        self._engines = engines
        self._lock: int | None = None

    @classmethod
    def open(cls, url: str, pool: int = POOL) -> "Database":
        """Make a database from its URL; nothing is connected until the first transaction.

        `pool` is how many connections to PostgreSQL there may be.
        """
        parsed = parse(url)
        return cls(parsed, open_engines(parsed, pool))

    @property
    def shared(self) -> bool:
        """Whether several processes may serve from it."""
        return sqlite_file(self.url) is None

    def claim(self) -> None:
        """Take the SQLite file for this process until `close`; raises when another process serves from it."""
        file = sqlite_file(self.url)
        if file is None or self._lock is not None:
            return
        self._lock = _lock(file)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[UnitOfWork]:
        """Open a transaction that is committed at the end, or rolled back when the body raises.

        Never open a second one inside: SQLite has one writer, which would wait for itself.
        """
        with dialects.faults():
            async with self._engines.write.connect() as connection:
                await connection.begin()
                uow = UnitOfWork(connection)
                yield uow
                await connection.commit()
        uow.committed()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        """Open a transaction that only reads, everything as it was at one moment; it waits for no writer."""
        with dialects.faults():
            async with self._engines.read.connect() as connection:
                yield UnitOfWork(connection)

    async def ping(self) -> None:
        """Raise `StorageUnavailable` unless the database answers."""
        async with self.read() as uow:
            await uow.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close all connections and give the file back."""
        await self._engines.read.dispose()
        await self._engines.write.dispose()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _lock(file: Path) -> int:
    """Lock the file beside a SQLite database; the system gives the lock back however the process ends."""
    beside = file.with_name(file.name + ".lock")
    try:
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigurationError([f"Cannot write {beside}: {error.strerror}."]) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise ConfigurationError(
            [
                f"Another `tasklane serve` is running on {file}. Stop that one first; "
                "for several at once use PostgreSQL (DATABASE_URL)."
            ]
        ) from error
    return descriptor
