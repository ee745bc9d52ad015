"""Which databases there are, and how each is opened."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from bot.errors import ConfigurationError
from bot.storage import sqlite
from bot.storage.dialects import POSTGRES, SQLITE

_BUSY_SECONDS: Final = 15
CONNECT_POSTGRES: Final[dict[str, Any]] = {
    "application_name": "tasklane",
    "connect_timeout": 5,
    # A network that swallows everything is noticed, too.
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
SERVE_POSTGRES: Final[dict[str, Any]] = {
    **CONNECT_POSTGRES,
    "options": "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s",
}
"""How psycopg connects to serve; a migration may take its time."""
_DRIVERS: Final = ("sqlite+aiosqlite", "postgresql+psycopg")


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


def open_for_migration(url: URL) -> Engine:
    """Make a blocking engine for the time in which the schema is upgraded."""
    if url.get_backend_name() == POSTGRES:
        return create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=CONNECT_POSTGRES)
    engine = create_engine(
        url.set(drivername=SQLITE),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"timeout": _BUSY_SECONDS},
    )
    sqlite.prepare(engine, busy_seconds=_BUSY_SECONDS)
    return engine
