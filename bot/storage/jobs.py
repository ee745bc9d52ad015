"""The job table of the embedded runner."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, case, delete, exists, func, or_, select, update

from bot.domain.ids import TeamId, Tenant
from bot.storage.database import UnitOfWork
from bot.storage.tables import jobs

Value = str | int | float | bool | None

AT_ONCE: Final = 0.0
"""The time of a job that is due whatever a clock says."""

_WAITING: Final = "waiting"
_RUNNING: Final = "running"
_FAILED: Final = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job to store."""

    tenant: Tenant
    name: str
    args: Mapping[str, Value]
    lock: str | None
    priority: int
    run_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredJob(NewJob):
    """A job with what has become of it so far."""

    id: int
    worker: int | None = None
    """Which replica has taken it, where there are several."""
    errors: int
    crashes: int
    reason: str | None
    """The class of the last error."""
    reference: str | None
    """The last error's id in the log."""
    failed_at: float | None


def _stored(row: Row[Any]) -> StoredJob:
    return StoredJob(
        tenant=Tenant(team=TeamId(row.team_id)),
        name=row.name,
        args=json.loads(row.args),
        lock=row.lock,
        priority=row.priority,
        run_at=row.run_at,
        id=row.id,
        errors=row.errors,
        crashes=row.crashes,
        reason=row.reason,
        reference=row.reference,
        failed_at=row.failed_at,
    )


def _waiting(tenant: Tenant, name: str, lock: str | None) -> ColumnElement[bool]:
    return and_(jobs.c.team_id == tenant.team, jobs.c.name == name, jobs.c.lock == lock, jobs.c.state == _WAITING)


async def add(uow: UnitOfWork, job: NewJob, _now: float) -> None:
    """Store a job to be run."""
    await uow.execute(
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


async def join(uow: UnitOfWork, job: NewJob, _now: float) -> bool:
    """Let a job that waits for its first run stand for this one, with this one's arguments and no later.

    False when none waits.
    """
    sooner = case((jobs.c.run_at > job.run_at, job.run_at), else_=jobs.c.run_at)
    untouched = and_(jobs.c.errors == 0, jobs.c.crashes == 0)
    values = {"run_at": sooner, "args": json.dumps(dict(job.args))}
    statement = update(jobs).where(_waiting(job.tenant, job.name, job.lock), untouched).values(values)
    return (await uow.execute(statement)).rowcount > 0


async def cancel(uow: UnitOfWork, tenant: Tenant, name: str, lock: str) -> None:
    """Drop the jobs of a name and lock that are not running."""
    await uow.execute(delete(jobs).where(_waiting(tenant, name, lock)))


async def take(uow: UnitOfWork, now: float, limit: int) -> list[StoredJob]:
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
    taken = [_stored(row) for row in await uow.execute(statement)]
    return sorted(taken, key=lambda job: (-job.priority, job.id))


async def next_at(uow: UnitOfWork, now: float) -> float | None:
    """Return when the next job that is not due yet will be."""
    upcoming = select(func.min(jobs.c.run_at)).where(jobs.c.state == _WAITING, jobs.c.run_at > now)
    at: float | None = (await uow.execute(upcoming)).scalar_one()
    return at


async def hasten(uow: UnitOfWork, seconds: float, now: float) -> None:
    """Let what is not due yet be due so much sooner."""
    upcoming = update(jobs).where(jobs.c.state == _WAITING, jobs.c.run_at > now)
    await uow.execute(upcoming.values(run_at=jobs.c.run_at - seconds))


async def finish(uow: UnitOfWork, job: StoredJob) -> None:
    """Drop a job that is done."""
    await uow.execute(delete(jobs).where(jobs.c.id == job.id))


async def postpone(uow: UnitOfWork, job: StoredJob, _now: float, *, run_at: float, reason: str, reference: str) -> None:
    """Put a job back after an error."""
    await _set(
        uow,
        job.id,
        state=_WAITING,
        run_at=run_at,
        errors=jobs.c.errors + 1,
        reason=reason,
        reference=reference,
    )


async def park(uow: UnitOfWork, job: StoredJob, now: float) -> None:
    """Give a job up: it stays to be looked at and lets its lock go."""
    await _set(uow, job.id, state=_FAILED, failed_at=now)


async def retry(uow: UnitOfWork, job_id: int) -> bool:
    """Run a job that was given up once more, as if it were new; False when there is no such job."""
    statement = update(jobs).where(jobs.c.id == job_id, jobs.c.state == _FAILED)
    again = statement.values(state=_WAITING, run_at=AT_ONCE, errors=0, crashes=0, failed_at=None)
    return (await uow.execute(again)).rowcount == 1


async def failed(uow: UnitOfWork, tenant: Tenant | None) -> list[StoredJob]:
    """List the jobs that were given up, of one workspace or of all, newest first."""
    statement = select(jobs).where(jobs.c.state == _FAILED).order_by(jobs.c.failed_at.desc(), jobs.c.id.desc())
    if tenant is not None:
        statement = statement.where(jobs.c.team_id == tenant.team)
    return [_stored(row) for row in await uow.execute(statement)]


async def recover(uow: UnitOfWork) -> int:
    """Take up what a crash left running; returns how many jobs that were."""
    statement = update(jobs).where(jobs.c.state == _RUNNING)
    return (await uow.execute(statement.values(state=_WAITING, crashes=jobs.c.crashes + 1))).rowcount


async def release(uow: UnitOfWork, keep: Collection[int]) -> None:
    """Put back what an orderly stop broke off; it does not count as a crash."""
    statement = update(jobs).where(jobs.c.state == _RUNNING, jobs.c.id.not_in(keep))
    await uow.execute(statement.values(state=_WAITING))


async def _set(uow: UnitOfWork, job_id: int, **values: Any) -> None:
    await uow.execute(update(jobs).where(jobs.c.id == job_id).values(**values))
