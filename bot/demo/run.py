"""Running the demo: the sandbox, the app pointed at it, and the story that is played in it."""

import asyncio
import contextlib
import signal
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import yaml
from rich.console import Console

from bot import settings
from bot.app import Tasklane
from bot.demo.tale import Tale
from bot.sandbox.printing import Printer
from bot.sandbox.sandbox import Sandbox

_PACE: Final = {"first": 0.01, "every": 0.001, "chars": 20}
_STORY: Final = Path(__file__).parent / "story.yaml"
_MANIFEST: Final = Path(__file__).parents[2] / "manifest.yml"


async def demo(*, script: bool, live: bool, port: int, fast: bool) -> int:
    """Play the story; without `script`, keep the workspace open afterwards until the process is stopped."""
    console = Console(highlight=False)
    async with running(live=live, fast=fast, port=0 if script else port) as slack:
        if not script:
            console.print(f"Your Slack workspace is at [bold]{slack.url}[/bold] (Ctrl-C stops it). A session:\n")
        slack.subscribe(Printer(console))
        await Tale(slack, _quick if fast else asyncio.sleep).play()
        console.print("\n[green]The ticket notes are final.[/green]")
        if not script:
            console.print(f"The workspace stays open at [bold]{slack.url}[/bold].")
            await _stopped()
    return 0


@contextlib.asynccontextmanager
async def running(*, live: bool, fast: bool, port: int = 0) -> AsyncIterator[Sandbox]:
    """Run a workspace and the app in it, on a database that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="tasklane-demo-") as folder:
        async with Sandbox(manifest=_manifest(), port=port) as slack:
            app = await Tasklane.start(_settings(slack, Path(folder), live=live, fast=fast))
            try:
                slack.deliver_to(f"http://{app.settings.host}:{app.port}/slack/events")
                yield slack
            finally:
                await app.stop()


def _settings(slack: Sandbox, folder: Path, *, live: bool, fast: bool) -> settings.Settings:
    chosen: dict[str, Any] = {
        "slack_bot_token": slack.bot_token,
        "slack_signing_secret": slack.signing_secret,
        "slack_app_token": None,
        "slack_api_url": slack.api_url,
        "database_url": f"sqlite+aiosqlite:///{folder}/demo.db",
        "tasklane_provider": "anthropic" if live else "scripted",
        "tasklane_script": _hurried(folder) if fast else None,
        "tasklane_notes_channel": slack.channel("ticket-notes").id,
        "host": "127.0.0.1",
        "port": 0,
    }
    return settings.load(**chosen)


def _hurried(folder: Path) -> Path:
    """Write the assistant's script anew, without its pauses."""
    script = yaml.safe_load(_STORY.read_text(encoding="utf-8"))
    hurried = folder / "story.yaml"
    hurried.write_text(yaml.safe_dump({**script, "pace": _PACE}), encoding="utf-8")
    return hurried


def _manifest() -> dict[str, Any] | None:
    """Read the manifest of the checkout, so that missing scopes show; an installed package has none."""
    return yaml.safe_load(_MANIFEST.read_text(encoding="utf-8")) if _MANIFEST.exists() else None


async def _quick(_seconds: float) -> None:
    """Take no time, as people in a hurry do."""
    await asyncio.sleep(0)


async def _stopped() -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    await stopping.wait()
