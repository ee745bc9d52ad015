"""What the database holds of one session or of one person: to be handed out, or to be erased."""

from base64 import b64encode
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, delete, func, or_, select, text, update

from bot.domain.ids import SessionId, Tenant, UserId
from bot.storage import dialects, memories
from bot.storage.database import Everywhere
from bot.storage.tables import live_messages, metadata, sessions, summaries, turns
from bot.storage.tables import memories as remembered

ERASED: Final = "[erased]"
"""What stands for a person's words in a session of somebody else."""

Rows = dict[str, list[dict[str, Any]]]


async def sessions_of(everywhere: Everywhere, user: UserId) -> list[SessionId]:
    """List the sessions that a person owns, oldest first."""
    statement = select(sessions.c.id).where(sessions.c.owner == user).order_by(sessions.c.opened_at)
    return [SessionId(id) for id in (await everywhere.execute(statement)).scalars()]


async def of_sessions(everywhere: Everywhere, ids: Collection[SessionId]) -> Rows:
    """Read every row that belongs to the sessions, by table."""
    rows: Rows = {}
    for table, belongs in await _belonging(everywhere, ids):
        await _read(everywhere, rows, table, belongs)
    return rows


async def of_user(everywhere: Everywhere, user: UserId) -> Rows:
    """Read every row of the sessions that a person owns, and what else has the person's id, by table."""
    rows = await of_sessions(everywhere, await sessions_of(everywhere, user))
    for table in metadata.sorted_tables:
        if "user_id" in table.c:
            await _read(everywhere, rows, table, table.c.user_id == user)
    return rows


async def delete_sessions(everywhere: Everywhere, ids: Collection[SessionId]) -> int:
    """Erase every row that belongs to the sessions. Return how many rows went."""
    await _overwrite(everywhere)
    count = 0
    for table, belongs in reversed(await _belonging(everywhere, ids)):
        erased = (await everywhere.execute(delete(table).where(belongs))).rowcount
        count += erased
        if table is remembered and erased:
            await memories.overwrite(everywhere)
    return count


async def delete_user(everywhere: Everywhere, user: UserId) -> int:
    """Erase the sessions that a person owns, and what else has the person's id. Return how many rows went.

    In sessions of others the person's words are replaced, so that the rest can still be read. A summary that may hold
    them is erased, and made anew when it is needed.
    """
    count = await delete_sessions(everywhere, await sessions_of(everywhere, user))
    await _void_summaries(everywhere, user)
    words = update(turns).where(turns.c.user_id == user).values(text=ERASED, user_id=None, source=None)
    count += (await everywhere.execute(words)).rowcount
    for table in metadata.sorted_tables:
        if "user_id" in table.c and table is not turns:
            count += (await everywhere.execute(delete(table).where(table.c.user_id == user))).rowcount
    return count


async def _void_summaries(everywhere: Everywhere, user: UserId) -> None:
    """Erase the summaries that may hold a person's words. They are made anew when they are needed."""
    theirs = select(turns.c.session_id).where(turns.c.user_id == user)
    newest = select(func.max(turns.c.seq)).where(turns.c.session_id == summaries.c.session_id).scalar_subquery()
    empty = {"text": "", "upto": 0, "messages": 0, "replies": 0, "since": newest}
    erased = update(summaries).where(summaries.c.session_id.in_(theirs))
    await everywhere.execute(erased.values(**empty, revision=summaries.c.revision + 1))
    await everywhere.execute(update(sessions).where(sessions.c.id.in_(theirs)).values(summarised=0))


async def concluded_before(everywhere: Everywhere, tenant: Tenant, at: float, limit: int) -> list[SessionId]:
    """List sessions of a workspace that were concluded before a time, oldest first."""
    statement = select(sessions.c.id).where(sessions.c.team_id == tenant.team, sessions.c.concluded_at < at)
    rows = await everywhere.execute(statement.order_by(sessions.c.concluded_at).limit(limit))
    return [SessionId(id) for id in rows.scalars()]


async def delete_workspace(everywhere: Everywhere, tenant: Tenant) -> int:
    """Erase every row of a workspace, but its jobs. Return how many rows went."""
    await _overwrite(everywhere)
    count = 0
    for table in reversed(metadata.sorted_tables):
        if table.name != "jobs" and "team_id" in table.c:
            count += (await everywhere.execute(delete(table).where(table.c.team_id == tenant.team))).rowcount
    await memories.overwrite(everywhere)
    return count


async def _belonging(everywhere: Everywhere, ids: Collection[SessionId]) -> list[tuple[Table, ColumnElement[bool]]]:
    """Pair each table that holds something of sessions with the condition for it, sessions first."""
    keyed = [*ids, *(await everywhere.execute(select(turns.c.id).where(turns.c.session_id.in_(ids)))).scalars()]
    messages = or_(*(live_messages.c.key.contains(id, autoescape=True) for id in keyed)) if keyed else None
    pairs: list[tuple[Table, ColumnElement[bool]]] = [(sessions, sessions.c.id.in_(ids))]
    pairs += [
        (table, table.c.session_id.in_(ids))
        for table in metadata.sorted_tables
        if "session_id" in table.c and table is not sessions
    ]
    return pairs if messages is None else [*pairs, (live_messages, messages)]


async def _read(everywhere: Everywhere, rows: Rows, table: Table, belongs: ColumnElement[bool]) -> None:
    if table.info.get("only", everywhere.connection.dialect.name) != everywhere.connection.dialect.name:
        return
    more = [_plain(row) for row in (await everywhere.execute(select(table).where(belongs))).mappings()]
    known = rows.setdefault(table.name, [])
    known += [row for row in more if row not in known]


def _plain(row: Any) -> dict[str, Any]:
    return {name: b64encode(value).decode() if isinstance(value, bytes) else value for name, value in row.items()}


async def _overwrite(everywhere: Everywhere) -> None:
    """Have SQLite write zeros over what is erased. PostgreSQL's vacuum sees to it there."""
    if everywhere.connection.dialect.name == dialects.SQLITE:
        await everywhere.execute(text("PRAGMA secure_delete = ON"))
