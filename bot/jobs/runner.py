"""What both job engines are: a queue on a table, and one loop that starts what is due in this process."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection, Coroutine
from contextlib import suppress
from itertools import groupby
from typing import Any, ClassVar, Final, Protocol, assert_never

import structlog

from bot.domain.ids import Tenant
from bot.errors import StorageUnavailable, location
from bot.jobs.attempts import Step, delay, step
from bot.jobs.queue import FailedJob, Job
from bot.storage.database import Database, UnitOfWork
from bot.storage.jobs import AT_ONCE, NewJob, StoredJob

Perform = Callable[[Job, int], Awaitable[None]]
"""Does a job; the number is that of the attempt, from 1."""
GiveUp = Callable[[Job], Awaitable[None]]
"""Tells the people concerned that a job will not be done."""

_PAUSE: Final = 1.0
"""Seconds before the next try when the database is unavailable."""
_HEAD_START: Final = 0.05
"""Seconds for which a job lets those of a higher priority go first that became due together with it."""
_LAST_GRACE: Final = 1.0
"""Seconds that cancelled jobs have to clean up, and then the database to hear of it."""


class Rows(Protocol):
    """The table of jobs; every function works in the caller's transaction."""

    async def add(self, uow: UnitOfWork, job: NewJob, now: float) -> None:
        """Store a job to be run."""
        ...

    async def join(self, uow: UnitOfWork, job: NewJob, now: float) -> bool:
        """Let a job that waits for its first run stand for this one; False when none waits."""
        ...

    async def cancel(self, uow: UnitOfWork, tenant: Tenant, name: str, lock: str) -> None:
        """Drop the jobs of a name and lock that are not running."""
        ...

    async def take(self, uow: UnitOfWork, now: float, limit: int) -> list[StoredJob]:
        """Mark the next jobs as running here and return them, the first first."""
        ...

    async def next_at(self, uow: UnitOfWork, now: float) -> float | None:
        """Return when the next job that is not due yet will be."""
        ...

    async def finish(self, uow: UnitOfWork, job: StoredJob) -> None:
        """Drop a job that is done."""
        ...

    async def postpone(
        self, uow: UnitOfWork, job: StoredJob, now: float, *, run_at: float, reason: str, reference: str
    ) -> None:
        """Put a job back after an error."""
        ...

    async def park(self, uow: UnitOfWork, job: StoredJob, now: float) -> None:
        """Give a job up: it stays to be looked at and lets its lock go."""
        ...

    async def retry(self, uow: UnitOfWork, job_id: int) -> bool:
        """Run a job that was given up once more, as if it were new; False when there is no such job."""
        ...

    async def failed(self, uow: UnitOfWork, tenant: Tenant | None) -> list[StoredJob]:
        """List the jobs that were given up, newest first."""
        ...

    async def release(self, uow: UnitOfWork, keep: Collection[int]) -> None:
        """Put back what was taken here and is not kept; it does not count as a crash."""
        ...


