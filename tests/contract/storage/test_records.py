from dataclasses import dataclass, replace

from bot.domain.ids import ChannelId, DeliveryId, MessageTs, Place, UserId
from bot.domain.notes.record import NotesRecord, NotesSource, NotesState
from bot.storage import homes, inbox, limits, live, notes, usage, workspaces
from bot.storage import sessions as rows
from bot.storage.database import Database
from tests.contract.storage.samples import CHANNEL, OTHER, OWNER, SESSION, TENANT, session

PLACE = Place(channel=CHANNEL, thread=MessageTs("1.1"))
ELSEWHERE = Place(channel=ChannelId("C2"))
KEY = "notes:s1"


async def test_every_claim_fences_the_runs_before_it(database: Database) -> None:
    async with database.write() as uow:
        first = await live.claim(uow, TENANT, KEY, PLACE)
        assert await live.set_posting(uow, TENANT, KEY, first.run)
        assert await live.set_posted(uow, TENANT, KEY, first.run, MessageTs("5.5"))
        assert await live.advance(uow, TENANT, KEY, first.run, "half", False)
        second = await live.claim(uow, TENANT, KEY, PLACE)
        assert second.run == first.run + 1
        assert not await live.set_posting(uow, TENANT, KEY, first.run)
        assert not await live.set_posted(uow, TENANT, KEY, first.run, MessageTs("6.6"))
        assert not await live.advance(uow, TENANT, KEY, first.run, "stale", False)
        assert await live.advance(uow, TENANT, KEY, second.run, "whole", True)
        found = await live.get(uow, TENANT, KEY)
    assert found == replace(second, text="whole", final=True, ts=MessageTs("5.5"), posting=False)


async def test_a_post_whose_answer_was_lost_can_be_told(database: Database) -> None:
    async with database.write() as uow:
        first = await live.claim(uow, TENANT, KEY, PLACE)
        assert await live.get(uow, TENANT, KEY) is None
        await live.set_posting(uow, TENANT, KEY, first.run)
        second = await live.claim(uow, TENANT, KEY, PLACE)
    assert (first.posting, second.posting, second.ts) == (False, True, None)


async def test_a_message_stays_where_it_is_until_it_is_forgotten(database: Database) -> None:
    async with database.write() as uow:
        first = await live.claim(uow, TENANT, KEY, PLACE)
        await live.set_posted(uow, TENANT, KEY, first.run, MessageTs("5.5"))
        assert (await live.claim(uow, TENANT, KEY, ELSEWHERE)).place == PLACE
        await live.forget(uow, TENANT, KEY)
        assert await live.get(uow, TENANT, KEY) is None
        moved = await live.claim(uow, TENANT, KEY, ELSEWHERE)
    assert (moved.place, moved.ts, moved.shown) == (ELSEWHERE, None, -1)


async def test_a_run_from_before_the_message_was_forgotten_stays_fenced(database: Database) -> None:
    async with database.write() as uow:
        old = await live.claim(uow, TENANT, KEY, PLACE)
        await live.forget(uow, TENANT, KEY)
        assert not await live.advance(uow, TENANT, KEY, old.run, "stale", False)
        await live.claim(uow, TENANT, KEY, PLACE)
        assert not await live.advance(uow, TENANT, KEY, old.run, "stale", False)


async def test_the_revision_shown_is_never_lowered(database: Database) -> None:
    async with database.write() as uow:
        first = await live.claim(uow, TENANT, KEY, PLACE)
        await live.set_posted(uow, TENANT, KEY, first.run, MessageTs("5.5"))
        for revision in (1_790_000_000_000, 2):
            await live.mark_shown(uow, TENANT, KEY, revision)
        found = await live.get(uow, TENANT, KEY)
    assert found is not None
    assert found.shown == 1_790_000_000_000, "it may be a time in milliseconds"


async def test_workspaces_have_their_own_records_under_one_key(database: Database) -> None:
    async with database.write() as uow:
        for tenant in (TENANT, OTHER):
            assert (await live.claim(uow, tenant, KEY, PLACE)).run == 1


async def test_notes_replace_the_former_ones(database: Database) -> None:
    waiting = NotesRecord(session=SESSION.id, state=NotesState.WAITING, text="", source=NotesSource.STREAMED, at=1.0)
    final = replace(waiting, state=NotesState.FINAL, text="## Steps", stopped_by=OWNER, generation=1, at=2.0)
    async with database.write() as uow:
        await rows.insert(uow, TENANT, SESSION)
        assert await notes.get(uow, TENANT, SESSION.id) is None
        await notes.save(uow, TENANT, waiting)
        await notes.save(uow, TENANT, final)
        await notes.save(uow, OTHER, waiting)
        assert await notes.get(uow, TENANT, SESSION.id) == final
        assert await notes.get(uow, OTHER, SESSION.id) is None


