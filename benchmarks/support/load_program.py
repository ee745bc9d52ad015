"""The app under load as a process of its own, which counts its statements: `python -m benchmarks.support.load_program`.

It is configured by the environment as `tasklane serve` is, and has an edit budget that the load does not use up. What
is measured is the app, and not Slack's limit. It says `ready PORT`, and answers each line of its input with its
counts, as JSON. `TASKLANE_PROFILE` names a file to which it appends where it was between two lines, and
`TASKLANE_GROWTH` one to which it writes what has grown since the first line `growth`. At that line it tidies up first.
"""

import asyncio
import json
import os
import sqlite3
import sys
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import Engine, event

from benchmarks.support.growth import GrowthProfile, of_sqlite, tidy
from benchmarks.support.sampling import SamplingProfile
from bot import log, settings
from bot.app import Tasklane
from bot.domain.pacing.window import Limits
from bot.storage.database import lets_people_first

PLENTY: Final = Limits(calls=100_000, reserve=0, gap=0.25, horizon=0.0)


class StatementCount:
    """The statements that reached the database, how many of them were commits, and how many were for people."""

    def __init__(self) -> None:
        self.statements = 0
        self.commits = 0
        self.for_people = 0

    def note(self, statement: str) -> None:
        """Count a statement."""
        self.statements += 1
        self.commits += statement == "COMMIT"
        self.for_people += not lets_people_first()

    def watch(self) -> None:
        """Count from now on: by SQLite's trace, and by psycopg's cursors."""
        event.listen(Engine, "connect", self._trace)
        count = self

        class CountingCursor(psycopg.AsyncCursor[Any]):
            async def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
                count.note("")
                return await super().execute(query, params, **more)

        @event.listens_for(Engine, "commit")
        def _committed(connection: Any) -> None:
            if connection.dialect.name == "postgresql":
                self.note("COMMIT")

        @event.listens_for(Engine, "connect")
        def _count(connection: Any, _record: object) -> None:
            driver = getattr(connection, "driver_connection", None)
            if isinstance(driver, psycopg.AsyncConnection):
                driver.cursor_factory = CountingCursor

    def _trace(self, connection: Any, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(self.note)


async def main() -> None:
    """Serve until the end of the input."""
    count = StatementCount()
    count.watch()
    app = await Tasklane.start(settings.load(), limits=PLENTY)
    growth = GrowthProfile(Path(file)) if (file := os.environ.get("TASKLANE_GROWTH")) else None
    profile = SamplingProfile(Path(file)) if (file := os.environ.get("TASKLANE_PROFILE")) else None
    if profile is not None:
        profile.start()
    say("ready", str(app.port))
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        if line.strip() == b"growth":
            tidy()
            if growth is not None:
                growth.look()
        files = len(os.listdir("/proc/self/fd"))
        counts = {"statements": count.statements, "commits": count.commits, "for_people": count.for_people}
        held = {"files": files, "objects": sys.getallocatedblocks(), "sqlite": of_sqlite()}
        say(json.dumps({**counts, **held}))
        if profile is not None:
            profile.between()
    await app.stop()


def say(*words: str) -> None:
    """Tell the parent."""
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    log.configure("ERROR", "json")
    asyncio.run(main())
