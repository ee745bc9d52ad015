"""Values that the storage tests start from, and a database with its tables in place."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

from bot.domain.ids import ChannelId, MessageTs, SessionId, TaskId, TeamId, Tenant, UserId
from bot.domain.lane import Kind, Task
from bot.domain.sessions import Session, Status
from bot.storage import schema
from bot.storage.database import Database
from tests.support import postgres

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


@cache
def _template() -> Path:
    file = Path(mkdtemp()) / "template.db"
    schema.upgrade(url(file))
    return file


def url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def fresh_sqlite(folder: Path) -> Database:
    """Open a database at head; the migrations run once for the whole test run."""
    file = folder / "tasklane.db"
    shutil.copy(_template(), file)
    return Database.open(url(file))


@contextmanager
def fresh(kind: str) -> Iterator[str]:
    """Yield the URL of a database of a kind, at head and without rows."""
    if kind == "postgresql":
        with postgres.shared().fresh() as address:
            yield address
    else:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "tasklane.db"
            shutil.copy(_template(), file)
            yield url(file)
