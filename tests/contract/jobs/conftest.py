from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.jobs.embedded import EmbeddedRunner
from bot.storage.database import Database
from tests.contract.jobs.bench import Bench, Engine, Make
from tests.contract.storage.samples import fresh_sqlite


def embedded(database: Database, bench: Bench, concurrency: int) -> Engine:
    return EmbeddedRunner(database, bench.perform, bench.give_up, lambda: bench.now, concurrency)


ENGINES: dict[str, Make] = {"embedded": embedded}


@pytest.fixture(params=ENGINES)
def make(request: pytest.FixtureRequest) -> Make:
    return ENGINES[request.param]


@pytest.fixture
async def waiting(tmp_path: Path, make: Make) -> AsyncIterator[Bench]:
    """A bench whose engine has not been started."""
    database = fresh_sqlite(tmp_path)
    bench = Bench(database, make)
    yield bench
    await bench.engine.stop(0.0)
    await database.close()


@pytest.fixture
async def bench(waiting: Bench) -> Bench:
    await waiting.engine.start()
    return waiting


@pytest.fixture
async def narrow(tmp_path: Path, make: Make) -> AsyncIterator[Bench]:
    """A bench whose engine does one job at a time, not yet started."""
    database = fresh_sqlite(tmp_path)
    bench = Bench(database, make, concurrency=1)
    yield bench
    await bench.engine.stop(0.0)
    await database.close()
