"""A database that cannot be written: said once, refused politely, and everything that was accepted is done later."""

import json
import resource
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from benchmarks.support.app import MANIFEST
from bot.sandbox import Message, Sandbox
from tests.integration.test_stopping import PROSE, script, shown, thread
from tests.scenario.stage import CHANNELS, DESK, PRINTER
from tests.support.process import Process, serving, spawned

REFUSED = "I could not save that just now"


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    # The machine may be busy with other tests: what is measured here is not the time.
    async with Sandbox(manifest=MANIFEST, limits="off", channels=CHANNELS, ack_seconds=10.0) as found:
        yield found


async def ready(process: Process) -> tuple[int, str]:
    url = f"http://127.0.0.1:{process.events('ready')[0]['port']}/readyz"
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer.status, (await answer.json()).get("reason", "")


async def until_ready(process: Process) -> None:
    """Ask like those who run the app do, again and again."""
    while (await ready(process))[0] != 200:
        pass


@asynccontextmanager
async def unwritable(process: Process) -> AsyncIterator[None]:
    """Let the process write no byte into any file."""
    _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, hard))
    yield
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))


async def refuses(slack: Sandbox, process: Process, root: Message, reason: str) -> Message:
    """Find new work refused, and the reason said in one place each. Return a message that was not taken."""
    ana = slack.person("Ana")
    said = await ana.say(DESK, "Said while nothing could be saved", thread=root)
    await slack.until(lambda: [e for e in slack.record.deliveries("message") if e.data["status"] == 503], 20)
    for _ in range(3):
        assert (await ana.command(DESK, f"/troubleshoot {PRINTER}")).ok
        assert (await ana.click(lanes(root)[-1], "Skip", near="Q1.")).ok
    assert len([m for m in ana.ephemerals if REFUSED in m.text_view()]) == 6
    status, why = await ready(process)
    assert status == 503
    assert reason in why
    assert [line["error"] for line in process.events("storage unavailable")] == [why.split(": ")[1].rstrip(".")]
    return said


async def recovers(slack: Sandbox, process: Process, root: Message) -> None:
    """Find everything back to work by itself: what Slack delivers again is taken, once."""
    await until_ready(process)
    assert len(process.events("storage available again")) == 1
    event = next(e.data["payload"]["event_id"] for e in slack.record.deliveries("message") if e.data["status"] == 503)
    slack.redeliver(event)
    slack.redeliver(event)
    await slack.until(lambda: len(shown(slack, PROSE)) == 2, 20)
    await slack.settled(0.3)
    assert len(shown(slack, PROSE)) == 2
    await slack.until(lambda: lanes(root) and root.replies[-1] is lanes(root)[-1], 20)  # moved below the reply
    assert (await slack.person("Ana").click(lanes(root)[-1], "Skip", near="Q1.")).ok
    await slack.until(lambda: shown(slack, "Skipped"), 20)
    errors = [line for line in process.log if line["level"] == "error" and line["event"] != "storage unavailable"]
    assert len(errors) <= 2, errors


def lanes(root: Message) -> list[Message]:
    return [m for m in root.replies if m.bot and not m.deleted and m.text.startswith("Tasks")]


async def begun(slack: Sandbox) -> Message:
    """Start a session, and wait for its lane."""
    assert (await slack.person("Ana").command(DESK, f"/troubleshoot {PRINTER}")).ok
    await slack.until(lambda: shown(slack, "Is there a queue?"), 20)
    await slack.settled(0.3)
    return thread(slack)


async def test_a_disk_that_takes_nothing_any_more(slack: Sandbox, tmp_path: Path) -> None:
    async with serving(slack, tmp_path, script(tmp_path, "fast", every=0.0)) as process:
        root = await begun(slack)
        async with unwritable(process):
            await refuses(slack, process, root, "its disk")
        await recovers(slack, process, root)


async def test_a_reply_that_was_being_written_when_the_disk_filled_up_is_ended_afterwards(
    slack: Sandbox, tmp_path: Path
) -> None:
    async with serving(slack, tmp_path, script(tmp_path, "slow", every=0.1)) as process:
        assert (await slack.person("Ana").command(DESK, f"/troubleshoot {PRINTER}")).ok
        await slack.until(lambda: shown(slack, "It"), 20)
        async with unwritable(process):
            await process.until("storage unavailable")
            assert (await ready(process))[0] == 503
        await slack.until(lambda: shown(slack, "Is there a queue?"), 30)
        assert len(shown(slack, PROSE)) == 1
        assert len(shown(slack, "It is the device")) == 1


async def test_a_file_that_another_program_has_locked(slack: Sandbox, tmp_path: Path) -> None:
    async with serving(slack, tmp_path, script(tmp_path, "fast", every=0.0)) as process:
        root = await begun(slack)
        other = sqlite3.connect(tmp_path / "tasklane.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await refuses(slack, process, root, "another program has locked its file")
        other.execute("ROLLBACK")
        other.close()
        await recovers(slack, process, root)


async def test_a_file_that_is_moved_away_and_put_back(slack: Sandbox, tmp_path: Path) -> None:
    file, away = tmp_path / "tasklane.db", tmp_path / "elsewhere.db"
    async with serving(slack, tmp_path, script(tmp_path, "fast", every=0.0)) as process:
        root = await begun(slack)
        file.rename(away)
        await refuses(slack, process, root, "its file was deleted, moved or replaced")
        file.write_bytes(b"")
        assert (await ready(process))[0] == 503, "another file in its place is not it"
        away.rename(file)
        await recovers(slack, process, root)


async def test_a_second_process_and_a_file_that_cannot_be_used_end_with_one_line(
    slack: Sandbox, tmp_path: Path
) -> None:
    fast = script(tmp_path, "fast", every=0.0)
    async with serving(slack, tmp_path, fast), spawned(slack, tmp_path, fast) as second:
        assert await second.ended(30.0) == 1
        assert len(second.other) == 1
        assert "Another `tasklane serve` is running on" in second.other[0]
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "tasklane.db").write_text(json.dumps(["no database"] * 100))
    async with spawned(slack, broken, fast) as third:
        assert await third.ended(30.0) == 1
        assert len(third.other) == 1
        assert "DATABASE_URL" in third.other[0]
