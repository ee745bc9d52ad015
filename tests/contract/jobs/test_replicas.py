"""What only several replicas can get wrong: their order, their hand-overs, and a database that goes away under them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import cast

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from benchmarks.support.postgres import Postgres
from bot.domain.jobs import Job
from bot.errors import StorageUnavailable
from bot.jobs.postgres import PostgresRunner
from bot.jobs.runner import Runner
from bot.storage import replica
from bot.storage.database import Database
from bot.storage.shared_jobs import SharedJobs
from tests.contract.jobs.bench import LONG, TENANT, Bench, Broken

LOCKS = ("x", "y", "z")


@pytest.fixture
def kind() -> str:
    return "postgresql"


@pytest.fixture
async def other(bench: Bench, url: str) -> AsyncIterator[Runner]:
    """A second replica, which writes into the same diary."""
    database = Database.open(url)
    engine = PostgresRunner(database, lambda: bench.now, 8)
    await engine.start(bench)
    yield engine
    await engine.stop(0.0)
    await database.close()


class Watched(Bench):
    """A bench that sees whether two jobs of a lock run at once."""

    running: set[str | None]

    async def perform(self, job: Job) -> None:
        assert job.lock not in self.running, "two of one lock at once"
        self.running.add(job.lock)
        await self.database.ping()
        self.running.remove(job.lock)
        await super().perform(job)


async def test_two_replicas_do_each_job_once_and_each_lock_in_order(url: str) -> None:
    databases = [Database.open(url), Database.open(url)]
    bench = Watched(databases[0], PostgresRunner)
    bench.running = set()
    engines = [bench.engine, PostgresRunner(databases[1], lambda: bench.now, 8)]
    for engine in engines:
        await engine.start(bench)
    for number in range(20):
        async with databases[number % 2].write(TENANT) as uow:
            for lock in LOCKS:
                job = Job(name="work", tenant=TENANT, args={"id": f"{lock}{number:02}"}, lock=lock)
                await engines[number % 2].enqueue(uow, job)
    await bench.until(lambda: len(bench.ended) == 20 * len(LOCKS))
    for lock in LOCKS:
        assert [id for id in bench.started if id[0].startswith(lock)] == [(f"{lock}{n:02}", 1) for n in range(20)]
    for engine, database in zip(engines, databases, strict=True):
        await engine.stop(1.0)
        await database.close()


async def test_what_a_stop_breaks_off_goes_on_at_once_in_another_replica(bench: Bench, other: Runner) -> None:
    bench.held = {"a"}
    await bench.add("a", "b", lock="x")
    await bench.until(lambda: bench.ids() == ["a"])
    stopping, staying = (bench.engine, other) if _works(bench.engine) else (other, bench.engine)
    async with asyncio.timeout(1.5):
        await stopping.stop(0.0)
        await bench.until(lambda: bench.attempts("a") == [1, 1])
    assert _works(staying)
    bench.gates["a"].set()
    await bench.until(lambda: bench.finished() == ["a", "b"])


def _works(engine: object) -> bool:
    return bool(cast(Runner, engine)._working)


async def test_a_job_waits_for_its_time_wherever_it_was_enqueued(bench: Bench, other: Runner) -> None:
    await bench.add("a", lock="x", coalesce=True, run_at=bench.now + LONG)
    await bench.settle()
    await bench.engine.stop(0.0)
    async with bench.database.write(TENANT) as uow:
        job = Job(name="work", tenant=TENANT, args={"id": "b"}, lock="x", coalesce=True)
        await bench.engine.enqueue(uow, job)
    await bench.until(lambda: bench.finished() == ["b"])


async def test_a_replica_that_was_taken_for_dead_cannot_change_what_became_of_its_jobs(bench: Bench) -> None:
    await bench.engine.stop(0.0)
    await bench.add("a")
    zombie, successor = SharedJobs(None), SharedJobs(None)
    async with replica.connected(bench.database.url) as here:
        zombie.worker = await here.register()
        async with bench.database.write_everywhere() as work:
            (lost,) = await zombie.take(work, bench.now, 10)
    async with replica.connected(bench.database.url) as here:
        successor.worker = await here.register()
        while not (await here.beat(successor.worker)).taken_over:
            pass
        async with bench.database.write_everywhere() as work:
            (taken,) = await successor.take(work, bench.now, 10)
            await zombie.finish(work, lost)
            await zombie.postpone(work, lost, bench.now, run_at=0.0, errors=1, reason="late", reference="late")
            await zombie.park(work, lost, bench.now)
            await zombie.release(work, keep=[])
            assert await successor.failed(work, None) == []
            assert await successor.take(work, bench.now, 10) == []
            await successor.park(work, taken, bench.now)
            (parked,) = await successor.failed(work, None)
    assert (taken.id, taken.crashes, parked.id) == (lost.id, 1, lost.id)


async def test_two_replicas_that_find_a_dead_one_at_once_count_one_crash(bench: Bench) -> None:
    await bench.engine.stop(0.0)
    await bench.add("a")
    for crash in range(1, 6):
        dead, heir = SharedJobs(None), SharedJobs(None)
        async with replica.connected(bench.database.url) as here:
            dead.worker = await here.register()
            async with bench.database.write_everywhere() as work:
                (lost,) = await dead.take(work, bench.now, 10)
        async with replica.connected(bench.database.url) as one, replica.connected(bench.database.url) as two:
            workers = heir.worker, _ = await one.register(), await two.register()
            taken_over = 0
            while not taken_over:
                beats = await asyncio.gather(one.beat(workers[0]), two.beat(workers[1]))
                taken_over = sum(beat.taken_over for beat in beats)
            assert taken_over == 1
            async with bench.database.write_everywhere() as work:
                (again,) = await heir.take(work, bench.now, 10)
                assert (again.id, again.crashes) == (lost.id, crash)
                await heir.release(work, keep=[])


async def test_two_replicas_that_coalesce_at_once_leave_one_job(bench: Bench, url: str) -> None:
    other = Database.open(url)
    queue = PostgresRunner(other, lambda: bench.now, 8)
    waits_for_us = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid")
    later = Job(name="work", tenant=TENANT, args={"id": "c"}, lock="x", coalesce=True, run_at=bench.now + LONG)
    await bench.add("a", lock="x", coalesce=True, run_at=bench.now + LONG)
    async with asyncio.TaskGroup() as both, bench.database.write(TENANT) as uow:
        await bench.engine.enqueue(uow, replace(later, args={"id": "b"}))
        both.create_task(_enqueue(other, queue, later))
        while not (await uow.execute(waits_for_us)).scalar_one():
            pass
    await other.close()
    await bench.later(LONG)
    assert bench.finished() == ["c"]


async def _enqueue(database: Database, queue: Runner, job: Job) -> None:
    async with database.write(TENANT) as uow:
        await queue.enqueue(uow, job)


async def test_a_replica_learns_that_it_was_taken_for_dead_and_goes_on_as_a_new_one(bench: Bench) -> None:
    bench.held = {"a"}
    await bench.add("a")
    await bench.until(lambda: bench.ids() == ["a"])
    async with bench.database.write_everywhere() as work:
        await work.execute(text("DELETE FROM procrastinate_workers"))
    await bench.until(lambda: bench.attempts("a") == [1, 2])
    bench.gates["a"].set()
    await bench.settle()
    assert bench.finished() == ["a"]
    assert bench.attempts("a") == [1, 2]


async def test_a_replica_that_was_taken_for_dead_takes_nothing_and_calls_that_no_error(bench: Bench) -> None:
    with capture_logs() as logs:
        async with bench.database.write(TENANT) as uow:
            await uow.execute(text("DELETE FROM procrastinate_workers"))
            await bench.engine.enqueue(uow, Job(name="work", tenant=TENANT, args={"id": "a"}))
        await bench.until(lambda: bench.finished() == ["a"])
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == []


async def test_a_replica_gets_its_place_back_although_its_lost_connection_still_stands(bench: Bench) -> None:
    async with replica.connected(bench.database.url) as hanging:
        worker = await hanging.register()
        async with replica.connected(bench.database.url) as here:
            async with asyncio.timeout(2.0):
                await here.hold(worker)
            assert (await here.beat(worker)).alive
            with pytest.raises(StorageUnavailable):
                async with replica.connected(bench.database.url):
                    await hanging.beat(worker)


async def test_all_replicas_hear_when_a_job_that_failed_is_tried_again(bench: Bench) -> None:
    await bench.engine.stop(0.0)
    await bench.add("a")
    failing = SharedJobs(None)
    async with replica.connected(bench.database.url) as here, replica.connected(bench.database.url) as elsewhere:
        failing.worker = await here.register()
        async with bench.database.write_everywhere() as work:
            (taken,) = await failing.take(work, bench.now, 10)
            await failing.postpone(work, taken, bench.now, run_at=bench.now + LONG, errors=1, reason="e", reference="r")
        async with asyncio.timeout(2.0):
            await anext(elsewhere.heard(10.0).__aiter__())


async def test_a_job_that_only_a_newer_version_knows_is_left_to_it(bench: Bench) -> None:
    await bench.engine.stop(0.0)
    await bench.add("a", lock="x")
    older, newer = SharedJobs({"other"}), SharedJobs({"other", "work"})
    async with replica.connected(bench.database.url) as here:
        older.worker = newer.worker = await here.register()
        async with bench.database.write_everywhere() as work:
            assert await older.take(work, bench.now, 10) == []
            assert [job.args for job in await newer.take(work, bench.now, 10)] == [{"id": "a"}]


async def test_a_restart_of_the_server_loses_no_job_and_doubles_none(own_postgres: Postgres) -> None:
    with own_postgres.fresh() as url:
        database = Database.open(url)
        bench = Bench(database, PostgresRunner)
        await bench.start()
        bench.held = {"a", "b"}
        bench.errors = {"b": [Broken()]}
        await bench.add("a", "c", lock="x")
        await bench.add("b")
        await bench.until(lambda: sorted(bench.ids()) == ["a", "b"])
        await asyncio.to_thread(own_postgres.kill)
        with pytest.raises(StorageUnavailable):
            await bench.add("d")
        for id in ("a", "b"):
            bench.gates[id].set()
        await bench.until(lambda: bench.finished() == ["a"])
        await asyncio.to_thread(own_postgres.start)
        await bench.until(lambda: bench.finished() == ["a", "c"])
        await bench.add("d")
        await bench.later(2.0)
        await bench.until(lambda: bench.finished() == ["a", "c", "d", "b"])
        assert bench.attempts("a") == bench.attempts("c") == [1]
        assert bench.attempts("b") == [1, 2]
        await bench.engine.stop(0.0)
        await database.close()
