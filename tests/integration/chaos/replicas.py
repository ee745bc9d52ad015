"""The app's processes, and who starts them again: each is killed without a word and comes back."""

import asyncio
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.integration.chaos import child

ROOT: Final = Path(__file__).parents[3]
BOOT: Final = 60.0
"""The longest a start may take, in seconds; a machine that does much else is slow."""
STOP: Final = 10.0
"""What the app promises for SIGTERM."""


class ReplicaProcess:
    """One process of the app, and those that come after it."""

    def __init__(self, name: str, environment: Mapping[str, str], folder: Path, *, plenty: bool) -> None:
        self.name = name
        self.port = 0
        self.spawned = 0.0
        self.ready_at = 0.0
        self.starts = 0
        self.seen: Counter[str] = Counter()
        """What the process complained about, by event and error."""
        self._environment = environment
        self._folder = folder
        self._clock = folder / f"{name}.clock"
        self._plenty = plenty
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._ending = False
        self.fell = False
        """Whether a process ended that nobody had ended."""
        self.jump(0.0)

    @property
    def live(self) -> bool:
        """Whether Slack's deliveries may go there."""
        return self._ready.is_set() and self._process is not None and self._process.returncode is None

    def jump(self, ahead: float) -> None:
        """Set how far this machine's clock is ahead."""
        if not self._clock.exists():
            self._clock.write_bytes(child.OFFSET.pack(ahead))
            return
        with self._clock.open("r+b") as file:  # in place: a running process has the file mapped
            file.write(child.OFFSET.pack(ahead))

    async def spawn(self) -> None:
        """Start a process. `ready` waits until it can work."""
        self._ready.clear()
        self._ending = False
        self.starts += 1
        self.spawned = time.monotonic()
        arguments = ["-m", "tests.integration.chaos.child", str(self._clock), *(["plenty"] if self._plenty else [])]
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, cwd=self._folder, env=self._environment, stderr=asyncio.subprocess.PIPE
        )
        self._reader = asyncio.create_task(self._read(self._process))

    async def ready(self) -> None:
        """Wait until the process says that it is ready."""
        async with asyncio.timeout(BOOT):
            await self._ready.wait()
        if not self.live:
            raise AssertionError(f"{self.name} did not start; its log is {self._log}")

    def kill(self) -> None:
        """End the process at once, as kill -9 does."""
        self._ready.clear()
        self._ending = True
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def ended(self) -> int:
        """Wait for the end of the process, and return its exit code."""
        assert self._process is not None
        assert self._reader is not None
        await self._reader
        return await self._process.wait()

    async def stop(self) -> int:
        """Ask the process to end as a deploy does, and return its exit code."""
        assert self._process is not None
        self._ready.clear()
        self._ending = True
        if self._process.returncode is None:
            self._process.terminate()
        async with asyncio.timeout(STOP):
            return await self.ended()

    @property
    def _log(self) -> Path:
        return self._folder / f"{self.name}.log"

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        with self._log.open("ab") as log:
            async for raw in process.stderr:
                log.write(raw)
                self._note(raw)
        self.fell = self.fell or not self._ending
        self._ready.set()  # nobody waits for a process that is gone

    def _note(self, raw: bytes) -> None:
        try:
            line: dict[str, Any] = json.loads(raw)
        except ValueError:
            self.seen[f"stderr: {raw[:80]!r}"] += 1
            return
        if line.get("event") == "ready":
            self.port = int(line["port"])
            self.ready_at = time.monotonic()
            self._ready.set()
        elif line.get("level") not in ("info", "debug"):
            self.seen[f"{line.get('event')} {line.get('error') or line.get('fault') or ''}".strip()] += 1


def environment(slack_url: str, database: str, script: Path, **more: str) -> dict[str, str]:
    """Configure a process, and let nothing of this machine's configuration in."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(ROOT),
        "SLACK_API_URL": slack_url,
        "TASKLANE_PROVIDER": "scripted",
        "TASKLANE_SCRIPT": str(script),
        "DATABASE_URL": database,
        "PORT": "0",
        "LOG_LEVEL": "INFO",
        "LOG_FORMAT": "json",
        **more,
    }
