"""Bringing a database's tables to what this version needs, and telling whether they are."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from bot.storage import dialects
from bot.storage.database import Database
from bot.storage.engine import open_for_migration, parse

HEAD: Final = "0001"
"""The newest migration; written here so that a start at head need not load Alembic."""


async def at_head(database: Database) -> bool:
    """Tell whether the tables are those of this version."""
    async with database.read() as uow:
        return await uow.connection.run_sync(_version) == HEAD


def upgrade(url: str) -> None:
    """Run every migration that is missing, all in one transaction; blocks, and does nothing at head."""
    engine = open_for_migration(parse(url))
    try:
        with dialects.faults(), engine.begin() as connection:
            if _version(connection) != HEAD:
                _migrate(connection)
    finally:
        engine.dispose()


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
