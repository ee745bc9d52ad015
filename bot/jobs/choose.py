"""Which engine runs the jobs: the database decides."""

from collections.abc import Callable, Collection

from bot.jobs.embedded import EmbeddedRunner
from bot.jobs.runner import Runner
from bot.storage.database import Database


def choose(
    database: Database,
    clock: Callable[[], float],
    concurrency: int,
    names: Collection[str] | None = None,
) -> Runner:
    """Make the job engine of a database. Where several versions may run, it does the jobs of these names."""
    if not database.shared:
        return EmbeddedRunner(database, clock, concurrency)
    from bot.jobs.postgres import PostgresRunner  # an extra, which SQLite does without

    return PostgresRunner(database, clock, concurrency, names)
