from dataclasses import replace

import pytest

from bot import errors
from bot.domain.ids import MessageTs, SessionId, TurnId, UserId
from bot.domain.notes.record import NotesRecord, NotesSource, NotesState
from bot.domain.sessions import OPEN, Author, Status, TurnState
from bot.storage import lanes, notes, turns
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
    async with database.write() as uow:
        await rows.insert(uow, TENANT, stored)
        assert await rows.get(uow, TENANT, stored.id) == stored
        assert await rows.lock(uow, TENANT, stored.id) == stored


async def test_text_that_no_database_takes_is_cleaned(database: Database) -> None:
    async with database.write() as uow:
        await rows.insert(uow, TENANT, replace(SESSION, problem="a\x00b \ud83d é 😀"))
        found = await rows.get(uow, TENANT, SESSION.id)
    assert found is not None
    assert found.problem == "ab ? é 😀"


async def test_saving_raises_the_revision_and_keeps_the_count_of_messages(database: Database) -> None:
    async with database.write() as uow:
        await rows.insert(uow, TENANT, SESSION)
        await turns.add(
            uow,
            TENANT,
            SESSION.id,
            id=TurnId("t1"),
            author=Author.MEMBER,
            user=OWNER,
            text="hello",
            state=TurnState.DONE,
            at=1.0,
        )
        saved = await rows.save(uow, TENANT, replace(SESSION, status=Status.PAUSED, worked=4.0))
        assert saved == replace(SESSION, status=Status.PAUSED, worked=4.0, messages=1, revision=1)
        assert isinstance(saved.worked, float)
        assert await rows.get(uow, TENANT, SESSION.id) == saved


async def test_a_session_is_found_by_its_thread(database: Database) -> None:
    async with database.write() as uow:
        await rows.insert(uow, TENANT, SESSION)
        assert SESSION.thread is not None
        assert await rows.by_thread(uow, TENANT, CHANNEL, SESSION.thread) == SESSION
        assert await rows.by_thread(uow, TENANT, CHANNEL, MessageTs("9.9")) is None


async def test_several_sessions_may_wait_for_their_card_in_one_channel(database: Database) -> None:
    async with database.write() as uow:
        for id in ("a", "b"):
            await rows.insert(uow, TENANT, session(id, thread=None))
        assert len(await rows.in_channel(uow, TENANT, CHANNEL, OPEN)) == 2


async def test_a_persons_sessions_are_listed_newest_first_and_in_pages(database: Database) -> None:
    async with database.write() as uow:
        for number in range(5):
            await rows.insert(uow, TENANT, session(f"s{number}", opened_at=float(number)))
        await rows.insert(uow, TENANT, session("done", status=Status.RESOLVED))
        await rows.insert(uow, TENANT, session("other", owner=UserId("U2")))
        listed = await rows.of_owner(uow, TENANT, OWNER, OPEN, limit=2, offset=1)
        counts = await rows.count_of_owner(uow, TENANT, OWNER)
        last = await rows.page_of_owner(uow, TENANT, OWNER, OPEN, counts, size=2, page=9, newest_by="opened_at")
        none = await rows.page_of_owner(
            uow, TENANT, OWNER, {Status.ESCALATED}, counts, size=2, page=1, newest_by="concluded_at"
        )
        assert await rows.count_of_owner(uow, OTHER, OWNER) == {}
    assert counts == {Status.ACTIVE: 5, Status.RESOLVED: 1}
    assert [s.id for s in listed] == ["s3", "s2"]
    assert ([s.id for s in last.sessions], last.total, last.page) == (["s0"], 5, 2)
    assert (none.sessions, none.total, none.page) == ((), 0, 0)


async def test_a_page_tells_which_sessions_have_finished_notes_that_say_something(database: Database) -> None:
    final = NotesRecord(
        session=SESSION.id, state=NotesState.FINAL, text="## Steps", source=NotesSource.STREAMED, at=1.0
    )
    async with database.write() as uow:
        for id in ("final", "empty", "anew", "without"):
            await rows.insert(uow, TENANT, session(id))
        await notes.save(uow, TENANT, replace(final, session=SessionId("final")))
        await notes.save(uow, TENANT, replace(final, session=SessionId("empty"), text=""))
        await notes.save(uow, TENANT, replace(final, session=SessionId("anew"), state=NotesState.WRITING))
        counts = await rows.count_of_owner(uow, TENANT, OWNER)
        page = await rows.page_of_owner(uow, TENANT, OWNER, OPEN, counts, size=9, page=0, newest_by="concluded_at")
    assert len(page.sessions) == 4
    assert page.noted == {"final", "anew"}


async def test_the_session_that_goes_on_with_another_is_found(database: Database) -> None:
    async with database.write() as uow:
        await rows.insert(uow, TENANT, SESSION)
        await rows.insert(uow, TENANT, session("next", continues=SESSION.id))
        found = await rows.continuing(uow, TENANT, SESSION.id)
        assert found is not None
        assert found.id == "next"
        assert await rows.continuing(uow, TENANT, found.id) is None


async def test_deleting_a_session_takes_turns_and_tasks_along(database: Database) -> None:
    async with database.write() as uow:
        await rows.insert(uow, TENANT, SESSION)
        await lanes.replace(uow, TENANT, SESSION.id, [task("k1")])
        await rows.delete(uow, TENANT, SESSION.id)
        assert await rows.get(uow, TENANT, SESSION.id) is None
        assert await lanes.find_task(uow, TENANT, task("k1").id) is None


async def test_another_workspace_sees_and_changes_nothing(database: Database) -> None:
    async with database.write() as uow:
        await rows.insert(uow, TENANT, SESSION)
        assert SESSION.thread is not None
        assert await rows.get(uow, OTHER, SESSION.id) is None
        assert await rows.lock(uow, OTHER, SESSION.id) is None
        assert await rows.by_thread(uow, OTHER, CHANNEL, SESSION.thread) is None
        assert await rows.of_owner(uow, OTHER, OWNER, OPEN) == []
        assert await rows.in_channel(uow, OTHER, CHANNEL, OPEN) == []
        await rows.delete(uow, OTHER, SESSION.id)
        with pytest.raises(errors.SessionMissing):
            await rows.save(uow, OTHER, SESSION)
        assert await rows.get(uow, TENANT, SESSION.id) == SESSION
