import asyncio

import pytest

from bot.domain.ids import DeliveryId
from bot.storage import inbox
from bot.storage import sessions as rows
from bot.storage.database import Database
from tests.contract.storage.samples import SESSION, TENANT


async def test_a_body_that_raises_leaves_nothing_and_runs_no_callback(database: Database) -> None:
    called: list[str] = []

    async def break_off() -> None:
        async with database.write() as uow:
            uow.after_commit(lambda: called.append("committed"))
            await rows.insert(uow, TENANT, SESSION)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await break_off()
    async with database.read() as uow:
        assert await rows.get(uow, TENANT, SESSION.id) is None
    assert called == []


async def test_a_callback_runs_after_the_commit_and_once(database: Database) -> None:
    called: list[str] = []

    def callback() -> None:
        called.append("committed")

    async with database.write() as uow:
        uow.after_commit(callback)
        uow.after_commit(callback)
        await rows.insert(uow, TENANT, SESSION)
        assert called == []
    assert called == ["committed"]


async def test_no_update_is_lost_among_concurrent_writers(database: Database) -> None:
    async with database.write() as uow:
        await rows.insert(uow, TENANT, SESSION)

    async def change() -> None:
        for _ in range(5):
            async with database.write() as uow:
                found = await rows.lock(uow, TENANT, SESSION.id)
                assert found is not None
                await rows.save(uow, TENANT, found)

    await asyncio.gather(*(change() for _ in range(8)))
    async with database.read() as uow:
        saved = await rows.get(uow, TENANT, SESSION.id)
    assert saved is not None
    assert saved.revision == 40


async def test_writers_that_are_cancelled_anywhere_leave_the_database_usable(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.write() as uow:
            await inbox.first_time(uow, TENANT, DeliveryId(f"d{number}"), 1.0)

    tasks = [asyncio.create_task(write(number)) for number in range(30)]
    for number, task in enumerate(tasks):
        for _ in range(number % 3):
            await database.ping()
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with database.write() as uow:
        assert await inbox.first_time(uow, TENANT, DeliveryId("last"), 1.0)


async def test_reading_waits_for_no_writer(database: Database) -> None:
    async with database.write() as uow:
        await rows.insert(uow, TENANT, SESSION)
        async with database.read() as reading:
            assert await rows.get(reading, TENANT, SESSION.id) is None
    await database.ping()
