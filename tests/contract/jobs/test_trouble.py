"""What becomes of jobs whose process is killed, whose errors are told, and whose outcome cannot be stored."""

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.domain.ids import DeliveryId
from bot.jobs.attempts import AWAY, MAX_CRASHES, MAX_ERRORS, OUTAGE, Setback, Step, delay, setback, step
from bot.storage import inbox, jobs
from bot.storage.shared_jobs import SharedJobs
from tests.contract.jobs.bench import LONG, TENANT, Bench, Broken, Crash, LaterPlease, ThingsAway


async def test_what_a_crash_left_running_is_done_first_and_counts_as_an_attempt(waiting: Bench, crash: Crash) -> None:
    await waiting.add("a", "b", lock="x")
    await crash(waiting, 1)
    await waiting.start()
    await waiting.until(lambda: waiting.finished() == ["a", "b"])
    assert waiting.started == [("a", 2), ("b", 1)]


async def test_a_job_that_always_crashes_is_given_up(waiting: Bench, crash: Crash) -> None:
    await waiting.add("a")
    await crash(waiting, MAX_CRASHES)
    await waiting.start()
    await waiting.until(lambda: waiting.given_up == ["a"])
    assert waiting.ids() == []


async def test_what_is_due_together_lets_the_higher_priority_go_first_but_not_for_long(waiting: Bench) -> None:
    await waiting.add("low")
    await waiting.add("high", priority=2)
    await waiting.start()
    await waiting.until(lambda: waiting.finished() == ["high", "low"])
    waiting.held = {"slow"}
    await waiting.add("quick")
    await waiting.add("slow", priority=2)
    await waiting.until(lambda: waiting.finished() == ["high", "low", "quick"])


async def test_what_coalesces_with_one_that_failed_is_done_at_once_with_all_its_attempts(bench: Bench) -> None:
    bench.errors = {"a": [Broken() for _ in range(4)]}
    await bench.add("a", lock="x", coalesce=True)
    await bench.settle()
    await bench.add("b", "c", lock="x", coalesce=True)
    await bench.until(lambda: bench.finished() == ["c"])
    assert bench.attempts("c") == [1]
    assert bench.given_up == []


async def test_a_job_that_fails_gives_way_to_a_newer_one_that_stands_for_it(bench: Bench) -> None:
    bench.held, bench.errors = {"a"}, {"a": [Broken()]}
    await bench.add("a", lock="x", coalesce=True)
    await bench.until(lambda: bench.ids() == ["a"])
    await bench.add("b", lock="x", coalesce=True)
    bench.gates["a"].set()
    await bench.until(lambda: bench.finished() == ["b"])
    await bench.later(LONG)
    assert bench.ids() == ["a", "b"]


async def test_an_outage_of_hours_is_no_attempt_and_is_over_within_ten_seconds(bench: Bench) -> None:
    bench.errors = {"a": [ThingsAway() for _ in range(4)]}
    await bench.add("a")
    for _ in range(3):
        await bench.later(6 * 3600.0)
    assert bench.given_up == []
    await bench.later(10.0)
    await bench.until(lambda: bench.finished() == ["a"])
    assert set(bench.attempts("a")) == {1}


async def test_after_a_day_of_outage_a_job_is_given_up(bench: Bench) -> None:
    bench.errors = {"a": [ThingsAway(), ThingsAway(), ThingsAway()]}
    await bench.add("a")
    await bench.later(OUTAGE - 1)
    assert bench.given_up == []
    await bench.later(10.0)
    await bench.until(lambda: bench.given_up == ["a"])
    await bench.settle()
    (failed,) = await bench.engine.failed(None)
    assert failed.reason == "ThingsAway"


async def test_a_job_that_is_run_once_more_may_wait_for_another_day(bench: Bench) -> None:
    bench.errors = {"a": [ThingsAway(), ThingsAway(), ThingsAway()]}
    await bench.add("a")
    await bench.later(OUTAGE + 1)
    await bench.until(lambda: bench.given_up == ["a"])
    await bench.settle()
    (failed,) = await bench.engine.failed(None)
    await bench.engine.retry(failed.id)
    await bench.later(10.0)
    await bench.until(lambda: bench.finished() == ["a"])


