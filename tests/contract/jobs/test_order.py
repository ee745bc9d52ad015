"""Whatever fails and however jobs are interleaved: a lock's jobs run one at a time, in order."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.jobs import Job
from bot.storage.database import Database
from tests.contract.jobs.bench import TENANT, Broken, Make
from tests.contract.jobs.conftest import ENGINES
from tests.contract.storage.samples import fresh
from tests.support.examples import examples

JOBS = st.tuples(st.sampled_from([None, "x", "y"]), st.integers(min_value=0, max_value=5))
"""A lock, and how often the job fails before it works; from four times on it is given up."""


class Hasty:
    """A bench whose clock leaps at every look, so that no retry is waited for."""

    def __init__(self, batches: list[list[tuple[str | None, int]]]) -> None:
        numbered = iter(range(1_000))
        self.batches = [[(next(numbered), lock, fails) for lock, fails in batch] for batch in batches]
        self.fails = {number: fails for batch in self.batches for number, _, fails in batch}
        self.lock = {number: lock for batch in self.batches for number, lock, _ in batch}
        self.running: set[int] = set()
        self.over: list[int] = []
        self.attempts: dict[int, int] = {}
        self.all_over = asyncio.Event()
        self._now = 0.0

    @property
    def now(self) -> float:
        self._now += 1_000.0
        return self._now

    async def perform(self, job: Job) -> None:
        number = job.number("id")
        beside = [n for n in self.running if self.lock[n] is not None and self.lock[n] == job.lock]
        assert not beside, "two of one lock at once"
        self.running.add(number)
        self.attempts[number] = job.attempts + 1
        await self.database.ping()
        self.running.remove(number)
        if job.attempts < self.fails[number]:
            raise Broken
        self._end(number)

    async def give_up(self, job: Job) -> None:
        self._end(job.number("id"))

    def _end(self, number: int) -> None:
        self.over.append(number)
        if len(self.over) == len(self.fails):
            self.all_over.set()

    async def run(self, make: Make, url: str) -> None:
        database = self.database = Database.open(url)
        engine = make(database, lambda: self.now, 4)
        await engine.start(self)
        for batch in self.batches:
            async with database.write(TENANT) as uow:
                for number, lock, _ in batch:
                    await engine.enqueue(uow, Job(name="work", tenant=TENANT, args={"id": number}, lock=lock))
        async with asyncio.timeout(20.0):
            await self.all_over.wait()
        await engine.stop(10.0)
        await database.close()


@pytest.mark.parametrize("kind", ENGINES)
@examples(20)
@given(batches=st.lists(st.lists(JOBS, min_size=1, max_size=5), min_size=1, max_size=3))
def test_the_order_of_a_lock_holds(kind: str, batches: list[list[tuple[str | None, int]]]) -> None:
    with fresh(kind) as url:

        async def scenario() -> Hasty:
            hasty = Hasty(batches)
            await hasty.run(ENGINES[kind], url)
            return hasty

        hasty = asyncio.run(scenario())
    for lock in ("x", "y"):
        of_lock = [number for number in hasty.over if hasty.lock[number] == lock]
        assert of_lock == sorted(of_lock)
    assert sorted(hasty.over) == sorted(hasty.fails)
    assert hasty.attempts == {number: min(fails + 1, 4) for number, fails in hasty.fails.items()}
