from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from benchmarks.support.postgres import Postgres
from bot import errors
from bot.domain.ids import DeliveryId
from bot.storage import engine, inbox
from bot.storage.database import Database
from tests.contract.storage.samples import TENANT


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = Database.open(postgres_url, pool=2)
    yield opened
    await opened.close()


async def test_no_statement_and_no_transaction_can_hang(database: Database) -> None:
    limits = {"statement_timeout": "15s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "30s"}
    async with database.read(TENANT) as uow:
        for name, value in {**limits, "application_name": "tasklane"}.items():
            assert (await uow.execute(text(f"SHOW {name}"))).scalar() == value


async def test_connections_that_the_server_ended_are_replaced(own_postgres: Postgres) -> None:
    with own_postgres.fresh() as url:
        database = Database.open(url)
        await database.ping()
        own_postgres.kill()
        with pytest.raises(errors.StorageUnavailable):
            await database.ping()
        own_postgres.start()
        await database.ping()
        await database.close()


async def test_a_transaction_during_which_the_server_goes_is_storage_unavailable(own_postgres: Postgres) -> None:
    async def write(database: Database) -> None:
        async with database.write(TENANT) as uow:
            await inbox.first_time(uow, DeliveryId("d"), 1.0)
            own_postgres.kill()

    with own_postgres.fresh() as url:
        database = Database.open(url)
        with pytest.raises(errors.StorageUnavailable):
            await write(database)
        own_postgres.start()
        async with database.write(TENANT) as uow:
            assert await inbox.first_time(uow, DeliveryId("d"), 1.0), "it was rolled back"
        await database.close()


def test_a_missing_library_comes_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    with pytest.raises(errors.ConfigurationError) as refused:
        Database.open("postgresql+psycopg://u:secret@h/d")
    assert "tasklane[postgres]" in refused.value.problems[0]
    assert "secret" not in refused.value.problems[0]
