"""Bringing a database's tables to what this version needs, and telling whether they are."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, inspect, select, text

from bot.storage import dialects
from bot.storage.database import Database
from bot.storage.engine import open_for_migration, parse

REVISIONS: Final = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
    "0016",
    "0017",
    "0018",
    "0019",
    "0020",
)
"""The migrations, in order; written here so that a start at head need not load Alembic."""
_UPGRADING: Final = 7_453_003
"""The advisory lock on PostgreSQL under which one process at a time migrates."""


async def ready(database: Database) -> bool:
    """Tell whether the tables have everything that this version needs. A newer version's have, and more."""
    async with database.read_everywhere() as work:
        return not _behind(await work.connection.run_sync(_version))


def upgrade(url: str) -> None:
    """Run every migration that is missing, all in one transaction. Blocks, and does nothing when none is."""
    engine = open_for_migration(parse(url))
    try:
        with dialects.faults(), engine.begin() as connection:
            if connection.dialect.name == dialects.POSTGRES:
                connection.execute(select(func.pg_advisory_xact_lock(_UPGRADING)))
            if _behind(_version(connection)):
                _migrate(connection)
    finally:
        engine.dispose()


def _behind(version: str | None) -> bool:
    """Tell a database that lacks migrations from one that is at head, or was migrated by a newer version."""
    return version is None or version in REVISIONS[:-1]


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(connection: Connection) -> None:
    # Alembic takes a quarter of a second to load; only a start that migrates pays for it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    here = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(here).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
