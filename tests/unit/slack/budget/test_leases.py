"""Replicas that share a budget: nobody overspends, and without a database each keeps to its part."""

import asyncio
import math

from structlog.testing import capture_logs

from benchmarks.virtual import clock
from benchmarks.virtual.replicas import Shared
from bot.domain.ids import TeamId, Tenant
from bot.domain.pacing.replicas import LEASE
from bot.domain.pacing.window import Limits, Priority
from bot.slack.budget.edit_budget import EditBudget

TENANT = Tenant(team=TeamId("T1"))
LIMITS = Limits(calls=12, window=60.0, reserve=0)
WHILE_WATCHED = 50.0


async def taken(budget: EditBudget, name: str) -> int:
    """Count how many clicks get a slot while it is watched."""
    clicks = [asyncio.ensure_future(budget.of(TENANT).turn(f"{name}{n}", Priority.CLICK)) for n in range(40)]
    await asyncio.sleep(WHILE_WATCHED)
    count = sum(click.done() for click in clicks)
    for click in clicks:
        click.cancel()
    await asyncio.wait(clicks)
    return count


def replicas(shared: Shared) -> list[EditBudget]:
    return [EditBudget(LIMITS, shared.of(f"r{number}")) for number in range(shared.replicas)]


def test_together_they_take_what_one_may_and_ask_no_more_than_a_few_times_a_second() -> None:
    shared = Shared(3)

    async def play() -> None:
        budgets = replicas(shared)
        counts = await asyncio.gather(*(taken(budget, f"b{n}") for n, budget in enumerate(budgets)))
        assert sum(counts) == LIMITS.calls
        assert min(counts) > 0
        assert shared.asked < 3 * 2 * WHILE_WATCHED
        for budget in budgets:
            await budget.close()

    clock.run(play())


def test_without_a_database_each_takes_its_part_and_the_log_says_so() -> None:
    async def play() -> None:
        budgets = replicas(Shared(3, away=(0.0, math.inf)))
        counts = await asyncio.gather(*(taken(budget, f"b{n}") for n, budget in enumerate(budgets)))
        assert counts == [4, 4, 4]
        for budget in budgets:
            await budget.close()

    with capture_logs() as logs:
        clock.run(play())
    assert {entry["event"] for entry in logs} == {"edit slots not shared"}


def test_what_is_known_of_the_others_counts_on_when_the_database_goes() -> None:
    async def play() -> None:
        one, other = replicas(Shared(2, away=(5.0, math.inf)))
        spent = await asyncio.gather(*(one.of(TENANT).turn(f"c{n}", Priority.CLICK) for n in range(10)))
        assert len(spent) == 10
        await other.of(TENANT).turn("first", Priority.CLICK)
        await asyncio.sleep(6.0)
        assert await taken(other, "later") == 1
        for budget in (one, other):
            await budget.close()

    with capture_logs():
        clock.run(play())


def test_what_was_leased_and_not_used_goes_back() -> None:
    async def play() -> None:
        one, other = replicas(Shared(2))
        await one.of(TENANT).turn("stream", Priority.INTERIM)
        one.of(TENANT).withdraw("stream")
        await one.of(TENANT).turn("stream", Priority.LAST_WORD)
        await asyncio.sleep(2 * LEASE)
        assert await taken(other, "c") == LIMITS.calls - 2
        for budget in (one, other):
            await budget.close()

    clock.run(play())


def test_a_refusal_stops_the_other_replica_too() -> None:
    async def play() -> None:
        one, other = replicas(Shared(2))
        await one.of(TENANT).turn("a", Priority.CLICK)
        one.of(TENANT).limited(30.0)
        await asyncio.sleep(0.1)
        asked = asyncio.get_running_loop().time()
        await other.of(TENANT).turn("b", Priority.CLICK)
        assert 29.0 < asyncio.get_running_loop().time() - asked < 31.5
        for budget in (one, other):
            await budget.close()

    clock.run(play())


def test_a_database_that_hangs_is_taken_to_be_away() -> None:
    class Hanging(Shared):
        async def lease(self, *_: object) -> None:  # type: ignore[override]
            await asyncio.Event().wait()

    async def play() -> None:
        (budget,) = replicas(Hanging(1))
        asked = asyncio.get_running_loop().time()
        await budget.of(TENANT).turn("a", Priority.CLICK)
        assert asyncio.get_running_loop().time() - asked <= 1.1
        await budget.close()

    with capture_logs():
        clock.run(play())
