"""How long `tasklane serve` takes until it is ready, what memory it holds then, and how fast it stops."""

import asyncio
import os
import signal
import socket
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import aiohttp

from benchmarks.common import Figure, database, run
from benchmarks.support.anthropic_wire import AnthropicWire
from benchmarks.support.app import MANIFEST
from bot.domain.ids import ChannelId, MessageTs, SessionId, TeamId, Tenant, UserId
from bot.domain.sessions import Session, Status
from bot.sandbox import Sandbox
from bot.storage import sessions as rows

SESSIONS: Final = 1_000
OWNERS: Final = ("U0ANA", "U0BEN", "U0DANA", "U0OTHER")
LIBRARIES: Final = "aiohttp, pydantic_settings, slack_bolt.app.async_app, sqlalchemy.ext.asyncio, structlog, typer"
PATIENCE: Final = 30.0
PROGRAM: Final = Path(sys.executable).with_name("tasklane")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One life of the process. Times in seconds, memory in MB."""

    ready: float
    reply: float
    memory_ready: float
    memory_used: float
    stop: float
    code: int


async def measure(quick: bool) -> list[Figure]:
    """Start the program a few times on a database that has been in use."""
    with TemporaryDirectory(prefix="tasklane-bench-") as folder:
        file = Path(folder) / "tasklane.db"
        await fill(file)
        await loaded()  # the bytecode is written, and the files are in memory
        bare = [await loaded() for _ in range(2 if quick else 5)]
        runs = [await life(file) for _ in range(2 if quick else 5)]
    return [
        Figure(what=f"spawn → /readyz, median of {len(runs)}", value=median(runs, "ready"), unit="s", below=4),
        Figure(what="spawn → /readyz, slowest", value=max(r.ready for r in runs), unit="s", below=4),
        Figure(
            what="spawn → /readyz / loading the libraries alone",
            value=median(runs, "ready") / statistics.median(bare),
            unit="×",
        ),
        Figure(what="ready → first reply in Slack", value=median(runs, "reply"), unit="s"),
        Figure(what="memory when ready", value=max(r.memory_ready for r in runs), unit="MB", below=220),
        Figure(what="memory after Home and one message", value=max(r.memory_used for r in runs), unit="MB", below=220),
        Figure(what="SIGTERM → exit, slowest", value=max(r.stop for r in runs), unit="s", below=10),
        Figure(what="exit code", value=max(abs(r.code) for r in runs), unit="", at_most=0),
    ]


async def loaded() -> float:
    """Load the libraries that a start needs, and nothing else. Return the seconds."""
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", f"import {LIBRARIES}")
    assert await process.wait() == 0
    return time.perf_counter() - started


def median(runs: list[Run], name: str) -> float:
    """Return the median of one of the runs' figures."""
    return statistics.median(float(getattr(run, name)) for run in runs)


async def life(file: Path) -> Run:
    """Start the program, use it once, and stop it."""
    async with AnthropicWire() as wire, Sandbox(manifest=MANIFEST, limits="off") as slack:
        port = free_port()
        slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")
        async with serving(environment(slack, wire, file, port)) as (process, spawned):
            await until_ready(process, port)
            ready = time.perf_counter()
            memory_ready = resident(process.pid)
            reply = await use(slack, ready)
            memory_used = resident(process.pid)
            asked = time.perf_counter()
            process.send_signal(signal.SIGTERM)
            code = await process.wait()
    return Run(
        ready=ready - spawned,
        reply=reply,
        memory_ready=memory_ready,
        memory_used=memory_used,
        stop=time.perf_counter() - asked,
        code=code,
    )


@asynccontextmanager
async def serving(env: dict[str, str]) -> AsyncIterator[tuple[asyncio.subprocess.Process, float]]:
    """Run `tasklane serve` in an empty folder, so that no .env is read. Yields when it was spawned, too."""
    with TemporaryDirectory(prefix="tasklane-bench-") as empty:
        spawned = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            PROGRAM, "serve", cwd=empty, env=env, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            yield process, spawned
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def environment(slack: Sandbox, wire: AnthropicWire, file: Path, port: int) -> dict[str, str]:
    """Configure the program as .env.example does. What is left empty there is empty here."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_APP_TOKEN": "",
        "SLACK_API_URL": slack.api_url,
        "ANTHROPIC_API_KEY": "x",
        "ANTHROPIC_BASE_URL": wire.url,
        "TASKLANE_PROVIDER": "anthropic",
        "DATABASE_URL": f"sqlite+aiosqlite:///{file}",
        "HOST": "",
        "PORT": str(port),
        "LOG_LEVEL": "",
        "LOG_FORMAT": "",
    }


async def until_ready(process: asyncio.subprocess.Process, port: int) -> None:
    """Ask `/readyz` until it answers 200."""
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
        while True:
            assert process.returncode is None, "the program ended before it was ready"
            try:
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.01)


async def use(slack: Sandbox, ready: float) -> float:
    """Open Home, start a session, and return the seconds from readiness until its first reply is there."""
    ana = slack.person("Ana")
    await ana.command("help-desk", "/troubleshoot Nobody can print")
    await ana.open_home()

    def replied() -> bool:
        messages = slack.channel("help-desk").messages
        return bool(messages) and any("Let us find out what changed" in m.text_view() for m in messages[-1].replies)

    await slack.until(replied, PATIENCE)
    reply = time.perf_counter() - ready
    await slack.until(lambda: ana.home, PATIENCE)
    await slack.settled(0.3)
    return reply


def resident(pid: int) -> float:
    """Read how much memory a process holds, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def fill(file: Path) -> None:
    """Put a thousand open sessions into a new database."""
    tenant = Tenant(team=TeamId(Sandbox.team_id))
    async with database(file) as opened, opened.write(tenant) as uow:
        for number in range(SESSIONS):
            began = time.time() - 600 * (number + 1)
            session = Session(
                id=SessionId(f"session-{number}"),
                channel=ChannelId("C0HELPDESK"),
                thread=MessageTs(f"{began:.6f}"),
                owner=UserId(OWNERS[number % len(OWNERS)]),
                status=Status.ACTIVE,
                title=f"Accounting prints nothing, case {number}",
                titled=True,
                problem="Nobody in Accounting can print since this morning. " * 8,
                summary="Nobody in Accounting can print.",
                resolution="",
                opened_at=began,
                active_since=began,
                worked=0.0,
                messages=12,
            )
            await rows.insert(uow, session)


if __name__ == "__main__":
    run("Start and stop", measure)
