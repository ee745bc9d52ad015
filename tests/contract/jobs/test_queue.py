import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine, event

from bot.domain.jobs import AT_ONCE, Job, Value
from bot.jobs.runner import Places
from tests.contract.jobs.bench import LONG, NAME, OTHER, TENANT, Bench, Broken, LaterPlease

ADDED = 30


async def test_a_rollback_leaves_no_job(bench: Bench) -> None:
    async def roll_back() -> None:
        async with bench.database.write(TENANT) as uow:
            await bench.engine.enqueue(uow, Job(name="work", tenant=TENANT, args={"id": "a"}))
            raise Broken

    with pytest.raises(Broken):
        await roll_back()
    await bench.settle()
    assert bench.ids() == []


async def test_a_job_comes_back_with_everything_it_was_given(bench: Bench) -> None:
    args: dict[str, Value] = {"id": "a", "count": 3, "share": 0.5, "yes": True, "nothing": None, "words": "é 😀"}
    job = Job(name="work", tenant=OTHER, args=args, lock="x", priority=2, run_at=bench.now + LONG)
    at_once = replace(job, args={**args, "id": "b"}, lock=None, run_at=AT_ONCE)
    async with bench.database.write(TENANT) as uow:
        await bench.engine.enqueue(uow, job)
        await bench.engine.enqueue(uow, at_once)
    await bench.until(lambda: bench.ended == ["b"])
    await bench.later(LONG)
    await bench.until(lambda: bench.finished() == ["b", "a"])
    taken = [replace(job, id=0, worker=None) for job in bench.jobs if job.tenant == OTHER]
    assert taken == [at_once, job]


def test_a_job_without_a_lock_cannot_coalesce() -> None:
    with pytest.raises(ValueError, match="lock"):
        Job(name="work", tenant=TENANT, coalesce=True)


async def test_other_locks_and_other_workspaces_do_not_wait(bench: Bench) -> None:
    bench.held = {"a"}
    await bench.add("a", lock="x")
    await bench.add("b", lock="y")
    await bench.add("c", lock="x", tenant=OTHER)
    await bench.add("d", "e")
    await bench.until(lambda: sorted(bench.finished()) == ["b", "c", "d", "e"])


async def test_no_more_jobs_run_at_once_than_allowed(narrow: Bench) -> None:
    narrow.held = {"a"}
    await narrow.add("a", "b")
    await narrow.start()
    await narrow.until(lambda: narrow.ids() == ["a"])
    narrow.gates["a"].set()
    await narrow.until(lambda: narrow.finished() == ["a", "b"])


async def test_slow_jobs_leave_places_to_the_quick_ones(bench: Bench) -> None:
    bench.engine.places = Places(slow=frozenset({"slow"}), quick=frozenset({NAME}), most=3)
    slow = {f"slow {number}" for number in range(20)}
    bench.held = set(slow)
    await bench.add(*slow, name="slow", priority=1)
    await bench.until(lambda: len(bench.ids()) == 3)
    await bench.add(*(f"quick {number}" for number in range(20)))
    await bench.until(lambda: len(bench.finished()) == 20)
    assert len(slow & set(bench.ids())) == 3
    for id in slow:
        bench.gates[id].set()
    await bench.until(lambda: len(bench.finished()) == 40)


async def test_a_workspace_has_no_more_than_its_share_of_the_places_for_slow_jobs(bench: Bench) -> None:
    bench.engine.places = Places(slow=frozenset({"slow"}), quick=frozenset({NAME}), most=5, share=3)
    ours, theirs = [{f"{whose} {number}" for number in range(6)} for whose in ("ours", "theirs")]
    bench.held = ours | theirs
    await bench.add(*ours, name="slow")
    await bench.until(lambda: len(bench.ids()) == 3)
    await bench.add(*theirs, name="slow", tenant=OTHER)
    await bench.until(lambda: len(bench.ids()) == 5)
    assert len(ours & set(bench.ids())) == 3
    for id in ours | theirs:
        bench.gates[id].set()
    await bench.until(lambda: len(bench.finished()) == 12)


async def test_higher_priority_starts_first(narrow: Bench) -> None:
    for id, priority in (("low", -1), ("first", 0), ("second", 0), ("high", 2)):
        await narrow.add(id, priority=priority)
    await narrow.start()
    await narrow.until(lambda: narrow.finished() == ["high", "first", "second", "low"])


async def test_a_job_waits_for_its_time(bench: Bench) -> None:
    await bench.add("a", run_at=bench.now + LONG)
    await bench.later(LONG - 1)
    assert bench.ids() == []
    await bench.later(1)
    await bench.until(lambda: bench.finished() == ["a"])


