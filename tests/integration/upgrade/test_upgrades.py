"""Databases of earlier versions, with work begun in them, are upgraded, and this version goes on with the work.

`data/95aa737.*` is what the app of that commit left when it was killed: a reply and notes that were half written, an
answer and a draft in a folded lane, sessions that were paused, escalated and resolved, a job that had failed twice,
and jobs that waited. Beside it stands what Slack showed then.
"""

import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, select, text

from benchmarks.support import postgres, sqlite
from benchmarks.support.app import MANIFEST
from bot.sandbox import Message, Sandbox
from bot.storage import schema
from bot.storage.engine import open_for_migration, parse
from tests.contract.storage.samples import KINDS
from tests.scenario.stage import CHANNELS, DESK, SECTIONS, Stage, serving

DATA: Final = Path(__file__).parent / "data"
COMMIT: Final = "95aa737"
AT: Final = "0004"
"""The newest migration of that commit."""
PROSE: Final = "It is the device, its port, or the queue on the server: look at the queue first, and then at the rest."
NOTES: Final = (
    "## Problem Summary\nThe scanner sent nothing.\n\n## Steps Taken\n- Looked at the mail relay.\n\n"
    "## Resolution\nThe relay takes the scanner's mail again.\n\n## Next Steps\n- None."
)
ADDED: Final = {"0003": "DROP TABLE edit_pools", "0004": "ALTER TABLE turns DROP COLUMN failure"}
"""What takes a migration back."""
WITHOUT_JOBS: Final = ("postgresql", "0001")
"""There was no queue on PostgreSQL then."""
STARTS: Final = (COMMIT, schema.REVISIONS[0])
"""Every migration runs behind one of these two, on rows that were there before it."""


@contextmanager
def _empty(kind: str, folder: Path, name: str) -> Iterator[str]:
    if kind == "sqlite":
        yield sqlite.url(folder / f"{name}.db")
    else:
        with postgres.shared().empty() as address:
            yield address


def _load(kind: str, address: str) -> None:
    """Fill an empty database with what commit 95aa737 left. On PostgreSQL the tables are the migrations' of then."""
    dump = (DATA / f"{COMMIT}.{kind}.sql").read_text()
    if kind == "sqlite":
        with closing(sqlite3.connect(address.removeprefix("sqlite+aiosqlite:///"))) as connection:
            connection.executescript(dump)
        return
    _migrate(address, AT)
    with psycopg.connect(address.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute("DELETE FROM alembic_version")
        connection.execute(dump.encode())


def _migrate(address: str, revision: str) -> None:
    engine = open_for_migration(parse(address))
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def _undo(address: str, start: str) -> None:
    """Take back what the migrations after `start` have added."""
    engine = open_for_migration(parse(address))
    with engine.begin() as connection:
        for revision in reversed(schema.REVISIONS[schema.REVISIONS.index(start) + 1 : schema.REVISIONS.index(AT) + 1]):
            if statement := ADDED.get(revision):
                connection.execute(text(statement))
        connection.execute(text("UPDATE alembic_version SET version_num = :it").bindparams(it=start))
    engine.dispose()


def _copy(source: str, target: str) -> None:
    """Copy every row into the tables and columns that the older database has, but the jobs."""
    here, there = (open_for_migration(parse(address)) for address in (source, target))
    with here.connect() as reading, there.begin() as writing:
        new, old = _reflected(reading), _reflected(writing)
        for table in old.sorted_tables:
            if table.name in ("alembic_version", "jobs"):
                continue
            columns = [new.tables[table.name].columns[column.name] for column in table.columns]
            if rows := [dict(row) for row in reading.execute(select(*columns)).mappings()]:
                writing.execute(table.insert(), rows)
        writing.execute(text("SELECT setval('model_calls_id_seq', (SELECT max(id) FROM model_calls))"))
    here.dispose()
    there.dispose()


def _reflected(connection: Connection) -> MetaData:
    metadata = MetaData()
    metadata.reflect(connection)
    return metadata


@contextmanager
def _database(kind: str, start: str, folder: Path) -> Iterator[str]:
    """Yield a database of the time of `start`, with the data in it."""
    with _empty(kind, folder, "then") as then:
        _load(kind, then)
        if start == COMMIT:
            yield then
        elif (kind, start) == WITHOUT_JOBS:
            with _empty(kind, folder, "before") as before:
                _migrate(before, start)
                _copy(then, before)
                yield before
        else:
            _undo(then, start)
            yield then


@pytest.fixture(params=[(kind, start) for kind in KINDS for start in STARTS], ids="-".join)
def begun(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str, str]]:
    """A database of an earlier version: its kind, the version, and its URL."""
    kind, start = request.param
    with _database(kind, start, tmp_path) as address:
        yield kind, start, address


