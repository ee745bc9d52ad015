"""The job table of the embedded runner."""

import json
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Row, and_, case, delete, exists, func, or_, select, update

from bot.domain.ids import TeamId, Tenant
from bot.domain.jobs import AT_ONCE, Job
from bot.storage.database import Everywhere, Transaction
from bot.storage.tables import jobs

_WAITING: Final = "waiting"
_RUNNING: Final = "running"
_FAILED: Final = "failed"


def _stored(row: Row[Any]) -> Job:
    return Job(
        tenant=Tenant(team=TeamId(row.team_id)),
        name=row.name,
        args=json.loads(row.args),
        lock=row.lock,
        priority=row.priority,
        run_at=row.run_at,
        id=row.id,
        errors=row.errors,
        crashes=row.crashes,
        reason=row.reason or "",
        reference=row.reference or "",
        failed_at=row.failed_at,
    )


async def add(work: Transaction, job: Job, _now: float) -> None:
    """Store a job to be run."""
    await work.execute(
        jobs.insert().values(
            team_id=job.tenant.team,
            name=job.name,
            args=json.dumps(dict(job.args)),
            lock=job.lock,
            priority=job.priority,
            run_at=job.run_at,
            state=_WAITING,
        )
    )


async def join(work: Transaction, job: Job, _now: float) -> bool:
    """Let a job that waits for its first run stand for this one, with this one's arguments and no later.

    False when none waits.
    """
    sooner = case((jobs.c.run_at > job.run_at, job.run_at), else_=jobs.c.run_at)
    untouched = and_(jobs.c.errors == 0, jobs.c.crashes == 0)
    values = {"run_at": sooner, "args": json.dumps(dict(job.args))}
    waiting = and_(
        jobs.c.team_id == job.tenant.team, jobs.c.name == job.name, jobs.c.lock == job.lock, jobs.c.state == _WAITING
    )
    statement = update(jobs).where(waiting, untouched).values(values)
    return (await work.execute(statement)).rowcount > 0


async def take(work: Everywhere, now: float, limit: int) -> list[Job]:
    """Mark the next jobs as running and return them: each lock's first one, if it is due and none runs."""
    other = jobs.alias()
    held = exists().where(
        other.c.team_id == jobs.c.team_id,
        other.c.lock == jobs.c.lock,
        or_(other.c.state == _RUNNING, and_(other.c.state == _WAITING, other.c.id < jobs.c.id)),
    )
    due = (
        select(jobs.c.id)
        .where(jobs.c.state == _WAITING, jobs.c.run_at <= now, or_(jobs.c.lock.is_(None), ~held))
        .order_by(jobs.c.priority.desc(), jobs.c.id)
        .limit(limit)
    )
    statement = update(jobs).where(jobs.c.id.in_(due)).values(state=_RUNNING).returning(jobs)
    taken = [_stored(row) for row in await work.execute(statement)]
    return sorted(taken, key=lambda job: (-job.priority, job.id))


async def next_at(work: Everywhere, now: float) -> float | None:
    """Return when the next job that is not due yet will be."""
    upcoming = select(func.min(jobs.c.run_at)).where(jobs.c.state == _WAITING, jobs.c.run_at > now)
    at: float | None = (await work.execute(upcoming)).scalar_one()
    return at


async def hasten(work: Everywhere, seconds: float, now: float) -> None:
    """Let what is not due yet be due so much sooner."""
    upcoming = update(jobs).where(jobs.c.state == _WAITING, jobs.c.run_at > now)
    await work.execute(upcoming.values(run_at=jobs.c.run_at - seconds))


async def finish(work: Everywhere, job: Job) -> None:
    """Drop a job that is done."""
    await work.execute(delete(jobs).where(jobs.c.id == job.id))


async def postpone(work: Everywhere, job: Job, _now: float, *, run_at: float, reason: str, reference: str) -> None:
    """Put a job back after an error."""
    await _set(
        work,
        job.id,
        state=_WAITING,
        run_at=run_at,
        errors=jobs.c.errors + 1,
        reason=reason,
        reference=reference,
    )


async def park(work: Everywhere, job: Job, now: float) -> None:
    """Give a job up: it stays to be looked at and lets its lock go."""
    await _set(work, job.id, state=_FAILED, failed_at=now)


async def retry(work: Everywhere, job_id: int) -> bool:
    """Run a job that was given up once more, as if it were new. It is False when there is no such job."""
    statement = update(jobs).where(jobs.c.id == job_id, jobs.c.state == _FAILED)
    again = statement.values(state=_WAITING, run_at=AT_ONCE, errors=0, crashes=0, failed_at=None)
    return (await work.execute(again)).rowcount == 1


async def failed(work: Everywhere, tenant: Tenant | None) -> list[Job]:
    """List the jobs that were given up, of one workspace or of all, newest first."""
    statement = select(jobs).where(jobs.c.state == _FAILED).order_by(jobs.c.failed_at.desc(), jobs.c.id.desc())
    if tenant is not None:
        statement = statement.where(jobs.c.team_id == tenant.team)
    return [_stored(row) for row in await work.execute(statement)]


async def recover(work: Everywhere) -> int:
    """Take up what a crash left running. Returns how many jobs that were."""
    statement = update(jobs).where(jobs.c.state == _RUNNING)
    return (await work.execute(statement.values(state=_WAITING, crashes=jobs.c.crashes + 1))).rowcount


async def release(work: Everywhere, keep: Collection[int]) -> None:
    """Put back what an orderly stop broke off. It does not count as a crash."""
    statement = update(jobs).where(jobs.c.state == _RUNNING, jobs.c.id.not_in(keep))
    await work.execute(statement.values(state=_WAITING))


async def _set(work: Everywhere, job_id: int, **values: Any) -> None:
    await work.execute(update(jobs).where(jobs.c.id == job_id).values(**values))
