"""The machine's own Chromium, for the tests, the benchmark and the pictures of the page."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import Browser, async_playwright

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING: Final = "there is no Chromium on this machine; on Debian: apt-get install chromium"


def path() -> str:
    """Return where Chromium is. Empty when there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), "")


@asynccontextmanager
async def chromium(*flags: str) -> AsyncIterator[Browser]:
    """Run a headless Chromium until the end of the block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path(), args=[*FLAGS, *flags])
        yield browser
        await browser.close()
