"""`tasklane serve` as a process of its own, pointed at the sandbox. What it logs can be waited for."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from benchmarks.support import sqlite
from bot.sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[2]


class Process:
    """A running program, and the lines that it has logged."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid
        self.log: list[dict[str, Any]] = []
        self.other: list[str] = []
        """What it wrote that is no log line."""
        self._more = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stderr is not None
        async for raw in self._process.stderr:
            line = raw.decode().rstrip()
            async with self._more:
                if line.startswith("{"):
                    self.log.append(json.loads(line))
                else:
                    self.other.append(line)
                self._more.notify_all()

    async def until(self, event: str, timeout: float = 20.0, count: int = 1) -> dict[str, Any]:  # noqa: ASYNC109
        """Wait until an event was logged, and return its line."""
        try:
            async with asyncio.timeout(timeout), self._more:
                await self._more.wait_for(lambda: len(self.events(event)) >= count)
        except TimeoutError:
            raise AssertionError(f"no {event!r} within {timeout} s in {self.log} {self.other}") from None
        return self.events(event)[-1]

    def events(self, event: str) -> list[dict[str, Any]]:
        """List the lines of an event."""
        return [line for line in self.log if line.get("event") == event]

    def signal(self, number: int) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    async def ended(self, timeout: float = 10.0) -> int:  # noqa: ASYNC109
        """Wait for the end and return the exit code."""
        async with asyncio.timeout(timeout):
            code = await self._process.wait()
            await self._reading
        return code

    async def clear(self) -> None:
        """Kill it if it is still there."""
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        await self._reading


@asynccontextmanager
async def spawned(slack: Sandbox, folder: Path, script: Path, **more: str) -> AsyncIterator[Process]:
    """Run the program with its database in `folder`, as soon as it can be spawned. Killed at the end."""
    sqlite.prepare(folder / "tasklane.db")
    environment: Mapping[str, str] = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(ROOT),
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "TASKLANE_PROVIDER": "scripted",
        "TASKLANE_SCRIPT": str(script),
        "DATABASE_URL": sqlite.url(folder / "tasklane.db"),
        "PORT": "0",
        **more,
    }
    process = Process(
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", cwd=folder, env=environment, stderr=asyncio.subprocess.PIPE
        )
    )
    try:
        yield process
    finally:
        await process.clear()


@asynccontextmanager
async def serving(slack: Sandbox, folder: Path, script: Path, **more: str) -> AsyncIterator[Process]:
    """Run the program and have Slack deliver to it once it is ready."""
    async with spawned(slack, folder, script, **more) as process:
        port = (await process.until("ready"))["port"]
        slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")
        yield process
