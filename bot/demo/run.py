"""Running the demo: the sandbox, the app pointed at it, and the story that is played in it."""

import asyncio
import contextlib
import secrets
import signal
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from rich.console import Console

from bot import settings
from bot.demo.desk import page_of, ticket_system
from bot.demo.show import SCRIPTED, Show
from bot.errors import ConfigurationError
from bot.sandbox import faultsfile
from bot.sandbox.printing import Printer
from bot.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from bot.app import Tasklane

_PACE: Final = {"first": 0.01, "every": 0.001, "chars": 20}
_STORY: Final = Path(__file__).parent / "story.yaml"
_KEPT: Final = 5_000
"""Entries of the record that stay in memory: the demo may be left running."""
_MANIFEST: Final = Path(__file__).parents[2] / "manifest.yml"


async def demo(
    *,
    script: bool,
    live: bool,
    port: int,
    fast: bool,
    story: bool = True,
    faults: Path | None = None,
    record: Path | None = None,
) -> int:
    """Serve the workspace and play the story in it. With `script`, print the story and end."""
    console = Console(highlight=False, soft_wrap=True)
    at = 0 if script else port

    def welcome(slack: Sandbox, ticket: str) -> None:
        console.print(f"The ticket system has a page, too: [bold]{ticket}[/bold]")
        if not script:
            console.print(f"Open [bold]{slack.url}[/bold] in your browser: a Slack workspace with Tasklane in it.")
            if story:
                console.print("You are Ana; her session is played for you as soon as the page is open.")
            console.print("Write /troubleshoot and a problem in #help-desk to try it yourself. Ctrl-C stops.")
            console.print(f"{'' if live else SCRIPTED}\n")
            if console.is_terminal:
                open_page(slack.url)
        slack.subscribe(Printer(console))

    async with running(live=live, fast=fast, port=at, faults=faults, record=record, welcome=welcome) as slack:
        show = Show(slack, console, _quick if fast else asyncio.sleep, live=live)
        if script:
            await show.play()
        else:
            await _until_stopped(show.run(at_once=story))
    return 0


@contextlib.asynccontextmanager
async def running(
    *,
    live: bool,
    fast: bool,
    port: int = 0,
    faults: Path | None = None,
    record: Path | None = None,
    welcome: Callable[[Sandbox, str], None] = lambda slack, ticket: None,
) -> AsyncIterator[Sandbox]:
    """Run a workspace and the app in it, on a database that is thrown away. `welcome` comes before the app does."""
    slack = Sandbox(manifest=_manifest(), port=port, keep=_KEPT)
    _order(slack, faults)
    with tempfile.TemporaryDirectory(prefix="tasklane-demo-") as folder, _recorded(slack, record):
        async with slack, ticket_system(slack) as desk:
            chosen = _settings(slack, Path(folder), live=live, fast=fast)
            if found := settings.problems(chosen):
                raise ConfigurationError(found)
            slack.expect_app()
            welcome(slack, page_of(desk))
            # in a thread, so that the page can be opened while the app is still being loaded
            app = await (await asyncio.to_thread(_loaded)).start(chosen)
            try:
                await app.services.connections.preset(app.identity.tenant, desk.title, desk.inputs)
                slack.deliver_to(f"http://{app.settings.host}:{app.port}/slack/events")
                yield slack
            finally:
                await app.stop()


def open_page(url: str) -> None:
    """Open a page where there is a browser with a window of its own. Another would take over this terminal."""
    with contextlib.suppress(webbrowser.Error, OSError):
        browser = webbrowser.get()
        if type(browser) is not webbrowser.GenericBrowser:
            browser.open(url)


def _loaded() -> "type[Tasklane]":
    from bot.app import Tasklane

    return Tasklane


def _order(slack: Sandbox, faults: Path | None) -> None:
    """Let trouble come as the faults file has it."""
    if faults is not None:
        try:
            ordered = faultsfile.load(faults)
        except faultsfile.BadFaultsFile as wrong:
            raise ConfigurationError([str(wrong)]) from wrong
        slack.faults.follow(ordered.plans(), seed=ordered.seed)


@contextlib.contextmanager
def _recorded(slack: Sandbox, record: Path | None) -> Iterator[None]:
    """Write the record to a file while it grows."""
    if record is None:
        yield
        return
    try:
        record.touch()
    except OSError as cause:
        raise ConfigurationError([f"{record}: cannot be written: {cause.strerror}"]) from cause
    with slack.record.written_to(record):
        yield


def _settings(slack: Sandbox, folder: Path, *, live: bool, fast: bool) -> settings.Settings:
    chosen: dict[str, Any] = {
        "slack_bot_token": slack.bot_token,
        "slack_signing_secret": slack.signing_secret,
        "slack_app_token": None,
        "slack_client_id": None,
        "slack_client_secret": None,
        "slack_api_url": slack.api_url,
        "database_url": f"sqlite+aiosqlite:///{folder}/demo.db",
        "tasklane_provider": "anthropic" if live else "scripted",
        "tasklane_script": _hurried(folder) if fast else None,
        "tasklane_secret_key": secrets.token_urlsafe(24),
        "tasklane_allow_private_hosts": True,
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
    """Read the manifest of the checkout, so that missing scopes show. An installed package has none."""
    return yaml.safe_load(_MANIFEST.read_text(encoding="utf-8")) if _MANIFEST.exists() else None


async def _quick(_seconds: float) -> None:
    """Take no time, as people in a hurry do."""
    await asyncio.sleep(0)


async def _until_stopped(work: Awaitable[None]) -> None:
    """Wait for work that only a signal ends."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(None) as stopping:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, stopping.reschedule, 0.0)
            await work
