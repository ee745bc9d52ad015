"""How soon a job starts after its commit, what an idle replica costs, and how long a killed one's work waits."""

import asyncio
import itertools
import statistics
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import Engine, event

from benchmarks.common import Figure, percentile, run, spread
from benchmarks.desk import desk
from benchmarks.support import postgres
from benchmarks.support.postgres import Postgres
from bot.domain.ids import TeamId, Tenant
from bot.domain.jobs import AT_ONCE, Job
from bot.jobs.choose import choose
from bot.jobs.runner import Runner
from bot.storage import schema
from bot.storage.database import Database

TENANT: Final = Tenant(team=TeamId("T0BENCH"))
TOGETHER: Final = 200
"""Jobs at one time, as in the app."""
DELAYS: Final = (1.5, 1.6, 1.7, 1.8, 1.9, 2.0)
"""The waits of Home and the card for more that is typed or said, in seconds."""


class Watch:
    """A database, a runner on it, and when each job started."""

    def __init__(self, url: str) -> None:
        self.database = Database.open(url)
        self.started: dict[str, asyncio.Future[float]] = {}
        self.runner: Runner = choose(self.database, time.time, TOGETHER)
        self._ids = itertools.count()

    async def perform(self, job: Job) -> None:
        """Note when a job has started."""
        self.started[job.text("id")].set_result(time.perf_counter())

    async def give_up(self, job: Job) -> None:
        """Fail: no job here is given up."""
        raise AssertionError(job.name)

    async def enqueue(self, into: Runner, run_at: float = AT_ONCE) -> tuple[float, "asyncio.Future[float]"]:
        """Commit a job and return when that was, and when it will have started."""
        id = str(next(self._ids))
        self.started[id] = asyncio.get_running_loop().create_future()
        async with self.database.write(TENANT) as uow:
            await into.enqueue(uow, Job(name="work", tenant=TENANT, args={"id": id}, lock=id, run_at=run_at))
        return time.perf_counter(), self.started[id]

    async def commit_to_start(self, into: Runner, count: int) -> list[float]:
        """Time jobs that are enqueued one after the other."""
        taken = []
        for _ in range(count):
            committed, starts = await self.enqueue(into)
            taken.append(max(0.0, await starts - committed))
        return taken


@contextmanager
def fresh(kind: str) -> Iterator[str]:
    """Yield the URL of a database of a kind, at head and without rows."""
    if kind == "postgresql":
        with postgres.shared().fresh() as url:
            yield url
        return
    with TemporaryDirectory(prefix="tasklane-bench-") as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'tasklane.db'}"
        schema.upgrade(url)
        yield url


@asynccontextmanager
async def watching(url: str) -> AsyncIterator[Watch]:
    """Run a runner."""
    watch = Watch(url)
    await watch.runner.start(watch)
    yield watch
    await watch.runner.stop(1.0)
    await watch.database.close()


async def measure(quick: bool) -> list[Figure]:
    """Measure each engine, and then the app as a whole at rest."""
    count, rest = (100, 6.0) if quick else (500, 20.0)
    figures = []
    for kind in ("sqlite", "postgresql"):
        with fresh(kind) as url:
            figures += await _starting(kind, url, count)
    figures += await _elsewhere(count)
    figures += await _in_vain(count)
    for kind in ("sqlite", "postgresql"):
        figures += await _idle(kind, rest)
    figures += await _taken_over(2 if quick else 8)
    postgres.leave()
    return figures


async def _starting(kind: str, url: str, count: int) -> list[Figure]:
    async with watching(url) as watch:
        await watch.commit_to_start(watch.runner, 10)
        taken = await watch.commit_to_start(watch.runner, count)
        now = time.perf_counter()
        waits = [await watch.enqueue(watch.runner, run_at=time.time() + delay) for delay in DELAYS]
        due = [now + delay for delay in DELAYS]
        late = [abs(await starts - at) for (_, starts), at in zip(waits, due, strict=True)]
    return [
        *spread(f"{kind}: commit → start", taken, p50=10, p99=50),
        Figure(what=f"{kind}: a job due in 1.5 to 2 s, latest", value=max(late) * 1000, unit="ms", below=100),
    ]


