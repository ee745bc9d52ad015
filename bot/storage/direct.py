"""SQLite without a thread between: the statements of a transaction run right in the event loop."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Dialect, Executable

T = TypeVar("T")


class DirectConnection:
    """A connection whose statements run in the event loop.

    A statement works on memory and takes microseconds. A trip to a thread and back takes several times as long.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def dialect(self) -> Dialect:
        """Which database it is."""
        return self._connection.dialect

    async def execute(
        self, statement: Executable, parameters: Any = None, *, execution_options: dict[str, Any]
    ) -> CursorResult[Any]:
        """Run a statement. All its rows are read then."""
        return self._connection.execute(statement, parameters, execution_options=execution_options)

    async def run_sync(self, work: Callable[[Connection], T]) -> T:
        """Do something on the connection."""
        return work(self._connection)


class SharedTransaction:
    """A transaction on the connection that writes, of which everybody has a savepoint of their own."""

    def __init__(self, connection: Connection, threads: ThreadPoolExecutor) -> None:
        self._connection = connection
        self._threads = threads
        self._handle = driver(connection)
        self.connection = DirectConnection(connection)

    def enter(self) -> None:
        """Begin somebody's part."""
        self._handle.execute("SAVEPOINT part")

    def leave(self, *, undo: bool) -> bool:
        """End a part, or undo it. It is False when the whole transaction is lost, as it is when the disk is full."""
        try:
            if undo:
                self._handle.execute("ROLLBACK TO part")
            self._handle.execute("RELEASE part")
        except sqlite3.Error:
            return False
        return True

    def commit(self) -> "asyncio.Future[None]":
        """Bring everything to the disk, which is waited for in a thread."""
        return asyncio.wrap_future(self._threads.submit(self._connection.commit))

    def drop(self) -> None:
        """Roll back whatever is not committed, and let the connection go."""
        with suppress(sqlite3.Error):
            self._handle.rollback()  # after a COMMIT that failed, SQLAlchemy takes the transaction for ended
        self._connection.close()


def driver(connection: Connection) -> sqlite3.Connection:
    """Return the connection as the standard library knows it."""
    handle = connection.connection.driver_connection
    assert isinstance(handle, sqlite3.Connection)
    return handle