async def test_the_log_names_a_failed_job_and_none_of_its_words(bench: Bench) -> None:
    bench.errors = {"private words": [Broken("private words")]}
    with capture_logs() as logs:
        await bench.add("private words")
        await bench.later(2.0)
        await bench.until(lambda: bench.finished() == ["private words"])
    (failed,) = [entry for entry in logs if entry["event"] == "job failed"]
    assert (failed["name"], failed["team"], failed["attempt"], failed["error"]) == (
        "work",
        TENANT.team,
        1,
        "Broken",
    )
    assert "perform" in failed["at"]
    assert failed["reference"]
    assert "private words" not in str(logs)


async def test_a_verdict_that_cannot_be_stored_holds_up_no_other_and_no_new_job(
    bench: Bench, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = jobs if kind == "sqlite" else SharedJobs
    finish = table.finish

    async def refuse(*arguments: Any) -> None:
        if arguments[-1].args == {"id": "a"}:
            raise Broken
        await finish(*arguments)

    bench.engine.pause = 0.0
    bench.held = {"a", "b", "c"}
    await bench.add("a", "b", "c")
    await bench.until(lambda: len(bench.ids()) == 3)
    with monkeypatch.context() as patched:
        patched.setattr(table, "finish", refuse)
        for id in bench.held:
            bench.gates[id].set()
        async with asyncio.timeout(10.0):
            while len(bench.working()) > 1:
                await asyncio.to_thread(bool)  # as long as a trip to the database takes
        await bench.add("d")
        await bench.until(lambda: "d" in bench.finished())
    await bench.settle()
    assert sorted(bench.ids()) == ["a", "b", "c", "d"], "each once"


async def test_the_lock_is_kept_while_the_outcome_cannot_be_stored(
    bench: Bench, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Broken

    bench.engine.pause = 0.0
    bench.held = {"a"}
    await bench.add("a", "b", lock="x")
    await bench.until(lambda: bench.ids() == ["a"])
    with monkeypatch.context() as patched:
        patched.setattr(f"bot.storage.{'jobs' if kind == 'sqlite' else 'shared_jobs.SharedJobs'}.finish", away)
        bench.gates["a"].set()
        await bench.until(lambda: bench.finished() == ["a"])
        for number in range(3):
            async with bench.database.write(TENANT) as uow:
                await inbox.first_time(uow, DeliveryId(f"{number}"), 1.0)
        assert bench.ids() == ["a"]
    await bench.until(lambda: bench.finished() == ["a", "b"])


async def test_a_job_whose_giving_up_never_works_is_parked(waiting: Bench, crash: Crash) -> None:
    waiting.refusing_to_give_up = 1_000
    await waiting.add("a")
    await crash(waiting, 2 * MAX_CRASHES)
    await waiting.start()
    await waiting.settle()
    (failed,) = await waiting.engine.failed(None)
    assert failed.attempts == 2 * MAX_CRASHES
    assert waiting.ids() == []


def test_the_steps_follow_the_record() -> None:
    assert step(0, 0) is step(MAX_ERRORS - 1, MAX_CRASHES - 1) is Step.RUN
    assert step(MAX_ERRORS, 0) is step(0, MAX_CRASHES) is Step.GIVE_UP
    assert step(MAX_ERRORS + 20, 0) is step(0, MAX_CRASHES + 20) is Step.PARK


def test_an_outage_counts_for_nothing_until_it_lasts_a_day_and_then_for_everything() -> None:
    assert setback(2, ThingsAway(), OUTAGE - 1) == Setback(errors=2, wait=AWAY)
    assert setback(2, ThingsAway(), OUTAGE) == Setback(errors=MAX_ERRORS, wait=0.0)
    assert setback(MAX_ERRORS, ThingsAway(), 2 * OUTAGE - 1) == Setback(errors=MAX_ERRORS, wait=AWAY)
    assert step(setback(MAX_ERRORS, ThingsAway(), 2 * OUTAGE).errors, 0) is Step.PARK
    assert setback(0, Broken(), OUTAGE) == Setback(errors=1, wait=2.0)
    assert AWAY <= 10.0


def test_the_waits_grow_and_giving_up_does_not_wait() -> None:
    assert [delay(errors, Broken()) for errors in range(1, 7)] == [2.0, 10.0, 60.0, 0.0, 60.0, 60.0]
    assert delay(1, LaterPlease()) == 33.0
