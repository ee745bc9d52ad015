"""App Home: its state, and the lists of sessions it shows."""

from dataclasses import replace

from bot.domain.home import HomeFilter, HomeList
from bot.domain.ids import ChannelId, SessionId, TurnId, UserId
from bot.domain.notes.record import NotesRecord, NotesSource, NotesState
from bot.domain.sessions import Author, Status, Turn
from bot.storage import homes, lanes, notes, sessions, turns, workspaces
from bot.storage.database import Database, UnitOfWork
from tests.contract.storage.samples import CHANNEL, OTHER, OWNER, SESSION, TENANT, session, task

MINE = homes.HomeQuery(user=OWNER)


async def listed_for(uow: UnitOfWork, wanted: homes.HomeQuery, size: int = 9, page: int = 0) -> homes.HomeLists:
    part = homes.Slice(size=size, page=page)
    return await homes.lists(uow, wanted, open=part, waiting=homes.Slice(size=size), concluded=part)


async def test_app_home_remembers_pages_and_what_was_published(database: Database) -> None:
    stored = homes.HomeState(page=1, concluded_page=2, hash="h1")
    async with database.write(TENANT) as uow:
        assert await homes.get(uow, OWNER) == homes.HomeState()
        assert await homes.save_hash(uow, OWNER, "h1", over=None)
        await homes.save_pages(uow, OWNER, page=1, concluded_page=2)
    async with database.write(OTHER) as others:
        assert await homes.get(others, OWNER) == homes.HomeState()
        await homes.save_pages(others, OWNER, page=7, concluded_page=7)
        assert not await homes.save_hash(others, OWNER, "theirs", over="h1")
    async with database.read(TENANT) as uow:
        assert await homes.get(uow, OWNER) == stored


