from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from bot.jobs.embedded import EmbeddedRunner
from bot.jobs.postgres import PostgresRunner
from bot.storage import jobs, replica
from bot.storage.database import Database
from bot.storage.shared_jobs import SharedJobs
from tests.contract.jobs.bench import Bench, Crash, Make
from tests.contract.storage.samples import fresh

ENGINES: dict[str, Make] = {"sqlite": EmbeddedRunner, "postgresql": PostgresRunner}
"""The engine of each kind of database."""


async def crash_embedded(bench: Bench, times: int) -> None:
    for _ in range(times):
        async with bench.database.write_everywhere() as work:
            await jobs.recover(work)
            assert await jobs.take(work, bench.now, 10)


async def crash_replicas(bench: Bench, times: int) -> None:
    for number in range(times):
        dying = SharedJobs(None)
        async with replica.connected(bench.database.url) as here:
            dying.worker = await here.register()
            while number and not (await here.beat(dying.worker)).taken_over:
                pass  # the server has not noticed yet that the last connection is gone
            async with bench.database.write_everywhere() as work:
                assert await dying.take(work, bench.now, 10)


CRASHES: dict[str, Crash] = {"sqlite": crash_embedded, "postgresql": crash_replicas}


@pytest.fixture
def crash(kind: str) -> Crash:
    return CRASHES[kind]


@pytest.fixture(params=ENGINES)
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database. A module may fix it by a parameter of its own."""
    return str(request.param)


@pytest.fixture
def url(kind: str) -> Iterator[str]:
    with fresh(kind) as address:
        yield address


@pytest.fixture
async def waiting(kind: str, url: str) -> AsyncIterator[Bench]:
    """A bench whose engine has not been started."""
    async with _bench(kind, url, 8) as bench:
        yield bench


@pytest.fixture
async def bench(waiting: Bench) -> Bench:
    await waiting.start()
    return waiting


@pytest.fixture
async def narrow(kind: str, url: str) -> AsyncIterator[Bench]:
    """A bench whose engine does one job at a time, not yet started."""
    async with _bench(kind, url, 1) as bench:
        yield bench


@asynccontextmanager
async def _bench(kind: str, url: str, concurrency: int) -> AsyncIterator[Bench]:
    database = Database.open(url)
    bench = Bench(database, ENGINES[kind], concurrency)
    yield bench
    await bench.engine.stop(0.0)
    await database.close()
