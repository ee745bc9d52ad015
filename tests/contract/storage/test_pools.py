import asyncio

from bot.domain.ids import Tenant
from bot.domain.pacing.replicas import Lease, Report
from bot.domain.pacing.window import Limits
from bot.storage import pools
from bot.storage.database import Database
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
