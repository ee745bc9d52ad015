"""Nothing of a push is on the ticket twice, and nothing is missing, whatever happens between any two lines."""

import asyncio
import itertools
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import Any, Final

import pytest
from structlog.testing import capture_logs

from bot import errors
from bot.domain.pushes import Push, PushState
from bot.psa.choose import System
from bot.sandbox.tickets.trouble import Trouble
from tests.contract.pushes.bench import PushBench, push_bench
from tests.contract.pushes.mortal import Deaths
from tests.contract.storage.samples import KINDS, fresh

ONCE: Final = Counter({"note": 1, "time": 1, "attachment": 1})
LONG: Final = bool(os.environ.get("LONG"))
"""Whether every system is tried on both databases, with a process killed at every line. That takes an hour."""
PUSHES: Final = int(os.environ.get("PUSHES", "500" if LONG else "4"))
EVERY: Final = 1 if LONG else 2
"""How many awaits, or lines, are between two at which a process is killed."""
WHERE: Final = [
    pytest.param((kind, system), id=f"{kind}-{system.value.replace(' ', '')}")
    for kind, system in itertools.product(KINDS if LONG else ("sqlite",), System)
]
KILLED: Final = 0.2
"""The share of pushes whose process is killed besides, where every system is tried."""
STEPS: Final = ("note", "time", "attachment", "status")
TROUBLES: Final = (
    Trouble.DROP,
    Trouble.LOST,
    Trouble.ERROR,
    Trouble.ERROR_AFTER,
    Trouble.BUSY,
    Trouble.FORBIDDEN,
    Trouble.INVALID,
    Trouble.ERROR_PAGE,
    Trouble.PAGE,
    Trouble.UNAUTHORIZED,
)


@pytest.fixture
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[PushBench]:
    kind, system = getattr(request, "param", ("sqlite", System.CONNECTWISE))
    with fresh(kind) as url:
        async with push_bench(url, system) as made:
            yield made


async def once(bench: PushBench, push: Push) -> None:
    """Check that everything of a push is on the ticket, and nothing twice."""
    counted = await bench.on_the_ticket(push)
    assert {kind: counted[kind] for kind in ONCE} == dict(ONCE), push.id
    assert bench.server.desk.tickets[4411].status == 4
    bench.server.desk.tickets[4411].status = 1


@pytest.mark.parametrize("bench", WHERE if LONG else WHERE[1:2], indirect=True)
@pytest.mark.parametrize("lines", [False, True] if LONG else [False], ids=lambda lines: "line" if lines else "await")
async def test_a_push_is_on_the_ticket_once_wherever_its_process_is_killed(bench: PushBench, lines: bool) -> None:
    at, killed = 0, True
    async with Deaths() as deaths:
        while killed:
            at += EVERY
            push = await bench.push()
            killed = await deaths.run(bench, push, at, lines=lines)
            bench.settle()
            assert (await bench.to_its_end(push)).state is PushState.DONE
            await once(bench, push)
    assert at > (100 if lines else 10), "it was killed too seldom"


@pytest.mark.parametrize("bench", WHERE, indirect=True)
async def test_pushes_with_trouble_at_every_step_are_all_there_and_none_is_doubled(bench: PushBench) -> None:
    dice = random.Random(7)
    async with Deaths() if LONG else nullcontext() as deaths:
        for _ in range(PUSHES):
            push = await bench.push()
            for step in dice.sample(STEPS, dice.randint(1, 3)):
                bench.server.orders.add(dice.choice(TROUBLES), step, seconds=5.0)
            if deaths is not None and dice.random() < KILLED:
                await deaths.run(bench, push, dice.randint(1, 40), lines=False)
                bench.settle()
            await bench.to_its_end(push)
            bench.server.orders.clear()
            await once(bench, push)


async def test_an_answer_that_is_a_page_is_looked_into_before_anything_is_called_failed(bench: PushBench) -> None:
    push = await bench.push()
    bench.server.orders.add(Trouble.PAGE, "note")
    await bench.run(push)
    assert (await bench.stored(push)).state is PushState.WAITING
    bench.settle()
    await bench.run(push)
    assert (await bench.stored(push)).state is PushState.DONE
    await once(bench, push)


@pytest.mark.parametrize("trouble", [Trouble.AWAY, Trouble.LOST, Trouble.PAGE])
async def test_what_is_pushed_again_before_it_is_there_is_there_once(bench: PushBench, trouble: Trouble) -> None:
    first = await bench.push()
    bench.server.orders.add(trouble, "note")
    await bench.run(first)
    second = await bench.again(first)
    await bench.to_its_end(second)
    await bench.to_its_end(first)
    await once(bench, first)


@pytest.mark.parametrize("bench", [(kind, System.CONNECTWISE) for kind in KINDS], indirect=True)
async def test_a_run_that_wakes_up_late_finds_itself_fenced(bench: PushBench) -> None:
    push, taken, asleep, awake = await bench.push(), bench.pusher._taken, asyncio.Event(), asyncio.Event()

    async def sleepy(*step: Any) -> dict[str, object]:
        what = await taken(*step)
        asleep.set()
        await awake.wait()
        return what

    bench.pusher._taken = sleepy  # type: ignore[method-assign]
    early = asyncio.create_task(bench.run(push))
    await asleep.wait()
    bench.pusher._taken = taken  # type: ignore[method-assign]
    bench.settle()
    await bench.to_its_end(push)
    awake.set()
    with pytest.raises(errors.Superseded):
        await early
    await once(bench, push)
    assert (await bench.stored(push)).state is PushState.DONE


@pytest.mark.parametrize("bench", [("sqlite", System.AUTOTASK)], indirect=True)
async def test_many_pushes_at_once_make_no_more_than_two_requests_at_once(bench: PushBench) -> None:
    waiting = [await bench.push() for _ in range(5)]
    bench.server.latency = 0.002
    await asyncio.gather(*(bench.run(push) for push in waiting))
    assert [(await bench.stored(push)).state for push in waiting] == [PushState.DONE] * 5
    assert bench.server.most_in_flight == 2


async def test_a_system_that_is_away_uses_no_attempts_up(bench: PushBench) -> None:
    push = await bench.push()
    bench.server.orders.add(Trouble.AWAY, times=None)
    waited = []
    for _ in range(12):
        await bench.run(push)
        assert (await bench.stored(push)).state is PushState.WAITING
        due = bench.enqueued(push)[-1].run_at
        waited.append(round(due - bench.wall.now))
        bench.wall.now = due
    assert waited[:6] == [30, 120, 600, 3_600, 21_600, 21_600]
    bench.server.orders.clear()
    await bench.to_its_end(push)
    await once(bench, push)


async def test_what_the_system_asks_for_wins_over_the_back_off(bench: PushBench) -> None:
    push = await bench.push()
    bench.server.orders.add(Trouble.BUSY, "note", seconds=77)
    await bench.run(push)
    (job,) = bench.enqueued(push)
    assert round(job.run_at - bench.wall.now) == 77


async def test_the_log_names_the_field_that_is_refused_and_nothing_of_its_content(bench: PushBench) -> None:
    push = await bench.push()
    bench.server.orders.add(Trouble.INVALID, "note")
    with capture_logs() as logged:
        await bench.run(push)
    (line,) = logged
    assert (line["kind"], line["fault"], line["status"], line["field"]) == ("note", "FieldsNotTaken", 400, "text")
    assert push.text not in str(line)
