"""SIGTERM at any moment: exit code 0 within ten seconds, and the next start ends what was begun, once."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from benchmarks.support.app import MANIFEST
from bot.sandbox import Message, Sandbox
from tests.scenario.post import until
from tests.scenario.stage import CHANNELS, DESK, PRINTER, SECTIONS
from tests.support.process import Process, serving, spawned

PROSE: Final = "It is the device, its port, or the queue on the server: look at the queue first, and then at the rest."
NOTES: Final = "## Problem Summary\nNobody could print.\n\n## Steps Taken\n- Looked.\n\n## Resolution\nDone."


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox(manifest=MANIFEST, limits="off", channels=CHANNELS) as found:
        yield found


def script(folder: Path, name: str, *, every: float) -> Path:
    """Write the script of an assistant that says a few characters every so many seconds."""
    reply = {"prose": PROSE, "title": "Queue", "summary": "No print.", "questions": [{"text": "Is there a queue?"}]}
    pace: dict[str, Any] = {"first": 0, "every": every, "chars": 4}
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"pace": pace, "replies": [reply], "notes": [{"text": NOTES}]}))
    return path


def thread(slack: Sandbox) -> Message:
    return slack.channel(DESK).messages[-1]


def shown(slack: Sandbox, text: str) -> list[Message]:
    messages = slack.channel(DESK).messages
    return [m for m in messages[-1].replies if m.bot and text in m.text_view()] if messages else []


async def stop(process: Process, *signals: int) -> None:
    for number in signals or (signal.SIGTERM,):
        process.signal(number)
    assert await process.ended() == 0
    assert process.other == [], "no traceback, no warning of a task that was left"


async def test_a_reply_and_notes_that_cannot_end_in_time_are_ended_by_the_next_start(
    slack: Sandbox, tmp_path: Path
) -> None:
    slow, fast = script(tmp_path, "slow", every=0.6), script(tmp_path, "fast", every=0.0)
    async with serving(slack, tmp_path, slow) as process:
        await slack.person("Ana").command(DESK, f"/troubleshoot {PRINTER}")
        await slack.until(lambda: shown(slack, "It"), 20)
        assert not shown(slack, PROSE)
        await stop(process)
    async with serving(slack, tmp_path, fast):
        (reply,) = await slack.until(lambda: shown(slack, PROSE), 20)
        assert shown(slack, "It is the") == [reply], "the same message"
    async with serving(slack, tmp_path, slow) as process:
        await slack.person("Ana").command(DESK, "/resolve")
        await slack.until(lambda: shown(slack, "Nob"), 20)
        await stop(process)
    async with serving(slack, tmp_path, fast):
        (notes,) = await slack.until(lambda: shown(slack, "Regenerate"), 20)
        assert [line for line in notes.text_view().splitlines() if line in SECTIONS] == SECTIONS
        assert shown(slack, "Ticket Notes") == [notes]


async def test_a_modal_that_is_submitted_while_the_app_stops_counts_or_is_refused(
    slack: Sandbox, tmp_path: Path
) -> None:
    ana, fast = slack.person("Ana"), script(tmp_path, "fast", every=0.0)
    async with serving(slack, tmp_path, fast) as process:
        await ana.command(DESK, f"/troubleshoot {PRINTER}")
        await slack.until(lambda: shown(slack, "Is there a queue?"), 20)
        await ana.click(thread(slack), "Conclude")
        await ana.choose("Outcome", "Resolved")
        submitted = asyncio.ensure_future(ana.submit())
        await until(lambda: slack._delivery.in_flight > 0)
        await stop(process)
        counted = (await submitted).ok
    async with serving(slack, tmp_path, fast):
        if not counted:
            assert (await ana.submit()).ok
        await slack.until(lambda: shown(slack, "Regenerate"), 20)
        assert len(shown(slack, "Ticket Notes")) == 1


async def test_more_signals_than_one_still_end_it_in_order(slack: Sandbox, tmp_path: Path) -> None:
    async with serving(slack, tmp_path, script(tmp_path, "fast", every=0.0)) as process:
        await stop(process, signal.SIGINT, signal.SIGTERM, signal.SIGTERM)
        assert process.events("stopped")


async def test_a_signal_while_it_starts_ends_it_at_once(tmp_path: Path) -> None:
    asked = asyncio.Event()

    async def keep_waiting(_seconds: float) -> None:
        asked.set()
        await asyncio.Event().wait()

    async with Sandbox(manifest=MANIFEST, limits="off", sleep=keep_waiting) as slack:
        slack.faults.latency("auth.test", 1.0)
        fast = script(tmp_path, "fast", every=0.0)
        async with spawned(slack, tmp_path, fast, SLACK_APP_TOKEN=slack.app_token) as process:
            async with asyncio.timeout(20):
                await asked.wait()
            await stop(process)
            assert not process.events("ready")
