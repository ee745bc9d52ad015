"""Those who write at one time share one transaction on SQLite: each keeps what is theirs, and takes nothing else."""

import asyncio
import random
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from bot import errors
from bot.domain.ids import DeliveryId
from bot.storage import inbox, line
from bot.storage.database import Database, UnitOfWork, let_people_first
from bot.storage.sqlite import SqliteFile
from tests.contract.storage.samples import TENANT, fresh_sqlite


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = fresh_sqlite(tmp_path)
    yield opened
    await opened.close()


class NotDone(Exception):
    """A use case did not go through."""


async def stored(database: Database) -> set[str]:
    async with database.read(TENANT) as uow:
        return set((await uow.execute(text("SELECT id FROM deliveries"))).scalars())


async def write(database: Database, *ids: str, then: Callable[[UnitOfWork], None] = lambda _: None) -> None:
    async with database.write(TENANT) as uow:
        for id in ids:
            await inbox.first_time(uow, DeliveryId(id), 1.0)
        then(uow)


def line_of(database: Database) -> line.WriteLine:
    assert isinstance(database._place, SqliteFile)
    return database._place._line


def refuse(_: UnitOfWork) -> None:
    raise NotDone


@pytest.mark.parametrize("seed", range(4))
async def test_what_was_answered_is_stored_and_what_was_not_left_nothing(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    answered: set[str] = set()
    refused: set[str] = set()
    called: list[str] = []

    async def use_case(number: int) -> None:
        mine = [f"{number}-{part}" for part in range(3)]
        async with database.write(TENANT) as uow:
            uow.after_commit(lambda: called.append(mine[0]))
            for id in mine:
                await inbox.first_time(uow, DeliveryId(id), 1.0)
                for _ in range(pauses[number]):
                    await asyncio.sleep(0)
            if fates[number] == "raises":
                refused.update(mine)
                raise NotDone
        answered.update(mine)

    fates = [chance.choice(["stays", "stays", "raises", "is cancelled"]) for _ in range(80)]
    pauses = [chance.choice([0, 0, 0, 1, 4]) for _ in fates]
    tasks = [asyncio.create_task(use_case(number)) for number in range(len(fates))]
    for number, fate in enumerate(fates):
        if fate == "is cancelled":
            for _ in range(chance.randrange(6)):
                await asyncio.sleep(0)
            tasks[number].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    kept = await stored(database)
    assert answered <= kept
    assert not refused & kept
    for number in range(len(fates)):
        assert len(kept & {f"{number}-{part}" for part in range(3)}) in (0, 3), "all of it or nothing"
    assert {id[:-2] for id in answered} <= {id[:-2] for id in called} <= {id[:-2] for id in kept}
    assert len(called) == len(set(called))


async def test_one_who_raises_takes_nothing_of_the_others_along(database: Database) -> None:
    writers = [write(database, f"d{n}", then=refuse if n % 3 == 0 else lambda _: None) for n in range(30)]
    results = await asyncio.gather(*writers, return_exceptions=True)
    assert [isinstance(result, NotDone) for result in results] == [n % 3 == 0 for n in range(30)]
    assert await stored(database) == {f"d{n}" for n in range(30) if n % 3}


async def test_nobody_is_answered_before_the_commit(database: Database) -> None:
    may_commit = threading.Event()
    event.listen(database.engines["write"], "commit", lambda _: may_commit.wait(5))
    writing = [asyncio.create_task(write(database, f"d{n}")) for n in range(3)]
    done, _ = await asyncio.wait(writing, timeout=0.1)
    assert not done
    assert await stored(database) == set()
    may_commit.set()
    await asyncio.gather(*writing)
    assert await stored(database) == {"d0", "d1", "d2"}


async def test_those_who_wait_share_a_commit(database: Database) -> None:
    commits: list[object] = []
    event.listen(database.engines["write"], "commit", commits.append)
    await asyncio.gather(*(write(database, f"d{n}") for n in range(50)))
    assert len(await stored(database)) == 50
    assert len(commits) <= 10


async def test_a_commit_that_fails_is_everybodys_and_the_next_one_works(database: Database) -> None:
    def full(_: object) -> None:
        fault = sqlite3.OperationalError("database or disk is full")
        fault.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise OperationalError("COMMIT", None, fault)

    event.listen(database.engines["write"], "commit", full)
    results = await asyncio.gather(*(write(database, f"d{n}") for n in range(5)), return_exceptions=True)
    assert [getattr(result, "reason", repr(result)) for result in results] == ["its disk is full"] * 5
    assert await stored(database) == set()
    event.remove(database.engines["write"], "commit", full)
    await write(database, "afterwards")
    assert await stored(database) == {"afterwards"}


async def test_a_disk_that_fills_up_in_the_middle_answers_nobody(database: Database) -> None:
    async def fill() -> None:
        async with database.write(TENANT) as uow:
            await uow.execute(text("PRAGMA max_page_count=1"))
            for number in range(3_000):
                await inbox.first_time(uow, DeliveryId(f"{number}" * 50), 1.0)

    results = await asyncio.gather(
        write(database, "before"), fill(), *(write(database, f"behind {n}") for n in range(3)), return_exceptions=True
    )
    answered = {
        name
        for name, result in zip(["before", "", "behind 0", "behind 1", "behind 2"], results, strict=True)
        if result is None
    }
    assert isinstance(results[1], errors.StorageUnavailable)
    assert await stored(database) == answered


async def test_one_who_hangs_is_put_out_and_the_others_are_stored(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_of(database), "hangs", 0.1)

    async def hang() -> None:
        async with database.write(TENANT) as uow:
            await inbox.first_time(uow, DeliveryId("hangs"), 1.0)
            await asyncio.Event().wait()

    results = await asyncio.gather(write(database, "d1"), hang(), write(database, "d2"), return_exceptions=True)
    assert isinstance(results[1], errors.StorageUnavailable)
    assert await stored(database) == {"d1", "d2"}


async def test_who_waits_for_too_long_is_told_and_leaves_the_line(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_of(database), "patience", 0.05)
    may_end = asyncio.Event()

    async def hold() -> None:
        async with database.write(TENANT) as uow:
            await inbox.first_time(uow, DeliveryId("holds"), 1.0)
            await may_end.wait()

    holding = asyncio.create_task(hold())
    await asyncio.sleep(0)
    results = await asyncio.gather(*(write(database, f"d{n}") for n in range(3)), return_exceptions=True)
    assert [getattr(result, "reason", "") for result in results] == [line.TOO_MANY] * 3
    may_end.set()
    await holding
    assert await stored(database) == {"holds"}


async def test_people_go_before_jobs(database: Database) -> None:
    order: list[str] = []

    async def do(name: str) -> None:
        if name.startswith("job"):
            let_people_first()
        async with database.write(TENANT):
            order.append(name)

    jobs, people = [f"job {n}" for n in range(5)], [f"person {n}" for n in range(5)]
    await asyncio.gather(*(asyncio.create_task(do(name)) for name in ("first", *jobs, *people)))
    assert order == ["first", *people, *jobs]


async def test_thousands_at_once_are_served_or_told_and_nothing_is_left_behind(database: Database) -> None:
    results = await asyncio.gather(*(write(database, f"d{n}") for n in range(2_000)), return_exceptions=True)
    answered = {f"d{n}" for n, result in enumerate(results) if result is None}
    assert all(result is None or isinstance(result, errors.StorageUnavailable) for result in results)
    assert answered
    assert await stored(database) == answered
    assert not line_of(database).waiting
    await write(database, "afterwards")


async def test_a_reader_with_an_old_snapshot_holds_up_no_writer(database: Database) -> None:
    async with database.read(TENANT) as reading:
        await reading.execute(text("SELECT count(*) FROM deliveries"))
        await asyncio.gather(*(write(database, f"d{n}") for n in range(200)))
        assert (await reading.execute(text("SELECT count(*) FROM deliveries"))).scalar() == 0
    assert len(await stored(database)) == 200
