"""The jobs on PostgreSQL: procrastinate's table, which all replicas share.

What that table has no column for, `args` holds beside the job's own arguments: the workspace and what became of it.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Double,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ENUM, JSONB

from bot.domain.ids import TeamId, Tenant
from bot.storage.database import UnitOfWork
from bot.storage.jobs import NewJob, StoredJob

QUEUE: Final = "tasklane"
"""The name of our jobs among others that procrastinate may keep in the same database."""
CHANNEL: Final = f"procrastinate_queue_v1#{QUEUE}"
"""Where procrastinate's triggers, and we, tell all replicas to look at the table."""

_TODO: Final = "todo"
_DOING: Final = "doing"
_FAILED: Final = "failed"
_UNTRIED: Final = {"errors": 0, "crashes": 0}

_jobs: Final = Table(
    "procrastinate_jobs",
    MetaData(),
    Column("id", BigInteger, primary_key=True),
    Column("queue_name", Text),
    Column("task_name", Text),
    Column("priority", Integer),
    Column("lock", Text),
    Column("args", JSONB),
    Column("status", ENUM(_TODO, _DOING, _FAILED, name="procrastinate_job_status", create_type=False)),
    Column("scheduled_at", DateTime(timezone=True)),
    Column("worker_id", BigInteger),
)
"""As far as we use it; procrastinate's own schema makes it."""


def arguments(job: NewJob) -> dict[str, Any]:
    """Return what procrastinate's `args` hold of a new job."""
    return {"team": job.tenant.team, "args": dict(job.args), "run_at": job.run_at, **_UNTRIED}


def lock_of(tenant: Tenant, lock: str | None) -> str | None:
    """Name a workspace's lock among those of all workspaces."""
    return None if lock is None else f"{tenant.team}:{lock}"


def moment(at: float) -> datetime:
    """Say a time as PostgreSQL does."""
    return datetime.fromtimestamp(at, UTC)


def _stored(row: Row[Any]) -> StoredJob:
    tenant = Tenant(team=TeamId(row.args["team"]))
    return StoredJob(
        tenant=tenant,
        name=row.task_name,
        args=row.args["args"],
        lock=None if row.lock is None else row.lock.removeprefix(f"{tenant.team}:"),
        priority=row.priority,
        run_at=float(row.args["run_at"]),
        id=row.id,
        worker=row.worker_id,
        errors=row.args["errors"],
        crashes=row.args["crashes"],
        reason=row.args.get("reason"),
        reference=row.args.get("reference"),
        failed_at=row.args.get("failed_at"),
    )


def _waiting(tenant: Tenant, name: str, lock: str) -> ColumnElement[bool]:
    return and_(
        _jobs.c.lock == lock_of(tenant, lock),
        _jobs.c.status == _TODO,
        _jobs.c.task_name == name,
        _jobs.c.queue_name == QUEUE,
    )


def _held(job: StoredJob) -> ColumnElement[bool]:
    """Whether the job is still that of the replica which took it: one that was believed dead must not write."""
    return and_(_jobs.c.id == job.id, _jobs.c.status == _DOING, _jobs.c.worker_id == job.worker)


def _noted(**values: Any) -> ColumnElement[Any]:
    return _jobs.c.args.op("||")(cast(values, JSONB))


async def tell(uow: UnitOfWork) -> None:
    """Have all replicas look at the table once this is committed; procrastinate does so for new jobs alone."""
    await uow.execute(select(func.pg_notify(CHANNEL, '{"type": "job_inserted", "job_id": 0}')))


