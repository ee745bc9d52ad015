"""`tasklane backup`, `data` and `trace`: what the app keeps, copied, handed out, erased or followed."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.domain.ids import SessionId, TeamId, Tenant, UserId
from bot.errors import ConfigurationError
from bot.jobs.choose import choose
from bot.jobs.queue import JobName
from bot.services.jobs import KINDS
from bot.settings import Settings
from bot.storage import backup as copies
from bot.storage import personal, schema, traces, workspaces
from bot.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose data is meant: a person's, or that of one session."""

    user: str | None = None
    session: str | None = None

    def __post_init__(self) -> None:
        if (self.user is None) == (self.session is None):
            raise ConfigurationError(["Name one of --user and --session."])


def backup(settings: Settings, target: Path) -> None:
    """Copy the database. `ConfigurationError` says why that is not possible."""
    copies.backup(settings.database_url, target)


async def export(settings: Settings, subject: Subject) -> str:
    """Return what the database holds of the subject, as JSON."""
    async with _database(settings) as database, database.read_everywhere() as everywhere:
        if subject.session is not None:
            rows = await personal.of_sessions(everywhere, [SessionId(subject.session)])
        else:
            rows = await personal.of_user(everywhere, UserId(str(subject.user)))
    return json.dumps(rows, ensure_ascii=False, indent=1, default=str)


async def delete(settings: Settings, subject: Subject) -> int:
    """Erase what the database holds of the subject. Return how many rows were erased or emptied."""
    async with _database(settings) as database, database.write_everywhere() as everywhere:
        if subject.session is not None:
            return await personal.delete_sessions(everywhere, [SessionId(subject.session)])
        return await personal.delete_user(everywhere, UserId(str(subject.user)))


async def set_retention(settings: Settings, workspace: str | None, days: int | None) -> str:
    """Set for how many days a workspace keeps concluded sessions, have that done, and return the workspace's id.

    The only one need not be named.
    """
    async with _database(settings) as database, database.write_everywhere() as everywhere:
        known = list(await workspaces.retentions(everywhere))
        if workspace is None and len(known) != 1:
            which = (
                f"Name one of these with --workspace: {', '.join(known)}." if known else "There is no workspace yet."
            )
            raise ConfigurationError([which])
        team = TeamId(workspace) if workspace is not None else known[0]
        if team not in known:
            raise ConfigurationError([f"--workspace: nothing is known of {team}."])
        await workspaces.set_retention(everywhere, team, days)
        look = KINDS[JobName.EXPIRE].job(JobName.EXPIRE, Tenant(team=team), None, {})
        await choose(database, time.time, 1).enqueue(everywhere, look)
    return team


async def retentions(settings: Settings) -> list[str]:
    """Say for each workspace for how long it keeps concluded sessions, one line each."""
    async with _database(settings) as database, database.read_everywhere() as everywhere:
        known = await workspaces.retentions(everywhere)
    default = _days(settings.tasklane_retention_days or 0)
    return [
        f"{team}: {default}, as the configuration says" if days is None else f"{team}: {_days(days)}"
        for team, days in known.items()
    ]


def _days(days: int) -> str:
    return f"{days} days" if days else "for ever"


async def trace(settings: Settings, reference: str, log: Path | None) -> list[str]:
    """List a session's life from the database, and the lines of a log that name the session or the reference."""
    async with _database(settings) as database, database.read_everywhere() as everywhere:
        session = await traces.session_of(everywhere, reference)
        steps = await traces.life(everywhere, session) if session else []
    lines = [f"{_time(step.at)}  {step.what:18} {_words(step.ids)}" for step in steps]
    if log is not None:
        lines += _logged(log, {reference, *([session] if session else [])})
    return lines


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    database = Database.open(settings.database_url, pool=1)
    try:
        if not await schema.ready(database):
            raise ConfigurationError(["The database is behind this version. Run `tasklane db upgrade`."])
        yield database
    finally:
        await database.close()


def _logged(log: Path, ids: set[str]) -> Iterator[str]:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise ConfigurationError([f"{log} cannot be read: {error.strerror}."]) from None
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and ids & {str(value) for value in entry.values()}:
            at, what = str(entry.pop("timestamp", "")), str(entry.pop("event", ""))
            yield f"{at[:19].replace('T', ' '):20}  {what:18} {_words(entry)}"


def _time(at: float | None) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%SZ") if at is not None else " " * 20


def _words(ids: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in ids.items() if value not in (None, ""))
