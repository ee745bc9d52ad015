"""What is kept of files: by session, by turn, and in one workspace."""

from dataclasses import replace

from bot.domain.content import FileAccess, SharedFile
from bot.domain.evidence import Evidence, EvidenceKind, EvidenceState, Unread
from bot.domain.ids import EvidenceId, TurnId
from bot.domain.sessions import Author, Turn
from bot.storage import evidence, turns
from bot.storage import sessions as rows
from bot.storage.database import Database, UnitOfWork
from tests.contract.storage.samples import OTHER, OWNER, SESSION, TENANT

FILE = SharedFile(
    id="F1", name="error.log", filetype="log", size=5_000_000_000, url="https://files.slack.com/F1", link="https://x/F1"
)
TURN = Turn(id=TurnId("t1"), author=Author.MEMBER, user=OWNER, text="look", at=1.0)


def shared(id: str, turn: str = "t1", position: int = 0, file: SharedFile = FILE) -> Evidence:
    return Evidence(id=EvidenceId(id), session=SESSION.id, turn=TurnId(turn), position=position, file=file)


def read(one: Evidence) -> Evidence:
    return replace(one, name="error.log, from Ana", kind=EvidenceKind.TEXT, state=EvidenceState.READ, text="fire")


async def begin(uow: UnitOfWork) -> None:
    await rows.insert(uow, SESSION)
    await turns.add(uow, SESSION.id, TURN)
    await turns.add(uow, SESSION.id, replace(TURN, id=TurnId("t2")))


async def test_files_come_back_in_the_order_in_which_they_were_shared(database: Database) -> None:
    second, third, first = shared("e1", "t2"), shared("e2", "t2", 1), shared("e3", "t1")
    async with database.write(TENANT) as uow:
        await begin(uow)
        await evidence.add(uow, [third, second])
        await evidence.add(uow, [first])
        assert await evidence.of_session(uow, SESSION.id) == [first, second, third]


async def test_what_became_of_a_file_is_kept_and_no_other_workspace_reads_or_changes_it(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await begin(uow)
        await evidence.add(uow, [shared("e1")])
        await evidence.save(uow, read(shared("e1")))
    async with database.write(OTHER) as uow:
        assert await evidence.of_session(uow, SESSION.id) == []
        await evidence.save(uow, shared("e1"))
        await evidence.keep_only(uow, TURN.id, ())
        await evidence.withdraw(uow, TURN.id, ["F1"])
    async with database.read(TENANT) as uow:
        assert await evidence.of_session(uow, SESSION.id) == [read(shared("e1"))]


async def test_what_is_no_longer_in_a_message_is_erased(database: Database) -> None:
    other = shared("e2", position=1, file=replace(FILE, id="F2"))
    async with database.write(TENANT) as uow:
        await begin(uow)
        await evidence.add(uow, [shared("e1"), other])
        await evidence.keep_only(uow, TURN.id, ["F2"])
        assert await evidence.of_session(uow, SESSION.id) == [other]


async def test_of_a_deleted_file_the_words_are_erased_and_one_nobody_has_read_is_gone(database: Database) -> None:
    waiting = shared("e2", position=1, file=replace(FILE, id="F2"))
    async with database.write(TENANT) as uow:
        await begin(uow)
        await evidence.add(uow, [shared("e1"), waiting])
        await evidence.save(uow, read(shared("e1")))
        await evidence.withdraw(uow, TURN.id, ["F1", "F2"])
        first, second = await evidence.of_session(uow, SESSION.id)
    assert (first.state, first.unread, first.text) == (EvidenceState.UNREAD, Unread.GONE, "")
    assert (second.state, second.file.access) == (EvidenceState.WAITING, FileAccess.GONE)


async def test_files_go_with_their_session(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await begin(uow)
        await evidence.add(uow, [shared("e1")])
        await rows.delete(uow, SESSION.id)
        assert await evidence.of_session(uow, SESSION.id) == []
