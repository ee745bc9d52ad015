"""Which engine runs the jobs: the database decides."""

from collections.abc import Callable, Collection

from bot.jobs.embedded import EmbeddedRunner
from bot.jobs.runner import GiveUp, Perform, Runner
from bot.storage.database import Database


def choose(
    database: Database,
    perform: Perform,
    give_up: GiveUp,
    clock: Callable[[], float],
    concurrency: int,
    names: Collection[str] | None = None,
) -> Runner:
    """Make the job engine of a database; where several versions may run, it does the jobs of these names."""
    if not database.shared:
        return EmbeddedRunner(database, perform, give_up, clock, concurrency)
    from bot.jobs.postgres import PostgresRunner  # an extra, which SQLite does without

    return PostgresRunner(database, perform, give_up, clock, concurrency, names)
