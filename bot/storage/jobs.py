"""The job table of the embedded runner."""

import json
from collections.abc import Collection
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Delete,
    Insert,
    Row,
    Select,
    Update,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

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
        coalesce=bool(row.coalesce),
        enqueued_at=row.enqueued_at,
    )


@cache
def _joining() -> Update:
    here: dict[str, Any] = {name: bindparam(f"_{name}") for name in ("run_at", "args", "team", "name", "lock", "now")}
    theirs = and_(jobs.c.team_id == here["team"], jobs.c.name == here["name"], jobs.c.lock == here["lock"])
    sooner = case((jobs.c.run_at > here["run_at"], here["run_at"]), else_=jobs.c.run_at)
    anew = update(jobs).where(theirs, jobs.c.state == _WAITING)
    return anew.values(run_at=sooner, args=here["args"], errors=0, crashes=0, enqueued_at=here["now"])


@cache
def _taking(names: frozenset[str] | None) -> Update:
    other = jobs.alias()
    held = exists().where(
        other.c.team_id == jobs.c.team_id,
        other.c.lock == jobs.c.lock,
        or_(other.c.state == _RUNNING, and_(other.c.state == _WAITING, other.c.id < jobs.c.id)),
    )
    due = (
        select(jobs.c.id)
        .where(
            jobs.c.state == _WAITING,
            jobs.c.run_at <= bindparam("now"),
            jobs.c.team_id.not_in(bindparam("full", expanding=True)),
            or_(jobs.c.lock.is_(None), ~held),
        )
        .order_by(jobs.c.priority.desc(), jobs.c.id)
        .limit(bindparam("most"))
    )
    if names is not None:
        due = due.where(jobs.c.name.in_(sorted(names)))
    return update(jobs).where(jobs.c.id.in_(due)).values(state=_RUNNING).returning(jobs)


@cache
def _coming() -> Select[Any]:
    return select(func.min(jobs.c.run_at)).where(jobs.c.state == _WAITING, jobs.c.run_at > bindparam("now"))


@cache
def _adding() -> Insert:
    return jobs.insert()


@cache
def _finishing() -> Delete:
    return delete(jobs).where(jobs.c.id == bindparam("done"))


async def add(work: Transaction, job: Job, now: float) -> None:
    """Store a job to be run."""
    values = {
        "team_id": job.tenant.team,
        "name": job.name,
        "args": json.dumps(dict(job.args)),
        "lock": job.lock,
        "priority": job.priority,
        "run_at": job.run_at,
        "state": _WAITING,
        "coalesce": job.coalesce,
        "enqueued_at": now,
    }
    await work.execute(_adding(), values)


async def join(work: Transaction, job: Job, now: float) -> bool:
    """Let a job that waits stand for this one, with this one's arguments, no later and with its attempts anew.

    False when none waits.
    """
    args = json.dumps(dict(job.args))
    values = {"_run_at": job.run_at, "_args": args, "_team": job.tenant.team, "_name": job.name, "_lock": job.lock}
    return (await work.execute(_joining(), {**values, "_now": now})).rowcount > 0


def _like(job: Job) -> ColumnElement[bool]:
    """Match the waiting jobs of a job's name and lock."""
    theirs = and_(jobs.c.team_id == job.tenant.team, jobs.c.name == job.name, jobs.c.lock == job.lock)
    return and_(theirs, jobs.c.state == _WAITING)


async def take(
    work: Everywhere,
    now: float,
    limit: int,
    names: Collection[str] | None = None,
    full: Collection[TeamId] = (),
) -> list[Job]:
    """Mark the next jobs as running and return them: each lock's first one, if it is due and none runs.

    With `names` it takes only those of these names, and none of the workspaces that are `full`.
    """
    statement = _taking(None if names is None else frozenset(names))
    taken = [_stored(row) for row in await work.execute(statement, {"now": now, "most": limit, "full": list(full)})]
    return sorted(taken, key=lambda job: (-job.priority, job.id))


async def next_at(work: Everywhere, now: float) -> float | None:
    """Return when the next job that is not due yet will be."""
    at: float | None = (await work.execute(_coming(), {"now": now})).scalar_one()
    return at


async def hasten(work: Everywhere, seconds: float, now: float) -> None:
    """Let what is not due yet be due so much sooner."""
    upcoming = update(jobs).where(jobs.c.state == _WAITING, jobs.c.run_at > now)
    await work.execute(upcoming.values(run_at=jobs.c.run_at - seconds))


async def finish(work: Everywhere, job: Job) -> None:
    """Drop a job that is done."""
    await work.execute(_finishing(), {"done": job.id})


async def postpone(
    work: Everywhere, job: Job, now: float, *, run_at: float, errors: int, reason: str, reference: str
) -> None:
    """Put a job back after an error. One that coalesces gives way to a newer one that waits."""
    if job.coalesce and (await work.execute(select(jobs.c.id).where(_like(job)).limit(1))).first():
        await finish(work, job)
        return
    await _set(
        work,
        job.id,
        state=_WAITING,
        run_at=run_at,
        errors=errors,
        enqueued_at=now if job.enqueued_at is None else job.enqueued_at,
        reason=reason,
        reference=reference,
    )


async def park(work: Everywhere, job: Job, now: float) -> None:
    """Give a job up: it stays to be looked at and lets its lock go."""
    await _set(work, job.id, state=_FAILED, failed_at=now)


async def retry(work: Everywhere, job_id: int) -> bool:
    """Run a job that was given up once more, as if it were new. It is False when there is no such job."""
    statement = update(jobs).where(jobs.c.id == job_id, jobs.c.state == _FAILED)
    again = statement.values(state=_WAITING, run_at=AT_ONCE, errors=0, crashes=0, failed_at=None, enqueued_at=None)
    return (await work.execute(again)).rowcount == 1


async def prune(work: Everywhere, before: float) -> None:
    """Forget the jobs that were given up before a time."""
    await work.execute(delete(jobs).where(jobs.c.state == _FAILED, jobs.c.failed_at < before))


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
