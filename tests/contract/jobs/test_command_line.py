"""`tasklane jobs`, beside the app that serves."""

import asyncio
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests.contract.jobs.bench import TENANT, Bench, Broken

ROOT = Path(__file__).parents[3]


async def tasklane(url: str, *words: str) -> tuple[int, str]:
    """Run the command beside the app that serves. Return its exit code and what it says."""
    environment = {"DATABASE_URL": url, "COLUMNS": "200"}
    ran = await asyncio.to_thread(CliRunner().invoke, app, words, env=environment)
    return ran.exit_code, ran.output


async def process(url: str, *words: str) -> tuple[int, str]:
    """Run the command as a process of its own."""
    env = {"PYTHONPATH": str(ROOT), "DATABASE_URL": url}
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, env=env, stdout=-1, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await running.communicate()
    assert running.returncode is not None
    return running.returncode, said.decode()


async def given_up(bench: Bench, *ids: str) -> None:
    """Have jobs fail until they are given up."""
    bench.now = float(int(time.time()))  # databases round to microseconds, each in its own way
    bench.errors = {id: [Broken() for _ in range(4)] for id in ids}
    await bench.add(*ids)
    for wait in (2.0, 10.0, 60.0):
        await bench.later(wait)
    async with asyncio.timeout(10.0):
        while len(await bench.engine.failed(None)) < len(ids):
            pass


async def test_jobs_that_were_given_up_are_listed_and_run_again_while_the_app_serves(bench: Bench, url: str) -> None:
    bench.database.claim()
    await given_up(bench, "a", "b")
    newest, oldest = await bench.engine.failed(None)
    code, said = await tasklane(url, "jobs")
    assert code == 0
    heading, first, second = said.splitlines()
    assert heading.split() == ["id", "job", "workspace", "session", "attempts", "reason", "reference", "given", "up"]
    assert first.split()[:6] == [str(newest.id), "work", TENANT.team, "4", "Broken", newest.reference]
    assert second.split()[0] == str(oldest.id)

    assert await tasklane(url, "jobs", "retry", str(newest.id)) == (0, "1 of 1 will run again.\n")
    await bench.until(lambda: len(bench.finished()) == 1)
    assert await tasklane(url, "jobs", "retry", "--all") == (0, "1 of 1 will run again.\n")
    await bench.until(lambda: sorted(bench.finished()) == ["a", "b"])


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_where_nothing_was_given_up_nothing_is_listed_or_run(url: str) -> None:
    assert await process(url, "jobs") == (0, "No job was given up.\n")
    unknown = await tasklane(url, "jobs", "retry", "12345")
    assert unknown == (1, "0 of 1 will run again.\nNo job of the id 12345 was given up.\n")
    assert await tasklane(url, "jobs", "retry") == (1, "Name the ids of jobs, or --all.\n")


async def test_a_database_that_cannot_be_opened_is_one_line() -> None:
    for words in (("jobs",), ("db", "upgrade")):
        code, said = await process("sqlite+aiosqlite:////nowhere/tasklane.db", *words)
        assert code == 1
        assert said.startswith("DATABASE_URL: the database cannot be used: ")
        assert said.count("\n") == 1
