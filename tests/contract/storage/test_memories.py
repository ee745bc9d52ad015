from dataclasses import replace

from sqlalchemy import text

from bot.domain import memory as rules
from bot.domain.ids import ChannelId, MessageTs, SessionId
from bot.domain.memory import Memory, Verdict
from bot.domain.notes.record import NotesRecord, NotesSource, NotesState
from bot.domain.sessions import Status
from bot.storage import dialects, memories, notes, personal
from bot.storage import sessions as rows
from bot.storage.database import Database, UnitOfWork
from tests.contract.storage.samples import CHANNEL, OTHER, OWNER, TENANT, session

VAULT = ChannelId("C2")
MEMORY = Memory(
    session=SessionId("s1"),
    channel=CHANNEL,
    thread=MessageTs("1.1"),
    owner=OWNER,
    title="No print",
    fix="The driver",
    verdict=None,
    at=100.0,
)


async def remembered(uow: UnitOfWork, id: str, said: str, channel: ChannelId = CHANNEL) -> None:
    await rows.insert(uow, session(id, channel=channel))
    await memories.save(uow, replace(MEMORY, session=SessionId(id), channel=channel), rules.words(said))


async def found(database: Database, *wanted: str, channels: tuple[ChannelId, ...] = (CHANNEL,)) -> list[str]:
    async with database.read(TENANT) as uow:
        return [one.memory.session for one in await memories.with_all(uow, wanted, channels)]


async def test_sessions_are_found_by_all_words_and_their_beginnings_newest_first(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await remembered(uow, "k1", "The printer driver of PRT-ACC-01")
        await remembered(uow, "k2", "Printers, and a drive")
        await remembered(uow, "k3", "Der Drucker in Büro 7")
    assert await found(database, "print") == ["k2", "k1"]
    assert await found(database, "printer", "driver") == ["k1"]
    assert await found(database, "prt", "acc", "01") == ["k1"]
    assert await found(database, "buro") == ["k3"]
    assert await found(database, "absent") == []
    async with database.read(TENANT) as uow:
        two = await memories.with_some(uow, ("printer", "driver", "vpn"), [CHANNEL])
        assert [one.memory.session for one in two] == ["k1"]
        assert await memories.with_some(uow, ("drucker",), [CHANNEL]) != []


async def test_who_may_not_see_a_channel_finds_nothing_from_it(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await remembered(uow, "k1", "printer", VAULT)
    assert await found(database, "printer") == []
    assert await found(database, "printer", channels=()) == []
    assert await found(database, "printer", channels=tuple(ChannelId(f"C{n}") for n in range(1, 400))) == ["k1"]
    async with database.read(TENANT) as uow:
        assert await memories.get(uow, SessionId("k1"), [CHANNEL]) is None
    async with database.write(OTHER) as others:
        assert await memories.with_all(others, ["printer"], [VAULT]) == []
        await memories.forget(others, SessionId("k1"))
    assert await found(database, "printer", channels=(VAULT,)) == ["k1"]


async def test_the_index_follows_what_is_remembered_and_what_is_erased(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await remembered(uow, "k1", "printer zanzibar")
        changed = replace(MEMORY, session=SessionId("k1"), verdict=Verdict.ADJUSTED)
        await memories.save(uow, changed, rules.words("printer spooler"))
        await remembered(uow, "k2", "printer quokka")
    assert await found(database, "zanzibar") == []
    assert await found(database, "spooler") == ["k1"]
    async with database.write_everywhere() as everywhere:
        await personal.delete_sessions(everywhere, [SessionId("k2")])
    assert await found(database, "printer") == ["k1"]
    async with database.write(TENANT) as uow:
        await memories.forget(uow, SessionId("k1"))
    assert await found(database, "printer") == []
    async with database.write_everywhere() as everywhere:
        await memories.overwrite(everywhere)
        if everywhere.connection.dialect.name == dialects.SQLITE:
            blocks = (await everywhere.execute(text("SELECT block FROM memory_index_data"))).scalars().all()
            assert not any(word in bytes(block) for block in blocks for word in (b"quokka", b"zanzibar", b"spooler"))


async def test_sessions_of_an_earlier_version_are_missing_until_they_are_remembered(database: Database) -> None:
    async def missing() -> list[str]:
        async with database.read_everywhere() as everywhere:
            first = await memories.page(everywhere, SessionId(""), 2)
            rest = await memories.page(everywhere, first[-1], 2)
            assert await memories.page(everywhere, rest[-1], 2) == []
            return [id for _, id in await memories.missing(everywhere, [*first, *rest])]

    async with database.write(TENANT) as uow:
        for id, status, told in (
            ("e1", Status.RESOLVED, "## Steps"),
            ("e2", Status.ACTIVE, "## Steps"),
            ("e3", Status.RESOLVED, ""),
        ):
            await rows.insert(uow, session(id, status=status))
            final = NotesRecord(
                session=SessionId(id), state=NotesState.FINAL, text=told, source=NotesSource.STREAMED, at=1.0
            )
            await notes.save(uow, final)
    assert await missing() == ["e1"]
    async with database.write(TENANT) as uow:
        await memories.save(uow, replace(MEMORY, session=SessionId("e1")), rules.words("printer"))
    assert await missing() == []