async def _elsewhere(count: int) -> list[Figure]:
    """Time jobs that one replica enqueues and another runs."""
    with fresh("postgresql") as url:
        async with watching(url) as watch:
            only_enqueues = choose(watch.database, time.time, 1)
            taken = await watch.commit_to_start(only_enqueues, count)
    return spread("postgresql: commit → start in another replica", taken, p99=50)


async def _in_vain(count: int) -> list[Figure]:
    """Have a replica look at the table for nothing, as each does whenever any of them has a new job."""
    with fresh("postgresql") as url:
        async with watching(url) as watch:
            looked = asyncio.Event()
            event.listen(watch.database.engines["write"], "commit", lambda _: looked.set())
            await asyncio.sleep(0.5)
            cpu, server, began = time.process_time(), postgres.shared().cpu(), time.perf_counter()
            for _ in range(count):
                looked.clear()
                watch.runner.wake()
                await looked.wait()
            cpu, seconds = time.process_time() - cpu, time.perf_counter() - began
            server = postgres.shared().cpu() - server
    return [
        Figure(what="postgresql: a look in vain, processor time", value=1000 * cpu / count),
        Figure(what="postgresql: a look in vain, the server's processor time", value=1000 * server / count),
        Figure(what="postgresql: a look in vain, in all", value=1000 * seconds / count),
    ]


async def _idle(kind: str, rest: float) -> list[Figure]:
    """Let the whole app rest, the workspace in the same process, and see what it does nevertheless."""
    with _counting(kind) as (url, count):
        settings: dict[str, Any] = {"database_url": url} if url else {}
        async with desk(**settings) as at_work:
            await at_work.start(at_work.slack.person("Ana"))
            await asyncio.sleep(2.0)
            queries, cpu, began = count(), time.process_time(), time.perf_counter()
            await asyncio.sleep(rest)
            seconds = time.perf_counter() - began
            queries, cpu = count() - queries, time.process_time() - cpu
    return [
        Figure(what=f"{kind}: the idle app's share of a core", value=100 * cpu / seconds, unit="%", below=1),
        Figure(what=f"{kind}: the idle app's statements", value=queries / seconds, unit="a second", below=2),
    ]


@contextmanager
def _counting(kind: str) -> Iterator[tuple[str, Any]]:
    """Count the statements that reach the database: by its own log, or by SQLite's trace."""
    if kind == "postgresql":
        with postgres.private() as server, server.fresh() as url:
            server.run("ALTER SYSTEM SET log_statement = 'all'", "SELECT pg_reload_conf()")
            yield url, lambda: _logged(server)
        return
    seen: list[str] = []

    def trace(connection: Any, _record: object) -> None:
        connection.set_trace_callback(seen.append)

    event.listen(Engine, "connect", trace)
    try:
        yield "", lambda: len(seen)
    finally:
        event.remove(Engine, "connect", trace)


def _logged(server: Postgres) -> int:
    lines = server.log().splitlines()
    return sum("LOG:  statement:" in line or "LOG:  execute" in line for line in lines)


async def _taken_over(count: int) -> list[Figure]:
    """Kill a process while it runs a job, and time the job's next start in another replica."""
    taken = []
    with fresh("postgresql") as url:
        for _ in range(count):
            program = (sys.executable, "-m", "benchmarks.support.replica_program", url)
            process = await asyncio.create_subprocess_exec(*program, stdin=-1, stdout=-1)
            assert process.stdout is not None
            await process.stdout.readline()
            watch = Watch(url)
            _, starts = await watch.enqueue(watch.runner)
            await process.stdout.readline()
            await watch.runner.start(watch)
            process.kill()
            killed = time.perf_counter()
            taken.append(await starts - killed)
            await process.communicate()
            await watch.runner.stop(1.0)
            await watch.database.close()
    return [
        Figure(what=f"kill → start in another replica, p50 of {count}", value=statistics.median(taken), unit="s"),
        Figure(what="kill → start in another replica, slowest", value=percentile(taken, 1.0), unit="s", below=10),
    ]


if __name__ == "__main__":
    run("Jobs", measure)
