"""Copying a SQLite database while it is served from, and the command that does so for PostgreSQL."""

import os
import shlex
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from bot.errors import ConfigurationError
from bot.storage.engine import parse, sqlite_file


def backup(url: str, target: Path) -> None:
    """Write a copy of the database as it is at one moment, and check it. Blocks, and never writes over a file.

    `ConfigurationError` says what keeps it from that. For PostgreSQL that is the command to run instead.
    """
    source = sqlite_file(parse(url))
    if source is None:
        raise ConfigurationError([f"PostgreSQL is copied by its own program. Run: {command(url, target)}"])
    if not source.exists():
        raise ConfigurationError([f"DATABASE_URL: there is no file {source}."])
    if target.exists():
        raise ConfigurationError([f"{target} is there already. Name another file."])
    part = target.with_name(f"{target.name}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        _copy(source, part)
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ConfigurationError([f"{target} cannot be written: {reason}."]) from error


def command(url: str, target: Path) -> str:
    """Return the command that copies a PostgreSQL database. It holds no password."""
    parsed = parse(url)
    place = (parsed.host, parsed.port, parsed.database, parsed.query)
    plain = URL.create("postgresql", parsed.username, None, *place).render_as_string()
    return f"pg_dump --format=custom --file={shlex.quote(str(target))} --dbname={shlex.quote(plain)}"


def _copy(source: Path, part: Path) -> None:
    address = f"{source.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as reading, closing(sqlite3.connect(part)) as writing:
        reading.backup(writing)
        (verdict,) = writing.execute("PRAGMA quick_check").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(f"the copy is damaged ({verdict})")
