"""What both job engines are: a queue on a table, and one loop that starts what is due in this process."""

import asyncio
import math
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Any, ClassVar, Final, Protocol, assert_never

import structlog

from bot.domain.ids import TeamId, Tenant
from bot.domain.jobs import AT_ONCE, Job
from bot.errors import StorageUnavailable, location
from bot.jobs.attempts import Step, setback, step
from bot.storage.database import Database, Everywhere, Transaction, let_people_first

Verdict = Callable[[Everywhere], Coroutine[Any, Any, None]]
"""Stores what has become of a job."""

_LAST_GRACE: Final = 1.0
"""Seconds that cancelled jobs have to clean up, and then the database to hear of it."""


class Worker(Protocol):
    """Does the jobs."""

    async def perform(self, job: Job) -> None:
        """Do a job. `job.attempts` says how often that was tried before."""
        ...

    async def give_up(self, job: Job) -> None:
        """Tell the people concerned that a job will not be done."""
        ...


class Rows(Protocol):
    """The table of jobs. Every function works in the caller's transaction."""

    async def add(self, work: Transaction, job: Job, now: float) -> None:
        """Store a job to be run."""
        ...

    async def join(self, work: Transaction, job: Job, now: float) -> bool:
        """Let a job that waits stand for this one, as if it were new. It is False when none waits."""
        ...

    async def take(
        self,
        work: Everywhere,
        now: float,
        limit: int,
        names: Collection[str] | None = None,
        full: Collection[TeamId] = (),
    ) -> list[Job]:
        """Mark the next jobs, or the next of these names, as running here and return them, the first first.

        It takes none of the workspaces that are `full`.
        """
        ...

    async def next_at(self, work: Everywhere, now: float) -> float | None:
        """Return when the next job that is not due yet will be."""
        ...

    async def finish(self, work: Everywhere, job: Job) -> None:
        """Drop a job that is done."""
        ...

    async def postpone(
        self, work: Everywhere, job: Job, now: float, *, run_at: float, errors: int, reason: str, reference: str
    ) -> None:
        """Put a job back after an error. One that coalesces gives way to a newer one that waits."""
        ...

    async def park(self, work: Everywhere, job: Job, now: float) -> None:
        """Give a job up: it stays to be looked at and lets its lock go."""
        ...

    async def retry(self, work: Everywhere, job_id: int) -> bool:
        """Run a job that was given up once more, as if it were new. It is False when there is no such job."""
        ...

    async def prune(self, work: Everywhere, before: float) -> None:
        """Forget the jobs that were given up before a time."""
        ...

    async def failed(self, work: Everywhere, tenant: Tenant | None) -> list[Job]:
        """List the jobs that were given up, newest first."""
        ...

    async def release(self, work: Everywhere, keep: Collection[int]) -> None:
        """Put back what was taken here and is not kept. It does not count as a crash."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """How many jobs of the slow names may run at once, so that the quick ones always find a place.

    And how many of one workspace, so that the others find one, too.
    """

    slow: frozenset[str] = frozenset()
    quick: frozenset[str] = frozenset()
    most: int = 0
    share: int = 0
    """How many slow jobs of one workspace may run at once. 0 is as many as of all."""
    beside: frozenset[str] = frozenset()
    """The names of jobs that no other waits for. They let the slow ones begin first."""


class Runner:
    """A queue and its runner. Enqueueing works before `start`: what is enqueued then waits for it."""

    look_again: ClassVar[float] = 5.0
    """The longest wait without a look at the table, in seconds: a commit whose caller was cancelled wakes nobody."""
    head_start: float = 0.05
    """Seconds for which a job lets those of a higher priority go first that became due together with it."""
    pause: float = 1.0
    """Seconds before the next try when the database is unavailable."""

    def __init__(self, database: Database, rows: Rows, clock: Callable[[], float], concurrency: int) -> None:
        self._database = database
        self._rows = rows
        self._clock = clock
        self._concurrency = concurrency
        self._worker: Worker | None = None
        self._awake = asyncio.Event()
        self._looks_at: float | None = None
        """When the table will be looked at next, by the clock. It is None during a look."""
        self._soonest = math.inf
        """When the first job is due that came since the last look began."""
        self._stopping = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._working: dict[asyncio.Task[None], int] = {}
        self._slow: Counter[TeamId] = Counter()
        """How many slow jobs of each workspace are worked on."""
        self._verdicts: list[tuple[Verdict, asyncio.Future[None]]] = []
        """What is to be stored with the next look at the table, and who waits for that."""
        self._held_back = 0
        """How many jobs let others go first just now."""
        self.places = Places()
        self.replicas = 1
        """How many processes work on the table, as far as is known."""
        self._unsure = False
        """Whether the last look failed, so that jobs may be marked as running here which are not."""
        self._log = structlog.get_logger(__name__)

    async def enqueue(self, work: Transaction, job: Job) -> None:
        """Add a job in the caller's transaction. It starts as soon as that is committed, or when its time comes."""
        now = self._clock()
        if job.run_at <= now:
            job = replace(job, run_at=AT_ONCE)
        work.after_commit(partial(self._expect, job.run_at))
        if not (job.coalesce and await self._rows.join(work, job, now)):
            await self._rows.add(work, job, now)

    async def failed(self, tenant: Tenant | None) -> list[Job]:
        """List the jobs that were given up, of one workspace or of all, newest first."""
        async with self._database.read_everywhere() as work:
            return await self._rows.failed(work, tenant)

    async def retry(self, job_id: int) -> bool:
        """Run a job that was given up once more, with all its attempts before it. It is False when there is none."""
        async with self._database.write_everywhere() as work:
            work.after_commit(self.wake)
            return await self._rows.retry(work, job_id)

    async def prune(self, before: float) -> None:
        """Forget the jobs that were given up before a time."""
        async with self._database.write_everywhere() as work:
            await self._rows.prune(work, before)

    async def start(self, worker: Worker) -> None:
        """Begin to have jobs done."""
        self._worker = worker
        self._loop = asyncio.create_task(self._run(), name="jobs")

    def wake(self) -> None:
        """Have the table looked at now: something may be due."""
        self._awake.set()

    def _expect(self, run_at: float) -> None:
        """Have the table looked at no later than at a time. Most jobs that are for later need no look of their own."""
        self._soonest = min(self._soonest, run_at)
        if self._looks_at is None:
            return
        overdue = self._clock() >= self._looks_at  # the clock was set ahead
        if overdue or run_at < self._looks_at:
            self.wake()

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
            async with asyncio.timeout(_LAST_GRACE), self._database.write_everywhere() as work:
                await self._rows.release(work, keep=list(self._working.values()))

    async def _cancel(self, tasks: set[asyncio.Task[None]]) -> None:
        running = {task for task in tasks if not task.done()}
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=_LAST_GRACE)

    async def _run(self) -> None:
        """Start what is due and store verdicts, then wait for a wake-up or for the next job's time."""
        let_people_first()  # and so do all the jobs that it starts
        while self._working or not self._stopping.is_set():
            self._awake.clear()
            self._looks_at, self._soonest = None, math.inf
            try:
                wait = await self._start_due()
            except Exception as error:  # noqa: BLE001  a border: the loop must outlive the database
                if not isinstance(error, StorageUnavailable):  # that, the database logs itself, and once
                    self._log.error("jobs not read", error=type(error).__name__, at=location(error))
                wait = self.pause if self._unsure else 0.0
                self._unsure = True
            now = self._clock()
            self._looks_at = min(now + wait, self._soonest)
            wait = max(0.0, self._looks_at - now)
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._awake.wait()

    async def _start_due(self) -> float:
        """Start as many jobs as may run, and return the longest time to wait before the next look."""
        free = 0 if self._stopping.is_set() else self._concurrency - len(self._working)
        if free <= 0 and not self._verdicts:
            return self.look_again
        now = self._clock()
        due: list[Job] = []
        upcoming: float | None = None
        if self._unsure:
            await self._store_apart()
        verdicts = [] if self._unsure else self._verdicts.copy()
        async with self._database.write_everywhere() as work:
            if self._unsure:
                await self._rows.release(work, keep=list(self._working.values()))
            for verdict, _ in verdicts:
                await verdict(work)
            if free > 0:
                due = await self._take(work, now, free)
                upcoming = await self._rows.next_at(work, now)
        self._tell(len(verdicts))
        self._unsure = False
        if self._stopping.is_set():
            return 0.0 if due else self.look_again  # `stop` puts back what was just taken
        self._begin_all(due)
        longest = self.pause if self._verdicts else self.look_again
        return longest if upcoming is None else min(max(upcoming - now, 0.0), longest)

    def _begin_all(self, due: Sequence[Job]) -> None:
        """Start jobs, each behind those of a higher priority, and those that stand beside behind the slow ones."""
        ahead: list[asyncio.Future[None]] = []
        slow: list[asyncio.Future[None]] = []
        beside = self.places.beside
        for _, equals in groupby((job for job in due if job.name not in beside), key=lambda job: job.priority):
            begun = [(job.name, self._begin(job, tuple(ahead))) for job in equals]
            ahead += [over for _, over in begun]
            slow += [over for name, over in begun if name in self.places.slow]
        for job in due:
            if job.name in beside:
                self._begin(job, tuple(slow))

    async def _take(self, work: Everywhere, now: float, free: int) -> list[Job]:
        """Take what is due. What waits for others itself gets the places that are left, and never all of them."""
        if not self.places.slow:
            return await self._rows.take(work, now, free)
        due = await self._rows.take(work, now, free, self.places.quick)
        left = min(free - len(due), self.places.most - self._slow.total())
        if left <= 0:
            return due
        share = self.places.share or self.places.most
        full = [team for team, begun in self._slow.items() if begun >= share]
        # What is taken may be of one workspace: no more than the one nearest to its share may have.
        limit = min(left, share - max((begun for begun in self._slow.values() if begun < share), default=0))
        slow = await self._rows.take(work, now, limit, self.places.slow, full)
        if len(slow) == limit < left:
            self.wake()
        return [*due, *slow]

    async def _store_apart(self) -> None:
        """Store verdicts one at a time up to one that fails. That one must not hold up the others, or what is due."""
        while self._verdicts:
            verdict, _ = self._verdicts[0]
            try:
                async with self._database.write_everywhere() as work:
                    await verdict(work)
            except Exception:  # noqa: BLE001  a border: the look at the table that it failed in has told why
                self._verdicts.append(self._verdicts.pop(0))
                return
            self._tell(1)

    def _tell(self, count: int) -> None:
        """Tell those who wait that the first verdicts are stored."""
        for _, stored in self._verdicts[:count]:
            if not stored.done():
                stored.set_result(None)
        del self._verdicts[:count]

    def _begin(self, job: Job, ahead: Collection[asyncio.Future[None]]) -> asyncio.Future[None]:
        """Start a job, and return what tells that it was worked on, its verdict stored or not."""
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._work(job, ahead, over), name=f"job {job.id}")
        self._working[task] = job.id
        self._count(job, 1)
        task.add_done_callback(self._done)
        return over

    def _count(self, job: Job, by: int) -> None:
        if job.name in self.places.slow:
            self._slow[job.tenant.team] += by

    def _done(self, task: asyncio.Task[None]) -> None:
        was_full = len(self._working) >= self._concurrency
        del self._working[task]
        if was_full or self._stopping.is_set():  # else the look that stored its verdict has seen to what follows
            self.wake()

    async def _work(self, job: Job, ahead: Collection[asyncio.Future[None]], over: "asyncio.Future[None]") -> None:
        """Take a job one step further and store how that went."""
        try:
            if ahead:
                await self._let_go_first(ahead)
            verdict = await self._verdict(job)
        finally:
            self._count(job, -1)
            over.set_result(None)
        await self._store(verdict)

    async def _let_go_first(self, ahead: Collection[asyncio.Future[None]]) -> None:
        self._held_back += 1
        try:
            await asyncio.wait(ahead, timeout=self.head_start)
        finally:
            self._held_back -= 1
            if self._verdicts and not self._held_back:
                self.wake()

    async def _verdict(self, job: Job) -> Verdict:
        """Do what a job's record allows, and return what is to be stored of it."""
        assert self._worker is not None
        try:
            match step(job.errors, job.crashes):
                case Step.RUN:
                    await self._worker.perform(job)
                    return lambda work: self._rows.finish(work, job)
                case Step.GIVE_UP:
                    await self._worker.give_up(job)
                    return lambda work: self._rows.park(work, job, self._clock())
                case Step.PARK:
                    return lambda work: self._rows.park(work, job, self._clock())
                case _ as never:
                    assert_never(never)
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return self._postponed(job, error)  # cancelled from inside, not by `stop`
        except Exception as error:  # noqa: BLE001  a border: no job may end the runner
            return self._postponed(job, error)

    def _postponed(self, job: Job, error: BaseException) -> Verdict:
        """Log an error under a reference, and return what puts the job back until it is due again."""
        reference = secrets.token_hex(4)
        reason = type(error).__name__
        now = self._clock()
        after = setback(job.errors, error, now - (now if job.enqueued_at is None else job.enqueued_at))
        waits = after.errors == job.errors
        if not (waits and reason == job.reason):  # an outage is told once a job
            log = self._log.warning if waits else self._log.error
            log(
                "job waits" if waits else "job failed",
                job=job.id,
                name=job.name,
                team=job.tenant.team,
                attempt=job.attempts + 1,
                reference=reference,
                error=reason,
                at=location(error),
            )
        put_back = partial(
            self._rows.postpone,
            job=job,
            now=now,
            run_at=now + after.wait if after.wait else AT_ONCE,
            errors=after.errors,
            reason=reason,
            reference=reference,
        )
        return lambda work: put_back(work)

    async def _store(self, verdict: Verdict) -> None:
        """Have a verdict stored with the next look at the table, however long the database is away.

        Until then the job keeps its lock. Verdicts of jobs that others wait for are stored together, once those begin.
        """
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._verdicts.append((verdict, stored))
        if not self._held_back or self._stopping.is_set():
            self.wake()
        await stored
