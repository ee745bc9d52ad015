"""Figures of the database for those who run the app: how many jobs there are, and how long statements take."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import event, text

from bot.storage import dialects
from bot.storage.database import Database, Everywhere

_SQLITE: Final = """
SELECT state, count(*), max(:now - enqueued_at), max(:now - run_at) FILTER (WHERE run_at > 1) FROM jobs GROUP BY state
"""
_POSTGRES: Final = """
SELECT CASE status WHEN 'todo' THEN 'waiting' WHEN 'doing' THEN 'running' ELSE 'failed' END AS state,
    count(*), max(:now - CAST(args ->> 'enqueued_at' AS double precision)),
    max(:now - extract(epoch FROM scheduled_at)) FILTER (WHERE extract(epoch FROM scheduled_at) > 1)
FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed') GROUP BY status
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFigures:
    """How many jobs there are in each state, and times in seconds."""

    held: Mapping[str, int]
    ages: Mapping[str, float]
    """How long ago the oldest job of a state was stored."""
    late: float
    """By how much the waiting job that is longest due is late."""


async def jobs(everywhere: Everywhere, now: float) -> JobFigures:
    """Count the jobs of all workspaces."""
    statement = _POSTGRES if everywhere.connection.dialect.name == dialects.POSTGRES else _SQLITE
    rows: Sequence[Any] = (await everywhere.execute(text(statement).bindparams(now=now))).all()
    return JobFigures(
        held={state: count for state, count, _, _ in rows},
        ages={state: max(0.0, float(age or 0.0)) for state, _, age, _ in rows},
        late=max([0.0, *(float(late or 0.0) for state, _, _, late in rows if state == "waiting")]),
    )


def time_statements(database: Database, clock: Callable[[], float], observe: Callable[[str, float], None]) -> None:
    """Have every statement's time observed, with `read` or `write` for what its transaction is for."""
    for kind, engine in database.engines.items():
        _time(engine, kind, clock, observe)


def _time(engine: Any, kind: str, clock: Callable[[], float], observe: Callable[[str, float], None]) -> None:
    def before(_connection: Any, _cursor: Any, _statement: Any, _values: Any, context: Any, _many: Any) -> None:
        context.began = clock()

    def after(_connection: Any, _cursor: Any, _statement: Any, _values: Any, context: Any, _many: Any) -> None:
        observe(kind, clock() - context.began)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
