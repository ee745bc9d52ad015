"""Engines for SQLite, as measured to be safe, and for PostgreSQL."""

import asyncio
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any, Final
from weakref import WeakSet

import aiosqlite
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import ConfigurationError
from bot.storage.dialects import POSTGRES, SQLITE

_BUSY_SECONDS: Final = 15
_LOCKED_SECONDS: Final = 2
"""How long to wait for another program that has locked a SQLite file: Slack waits three seconds for an answer."""
_SQLITE_READERS: Final = 4
POOL: Final = 10
"""Connections to PostgreSQL when nobody says how many; 200 jobs share them, for each holds one only to write."""
_CONNECT: Final[dict[str, Any]] = {
    "application_name": "tasklane",
    "connect_timeout": 5,
    # A network that swallows everything is noticed, too.
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
SERVE_POSTGRES: Final[dict[str, Any]] = {
    **_CONNECT,
    "options": "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s",
}
"""How psycopg connects to serve; a migration may take its time."""
_DRIVERS: Final = ("sqlite+aiosqlite", "postgresql+psycopg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """Where writes and reads go. On PostgreSQL both share their connections."""

    write: AsyncEngine
    read: AsyncEngine
    threads: WeakSet[Thread]
    """Those of SQLite's driver, one a connection."""

    async def dispose(self) -> None:
        """Close all connections, and see the driver's threads end: each has something left to tell the loop."""
        await self.read.dispose()
        await self.write.dispose()
        await asyncio.to_thread(_join, list(self.threads))


def parse(url: str) -> URL:
    """Read a database URL. Raises `ConfigurationError` on one that the app cannot use."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigurationError(["DATABASE_URL is not a database URL."]) from None
    if parsed.drivername not in _DRIVERS:
        wanted = " or ".join(f"{driver}://" for driver in _DRIVERS)
        raise ConfigurationError([f"DATABASE_URL must begin with {wanted}, not {parsed.drivername}://."])
    if parsed.get_backend_name() == SQLITE and parsed.database in (None, "", ":memory:"):
        raise ConfigurationError(["DATABASE_URL names no file; write sqlite+aiosqlite:///tasklane.db."])
    if parsed.get_backend_name() == POSTGRES and None in map(find_spec, ("psycopg", "procrastinate")):
        raise ConfigurationError(["DATABASE_URL: PostgreSQL needs the extra: pip install 'tasklane[postgres]'."])
    return parsed


def sqlite_file(url: URL) -> Path | None:
    """Return the file of a SQLite database, None for PostgreSQL."""
    return Path(url.database or "") if url.get_backend_name() == SQLITE else None


def open_engines(url: URL, pool: int) -> Engines:
    """Make the engines. Nothing is connected yet."""
    if url.get_backend_name() == POSTGRES:
        engine = create_async_engine(
            url,
            pool_size=pool,
            max_overflow=0,
            pool_timeout=_BUSY_SECONDS,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args=SERVE_POSTGRES,
        )
        reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return Engines(write=engine, read=reading, threads=WeakSet())
    threads: WeakSet[Thread] = WeakSet()
    return Engines(write=_sqlite(url, threads, write=True), read=_sqlite(url, threads, write=False), threads=threads)


def open_for_migration(url: URL) -> Engine:
    """Make a blocking engine for the time in which the schema is upgraded."""
    if url.get_backend_name() == POSTGRES:
        return create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=_CONNECT)
    engine = create_engine(
        url.set(drivername=SQLITE),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"timeout": _BUSY_SECONDS},
    )
    _prepare(engine, write=True)
    return engine


def _join(threads: Iterable[Thread]) -> None:
    for thread in threads:
        thread.join(_LOCKED_SECONDS)


def _sqlite(url: URL, threads: WeakSet[Thread], *, write: bool) -> AsyncEngine:
    async def connect(*arguments: Any, **options: Any) -> aiosqlite.Connection:
        connection = aiosqlite.connect(*arguments, **options)
        connection._thread.daemon = True
        threads.add(connection._thread)
        return await connection

    # One writer: with more, SQLite's busy handler sleeps and the slowest write takes half a second.
    engine = create_async_engine(
        url,
        pool_size=1 if write else _SQLITE_READERS,
        max_overflow=0,
        pool_timeout=_BUSY_SECONDS,
        connect_args={"timeout": _LOCKED_SECONDS, "factory": _Connection, "async_creator_fn": connect},
        hide_parameters=True,
    )
    _prepare(engine.sync_engine, write=write)
    return engine


class _Connection(sqlite3.Connection):
    """A connection whose end is the end of its transaction.

    SQLite keeps both alive, and with them the lock on the file, for as long as a statement is not finished. That of
    a task which was cancelled lives until its traceback is collected.
    """

    def close(self) -> None:
        """Roll back and close."""
        with suppress(sqlite3.Error):
            self.rollback()
        super().close()


def _prepare(engine: Engine, *, write: bool) -> None:
    """Take transactions out of the driver's hands: its own BEGIN comes too late and loses updates."""
    pragmas = [
        f"busy_timeout={_LOCKED_SECONDS * 1000}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ]
    if not write:
        pragmas.append("query_only=ON")

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
