"""A SQLite file at head: the migrations, which have tests of their own, run once for a process, not for each test."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.storage import schema


def url(file: Path) -> str:
    """Say where a file is, as `DATABASE_URL` wants it."""
    return f"sqlite+aiosqlite:///{file}"


def prepare(file: Path) -> None:
    """Write a database at head and without rows, unless there is a file already."""
    if not file.exists():
        file.write_bytes(_at_head())


@cache
def _at_head() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "at_head.db"
        schema.upgrade(url(file))
        return file.read_bytes()
