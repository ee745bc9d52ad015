"""What SQLite and PostgreSQL do differently, in one place."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, cast

from sqlalchemy import ColumnElement, Double, Table, func
from sqlalchemy import cast as as_type
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError

from bot.errors import StorageUnavailable

SQLITE: Final = "sqlite"
POSTGRES: Final = "postgresql"

LOCKED: Final = "another program has locked its file"
_SQLITE_UNAVAILABLE: Final = {
    sqlite3.SQLITE_PERM: "its file may not be used",
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_IOERR: "its disk refuses to read or write",
    sqlite3.SQLITE_CORRUPT: "its file is damaged",
    sqlite3.SQLITE_FULL: "its disk is full",
    sqlite3.SQLITE_CANTOPEN: "its file cannot be opened",
    sqlite3.SQLITE_PROTOCOL: LOCKED,
    sqlite3.SQLITE_AUTH: "its file may not be used",
    sqlite3.SQLITE_NOTADB: "its file is no database",
}
_AWAY: Final = "it does not answer"
_COLLISION: Final = "another transaction was in the way"
_POSTGRES: Final = {
    "25006": "it is read-only",
    "40001": _COLLISION,
    "40P01": _COLLISION,
    "53100": "its disk is full",
    "55P03": "a row is locked for too long",
    "57014": "it takes too long",
}
"""SQLSTATEs that say more than that it does not answer."""
_AWAY_CLASSES: Final = frozenset({"OperationalError", "InterfaceError"})
"""What every driver calls the faults that are not the statement's."""


def insert(dialect: str, table: Table) -> sqlite.Insert:
    """Begin an INSERT that knows ON CONFLICT. PostgreSQL's has the same methods as SQLite's."""
    if dialect == POSTGRES:
        return cast(sqlite.Insert, postgresql.insert(table))
    return sqlite.insert(table)


def now(dialect: str) -> ColumnElement[float]:
    """The database's own clock in unix seconds, read when the statement runs."""
    if dialect == POSTGRES:
        return as_type(func.extract("epoch", func.clock_timestamp()), Double)
    return (func.julianday("now") - 2440587.5) * 86400.0


@contextmanager
def faults() -> Iterator[None]:
    """Turn what the driver raises when the database cannot be used into `StorageUnavailable`."""
    try:
        yield
    except (DBAPIError, TimeoutError) as error:
        if reason := _unavailable(error):
            raise StorageUnavailable(reason) from error
        raise


def for_each(error: BaseException) -> BaseException:
    """Make an error anew that several are told: one that is raised twice mixes up who it came from."""
    if isinstance(error, StorageUnavailable):
        anew = StorageUnavailable(error.reason)
    elif isinstance(error, DBAPIError) and (reason := _unavailable(error)):
        anew = StorageUnavailable(reason)
    else:
        return error
    anew.__cause__ = error
    return anew


def _unavailable(error: DBAPIError | TimeoutError) -> str | None:
    """Say why a database is away, locked, read-only or full. It is None for a mistake in a statement."""
    if isinstance(error, TimeoutError) or error.connection_invalidated:
        return _AWAY
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", None)
        if code is None:  # raised by the driver itself: the connection is gone
            return _AWAY if isinstance(error, OperationalError) else None
        return _SQLITE_UNAVAILABLE.get(code & 0xFF)
    return postgres_unavailable(error.orig)


def postgres_unavailable(error: BaseException | None) -> str | None:
    """Say why PostgreSQL did not do a statement, by what psycopg raised. It is None for a mistake in the statement.

    Of two transactions that wait for each other one is broken off. It is not run again here: its body has decided by
    what it read. Jobs and their outcomes are tried again in any case, and a person is asked to.
    """
    known = _POSTGRES.get(getattr(error, "sqlstate", None) or "")
    away = any(each.__name__ in _AWAY_CLASSES for each in type(error).__mro__)
    return known or (_AWAY if away else None)