async def test_what_is_put_off_again_and_again_has_nobody_look_at_the_table(bench: Bench) -> None:
    looks: list[object] = []

    def statement(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        if "min(jobs.run_at)" in sql:  # SQLite's last of a look
            looks.append(sql)

    def commit(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":  # procrastinate's statements pass SQLAlchemy by
            looks.append(connection)

    await bench.settle()
    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", commit)
    try:
        for _ in range(ADDED):
            await bench.add("a", lock="x", coalesce=True, run_at=bench.now + LONG)
        await bench.settle()
    finally:
        event.remove(Engine, "before_cursor_execute", statement)
        event.remove(Engine, "commit", commit)
    own = ADDED if bench.database.shared else 0
    assert len(looks) - own < ADDED / 2, "to settle takes some"


async def test_jobs_that_coalesce_become_one_with_the_newest_arguments_at_the_earliest_time(bench: Bench) -> None:
    await bench.add("a", lock="x", coalesce=True, run_at=bench.now + LONG)
    await bench.add("b", lock="x", coalesce=True, run_at=bench.now + 2 * LONG)
    await bench.settle()
    assert bench.ids() == []
    await bench.add("c", lock="x", coalesce=True)
    await bench.later(3 * LONG)
    assert bench.finished() == ["c"]


async def test_a_running_job_does_not_stand_for_a_new_one(bench: Bench) -> None:
    bench.held = {"a"}
    await bench.add("a", lock="x", coalesce=True)
    await bench.until(lambda: bench.ids() == ["a"])
    await bench.add("b", "c", lock="x", coalesce=True)
    bench.gates["a"].set()
    await bench.until(lambda: bench.finished() == ["a", "c"])
    await bench.settle()
    assert bench.ids() == ["a", "c"]


async def test_an_error_is_tried_again_three_times_then_given_up_and_listed(bench: Bench) -> None:
    bench.errors = {"a": [Broken() for _ in range(4)]}
    await bench.add("a", lock="x")
    for wait in (2.0, 10.0, 60.0):
        await bench.later(wait - 0.5)
        before = len(bench.attempts("a"))
        await bench.later(0.5)
        assert len(bench.attempts("a")) == before + 1
    await bench.until(lambda: bench.given_up == ["a"])
    await bench.settle()
    assert bench.attempts("a") == [1, 2, 3, 4]
    (failed,) = await bench.engine.failed(TENANT)
    assert (failed.args, failed.attempts, failed.reason) == ({"id": "a"}, 4, "Broken")
    assert failed.reference
    assert failed.failed_at == bench.now
    assert await bench.engine.failed(OTHER) == []
    assert await bench.engine.failed(None) == [failed]


async def test_an_error_may_say_when_to_try_again(bench: Bench) -> None:
    bench.errors = {"a": [LaterPlease()]}
    await bench.add("a")
    await bench.later(32.0)
    assert bench.attempts("a") == [1]
    await bench.later(1.0)
    await bench.until(lambda: bench.finished() == ["a"])


async def test_giving_up_is_tried_until_it_works(bench: Bench) -> None:
    bench.errors = {"a": [Broken() for _ in range(4)]}
    bench.refusing_to_give_up = 2
    await bench.add("a")
    for wait in (2.0, 10.0, 60.0, 60.0):
        await bench.later(wait)
    assert bench.given_up == []
    await bench.later(60.0)
    await bench.until(lambda: bench.given_up == ["a"])
    assert bench.attempts("a") == [1, 2, 3, 4]


async def test_a_job_that_cancels_itself_is_tried_again(bench: Bench) -> None:
    bench.errors = {"a": [asyncio.CancelledError()]}
    await bench.add("a")
    await bench.until(lambda: bench.ids() == ["a"])
    await bench.later(2.0)
    await bench.until(lambda: bench.finished() == ["a"])


async def test_a_stop_waits_for_what_runs_and_begins_nothing(bench: Bench) -> None:
    bench.held = {"a"}
    await bench.add("a", "b", lock="x")
    await bench.until(lambda: bench.ids() == ["a"])
    stopping = asyncio.create_task(bench.engine.stop(LONG))
    await bench.database.ping()
    bench.gates["a"].set()
    await stopping
    assert bench.finished() == bench.ids() == ["a"]


async def test_what_a_stop_breaks_off_is_done_by_the_next_start_in_order(bench: Bench) -> None:
    bench.held = {"a"}
    await bench.add("a", "b", lock="x")
    await bench.until(lambda: bench.ids() == ["a"])
    await bench.engine.stop(0.0)
    bench.held = set()
    await bench.restart(0.0)
    await bench.until(lambda: bench.finished() == ["a", "b"])
    assert bench.attempts("a") == [1, 1], "it is no crash"
