"""The jobs on PostgreSQL: procrastinate's, which all replicas share.

What its table has no column for, `args` holds beside the job's own arguments: the workspace and what became of it.
"""

from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any, Final, LiteralString

import psycopg
from procrastinate import PsycopgConnector
from procrastinate import jobs as procrastinate
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from procrastinate.manager import JobManager, get_channel_for_queues

from bot.domain.ids import TeamId, Tenant
from bot.domain.jobs import AT_ONCE, Job
from bot.errors import StorageUnavailable, TakenForDead
from bot.storage import dialects
from bot.storage.database import Everywhere, Transaction

_WAITING: Final = "todo"
_UNTRIED: Final[dict[str, Any]] = {"errors": 0, "crashes": 0}
_ANEW: Final[dict[str, Any]] = {**_UNTRIED, "enqueued_at": None}

_NOTE: Final = """
UPDATE procrastinate_jobs SET args = args || %(noted)s
WHERE id = %(id)s AND status = %(status)s AND worker_id IS NOT DISTINCT FROM %(worker)s::bigint
RETURNING id
"""
# Like procrastinate's own statement, which takes one job at a time, and knows nothing of workspaces.
_TAKE: Final = """
UPDATE procrastinate_jobs SET status = 'doing', worker_id = %(worker)s
WHERE id IN (
    SELECT job.id FROM procrastinate_jobs AS job
    WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())
    AND (%(queues)s::varchar[] IS NULL OR job.queue_name = ANY(%(queues)s::varchar[]))
    AND NOT job.args ->> 'team' = ANY(%(full)s::varchar[])
    AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs AS other
        WHERE other.lock = job.lock AND (other.status = 'doing' OR other.status = 'todo' AND (
            other.priority > job.priority OR other.priority = job.priority AND other.id < job.id
        ))
    )
    ORDER BY job.priority DESC, job.id LIMIT %(most)s
    FOR UPDATE OF job SKIP LOCKED
)
RETURNING id, status, task_name, priority, lock, queueing_lock, args, scheduled_at, queue_name, attempts, worker_id
"""
_DROP: Final = """
DELETE FROM procrastinate_jobs
WHERE id = %(id)s AND status = 'doing' AND worker_id IS NOT DISTINCT FROM %(worker)s::bigint
RETURNING id
"""
_JOIN: Final = """
WITH waiting AS (
    SELECT id, (args ->> 'run_at')::float8 AS run_at FROM procrastinate_jobs
    WHERE status = 'todo' AND task_name = %(name)s AND lock = %(lock)s
    ORDER BY id LIMIT 1 FOR UPDATE
), joined AS (
    UPDATE procrastinate_jobs AS job
    SET args = %(args)s || jsonb_build_object('run_at', LEAST(waiting.run_at, %(run_at)s::float8)),
        scheduled_at = CASE WHEN %(at)s::timestamptz IS NULL THEN NULL ELSE LEAST(job.scheduled_at, %(at)s) END
    FROM waiting WHERE job.id = waiting.id
    RETURNING waiting.run_at
)
SELECT CASE WHEN %(run_at)s::float8 < run_at
    THEN pg_notify(%(channel)s, '{"type": "job_inserted", "job_id": 0}')::text END FROM joined
"""
_UPCOMING: Final = """
SELECT extract(epoch FROM min(scheduled_at) - now())::float8 AS seconds FROM procrastinate_jobs
WHERE status = 'todo' AND scheduled_at > now()
"""
_FORGET: Final = """
DELETE FROM procrastinate_jobs WHERE status = 'failed' AND (args ->> 'failed_at')::float8 < %(before)s RETURNING id
"""
_TELL: Final = """SELECT pg_notify(%(channel)s, '{"type": "job_inserted", "job_id": 0}')"""


def channel() -> str:
    """Name the channel on which procrastinate tells of new jobs, whatever their queue."""
    (name,) = get_channel_for_queues()
    return name


