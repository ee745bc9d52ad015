"""A session's life as the database tells it: ids, states and times, and never what somebody wrote."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select, text

from bot.domain.ids import SessionId
from bot.storage import dialects
from bot.storage.database import Everywhere
from bot.storage.tables import jobs, lanes, live_messages, model_calls, notes, sessions, tasks, turns

_SHARED_JOBS = """
SELECT id, task_name AS name, status::text AS state, args -> 'args' ->> 'session' AS session,
    args ->> 'errors' AS errors, args ->> 'crashes' AS crashes,
    args ->> 'reason' AS reason, args ->> 'reference' AS reference
FROM procrastinate_jobs
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceStep:
    """One thing that happened, or that stands: `at` is a unix time, None for what has none."""

    at: float | None
    what: str
    ids: dict[str, Any]


async def session_of(everywhere: Everywhere, reference: str) -> SessionId | None:
    """Find the session that an id, a thread, a provider's request id or the reference of a job's error is of."""
    turn = select(turns.c.session_id).where(or_(turns.c.id == reference, turns.c.source == reference))
    call = select(model_calls.c.session_id).where(model_calls.c.request_id == reference)
    own = select(sessions.c.id).where(or_(sessions.c.id == reference, sessions.c.thread == reference))
    for statement in (own, turn, call):
        id = (await everywhere.execute(statement)).scalars().first()
        if id:
            return SessionId(id)
    for job in await _jobs(everywhere):
        if reference in (job["reference"], str(job["id"])) and job["session"]:
            return SessionId(job["session"])
    return None


async def life(everywhere: Everywhere, session_id: SessionId) -> list[TraceStep]:
    """List what is known of a session, oldest first, and then what has no time."""
    steps: list[TraceStep] = []
    for row in await _rows(everywhere, select(sessions).where(sessions.c.id == session_id)):
        names = ("id", "team_id", "channel", "thread", "owner", "status", "continues")
        steps.append(TraceStep(at=row["opened_at"], what="session opened", ids=_only(row, *names)))
        if row["concluded_at"] is not None:
            steps.append(TraceStep(at=row["concluded_at"], what="session concluded", ids=_only(row, "status")))
    for row in await _rows(everywhere, select(turns).where(turns.c.session_id == session_id)):
        ids = {**_only(row, "id", "author", "user_id", "state", "source"), "chars": len(row["text"])}
        steps.append(TraceStep(at=row["at"], what="turn", ids=ids))
    for row in await _rows(everywhere, select(model_calls).where(model_calls.c.session_id == session_id)):
        ids = _only(row, "use", "provider", "model", "input", "output", "cache_read", "first_text", "seconds", "stop")
        steps.append(TraceStep(at=row["at"], what="model call", ids={**ids, "request": row["request_id"]}))
    for row in await _rows(everywhere, select(notes).where(notes.c.session_id == session_id)):
        steps.append(TraceStep(at=row["at"], what="notes", ids=_only(row, "state", "source", "generation")))
    steps.sort(key=lambda step: step.at or 0.0)
    return steps + await _standing(everywhere, session_id)


async def _standing(everywhere: Everywhere, session_id: SessionId) -> list[TraceStep]:
    steps = []
    for row in await _rows(everywhere, select(lanes).where(lanes.c.session_id == session_id)):
        count = len(await _rows(everywhere, select(tasks.c.id).where(tasks.c.session_id == session_id)))
        ids = {**_only(row, "generation", "folded", "revision"), "tasks": count}
        steps.append(TraceStep(at=None, what="lane", ids=ids))
    turn_ids = select(turns.c.id).where(turns.c.session_id == session_id)
    keys = [session_id, *(await everywhere.execute(turn_ids)).scalars()]
    of_session = or_(*(live_messages.c.key.contains(key, autoescape=True) for key in keys))
    for row in await _rows(everywhere, select(live_messages).where(of_session).order_by(live_messages.c.ts)):
        names = ("key", "channel", "ts", "posting", "final", "run", "shown")
        steps.append(TraceStep(at=None, what="message", ids=_only(row, *names)))
    for job in await _jobs(everywhere):
        if job["session"] == session_id:
            steps.append(TraceStep(at=None, what="job", ids=job))
    return steps


async def _jobs(everywhere: Everywhere) -> list[dict[str, Any]]:
    if everywhere.connection.dialect.name == dialects.POSTGRES:
        return [dict(row) for row in (await everywhere.execute(text(_SHARED_JOBS))).mappings()]
    columns = (jobs.c.id, jobs.c.name, jobs.c.state, jobs.c.errors, jobs.c.crashes, jobs.c.reason, jobs.c.reference)
    session = text("json_extract(args, '$.session') AS session")
    return [dict(row) for row in (await everywhere.execute(select(*columns, session).select_from(jobs))).mappings()]


async def _rows(everywhere: Everywhere, statement: Any) -> list[Any]:
    return list((await everywhere.execute(statement)).mappings())


def _only(row: Any, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names if row[name] is not None}
