"""What keeps a statement of the queue's from being done, brought about for real: each is told from a mistake in it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from procrastinate.exceptions import ConnectorException
from sqlalchemy import text

from bot.domain.jobs import Job
from bot.errors import StorageUnavailable
from bot.storage import replica
from bot.storage.database import Database, Transaction
from bot.storage.shared_jobs import SharedJobs
from tests.contract.storage.samples import TENANT

JOB = Job(tenant=TENANT, name="work", lock="x")
HELD = "LOCK procrastinate_jobs IN ACCESS EXCLUSIVE MODE"
PID = "SELECT pg_backend_pid()"


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = Database.open(postgres_url, pool=3)
    yield opened
    await opened.close()


async def run(work: Transaction, *statements: str) -> int:
    """Run statements and return what the last one yields."""
    found = 0
    for statement in statements:
        result = await work.execute(text(statement))
        found = int(result.scalar_one()) if result.returns_rows else 0
    return found


async def upcoming(database: Database, *before: str) -> None:
    """Ask the queue when its next job is due, after statements in the same transaction."""
    async with database.write_everywhere() as work:
        await run(work, *before)
        await SharedJobs(None).next_at(work, 0.0)


async def why(asking: "asyncio.Task[None]") -> str:
    with pytest.raises(StorageUnavailable) as raised:
        await asking
    return raised.value.reason


@pytest.mark.parametrize(
    ("limit", "told"),
    [("lock_timeout", "a row is locked for too long"), ("statement_timeout", "it takes too long")],
)
async def test_what_waits_too_long_is_storage_unavailable(database: Database, limit: str, told: str) -> None:
    async with database.write_everywhere() as work:
        await run(work, HELD)
        assert await why(asyncio.create_task(upcoming(database, f"SET LOCAL {limit} = 1"))) == told


async def test_what_an_administrator_cancels_is_storage_unavailable(database: Database) -> None:
    waiting = "SELECT count(pg_cancel_backend(pid)) FROM pg_locks WHERE NOT granted"
    async with database.write_everywhere() as work:
        await run(work, HELD)
        asking = asyncio.create_task(upcoming(database))
        while not (await run(work, waiting) or asking.done()):
            pass
        assert await why(asking) == "it takes too long"


async def test_a_connection_that_the_server_ends_is_storage_unavailable(database: Database) -> None:
    async def ask() -> None:
        async with database.write_everywhere() as work:
            pid = await run(work, PID)
            async with database.read_everywhere() as other:
                await run(other, f"SELECT pg_terminate_backend({pid}, 5000)::int")
            await SharedJobs(None).next_at(work, 0.0)

    assert await why(asyncio.create_task(ask())) == "it does not answer"


async def test_a_deadlock_is_storage_unavailable(database: Database) -> None:
    async def meet(work: Transaction, held: asyncio.Event) -> None:
        await run(work, HELD)
        held.set()
        await run(work, "SELECT count(pg_advisory_xact_lock(1))")

    async def ask() -> None:
        async with database.write_everywhere() as mine, database.write_everywhere() as other:
            await run(mine, "SET LOCAL deadlock_timeout = 1", "SELECT count(pg_advisory_xact_lock(1))")
            await run(other, "SET LOCAL deadlock_timeout = '1min'")
            meeting = asyncio.create_task(meet(other, held := asyncio.Event()))
            await held.wait()
            try:
                here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"  # others wait, too
                waits = f"SELECT count(*) FROM pg_locks WHERE NOT granted AND {here} AND pid <> ({PID})"
                while not (await run(mine, waits) or meeting.done()):
                    pass
                await SharedJobs(None).next_at(mine, 0.0)
            finally:
                await (await mine.driver()).rollback()
                await meeting

    assert await why(asyncio.create_task(ask())) == "another transaction was in the way"


async def test_a_serialization_failure_is_storage_unavailable(database: Database) -> None:
    async def ask(job: Job) -> None:
        async with database.write_everywhere() as mine:
            await run(mine, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT 1")
            async with database.write_everywhere() as other:
                await rows.park(other, job, 1.0)
            await rows.finish(mine, job)

    rows = SharedJobs(None)
    async with replica.connected(database.url) as here:
        rows.worker = await here.register()
        async with database.write_everywhere() as work:
            await rows.add(work, JOB, 0.0)
            (taken,) = await rows.take(work, 0.0, 1)
        assert await why(asyncio.create_task(ask(taken))) == "another transaction was in the way"


async def test_a_server_that_only_reads_is_storage_unavailable(database: Database) -> None:
    async def ask() -> None:
        async with database.write_everywhere() as work:
            await run(work, "SET TRANSACTION READ ONLY")
            await SharedJobs(None).add(work, JOB, 0.0)

    assert await why(asyncio.create_task(ask())) == "it is read-only"


async def test_a_mistake_in_a_statement_of_the_queues_is_not_hidden(database: Database) -> None:
    with pytest.raises(ConnectorException):
        await upcoming(database, "ALTER TABLE procrastinate_jobs RENAME COLUMN scheduled_at TO due")


async def test_a_mistake_on_a_replicas_own_connection_is_not_hidden(database: Database) -> None:
    async def beat() -> None:
        async with replica.connected(database.url) as here:
            await here._jobs.connector.execute_query_all_async("SELECT nothing FROM nowhere")

    with pytest.raises(ConnectorException):
        await beat()
