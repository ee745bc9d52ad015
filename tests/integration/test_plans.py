"""No query of the app reads a growing table from end to end: EXPLAIN of each, with 100,000 sessions."""

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from sqlalchemy import Engine, event, text

from bot.domain.jobs import Job
from bot.jobs.queue import JobName
from bot.sandbox import Sandbox
from bot.storage import tables
from bot.storage.database import Database
from tests.contract.storage.samples import KINDS, fresh
from tests.scenario.stage import DESK
from tests.scenario.tickets import Service, service

MANY: Final = 100_000
TEAM: Final = Sandbox.team_id
GROWING: Final = (
    *("sessions", "turns", "lanes", "tasks", "notes", "note_versions", "live_messages", "deliveries", "model_calls"),
    *("evidence", "summaries", "ticket_links", "pushes", "push_steps"),
)
OLD: Final = 1_700_000_000
FILLS: Final = (
    """INSERT INTO sessions (id, team_id, channel, thread, owner, status, title, titled, problem, summary, resolution,
        opened_at, active_since, worked, messages, revision)
    SELECT 's' || i, :team, 'C' || (i % 20), CAST(i AS TEXT), 'U' || (i % 50),
        CASE WHEN i % 100 = 0 THEN 'active' ELSE 'resolved' END,
        'Printer', true, 'Printer', '', '', :old + i, :old + i, 0, 2, 1 FROM n""",
    """INSERT INTO turns (id, team_id, session_id, seq, author, text, state, at)
    SELECT 't' || i, :team, 's' || i, 1, 'member', 'Printer', 'done', :old + i FROM n""",
    """INSERT INTO lanes (session_id, team_id, generation, folded, page, revision, born)
    SELECT 's' || i, :team, 1, false, 0, 1, 1 FROM n""",
    """INSERT INTO tasks (id, team_id, session_id, generation, position, kind, text, mark, draft, draft_rev, answer,
        sent)
    SELECT 'k' || i, :team, 's' || i, 1, 0, 'question', 'Since when?', 'open', '', 0, '', false FROM n""",
    """INSERT INTO notes (session_id, team_id, state, text, source, generation, at)
    SELECT 's' || i, :team, 'final', 'Done', 'streamed', 0, :old FROM n""",
    """INSERT INTO note_versions (session_id, number, team_id, text, source, generation, at)
    SELECT 's' || i, 1, :team, 'Done', 'streamed', 0, :old FROM n""",
    """INSERT INTO summaries (session_id, team_id, text, upto, since, messages, replies, room, revision)
    SELECT 's' || i, :team, 'Printer', 1, 0, 1, 0, 0, 1 FROM n""",
    """INSERT INTO evidence (id, team_id, session_id, turn_id, position, file_id, file_name, filetype, size, url, link,
        access, name, kind, state, text, left_out)
    SELECT 'e' || i, :team, 's' || i, 't' || i, 0, 'F' || i, 'a.log', 'log', 1, '', '', 'ready', 'Log 1', 'text',
        'read', '', '' FROM n""",
    """INSERT INTO ticket_links (session_id, team_id, number, ticket_id, summary, client, client_id, contact, url,
        trouble, taken_in, marker)
    SELECT 's' || i, :team, CAST(i AS TEXT), CAST(i AS TEXT), 'Printer', '', '', '', '', '', true, '' FROM n""",
    """INSERT INTO pushes (id, team_id, session_id, user_id, number, ticket_id, text, internal, minutes, started,
        status_id, transcript, state, planned, unmapped, fault, run, at)
    SELECT 'p' || i, :team, 's' || i, 'U1', '1', '1', '', true, 1, :old, '', false, 'done', true, false, '', 1, :old
    FROM n""",
    """INSERT INTO push_steps (push_id, position, team_id, kind, marker, text, part, parts, state, remote_id, under_api,
        attempts, waits, fault, next_at)
    SELECT 'p' || i, 0, :team, 'note', '', '', 1, 1, 'done', '', false, 1, 0, '', :old FROM n""",
    """INSERT INTO live_messages (team_id, key, channel, ts, posting, text, final, run, shown, touched_at)
    SELECT :team, 'reply:t' || i, 'C1', CAST(i AS TEXT), false, '', true, 1, 1, 4000000000 FROM n""",
    "INSERT INTO deliveries (team_id, id, at) SELECT :team, 'd' || i, 4000000000 + i FROM n",
    """INSERT INTO model_calls (team_id, session_id, use, provider, model, input, output, cache_read, cache_write,
        seconds, stop, request_id, at)
    SELECT :team, 's' || i, 'chat', 'p', 'm', 1, 1, 0, 0, 1, 'complete', '', :recent FROM n""",
)
"""No query of the story is about these rows: they are in its way."""
PARTIAL: Final = sorted(
    str(index.name)
    for table in tables.metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
)
"""Indexes that hold a few rows of a table alone: to read one of them is not to read the table."""
_COUNTED: Final = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many) "


