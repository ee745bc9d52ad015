"""`tasklane db`: bringing the tables to what this version needs, and telling whether they are."""

from bot.settings import Settings
from bot.storage import schema
from bot.storage.database import Database


def upgrade(settings: Settings) -> None:
    """Run every migration that is missing. It blocks, and does nothing when none is."""
    schema.upgrade(settings.database_url)


async def ready(settings: Settings) -> bool:
    """Tell whether the tables have everything that this version needs."""
    database = Database.open(settings.database_url)
    try:
        return await schema.ready(database)
    finally:
        await database.close()