class OneConnection(PsycopgConnector):
    """Runs procrastinate's statements, and ours, on one connection and in whatever transaction that is in."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        super().__init__()
        self._connection = connection

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        """Run a statement."""
        await self.execute_query_all_async(query, **arguments)

    async def execute_query_one_async(self, query: LiteralString, **arguments: Any) -> dict[str, Any]:
        """Run a statement and return its one row."""
        (row,) = await self.execute_query_all_async(query, **arguments)
        return row

    async def execute_query_all_async(self, query: LiteralString, **arguments: Any) -> list[dict[str, Any]]:
        """Run a statement and return its rows."""
        run = self.execute_query_all_async_with_connection
        rows: list[dict[str, Any]] = await run(self._connection, query, **arguments)
        return rows


class JobTable(JobManager):
    """What procrastinate does with jobs, and the little that it lacks."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        super().__init__(OneConnection(connection))

    async def take(
        self, names: list[str] | None, full: list[TeamId], most: int, worker: int
    ) -> list[procrastinate.Job]:
        """Mark the next jobs as running there. The table takes no replica that is not on the register."""
        arguments: dict[str, Any] = {"queues": names, "full": full, "most": most, "worker": worker}
        try:
            rows = await self.connector.execute_query_all_async(_TAKE, **arguments)
            return [procrastinate.Job.from_row(row) for row in rows]
        except ConnectorException as error:
            if isinstance(error.__cause__, psycopg.errors.ForeignKeyViolation):
                raise TakenForDead from error
            raise

    async def note(self, job_id: int, worker: int | None, status: Status = Status.DOING, **values: Any) -> bool:
        """Add to what is known of a job and keep others off it until the commit. It is False when it is not as given.

        procrastinate's own functions ask for the id alone: whoever was believed dead would write over its successor.
        """
        arguments = {"id": job_id, "worker": worker, "status": status.value, "noted": values}
        return bool(await self.connector.execute_query_all_async(_NOTE, **arguments))

    async def drop(self, job_id: int, worker: int | None) -> None:
        """Drop a job that is done, unless it was taken from whoever did it."""
        await self.connector.execute_query_all_async(_DROP, id=job_id, worker=worker)

    async def join(self, job: procrastinate.Job) -> bool:
        """Put a job in the place of one of its name and lock that waits, no later than that. False when none waits."""
        due: dict[str, Any] = {"run_at": job.task_kwargs["run_at"], "at": job.scheduled_at, "channel": channel()}
        arguments = {"name": job.task_name, "lock": job.lock, "args": job.task_kwargs, **due}
        return bool(await self.connector.execute_query_all_async(_JOIN, **arguments))

    async def again(self, job_id: int, at: datetime | None = None) -> None:
        """Let a job be taken once more, at a time or, by the clock of any server, at once."""
        await self.retry_job_by_id_async(job_id, at or datetime.fromtimestamp(AT_ONCE, UTC))

    async def upcoming(self) -> float | None:
        """Return in how many seconds the next job that is not due yet will be."""
        row = await self.connector.execute_query_one_async(_UPCOMING)
        seconds: float | None = row["seconds"]
        return seconds

    async def forget(self, before: float) -> None:
        """Drop the jobs that were given up before a time. Procrastinate's own way reads all jobs that there are."""
        await self.connector.execute_query_all_async(_FORGET, before=before)

    async def tell(self) -> None:
        """Have all replicas look for jobs after the commit. Procrastinate does so for new ones alone."""
        await self.connector.execute_query_all_async(_TELL, channel=channel())


@contextmanager
def faults() -> Iterator[None]:
    """Turn what psycopg raises when the database cannot be used, wrapped or not, into `StorageUnavailable`."""
    try:
        yield
    except (psycopg.Error, ConnectorException) as error:
        original = error if isinstance(error, psycopg.Error) else error.__cause__
        if reason := dialects.postgres_unavailable(original):
            raise StorageUnavailable(reason) from error
        raise


@asynccontextmanager
async def _jobs(work: Transaction) -> AsyncIterator[JobTable]:
    with faults():
        yield JobTable(await work.driver())


def _lock(tenant: Tenant, lock: str | None) -> str | None:
    """Name a workspace's lock among those of all workspaces."""
    return None if lock is None else f"{tenant.team}:{lock}"


def _later(run_at: float, now: float) -> datetime | None:
    """Say when a job is due as procrastinate does. At once is at once by the clock of any replica."""
    return datetime.fromtimestamp(run_at, UTC) if run_at > now else None


def _new(job: Job, now: float) -> procrastinate.Job:
    return procrastinate.Job(
        queue=job.name,
        task_name=job.name,
        lock=_lock(job.tenant, job.lock),
        queueing_lock=None,
        priority=job.priority,
        task_kwargs={
            "team": job.tenant.team,
            "args": dict(job.args),
            "run_at": job.run_at,
            "coalesce": job.coalesce,
            "enqueued_at": now,
            **_UNTRIED,
        },
        scheduled_at=_later(job.run_at, now),
    )


def stored(job: procrastinate.Job) -> Job:
    """Return procrastinate's job as one of ours."""
    assert job.id is not None
    known: dict[str, Any] = job.task_kwargs
    tenant = Tenant(team=TeamId(known["team"]))
    return Job(
        tenant=tenant,
        name=job.task_name,
        args=known["args"],
        lock=None if job.lock is None else job.lock.removeprefix(f"{tenant.team}:"),
        priority=job.priority,
        run_at=float(known["run_at"]),
        id=job.id,
        worker=job.worker_id,
        errors=known["errors"],
        crashes=known["crashes"],
        reason=known.get("reason") or "",
        reference=known.get("reference") or "",
        failed_at=known.get("failed_at"),
        coalesce=bool(known.get("coalesce")),
        enqueued_at=known.get("enqueued_at"),
    )