def _restore(slack: Sandbox, kind: str) -> None:
    """Put the messages back that Slack showed."""
    for it in json.loads((DATA / f"{COMMIT}.{kind}.json").read_text()):
        channel = slack.space.channels[it.pop("channel")]
        channel.add(Message(space=slack.space, channel=channel, **it))


@pytest.fixture
async def stage(begun: tuple[str, str, str], tmp_path: Path) -> AsyncIterator[Stage]:
    """This version of the app on the database, in the workspace as it was left."""
    kind, _, address = begun
    schema.upgrade(address)
    script = tmp_path / "script.json"
    reply = {"prose": PROSE, "title": "Queue", "questions": [{"text": "Is there a queue?"}]}
    pace = {"first": 0, "every": 0, "chars": 4000}
    script.write_text(json.dumps({"pace": pace, "replies": [reply], "notes": [{"text": NOTES}]}))
    async with Sandbox(manifest=MANIFEST, limits="off", channels=CHANNELS) as slack:
        _restore(slack, kind)
        async with serving(slack, tmp_path, script, database_url=address) as stage:
            stage.troubled = True  # one job has failed before
            yield stage


def _root(stage: Stage, text: str) -> Message:
    """Return the only thread in which a text is shown."""
    roots = stage.slack.channel(DESK).messages
    (root,) = [root for root in roots if any(text in message.text_view() for message in (root, *root.replies))]
    return root


def _all_notes(stage: Stage) -> list[Message]:
    return [m for root in stage.slack.channel(DESK).messages for m in stage.in_thread(root, "Ticket Notes")]


async def test_this_version_goes_on_with_what_an_earlier_one_left(begun: tuple[str, str, str], stage: Stage) -> None:
    await stage.quiet()
    _begun_work_is_ended(stage, queued=begun[:2] != WITHOUT_JOBS)
    await _open_sessions_go_on(stage)


def _begun_work_is_ended(stage: Stage, *, queued: bool) -> None:
    flickers, phone = _root(stage, "It is the left one"), _root(stage, "It has no dial tone")
    notes = _all_notes(stage)
    assert len(notes) == 2, "one message for each session that is resolved, and none twice"
    if not queued:
        return
    assert [line for line in notes[1].text_view().splitlines() if line in SECTIONS] == SECTIONS
    assert "The relay takes the scanner's mail again." in notes[1].text_view(), "half-written notes"
    assert [m.bot for m in flickers.replies[:3]] == [True, False, True]
    assert stage.replies(flickers) == [PROSE, PROSE], "a half-written reply, and one that waited behind it"
    assert stage.replies(phone) == [PROSE, PROSE], "a job that had failed twice"
    assert len(stage.lanes(flickers)) == len(stage.lanes(phone)) == 1


async def _open_sessions_go_on(stage: Stage) -> None:
    desk = stage.slack.channel(DESK)
    printer, paused = desk.messages[0], _root(stage, "Session paused")

    await stage.click(stage.lane(printer), "Tasks (3)")
    assert "Forty jobs" in stage.lane(printer).text_view()
    assert await stage.prefilled(stage.lane(printer), "Since when?") == "Since half past"
    await stage.click(stage.lane(printer), "Send answers")
    assert stage.replies(printer) == [PROSE, PROSE]

    await stage.click(paused, "Resume")
    assert "Active" in paused.text_view()
    await stage.conclude(paused)
    await stage.quiet()
    assert len(_all_notes(stage)) == 3
    await stage.click(_all_notes(stage)[0], "Copy")
    assert stage.ana.modal is not None
