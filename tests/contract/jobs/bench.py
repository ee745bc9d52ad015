"""What the queue tests run: jobs that report what happens to them, on a clock that the test turns."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Protocol

from sqlalchemy import text

from bot.domain.ids import TeamId, Tenant
from bot.domain.jobs import Job
from bot.jobs.queue import Queue
from bot.jobs.runner import Places, Worker
from bot.storage.database import Database

TENANT = Tenant(team=TeamId("T1"))
OTHER = Tenant(team=TeamId("T2"))
NAME = "work"
LONG = 60.0


class Engine(Queue, Protocol):
    """A queue with its runner."""

    pause: float
    places: Places

    async def start(self, worker: Worker) -> None: ...

    def wake(self) -> None: ...

    async def stop(self, grace: float) -> None: ...


Make = Callable[[Database, Callable[[], float], int], Engine]
"""Makes an engine on a database and a clock that does so many jobs at once."""
Crash = Callable[["Bench", int], Awaitable[None]]
"""Leaves the jobs in the state in which a process does that is killed so often while it runs them."""


class Broken(Exception):
    """A job did not work."""


class ThingsAway(Exception):
    """What a job needs is away."""

    away = True


class LaterPlease(Exception):
    """A job knows when to be tried again."""

    retry_after = 33.0


class Bench:
    """One database, one engine, and a diary."""

    def __init__(self, database: Database, make: Make, concurrency: int = 8) -> None:
        self.database = database
        self.make = make
        self.concurrency = concurrency
        self.now = 4e9
        self.jobs: list[Job] = []
        self.started: list[tuple[str, int]] = []
        self.ended: list[str] = []
        self.given_up: list[str] = []
        self.gates: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.held: set[str] = set()
        self._at_gates: set[asyncio.Task[None]] = set()
        self.errors: dict[str, list[BaseException]] = {}
        self.refusing_to_give_up = 0
        self._changed = asyncio.Condition()
        self._sentinels = count()
        self.engine = make(database, lambda: self.now, concurrency)

    async def start(self) -> None:
        """Have the engine do what is enqueued here."""
        await self.engine.start(self)

    async def perform(self, job: Job) -> None:
        id = str(job.args["id"])
        self.jobs.append(job)
        await self._note(lambda: self.started.append((id, job.attempts + 1)))
        if id in self.held:
            await self._wait_at_gate(id)
        if self.errors.get(id):
            raise self.errors[id].pop(0)
        await self._note(lambda: self.ended.append(id))

    async def _wait_at_gate(self, id: str) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._at_gates.add(task)
        try:
            await self.gates[id].wait()
        finally:
            self._at_gates.remove(task)

    async def give_up(self, job: Job) -> None:
        if self.refusing_to_give_up:
            self.refusing_to_give_up -= 1
            raise Broken
        await self._note(lambda: self.given_up.append(str(job.args["id"])))

    async def _note(self, note: Callable[[], None]) -> None:
        async with self._changed:
            note()
            self._changed.notify_all()

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(10.0), self._changed:
            await self._changed.wait_for(true)

    async def add(self, *ids: str, lock: str | None = None, tenant: Tenant = TENANT, **more: object) -> None:
        """Enqueue jobs in one transaction."""
        async with self.database.write(tenant) as work:
            for id in ids:
                job = Job(**{"name": NAME, "tenant": tenant, "args": {"id": id}, "lock": lock, **more})  # type: ignore[arg-type]
                await self.engine.enqueue(work, job)

    async def settle(self) -> None:
        """Wait until everything that is due has started and, where nothing holds it, what became of it is stored."""
        for _ in range(2):
            id = f"sentinel {next(self._sentinels)}"
            await self.add(id, priority=-1_000)
            await self.until(lambda id=id: id in self.ended)  # type: ignore[misc]
            await self._stored()

    def working(self) -> set[asyncio.Task[None]]:
        """The runners' tasks: a job's ends when its verdict is committed."""
        return {task for task in asyncio.all_tasks() if task.get_name().startswith("job ")}

    async def _stored(self) -> None:
        """Wait for the verdicts on what no gate holds."""
        async with asyncio.timeout(10.0):
            while working := self.working() - self._at_gates:
                await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)

    async def later(self, seconds: float) -> None:
        """Turn the clock, and let the engine notice."""
        await self.settle()
        self.now += seconds
        if self.database.shared:
            await self._let_the_server_see_it()
        self.engine.wake()
        await self.settle()

    async def _let_the_server_see_it(self) -> None:
        """PostgreSQL decides by its own clock what is due, and the bench's is years ahead: make due what is by that."""
        due = "status = 'todo' AND scheduled_at <= to_timestamp(:now)"
        async with self.database.write_everywhere() as work:
            await work.execute(
                text(f"UPDATE procrastinate_jobs SET scheduled_at = now() WHERE {due}").bindparams(now=self.now)
            )

    async def restart(self, grace: float) -> None:
        """Stop the engine and start another one on the same database."""
        await self.engine.stop(grace)
        self.engine = self.make(self.database, lambda: self.now, self.concurrency)
        await self.start()

    def ids(self) -> list[str]:
        """What started, in order, without the sentinels."""
        return [id for id, _ in self.started if not id.startswith("sentinel")]

    def attempts(self, id: str) -> list[int]:
        return [attempt for started, attempt in self.started if started == id]

    def finished(self) -> list[str]:
        return [id for id in self.ended if not id.startswith("sentinel")]