@contextmanager
def collected() -> Iterator[dict[str, Any]]:
    """Collect each different statement that is sent to the database, with the arguments of its first use."""
    seen: dict[str, Any] = {}

    def note(_connection: object, _cursor: object, statement: str, arguments: Any, *_: object) -> None:
        if re.match(r"SELECT|UPDATE|DELETE", statement):
            seen.setdefault(statement, arguments)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def live_through(desk: Service) -> None:
    """Do what people do: start, talk, work the lane, look, conclude, push, read on, and leave the rest to the app."""
    stage = desk.stage
    await desk.connect()
    notes = await desk.resolved()
    await desk.push(notes)
    await stage.quiet()
    await stage.click(notes, "Edit")
    await stage.ana.type("Resolution", "It was the driver")
    await stage.ana.submit()
    await stage.quiet()
    await stage.ana.say(DESK, "Look", thread=await stage.ben.say(DESK, "Lunch?"), files=[("a.log", "paper jam")])
    root = await stage.start()
    await stage.ana.open_home()
    await stage.ana.say(DESK, "Unrelated", thread=await stage.ben.say(DESK, "Lunch?"))
    await stage.draft(stage.lane(root), "display", "Ready")
    await stage.answer(stage.lane(root), "display", "It shows Ready")
    await stage.click(stage.lane(root), "Send answers")
    await stage.click(stage.lane(root), "Collapse tasks")
    await stage.ana.command(DESK, "/tasks")
    await stage.ana.say(DESK, "Here is the log", thread=root, files=[("a.log", "paper jam")])
    await stage.quiet()
    await stage.ben.command(DESK, "/resolve")
    await stage.quiet()
    await stage.conclude(root, "Paused")
    await stage.quiet()
    await stage.click(stage.shown(root, "Session paused"), "Resume in New Chat")
    await stage.conclude(root.channel.messages[-1], notes="It was the driver", Team_channel="ticket-notes")
    await stage.until_notes(root.channel.messages[-1], "Regenerate")
    await stage.quiet()
    await stage.app.services.housekeeping.tidy(Job(name=JobName.TIDY, tenant=stage.tenant))
    await stage.quiet()


async def fill(database: Database) -> None:
    """Put 100,000 old sessions of the same workspace beside those of the story, with all that belongs to them."""
    for statement in FILLS:
        head, rows = statement.split("SELECT", 1)
        sql = f"{head} {_COUNTED} SELECT{rows}"
        wanted = {"many": MANY, "team": TEAM, "old": OLD, "recent": int(time.time()) - 10 * 86_400}
        arguments = {name: value for name, value in wanted.items() if f":{name}" in sql}
        async with database.write_everywhere() as work:
            if work.dialect == "postgresql":  # what belongs together is not looked up row by row
                await work.execute(text("SET LOCAL session_replication_role = replica"))
            await work.execute(text(sql).bindparams(**arguments))
    async with database.write_everywhere() as work:
        await work.execute(text("ANALYZE"))


def whole(url: str, statement: str, arguments: Any) -> list[str]:
    """Return the lines of a plan that read a growing table from end to end, or all of a workspace's rows."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.split("///", 1)[1])
        lines = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", arguments)]
        connection.close()
        growing, partial = "|".join(GROWING), "|".join(PARTIAL)
        whole_table = rf"SCAN ({growing})\b(?!.*INDEX ({partial})\b)"
        bad = re.compile(rf"{whole_table}|SEARCH ({growing})\b.*\(team_id=\?\)")
    else:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connected:
            plan = [row[0] for row in connected.execute(f"EXPLAIN {statement}", arguments)]
        lines = [line for before, line in pairwise(["", *plan]) if not any(f" {name} " in before for name in PARTIAL)]
        bad = re.compile(rf"Seq Scan on ({'|'.join(GROWING)})\b|Index Cond: \(team_id = '[^']*'::text\)")
    return [line.strip() for line in lines if bad.search(line)]


@pytest.mark.parametrize("kind", KINDS)
async def test_no_query_reads_a_growing_table_from_end_to_end(tmp_path: Path, kind: str) -> None:
    with fresh(kind) as url:
        async with service(tmp_path, database_url=url) as desk:
            with collected() as statements:
                await live_through(desk)
            await fill(desk.stage.app.database)
        assert len(statements) > 50
        found = {s: lines for s, arguments in statements.items() if (lines := whole(url, s, arguments))}
        assert not found, "\n\n".join(f"{lines}\n{' '.join(s.split())}" for s, lines in found.items())
