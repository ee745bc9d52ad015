"""Values that the storage tests start from, and a database with its tables in place."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.support import postgres, sqlite
from bot.domain.ids import ChannelId, MessageTs, SessionId, TaskId, TeamId, Tenant, UserId
from bot.domain.lane import Kind, Task
from bot.domain.sessions import Session, Status
from bot.storage.database import Database

TENANT = Tenant(team=TeamId("T1"))
OTHER = Tenant(team=TeamId("T2"))
KINDS = ("sqlite", "postgresql")
"""The databases that the app runs on."""
OWNER = UserId("U1")
CHANNEL = ChannelId("C1")

SESSION = Session(
    id=SessionId("s1"),
    channel=CHANNEL,
    thread=MessageTs("1.1"),
    owner=OWNER,
    status=Status.ACTIVE,
    title="VPN drops",
    titled=False,
    problem="The VPN drops every hour",
    summary="",
    resolution="",
    opened_at=100.0,
    active_since=100.0,
    worked=0.0,
)


def session(id: str, **changes: Any) -> Session:
    return replace(SESSION, id=SessionId(id), **{"thread": MessageTs(id), **changes})


def task(id: str, **changes: Any) -> Task:
    return replace(Task(id=TaskId(id), kind=Kind.QUESTION, text=f"What about {id}?"), **changes)


def fresh_sqlite(folder: Path) -> Database:
    """Open a database at head."""
    file = folder / "tasklane.db"
    sqlite.prepare(file)
    return Database.open(sqlite.url(file))


@contextmanager
def fresh(kind: str) -> Iterator[str]:
    """Yield the URL of a database of a kind, at head and without rows."""
    if kind == "postgresql":
        with postgres.shared().fresh() as address:
            yield address
    else:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "tasklane.db"
            sqlite.prepare(file)
            yield sqlite.url(file)
