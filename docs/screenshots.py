"""Takes the README's pictures: the main states of a session, in the demo's workspace, in the machine's Chromium.

Run it with `python docs/screenshots.py` from the root of the repository.
"""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.async_api import Page

from bot import log
from bot.demo.run import running
from bot.demo.tale import CHANNEL, Tale
from bot.sandbox.sandbox import Sandbox

ROOT: Final = Path(__file__).parents[1]
DOCS: Final = ROOT / "docs"
LARGEST: Final = 150_000
SIZE: Final = {"width": 1100, "height": 640}

Shown = Callable[[], bool]


class Camera:
    """Takes pictures of one page while the story is played in it."""

    def __init__(self, page: Page, slack: Sandbox) -> None:
        ana = slack.person("Ana")
        self._page = page
        self._slack = slack
        self.moments: dict[str, Shown] = {
            "lane": lambda: "Draft saved" in self._thread() and "Answered" in self._thread(),
            "answer": lambda: bool(ana.modal and ana.modal.title == "Answer" and "pile up" in ana.modal.text_view()),
        }

    def _thread(self) -> str:
        messages = self._slack.channel(CHANNEL).messages
        return self._slack.transcript(CHANNEL) if messages else ""

    async def pause(self, _seconds: float) -> None:
        """Take the pictures whose moment has come, where the story makes a pause."""
        for name in [name for name, shown in self.moments.items() if shown()]:
            del self.moments[name]
            await self.take(name)

    async def take(self, name: str) -> None:
        """Take one picture."""
        await self._slack.settled(0.3)
        await self._page.mouse.move(400, 5)
        path = DOCS / f"{name}.png"
        await self._page.screenshot(path=path, animations="disabled", caret="hide")
        size = path.stat().st_size
        print(f"{path.relative_to(ROOT)}: {size // 1000} KB{' - too large' if size > LARGEST else ''}")


async def main() -> None:
    """Play the story in front of the camera, and then show the rest."""
    from benchmarks.support.chromium import chromium

    log.configure("ERROR", "console")
    async with running(live=False, fast=True) as slack, chromium() as browser:
        page = await browser.new_page(viewport=SIZE)
        await page.goto(slack.url)
        await page.wait_for_selector("#messages")
        camera = Camera(page, slack)
        await Tale(slack, camera.pause).play()
        await page.locator("#replies .message", has_text="Problem Summary").evaluate("notes => notes.scrollIntoView()")
        await camera.take("notes")
        await slack.person("Ana").command(CHANNEL, "/troubleshoot Outlook asks for the password again and again")
        await slack.settled(0.5)
        await page.get_by_role("link", name="Tasklane").click()
        await page.get_by_role("tab", name="Home").click()
        await page.get_by_role("textbox").first.wait_for()
        await camera.take("home")
        await page.emulate_media(color_scheme="dark")
        await page.get_by_role("link", name="help-desk").click()
        await page.get_by_role("button", name="replies").first.click()
        await page.locator("#replies .json").last.click()
        await camera.take("dark-inspector")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    asyncio.run(main())
