import asyncio

from bot.domain.ids import Tenant
from bot.domain.pacing.replicas import Lease, Report
from bot.domain.pacing.window import Limits, Priority
from bot.slack.budget.edit_budget import EditBudget
from bot.storage import pools
from bot.storage.database import Database
from bot.storage.pools import StoredSlots
from tests.contract.storage.samples import OTHER, TENANT

LIMITS = Limits(calls=20, window=60.0)


async def ask(
    database: Database, replica: str, want: int, *, sent: tuple[float, ...] = (), tenant: Tenant = TENANT
) -> Lease:
    async with database.write(tenant) as uow:
        report = Report(sent=sent, began=sent[:1], urgent=want)
        return await pools.lease(uow, "chat.update", replica, report, LIMITS)


async def test_two_replicas_share_a_window(database: Database) -> None:
    first = await ask(database, "a", 12)
    assert (first.slots, first.sent, first.began) == (12, (), ())
    second = await ask(database, "b", 20)
    assert second.slots == 4  # half of the eight that are left
    assert len(second.sent) == 12
    assert all(age < 0 for age in second.sent)
    await ask(database, "a", 0, sent=(2.0, 1.0))
    third = await ask(database, "b", 20)
    assert [round(age) for age in (*third.sent, *third.began)] == [2, 1, 2]


async def test_workspaces_and_methods_have_limits_of_their_own(database: Database) -> None:
    assert (await ask(database, "a", 20)).slots == 20
    assert (await ask(database, "a", 20, tenant=OTHER)).slots == 20
    async with database.write(TENANT) as uow:
        beside = await pools.lease(uow, "chat.appendStream", "b", Report(urgent=20), LIMITS)
    assert beside.slots == 20


async def test_replicas_that_ask_at_once_get_no_more_than_there_is(database: Database) -> None:
    leases = await asyncio.gather(*(ask(database, f"r{number}", 3) for number in range(30)))
    assert sum(lease.slots for lease in leases) == LIMITS.calls


async def test_a_refusal_reaches_the_others(database: Database) -> None:
    async with database.write(TENANT) as uow:
        told = Report(frozen_for=30.0, learned=7, learned_ago=0.0)
        await pools.lease(uow, "chat.update", "a", told, LIMITS)
    heard = await ask(database, "b", 5)
    assert (heard.slots, heard.learned) == (0, 7)
    assert 29.0 < heard.frozen_for <= 30.0


async def test_who_comes_after_a_process_that_was_killed_counts_the_edits_that_it_made(database: Database) -> None:
    killed, after = (EditBudget(LIMITS, StoredSlots(database, name, lambda: 1)) for name in ("killed", "after"))
    for number in range(17):
        assert await killed.of(TENANT).turn(f"edit {number}", Priority.CLICK)
    waiting = [asyncio.ensure_future(after.of(TENANT).turn(f"edit {n}", Priority.CLICK)) for n in range(10)]
    granted, _ = await asyncio.wait(waiting, timeout=0.5)
    assert len(granted) == 3
    for one in waiting:
        one.cancel()
    await killed.close()
    await after.close()


async def test_who_is_alone_keeps_no_slots_for_the_streams_of_who_was_there_before(database: Database) -> None:
    async with database.write(TENANT) as uow:
        busy = Report(sent=(1.0,) * 8, began=(5.0,) * 6, starts=(5.0,) * 6, want=2)
        await pools.lease(uow, "chat.update", "killed", busy, LIMITS)
    async with database.write(TENANT) as uow:
        lease = await pools.lease(uow, "chat.update", "after", Report(urgent=20), LIMITS, alone=True)
    assert (lease.slots, lease.began, lease.starts) == (20 - 8 - 2, (), ())
