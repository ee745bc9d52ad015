import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from benchmarks.support.sqlite import url
from bot import errors
from bot.domain.ids import DeliveryId
from bot.storage import inbox
from bot.storage.database import Database
from tests.contract.storage.samples import TENANT, fresh_sqlite

SERVE = """
import sys
from bot.errors import ConfigurationError
from bot.storage.database import Database
database = Database.open(sys.argv[1])
try:
    database.claim()
except ConfigurationError as error:
    print(error.problems[0])
"""


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("nonsense", "not a database URL"),
        ("sqlite:///a.db", "must begin with sqlite+aiosqlite://"),
        ("mysql://u:secret@h/d", "not mysql://"),
        ("sqlite+aiosqlite://", "names no file"),
        ("sqlite+aiosqlite:///:memory:", "names no file"),
    ],
)
def test_an_unusable_url_is_refused_without_repeating_it(bad: str, told: str) -> None:
    with pytest.raises(errors.ConfigurationError) as refused:
        Database.open(bad)
    assert told in refused.value.problems[0]
    assert "secret" not in refused.value.problems[0]


async def test_the_connections_are_set_up_as_measured(database: Database) -> None:
    async with database.write(TENANT) as uow:
        for pragma, value in {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}.items():
            assert (await uow.execute(text(f"PRAGMA {pragma}"))).scalar() == value
        assert (await uow.execute(text("PRAGMA query_only"))).scalar() == 0


async def test_a_file_that_cannot_be_opened_is_storage_unavailable(tmp_path: Path) -> None:
    database = Database.open(url(tmp_path / "missing" / "tasklane.db"))
    with pytest.raises(errors.StorageUnavailable):
        await database.ping()
    await database.close()


async def test_a_file_that_is_no_database_is_storage_unavailable(tmp_path: Path) -> None:
    file = tmp_path / "tasklane.db"
    file.write_text("not a database, but long enough to be read as one" * 100)
    database = Database.open(url(file))
    with pytest.raises(errors.StorageUnavailable):
        await database.ping()
    await database.close()


async def test_a_full_disk_is_storage_unavailable_and_changes_nothing(database: Database) -> None:
    async def fill() -> None:
        async with database.write(TENANT) as uow:
            await uow.execute(text("PRAGMA max_page_count=1"))
            for number in range(2_000):
                await inbox.first_time(uow, DeliveryId(f"{number}" * 50), 1.0)

    with pytest.raises(errors.StorageUnavailable):
        await fill()
    async with database.read(TENANT) as uow:
        assert (await uow.execute(text("SELECT count(*) FROM deliveries"))).scalar() == 0


def test_a_second_process_is_refused_until_the_first_has_closed(tmp_path: Path) -> None:
    database = fresh_sqlite(tmp_path)
    command = [sys.executable, "-c", SERVE, url(tmp_path / "tasklane.db")]
    database.claim()
    database.claim()
    refused = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    asyncio.run(database.close())
    taken = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Another `tasklane serve` is running on" in refused
    assert taken == ""


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    database = Database.open(url(tmp_path / "missing" / "tasklane.db"))
    with pytest.raises(errors.ConfigurationError) as refused:
        database.claim()
    assert "tasklane.db.lock" in refused.value.problems[0]


async def test_who_reads_again_and_again_lets_the_others_go_on(database: Database) -> None:
    async def look() -> None:
        while True:
            async with database.read(TENANT):
                pass

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await look()
