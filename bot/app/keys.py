"""`tasklane keys`: the vault that the configuration describes, and encrypting what is stored with its first key."""

from bot.errors import ConfigurationError
from bot.settings import Settings
from bot.storage import installations, schema, tickets
from bot.storage.crypto import SecretKeyUnusable, SecretUnreadable, Vault
from bot.storage.database import Database


def vault(settings: Settings) -> Vault | None:
    """Make the vault of the configuration. It is None without a key. Raises `SecretKeyUnusable` for a bad one."""
    key = settings.tasklane_secret_key
    return Vault(key.get_secret_value()) if key is not None else None


async def rotate(settings: Settings) -> int:
    """Encrypt everything anew with the first key, all of it or nothing, and return how much that was."""
    key = settings.tasklane_secret_key
    try:
        keys = Vault(key.get_secret_value() if key is not None else "")
    except SecretKeyUnusable as wrong:
        raise ConfigurationError([wrong.problem]) from wrong
    database = Database.open(settings.database_url, pool=1)
    try:
        if not await schema.ready(database):
            raise ConfigurationError(["The database is behind this version. Run `tasklane db upgrade`."])
        async with database.write_everywhere() as work:
            stored = await tickets.sealed_everywhere(work)
            for team, sealed in stored.items():
                await tickets.seal_anew(work, team, keys.rotate(sealed))
            tokens = await installations.sealed_everywhere(work)
            for team, sealed in tokens.items():
                await installations.seal_anew(work, team, keys.rotate(sealed))
    except SecretUnreadable as wrong:
        raise ConfigurationError(
            ["TASKLANE_SECRET_KEY: something stored was encrypted with another key. Add that key behind the new one."]
        ) from wrong
    finally:
        await database.close()
    return len(stored) + len(tokens)
