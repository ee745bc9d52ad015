from dataclasses import replace

from bot.domain.costs import Costs
from bot.domain.ids import ChannelId, DeliveryId, MessageTs, Place, Tenant, UserId
from bot.domain.messages import MessageRecord
from bot.domain.notes.record import NotesRecord, NotesSource, NotesState
from bot.domain.usage import ModelCall
from bot.storage import inbox, limits, messages, notes, usage, workspaces
from bot.storage import sessions as rows
from bot.storage.database import Database, UnitOfWork
from tests.contract.storage.samples import CHANNEL, OTHER, OWNER, SESSION, TENANT, session

PLACE = Place(channel=CHANNEL, thread=MessageTs("1.1"))
ELSEWHERE = Place(channel=ChannelId("C2"))
KEY = "notes:s1"


async def posted(uow: UnitOfWork, key: str = KEY) -> MessageRecord:
    """Claim a message and post it."""
    record = await messages.claim(uow, key, PLACE)
    assert await messages.fenced(uow, key, record.run, ts=MessageTs("5.5"), posting=False)
    return record


async def test_every_claim_fences_the_runs_before_it(database: Database) -> None:
    async with database.write(TENANT) as uow:
        first = await posted(uow)
        second = await messages.claim(uow, KEY, PLACE)
        assert second.run == first.run + 1
        assert not await messages.fenced(uow, KEY, first.run, text="stale", ts=MessageTs("6.6"))
        assert await messages.fenced(uow, KEY, second.run, text="whole", final=True)
        stored = await messages.get(uow, KEY)
    assert stored == replace(second, text="whole", final=True, ts=MessageTs("5.5"), posting=False)


async def test_a_post_whose_answer_was_lost_can_be_told(database: Database) -> None:
    ledger = messages.StoredLedger(database, TENANT)
    assert not (await ledger.claim(KEY, PLACE)).posting
    assert await ledger.get(KEY) is None
    first = await ledger.claim(KEY, PLACE, posting=True, text="half")
    second = await ledger.claim(KEY, PLACE, posting=True, text="anew")
    assert (first.posting, second.posting, second.ts, second.text) == (False, True, None, "half")
    assert await ledger.change(second, ts=MessageTs("5.5"), posting=False)
    assert not await ledger.change(first, text="stale")
    third = await ledger.claim(KEY, PLACE, posting=True, text="never posted")
    assert (third.posting, third.ts, third.text) == (False, "5.5", "anew")
    assert await ledger.get(KEY) == third


