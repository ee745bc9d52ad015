"""What stands for the beginning of a session is never older than the messages that it is made of."""

from dataclasses import replace
from pathlib import Path

from bot.domain.dialogue.record import Summary
from bot.domain.ids import TurnId, UserId
from bot.domain.sessions import Author, Turn, TurnKind
from bot.storage import personal, summaries, turns
from bot.storage import sessions as rows
from bot.storage.database import Database, UnitOfWork
from tests.contract.storage.samples import OTHER, OWNER, SESSION, TENANT, fresh_sqlite

SUMMARY = Summary(session=SESSION.id, text="So far.", upto=3, since=4, messages=3, replies=1, room=100)


async def begin(uow: UnitOfWork) -> None:
    said = Turn(id=TurnId("t1"), author=Author.MEMBER, user=OWNER, text="broken", at=1.0, source="C1:1")
    await rows.insert(uow, SESSION)
    for turn in (
        said,
        replace(said, id=TurnId("t2"), source=None, text="Q: When?\nA: Monday"),
        replace(said, id=TurnId("t3"), author=Author.ASSISTANT, user=None, source=None),
        replace(said, id=TurnId("t4"), source="C1:4", kind=TurnKind.NOTE),
    ):
        await turns.add(uow, SESSION.id, turn)


async def test_a_summary_takes_the_place_of_its_turns_but_of_answers(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await begin(uow)
        assert await summaries.save(uow, SUMMARY)
        told = await summaries.dialogue(uow, SESSION)
        assert ([turn.seq for turn in told.kept], [turn.seq for turn in told.turns]) == ([2], [4])
        assert told.summary == SUMMARY
        assert (await summaries.dialogue(uow, SESSION, before=4)).turns == ()
        session = await rows.get(uow, SESSION.id)
        assert session is not None
        assert session.summarised == 3
    async with database.read(OTHER) as uow:
        assert await summaries.get(uow, SESSION.id) == Summary(session=SESSION.id)


async def test_what_was_changed_meanwhile_is_in_no_summary(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await begin(uow)
        assert not await summaries.void(uow, SESSION.id, 2), "there is none yet"
        assert not await summaries.save(uow, SUMMARY), "it was begun before"
        assert await summaries.save(uow, replace(SUMMARY, revision=1))
        assert not await summaries.void(uow, SESSION.id, 4), "it does not hold that turn"
        assert (await summaries.get(uow, SESSION.id)).text == "So far."
        assert await summaries.void(uow, SESSION.id, 2)
        voided = await summaries.get(uow, SESSION.id)
        assert (voided.text, voided.upto, voided.since, voided.revision) == ("", 0, 4, 3)
        assert len((await summaries.dialogue(uow, SESSION)).turns) == 4


async def test_a_person_s_words_go_from_the_summaries_of_others(tmp_path: Path) -> None:
    database = fresh_sqlite(tmp_path)
    async with database.write(TENANT) as uow:
        await begin(uow)
        other = Turn(id=TurnId("t5"), author=Author.MEMBER, user=UserId("U2"), text="mine", at=2.0, source="C1:5")
        await turns.add(uow, SESSION.id, other)
        await summaries.save(uow, SUMMARY)
    async with database.write_everywhere() as everywhere:
        await personal.delete_user(everywhere, UserId("U2"))
    async with database.read(TENANT) as uow:
        voided = await summaries.get(uow, SESSION.id)
        assert (voided.text, voided.upto, voided.since) == ("", 0, 5)
    await database.close()
