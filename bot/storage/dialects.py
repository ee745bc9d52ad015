"""What SQLite and PostgreSQL do differently, in one place."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError

from bot.errors import StorageUnavailable

SQLITE: Final = "sqlite"
POSTGRES: Final = "postgresql"

_SQLITE_UNAVAILABLE: Final = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_NOTADB,
    }
)


def insert(dialect: str, table: Table) -> sqlite.Insert:
    """Begin an INSERT that knows ON CONFLICT; PostgreSQL's has the same methods as SQLite's."""
    if dialect == POSTGRES:
        return cast(sqlite.Insert, postgresql.insert(table))
    return sqlite.insert(table)


@contextmanager
def faults() -> Iterator[None]:
    """Turn what the driver raises when the database cannot be used into `StorageUnavailable`."""
    try:
        yield
    except (DBAPIError, TimeoutError) as error:
        if _unavailable(error):
            raise StorageUnavailable from error
        raise


def _unavailable(error: DBAPIError | TimeoutError) -> bool:
    """Tell a database that is away, locked, read-only or full from a mistake in a statement."""
    if isinstance(error, TimeoutError) or error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", None)
        if code is None:  # raised by the driver itself: the connection is gone
            return isinstance(error, OperationalError)
        return (code & 0xFF) in _SQLITE_UNAVAILABLE
    # psycopg: connection failures, shutdown, disk full, lock timeouts; and a replica that is read-only
    read_only = getattr(error.orig, "sqlstate", None) == "25006"
    return read_only or isinstance(error, (OperationalError, InterfaceError))
