"""Notes reach the ticket, by clicking and typing in a real browser, and are seen on the ticket system's own page."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.sandbox.tickets.trouble import Trouble
from tests.browser.conftest import THE_BROWSERS, Opens
from tests.scenario.stage import Stage
from tests.scenario.tickets import Service, service

pytestmark = THE_BROWSERS


@pytest_asyncio.fixture(loop_scope="session")
async def desk(tmp_path: Path) -> AsyncIterator[Service]:
    async with service(tmp_path) as playing:
        await playing.connect()
        yield playing


@pytest_asyncio.fixture(loop_scope="session")
async def stage(desk: Service) -> Stage:
    return desk.stage


async def test_a_session_on_a_ticket_ends_with_its_note_on_it(opens: Opens, desk: Service, browser: Browser) -> None:
    page = await opens()
    box = page.get_by_role("combobox", name="Message #help-desk")
    await box.fill("/troubleshoot #4411 Nobody in Accounting can print")
    await box.press("Enter")
    await page.get_by_role("button", name=re.compile("repl(y|ies)")).click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("#4411").first).to_be_visible()
    await desk.stage.quiet()
    await thread.get_by_role("button", name=re.compile("^Conclude")).click()
    await page.get_by_role("dialog", name="Conclude session").get_by_role("button", name="Conclude").click()

    await thread.get_by_role("button", name=re.compile("^Edit the notes")).click()
    modal = page.get_by_role("dialog", name="Edit notes")
    await modal.get_by_role("textbox", name="Resolution").fill("Put the old driver back.")
    await modal.get_by_role("button", name="Save").click()
    await expect(thread.get_by_text("Put the old driver back.")).to_be_visible()

    await thread.get_by_role("button", name=re.compile("^Push the notes")).click()
    modal = page.get_by_role("dialog", name="Push to ticket")
    await modal.get_by_role("textbox", name="Minutes").fill("25")
    await modal.get_by_label("Set status").select_option("Resolved")
    desk.server.orders.add(Trouble.FORBIDDEN, "note")
    await modal.get_by_role("button", name="Push").click()
    await expect(thread.get_by_text("Push to #4411 failed: The connection lacks a right for that.")).to_be_visible()
    await thread.get_by_role("button", name=re.compile("^Retry")).click()
    await expect(thread.get_by_text("Pushed to #4411")).to_be_visible()

    ticket = await browser.new_page()
    await ticket.goto(f"{desk.server.url}/desk/tickets/4411")
    await expect(ticket.locator("#status")).to_have_text("Resolved")
    await expect(ticket.locator(".note pre").first).to_contain_text("Put the old driver back.")
    assert [round(time.hours * 60) for time in desk.ticket().times] == [25]
