from dataclasses import replace

import pytest

from bot import errors
from bot.domain.ids import MessageTs, SessionId, TurnId, UserId
from bot.domain.sessions import OPEN, Author, Status, Turn
from bot.storage import lanes, turns
from bot.storage import sessions as rows
from bot.storage.database import Database
from tests.contract.storage.samples import CHANNEL, OTHER, OWNER, SESSION, TENANT, session, task


async def test_a_session_comes_back_as_it_was_stored(database: Database) -> None:
    stored = replace(
        SESSION,
        thread=None,
        titled=True,
        concluded_at=5.0,
        escalated_to=UserId("U9"),
        notes_channel=CHANNEL,
        continues=SessionId("s0"),
        messages=3,
        revision=7,
    )
    async with database.write(TENANT) as uow:
        await rows.insert(uow, stored)
        assert await rows.get(uow, stored.id) == stored
        assert await rows.lock(uow, stored.id) == stored


async def test_text_that_no_database_takes_is_cleaned(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, replace(SESSION, problem="a\x00b \ud83d é 😀"))
        found = await rows.get(uow, SESSION.id)
    assert found is not None
    assert found.problem == "ab ? é 😀"


async def test_saving_raises_the_revision_and_keeps_the_count_of_messages(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        await turns.add(uow, SESSION.id, Turn(id=TurnId("t1"), author=Author.MEMBER, text="hello", at=1.0))
        saved = await rows.save(uow, replace(SESSION, status=Status.PAUSED, worked=4.0))
        assert saved == replace(SESSION, status=Status.PAUSED, worked=4.0, messages=1, revision=1)
        assert isinstance(saved.worked, float)
        assert await rows.get(uow, SESSION.id) == saved


async def test_a_session_is_found_by_its_thread(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        assert SESSION.thread is not None
        assert await rows.by_thread(uow, CHANNEL, SESSION.thread) == SESSION
        assert await rows.by_thread(uow, CHANNEL, MessageTs("9.9")) is None


async def test_several_sessions_may_wait_for_their_card_in_one_channel(database: Database) -> None:
    async with database.write(TENANT) as uow:
        for id in ("a", "b"):
            await rows.insert(uow, session(id, thread=None))
        assert len(await rows.in_channel(uow, CHANNEL, OPEN)) == 2


async def test_a_persons_sessions_are_listed_newest_first_and_in_pages(database: Database) -> None:
    async with database.write(TENANT) as uow:
        for number in range(5):
            await rows.insert(uow, session(f"s{number}", opened_at=float(number)))
        await rows.insert(uow, session("done", status=Status.RESOLVED))
        await rows.insert(uow, session("other", owner=UserId("U2")))
        listed = await rows.of_owner(uow, OWNER, OPEN, limit=2, offset=1)
    assert [s.id for s in listed] == ["s3", "s2"]


async def test_the_session_that_goes_on_with_another_is_found(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        await rows.insert(uow, session("next", continues=SESSION.id))
        found = await rows.continuing(uow, SESSION.id)
        assert found is not None
        assert found.id == "next"
        assert await rows.continuing(uow, found.id) is None


async def test_deleting_a_session_takes_turns_and_tasks_along(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        await lanes.replace(uow, SESSION.id, [task("k1")])
        await rows.delete(uow, SESSION.id)
        assert await rows.get(uow, SESSION.id) is None
        assert await lanes.find_task(uow, task("k1").id) is None


async def test_another_workspace_sees_and_changes_nothing(database: Database) -> None:
    stored = replace(SESSION, continues=SessionId("s0"))
    async with database.write(TENANT) as uow:
        await rows.insert(uow, stored)
    async with database.write(OTHER) as others:
        assert stored.thread is not None
        assert await rows.get(others, stored.id) is None
        assert await rows.lock(others, stored.id) is None
        assert await rows.by_thread(others, CHANNEL, stored.thread) is None
        assert await rows.lock_thread(others, CHANNEL, stored.thread) is None
        assert await rows.of_owner(others, OWNER, OPEN) == []
        assert await rows.in_channel(others, CHANNEL, OPEN) == []
        assert await rows.continuing(others, SessionId("s0")) is None
        await rows.delete(others, stored.id)
        with pytest.raises(errors.SessionMissing):
            await rows.save(others, stored)
    async with database.read(TENANT) as uow:
        assert await rows.get(uow, stored.id) == stored