async def test_a_message_stays_where_it_is_until_it_is_forgotten(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await posted(uow)
        assert (await messages.claim(uow, KEY, ELSEWHERE)).place == PLACE
        await messages.forget(uow, KEY)
        assert await messages.get(uow, KEY) is None
        moved = await messages.claim(uow, KEY, ELSEWHERE)
    assert (moved.place, moved.ts, moved.shown) == (ELSEWHERE, None, -1)


async def test_a_run_from_before_the_message_was_forgotten_stays_fenced(database: Database) -> None:
    async with database.write(TENANT) as uow:
        old = await messages.claim(uow, KEY, PLACE)
        await messages.forget(uow, KEY)
        assert not await messages.fenced(uow, KEY, old.run, text="stale")
        await messages.claim(uow, KEY, PLACE)
        assert not await messages.fenced(uow, KEY, old.run, text="stale")


async def test_the_revision_shown_is_never_lowered(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await posted(uow)
        for revision in (1_790_000_000_000, 2):
            await messages.mark_shown(uow, KEY, revision)
        stored = await messages.get(uow, KEY)
    assert stored is not None
    assert stored.shown == 1_790_000_000_000, "it may be a time in milliseconds"


async def test_the_messages_that_are_there_are_listed_by_the_beginning_of_their_key(database: Database) -> None:
    async with database.write(TENANT) as uow:
        for key in ("reply:1", "reply:2", "re%ly:3"):
            await posted(uow, key)
        await messages.claim(uow, "reply:4", PLACE)
        assert sorted(await messages.keys(uow, "reply:")) == ["reply:1", "reply:2"]
        assert await messages.keys(uow, "re%") == ["re%ly:3"]


async def test_workspaces_have_their_own_records_under_one_key(database: Database) -> None:
    async with database.write(TENANT) as uow:
        first = await posted(uow)
        stored = await messages.get(uow, KEY)
    async with database.write(OTHER) as others:
        assert await messages.get(others, KEY) is None
        assert await messages.keys(others, "") == []
        assert not await messages.fenced(others, KEY, first.run, text="x")
        await messages.mark_shown(others, KEY, 7)
        await messages.forget(others, KEY)
        assert (await messages.claim(others, KEY, PLACE)).run == 1
    async with database.read(TENANT) as uow:
        assert await messages.get(uow, KEY) == stored


async def test_notes_replace_the_former_ones(database: Database) -> None:
    waiting = NotesRecord(session=SESSION.id, state=NotesState.WAITING, text="", source=NotesSource.STREAMED, at=1.0)
    final = replace(waiting, state=NotesState.FINAL, text="## Steps", stopped_by=OWNER, generation=1, at=2.0)
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        assert await notes.get(uow, SESSION.id) is None
        await notes.save(uow, waiting)
        await notes.save(uow, final)
    async with database.write(OTHER) as others:
        await notes.save(others, waiting)
        assert await notes.get(others, SESSION.id) is None
    async with database.read(TENANT) as uow:
        assert await notes.get(uow, SESSION.id) == final


async def test_a_delivery_is_new_once_until_it_is_pruned(database: Database) -> None:
    delivery = DeliveryId("Ev1")

    async def first_time(tenant: Tenant, now: float) -> bool:
        async with database.write(tenant) as uow:
            return await inbox.first_time(uow, delivery, now)

    assert await first_time(TENANT, 10.0)
    assert not await first_time(TENANT, 11.0)
    assert await first_time(OTHER, 30.0)
    async with database.write_everywhere() as work:
        await inbox.prune(work, 20.0)
    assert await first_time(TENANT, 40.0)
    assert not await first_time(OTHER, 40.0)


async def test_the_last_word_on_a_subject_is_the_newest_whatever_arrives_last(database: Database) -> None:
    async with database.write(TENANT) as uow:

        async def newest(delivery: str, at: float, *subjects: str) -> bool:
            return await inbox.newest(uow, DeliveryId(delivery), subjects, at, 100.0)

        assert await newest("a", 2.0, "fold")
        assert not await newest("a", 3.0, "fold"), "delivered before"
        assert await newest("b", 4.0, "fold", "view")
        assert not await newest("c", 3.5, "fold"), "overtaken"
        assert await newest("d", 3.5, "page")
        assert not await newest("e", 3.9, "fold", "view")
        assert await inbox.last_at(uow, ["fold", "view", "none"]) == [4.0, 4.0, None]
        assert await inbox.known(uow, DeliveryId("c"))
    async with database.write(OTHER) as others:
        assert not await inbox.known(others, DeliveryId("c"))
        assert await inbox.last_at(others, ["fold"]) == [None]
        assert await inbox.newest(others, DeliveryId("a"), ["fold"], 1.0, 100.0)


async def test_a_limit_says_when_the_next_one_is_free(database: Database) -> None:
    async def take(
        now: float, user: UserId = OWNER, kind: str = "notes", limit: int = 2, tenant: Tenant = TENANT
    ) -> float | None:
        async with database.write(tenant) as uow:
            return await limits.take(uow, user, kind, limit=limit, window=60.0, now=now)

    assert [await take(0.0), await take(10.0)] == [None, None]
    assert await take(20.0) == 40.0
    assert await take(20.0, kind="conclude") is None
    assert await take(20.0, user=UserId("U2")) is None
    assert await take(20.0, tenant=OTHER) is None
    assert await take(20.0, limit=1) == 50.0
    assert await take(60.0) is None
    assert await take(60.0) == 10.0
    async with database.write_everywhere() as work:
        await limits.prune(work, 61.0)
    assert [await take(61.0), await take(61.0)] == [None, None]


CALL = ModelCall(
    session=SESSION.id,
    use="chat",
    provider="p",
    model="m",
    input=10,
    output=20,
    cache_read=30,
    cache_write=40,
    first_text=0.5,
    seconds=2.0,
    stop="complete",
    request_id="r",
    at=1.0,
)


async def test_the_cost_of_a_session_adds_up(database: Database) -> None:
    for tenant in (TENANT, TENANT, OTHER):
        async with database.write(tenant) as uow:
            await usage.add(uow, CALL)
    async with database.read(TENANT) as uow:
        total = await usage.totals(uow, SESSION.id)
        none = await usage.totals(uow, session("s2").id)
        days = await usage.costs(uow, 0.0)
    assert days == {0: Costs(calls=2, prompt=160, cached=60, output=40, dollars=0.0)}
    assert total == usage.Totals(calls=2, input=20, output=40, cache_read=60, cache_write=80, seconds=4.0)
    assert none == usage.Totals(calls=0, input=0, output=0, cache_read=0, cache_write=0, seconds=0.0)


async def test_a_workspace_remembers_its_channel(database: Database) -> None:
    async with database.write(TENANT) as uow:
        assert await workspaces.get(uow) == workspaces.WorkspaceSettings()
        await workspaces.set_notes_channel(uow, CHANNEL)
        assert await workspaces.get(uow) == workspaces.WorkspaceSettings(notes_channel=CHANNEL)
    async with database.write(OTHER) as others:
        assert await workspaces.get(others) == workspaces.WorkspaceSettings()
        await workspaces.set_notes_channel(others, ChannelId("C2"))
    async with database.write(TENANT) as uow:
        assert await workspaces.get(uow) == workspaces.WorkspaceSettings(notes_channel=CHANNEL)
        await workspaces.set_notes_channel(uow, None)
        assert await workspaces.get(uow) == workspaces.WorkspaceSettings()
