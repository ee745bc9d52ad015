"""The databases that a run can be on, and what is left to do in them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import select, text

from benchmarks.support import postgres
from bot.domain.notes.record import NotesState
from bot.domain.sessions import TurnState
from bot.storage.database import Database
from bot.storage.tables import notes, turns

_SQLITE: Final = "SELECT name, lock, state, coalesce(reason, '') AS why FROM jobs WHERE name != 'tidy'"
_POSTGRES: Final = """
    SELECT task_name AS name, lock, status::text AS state, coalesce(args->>'reason', '') AS why
    FROM procrastinate_jobs WHERE task_name != 'tidy'
"""


class Base:
    """A database, as seen from beside the app. `restart` is None where there is no server."""

    def __init__(self, url: str, jobs: str, restart: Callable[[], None] | None = None) -> None:
        self.url = url
        self.restart = restart
        self._jobs = jobs
        self.database = Database.open(url)

    async def close(self) -> None:
        """Let go of it."""
        await self.database.close()

    async def unfinished(self) -> list[str]:
        """List the jobs that are not done, but for the one that tidies up now and then."""
        return [job for state, job in await self._listed() if state != "failed"]

    async def failed(self) -> list[str]:
        """List the jobs that were given up."""
        return [job for state, job in await self._listed() if state == "failed"]

    async def _listed(self) -> list[tuple[str, str]]:
        async with self.database.read_everywhere() as everywhere:
            rows = await everywhere.execute(text(self._jobs))
            return [(row.state, f"{row.name} {row.lock} {row.state} {row.why}".strip()) for row in rows]

    async def unsettled(self) -> set[str]:
        """List the texts whose last word is not known yet, by the keys of their messages."""
        writing = select(turns.c.id).where(turns.c.state == TurnState.WRITING)
        open_notes = select(notes.c.session_id).where(notes.c.state != NotesState.FINAL)
        async with self.database.read_everywhere() as everywhere:
            replies = {f"reply:{row.id}" for row in await everywhere.execute(writing)}
            return replies | {f"notes:{row.session_id}" for row in await everywhere.execute(open_notes)}


@asynccontextmanager
async def opened(kind: str, folder: Path) -> AsyncIterator[Base]:
    """Bring up a database for a run."""
    if kind == "sqlite":
        base = Base(f"sqlite+aiosqlite:///{folder / 'tasklane.db'}", _SQLITE)
        try:
            yield base
        finally:
            await base.close()
        return
    with postgres.private() as server, server.fresh() as url:

        def restart() -> None:
            server.kill()
            server.start()

        base = Base(url, _POSTGRES, restart)
        try:
            yield base
        finally:
            await base.close()