class SharedJobs:
    """The functions of `bot.storage.jobs` for one of several replicas.

    It takes jobs of these names only: a newer version beside it may know more. None stands for all. A name is a queue
    of procrastinate's, whose workers choose by queue.
    """

    worker: int | None = None
    """This replica's id while it takes jobs."""

    def __init__(self, names: Collection[str] | None) -> None:
        self._names = None if names is None else list(names)

    async def add(self, work: Transaction, job: Job, now: float) -> None:
        """Store a job to be run."""
        async with _jobs(work) as jobs:
            await jobs.defer_job_async(_new(job, now))

    async def join(self, work: Transaction, job: Job, now: float) -> bool:
        """Put a job in the place of one that waits, no later than that. False when none waits."""
        async with _jobs(work) as jobs:
            return await jobs.join(_new(job, now))

    async def take(
        self,
        work: Everywhere,
        _now: float,
        limit: int,
        names: Collection[str] | None = None,
        full: Collection[TeamId] = (),
    ) -> list[Job]:
        """Mark the next jobs as running here and return them: each lock's first one, if it is due and none runs.

        With `names` it takes only those of these names, and none of the workspaces that are `full`.
        Raises `TakenForDead` when there is one, and the others have struck this replica off the register.
        """
        if self.worker is None:
            return []
        queues = self._names if names is None else list(names)
        async with _jobs(work) as jobs:
            taken = [stored(job) for job in await jobs.take(queues, list(full), limit, self.worker)]
        return sorted(taken, key=lambda job: (-job.priority, job.id))

    async def next_at(self, work: Everywhere, now: float) -> float | None:
        """Return when the next job that is not due yet will be."""
        async with _jobs(work) as jobs:
            seconds = await jobs.upcoming()
        return None if seconds is None else now + seconds

    async def finish(self, work: Everywhere, job: Job) -> None:
        """Drop a job that is done."""
        async with _jobs(work) as jobs:
            await jobs.drop(job.id, job.worker)

    async def postpone(
        self, work: Everywhere, job: Job, now: float, *, run_at: float, errors: int, reason: str, reference: str
    ) -> None:
        """Put a job back after an error. One that coalesces gives way to a newer one that waits."""
        since = now if job.enqueued_at is None else job.enqueued_at
        values: dict[str, Any] = {"run_at": run_at, "errors": errors, "enqueued_at": since}
        values |= {"reason": reason, "reference": reference}
        async with _jobs(work) as jobs:
            if not await jobs.note(job.id, job.worker, **values):
                return
            if job.coalesce and await self._like(jobs, job):
                await jobs.finish_job_by_id_async(job.id, Status.SUCCEEDED, delete_job=True)
            else:
                await jobs.again(job.id, _later(run_at, now))
                await jobs.tell()  # should this replica die meanwhile, the others know the time

    async def park(self, work: Everywhere, job: Job, now: float) -> None:
        """Give a job up: it stays to be looked at and lets its lock go."""
        async with _jobs(work) as jobs:
            if await jobs.note(job.id, job.worker, failed_at=now):
                await jobs.finish_job_by_id_async(job.id, Status.FAILED, delete_job=False)

    async def retry(self, work: Everywhere, job_id: int) -> bool:
        """Run a job that was given up once more, as if it were new. It is False when there is no such job."""
        async with _jobs(work) as jobs:
            for job in await jobs.list_jobs_async(id=job_id, status=Status.FAILED.value):
                if await jobs.note(job_id, job.worker_id, Status.FAILED, run_at=AT_ONCE, failed_at=None, **_ANEW):
                    await jobs.again(job_id)
                    await jobs.tell()
                    return True
        return False

    async def prune(self, work: Everywhere, before: float) -> None:
        """Forget the jobs that were given up before a time."""
        async with _jobs(work) as jobs:
            await jobs.forget(before)

    async def failed(self, work: Everywhere, tenant: Tenant | None) -> list[Job]:
        """List the jobs that were given up, of one workspace or of all, newest first."""
        async with _jobs(work) as jobs:
            found = [stored(job) for job in await jobs.list_jobs_async(status=Status.FAILED.value)]
        ours = [job for job in found if tenant in (None, job.tenant)]
        return sorted(ours, key=lambda job: (-(job.failed_at or 0.0), -job.id))

    async def release(self, work: Everywhere, keep: Collection[int]) -> None:
        """Put back what was taken here and is not kept. It does not count as a crash."""
        if self.worker is None:
            return
        async with _jobs(work) as jobs:
            doing = await jobs.list_jobs_async(status=Status.DOING.value, worker_id=self.worker)
            for job in map(stored, doing):
                if job.id not in keep and await jobs.note(job.id, self.worker):
                    await jobs.again(job.id)
            await jobs.tell()

    async def _like(self, jobs: JobTable, job: Job) -> Job | None:
        """Find a waiting job of the same name and lock."""
        if job.lock is None:
            return None
        waiting = await jobs.list_jobs_async(task=job.name, status=_WAITING, lock=_lock(job.tenant, job.lock))
        return next(map(stored, waiting), None)
