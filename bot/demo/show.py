"""The story on the page: it starts when someone looks, and a button there stops it and plays it again."""

import asyncio
import contextlib
from typing import Final

from rich.console import Console

from bot.demo.tale import Pause, Tale
from bot.sandbox.controls import CannotDo
from bot.sandbox.page import Scene
from bot.sandbox.sandbox import Sandbox

_PATIENCE: Final = 10.0
"""Seconds that the story waits for someone to open the page before it plays in the terminal alone."""
_PLAYING: Final = "Ana works a session. Watch, or stop it and go on yourself."
_WAITING: Final = "Or write /troubleshoot and a problem in #help-desk."
SCRIPTED: Final = "The assistant here has a script: it knows printers, Outlook, VPN and locked accounts."


class Show:
    """Plays the story, again and again if people want it."""

    def __init__(self, slack: Sandbox, console: Console, pause: Pause, *, live: bool = False) -> None:
        self._slack = slack
        self._waiting = _WAITING if live else f"{_WAITING} {SCRIPTED}"
        self._console = console
        self._pause = pause
        self._wanted = asyncio.Event()
        self._playing: asyncio.Timeout | None = None
        self._scene = Scene(name="story", label="Play the story", told=self._waiting, toggle=self._toggle)

    async def play(self) -> None:
        """Play the story to its end."""
        await Tale(self._slack, self._pause).play()
        self._console.print("\n[green]The ticket notes are final.[/green]")

    async def run(self, *, at_once: bool) -> None:
        """Play whenever someone asks for it. `at_once` also when the first page opens, or nobody opens one."""
        self._slack.page.offer(self._scene)
        if at_once:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    await self._slack.page.opened.wait()
            self._wanted.set()
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self._until_stopped()
            self._console.print(f"The workspace stays open at [bold]{self._slack.url}[/bold].")

    async def _until_stopped(self) -> None:
        self._say(running=True)
        try:
            async with asyncio.timeout(None) as self._playing:
                await self.play()
        except TimeoutError:
            self._console.print("\nThe story was stopped.")
        except (CannotDo, AssertionError):
            self._console.print("\nThe story cannot go on: its session went another way.")
        finally:
            self._playing = None
            self._say(running=False)

    def _toggle(self) -> None:
        if self._playing is None:
            self._wanted.set()
        else:
            self._playing.reschedule(0.0)

    def _say(self, *, running: bool) -> None:
        self._scene.running, self._scene.told = running, _PLAYING if running else self._waiting
        self._slack.page.refresh()
