"""Nothing of a push is on the ticket twice, and nothing is missing, whatever happens between any two lines."""

import itertools
import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest

from bot import errors
from bot.domain.pushes import Push, PushState
from bot.psa.choose import System
from bot.sandbox.tickets.trouble import Trouble
from bot.services.tickets import pusher
from tests.contract.pushes.bench import PushBench, push_bench
from tests.contract.storage.samples import KINDS, fresh

ONCE: Final = Counter({"note": 1, "time": 1, "attachment": 1})
LONG: Final = bool(os.environ.get("LONG"))
"""Whether every system is tried on both databases, with a process that ends at every line. That takes minutes."""
PUSHES: Final = int(os.environ.get("PUSHES", "500" if LONG else "4"))
EVERY: Final = 1 if LONG else 29
"""Lines between two at which a process ends."""
WHERE: Final = [
    pytest.param((kind, system), id=f"{kind}-{system.value.replace(' ', '')}")
    for kind, system in itertools.product(KINDS if LONG else ("sqlite",), System)
]
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
)


class Killed(BaseException):
    """The process has ended here."""


@pytest.fixture(params=WHERE)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[PushBench]:
    kind, system = request.param
    with fresh(kind) as url:
        async with push_bench(url, system) as made:
            yield made


@pytest.fixture
async def usual(request: pytest.FixtureRequest) -> AsyncIterator[PushBench]:
    with fresh(getattr(request, "param", "sqlite")) as url:
        async with push_bench(url) as made:
            yield made


@contextmanager
def killed_at(line: int) -> Iterator[list[int]]:
    """End whatever runs in the pusher at the n-th line that it comes to. Yields how many lines it came to."""
    seen = [0]

    def trace(frame: Any, event: str, _arg: Any) -> Any:
        if frame.f_code.co_filename != pusher.__file__:
            return None
        if event == "line":
            seen[0] += 1
            if seen[0] == line:
                raise Killed
        return trace

    former = sys.gettrace()
    sys.settrace(trace)
    try:
        yield seen
    finally:
        sys.settrace(former)


async def once(bench: PushBench, push: Push) -> None:
    """Check that everything of a push is on the ticket, and nothing twice."""
    counted = await bench.on_the_ticket(push)
    assert {kind: counted[kind] for kind in ONCE} == dict(ONCE), push.id
    assert bench.server.desk.tickets[4411].status == 4
    bench.server.desk.tickets[4411].status = 1


async def test_a_push_is_on_the_ticket_once_wherever_its_process_ends(bench: PushBench) -> None:
    line, ended = bench.number, True
    while ended:
        line += EVERY
        push = await bench.push()
        with killed_at(line) as seen:
            try:
                await bench.run(push)
                ended = seen[0] >= line
            except Killed:
                pass
        bench.settle()
        assert (await bench.to_its_end(push)).state is PushState.DONE
        await once(bench, push)
    assert line > 100, "fewer lines than the pusher has: the trace did not see them"


async def test_pushes_with_trouble_at_every_step_are_all_there_and_none_is_doubled(bench: PushBench) -> None:
    dice = random.Random(7)
    for _ in range(PUSHES):
        push = await bench.push()
        for step in dice.sample(STEPS, dice.randint(1, 3)):
            bench.server.orders.add(dice.choice(TROUBLES), step, seconds=5.0)
        await bench.to_its_end(push)
        bench.server.orders.clear()
        await once(bench, push)


@pytest.mark.parametrize("usual", KINDS, indirect=True)
async def test_a_run_that_wakes_up_late_finds_itself_fenced(usual: PushBench) -> None:
    push = await usual.push()
    held, runs = usual.pusher._steps, []

    async def paused(run: Any) -> None:
        runs.append(run)

    usual.pusher._steps = paused  # type: ignore[method-assign]
    await usual.run(push)
    usual.pusher._steps = held  # type: ignore[method-assign]
    await usual.to_its_end(push)
    with pytest.raises(errors.Superseded):
        await usual.pusher._end(runs[0].job, runs[0].push, PushState.FAILED)
    await once(usual, push)
    assert (await usual.stored(push)).state is PushState.DONE


async def test_a_system_that_is_away_uses_no_attempts_up(usual: PushBench) -> None:
    push = await usual.push()
    usual.server.orders.add(Trouble.AWAY, times=None)
    waited = []
    for _ in range(12):
        await usual.run(push)
        assert (await usual.stored(push)).state is PushState.WAITING
        due = usual.queue.jobs[-1].run_at if usual.queue.jobs[-1].name == "push" else usual.queue.jobs[-2].run_at
        waited.append(round(due - usual.wall.now))
        usual.wall.now = due
    usual.server.orders.clear()
    await usual.to_its_end(push)
    await once(usual, push)


async def test_what_the_system_asks_for_wins_over_the_back_off(usual: PushBench) -> None:
    push = await usual.push()
    usual.server.orders.add(Trouble.BUSY, "note", seconds=77)
    await usual.run(push)
    (due,) = [job.run_at for job in usual.queue.jobs if job.name == "push"]
    assert round(due - usual.wall.now) == 77
