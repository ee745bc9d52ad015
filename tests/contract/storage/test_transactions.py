import asyncio

import pytest
from sqlalchemy import text

from bot import errors
from bot.domain.ids import DeliveryId
from bot.storage import inbox
from bot.storage import sessions as rows
from bot.storage.database import Database
from tests.contract.storage.samples import SESSION, TENANT


async def test_a_body_that_raises_leaves_nothing_and_runs_no_callback(database: Database) -> None:
    called: list[str] = []

    async def break_off() -> None:
        async with database.write(TENANT) as uow:
            uow.after_commit(lambda: called.append("committed"))
            await rows.insert(uow, SESSION)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await break_off()
    async with database.read(TENANT) as uow:
        assert await rows.get(uow, SESSION.id) is None
    assert called == []


async def test_a_callback_runs_after_the_commit_and_once(database: Database) -> None:
    called: list[str] = []

    def callback() -> None:
        called.append("committed")

    async with database.write(TENANT) as uow:
        uow.after_commit(callback)
        uow.after_commit(callback)
        await rows.insert(uow, SESSION)
        assert called == []
    assert called == ["committed"]


async def test_writers_that_are_cancelled_anywhere_leave_the_database_usable(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.write(TENANT) as uow:
            await inbox.first_time(uow, DeliveryId(f"d{number}"), 1.0)

    tasks = [asyncio.create_task(write(number)) for number in range(30)]
    for number, task in enumerate(tasks):
        for _ in range(number % 3):
            await asyncio.sleep(0)
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with database.write(TENANT) as uow:
        assert await inbox.first_time(uow, DeliveryId("last"), 1.0)


async def test_reading_waits_for_no_writer(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        async with database.read(TENANT) as reading:
            assert await rows.get(reading, SESSION.id) is None
    await database.ping()


async def test_a_reader_cannot_write(database: Database) -> None:
    async def write() -> None:
        async with database.read(TENANT) as uow:
            await inbox.first_time(uow, DeliveryId("d"), 1.0)

    with pytest.raises(errors.StorageUnavailable):
        await write()
    async with database.write(TENANT) as uow:
        assert await inbox.first_time(uow, DeliveryId("d"), 1.0)


async def test_a_mistake_in_a_statement_is_not_hidden_and_tells_no_values(database: Database) -> None:
    async def mistake() -> None:
        async with database.write(TENANT) as uow:
            await uow.execute(text("INSERT INTO nowhere VALUES (:words)").bindparams(words="private words"))

    with pytest.raises(Exception, match="nowhere") as raised:
        await mistake()
    assert not isinstance(raised.value, errors.TasklaneError)
    assert "private words" not in str(raised.value)
