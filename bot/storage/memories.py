"""Resolved sessions as they are remembered, and the full-text index over their words.

On SQLite the index is an FTS5 table that triggers keep in step with the rows. On PostgreSQL it is a GIN index over a
`tsvector`. Both hold the same words, made by `bot.domain.memory`, and beside them where a session belongs: a search is
limited to the workspace and to the channels that a person may see inside the index already.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Row, Text, column, delete, literal_column, select, table, text
from sqlalchemy import exists as any_row
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.sql.expression import cast

from bot.domain.ids import ChannelId, SessionId, Tenant
from bot.domain.memory import PREFIX_FROM, FoundMemory, Memory
from bot.domain.notes.record import NotesState
from bot.domain.sessions import Status
from bot.storage import dialects
from bot.storage.database import Everywhere, Transaction, UnitOfWork
from bot.storage.tables import memories, notes, sessions

CANDIDATES: Final = 80
"""How many of the newest sessions that match are compared. More would take longer than anybody waits."""
FEW: Final = 3
"""With fewer sessions that have half of the words, those that have two will do."""
_FEWEST_WORDS: Final = 2
_FEW_CHANNELS: Final = 5
"""Beyond so many channels only the rows say where a session belongs: most of what is found belongs to one of them."""
_COLUMNS: Final = [
    memories.c.session_id.label("session"),
    memories.c.channel,
    memories.c.thread,
    memories.c.owner,
    memories.c.title,
    memories.c.fix,
    memories.c.verdict,
    memories.c.at,
]


def indexed(team: str, channel: str, words: Sequence[str]) -> str:
    """Write the words of a session as they are looked through, with where it belongs."""
    return " ".join((_in_team(team), _in_channel(channel), *words))


async def save(uow: UnitOfWork, memory: Memory, words: Sequence[str]) -> None:
    """Remember a session, in place of what was remembered of it."""
    values = {
        "channel": memory.channel,
        "thread": memory.thread,
        "owner": memory.owner,
        "title": memory.title,
        "fix": memory.fix,
        "verdict": memory.verdict,
        "at": memory.at,
        "words": indexed(uow.team, memory.channel, words),
    }
    fresh = uow.insert(memories).values(session_id=memory.session, team_id=uow.team, **values)
    await uow.execute(
        fresh.on_conflict_do_update(index_elements=["session_id"], set_=values, where=memories.c.team_id == uow.team)
    )


async def forget(uow: UnitOfWork, session_id: SessionId) -> None:
    """Remember a session no more."""
    await uow.execute(delete(memories).where(memories.c.team_id == uow.team, memories.c.session_id == session_id))


async def with_all(uow: UnitOfWork, words: Sequence[str], channels: Collection[ChannelId]) -> list[FoundMemory]:
    """Find the newest sessions of some channels that have all the words, or words that begin like them."""
    return await _find(uow, words, len(words), channels, beginnings=True)


async def with_some(uow: UnitOfWork, words: Sequence[str], channels: Collection[ChannelId]) -> list[FoundMemory]:
    """Find the newest sessions of some channels that have half of the words, or where there are few, two of them."""
    half = -(-len(words) // 2)
    found = await _find(uow, words, half, channels, beginnings=False)
    if len(found) >= FEW or half <= _FEWEST_WORDS:
        return found
    return await _find(uow, words, _FEWEST_WORDS, channels, beginnings=False)


async def get(uow: UnitOfWork, session_id: SessionId, channels: Collection[ChannelId]) -> Memory | None:
    """Read what is remembered of a session, if it belongs to one of some channels."""
    here = (memories.c.team_id == uow.team) & (memories.c.session_id == session_id) & memories.c.channel.in_(channels)
    row = (await uow.execute(select(*_COLUMNS).where(here))).first()
    return Memory(**row._mapping) if row is not None else None


async def page(everywhere: Everywhere, after: SessionId, limit: int) -> list[SessionId]:
    """List the sessions of every workspace whose ids come next."""
    statement = select(sessions.c.id).where(sessions.c.id > after).order_by(sessions.c.id).limit(limit)
    return list((await everywhere.execute(statement)).scalars())


async def missing(everywhere: Everywhere, ids: Sequence[SessionId]) -> list[tuple[Tenant, SessionId]]:
    """List those of some sessions that are resolved, have notes, and are not remembered: earlier versions did not."""
    known = any_row().where(memories.c.team_id == sessions.c.team_id, memories.c.session_id == sessions.c.id)
    statement = (
        select(sessions.c.team_id, sessions.c.id)
        .join(notes, (notes.c.team_id == sessions.c.team_id) & (notes.c.session_id == sessions.c.id))
        .where(sessions.c.id.in_(ids), sessions.c.status == Status.RESOLVED, sessions.c.thread.is_not(None))
        .where(notes.c.state == NotesState.FINAL, notes.c.text != "", ~known)
    )
    return [(Tenant(team=row.team_id), row.id) for row in await everywhere.execute(statement)]


async def overwrite(transaction: Transaction) -> None:
    """Have SQLite write the index anew without the words of what was erased: it only marks them as gone."""
    if transaction.connection.dialect.name == dialects.SQLITE:
        await transaction.execute(text("INSERT INTO memory_index (memory_index) VALUES ('optimize')"))


async def _find(
    uow: UnitOfWork, words: Sequence[str], least: int, channels: Collection[ChannelId], *, beginnings: bool
) -> list[FoundMemory]:
    """Find the newest sessions that have at least so many of the words."""
    if not channels or not words:
        return []
    sqlite = uow.connection.dialect.name == dialects.SQLITE
    grammar = _FTS5 if sqlite else _TSQUERY
    query = [grammar.at_least(least, [grammar.word(word, beginnings) for word in words]), _in_team(uow.team)]
    if len(channels) <= _FEW_CHANNELS:
        query.append(grammar.at_least(1, [_in_channel(channel) for channel in sorted(channels)]))
    theirs = (memories.c.team_id == uow.team) & memories.c.channel.in_(sorted(channels))
    statement = select(*_COLUMNS, memories.c.words).where(theirs).limit(CANDIDATES)
    asked = grammar.both.join(query)
    if sqlite:
        index = table("memory_index", column("rowid", Integer), column("memory_index", Text))
        statement = statement.join_from(index, memories, memories.c.number == index.c.rowid)
        statement = statement.where(index.c.memory_index.bool_op("MATCH")(asked)).order_by(index.c.rowid.desc())
    else:
        vector: ColumnElement[Any] = literal_column("memories.search", TSVECTOR)
        statement = statement.where(vector.bool_op("@@")(cast(asked, TSQUERY))).order_by(memories.c.number.desc())
    return [_candidate(row) for row in await uow.execute(statement)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grammar:
    """How a database writes what is looked for."""

    both: str
    either: str
    quote: str
    beginning: str
    """What stands behind a word of which the beginning will do."""

    def word(self, word: str, beginning: bool) -> str:
        """Write a word."""
        quoted = f"{self.quote}{word}{self.quote}"
        return f"{quoted}{self.beginning}" if beginning and len(word) >= PREFIX_FROM else quoted

    def at_least(self, count: int, terms: Sequence[str]) -> str:
        """Ask for at least so many of the terms: so many of one half, and the rest of them of the other."""
        if count == len(terms):
            return f"({self.both.join(terms)})"
        if count == 1:
            return f"({self.either.join(terms)})"
        middle = len(terms) // 2
        left, right = terms[:middle], terms[middle:]
        ways = []
        for of_left in range(max(0, count - len(right)), min(count, len(left)) + 1):
            parts = [(of_left, left), (count - of_left, right)]
            ways.append(self.both.join(self.at_least(least, part) for least, part in parts if least))
        return f"({self.either.join(f'({way})' for way in ways)})"


_FTS5: Final = _Grammar(both=" AND ", either=" OR ", quote='"', beginning="*")
_TSQUERY: Final = _Grammar(both=" & ", either=" | ", quote="'", beginning=":*")


def _in_team(team: str) -> str:
    return f"xteam{team.lower()}"


def _in_channel(channel: str) -> str:
    return f"xchannel{channel.lower()}"


def _candidate(row: Row[Any]) -> FoundMemory:
    values = dict(row._mapping)
    words = frozenset(values.pop("words").split(" "))
    return FoundMemory(memory=Memory(**values), words=words)