class SharedJobs:
    """The functions of `bot.storage.jobs` for one of several replicas; adding is procrastinate's.

    It takes jobs of these names only: a newer version beside it may know more. None stands for all.
    """

    worker: int | None = None
    """This replica's id while it takes jobs."""

    def __init__(self, names: Collection[str] | None) -> None:
        self._names = names

    async def join(
        self, uow: UnitOfWork, tenant: Tenant, name: str, lock: str, args: Mapping[str, Any], run_at: float
    ) -> bool:
        """Let a job that waits for its first run stand for another one, with that one's arguments and no later.

        False when none waits.
        """
        untouched = _jobs.c.args.contains(_UNTRIED)
        earlier = func.least(cast(_jobs.c.args["run_at"].astext, Double), run_at)
        values = {
            "args": _noted(args=dict(args)).op("||")(func.jsonb_build_object("run_at", earlier)),
            # NULL means at once, and stays.
            "scheduled_at": case((_jobs.c.scheduled_at > moment(run_at), moment(run_at)), else_=_jobs.c.scheduled_at),
        }
        statement = update(_jobs).where(_waiting(tenant, name, lock), untouched).values(values)
        joined = (await uow.execute(statement)).rowcount > 0
        if joined:
            await tell(uow)
        return joined

    async def cancel(self, uow: UnitOfWork, tenant: Tenant, name: str, lock: str) -> None:
        """Drop the jobs of a name and lock that are not running."""
        await uow.execute(delete(_jobs).where(_waiting(tenant, name, lock)))
        await tell(uow)

    async def take(self, uow: UnitOfWork, now: float, limit: int) -> list[StoredJob]:
        """Mark the next jobs as running here and return them: each lock's first one, if it is due and none runs.

        Two replicas that look at once skip each other's; should both see a lock as free, procrastinate's unique index
        on the locks that run refuses the second.
        """
        if self.worker is None:
            return []
        other = _jobs.alias()
        held = exists().where(
            other.c.lock == _jobs.c.lock,
            or_(other.c.status == _DOING, and_(other.c.status == _TODO, other.c.id < _jobs.c.id)),
        )
        due = (
            select(_jobs.c.id)
            .where(
                _jobs.c.status == _TODO,
                _jobs.c.queue_name == QUEUE,
                true() if self._names is None else _jobs.c.task_name.in_(self._names),
                or_(_jobs.c.scheduled_at.is_(None), _jobs.c.scheduled_at <= moment(now)),
                or_(_jobs.c.lock.is_(None), ~held),
            )
            .order_by(_jobs.c.priority.desc(), _jobs.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        mine = update(_jobs).where(_jobs.c.id.in_(select(due.c.id))).values(status=_DOING, worker_id=self.worker)
        taken = [_stored(row) for row in await uow.execute(mine.returning(_jobs))]
        return sorted(taken, key=lambda job: (-job.priority, job.id))

    async def next_at(self, uow: UnitOfWork, now: float) -> float | None:
        """Return when the next job that is not due yet will be."""
        upcoming = select(func.min(_jobs.c.scheduled_at)).where(
            _jobs.c.status == _TODO, _jobs.c.queue_name == QUEUE, _jobs.c.scheduled_at > moment(now)
        )
        at: datetime | None = (await uow.execute(upcoming)).scalar_one()
        return None if at is None else at.timestamp()

    async def finish(self, uow: UnitOfWork, job: StoredJob) -> None:
        """Drop a job that is done."""
        await uow.execute(delete(_jobs).where(_held(job)))

    async def postpone(self, uow: UnitOfWork, job: StoredJob, *, run_at: float, reason: str, reference: str) -> None:
        """Put a job back after an error."""
        noted = _noted(run_at=run_at, errors=job.errors + 1, reason=reason, reference=reference)
        statement = update(_jobs).where(_held(job))
        await uow.execute(statement.values(status=_TODO, worker_id=None, scheduled_at=moment(run_at), args=noted))

    async def park(self, uow: UnitOfWork, job: StoredJob, now: float) -> None:
        """Give a job up: it stays to be looked at and lets its lock go."""
        statement = update(_jobs).where(_held(job))
        await uow.execute(statement.values(status=_FAILED, worker_id=None, args=_noted(failed_at=now)))

    async def retry(self, uow: UnitOfWork, job_id: int, now: float) -> bool:
        """Run a job that was given up once more, as if it were new; False when there is no such job."""
        statement = update(_jobs).where(_jobs.c.id == job_id, _jobs.c.queue_name == QUEUE, _jobs.c.status == _FAILED)
        again = statement.values(status=_TODO, scheduled_at=None, args=_noted(run_at=now, failed_at=None, **_UNTRIED))
        found = (await uow.execute(again)).rowcount == 1
        await tell(uow)
        return found

    async def failed(self, uow: UnitOfWork, tenant: Tenant | None) -> list[StoredJob]:
        """List the jobs that were given up, of one workspace or of all, newest first."""
        statement = select(_jobs).where(_jobs.c.status == _FAILED, _jobs.c.queue_name == QUEUE)
        if tenant is not None:
            statement = statement.where(_jobs.c.args["team"].astext == tenant.team)
        found = [_stored(row) for row in await uow.execute(statement)]
        return sorted(found, key=lambda job: (-(job.failed_at or 0.0), -job.id))

    async def release(self, uow: UnitOfWork, keep: Collection[int]) -> None:
        """Put back what was taken here and is not kept; it does not count as a crash."""
        statement = update(_jobs).where(
            _jobs.c.status == _DOING, _jobs.c.worker_id == self.worker, _jobs.c.id.not_in(keep)
        )
        if (await uow.execute(statement.values(status=_TODO, worker_id=None))).rowcount:
            await tell(uow)
