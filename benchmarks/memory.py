"""How long it takes to find sessions among 100,000 resolved ones, on both databases, with what a person may see.

The words of the sessions follow Zipf's law, as those of people do: some are in a third of all sessions, most in few.
"""

import itertools
import random
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import text

from benchmarks.common import Figure, percentile, run
from benchmarks.support import postgres, sqlite
from bot.domain import memory as rules
from bot.domain.ids import ChannelId, MessageTs, SessionId, TeamId, Tenant, UserId
from bot.domain.sessions import Session, Status
from bot.storage import dialects, memories, tables
from bot.storage.database import Database

SESSIONS: Final = 100_000
CHANNELS: Final = 50
VOCABULARY: Final = 20_000
WORDS: Final = 60
TENANT: Final = Tenant(team=TeamId("T1"))
_BATCH: Final = 5_000


async def measure(quick: bool) -> list[Figure]:
    """Search as two people do: one who is in most channels, and one who is in a single one."""
    sessions, searches = (5_000, 40) if quick else (SESSIONS, 300)
    figures: list[Figure] = []
    for kind in ("sqlite", "postgresql"):
        async with filled(kind, sessions) as database:
            for who, channels in (("40 channels", 40), ("one channel", 1)):
                seen = frozenset(_channel(number) for number in range(channels))
                found, alike = await search(database, seen, searches), await suggest(database, seen, searches)
                figures += [_p95(f"{kind}: /sessions, {who}", found), _p95(f"{kind}: similar ones, {who}", alike)]
    return figures


async def search(database: Database, channels: frozenset[ChannelId], count: int) -> list[float]:
    """Time searches for one to three words, frequent and rare ones."""
    dice, times = random.Random(7), []
    for turn in range(-5, count):
        wanted = tuple(_word(dice) for _ in range(dice.randint(1, 3)))
        started = time.perf_counter()
        async with database.read(TENANT) as uow:
            candidates = await memories.with_all(uow, wanted, channels)
        rules.ranked(wanted, candidates, 2e9, 8)
        if turn >= 0:
            times.append(time.perf_counter() - started)
    return times


async def suggest(database: Database, channels: frozenset[ChannelId], count: int) -> list[float]:
    """Time the look for sessions that are like a problem of fifteen words."""
    dice, times = random.Random(8), []
    for turn in range(-5, count):
        problem = " ".join(_word(dice) for _ in range(15))
        started = time.perf_counter()
        wanted = rules.telling(problem)
        async with database.read(TENANT) as uow:
            candidates = await memories.with_some(uow, wanted, channels)
        rules.similar(wanted, candidates, 2e9, 3)
        if turn >= 0:
            times.append(time.perf_counter() - started)
    return times


@asynccontextmanager
async def filled(kind: str, sessions: int) -> AsyncIterator[Database]:
    """Open a database of a kind with so many resolved sessions."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "tasklane.db"
        if kind == "sqlite":
            sqlite.prepare(file)
            async with _opened(sqlite.url(file), sessions) as database:
                yield database
        else:
            with postgres.shared().fresh() as address:
                async with _opened(address, sessions) as database:
                    yield database


@asynccontextmanager
async def _opened(address: str, sessions: int) -> AsyncIterator[Database]:
    database = Database.open(address)
    rows = _rows(sessions)
    while batch := list(itertools.islice(rows, _BATCH)):
        async with database.write_everywhere() as everywhere:
            await everywhere.execute(tables.sessions.insert(), [session for session, _ in batch])
            await everywhere.execute(tables.memories.insert(), [memory for _, memory in batch])
    async with database.write_everywhere() as everywhere:
        await everywhere.execute(text("ANALYZE"))
        if everywhere.connection.dialect.name == dialects.POSTGRES:
            await everywhere.execute(text("SELECT gin_clean_pending_list('ix_memories_search')"))
    yield database
    await database.close()


def _rows(sessions: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    dice = random.Random(6)
    for number in range(sessions):
        channel, thread = _channel(number % CHANNELS), MessageTs(f"{1_700_000_000 + number}.000100")
        session = Session(
            id=SessionId(f"s{number}"),
            channel=channel,
            thread=thread,
            owner=UserId(f"U{number % 200}"),
            status=Status.RESOLVED,
            title=f"Session {number}",
            titled=True,
            problem="",
            summary="",
            resolution="",
            opened_at=1.7e9 + number,
            active_since=1.7e9 + number,
            worked=60.0,
            concluded_at=1.7e9 + number,
        )
        own = dict.fromkeys(_word(dice) for _ in range(WORDS))
        memory = {
            "session_id": session.id,
            "team_id": TENANT.team,
            "channel": channel,
            "thread": thread,
            "owner": session.owner,
            "title": session.title,
            "fix": "It was the driver.",
            "at": session.concluded_at,
            "words": memories.indexed(TENANT.team, channel, list(own)),
        }
        yield {"team_id": TENANT.team, **asdict(session)}, memory


def _p95(what: str, seconds: Sequence[float]) -> Figure:
    return Figure(what=f"{what}, p95 of {len(seconds)}", value=percentile(seconds, 0.95) * 1000, below=50)


def _word(dice: random.Random) -> str:
    """Draw a word: the n-th most frequent one is n times as rare as the first."""
    rank = int(VOCABULARY ** dice.random())
    return f"{_SYLLABLES[rank % 20]}{_SYLLABLES[rank // 20 % 20]}{_SYLLABLES[rank // 400 % 20]}{rank}"


def _channel(number: int) -> ChannelId:
    return ChannelId(f"C{number:04}")


_SYLLABLES: Final = [consonant + vowel for consonant in "bdkmt" for vowel in "aeio"]

if __name__ == "__main__":
    run("Finding resolved sessions", measure)
