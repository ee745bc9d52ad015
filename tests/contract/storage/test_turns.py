from dataclasses import replace

import pytest

from bot import errors
from bot.domain.ids import SessionId, TurnId
from bot.domain.sessions import Author, Turn, TurnState
from bot.storage import sessions as rows
from bot.storage import turns
from bot.storage.database import Database, UnitOfWork
from tests.contract.storage.samples import OTHER, OWNER, SESSION, TENANT, session


async def say(
    uow: UnitOfWork,
    id: str,
    author: Author = Author.MEMBER,
    state: TurnState = TurnState.DONE,
    source: str | None = None,
    at: float = 1.0,
) -> Turn | None:
    user = OWNER if author is Author.MEMBER else None
    turn = Turn(id=TurnId(id), author=author, user=user, text=f"text of {id}", state=state, at=at, source=source)
    return await turns.add(uow, SESSION.id, turn)


async def end(uow: UnitOfWork, id: str, state: TurnState, text: str = "", failure: str | None = None) -> None:
    turn = await turns.get(uow, TurnId(id))
    assert turn is not None
    await turns.save(uow, replace(turn, text=text, state=state, failure=failure))


async def test_turns_are_numbered_and_counted(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        first, second = await say(uow, "t1", source="C1:1"), await say(uow, "t2")
        session = await rows.get(uow, SESSION.id)
        assert first is not None
        assert second is not None
        assert session is not None
        assert (first.seq, second.seq, session.messages) == (1, 2, 2)
        assert await turns.get(uow, TurnId("t1")) == first


async def test_a_message_is_taken_as_a_turn_once(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        assert await say(uow, "t1", source="C1:1") is not None
        assert await say(uow, "t2", source="C1:1") is None
        session = await rows.get(uow, SESSION.id)
        assert session is not None
        assert session.messages == 1


async def test_a_turn_needs_its_session(database: Database) -> None:
    with pytest.raises(errors.SessionMissing):
        async with database.write(TENANT) as uow:
            await say(uow, "t1")


async def test_the_history_holds_finished_turns_in_the_order_of_the_dialogue(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        await say(uow, "t1")
        await say(uow, "t2", Author.ASSISTANT, TurnState.WRITING)
        await say(uow, "t3")
        await say(uow, "t4", Author.ASSISTANT, TurnState.FAILED)
        assert [t.id for t in await turns.history(uow, SESSION.id)] == ["t1", "t3", "t4"]
        await end(uow, "t2", TurnState.DONE, "whole")
        history = await turns.history(uow, SESSION.id)
        assert [(t.id, t.text) for t in history[1:3]] == [("t2", "whole"), ("t3", "text of t3")]


async def test_messages_between_two_replies_are_read_in_the_order_in_which_they_were_written(
    database: Database,
) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        await say(uow, "command", at=50.0)
        await say(uow, "b", source="C1:2", at=2.0)
        await say(uow, "a", source="C1:1", at=1.0)
        await say(uow, "reply", Author.ASSISTANT)
        await say(uow, "late", source="C1:0", at=0.5)
        assert [t.id for t in await turns.history(uow, SESSION.id)] == ["command", "a", "b", "reply", "late"]


async def test_a_session_is_unanswered_until_a_reply_after_the_last_message_is_done(
    database: Database,
) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        assert not await turns.unanswered(uow, SESSION.id)
        await say(uow, "t1")
        assert await turns.unanswered(uow, SESSION.id)
        await say(uow, "r1", Author.ASSISTANT, TurnState.WRITING)
        assert await turns.unanswered(uow, SESSION.id)
        await end(uow, "r1", TurnState.DONE)
        assert not await turns.unanswered(uow, SESSION.id)
        await say(uow, "t2")
        assert await turns.unanswered(uow, SESSION.id)
        assert not await turns.unanswered(uow, SessionId("none"))


async def test_the_reply_being_written_and_the_newest_reply_are_found(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        assert await turns.writing(uow, SESSION.id) is None
        assert await turns.newest_reply(uow, SESSION.id) is None
        reply = await say(uow, "r1", Author.ASSISTANT, TurnState.WRITING)
        await say(uow, "t1")
        assert await turns.writing(uow, SESSION.id) == reply
        await end(uow, "r1", TurnState.FAILED, failure="It broke off.")
        assert await turns.writing(uow, SESSION.id) is None
        newest = await turns.newest_reply(uow, SESSION.id)
        assert newest is not None
        assert (newest.state, newest.failure) == (TurnState.FAILED, "It broke off.")


async def test_another_workspace_sees_and_changes_no_turn(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        turn = await say(uow, "r1", Author.ASSISTANT, TurnState.WRITING)
        await say(uow, "t1", source="C1:1")
        assert turn is not None
    async with database.write(OTHER) as others:
        assert await turns.get(others, turn.id) is None
        assert await turns.history(others, SESSION.id) == []
        assert not await turns.unanswered(others, SESSION.id)
        assert await turns.writing(others, SESSION.id) is None
        assert await turns.newest_reply(others, SESSION.id) is None
        await turns.save(others, replace(turn, text="x"))
        with pytest.raises(errors.SessionMissing):
            await say(others, "t2")
        await rows.insert(others, session("s2"))
        theirs = Turn(id=TurnId("t3"), author=Author.MEMBER, text="", at=1.0, source="C1:1")
        assert await turns.add(others, SessionId("s2"), theirs) is not None, "they have a C1 of their own"
    async with database.read(TENANT) as uow:
        assert await turns.get(uow, turn.id) == turn
