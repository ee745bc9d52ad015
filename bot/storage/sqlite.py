"""The SQLite file: statements run right in the event loop, and only what waits for the disk takes a thread."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from bot.storage.dialects import SQLITE
from bot.storage.direct import DirectConnection, SharedTransaction, driver
from bot.storage.line import WriteLine, WriteTurn

LOCKED_SECONDS: Final = 2
"""How long to wait for another program that has locked the file: Slack waits three seconds for an answer."""
_READERS: Final = 4
"""Connections that stay open to read."""
_READERS_WAIT: Final = 0.2
"""Seconds for which a reader waits where SQLite has to. That is nearly never, and the event loop waits with it."""


class SqliteFile:
    """A SQLite file, with one connection that writes and as many as are wanted to read."""

    shared = False
    """Whether several processes may serve from it."""

    def __init__(self, url: URL, check: Callable[[], None], clock: Callable[[], float]) -> None:
        """Prepare to use a file. `check` raises when it is not worth trying to write."""
        self._check = check
        self._write = _engine(url, write=True)
        self._read = _engine(url, write=False)
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite")
        self._line: WriteLine = WriteLine(self._begin, clock)

    @property
    def engines(self) -> dict[str, Engine]:
        """The engines by what they are for."""
        return {"write": self._write, "read": self._read}

    @asynccontextmanager
    async def writing(self, *, person: bool) -> AsyncIterator[WriteTurn]:
        """Wait for a turn to write, and at the end for the commit."""
        async with self._line.turn(person=person) as turn:
            yield turn

    @asynccontextmanager
    async def reading(self, *, person: bool) -> AsyncIterator[DirectConnection]:
        """Open a transaction that reads. It waits for nobody, and lets everybody else go on before."""
        await asyncio.sleep(0)  # noqa: TID251  whoever reads again and again would hold up all others
        with self._read.connect() as connection:
            yield DirectConnection(connection)

    def _begin(self) -> "asyncio.Future[SharedTransaction]":
        """Begin a transaction, at once unless another program has locked the file."""
        begun: asyncio.Future[SharedTransaction] = asyncio.get_running_loop().create_future()
        try:
            self._check()
            begun.set_result(self._begun())
        except OperationalError as error:
            if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                return asyncio.wrap_future(self._threads.submit(self._wait_and_begin))
            begun.set_exception(error)
        except Exception as error:  # noqa: BLE001  a border: whoever waits has to hear of it
            begun.set_exception(error)
        return begun

    def _begun(self, wait: float = 0.0) -> SharedTransaction:
        connection = self._write.connect()
        try:
            if wait:
                driver(connection).execute(f"PRAGMA busy_timeout={int(wait * 1000)}")
            try:
                connection.begin()
            finally:
                if wait:
                    driver(connection).execute("PRAGMA busy_timeout=0")
        except BaseException:
            connection.close()
            raise
        return SharedTransaction(connection, self._threads)

    def _wait_and_begin(self) -> SharedTransaction:
        return self._begun(LOCKED_SECONDS)

    async def close(self) -> None:
        """Close all connections once nobody writes."""
        await self._line.close()
        await asyncio.to_thread(self._dispose)

    def _dispose(self) -> None:
        self._read.dispose()
        self._write.dispose()
        self._threads.shutdown()


class _Cursor(sqlite3.Cursor):
    """A cursor that has read all rows when a statement has run: one that is not finished would hold a lock."""

    _rows: "Sequence[Any]" = ()

    def execute(self, statement: str, values: Any = ()) -> "_Cursor":
        """Run a statement."""
        super().execute(statement, values)
        self._rows = super().fetchall() if self.description else ()
        return self

    def fetchall(self) -> list[Any]:
        """Return the rows that were not returned yet."""
        rows, self._rows = self._rows, ()
        return list(rows)

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        rows = self.fetchmany(1)
        return rows[0] if rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Return the next rows."""
        most = size or self.arraysize
        rows, self._rows = self._rows[:most], self._rows[most:]
        return list(rows)


class _Connection(sqlite3.Connection):
    """A connection whose end is the end of its transaction."""

    def cursor(self, *_: Any) -> Any:
        """Make a cursor for one statement."""
        return super().cursor(_Cursor)

    def close(self) -> None:
        """Roll back and close."""
        with suppress(sqlite3.Error):
            self.rollback()
        super().close()


def _engine(url: URL, *, write: bool) -> Engine:
    # There may be as many readers as are wanted: who waited for one in the event loop would wait for ever.
    engine = create_engine(
        url.set(drivername=SQLITE),
        poolclass=QueuePool,
        pool_size=1 if write else _READERS,
        max_overflow=-1,
        connect_args={
            "timeout": LOCKED_SECONDS,
            "check_same_thread": False,
            "cached_statements": 256,
            "factory": _Connection,
        },
        hide_parameters=True,
    )
    prepare(engine, write=write, busy_seconds=0.0 if write else _READERS_WAIT)
    return engine


def prepare(engine: Engine, *, write: bool = True, busy_seconds: float = 0.0) -> None:
    """Take transactions out of the driver's hands: its own BEGIN comes too late and loses updates."""
    pragmas = ["journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={int(busy_seconds * 1000)}"]
    if not write:
        pragmas.append("query_only=ON")

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
