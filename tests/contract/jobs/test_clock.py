"""What a clock that is set back does to the jobs that wait."""

import pytest

from tests.contract.jobs.bench import LONG, Bench, Broken

HOUR = 3600.0


async def test_what_is_due_at_once_is_due_whatever_the_clock_says(waiting: Bench) -> None:
    await waiting.add("a", lock="x")
    await waiting.add("b", lock="y", coalesce=True, run_at=waiting.now + LONG)
    await waiting.add("c", lock="y", coalesce=True)
    waiting.now -= HOUR
    await waiting.start()
    await waiting.until(lambda: sorted(waiting.finished()) == ["a", "c"])


async def test_a_job_that_was_given_up_is_run_again_as_new_whatever_the_clock_says(waiting: Bench) -> None:
    waiting.errors = {"a": [Broken() for _ in range(4)]}
    await waiting.start()
    await waiting.add("a")
    for wait in (2.0, 10.0, 60.0):
        await waiting.later(wait)
    await waiting.until(lambda: waiting.given_up == ["a"])
    await waiting.settle()
    await waiting.engine.stop(0.0)
    (failed,) = await waiting.engine.failed(None)
    assert await waiting.engine.retry(failed.id)
    assert not await waiting.engine.retry(failed.id)
    waiting.now -= HOUR
    await waiting.restart(0.0)
    await waiting.until(lambda: waiting.finished() == ["a"])
    assert waiting.attempts("a") == [1, 2, 3, 4, 1]
    assert await waiting.engine.failed(None) == []


@pytest.mark.parametrize("kind", ["sqlite"])  # on PostgreSQL the server's clock counts, which no test can set
async def test_a_clock_that_is_set_back_makes_no_wait_longer(bench: Bench) -> None:
    bench.errors = {"a": [Broken()]}
    await bench.add("a")
    await bench.add("b", run_at=bench.now + LONG)
    await bench.settle()
    await bench.later(-HOUR)
    assert bench.ids() == ["a"]
    await bench.later(2.0)
    await bench.until(lambda: bench.finished() == ["a"])
    await bench.later(LONG - 3.0)
    assert bench.finished() == ["a"]
    await bench.later(1.0)
    await bench.until(lambda: bench.finished() == ["a", "b"])
