import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from bot.storage import schema, tables
from bot.storage.database import Database
from bot.storage.engine import open_for_migration, parse
from tests.contract.storage.samples import url

MIGRATIONS = Path(schema.__file__).parent / "migrations"
UPGRADE = "import sys; from bot.storage import schema; schema.upgrade(sys.argv[1])"
AT_HEAD = """
import asyncio, sys
from bot.storage import schema
from bot.storage.database import Database
async def main():
    database = Database.open(sys.argv[1])
    print(await schema.at_head(database), "alembic" in sys.modules)
    await database.close()
asyncio.run(main())
"""


@pytest.fixture
def upgraded(tmp_path: Path) -> Iterator[Connection]:
    address = url(tmp_path / "100% new.db")
    schema.upgrade(address)
    engine = open_for_migration(parse(address))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_the_migrations_make_exactly_the_tables(upgraded: Connection) -> None:
    context = MigrationContext.configure(upgraded, opts={"compare_type": True, "compare_server_default": True})
    assert compare_metadata(context, tables.metadata) == []


def test_the_newest_migration_is_the_one_that_the_start_checks_for() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [schema.HEAD]


async def test_a_new_file_is_behind_until_it_is_upgraded(tmp_path: Path) -> None:
    address = url(tmp_path / "tasklane.db")
    database = Database.open(address)
    assert not await schema.at_head(database)
    schema.upgrade(address)
    assert await schema.at_head(database)
    schema.upgrade(address)
    await database.close()


def test_upgrading_says_nothing_and_may_run_twice_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", UPGRADE, url(tmp_path / "tasklane.db")]
    running = [subprocess.Popen(command, stdout=-1, stderr=subprocess.STDOUT) for _ in range(2)]
    assert [process.communicate()[0] for process in running] == [b"", b""]
    assert [process.returncode for process in running] == [0, 0]


def test_a_start_at_head_does_not_load_alembic(tmp_path: Path) -> None:
    address = url(tmp_path / "tasklane.db")
    schema.upgrade(address)
    command = [sys.executable, "-c", AT_HEAD, address]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "True False\n"


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        raise RuntimeError

    address = url(tmp_path / "tasklane.db")
    with monkeypatch.context() as patched:
        patched.setattr(schema, "_migrate", fail)
        with pytest.raises(RuntimeError):
            schema.upgrade(address)
    engine = open_for_migration(parse(address))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0
    engine.dispose()


@pytest.mark.parametrize("table", tables.metadata.sorted_tables, ids=lambda table: str(table.name))
def test_every_table_can_be_written_for_postgresql_and_belongs_to_a_workspace(table: Table) -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    assert str(CreateTable(table).compile(dialect=dialect))
    for index in table.indexes:
        assert len(str(index.name)) <= 63
        assert str(CreateIndex(index).compile(dialect=dialect))
    assert not table.c.team_id.nullable
