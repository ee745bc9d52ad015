import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, Table, inspect, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable, SchemaItem

from benchmarks.support import postgres
from benchmarks.support.sqlite import url
from bot.storage import schema, tables
from bot.storage.database import Database
from bot.storage.engine import open_for_migration, parse
from tests.contract.storage.samples import KINDS

MIGRATIONS = Path(schema.__file__).parent / "migrations"
FULL_TEXT = ("memory_index", "ix_memories_search", "search")
"""What each database has in a form of its own: the migration makes it, and no metadata describe it."""
APPLIED = {
    "0001": "1008a7ab621aef35",
    "0002": "58e74898d2f06aa2",
    "0003": "5f7d49189ec876fd",
    "0004": "7950f4c905dc2eee",
    "0005": "5bb172630376a29b",
    "0006": "b63a1a27a9704183",
    "0007": "c4294883dadcf226",
    "0008": "877dd95ba0350bd2",
    "0009": "8a1ea2b15292f299",
    "0010": "c9460887ad71946b",
    "0011": "0d3e4c67a8c3ef1b",
    "0012": "6e5f54d0accc535e",
    "0013": "fb9050aa77affad4",
    "0014": "38e22371449fe525",
    "0015": "07a7743fe8a86f70",
    "0016": "068cd09db0dce35a",
    "0017": "3097045280c69537",
    "0018": "c065c0ca7d41adec",
    "0019": "cb8724511c9363f9",
    "0020": "151cf0d2ab0ff85c",
}
"""The digest of each migration: some database has it behind it. A change of the tables is a new one."""
UPGRADE = "import sys; from bot.storage import schema; schema.upgrade(sys.argv[1])"
AT_HEAD = """
import asyncio, sys
from bot.storage import schema
from bot.storage.database import Database
async def main():
    database = Database.open(sys.argv[1])
    print(await schema.ready(database), "alembic" in sys.modules)
    await database.close()
asyncio.run(main())
"""


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        yield url(tmp_path / "100% new.db")
    else:
        with postgres.shared().empty() as address:
            yield address


@contextmanager
def connected(address: str) -> Iterator[Connection]:
    engine = open_for_migration(parse(address))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_the_migrations_make_exactly_the_tables(empty: str) -> None:
    schema.upgrade(empty)
    with connected(empty) as connection:
        here = connection.dialect.name

        def ours(item: SchemaItem, name: str | None, kind: str, _reflected: bool, _other: SchemaItem | None) -> bool:
            table: Any = item if kind == "table" else getattr(item, "table", item)
            if str(getattr(item, "name", "")) in FULL_TEXT or str(table.name).startswith(FULL_TEXT[0]):
                return False
            return table.info.get("only", here) == here and not str(table.name).startswith("procrastinate_")

        options = {"compare_type": True, "compare_server_default": True, "include_object": ours}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), tables.metadata) == []


def test_the_newest_migration_is_the_one_that_the_start_checks_for() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert tuple(one.revision for one in scripts.walk_revisions())[::-1] == schema.REVISIONS


def test_no_migration_changes_that_a_database_may_have_behind_it() -> None:
    files = {path.name[:4]: path.read_bytes() for path in (MIGRATIONS / "versions").glob("0*.py")}
    assert {name: hashlib.sha256(file).hexdigest()[:16] for name, file in files.items()} == APPLIED


def test_the_queue_s_schema_is_of_the_version_that_the_migrations_bring() -> None:
    newest = max(file.name for file in Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    assert newest == "03.04.00_50_post_add_retry_failed_job_procedure.sql", "procrastinate has a newer schema: migrate"


async def test_a_new_database_is_behind_until_it_is_upgraded(empty: str) -> None:
    database = Database.open(empty)
    assert not await schema.ready(database)
    schema.upgrade(empty)
    assert await schema.ready(database)
    schema.upgrade(empty)
    await database.close()


async def test_a_database_behind_is_not_ready_and_one_that_a_newer_version_upgraded_is(empty: str) -> None:
    schema.upgrade(empty)
    database = Database.open(empty)
    for revision, ready in ((schema.REVISIONS[0], False), ("9999", True)):
        with connected(empty) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :it").bindparams(it=revision))
        assert await schema.ready(database) is ready
    schema.upgrade(empty)
    await database.close()


def test_upgrading_says_nothing_and_may_run_twice_at_once(empty: str) -> None:
    command = [sys.executable, "-W", "error", "-c", UPGRADE, empty]
    running = [subprocess.Popen(command, stdout=-1, stderr=subprocess.STDOUT) for _ in range(2)]
    assert [process.communicate()[0] for process in running] == [b"", b""]
    assert [process.returncode for process in running] == [0, 0]


def test_a_start_at_head_does_not_load_alembic(tmp_path: Path) -> None:
    address = url(tmp_path / "tasklane.db")
    schema.upgrade(address)
    command = [sys.executable, "-c", AT_HEAD, address]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "True False\n"


def test_a_migration_that_fails_leaves_nothing_behind(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(schema, "_migrate", fail)
        with pytest.raises(RuntimeError):
            schema.upgrade(empty)
    with connected(empty) as connection:
        assert inspect(connection).get_table_names() == []


@pytest.mark.parametrize("table", tables.metadata.sorted_tables, ids=lambda table: str(table.name))
def test_every_table_can_be_written_for_postgresql_and_belongs_to_a_workspace(table: Table) -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    assert str(CreateTable(table).compile(dialect=dialect))
    for index in table.indexes:
        assert len(str(index.name)) <= 63
        assert str(CreateIndex(index).compile(dialect=dialect))
    assert table is tables.oauth_states or not table.c.team_id.nullable
