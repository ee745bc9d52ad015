"""Takes the pictures of the README and the docs, and the film of a lane and of notes that stream.

Everything is played in the demo's workspace, in the machine's Chromium: `make pictures`.
"""

import asyncio
import contextlib
import io
import sys
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.async_api import Page

from bot import log
from bot.demo.run import running
from bot.demo.tale import CHANNEL, Tale
from bot.sandbox.sandbox import Sandbox

ROOT: Final = Path(__file__).parents[1]
DOCS: Final = ROOT / "docs"
LARGEST: Final = 150_000
"""Bytes of a picture."""
LARGEST_FILM: Final = 1_500_000
SIZE: Final = {"width": 1100, "height": 640}
SHOTS_A_SECOND: Final = 8
COLOURS: Final = 64
LONGEST: Final = 1.2
"""Seconds for which nothing may happen in the film."""
SHORTEST: Final = 0.06
FILMED: Final = ("start", "first lane", "notes")
"""The scenes that the film shows: the lane, and the notes that write themselves."""

Shown = Callable[[], bool]


class Film:
    """Pictures of the page, one for each change that the browser draws, each with its time."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._frames: list[tuple[bytes, float]] = []

    @contextlib.asynccontextmanager
    async def rolling(self) -> AsyncIterator[None]:
        """Film until the end of the block."""
        browser = await self._page.context.new_cdp_session(self._page)
        asked: set[asyncio.Task[Any]] = set()

        def take(frame: dict[str, Any]) -> None:
            asked.add(asyncio.create_task(browser.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})))
            shot, at = b64decode(frame["data"]), float(frame["metadata"]["timestamp"])
            if not self._frames or at - self._frames[-1][1] >= 1 / SHOTS_A_SECOND:
                self._frames.append((shot, at))
            else:
                self._frames[-1] = (shot, self._frames[-1][1])

        browser.on("Page.screencastFrame", take)
        await browser.send("Page.startScreencast", {"format": "png"})
        try:
            yield
        finally:
            await browser.send("Page.stopScreencast")
            await asyncio.gather(*asked, return_exceptions=True)
            await browser.detach()

    def write(self, path: Path) -> None:
        """Write the film as a GIF that begins again at its end."""
        pictures = [Image.open(io.BytesIO(shot)).convert("RGB") for shot, _ in self._frames]
        times = [at for _, at in self._frames]
        waits = [min(max(after - at, SHORTEST), LONGEST) for at, after in pairwise(times)]
        palette = _all_of(pictures).quantize(COLOURS)
        frames = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
        durations = [round(1000 * wait) for wait in (*waits, 2 * LONGEST)]
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=durations, loop=0, optimize=True)
        _report(path, LARGEST_FILM)


def _all_of(pictures: Sequence[Image.Image]) -> Image.Image:
    """Put some of the pictures below each other, so that all their colours are in one."""
    some = pictures[:: max(1, len(pictures) // 6)]
    together = Image.new("RGB", (SIZE["width"], SIZE["height"] * len(some)))
    for number, picture in enumerate(some):
        together.paste(picture, (0, SIZE["height"] * number))
    return together


class Camera:
    """Takes pictures of one page while the story is played in it."""

    def __init__(self, page: Page, slack: Sandbox) -> None:
        self._page = page
        self._slack = slack
        self._ana = slack.person("Ana")
        self.moments: dict[str, Shown] = {
            "lane": lambda: "Draft saved" in self._thread() and "Answered" in self._thread(),
            "answer": lambda: self._modal("Answer", "pile up"),
            "folded": lambda: "Tasks (" in self._thread(),
            "conclude": lambda: self._modal("Conclude session", ""),
            "push": lambda: self._modal("Push to ticket", ""),
        }

    def _thread(self) -> str:
        messages = self._slack.channel(CHANNEL).messages
        return self._slack.transcript(CHANNEL) if messages else ""

    def _modal(self, title: str, text: str) -> bool:
        modal = self._ana.modal
        return modal is not None and modal.title == title and text in modal.text_view()

    async def pause(self, seconds: float) -> None:
        """Take the pictures whose moment has come, where the story makes a pause."""
        for name in [name for name, shown in self.moments.items() if shown()]:
            del self.moments[name]
            await self.take(name)
        await asyncio.sleep(seconds / 2)

    async def take(self, name: str) -> None:
        """Take one picture."""
        await self._slack.settled(0.3)
        await self._page.mouse.move(400, 5)
        path = DOCS / f"{name}.png"
        shot = await self._page.screenshot(animations="disabled", caret="hide")
        # Few colours: a page of text looks the same, and takes half the room.
        Image.open(io.BytesIO(shot)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        _report(path, LARGEST)


def _report(path: Path, largest: int) -> None:
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {size // 1000} KB{' - too large' if size > largest else ''}")


async def main() -> None:
    """Play the story in front of the camera, and then show the rest."""
    from benchmarks.support.chromium import chromium

    log.configure("ERROR", "console")
    async with running(live=False, fast=False) as slack, chromium() as browser:
        page = await browser.new_page(viewport=SIZE)
        await page.goto(slack.url)
        await page.wait_for_selector("#messages")
        camera, film = Camera(page, slack), Film(page)
        for name, scene in Tale(slack, camera.pause).scenes.items():
            async with film.rolling() if name in FILMED else contextlib.nullcontext():
                await scene()
            if name == "notes":
                shown = page.locator("#replies .message", has_text="Problem Summary")
                await shown.evaluate("notes => notes.scrollIntoView()")
                await camera.take("notes")
        film.write(DOCS / "session.gif")
        await slack.person("Ana").command(CHANNEL, "/troubleshoot Outlook asks for the password again and again")
        await slack.settled(3.0)
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
