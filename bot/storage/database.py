"""The database as the app sees it: one transaction for a use case, committed here and nowhere else."""

import fcntl
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy import CursorResult, Executable, Table, func, select, text
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.engine import URL, Engine
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import TeamId, Tenant
from bot.errors import ConfigurationError, StorageUnavailable
from bot.storage import dialects
from bot.storage.direct import DirectConnection
from bot.storage.engine import parse, sqlite_file
from bot.storage.postgres import POOL, PostgresServer
from bot.storage.sqlite import SqliteFile
from bot.storage.tables import deliveries

AnyConnection = AsyncConnection | DirectConnection

_LOCKED_FOR: Final = 1.0
WORKSPACE: Final = "workspace"
"""The execution option that names the workspace of a statement to whoever watches the engine."""
_GONE: Final = "its file was deleted, moved or replaced; put it back, or start again"


_BEHIND: ContextVar[bool] = ContextVar("behind", default=False)


def let_people_first() -> None:
    """Have the task that calls this use the database only when nobody else waits for it. It is for jobs."""
    _BEHIND.set(True)


def lets_people_first() -> bool:
    """Tell whether the task that calls this is a job's."""
    return _BEHIND.get()


class Transaction:
    """One transaction, handed to the query functions."""

    def __init__(self, connection: AnyConnection) -> None:
        self.connection = connection
        self._options: dict[str, Any] = {}
        self._callbacks: list[Callable[[], None]] = []

    async def execute(
        self, statement: Executable, values: list[dict[str, Any]] | dict[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Run a statement inside the transaction, with these values, or once for each of several.

        What runs at every click is made once and gets values: making a statement takes longer than running it.
        """
        return await self.connection.execute(statement, values, execution_options=self._options)

    @property
    def dialect(self) -> str:
        """The name of the database's dialect."""
        return self.connection.dialect.name

    def insert(self, table: Table) -> Insert:
        """Begin an INSERT that knows ON CONFLICT on either database."""
        return dialects.insert(self.connection.dialect.name, table)

    async def alone(self, *names: str) -> None:
        """Have whoever asks for the same names wait until the end of this transaction.

        It is for what no row stands for yet. SQLite's writers are alone as it is.
        """
        if self.connection.dialect.name == dialects.POSTGRES:
            await self.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("\n".join(names), 0))))

    async def driver(self) -> Any:
        """Return the driver's own connection, for a library that writes into PostgreSQL inside this transaction."""
        assert isinstance(self.connection, AsyncConnection)
        return (await self.connection.get_raw_connection()).driver_connection

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Have a plain callable run once the transaction is committed. It never runs after a rollback."""
        if callback not in self._callbacks:
            self._callbacks.append(callback)

    def committed(self) -> None:
        """Run what was to follow the commit."""
        for callback in self._callbacks:
            callback()


class UnitOfWork(Transaction):
    """A transaction in one workspace. Every statement on a table with a `team_id` is limited to it."""

    def __init__(self, connection: AnyConnection, tenant: Tenant) -> None:
        super().__init__(connection)
        self.tenant = tenant
        self._options = {WORKSPACE: tenant.team}

    @property
    def team(self) -> TeamId:
        """The workspace's id, by which each statement filters."""
        return self.tenant.team


class Everywhere(Transaction):
    """A transaction across all workspaces, for housekeeping and for those who run the jobs."""


