"""Replicas as processes: one that is killed, paused, or told to stop loses nothing to the others."""

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from bot.domain.ids import TeamId, Tenant
from bot.domain.jobs import Job
from bot.jobs.choose import choose
from bot.jobs.runner import Runner
from bot.storage.database import Database

TENANT = Tenant(team=TeamId("T1"))
TAKEN_OVER: float = 10.0
"""Seconds within which a dead replica's job must run again."""


class ReplicaRun:
    """A process that runs jobs, and what it says."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said: list[str] = []

    async def until(self, words: str) -> None:
        assert self.process.stdout is not None
        async with asyncio.timeout(20.0):
            while words not in self.said:
                self.said.append((await self.process.stdout.readline()).decode().strip())

    def end(self, id: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{id}\n".encode())


Start = Callable[[], Awaitable[ReplicaRun]]


@pytest.fixture
async def start(postgres_url: str) -> AsyncIterator[Start]:
    async with AsyncExitStack() as started:

        async def another() -> ReplicaRun:
            return await started.enter_async_context(_running(postgres_url))

        yield another


@asynccontextmanager
async def _running(url: str) -> AsyncIterator[ReplicaRun]:
    program = (sys.executable, "-m", "benchmarks.support.replica_program", url)
    process = await asyncio.create_subprocess_exec(*program, stdin=-1, stdout=-1, stderr=asyncio.subprocess.DEVNULL)
    replica = ReplicaRun(process)
    await replica.until("ready")
    yield replica
    if process.returncode is None:
        process.send_signal(signal.SIGCONT)
        process.kill()
    await process.communicate()


@pytest.fixture
async def enqueue(postgres_url: str) -> AsyncIterator[Callable[..., Awaitable[None]]]:
    """Enqueues jobs of one lock, and runs none itself."""

    database = Database.open(postgres_url)
    queue: Runner = choose(database, time.time, 1)

    async def add(*ids: str) -> None:
        async with database.write(TENANT) as uow:
            for id in ids:
                await queue.enqueue(uow, Job(name="work", tenant=TENANT, args={"id": id}, lock="x"))

    yield add
    await database.close()


async def test_the_job_of_a_killed_replica_goes_on_in_another(
    start: Start, enqueue: Callable[..., Awaitable[None]]
) -> None:
    first = await start()
    await enqueue("a", "b")
    await first.until("started a 1")
    second = await start()
    first.process.kill()
    async with asyncio.timeout(TAKEN_OVER):
        await second.until("started a 2")
    second.end("a")
    await second.until("started b 1")


async def test_what_a_killed_replica_left_is_taken_up_by_its_next_start_at_once(
    start: Start, enqueue: Callable[..., Awaitable[None]]
) -> None:
    first = await start()
    await enqueue("a")
    await first.until("started a 1")
    first.process.kill()
    await first.process.wait()
    second = await start()
    async with asyncio.timeout(3.0):
        await second.until("started a 2")


async def test_a_paused_replica_is_replaced_and_stops_when_it_wakes(
    start: Start, enqueue: Callable[..., Awaitable[None]]
) -> None:
    first = await start()
    await enqueue("a", "b")
    await first.until("started a 1")
    second = await start()
    first.process.send_signal(signal.SIGSTOP)
    async with asyncio.timeout(TAKEN_OVER):
        await second.until("started a 2")
    first.process.send_signal(signal.SIGCONT)
    await first.until("cancelled a")
    first.process.kill()  # it is a replica again, and could begin b as well
    second.end("a")
    await second.until("ended a")
    await second.until("started b 1")
    assert "ended a" not in first.said


async def test_a_stopped_replica_hands_over_at_once(start: Start, enqueue: Callable[..., Awaitable[None]]) -> None:
    first = await start()
    await enqueue("a")
    await first.until("started a 1")
    second = await start()
    assert first.process.stdin is not None
    first.process.stdin.close()
    async with asyncio.timeout(2.0):
        await second.until("started a 1")
