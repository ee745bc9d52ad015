"""Figures of the database for those who run the app: how many jobs there are, and how long statements take."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, text

from bot.storage import dialects
from bot.storage.database import Database, Everywhere

_SQLITE = """
SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'running'),
    count(*) FILTER (WHERE state = 'failed'), max(:now - run_at) FILTER (WHERE state = 'waiting' AND run_at > 1)
FROM jobs
"""
_POSTGRES = """
SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'),
    count(*) FILTER (WHERE status = 'failed'),
    max(:now - extract(epoch FROM scheduled_at)) FILTER (WHERE status = 'todo' AND extract(epoch FROM scheduled_at) > 1)
FROM procrastinate_jobs
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFigures:
    """How many jobs there are, and by how many seconds the one that is longest due is late."""

    waiting: int
    running: int
    failed: int
    late: float


async def jobs(everywhere: Everywhere, now: float) -> JobFigures:
    """Count the jobs of all workspaces."""
    statement = _POSTGRES if everywhere.connection.dialect.name == dialects.POSTGRES else _SQLITE
    row: Any = (await everywhere.execute(text(statement).bindparams(now=now))).one()
    return JobFigures(waiting=row[0], running=row[1], failed=row[2], late=max(0.0, float(row[3] or 0.0)))


def time_statements(database: Database, clock: Callable[[], float], observe: Callable[[str, float], None]) -> None:
    """Have every statement's time observed, with `read` or `write` for what its transaction is for."""
    engines = database._engines
    for engine, kind in {engines.read: "read", engines.write: "write"}.items():
        _time(engine.sync_engine, kind, clock, observe)


def _time(engine: Any, kind: str, clock: Callable[[], float], observe: Callable[[str, float], None]) -> None:
    def before(_connection: Any, _cursor: Any, _statement: Any, _values: Any, context: Any, _many: Any) -> None:
        context.began = clock()

    def after(_connection: Any, _cursor: Any, _statement: Any, _values: Any, context: Any, _many: Any) -> None:
        observe(kind, clock() - context.began)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