class Database:
    """The connections of one process to its database."""

    def __init__(self, url: URL, pool: int, clock: Callable[[], float]) -> None:
        self.url = url
        self._place: SqliteFile | PostgresServer = (
            PostgresServer(url, pool, clock) if sqlite_file(url) is None else SqliteFile(url, self._check, clock)
        )
        self._lock: int | None = None
        self._file: tuple[int, int] | None = None
        self.trouble: str | None = None
        """Why the last use of the database failed; None when it did not."""
        self._failed_at = 0.0
        self._clock = clock
        self._log = structlog.get_logger(__name__)

    @classmethod
    def open(cls, url: str, pool: int = POOL, clock: Callable[[], float] = time.monotonic) -> "Database":
        """Make a database from its URL. Nothing is connected until the first transaction.

        `pool` is how many connections to PostgreSQL there may be.
        """
        return cls(parse(url), pool, clock)

    @property
    def shared(self) -> bool:
        """Whether several processes may serve from it."""
        return self._place.shared

    @property
    def engines(self) -> dict[str, Engine]:
        """The engines, for whoever watches them, by what they are for: `write` and `read`."""
        return self._place.engines

    def claim(self) -> None:
        """Take the SQLite file for this process until `close`. Raises when another process serves from it."""
        file = sqlite_file(self.url)
        if file is None or self._lock is not None:
            return
        self._lock = _lock(file)

    @asynccontextmanager
    async def write(self, tenant: Tenant) -> AsyncIterator[UnitOfWork]:
        """Open a transaction in a workspace. It is committed at the end, or rolled back when the body raises.

        Never open a second one inside. SQLite has one writer, which would wait for itself.
        """
        async with self._writing() as turn:
            work = UnitOfWork(turn.connection, tenant)
            turn.after_commit = work.committed
            yield work

    @asynccontextmanager
    async def write_everywhere(self) -> AsyncIterator[Everywhere]:
        """Open a transaction across all workspaces, which otherwise is as one in a workspace."""
        async with self._writing() as turn:
            work = Everywhere(turn.connection)
            turn.after_commit = work.committed
            yield work

    @asynccontextmanager
    async def read(self, tenant: Tenant) -> AsyncIterator[UnitOfWork]:
        """Open a transaction in a workspace that only reads, everything as it was at one moment.

        It waits for no writer.
        """
        async with self._reading() as connection:
            yield UnitOfWork(connection, tenant)

    @asynccontextmanager
    async def read_everywhere(self) -> AsyncIterator[Everywhere]:
        """Open a transaction across all workspaces that only reads."""
        async with self._reading() as connection:
            yield Everywhere(connection)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Any]:
        with self._watched():
            async with self._place.writing(person=not lets_people_first()) as turn:
                yield turn
        if self.trouble is not None:
            self._log.info("storage available again")
            self.trouble = None

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AnyConnection]:
        with self._watched():
            async with self._place.reading(person=not lets_people_first()) as connection:
                yield connection

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Log trouble when it begins or changes, and not with every use that fails of it."""
        try:
            with dialects.faults():
                yield
        except StorageUnavailable as fault:
            if fault.reason != self.trouble:
                self._log.error("storage unavailable", error=fault.reason)
                self.trouble = fault.reason
            if fault.__cause__ is not None:  # it was tried
                self._failed_at = self._clock()
            raise

    def _check(self) -> None:
        """Refuse to write into a SQLite file that was deleted or replaced: it would be gone with the process.

        When somebody just waited in vain for another program, it fails at once: in turn, they would wait too long.
        """
        if self.trouble == dialects.LOCKED and self._clock() - self._failed_at < _LOCKED_FOR:
            raise StorageUnavailable(dialects.LOCKED)
        file = sqlite_file(self.url)
        if file is None or self._lock is None:
            return
        try:
            found = file.stat()
        except OSError:
            raise StorageUnavailable(_GONE) from None
        now = (found.st_dev, found.st_ino)
        self._file = self._file or now
        if now != self._file:
            raise StorageUnavailable(_GONE)

    async def ping(self) -> None:
        """Raise `StorageUnavailable` unless the database answers."""
        async with self.read_everywhere() as uow:
            await uow.execute(text("SELECT 1"))

    async def probe(self) -> None:
        """Raise `StorageUnavailable` unless something can be written, down to the disk: a rollback would not say."""
        async with self.write_everywhere() as uow:
            row = uow.insert(deliveries).values(team_id="", id="probe", at=0.0)
            await uow.execute(row.on_conflict_do_update(index_elements=["team_id", "id"], set_={"at": 0.0}))

    async def close(self) -> None:
        """Close all connections and give the file back."""
        await self._place.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _lock(file: Path) -> int:
    """Lock the file beside a SQLite database. The system gives the lock back however the process ends."""
    beside = file.with_name(file.name + ".lock")
    try:
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigurationError([f"DATABASE_URL: cannot write {beside}: {error.strerror}."]) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise ConfigurationError(
            [
                f"Another `tasklane serve` is running on {file}. Stop that one first; "
                "for several at once use PostgreSQL (DATABASE_URL)."
            ]
        ) from error
    return descriptor