async def test_a_delivery_is_new_once_until_it_is_pruned(database: Database) -> None:
    delivery = DeliveryId("Ev1")
    async with database.write() as uow:
        assert await inbox.first_time(uow, TENANT, delivery, 10.0)
        assert not await inbox.first_time(uow, TENANT, delivery, 11.0)
        assert await inbox.first_time(uow, OTHER, delivery, 30.0)
        await inbox.prune(uow, 20.0)
        assert await inbox.first_time(uow, TENANT, delivery, 40.0)
        assert not await inbox.first_time(uow, OTHER, delivery, 40.0)


async def test_the_last_word_on_a_subject_is_the_newest_whatever_arrives_last(database: Database) -> None:
    async with database.write() as uow:

        async def newest(delivery: str, at: float, *subjects: str) -> bool:
            return await inbox.newest(uow, TENANT, DeliveryId(delivery), subjects, at, 100.0)

        assert await newest("a", 2.0, "fold")
        assert not await newest("a", 3.0, "fold"), "delivered before"
        assert await newest("b", 4.0, "fold", "view")
        assert not await newest("c", 3.5, "fold"), "overtaken"
        assert await newest("d", 3.5, "page")
        assert not await newest("e", 3.9, "fold", "view")
        assert await inbox.last_at(uow, TENANT, ["fold", "view", "none"]) == [4.0, 4.0, None]
        assert await inbox.known(uow, TENANT, DeliveryId("c"))
        assert not await inbox.known(uow, OTHER, DeliveryId("c"))


async def test_a_limit_says_when_the_next_one_is_free(database: Database) -> None:
    async with database.write() as uow:

        async def take(now: float, user: UserId = OWNER, kind: str = "notes", limit: int = 2) -> float | None:
            return await limits.take(uow, TENANT, user, kind, limit=limit, window=60.0, now=now)

        assert [await take(0.0), await take(10.0)] == [None, None]
        assert await take(20.0) == 40.0
        assert await take(20.0, kind="conclude") is None
        assert await take(20.0, user=UserId("U2")) is None
        assert await take(20.0, limit=1) == 50.0
        assert await take(60.0) is None
        assert await take(60.0) == 10.0
        await limits.prune(uow, 61.0)
        assert [await take(61.0), await take(61.0)] == [None, None]


@dataclass(frozen=True, kw_only=True)
class Spent:
    input: int = 10
    output: int = 20
    cache_read: int = 30
    cache_write: int = 40
    first_text: float | None = 0.5
    seconds: float = 2.0


@dataclass(frozen=True, kw_only=True)
class Ended:
    stop: str = "complete"
    usage: Spent = Spent()
    model: str = "m"
    request_id: str = "r"


async def test_the_cost_of_a_session_adds_up(database: Database) -> None:
    async with database.write() as uow:
        for tenant in (TENANT, TENANT, OTHER):
            await usage.add(uow, tenant, SESSION.id, use="chat", done=Ended(), provider="p", at=1.0)
        total = await usage.totals(uow, TENANT, SESSION.id)
        none = await usage.totals(uow, TENANT, session("s2").id)
    assert total == usage.Totals(calls=2, input=20, output=40, cache_read=60, cache_write=80, seconds=4.0)
    assert none == usage.Totals(calls=0, input=0, output=0, cache_read=0, cache_write=0, seconds=0.0)


async def test_app_home_remembers_pages_and_what_was_published(database: Database) -> None:
    async with database.write() as uow:
        assert await homes.get(uow, TENANT, OWNER) == homes.Home()
        assert await homes.save_hash(uow, TENANT, OWNER, "h1", over=None)
        await homes.save_pages(uow, TENANT, OWNER, page=1, concluded_page=2)
        assert await homes.get(uow, TENANT, OWNER) == homes.Home(page=1, concluded_page=2, hash="h1")
        assert await homes.get(uow, OTHER, OWNER) == homes.Home()


async def test_what_was_published_over_an_older_view_is_not_stored_over_a_newer_one(database: Database) -> None:
    async with database.write() as uow:
        await homes.save_pages(uow, TENANT, OWNER, page=1, concluded_page=0)
        assert await homes.save_hash(uow, TENANT, OWNER, "h1", over=None)
        assert await homes.save_hash(uow, TENANT, OWNER, "h2", over="h1")
        assert not await homes.save_hash(uow, TENANT, OWNER, "late", over="h1")
        assert not await homes.save_hash(uow, TENANT, OWNER, "late", over=None)
        assert (await homes.get(uow, TENANT, OWNER)).hash == "h2"


async def test_a_workspace_remembers_its_channel(database: Database) -> None:
    async with database.write() as uow:
        assert await workspaces.get(uow, TENANT) == workspaces.Workspace()
        await workspaces.set_notes_channel(uow, TENANT, CHANNEL)
        assert await workspaces.get(uow, TENANT) == workspaces.Workspace(notes_channel=CHANNEL)
        await workspaces.set_notes_channel(uow, TENANT, None)
        assert await workspaces.get(uow, TENANT) == workspaces.Workspace()
        assert await workspaces.get(uow, OTHER) == workspaces.Workspace()
