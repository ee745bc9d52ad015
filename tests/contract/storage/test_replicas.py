"""Two processes on one database: what each reads before it writes is still so when it writes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from itertools import cycle
from typing import TypeVar

import pytest

from bot.domain.ids import DeliveryId, MessageTs, Place, TurnId
from bot.domain.messages import MessageRecord
from bot.domain.sessions import Author, Session, Turn
from bot.storage import inbox, lanes, limits, messages, turns
from bot.storage import sessions as rows
from bot.storage.database import Database, UnitOfWork
from tests.contract.storage.samples import CHANNEL, OWNER, SESSION, TENANT, session, task

TIMES = 12
Result = TypeVar("Result")
AtOnce = Callable[[Callable[[UnitOfWork, int], Awaitable[Result]]], Awaitable[list[Result]]]


@pytest.fixture
async def at_once(database: Database) -> AsyncIterator[AtOnce[object]]:
    """Runs a transaction many times at once, on the connections of two processes in turn. SQLite's file has but one."""
    other = Database.open(database.url.render_as_string(hide_password=False)) if database.shared else database
    places = cycle((database, other))

    async def run(body: Callable[[UnitOfWork, int], Awaitable[object]]) -> list[object]:
        async def one(number: int, place: Database) -> object:
            async with place.write(TENANT) as uow:
                return await body(uow, number)

        return await asyncio.gather(*(one(number, next(places)) for number in range(TIMES)))

    yield run
    await other.close()


async def stored(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)


async def test_of_one_delivery_at_once_one_is_the_first(at_once: AtOnce[bool]) -> None:
    assert sorted(await at_once(lambda uow, _: inbox.first_time(uow, DeliveryId("d"), 1.0)))[-2:] == [0, 1]


async def test_a_limit_lets_no_more_through_than_it_says(at_once: AtOnce[float | None]) -> None:
    taken = await at_once(lambda uow, _: limits.take(uow, OWNER, "notes", limit=5, window=60.0, now=1.0))
    assert taken.count(None) == 5


async def test_every_claim_gets_a_run_of_its_own(at_once: AtOnce[MessageRecord]) -> None:
    place = Place(channel=CHANNEL, thread=MessageTs("1.1"))
    claims = await at_once(lambda uow, _: messages.claim(uow, "notes:s1", place))
    assert sorted(claim.run for claim in claims) == list(range(1, TIMES + 1))


async def test_turns_are_numbered_without_a_gap(database: Database, at_once: AtOnce[object]) -> None:
    await stored(database)

    async def say(uow: UnitOfWork, number: int) -> None:
        source = f"m{number // 2}"  # each message is delivered twice
        turn = Turn(id=TurnId(f"t{number}"), author=Author.MEMBER, user=OWNER, text="", at=1.0, source=source)
        await turns.add(uow, SESSION.id, turn)

    await at_once(say)
    async with database.read(TENANT) as uow:
        assert [turn.seq for turn in await turns.history(uow, SESSION.id)] == list(range(1, TIMES // 2 + 1))
        found = await rows.get(uow, SESSION.id)
    assert found is not None
    assert found.messages == TIMES // 2


async def test_every_new_lane_is_whole(database: Database, at_once: AtOnce[object]) -> None:
    await stored(database)
    await at_once(lambda uow, n: lanes.replace(uow, SESSION.id, [task(f"{n}a"), task(f"{n}b")]))
    async with database.read(TENANT) as uow:
        lane = await lanes.load(uow, SESSION.id)
    first, second = (one.id for one in lane.tasks)
    assert (first[:-1], first[-1], second[-1]) == (second[:-1], "a", "b")
    assert lane.revision == TIMES


async def test_no_change_of_a_session_is_lost(database: Database, at_once: AtOnce[object]) -> None:
    await stored(database)

    async def change(uow: UnitOfWork, _: int) -> None:
        found = await rows.lock(uow, SESSION.id)
        assert found is not None
        await rows.save(uow, replace(found, worked=found.worked + 1.0))

    await at_once(change)
    async with database.read(TENANT) as uow:
        saved = await rows.get(uow, SESSION.id)
    assert saved is not None
    assert (saved.revision, saved.worked) == (TIMES, TIMES)


async def test_a_thread_becomes_one_session(at_once: AtOnce[Session | None]) -> None:
    async def start(uow: UnitOfWork, number: int) -> Session | None:
        known = await rows.lock_thread(uow, CHANNEL, MessageTs("9.9"))
        if known is None:
            await rows.insert(uow, session(f"s{number}", thread=MessageTs("9.9")))
        return known

    found = await at_once(start)
    assert found.count(None) == 1
    assert len({known.id for known in found if known is not None}) == 1


async def test_what_is_read_together_is_of_one_moment(database: Database) -> None:
    await stored(database)
    async with database.read(TENANT) as reading:
        before = await rows.get(reading, SESSION.id)
        async with database.write(TENANT) as uow:
            await rows.save(uow, SESSION)
        assert await rows.get(reading, SESSION.id) == before
