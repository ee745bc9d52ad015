from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Request, expect

from benchmarks.support.chromium import MISSING, chromium, path
from tests.scenario.stage import Stage, playing

Opens = Callable[..., Awaitable[Page]]
PATIENCE = 15_000
"""Milliseconds: the browser, the app and the other tests share the machine."""
expect.set_options(timeout=PATIENCE)
THE_BROWSERS: Final = pytest.mark.asyncio(loop_scope="session")
"""The event loop of these tests: one for all, because the browser is."""


@pytest_asyncio.fixture(loop_scope="session")
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with playing(tmp_path) as stage:
        yield stage


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A Chromium for all tests of this process, which takes longer to start than most of them."""
    if not path():
        pytest.skip(MISSING)
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def opens(browser: Browser, stage: Stage) -> AsyncIterator[Opens]:
    """Open the workspace as someone. Whatever goes wrong in the page, or leaves this machine, fails the test."""
    wrong: list[str] = []

    def asks(request: Request) -> None:
        if stage.slack.url not in request.url:
            wrong.append(f"asks {request.url}")

    def logs(message: ConsoleMessage) -> None:
        if message.type == "error" and "WebSocket" not in message.text:
            wrong.append(message.text)

    async def open_as(name: str = "Ana", **where: str) -> Page:
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: wrong.append(f"{error}"))
        page.on("request", asks)
        page.on("console", logs)
        await page.goto(f"{stage.slack.url}/?{urlencode({'as': name, **where})}")
        await page.wait_for_selector("#sidebar h1")
        return page

    yield open_as
    for context in browser.contexts:
        await context.close()
    assert not [one for one in wrong if "data:" not in one]