class Runner:
    """A queue and its runner. Enqueueing works before `start`; what is enqueued then waits for it."""

    look_again: ClassVar[float] = 5.0
    """The longest wait without a look at the table, in seconds: a commit whose caller was cancelled wakes nobody."""

    def __init__(
        self,
        database: Database,
        rows: Rows,
        perform: Perform,
        give_up: GiveUp,
        clock: Callable[[], float],
        concurrency: int,
    ) -> None:
        self._database = database
        self._rows = rows
        self._perform = perform
        self._give_up = give_up
        self._clock = clock
        self._concurrency = concurrency
        self._awake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._working: dict[asyncio.Task[None], int] = {}
        self.replicas = 1
        """How many processes work on the table, as far as is known."""
        self._unsure = False
        """Whether the last look failed, so that jobs may be marked as running here which are not."""
        self._log = structlog.get_logger(__name__)

    async def enqueue(self, uow: UnitOfWork, job: Job) -> None:
        """Add a job in the caller's transaction; it starts as soon as that is committed."""
        now = self._clock()
        run_at = AT_ONCE if job.run_at is None or job.run_at <= now else job.run_at
        uow.after_commit(self.wake)
        new = NewJob(
            tenant=job.tenant, name=job.name, args=job.args, lock=job.lock, priority=job.priority, run_at=run_at
        )
        if not (job.coalesce and await self._rows.join(uow, new, now)):
            await self._rows.add(uow, new, now)

    async def cancel(self, uow: UnitOfWork, tenant: Tenant, name: str, lock: str) -> None:
        """Drop the jobs of a name and lock that are not running."""
        uow.after_commit(self.wake)
        await self._rows.cancel(uow, tenant, name, lock)

    async def failed(self, tenant: Tenant | None) -> list[FailedJob]:
        """List the jobs that were given up, of one workspace or of all, newest first."""
        async with self._database.read() as uow:
            return [_failed(row) for row in await self._rows.failed(uow, tenant)]

    async def retry(self, job_id: int) -> bool:
        """Run a job that was given up once more, with all its attempts before it; False when there is none."""
        async with self._database.write() as uow:
            uow.after_commit(self.wake)
            return await self._rows.retry(uow, job_id)

    async def start(self) -> None:
        """Begin."""
        self._loop = asyncio.create_task(self._run(), name="jobs")

    def wake(self) -> None:
        """Have the table looked at now: something may be due."""
        self._awake.set()

    async def stop(self, grace: float) -> None:
        """Begin nothing any more, wait `grace` seconds for what runs, then leave it to the next start."""
        if self._loop is None:
            return
        self._stopping.set()
        self.wake()
        await asyncio.wait({self._loop, *self._working}, timeout=grace)
        await self._cancel({self._loop, *self._working})
        self._loop = None
        with suppress(StorageUnavailable, TimeoutError):
            async with asyncio.timeout(_LAST_GRACE), self._database.write() as uow:
                await self._rows.release(uow, keep=list(self._working.values()))

    async def _cancel(self, tasks: set[asyncio.Task[None]]) -> None:
        running = {task for task in tasks if not task.done()}
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=_LAST_GRACE)

    async def _run(self) -> None:
        """Start what is due, then wait for a wake-up or for the next job's time."""
        while not self._stopping.is_set():
            self._awake.clear()
            try:
                wait = await self._start_due()
            except Exception as error:  # noqa: BLE001  a border: the loop must outlive the database
                if not isinstance(error, StorageUnavailable):  # that, the database logs itself, and once
                    self._log.error("jobs not read", error=type(error).__name__, at=location(error))
                wait = _PAUSE if self._unsure else 0.0
                self._unsure = True
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._awake.wait()

    async def _start_due(self) -> float:
        """Start as many jobs as may run, and return the longest time to wait before the next look."""
        free = self._concurrency - len(self._working)
        if free <= 0:
            return self.look_again
        now = self._clock()
        async with self._database.write() as uow:
            if self._unsure:
                await self._rows.release(uow, keep=list(self._working.values()))
            due = await self._rows.take(uow, now, free)
            upcoming = await self._rows.next_at(uow, now)
        self._unsure = False
        if self._stopping.is_set():
            return 0.0  # `stop` puts back what was just taken
        ahead: list[asyncio.Task[None]] = []
        for _, equals in groupby(due, key=lambda job: job.priority):
            ahead += [self._begin(job, tuple(ahead)) for job in equals]
        return self.look_again if upcoming is None else min(max(upcoming - now, 0.0), self.look_again)

    def _begin(self, job: StoredJob, ahead: Collection[asyncio.Task[None]]) -> asyncio.Task[None]:
        task = asyncio.create_task(self._work(job, ahead), name=f"job {job.id}")
        self._working[task] = job.id
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._working[task]
        self.wake()

    async def _work(self, stored: StoredJob, ahead: Collection[asyncio.Task[None]]) -> None:
        """Take a job one step further and store how that went."""
        if ahead:
            await asyncio.wait(ahead, timeout=_HEAD_START)
        job = _job(stored)
        try:
            match step(stored.errors, stored.crashes):
                case Step.RUN:
                    await self._perform(job, stored.errors + stored.crashes + 1)
                    await self._store(lambda uow: self._rows.finish(uow, stored))
                case Step.GIVE_UP:
                    await self._give_up(job)
                    await self._store(lambda uow: self._rows.park(uow, stored, self._clock()))
                case Step.PARK:
                    await self._store(lambda uow: self._rows.park(uow, stored, self._clock()))
                case _ as never:
                    assert_never(never)
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            await self._postpone(stored, error)  # cancelled from inside, not by `stop`
        except Exception as error:  # noqa: BLE001  a border: no job may end the runner
            await self._postpone(stored, error)

    async def _postpone(self, stored: StoredJob, error: BaseException) -> None:
        """Note an error under a reference, and put the job back until it is due again."""
        reference = secrets.token_hex(4)
        reason = type(error).__name__
        self._log.error(
            "job failed",
            job=stored.id,
            name=stored.name,
            team=stored.tenant.team,
            attempt=stored.errors + stored.crashes + 1,
            reference=reference,
            error=reason,
            at=location(error),
        )
        now = self._clock()
        wait = delay(stored.errors + 1, error)
        run_at = now + wait if wait else AT_ONCE
        await self._store(
            lambda uow: self._rows.postpone(uow, stored, now, run_at=run_at, reason=reason, reference=reference)
        )

    async def _store(self, write: Callable[[UnitOfWork], Coroutine[Any, Any, None]]) -> None:
        """Store a verdict, however long the database is away: until then the job keeps its lock."""
        while True:
            try:
                async with self._database.write() as uow:
                    await write(uow)
                return
            except Exception as error:  # noqa: BLE001  a border: a verdict must not be lost
                if not isinstance(error, StorageUnavailable):
                    self._log.error("job outcome not stored", error=type(error).__name__, at=location(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(_PAUSE):
                    await self._stopping.wait()
                    return


def _job(stored: StoredJob) -> Job:
    return Job(
        name=stored.name,
        tenant=stored.tenant,
        args=stored.args,
        lock=stored.lock,
        priority=stored.priority,
        run_at=stored.run_at or None,
    )


def _failed(stored: StoredJob) -> FailedJob:
    return FailedJob(
        id=stored.id,
        job=_job(stored),
        attempts=stored.errors + stored.crashes,
        reason=stored.reason or "",
        reference=stored.reference or "",
        failed_at=stored.failed_at or 0.0,
    )