async def test_what_was_published_over_an_older_view_is_not_stored_over_a_newer_one(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await homes.save_pages(uow, OWNER, page=1, concluded_page=0)
        assert await homes.save_hash(uow, OWNER, "h1", over=None)
        assert await homes.save_hash(uow, OWNER, "h2", over="h1")
        assert not await homes.save_hash(uow, OWNER, "late", over="h1")
        assert not await homes.save_hash(uow, OWNER, "late", over=None)
        assert (await homes.get(uow, OWNER)).hash == "h2"


async def test_the_state_tells_the_team_channel_and_whether_somebody_gave_the_person_a_task(database: Database) -> None:
    given = replace(task("k1"), assignee=OWNER, assignee_name="Ana")
    async with database.write(TENANT) as uow:
        await sessions.insert(uow, session("theirs", owner=UserId("U2")))
        await lanes.replace(uow, SessionId("theirs"), [given])
        await workspaces.set_notes_channel(uow, CHANNEL)
        assert await homes.get(uow, OWNER) == homes.HomeState(assigned=True, notes_channel=CHANNEL)
        await homes.save_pages(uow, OWNER, page=1, concluded_page=0)
        assert await homes.get(uow, OWNER) == homes.HomeState(page=1, assigned=True, notes_channel=CHANNEL)
        await lanes.mark_sent(uow, SessionId("theirs"), [given.id])
        assert not (await homes.get(uow, OWNER)).assigned
    async with database.read(OTHER) as others:
        assert await homes.get(others, OWNER) == homes.HomeState()
        assert await listed_for(others, MINE) == await listed_for(others, replace(MINE, user=UserId("U9")))


async def test_sessions_are_listed_newest_first_and_in_pages_and_the_last_one_is_shown_for_one_beyond(
    database: Database,
) -> None:
    async with database.write(TENANT) as uow:
        for number in range(5):
            await sessions.insert(uow, session(f"s{number}", opened_at=float(number)))
        for number in range(3):
            ended = session(f"e{number}", status=Status.RESOLVED, concluded_at=float(number) if number else None)
            await sessions.insert(uow, ended)
        await sessions.insert(uow, session("other", owner=UserId("U2")))
        first = await listed_for(uow, MINE, size=2)
        last = await listed_for(uow, MINE, size=2, page=9)
        none = await listed_for(uow, replace(MINE, user=UserId("U3")), size=2, page=1)
    assert ([s.id for s in first.open.sessions], first.open.total, first.open.page) == (["s4", "s3"], 5, 0)
    assert ([s.id for s in first.concluded.sessions], first.concluded.total) == (["e2", "e1"], 3)
    assert ([s.id for s in last.open.sessions], last.open.total, last.open.page) == (["s0"], 5, 2)
    assert ([s.id for s in last.concluded.sessions], last.concluded.page) == (["e0"], 1)
    assert none.open == none.concluded == homes.SessionPage()


async def test_others_sessions_are_listed_only_in_channels_that_a_person_is_in(database: Database) -> None:
    def wants(list: HomeList, *channels: str, words: str = "") -> homes.HomeQuery:
        of = frozenset(map(ChannelId, channels))
        return replace(MINE, filter=HomeFilter(list=list, words=words), channels=of, silent_since=50.0)

    async def listed(wanted: homes.HomeQuery) -> list[str]:
        return [s.id for s in (await listed_for(uow, wanted)).open.sessions]

    theirs = {"owner": UserId("U2")}
    async with database.write(TENANT) as uow:
        await sessions.insert(uow, session("mine", opened_at=9.0, title="100% CPU on PRT_01"))
        await sessions.insert(uow, session("theirs", opened_at=8.0, channel=ChannelId("C8"), **theirs))
        await sessions.insert(uow, session("given", opened_at=7.0, channel=ChannelId("C9"), **theirs))
        given = replace(task("k1"), assignee=OWNER, assignee_name="Ana")
        await lanes.replace(uow, SessionId("given"), [given, task("k2")])
        assert (await homes.get(uow, OWNER)).assigned
        assert await lanes.assignees(uow, SessionId("given")) == {OWNER}
        assert await listed(wants(HomeList.MINE)) == ["mine"]
        assert await listed(wants(HomeList.MINE, "C8", "C9")) == ["mine", "given"]
        assert await listed(wants(HomeList.ASSIGNED, "C8", "C9")) == ["given"]
        assert await listed(wants(HomeList.ASSIGNED, "C8")) == []
        assert await listed(wants(HomeList.TEAM, "C8")) == ["mine", "theirs"]
        assert await listed(wants(HomeList.MINE, words="100% prt_01 cpu")) == ["mine"]
        assert await listed(wants(HomeList.MINE, words="100_")) == []
        await lanes.mark_sent(uow, SessionId("given"), [given.id])
        assert await listed(wants(HomeList.ASSIGNED, "C9")) == []


async def test_an_active_session_without_a_word_waits_for_its_owner(database: Database) -> None:
    async with database.write(TENANT) as uow:
        for id, since, said in (("silent", 1.0, 10.0), ("spoken", 1.0, 60.0), ("resumed", 60.0, 10.0)):
            await sessions.insert(uow, session(id, active_since=since))
            await turns.add(uow, SessionId(id), Turn(id=TurnId(id), author=Author.MEMBER, text="x", at=said))
        waiting = await homes.waiting(uow, OWNER, 50.0, limit=9)
        wanted = replace(MINE, filter=HomeFilter(list=HomeList.WAITING), silent_since=50.0)
        page = await listed_for(uow, wanted)
    assert waiting == page.waiting == page.open
    assert [s.id for s in waiting.sessions] == ["silent"]


async def test_a_page_tells_which_sessions_have_finished_notes_that_say_something(database: Database) -> None:
    final = NotesRecord(
        session=SESSION.id, state=NotesState.FINAL, text="## Steps", source=NotesSource.STREAMED, at=1.0
    )
    async with database.write(TENANT) as uow:
        for id in ("final", "empty", "anew", "without"):
            await sessions.insert(uow, session(id))
        await notes.save(uow, replace(final, session=SessionId("final")))
        await notes.save(uow, replace(final, session=SessionId("empty"), text=""))
        await notes.save(uow, replace(final, session=SessionId("anew"), state=NotesState.WRITING))
        page = (await listed_for(uow, MINE)).open
    assert len(page.sessions) == 4
    assert page.noted == {"final", "anew"}
